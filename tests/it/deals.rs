//! Deals.

use harness::{Client, Organization, unique};
use serde_json::{Value, json};

async fn partner(client: &Client, name: &str) -> String {
    client
        .post("/v1/partners", json!({"name": name, "type": "reseller"}))
        .await
        .expect(201)
        .id()
        .to_owned()
}

/// What a new deal needs, with these values on top.
fn deal(partner: &str, values: Value) -> Value {
    let mut body =
        json!({"partner_id": partner, "name": "Rollout", "account_name": unique("Account")});
    body.as_object_mut().unwrap().extend(values.as_object().unwrap().clone());
    body
}

async fn read(client: &Client, partner: &str) -> Value {
    client.get(&format!("/v1/partners/{partner}")).await.expect(200).body
}

#[tokio::test]
async fn a_deal_goes_from_submission_to_won_and_the_partner_with_it() {
    let org = Organization::new().await;
    let id = partner(&org.owner, "Acme").await;
    let key = org.key(&["deals:write"]).await;
    let made = key
        .post("/v1/deals", deal(&id, json!({"value": 4_000_000, "motion": "product"})))
        .await
        .expect(201);
    assert_eq!(
        (made.body["status"].as_str(), made.body["currency"].as_str()),
        (Some("submitted"), Some("USD"))
    );
    let path = format!("/v1/deals/{}", made.id());
    assert_eq!(made.header("location"), path);
    let reviewed = key.patch(&path, json!({"status": "under_review"})).await.expect(200);
    assert_eq!((reviewed.version(), reviewed.header("etag")), (2, "\"2\""));
    org.owner
        .with("if-match", "\"1\"")
        .patch(&path, json!({"name": "x"}))
        .await
        .problem(412, "version_mismatch");

    let approved = org
        .owner
        .post(&format!("{path}/approval"), json!({"expires_on": "2999-03-31"}))
        .await
        .expect(200);
    assert_eq!(
        (&approved.body["expires_on"], &approved.body["decided_by"]["type"]),
        (&json!("2999-03-31"), &json!("user"))
    );
    let now = read(&org.owner, &id).await;
    assert_eq!(
        (&now["pipeline"], &now["active_deals"], &now["revenue"]),
        (&json!(4_000_000), &json!(1), &json!(0))
    );
    let won = org
        .owner
        .patch(&path, json!({"status": "won", "closed_on": "2999-01-01"}))
        .await
        .expect(200);
    let now = read(&org.owner, &id).await;
    for (field, value) in [
        ("pipeline", 0),
        ("active_deals", 0),
        ("revenue", 4_000_000),
        ("product_revenue", 4_000_000),
        ("closed_deals", 1),
        ("customers", 1),
    ] {
        assert_eq!(now[field], value, "{field}");
    }
    let same =
        org.owner.patch(&path, json!({"status": "won", "value": 4_000_000})).await.expect(200);
    assert_eq!(same.version(), won.version());

    org.owner.delete(&path).await.expect(204);
    org.owner.delete(&path).await.problem(404, "not_found");
    org.owner.get(&path).await.problem(404, "not_found");
    assert_eq!(read(&org.owner, &id).await["revenue"], 0);
    let back = org.owner.post(&format!("{path}/restoration"), json!({})).await.expect(200);
    assert_eq!(
        (back.body["deleted_at"].is_null(), &read(&org.owner, &id).await["revenue"]),
        (true, &json!(4_000_000))
    );
}

/// Every pair of the table in docs/deals.md#statuses, by PATCH.
#[tokio::test]
async fn the_life_cycle_is_the_table() {
    let org = Organization::new().await;
    let id = partner(&org.owner, "Acme").await;
    let all = ["submitted", "under_review", "approved", "rejected", "won", "lost"];
    let may = |from: &str, to: &str| match to {
        "submitted" => from == "under_review",
        "under_review" => ["submitted", "rejected"].contains(&from),
        "approved" => ["submitted", "under_review", "won", "lost"].contains(&from),
        "rejected" => ["submitted", "under_review", "approved"].contains(&from),
        "won" | "lost" => from != "rejected",
        _ => false,
    };
    for from in all {
        for to in all.into_iter().chain(["expired"]) {
            let closing = |status: &str| {
                if matches!(status, "won" | "lost") { json!("2999-01-01") } else { Value::Null }
            };
            let body = deal(&id, json!({"status": from, "closed_on": closing(from)}));
            let made = org.owner.post("/v1/deals", body).await.expect(201);
            let path = format!("/v1/deals/{}", made.id());
            let mut change = json!({"status": to});
            if !closing(to).is_null() {
                change["closed_on"] = closing(to);
            }
            let answer = org.owner.patch(&path, change).await;
            if from == to || may(from, to) {
                let after = answer.expect(200);
                assert_eq!(
                    (&after.body["status"], after.version()),
                    (&json!(to), if from == to { 1 } else { 2 }),
                    "{from} {to}"
                );
                assert_eq!(after.body["closed_on"], closing(to), "{from} {to}");
                assert!(to != "approved" || after.body["expires_on"].is_string());
            } else {
                let refused = answer.problem(409, "invalid_transition");
                assert_eq!(
                    (&refused.body["meta"]["from"], &refused.body["meta"]["to"]),
                    (&json!(from), &json!(to))
                );
            }
        }
    }
    let approved = org.owner.post("/v1/deals", deal(&id, json!({}))).await.expect(201);
    let path = format!("/v1/deals/{}", approved.id());
    org.owner.post(&format!("{path}/approval"), json!({})).await.problem(409, "invalid_transition");
    let rejected =
        org.owner.post(&format!("{path}/rejection"), json!({"reason": "Ours"})).await.expect(200);
    assert_eq!(rejected.body["rejection_reason"], "Ours");
    org.owner
        .post(&format!("{path}/rejection"), json!({}))
        .await
        .problem(409, "invalid_transition");
}

#[tokio::test]
async fn what_is_wrong_is_said_with_its_place() {
    let org = Organization::new().await;
    let id = partner(&org.owner, "Acme").await;
    let foreign = partner(&Organization::new().await.owner, "Foreign").await;
    for (values, place, code) in [
        (json!({"partner_id": foreign}), "#/partner_id", "not_found_reference"),
        (
            json!({"owner_id": "mem_01kb1q3x5se7wtc2gnh2avw0fd"}),
            "#/owner_id",
            "not_found_reference",
        ),
        (json!({"value": -1}), "#/value", "out_of_range"),
        (json!({"value": 9_007_199_254_740_992_i64}), "#/value", "out_of_range"),
        (json!({"value": 1.5}), "#/value", "wrong_type"),
        (json!({"name": " "}), "#/name", "too_short"),
        (json!({"name": "x".repeat(301)}), "#/name", "too_long"),
        (json!({"account_domain": "nonsense"}), "#/account_domain", "invalid_domain"),
        (json!({"status": "expired"}), "#/status", "invalid_choice"),
        (json!({"status": "open"}), "#/status", "invalid_choice"),
        (json!({"status": null}), "#/status", "not_nullable"),
        (json!({"status": "won"}), "#/closed_on", "closed_on_required"),
        (json!({"status": "lost", "closed_on": "2020-01-01"}), "#/closed_on", "invalid_date_order"),
        (json!({"closed_on": "2999-01-01"}), "#/closed_on", "not_applicable"),
        (json!({"lost_reason": "x"}), "#/lost_reason", "not_applicable"),
        (json!({"rejection_reason": "x"}), "#/rejection_reason", "not_applicable"),
        (json!({"expires_on": "2020-01-01"}), "#/expires_on", "invalid_date_order"),
        (json!({"registered_on": "2026-02-30"}), "#/registered_on", "invalid_format"),
        (json!({"currency": "USD"}), "#/currency", "read_only_field"),
        (json!({"decided_at": "2026-11-22T00:00:00Z"}), "#/decided_at", "read_only_field"),
        (json!({"acount_domain": "x.com"}), "#/acount_domain", "unknown_field"),
    ] {
        let refused = org
            .owner
            .post("/v1/deals", deal(&id, values.clone()))
            .await
            .problem(422, "validation_failed");
        assert_eq!(refused.faults().get(place).map(String::as_str), Some(code), "{values}");
    }
    assert_eq!(org.owner.all("/v1/deals").await.len(), 0, "nothing half written");
    org.owner.post("/v1/deals", json!({})).await.problem(422, "validation_failed");

    org.owner.post("/v1/deals", deal(&id, json!({"external_id": "1"}))).await.expect(201);
    org.owner
        .post("/v1/deals", deal(&id, json!({"external_id": "1"})))
        .await
        .problem(409, "external_id_taken");
    org.owner.patch("/v1/organization", json!({"currency": "EUR"})).await.expect(200);
    org.owner.post("/v1/deals", deal(&id, json!({"value": 1}))).await.expect(201);
    org.owner
        .patch("/v1/organization", json!({"currency": "USD"}))
        .await
        .problem(409, "currency_in_use");
}

#[tokio::test]
async fn an_account_belongs_to_one_partner_unless_somebody_says_otherwise() {
    let org = Organization::new().await;
    let (one, two) = (partner(&org.owner, "One").await, partner(&org.owner, "Two").await);
    let account =
        json!({"account_name": "Home Office", "account_domain": "https://www.homeoffice.gov.uk/x"});
    let first = org.owner.post("/v1/deals", deal(&one, account.clone())).await.expect(201);
    assert_eq!(first.body["account_domain"], "homeoffice.gov.uk");
    let refused = org
        .owner
        .post("/v1/deals", deal(&two, account.clone()))
        .await
        .problem(409, "deal_conflict");
    assert_eq!(refused.body["meta"]["deal_ids"], json!([first.id()]));
    let mut body = deal(&two, account);
    body["status"] = json!("submitted");
    let second = org.owner.post("/v1/deals", body).await.expect(201);
    let path = format!("/v1/deals/{}", second.id());
    org.owner.post(&format!("{path}/approval"), json!({})).await.problem(409, "deal_conflict");
    let shown = org.owner.get(&format!("{path}/conflicts")).await.expect(200);
    let conflict = &shown.body["data"][0];
    assert_eq!((&conflict["match"], &conflict["deal"]["id"]), (&json!("same"), &json!(first.id())));
    assert_eq!(conflict["reason"], "Both accounts have the domain homeoffice.gov.uk.");
    let both = org
        .owner
        .post(&format!("{path}/approval"), json!({"allow_conflict": true}))
        .await
        .expect(200);
    assert_eq!(both.body["status"], "approved");
}

/// Every way in which a deal comes to protect an account, when the other one names it by name, by
/// domain, or both.
#[tokio::test]
async fn an_equal_domain_or_an_equal_name_is_a_conflict_whichever_each_has() {
    let org = Organization::new().await;
    let (one, two) = (partner(&org.owner, "One").await, partner(&org.owner, "Two").await);
    let pairs = [
        (
            json!({"account_name": "Globex Corp", "account_domain": "globex.com"}),
            json!({"account_name": "globex corp."}),
        ),
        (
            json!({"account_name": "Initech"}),
            json!({"account_name": "The INITECH", "account_domain": "initech.com"}),
        ),
        (
            json!({"account_name": "Umbrella", "account_domain": "umbrella.com"}),
            json!({"account_name": "Umbrella Europe", "account_domain": "www.umbrella.com"}),
        ),
        (
            json!({"account_name": "Hooli", "account_domain": "hooli.com"}),
            json!({"account_name": "Hooli", "account_domain": "hooli.xyz"}),
        ),
    ];
    for (held, wanted) in pairs {
        let first = org.owner.post("/v1/deals", deal(&one, held.clone())).await.expect(201);
        let with = |more: Value| {
            let mut values = wanted.clone();
            values.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            values
        };
        let refused = org.owner.post("/v1/deals", deal(&two, wanted.clone())).await;
        let refused = refused.problem(409, "deal_conflict");
        assert_eq!(refused.body["meta"]["deal_ids"], json!([first.id()]), "{wanted}");
        // The approval of what was registered, by action, by edit, and by reopening.
        let open = with(json!({"status": "submitted"}));
        let open = org.owner.post("/v1/deals", deal(&two, open)).await.expect(201);
        let path = format!("/v1/deals/{}", open.id());
        org.owner.post(&format!("{path}/approval"), json!({})).await.problem(409, "deal_conflict");
        let edit = json!({"status": "approved"});
        org.owner.patch(&path, edit.clone()).await.problem(409, "deal_conflict");
        org.owner
            .patch(&path, json!({"status": "won", "closed_on": "2999-01-01"}))
            .await
            .expect(200);
        org.owner.patch(&path, edit).await.problem(409, "deal_conflict");
        // The account of a deal that is approved already.
        let other = org.owner.post("/v1/deals", deal(&two, json!({}))).await.expect(201);
        let other = format!("/v1/deals/{}", other.id());
        org.owner.patch(&other, wanted.clone()).await.problem(409, "deal_conflict");
        // One that moves to another partner.
        let same = org.owner.post("/v1/deals", deal(&one, wanted.clone())).await.expect(201);
        let same = format!("/v1/deals/{}", same.id());
        let moved = org.owner.patch(&same, json!({"partner_id": two})).await;
        moved.problem(409, "deal_conflict");
        org.owner.delete(&same).await.expect(204);
        // A batch, and a file.
        let operation = json!({"action": "create", "data": deal(&two, wanted.clone())});
        let batch = org.owner.post("/v1/deals/batch", json!({"operations": [operation]})).await;
        assert_eq!(batch.expect(207).body["results"][0]["problem"]["code"], "deal_conflict");
        let row = with(json!({"name": "Rollout", "partner_id": two, "status": "approved"}));
        let mut options = json!({"object": "deal", "mapping": {"partner": "partner_name"}});
        for field in row.as_object().unwrap().keys().filter(|field| *field != "partner_id") {
            options["mapping"][field] = json!(field);
        }
        let mut row = row;
        row["partner"] = json!("Two");
        row.as_object_mut().unwrap().remove("partner_id");
        let done = org.owner.import(json!([row]).to_string(), options).await;
        assert_eq!(done.codes(), ["deal_conflict"], "{wanted}");
        let conflicts = org.owner.all(&format!("{path}/conflicts")).await;
        assert_eq!(conflicts.len(), 1);
        assert_eq!(
            (&conflicts[0]["match"], &conflicts[0]["deal"]["id"]),
            (&json!("same"), &json!(first.id()))
        );
    }
}

#[tokio::test]
async fn of_two_approvals_at_once_one_wins_whatever_each_names() {
    let org = Organization::new().await;
    let (one, two) = (partner(&org.owner, "One").await, partner(&org.owner, "Two").await);
    for round in 0..10 {
        let name = format!("Globex {round}");
        let held = json!({"account_name": name, "account_domain": format!("globex{round}.com")});
        let (first, second) = tokio::join!(
            org.owner.post("/v1/deals", deal(&one, held)),
            org.owner.post("/v1/deals", deal(&two, json!({"account_name": name})))
        );
        let mut statuses = [first.status, second.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 409]);
    }
}

#[tokio::test]
async fn accounts_that_are_nearly_the_same_are_shown_and_refuse_nothing() {
    let org = Organization::new().await;
    let (one, two) = (partner(&org.owner, "One").await, partner(&org.owner, "Two").await);
    let account = json!({"account_name": "Müller Maschinen GmbH", "account_domain": "mueller.de"});
    let own = org.owner.post("/v1/deals", deal(&one, account)).await.expect(201);
    let mut similar = Vec::new();
    for values in [
        json!({"account_name": "Mueller Maschinen AG"}),
        json!({"account_name": "Muller Maschinen"}),
        json!({"account_name": "Maschinenwelt", "account_domain": "shop.mueller.de"}),
        json!({"account_name": "Müller-Maschinen  GmbH & Co. KG"}),
    ] {
        let made = org.owner.post("/v1/deals", deal(&two, values)).await.expect(201);
        similar.push(made.id().to_owned());
    }
    org.owner.post("/v1/deals", deal(&two, json!({"account_name": "Meier"}))).await.expect(201);
    let allowed = json!({"account_name": "MÜLLER MASCHINEN GMBH", "allow_conflict": true});
    let same = org.owner.post("/v1/deals", deal(&two, allowed)).await.expect(201);
    let conflicts = org.owner.all(&format!("/v1/deals/{}/conflicts", own.id())).await;
    let shown: Vec<(&str, &str)> = conflicts
        .iter()
        .map(|one| (one["match"].as_str().unwrap(), one["deal"]["id"].as_str().unwrap()))
        .collect();
    let mut expected = vec![("same", same.id())];
    expected.extend(similar.iter().map(|id| ("similar", id.as_str())));
    assert_eq!(shown, expected, "the same ones first");
    assert!(conflicts.iter().all(|one| one["reason"].as_str().unwrap().ends_with('.')));
    // A deal keeps what it has, also when its name is mended.
    let path = format!("/v1/deals/{}", same.id());
    org.owner.patch(&path, json!({"account_name": "Müller  Maschinen GmbH"})).await.expect(200);
}

#[tokio::test]
async fn deals_are_filtered_by_their_own_fields_and_their_partners() {
    let org = Organization::new().await;
    let (gold, plain) = (partner(&org.owner, "Gold").await, partner(&org.owner, "Plain").await);
    org.owner
        .patch(&format!("/v1/partners/{gold}"), json!({"tier": "gold", "employees": 50}))
        .await
        .expect(200);
    for (partner, name, value) in [(&gold, "Alpha", 10), (&gold, "Beta", 20), (&plain, "Gamma", 30)]
    {
        let values =
            json!({"name": name, "value": value, "expected_close_on": format!("2027-01-{value}")});
        org.owner.post("/v1/deals", deal(partner, values)).await.expect(201);
    }
    let names = |rows: Vec<Value>| {
        rows.iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(
        names(org.owner.all("/v1/deals?sort=-value&limit=1").await),
        ["Gamma", "Beta", "Alpha"]
    );
    let of_partners = async |filters: Value, sort: &str| {
        let query = json!({"filter": {"op": "and", "filters": filters}, "sort": [sort]});
        let found = org.owner.post("/v1/deals/query", query).await.expect(200);
        names(found.body["data"].as_array().unwrap().clone())
    };
    let silver = json!([{"op": "gte", "field": "partner.tier", "value": "silver"}]);
    assert_eq!(of_partners(silver, "name").await, ["Alpha", "Beta"]);
    let plain_ones = json!([{"op": "contains", "field": "partner.name", "value": "LAI"},
        {"op": "gte", "field": "value", "value": 5}]);
    assert_eq!(of_partners(plain_ones, "name").await, ["Gamma"]);
    assert_eq!(
        names(
            org.owner
                .all("/v1/deals?expected_close_on_lte=2027-01-20&sort=-expected_close_on")
                .await
        ),
        ["Beta", "Alpha"]
    );
    assert_eq!(names(org.owner.all("/v1/deals?q=amm").await), ["Gamma"]);
    assert_eq!(
        names(org.owner.all(&format!("/v1/deals?partner_id={plain}&status=approved")).await),
        ["Gamma"]
    );
    let query = json!({
        "filter": {
            "op": "and",
            "filters": [
                {"op": "eq", "field": "partner.tier", "value": "gold"},
                {"op": "gt", "field": "value", "value": 10}
            ]
        },
        "include": ["total_count"]
    });
    let found = org.owner.post("/v1/deals/query", query).await.expect(200);
    assert_eq!(
        (&found.body["data"][0]["name"], &found.body["total_count"]),
        (&json!("Beta"), &json!(1))
    );
    let wrong = json!({"filter": {"op": "eq", "field": "partner.teir", "value": "gold"}});
    let refused = org.owner.post("/v1/deals/query", wrong).await.problem(422, "invalid_filter");
    assert_eq!(refused.body["errors"][0]["meta"]["did_you_mean"], "partner.tier");
    org.owner.get("/v1/deals?sort=partner.name").await.problem(400, "invalid_parameter");
    // Fields of the partner and rare operators are for filter trees.
    for query_only in ["notes_contains=x", "partner.name=x", "currency=EUR", "value_not=5"] {
        let path = format!("/v1/deals?{query_only}");
        let refused = org.owner.get(&path).await.problem(400, "invalid_parameter");
        assert!(refused.body["errors"][0]["meta"]["allowed"].as_array().unwrap().len() > 60);
    }
}

#[tokio::test]
async fn batches_have_an_outcome_for_each_row() {
    let org = Organization::new().await;
    let id = partner(&org.owner, "Acme").await;
    let upsert = |external: &str, value: i64, currency: &str| {
        json!({
            "action": "upsert",
            "match": "external_id",
            "data": deal(
                &id,
                json!({
                    "external_id": external,
                    "account_name": external,
                    "value": value,
                    "currency": currency
                })
            )
        })
    };
    let operations = json!([
        upsert("a", 1, "USD"),
        upsert("b", 2, "EUR"),
        {"action": "create", "data": {"name": "x"}},
        {"action": "update", "id": "deal_01kb1q3x5se7wtc2gnh2avw0fd", "data": {"value": 1}},
        {"action": "create", "data": deal(&id, json!({"status": "won"}))},
        upsert("a", 5, "USD"),
        {
            "action": "update",
            "match": "external_id",
            "version": 7,
            "data": {"external_id": "a", "value": 9}
        },
    ]);
    let done =
        org.owner.post("/v1/deals/batch", json!({"operations": operations})).await.expect(207);
    let statuses: Vec<i64> = done.body["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["status"].as_i64().unwrap())
        .collect();
    assert_eq!(statuses, [201, 422, 422, 404, 422, 200, 412]);
    let fault = |row: usize| done.body["results"][row]["problem"]["errors"][0].clone();
    assert_eq!(
        (&fault(1)["code"], &fault(1)["pointer"]),
        (&json!("currency_mismatch"), &json!("#/operations/1/data/currency"))
    );
    assert_eq!(fault(4)["pointer"], "#/operations/4/data/closed_on");
    // The version stands in the operation, not in a header.
    assert_eq!(fault(6)["pointer"], "#/operations/6/version");
    assert_eq!(
        (&done.body["succeeded"], &done.body["results"][5]["deal"]["version"]),
        (&json!(2), &json!(2))
    );
    assert_eq!(read(&org.owner, &id).await["pipeline"], 5);
    let atomic =
        json!({"atomic": true, "operations": [upsert("c", 9, "USD"), upsert("d", 9, "EUR")]});
    let done = org.owner.post("/v1/deals/batch", atomic).await.expect(207);
    assert_eq!(
        (&done.body["results"][0]["status"], &done.body["results"][1]["status"]),
        (&json!(424), &json!(422))
    );
    assert_eq!(read(&org.owner, &id).await["pipeline"], 5);
    let many = vec![json!({"action": "delete", "id": "deal_01kb1q3x5se7wtc2gnh2avw0fd"}); 201];
    org.owner
        .post("/v1/deals/batch", json!({"operations": many}))
        .await
        .problem(422, "batch_too_large");
}

#[tokio::test]
async fn deals_of_a_member_who_leaves_have_no_owner() {
    let org = Organization::new().await;
    let id = partner(&org.owner, "Acme").await;
    let (_, member) = org.person("member").await;
    let made =
        org.owner.post("/v1/deals", deal(&id, json!({"owner_id": member}))).await.expect(201);
    org.owner.delete(&format!("/v1/members/{member}")).await.expect(204);
    let after = org.owner.get(&format!("/v1/deals/{}", made.id())).await.expect(200);
    assert_eq!((after.body["owner_id"].is_null(), after.version()), (true, 2));
}
