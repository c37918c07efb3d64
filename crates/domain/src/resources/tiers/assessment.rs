//! Why a partner has its tier, and what it lacks for the next one.

use serde::Serialize;
use serde_json::{Map, Value as Json};
use utoipa::ToSchema;

use super::rules::{Leaf, TierRule, TierRules, TierState, leaves};
use crate::{
    kernel::{
        fields::{AnyValue, Field, FieldType},
        filter::{Comparison, Node, Test, TierRanks, Value},
        ids::PartnerId,
        timestamp::Timestamp,
    },
    resources::partners::{Partner, TierSource},
};

/// One condition of a requirement, compared with a partner.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct TierLeaf {
    /// The place in the requirement, as a JSON Pointer fragment.
    #[schema(example = "#/filters/1")]
    pub pointer: String,
    /// The operator.
    #[schema(example = "gte")]
    pub op: String,
    /// The field.
    #[schema(example = "revenue")]
    pub field: String,
    /// The partner's value.
    pub actual: AnyValue,
    /// The required value.
    pub needed: AnyValue,
    /// Whether this condition is met.
    #[schema(example = false)]
    pub met: bool,
    /// The distance between the value and the bound: 0 if the condition is met, null if the value
    /// is unknown or not a number.
    #[schema(example = 16000000)]
    pub gap: Option<i64>,
}

/// The requirement of a tier, compared with a partner.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct TierCheck {
    /// The key of the tier.
    #[schema(example = "gold")]
    pub tier: String,
    /// Whether the whole requirement is met; true if there is no requirement.
    #[schema(example = false)]
    pub met: bool,
    /// Its conditions.
    pub leaves: Vec<TierLeaf>,
}

/// The assessment of a partner's tier.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct TierAssessment {
    /// The partner.
    pub partner_id: PartnerId,
    /// The current tier.
    #[schema(example = "silver")]
    pub tier: Option<String>,
    /// Who decides on the tier: the rules or a person.
    pub tier_source: TierSource,
    /// The tier that the rules give now.
    #[schema(example = "silver")]
    pub automatic_tier: Option<String>,
    /// Since when the rules give a lower tier than the current one.
    pub at_risk_since: Option<Timestamp>,
    /// The first day on which the lower tier takes effect, in the organization's time zone.
    #[schema(format = "date", example = "2026-12-22")]
    pub demotion_on: Option<String>,
    /// The check of the current tier.
    pub present: Option<TierCheck>,
    /// The check of the next higher tier that has a requirement.
    pub next: Option<TierCheck>,
}

impl TierRules {
    /// Compares a partner with the tiers.
    pub fn assess(&self, partner: Partner) -> TierAssessment {
        let (partner_id, tier_source) = (partner.summary.id, partner.summary.tier_source);
        let row = partner.into_row();
        let TierState { tier, at_risk_since } = TierState::of(&row);
        let present = tier.as_deref().and_then(|key| self.tier(key));
        let above = self
            .tiers()
            .iter()
            .rev()
            .filter(|tier| present.is_none_or(|overrides| tier.rank > overrides.rank));
        let next = above.into_iter().find(|tier| tier.requirement.is_some());
        TierAssessment {
            partner_id,
            tier_source,
            automatic_tier: self.automatic(&row).map(str::to_owned),
            at_risk_since,
            demotion_on: at_risk_since.map(|since| self.demotion_on(since).to_string()),
            present: present.map(|tier| check(tier, &row)),
            next: next.map(|tier| check(tier, &row)),
            tier,
        }
    }
}

fn check(tier: &TierRule, row: &Map<String, Json>) -> TierCheck {
    let leaves = tier
        .requirement
        .iter()
        .flat_map(|(json, node)| leaves(json, node, "#"))
        .map(|leaf| assessed(&leaf, row));
    TierCheck {
        tier: tier.key.clone(),
        met: tier.requirement.is_none() || tier.matches(row),
        leaves: leaves.collect(),
    }
}

fn assessed(leaf: &Leaf<'_>, row: &Map<String, Json>) -> TierLeaf {
    let Leaf { pointer, json, field, test } = leaf;
    let met = Node::Leaf(field, (*test).clone()).matches(row, &TierRanks::new());
    let actual = field.of(row);
    TierLeaf {
        pointer: pointer.clone(),
        op: json.get("op").and_then(Json::as_str).unwrap_or_default().to_owned(),
        field: field.name.to_owned(),
        actual: AnyValue(actual.clone()),
        needed: AnyValue(json.get("value").cloned().unwrap_or_default()),
        met,
        gap: number(field, actual)
            .and_then(|actual| if met { Some(0) } else { distance(test, actual) }),
    }
}

fn number(field: &Field, actual: &Json) -> Option<i64> {
    matches!(field.kind, FieldType::Integer | FieldType::Money | FieldType::Score)
        .then(|| actual.as_i64())
        .flatten()
}

/// The distance from a value that does not match to the nearest value that does.
fn distance(test: &Test, actual: i64) -> Option<i64> {
    let from = |bound: &Value| match bound {
        Value::Int(bound) => Some(bound.saturating_sub(actual).saturating_abs()),
        _ => None,
    };
    match test {
        Test::Compare(
            Comparison::Gt | Comparison::Gte | Comparison::Lt | Comparison::Lte,
            bound,
        ) => from(bound),
        Test::Between(low, high) => Some(from(low)?.min(from(high)?)),
        Test::In(values) => values.iter().filter_map(from).min(),
        _ => None,
    }
}
