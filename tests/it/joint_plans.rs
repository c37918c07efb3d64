//! Joint plans.

use harness::Organization;
use serde_json::json;

#[tokio::test]
async fn a_plan_is_a_view_over_the_partner() {
    let org = Organization::new().await;
    let partner = org
        .owner
        .post("/v1/partners", json!({"name": "Acme", "type": "reseller"}))
        .await
        .expect(201);
    let path = format!("/v1/partners/{}/joint-plan", partner.id());
    let empty = org.owner.get(&path).await.expect(200);
    assert_eq!(
        (&empty.body["quarterly_targets"], &empty.body["attainment_bp"]),
        (&json!(null), &json!(null))
    );
    assert_eq!(empty.body["item_counts"], json!({"affiliate": 0, "integration": 0, "workflow": 0}));
    assert!(empty.header("etag").starts_with("\"1."), "{}", empty.header("etag"));
    assert_eq!(empty.body["currency"], "USD");

    let weights = json!({"q1": 1000, "q2": 2000, "q3": 3000, "q4": 4000});
    let changed = org
        .owner
        .patch(&path, json!({"annual_revenue_target": 7, "quarterly_weights": weights}))
        .await
        .expect(200);
    assert_eq!(changed.body["quarterly_targets"], json!({"q1": 1, "q2": 1, "q3": 2, "q4": 3}));
    assert_eq!((changed.version(), &changed.body["attainment_bp"]), (2, &json!(0)));
    let of_partner = org.owner.get(&format!("/v1/partners/{}", partner.id())).await.expect(200);
    assert_eq!(
        of_partner.body["overridden_fields"],
        json!(["annual_revenue_target", "quarterly_weights"])
    );
    assert_eq!(of_partner.body["quarterly_weights"], weights);
    org.owner
        .with("if-match", "\"1\"")
        .patch(&path, json!({"annual_revenue_target": 8}))
        .await
        .problem(412, "version_mismatch");
    let events = org.owner.all("/v1/events?types=plan.updated,partner.updated").await;
    let kinds: Vec<&str> = events.iter().map(|event| event["type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["partner.updated", "plan.updated"]);
    assert_eq!(
        (&events[1]["subject"]["type"], &events[1]["subject"]["version"]),
        (&json!("plan"), &json!(2))
    );

    for (body, pointer, code) in [
        (
            json!({"quarterly_weights": {"q1": 1, "q2": 1, "q3": 1, "q4": 1}}),
            "#/quarterly_weights",
            "weights_not_100_percent",
        ),
        (json!({"quarterly_weights": null}), "#/quarterly_weights", "not_nullable"),
        (json!({"annual_revenue_target": -1}), "#/annual_revenue_target", "out_of_range"),
        (
            json!({"annual_revenue_target": 9007199254740992_i64}),
            "#/annual_revenue_target",
            "out_of_range",
        ),
        (json!({"fiscal_year": 2026}), "#/fiscal_year", "read_only_field"),
    ] {
        let refused = org.owner.patch(&path, body).await.problem(422, "validation_failed");
        assert_eq!(refused.faults()[pointer], code);
    }
    let cleared = org.owner.patch(&path, json!({"annual_revenue_target": null})).await.expect(200);
    assert_eq!(cleared.body["quarterly_targets"], json!(null));
}

#[tokio::test]
async fn automation_leaves_alone_what_people_planned() {
    let org = Organization::new().await;
    let partner = org
        .owner
        .post("/v1/partners", json!({"name": "Acme", "type": "reseller"}))
        .await
        .expect(201);
    let path = format!("/v1/partners/{}/joint-plan", partner.id());
    org.owner.patch(&path, json!({"annual_revenue_target": 1000})).await.expect(200);
    let key = org.key(&["plans:write"]).await;
    let skipped = key.patch(&path, json!({"annual_revenue_target": 5000})).await.expect(200);
    assert_eq!((&skipped.body["annual_revenue_target"], skipped.version()), (&json!(1000), 2));
    assert_eq!(skipped.body["skipped_fields"], json!(["annual_revenue_target"]));
    key.patch(&format!("{path}?write_mode=manual"), json!({"annual_revenue_target": 5000}))
        .await
        .problem(403, "insufficient_scope");
    let strong = org.key(&["plans:write", "partners:override"]).await;
    let written = strong
        .patch(&format!("{path}?write_mode=manual"), json!({"annual_revenue_target": 5000}))
        .await
        .expect(200);
    assert_eq!(written.body["annual_revenue_target"], 5000);
}

#[tokio::test]
async fn a_fiscal_year_bears_the_number_of_the_year_in_which_it_ends() {
    let org = Organization::new().await;
    let partner = org
        .owner
        .post("/v1/partners", json!({"name": "Acme", "type": "reseller"}))
        .await
        .expect(201);
    let path = format!("/v1/partners/{}/joint-plan", partner.id());
    let asked = org.owner.get(&format!("{path}?fiscal_year=2031")).await.expect(200);
    assert_eq!(asked.body["fiscal_year"], 2031);
    org.owner.get(&format!("{path}?fiscal_year=0")).await.problem(400, "invalid_parameter");
    org.owner.patch("/v1/organization", json!({"fiscal_year_start_month": 1})).await.expect(200);
    let calendar = org.owner.get(&path).await.expect(200).body["fiscal_year"].as_i64().unwrap();
    // Every day lies in the fiscal year that started on its month's first, one further than the
    // calendar's.
    let month = chrono::Datelike::month(&chrono::Utc::now());
    if month > 1 {
        org.owner
            .patch("/v1/organization", json!({"fiscal_year_start_month": month}))
            .await
            .expect(200);
        assert_eq!(org.owner.get(&path).await.expect(200).body["fiscal_year"], calendar + 1);
    }
}

#[tokio::test]
async fn what_was_won_counts_in_its_quarter() {
    let org = Organization::new().await;
    let target = json!({"name": "Acme", "type": "reseller", "annual_revenue_target": 1000});
    let partner = org.owner.post("/v1/partners", target).await.expect(201);
    for (number, value, closed_on) in
        [(1, 100, "2024-02-14"), (2, 30, "2024-12-31"), (3, 7, "2023-12-31"), (4, 5, "2025-01-01")]
    {
        let deal = json!({
            "partner_id": partner.id(),
            "name": "Rollout",
            "account_name": format!("Account {number}"),
            "value": value,
            "status": "won",
            "registered_on": "2023-01-01",
            "closed_on": closed_on
        });
        org.owner.post("/v1/deals", deal).await.expect(201);
    }
    let plan = org
        .owner
        .get(&format!("/v1/partners/{}/joint-plan?fiscal_year=2024", partner.id()))
        .await
        .expect(200);
    assert_eq!(plan.body["quarterly_revenue"], json!({"q1": 100, "q2": 0, "q3": 0, "q4": 30}));
    assert_eq!(plan.body["attainment_bp"], 1300);
}
