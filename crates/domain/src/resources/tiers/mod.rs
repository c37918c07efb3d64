//! Tiers: the levels of the partner program, their requirements, and their evaluation
//! (docs/tiers.md).

mod assessment;
mod rules;
#[cfg(test)]
mod tests;

use diesel::{prelude::*, sql_types::BigInt};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    kernel::{
        access::Actor,
        fields::{Field, FieldClass, FieldType},
        filter::FilterNode,
        ids::{PartnerId, TierChangeId, TierId},
        lists::{List, list_parameters},
        page::Page,
        request_body::RequestBody,
        schema::{tier_changes, tier_policies, tiers},
        sql::Sql,
        string_enum::string_enum,
        timestamp::Timestamp,
    },
    resources::{
        jobs::JsonColumn,
        partners::{TierSource, WriteCause, selection::SelectionRequest},
    },
};

pub use assessment::{TierAssessment, TierCheck, TierLeaf};
pub use rules::{CIRCULAR, StoredTierRules, TierRule, TierRules, TierState, check_requirement};

string_enum! {
    /// Who decides on tiers: with `automatic` the rules as the policy says, with `manual` people
    /// and integrations.
    TierMode {
        Automatic = "automatic",
        Manual = "manual",
    }
    /// When tiers are evaluated: after a change of the partner (including its creation), of its
    /// deals or of its scores, or every day.
    TierTrigger {
        PartnerUpdated = "partner_updated",
        DealClosed = "deal_closed",
        ScoresUpdated = "scores_updated",
        Daily = "daily",
    }
}

impl From<WriteCause> for TierTrigger {
    fn from(cause: WriteCause) -> Self {
        match cause {
            WriteCause::PartnerUpdated => Self::PartnerUpdated,
            WriteCause::DealClosed => Self::DealClosed,
            WriteCause::ScoresUpdated => Self::ScoresUpdated,
        }
    }
}

/// Whether a text has the form of a tier key.
pub fn is_key(text: &str) -> bool {
    text.len() <= 40
        && text.starts_with(|first: char| first.is_ascii_lowercase())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

const fn partner_count() -> Sql<BigInt> {
    Sql::new(
        "(SELECT count(*) FROM partners WHERE partners.tier = tiers.key AND partners.deleted_at IS \
            NULL)",
    )
}

/// A level of the partner program.
#[derive(Debug, Clone, HasQuery, Serialize, ToSchema)]
#[diesel(table_name = tiers)]
pub struct Tier {
    /// The id.
    pub id: TierId,
    /// Increases with every change. Also the ETag.
    #[schema(minimum = 1, example = 1)]
    pub version: i64,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// The value of partners' `tier`; it cannot be changed.
    #[schema(pattern = "^[a-z][a-z0-9_]{0,39}$", example = "gold")]
    pub key: String,
    /// The name for people.
    #[schema(
        min_length = 1,
        max_length = 60,
        example = "Gold",
        extensions(("x-single-line" = json!(true)))
    )]
    pub name: String,
    /// The rank, unique; higher is better.
    #[schema(minimum = 1, maximum = 100, example = 4)]
    pub rank: i32,
    /// The description.
    #[schema(max_length = 1000, example = "Partners who sell on their own.")]
    pub description: Option<String>,
    /// The condition that partners must meet; null if the tier is only assigned manually or by
    /// default.
    #[schema(value_type = Option<FilterNode>)]
    pub requirement: Option<JsonColumn<FilterNode>>,
    /// Whether partners that meet no requirement get it; exactly one tier is the default.
    #[schema(example = false)]
    pub is_default: bool,
    /// The color, `#rrggbb`.
    #[schema(pattern = "^#[0-9a-fA-F]{6}$", example = "#d4af37")]
    pub color: Option<String>,
    /// The number of partners that have it.
    #[diesel(select_expression = partner_count(), select_expression_type = Sql<BigInt>)]
    #[schema(example = 12)]
    pub partner_count: i64,
}

/// The fields that lists of tiers are filtered and sorted by.
pub static TIER: &[Field] = &[
    Field::new("id", "ID", FieldType::Id, FieldClass::System).ids(TierId::PREFIX, "TierId"),
    Field::new("key", "Key", FieldType::Text, FieldClass::System).exact(),
    Field::new("name", "Name", FieldType::Text, FieldClass::System),
    Field::new("rank", "Rank", FieldType::Integer, FieldClass::System),
    Field::new("is_default", "Default", FieldType::Boolean, FieldClass::System),
    Field::new("created_at", "Created", FieldType::Timestamp, FieldClass::System),
    Field::new("updated_at", "Updated", FieldType::Timestamp, FieldClass::System),
];
/// The list of tiers by rank, the lowest first.
pub static TIER_LIST: List = List::new("Tier", || TIER).order("rank");

list_parameters! {
    /// The parameters of the list of tiers.
    TierList of TIER_LIST;
}

/// A page of tiers.
pub type TierPage = Page<Tier>;

/// A new tier.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TierCreate {
    pub key: String,
    pub name: String,
    pub rank: i32,
    #[serde(default)]
    pub description: Option<String>,
    #[serde(default)]
    pub requirement: Option<FilterNode>,
    /// True makes it the default instead of the present default tier.
    #[serde(default)]
    pub is_default: Option<bool>,
    #[serde(default)]
    pub color: Option<String>,
}

impl RequestBody for TierCreate {
    type Resource = Tier;
}

/// A merge patch of a tier: absent properties keep their values, null clears them.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TierUpdate {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rank: Option<i32>,
    #[serde(
        default,
        deserialize_with = "crate::kernel::patch::nullable",
        skip_serializing_if = "Option::is_none"
    )]
    pub description: Option<Option<String>>,
    #[serde(
        default,
        deserialize_with = "crate::kernel::patch::nullable",
        skip_serializing_if = "Option::is_none"
    )]
    pub requirement: Option<Option<FilterNode>>,
    /// True makes it the default instead of the present default tier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_default: Option<bool>,
    #[serde(
        default,
        deserialize_with = "crate::kernel::patch::nullable",
        skip_serializing_if = "Option::is_none"
    )]
    pub color: Option<Option<String>>,
}

impl RequestBody for TierUpdate {
    type Resource = Tier;
}

/// When and how tiers are evaluated.
#[derive(Debug, Clone, HasQuery, Serialize, ToSchema)]
#[diesel(table_name = tier_policies)]
pub struct TierPolicy {
    /// Increases with every change. Also the ETag.
    #[schema(minimum = 1, example = 1)]
    pub version: i64,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// Who decides on tiers.
    pub mode: TierMode,
    /// The changes after which a partner is evaluated.
    #[schema(max_items = 4, example = json!([
        "partner_updated",
        "deal_closed",
        "scores_updated",
        "daily"
    ]))]
    pub evaluate_on: Vec<TierTrigger>,
    /// The number of days for which a partner keeps a tier whose requirement it no longer meets.
    #[schema(minimum = 0, maximum = 365, example = 30)]
    pub demotion_grace_days: i32,
    /// When all partners were last evaluated.
    pub evaluated_at: Option<Timestamp>,
}

/// A merge patch of the policy: absent properties keep their values.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TierPolicyUpdate {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<TierMode>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evaluate_on: Option<Vec<TierTrigger>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub demotion_grace_days: Option<i32>,
}

impl RequestBody for TierPolicyUpdate {
    type Resource = TierPolicy;
}

/// The partners to evaluate: a selection, or all.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "filter": {"op": "eq", "field": "status", "value": "active"},
    "dry_run": true
}))]
pub struct TierEvaluationRequest {
    #[serde(flatten)]
    pub selection: SelectionRequest,
    /// Whether it is a dry run, which only reports what would change.
    #[serde(default)]
    pub dry_run: bool,
}

impl RequestBody for TierEvaluationRequest {
    type Resource = Self;
}

/// A change of a partner's tier. Never changed or deleted.
#[derive(Debug, Clone, HasQuery, Serialize, ToSchema)]
#[diesel(table_name = tier_changes)]
pub struct TierChange {
    /// The id.
    pub id: TierChangeId,
    /// The partner.
    pub partner_id: PartnerId,
    /// The tier before the change.
    #[diesel(column_name = from_tier)]
    #[schema(example = "silver")]
    pub from: Option<String>,
    /// The tier after the change.
    #[diesel(column_name = to_tier)]
    #[schema(example = "gold")]
    pub to: Option<String>,
    /// The time of the change.
    pub at: Timestamp,
    /// Whether the rules or a person decided.
    pub source: TierSource,
    /// SHA-256 over key, rank and requirement of all tiers: the rules at that time.
    #[schema(example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    pub rules_hash: String,
    /// Who caused the change.
    #[schema(value_type = Actor)]
    pub actor: JsonColumn<Actor>,
}

/// The fields that lists of tier changes are filtered and sorted by.
pub static TIER_CHANGE: &[Field] = &[
    Field::new("id", "ID", FieldType::Id, FieldClass::System)
        .ids(TierChangeId::PREFIX, "TierChangeId")
        // The path of the list has a parameter `id` already, and clients require unique names.
        .query_only(),
    Field::new("from", "From", FieldType::Text, FieldClass::System)
        .null()
        .exact()
        .column("from_tier"),
    Field::new("to", "To", FieldType::Text, FieldClass::System).null().exact().column("to_tier"),
    Field::new("at", "At", FieldType::Timestamp, FieldClass::System),
    Field::new("source", "Source", FieldType::Enum, FieldClass::System)
        .words(TierSource::VALUES)
        .schema("TierSource"),
];
/// The list of the changes of a partner's tier, newest first.
pub static TIER_CHANGE_LIST: List = List::new("TierChange", || TIER_CHANGE).order("-id");
/// The partner of a change: a list shows the changes of one partner.
pub static TIER_CHANGE_PARTNER: Field =
    Field::new("partner_id", "Partner", FieldType::Id, FieldClass::System);

list_parameters! {
    /// The parameters of the list of tier changes.
    TierChangeList of TIER_CHANGE_LIST;
}

/// A page of tier changes.
pub type TierChangePage = Page<TierChange>;
