//! The hash changes with what decides, and with nothing else.

use domain::{deals::DealStatus, partners::PartnerKey};
use scoring::{
    facts::{PartnerFacts, Profile},
    hash::{decides, decides_under, input_hash},
    rules::ENGINE,
};
use serde_json::{Value as Json, json};

mod partners;
use partners::{deal, default_profile, example, profile};

fn hash(facts: &PartnerFacts) -> String {
    input_hash(facts, &default_profile(), ENGINE, "")
}

#[test]
fn facts_profile_engine_and_versions_decide() {
    let (facts, profile) = (example(), default_profile());
    let before = hash(&facts);
    assert!(before.len() == 64 && before.bytes().all(|b| b.is_ascii_hexdigit()));
    let changed = |change: &dyn Fn(&mut PartnerFacts)| {
        let mut facts = facts.clone();
        change(&mut facts);
        hash(&facts)
    };
    let set = |field: &'static str, value: Json| {
        move |facts: &mut PartnerFacts| drop(facts.row.insert(field.into(), value.clone()))
    };
    let hashes = [
        changed(&set("employees", json!(121))),
        changed(&set("description", json!("Does something else."))),
        changed(&set("stage", json!("scaling"))),
        changed(&|facts| facts.deals.push(deal(DealStatus::Submitted, 1, "2020-01-01", None))),
        changed(&|facts| facts.tags.push("Security".to_owned())),
        changed(&|facts| facts.reachable_contacts += 1),
        changed(&|facts| facts.application.push(("Why?".to_owned(), "Because.".to_owned()))),
        input_hash(
            &facts,
            &Profile { narrative: Some("Banks".to_owned()), ..profile.clone() },
            ENGINE,
            "",
        ),
        input_hash(&facts, &Profile { criteria: vec![], ..profile.clone() }, ENGINE, ""),
        input_hash(&facts, &profile, "model/small", ""),
        input_hash(&facts, &profile, "model/small", "prompt 2"),
    ];
    for (i, after) in hashes.iter().enumerate() {
        assert_ne!(*after, before, "{i}");
        assert!(!hashes[..i].contains(after), "{i}");
    }
}

#[test]
fn what_only_keeps_the_record_does_not_decide() {
    let facts = example();
    let before = hash(&facts);
    let mut after = facts.clone();
    for (field, value) in [
        ("version", json!(99)),
        ("updated_at", json!("2026-11-25T11:00:00.000000Z")),
        ("fit_score", json!(12)),
        ("key_strengths", json!(["x"])),
        ("tier", json!("silver")),
        ("scores_stale", json!(true)),
    ] {
        after.row.insert(field.to_owned(), value);
    }
    after.activities_90d = 7;
    after.deals.reverse();
    assert_eq!(hash(&after), before);
}

#[test]
fn a_criterion_makes_its_field_decide() {
    let field = |name: &str| PartnerKey::named(name).unwrap().field();
    assert!(
        decides(field("employees"))
            && decides(field("tag_ids"))
            && decides(field("revenue"))
            && decides(field("stage"))
    );
    assert!(!decides(field("tier")) && !decides(field("fit_score")) && !decides(field("version")));
    let by_tier =
        profile(&json!([{"key": "k", "label": "Is silver", "dimension": "commitment", "weight": 1,
                                   "filter": {"op": "gte", "field": "tier", "value": "silver"}}]));
    assert!(decides_under(&by_tier, field("tier")) && !decides_under(&by_tier, field("version")));
    let (mut facts, before) = (example(), input_hash(&example(), &by_tier, ENGINE, ""));
    facts.row.insert("tier".to_owned(), json!("silver"));
    assert_ne!(input_hash(&facts, &by_tier, ENGINE, ""), before);
}
