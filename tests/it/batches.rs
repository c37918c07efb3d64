//! Many writes of partners in one request.

use harness::{Organization, unique};
use serde_json::{Value, json};

use crate::partners::{path, plain};

fn outcomes(body: &Value) -> Vec<(u64, &str)> {
    let results = body["results"].as_array().unwrap();
    results
        .iter()
        .map(|r| (r["status"].as_u64().unwrap(), r["problem"]["code"].as_str().unwrap_or("")))
        .collect()
}

#[tokio::test]
async fn each_operation_has_an_outcome_of_its_own() {
    let org = Organization::new().await;
    let body = json!({
        "name": "Held",
        "type": "reseller",
        "domain": "held.example",
        "external_id": "crm-1",
        "industry": "Software"
    });
    let held = org.owner.post("/v1/partners", body).await.expect(201);
    let gone = plain(&org.owner, "Gone").await;
    let key = org.key(&["partners:write"]).await;
    let operations = json!([
        {"action": "create", "data": {"name": "New", "type": "channel"}},
        {
            "action": "upsert",
            "match": "domain",
            "data": {
                "name": "Held",
                "type": "reseller",
                "domain": "https://www.held.example/",
                "industry": "Retail"
            }
        },
        {
            "action": "upsert",
            "match": "domain",
            "data": {"name": "Fresh", "type": "channel", "domain": "fresh.example"}
        },
        {
            "action": "upsert",
            "match": "external_id",
            "data": {"name": "Held", "type": "reseller", "external_id": "crm-1", "subtype": "MSP"}
        },
        {"action": "update", "id": held.id(), "version": 1, "data": {"subtype": "VAR"}},
        {"action": "delete", "id": gone.id(), "version": 1},
        {"action": "delete", "id": gone.id()},
        {"action": "create", "data": {"type": "vendor", "indsutry": "x"}},
        {
            "action": "create",
            "data": {"name": "Twin", "type": "channel", "domain": "fresh.example"}
        },
        {"action": "create"},
        {"action": "update", "data": {"name": "Nobody"}},
        {"action": "upsert", "match": "domain", "data": {"name": "No domain", "type": "channel"}},
        {
            "action": "update",
            "match": "external_id",
            "data": {"external_id": "crm-404", "name": "x"}
        }
    ]);
    let answer =
        key.post("/v1/partners/batch", json!({"operations": operations})).await.expect(207);
    let expected = [
        (201, ""),
        (200, ""),
        (201, ""),
        (200, ""),
        (412, "version_mismatch"),
        (204, ""),
        (404, "not_found"),
        (422, "validation_failed"),
        (409, "domain_taken"),
        (422, "validation_failed"),
        (422, "validation_failed"),
        (422, "validation_failed"),
        (404, "not_found"),
    ];
    assert_eq!(outcomes(&answer.body), expected, "{:#}", answer.body);
    assert_eq!((&answer.body["succeeded"], &answer.body["failed"]), (&json!(5), &json!(8)));
    let result = |index: usize| &answer.body["results"][index];
    assert_eq!(result(0)["partner"]["created_via"], "api");
    assert_eq!(
        (&result(1)["skipped_fields"], &result(1)["partner"]["industry"]),
        (&json!(["industry"]), &json!("Software"))
    );
    assert_eq!(result(3)["partner"]["id"], held.id());
    assert_eq!(result(4)["problem"]["meta"]["current_version"], 2);
    assert_eq!(result(8)["problem"]["meta"]["existing_id"], result(2)["partner"]["id"]);
    let pointers = |index: usize| {
        let faults = result(index)["problem"]["errors"].as_array().unwrap();
        faults
            .iter()
            .map(|f| f["pointer"].as_str().unwrap().to_owned())
            .collect::<std::collections::BTreeSet<_>>()
    };
    let of = |all: &[&str]| all.iter().map(|text| (*text).to_owned()).collect();
    assert_eq!(pointers(7), of(&["#/operations/7/data/type", "#/operations/7/data/indsutry"]));
    assert_eq!(pointers(8), of(&["#/operations/8/data/domain"]));
    assert_eq!(pointers(9), of(&["#/operations/9/data"]));
    assert_eq!(pointers(10), of(&["#/operations/10/id"]));
    assert_eq!(pointers(11), of(&["#/operations/11/data/domain"]));
    assert_eq!(org.owner.get(&path(&held)).await.body["subtype"], "MSP");
    let events =
        org.owner.all("/v1/events?types=partner.created,partner.updated,partner.deleted").await;
    assert_eq!(events.len(), 2 + 2 + 1 + 1, "what failed left no event");
}

#[tokio::test]
async fn an_atomic_batch_is_done_whole_or_not_at_all() {
    let org = Organization::new().await;
    let held = plain(&org.owner, "Held").await;
    let good = json!([
        {"action": "create", "data": {"name": "New", "type": "channel"}},
        {"action": "update", "id": held.id(), "data": {"industry": "A"}}
    ]);
    let mut bad = good.as_array().unwrap().clone();
    bad.push(json!({"action": "update", "id": held.id(), "version": 9, "data": {"industry": "B"}}));
    let refused = org
        .owner
        .post("/v1/partners/batch", json!({"operations": bad, "atomic": true}))
        .await
        .expect(207);
    assert_eq!(
        outcomes(&refused.body),
        [(424, "batch_aborted"), (424, "batch_aborted"), (412, "version_mismatch")]
    );
    assert!(
        refused.body["results"]
            .as_array()
            .unwrap()
            .iter()
            .all(|result| result["partner"].is_null())
    );
    assert_eq!(org.owner.all("/v1/partners").await.len(), 1);
    assert_eq!(org.owner.get(&path(&held)).await.version(), 1);
    assert_eq!(org.owner.all("/v1/events?types=partner.updated").await.len(), 0);
    let done = org
        .owner
        .post("/v1/partners/batch", json!({"operations": good, "atomic": true}))
        .await
        .expect(207);
    assert_eq!(outcomes(&done.body), [(201, ""), (200, "")]);
}

#[tokio::test]
async fn a_batch_has_limits_and_happens_once() {
    let org = Organization::new().await;
    let create =
        |name: String| json!({"action": "create", "data": {"name": name, "type": "channel"}});
    let many: Vec<Value> = (0..201).map(|i| create(format!("P{i}"))).collect();
    let refused = org
        .owner
        .post("/v1/partners/batch", json!({"operations": many}))
        .await
        .problem(422, "batch_too_large");
    assert!(org.owner.all("/v1/partners").await.is_empty(), "{:#}", refused.body);
    org.owner
        .post("/v1/partners/batch", json!({"operations": []}))
        .await
        .problem(422, "validation_failed");
    let once = org.owner.with("idempotency-key", &unique("batch"));
    let body = json!({"operations": &many[..200]});
    let first = once.post("/v1/partners/batch", body.clone()).await.expect(207);
    assert_eq!(first.body["succeeded"], 200);
    let again = once.post("/v1/partners/batch", body).await.expect(207);
    assert_eq!((again.header("idempotency-replayed"), &again.body), ("true", &first.body));
    assert_eq!(org.owner.all("/v1/partners?limit=200").await.len(), 200);
}

/// Later operations see what earlier ones did.
#[tokio::test]
async fn operations_follow_each_other() {
    let org = Organization::new().await;
    let row = |industry: &str| {
        json!({
            "action": "upsert",
            "match": "domain",
            "data": {"name": "A", "type": "channel", "domain": "a.example", "industry": industry}
        })
    };
    let answer = org
        .owner
        .post("/v1/partners/batch", json!({"operations": [row("One"), row("Two"), row("Two")]}))
        .await
        .expect(207);
    assert_eq!(outcomes(&answer.body), [(201, ""), (200, ""), (200, "")]);
    let versions: Vec<&Value> = answer.body["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| &r["partner"]["version"])
        .collect();
    assert_eq!(versions, [1, 2, 2]);
}
