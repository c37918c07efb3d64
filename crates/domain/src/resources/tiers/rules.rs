//! The rules of tiers as pure functions of a partner's row, the tiers and the policy.

use chrono::{NaiveDate, TimeDelta};
use serde::Deserialize;
use serde_json::{Map, Value as Json, json};
use sha2::{Digest, Sha256};

use super::{TierMode, TierTrigger};
use crate::{
    kernel::{
        access::WriteMode,
        error::{Code, Error, Result},
        field_error::FieldError,
        fields::Field,
        filter::{self, Node, Test, TierRanks},
        ids::PartnerId,
        timestamp::Timestamp,
    },
    resources::partners::{
        Change, PARTNER, PartnerCreatedVia, Plan, StoredOverride, partner_field,
    },
};

/// Fields that follow from the tier or from a change of it. A requirement must not use them.
pub const CIRCULAR: [&str; 7] = [
    "tier",
    "tier_source",
    "tier_changed_at",
    "tier_at_risk_since",
    "overridden_fields",
    "version",
    "updated_at",
];

/// Parses a requirement.
///
/// # Errors
/// `invalid_filter` with all errors; `circular_requirement` with every leaf whose field follows
/// from the tier.
pub fn check_requirement(requirement: &Json, now: Timestamp) -> Result<Node> {
    let node =
        filter::parse(requirement, PARTNER, now.0, "#/requirement").map_err(filter::invalid)?;
    let circular = leaves(requirement, &node, "#/requirement")
        .into_iter()
        .filter(|leaf| CIRCULAR.contains(&leaf.field.name));
    let faults: Vec<FieldError> = circular
        .map(|leaf| {
            let detail = format!("{} depends on the tier", leaf.field.name);
            FieldError::at_pointer(
                "circular_requirement",
                format!("{}/field", leaf.pointer),
                detail,
            )
            .meta("not_allowed", CIRCULAR.to_vec())
        })
        .collect();
    if faults.is_empty() {
        Ok(node)
    } else {
        Err(faults.into_iter().fold(Error::of(Code::CircularRequirement), Error::at))
    }
}

/// A leaf of a requirement with its place.
pub(super) struct Leaf<'a> {
    pub pointer: String,
    /// The leaf as it was written.
    pub json: &'a Json,
    pub field: &'static Field,
    pub test: &'a Test,
}

/// The leaves of a requirement in their order. `node` was parsed from `json`, so both have the same
/// structure.
pub(super) fn leaves<'a>(json: &'a Json, node: &'a Node, pointer: &str) -> Vec<Leaf<'a>> {
    let members = match node {
        Node::Leaf(field, test) => {
            return vec![Leaf { pointer: pointer.to_owned(), json, field, test }];
        }
        Node::And(members) | Node::Or(members) | Node::AtLeast(_, members) => members.as_slice(),
        Node::Not(member) => std::slice::from_ref(&**member),
    };
    let filters = json.get("filters").and_then(Json::as_array).into_iter().flatten();
    let inner = filters.zip(members).enumerate();
    inner
        .flat_map(|(i, (json, node))| leaves(json, node, &format!("{pointer}/filters/{i}")))
        .collect()
}

/// A tier as a rule.
#[derive(Debug, Clone)]
pub struct TierRule {
    pub key: String,
    pub rank: i64,
    pub is_default: bool,
    /// The requirement as it was written and parsed. A requirement that can no longer be parsed
    /// matches no partner.
    pub requirement: Option<(Json, Node)>,
}

impl TierRule {
    /// Whether a row of wire values meets the requirement. Without a requirement no row does.
    pub fn matches(&self, row: &Map<String, Json>) -> bool {
        self.requirement.as_ref().is_some_and(|(_, node)| node.matches(row, &TierRanks::new()))
    }
}

/// The rules of an organization at one instant.
#[derive(Debug, Clone)]
pub struct TierRules {
    pub mode: TierMode,
    pub evaluate_on: Vec<TierTrigger>,
    pub grace_days: i64,
    pub now: Timestamp,
    currency: String,
    zone: chrono_tz::Tz,
    /// By rank, the highest first.
    tiers: Vec<TierRule>,
    hash: String,
}

/// The rules as they are stored.
#[derive(Debug, Clone)]
pub struct StoredTierRules {
    pub mode: String,
    pub evaluate_on: Vec<String>,
    pub grace_days: i64,
    pub currency: String,
    pub timezone: String,
    /// `key`, `rank`, `is_default` and `requirement` of each tier.
    pub tiers: Json,
}

/// The tier of a partner, and its source and risk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TierState {
    pub tier: Option<String>,
    pub at_risk_since: Option<Timestamp>,
}

impl TierState {
    /// The state of a row of wire values.
    pub fn of(row: &Map<String, Json>) -> Self {
        let text = |name: &str| row.get(name).and_then(Json::as_str);
        Self {
            tier: text("tier").map(str::to_owned),
            at_risk_since: text("tier_at_risk_since").and_then(|text| text.parse().ok()),
        }
    }
}

impl TierRules {
    /// Parses stored rules.
    ///
    /// # Errors
    /// The stored JSON has an unexpected form.
    pub fn new(stored: &StoredTierRules, now: Timestamp) -> Result<Self> {
        #[derive(Deserialize)]
        struct StoredRule {
            key: String,
            rank: i64,
            is_default: bool,
            requirement: Option<Json>,
        }
        let tiers: Vec<StoredRule> =
            serde_json::from_value(stored.tiers.clone()).map_err(Error::internal)?;
        let evaluate_on =
            stored.evaluate_on.iter().map(|word| word.parse().map_err(Error::internal));
        let mut rules = Self {
            mode: stored.mode.parse().map_err(Error::internal)?,
            evaluate_on: evaluate_on.collect::<Result<_>>()?,
            grace_days: stored.grace_days,
            now,
            currency: stored.currency.clone(),
            zone: stored.timezone.parse().unwrap_or(chrono_tz::UTC),
            hash: hash(
                tiers.iter().map(|tier| (tier.key.as_str(), tier.rank, tier.requirement.as_ref())),
            ),
            tiers: Vec::with_capacity(tiers.len()),
        };
        rules.tiers.extend(tiers.into_iter().map(|tier| {
            let read = tier
                .requirement
                // A requirement of an older version that can no longer be parsed matches no
                // partner, and must not prevent writes of partners.
                .and_then(|json| Some((json.clone(), check_requirement(&json, now).ok()?)));
            TierRule {
                key: tier.key,
                rank: tier.rank,
                is_default: tier.is_default,
                requirement: read,
            }
        }));
        rules.tiers.sort_by_key(|tier| std::cmp::Reverse(tier.rank));
        Ok(rules)
    }

    /// The tiers by rank, the highest first.
    pub fn tiers(&self) -> &[TierRule] {
        &self.tiers
    }

    /// The tier with this key.
    pub fn tier(&self, key: &str) -> Option<&TierRule> {
        self.tiers.iter().find(|tier| tier.key == key)
    }

    /// The tier of partners that meet no requirement.
    pub fn default_tier(&self) -> Option<&str> {
        self.tiers.iter().find(|tier| tier.is_default).map(|tier| tier.key.as_str())
    }

    /// SHA-256 over key, rank and requirement of all tiers in canonical JSON, in hexadecimal.
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// The tier that the rules give to a row of wire values: the highest whose requirement it
    /// meets, otherwise the default.
    pub fn automatic(&self, row: &Map<String, Json>) -> Option<&str> {
        let fulfilled =
            self.tiers.iter().find(|tier| tier.matches(row)).map(|tier| tier.key.as_str());
        fulfilled.or_else(|| self.default_tier())
    }

    /// The state of a partner after an evaluation that gives `target`. A lower tier than the
    /// current one takes effect after the days of grace, if there is `grace`.
    pub fn state_after(
        &self,
        overrides: &TierState,
        target: Option<&str>,
        grace: bool,
    ) -> TierState {
        let at_once = TierState { tier: target.map(str::to_owned), at_risk_since: None };
        let rank = |key: Option<&str>| key.and_then(|key| self.tier(key)).map(|tier| tier.rank);
        // A deleted tier has no rank, and there is no grace for it.
        let falls = rank(overrides.tier.as_deref())
            .is_some_and(|overrides| rank(target).is_none_or(|target| target < overrides));
        if !falls || !grace || self.grace_days == 0 {
            return at_once;
        }
        let since = overrides.at_risk_since.unwrap_or(self.now);
        // The grace period starts when the partner was first at risk, so that evaluations in
        // between do not extend it.
        if self.now.0 < since.0 + TimeDelta::days(self.grace_days) {
            TierState { tier: overrides.tier.clone(), at_risk_since: Some(since) }
        } else {
            at_once
        }
    }

    /// The first day on which the lower tier of a partner that is at risk since then takes effect,
    /// in the organization's time zone.
    pub fn demotion_on(&self, since: Timestamp) -> NaiveDate {
        (since.0 + TimeDelta::days(self.grace_days)).with_timezone(&self.zone).date_naive()
    }

    /// Refuses automated writes of tiers while the rules decide on them (docs/overrides.md#tier).
    ///
    /// # Errors
    /// `computed_field`.
    pub fn refuse(&self, changes: &[Change], mode: WriteMode) -> Result<()> {
        let writes = changes.iter().any(|change| change.field.is_tier());
        if writes && mode == WriteMode::Automated && self.mode == TierMode::Automatic {
            Err(Error::field(
                "computed_field",
                "tier",
                "is computed from the tier rules while the \
                tier policy is automatic",
            ))
        } else {
            Ok(())
        }
    }

    /// Adds the resulting change of the tier to a plan. `before` are the values until now.
    pub fn apply(&self, plan: &mut Plan, before: &Map<String, Json>, overrides: &[StoredOverride]) {
        let Some(tier) = partner_field("tier").filter(|_| !plan.is_idle()) else { return };
        let cleared = plan.overrides_cleared.contains(&tier);
        let hold = overrides.iter().find(|overrides| overrides.field == tier);
        let overridden = plan.overrides_set.contains(&tier) || (hold.is_some() && !cleared);
        let written = plan.changes.iter().find(|change| change.field == tier);
        let stands = TierState::of(before);
        let next = match (self.mode, written) {
            // A person has assigned the tier, so it is not at risk.
            (_, Some(change)) => {
                TierState { tier: change.value.as_str().map(str::to_owned), at_risk_since: None }
            }
            _ if overridden => TierState { at_risk_since: None, ..stands.clone() },
            (TierMode::Manual, None) => {
                let waiting = hold
                    .filter(|_| cleared)
                    .and_then(|overrides| overrides.pending.as_ref())
                    .and_then(Json::as_str);
                let waiting = waiting.filter(|key| self.tier(key).is_some()).map(str::to_owned);
                TierState { tier: waiting.or(stands.tier.clone()), ..stands.clone() }
            }
            (TierMode::Automatic, None)
                if cleared || self.evaluate_on.contains(&plan.cause.into()) =>
            {
                self.state_after(
                    &stands,
                    self.automatic(&self.after(before, &plan.changes)),
                    !cleared,
                )
            }
            (TierMode::Automatic, None) => return,
        };
        push(plan, &stands, &next);
    }

    /// The same for a new partner. If partners are not evaluated on creation, it gets the default
    /// tier.
    pub fn apply_new(&self, plan: &mut Plan, id: PartnerId, created_via: PartnerCreatedVia) {
        let written = plan.changes.iter().any(|change| change.field.is_tier());
        if written || self.mode == TierMode::Manual {
            return;
        }
        let target = if self.evaluate_on.contains(&plan.cause.into()) {
            let mut row: Map<String, Json> = PARTNER
                .iter()
                .filter(|f| f.property() == f.name)
                .map(|f| (f.name.to_owned(), f.default_value()))
                .collect();
            for (name, value) in [
                ("id", json!(id)),
                ("created_via", json!(created_via)),
                ("currency", json!(self.currency)),
                ("created_at", json!(self.now)),
                ("stage_changed_at", json!(self.now)),
            ] {
                row.insert(name.to_owned(), value);
            }
            self.automatic(&self.after(&row, &plan.changes)).map(str::to_owned)
        } else {
            self.default_tier().map(str::to_owned)
        };
        push(
            plan,
            &TierState { tier: None, at_risk_since: None },
            &TierState { tier: target, at_risk_since: None },
        );
    }

    /// The row after the changes.
    fn after(&self, before: &Map<String, Json>, changes: &[Change]) -> Map<String, Json> {
        let mut after = before.clone();
        for change in changes {
            if change.field.name == "stage" {
                after.insert("stage_changed_at".to_owned(), json!(self.now));
            }
            after.insert(change.field.name.to_owned(), change.value.clone());
        }
        after
    }
}

/// Adds the differences to a plan.
fn push(plan: &mut Plan, stands: &TierState, next: &TierState) {
    let values = [
        ("tier", stands.tier != next.tier, json!(next.tier)),
        (
            "tier_at_risk_since",
            stands.at_risk_since != next.at_risk_since,
            json!(next.at_risk_since),
        ),
    ];
    for (name, differs, value) in values {
        let field = partner_field(name)
            .filter(|field| differs && !plan.changes.iter().any(|change| change.field == *field));
        plan.changes.extend(field.map(|field| Change { field, value }));
    }
}

fn hash<'a>(tiers: impl Iterator<Item = (&'a str, i64, Option<&'a Json>)>) -> String {
    let mut sorted: Vec<_> = tiers.collect();
    sorted.sort_by_key(|(_, rank, _)| *rank);
    let all = sorted.into_iter().map(
        |(key, rank, requirement)| json!({"key": key, "rank": rank, "requirement": requirement}),
    );
    // Canonical JSON: the same rules have the same hash, whatever the order of their properties.
    let mut all: Json = all.collect();
    all.sort_all_objects();
    Sha256::digest(all.to_string()).iter().map(|byte| format!("{byte:02x}")).collect()
}
