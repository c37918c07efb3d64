//! Scores: fit of a partner, health of the relationship, and the evidence for both
//! (docs/scoring.md).

use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};
use utoipa::ToSchema;

use crate::{
    kernel::{
        fields::{Field, FieldClass, FieldType},
        ids::{PartnerId, ScoreId},
        lists::{List, list_parameters},
        page::Page,
        request_body::RequestBody,
        schema::scores,
        string_enum::string_enum,
        timestamp::Timestamp,
    },
    resources::{
        jobs::JsonColumn,
        partners::{
            Change, FourCBreakdown, Plan, Scored, StoredFourC, WriteCause, partner_field,
            selection::SelectionRequest,
        },
    },
};

string_enum! {
    /// One of the four C's.
    FitDimension {
        /// Capacity: can they deliver at scale?
        Capacity = "capacity",
        /// Capability: do they have what is needed?
        Capability = "capability",
        /// Commitment: are they active in the partnership?
        Commitment = "commitment",
        /// Customer alignment: do they reach the organization's customers?
        CustomerAlignment = "customer_alignment",
    }
    /// What a piece of evidence affects: one of the four C's, or the health of the relationship.
    ScoreDimension {
        Capacity = "capacity",
        Capability = "capability",
        Commitment = "commitment",
        CustomerAlignment = "customer_alignment",
        Health = "health",
    }
    /// Who computes scores: the rules alone, or a language model that starts from the result of the
    /// rules.
    ScoreEngine {
        Rules = "rules",
        Model = "model",
    }
}

/// One reason for a score. 50 plus the effects of a dimension is its score.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ScoreEvidence {
    /// What it affects.
    pub dimension: ScoreDimension,
    /// The effect in points. 0 means that the value is unknown.
    #[schema(minimum = -100, maximum = 100, example = 13)]
    pub effect: i64,
    /// The reason as a sentence.
    #[schema(max_length = 500, example = "Has at least 50 employees: 120")]
    pub reason: String,
    /// The field of the partner, if it is about one.
    #[schema(max_length = 60, example = "employees")]
    pub field: Option<String>,
    /// The criterion of the ideal partner profile, if it is about one.
    #[schema(max_length = 40, example = "head_count")]
    pub criterion_key: Option<String>,
}

/// The scores of a partner, with the evidence. Never changed.
#[derive(Debug, Clone, HasQuery, Serialize, ToSchema)]
#[diesel(table_name = scores)]
pub struct Score {
    /// The id.
    pub id: ScoreId,
    /// The partner.
    pub partner_id: PartnerId,
    /// When they were computed.
    pub created_at: Timestamp,
    /// How well the partner fits the ideal partner profile.
    #[schema(minimum = 0, maximum = 100, example = 68)]
    pub fit_score: i64,
    /// The state of the relationship.
    #[schema(minimum = 0, maximum = 100, example = 74)]
    pub health_score: i64,
    /// The four dimensions of the fit score.
    #[schema(value_type = FourCBreakdown)]
    pub four_c_breakdown: StoredFourC,
    /// The strengths of the partner, strongest first.
    #[schema(max_items = 10, example = json!(["Has at least 50 employees"]))]
    pub key_strengths: Vec<String>,
    /// A summary in a few sentences.
    #[schema(max_length = 2000, example = "A mid-sized provider with strong coverage.")]
    pub ai_summary: Option<String>,
    /// The reasons. 50 plus the effects of a dimension is its score.
    #[schema(value_type = Vec<ScoreEvidence>, max_items = 60)]
    pub evidence: JsonColumn<Vec<ScoreEvidence>>,
    /// The engine: `rules/1` or `model/NAME`.
    #[schema(example = "rules/1")]
    pub engine: String,
    /// Why the rules replaced the language model.
    #[schema(example = "timeout")]
    pub fallback_reason: Option<String>,
    /// SHA-256 of everything that the scores depend on: the same hash means the same scores.
    #[schema(example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    pub input_hash: String,
}

/// The fields that lists of scores are filtered and sorted by.
pub static SCORE: &[Field] = &[
    Field::new("id", "ID", FieldType::Id, FieldClass::System)
        .ids(ScoreId::PREFIX, "ScoreId")
        // The path of the list has a parameter `id` already, and clients require unique names.
        .query_only(),
    Field::new("fit_score", "Fit score", FieldType::Score, FieldClass::System),
    Field::new("health_score", "Health score", FieldType::Score, FieldClass::System),
    Field::new("engine", "Engine", FieldType::Text, FieldClass::System),
    Field::new("fallback_reason", "Fallback reason", FieldType::Text, FieldClass::System).null(),
    Field::new("created_at", "Created", FieldType::Timestamp, FieldClass::System),
];
/// The list of the scores of a partner, newest first.
pub static SCORE_LIST: List = List::new("Score", || SCORE).order("-id");
/// The partner of a score: a list shows those of one partner.
pub static SCORE_PARTNER: Field =
    Field::new("partner_id", "Partner", FieldType::Id, FieldClass::System);

list_parameters! {
    /// The parameters of the list of scores.
    ScoreList of SCORE_LIST;
}

/// A page of scores.
pub type ScorePage = Page<Score>;

/// The computed scores of a partner.
#[derive(Debug, Clone, PartialEq)]
pub struct Judgement {
    /// 0 to 100.
    pub fit_score: i64,
    /// 0 to 100.
    pub health_score: i64,
    pub four_c_breakdown: FourCBreakdown,
    /// At most 10, each of at most 200 characters; the strongest first.
    pub key_strengths: Vec<String>,
    /// At most 2,000 characters.
    pub ai_summary: Option<String>,
    /// At most 60.
    pub evidence: Vec<ScoreEvidence>,
    /// `rules/1` or `model/NAME`.
    pub engine: String,
    /// Why the rules replaced the language model.
    pub fallback_reason: Option<String>,
    /// SHA-256 in hexadecimal of everything that the scores depend on: facts, profile, engine and
    /// its version.
    pub input_hash: String,
}

/// The plan that writes new scores to a partner. They are written even if they are equal to the old
/// ones, because they are fresh.
pub fn plan_scores(row: &Map<String, Json>, score: &Judgement, at: Timestamp, how: Scored) -> Plan {
    let values = [
        ("fit_score", json!(score.fit_score)),
        ("health_score", json!(score.health_score)),
        ("four_c_breakdown", json!(score.four_c_breakdown)),
        ("key_strengths", json!(score.key_strengths)),
        ("ai_summary", json!(score.ai_summary)),
        ("scored_at", json!(at)),
    ];
    let mut plan = Plan { cause: WriteCause::ScoresUpdated, scored: Some(how), ..Plan::default() };
    for (name, value) in values {
        if let Some(field) = partner_field(name).filter(|field| *field.of(row) != value) {
            plan.changes.push(Change { field, value });
        }
    }
    plan
}

/// The partners to score. Exactly one of `partner_ids`, `filter` and `view_id`.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "filter": {"op": "eq", "field": "scores_stale", "value": true},
    "dry_run": false
}))]
pub struct ScoreRefreshRequest {
    #[serde(flatten)]
    pub selection: SelectionRequest,
    /// The engine. The default is the language model if one is configured, otherwise the rules.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub engine: Option<ScoreEngine>,
    /// Whether partners without changes are scored again. The default is true for `partner_ids`,
    /// otherwise false.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub force: Option<bool>,
    /// Whether it is a dry run, which only reports what the rules would give.
    #[serde(default)]
    pub dry_run: bool,
}

impl RequestBody for ScoreRefreshRequest {
    type Resource = Self;
}

impl ScoreRefreshRequest {
    /// Whether partners without changes are scored again, which is the default if they are listed
    /// by id.
    pub fn is_forced(&self) -> bool {
        self.force.unwrap_or(self.selection.partner_ids.is_some())
    }
}
