//! The demo organization.

use api::demo::{Demo, ensure};
use domain::secrets::KeyEnvironment;
use harness::{Client, instance};
use persistence::{Settings, Store};
use serde_json::json;

/// What somebody reads behind this word.
fn told<'a>(welcome: &'a str, word: &str) -> &'a str {
    welcome
        .lines()
        .find_map(|line| line.trim().strip_prefix(word))
        .unwrap_or_else(|| panic!("{word}: {welcome}"))
        .trim()
}

async fn works(demo: &Demo) -> String {
    let welcome = demo.welcome(&instance().url);
    let key = Client::bearer(told(&welcome, "API key"));
    let page = key.get("/v1/partners?limit=1&include=total_count").await.expect(200);
    assert_eq!(page.body["total_count"], 300);
    let overridden =
        key.get("/v1/partners?overridden_fields=industry,tier&limit=1").await.expect(200);
    for tier in ["registered", "bronze", "silver", "gold", "platinum"] {
        let some = key
            .get(&format!("/v1/partners?tier={tier}&tier_source=automatic&limit=1"))
            .await
            .expect(200);
        assert_eq!(some.body["data"].as_array().map(Vec::len), Some(1), "{tier}");
    }
    for status in ["submitted", "under_review", "approved", "rejected", "won", "lost"] {
        let some = key.get(&format!("/v1/deals?status={status}&limit=1")).await.expect(200);
        assert_eq!(some.body["data"].as_array().map(Vec::len), Some(1), "{status}");
    }
    let attainment = key.get("/v1/insights/attainment?limit=1").await.expect(200);
    assert!(attainment.body["total"]["won_revenue"].as_i64() > Some(0), "{}", attainment.body);
    let path =
        format!("/v1/partners/{}/overrides", overridden.body["data"][0]["id"].as_str().unwrap());
    assert!(
        key.get(&path).await.expect(200).body["data"]
            .as_array()
            .is_some_and(|held| !held.is_empty())
    );
    let inbox = key.get("/v1/application-submissions").await.expect(200);
    let statuses: std::collections::BTreeSet<&str> = inbox.body["data"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|submission| submission["status"].as_str())
        .collect();
    assert_eq!(statuses, ["accepted", "in_review", "new", "rejected", "spam"].into());
    for (email, role) in
        [(told(&welcome, "e-mail"), "owner"), ("viewer@partneros.example", "viewer")]
    {
        let body = json!({"email": email, "password": told(&welcome, "password")});
        let grant = Client::public().post("/v1/auth/sessions", body).await.expect(201);
        assert_eq!(grant.body["member"]["role"], role);
        let views = Client::bearer(grant.body["access_token"].as_str().unwrap())
            .get("/v1/views")
            .await
            .expect(200);
        let defaults = views.body["data"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|view| view["is_default"] == true)
            .count();
        assert_eq!(defaults, usize::from(role == "owner"), "{role}");
    }
    welcome
}

#[tokio::test]
async fn it_is_made_once_and_can_always_be_entered() {
    let folder = tempfile::tempdir().unwrap();
    let store =
        Store::connect(&Settings { url: instance().database_url.clone(), pool: 1 }).await.unwrap();
    let made = ensure(&store, folder.path(), KeyEnvironment::Test).await.unwrap();
    let first = works(&made).await;
    // A later start scores nobody: that is the worker's affair, and a start does not wait for it.
    let key = Client::bearer(told(&first, "API key"));
    let new = json!({"name": "Newcomer", "type": "reseller"});
    let new = key.post("/v1/partners", new).await.expect(201);
    let again = ensure(&store, folder.path(), KeyEnvironment::Test).await.unwrap();
    let scored = key.all(&format!("/v1/events?types=partner.scored&subject_id={}", new.id())).await;
    assert!(scored.iter().all(|event| event["actor"]["name"] != "partneros demo"), "{scored:#?}");
    key.delete(&format!("/v1/partners/{}", new.id())).await.expect(204);
    assert_eq!(works(&again).await, first);
    // Whoever lost the file gets in anew, and those who had it do not.
    std::fs::remove_file(folder.path().join("demo.json")).unwrap();
    let renewed = ensure(&store, folder.path(), KeyEnvironment::Test).await.unwrap();
    assert_ne!(works(&renewed).await, first);
    let old = json!({"email": "demo@partneros.example", "password": told(&first, "password")});
    Client::public().post("/v1/auth/sessions", old).await.problem(401, "invalid_credentials");
}
