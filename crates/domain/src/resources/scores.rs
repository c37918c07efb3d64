//! Scores: how well a partner fits, how the relationship stands, and the evidence for both
//! (docs/scoring.md).

use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::json;
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
        values::{FieldRow, FieldValue},
    },
    resources::{
        jobs::JsonColumn,
        partners::{
            Change, FourCBreakdown, PartnerKey, Plan, Scored, StoredFourC, WriteCause,
            selection::SelectionRequest,
        },
    },
};

string_enum! {
    /// One of the four C's.
    FitDimension {
        /// Can they deliver at scale?
        Capacity = "capacity",
        /// Do they have what we need?
        Capability = "capability",
        /// Do they act?
        Commitment = "commitment",
        /// Do they reach our customers?
        CustomerAlignment = "customer_alignment",
    }
    /// What a piece of evidence moved: one of the four C's, or the health of the relationship.
    ScoreDimension {
        Capacity = "capacity",
        Capability = "capability",
        Commitment = "commitment",
        CustomerAlignment = "customer_alignment",
        Health = "health",
    }
    /// Who judges: the rules alone, or a language model that starts from what the rules found.
    ScoreEngine {
        Rules = "rules",
        Model = "model",
    }
}

/// One reason for a score: 50 and the effects of a dimension are together its score.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ScoreEvidence {
    /// What it moved.
    pub dimension: ScoreDimension,
    /// By how many points. 0: it was looked at and is not known.
    #[schema(minimum = -100, maximum = 100, example = 13)]
    pub effect: i64,
    /// Why, in words.
    #[schema(max_length = 500, example = "Has at least 50 employees: 120")]
    pub reason: String,
    /// The field of the partner that it is about, when it is about one.
    #[schema(max_length = 60, example = "employees")]
    pub field: Option<String>,
    /// The criterion of the ideal partner profile, when it is one.
    #[schema(max_length = 40, example = "head_count")]
    pub criterion_key: Option<String>,
}

/// A judgement of a partner, with the evidence. Never changed.
#[derive(Debug, Clone, HasQuery, Serialize, ToSchema)]
#[diesel(table_name = scores)]
pub struct Score {
    /// The id.
    pub id: ScoreId,
    /// The partner.
    pub partner_id: PartnerId,
    /// When it was made.
    pub created_at: Timestamp,
    /// How well the partner fits the ideal partner profile.
    #[schema(minimum = 0, maximum = 100, example = 68)]
    pub fit_score: i64,
    /// How well the relationship does.
    #[schema(minimum = 0, maximum = 100, example = 74)]
    pub health_score: i64,
    /// The four dimensions of the fit score.
    #[schema(value_type = FourCBreakdown)]
    pub four_c_breakdown: StoredFourC,
    /// What speaks for the partner, strongest first.
    #[schema(max_items = 10, example = json!(["Has at least 50 employees"]))]
    pub key_strengths: Vec<String>,
    /// The judgement in a few sentences.
    #[schema(max_length = 2000, example = "A mid-sized provider with strong coverage.")]
    pub ai_summary: Option<String>,
    /// Why: 50 and the effects of a dimension are together its score.
    #[schema(value_type = Vec<ScoreEvidence>, max_items = 60)]
    pub evidence: JsonColumn<Vec<ScoreEvidence>>,
    /// Who judged: `rules/1` or `model/NAME`.
    #[schema(example = "rules/1")]
    pub engine: String,
    /// Why the rules had to step in for the language model.
    #[schema(example = "timeout")]
    pub fallback_reason: Option<String>,
    /// SHA-256 of everything that decided: the same hash is the same judgement.
    #[schema(example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    pub input_hash: String,
}

/// The fields that lists of scores are filtered and sorted by.
pub static SCORE: &[Field] = &[
    Field::new("id", "ID", FieldType::Id, FieldClass::System)
        .ids(ScoreId::PREFIX, "ScoreId")
        // The path of the list has a parameter `id` already, and clients want each name once.
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

/// What came of judging a partner.
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
    /// Why the rules had to step in for the model.
    pub fallback_reason: Option<String>,
    /// SHA-256 in hexadecimal of everything that decided: facts, profile, engine and its version.
    pub input_hash: String,
}

/// How a partner gets new scores. They are written even when they are the same as before: they are
/// new.
pub fn plan_scores(row: &dyn FieldRow, score: &Judgement, at: Timestamp, scored: Scored) -> Plan {
    let breakdown = FieldValue::Json(json!(score.four_c_breakdown));
    let wanted = [
        Change::new(PartnerKey::FitScore, score.fit_score),
        Change::new(PartnerKey::HealthScore, score.health_score),
        Change::new(PartnerKey::FourCBreakdown, breakdown),
        Change::new(PartnerKey::KeyStrengths, score.key_strengths.clone()),
        Change::new(PartnerKey::AiSummary, score.ai_summary.clone()),
        Change::new(PartnerKey::ScoredAt, at),
    ];
    let differs = |change: &Change| row.get(change.field()) != change.value;
    Plan {
        changes: wanted.into_iter().filter(differs).collect(),
        cause: WriteCause::ScoresUpdated,
        scored: Some(scored),
        ..Plan::default()
    }
}

/// Which partners to judge anew, and how. Exactly one of `partner_ids`, `filter` and `view_id`.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "filter": {"op": "eq", "field": "scores_stale", "value": true},
    "dry_run": false
}))]
pub struct ScoreRefreshRequest {
    #[serde(flatten)]
    pub selection: SelectionRequest,
    /// Who judges; absent: the language model where there is one, else the rules.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub engine: Option<ScoreEngine>,
    /// Also partners of whom nothing has changed since they were judged. Absent: true for
    /// `partner_ids`, else false.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub force: Option<bool>,
    /// Only tell what the rules would say.
    #[serde(default)]
    pub dry_run: bool,
}

impl RequestBody for ScoreRefreshRequest {
    type Resource = Self;
}

impl ScoreRefreshRequest {
    /// Whether also partners are judged of whom nothing has changed. Who is named one by one is
    /// meant.
    pub fn is_forced(&self) -> bool {
        self.force.unwrap_or(self.selection.partner_ids.is_some())
    }
}
