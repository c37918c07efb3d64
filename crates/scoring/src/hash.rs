//! Determines whether anything has changed on which scores depend.

use domain::{
    fields::{Field, FieldClass},
    partners::PARTNER,
};
use serde_json::{Map, Value as Json, json};
use sha2::{Digest, Sha256};

use crate::{
    facts::{PartnerFacts, Profile},
    fit, health,
};

/// Whether a change of this field of a partner may change its scores: profile fields, fields that
/// are computed from deals, and tags. Not the scores themselves, nor the tier (which follows from
/// them), nor administrative fields. Criteria may refer to other fields; the result of every
/// criterion is part of the hash.
pub fn decides(field: &Field) -> bool {
    let class =
        matches!(field.class, FieldClass::Profile | FieldClass::Computed | FieldClass::Relation);
    let known = field.name == "stage_changed_at" || field.name == "created_at";
    let aside =
        ["tier", "external_id", "partner_manager_id", "primary_contact_id"].contains(&field.name);
    (class && !aside && !field.name.contains('.')) || known
}

/// Whether a change of this field may change scores with this profile, whose criteria may refer to
/// any field.
pub fn decides_under(profile: &Profile, field: &Field) -> bool {
    let named = || {
        profile
            .criteria
            .iter()
            .flat_map(|criterion| criterion.filter.leaves())
            .any(|(named, _)| named.property() == field.property())
    };
    decides(field) || named()
}

/// SHA-256 in hexadecimal over everything that scores depend on: the fields of the partner, its
/// tags, deals, contacts and application, the profile and the result of each criterion, the effect
/// of each signal of health, the engine. The day is not included: it changes the hash only if a
/// criterion or a signal gives another result.
///
/// `engine` is `rules/1` or `model/NAME`. `extra` is what else an engine depends on (the versions
/// of model and prompt); empty for the rules. Cheap enough to be computed before scoring.
pub fn input_hash(facts: &PartnerFacts, profile: &Profile, engine: &str, extra: &str) -> String {
    let row: Map<String, Json> = PARTNER
        .iter()
        .filter(|field| decides(field))
        .map(|field| (field.name.to_owned(), field.of(&facts.row).clone()))
        .collect();
    let criteria: Vec<Json> = profile
        .criteria
        .iter()
        .map(|criterion| {
            json!({
                "key": criterion.key,
                "label": criterion.label,
                "dimension": criterion.dimension,
                "weight": criterion.weight,
                "filter": criterion.written,
                "outcome": fit::outcome(criterion, facts, profile).as_str()
            })
        })
        .collect();
    let health: Vec<Json> = health::judge(facts)
        .signals
        .iter()
        .map(|signal| json!([signal.key, signal.effect, signal.measured]))
        .collect();
    let mut tags = facts.tags.clone();
    // Facts are in any order.
    tags.sort_unstable();
    let input = json!({
        "engine": engine,
        // Also with a language model, which corrects the result of the rules.
        "rules": fit::ENGINE,
        "extra": extra,
        "row": row,
        "tags": tags,
        "deals": sorted_deals(facts),
        "application": facts.application,
        "contacts": facts.contacts,
        "reachable_contacts": facts.reachable_contacts,
        "last_activity_on": facts.last_activity_on,
        "currency": facts.currency,
        "currency_exponent": facts.currency_exponent,
        "fiscal_year_start_month": facts.fiscal_year_start_month,
        "weights": profile.weights,
        "narrative": profile.narrative,
        "criteria": criteria,
        "health": health
    });
    let digest = Sha256::digest(canonical(&input).as_bytes());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Each deal as canonical text, sorted, because facts are in any order.
fn sorted_deals(facts: &PartnerFacts) -> Vec<String> {
    let mut deals: Vec<String> = facts.deals.iter().map(|deal| canonical(&json!(deal))).collect();
    deals.sort_unstable();
    deals
}

/// JSON without spaces, the keys of every object in order.
fn canonical(value: &Json) -> String {
    match value {
        Json::Object(members) => {
            let mut sorted: Vec<_> = members.iter().collect();
            sorted.sort_by_key(|(key, _)| *key);
            let parts: Vec<String> = sorted
                .into_iter()
                .map(|(key, value)| format!("{}:{}", json!(key), canonical(value)))
                .collect();
            format!("{{{}}}", parts.join(","))
        }
        Json::Array(items) => {
            format!("[{}]", items.iter().map(canonical).collect::<Vec<_>>().join(","))
        }
        scalar => scalar.to_string(),
    }
}
