//! The partner program of the demo organization: requirements of tiers, deals around today, joint
//! plans and saved views.

use chrono::{Days, NaiveDate};
use domain::{
    deals::{DealBatchOperation, DealStatus},
    ids::{MemberId, PartnerId},
};
use persistence::{Tx, deals, plan_items, tiers, views};
use serde_json::{Value as Json, json};

use super::{companies::Dice, values::body};

/// The requirements of the tiers. The default tier has none.
fn requirements() -> [(&'static str, Json); 4] {
    let at_least = |field: &str, value: i64| json!({"op": "gte", "field": field, "value": value});
    [
        (
            "bronze",
            json!({
                "op": "or",
                "filters": [at_least("active_deals", 1), at_least("closed_deals", 1)]
            }),
        ),
        ("silver", at_least("closed_deals", 2)),
        (
            "gold",
            json!({
                "op": "and",
                "filters": [
                    {"op": "eq", "field": "status", "value": "active"},
                    {
                        "op": "at_least",
                        "count": 2,
                        "filters": [
                            at_least("revenue", 20_000_000),
                            at_least("closed_deals", 3),
                            at_least("customers", 3)
                        ]
                    }
                ]
            }),
        ),
        (
            "platinum",
            json!({"op": "and", "filters": [
                {"op": "eq", "field": "status", "value": "active"},
                {"op": "is_null", "field": "annual_revenue_target", "value": false},
                at_least("revenue", 80_000_000),
                at_least("closed_deals", 4)]}),
        ),
    ]
}

/// Sets the requirements of tiers. Called before partners are inserted, so that none is evaluated
/// twice.
pub(super) async fn set_requirements(tx: &Tx<'_>) -> domain::Result<()> {
    for (key, requirement) in requirements() {
        tiers::update(tx, key, None, &body(json!({"requirement": requirement}))?).await?;
    }
    Ok(())
}

/// Inserts deals of the last eighteen months for every partner at a late enough stage.
pub(super) async fn insert_deals(
    tx: &Tx<'_>,
    partners: &[DemoPartner],
    managers: &[MemberId],
    today: NaiveDate,
) -> domain::Result<()> {
    let mut dice = Dice::new(0x6465_616c_7321);
    let all: Vec<Json> = partners
        .iter()
        .filter(|partner| partner.is_in_business())
        .flat_map(|partner| {
            let count = dice.below(7);
            (0..count).map(|_| deal(partner.id, &mut dice, managers, today)).collect::<Vec<_>>()
        })
        .collect();
    for part in all.chunks(200) {
        let operations: Vec<_> = part
            .iter()
            .map(|data| {
                body::<DealBatchOperation>(json!({"action": "create", "data": data})).map(Ok)
            })
            .collect::<domain::Result<_>>()?;
        for done in deals::batch(tx, &operations, false).await? {
            done?;
        }
    }
    Ok(())
}

fn deal(partner: PartnerId, dice: &mut Dice, managers: &[MemberId], today: NaiveDate) -> Json {
    let before = |day: NaiveDate, days: u64| day.checked_sub_days(Days::new(days)).unwrap_or(day);
    let after = |day: NaiveDate, days: u64| day.checked_add_days(Days::new(days)).unwrap_or(day);
    let account = format!(
        "{} {}",
        dice.pick(&CUSTOMERS),
        dice.pick(&["Group", "Hospital", "Logistics", "Bank", "Foods", "Energy"])
    );
    let status = dice.pick(&STATUSES);
    // Open deals were registered recently, closed deals long enough ago to have been worked on.
    let registered_on = if status.is_closed() {
        before(today, 60 + dice.below(480))
    } else {
        before(today, dice.below(120))
    };
    let mut deal = json!({
        "partner_id": partner, "name": format!("{} for \
            {account}", dice.pick(&["Rollout", "Renewal", "Migration", "Pilot"])),
        "account_name": account, "account_domain": format!("{}.example", account.to_lowercase().replace(' ', "-")),
        "status": status, "motion": dice.pick(&["product", "product", "service", "other"]), "registered_on": registered_on,
        "value": (5 + dice.below(400)) * 100_000, "owner_id": dice.pick(managers), "allow_conflict": true,
        "expected_close_on": after(registered_on, 45 + dice.below(120)),
    });
    match status {
        DealStatus::Won => deal["closed_on"] = json!(after(registered_on, 5 + dice.below(55))),
        DealStatus::Lost => {
            deal["closed_on"] = json!(after(registered_on, 5 + dice.below(55)));
            deal["lost_reason"] =
                json!(dice.pick(&["Price", "No budget this year", "Chose a competitor"]));
        }
        DealStatus::Rejected => {
            deal["rejection_reason"] = json!("We sell to this account ourselves.")
        }
        _ => {}
    }
    deal
}

const CUSTOMERS: [&str; 24] = [
    "Aurora", "Bluebird", "Canyon", "Dune", "Eastgate", "Falcon", "Glacier", "Heron", "Iris",
    "Jade", "Kestrel", "Lotus", "Mistral", "Nimbus", "Orchid", "Pelican", "Quill", "Raven",
    "Sable", "Thistle", "Umber", "Violet", "Willow", "Zephyr",
];
const STATUSES: [DealStatus; 12] = [
    DealStatus::Won,
    DealStatus::Won,
    DealStatus::Won,
    DealStatus::Won,
    DealStatus::Lost,
    DealStatus::Lost,
    DealStatus::Approved,
    DealStatus::Approved,
    DealStatus::Approved,
    DealStatus::Submitted,
    DealStatus::UnderReview,
    DealStatus::Rejected,
];

/// Inserts plan items for every third partner with a target.
pub(super) async fn insert_plan_items(
    tx: &Tx<'_>,
    partners: &[DemoPartner],
    managers: &[MemberId],
) -> domain::Result<()> {
    let mut dice = Dice::new(0x706c_616e_7321);
    for partner in partners.iter().filter(|partner| partner.has_target).step_by(3) {
        for (kind, title, status) in PLANNED.into_iter().take(1 + dice.below(3) as usize) {
            let item = json!({
                "kind": kind,
                "title": title,
                "status": status,
                "quarter": dice.pick(&["q1", "q2", "q3", "q4"]),
                "owner_id": dice.pick(managers)
            });
            plan_items::insert(tx, partner.id, &body(item)?).await?;
        }
    }
    Ok(())
}

const PLANNED: [(&str, &str, &str); 3] = [
    ("integration", "Single sign-on between both products", "in_progress"),
    ("workflow", "Hand over leads within a day", "live"),
    ("affiliate", "Joint webinar series", "proposed"),
];

/// Inserts the shared views, and the owner's default view.
pub(super) async fn insert_views(tx: &Tx<'_>, owner: MemberId) -> domain::Result<()> {
    let all = [
        json!({
            "name": "Active by fit",
            "object": "partner",
            "visibility": "organization",
            "sort": ["-fit_score", "name"],
            "filter": {"op": "eq", "field": "status", "value": "active"},
            "columns": [
                "name",
                "type",
                "tier",
                "stage",
                "fit_score",
                "health_score",
                "pipeline",
                "revenue"
            ]
        }),
        json!({
            "name": "Large pipeline",
            "object": "partner",
            "visibility": "organization",
            "sort": ["-pipeline"],
            "filter": {"op": "gte", "field": "pipeline", "value": 50_000_000},
            "columns": ["name", "tier", "pipeline", "active_deals", "partner_manager_id"]
        }),
        json!({
            "name": "Waiting for review",
            "object": "deal",
            "visibility": "organization",
            "sort": ["registered_on"],
            "filter": {"op": "in", "field": "status", "value": ["submitted", "under_review"]},
            "columns": ["name", "partner_id", "account_name", "value", "registered_on"]
        }),
        json!({
            "name": "My partners",
            "object": "partner",
            "visibility": "private",
            "sort": ["-revenue"],
            "filter": {"op": "eq", "field": "partner_manager_id", "value": owner},
            "columns": ["name", "stage", "tier", "revenue", "pipeline"]
        }),
    ];
    for view in all {
        let view = views::insert(tx, &body(view)?).await?;
        if view.stored.name == "Active by fit" {
            views::set_default(tx, view.stored.id, owner).await?;
        }
    }
    Ok(())
}

/// A partner of the demo organization, with the fields that the program needs.
pub(super) struct DemoPartner {
    pub id: PartnerId,
    pub stage: String,
    pub has_target: bool,
}

impl DemoPartner {
    fn is_in_business(&self) -> bool {
        !["prospect", "rejected"].contains(&self.stage.as_str())
    }
}
