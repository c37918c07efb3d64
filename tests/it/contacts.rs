//! Contacts.

use harness::Organization;
use serde_json::json;

#[tokio::test]
async fn a_contact_becomes_primary_moves_and_is_erased() {
    let org = Organization::new().await;
    let one = org
        .owner
        .post("/v1/partners", json!({"name": "One", "type": "reseller"}))
        .await
        .expect(201);
    let two = org
        .owner
        .post("/v1/partners", json!({"name": "Two", "type": "reseller"}))
        .await
        .expect(201);
    let ann = json!({
        "partner_id": one.id(),
        "name": "Ann Lee",
        "email": "Ann@Acme.com",
        "phone": "+41 44 333 44 55",
        "make_primary": true
    });
    let ann = org.owner.post("/v1/contacts", ann).await.expect(201);
    assert_eq!(
        (&ann.body["is_primary"], &ann.body["email"], &ann.body["phone"]),
        (&json!(true), &json!("ann@acme.com"), &json!("+41443334455"))
    );
    let twin = json!({"partner_id": one.id(), "name": "Other", "email": "ann@acme.com"});
    org.owner.post("/v1/contacts", twin).await.problem(409, "contact_email_taken");

    let stakeholder =
        json!({"key_stakeholders": [{"name": "Ann Lee", "role": "CTO", "contact_id": ann.id()}]});
    let path = format!("/v1/partners/{}", one.id());
    let partner = org.owner.patch(&path, stakeholder).await.expect(200);
    assert_eq!(partner.body["primary_contact_id"], ann.id());

    let contact = format!("/v1/contacts/{}", ann.id());
    let moved = org.owner.patch(&contact, json!({"partner_id": two.id()})).await.expect(200);
    assert_eq!(moved.body["is_primary"], false);
    let left = org.owner.get(&path).await.expect(200);
    assert_eq!(
        (&left.body["primary_contact_id"], &left.body["key_stakeholders"][0]["contact_id"]),
        (&json!(null), &json!(null))
    );

    org.owner
        .patch(&format!("/v1/partners/{}", two.id()), json!({"primary_contact_id": ann.id()}))
        .await
        .expect(200);
    org.owner.delete(&contact).await.expect(204);
    org.owner.get(&contact).await.problem(404, "not_found");
    let two = org.owner.get(&format!("/v1/partners/{}", two.id())).await.expect(200);
    assert_eq!(two.body["primary_contact_id"], json!(null));
}

#[tokio::test]
async fn contacts_are_filtered_and_searched() {
    let org = Organization::new().await;
    let partner = org
        .owner
        .post("/v1/partners", json!({"name": "One", "type": "reseller"}))
        .await
        .expect(201);
    for (name, email) in [("Ann Lee", "ann@acme.com"), ("Bob Ray", "bob@globex.com")] {
        let body = json!({"partner_id": partner.id(), "name": name, "email": email});
        org.owner.post("/v1/contacts", body).await.expect(201);
    }
    let names = |rows: Vec<serde_json::Value>| {
        rows.iter().map(|c| c["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names(org.owner.all("/v1/contacts?limit=1").await), ["Ann Lee", "Bob Ray"]);
    assert_eq!(names(org.owner.all("/v1/contacts?q=globex").await), ["Bob Ray"]);
    assert_eq!(names(org.owner.all("/v1/contacts?email=ann@acme.com").await), ["Ann Lee"]);
    assert_eq!(
        names(org.owner.all(&format!("/v1/contacts?partner_id={}", partner.id())).await).len(),
        2
    );
    let other = Organization::new().await;
    assert!(other.owner.all("/v1/contacts?q=globex").await.is_empty());
    let body = json!({"partner_id": partner.id(), "name": "Mallory"});
    let refused = other.owner.post("/v1/contacts", body).await.problem(422, "validation_failed");
    assert_eq!(refused.faults()["#/partner_id"], "not_found_reference");
}
