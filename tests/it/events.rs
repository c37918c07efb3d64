//! Events: every change is told once, in order, with who and what.

use harness::Organization;
use serde_json::{Value, json};

use crate::partners::{path, plain};

fn types(events: &[Value]) -> Vec<&str> {
    events.iter().map(|event| event["type"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn every_change_of_a_partner_is_told_once() {
    let org = Organization::new().await;
    let key = org.key(&["partners:write"]).await;
    let made = plain(&org.owner, "Acme").await;
    let path = path(&made);
    org.owner
        .patch(&path, json!({"employees": 55, "description": "A long text"}))
        .await
        .expect(200);
    key.patch(&path, json!({"employees": 40, "industry": "Software"})).await.expect(200);
    org.owner.patch(&path, json!({"stage": "signed", "status": "active"})).await.expect(200);
    org.owner.delete(&format!("{path}/overrides/stage")).await.expect(200);
    org.owner.delete(&path).await.expect(204);
    org.owner.post(&format!("{path}/restoration"), Value::Null).await.expect(200);

    let events = org.owner.all(&format!("{path}/events")).await;
    let told = [
        "partner.created",
        "partner.updated",
        "partner.override_set",
        "partner.updated",
        "partner.updated",
        "partner.stage_changed",
        "partner.status_changed",
        "partner.override_set",
        "partner.override_cleared",
        "partner.deleted",
        "partner.restored",
    ];
    assert_eq!(types(&events), told);
    let versions: Vec<i64> =
        events.iter().map(|event| event["subject"]["version"].as_i64().unwrap()).collect();
    assert_eq!(versions, [1, 2, 2, 3, 4, 4, 4, 4, 5, 6, 7]);

    let by_hand = &events[1];
    assert_eq!(by_hand["data"]["changes"]["employees"], json!({"from": null, "to": 55}));
    assert_eq!(
        by_hand["data"]["changes"]["description"],
        json!({"from": null, "to": null, "truncated": true})
    );
    assert_eq!(by_hand["data"]["overridden_fields"], json!(["description", "employees"]));
    assert_eq!(
        (&by_hand["actor"]["type"], &by_hand["actor"]["name"]),
        (&json!("user"), &json!("Olga Owner"))
    );
    assert_eq!(by_hand["subject"], json!({"type": "partner", "id": made.id(), "version": 2}));
    assert!(by_hand["request_id"].as_str().unwrap().starts_with("req_"));

    let by_key = &events[3];
    assert_eq!(by_key["data"]["changes"], json!({"industry": {"from": null, "to": "Software"}}));
    assert_eq!(by_key["data"]["skipped_fields"], json!(["employees"]));
    assert_eq!(by_key["actor"]["type"], "api_key");
    assert_eq!(
        events[5]["data"]["changes"],
        json!({"stage": {"from": "prospect", "to": "signed"}})
    );
    assert!(events.iter().all(|event| event["timestamp"].as_str().unwrap().ends_with('Z')));

    let of_key = org
        .owner
        .all(&format!("/v1/events?actor_id={}", by_key["actor"]["id"].as_str().unwrap()))
        .await;
    assert_eq!(types(&of_key), ["partner.updated"]);
    let of_subject = org.owner.all(&format!("/v1/events?subject_id={}", made.id())).await;
    assert_eq!(of_subject, events);
}

/// Whoever has read up to a number has missed nothing before it.
#[tokio::test]
async fn sequences_have_no_gaps_also_when_many_write_at_once() {
    let org = Organization::new().await;
    let partners = [plain(&org.owner, "One").await, plain(&org.owner, "Two").await];
    let writers = (0..12).map(|i| {
        let (client, path) = (org.owner.clone(), path(&partners[i % 2]));
        async move {
            client.patch(&path, json!({"industry": format!("Industry {i}")})).await.expect(200)
        }
    });
    futures_util::future::join_all(writers).await;
    // A refused write takes no number.
    org.owner.patch(&path(&partners[0]), json!({"tier": "diamond"})).await.expect(422);
    plain(&org.owner, "Three").await;
    let events = org.owner.all("/v1/events?limit=7").await;
    let sequences: Vec<i64> =
        events.iter().map(|event| event["sequence"].as_i64().unwrap()).collect();
    assert!(sequences.windows(2).all(|pair| pair[1] == pair[0] + 1), "{sequences:?}");
    let middle = sequences[sequences.len() / 2];
    let later = org.owner.all(&format!("/v1/events?sequence_gt={middle}")).await;
    assert_eq!(later, events[sequences.len() / 2 + 1..]);
    assert!(
        Organization::new()
            .await
            .owner
            .all(&format!("/v1/events?subject_id={}", partners[0].id()))
            .await
            .is_empty()
    );
}

#[tokio::test]
async fn types_are_chosen_and_known() {
    let org = Organization::new().await;
    let made = plain(&org.owner, "Acme").await;
    org.owner.patch(&path(&made), json!({"stage": "signed"})).await.expect(200);
    let chosen = org.owner.all("/v1/events?types=partner.created,partner.stage_changed").await;
    assert_eq!(types(&chosen), ["partner.created", "partner.stage_changed"]);
    let refused =
        org.owner.get("/v1/events?types=partner.exploded").await.problem(400, "invalid_parameter");
    assert_eq!(refused.faults()["types"], "invalid_parameter");
    let known = org.owner.all("/v1/event-types").await;
    let known: Vec<&str> =
        known.iter().map(|kind| kind["type"].as_str().or(kind["name"].as_str()).unwrap()).collect();
    for event in org.owner.all("/v1/events").await {
        assert!(known.contains(&event["type"].as_str().unwrap()), "{}", event["type"]);
    }
    let first = org.owner.get("/v1/events?limit=1").await.expect(200);
    let cursor = first.body["next_cursor"].as_str().unwrap();
    org.owner
        .get(&format!("/v1/events?limit=1&types=partner.created&cursor={cursor}"))
        .await
        .problem(400, "invalid_cursor");
}

#[tokio::test]
async fn security_is_told_to_admins_only() {
    let org = Organization::new().await;
    org.key(&["partners:read"]).await;
    let of_keys = async |client: &harness::Client| {
        client.all("/v1/events?types=api_key.created,api_key.revoked").await
    };
    let seen = of_keys(&org.owner).await;
    assert_eq!(types(&seen), ["api_key.created"]);
    assert!(!seen[0].to_string().contains("secret"));
    assert_eq!(of_keys(&org.member("admin").await).await.len(), 1);
    for role in ["member", "viewer"] {
        assert!(of_keys(&org.member(role).await).await.is_empty(), "{role}");
    }
}

/// The time line of a partner holds what happened to its contacts.
#[tokio::test]
async fn the_time_line_of_a_partner_has_its_contacts() {
    let org = Organization::new().await;
    let [one, two] = [plain(&org.owner, "One").await, plain(&org.owner, "Two").await];
    let contact = org
        .owner
        .post("/v1/contacts", json!({"partner_id": one.id(), "name": "Ann"}))
        .await
        .expect(201);
    let line = org.owner.all(&format!("{}/events", path(&one))).await;
    assert_eq!(types(&line), ["partner.created", "contact.created"]);
    assert_eq!(line[1]["subject"]["id"], contact.id());
    assert_eq!(types(&org.owner.all(&format!("{}/events", path(&two))).await), ["partner.created"]);
}
