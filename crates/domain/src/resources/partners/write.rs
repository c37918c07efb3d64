//! What a write does to a partner (docs/overrides.md): a pure function of the row, its overrides,
//! the new values and the mode. All writes of partners use it.

use std::collections::BTreeSet;

use serde_json::{Map, Value as Json, json};

use super::{KeyStakeholder, PARTNER, partner_field};
use crate::kernel::{
    access::WriteMode,
    field_error::FieldError,
    fields::{Field, FieldClass},
};

/// One wanted value, checked and normalised.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    pub field: &'static Field,
    pub value: Json,
}

impl Change {
    /// Whether it is part of what a scorer says.
    pub fn is_score(&self) -> bool {
        self.field.class == FieldClass::Scoring
    }
}

/// An override as it is stored.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredOverride {
    pub field: &'static Field,
    /// The newest value that automation tried to write.
    pub pending: Option<Json>,
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
    pub overrides_set: Vec<&'static Field>,
    /// Fields whose override is cleared.
    pub overrides_cleared: Vec<&'static Field>,
    /// Skipped values, which become pending.
    pub skipped: Vec<SkippedChange>,
    /// Overridden fields whose pending value is dropped, because automation now agrees.
    pub pending_dropped: Vec<&'static Field>,
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
        self.skipped.iter().map(|s| s.field.name).collect()
    }
    /// The values that wait after the write: what was skipped or reduced, and for a computed field
    /// that a person replaces what was computed (docs/overrides.md#computed-fields). `before` are
    /// the partner's values until now; a new one has none.
    pub fn pending(&self, before: &Map<String, Json>) -> Vec<Change> {
        let computed =
            self.overrides_set.iter().filter(|field| field.class == FieldClass::Computed).map(
                |field| {
                    let overrides = before.get(field.name).cloned();
                    Change { field, value: overrides.unwrap_or_else(|| field.default_value()) }
                },
            );
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
        self.scored.is_none() && self.changes.iter().any(|change| is_input_of_scores(change.field))
    }
    /// `overridden_fields` after the write: sorted, unique.
    pub fn overridden_after(&self, overrides: &[StoredOverride]) -> Vec<String> {
        let names = overrides
            .iter()
            .map(|h| h.field)
            .filter(|f| !self.overrides_cleared.iter().any(|u| u.name == f.name));
        let names: BTreeSet<&str> =
            names.chain(self.overrides_set.iter().copied()).map(|f| f.name).collect();
        names.into_iter().map(str::to_owned).collect()
    }
    fn change(&mut self, field: &'static Field, value: Json) {
        self.changes.push(Change { field, value });
    }
}

/// The wanted values of a checked body, in the order of the catalogue. `primary_contact` is not a
/// field.
pub fn changes_of(body: &Map<String, Json>) -> Vec<Change> {
    PARTNER
        .iter()
        .filter(|field| field.writable)
        .filter_map(|field| {
            body.get(field.name).map(|value| Change { field, value: value.clone() })
        })
        .collect()
}

/// One form for one value. Ids of tags are a set, so they are kept sorted.
fn canonical(Change { field, value }: Change) -> Change {
    let value = match value {
        Json::Array(items) if field.name == "tag_ids" => {
            let ids: BTreeSet<&str> = items.iter().filter_map(Json::as_str).collect();
            ids.into_iter().collect()
        }
        // What is absent is null.
        Json::Array(people) if field.name == "key_stakeholders" => {
            serde_json::from_value::<Vec<KeyStakeholder>>(Json::Array(people.clone()))
                .ok()
                .and_then(|people| serde_json::to_value(people).ok())
                .unwrap_or(Json::Array(people))
        }
        other => other,
    };
    Change { field, value }
}

/// Wanted weights with those that a merge patch leaves out, from the row or from the default.
/// Together they are the whole, which only shows once they are merged.
fn merged(changes: Vec<Change>, row: &Map<String, Json>) -> Result<Vec<Change>, Vec<FieldError>> {
    let merge = |mut change: Change| {
        let Json::Object(wanted) = &change.value else { return Ok(change) };
        if change.field.name != "quarterly_weights" {
            return Ok(change);
        }
        let Json::Object(mut weights) = change.field.default_value() else { return Ok(change) };
        weights.extend(change.field.of(row).as_object().cloned().unwrap_or_default());
        weights.extend(wanted.clone());
        let sum: i64 = weights.values().filter_map(Json::as_i64).sum();
        if sum != FULL_SHARE_BP {
            let detail = format!("must add up to {FULL_SHARE_BP}, not {sum}");
            let place = format!("#/{}", change.field.name);
            let fault = FieldError::at_pointer("weights_not_100_percent", place, detail);
            return Err(fault.meta("sum", sum));
        }
        change.value = weights.into();
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
    let fault = |code, field: &Field, detail: &str| {
        FieldError::at_pointer(code, format!("#/{}", field.name), detail)
    };
    changes
        .iter()
        .filter_map(|change| match change.field.class {
            FieldClass::Computed => Some(fault(
                "computed_field",
                change.field,
                "is computed from deals and can only be overridden by a person",
            )),
            FieldClass::User => {
                Some(fault("manual_only_field", change.field, "can only be written by a person"))
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
    let defaults = Map::new();
    let changes = merged(changes, &defaults)?;
    let mut plan = Plan::default();
    for Change { field, value } in changes.into_iter().map(canonical) {
        let is_default = value == field.default_value();
        if mode == WriteMode::Manual && field.overridable && !field.required && !is_default {
            plan.overrides_set.push(field);
        }
        // Defaults are the database's: what equals them is not written, and not listed in the event
        // of the creation.
        if !is_default || field.required {
            plan.change(field, value);
        }
    }
    if linked && mode == WriteMode::Manual {
        plan.overrides_set.extend(partner_field("primary_contact_id"));
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
    let left = answered
        .into_iter()
        .filter(|answer| !decided.iter().any(|change| change.field == answer.field));
    let mut plan = plan_insert(left.collect(), linked, WriteMode::Automated)?;
    let by_reviewer = plan_insert(decided, false, mode)?;
    plan.changes.extend(by_reviewer.changes);
    plan.overrides_set.extend(by_reviewer.overrides_set);
    Ok(plan)
}

/// An edit of a partner: `row` holds its present values. The rules are docs/overrides.md.
pub fn plan_update(
    row: &Map<String, Json>,
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
    for Change { field, value } in changes.into_iter().map(canonical) {
        let same = *field.of(row) == value;
        let hold = overrides.iter().find(|h| h.field.name == field.name);
        match (mode, hold) {
            // By hand, a tier is never taken away: it is given back to the rules
            // (docs/overrides.md#tier), `TierRules::settle`.
            (WriteMode::Manual, hold) if field.is_tier() && value.is_null() => {
                plan.overrides_cleared.extend(hold.map(|hold| hold.field));
            }
            _ if same => plan.pending_dropped.extend(
                hold.filter(|h| mode == WriteMode::Automated && h.pending.is_some())
                    .map(|h| h.field),
            ),
            (WriteMode::Manual, hold) => {
                if field.overridable && hold.is_none() {
                    plan.overrides_set.push(field);
                }
                plan.change(field, value);
            }
            (WriteMode::Automated, Some(_)) => plan.skipped.push(SkippedChange { field, value }),
            (WriteMode::Automated, None) => plan.change(field, value),
        }
    }
    Ok(plan)
}

/// Takes a record that goes away (a tag, a member, a contact) out of a partner, whoever decided on
/// it: what is gone can be nobody's decision. Values that wait for an override to be cleared must
/// not bring it back.
pub fn plan_without(row: &Map<String, Json>, overrides: &[StoredOverride], gone: &Json) -> Plan {
    let mut plan = Plan { mode: Some(WriteMode::Automated), ..Plan::default() };
    for field in REFERRING.into_iter().filter_map(partner_field) {
        let (value, left) = (field.of(row), value_without(field.of(row), gone));
        if left != *value {
            plan.change(field, left);
        }
        let hold = overrides.iter().find(|hold| hold.field == field);
        let Some(pending) = hold.and_then(|hold| hold.pending.as_ref()) else { continue };
        match value_without(pending, gone) {
            left if left == *pending => {}
            Json::Null => plan.pending_dropped.push(field),
            left => plan.reduced.push(Change { field, value: left }),
        }
    }
    plan
}

/// Fields that name tags, members and contacts.
const REFERRING: [&str; 4] =
    ["tag_ids", "partner_manager_id", "primary_contact_id", "key_stakeholders"];

/// A value in which a record is named no more. A stakeholder stays without the contact.
fn value_without(value: &Json, gone: &Json) -> Json {
    match value {
        Json::Array(items) => {
            let left = items.iter().filter(|item| *item != gone);
            left.map(|item| value_without(item, gone)).collect()
        }
        Json::Object(person) if person.get("contact_id") == Some(gone) => {
            let mut person = person.clone();
            person.insert("contact_id".into(), Json::Null);
            Json::Object(person)
        }
        named if named == gone => Json::Null,
        other => other.clone(),
    }
}

/// What the computed values of a partner do to it (docs/overrides.md#computed-fields): they are
/// written, or while a person has replaced one it is what waits for the override to be cleared.
pub fn plan_rollups(
    row: &Map<String, Json>,
    overrides: &[StoredOverride],
    values: Vec<Change>,
) -> Plan {
    let mut plan = Plan::default();
    for Change { field, value } in values {
        match overrides.iter().find(|h| h.field == field) {
            Some(hold) if hold.pending.as_ref() != Some(&value) => {
                plan.skipped.push(SkippedChange { field, value })
            }
            Some(_) => {}
            None if *field.of(row) != value => plan.change(field, value),
            None => {}
        }
    }
    plan
}

/// Whether scores may rest on a field: what people and automation say of a company, and what is
/// computed of its deals. Not the tier, which follows from scores, nor the key of another system.
fn is_input_of_scores(field: &Field) -> bool {
    let written = matches!(
        field.class,
        FieldClass::Profile | FieldClass::Computed | FieldClass::Relation | FieldClass::User
    );
    written && !field.is_tier() && field.name != "external_id"
}

/// Decides by hand that a field stays as it is (docs/overrides.md#pinning-and-clearing). `None`
/// when the field cannot be pinned.
pub fn pin(
    row: &Map<String, Json>,
    overrides: &[StoredOverride],
    field: &'static Field,
) -> Option<Plan> {
    if !field.overridable || (field.is_tier() && field.of(row).is_null()) {
        return None;
    }
    let mut plan = Plan::default();
    if !overrides.iter().any(|h| h.field.name == field.name) {
        plan.overrides_set.push(field);
    }
    Some(plan)
}

/// Hands fields back to automation: each takes its pending value, if there is one
/// (docs/overrides.md#pinning-and-clearing). What a tier becomes the rules say,
/// `TierRules::settle`.
pub fn clear(row: &Map<String, Json>, cleared: &[StoredOverride]) -> Plan {
    let mut plan = Plan::default();
    for hold in cleared {
        plan.overrides_cleared.push(hold.field);
        let next = hold.pending.as_ref().filter(|_| !hold.field.is_tier());
        if let Some(value) = next.filter(|value| **value != *hold.field.of(row)) {
            plan.change(hold.field, value.clone());
        }
    }
    plan
}

/// The longest value that an event carries, in bytes of JSON: events stay below 20 KiB.
const MAX_DIFF: usize = 1_000;

/// `changes` of an event: what was and what is. Long texts and long lists are named without their
/// values.
pub fn diff(row: &Map<String, Json>, changes: &[Change]) -> Json {
    let is_long = |value: &Json| value.to_string().len() > MAX_DIFF;
    let entry = |change: &Change| match change.field.of(row) {
        from if change.field.long || is_long(from) || is_long(&change.value) => {
            json!({"from": null, "to": null, "truncated": true})
        }
        from => json!({"from": from, "to": change.value}),
    };
    Json::Object(
        changes.iter().map(|change| (change.field.name.to_owned(), entry(change))).collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(name: &str) -> &'static Field {
        partner_field(name).unwrap()
    }

    #[test]
    fn what_is_gone_is_taken_out_of_values_and_of_those_that_wait() {
        let gone = json!("con_1");
        let person = |contact: Json| json!([{"name": "Ann", "contact_id": contact}]);
        let row = json!({
            "tag_ids": ["tag_1"],
            "primary_contact_id": "con_1",
            "key_stakeholders": person(gone.clone())
        });
        let row = row.as_object().unwrap();
        let overrides = [
            StoredOverride { field: field("primary_contact_id"), pending: Some(json!("con_2")) },
            StoredOverride {
                field: field("key_stakeholders"),
                pending: Some(person(gone.clone())),
            },
        ];
        let plan = plan_without(row, &overrides, &gone);
        let change = |name: &str, value: Json| Change { field: field(name), value };
        let without_contact = change("key_stakeholders", person(Json::Null));
        assert_eq!(
            plan.changes,
            [change("primary_contact_id", Json::Null), without_contact.clone()]
        );
        assert_eq!((plan.reduced, plan.pending_dropped), (vec![without_contact], vec![]));

        let waiting = [
            StoredOverride { field: field("tag_ids"), pending: Some(json!(["tag_2", "tag_3"])) },
            StoredOverride { field: field("partner_manager_id"), pending: Some(json!("mem_1")) },
        ];
        let tag = plan_without(row, &waiting, &json!("tag_2"));
        assert!(tag.is_idle() && !tag.is_empty());
        assert_eq!(tag.reduced, [change("tag_ids", json!(["tag_3"]))]);
        let member = plan_without(row, &waiting, &json!("mem_1"));
        assert_eq!(
            (member.pending_dropped, member.reduced),
            (vec![field("partner_manager_id")], vec![])
        );
        assert!(plan_without(row, &waiting, &json!("mem_2")).is_empty());
    }
}
