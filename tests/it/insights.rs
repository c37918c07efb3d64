//! Insights, against plain counting.

use std::collections::BTreeMap;

use harness::{Client, Organization};
use serde_json::{Value, json};

/// Partners of every kind, some of which do not appear in intelligence.
async fn partners(client: &Client) -> Vec<Value> {
    let mut all = Vec::new();
    let stages = ["prospect", "active", "signed", "active", "rejected"];
    for i in 0..23_i64 {
        let n = i as usize;
        let (kind, status) =
            (["reseller", "technology", "referral"][n % 3], ["active", "pending"][n / 12]);
        let category = if n.is_multiple_of(2) { json!("sales") } else { json!(null) };
        let tier = [json!("gold"), json!(null), json!("bronze")][n % 3].clone();
        let regions = [json!(["DACH", "UK"]), json!(["DACH"]), json!([])][n % 3].clone();
        let target = if n.is_multiple_of(4) { json!(null) } else { json!(i * 100) };
        let body = json!({
            "name": format!("P{i}"),
            "type": kind,
            "category": category,
            "status": status,
            "stage": stages[n % 5],
            "tier": tier,
            "regions": regions,
            "pipeline": i * 1000,
            "revenue": i * 7,
            "product_revenue": i,
            "active_deals": i % 4,
            "closed_deals": i % 3,
            "customers": 1,
            "annual_revenue_target": target,
            "in_intelligence": n % 6 != 5
        });
        all.push(client.post("/v1/partners", body).await.expect(201).body);
    }
    all
}

fn sum(all: &[&Value], field: &str) -> i64 {
    all.iter().filter_map(|partner| partner[field].as_i64()).sum()
}

fn counts(all: &[&Value], field: &str) -> BTreeMap<Option<String>, i64> {
    let mut counts = BTreeMap::new();
    for partner in all {
        let keys: Vec<Option<String>> = match &partner[field] {
            Value::Array(items) if items.is_empty() => vec![None],
            Value::Array(items) => {
                items.iter().map(|item| item.as_str().map(str::to_owned)).collect()
            }
            one => vec![one.as_str().map(str::to_owned)],
        };
        keys.into_iter().for_each(|key| *counts.entry(key).or_default() += 1);
    }
    counts
}

fn answered(insight: &Value) -> BTreeMap<Option<String>, i64> {
    let rows = insight.as_array().unwrap().iter();
    rows.map(|row| (row["key"].as_str().map(str::to_owned), row["count"].as_i64().unwrap()))
        .collect()
}

/// Whether a partner is among those that a request selects.
type Matches = fn(&Value) -> bool;

#[tokio::test]
async fn the_portfolio_is_what_counting_gives() {
    let org = Organization::new().await;
    let all = partners(&org.owner).await;
    let view = json!({
        "name": "Active",
        "object": "partner",
        "filter": {"op": "eq", "field": "status", "value": "active"}
    });
    let view = org.owner.post("/v1/views", view).await.expect(201);
    let view = format!("?view_id={}", view.id());
    let selections: [(&str, Matches); 4] = [
        ("", |_| true),
        ("?type=reseller,referral&pipeline_gte=3000", |p| {
            p["type"] != "technology" && p["pipeline"].as_i64() >= Some(3000)
        }),
        ("?q=p1", |p| p["name"].as_str().unwrap().starts_with("P1")),
        (&view, |p| p["status"] == "active"),
    ];
    for (query, chosen) in selections {
        let insight =
            org.owner.get(&format!("/v1/insights/portfolio{query}")).await.expect(200).body;
        let all: Vec<&Value> =
            all.iter().filter(|p| p["in_intelligence"] == true && chosen(p)).collect();
        assert_eq!(insight["partner_count"], all.len(), "{query}");
        for field in ["type", "category", "tier", "stage", "status"] {
            assert_eq!(
                answered(&insight[format!("by_{field}")]),
                counts(&all, field),
                "{query} {field}"
            );
        }
        assert_eq!(answered(&insight["by_region"]), counts(&all, "regions"), "{query}");
        for (field, total) in insight["totals"].as_object().unwrap() {
            assert_eq!(total, sum(&all, field), "{query} {field}");
        }
        assert_eq!(
            insight["averages"],
            json!({"fit_score": null, "health_score": null, "scored_count": 0})
        );
    }
    let insight = org.owner.get("/v1/insights/portfolio").await.expect(200).body;
    let keys = |name: &str| {
        insight[name].as_array().unwrap().iter().map(|row| row["key"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(
        keys("by_stage"),
        ["prospect", "active", "signed", "rejected"],
        "in the order of the enum"
    );
    assert_eq!(keys("by_tier")[..2], ["registered", "bronze"], "by rank");
    assert_eq!((&insight["currency"], &keys("by_region")[0]), (&json!("USD"), &json!("DACH")));
    org.owner.get("/v1/insights/portfolio?sort=name").await.problem(400, "invalid_parameter");
    org.owner.get("/v1/insights/portfolio?limit=5").await.problem(400, "invalid_parameter");
    let other = Organization::new().await;
    assert_eq!(
        other.owner.get("/v1/insights/portfolio").await.expect(200).body["partner_count"],
        0
    );
}

/// The numbers of one stage out of an insight.
fn stage<'a>(insight: &'a Value, stage: &str) -> &'a Value {
    insight["stages"].as_array().unwrap().iter().find(|row| row["stage"] == stage).unwrap()
}

#[tokio::test]
async fn the_lifecycle_follows_the_stage_history() {
    let org = Organization::new().await;
    let mut ids = Vec::new();
    for (name, more) in [
        ("A", json!({})),
        ("B", json!({})),
        ("C", json!({})),
        ("Hidden", json!({"in_intelligence": false})),
    ] {
        let mut body = json!({"name": name, "type": "reseller"});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        ids.push(org.owner.post("/v1/partners", body).await.expect(201).id().to_owned());
    }
    let moves = [
        (0, "qualified"),
        (1, "qualified"),
        (2, "rejected"),
        (3, "qualified"),
        (0, "signed"),
        (0, "qualified"),
        (0, "signed"),
    ];
    for (which, stage) in moves {
        org.owner
            .patch(&format!("/v1/partners/{}", ids[which]), json!({"stage": stage}))
            .await
            .expect(200);
    }
    let insight = org.owner.get("/v1/insights/lifecycle").await.expect(200).body;
    let numbers = |name: &str| {
        let row = stage(&insight, name);
        [&row["count"], &row["entered"], &row["left"]].map(|number| number.as_i64().unwrap())
    };
    assert_eq!(numbers("prospect"), [0, 3, 3], "being created counts as entering");
    assert_eq!(numbers("qualified"), [1, 3, 2]);
    assert_eq!(numbers("signed"), [1, 2, 1]);
    assert_eq!(numbers("rejected"), [1, 1, 0]);
    assert_eq!(
        (&stage(&insight, "qualified")["median_days"], &stage(&insight, "rejected")["median_days"]),
        (&json!(0.0), &json!(null))
    );
    assert_eq!(insight["stages"].as_array().unwrap().len(), 10);
    assert_eq!(
        insight["conversions"],
        json!([
            {"from": "prospect", "to": "qualified", "count": 2, "share_bp": 6667},
            {"from": "prospect", "to": "rejected", "count": 1, "share_bp": 3333},
            {"from": "qualified", "to": "signed", "count": 2, "share_bp": 10000},
            {"from": "signed", "to": "qualified", "count": 1, "share_bp": 10000}
        ])
    );
    let past = org
        .owner
        .get("/v1/insights/lifecycle?since=2020-01-01&until=2020-12-31")
        .await
        .expect(200)
        .body;
    assert_eq!(
        (&stage(&past, "signed")["count"], &stage(&past, "signed")["entered"]),
        (&json!(1), &json!(0))
    );
    assert_eq!((&past["since"], &past["conversions"]), (&json!("2020-01-01"), &json!([])));
    let some = org.owner.get("/v1/insights/lifecycle?name=C").await.expect(200).body;
    assert_eq!(
        (&stage(&some, "rejected")["count"], &stage(&some, "prospect")["left"]),
        (&json!(1), &json!(1))
    );
    org.owner
        .get("/v1/insights/lifecycle?since=2021-01-01&until=2020-12-31")
        .await
        .problem(400, "invalid_parameter");
    org.owner.get("/v1/insights/lifecycle?since=yesterday").await.problem(400, "invalid_parameter");
}

#[tokio::test]
async fn attainment_is_what_the_joint_plans_say() {
    let org = Organization::new().await;
    let mut plans = Vec::new();
    for i in 0..13_i64 {
        let target = if i % 4 == 3 { json!(null) } else { json!(1_000 + i * 37) };
        let weights =
            json!({"q1": 1111 * (i % 3), "q2": 2222, "q3": 1000, "q4": 6778 - 1111 * (i % 3)});
        let body = json!({
            "name": format!("P{i:02}"),
            "type": "reseller",
            "annual_revenue_target": target,
            "quarterly_weights": weights,
            "in_intelligence": i != 12
        });
        let id = org.owner.post("/v1/partners", body).await.expect(201).id().to_owned();
        for (n, closed) in
            ["2030-01-01", "2030-03-31", "2030-04-01", "2030-12-31", "2031-01-01", "2029-12-31"]
                .iter()
                .enumerate()
        {
            let status = if n == 2 && i % 2 == 0 { "lost" } else { "won" };
            let deal = json!({
                "partner_id": id,
                "name": "D",
                "account_name": format!("A{i}{n}"),
                "status": status,
                "value": i * 10 + n as i64,
                "registered_on": "2029-01-01",
                "closed_on": closed
            });
            org.owner.post("/v1/deals", deal).await.expect(201);
        }
        let plan = org
            .owner
            .get(&format!("/v1/partners/{id}/joint-plan?fiscal_year=2030"))
            .await
            .expect(200)
            .body;
        assert_eq!(plan["quarterly_revenue"]["q1"], i * 20 + 1);
        if i != 12 {
            plans.push(plan);
        }
    }
    let insight = org
        .owner
        .get("/v1/insights/attainment?fiscal_year=2030&limit=200&include=total_count")
        .await
        .expect(200)
        .body;
    let rows = insight["data"].as_array().unwrap();
    assert_eq!(
        (rows.len(), &insight["total_count"], &insight["fiscal_year"]),
        (12, &json!(12), &json!(2030))
    );
    for (row, plan) in rows.iter().zip(&plans) {
        assert_eq!(row["partner_id"], plan["partner_id"], "by name");
        assert_eq!(row["target"], plan["annual_revenue_target"]);
        for same in ["quarterly_targets", "quarterly_revenue", "attainment_bp"] {
            assert_eq!(row[same], plan[same]);
        }
    }
    let sum = |of: &str, quarter: &str| {
        plans.iter().filter_map(|plan| plan[of][quarter].as_i64()).sum::<i64>()
    };
    for quarter in ["q1", "q2", "q3", "q4"] {
        assert_eq!(
            insight["total"]["quarterly_targets"][quarter],
            sum("quarterly_targets", quarter)
        );
        assert_eq!(
            insight["total"]["quarterly_revenue"][quarter],
            sum("quarterly_revenue", quarter)
        );
    }
    let targets: i64 = plans.iter().filter_map(|plan| plan["annual_revenue_target"].as_i64()).sum();
    assert_eq!(
        (&insight["total"]["target"], &insight["total"]["partner_id"]),
        (&json!(targets), &json!(null))
    );
    let mut ranking: Vec<i64> =
        plans.iter().filter_map(|plan| plan["attainment_bp"].as_i64()).collect();
    ranking.sort_unstable();
    let answered = |end: &str| {
        insight[end]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| row["attainment_bp"].as_i64().unwrap())
            .collect::<Vec<_>>()
    };
    assert_eq!(answered("bottom"), ranking[..5]);
    assert_eq!(answered("top"), ranking.iter().rev().take(5).copied().collect::<Vec<_>>());

    let paged = org.owner.all("/v1/insights/attainment?fiscal_year=2030&limit=5").await;
    assert_eq!(&paged, rows);
    let some =
        org.owner.get("/v1/insights/attainment?fiscal_year=2030&name=P01").await.expect(200).body;
    assert_eq!(some["total"]["won_revenue"], some["data"][0]["won_revenue"]);
    org.owner.get("/v1/insights/attainment?cursor=nonsense").await.problem(400, "invalid_cursor");
}
