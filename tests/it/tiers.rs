//! Tiers: rungs, policy, evaluation, assessment and history.

use harness::{Client, Organization};
use serde_json::{Value, json};

async fn partner(client: &Client, mut body: Value) -> String {
    body["type"] = json!("reseller");
    client.post("/v1/partners", body).await.expect(201).id().to_owned()
}

/// The requirement of the example in docs/tiers.md.
fn gold() -> Value {
    json!({
        "op": "and",
        "filters": [
            {"op": "eq", "field": "status", "value": "active"},
            {"op": "gte", "field": "employees", "value": 60},
            {
                "op": "at_least",
                "count": 2,
                "filters": [
                    {"op": "gte", "field": "revenue", "value": 25_000_000},
                    {"op": "gte", "field": "closed_deals", "value": 8},
                    {"op": "gte", "field": "customers", "value": 15}
                ]
            }
        ]
    })
}

async fn require(client: &Client, key: &str, requirement: Value) {
    client
        .patch(&format!("/v1/tiers/{key}"), json!({"requirement": requirement}))
        .await
        .expect(200);
}

#[tokio::test]
async fn a_new_organization_has_five_rungs_without_requirements() {
    let org = Organization::new().await;
    let tiers = org.owner.all("/v1/tiers?limit=2").await;
    let seen: Vec<(&str, i64, bool)> = tiers
        .iter()
        .map(|tier| {
            (
                tier["key"].as_str().unwrap(),
                tier["rank"].as_i64().unwrap(),
                tier["is_default"].as_bool().unwrap(),
            )
        })
        .collect();
    let expected = [
        ("registered", 1, true),
        ("bronze", 2, false),
        ("silver", 3, false),
        ("gold", 4, false),
        ("platinum", 5, false),
    ];
    assert_eq!(seen, expected);
    assert!(tiers.iter().all(|tier| tier["requirement"].is_null()));
    let counted = org.owner.get("/v1/tiers?include=total_count&limit=1").await.expect(200);
    assert_eq!(counted.body["total_count"], 5);
    org.owner.get("/v1/tiers?cursor=nonsense").await.problem(400, "invalid_cursor");
    let id = partner(&org.owner, json!({"name": "Acme"})).await;
    let made = org.owner.get(&format!("/v1/partners/{id}")).await.expect(200);
    assert_eq!(
        (&made.body["tier"], &made.body["tier_source"]),
        (&json!("registered"), &json!("automatic"))
    );
    let policy = org.owner.get("/v1/tier-policy").await.expect(200);
    assert_eq!(
        policy.body["evaluate_on"],
        json!(["partner_updated", "deal_closed", "scores_updated", "daily"])
    );
    assert_eq!(
        (&policy.body["mode"], &policy.body["demotion_grace_days"]),
        (&json!("automatic"), &json!(0))
    );
}

#[tokio::test]
async fn rungs_are_made_moved_and_taken_away() {
    let org = Organization::new().await;
    let body = json!({
        "key": "diamond",
        "name": "Diamond",
        "rank": 9,
        "requirement": gold(),
        "color": "#aabbcc"
    });
    let made = org.owner.post("/v1/tiers", body.clone()).await.expect(201);
    assert_eq!((made.header("location"), made.header("etag")), ("/v1/tiers/diamond", "\"1\""));
    assert_eq!((&made.body["requirement"], &made.body["partner_count"]), (&gold(), &json!(0)));

    let again = org
        .owner
        .post("/v1/tiers", json!({"key": "diamond", "name": "D", "rank": 10}))
        .await
        .problem(409, "key_taken");
    assert_eq!(again.faults()["#/key"], "key_taken");
    let same_rank = org
        .owner
        .post("/v1/tiers", json!({"key": "opal", "name": "O", "rank": 9}))
        .await
        .problem(409, "rank_taken");
    assert_eq!(same_rank.faults()["#/rank"], "rank_taken");
    org.owner.patch("/v1/tiers/diamond", json!({"rank": 4})).await.problem(409, "rank_taken");
    org.owner
        .patch("/v1/tiers/diamond", json!({"rank": 101}))
        .await
        .problem(422, "validation_failed");
    let wrong = json!({"key": "Opal!", "name": "", "rank": 0});
    assert_eq!(
        org.owner.post("/v1/tiers", wrong).await.problem(422, "validation_failed").faults().len(),
        3
    );
    let fixed = org
        .owner
        .patch("/v1/tiers/diamond", json!({"key": "opal"}))
        .await
        .problem(422, "validation_failed");
    assert_eq!(fixed.faults()["#/key"], "read_only_field");

    let circular = json!({
        "op": "or",
        "filters": [
            {"op": "gte", "field": "tier", "value": "silver"},
            {"op": "eq", "field": "version", "value": 1}
        ]
    });
    for refused in [
        org.owner.patch("/v1/tiers/diamond", json!({"requirement": circular})).await,
        org.owner
            .post(
                "/v1/tiers",
                json!({"key": "opal", "name": "O", "rank": 10, "requirement": circular}),
            )
            .await,
    ] {
        let refused = refused.problem(422, "circular_requirement");
        assert_eq!(refused.faults().len(), 2);
        assert_eq!(refused.faults()["#/requirement/filters/0/field"], "circular_requirement");
    }
    let deep = (0..5).fold(
        json!({"op": "gte", "field": "revenue", "value": 1}),
        |inner, _| json!({"op": "not", "filters": [inner]}),
    );
    org.owner
        .patch("/v1/tiers/diamond", json!({"requirement": deep}))
        .await
        .problem(422, "invalid_filter");
    let unknown = json!({"op": "gte", "field": "turnover", "value": 1});
    let unknown = org
        .owner
        .patch("/v1/tiers/diamond", json!({"requirement": unknown}))
        .await
        .problem(422, "invalid_filter");
    assert_eq!(unknown.faults()["#/requirement/field"], "invalid_filter");

    // Exactly one is the default: it is given away, never dropped.
    org.owner
        .patch("/v1/tiers/registered", json!({"is_default": false}))
        .await
        .problem(409, "default_tier");
    let now = org.owner.patch("/v1/tiers/bronze", json!({"is_default": true})).await.expect(200);
    assert_eq!(now.version(), 2);
    let former = org.owner.get("/v1/tiers/registered").await.expect(200);
    assert_eq!((&former.body["is_default"], former.version()), (&json!(false), 2));
    org.owner.delete("/v1/tiers/bronze").await.problem(409, "default_tier");
    let stale = org.owner.with("if-match", "\"1\"");
    stale.patch("/v1/tiers/bronze", json!({"name": "B"})).await.problem(412, "version_mismatch");
    stale.delete("/v1/tiers/registered").await.problem(412, "version_mismatch");
    org.owner.delete("/v1/tiers/registered").await.expect(204);
    org.owner.delete("/v1/tiers/registered").await.problem(404, "not_found");
    let same =
        org.owner.patch("/v1/tiers/bronze", json!({"name": "Bronze", "rank": 2})).await.expect(200);
    assert_eq!(same.version(), 2);
    let member = org.member("member").await;
    member.get("/v1/tiers").await.expect(200);
    member.patch("/v1/tiers/gold", json!({"name": "G"})).await.problem(403, "insufficient_role");
}

#[tokio::test]
async fn a_tier_by_hand_stays_until_it_is_given_back() {
    let org = Organization::new().await;
    let key = org.key(&["partners:write", "tiers:read"]).await;
    require(&org.owner, "silver", json!({"op": "gte", "field": "closed_deals", "value": 2})).await;
    let id = partner(&key, json!({"name": "Acme"})).await;
    let path = format!("/v1/partners/{id}");
    let won = org.owner.patch(&path, json!({"closed_deals": 3})).await.expect(200);
    assert_eq!((&won.body["tier"], won.version()), (&json!("silver"), 2), "one write, one version");

    let refused = key.patch(&path, json!({"tier": "gold"})).await.problem(422, "validation_failed");
    assert_eq!(refused.faults()["#/tier"], "computed_field");
    let by_hand = org.owner.patch(&path, json!({"tier": "platinum"})).await.expect(200);
    assert_eq!(
        (&by_hand.body["tier"], &by_hand.body["tier_source"]),
        (&json!("platinum"), &json!("manual"))
    );
    assert_eq!(by_hand.body["overridden_fields"], json!(["closed_deals", "tier"]));
    let untouched = org.owner.patch(&path, json!({"closed_deals": 0})).await.expect(200);
    assert_eq!(untouched.body["tier"], "platinum");
    org.owner.patch(&path, json!({"closed_deals": 3})).await.expect(200);
    let automatic = org.owner.delete(&format!("{path}/overrides/tier")).await.expect(200);
    assert_eq!(
        (&automatic.body["tier"], &automatic.body["tier_source"]),
        (&json!("silver"), &json!("automatic"))
    );
    assert_eq!(
        (&automatic.body["overridden_fields"], automatic.version()),
        (&json!(["closed_deals"]), 6)
    );
    org.owner.patch(&path, json!({"tier": "gold"})).await.expect(200);
    let nulled = org.owner.patch(&path, json!({"tier": null})).await.expect(200);
    assert_eq!(
        (&nulled.body["tier"], &nulled.body["tier_source"]),
        (&json!("silver"), &json!("automatic"))
    );

    let history = org.owner.all(&format!("{path}/tier-history?limit=2")).await;
    let moves: Vec<(&Value, &Value, &Value)> =
        history.iter().map(|change| (&change["from"], &change["to"], &change["source"])).collect();
    let (automatic, manual) = (json!("automatic"), json!("manual"));
    let (registered, silver, gold, platinum, none) =
        (json!("registered"), json!("silver"), json!("gold"), json!("platinum"), Value::Null);
    let expected = [
        (&gold, &silver, &automatic),
        (&silver, &gold, &manual),
        (&platinum, &silver, &automatic),
        (&silver, &platinum, &manual),
        (&registered, &silver, &automatic),
        (&none, &registered, &automatic),
    ];
    assert_eq!(moves, expected);
    assert_eq!(history[0]["rules_hash"].as_str().unwrap().len(), 64);
    assert_eq!(history[5]["actor"]["type"], "api_key");
    let events =
        org.owner.all(&format!("/v1/events?subject_id={id}&types=partner.tier_changed")).await;
    assert_eq!(events.len(), 5, "creation is told by its own event");
}

#[tokio::test]
async fn an_assessment_says_what_is_missing() {
    let org = Organization::new().await;
    require(&org.owner, "silver", json!({"op": "gte", "field": "closed_deals", "value": 2})).await;
    require(&org.owner, "gold", gold()).await;
    let id = partner(
        &org.owner,
        json!({"name": "Acme", "status": "active", "closed_deals": 3, "revenue": 9_000_000}),
    )
    .await;
    let assessed =
        org.owner.get(&format!("/v1/partners/{id}/tier-assessment")).await.expect(200).body;
    assert_eq!(
        (&assessed["tier"], &assessed["automatic_tier"]),
        (&json!("silver"), &json!("silver"))
    );
    let leaf = json!({
        "pointer": "#",
        "op": "gte",
        "field": "closed_deals",
        "actual": 3,
        "needed": 2,
        "met": true,
        "gap": 0
    });
    assert_eq!(assessed["present"], json!({"tier": "silver", "met": true, "leaves": [leaf]}));
    assert_eq!(
        (&assessed["next"]["tier"], &assessed["next"]["met"]),
        (&json!("gold"), &json!(false))
    );
    let leaves = assessed["next"]["leaves"].as_array().unwrap();
    let pointers: Vec<&str> = leaves.iter().map(|leaf| leaf["pointer"].as_str().unwrap()).collect();
    let expected = [
        "#/filters/0",
        "#/filters/1",
        "#/filters/2/filters/0",
        "#/filters/2/filters/1",
        "#/filters/2/filters/2",
    ];
    assert_eq!(pointers, expected);
    assert_eq!((&leaves[0]["met"], &leaves[0]["gap"]), (&json!(true), &Value::Null), "no number");
    assert_eq!(
        (&leaves[1]["actual"], &leaves[1]["gap"]),
        (&Value::Null, &Value::Null),
        "not known"
    );
    let revenue = json!({
        "pointer": "#/filters/2/filters/0",
        "op": "gte",
        "field": "revenue",
        "actual": 9_000_000,
        "needed": 25_000_000,
        "met": false,
        "gap": 16_000_000
    });
    assert_eq!(leaves[2], revenue);
    assert_eq!(
        (&assessed["at_risk_since"], &assessed["demotion_on"]),
        (&Value::Null, &Value::Null)
    );

    let top = partner(&org.owner, json!({"name": "Top", "tier": "platinum"})).await;
    let top = org.owner.get(&format!("/v1/partners/{top}/tier-assessment")).await.expect(200).body;
    assert_eq!(
        top["present"],
        json!({"tier": "platinum", "met": true, "leaves": []}),
        "without a requirement it is met"
    );
    assert_eq!(
        (&top["next"], &top["tier_source"], &top["automatic_tier"]),
        (&Value::Null, &json!("manual"), &json!("registered"))
    );
    org.owner.delete(&format!("/v1/partners/{id}")).await.expect(204);
    org.owner.get(&format!("/v1/partners/{id}/tier-assessment")).await.problem(404, "not_found");
}

#[tokio::test]
async fn the_policy_is_replaced_only_by_who_has_seen_it() {
    let org = Organization::new().await;
    let manual = json!({"mode": "manual", "evaluate_on": [], "demotion_grace_days": 30});
    let missing =
        org.owner.patch("/v1/tier-policy", manual.clone()).await.problem(428, "if_match_required");
    assert_eq!(missing.faults()["If-Match"], "if_match_required");
    let seen = org.owner.with("if-match", "\"1\"");
    seen.patch("/v1/tier-policy", json!({"mode": "mixed"})).await.problem(422, "validation_failed");
    seen.patch("/v1/tier-policy", json!({"demotion_grace_days": 366}))
        .await
        .problem(422, "validation_failed");
    let replaced = seen.patch("/v1/tier-policy", manual.clone()).await.expect(200);
    assert_eq!((replaced.version(), replaced.header("etag")), (2, "\"2\""));
    let late = seen.patch("/v1/tier-policy", manual.clone()).await.problem(412, "version_mismatch");
    assert_eq!(late.body["meta"]["current_version"], 2);
    let same =
        org.owner.with("if-match", "\"2\"").patch("/v1/tier-policy", manual).await.expect(200);
    assert_eq!(same.version(), 2);

    // People and integrations decide now: an integration's tier is like any other field of its.
    let key = org.key(&["partners:write"]).await;
    let id = partner(&key, json!({"name": "Acme", "tier": "silver"})).await;
    let path = format!("/v1/partners/{id}");
    let gold = key.patch(&path, json!({"tier": "gold"})).await.expect(200);
    assert_eq!(
        (&gold.body["tier"], &gold.body["tier_source"]),
        (&json!("gold"), &json!("automatic"))
    );
    org.owner.patch(&path, json!({"tier": "platinum"})).await.expect(200);
    let skipped = key.patch(&path, json!({"tier": "bronze"})).await.expect(200);
    assert_eq!(
        (&skipped.body["tier"], &skipped.body["skipped_fields"]),
        (&json!("platinum"), &json!(["tier"]))
    );
    let cleared = org.owner.delete(&format!("{path}/overrides/tier")).await.expect(200);
    assert_eq!(
        (&cleared.body["tier"], &cleared.body["tier_source"]),
        (&json!("bronze"), &json!("automatic"))
    );

    let empty = json!({"mode": "automatic", "evaluate_on": []});
    org.owner.with("if-match", "\"2\"").patch("/v1/tier-policy", empty).await.expect(200);
    require(&org.owner, "silver", json!({"op": "gte", "field": "employees", "value": 10})).await;
    let id = partner(&org.owner, json!({"name": "New", "employees": 20})).await;
    let new = org.owner.get(&format!("/v1/partners/{id}")).await.expect(200);
    assert_eq!(new.body["tier"], "registered", "nothing is evaluated when it is created");
}

#[tokio::test]
async fn a_dry_run_says_what_the_real_one_does() {
    let org = Organization::new().await;
    let silver = json!({"op": "gte", "field": "employees", "value": 10});
    let manual = org.owner.with("if-match", "\"1\"");
    manual.patch("/v1/tier-policy", json!({"mode": "manual"})).await.expect(200);
    require(&org.owner, "silver", silver).await;
    let up = partner(&org.owner, json!({"name": "Up", "employees": 20})).await;
    let same =
        partner(&org.owner, json!({"name": "Same", "employees": 1, "status": "active"})).await;
    let by_hand =
        partner(&org.owner, json!({"name": "Hand", "employees": 30, "tier": "gold"})).await;
    let evaluate = async |body: Value| -> (Value, Vec<Value>) {
        let job = org.owner.post("/v1/tier-evaluations", body).await.expect(202);
        assert!(!job.header("retry-after").is_empty());
        assert_eq!(job.header("location"), format!("/v1/jobs/{}", job.id()));
        let ended = org.owner.wait(job.id()).await;
        let done = ended.job;
        assert_eq!(
            (&done["status"], &done["type"]),
            (&json!("succeeded"), &json!("tier_evaluation")),
            "{done:#}"
        );
        (done, ended.items)
    };
    let (job, dry) = evaluate(json!({"dry_run": true})).await;
    assert_eq!(
        (&job["dry_run"], &job["progress"]["total"], &job["progress"]["done"]),
        (&json!(true), &json!(3), &json!(3))
    );
    let item =
        |items: &[Value], id: &str| items.iter().find(|item| item["ref"] == id).unwrap().clone();
    let moved = item(&dry, &up);
    assert_eq!(
        (&moved["before"]["tier"], &moved["after"]["tier"]),
        (&Value::Null, &json!("silver"))
    );
    assert_eq!(item(&dry, &by_hand)["problem"]["code"], "overridden");
    let before = org.owner.get(&format!("/v1/partners/{up}")).await.expect(200);
    assert_eq!((&before.body["tier"], before.version()), (&Value::Null, 1), "nothing was changed");

    let (job, real) = evaluate(json!({})).await;
    let told = |items: &[Value]| -> Vec<[Value; 4]> {
        items
            .iter()
            .map(|item| ["ref", "status", "before", "after"].map(|name| item[name].clone()))
            .collect()
    };
    assert_eq!(told(&dry), told(&real));
    assert_eq!(
        job["progress"],
        json!({"total": 3, "done": 3, "succeeded": 2, "failed": 0, "skipped": 1})
    );
    assert_eq!(
        org.owner.get(&format!("/v1/partners/{up}")).await.expect(200).body["tier"],
        "silver"
    );
    assert_eq!(
        org.owner.get(&format!("/v1/partners/{by_hand}")).await.expect(200).body["tier"],
        "gold"
    );
    assert!(!org.owner.get("/v1/tier-policy").await.expect(200).body["evaluated_at"].is_null());

    let (_, again) =
        evaluate(json!({"filter": {"op": "eq", "field": "status", "value": "active"}})).await;
    assert_eq!(
        (again.len(), &again[0]["ref"], &again[0]["problem"]["code"]),
        (1, &json!(same), &json!("unchanged"))
    );
    let nobody = "ptn_01kb1q3x5se7wtc2gnh2avw0fd";
    let (_, named) = evaluate(json!({"partner_ids": [up, nobody]})).await;
    assert_eq!(item(&named, nobody)["problem"]["code"], "not_found");
    assert_eq!(named.len(), 2);

    let view = json!({
        "name": "U",
        "object": "partner",
        "q": "up",
        "filter": {"op": "gte", "field": "employees", "value": 1}
    });
    let view = org.owner.post("/v1/views", view).await.expect(201);
    let (_, seen) = evaluate(json!({"view_id": view.id(), "dry_run": true})).await;
    assert_eq!((seen.len(), &seen[0]["ref"]), (1, &json!(up)), "its filter and its search");
    let private =
        org.member("admin").await.post("/v1/tier-evaluations", json!({"view_id": view.id()})).await;
    assert_eq!(
        private.problem(422, "validation_failed").faults()["#/view_id"],
        "not_found_reference"
    );

    let both = json!({
        "partner_ids": [same],
        "filter": {"op": "eq", "field": "status", "value": "active"}
    });
    org.owner.post("/v1/tier-evaluations", both).await.problem(422, "invalid_selection");
    let wrong = json!({"filter": {"op": "eq", "field": "nothing", "value": 1}});
    org.owner.post("/v1/tier-evaluations", wrong).await.problem(422, "invalid_filter");
    org.owner
        .post("/v1/tier-evaluations", json!({"partner_ids": []}))
        .await
        .problem(422, "validation_failed");
}

#[tokio::test]
async fn won_deals_lift_a_partner_and_lost_ones_let_it_fall() {
    let org = Organization::new().await;
    require(&org.owner, "gold", json!({"op": "gte", "field": "revenue", "value": 500})).await;
    let id = partner(&org.owner, json!({"name": "Acme"})).await;
    let deal = json!({
        "partner_id": id,
        "name": "Rollout",
        "account_name": "Home Office",
        "status": "won",
        "value": 700,
        "registered_on": "2026-01-01",
        "closed_on": "2026-02-01"
    });
    let deal = org.owner.post("/v1/deals", deal).await.expect(201);
    let lifted = org.owner.get(&format!("/v1/partners/{id}")).await.expect(200);
    assert_eq!(
        (&lifted.body["tier"], &lifted.body["revenue"], lifted.version()),
        (&json!("gold"), &json!(700), 2)
    );
    // A view that names the tier says so when the tier is gone, and finds nobody.
    let filter = json!({"op": "eq", "field": "tier", "value": "gold"});
    let view = org
        .owner
        .post("/v1/views", json!({"name": "Gold", "object": "partner", "filter": filter}))
        .await
        .expect(201);
    org.owner.delete(&format!("/v1/deals/{}", deal.id())).await.expect(204);
    let fallen = org.owner.get(&format!("/v1/partners/{id}")).await.expect(200);
    assert_eq!((&fallen.body["tier"], &fallen.body["revenue"]), (&json!("registered"), &json!(0)));
    org.owner.delete("/v1/tiers/gold").await.expect(204);
    let warned = org.owner.get(&format!("/v1/views/{}", view.id())).await.expect(200);
    assert_eq!(
        warned.body["warnings"],
        json!([{"pointer": "#/filter/value", "code": "not_found_reference"}])
    );
    let nobody = org.owner.get(&format!("/v1/partners?view_id={}", view.id())).await.expect(200);
    assert_eq!(nobody.body["data"], json!([]));
}

#[tokio::test]
async fn a_tier_in_use_is_replaced() {
    let org = Organization::new().await;
    let id = partner(&org.owner, json!({"name": "Acme", "tier": "gold"})).await;
    let used = org.owner.delete("/v1/tiers/gold").await.problem(409, "tier_in_use");
    assert_eq!(used.body["meta"]["partner_count"], 1);
    let unknown = org
        .owner
        .delete("/v1/tiers/gold?replace_with=none")
        .await
        .problem(422, "validation_failed");
    assert_eq!(unknown.faults()["replace_with"], "not_found_reference");
    org.owner.delete("/v1/tiers/gold?replace_with=silver").await.expect(204);
    let moved = org.owner.get(&format!("/v1/partners/{id}")).await.expect(200);
    assert_eq!(
        (&moved.body["tier"], &moved.body["tier_source"], moved.version()),
        (&json!("silver"), &json!("manual"), 2)
    );
    let gone = org
        .owner
        .patch(&format!("/v1/partners/{id}"), json!({"tier": "gold"}))
        .await
        .problem(422, "validation_failed");
    assert_eq!(gone.faults()["#/tier"], "not_found_reference");
    org.owner
        .post("/v1/tiers", json!({"key": "gold", "name": "Gold", "rank": 4}))
        .await
        .expect(201);
}
