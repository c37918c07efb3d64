//! Why a partner has its tier, and what it lacks for the next.

use serde::Serialize;
use serde_json::Value as Json;
use utoipa::ToSchema;

use super::rules::{Leaf, TierRule, TierRules, TierState, leaves};
use crate::{
    kernel::{
        fields::AnyValue,
        filter::{Comparison, Node, Test, TierRanks, Value},
        ids::PartnerId,
        timestamp::Timestamp,
        values::FieldRow,
    },
    resources::partners::{Partner, TierSource},
};

/// One condition of a requirement, held against a partner.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct TierLeaf {
    /// Where it stands in the requirement, a JSON Pointer fragment.
    #[schema(example = "#/filters/1")]
    pub pointer: String,
    /// How it compares.
    #[schema(example = "gte")]
    pub op: String,
    /// The field that it looks at.
    #[schema(example = "revenue")]
    pub field: String,
    /// The partner's value.
    pub actual: AnyValue,
    /// What it is compared with.
    pub needed: AnyValue,
    /// Whether this condition alone holds.
    #[schema(example = false)]
    pub met: bool,
    /// How far the value is from the bound: 0 when the condition holds, null when the value is
    /// unknown or no number.
    #[schema(example = 16000000)]
    pub gap: Option<i64>,
}

/// The requirement of a tier, held against a partner.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct TierCheck {
    /// The key of the tier.
    #[schema(example = "gold")]
    pub tier: String,
    /// Whether the whole requirement holds; one that there is not holds.
    #[schema(example = false)]
    pub met: bool,
    /// Its conditions one by one.
    pub leaves: Vec<TierLeaf>,
}

/// Where a partner stands among the tiers.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct TierAssessment {
    /// The partner.
    pub partner_id: PartnerId,
    /// The tier that it has.
    #[schema(example = "silver")]
    pub tier: Option<String>,
    /// Who decided on it.
    pub tier_source: TierSource,
    /// What the rules give now.
    #[schema(example = "silver")]
    pub automatic_tier: Option<String>,
    /// Since when the rules give less than the tier held.
    pub at_risk_since: Option<Timestamp>,
    /// The first day on which it falls, in the organization's time zone.
    #[schema(format = "date", example = "2026-12-22")]
    pub demotion_on: Option<String>,
    /// The tier that it has.
    pub present: Option<TierCheck>,
    /// The next higher tier that has a requirement.
    pub next: Option<TierCheck>,
}

impl TierRules {
    /// Explains where a partner stands.
    pub fn assess(&self, partner: &Partner) -> TierAssessment {
        let (partner_id, tier_source) = (partner.summary.id, partner.summary.tier_source);
        let TierState { tier, at_risk_since } = TierState::of(partner);
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
            automatic_tier: self.automatic(partner).map(str::to_owned),
            at_risk_since,
            demotion_on: at_risk_since.map(|since| self.demotion_on(since).to_string()),
            present: present.map(|tier| check(tier, partner)),
            next: next.map(|tier| check(tier, partner)),
            tier,
        }
    }
}

fn check(tier: &TierRule, row: &dyn FieldRow) -> TierCheck {
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

fn assessed(leaf: &Leaf<'_>, row: &dyn FieldRow) -> TierLeaf {
    let Leaf { pointer, json, field, test } = leaf;
    let met = Node::Leaf(field, (*test).clone()).matches(row, &TierRanks::new());
    let actual = row.get(field);
    TierLeaf {
        pointer: pointer.clone(),
        op: json.get("op").and_then(Json::as_str).unwrap_or_default().to_owned(),
        field: field.name.to_owned(),
        actual: AnyValue(field.render_json(&actual)),
        needed: AnyValue(json.get("value").cloned().unwrap_or_default()),
        met,
        gap: actual.as_int().and_then(|actual| if met { Some(0) } else { distance(test, actual) }),
    }
}

/// From a value that does not hold to the nearest that the test names.
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
