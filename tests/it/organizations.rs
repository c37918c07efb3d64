//! The organization's settings.

use harness::Organization;
use serde_json::{Value, json};

const PATH: &str = "/v1/organization";

#[tokio::test]
async fn settings_are_read_by_all_and_changed_by_admins() {
    let org = Organization::new().await;
    let (viewer, key) = (org.member("viewer").await, org.key(&["organization:read"]).await);
    for reader in [&viewer, &key] {
        let read = reader.get(PATH).await.expect(200);
        assert_eq!(
            (&read.body["currency"], &read.body["currency_exponent"]),
            (&json!("USD"), &json!(2))
        );
        assert_eq!(
            (&read.body["timezone"], &read.body["fiscal_year_start_month"]),
            (&json!("UTC"), &json!(1))
        );
        assert_eq!(read.header("etag"), "\"1\"");
    }
    viewer.patch(PATH, json!({"name": "Mine"})).await.problem(403, "insufficient_role");
    key.patch(PATH, json!({"name": "Mine"})).await.problem(403, "insufficient_scope");

    let body = json!({
        "name": " Acme ",
        "timezone": "Europe/Zurich",
        "fiscal_year_start_month": 7,
        "deal_protection_days": 30,
        "auto_score": false,
        "logo_url": "https://cdn.example.com/acme.png"
    });
    let changed = org.owner.with("if-match", "\"1\"").patch(PATH, body).await.expect(200);
    assert_eq!((changed.version(), changed.body["name"].as_str()), (2, Some("Acme")));
    org.owner
        .with("if-match", "\"1\"")
        .patch(PATH, json!({"name": "x"}))
        .await
        .problem(412, "version_mismatch");
    let same = org
        .owner
        .patch(PATH, json!({"name": "Acme", "timezone": "Europe/Zurich"}))
        .await
        .expect(200);
    assert_eq!(same.version(), 2, "a write that changes nothing keeps the version");
    let cleared = org.owner.patch(PATH, json!({"logo_url": null})).await.expect(200);
    assert_eq!((cleared.version(), &cleared.body["logo_url"]), (3, &Value::Null));
    let told = org.owner.all("/v1/events?types=organization.updated").await;
    assert_eq!(told.len(), 2);
    assert_eq!(
        told[0]["data"]["changes"]["timezone"],
        json!({"from": "UTC", "to": "Europe/Zurich"})
    );
}

#[tokio::test]
async fn what_no_setting_can_be_is_refused_with_its_place() {
    let org = Organization::new().await;
    for (field, value, code) in [
        ("timezone", json!("Mars/Olympus"), "invalid_format"),
        ("currency", json!("XXX"), "invalid_format"),
        ("fiscal_year_start_month", json!(13), "out_of_range"),
        ("deal_protection_days", json!(0), "out_of_range"),
        ("logo_url", json!("http://cdn.example.com/acme.png"), "invalid_format"),
        ("name", json!(null), "not_nullable"),
        ("name", json!("a\nb"), "invalid_format"),
        ("currency_exponent", json!(3), "read_only_field"),
        ("version", json!(3), "read_only_field"),
        ("auto_score", json!("yes"), "wrong_type"),
    ] {
        let mut body = json!({});
        body[field] = value;
        let refused = org.owner.patch(PATH, body).await.problem(422, "validation_failed");
        assert_eq!(
            refused.faults().get(&format!("#/{field}")).map(String::as_str),
            Some(code),
            "{field}"
        );
    }
}

#[tokio::test]
async fn the_currency_changes_until_an_amount_exists() {
    let org = Organization::new().await;
    let changed = org.owner.patch(PATH, json!({"currency": "JPY"})).await.expect(200);
    assert_eq!(changed.body["currency_exponent"], 0);
    let body = json!({"name": "Acme", "type": "reseller", "company_revenue": 5});
    org.owner.post("/v1/partners", body).await.expect(201);
    org.owner.patch(PATH, json!({"currency": "EUR"})).await.problem(409, "currency_in_use");
    org.owner.patch(PATH, json!({"currency": "JPY", "name": "Acme"})).await.expect(200);
}

#[tokio::test]
async fn organizations_do_not_see_each_other() {
    let (one, other) = (Organization::new().await, Organization::new().await);
    assert_ne!(
        one.owner.get(PATH).await.expect(200).id(),
        other.owner.get(PATH).await.expect(200).id()
    );
    assert_eq!(one.owner.all("/v1/members").await.len(), 1);
    let tag = json!({"category": "services", "name": "Cloud"});
    one.owner.post("/v1/tags", tag.clone()).await.expect(201);
    other.owner.post("/v1/tags", tag).await.expect(201);
}
