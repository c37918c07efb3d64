//! Partners: created, read, changed, deleted and brought back.

use harness::{Answer, Client, Organization, unique};
use serde_json::{Value, json};

/// A partner by hand with no more than it needs.
pub async fn plain(client: &Client, name: &str) -> Answer {
    client.post("/v1/partners", json!({"name": name, "type": "reseller"})).await.expect(201)
}

pub fn path(partner: &Answer) -> String {
    format!("/v1/partners/{}", partner.id())
}

#[tokio::test]
async fn what_a_person_gives_a_new_partner_is_decided() {
    let org = Organization::new().await;
    let body = json!({
        "name": "  Acme  ",
        "type": "reseller",
        "domain": "https://www.Acme.com/about?x=1",
        "status": "pending",
        "stage": "onboarding",
        "industry": "Software",
        "regions": [],
        "employees": 0,
        "in_intelligence": false,
        "external_id": "crm-1",
        "primary_contact": {"name": "Ann Lee", "email": "Ann@Acme.com"}
    });
    let made = org.owner.post("/v1/partners", body).await.expect(201);
    assert_eq!(made.header("location"), path(&made));
    assert_eq!(made.header("etag"), "\"1\"");
    assert_eq!(made.body["name"], "Acme");
    assert_eq!(made.body["domain"], "acme.com");
    assert_eq!(made.body["created_via"], "manual");
    assert_eq!(made.body["currency"], "USD");
    // Not name and type, not what equals the default (status, regions), not what is not
    // overridable.
    let decided = json!(["domain", "employees", "industry", "primary_contact_id", "stage"]);
    assert_eq!(made.body["overridden_fields"], decided);
    assert_eq!(made.body["skipped_fields"], json!([]));
    assert_eq!(made.body["in_intelligence"], false);

    let contact = made.body["primary_contact_id"].as_str().unwrap();
    let contact = org.owner.get(&format!("/v1/contacts/{contact}")).await.expect(200);
    assert_eq!(
        (&contact.body["email"], &contact.body["is_primary"]),
        (&json!("ann@acme.com"), &json!(true))
    );

    let read = org.owner.get(&path(&made)).await.expect(200);
    assert_eq!(read.body, made.body);
}

#[tokio::test]
async fn a_partner_made_by_a_key_is_nobodys_decision() {
    let org = Organization::new().await;
    let key = org.key(&["partners:write", "contacts:write"]).await;
    let body = json!({
        "name": "Acme",
        "type": "reseller",
        "industry": "Software",
        "primary_contact": {"name": "Ann Lee"}
    });
    let made = key.post("/v1/partners", body).await.expect(201);
    assert_eq!(
        (&made.body["created_via"], &made.body["overridden_fields"]),
        (&json!("api"), &json!([]))
    );
    assert!(made.body["primary_contact_id"].is_string());
}

#[tokio::test]
async fn defaults_are_those_of_the_catalogue() {
    let org = Organization::new().await;
    let made = plain(&org.owner, "Acme").await;
    assert_eq!(made.body["overridden_fields"], json!([]));
    let fields = org.owner.get("/v1/partner-fields").await.expect(200);
    for field in fields.body["data"].as_array().unwrap() {
        let name = field["name"].as_str().unwrap();
        let by_server = [
            "id",
            "name",
            "type",
            "created_via",
            "currency",
            "stage_changed_at",
            "created_at",
            "updated_at",
            "tier",
            "tier_changed_at",
        ];
        if !by_server.contains(&name) && !name.contains('.') {
            assert_eq!(made.body[name], field["default"], "{name}");
        }
    }
    org.owner
        .with("if-none-match", fields.header("etag"))
        .get("/v1/partner-fields")
        .await
        .expect(304);
}

/// Everything that is wrong with a body is said at once, and where.
#[tokio::test]
async fn all_faults_are_told_at_once() {
    let org = Organization::new().await;
    let body = json!({
        "indsutry": "Software",
        "id": "ptn_01kb1q3x5se7wtc2gnh2avw0fd",
        "fit_score": 7,
        "currency": "USD",
        "type": "vendor",
        "employees": 10_000_001,
        "company_revenue": -1,
        "annual_revenue_target": 9_007_199_254_740_992_i64,
        "subtype": "x".repeat(101),
        "description": "bell \u{7}",
        "executive_summary": "nul \u{0}",
        "industry": "two\nlines",
        "regions": ["EMEA", "emea", 7, ""],
        "languages": ["klingon!"],
        "domain": "localhost",
        "status": null,
        "stage": 5,
        "tag_ids": ["ctc_01kb1q3x5se7wtc2gnh2avw0fd", "tag_x"],
        "partner_manager_id": "usr_01kb1q3x5se7wtc2gnh2avw0fd",
        "quarterly_weights": {"q1": 1, "q2": 2, "q3": 3, "q4": 4},
        "in_intelligence": "yes",
        "key_stakeholders": [{"role": "CTO"}, {"name": "Ann", "age": 40}],
        "primary_contact": {"name": "Ann", "email": "nobody"}
    });
    let refused = org.owner.post("/v1/partners", body).await.problem(422, "validation_failed");
    let faults = refused.faults();
    let expected = [
        ("#/name", "required"),
        ("#/indsutry", "unknown_field"),
        ("#/id", "read_only_field"),
        ("#/fit_score", "read_only_field"),
        ("#/currency", "read_only_field"),
        ("#/type", "invalid_choice"),
        ("#/employees", "out_of_range"),
        ("#/company_revenue", "out_of_range"),
        ("#/annual_revenue_target", "out_of_range"),
        ("#/subtype", "too_long"),
        ("#/description", "invalid_format"),
        ("#/executive_summary", "invalid_format"),
        ("#/industry", "invalid_format"),
        ("#/regions/1", "duplicate_item"),
        ("#/regions/2", "wrong_type"),
        ("#/regions/3", "too_short"),
        ("#/languages/0", "invalid_format"),
        ("#/domain", "invalid_domain"),
        ("#/status", "not_nullable"),
        ("#/stage", "wrong_type"),
        ("#/tag_ids/0", "wrong_id_type"),
        ("#/tag_ids/1", "invalid_format"),
        ("#/partner_manager_id", "wrong_id_type"),
        ("#/quarterly_weights", "weights_not_100_percent"),
        ("#/in_intelligence", "wrong_type"),
        ("#/key_stakeholders/0/name", "required"),
        ("#/key_stakeholders/1/age", "unknown_field"),
        ("#/primary_contact/email", "invalid_format"),
    ];
    for (place, code) in expected {
        assert_eq!(
            faults.get(place).map(String::as_str),
            Some(code),
            "{place} in {:#}",
            refused.body["errors"]
        );
    }
    assert_eq!(faults.len(), expected.len(), "{:#}", refused.body["errors"]);
    let of = |pointer: &str| {
        refused.body["errors"]
            .as_array()
            .unwrap()
            .iter()
            .find(|f| f["pointer"] == pointer)
            .unwrap()
            .clone()
    };
    assert_eq!(of("#/indsutry")["meta"]["did_you_mean"], "industry");
    assert_eq!(of("#/employees")["meta"], json!({"min": 0, "max": 10_000_000}));
    assert!(of("#/type")["meta"]["allowed"].as_array().unwrap().contains(&json!("reseller")));
    assert!(org.owner.all("/v1/partners").await.is_empty());
}

#[tokio::test]
async fn what_is_named_must_exist_here() {
    let org = Organization::new().await;
    let other = Organization::new().await;
    let foreign_tag = other
        .owner
        .post("/v1/tags", json!({"category": "services", "name": "Cloud"}))
        .await
        .expect(201);
    let (_, foreign_member) = other.person("member").await;
    let theirs = plain(&other.owner, "Theirs").await;
    let theirs = other
        .owner
        .post("/v1/contacts", json!({"partner_id": theirs.id(), "name": "Bob"}))
        .await
        .expect(201);
    let [one, two] = [plain(&org.owner, "One").await, plain(&org.owner, "Two").await];
    let of_two = org
        .owner
        .post("/v1/contacts", json!({"partner_id": two.id(), "name": "Ann"}))
        .await
        .expect(201);

    let body = json!({
        "tag_ids": [foreign_tag.id()],
        "partner_manager_id": foreign_member,
        "tier": "diamond",
        "primary_contact_id": theirs.id(),
        "key_stakeholders": [{"name": "Bob", "contact_id": theirs.id()}]
    });
    let faults =
        org.owner.patch(&path(&one), body).await.problem(422, "validation_failed").faults();
    for place in [
        "#/tag_ids/0",
        "#/partner_manager_id",
        "#/tier",
        "#/primary_contact_id",
        "#/key_stakeholders/0/contact_id",
    ] {
        assert_eq!(
            faults.get(place).map(String::as_str),
            Some("not_found_reference"),
            "{place}: {faults:?}"
        );
    }
    let refused = org.owner.patch(&path(&one), json!({"primary_contact_id": of_two.id()})).await;
    assert_eq!(
        refused.problem(422, "validation_failed").faults()["#/primary_contact_id"],
        "contact_of_other_partner"
    );
    assert_eq!(org.owner.get(&path(&one)).await.version(), 1);
    other.owner.get(&path(&one)).await.problem(404, "not_found");
    other.owner.patch(&path(&one), json!({"name": "Mine"})).await.problem(404, "not_found");
}

#[tokio::test]
async fn money_and_head_counts_are_kept_to_the_last_unit() {
    let org = Organization::new().await;
    let most = json!({
        "name": "Rich",
        "type": "channel",
        "company_revenue": 9_007_199_254_740_991_i64,
        "employees": 10_000_000,
        "pipeline": 0,
        "quarterly_weights": {"q1": 10000, "q2": 0, "q3": 0, "q4": 0}
    });
    let made = org.owner.post("/v1/partners", most.clone()).await.expect(201);
    for name in ["company_revenue", "employees", "quarterly_weights"] {
        assert_eq!(made.body[name], most[name], "{name}");
    }
    for wrong in [json!(1.5), json!("7"), json!(1e300), json!(-1)] {
        let refused = org.owner.patch(&path(&made), json!({"company_revenue": wrong})).await;
        refused.problem(422, "validation_failed");
    }
    let whole = org.owner.patch(&path(&made), json!({"employees": 12.0})).await;
    assert!(
        whole.status == 200 && whole.body["employees"] == 12 || whole.status == 422,
        "{:#}",
        whole.body
    );
}

#[tokio::test]
async fn one_domain_has_many_spellings_and_one_partner() {
    let org = Organization::new().await;
    let made = plain(&org.owner, "Acme").await;
    let spellings = [
        "acme.example",
        " ACME.example. ",
        "http://acme.example",
        "https://user:pw@www.acme.example:8443/a?b#c",
    ];
    for spelling in spellings {
        let changed = org.owner.patch(&path(&made), json!({"domain": spelling})).await.expect(200);
        assert_eq!(
            (&changed.body["domain"], changed.version()),
            (&json!("acme.example"), 2),
            "{spelling}"
        );
    }
    let umlaut = org
        .owner
        .patch(&path(&made), json!({"domain": "https://Bücher.example"}))
        .await
        .expect(200);
    assert_eq!(umlaut.body["domain"], "xn--bcher-kva.example");
    for wrong in [
        "localhost",
        "10.0.0.1",
        "a..b",
        "acme example.com",
        "-a.com",
        &format!("{}.com", "a".repeat(64)),
        "http://",
    ] {
        let refused = org
            .owner
            .patch(&path(&made), json!({"domain": wrong}))
            .await
            .problem(422, "validation_failed");
        assert_eq!(refused.faults()["#/domain"], "invalid_domain", "{wrong}");
    }
    let cleared = org.owner.patch(&path(&made), json!({"domain": " "})).await.expect(200);
    assert_eq!(cleared.body["domain"], Value::Null);
}

#[tokio::test]
async fn domains_and_external_ids_belong_to_one_live_partner() {
    let org = Organization::new().await;
    let body =
        json!({"name": "Acme", "type": "reseller", "domain": "acme.com", "external_id": "crm-1"});
    let first = org.owner.post("/v1/partners", body).await.expect(201);
    let twin = |field: &str, value: &str| json!({"name": "Twin", "type": "reseller", field: value});
    for (field, value, code) in
        [("domain", "www.acme.com", "domain_taken"), ("external_id", "crm-1", "external_id_taken")]
    {
        let refused = org.owner.post("/v1/partners", twin(field, value)).await.problem(409, code);
        assert_eq!(refused.body["meta"]["existing_id"], first.id());
        assert_eq!(refused.faults()[&format!("#/{field}")], code);
    }
    let other = plain(&org.owner, "Other").await;
    org.owner
        .patch(&path(&other), json!({"domain": "acme.com"}))
        .await
        .problem(409, "domain_taken");
    Organization::new()
        .await
        .owner
        .post("/v1/partners", twin("domain", "acme.com"))
        .await
        .expect(201);

    org.owner.delete(&path(&first)).await.expect(204);
    let heir = org.owner.patch(&path(&other), json!({"domain": "acme.com"})).await.expect(200);
    let refused = org
        .owner
        .post(&format!("{}/restoration", path(&first)), Value::Null)
        .await
        .problem(409, "domain_taken");
    assert_eq!(refused.body["meta"]["existing_id"], heir.id());
    org.owner.patch(&path(&other), json!({"domain": null})).await.expect(200);
    org.owner.post(&format!("{}/restoration", path(&first)), Value::Null).await.expect(200);
}

#[tokio::test]
async fn a_deleted_partner_is_gone_until_it_is_restored() {
    let org = Organization::new().await;
    let made = plain(&org.owner, "Acme").await;
    let tag = org
        .owner
        .post("/v1/tags", json!({"category": "services", "name": "Cloud"}))
        .await
        .expect(201);
    org.owner.put(&format!("{}/tags/{}", path(&made), tag.id()), Value::Null).await.expect(200);
    org.owner.with("if-match", "\"1\"").delete(&path(&made)).await.problem(412, "version_mismatch");
    org.owner.with("if-match", "\"2\"").delete(&path(&made)).await.expect(204);
    org.owner.delete(&path(&made)).await.problem(404, "not_found");
    org.owner.get(&path(&made)).await.problem(404, "not_found");
    org.owner.patch(&path(&made), json!({"name": "B"})).await.problem(404, "not_found");
    for part in ["overrides", "events"] {
        let answer = org.owner.get(&format!("{}/{part}", path(&made))).await;
        assert!(part == "events" || answer.status == 404, "{part} {}", answer.status);
    }
    assert!(org.owner.all("/v1/partners").await.is_empty());
    let deleted = org.owner.all("/v1/partners?include=deleted").await;
    assert_eq!(deleted.len(), 1);
    assert!(deleted[0]["deleted_at"].is_string());

    let restored =
        org.owner.post(&format!("{}/restoration", path(&made)), Value::Null).await.expect(200);
    assert_eq!((restored.version(), &restored.body["deleted_at"]), (4, &Value::Null));
    assert_eq!(restored.body["tag_ids"], json!([tag.id()]));
    let again =
        org.owner.post(&format!("{}/restoration", path(&made)), Value::Null).await.expect(200);
    assert_eq!(again.version(), 4);
}

#[tokio::test]
async fn an_expected_version_is_honoured() {
    let org = Organization::new().await;
    let made = plain(&org.owner, "Acme").await;
    let stale = org.owner.with("if-match", "\"7\"").patch(&path(&made), json!({"name": "B"})).await;
    assert_eq!(stale.problem(412, "version_mismatch").body["meta"]["current_version"], 1);
    let changed = org
        .owner
        .with("if-match", "\"1\"")
        .patch(&path(&made), json!({"name": "B"}))
        .await
        .expect(200);
    assert_eq!((changed.version(), changed.header("etag")), (2, "\"2\""));
    org.owner
        .with("if-match", "17")
        .patch(&path(&made), json!({"name": "C"}))
        .await
        .problem(400, "invalid_header");
    org.owner.with("if-none-match", "\"2\"").get(&path(&made)).await.expect(304);
    org.owner.with("if-none-match", "\"1\"").get(&path(&made)).await.expect(200);
    let tag = org
        .owner
        .post("/v1/tags", json!({"category": "services", "name": "Cloud"}))
        .await
        .expect(201);
    let tagged =
        org.owner.put(&format!("{}/tags/{}", path(&made), tag.id()), Value::Null).await.expect(200);
    let untag = format!("{}/tags/{}", path(&tagged), tag.id());
    org.owner.with("if-match", "\"2\"").delete(&untag).await.problem(412, "version_mismatch");
    org.owner.with("if-match", "\"3\"").delete(&untag).await.expect(200);
}

/// A merge patch: absent keeps, null clears, arrays replace whole.
#[tokio::test]
async fn a_patch_says_only_what_changes() {
    let org = Organization::new().await;
    let body = json!({
        "name": "Acme",
        "type": "reseller",
        "industry": "Software",
        "regions": ["EMEA", "APAC"],
        "category": "sales"
    });
    let made = org.owner.post("/v1/partners", body).await.expect(201);
    let change = json!({"industry": null, "regions": ["LATAM"]});
    let changed = org.owner.patch(&path(&made), change.clone()).await.expect(200);
    assert_eq!(
        (&changed.body["industry"], &changed.body["regions"]),
        (&Value::Null, &json!(["LATAM"]))
    );
    assert_eq!((&changed.body["category"], changed.version()), (&json!("sales"), 2));
    assert!(changed.body["updated_at"].as_str() > made.body["updated_at"].as_str());
    for idle in [json!({}), change, json!({"name": " Acme "})] {
        let same = org.owner.patch(&path(&made), idle).await.expect(200);
        assert_eq!(same.body, changed.body, "a write that changes nothing changes nothing");
    }
    let events = org.owner.all(&format!("{}/events?types=partner.updated", path(&made))).await;
    assert_eq!(events.len(), 1);
    for wrong in
        [json!({"name": null}), json!({"name": "  "}), json!({"type": null}), json!([]), json!("x")]
    {
        org.owner.patch(&path(&made), wrong).await.problem(422, "validation_failed");
    }
}

#[tokio::test]
async fn tags_are_put_on_and_taken_off_one_by_one() {
    let org = Organization::new().await;
    let made = plain(&org.owner, "Acme").await;
    let tag = org
        .owner
        .post("/v1/tags", json!({"category": "services", "name": "Cloud"}))
        .await
        .expect(201);
    let one = format!("{}/tags/{}", path(&made), tag.id());
    let tagged = org.owner.put(&one, Value::Null).await.expect(200);
    assert_eq!((&tagged.body["tag_ids"], tagged.version()), (&json!([tag.id()]), 2));
    assert_eq!(tagged.body["overridden_fields"], json!(["tag_ids"]));
    assert_eq!(org.owner.put(&one, Value::Null).await.expect(200).version(), 2);
    let key = org.key(&["partners:write"]).await;
    let skipped = key.delete(&one).await.expect(200);
    assert_eq!((&skipped.body["skipped_fields"], skipped.version()), (&json!(["tag_ids"]), 2));
    assert_eq!(org.owner.delete(&one).await.expect(200).body["tag_ids"], json!([]));
    assert_eq!(org.owner.delete(&one).await.expect(200).version(), 3);
    let foreign = Organization::new()
        .await
        .owner
        .post("/v1/tags", json!({"category": "services", "name": "C"}))
        .await;
    org.owner
        .put(&format!("{}/tags/{}", path(&made), foreign.id()), Value::Null)
        .await
        .problem(404, "not_found");
}

#[tokio::test]
async fn a_creation_with_a_key_happens_once() {
    let org = Organization::new().await;
    let once = org.owner.with("idempotency-key", &unique("k"));
    let body = json!({"name": "Acme", "type": "reseller", "domain": "acme.com"});
    let first = once.post("/v1/partners", body.clone()).await.expect(201);
    let again = once.post("/v1/partners", body).await.expect(201);
    assert_eq!((again.id(), again.header("idempotency-replayed")), (first.id(), "true"));
    assert_eq!(again.header("location"), first.header("location"));
    once.post("/v1/partners", json!({"name": "B", "type": "reseller"}))
        .await
        .problem(422, "idempotency_key_reused");
    assert_eq!(org.owner.all("/v1/partners").await.len(), 1);
}

#[tokio::test]
async fn viewers_read_and_do_not_write() {
    let org = Organization::new().await;
    let made = plain(&org.owner, "Acme").await;
    let viewer = org.member("viewer").await;
    viewer.get(&path(&made)).await.expect(200);
    viewer.patch(&path(&made), json!({"name": "B"})).await.problem(403, "insufficient_role");
    let reader = org.key(&["partners:read"]).await;
    reader.get(&path(&made)).await.expect(200);
    let refused = reader.delete(&path(&made)).await.problem(403, "insufficient_scope");
    assert_eq!(refused.body["meta"]["required_scope"], "partners:write");
}
