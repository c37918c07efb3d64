//! What holds for every partner, whatever is known of it.

use chrono::TimeDelta;
use domain::{
    deals::{DealMotion, DealStatus},
    partners::{FourCBreakdown, PartnerCategory, PartnerStage, PartnerStatus, PartnerType},
    scores::{FitDimension, ScoreDimension},
};
use proptest::prelude::*;
use scoring::{
    Judgement,
    facts::{DealFact, PartnerFacts, Profile},
    hash, health, rules,
};
use serde_json::{Value as Json, json};

mod partners;
use partners::{default_profile, partner, profile, roll_up, today};

fn deals() -> impl Strategy<Value = DealFact> {
    let status = (0..DealStatus::VALUES.len())
        .prop_map(|i| DealStatus::VALUES[i].parse::<DealStatus>().unwrap());
    (
        status,
        prop_oneof![Just(0), 0..50_000_000i64, Just(9_007_199_254_740_991)],
        0i64..900,
        0i64..300,
        proptest::option::of(-200i64..200),
    )
        .prop_map(|(status, value, age, length, expected)| {
            let registered_on = today() - TimeDelta::days(age);
            let closed_on =
                status.is_closed().then(|| (registered_on + TimeDelta::days(length)).min(today()));
            let expected_close_on = expected.map(|days| today() + TimeDelta::days(days));
            DealFact {
                status,
                motion: DealMotion::Other,
                value,
                registered_on,
                expected_close_on,
                closed_on,
            }
        })
}

fn word(words: &'static [&'static str]) -> impl Strategy<Value = Json> {
    prop_oneof![Just(Json::Null), (0..words.len()).prop_map(move |i| json!(words[i]))]
}

fn number(most: i64) -> impl Strategy<Value = Json> {
    prop_oneof![
        Just(Json::Null),
        (0..=most).prop_map(|n| json!(n)),
        (0..=60i64).prop_map(|n| json!(n))
    ]
}

fn texts() -> impl Strategy<Value = Json> {
    prop_oneof![
        Just(json!([])),
        proptest::collection::vec("[A-Za-zé  ]{1,20}", 0..4).prop_map(|texts| json!(texts))
    ]
}

fn rows() -> impl Strategy<Value = Json> {
    let text = || {
        prop_oneof![
            Just(Json::Null),
            "[A-Za-zß&]{1,12}(  ?[a-z“”]{1,8}){0,3}".prop_map(|text| json!(text))
        ]
    };
    let kinds = (
        word(PartnerType::VALUES),
        word(PartnerCategory::VALUES),
        word(PartnerStatus::VALUES),
        word(PartnerStage::VALUES),
    );
    let money = prop_oneof![
        Just(Json::Null),
        Just(json!(0)),
        (0..=9_007_199_254_740_991i64).prop_map(|n| json!(n)),
        (0..90_000_000i64).prop_map(|n| json!(n))
    ];
    let ages = (0i64..1_000, 0i64..1_000);
    (text(), text(), kinds, (number(10_000_000), money), (texts(), texts(), texts(), texts()), ages)
        .prop_map(
            |(
                name,
                industry,
                (kind, category, status, stage),
                (employees, target),
                (regions, languages, services, products),
                (age, stage_age),
            )| {
                let ago =
                    |days: i64| format!("{}T10:00:00.000000Z", today() - TimeDelta::days(days));
                json!({
                    "name": name,
                    "industry": industry,
                    "type": kind,
                    "category": category,
                    "status": status,
                    "stage": stage,
                    "employees": employees,
                    "annual_revenue_target": target,
                    "regions": regions,
                    "languages": languages,
                    "services": services,
                    "products": products,
                    "created_at": ago(age),
                    "stage_changed_at": ago(stage_age.min(age))
                })
            },
        )
}

fn facts() -> impl Strategy<Value = PartnerFacts> {
    let contacts = (0i64..6, 0i64..6);
    let currency = prop_oneof![Just(("USD", 2)), Just(("JPY", 0)), Just(("KWD", 3))];
    (
        rows(),
        proptest::collection::vec(deals(), 0..12),
        contacts,
        proptest::option::of(0i64..400),
        1u32..=12,
        currency,
    )
        .prop_map(
            |(row, deals, (contacts, reachable), activity, month, (currency, exponent))| {
                let mut facts = partner(row, deals);
                (facts.contacts, facts.reachable_contacts) = (contacts, reachable.min(contacts));
                facts.last_activity_on = activity.map(|days| today() - TimeDelta::days(days));
                facts.fiscal_year_start_month = month;
                (facts.currency, facts.currency_exponent) = (currency.to_owned(), exponent);
                facts
            },
        )
}

/// Profiles of up to 30 criteria over fields that may or may not be known, with any weights.
fn profiles() -> impl Strategy<Value = Profile> {
    let filters = prop_oneof![
        (0..200i64).prop_map(|n| json!({"op": "gte", "field": "employees", "value": n})),
        Just(json!({"op": "any", "field": "regions", "value": ["a", "b"]})),
        Just(json!({"op": "in", "field": "category", "value": ["sales", "solution"]})),
        Just(json!({"op": "contains", "field": "industry", "value": "a"})),
        Just(
            json!({"op": "not", "filters": [{"op": "eq", "field": "stage", "value": "prospect"}]})
        ),
        Just(json!({
            "op": "at_least",
            "count": 1,
            "filters": [
                {"op": "gte", "field": "annual_revenue_target", "value": 100},
                {"op": "is_null", "field": "languages", "value": false}
            ]
        })),
    ];
    let criteria = proptest::collection::vec((filters, 0..4usize, 1..=10i64), 0..=30);
    (criteria, [0..=10_000i64, 0..=10_000i64, 0..=10_000i64]).prop_map(|(criteria, mut cuts)| {
        let criterion = |(i, (filter, dimension, weight)): (usize, (Json, usize, i64))| {
            json!({
                "key": format!("c{i}"),
                "label": format!("Criterion {i}"),
                "dimension": FitDimension::VALUES[dimension],
                "weight": weight,
                "filter": filter
            })
        };
        let mut profile =
            profile(&Json::Array(criteria.into_iter().enumerate().map(criterion).collect()));
        cuts.sort_unstable();
        let [a, b, c] = cuts;
        profile.weights = FourCBreakdown {
            capacity: a,
            capability: b - a,
            commitment: c - b,
            customer_alignment: 10_000 - c,
        };
        profile
    })
}

fn sum_of(judgement: &Judgement, dimension: ScoreDimension) -> i64 {
    50 + judgement
        .evidence
        .iter()
        .filter(|entry| entry.dimension == dimension)
        .map(|entry| entry.effect)
        .sum::<i64>()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn fifty_and_the_effects_are_the_score(facts in facts(), profile in profiles()) {
        let judgement = rules::judge(&facts, &profile);
        for dimension in rules::DIMENSIONS {
            let score = rules::of(&judgement.four_c_breakdown, dimension);
            prop_assert_eq!(sum_of(&judgement, rules::evidence_dimension(dimension)), score);
            prop_assert!((0..=100).contains(&score));
        }
        prop_assert_eq!(sum_of(&judgement, ScoreDimension::Health), judgement.health_score);
        prop_assert!((0..=100).contains(&judgement.health_score) && (0..=100).contains(&judgement.fit_score));
        prop_assert_eq!(judgement.fit_score, rules::fit_score(&judgement.four_c_breakdown, &profile.weights));
    }

    #[test]
    fn evidence_is_complete_and_within_its_limits(facts in facts(), profile in profiles()) {
        let judgement = rules::judge(&facts, &profile);
        prop_assert!(judgement.evidence.len() <= 60);
        for criterion in &profile.criteria {
            let entries: Vec<_> = judgement.evidence.iter().filter(|e| e.criterion_key.as_ref() == Some(&criterion.key)).collect();
            prop_assert_eq!(entries.len(), 1, "one entry per criterion, known or not");
            match rules::outcome(criterion, &facts, &profile) {
                rules::Outcome::Met => prop_assert!(entries[0].effect >= 0),
                rules::Outcome::NotMet => prop_assert!(entries[0].effect <= 0),
                rules::Outcome::Unknown => prop_assert_eq!(entries[0].effect, 0),
            }
        }
        for entry in &judgement.evidence {
            prop_assert!((-100..=100).contains(&entry.effect));
            prop_assert!((1..=500).contains(&entry.reason.chars().count()));
            prop_assert!(
                !entry.reason.contains("null") && !entry.reason.contains("  "),
                "{}",
                entry.reason
            );
        }
    }

    #[test]
    fn words_are_right_for_any_combination_of_facts(facts in facts(), profile in profiles()) {
        let judgement = rules::judge(&facts, &profile);
        let summary = judgement.ai_summary.unwrap_or_default();
        // Neither names nor labels nor amounts of these facts hold a full stop before a space.
        let sentences = summary.matches(". ").count() + 1;
        prop_assert!((2..=4).contains(&sentences), "{}", summary);
        prop_assert!(summary.ends_with('.') && summary.chars().count() <= 2_000, "{}", summary);
        prop_assert!(!["null", "  ", " .", " \
            ,", "()", ",,", "..", "None"].iter().any(|bad| summary.contains(bad)), "{}", summary);
        prop_assert!(judgement.key_strengths.len() <= 10);
        for strength in &judgement.key_strengths {
            prop_assert!(
                (1..=200).contains(&strength.chars().count()) && strength.trim() == strength,
                "{}",
                strength
            );
        }
    }

    #[test]
    fn one_more_won_deal_never_lowers_health(facts in facts(), won in deals()) {
        let before = health::judge(&facts);
        let mut after = facts.clone();
        let closed_on = won.closed_on.unwrap_or_else(today);
        after.deals.push(DealFact { status: DealStatus::Won, closed_on: Some(closed_on), ..won });
        prop_assert!(health::judge(&after).score >= before.score);
        after.last_activity_on = Some(today());
        roll_up(&mut after);
        if facts.last_activity_on.is_some() {
            prop_assert!(health::judge(&after).score >= before.score);
        }
    }

    #[test]
    fn winning_a_deal_that_was_open_never_lowers_health(facts in facts(), which in 0usize..12) {
        let Some(deal) = facts.deals.get(which).filter(|deal| deal.status != DealStatus::Won && deal.status != DealStatus::Rejected) else { return Ok(()) };
        let mut after = facts.clone();
        after.deals[which] = DealFact { status: DealStatus::Won, closed_on: Some(today()), ..deal.clone() };
        roll_up(&mut after);
        let (before, after) = (health::judge(&facts), health::judge(&after));
        for (before, after) in before.signals.iter().zip(&after.signals) {
            prop_assert!(after.effect >= before.effect, "{}: {} to \
                {}", before.key, before.reason, after.reason);
        }
    }

    #[test]
    fn more_contacts_and_newer_activity_never_lower_health(facts in facts(), days in 0i64..400) {
        let before = health::judge(&facts).score;
        let mut reachable = facts.clone();
        reachable.contacts += 1;
        reachable.reachable_contacts += 1;
        prop_assert!(health::judge(&reachable).score >= before);
        if let Some(last) = facts.last_activity_on {
            let mut touched = facts.clone();
            touched.last_activity_on = Some(last.max(today() - TimeDelta::days(days)));
            prop_assert!(health::judge(&touched).score >= before);
        }
    }

    #[test]
    fn one_more_met_criterion_never_lowers_fit(facts in facts(), profile in profiles(), dimension in 0..4usize, weight in 1..=10i64) {
        let before = rules::fit(&facts, &profile);
        let met = json!([
            {
                "key": "met",
                "label": "Is recorded",
                "dimension": FitDimension::VALUES[dimension],
                "weight": weight,
                "filter": {"op": "gte", "field": "closed_deals", "value": 0}
            }
        ]);
        let mut more = profile.clone();
        more.criteria.extend(partners::profile(&met).criteria);
        prop_assert!(rules::fit(&facts, &more).score >= before.score);
    }

    #[test]
    fn a_criterion_that_becomes_met_never_lowers_fit(facts in facts(), employees in 50i64..1_000) {
        let profile = default_profile();
        let before = rules::fit(&facts, &profile).score;
        let mut after = facts.clone();
        after.row.insert("employees".to_owned(), json!(employees));
        after.row.insert("services".to_owned(), json!(["Backup"]));
        prop_assert!(rules::fit(&after, &profile).score >= before);
    }

    #[test]
    fn the_order_of_facts_changes_nothing(facts in facts(), profile in profiles()) {
        let mut turned = facts.clone();
        turned.deals.reverse();
        turned.tags.reverse();
        turned.row = facts.row.iter().rev().map(|(field, value)| (field.clone(), value.clone())).collect();
        prop_assert_eq!(rules::judge(&facts, &profile), rules::judge(&turned, &profile));
    }

    #[test]
    fn a_day_that_changes_no_signal_changes_no_hash(facts in facts()) {
        let profile = default_profile();
        let mut tomorrow = facts.clone();
        tomorrow.today = today() + TimeDelta::days(1);
        let effects = |facts: &PartnerFacts| {
            let signals = health::judge(facts).signals;
            signals.iter().map(|s| (s.effect, s.measured)).collect::<Vec<_>>()
        };
        let hash = |facts: &PartnerFacts| hash::input_hash(facts, &profile, rules::ENGINE, "");
        prop_assert_eq!(effects(&facts) == effects(&tomorrow), hash(&facts) == hash(&tomorrow));
    }
}
