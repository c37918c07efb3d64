//! What a deleted partner leaves behind: nothing that anybody meets, and all of it when it comes
//! back.

use harness::{Client, Organization};
use serde_json::{Value, json};

async fn partner(client: &Client, name: &str) -> String {
    let body = json!({"name": name, "type": "reseller"});
    client.post("/v1/partners", body).await.expect(201).id().to_owned()
}

async fn deal(client: &Client, partner: &str, account: &str) -> String {
    let body =
        json!({"partner_id": partner, "name": "Rollout", "account_name": account, "value": 100});
    client.post("/v1/deals", body).await.expect(201).id().to_owned()
}

fn ids(rows: &[Value]) -> Vec<&str> {
    rows.iter().map(|row| row["id"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn contacts_and_deals_are_hidden_with_their_partner_and_come_back_with_it() {
    let org = Organization::new().await;
    let (gone, lives) = (partner(&org.owner, "Gone").await, partner(&org.owner, "Lives").await);
    let mut deals = Vec::new();
    let mut contacts = Vec::new();
    for id in [&gone, &lives] {
        deals.push(deal(&org.owner, id, &format!("Account of {id}")).await);
        let body = json!({"partner_id": id, "name": "Ann", "email": "ann@acme.example"});
        contacts.push(org.owner.post("/v1/contacts", body).await.expect(201).id().to_owned());
    }
    let item = json!({"kind": "workflow", "title": "Webinar"});
    let item = org.owner.post(&format!("/v1/partners/{gone}/plan-items"), item).await.expect(201);
    let item = item.header("location").to_owned();
    let view = |object: &str| {
        json!({
            "name": format!("All {object}s"),
            "object": object,
            "filter": null,
            "visibility": "organization"
        })
    };
    let deal_view = org.owner.post("/v1/views", view("deal")).await.expect(201).id().to_owned();
    org.owner.delete(&format!("/v1/partners/{gone}")).await.expect(204);
    for (list, own) in [("deals", &deals), ("contacts", &contacts)] {
        assert_eq!(ids(&org.owner.all(&format!("/v1/{list}")).await), [own[1].as_str()]);
        let all = org.owner.all(&format!("/v1/{list}?include=deleted")).await;
        assert_eq!(all.len(), 2, "{list}");
        let counted = org.owner.get(&format!("/v1/{list}?include=total_count")).await.expect(200);
        assert_eq!(counted.body["total_count"], 1);
        let path = format!("/v1/{list}/{}", own[0]);
        org.owner.get(&path).await.problem(404, "not_found");
        org.owner.patch(&path, json!({"name": "Other"})).await.problem(404, "not_found");
        let found = org.owner.get(&format!("/v1/{list}?partner_id={gone}")).await.expect(200).body;
        assert_eq!(found["data"], json!([]));
        let object = list.trim_end_matches('s');
        let (_, file) = org.owner.export(json!({"object": object, "format": "jsonl"})).await;
        let lines = String::from_utf8(file.bytes).unwrap();
        assert_eq!(lines.lines().count(), 1, "{list}");
    }
    org.owner.get(&item).await.problem(404, "not_found");
    org.owner.patch(&item, json!({"title": "Other"})).await.problem(404, "not_found");
    let viewed = org.owner.all(&format!("/v1/deals?view_id={deal_view}")).await;
    assert_eq!(ids(&viewed), [deals[1].as_str()]);
    let query = json!({"filter": {"op": "eq", "field": "partner_id", "value": gone}});
    let found = org.owner.post("/v1/deals/query", query.clone()).await.expect(200).body;
    assert_eq!(found["data"], json!([]));
    let mut deleted = query;
    deleted["include"] = json!(["deleted"]);
    let found = org.owner.post("/v1/deals/query", deleted).await.expect(200).body;
    assert_eq!(found["data"].as_array().unwrap().len(), 1);

    org.owner.post(&format!("/v1/partners/{gone}/restoration"), json!({})).await.expect(200);
    assert_eq!(org.owner.all("/v1/deals").await.len(), 2);
    assert_eq!(org.owner.all("/v1/contacts").await.len(), 2);
    org.owner.get(&format!("/v1/deals/{}", deals[0])).await.expect(200);
    org.owner.get(&item).await.expect(200);
}

#[tokio::test]
async fn a_deal_can_be_moved_out_of_a_deleted_partner_and_a_contact_be_erased() {
    let org = Organization::new().await;
    let (gone, lives) = (partner(&org.owner, "Gone").await, partner(&org.owner, "Lives").await);
    let id = deal(&org.owner, &gone, "Globex").await;
    let body = json!({"partner_id": gone, "name": "Ann"});
    let contact = org.owner.post("/v1/contacts", body).await.expect(201).id().to_owned();
    org.owner.delete(&format!("/v1/partners/{gone}")).await.expect(204);
    let moved = org.owner.patch(&format!("/v1/deals/{id}"), json!({"partner_id": lives})).await;
    assert_eq!(moved.expect(200).body["partner_id"], lives.as_str());
    let read = org.owner.get(&format!("/v1/partners/{lives}")).await.expect(200).body;
    assert_eq!(read["pipeline"], 100);
    org.owner.delete(&format!("/v1/contacts/{contact}")).await.expect(204);
    assert!(org.owner.all("/v1/contacts?include=deleted").await.is_empty());
}

#[tokio::test]
async fn deals_of_deleted_partners_are_in_nobodys_way() {
    let org = Organization::new().await;
    let (gone, lives) = (partner(&org.owner, "Gone").await, partner(&org.owner, "Lives").await);
    deal(&org.owner, &gone, "Globex").await;
    let body = json!({"partner_id": lives, "name": "Rollout", "account_name": "Globex"});
    let refused = org.owner.post("/v1/deals", body.clone()).await;
    refused.problem(409, "deal_conflict");
    org.owner.delete(&format!("/v1/partners/{gone}")).await.expect(204);
    let made = org.owner.post("/v1/deals", body).await.expect(201);
    let conflicts = org.owner.all(&format!("/v1/deals/{}/conflicts", made.id())).await;
    assert!(conflicts.is_empty());
    // The account is another partner's by now, so the one that comes back cannot have it too.
    let restoration = format!("/v1/partners/{gone}/restoration");
    let refused = org.owner.post(&restoration, json!({})).await.problem(409, "deal_conflict");
    assert_eq!(refused.body["meta"]["deal_ids"], json!([made.id()]));
    let reject = format!("/v1/deals/{}/rejection", made.id());
    org.owner.post(&reject, json!({"reason": "Theirs"})).await.expect(200);
    org.owner.post(&restoration, json!({})).await.expect(200);
}

#[tokio::test]
async fn a_conflict_that_was_allowed_before_does_not_keep_a_partner_away() {
    let org = Organization::new().await;
    let (one, two) = (partner(&org.owner, "One").await, partner(&org.owner, "Two").await);
    deal(&org.owner, &one, "Globex").await;
    let body = json!({
        "partner_id": two,
        "name": "Rollout",
        "account_name": "Globex",
        "allow_conflict": true
    });
    org.owner.post("/v1/deals", body).await.expect(201);
    org.owner.delete(&format!("/v1/partners/{one}")).await.expect(204);
    org.owner.post(&format!("/v1/partners/{one}/restoration"), json!({})).await.expect(200);
}

#[tokio::test]
async fn a_tier_that_only_deleted_partners_have_can_be_deleted() {
    let org = Organization::new().await;
    let tier = json!({"key": "diamond", "name": "Diamond", "rank": 9});
    org.owner.post("/v1/tiers", tier).await.expect(201);
    let id = partner(&org.owner, "Acme").await;
    let path = format!("/v1/partners/{id}");
    org.owner.patch(&path, json!({"tier": "diamond"})).await.expect(200);
    org.owner.delete("/v1/tiers/diamond").await.problem(409, "tier_in_use");
    org.owner.delete(&path).await.expect(204);
    org.owner.delete("/v1/tiers/diamond").await.expect(204);
    let back = org.owner.post(&format!("{path}/restoration"), json!({})).await.expect(200).body;
    assert_eq!(
        (&back["tier"], &back["tier_source"], &back["overridden_fields"]),
        (&json!("registered"), &json!("automatic"), &json!([]))
    );
    assert!(org.owner.all(&format!("{path}/overrides")).await.is_empty());
}

/// Whoever keeps a copy with deleted partners learns of every change; the rules of tiers decide
/// again when the partner comes back.
#[tokio::test]
async fn changes_of_deleted_partners_have_events_and_leave_the_tier() {
    let org = Organization::new().await;
    let tag = json!({"category": "regions", "name": "EU"});
    let tag = org.owner.post("/v1/tags", tag).await.expect(201).id().to_owned();
    let gold = json!({
        "requirement": {"op": "any", "field": "tag_ids", "value": [tag]}
    });
    org.owner.patch("/v1/tiers/gold", gold).await.expect(200);
    let silver = json!({"requirement": {"op": "gte", "field": "pipeline", "value": 100}});
    org.owner.patch("/v1/tiers/silver", silver).await.expect(200);
    let (_, manager) = org.person("member").await;
    let body = json!({
        "name": "Gone",
        "type": "reseller",
        "tag_ids": [tag],
        "partner_manager_id": manager,
    });
    let gone = org.owner.post("/v1/partners", body).await.expect(201);
    assert_eq!(gone.body["tier"], "gold");
    let gone = gone.id().to_owned();
    let id = deal(&org.owner, &gone, "Globex").await;
    let lives = partner(&org.owner, "Lives").await;
    org.owner.delete(&format!("/v1/partners/{gone}")).await.expect(204);
    let newest = org.owner.get("/v1/events?order=desc&limit=1").await.expect(200);
    let sequence = newest.body["data"][0]["sequence"].as_i64().unwrap();

    org.owner.delete(&format!("/v1/tags/{tag}")).await.expect(204);
    org.owner.delete(&format!("/v1/members/{manager}")).await.expect(204);
    let moved = json!({"partner_id": lives});
    org.owner.patch(&format!("/v1/deals/{id}"), moved).await.expect(200);
    let path = "/v1/partners?include=deleted&changed_after=";
    let changed = org.owner.all(&format!("{path}{sequence}")).await;
    let row = changed.iter().find(|row| row["id"] == gone.as_str()).unwrap();
    assert_eq!(
        (&row["tag_ids"], &row["partner_manager_id"], &row["pipeline"]),
        (&json!([]), &Value::Null, &json!(0))
    );
    assert_eq!(row["tier"], "gold", "the rules decide on live partners");
    let mut events = org.owner.all(&format!("/v1/events?sequence_gt={sequence}")).await;
    events.retain(|event| event["subject"]["id"] == gone.as_str());
    let kinds: Vec<&str> = events.iter().map(|event| event["type"].as_str().unwrap()).collect();
    assert_eq!(
        kinds,
        ["partner.updated", "partner.updated", "partner.manager_changed", "partner.updated"],
        "{events:#?}"
    );
    let back = org.owner.post(&format!("/v1/partners/{gone}/restoration"), json!({})).await;
    assert_eq!(back.expect(200).body["tier"], "registered");
}
