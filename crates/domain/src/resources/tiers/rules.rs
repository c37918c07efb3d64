//! The rules of tiers as pure functions: of a partner's row, the tiers and the policy.

use chrono::{NaiveDate, TimeDelta};
use serde::Deserialize;
use serde_json::{Value as Json, json};
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
        values::{FieldRow, FieldValue},
    },
    resources::partners::{
        Change, NewPartnerRow, PARTNER, PartnerCreatedVia, PartnerKey, Plan, ProposedPartner,
        StoredOverride, change_of,
    },
};

/// Fields that follow from the tier, or from its being written: a requirement must not look at
/// them.
pub const CIRCULAR: [&str; 7] = [
    "tier",
    "tier_source",
    "tier_changed_at",
    "tier_at_risk_since",
    "overridden_fields",
    "version",
    "updated_at",
];

/// Reads a requirement.
///
/// # Errors
/// `invalid_filter` with every fault; `circular_requirement` with every leaf that looks at what
/// follows from the tier.
pub fn check_requirement(requirement: &Json, now: Timestamp) -> Result<Node> {
    let node =
        filter::parse(requirement, PARTNER, now.0, "#/requirement").map_err(filter::invalid)?;
    let circular = leaves(requirement, &node, "#/requirement")
        .into_iter()
        .filter(|leaf| CIRCULAR.contains(&leaf.field.name));
    let faults: Vec<FieldError> = circular
        .map(|leaf| {
            let detail = format!("{} follows from the tier", leaf.field.name);
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
    /// As it was written.
    pub json: &'a Json,
    pub field: &'static Field,
    pub test: &'a Test,
}

/// The leaves of a requirement in their order. `node` was read from `json`, so both have the same
/// shape.
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
    /// As it was written, and as it was read. One that cannot be read any more matches nobody.
    pub requirement: Option<(Json, Node)>,
}

impl TierRule {
    /// Whether a row fulfils the requirement. Without one nobody does.
    pub fn matches(&self, row: &dyn FieldRow) -> bool {
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

/// What is kept of the rules.
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

/// Where a partner stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TierState {
    pub tier: Option<String>,
    pub at_risk_since: Option<Timestamp>,
}

impl TierState {
    /// That of a row.
    pub fn of(row: &dyn FieldRow) -> Self {
        let at_risk_since = match row.get(PartnerKey::TierAtRiskSince.field()) {
            FieldValue::Instant(since) => Some(since),
            _ => None,
        };
        Self { tier: key(&row.get(PartnerKey::Tier.field())), at_risk_since }
    }
}

/// The key of a tier that a value is.
fn key(value: &FieldValue) -> Option<String> {
    value.as_text().map(str::to_owned)
}

impl TierRules {
    /// Reads what is kept.
    ///
    /// # Errors
    /// What is kept is not what was written.
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
                // A requirement of an older version that cannot be read any more matches no
                // partner, and must not keep partners from being written.
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

    /// The tier of those who fulfil no requirement.
    pub fn default_tier(&self) -> Option<&str> {
        self.tiers.iter().find(|tier| tier.is_default).map(|tier| tier.key.as_str())
    }

    /// SHA-256 over key, rank and requirement of all tiers in canonical JSON, in hexadecimal.
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// What the rules give to a row: the highest tier whose requirement it fulfils,
    /// else the default.
    pub fn automatic(&self, row: &dyn FieldRow) -> Option<&str> {
        let fulfilled =
            self.tiers.iter().find(|tier| tier.matches(row)).map(|tier| tier.key.as_str());
        fulfilled.or_else(|| self.default_tier())
    }

    /// Where a partner stands from now on, of whom the rules give `target`. A lower tier than the
    /// one held waits for the days of grace, when there is `grace`.
    pub fn state_after(
        &self,
        overrides: &TierState,
        target: Option<&str>,
        grace: bool,
    ) -> TierState {
        let at_once = TierState { tier: target.map(str::to_owned), at_risk_since: None };
        let rank = |key: Option<&str>| key.and_then(|key| self.tier(key)).map(|tier| tier.rank);
        // A tier that is no more has no rank, and is nothing to hold on to.
        let falls = rank(overrides.tier.as_deref())
            .is_some_and(|overrides| rank(target).is_none_or(|target| target < overrides));
        if !falls || !grace || self.grace_days == 0 {
            return at_once;
        }
        let since = overrides.at_risk_since.unwrap_or(self.now);
        // The days run from when the partner was first at risk, so that an evaluation in between
        // does not prolong them.
        if self.now.0 < since.0 + TimeDelta::days(self.grace_days) {
            TierState { tier: overrides.tier.clone(), at_risk_since: Some(since) }
        } else {
            at_once
        }
    }

    /// The first day on which a partner that is at risk since then falls, in the organization's
    /// time zone.
    pub fn demotion_on(&self, since: Timestamp) -> NaiveDate {
        (since.0 + TimeDelta::days(self.grace_days)).with_timezone(&self.zone).date_naive()
    }

    /// Automation may write tiers only while people decide on them (docs/overrides.md#tier).
    ///
    /// # Errors
    /// `computed_field`.
    pub fn refuse(&self, changes: &[Change], mode: WriteMode) -> Result<()> {
        let writes = change_of(changes, PartnerKey::Tier).is_some();
        if writes && mode == WriteMode::Automated && self.mode == TierMode::Automatic {
            Err(Error::field("computed_field", "tier", "is computed while tiers are automatic"))
        } else {
            Ok(())
        }
    }

    /// Completes what a write does by what follows for the tier. `before` are the values until now.
    pub fn apply(&self, plan: &mut Plan, before: &dyn FieldRow, overrides: &[StoredOverride]) {
        if plan.is_idle() {
            return;
        }
        let cleared = plan.overrides_cleared.contains(&PartnerKey::Tier);
        let stored = overrides.iter().find(|stored| stored.key == PartnerKey::Tier);
        let overridden =
            plan.overrides_set.contains(&PartnerKey::Tier) || (stored.is_some() && !cleared);
        let present = TierState::of(before);
        let next = match (self.mode, change_of(&plan.changes, PartnerKey::Tier)) {
            // Somebody has decided: the rules threaten nothing.
            (_, Some(change)) => TierState { tier: key(&change.value), at_risk_since: None },
            _ if overridden => TierState { at_risk_since: None, ..present.clone() },
            (TierMode::Manual, None) => {
                let waiting = stored
                    .filter(|_| cleared)
                    .and_then(|stored| stored.pending.as_ref()?.as_text());
                let waiting = waiting.filter(|key| self.tier(key).is_some()).map(str::to_owned);
                TierState { tier: waiting.or(present.tier.clone()), ..present.clone() }
            }
            (TierMode::Automatic, None)
                if cleared || self.evaluate_on.contains(&plan.cause.into()) =>
            {
                let proposed = self.automatic(&self.proposed(before, &plan.changes));
                self.state_after(&present, proposed, !cleared)
            }
            (TierMode::Automatic, None) => return,
        };
        push(plan, &present, &next);
    }

    /// The same for a new partner: where nothing is evaluated on its creation it gets the default
    /// tier.
    pub fn apply_new(&self, plan: &mut Plan, id: PartnerId, created_via: PartnerCreatedVia) {
        let is_written = change_of(&plan.changes, PartnerKey::Tier).is_some();
        if is_written || self.mode == TierMode::Manual {
            return;
        }
        let tier = if self.evaluate_on.contains(&plan.cause.into()) {
            let currency = &self.currency;
            let row = NewPartnerRow { id, created_via, currency, now: self.now };
            self.automatic(&self.proposed(&row, &plan.changes)).map(str::to_owned)
        } else {
            self.default_tier().map(str::to_owned)
        };
        let none = TierState { tier: None, at_risk_since: None };
        push(plan, &none, &TierState { tier, at_risk_since: None });
    }

    /// The row as it will be.
    fn proposed<'a>(&self, before: &'a dyn FieldRow, changes: &'a [Change]) -> ProposedPartner<'a> {
        ProposedPartner { before, changes, now: self.now }
    }
}

/// Puts what differs into a plan.
fn push(plan: &mut Plan, present: &TierState, next: &TierState) {
    for change in next.changes_since(present) {
        if change_of(&plan.changes, change.key).is_none() {
            plan.changes.push(change);
        }
    }
}

impl TierState {
    /// What this state changes of a partner that had another.
    pub fn changes_since(&self, before: &Self) -> Vec<Change> {
        let tier = Change::new(PartnerKey::Tier, self.tier.clone());
        let at_risk_since = Change::new(PartnerKey::TierAtRiskSince, self.at_risk_since);
        let tier = Some(tier).filter(|_| self.tier != before.tier);
        let at_risk_since =
            Some(at_risk_since).filter(|_| self.at_risk_since != before.at_risk_since);
        tier.into_iter().chain(at_risk_since).collect()
    }
}

fn hash<'a>(tiers: impl Iterator<Item = (&'a str, i64, Option<&'a Json>)>) -> String {
    let mut sorted: Vec<_> = tiers.collect();
    sorted.sort_by_key(|(_, rank, _)| *rank);
    let all = sorted.into_iter().map(
        |(key, rank, requirement)| json!({"key": key, "rank": rank, "requirement": requirement}),
    );
    // Canonical JSON: the same rules have the same hash, in whatever order properties were written.
    let mut all: Json = all.collect();
    all.sort_all_objects();
    Sha256::digest(all.to_string()).iter().map(|byte| format!("{byte:02x}")).collect()
}
