//! Exports.

use harness::{Client, Organization};
use serde_json::{Value, json};

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap()
}

/// A table without the mark in front of it, which must be there: Excel needs it to see UTF-8.
fn table(bytes: Vec<u8>) -> String {
    let text = text(bytes);
    text.strip_prefix('\u{feff}').expect("a byte order mark").to_owned()
}

/// Three partners with everything that is hard to write down.
async fn filled() -> Organization {
    let org = Organization::new().await;
    let tag = json!({"category": "services", "name": "Cloud, hosted"});
    let tag = org.owner.post("/v1/tags", tag).await.expect(201).id().to_owned();
    let huge = format!("{}\n\"end\"", "説明 ".repeat(1_500));
    for partner in [
        json!({
            "name": "=SUM(A1)",
            "type": "reseller",
            "domain": "formula.com",
            "employees": 3,
            "tag_ids": [tag],
            "company_revenue": 123_456,
            "external_id": "-7"
        }),
        json!({"name": "'=quoted", "type": "technology", "description": huge, "regions": ["Korea, \
            Republic of", "EU"],
            "languages": ["de-CH"], "services": ["@home", "b"]}),
        json!({
            "name": "株式会社",
            "type": "channel",
            "status": "active",
            "stage": "signed",
            "services": ["[x]"]
        }),
    ] {
        org.owner.post("/v1/partners", partner).await.expect(201);
    }
    org
}

#[tokio::test]
async fn a_table_holds_what_was_asked_for() {
    let org = filled().await;
    let some = json!({
        "object": "partner",
        "format": "csv",
        "columns": ["name", "employees", "tag_ids", "four_c_breakdown.capacity"],
        "filter": {"op": "eq", "field": "domain", "value": "formula.com"}
    });
    let (job, file) = org.owner.export(some).await;
    assert_eq!(
        table(file.bytes.clone()),
        "name,employees,tag_ids,four_c_breakdown.capacity\r\n'=SUM(A1),3,\"[\"\"Cloud, \
            hosted\"\"]\",\r\n"
    );
    assert_eq!(file.header("content-type"), "text/csv; charset=utf-8");
    assert!(file.header("content-disposition").contains(".csv"));
    assert_eq!((&job["progress"]["total"], &job["progress"]["done"]), (&json!(1), &json!(1)));
    assert!(
        job["result"]["download_url"]
            .as_str()
            .unwrap()
            .ends_with(&format!("/v1/jobs/{}/result", job["id"].as_str().unwrap()))
    );

    let (_, file) = org.owner.export(json!({"object": "partner", "format": "csv"})).await;
    let all = table(file.bytes);
    let header = all.lines().next().unwrap();
    assert!(
        header.starts_with("id,name,domain,")
            && header.contains(",four_c_breakdown.capacity,")
            && header.contains(",company_revenue (minor),"),
        "{header}"
    );
    let (_, file) = org.owner.export(json!({"object": "partner", "format": "jsonl"})).await;
    assert_eq!(file.header("content-type"), "application/jsonl");
    let rows: Vec<Value> =
        text(file.bytes).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let rows: Vec<&Value> = rows.iter().filter(|row| row["name"] == "=SUM(A1)").collect();
    assert_eq!(
        (rows.len(), &rows[0]["tag_ids"], &rows[0]["industry"]),
        (1, &json!(["Cloud, hosted"]), &Value::Null)
    );
}

/// Everything of every partner that an import could change, and how often it was written.
async fn state(client: &Client) -> Vec<Value> {
    let mut all = Vec::new();
    for partner in client.all("/v1/partners").await {
        all.push(
            client
                .get(&format!("/v1/partners/{}", partner["id"].as_str().unwrap()))
                .await
                .expect(200)
                .body,
        );
    }
    all
}

#[tokio::test]
async fn an_export_imported_again_changes_nothing() {
    let org = filled().await;
    let partner = org.owner.partner("=SUM(A1)").await;
    let contact = json!({
        "partner_id": partner["id"],
        "name": "+Ann",
        "email": "ann@acme.com",
        "phone": "+41443334455",
        "notes": "-\n=x"
    });
    org.owner.post("/v1/contacts", contact).await.expect(201);
    let before = state(&org.owner).await;
    let told = org
        .owner
        .count_events("partner.created,partner.updated,tag.created,contact.created,contact.updated")
        .await;
    for format in ["csv", "jsonl"] {
        let (_, file) = org.owner.export(json!({"object": "partner", "format": format})).await;
        let done = org.owner.import(file.bytes, json!({"object": "partner"})).await;
        assert_eq!(done.tally(), [3, 3, 0, 0], "{format}: {:#?}", done.items);
        assert_eq!(state(&org.owner).await, before, "{format}");
        let (_, file) = org.owner.export(json!({"object": "contact", "format": format})).await;
        let done = org.owner.import(file.bytes, json!({"object": "contact"})).await;
        assert_eq!(done.tally(), [1, 1, 0, 0], "{format}: {:#?}", done.items);
        assert_eq!(done.warnings(0), Vec::<&str>::new());
    }
    let after = org
        .owner
        .count_events("partner.created,partner.updated,tag.created,contact.created,contact.updated")
        .await;
    assert_eq!((after, state(&org.owner).await), (told, before));
}

#[tokio::test]
async fn amounts_come_back_to_the_cent() {
    let org = Organization::new().await;
    let acme = json!({"name": "Acme", "type": "reseller", "company_revenue": 123_456_789,
        "annual_revenue_target": 1});
    let acme = org.owner.post("/v1/partners", acme).await.expect(201);
    let deal = json!({"partner_id": acme.id(), "name": "Deal", "account_name": "Home Office",
        "value": 1_234_501, "external_id": "1"});
    org.owner.post("/v1/deals", deal).await.expect(201);
    for object in ["partner", "deal"] {
        let (_, file) = org.owner.export(json!({"object": object, "format": "csv"})).await;
        let list = format!("/v1/{object}s");
        let before = org.owner.all(&list).await;
        // Also by a client that says `major` to every file.
        for options in [json!({"object": object}), json!({"object": object, "money_unit": "major"})]
        {
            let done = org.owner.import(file.bytes.clone(), options).await;
            assert_eq!(done.tally(), [1, 1, 0, 0], "{:#?}", done.items);
            assert_eq!(done.warnings(0), Vec::<&str>::new());
            assert_eq!(org.owner.all(&list).await, before);
        }
    }
}

#[tokio::test]
async fn contacts_have_a_table_of_their_own() {
    let org = filled().await;
    let partner = org.owner.partner("株式会社").await;
    for (name, email) in [("Ann", "ann@acme.com"), ("Bob", "bob@globex.com")] {
        let contact = json!({"partner_id": partner["id"], "name": name, "email": email});
        org.owner.post("/v1/contacts", contact).await.expect(201);
    }
    let some = json!({"object": "contact", "format": "csv", "columns": ["name", "partner_id"],
        "filter": {"op": "eq", "field": "email", "value": "bob@globex.com"}});
    let (_, file) = org.owner.export(some).await;
    assert_eq!(
        table(file.bytes),
        format!("name,partner_id\r\nBob,{}\r\n", partner["id"].as_str().unwrap())
    );
}

#[tokio::test]
async fn what_is_wrong_with_a_request_is_said_at_once() {
    let org = Organization::new().await;
    let wrong = json!({"object": "partner", "format": "csv", "columns": ["name", "nmae"],
        "filter": {"op": "eq", "field": "nope", "value": 1}});
    let faults =
        org.owner.post("/v1/exports", wrong).await.problem(422, "validation_failed").faults();
    assert_eq!(faults["#/columns/1"], "invalid_choice");
    assert!(faults.keys().any(|place| place.starts_with("#/filter")), "{faults:#?}");
    let wrong = json!({
        "object": "partner",
        "format": "csv",
        "filter": {"op": "eq", "field": "nope", "value": 1}
    });
    org.owner.post("/v1/exports", wrong).await.problem(422, "invalid_filter");
    let (job, file) =
        org.member("viewer").await.export(json!({"object": "contact", "format": "jsonl"})).await;
    assert_eq!((file.bytes.len(), &job["progress"]["total"]), (0, &json!(0)));
}

#[tokio::test]
async fn only_who_asked_for_a_file_and_admins_fetch_it_and_for_a_day() {
    use diesel::prelude::*;
    use diesel_async::RunQueryDsl;
    use domain::schema::jobs;

    let org = filled().await;
    let blind = org.key(&["exports:write", "jobs:read", "partners:read"]).await;
    for (object, scope) in [("contact", "contacts:read"), ("deal", "deals:read")] {
        let refused = blind.post("/v1/exports", json!({"object": object, "format": "csv"})).await;
        let refused = refused.problem(403, "insufficient_scope");
        assert_eq!(refused.body["meta"]["required_scope"], scope);
    }
    let key = org.key(&["exports:write", "jobs:read", "partners:read"]).await;
    let (job, _) =
        key.export(json!({"object": "partner", "format": "csv", "columns": ["name"]})).await;
    let path = format!("/v1/jobs/{}/result", job["id"].as_str().unwrap());
    org.owner.get(&path).await.expect(200);
    org.member("admin").await.get(&path).await.expect(200);
    org.member("member").await.get(&path).await.problem(404, "not_found");
    org.key(&["jobs:read"]).await.get(&path).await.problem(404, "not_found");
    Organization::new().await.owner.get(&path).await.problem(404, "not_found");

    let id: domain::ids::JobId = job["id"].as_str().unwrap().parse().unwrap();
    let yesterday =
        domain::timestamp::Timestamp(chrono::Utc::now() - chrono::TimeDelta::seconds(1));
    let result = json!({"download_url": format!("/v1/jobs/{id}/result"), "expires_at": yesterday});
    org.in_database(async |tx| {
        let change = jobs::result.eq(Some(result.clone()));
        Ok(diesel::update(jobs::table.filter(jobs::id.eq(id)))
            .set(change)
            .execute(&mut tx.conn())
            .await?)
    })
    .await;
    key.get(&path).await.problem(410, "job_expired");
    key.get(&format!("/v1/jobs/{id}")).await.expect(200);
}
