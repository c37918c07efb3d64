//! Members: roles, owners, and what ends somebody's access.

use harness::{Client, Organization, neighbour, unique};
use serde_json::{Value, json};

fn member(id: &str) -> String {
    format!("/v1/members/{id}")
}

/// The id of the member behind a client.
async fn own_id(client: &Client) -> String {
    client.get("/v1/me").await.expect(200).body["member"]["id"].as_str().unwrap().to_owned()
}

fn invitation(role: &str) -> Value {
    json!({"email": format!("{}@example.com", unique(role)), "role": role})
}

async fn changed(client: &Client, id: &str, body: Value) -> harness::Answer {
    client.patch(&member(id), body).await
}

#[tokio::test]
async fn an_invited_member_is_listed_until_the_invitation_is_taken_back() {
    let org = Organization::new().await;
    let email = format!(" {}@Example.com ", unique("Mia"));
    let invited =
        org.owner.post("/v1/members", json!({"email": email, "role": "viewer"})).await.expect(201);
    let id = invited.body["member"]["id"].as_str().unwrap();
    assert_eq!(invited.header("location"), member(id));
    assert_eq!(invited.body["member"]["status"], "invited");
    assert_eq!(invited.body["member"]["user_id"], Value::Null);
    let url = invited.body["invitation_url"].as_str().unwrap();
    assert!(url.starts_with("https://app.example.com/invitations/pin_"), "{url}");
    assert_eq!(invited.body["member"]["email"], email.trim().to_lowercase());

    assert_eq!(org.owner.all("/v1/members?limit=1").await.len(), 2);
    assert_eq!(
        org.owner.get("/v1/members?include=total_count").await.expect(200).body["total_count"],
        2
    );
    let read = org.owner.get(&member(id)).await.expect(200);
    assert!(!read.body.to_string().contains("pin_"), "the link is shown once");
    org.owner
        .post("/v1/members", json!({"email": email, "role": "viewer"}))
        .await
        .problem(409, "already_member");
    org.owner.delete(&member(id)).await.expect(204);
    org.owner.post("/v1/members", json!({"email": email, "role": "viewer"})).await.expect(201);
    let token = url.rsplit('/').next().unwrap();
    let body = json!({"token": token, "name": "Mia", "password": harness::PASSWORD});
    Client::public()
        .post("/v1/auth/invitation-acceptances", body)
        .await
        .problem(401, "invitation_invalid");
}

#[tokio::test]
async fn each_role_may_do_what_it_says() {
    let org = Organization::new().await;
    let tag = async |client: &Client| {
        client.post("/v1/tags", json!({"category": "services", "name": unique("tag")})).await
    };
    let (viewer, worker, admin) =
        (org.member("viewer").await, org.member("member").await, org.member("admin").await);
    viewer.get("/v1/members").await.expect(200);
    let refused = tag(&viewer).await.problem(403, "insufficient_role");
    assert_eq!(refused.body["meta"]["required_role"], "member");
    tag(&worker).await.expect(201);
    let refused =
        worker.post("/v1/members", invitation("viewer")).await.problem(403, "insufficient_role");
    assert_eq!(refused.body["meta"]["required_role"], "admin");
    worker.get("/v1/api-keys").await.problem(403, "insufficient_role");
    admin.post("/v1/members", invitation("admin")).await.expect(201);
    admin.get("/v1/api-keys").await.expect(200);
}

#[tokio::test]
async fn only_owners_give_and_take_ownership() {
    let org = Organization::new().await;
    let (admin, _) = org.person("admin").await;
    let (_, other) = org.person("member").await;
    let owner = own_id(&org.owner).await;
    for body in [json!({"role": "admin"}), json!({"status": "suspended"})] {
        let refused = changed(&admin, &owner, body).await.problem(403, "insufficient_role");
        assert_eq!(refused.body["meta"]["required_role"], "owner");
    }
    admin.delete(&member(&owner)).await.problem(403, "insufficient_role");
    changed(&admin, &other, json!({"role": "owner"})).await.problem(403, "insufficient_role");
    admin.post("/v1/members", invitation("owner")).await.problem(403, "insufficient_role");
    changed(&admin, &other, json!({"role": "viewer"})).await.expect(200);
    changed(&org.owner, &other, json!({"role": "owner"})).await.expect(200);
    org.owner.post("/v1/members", invitation("owner")).await.expect(201);
}

#[tokio::test]
async fn an_organization_keeps_an_owner() {
    let org = Organization::new().await;
    let owner = own_id(&org.owner).await;
    // Somebody who is only invited cannot act as owner yet.
    org.owner.post("/v1/members", invitation("owner")).await.expect(201);
    for body in [json!({"role": "admin"}), json!({"status": "suspended"})] {
        changed(&org.owner, &owner, body).await.problem(409, "last_owner");
    }
    org.owner.delete(&member(&owner)).await.problem(409, "last_owner");
    let (second, _) = org.person("owner").await;
    org.owner.delete(&member(&owner)).await.expect(204);
    org.owner.is_refused_soon("invalid_token").await;
    let second_id = own_id(&second).await;
    second.delete(&member(&second_id)).await.problem(409, "last_owner");
}

#[tokio::test]
async fn two_owners_who_remove_each_other_do_not_both_succeed() {
    for _ in 0..5 {
        let org = Organization::new().await;
        let (second, second_id) = org.person("owner").await;
        let first_id = own_id(&org.owner).await;
        let (first_path, second_path) = (member(&first_id), member(&second_id));
        let (one, two) = tokio::join!(org.owner.delete(&second_path), second.delete(&first_path));
        let mut statuses = [one.status, two.status];
        statuses.sort_unstable();
        // The slower one is told that an owner is needed, or that it is nobody any more.
        assert!(statuses == [204, 409] || statuses == [204, 401], "{statuses:?}");
    }
}

#[tokio::test]
async fn a_change_of_role_holds_at_once_on_every_instance() {
    let org = Organization::new().await;
    let (person, id) = org.person("admin").await;
    let there = person.at(neighbour());
    there.get("/v1/api-keys").await.expect(200);
    changed(&org.owner, &id, json!({"role": "viewer"})).await.expect(200);
    person.is_refused_soon("invalid_token").await;
    there.is_refused_soon("invalid_token").await;
}

#[tokio::test]
async fn a_suspension_and_a_removal_hold_at_once_on_every_instance() {
    let org = Organization::new().await;
    for suspend in [true, false] {
        let (person, id) = org.person("member").await;
        let there = person.at(neighbour());
        there.get("/v1/me").await.expect(200);
        if suspend {
            changed(&org.owner.at(neighbour()), &id, json!({"status": "suspended"}))
                .await
                .expect(200)
        } else {
            org.owner.at(neighbour()).delete(&member(&id)).await.expect(204)
        };
        person.is_refused_soon("invalid_token").await;
        there.is_refused_soon("invalid_token").await;
    }
}

#[tokio::test]
async fn changes_have_versions_and_events() {
    let org = Organization::new().await;
    let (_, id) = org.person("member").await;
    let before = org.owner.get(&member(&id)).await.expect(200);
    let same = changed(&org.owner, &id, json!({"role": "member"})).await.expect(200);
    assert_eq!(same.version(), before.version());
    let after =
        changed(&org.owner.with("if-match", before.header("etag")), &id, json!({"role": "viewer"}))
            .await
            .expect(200);
    assert_eq!(after.version(), before.version() + 1);
    let stale = org.owner.with("if-match", before.header("etag"));
    let refused =
        changed(&stale, &id, json!({"role": "admin"})).await.problem(412, "version_mismatch");
    assert_eq!(refused.body["meta"]["current_version"], after.version());
    stale.delete(&member(&id)).await.problem(412, "version_mismatch");
    let invited = changed(&org.owner, &id, json!({"status": "invited"}))
        .await
        .problem(422, "validation_failed");
    assert_eq!(invited.faults()["#/status"], "invalid_choice");

    let told = org.owner.all(&format!("/v1/events?subject_id={id}")).await;
    let types: Vec<&str> = told.iter().map(|event| event["type"].as_str().unwrap()).collect();
    assert_eq!(types, ["member.invited", "member.joined", "member.updated"]);
    assert_eq!(told[2]["data"]["changes"]["role"], json!({"from": "member", "to": "viewer"}));
    assert!(!json!(told).to_string().contains("pin_"), "events hold no secrets");
}

#[tokio::test]
async fn events_about_people_are_for_admins() {
    let org = Organization::new().await;
    let (worker, _) = org.person("member").await;
    let types: Vec<Value> =
        worker.all("/v1/events").await.iter().map(|event| event["type"].clone()).collect();
    assert!(!types.iter().any(|name| name.as_str().unwrap().starts_with("session.")), "{types:?}");
}

#[tokio::test]
async fn addresses_of_members_in_events_need_the_scope_to_read_members() {
    let org = Organization::new().await;
    let email = format!("{}@example.com", unique("secret"));
    let invited = org.owner.post("/v1/members", json!({"email": email, "role": "viewer"})).await;
    let id = invited.expect(201).body["member"]["id"].as_str().unwrap().to_owned();
    org.owner.delete(&format!("/v1/members/{id}")).await.expect(204);
    let path = format!("/v1/events?subject_id={id}");
    let events = async |scopes: &[&str]| org.key(scopes).await.all(&path).await;
    let shown = events(&["events:read", "members:read"]).await;
    assert_eq!(shown.len(), 2);
    assert!(shown.iter().all(|event| event["data"]["email"] == email), "{shown:?}");
    let hidden = events(&["events:read"]).await;
    assert_eq!(hidden.len(), 2);
    assert!(!json!(hidden).to_string().contains(&email), "{hidden:?}");
    assert_eq!(hidden[0]["data"]["email"], json!(null));
}

#[tokio::test]
async fn partners_of_a_member_who_is_removed_have_no_manager() {
    let org = Organization::new().await;
    let (_, id) = org.person("member").await;
    let body = json!({"name": "Acme", "type": "reseller", "partner_manager_id": id});
    let partner = org.owner.post("/v1/partners", body).await.expect(201);
    org.owner.delete(&member(&id)).await.expect(204);
    org.owner.delete(&member(&id)).await.problem(404, "not_found");
    let after = org.owner.get(&format!("/v1/partners/{}", partner.id())).await.expect(200);
    assert_eq!(after.body["partner_manager_id"], Value::Null);
    assert_eq!(after.version(), partner.version() + 1);
    let told = org
        .owner
        .all(&format!("/v1/partners/{}/events?types=partner.manager_changed", partner.id()))
        .await;
    assert_eq!(
        told.last().unwrap()["data"]["changes"]["partner_manager_id"],
        json!({"from": id, "to": null})
    );
}
