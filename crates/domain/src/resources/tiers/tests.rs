//! The rules of tiers, without a database.

use serde_json::{Map, Value as Json, json};

use super::*;
use crate::{
    kernel::{
        access::WriteMode,
        error::{Code, Error},
        field_error::Place,
    },
    resources::partners::{
        Change, PARTNER, PartnerKey, Plan, StoredOverride, WriteCause, clear, plan_update,
    },
};

fn now() -> Timestamp {
    "2026-11-24T12:00:00Z".parse().unwrap()
}

fn at(text: &str) -> Option<Timestamp> {
    Some(text.parse().unwrap())
}

fn gold() -> Json {
    json!({
        "op": "and",
        "filters": [
            {"op": "eq", "field": "status", "value": "active"},
            {"op": "gte", "field": "fit_score", "value": 60},
            {
                "op": "at_least",
                "count": 2,
                "filters": [
                    {"op": "gte", "field": "revenue", "value": 25_000_000},
                    {"op": "gte", "field": "closed_deals", "value": 8},
                    {"op": "gte", "field": "customers", "value": 15}
                ]
            }
        ]
    })
}

/// The tiers of the example in docs/tiers.md.
fn rules(mode: &str, evaluate_on: &[&str], grace_days: i64) -> TierRules {
    let stored = StoredTierRules {
        mode: mode.into(),
        evaluate_on: evaluate_on.iter().map(|word| (*word).to_owned()).collect(),
        grace_days,
        currency: "USD".into(),
        timezone: "Europe/Zurich".into(),
        tiers: json!([
            {"key": "registered", "rank": 1, "is_default": true, "requirement": null},
            {"key": "bronze", "rank": 2, "is_default": false, "requirement": null},
            {
                "key": "silver",
                "rank": 3,
                "is_default": false,
                "requirement": {"op": "gte", "field": "closed_deals", "value": 2}
            },
            {"key": "gold", "rank": 4, "is_default": false, "requirement": gold()}
        ]),
    };
    TierRules::new(&stored, now()).unwrap()
}

fn automatic() -> TierRules {
    rules("automatic", &["partner_updated"], 0)
}

fn row(values: Json) -> Map<String, Json> {
    let mut row: Map<String, Json> =
        PARTNER.iter().map(|field| (field.name.to_owned(), field.default_value())).collect();
    row.extend(values.as_object().unwrap().clone());
    row
}

fn change(name: &str, value: Json) -> Change {
    let key = PartnerKey::named(name).unwrap();
    Change { key, value: key.field().parse_json(&value).unwrap() }
}

fn by_hand(pending: Option<Json>) -> StoredOverride {
    let key = PartnerKey::Tier;
    StoredOverride { key, pending: pending.map(|json| key.field().parse_json(&json).unwrap()) }
}

/// What a plan does to tier and risk, after the rules have completed it.
fn pending_dropped(
    rules: &TierRules,
    mut plan: Plan,
    before: &Map<String, Json>,
    overrides: &[StoredOverride],
) -> Map<String, Json> {
    rules.apply(&mut plan, before, overrides);
    let mine = plan.changes.into_iter().filter(|change| change.key.name().starts_with("tier"));
    mine.map(|change| (change.key.name().to_owned(), change.json())).collect()
}

fn tiers_of(changes: &Map<String, Json>) -> Json {
    Json::Object(changes.clone())
}

#[test]
fn requirements_must_not_look_at_what_follows_from_them() {
    for field in CIRCULAR {
        let value = if field == "version" { json!(1) } else { json!(true) };
        let op = if field == "version" { "eq" } else { "is_null" };
        let requirement = json!({
            "op": "or",
            "filters": [
                {"op": "eq", "field": "status", "value": "active"},
                {"op": "not", "filters": [{"op": op, "field": field, "value": value}]}
            ]
        });
        match check_requirement(&requirement, now()) {
            Err(Error::Problem(problem)) => {
                assert_eq!(problem.code, Code::CircularRequirement, "{field}");
                let place = Place::Pointer("#/requirement/filters/1/filters/0/field".into());
                assert_eq!(
                    problem.errors.iter().map(|fault| &fault.place).collect::<Vec<_>>(),
                    [&place]
                );
            }
            other => panic!("{field}: {other:?}"),
        }
    }
    for field in PARTNER.iter().filter(|field| !CIRCULAR.contains(&field.name)) {
        check_requirement(&json!({"op": "is_null", "field": field.name, "value": true}), now())
            .unwrap();
    }
    let unknown = json!({"op": "gte", "field": "turnover", "value": 1});
    assert_eq!(check_requirement(&unknown, now()).unwrap_err().code(), Code::InvalidFilter);
}

#[test]
fn the_highest_tier_whose_requirement_holds_wins() {
    let rules = automatic();
    assert_eq!(rules.automatic(&row(json!({}))), Some("registered"));
    assert_eq!(rules.automatic(&row(json!({"closed_deals": 2}))), Some("silver"));
    let strong =
        json!({"status": "active", "fit_score": 60, "revenue": 25_000_000, "closed_deals": 8});
    assert_eq!(rules.automatic(&row(strong.clone())), Some("gold"));
    let mut inactive = strong;
    inactive["status"] = json!("inactive");
    assert_eq!(rules.automatic(&row(inactive)), Some("silver"));
}

#[test]
fn an_update_is_promoted_at_once_and_falls_after_the_days_of_grace() {
    let grace = rules("automatic", &["partner_updated"], 30);
    let deals =
        |n: i64| Plan { changes: vec![change("closed_deals", json!(n))], ..Plan::default() };
    let up = pending_dropped(&grace, deals(3), &row(json!({"tier": "registered"})), &[]);
    assert_eq!(tiers_of(&up), json!({"tier": "silver"}));
    let first = pending_dropped(&grace, deals(1), &row(json!({"tier": "silver"})), &[]);
    assert_eq!(tiers_of(&first), json!({"tier_at_risk_since": "2026-11-24T12:00:00.000000Z"}));
    let waiting =
        row(json!({"tier": "silver", "tier_at_risk_since": "2026-10-26T12:00:00.000000Z"}));
    assert_eq!(tiers_of(&pending_dropped(&grace, deals(1), &waiting, &[])), json!({}));
    let over = row(json!({"tier": "silver", "tier_at_risk_since": "2026-10-25T12:00:00.000000Z"}));
    assert_eq!(
        tiers_of(&pending_dropped(&grace, deals(1), &over, &[])),
        json!({"tier": "registered", "tier_at_risk_since": null})
    );
    assert_eq!(
        tiers_of(&pending_dropped(&grace, deals(5), &over, &[])),
        json!({"tier_at_risk_since": null}),
        "it has recovered"
    );
    assert_eq!(
        tiers_of(&pending_dropped(&automatic(), deals(1), &row(json!({"tier": "silver"})), &[])),
        json!({"tier": "registered"})
    );
}

#[test]
fn people_decide_and_give_back_without_grace() {
    let grace = rules("automatic", &["partner_updated"], 30);
    let overrides = [by_hand(None)];
    let platinum = row(json!({"tier": "gold", "overridden_fields": ["tier"]}));
    let other = Plan { changes: vec![change("closed_deals", json!(0))], ..Plan::default() };
    assert_eq!(
        tiers_of(&pending_dropped(&grace, other, &platinum, &overrides)),
        json!({}),
        "nothing touches it"
    );
    let cleared = clear(&platinum, &overrides);
    assert_eq!(
        tiers_of(&pending_dropped(&grace, cleared, &platinum, &overrides)),
        json!({"tier": "registered"})
    );
    let nulled =
        plan_update(&platinum, &overrides, vec![change("tier", Json::Null)], WriteMode::Manual)
            .unwrap();
    assert_eq!(
        tiers_of(&pending_dropped(&grace, nulled, &platinum, &overrides)),
        json!({"tier": "registered"})
    );
    let at_risk =
        row(json!({"tier": "silver", "tier_at_risk_since": "2026-11-01T00:00:00.000000Z"}));
    let set =
        plan_update(&at_risk, &[], vec![change("tier", json!("gold"))], WriteMode::Manual).unwrap();
    assert_eq!(
        tiers_of(&pending_dropped(&grace, set, &at_risk, &[])),
        json!({"tier": "gold", "tier_at_risk_since": null})
    );
    let nothing =
        plan_update(&at_risk, &[], vec![change("tier", Json::Null)], WriteMode::Manual).unwrap();
    assert!(nothing.is_idle(), "there is nothing to give back");
}

#[test]
fn with_manual_tiers_they_are_like_any_other_field() {
    let manual = rules("manual", &["partner_updated"], 0);
    let tier = vec![change("tier", json!("silver"))];
    assert!(manual.refuse(&tier, WriteMode::Automated).is_ok());
    assert_eq!(
        automatic().refuse(&tier, WriteMode::Automated).unwrap_err().code(),
        Code::ValidationFailed
    );
    assert!(automatic().refuse(&tier, WriteMode::Manual).is_ok());
    let before = row(json!({"tier": "gold"}));
    let deals = Plan { changes: vec![change("closed_deals", json!(3))], ..Plan::default() };
    assert_eq!(tiers_of(&pending_dropped(&manual, deals, &before, &[])), json!({}));
    let plan = plan_update(&before, &[], tier, WriteMode::Automated).unwrap();
    assert_eq!(tiers_of(&pending_dropped(&manual, plan, &before, &[])), json!({"tier": "silver"}));
    for (pending, after) in [
        (Some(json!("silver")), json!({"tier": "silver"})),
        (None, json!({})),
        (Some(json!("vanished")), json!({})),
        (Some(Json::Null), json!({})),
    ] {
        let overrides = [by_hand(pending)];
        assert_eq!(
            tiers_of(&pending_dropped(&manual, clear(&before, &overrides), &before, &overrides)),
            after
        );
    }
}

#[test]
fn a_trigger_that_the_policy_does_not_name_evaluates_nothing() {
    let daily = rules("automatic", &["daily"], 0);
    let deals =
        |cause| Plan { changes: vec![change("closed_deals", json!(3))], cause, ..Plan::default() };
    let before = row(json!({"tier": "registered"}));
    assert_eq!(
        tiers_of(&pending_dropped(&daily, deals(WriteCause::PartnerUpdated), &before, &[])),
        json!({})
    );
    let on_deals = rules("automatic", &["deal_closed"], 0);
    assert_eq!(
        tiers_of(&pending_dropped(&on_deals, deals(WriteCause::DealClosed), &before, &[])),
        json!({"tier": "silver"})
    );
    let new = |rules: &TierRules, changes| {
        let mut plan = Plan { changes, ..Plan::default() };
        rules.apply_new(
            &mut plan,
            PartnerId::new(),
            crate::resources::partners::PartnerCreatedVia::Api,
        );
        plan.changes
            .into_iter()
            .find(|change| change.key == PartnerKey::Tier)
            .map(|change| change.json())
    };
    let strong = || vec![change("closed_deals", json!(3))];
    assert_eq!(new(&daily, strong()), Some(json!("registered")));
    assert_eq!(new(&rules("automatic", &[], 0), strong()), Some(json!("registered")));
    assert_eq!(new(&automatic(), strong()), Some(json!("silver")));
    assert_eq!(new(&automatic(), vec![change("tier", json!("gold"))]), Some(json!("gold")));
    assert_eq!(new(&rules("manual", &["partner_updated"], 0), strong()), None);
}

#[test]
fn the_hash_is_of_the_rules_alone() {
    let hash = |mode, grace| rules(mode, &[], grace).hash().to_owned();
    assert_eq!(hash("automatic", 0), hash("manual", 30));
    assert_eq!(hash("manual", 0).len(), 64);
    let of = |tiers: Json| {
        let stored = StoredTierRules {
            mode: "manual".into(),
            evaluate_on: vec![],
            grace_days: 0,
            currency: "USD".into(),
            timezone: "UTC".into(),
            tiers,
        };
        TierRules::new(&stored, now()).unwrap().hash().to_owned()
    };
    let tier = |requirement: Json| {
        json!([
            {"key": "a", "rank": 1, "is_default": true, "requirement": requirement}
        ])
    };
    let one = of(tier(json!({"op": "gte", "field": "revenue", "value": 1})));
    assert_eq!(
        one,
        of(tier(json!({"value": 1, "field": "revenue", "op": "gte"}))),
        "the order of properties is none"
    );
    assert_ne!(one, of(tier(json!({"op": "gte", "field": "revenue", "value": 2}))));
}

#[test]
fn a_day_of_demotion_is_one_of_the_organization() {
    let rules = rules("automatic", &[], 30);
    assert_eq!(rules.demotion_on(at("2026-11-01T23:30:00Z").unwrap()).to_string(), "2026-12-02");
}
