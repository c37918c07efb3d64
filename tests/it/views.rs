//! Saved views.

use harness::{Client, Organization};
use serde_json::{Value, json};

async fn partner(client: &Client, name: &str, more: Value) -> String {
    let mut body = json!({"name": name, "type": "reseller", "status": "active"});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    client.post("/v1/partners", body).await.expect(201).id().to_owned()
}

async fn view(client: &Client, body: Value) -> String {
    client.post("/v1/views", body).await.expect(201).id().to_owned()
}

fn names(rows: &[Value]) -> Vec<&str> {
    rows.iter().map(|row| row["name"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_view_is_saved_changed_and_deleted() {
    let org = Organization::new().await;
    let body = json!({
        "name": " Big ones ",
        "object": "partner",
        "filter": {"op": "gte", "field": "employees", "value": 100},
        "sort": ["-employees"],
        "columns": ["name", "employees"]
    });
    let made = org.owner.post("/v1/views", body.clone()).await.expect(201);
    let me = org.owner.get("/v1/me").await.expect(200);
    assert_eq!(made.body["name"], "Big ones");
    assert_eq!(
        (&made.body["visibility"], &made.body["is_default"]),
        (&json!("private"), &json!(false))
    );
    assert_eq!(
        (&made.body["warnings"], &made.body["owner_id"]),
        (&json!([]), &me.body["member"]["id"])
    );
    let path = made.header("location").to_owned();
    org.owner
        .post("/v1/views", json!({"name": "Big ones", "object": "contact"}))
        .await
        .problem(409, "view_name_taken");

    let same = org.owner.patch(&path, json!({"name": "Big ones"})).await.expect(200);
    assert_eq!((same.version(), same.header("etag")), (1, "\"1\""));
    let changed = org
        .owner
        .patch(&path, json!({"filter": null, "visibility": "organization"}))
        .await
        .expect(200);
    assert_eq!(
        (changed.version(), &changed.body["filter"], &changed.body["sort"]),
        (2, &json!(null), &json!(["-employees"]))
    );
    org.owner
        .with("if-match", "\"1\"")
        .patch(&path, json!({"q": "x"}))
        .await
        .problem(412, "version_mismatch");
    org.owner.with("if-match", "\"1\"").delete(&path).await.problem(412, "version_mismatch");
    org.owner.delete(&path).await.expect(204);
    org.owner.delete(&path).await.problem(404, "not_found");

    let kinds: Vec<Value> =
        org.owner.all("/v1/events?types=view.created,view.updated,view.deleted").await;
    assert_eq!(
        kinds.iter().map(|e| e["type"].as_str().unwrap()).collect::<Vec<_>>(),
        ["view.created", "view.updated", "view.deleted"]
    );
    assert_eq!(
        kinds[1]["data"]["changes"]["visibility"],
        json!({"from": "private", "to": "organization"})
    );
}

#[tokio::test]
async fn what_a_view_names_must_be_a_field() {
    let org = Organization::new().await;
    let wrong = json!({
        "name": "x",
        "object": "contact",
        "filter": {"op": "eq", "field": "tier", "value": "gold"}
    });
    let refused = org.owner.post("/v1/views", wrong).await.problem(422, "invalid_filter");
    assert_eq!(refused.faults()["#/filter/field"], "invalid_filter");
    let wrong = json!({
        "name": "x",
        "object": "contact",
        "sort": ["-revenue"],
        "columns": ["name", "nmae"],
        "filter": {"op": "eq", "field": "tier", "value": "gold"}
    });
    let refused = org.owner.post("/v1/views", wrong).await.problem(422, "validation_failed");
    assert_eq!(refused.faults()["#/columns/1"], "invalid_choice");
    assert_eq!(refused.faults()["#/sort/0"], "invalid_choice");
    let twice = json!({"name": "x", "object": "contact", "columns": ["name", "name"]});
    let refused = org.owner.post("/v1/views", twice).await.problem(422, "validation_failed");
    assert_eq!(refused.faults()["#/columns/1"], "duplicate_item");
    let id = view(&org.owner, json!({"name": "x", "object": "contact", "sort": ["email"]})).await;
    let other = org
        .owner
        .patch(&format!("/v1/views/{id}"), json!({"object": "partner"}))
        .await
        .problem(422, "validation_failed");
    assert_eq!(other.faults()["#/sort/0"], "invalid_choice");
}

#[tokio::test]
async fn private_views_are_their_owners_alone() {
    let org = Organization::new().await;
    let (viewer, member, admin) =
        (org.member("viewer").await, org.member("member").await, org.member("admin").await);
    let (key, reader) =
        (org.key(&["views:write", "partners:read"]).await, org.key(&["events:read"]).await);
    let body = json!({"name": "Mine", "object": "partner"});
    let id = view(&viewer, body.clone()).await;
    let path = format!("/v1/views/{id}");
    for other in [&member, &admin, &org.owner, &key] {
        other.get(&path).await.problem(404, "not_found");
        other.patch(&path, json!({"name": "Yours"})).await.problem(404, "not_found");
        other.delete(&path).await.problem(404, "not_found");
        assert!(other.all("/v1/views").await.is_empty());
        let refused = other
            .get(&format!("/v1/partners?view_id={id}"))
            .await
            .problem(422, "validation_failed");
        assert_eq!(refused.faults()["view_id"], "not_found_reference");
    }
    admin.put(&format!("{path}/default"), Value::Null).await.problem(404, "not_found");
    // Nor do others hear of it.
    viewer.patch(&path, json!({"q": "acme"})).await.expect(200);
    let hears =
        async |client: &Client| client.all(&format!("/v1/events?subject_id={id}")).await.len();
    assert_eq!((hears(&viewer).await, hears(&admin).await, hears(&reader).await), (2, 0, 0));

    // Sharing needs the role `member`, and what is shared can be changed by its owner and admins.
    viewer
        .patch(&path, json!({"visibility": "organization"}))
        .await
        .problem(403, "insufficient_role");
    viewer
        .post(
            "/v1/views",
            json!({"name": "Ours", "object": "partner", "visibility": "organization"}),
        )
        .await
        .problem(403, "insufficient_role");
    let shared =
        view(&member, json!({"name": "Mine", "object": "partner", "visibility": "organization"}))
            .await;
    let path = format!("/v1/views/{shared}");
    viewer.get(&path).await.expect(200);
    viewer.patch(&path, json!({"name": "x"})).await.problem(403, "not_view_owner");
    key.delete(&path).await.problem(403, "not_view_owner");
    admin.patch(&path, json!({"name": "Renamed"})).await.expect(200);
    assert_eq!(names(&viewer.all("/v1/views").await), ["Mine", "Renamed"]);
    assert_eq!(names(&viewer.all("/v1/views?visibility=organization&limit=1").await), ["Renamed"]);
    assert!(viewer.all("/v1/views?object=contact").await.is_empty());

    // The views of a key are always shared.
    let refused = key
        .post("/v1/views", json!({"name": "k", "object": "partner", "visibility": "private"}))
        .await;
    assert_eq!(
        refused.problem(422, "validation_failed").faults()["#/visibility"],
        "invalid_choice"
    );
    let of_key = key.post("/v1/views", json!({"name": "k", "object": "partner"})).await.expect(201);
    assert_eq!(of_key.body["visibility"], "organization");
    assert!(of_key.body["owner_id"].as_str().unwrap().starts_with("key_"));
    let path = format!("/v1/views/{}", of_key.id());
    let refused = admin
        .patch(&path, json!({"visibility": "private"}))
        .await
        .problem(422, "validation_failed");
    assert_eq!(refused.faults()["#/visibility"], "invalid_choice");
}

#[tokio::test]
async fn everybody_has_one_default_for_each_object() {
    let org = Organization::new().await;
    let (member, member_id) = org.person("member").await;
    let shared = json!({"name": "One", "object": "partner", "visibility": "organization"});
    let one = view(&org.owner, shared).await;
    let two = view(&member, json!({"name": "Two", "object": "partner"})).await;
    let people = view(&member, json!({"name": "People", "object": "contact"})).await;
    for id in [&one, &two, &people] {
        let set = member.put(&format!("/v1/views/{id}/default"), Value::Null).await.expect(200);
        assert_eq!((&set.body["is_default"], set.version()), (&json!(true), 1));
    }
    org.owner.put(&format!("/v1/views/{one}/default"), Value::Null).await.expect(200);
    let defaults = async |client: &Client| {
        let all = client.all("/v1/views").await;
        let own: Vec<String> = all
            .iter()
            .filter(|v| v["is_default"] == true)
            .map(|v| v["name"].as_str().unwrap().to_owned())
            .collect();
        own
    };
    assert_eq!(defaults(&member).await, ["Two", "People"]);
    assert_eq!(defaults(&org.owner).await, ["One"]);
    for _ in 0..2 {
        let unset = member.delete(&format!("/v1/views/{two}/default")).await.expect(200);
        assert_eq!(unset.body["is_default"], false);
    }
    // A view that becomes private falls as the default of others.
    member.put(&format!("/v1/views/{one}/default"), Value::Null).await.expect(200);
    org.owner
        .patch(&format!("/v1/views/{one}"), json!({"visibility": "private"}))
        .await
        .expect(200);
    org.owner
        .patch(&format!("/v1/views/{one}"), json!({"visibility": "organization"}))
        .await
        .expect(200);
    assert_eq!(defaults(&member).await, ["People"]);
    assert_eq!(defaults(&org.owner).await, ["One"]);
    member.delete(&format!("/v1/views/{people}")).await.expect(204);
    assert!(defaults(&member).await.is_empty());
    // Who leaves takes the private views along; shared ones stay.
    let left =
        view(&member, json!({"name": "Left", "object": "partner", "visibility": "organization"}))
            .await;
    org.owner.delete(&format!("/v1/members/{member_id}")).await.expect(204);
    assert_eq!(
        org.owner.get(&format!("/v1/views/{left}")).await.expect(200).body["owner_id"],
        member_id
    );
}

#[tokio::test]
async fn a_view_runs_wherever_partners_are_chosen() {
    let org = Organization::new().await;
    for (name, employees, kind) in [
        ("Acme", 50, "reseller"),
        ("Bolt", 500, "reseller"),
        ("Cord", 300, "referral"),
        ("Dash", 400, "reseller"),
    ] {
        partner(&org.owner, name, json!({"employees": employees, "type": kind})).await;
    }
    let id = view(
        &org.owner,
        json!({
            "name": "Big",
            "object": "partner",
            "sort": ["-employees"],
            "filter": {"op": "gte", "field": "employees", "value": 100},
            "columns": ["name", "employees"]
        }),
    )
    .await;
    let found = org.owner.all(&format!("/v1/partners?view_id={id}&limit=1")).await;
    assert_eq!(names(&found), ["Bolt", "Dash", "Cord"], "its filter and its sort, page by page");
    let found =
        org.owner.all(&format!("/v1/partners?view_id={id}&type=reseller&sort=name&limit=1")).await;
    assert_eq!(
        names(&found),
        ["Bolt", "Dash"],
        "ANDed with other conditions; a sort that is given holds"
    );

    let query = json!({"view_id": id, "limit": 1, "include": ["total_count"]});
    let page = org.owner.post("/v1/partners/query", query).await.expect(200);
    assert_eq!(
        (names(page.body["data"].as_array().unwrap()), &page.body["total_count"]),
        (vec!["Bolt"], &json!(3))
    );
    let cursor = page.body["next_cursor"].clone();
    let next = org
        .owner
        .post("/v1/partners/query", json!({"view_id": id, "cursor": cursor}))
        .await
        .expect(200);
    assert_eq!(names(next.body["data"].as_array().unwrap()), ["Dash", "Cord"]);
    for other in
        [json!({"cursor": cursor}), json!({"view_id": id, "sort": ["name"], "cursor": cursor})]
    {
        org.owner.post("/v1/partners/query", other).await.problem(400, "invalid_cursor");
    }
    let sums =
        json!({"view_id": id, "metrics": [{"op": "count"}, {"op": "sum", "field": "employees"}]});
    let sums = org.owner.post("/v1/partners/aggregate", sums).await.expect(200);
    assert_eq!(sums.body["groups"][0]["values"], json!({"count": 3, "sum_employees": 1200}));

    // An export takes filter and columns of the view; columns that are given hold.
    let (_, file) =
        org.owner.export(json!({"object": "partner", "format": "csv", "view_id": id})).await;
    assert_eq!(
        String::from_utf8(file.bytes).unwrap(),
        "\u{feff}name,employees\r\nBolt,500\r\nCord,300\r\nDash,400\r\n"
    );
    let own = json!({"object": "partner", "format": "csv", "view_id": id, "columns": ["name"],
        "filter": {"op": "eq", "field": "type", "value": "referral"}});
    let (_, file) = org.owner.export(own).await;
    assert_eq!(String::from_utf8(file.bytes).unwrap(), "\u{feff}name\r\nCord\r\n");

    // Search of the view and search of the request must both be found.
    let searching = view(&org.owner, json!({"name": "Bo", "object": "partner", "q": "bo"})).await;
    assert_eq!(names(&org.owner.all(&format!("/v1/partners?view_id={searching}")).await), ["Bolt"]);
    assert!(org.owner.all(&format!("/v1/partners?view_id={searching}&q=dash")).await.is_empty());

    // A view of other things, one of another organization, one that never was.
    let people = view(&org.owner, json!({"name": "People", "object": "contact"})).await;
    let other = Organization::new().await;
    let foreign =
        view(&other.owner, json!({"name": "x", "object": "partner", "visibility": "organization"}))
            .await;
    for unknown in [&people, &foreign] {
        let refused = org
            .owner
            .get(&format!("/v1/partners?view_id={unknown}"))
            .await
            .problem(422, "validation_failed");
        assert_eq!(refused.faults()["view_id"], "not_found_reference");
        for path in ["/v1/partners/query", "/v1/partners/aggregate"] {
            let refused = org
                .owner
                .post(path, json!({"view_id": unknown}))
                .await
                .problem(422, "validation_failed");
            assert_eq!(refused.faults()["#/view_id"], "not_found_reference");
        }
        let export = json!({"object": "partner", "format": "csv", "view_id": unknown});
        let refused = org.owner.post("/v1/exports", export).await.problem(422, "validation_failed");
        assert_eq!(refused.faults()["#/view_id"], "not_found_reference");
    }
    org.owner.get("/v1/partners?view_id=nonsense").await.problem(400, "invalid_parameter");
    org.owner.get("/v1/tags?view_id=x").await.problem(400, "invalid_parameter");
}

#[tokio::test]
async fn a_view_runs_on_contacts_in_the_order_of_their_list() {
    let org = Organization::new().await;
    let acme = partner(&org.owner, "Acme", json!({})).await;
    for name in ["Cleo", "Ann", "Bob"] {
        org.owner
            .post("/v1/contacts", json!({"partner_id": acme, "name": name, "title": "CTO"}))
            .await
            .expect(201);
    }
    let filter = json!({"op": "ne", "field": "name", "value": "bob"});
    let id = view(&org.owner, json!({"name": "x", "object": "contact", "filter": filter})).await;
    let found = org.owner.all(&format!("/v1/contacts?view_id={id}&limit=1")).await;
    assert_eq!(names(&found), ["Ann", "Cleo"]);
    let found = org.owner.all(&format!("/v1/contacts?view_id={id}&sort=-name")).await;
    assert_eq!(names(&found), ["Cleo", "Ann"]);
}

#[tokio::test]
async fn what_has_vanished_is_said_and_equals_nothing() {
    let org = Organization::new().await;
    let tag = async |name: &str| {
        let body = json!({"category": "services", "name": name});
        org.owner.post("/v1/tags", body).await.expect(201).id().to_owned()
    };
    let (stays, goes) = (tag("stays").await, tag("goes").await);
    let (_, manager) = org.person("member").await;
    partner(&org.owner, "Acme", json!({"tag_ids": [stays, goes], "partner_manager_id": manager}))
        .await;
    partner(&org.owner, "Bolt", json!({})).await;
    let leaf = |op: &str, tag: &str| json!({"op": op, "field": "tag_ids", "value": [tag]});
    let tier = json!({"key": "diamond", "name": "Diamond", "rank": 9});
    org.owner.post("/v1/tiers", tier).await.expect(201);
    let not = |filter: Value| json!({"op": "not", "filters": [filter]});
    let of =
        |op: &str, field: &str, value: Value| json!({"op": op, "field": field, "value": value});
    let both = ["Acme", "Bolt"];
    let mut views = Vec::new();
    for (i, (filter, found)) in [
        (leaf("any", &goes), &[][..]),
        (leaf("none", &goes), &both[..]),
        (not(leaf("any", &goes)), &both[..]),
        (of("any", "tag_ids", json!([goes, stays])), &both[..1]),
        (of("all", "tag_ids", json!([goes, stays])), &[][..]),
        (of("none", "tag_ids", json!([goes, stays])), &both[1..]),
        (of("eq", "tag_ids", json!([goes])), &[][..]),
        (of("ne", "tag_ids", json!([goes])), &both[..]),
        (of("ne", "partner_manager_id", json!(manager)), &both[..]),
        (of("not_in", "partner_manager_id", json!([manager])), &both[..]),
        (of("eq", "partner_manager_id", json!(manager)), &[][..]),
        (of("ne", "tier", json!("diamond")), &both[..]),
        (of("not_in", "tier", json!(["diamond"])), &both[..]),
        (of("in", "tier", json!(["diamond", "registered"])), &both[..]),
        (of("gte", "tier", json!("diamond")), &[][..]),
        (not(of("gte", "tier", json!("diamond"))), &both[..]),
    ]
    .into_iter()
    .enumerate()
    {
        let body = json!({"name": format!("v{i}"), "object": "partner", "filter": filter});
        views.push((view(&org.owner, body).await, filter, found));
    }
    let mixed = json!({"op": "or", "filters": [leaf("none", &goes), leaf("any", &stays)]});
    let mixed =
        view(&org.owner, json!({"name": "mixed", "object": "partner", "filter": mixed})).await;
    assert_eq!(org.owner.all(&format!("/v1/partners?view_id={}", views[1].0)).await.len(), 1);
    assert_eq!(
        org.owner.get(&format!("/v1/views/{mixed}")).await.expect(200).body["warnings"],
        json!([])
    );

    org.owner.delete(&format!("/v1/tags/{goes}")).await.expect(204);
    org.owner.delete(&format!("/v1/members/{manager}")).await.expect(204);
    org.owner.delete("/v1/tiers/diamond").await.expect(204);
    for (id, filter, expected) in &views {
        let found = org.owner.all(&format!("/v1/partners?view_id={id}&sort=name")).await;
        assert_eq!(names(&found), *expected, "{filter}");
        // The same asked for without a view, exported, and selected for a job.
        let asked = json!({"filter": filter, "sort": ["name"]});
        let asked = org.owner.post("/v1/partners/query", asked).await.expect(200).body;
        assert_eq!(names(asked["data"].as_array().unwrap()), *expected, "{filter}");
        let export = json!({"object": "partner", "format": "jsonl", "view_id": id});
        let (_, file) = org.owner.export(export).await;
        let lines = String::from_utf8(file.bytes).unwrap();
        assert_eq!(lines.lines().count(), expected.len(), "{filter}");
        let job = json!({"view_id": id, "dry_run": true});
        let job = org.owner.post("/v1/tier-evaluations", job).await.expect(202);
        assert_eq!(org.owner.wait(job.id()).await.items.len(), expected.len(), "{filter}");
        let view = org.owner.get(&format!("/v1/views/{id}")).await.expect(200);
        assert_eq!(view.body["warnings"][0]["code"], "not_found_reference");
        assert_eq!(view.version(), 1, "the view itself is as it was");
    }
    let found = org.owner.all(&format!("/v1/partners?view_id={mixed}&sort=name")).await;
    assert_eq!(names(&found), both, "nobody has what is gone");
    let view = org.owner.get(&format!("/v1/views/{mixed}")).await.expect(200);
    assert_eq!(
        view.body["warnings"],
        json!([{"pointer": "#/filter/filters/0/value", "code": "not_found_reference"}])
    );
}

#[tokio::test]
async fn a_view_of_deals_runs_on_the_list_of_deals() {
    let org = Organization::new().await;
    let partner = org
        .owner
        .post("/v1/partners", json!({"name": "Acme", "type": "reseller"}))
        .await
        .expect(201);
    for (name, value) in [("Small", 1), ("Large", 1000)] {
        let deal =
            json!({"partner_id": partner.id(), "name": name, "account_name": name, "value": value});
        org.owner.post("/v1/deals", deal).await.expect(201);
    }
    let view = json!({
        "name": "Large deals",
        "object": "deal",
        "filter": {"op": "gte", "field": "value", "value": 500}
    });
    let view = org.owner.post("/v1/views", view).await.expect(201);
    let found = org.owner.all(&format!("/v1/deals?view_id={}", view.id())).await;
    assert_eq!(
        found.iter().map(|deal| deal["name"].as_str().unwrap()).collect::<Vec<_>>(),
        ["Large"]
    );
    let wrong = org
        .owner
        .get(&format!("/v1/partners?view_id={}", view.id()))
        .await
        .problem(422, "validation_failed");
    assert_eq!(wrong.faults()["view_id"], "not_found_reference");
}
