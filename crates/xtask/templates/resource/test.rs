//! Gadgets.

use harness::Organization;
use serde_json::json;

#[tokio::test]
async fn a_gadget_is_created_changed_and_deleted() {
    let org = Organization::new().await;
    let body = json!({"name": " The first ", "notes": "Ask."});
    let made = org.owner.post("/v1/gadgets", body).await.expect(201);
    assert_eq!((made.body["name"].as_str(), made.version()), (Some("The first"), 1));
    let path = format!("/v1/gadgets/{}", made.id());

    let changed = org.owner.patch(&path, json!({"notes": null})).await.expect(200);
    assert_eq!((&changed.body["notes"], changed.version()), (&json!(null), 2));
    let same = org.owner.patch(&path, json!({"name": "The first"})).await.expect(200);
    assert_eq!(same.version(), 2, "a write that changes nothing keeps the version");
    let stale = org.owner.with("if-match", "\"1\"").patch(&path, json!({"name": "Other"})).await;
    stale.problem(412, "version_mismatch");

    org.owner.delete(&path).await.expect(204);
    org.owner.get(&path).await.problem(404, "not_found");
    let events = org.owner.all(&format!("/v1/events?subject_id={}", made.id())).await;
    let kinds: Vec<&str> = events.iter().map(|event| event["type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["gadget.created", "gadget.updated", "gadget.deleted"]);
    let changes = json!({"notes": {"from": "Ask.", "to": null}});
    assert_eq!(events[1]["data"]["changes"], changes);
}

#[tokio::test]
async fn gadgets_are_filtered_and_sorted() {
    let org = Organization::new().await;
    for name in ["beta", "Alpha", "gamma"] {
        org.owner.post("/v1/gadgets", json!({"name": name})).await.expect(201);
    }
    let names = async |query: &str| {
        let rows = org.owner.all(&format!("/v1/gadgets?{query}")).await;
        rows.iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names("limit=1").await, ["Alpha", "beta", "gamma"]);
    assert_eq!(names("sort=-name").await, ["gamma", "beta", "Alpha"]);
    assert_eq!(names("name_contains=AM").await, ["gamma"]);
}
