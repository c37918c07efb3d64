//! API keys: what they may do, from where, for how long.

use harness::{Answer, Client, Organization, neighbour};
use serde_json::{Value, json};

async fn create(org: &Organization, extra: Value) -> Answer {
    let mut body = json!({"name": "HubSpot sync", "scopes": ["tags:read"]});
    body.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
    org.owner.post("/v1/api-keys", body).await
}

fn secret(made: &Answer) -> &str {
    made.body["secret"].as_str().unwrap()
}

fn path(made: &Answer) -> String {
    format!("/v1/api-keys/{}", made.body["api_key"]["id"].as_str().unwrap())
}

/// Lets a key expire this many seconds ago, as the time would.
async fn expire(org: &Organization, made: &Answer, seconds: i32) {
    let prefix = made.body["api_key"]["prefix"].as_str().unwrap();
    let to = format!("clock_timestamp() - interval '{seconds} seconds'");
    org.sql(&format!("UPDATE api_keys SET expires_at = {to} WHERE prefix = '{prefix}'")).await;
}

#[tokio::test]
async fn a_secret_is_shown_once_and_kept_as_a_hash() {
    let org = Organization::new().await;
    let made = create(&org, json!({})).await.expect(201);
    let secret = secret(&made);
    assert!(secret.starts_with("prm_test_") && secret.len() == 55, "{secret}");
    assert_eq!(made.body["api_key"]["prefix"], secret[..17]);
    assert_eq!(made.header("location"), path(&made));
    let hidden = &secret[17..];
    for read in ["/v1/api-keys", &path(&made), "/v1/events"] {
        let text = org.owner.get(read).await.expect(200).body.to_string();
        assert!(!text.contains(hidden), "{read} shows it");
    }
    let rows = org.sql("SELECT row_to_json(api_keys)::text FROM api_keys").await;
    assert!(!rows[0].as_deref().unwrap().contains(hidden));
    let told = org.owner.all("/v1/events?types=api_key.created").await;
    assert_eq!(told[0]["subject"]["id"], made.body["api_key"]["id"]);
}

#[tokio::test]
async fn all_faults_of_a_key_come_at_once() {
    let org = Organization::new().await;
    let refused = create(&org, json!({"name": "", "scopes": ["tags:read", "moon:read"]}))
        .await
        .problem(422, "validation_failed");
    assert_eq!(refused.faults()["#/name"], "too_short");
    assert_eq!(refused.faults()["#/scopes/1"], "invalid_choice");
    let body = json!({"allowed_cidrs": ["10.0.0.0/8", "nowhere"], "default_write_mode": "manual"});
    let refused = create(&org, body).await.problem(422, "validation_failed");
    assert_eq!(refused.faults()["#/allowed_cidrs/1"], "invalid_format");
    assert_eq!(refused.faults()["#/default_write_mode"], "invalid_choice");
    create(&org, json!({"prefix": "prm_test_mine0000"})).await.problem(422, "validation_failed");
}

#[tokio::test]
async fn a_key_may_do_what_its_scopes_say() {
    let org = Organization::new().await;
    let tag = json!({"category": "services", "name": "Cloud"});
    let (reader, writer) = (org.key(&["tags:read"]).await, org.key(&["tags:write"]).await);
    reader.get("/v1/tags").await.expect(200);
    let refused = reader.post("/v1/tags", tag.clone()).await.problem(403, "insufficient_scope");
    assert_eq!(refused.body["meta"]["required_scope"], "tags:write");
    writer.get("/v1/tags").await.expect(200);
    writer.post("/v1/tags", tag).await.expect(201);
    reader.get("/v1/members").await.problem(403, "insufficient_scope");
    // Whatever its scopes, a key makes no keys and invites nobody.
    writer.get("/v1/api-keys").await.problem(403, "insufficient_scope");
    writer.patch("/v1/me", json!({"name": "Robot"})).await.problem(403, "insufficient_scope");
    let me = reader.get("/v1/me").await.expect(200);
    assert_eq!((&me.body["kind"], &me.body["scopes"]), (&json!("api_key"), &json!(["tags:read"])));
}

#[tokio::test]
async fn a_change_of_scopes_holds_at_once_on_every_instance() {
    let org = Organization::new().await;
    let made = create(&org, json!({})).await.expect(201);
    let (here, there) =
        (Client::bearer(secret(&made)), Client::bearer(secret(&made)).at(neighbour()));
    here.get("/v1/tags").await.expect(200);
    there.get("/v1/tags").await.expect(200);
    org.owner.patch(&path(&made), json!({"scopes": ["events:read"]})).await.expect(200);
    for client in [here, there] {
        let start = std::time::Instant::now();
        while client.get("/v1/tags").await.status == 200 {
            assert!(start.elapsed().as_secs() < 1, "the key still reads tags");
        }
        client.get("/v1/events").await.expect(200);
    }
}

#[tokio::test]
async fn a_revoked_key_is_refused_at_once_on_every_instance() {
    let org = Organization::new().await;
    let made = create(&org, json!({})).await.expect(201);
    let (here, there) =
        (Client::bearer(secret(&made)), Client::bearer(secret(&made)).at(neighbour()));
    here.get("/v1/me").await.expect(200);
    there.get("/v1/me").await.expect(200);
    org.owner.delete(&path(&made)).await.expect(204);
    here.is_refused_soon("key_revoked").await;
    there.is_refused_soon("key_revoked").await;
    org.owner.delete(&path(&made)).await.problem(404, "not_found");
    org.owner.patch(&path(&made), json!({"name": "Again"})).await.problem(404, "not_found");
    let listed = org.owner.get(&path(&made)).await.expect(200);
    assert!(listed.body["revoked_at"].is_string(), "it stays in the list");
}

#[tokio::test]
async fn a_key_works_only_from_its_networks() {
    let org = Organization::new().await;
    let made = create(&org, json!({"allowed_cidrs": ["203.0.113.9/24", "2001:db8::/32"]}))
        .await
        .expect(201);
    assert_eq!(made.body["api_key"]["allowed_cidrs"], json!(["203.0.113.0/24", "2001:db8::/32"]));
    let from = |address: &str| {
        Client::bearer(secret(&made)).at(neighbour()).with("x-forwarded-for", address)
    };
    for inside in ["203.0.113.77", "2001:db8::5", "::ffff:203.0.113.7", "198.51.100.1, 203.0.113.7"]
    {
        from(inside).get("/v1/me").await.expect(200);
    }
    for outside in ["203.0.114.1", "2001:db9::5", "203.0.113.7, 198.51.100.1", "nonsense"] {
        from(outside).get("/v1/me").await.problem(403, "address_not_allowed");
    }
    // The first server trusts no proxy, so what the header says is nothing to it.
    let forged = Client::bearer(secret(&made)).with("x-forwarded-for", "203.0.113.77");
    forged.get("/v1/me").await.problem(403, "address_not_allowed");
}

#[tokio::test]
async fn a_key_expires() {
    let org = Organization::new().await;
    let made = create(&org, json!({"expires_at": "2999-01-01T00:00:00Z"})).await.expect(201);
    assert_eq!(made.body["api_key"]["expires_at"], "2999-01-01T00:00:00.000000Z");
    expire(&org, &made, 1).await;
    Client::bearer(secret(&made)).get("/v1/me").await.problem(401, "key_expired");
    org.owner.patch(&path(&made), json!({"expires_at": null})).await.expect(200);
    let client = Client::bearer(secret(&made));
    let start = std::time::Instant::now();
    while client.get("/v1/me").await.status != 200 {
        assert!(start.elapsed().as_secs() < 1, "the key is still refused");
    }
}

#[tokio::test]
async fn rotation_makes_a_successor_and_the_old_key_lives_a_little_longer() {
    let org = Organization::new().await;
    let old = create(&org, json!({"allowed_cidrs": ["127.0.0.0/8"]})).await.expect(201);
    let rotate = async |made: &Answer, seconds: i64| {
        org.owner
            .post(&format!("{}/rotations", path(made)), json!({"overlap_seconds": seconds}))
            .await
    };
    rotate(&old, 604801).await.problem(422, "validation_failed");
    let new = rotate(&old, 3600).await.expect(201);
    for same in ["name", "scopes", "allowed_cidrs", "default_write_mode"] {
        assert_eq!(new.body["api_key"][same], old.body["api_key"][same]);
    }
    assert_ne!(new.body["api_key"]["id"], old.body["api_key"]["id"]);
    Client::bearer(secret(&old)).get("/v1/me").await.expect(200);
    Client::bearer(secret(&new)).get("/v1/me").await.expect(200);
    assert!(org.owner.get(&path(&old)).await.expect(200).body["expires_at"].is_string());

    let newest = rotate(&new, 0).await.expect(201);
    Client::bearer(secret(&new)).is_refused_soon("key_revoked").await;
    Client::bearer(secret(&newest)).get("/v1/me").await.expect(200);
    rotate(&new, 0).await.problem(404, "not_found");
    assert_eq!(org.owner.all("/v1/events?types=api_key.rotated").await.len(), 2);
}

#[tokio::test]
async fn a_wrong_checksum_and_an_unknown_key_are_invalid() {
    let org = Organization::new().await;
    let made = create(&org, json!({})).await.expect(201);
    let good = secret(&made);
    let last = if good.ends_with('0') { "1" } else { "0" };
    let unknown =
        domain::secrets::ApiKeySecret::generate(domain::secrets::KeyEnvironment::Test).unwrap();
    let mixed = format!("{}{}", &good[..17], &unknown.expose()[17..]);
    let live = good.replace("prm_test_", "prm_live_");
    for wrong in [
        &format!("{}{last}", &good[..54]),
        &good[..54],
        &format!("{good}0"),
        unknown.expose(),
        &mixed,
        &live,
    ] {
        Client::bearer(wrong).get("/v1/me").await.problem(401, "invalid_token");
    }
    Client::bearer(good).get("/v1/me").await.expect(200);
}

#[tokio::test]
async fn the_last_use_is_noted_to_the_minute() {
    let org = Organization::new().await;
    let made = create(&org, json!({})).await.expect(201);
    assert_eq!(made.body["api_key"]["last_used_at"], Value::Null);
    Client::bearer(secret(&made)).get("/v1/me").await.expect(200);
    let start = std::time::Instant::now();
    loop {
        let key = org.owner.get(&path(&made)).await.expect(200);
        if let Some(at) = key.body["last_used_at"].as_str() {
            assert!(at.ends_with(":00.000000Z"), "{at}");
            assert_eq!(key.version(), 1, "which is no change of the key");
            return;
        }
        assert!(start.elapsed().as_secs() < 5, "the use was not noted");
    }
}

#[tokio::test]
async fn a_key_is_renamed_and_its_version_rises() {
    let org = Organization::new().await;
    let made = create(&org, json!({})).await.expect(201);
    let same = org.owner.patch(&path(&made), json!({"name": "HubSpot sync"})).await.expect(200);
    assert_eq!((same.version(), same.header("etag")), (1, "\"1\""));
    let renamed =
        org.owner.patch(&path(&made), json!({"name": "Salesforce sync"})).await.expect(200);
    assert_eq!(renamed.version(), 2);
    org.owner
        .with("if-match", "\"1\"")
        .patch(&path(&made), json!({"name": "x"}))
        .await
        .problem(412, "version_mismatch");
    org.owner.with("if-match", "\"1\"").delete(&path(&made)).await.problem(412, "version_mismatch");
    assert_eq!(org.owner.all("/v1/api-keys?limit=1").await.len(), 1);
    let told = org.owner.all("/v1/events?types=api_key.updated").await;
    assert_eq!(
        told[0]["data"]["changes"]["name"],
        json!({"from": "HubSpot sync", "to": "Salesforce sync"})
    );
}
