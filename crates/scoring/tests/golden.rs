//! Judgements of made-up companies that are shaped like real ones, and the example of the
//! documentation.

use domain::deals::DealStatus::{Approved, Lost, Rejected, Submitted, UnderReview, Won};
use scoring::{Judgement, facts::PartnerFacts, rules};
use serde_json::json;

mod partners;
use partners::{day, deal, default_profile, example, partner};

/// A judgement as people read it.
fn shown(judgement: &Judgement) -> String {
    let four = &judgement.four_c_breakdown;
    let mut lines = vec![
        format!(
            "fit {} (capacity {}, capability {}, commitment {}, customer alignment {})",
            judgement.fit_score,
            four.capacity,
            four.capability,
            four.commitment,
            four.customer_alignment
        ),
        format!("health {}", judgement.health_score),
        judgement.ai_summary.clone().unwrap_or_default(),
        format!("strengths: {}", judgement.key_strengths.join("; ")),
    ];
    lines.extend(judgement.evidence.iter().map(|entry| {
        let field = entry.field.as_deref().map(|field| format!(" [{field}]")).unwrap_or_default();
        format!("{:<18} {:>+4}  {}{field}", entry.dimension.as_str(), entry.effect, entry.reason)
    }));
    lines.push(format!("{} {}", judgement.engine, judgement.input_hash));
    lines.join("\n")
}

/// `people` at the partner, how many can be reached, and the day of the newest activity.
fn touched(mut facts: PartnerFacts, people: i64, reachable: i64, last: &str) -> PartnerFacts {
    (facts.contacts, facts.reachable_contacts, facts.last_activity_on) =
        (people, reachable, Some(day(last)));
    facts
}

fn of_everything() -> PartnerFacts {
    let fields = json!({
        "name": "Grandview Systems, Inc.",
        "type": "strategic",
        "status": "active",
        "stage": "scaling",
        "industry": "Enterprise software",
        "employees": 12_500,
        "company_revenue": 210_000_000_000_i64,
        "regions": ["North America", "Europe", "APAC", "LATAM"],
        "languages": ["en", "de", "ja"],
        "services": ["Implementation"],
        "products": ["Data platform", "Pipelines"],
        "category": "technology",
        "annual_revenue_target": 100_000_000,
        "tier": "silver"
    });
    let won = [
        ("2025-11-20", "2026-01-20"),
        ("2026-01-14", "2026-04-02"),
        ("2026-03-03", "2026-06-30"),
        ("2026-06-01", "2026-10-09"),
    ];
    let mut deals: Vec<_> =
        won.iter().map(|(from, to)| deal(Won, 26_000_000, from, Some(to))).collect();
    deals.extend(
        ["2026-09-10", "2026-10-01", "2026-11-02", "2026-11-20"]
            .map(|from| deal(Approved, 30_000_000, from, None)),
    );
    touched(partner(fields, deals), 9, 7, "2026-11-24")
}

fn late_payer_of_promises() -> PartnerFacts {
    let fields = json!({
        "name": "Northern Gate Reselling",
        "type": "reseller",
        "status": "active",
        "stage": "signed",
        "stage_changed_at": "2025-12-01T00:00:00.000000Z",
        "category": "sales",
        "employees": 14,
        "regions": ["Nordics"],
        "annual_revenue_target": 25_000_000
    });
    let deals = vec![
        deal(Approved, 4_000_000, "2026-01-08", None),
        deal(Approved, 2_500_000, "2026-02-08", None),
        deal(Lost, 3_000_000, "2025-11-30", Some("2026-03-12")),
        deal(Lost, 3_000_000, "2026-01-30", Some("2026-05-12")),
        deal(Rejected, 9_000_000, "2026-11-01", None),
    ];
    touched(partner(fields, deals), 3, 0, "2026-05-12")
}

fn small_and_new() -> PartnerFacts {
    let fields = json!({
        "name": "Lumo",
        "type": "technology",
        "industry": "developer-tools",
        "employees": 3,
        "products": ["CLI"],
        "created_at": "2026-11-20T08:00:00.000000Z",
        "stage_changed_at": "2026-11-20T08:00:00.000000Z",
        "annual_revenue_target": 5_000_000
    });
    touched(partner(fields, vec![deal(Submitted, 600_000, "2026-11-21", None)]), 1, 1, "2026-11-21")
}

fn japanese() -> PartnerFacts {
    let fields = json!({
        "name": "東雲データ株式会社",
        "type": "consulting",
        "status": "active",
        "stage": "enabled",
        "industry": "データ分析",
        "employees": 480,
        "regions": ["日本"],
        "languages": ["ja"],
        "services": ["導入支援"],
        "annual_revenue_target": 60_000_000,
        "quarterly_weights": {"q1": 4000, "q2": 2000, "q3": 2000, "q4": 2000}
    });
    let deals = vec![
        deal(Won, 18_000_000, "2026-03-02", Some("2026-06-18")),
        deal(Won, 7_500_000, "2026-07-13", Some("2026-09-29")),
        deal(UnderReview, 12_000_000, "2026-11-10", None),
        deal(Approved, 22_000_000, "2026-09-01", None),
    ];
    let mut facts = touched(partner(fields, deals), 2, 2, "2026-11-10");
    (facts.currency, facts.currency_exponent, facts.fiscal_year_start_month) =
        ("JPY".to_owned(), 0, 4);
    facts
}

fn made_up() -> Vec<(&'static str, PartnerFacts)> {
    let named = |name: &str, kind: &str| json!({"name": name, "type": kind});
    let faded = vec![
        deal(Won, 30_000_000, "2024-02-01", Some("2024-06-30")),
        deal(Won, 18_000_000, "2024-09-01", Some("2025-03-31")),
        deal(Lost, 10_000_000, "2025-08-01", Some("2026-01-15")),
    ];
    let lucky = vec![deal(Won, 250_000_000, "2026-02-01", Some("2026-11-01"))];
    let busy = (1..=9)
        .map(|i| {
            deal(
                if i % 3 == 0 { Won } else { Lost },
                1_000_000,
                "2026-08-01",
                Some(&format!("2026-10-0{i}")),
            )
        })
        .collect();
    vec![
        ("everything", of_everything()),
        ("nothing", partner(named("Blank Page", "referral"), vec![])),
        (
            "nothing_and_new",
            partner(
                json!({
                    "name": "Just Imported Ltd.",
                    "type": "channel",
                    "created_at": "2026-11-25T06:00:00.000000Z",
                    "stage_changed_at": "2026-11-25T06:00:00.000000Z"
                }),
                vec![],
            ),
        ),
        ("promises", late_payer_of_promises()),
        ("small_and_new", small_and_new()),
        ("japanese", japanese()),
        (
            "faded",
            touched(
                partner(
                    json!({
                        "name": "Old Harbour Consulting",
                        "type": "consulting",
                        "status": "inactive",
                        "stage": "active",
                        "employees": 75,
                        "industry": "Consulting",
                        "services": ["Audit"],
                        "stage_changed_at": "2024-02-01T00:00:00.000000Z"
                    }),
                    faded,
                ),
                1,
                1,
                "2026-01-15",
            ),
        ),
        (
            "one_large_deal",
            touched(
                partner(
                    json!({
                        "name": "Keel & Mast",
                        "type": "channel",
                        "status": "active",
                        "stage": "activated",
                        "annual_revenue_target": 80_000_000,
                        "category": "solution"
                    }),
                    lucky,
                ),
                0,
                0,
                "2026-11-01",
            ),
        ),
        (
            "busy_without_target",
            touched(
                partner(
                    json!({
                        "name": "Ağaç Yazılım",
                        "type": "services",
                        "status": "active",
                        "stage": "active",
                        "employees": 50,
                        "regions": ["Türkiye"],
                        "languages": ["tr", "en"],
                        "services": ["Support", "Training", "Migration", "Hosting"]
                    }),
                    busy,
                ),
                4,
                4,
                "2026-10-09",
            ),
        ),
        (
            "rejected",
            touched(
                partner(
                    json!({
                        "name": "No Thanks GmbH",
                        "type": "technology",
                        "stage": "rejected",
                        "employees": 5_000
                    }),
                    vec![],
                ),
                1,
                1,
                "2026-04-01",
            ),
        ),
        (
            "stuck_in_talks",
            touched(
                partner(
                    json!({
                        "name": "Long Talks",
                        "type": "strategic",
                        "stage": "legal_negotiation",
                        "stage_changed_at": "2025-10-01T00:00:00.000000Z",
                        "employees": 900,
                        "industry": "Telecommunications"
                    }),
                    vec![],
                ),
                2,
                2,
                "2026-10-25",
            ),
        ),
        ("example", example()),
    ]
}

#[test]
fn a_dozen_partners_are_judged_as_before() {
    for (name, facts) in made_up() {
        insta::assert_snapshot!(name, shown(&rules::judge(&facts, &default_profile())));
    }
}

/// `docs/scoring.md` shows this partner's scores line by line: what stands there is what is
/// computed.
#[test]
fn the_example_of_the_documentation_is_what_is_computed() {
    let judgement = rules::judge(&example(), &default_profile());
    let mut lines = vec!["| Dimension | Effect | Reason |".to_owned(), "|---|---|---|".to_owned()];
    lines.extend(
        judgement.evidence.iter().map(|entry| {
            format!("| {} | {:+} | {} |", entry.dimension, entry.effect, entry.reason)
        }),
    );
    let four = &judgement.four_c_breakdown;
    let total = format!(
        "capacity {}, capability {}, commitment {}, customer alignment {}; fit {}; health {}",
        four.capacity,
        four.capability,
        four.commitment,
        four.customer_alignment,
        judgement.fit_score,
        judgement.health_score
    );
    let text = include_str!("../../../docs/scoring.md");
    for expected in [
        lines.join("\n"),
        total,
        judgement.key_strengths.join("; "),
        judgement.ai_summary.unwrap_or_default(),
    ] {
        assert!(text.contains(&expected), "docs/scoring.md is to say:\n{expected}");
    }
}
