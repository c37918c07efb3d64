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
        let (kind, status) = (["reseller", "technology", "referral"][n % 3], ["active", "pending"][n / 12]);
        let category = if n.is_multiple_of(2) { json!("sales") } else { json!(null) };
        let tier = [json!("gold"), json!(null), json!("bronze")][n % 3].clone();
        let regions = [json!(["DACH", "UK"]), json!(["DACH"]), json!([])][n % 3].clone();
        let target = if n.is_multiple_of(4) { json!(null) } else { json!(i * 100) };
        let body = json!({
            "name": format!("P{i}"), "type": kind, "category": category, "status": status, "stage": stages[n % 5], "tier": tier,
            "regions": regions, "pipeline": i * 1000, "revenue": i * 7, "product_revenue": i, "active_deals": i % 4,
            "closed_deals": i % 3, "customers": 1, "annual_revenue_target": target, "in_intelligence": n % 6 != 5,
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
            Value::Array(items) => items.iter().map(|item| item.as_str().map(str::to_owned)).collect(),
            one => vec![one.as_str().map(str::to_owned)],
        };
        keys.into_iter().for_each(|key| *counts.entry(key).or_default() += 1);
    }
    counts
}

fn answered(insight: &Value) -> BTreeMap<Option<String>, i64> {
    let rows = insight.as_array().unwrap().iter();
    rows.map(|row| (row["key"].as_str().map(str::to_owned), row["count"].as_i64().unwrap())).collect()
}

/// Whether a partner is among those that a request selects.
type Matches = fn(&Value) -> bool;

#[tokio::test]
async fn the_portfolio_is_what_counting_gives() {
    let org = Organization::new().await;
    let all = partners(&org.owner).await;
    let view = json!({"name": "Active", "object": "partner", "filter": {"op": "eq", "field": "status", "value": "active"}});
    let view = org.owner.post("/v1/views", view).await.expect(201);
    let view = format!("?view_id={}", view.id());
    let selections: [(&str, Matches); 4] = [
        ("", |_| true),
        ("?type=reseller,referral&pipeline_gte=3000", |p| p["type"] != "technology" && p["pipeline"].as_i64() >= Some(3000)),
        ("?q=p1", |p| p["name"].as_str().unwrap().starts_with("P1")),
        (&view, |p| p["status"] == "active"),
    ];
    for (query, chosen) in selections {
        let insight = org.owner.get(&format!("/v1/insights/portfolio{query}")).await.expect(200).body;
        let all: Vec<&Value> = all.iter().filter(|p| p["in_intelligence"] == true && chosen(p)).collect();
        assert_eq!(insight["partner_count"], all.len(), "{query}");
        for field in ["type", "category", "tier", "stage", "status"] {
            assert_eq!(answered(&insight[format!("by_{field}")]), counts(&all, field), "{query} {field}");
        }
        assert_eq!(answered(&insight["by_region"]), counts(&all, "regions"), "{query}");
        for (field, total) in insight["totals"].as_object().unwrap() {
            assert_eq!(total, sum(&all, field), "{query} {field}");
        }
        assert_eq!(insight["averages"], json!({"fit_score": null, "health_score": null, "scored_count": 0}));
    }
    let insight = org.owner.get("/v1/insights/portfolio").await.expect(200).body;
    let keys = |name: &str| insight[name].as_array().unwrap().iter().map(|row| row["key"].clone()).collect::<Vec<_>>();
    assert_eq!(keys("by_stage"), ["prospect", "active", "signed", "rejected"], "in the order of the contract");
    assert_eq!(keys("by_tier")[..2], ["bronze", "gold"], "by rank");
    assert_eq!((&insight["currency"], &keys("by_region")[0]), (&json!("USD"), &json!("DACH")));
    org.owner.get("/v1/insights/portfolio?sort=name").await.problem(400, "invalid_parameter");
    org.owner.get("/v1/insights/portfolio?limit=5").await.problem(400, "invalid_parameter");
    let other = Organization::new().await;
    assert_eq!(other.owner.get("/v1/insights/portfolio").await.expect(200).body["partner_count"], 0);
}
