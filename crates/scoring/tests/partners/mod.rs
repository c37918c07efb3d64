//! Made-up partners to judge.

#![allow(dead_code, reason = "each test takes what it needs")]

use chrono::NaiveDate;
use domain::{
    deals::{DealMotion, DealStatus},
    filter::{self, TierRanks},
    ideal_partner_profile::{DEFAULT_WEIGHTS, default_criteria},
    partners::PARTNER,
};
use scoring::facts::{Criterion, DealFact, PartnerFacts, Profile};
use serde_json::{Map, Value as Json, json};

/// The day on which all of them are judged.
pub fn today() -> NaiveDate {
    day("2026-11-25")
}

pub fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

/// The profile of a new organization.
pub fn default_profile() -> Profile {
    profile(&default_criteria())
}

pub fn profile(criteria: &Json) -> Profile {
    let now = "2026-11-25T12:00:00Z".parse().expect("a time");
    let criterion = |json: &Json| Criterion {
        key: json["key"].as_str().expect("a key").to_owned(),
        label: json["label"].as_str().expect("a label").to_owned(),
        dimension: serde_json::from_value(json["dimension"].clone()).expect("a dimension"),
        weight: json["weight"].as_i64().expect("a weight"),
        filter: filter::parse(&json["filter"], PARTNER, now, "#").expect("a filter"),
        written: json["filter"].clone(),
    };
    Profile {
        weights: DEFAULT_WEIGHTS,
        criteria: criteria.as_array().expect("a list").iter().map(criterion).collect(),
        narrative: None,
        ranks: TierRanks::from([("registered".to_owned(), 1), ("silver".to_owned(), 3)]),
    }
}

/// A deal in the currency's minor units; closed ones have two days.
pub fn deal(
    status: DealStatus,
    value: i64,
    registered_on: &str,
    closed_on: Option<&str>,
) -> DealFact {
    let closed_on = closed_on.map(day);
    DealFact {
        status,
        motion: DealMotion::Service,
        value,
        registered_on: day(registered_on),
        expected_close_on: None,
        closed_on,
    }
}

/// A partner: every field with its default, then what `fields` says, then the roll-ups of its
/// deals.
pub fn partner(fields: Json, deals: Vec<DealFact>) -> PartnerFacts {
    let mut row: Map<String, Json> =
        PARTNER.iter().map(|field| (field.name.to_owned(), field.default_value())).collect();
    row.extend([("created_at".to_owned(), json!("2024-01-15T09:00:00.000000Z"))]);
    row.extend([("stage_changed_at".to_owned(), json!("2026-08-01T09:00:00.000000Z"))]);
    row.extend(fields.as_object().cloned().unwrap_or_default());
    let mut facts = PartnerFacts {
        row,
        tags: Vec::new(),
        today: today(),
        fiscal_year_start_month: 1,
        currency: "USD".to_owned(),
        currency_exponent: 2,
        deals,
        contacts: 0,
        reachable_contacts: 0,
        last_activity_on: None,
        activities_90d: 0,
        application: Vec::new(),
    };
    roll_up(&mut facts);
    facts
}

/// What the product computes of deals, as it stands in the row.
pub fn roll_up(facts: &mut PartnerFacts) {
    use DealStatus::{Approved, Submitted, UnderReview, Won};
    let sum = |status: DealStatus| {
        facts.deals.iter().filter(|deal| deal.status == status).map(|deal| deal.value).sum::<i64>()
    };
    let count = |statuses: &[DealStatus]| {
        facts.deals.iter().filter(|deal| statuses.contains(&deal.status)).count()
    };
    let computed = [
        ("pipeline", json!(sum(Approved))),
        ("revenue", json!(sum(Won))),
        ("active_deals", json!(count(&[Submitted, UnderReview, Approved]))),
        ("closed_deals", json!(count(&[Won]))),
        ("customers", json!(count(&[Won]))),
    ];
    facts.row.extend(computed.map(|(field, value)| (field.to_owned(), value)));
}

/// The partner of `docs/scoring.md`.
pub fn example() -> PartnerFacts {
    use DealStatus::{Approved, Lost, Won};
    let fields = json!({
        "name": "Alpine Managed Services",
        "type": "services",
        "status": "active",
        "stage": "active",
        "industry": "IT services",
        "employees": 120,
        "regions": ["DACH"],
        "services": ["Managed SOC", "Backup"],
        "category": "sales",
        "annual_revenue_target": 40_000_000
    });
    let mut facts = partner(
        fields,
        vec![
            deal(Won, 6_000_000, "2026-02-02", Some("2026-04-20")),
            deal(Won, 9_000_000, "2026-06-10", Some("2026-09-15")),
            deal(Lost, 5_000_000, "2026-05-04", Some("2026-07-31")),
            deal(Approved, 8_000_000, "2026-10-12", None),
            deal(Approved, 4_000_000, "2026-04-01", None),
        ],
    );
    (facts.contacts, facts.reachable_contacts) = (2, 1);
    facts.last_activity_on = Some(day("2026-11-18"));
    facts
}
