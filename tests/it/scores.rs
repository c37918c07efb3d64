//! Scores: the ideal partner profile, refreshes, first scores, history, and what makes scores
//! stale.

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use api::{config::Database, database::DatabaseAccess, server::Server};
use domain::{ids::PartnerId, scores::ScoreRefreshRequest};
use harness::{
    Client, Ended, Organization, database,
    openai::{Openai, Reply},
    unique,
};
use scoring::model::{Limits, ModelSettings};
use serde_json::{Value, json};

use crate::submissions::{Form, INBOX};

async fn partner(client: &Client, mut body: Value) -> String {
    body["type"] = json!("reseller");
    client.post("/v1/partners", body).await.expect(201).id().to_owned()
}

async fn get(client: &Client, id: &str) -> Value {
    client.get(&format!("/v1/partners/{id}")).await.expect(200).body
}

async fn scores_of(client: &Client, id: &str) -> Vec<Value> {
    client.all(&format!("/v1/partners/{id}/scores")).await
}

/// Waits until a partner has its first scores.
async fn scored(client: &Client, id: &str) -> Value {
    let since = Instant::now();
    loop {
        let partner = get(client, id).await;
        if !partner["scored_at"].is_null() {
            return partner;
        }
        assert!(since.elapsed() < Duration::from_secs(60), "the partner is never scored");
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
}

async fn refresh(client: &Client, request: Value) -> Ended {
    let accepted = client.post("/v1/score-refreshes", request).await.expect(202);
    assert_eq!(accepted.header("location"), format!("/v1/jobs/{}", accepted.id()));
    assert_eq!(accepted.body["type"], "score_refresh");
    let ended = client.wait(accepted.id()).await;
    assert_eq!(ended.job["status"], "succeeded", "{:#}", ended.job);
    ended
}

fn all() -> Value {
    json!({"op": "is_null", "field": "name", "value": false})
}

/// 50 and the effects of a dimension are its score, and nothing leaves 0 to 100.
fn adds_up(score: &Value) {
    let evidence = score["evidence"].as_array().unwrap();
    let sum = |dimension: &str| {
        let effects = evidence
            .iter()
            .filter(|entry| entry["dimension"] == dimension)
            .map(|entry| entry["effect"].as_i64().unwrap());
        50 + effects.sum::<i64>()
    };
    for dimension in ["capacity", "capability", "commitment", "customer_alignment"] {
        assert_eq!(score["four_c_breakdown"][dimension], sum(dimension), "{dimension}: {score:#}");
    }
    assert_eq!(score["health_score"], sum("health"), "{score:#}");
    assert!((0..=100).contains(&score["fit_score"].as_i64().unwrap()));
    assert!((0..=100).contains(&score["health_score"].as_i64().unwrap()));
    assert!(evidence.len() <= 60 && !evidence.is_empty());
}

fn criterion(key: &str, filter: Value) -> Value {
    json!({
        "key": key,
        "label": "Has something",
        "dimension": "capacity",
        "weight": 5,
        "filter": filter
    })
}

const PROFILE: &str = "/v1/ideal-partner-profile";

#[tokio::test]
async fn the_profile_is_replaced_by_whoever_saw_it_last() {
    let org = Organization::new().await;
    let profile = org.owner.get(PROFILE).await.expect(200);
    assert_eq!((profile.version(), profile.header("etag")), (1, "\"1\""));
    assert_eq!(
        profile.body["weights"],
        json!({
            "capacity": 2500,
            "capability": 2500,
            "commitment": 2500,
            "customer_alignment": 2500
        })
    );
    let criteria = profile.body["criteria"].as_array().unwrap();
    assert!((10..=15).contains(&criteria.len()), "{}", criteria.len());
    assert_eq!(org.owner.with("if-none-match", "\"1\"").get(PROFILE).await.status, 304);

    let narrative = json!({"narrative": "Hospitals in the Alps."});
    let refused =
        org.owner.patch(PROFILE, narrative.clone()).await.problem(428, "if_match_required");
    assert_eq!(refused.faults()["If-Match"], "if_match_required");
    org.owner
        .with("if-match", "\"7\"")
        .patch(PROFILE, narrative.clone())
        .await
        .problem(412, "version_mismatch");
    let first = org.owner.with("if-match", "\"1\"");
    let changed = first.patch(PROFILE, narrative.clone()).await.expect(200);
    assert_eq!(
        (changed.version(), changed.header("etag"), &changed.body["narrative"]),
        (2, "\"2\"", &narrative["narrative"])
    );
    assert_eq!(changed.body["criteria"], profile.body["criteria"], "what is absent stays");
    let stale = first.patch(PROFILE, narrative.clone()).await.problem(412, "version_mismatch");
    assert_eq!(stale.body["meta"]["current_version"], 2);
    let second = org.owner.with("if-match", "\"2\"");
    assert_eq!(
        second.patch(PROFILE, narrative).await.expect(200).version(),
        2,
        "nothing has changed"
    );
    // What somebody got can be sent back.
    let mut same = changed.body.clone();
    for read_only in ["version", "created_at", "updated_at"] {
        same.as_object_mut().unwrap().remove(read_only);
    }
    assert_eq!(second.patch(PROFILE, same).await.expect(200).version(), 2);
    assert_eq!(org.owner.count_events("ideal_partner_profile.updated").await, 1);
    assert_eq!(
        second
            .patch(
                PROFILE,
                json!({
                    "criteria": [],
                    "narrative": null
                })
            )
            .await
            .expect(200)
            .body["criteria"],
        json!([])
    );
    org.member("member")
        .await
        .with("if-match", "\"3\"")
        .patch(PROFILE, json!({}))
        .await
        .problem(403, "insufficient_role");
    let key = org.key(&["scores:read"]).await;
    key.get(PROFILE).await.expect(200);
    key.with("if-match", "\"3\"")
        .patch(PROFILE, json!({}))
        .await
        .problem(403, "insufficient_scope");
}

#[tokio::test]
async fn a_profile_says_everything_that_is_wrong_with_it() {
    let org = Organization::new().await;
    let owner = org.owner.with("if-match", "\"1\"");
    let there = json!({"op": "gte", "field": "employees", "value": 1});
    let weights = json!({
        "weights": {
            "capacity": 2500,
            "capability": 2500,
            "commitment": 2500,
            "customer_alignment": 2400
        }
    });
    let refused = owner.patch(PROFILE, weights).await.problem(422, "validation_failed");
    assert_eq!(refused.faults()["#/weights"], "weights_not_100_percent");
    let weights = json!({
        "weights": {"capacity": 10001, "capability": -1, "commitment": 0, "customer_alignment": 0}
    });
    let refused = owner.patch(PROFILE, weights).await.problem(422, "validation_failed");
    assert_eq!(refused.faults()["#/weights/capacity"], "out_of_range");
    assert_eq!(refused.faults()["#/weights/capability"], "out_of_range");
    let many: Vec<Value> = (0..31).map(|i| criterion(&format!("c{i}"), there.clone())).collect();
    let refused =
        owner.patch(PROFILE, json!({"criteria": many})).await.problem(422, "validation_failed");
    assert_eq!(refused.faults()["#/criteria"], "too_many_items");
    let twice = json!({
        "criteria": [
            criterion("a", there.clone()),
            criterion("b", there.clone()),
            criterion("a", there.clone())
        ]
    });
    let refused = owner.patch(PROFILE, twice).await.problem(422, "validation_failed");
    assert_eq!(refused.faults()["#/criteria/2/key"], "duplicate_item");
    let mut odd = criterion("Not a key", there.clone());
    (odd["weight"], odd["dimension"], odd["label"]) = (json!(11), json!("luck"), json!(""));
    let refused =
        owner.patch(PROFILE, json!({"criteria": [odd]})).await.problem(422, "validation_failed");
    let faults = refused.faults();
    assert_eq!(faults["#/criteria/0/key"], "invalid_format");
    assert_eq!(faults["#/criteria/0/weight"], "out_of_range");
    assert_eq!(faults["#/criteria/0/dimension"], "invalid_choice");
    assert_eq!(faults["#/criteria/0/label"], "too_short");
    let half = json!({"criteria": [{"key": "a"}]});
    let refused = owner.patch(PROFILE, half).await.problem(422, "validation_failed");
    assert_eq!(refused.faults()["#/criteria/0/filter"], "required");
    let wrong = json!({
        "op": "and",
        "filters": [there.clone(), {"op": "gte", "field": "employees", "value": "many"}]
    });
    let unknown = json!({"op": "eq", "field": "turnover", "value": 1});
    let circular = json!({"op": "gte", "field": "fit_score", "value": 50});
    let bad = json!({
        "criteria": [criterion("a", wrong), criterion("b", unknown), criterion("c", circular)]
    });
    let refused = owner.patch(PROFILE, bad).await.problem(422, "invalid_filter");
    let faults = refused.faults();
    assert_eq!(faults.len(), 3, "{faults:?}");
    for place in [
        "#/criteria/0/filter/filters/1/value",
        "#/criteria/1/filter/field",
        "#/criteria/2/filter/field",
    ] {
        assert_eq!(faults[place], "invalid_filter", "{faults:?}");
    }
    let read_only =
        owner.patch(PROFILE, json!({"version": 1})).await.problem(422, "validation_failed");
    assert_eq!(read_only.faults()["#/version"], "read_only_field");
    assert_eq!(org.owner.get(PROFILE).await.expect(200).version(), 1);
}

#[tokio::test]
async fn who_is_new_is_scored_by_itself() {
    let org = Organization::scoring().await;
    let made = org
        .owner
        .post("/v1/partners", json!({"name": "Acme", "type": "reseller", "employees": 120}))
        .await
        .expect(201);
    assert_eq!(
        (&made.body["scored_at"], &made.body["scores_stale"]),
        (&Value::Null, &json!(false))
    );
    let acme = scored(&org.owner, made.id()).await;
    // Nobody who holds the partner is in the way of its scores: they make no version.
    assert_eq!((&acme["scores_stale"], &acme["version"]), (&json!(false), &json!(1)));
    assert_eq!(acme["updated_at"], made.body["updated_at"]);
    assert_eq!(acme["overridden_fields"], json!(["employees"]));
    let history = scores_of(&org.owner, made.id()).await;
    let [score] = history.as_slice() else { panic!("{history:#?}") };
    adds_up(score);
    for field in ["fit_score", "health_score", "four_c_breakdown", "key_strengths", "ai_summary"] {
        assert_eq!(score[field], acme[field], "{field}");
    }
    assert_eq!(
        (&score["engine"], &score["fallback_reason"], &score["partner_id"]),
        (&json!("rules/1"), &Value::Null, &acme["id"])
    );
    assert_eq!(
        (score["input_hash"].as_str().unwrap().len(), &score["created_at"]),
        (64, &acme["scored_at"])
    );
    assert!(acme["key_strengths"].as_array().is_some_and(|strengths| !strengths.is_empty()));
    let told = org.owner.all("/v1/events?types=partner.scored").await;
    let [event] = told.as_slice() else { panic!("{told:#?}") };
    assert_eq!(
        (&event["subject"]["version"], &event["data"]["engine"]),
        (&json!(1), &json!("rules/1"))
    );
    assert_eq!(
        event["actor"],
        json!({"type": "system", "id": null, "name": "scoring", "via": null})
    );
    assert_eq!(
        event["data"]["changes"]["fit_score"],
        json!({"from": null, "to": acme["fit_score"]})
    );
    assert_eq!(event["data"]["changes"]["key_strengths"]["to"], acme["key_strengths"]);
    assert!(org.owner.all("/v1/events?types=partner.updated").await.is_empty());

    // Also those who come in a file; what they are strong in is what insights tell.
    org.owner
        .import(
            "name,type,employees\nBeta,reseller,500\nCyan,reseller,3\n",
            json!({"object": "partner"}),
        )
        .await;
    let beta = org.owner.partner("Beta").await;
    scored(&org.owner, beta["id"].as_str().unwrap()).await;
    let strengths = org.owner.get("/v1/insights/strengths").await.expect(200);
    let label = acme["key_strengths"][0].as_str().unwrap();
    let row = strengths.body["data"]
        .as_array()
        .unwrap()
        .iter()
        .find(|row| row["label"] == label)
        .cloned();
    assert!(
        row.is_some_and(|row| row["partner_count"].as_i64() >= Some(1)),
        "{:#}",
        strengths.body
    );
    assert!(
        org.owner.get("/v1/insights/portfolio").await.expect(200).body["averages"]["scored_count"]
            .as_i64()
            >= Some(2)
    );
}

#[tokio::test]
async fn who_comes_by_an_application_is_scored_by_itself_and_anew_when_one_fills_in_more() {
    let org = Organization::scoring().await;
    let form = Form::open(&org).await;
    let accept = async |company: &str, body: Value| {
        let path = format!("{INBOX}/{}/acceptance", form.submitted(company).await);
        org.owner.post(&path, body).await.expect(201).body["partner"]["id"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let id = accept("Nordwind", json!({"data": {"type": "reseller"}})).await;
    scored(&org.owner, &id).await;
    assert_eq!(accept("Nordwind Two", json!({"partner_id": id})).await, id);
    let since = Instant::now();
    while scores_of(&org.owner, &id).await.len() < 2 {
        assert!(since.elapsed() < Duration::from_secs(60), "it is not scored anew");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(get(&org.owner, &id).await["scores_stale"], false);
}

#[tokio::test]
async fn first_scores_of_partners_who_were_made_one_by_one_are_made_together() {
    let org = Organization::scoring().await;
    // Nobody is due until all are there.
    org.sql("UPDATE organizations SET auto_score = false").await;
    let mut ids = Vec::new();
    for n in 0..60 {
        ids.push(partner(&org.owner, json!({"name": format!("Acme {n}")})).await);
    }
    let now = domain::timestamp::Timestamp::now();
    let queue = async |tx: &persistence::Tx<'_>| {
        for id in &ids {
            persistence::partners::first_scores::queue(tx, &[id.parse().unwrap()], now).await?;
        }
        Ok(())
    };
    org.in_database(queue).await;
    for id in &ids {
        scored(&org.owner, id).await;
    }
    let scored = org.owner.all("/v1/events?types=partner.scored").await;
    let runs: BTreeSet<&str> =
        scored.iter().map(|event| event["request_id"].as_str().unwrap()).collect();
    assert_eq!((scored.len(), runs.len()), (ids.len(), 1));
    for id in &ids {
        assert_eq!(scores_of(&org.owner, id).await.len(), 1, "each once");
    }
    let left = "SELECT count(*)::text FROM tasks WHERE kind = 'score_partners' \
        AND organization_id = current_organization()";
    let since = Instant::now();
    while org.sql(left).await != [Some("0".to_owned())] {
        assert!(since.elapsed() < Duration::from_secs(60), "its task does not end");
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
}

#[tokio::test]
async fn nobody_is_scored_where_nobody_wants_it() {
    let org = Organization::scoring().await;
    org.owner.patch("/v1/organization", json!({"auto_score": false})).await.expect(200);
    let id = partner(&org.owner, json!({"name": "Acme"})).await;
    org.owner.import("name,type\nBeta,reseller\n", json!({"object": "partner"})).await;
    assert_eq!(
        org.sql(
            "SELECT count(*)::text FROM tasks WHERE kind = 'score_partners' AND \
            organization_id = current_organization()"
        )
        .await,
        [Some("0".to_owned())]
    );
    assert_eq!(get(&org.owner, &id).await["scored_at"], Value::Null);
    assert!(scores_of(&org.owner, &id).await.is_empty());
    org.owner
        .get(&format!("/v1/partners/{}/scores", PartnerId::new()))
        .await
        .problem(404, "not_found");
}

#[tokio::test]
async fn named_partners_are_judged_whatever_has_changed_and_found_ones_only_when_something_has() {
    let org = Organization::new().await;
    let (acme, beta) = (
        partner(&org.owner, json!({"name": "Acme"})).await,
        partner(&org.owner, json!({"name": "Beta"})).await,
    );
    let gone = partner(&org.owner, json!({"name": "Gone"})).await;
    org.owner.delete(&format!("/v1/partners/{gone}")).await.expect(204);
    let unknown = PartnerId::new().to_string();
    let member = org.member("member").await;
    let request = json!({"partner_ids": [acme, beta, gone, unknown, acme]});
    let accepted = member
        .with("idempotency-key", &unique("refresh"))
        .post("/v1/score-refreshes", request.clone())
        .await
        .expect(202);
    assert_eq!(accepted.body["progress"]["total"], 4, "each once");
    let first = member.wait(accepted.id()).await;
    assert_eq!(first.tally(), [4, 2, 2, 0]);
    let of = |ended: &Ended, id: &str| {
        ended.items.iter().find(|item| item["ref"] == id).cloned().unwrap()
    };
    assert_eq!(of(&first, &unknown)["problem"]["code"], "not_found");
    assert_eq!(of(&first, &gone)["problem"]["code"], "not_found");
    let (item, row) = (of(&first, &acme), get(&org.owner, &acme).await);
    assert_eq!((&item["resource_id"], &item["before"]["fit_score"]), (&json!(acme), &Value::Null));
    for field in ["fit_score", "health_score", "four_c_breakdown"] {
        assert_eq!(item["after"][field], row[field]);
    }

    let again = refresh(&org.owner, json!({"filter": all()})).await;
    assert_eq!((again.tally(), again.codes()), ([2, 0, 0, 2], vec!["unchanged", "unchanged"]));
    assert_eq!(get(&org.owner, &acme).await, row, "nothing was written");
    let named = refresh(&org.owner, json!({"partner_ids": [acme]})).await;
    assert_eq!(named.tally(), [1, 1, 0, 0]);
    assert_eq!(
        named.items[0]["before"], named.items[0]["after"],
        "the same facts, the same scores"
    );
    let unforced = refresh(&org.owner, json!({"partner_ids": [acme], "force": false})).await;
    assert_eq!(unforced.codes(), ["unchanged"]);
    let forced =
        refresh(&org.owner, json!({"filter": all(), "force": true, "engine": "rules"})).await;
    assert_eq!(forced.tally(), [2, 2, 0, 0]);

    let view = json!({
        "name": "B",
        "object": "partner",
        "filter": {"op": "eq", "field": "name", "value": "Beta"}
    });
    let view = org.owner.post("/v1/views", view).await.expect(201);
    let seen = refresh(&org.owner, json!({"view_id": view.id(), "force": true})).await;
    assert_eq!((seen.tally(), &seen.items[0]["ref"]), ([1, 1, 0, 0], &json!(beta)));

    // Newest first, page by page; all of them say the same of the same facts.
    let history = org.owner.all(&format!("/v1/partners/{acme}/scores?limit=1")).await;
    assert_eq!(history.len(), 3);
    assert!(
        history
            .windows(2)
            .all(|pair| pair[0]["created_at"].as_str() > pair[1]["created_at"].as_str())
    );
    assert!(history.iter().all(|score| score["input_hash"] == history[0]["input_hash"]
        && score["evidence"] == history[0]["evidence"]));
    history.iter().for_each(adds_up);
    let counted = org
        .owner
        .get(&format!("/v1/partners/{acme}/scores?limit=1&include=total_count"))
        .await
        .expect(200);
    assert_eq!(counted.body["total_count"], 3);
    assert_eq!(org.owner.count_events("partner.scored").await, 6);
}

#[tokio::test]
async fn a_refresh_says_what_is_wrong_with_it() {
    let org = Organization::new().await;
    let id = partner(&org.owner, json!({"name": "Acme"})).await;
    let post = async |body: Value| org.owner.post("/v1/score-refreshes", body).await;
    post(json!({})).await.problem(422, "invalid_selection");
    post(json!({"partner_ids": [id], "filter": all()})).await.problem(422, "invalid_selection");
    let wrong = post(json!({"filter": {"op": "eq", "field": "nothing", "value": 1}}))
        .await
        .problem(422, "invalid_filter");
    assert_eq!(wrong.faults()["#/filter/field"], "invalid_filter");
    let view = domain::ids::ViewId::new();
    let unknown = post(json!({"view_id": view})).await.problem(422, "validation_failed");
    assert_eq!(unknown.faults()["#/view_id"], "not_found_reference");
    post(json!({"partner_ids": []})).await.problem(422, "validation_failed");
    let kind = post(json!({"partner_ids": [view]})).await.problem(422, "validation_failed");
    assert_eq!(kind.faults()["#/partner_ids/0"], "wrong_id_type");
    let away =
        post(json!({"partner_ids": [id], "engine": "model"})).await.problem(503, "ai_unavailable");
    assert!(!away.header("retry-after").is_empty());
    org.member("viewer")
        .await
        .post("/v1/score-refreshes", json!({"partner_ids": [id]}))
        .await
        .problem(403, "insufficient_role");
    assert!(org.owner.all("/v1/jobs?type=score_refresh").await.is_empty());
}

#[tokio::test]
async fn a_dry_run_writes_nothing() {
    let org = Organization::new().await;
    let id = partner(&org.owner, json!({"name": "Acme", "employees": 40})).await;
    refresh(&org.owner, json!({"partner_ids": [id]})).await;
    org.owner.patch(&format!("/v1/partners/{id}"), json!({"employees": 400})).await.expect(200);
    let before = get(&org.owner, &id).await;
    let (told, history) = (
        org.owner.count_events("partner.scored,partner.updated").await,
        scores_of(&org.owner, &id).await,
    );
    let dry = refresh(&org.owner, json!({"filter": all(), "dry_run": true})).await;
    assert_eq!((dry.tally(), &dry.job["dry_run"]), ([1, 1, 0, 0], &json!(true)));
    let item = &dry.items[0];
    assert_eq!(item["before"]["fit_score"], before["fit_score"]);
    assert!(item["after"]["fit_score"].as_i64() > item["before"]["fit_score"].as_i64(), "{item:#}");
    assert_eq!(get(&org.owner, &id).await, before);
    assert_eq!(scores_of(&org.owner, &id).await, history);
    assert_eq!(org.owner.count_events("partner.scored,partner.updated").await, told);
    let real = refresh(&org.owner, json!({"filter": all()})).await;
    assert_eq!(real.items[0]["after"], item["after"], "what was foretold came");
    let nothing = refresh(&org.owner, json!({"filter": all(), "dry_run": true})).await;
    assert_eq!(nothing.codes(), ["unchanged"]);
}

#[tokio::test]
async fn scores_are_stale_when_what_they_rest_on_has_changed() {
    let org = Organization::new().await;
    let id = partner(&org.owner, json!({"name": "Acme", "employees": 40})).await;
    let path = format!("/v1/partners/{id}");
    let patched = org.owner.patch(&path, json!({"employees": 41})).await.expect(200);
    assert_eq!(patched.body["scores_stale"], false, "there are none that could be");
    let stale = json!({"filter": {"op": "eq", "field": "scores_stale", "value": true}});
    let is_stale = async || get(&org.owner, &id).await["scores_stale"] == true;
    let fresh = async || {
        refresh(&org.owner, json!({"partner_ids": [id]})).await;
        assert!(!is_stale().await);
        get(&org.owner, &id).await["version"].clone()
    };
    fresh().await;
    let patched = org.owner.patch(&path, json!({"employees": 400})).await.expect(200);
    assert_eq!(patched.body["scores_stale"], true);
    let done = refresh(&org.owner, stale.clone()).await;
    assert_eq!((done.tally(), is_stale().await), ([1, 1, 0, 0], false));
    // What comes back to what it was is as good as before.
    org.owner.patch(&path, json!({"employees": 5})).await.expect(200);
    org.owner.patch(&path, json!({"employees": 400})).await.expect(200);
    assert!(is_stale().await);
    let version = get(&org.owner, &id).await["version"].clone();
    refresh(&org.owner, json!({"filter": all()})).await;
    assert!(!is_stale().await);
    assert_eq!(get(&org.owner, &id).await["version"], version);

    let tag = org
        .owner
        .post("/v1/tags", json!({"category": "services", "name": "Cloud"}))
        .await
        .expect(201);
    org.owner.put(&format!("{path}/tags/{}", tag.id()), json!({})).await;
    fresh().await;
    org.owner.delete(&format!("/v1/tags/{}", tag.id())).await.expect(204);
    // A tag that nobody had makes nobody stale; one that somebody had does.
    fresh().await;

    // What is kept beside the partner makes its scores stale without a version of it.
    let version = fresh().await;
    let contact = org
        .owner
        .post("/v1/contacts", json!({"partner_id": id, "name": "Ann", "email": "ann@acme.com"}))
        .await
        .expect(201);
    assert!(is_stale().await);
    assert_eq!(get(&org.owner, &id).await["version"], version);
    let version = fresh().await;
    org.owner.delete(&format!("/v1/contacts/{}", contact.id())).await.expect(204);
    assert_eq!((is_stale().await, &get(&org.owner, &id).await["version"]), (true, &version));
    fresh().await;
    let deal =
        json!({"partner_id": id, "name": "Rollout", "account_name": "Home Office", "value": 100});
    let deal = org.owner.post("/v1/deals", deal).await.expect(201);
    assert!(is_stale().await);
    fresh().await;
    org.owner
        .patch(&format!("/v1/deals/{}", deal.id()), json!({"expected_close_on": "2030-01-01"}))
        .await
        .expect(200);
    assert!(is_stale().await, "adds nothing up, and is looked at");

    // A new profile makes all stale, and writes no partner.
    let version = fresh().await;
    let narrower = json!({
        "weights": {"capacity": 10000, "capability": 0, "commitment": 0, "customer_alignment": 0}
    });
    org.owner.with("if-match", "\"1\"").patch(PROFILE, narrower).await.expect(200);
    assert_eq!((is_stale().await, &get(&org.owner, &id).await["version"]), (true, &version));
    let page = org.owner.get("/v1/partners?scores_stale=true").await.expect(200);
    assert_eq!(
        (page.body["data"].as_array().unwrap().len(), &page.body["data"][0]["scores_stale"]),
        (1, &json!(true))
    );
    refresh(&org.owner, stale).await;
    let acme = get(&org.owner, &id).await;
    assert_eq!(
        (&acme["scores_stale"], &acme["fit_score"]),
        (&json!(false), &acme["four_c_breakdown"]["capacity"])
    );
}

#[tokio::test]
async fn who_is_being_scored_is_left_to_whoever_does_it() {
    let org = Organization::new().await;
    let id = partner(&org.owner, json!({"name": "Acme"})).await;
    let uuid = id.parse::<PartnerId>().unwrap().0;
    let claim = format!(
        "INSERT INTO score_claims (partner_id, task_id, held_until) \
         VALUES ('{uuid}', gen_random_uuid(), clock_timestamp() + interval '10 minutes') RETURNING \
         'x'"
    );
    org.sql(&claim).await;
    let skipped = refresh(&org.owner, json!({"partner_ids": [id]})).await;
    assert_eq!((skipped.tally(), skipped.codes()), ([1, 0, 0, 1], vec!["refresh_in_progress"]));
    assert!(scores_of(&org.owner, &id).await.is_empty());
    // Whoever has died holds nobody for ever.
    org.sql(
        "UPDATE score_claims SET held_until = clock_timestamp() - interval '1 second' \
        RETURNING 'x'",
    )
    .await;
    assert_eq!(refresh(&org.owner, json!({"partner_ids": [id]})).await.tally(), [1, 1, 0, 0]);
    assert_eq!(
        org.sql("SELECT count(*)::text FROM score_claims").await,
        [Some("0".to_owned())],
        "given back"
    );
}

#[tokio::test]
async fn two_refreshes_at_once_both_end_and_judge_each_partner() {
    let org = Organization::new().await;
    let rows: String = (0..450).map(|i| format!("P{i},reseller,{i}\n")).collect();
    org.owner.import(format!("name,type,employees\n{rows}"), json!({"object": "partner"})).await;
    let start = async || {
        org.owner
            .post("/v1/score-refreshes", json!({"filter": all(), "force": true}))
            .await
            .expect(202)
            .id()
            .to_owned()
    };
    let (one, other) = (start().await, start().await);
    for ended in [org.owner.wait(&one).await, org.owner.wait(&other).await] {
        assert_eq!(ended.job["status"], "succeeded");
        let [total, succeeded, failed, skipped] = ended.tally();
        assert_eq!((total, failed, succeeded + skipped), (450, 0, 450));
        assert!(
            ended.codes().iter().all(|code| ["", "refresh_in_progress"].contains(code)),
            "{:?}",
            ended.codes()
        );
        let indexes: Vec<i64> =
            ended.items.iter().map(|item| item["index"].as_i64().unwrap()).collect();
        assert_eq!(indexes, (0..450).collect::<Vec<i64>>());
    }
    let unscored = org.owner.get("/v1/partners?scored_at_null=true&limit=1").await.expect(200);
    assert_eq!(unscored.body["data"], json!([]));
}

#[tokio::test]
async fn a_canceled_refresh_scores_nobody_any_more() {
    let org = Organization::new().await;
    let id = partner(&org.owner, json!({"name": "Acme"})).await;
    let request: ScoreRefreshRequest =
        serde_json::from_value(json!({"partner_ids": [id], "dry_run": false})).unwrap();
    // Canceled before any worker can see it.
    let job = org
        .in_database(async |tx| {
            let job = persistence::scores::insert_refresh(tx, &request).await?;
            persistence::jobs::cancel(tx, job.id, None).await
        })
        .await;
    let ended = org.owner.wait(&job.id.to_string()).await;
    assert_eq!((&ended.job["status"], ended.items.len()), (&json!("canceled"), 0));
    org.owner.post(&format!("/v1/jobs/{}/cancellation", job.id), json!({})).await;
    // Another one after it finds the partner untouched.
    let dry = refresh(&org.owner, json!({"partner_ids": [id], "dry_run": true})).await;
    assert_eq!(dry.items[0]["before"]["fit_score"], Value::Null);
}

#[tokio::test]
async fn the_tier_follows_the_scores_in_the_same_version() {
    let org = Organization::new().await;
    let requirement = json!({"op": "gte", "field": "fit_score", "value": 0});
    org.owner.patch("/v1/tiers/gold", json!({"requirement": requirement})).await.expect(200);
    let id = partner(&org.owner, json!({"name": "Acme"})).await;
    assert_eq!(get(&org.owner, &id).await["tier"], "registered");
    refresh(&org.owner, json!({"partner_ids": [id]})).await;
    let acme = get(&org.owner, &id).await;
    assert_eq!(
        (&acme["tier"], &acme["tier_source"], &acme["version"]),
        (&json!("gold"), &json!("automatic"), &json!(2))
    );
    assert_eq!(acme["scores_stale"], false);
    let again = refresh(&org.owner, json!({"filter": all()})).await;
    assert_eq!(
        again.codes(),
        ["unchanged"],
        "a tier that follows from scores does not make new ones"
    );
    assert_eq!(org.owner.count_events("partner.tier_changed").await, 1);
}

/// A server of its own, whose language model is this one.
fn with_model(openai: &Openai) -> String {
    let folder = harness::instance().folder.join("with-model");
    std::fs::create_dir_all(&folder).unwrap();
    let mut settings = harness::settings(&folder, Database::Embedded { pg_bin: None });
    // One address for the whole process.
    settings.public_url = Some(harness::instance().url.clone());
    settings.model = Some(ModelSettings {
        base_url: openai.base_url.clone(),
        api_key: "sk-test".into(),
        model: "stand-in".to_owned(),
        daily_tokens: 1_000_000,
        limits: Limits::default(),
    });
    let (ready, started) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let database = DatabaseAccess::open(&settings).await.unwrap();
            database.migrate().await.unwrap();
            let server = Server::start(&settings, database).await.unwrap();
            ready.send(server.url.clone()).ok();
            std::future::pending::<()>().await;
        });
    });
    started.recv().expect("the server starts")
}

#[tokio::test]
async fn a_language_model_corrects_and_words_the_scores_and_is_never_in_the_way() {
    let reason = "120 people are few for what they promise.";
    let good = Reply::judgement(
        &[("capacity", -8, "employees", reason)],
        &["Large team in DACH"],
        "Acme has a large team.",
    );
    let openai = Openai::script([good, Reply::error(401, "no such key")]);
    let public = Client::public().at(&with_model(&openai));
    let registration = json!({
        "organization_name": "Alone",
        "currency": "USD",
        "name": "Olga",
        "email": "olga@example.com",
        "password": harness::PASSWORD
    });
    let grant = public.post("/v1/auth/registrations", registration).await.expect(201);
    let owner = public.signed(grant.body["access_token"].as_str().unwrap());
    owner.patch("/v1/organization", json!({"auto_score": false})).await.expect(200);
    let id = partner(&owner, json!({"name": "Acme", "employees": 120})).await;

    let dry = refresh(&owner, json!({"partner_ids": [id], "dry_run": true})).await;
    assert_eq!((dry.tally(), openai.asked().len()), ([1, 1, 0, 0], 0), "a dry run asks nobody");
    refresh(&owner, json!({"partner_ids": [id]})).await;
    let acme = get(&owner, &id).await;
    assert_eq!(
        (&acme["ai_summary"], &acme["key_strengths"]),
        (&json!("Acme has a large team."), &json!(["Large team in DACH"]))
    );
    let score = scores_of(&owner, &id).await.remove(0);
    assert_eq!(
        (&score["engine"], &score["fallback_reason"]),
        (&json!("model/stand-in"), &Value::Null)
    );
    adds_up(&score);
    assert!(
        score["evidence"]
            .as_array()
            .unwrap()
            .iter()
            .any(|entry| entry["reason"] == reason && entry["effect"] == -8)
    );
    let again = refresh(&owner, json!({"filter": all()})).await;
    assert_eq!(
        (again.codes(), openai.asked().len()),
        (vec!["unchanged"], 1),
        "nothing has changed, nobody is asked"
    );
    assert_eq!(get(&owner, &id).await["scores_stale"], false);

    let asked_for = refresh(&owner, json!({"partner_ids": [id], "engine": "model"})).await;
    assert_eq!(asked_for.tally(), [1, 1, 0, 0]);
    let score = scores_of(&owner, &id).await.remove(0);
    assert_eq!(
        (&score["engine"], &score["fallback_reason"]),
        (&json!("rules/1"), &json!("unauthorized"))
    );
    adds_up(&score);
    let asked = openai.asked().len();
    refresh(&owner, json!({"partner_ids": [id], "engine": "rules"})).await;
    let score = scores_of(&owner, &id).await.remove(0);
    assert_eq!(
        (&score["engine"], &score["fallback_reason"], openai.asked().len()),
        (&json!("rules/1"), &Value::Null, asked)
    );
}

/// The ETag names what was read, scores included; to write, the version is enough.
#[tokio::test]
async fn scores_change_the_etag_and_not_the_version() {
    let org = Organization::new().await;
    let id = partner(&org.owner, json!({"name": "Acme", "employees": 40})).await;
    let path = format!("/v1/partners/{id}");
    let tag = async || org.owner.get(&path).await.expect(200).header("etag").to_owned();
    let score = async || {
        refresh(&org.owner, json!({"partner_ids": [id], "force": true})).await;
    };
    let before = org.owner.get(&path).await.expect(200);
    assert_eq!(before.header("etag"), "\"1\"");
    let mark = org.owner.get("/v1/events?limit=1").await.expect(200).body["last_sequence"].clone();
    score().await;
    assert_eq!(tag().await, "\"1.1\"");
    score().await;
    let after = org.owner.get(&path).await.expect(200);
    assert_eq!(after.header("etag"), "\"1.2\"");
    assert_eq!(after.body["updated_at"], before.body["updated_at"]);
    let matches = async |tag: &str| org.owner.with("if-none-match", tag).get(&path).await.status;
    assert_eq!([matches("\"1\"").await, matches("\"1.1\"").await], [200, 200]);
    assert_eq!([matches("\"1.2\"").await, matches("W/\"1.2\"").await], [304, 304]);

    // It is a change for whoever follows the list, by the one who asked for it.
    let list = format!("/v1/partners?changed_after={mark}");
    assert_eq!(org.owner.all(&list).await.len(), 1);
    let told = org.owner.all(&format!("/v1/events?sequence_gt={mark}&subject_id={id}")).await;
    let told: Vec<_> =
        told.iter().map(|e| (&e["type"], &e["actor"]["type"], &e["actor"]["via"])).collect();
    assert_eq!(told, [(&json!("partner.scored"), &json!("user"), &json!("job")); 2]);

    // Whatever tag of the version is held, and however it is written.
    for (n, tag) in ["\"1\"", "\"2.9\"", "W/\"3\"", "\"9\", \"4.1\"", "W/\"1\",W/\"5\"", "*"]
        .into_iter()
        .enumerate()
    {
        score().await;
        let body = json!({"industry": format!("Industry {n}")});
        let written = org.owner.with("if-match", tag).patch(&path, body).await.expect(200);
        assert_eq!(
            written.header("etag"),
            format!("\"{}\"", n + 2),
            "a new version starts to count anew"
        );
    }
    for tag in ["\"1\"", "\"1.1\"", "W/\"2\"", "\"1\", \"3\""] {
        let refused = org.owner.with("if-match", tag).patch(&path, json!({"industry": "x"})).await;
        assert_eq!(refused.problem(412, "version_mismatch").body["meta"]["current_version"], 7);
    }
    // Tags of something else match nothing.
    for tag in ["\"x\"", "\"7.\"", "\"7.x\"", "\"-7\"", "\"7.1.7f\""] {
        let refused = org.owner.with("if-match", tag).patch(&path, json!({"industry": "x"})).await;
        refused.problem(412, "version_mismatch");
    }
    for tag in ["7", "\"7", "\"7\" \"7\"", "\"7\", *", ""] {
        let refused = org.owner.with("if-match", tag).patch(&path, json!({"industry": "x"})).await;
        refused.problem(400, "invalid_header");
    }
    let many = vec!["\"7\""; 17].join(", ");
    let refused = org.owner.with("if-match", &many).patch(&path, json!({"industry": "x"})).await;
    refused.problem(400, "invalid_header");
}

/// What follows from scores for the tier is a change of the profile like any other.
#[tokio::test]
async fn a_tier_that_follows_from_scores_is_a_new_version() {
    let org = Organization::new().await;
    let requirement = json!({"op": "gte", "field": "fit_score", "value": 1});
    org.owner.patch("/v1/tiers/platinum", json!({"requirement": requirement})).await.expect(200);
    let id = partner(&org.owner, json!({"name": "Acme", "employees": 400})).await;
    refresh(&org.owner, json!({"partner_ids": [id]})).await;
    let acme = org.owner.get(&format!("/v1/partners/{id}")).await.expect(200);
    assert_eq!((&acme.body["tier"], acme.version()), (&json!("platinum"), 2));
    assert!(acme.header("etag").starts_with("\"2"), "{}", acme.header("etag"));
    let told = org.owner.all(&format!("/v1/events?subject_id={id}")).await;
    let told: Vec<_> =
        told.iter().map(|e| (e["type"].as_str().unwrap(), &e["subject"]["version"])).collect();
    let two = &json!(2);
    assert_eq!(
        told,
        [
            ("partner.created", &json!(1)),
            ("partner.updated", two),
            ("partner.tier_changed", two),
            ("partner.scored", two),
        ]
    );
    let updated = org.owner.all(&format!("/v1/events?subject_id={id}&types=partner.updated")).await;
    let changed: Vec<_> = updated[0]["data"]["changes"].as_object().unwrap().keys().collect();
    assert_eq!(changed, ["tier"]);
}

/// Nobody has spoken to a company because it came in a file, by a key, or was typed in.
#[tokio::test]
async fn only_what_people_do_is_contact_with_a_partner() {
    let org = Organization::new().await;
    let key =
        org.key(&["partners:write", "partners:override", "contacts:write", "deals:write"]).await;
    let evidence = async |id: &str| {
        refresh(&org.owner, json!({"partner_ids": [id], "force": true})).await;
        scores_of(&org.owner, id).await[0]["evidence"].to_string()
    };

    // In a file, twice, with a contact of its own.
    let file = "name,type,domain,industry\nFile AG,reseller,file.example,Retail\n";
    org.owner.import(file, json!({"object": "partner", "match": "domain"})).await;
    org.owner
        .import(file.replace("Retail", "Banking"), json!({"object": "partner", "match": "domain"}))
        .await;
    let filed = org.owner.partner("File AG").await["id"].as_str().unwrap().to_owned();
    // By a key, with everything that a nightly sync does.
    let made = json!({"name": "Key AG", "type": "reseller", "primary_contact": {"name": "Ann"}});
    let keyed = key.post("/v1/partners", made).await.expect(201).id().to_owned();
    key.patch(&format!("/v1/partners/{keyed}"), json!({"industry": "Mining"})).await.expect(200);
    key.post("/v1/contacts", json!({"partner_id": keyed, "name": "Bob"})).await.expect(201);
    let deal = json!({"partner_id": keyed, "name": "Rollout", "account_name": "Home Office"});
    key.post("/v1/deals", deal).await.expect(201);
    // Typed in, with its contact, and then only what follows for all of a tag, a manager, a tier.
    let made = json!({"name": "Hand AG", "type": "reseller", "primary_contact": {"name": "Cid"}});
    let typed = org.owner.post("/v1/partners", made).await.expect(201).id().to_owned();
    let batch = json!({
        "operations": [{"action": "create", "data": {"name": "Batch AG", "type": "reseller"}}]
    });
    let batch = org.owner.post("/v1/partners/batch", batch).await.expect(207);
    let batched = batch.body["results"][0]["partner"]["id"].as_str().unwrap().to_owned();
    for id in [&filed, &keyed, &typed, &batched] {
        let evidence = evidence(id).await;
        assert!(!evidence.contains("The last activity was on"), "{evidence}");
    }
    let strengths = org.owner.get("/v1/insights/strengths").await.expect(200);
    assert!(!strengths.body.to_string().contains("In touch recently"), "{:#}", strengths.body);

    // What people do counts, each by itself.
    org.owner
        .patch(&format!("/v1/partners/{filed}"), json!({"industry": "Retail"}))
        .await
        .expect(200);
    let item = json!({"kind": "workflow", "title": "Plan"});
    org.owner.post("/v1/contacts", json!({"partner_id": batched, "name": "Dan"})).await.expect(201);
    let by_hand = format!("/v1/partners/{keyed}?write_mode=manual");
    key.patch(&by_hand, json!({"industry": "Energy"})).await.expect(200);
    let plan = format!("/v1/partners/{typed}/plan-items");
    org.owner.post(&plan, item).await.expect(201);
    for id in [&filed, &keyed, &typed, &batched] {
        let evidence = evidence(id).await;
        assert!(evidence.contains("The last activity was on"), "{evidence}");
    }
}

/// A bar that is drawn of the progress ends where it should, whoever writes meanwhile.
#[tokio::test]
async fn a_refresh_is_about_those_who_were_there() {
    let org = Organization::new().await;
    let names = (0..30).map(|i| format!("P{i},reseller")).collect::<Vec<_>>().join("\n");
    org.owner.import(format!("name,type\n{names}\n"), json!({"object": "partner"})).await;
    let writer = async {
        for i in 0..30 {
            partner(&org.owner, json!({"name": format!("Late {i}")})).await;
        }
    };
    let jobs = async {
        for _ in 0..4 {
            let done = refresh(&org.owner, json!({"filter": all(), "force": true})).await;
            let progress = &done.job["progress"];
            assert_eq!(progress["total"], progress["done"], "{:#}", done.job);
            let (job, _) = org.owner.export(json!({"object": "partner", "format": "csv"})).await;
            assert_eq!(job["progress"]["total"], job["progress"]["done"], "{job:#}");
        }
    };
    futures_util::future::join(writer, jobs).await;
}

/// Whoever writes a partner does not wait for a refresh that waits for somebody else's.
#[tokio::test]
async fn a_refresh_passes_by_whom_others_write_and_comes_back() {
    let org = Organization::new().await;
    org.owner.patch("/v1/organization", json!({"auto_score": false})).await.expect(200);
    let mut ids = Vec::new();
    for name in ["Acme", "Beta", "Gamma"] {
        let made = org.owner.post("/v1/partners", json!({"name": name, "type": "reseller"}));
        ids.push(made.await.expect(201).body["id"].as_str().unwrap().to_owned());
    }
    let writer = database::owner(Some(org.id)).await;
    let lock = "BEGIN; SELECT id FROM partners WHERE name = 'Acme' FOR NO KEY UPDATE";
    writer.batch_execute(lock).await.unwrap();
    let body = json!({"partner_ids": ids});
    let job = org.owner.post("/v1/score-refreshes", body).await.expect(202);
    let path = format!("/v1/jobs/{}", job.body["id"].as_str().unwrap());
    let since = Instant::now();
    loop {
        let job = org.owner.get(&path).await.expect(200);
        assert_eq!(job.body["finished_at"], json!(null), "{:?}", job.body);
        if job.body["progress"]["done"] == 2 {
            break;
        }
        assert!(since.elapsed() < Duration::from_secs(60), "{:?}", job.body);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let others = format!("/v1/partners/{}", ids[1]);
    let patched = org.owner.patch(&others, json!({"description": "Meanwhile"})).await.expect(200);
    assert!(patched.body["scored_at"].is_string());
    writer.batch_execute("COMMIT").await.unwrap();
    let since = Instant::now();
    while org.owner.get(&path).await.expect(200).body["status"] != "succeeded" {
        assert!(since.elapsed() < Duration::from_secs(60));
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let items = org.owner.all(&format!("{path}/items")).await;
    let of: Vec<&Value> = items.iter().map(|item| &item["resource_id"]).collect();
    assert_eq!(of, ids.iter().map(|id| json!(id)).collect::<Vec<_>>().iter().collect::<Vec<_>>());
    assert!(items.iter().all(|item| item["status"] == "succeeded"), "{items:?}");
}
