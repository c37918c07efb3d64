//! Plan items.

use harness::Organization;
use serde_json::{Value, json};

fn titles(rows: &[Value]) -> Vec<&str> {
    rows.iter().map(|row| row["title"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn items_are_created_changed_and_deleted() {
    let org = Organization::new().await;
    let partner = org
        .owner
        .post("/v1/partners", json!({"name": "Acme", "type": "reseller"}))
        .await
        .expect(201);
    let (member, owner) = org.person("member").await;
    let list = format!("/v1/partners/{}/plan-items", partner.id());
    let body = json!({
        "kind": "integration",
        "title": " Connector ",
        "quarter": "q2",
        "owner_id": owner,
        "url": "https://docs.acme.com/x",
        "due_on": "2026-12-31"
    });
    let made = member.post(&list, body).await.expect(201);
    assert_eq!(
        (&made.body["title"], &made.body["status"]),
        (&json!("Connector"), &json!("proposed"))
    );
    assert_eq!(
        (&made.body["due_on"], &made.body["partner_id"]),
        (&json!("2026-12-31"), &json!(partner.id()))
    );
    let path = made.header("location").to_owned();
    let same = member.patch(&path, json!({"quarter": "q2"})).await.expect(200);
    assert_eq!(same.version(), 1);
    assert!(same.header("etag").starts_with("\"1."), "{}", same.header("etag"));
    let changed = member
        .patch(&path, json!({"status": "live", "due_on": null, "description": "Done."}))
        .await
        .expect(200);
    assert_eq!((changed.version(), &changed.body["due_on"]), (2, &json!(null)));
    member
        .with("if-match", "\"1\"")
        .patch(&path, json!({"status": "paused"}))
        .await
        .problem(412, "version_mismatch");

    for (body, pointer, code) in [
        (
            json!({"kind": "integration", "title": "x", "url": "http://acme.com"}),
            "#/url",
            "invalid_format",
        ),
        (
            json!({"kind": "integration", "title": "x", "due_on": "2026-02-30"}),
            "#/due_on",
            "invalid_format",
        ),
        (json!({"kind": "webinar", "title": "x"}), "#/kind", "invalid_choice"),
        (json!({"kind": "integration", "title": ""}), "#/title", "too_short"),
        (
            json!({"kind": "integration", "title": "x", "position": 1}),
            "#/position",
            "read_only_field",
        ),
        (
            json!({
                "kind": "integration",
                "title": "x",
                "owner_id": "mem_01kb1q3x5se7wtc2gnh2avw0fd"
            }),
            "#/owner_id",
            "not_found_reference",
        ),
    ] {
        let refused = member.post(&list, body).await.problem(422, "validation_failed");
        assert_eq!(refused.faults()[pointer], code);
    }

    // Who leaves owns nothing any more.
    org.owner.delete(&format!("/v1/members/{owner}")).await.expect(204);
    let orphan = org.owner.get(&path).await.expect(200);
    assert_eq!((&orphan.body["owner_id"], orphan.version()), (&json!(null), 3));
    org.owner.delete(&path).await.expect(204);
    org.owner.delete(&path).await.problem(404, "not_found");
    let events = org
        .owner
        .all(&format!(
            "/v1/partners/{}/events?types=plan_item.created,plan_item.updated,plan_item.deleted",
            partner.id()
        ))
        .await;
    let kinds: Vec<&str> = events.iter().map(|event| event["type"].as_str().unwrap()).collect();
    assert_eq!(
        kinds,
        ["plan_item.created", "plan_item.updated", "plan_item.updated", "plan_item.deleted"]
    );

    org.owner.delete(&format!("/v1/partners/{}", partner.id())).await.expect(204);
    org.owner.get(&list).await.problem(404, "not_found");
    org.owner
        .post(&list, json!({"kind": "workflow", "title": "x"}))
        .await
        .problem(404, "not_found");
}

#[tokio::test]
async fn items_have_an_order_and_move_in_it() {
    let org = Organization::new().await;
    let partner = org
        .owner
        .post("/v1/partners", json!({"name": "Acme", "type": "reseller"}))
        .await
        .expect(201);
    let list = format!("/v1/partners/{}/plan-items", partner.id());
    let mut ids = Vec::new();
    for (title, kind) in
        [("a", "affiliate"), ("b", "integration"), ("c", "workflow"), ("d", "workflow")]
    {
        ids.push(
            org.owner
                .post(&list, json!({"kind": kind, "title": title}))
                .await
                .expect(201)
                .id()
                .to_owned(),
        );
    }
    let item = |i: usize| format!("/v1/plan-items/{}", ids[i]);
    assert_eq!(titles(&org.owner.all(&format!("{list}?limit=1")).await), ["a", "b", "c", "d"]);
    assert_eq!(
        titles(&org.owner.all(&format!("{list}?kind=workflow,affiliate&sort=-position")).await),
        ["d", "c", "a"]
    );

    let moved = org.owner.patch(&item(3), json!({"before_id": ids[0]})).await.expect(200);
    assert_eq!(moved.version(), 2);
    assert_eq!(titles(&org.owner.all(&list).await), ["d", "a", "b", "c"]);
    org.owner.patch(&item(0), json!({"before_id": null})).await.expect(200);
    assert_eq!(titles(&org.owner.all(&list).await), ["d", "b", "c", "a"]);
    let there = org.owner.patch(&item(1), json!({"before_id": ids[2]})).await.expect(200);
    assert_eq!(there.version(), 1, "it stands there already");
    let last = org.owner.patch(&item(0), json!({"before_id": null})).await.expect(200);
    assert_eq!(last.version(), 2, "it is the last one already");
    // Many moves into one gap.
    for i in 0..40 {
        let which = if i % 2 == 0 { 2 } else { 0 };
        org.owner.patch(&item(which), json!({"before_id": ids[1]})).await.expect(200);
        let expected = if which == 2 { ["d", "a", "c", "b"] } else { ["d", "c", "a", "b"] };
        let found = org.owner.all(&list).await;
        assert!(i == 0 || titles(&found) == expected, "{i}: {:?}", titles(&found));
    }

    let other = org
        .owner
        .post("/v1/partners", json!({"name": "Bolt", "type": "reseller"}))
        .await
        .expect(201);
    let foreign = format!("/v1/partners/{}/plan-items", other.id());
    let foreign =
        org.owner.post(&foreign, json!({"kind": "workflow", "title": "x"})).await.expect(201);
    let refused = org
        .owner
        .patch(&item(0), json!({"before_id": foreign.id()}))
        .await
        .problem(422, "validation_failed");
    assert_eq!(refused.faults()["#/before_id"], "not_found_reference");
}
