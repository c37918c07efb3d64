//! Tags.

use harness::Organization;
use serde_json::json;

#[tokio::test]
async fn a_tag_lives_and_is_taken_off_its_partners() {
    let org = Organization::new().await;
    let tag = org
        .owner
        .post("/v1/tags", json!({"category": "services", "name": " Cloud ", "color": "#336699"}))
        .await
        .expect(201);
    assert_eq!((tag.body["name"].as_str(), tag.header("etag")), (Some("Cloud"), "\"1\""));
    let body = json!({"category": "services", "name": "cloud"});
    org.owner.post("/v1/tags", body).await.problem(409, "tag_name_taken");
    org.owner.post("/v1/tags", json!({"category": "products", "name": "cloud"})).await.expect(201);

    let partner = json!({"name": "Acme", "type": "reseller", "tag_ids": [tag.id()]});
    let partner = org.owner.post("/v1/partners", partner).await.expect(201);
    let path = format!("/v1/tags/{}", tag.id());
    assert_eq!(org.owner.get(&path).await.expect(200).body["partner_count"], 1);

    let renamed = org.owner.patch(&path, json!({"name": "Cloud services"})).await.expect(200);
    assert_eq!(renamed.version(), 2);
    let same = org.owner.patch(&path, json!({"name": "Cloud services"})).await.expect(200);
    assert_eq!(same.version(), 2, "a write that changes nothing keeps the version");
    org.owner
        .with("if-match", "\"1\"")
        .patch(&path, json!({"color": null}))
        .await
        .problem(412, "version_mismatch");

    org.owner.delete(&path).await.expect(204);
    org.owner.delete(&path).await.problem(404, "not_found");
    let after = org.owner.get(&format!("/v1/partners/{}", partner.id())).await.expect(200);
    assert_eq!(after.body["tag_ids"], json!([]));
    assert_eq!(after.version(), 2);
    let events = org.owner.all(&format!("/v1/partners/{}/events", partner.id())).await;
    let event = events.iter().find(|event| event["type"] == "partner.updated").unwrap();
    assert_eq!(event["data"]["changes"]["tag_ids"], json!({"from": [tag.id()], "to": []}));
    assert_eq!(event["data"]["write_mode"], "automated");
}

#[tokio::test]
async fn tags_are_listed_by_name_and_searched() {
    let org = Organization::new().await;
    for name in ["beta", "Alpha", "Gamma 100%", "delta_x"] {
        org.owner.post("/v1/tags", json!({"category": "regions", "name": name})).await.expect(201);
    }
    let names = |rows: Vec<serde_json::Value>| {
        rows.iter().map(|t| t["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(
        names(org.owner.all("/v1/tags?limit=2").await),
        ["Alpha", "beta", "delta_x", "Gamma 100%"]
    );
    assert_eq!(names(org.owner.all("/v1/tags?q=AL").await), ["Alpha"]);
    assert_eq!(names(org.owner.all("/v1/tags?q=0%25").await), ["Gamma 100%"], "% is itself");
    assert_eq!(names(org.owner.all("/v1/tags?q=a_x").await), ["delta_x"], "_ is itself");
    assert_eq!(names(org.owner.all("/v1/tags?category=services").await), Vec::<String>::new());
    let first = org.owner.get("/v1/tags?limit=1").await.expect(200);
    let cursor = first.body["next_cursor"].as_str().unwrap();
    org.owner
        .get(&format!("/v1/tags?limit=1&category=regions&cursor={cursor}"))
        .await
        .problem(400, "invalid_cursor");
}
