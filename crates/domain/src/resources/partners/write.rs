//! What a write does to a partner (docs/overrides.md): a pure function of the row, its overrides,
//! the new values and the mode. All writes of partners use it.

use std::collections::BTreeSet;

use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::{KeyStakeholder, PartnerKey};
use crate::kernel::{
    access::WriteMode,
    field_error::FieldError,
    fields::{Field, FieldClass},
    ids::{ContactId, MemberId, TagId},
    values::{FieldRow, FieldValue, NoRow},
};

/// One wanted value, checked and normalised.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    pub key: PartnerKey,
    pub value: FieldValue,
}

impl Change {
    /// This value for this field.
    pub fn new(key: PartnerKey, value: impl Into<FieldValue>) -> Self {
        Self { key, value: value.into() }
    }

    /// Its field.
    pub fn field(&self) -> &'static Field {
        self.key.field()
    }

    /// The value as it goes over the wire.
    pub fn json(&self) -> Json {
        self.field().render_json(&self.value)
    }

    /// Whether it is part of what a scorer says.
    pub fn is_score(&self) -> bool {
        self.field().class == FieldClass::Scoring
    }
}

/// The change of a field among others.
pub fn change_of(changes: &[Change], key: PartnerKey) -> Option<&Change> {
    changes.iter().find(|change| change.key == key)
}

/// An override as it is stored.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredOverride {
    pub key: PartnerKey,
    /// The newest value that automation tried to write.
    pub pending: Option<FieldValue>,
}

/// A field that automation skipped, and the value that it tried to write.
pub type SkippedChange = Change;

/// What a write of a partner comes from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum WriteCause {
    /// An edit of the partner itself, or its creation.
    #[default]
    PartnerUpdated,
    /// A change of its deals.
    DealClosed,
    /// New scores.
    ScoresUpdated,
}

/// What a write does.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Plan {
    /// The values that change.
    pub changes: Vec<Change>,
    /// Fields that become overridden.
    pub overrides_set: Vec<PartnerKey>,
    /// Fields whose override is cleared.
    pub overrides_cleared: Vec<PartnerKey>,
    /// Skipped values, which become pending.
    pub skipped: Vec<SkippedChange>,
    /// Overridden fields whose pending value is dropped, because automation now agrees.
    pub pending_dropped: Vec<PartnerKey>,
    /// Pending values that take the place of others, of which a part exists no more.
    pub reduced: Vec<Change>,
    /// What the write is, for the policy that says when tiers are evaluated.
    pub cause: WriteCause,
    /// When scores are written: how they were made.
    pub scored: Option<Scored>,
    /// Whether a person decided on the values, of an edit.
    pub mode: Option<WriteMode>,
}

/// How scores were made.
#[derive(Debug, Clone, PartialEq)]
pub struct Scored {
    pub engine: String,
    /// The version of the ideal partner profile that they were made by.
    pub profile_version: i64,
    /// Whether something that they rest on has changed while they were being made.
    pub stale: bool,
}

impl Plan {
    /// Whether the row stays as it is (pending values may still be kept).
    pub fn is_idle(&self) -> bool {
        self.changes.is_empty()
            && self.overrides_set.is_empty()
            && self.overrides_cleared.is_empty()
    }
    /// Whether nothing but scores changes, which makes no new version.
    pub fn is_scores_only(&self) -> bool {
        self.scored.is_some()
            && self.overrides_set.is_empty()
            && self.overrides_cleared.is_empty()
            && self.changes.iter().all(|change| change.is_score())
    }
    /// The names of the fields that automation skipped.
    pub fn skipped_fields(&self) -> Vec<&'static str> {
        self.skipped.iter().map(|skipped| skipped.key.name()).collect()
    }
    /// The values that wait after the write: what was skipped or reduced, and for a computed field
    /// that a person replaces what was computed (docs/overrides.md#computed-fields). `before` are
    /// the partner's values until now; a new one has none.
    pub fn pending(&self, before: Option<&dyn FieldRow>) -> Vec<Change> {
        let is_computed = |key: &&PartnerKey| key.field().class == FieldClass::Computed;
        let computed = self.overrides_set.iter().filter(is_computed).map(|key| {
            let field = key.field();
            let value = before.map_or_else(|| field.default_field_value(), |row| row.get(field));
            Change { key: *key, value }
        });
        self.skipped.iter().chain(&self.reduced).cloned().chain(computed).collect()
    }
    /// Whether nothing is written, not even a pending value.
    pub fn is_empty(&self) -> bool {
        self.is_idle()
            && self.skipped.is_empty()
            && self.pending_dropped.is_empty()
            && self.reduced.is_empty()
    }
    /// Adds another plan about other fields of the same partner: both are one write, of the mode of
    /// the other one.
    pub fn merge(&mut self, other: Self) {
        self.changes.extend(other.changes);
        self.overrides_set.extend(other.overrides_set);
        self.overrides_cleared.extend(other.overrides_cleared);
        self.skipped.extend(other.skipped);
        self.pending_dropped.extend(other.pending_dropped);
        self.reduced.extend(other.reduced);
        self.mode = other.mode;
    }
    /// Whether scores that were made before rest on something that changes.
    pub fn makes_scores_stale(&self) -> bool {
        self.scored.is_none() && self.changes.iter().any(|change| is_input_of_scores(change.key))
    }
    /// `overridden_fields` after the write: sorted, unique.
    pub fn overridden_after(&self, overrides: &[StoredOverride]) -> Vec<String> {
        let kept = overrides
            .iter()
            .map(|stored| stored.key)
            .filter(|key| !self.overrides_cleared.contains(key));
        let names: BTreeSet<&str> =
            kept.chain(self.overrides_set.iter().copied()).map(PartnerKey::name).collect();
        names.into_iter().map(str::to_owned).collect()
    }
    fn change(&mut self, key: PartnerKey, value: FieldValue) {
        self.changes.push(Change { key, value });
    }
}

/// The wanted values of a checked body, in the order of the catalogue. `primary_contact` is not a
/// field. What is not of its field's type, which the check refuses, is left out.
pub fn changes_of(body: &Map<String, Json>) -> Vec<Change> {
    let writable = PartnerKey::ALL.iter().filter(|key| key.field().writable);
    writable
        .filter_map(|key| {
            let value = key.field().parse_json(body.get(key.name())?)?;
            Some(Change { key: *key, value })
        })
        .collect()
}

/// One form for one value. Ids of tags are a set, so they are kept sorted.
fn canonical(Change { key, value }: Change) -> Change {
    let value = match value {
        FieldValue::Ids(ids) => {
            FieldValue::Ids(ids.into_iter().collect::<BTreeSet<Uuid>>().into_iter().collect())
        }
        // What is absent is null.
        FieldValue::Json(people) if key == PartnerKey::KeyStakeholders => {
            let canonical = serde_json::from_value::<Vec<KeyStakeholder>>(people.clone())
                .and_then(serde_json::to_value);
            FieldValue::Json(canonical.unwrap_or(people))
        }
        other => other,
    };
    Change { key, value }
}

/// Wanted weights with those that a merge patch leaves out, from the row or from the default.
/// Together they are the whole, which only shows once they are merged.
fn merged(changes: Vec<Change>, row: &dyn FieldRow) -> Result<Vec<Change>, Vec<FieldError>> {
    let merge = |mut change: Change| {
        let FieldValue::Json(Json::Object(wanted)) = &change.value else { return Ok(change) };
        if change.key != PartnerKey::QuarterlyWeights {
            return Ok(change);
        }
        let field = change.field();
        let Json::Object(mut weights) = field.default_value() else { return Ok(change) };
        if let FieldValue::Json(Json::Object(present)) = row.get(field) {
            weights.extend(present);
        }
        weights.extend(wanted.clone());
        let sum: i64 = weights.values().filter_map(Json::as_i64).sum();
        if sum != FULL_SHARE_BP {
            let detail = format!("must add up to {FULL_SHARE_BP}, not {sum}");
            let place = format!("#/{}", field.name);
            let fault = FieldError::at_pointer("weights_not_100_percent", place, detail);
            return Err(fault.meta("sum", sum));
        }
        change.value = FieldValue::Json(weights.into());
        Ok(change)
    };
    changes.into_iter().map(merge).collect::<Result<_, _>>().map_err(|fault| vec![fault])
}

/// The sum of the quarterly weights, in basis points.
const FULL_SHARE_BP: i64 = 10_000;

/// Fields that this mode may not write at all, with the place of each: see "Computed fields" and
/// "Fields for people only" in docs/overrides.md. For the tier the policy decides:
/// `TierRules::refuse`.
pub fn forbidden(changes: &[Change], mode: WriteMode) -> Vec<FieldError> {
    if mode == WriteMode::Manual {
        return Vec::new();
    }
    let fault = |code, change: &Change, detail: &str| {
        FieldError::at_pointer(code, format!("#/{}", change.key.name()), detail)
    };
    changes
        .iter()
        .filter_map(|change| match change.field().class {
            FieldClass::Computed => Some(fault(
                "computed_field",
                change,
                "is computed from deals and can only be overridden by a person",
            )),
            FieldClass::User => {
                Some(fault("manual_only_field", change, "is written by people only"))
            }
            _ => None,
        })
        .collect()
}

/// A new partner: its values on top of the defaults (docs/overrides.md#creation). `linked` says
/// that a primary contact is made with it.
pub fn plan_insert(
    changes: Vec<Change>,
    linked: bool,
    mode: WriteMode,
) -> Result<Plan, Vec<FieldError>> {
    let faults = forbidden(&changes, mode);
    if !faults.is_empty() {
        return Err(faults);
    }
    let changes = merged(changes, &NoRow)?;
    let mut plan = Plan::default();
    for Change { key, value } in changes.into_iter().map(canonical) {
        let field = key.field();
        let is_default = value == field.default_field_value();
        if mode == WriteMode::Manual && field.overridable && !field.required && !is_default {
            plan.overrides_set.push(key);
        }
        // Defaults are the database's: what equals them is not written, and not listed in the event
        // of the creation.
        if !is_default || field.required {
            plan.change(key, value);
        }
    }
    if linked && mode == WriteMode::Manual {
        plan.overrides_set.push(PartnerKey::PrimaryContactId);
    }
    Ok(plan)
}

/// A new partner out of an application: `answered` is written by automation, `decided` as `mode`
/// says, in place of what was answered (docs/overrides.md#acceptance).
pub fn plan_acceptance(
    answered: Vec<Change>,
    decided: Vec<Change>,
    linked: bool,
    mode: WriteMode,
) -> Result<Plan, Vec<FieldError>> {
    let left = answered.into_iter().filter(|answer| change_of(&decided, answer.key).is_none());
    let mut plan = plan_insert(left.collect(), linked, WriteMode::Automated)?;
    let by_reviewer = plan_insert(decided, false, mode)?;
    plan.changes.extend(by_reviewer.changes);
    plan.overrides_set.extend(by_reviewer.overrides_set);
    Ok(plan)
}

/// An edit of a partner: `row` holds its present values. The rules are docs/overrides.md.
pub fn plan_update(
    row: &dyn FieldRow,
    overrides: &[StoredOverride],
    changes: Vec<Change>,
    mode: WriteMode,
) -> Result<Plan, Vec<FieldError>> {
    let faults = forbidden(&changes, mode);
    if !faults.is_empty() {
        return Err(faults);
    }
    let changes = merged(changes, row)?;
    let mut plan = Plan { mode: Some(mode), ..Plan::default() };
    for Change { key, value } in changes.into_iter().map(canonical) {
        let field = key.field();
        let same = row.get(field) == value;
        let stored = overrides.iter().find(|stored| stored.key == key);
        match (mode, stored) {
            // By hand, a tier is never taken away: it is given back to the rules
            // (docs/overrides.md#tier), `TierRules::apply`.
            (WriteMode::Manual, stored) if field.is_tier() && value.is_null() => {
                plan.overrides_cleared.extend(stored.map(|stored| stored.key));
            }
            _ if same => plan.pending_dropped.extend(
                stored
                    .filter(|stored| mode == WriteMode::Automated && stored.pending.is_some())
                    .map(|stored| stored.key),
            ),
            (WriteMode::Manual, stored) => {
                if field.overridable && stored.is_none() {
                    plan.overrides_set.push(key);
                }
                plan.change(key, value);
            }
            (WriteMode::Automated, Some(_)) => plan.skipped.push(SkippedChange { key, value }),
            (WriteMode::Automated, None) => plan.change(key, value),
        }
    }
    Ok(plan)
}

/// A record that goes away and that partners may name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RemovedRecord {
    Tag(TagId),
    Member(MemberId),
    Contact(ContactId),
}

impl RemovedRecord {
    /// Its id in the database.
    pub const fn uuid(self) -> Uuid {
        match self {
            Self::Tag(id) => id.0,
            Self::Member(id) => id.0,
            Self::Contact(id) => id.0,
        }
    }

    /// The fields that may name it.
    const fn fields(self) -> &'static [PartnerKey] {
        match self {
            Self::Tag(_) => &[PartnerKey::TagIds],
            Self::Member(_) => &[PartnerKey::PartnerManagerId],
            Self::Contact(_) => &[PartnerKey::PrimaryContactId, PartnerKey::KeyStakeholders],
        }
    }

    /// A value that names it no more. A stakeholder stays without the contact.
    fn taken_out_of(self, value: &FieldValue) -> FieldValue {
        match value {
            FieldValue::Id(id) if *id == self.uuid() => FieldValue::Null,
            FieldValue::Ids(ids) => {
                FieldValue::Ids(ids.iter().copied().filter(|id| *id != self.uuid()).collect())
            }
            FieldValue::Json(Json::Array(people)) => {
                FieldValue::Json(people.iter().map(|person| self.without_contact(person)).collect())
            }
            other => other.clone(),
        }
    }

    fn without_contact(self, person: &Json) -> Json {
        let Self::Contact(id) = self else { return person.clone() };
        let mut person = person.clone();
        if let Some(contact) = person.get_mut("contact_id").filter(|named| **named == json!(id)) {
            *contact = Json::Null;
        }
        person
    }
}

/// Takes a record that goes away (a tag, a member, a contact) out of a partner, whoever decided on
/// it: what is gone can be nobody's decision. Values that wait for an override to be cleared must
/// not bring it back.
pub fn plan_without(row: &dyn FieldRow, overrides: &[StoredOverride], gone: RemovedRecord) -> Plan {
    let mut plan = Plan { mode: Some(WriteMode::Automated), ..Plan::default() };
    for key in gone.fields().iter().copied() {
        let value = row.get(key.field());
        let left = gone.taken_out_of(&value);
        if left != value {
            plan.change(key, left);
        }
        let stored = overrides.iter().find(|stored| stored.key == key);
        let Some(pending) = stored.and_then(|stored| stored.pending.as_ref()) else { continue };
        match gone.taken_out_of(pending) {
            left if left == *pending => {}
            FieldValue::Null => plan.pending_dropped.push(key),
            value => plan.reduced.push(Change { key, value }),
        }
    }
    plan
}

/// What the computed values of a partner do to it (docs/overrides.md#computed-fields): they are
/// written, or while a person has replaced one it is what waits for the override to be cleared.
pub fn plan_rollups(row: &dyn FieldRow, overrides: &[StoredOverride], values: Vec<Change>) -> Plan {
    let mut plan = Plan::default();
    for Change { key, value } in values {
        match overrides.iter().find(|stored| stored.key == key) {
            Some(stored) if stored.pending.as_ref() != Some(&value) => {
                plan.skipped.push(SkippedChange { key, value })
            }
            Some(_) => {}
            None if row.get(key.field()) != value => plan.change(key, value),
            None => {}
        }
    }
    plan
}

/// Whether scores may rest on a field: what people and automation say of a company, and what is
/// computed of its deals. Not the tier, which follows from scores, nor the key of another system.
fn is_input_of_scores(key: PartnerKey) -> bool {
    let written = matches!(
        key.field().class,
        FieldClass::Profile | FieldClass::Computed | FieldClass::Relation | FieldClass::User
    );
    written && !matches!(key, PartnerKey::Tier | PartnerKey::ExternalId)
}

/// Decides by hand that a field stays as it is (docs/overrides.md#pinning-and-clearing). `None`
/// when the field cannot be pinned.
pub fn pin(row: &dyn FieldRow, overrides: &[StoredOverride], key: PartnerKey) -> Option<Plan> {
    let field = key.field();
    if !field.overridable || (field.is_tier() && row.get(field).is_null()) {
        return None;
    }
    let mut plan = Plan::default();
    if !overrides.iter().any(|stored| stored.key == key) {
        plan.overrides_set.push(key);
    }
    Some(plan)
}

/// Hands fields back to automation: each takes its pending value, if there is one
/// (docs/overrides.md#pinning-and-clearing). What a tier becomes the rules say,
/// `TierRules::apply`.
pub fn clear(row: &dyn FieldRow, cleared: &[StoredOverride]) -> Plan {
    let mut plan = Plan::default();
    for stored in cleared {
        plan.overrides_cleared.push(stored.key);
        let next = stored.pending.as_ref().filter(|_| stored.key != PartnerKey::Tier);
        if let Some(value) = next.filter(|value| **value != row.get(stored.key.field())) {
            plan.change(stored.key, value.clone());
        }
    }
    plan
}

/// The longest value that an event carries, in bytes of JSON: events stay below 20 KiB.
const MAX_DIFF: usize = 1_000;

/// `changes` of an event: what was and what is. Long texts and long lists are named without their
/// values.
pub fn diff<'a>(row: &dyn FieldRow, changes: impl IntoIterator<Item = &'a Change>) -> Json {
    let is_long = |value: &Json| value.to_string().len() > MAX_DIFF;
    let entry = |change: &Change| {
        let field = change.field();
        let (from, to) = (field.render_json(&row.get(field)), change.json());
        if field.long || is_long(&from) || is_long(&to) {
            return json!({"from": null, "to": null, "truncated": true});
        }
        json!({"from": from, "to": to})
    };
    let changes = changes.into_iter();
    Json::Object(changes.map(|change| (change.key.name().to_owned(), entry(change))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_gone_is_taken_out_of_values_and_of_those_that_wait() {
        let [gone, other] = [ContactId::new(), ContactId::new()];
        let tags = [TagId::new(), TagId::new(), TagId::new()];
        let members = [MemberId::new(), MemberId::new()];
        let person = |contact: Option<ContactId>| {
            FieldValue::Json(json!([{"name": "Ann", "contact_id": contact}]))
        };
        let row = json!({
            "tag_ids": [tags[0]],
            "primary_contact_id": gone,
            "key_stakeholders": [{"name": "Ann", "contact_id": gone}]
        });
        let row = row.as_object().unwrap();
        let waiting = |key, pending: FieldValue| StoredOverride { key, pending: Some(pending) };
        let overrides = [
            waiting(PartnerKey::PrimaryContactId, other.into()),
            waiting(PartnerKey::KeyStakeholders, person(Some(gone))),
        ];
        let plan = plan_without(row, &overrides, RemovedRecord::Contact(gone));
        let without_contact = Change::new(PartnerKey::KeyStakeholders, person(None));
        assert_eq!(
            plan.changes,
            [Change::new(PartnerKey::PrimaryContactId, FieldValue::Null), without_contact.clone()]
        );
        assert_eq!((plan.reduced, plan.pending_dropped), (vec![without_contact], vec![]));

        let overrides = [
            waiting(PartnerKey::TagIds, vec![tags[1], tags[2]].into()),
            waiting(PartnerKey::PartnerManagerId, members[0].into()),
        ];
        let tag = plan_without(row, &overrides, RemovedRecord::Tag(tags[1]));
        assert!(tag.is_idle() && !tag.is_empty());
        assert_eq!(tag.reduced, [Change::new(PartnerKey::TagIds, vec![tags[2]])]);
        let member = plan_without(row, &overrides, RemovedRecord::Member(members[0]));
        assert_eq!(
            (member.pending_dropped, member.reduced),
            (vec![PartnerKey::PartnerManagerId], vec![])
        );
        assert!(plan_without(row, &overrides, RemovedRecord::Member(members[1])).is_empty());
    }
}
