//! Who is asking.

use harness::Organization;
use serde_json::{Value, json};

#[tokio::test]
async fn a_person_learns_everything_a_client_needs_to_begin() {
    let org = Organization::new().await;
    let me = org.owner.get("/v1/me").await.expect(200);
    assert_eq!((&me.body["kind"], &me.body["role"]), (&json!("user"), &json!("owner")));
    assert_eq!((&me.body["user"]["email"], &me.body["api_key"]), (&json!(org.email), &Value::Null));
    assert_eq!(me.body["user"]["id"], me.body["member"]["user_id"]);
    assert!(me.body["member"]["last_seen_at"].is_string());
    assert!(me.body["user"]["password_hash"].is_null());
    let scopes = |body: &Value| body["scopes"].as_array().unwrap().len();
    let viewer = org.member("viewer").await.get("/v1/me").await.expect(200);
    assert!(scopes(&viewer.body) < scopes(&me.body));
}

#[tokio::test]
async fn a_key_learns_what_it_may_do() {
    let org = Organization::new().await;
    let me = org.key(&["tags:write", "events:read"]).await.get("/v1/me").await.expect(200);
    assert_eq!(me.body["kind"], "api_key");
    assert_eq!(
        (&me.body["user"], &me.body["member"], &me.body["role"]),
        (&Value::Null, &Value::Null, &Value::Null)
    );
    assert_eq!(me.body["organization"]["id"], json!(org.id));
    assert_eq!(me.body["api_key"]["scopes"], json!(["tags:write", "events:read"]));
    assert_eq!(
        me.body["scopes"],
        json!(["tags:read", "tags:write", "events:read"]),
        "what they are worth"
    );
}

#[tokio::test]
async fn people_change_what_is_theirs() {
    let org = Organization::new().await;
    let (viewer, id) = org.person("viewer").await;
    let body = json!({"name": " Mia Moon ", "locale": "de-CH", "email_notifications": false});
    let me = viewer.patch("/v1/me", body.clone()).await.expect(200);
    let user = &me.body["user"];
    let now = (&user["name"], &user["locale"], &user["email_notifications"]);
    assert_eq!(now, (&json!("Mia Moon"), &json!("de-CH"), &json!(false)));
    assert_eq!(me.body["member"]["name"], "Mia Moon");
    let again = viewer.patch("/v1/me", body).await.expect(200);
    assert_eq!(again.body["member"]["version"], me.body["member"]["version"]);
    assert_eq!(
        org.owner.get(&format!("/v1/members/{id}")).await.expect(200).body["name"],
        "Mia Moon"
    );

    let wrong = json!({"locale": "nonsense!", "name": "", "email": "other@example.com"});
    let refused = viewer.patch("/v1/me", wrong).await.problem(422, "validation_failed");
    assert_eq!(refused.faults()["#/locale"], "invalid_format");
    assert_eq!(refused.faults()["#/name"], "too_short");
    assert_eq!(refused.faults()["#/email"], "read_only_field");
}
