//! Evaluation in SQL against the same in memory, and what a change of the rules does to partners.

use diesel::sql_types::{BigInt, Nullable, Text};
use diesel_async::RunQueryDsl;
use domain::{
    Code, Result,
    access::{Scope, WriteMode},
    events::{EVENT_LIST, Event},
    filter::FilterNode,
    ids::PartnerId,
    lists::{ListQuery, ListRequest},
    partners::{Partner, PartnerCreatedVia, changes_of},
    tiers::{
        TIER_CHANGE_LIST, TierMode, TierPolicyUpdate, TierState, TierTrigger, TierUpdate,
        check_requirement,
    },
    timestamp::Timestamp,
};
use serde_json::{Value as Json, json};

use super::{evaluation::EvaluatedPartner, *};
use crate::{
    kernel::{
        db::Store,
        events,
        listing::tests::{Row, all, rows, tree},
        statement::{Bind, Statement},
        testing::{Dice, execute, run},
    },
    resources::partners,
};

async fn set_policy(store: &Store, scope: &Scope, mode: TierMode, grace_days: i32) {
    let update = TierPolicyUpdate {
        mode: Some(mode),
        evaluate_on: None,
        demotion_grace_days: Some(grace_days),
    };
    store.write(scope, async |tx| replace_policy(tx, None, &update).await).await.unwrap();
}

async fn require(store: &Store, scope: &Scope, key: &str, requirement: Option<Json>) -> Tier {
    let update =
        TierUpdate { requirement: Some(requirement.map(FilterNode)), ..TierUpdate::default() };
    store.write(scope, async |tx| super::update(tx, key, None, &update).await).await.unwrap()
}

async fn create(store: &Store, scope: &Scope, body: Json) -> Partner {
    let changes = changes_of(body.as_object().unwrap());
    let write = async |tx: &Tx<'_>| {
        partners::insert(tx, changes, None, PartnerCreatedVia::Api, WriteMode::Manual).await
    };
    store.write(scope, write).await.unwrap()
}

async fn patch(
    store: &Store,
    scope: &Scope,
    id: PartnerId,
    body: Json,
    mode: WriteMode,
) -> Result<Partner> {
    let changes = changes_of(body.as_object().unwrap());
    store.write(scope, async |tx| partners::update(tx, id, None, changes, mode).await).await
}

async fn get_partner(store: &Store, scope: &Scope, id: PartnerId) -> Partner {
    store.read(scope, async |tx| partners::get(tx, id).await).await.unwrap()
}

async fn run_sql(store: &Store, scope: &Scope, statement: Statement) {
    store.write(scope, async |tx| execute(tx, statement).await).await.unwrap();
}

async fn count(store: &Store, scope: &Scope, sql: &'static str) -> i64 {
    let read = async |tx: &Tx<'_>| {
        Ok(Statement::new(sql).answers::<BigInt>().get_result(&mut tx.conn()).await?)
    };
    store.read(scope, read).await.unwrap()
}

async fn told(store: &Store, scope: &Scope, id: PartnerId) -> Vec<Event> {
    let request = ListRequest::first(&EVENT_LIST, 1_000);
    let read = store.read_numbered(scope, async |tx| events::list(tx, Some(id), &request).await);
    read.await.unwrap().data
}

/// A random requirement that may be one.
fn random(rows: &[Row], dice: &mut Dice) -> Json {
    loop {
        let requirement = tree(rows, 3, dice);
        if check_requirement(&requirement, Timestamp::now()).is_ok() {
            return requirement;
        }
    }
}

fn tier_states(found: &[EvaluatedPartner]) -> Vec<(String, TierState)> {
    found.iter().map(|one| (one.id.to_string(), one.after.clone())).collect()
}

#[test]
fn sql_gives_the_tiers_that_memory_gives_and_a_dry_run_says_what_will_be() {
    run(async |store, scope| {
        let (_, mut partners) = rows(&store, &scope, 150, 21).await;
        let by_hand = "UPDATE partners SET overridden_fields = '{tier}', tier_source = 'manual', \
            tier_at_risk_since = NULL \
                       WHERE tier IS NOT NULL AND get_byte(uuid_send(id), 15) % 7 = 0";
        run_sql(&store, &scope, Statement::new(by_hand)).await;
        let (mut dice, mut moved) = (Dice(22), 0);
        for round in 0..25 {
            set_policy(
                &store,
                &scope,
                TierMode::Manual,
                if round % 3 == 0 { 0 } else { 400 - 30 * round }.clamp(0, 365),
            )
            .await;
            for key in ["registered", "bronze", "silver", "gold", "platinum"] {
                let requirement = (!dice.one_in(5)).then(|| random(&partners, &mut dice));
                require(&store, &scope, key, requirement).await;
            }
            let before = count(&store, &scope, "SELECT count(*) FROM tier_changes").await;
            partners = all(&store, &scope, ListQuery::default()).await;
            let rules = store.read(&scope, async |tx| tier_rules::read(tx).await).await.unwrap();
            let expected: Vec<(String, TierState)> = {
                let mut all: Vec<_> = partners
                    .iter()
                    .map(|row| {
                        let overridden =
                            row["overridden_fields"].as_array().unwrap().contains(&json!("tier"));
                        let held = TierState::of(row);
                        let after = rules.state_after(&held, rules.automatic(row), true);
                        (
                            row["id"].as_str().unwrap().to_owned(),
                            if overridden { held } else { after },
                        )
                    })
                    .collect();
                all.sort_by(|(one, _), (other, _)| one.cmp(other));
                all
            };
            let everyone = SelectedPartners::all();
            let evaluation = Evaluation::new(&rules, EvaluationScope::Of(&everyone));
            let dry = evaluation.dry_run(true);
            let dry =
                store.read(&scope, async |tx| dry.batch(tx, None, 1_000).await).await.unwrap();
            assert_eq!(tier_states(&dry), expected, "round {round}");
            let real = store
                .write(&scope, async |tx| evaluation.batch(tx, None, 1_000).await)
                .await
                .unwrap();
            assert_eq!(real, dry, "round {round}");
            let after = all(&store, &scope, ListQuery::default()).await;
            let mut found: Vec<_> = after
                .iter()
                .map(|row| (row["id"].as_str().unwrap().to_owned(), TierState::of(row)))
                .collect();
            found.sort_by(|(one, _), (other, _)| one.cmp(other));
            assert_eq!(found, expected, "round {round}");
            let changed = real.iter().filter(|one| one.before.tier != one.after.tier).count();
            let history = count(&store, &scope, "SELECT count(*) FROM tier_changes").await - before;
            assert_eq!(history, changed as i64);
            moved += changed;
            let again = store
                .write(&scope, async |tx| evaluation.batch(tx, None, 1_000).await)
                .await
                .unwrap();
            assert!(again.iter().all(|one| !one.changes()), "the second time changes nothing");
        }
        assert!(moved > 300, "only {moved} partners moved");
    });
}

#[test]
fn a_write_and_a_batch_leave_the_same_and_grace_is_kept() {
    run(async |store, scope| {
        require(
            &store,
            &scope,
            "silver",
            Some(json!({"op": "gte", "field": "employees", "value": 10})),
        )
        .await;
        let a =
            create(&store, &scope, json!({"name": "A", "type": "channel", "employees": 50})).await;
        let b = create(&store, &scope, json!({"name": "B", "type": "channel"})).await;
        assert_eq!((a.summary.tier.as_deref(), a.summary.version), (Some("silver"), 1));
        assert_eq!(
            (b.summary.tier.as_deref(), b.summary.tier_source.as_str()),
            (Some("registered"), "automatic")
        );
        set_policy(&store, &scope, TierMode::Automatic, 30).await;
        let id = a.summary.id;
        let low =
            patch(&store, &scope, id, json!({"employees": 5}), WriteMode::Manual).await.unwrap();
        assert_eq!((low.summary.tier.as_deref(), low.summary.version), (Some("silver"), 2));
        let since = low.summary.tier_at_risk_since.unwrap();
        let same =
            patch(&store, &scope, id, json!({"industry": "X"}), WriteMode::Manual).await.unwrap();
        assert_eq!(same.summary.tier_at_risk_since, Some(since));
        let kinds = |told: Vec<Event>| {
            told.into_iter()
                .map(|event| event.kind)
                .filter(|kind| kind.contains("tier"))
                .collect::<Vec<_>>()
        };
        assert_eq!(kinds(told(&store, &scope, id).await), ["partner.tier_at_risk"], "once");
        let assessed = store.read(&scope, async |tx| assess(tx, id).await).await.unwrap();
        assert_eq!(
            (assessed.automatic_tier.as_deref(), assessed.at_risk_since),
            (Some("registered"), Some(since))
        );
        assert_eq!(
            assessed.demotion_on,
            Some((since.0 + chrono::TimeDelta::days(30)).date_naive().to_string())
        );
        let back = "UPDATE partners SET tier_at_risk_since = clock_timestamp() - interval '31 \
            days' WHERE tier_at_risk_since IS NOT NULL";
        run_sql(&store, &scope, Statement::new(back)).await;
        store
            .write(&scope, async |tx| {
                let rules = tier_rules::lock_shared(tx).await?;
                Evaluation::new(&rules, EvaluationScope::Of(&SelectedPartners::all()))
                    .batch(tx, None, 10)
                    .await
            })
            .await
            .unwrap();
        let fallen = get_partner(&store, &scope, id).await;
        assert_eq!(
            (fallen.summary.tier.as_deref(), fallen.summary.tier_at_risk_since),
            (Some("registered"), None)
        );
        assert_eq!(fallen.summary.version, 4);
        let kinds = kinds(told(&store, &scope, id).await);
        assert_eq!(kinds, ["partner.tier_at_risk", "partner.tier_changed"]);

        let history = store
            .read(&scope, async |tx| {
                list_history(tx, id, &ListRequest::first(&TIER_CHANGE_LIST, 50)).await
            })
            .await
            .unwrap()
            .data;
        let moves: Vec<_> =
            history.iter().map(|change| (change.from.as_deref(), change.to.as_deref())).collect();
        assert_eq!(moves, [(Some("silver"), Some("registered")), (None, Some("silver"))]);
        assert_eq!(Some(history[0].at), fallen.summary.tier_changed_at);
        assert_eq!(history[0].rules_hash, history[1].rules_hash);
    });
}

#[test]
fn stages_leave_a_trail_from_the_first() {
    run(async |store, scope| {
        let partner = create(&store, &scope, json!({"name": "A", "type": "channel"})).await;
        let id = partner.summary.id;
        patch(&store, &scope, id, json!({"stage": "signed"}), WriteMode::Manual).await.unwrap();
        let last =
            patch(&store, &scope, id, json!({"industry": "X"}), WriteMode::Manual).await.unwrap();
        type Types = (Nullable<Text>, Text, diesel::sql_types::Timestamptz);
        let read = async |tx: &Tx<'_>| {
            let sql = "SELECT from_stage, to_stage, at FROM stage_changes ORDER BY at";
            Ok(Statement::new(sql)
                .answers::<Types>()
                .load::<(Option<String>, String, Timestamp)>(&mut tx.conn())
                .await?)
        };
        let trail = store.read(&scope, read).await.unwrap();
        assert_eq!((trail[0].0.as_deref(), trail[0].1.as_str()), (None, "prospect"));
        assert_eq!(
            (trail[1].0.as_deref(), trail[1].1.as_str(), trail[1].2),
            (Some("prospect"), "signed", last.summary.stage_changed_at)
        );
        assert_eq!(trail.len(), 2);
    });
}

#[test]
fn a_tier_that_goes_leaves_nobody_behind() {
    run(async |store, scope| {
        require(
            &store,
            &scope,
            "silver",
            Some(json!({"op": "gte", "field": "employees", "value": 10})),
        )
        .await;
        let a = create(&store, &scope, json!({"name": "A", "type": "channel", "employees": 50}))
            .await
            .summary
            .id;
        let b = create(&store, &scope, json!({"name": "B", "type": "channel", "tier": "silver"}))
            .await
            .summary
            .id;
        let c = create(&store, &scope, json!({"name": "C", "type": "channel", "employees": 50}))
            .await
            .summary
            .id;
        store.write(&scope, async |tx| partners::delete(tx, c, None).await).await.unwrap();
        let remove = async |key: &str, other: Option<&str>| {
            store
                .write(&scope, async |tx| super::delete(tx, key, None, other).await)
                .await
                .map_err(|error| error.code())
        };
        assert_eq!(remove("registered", None).await, Err(Code::DefaultTier));
        assert_eq!(remove("silver", None).await, Err(Code::TierInUse));
        assert_eq!(remove("silver", Some("silver")).await, Err(Code::ValidationFailed));
        assert_eq!(remove("none", None).await, Err(Code::NotFound));
        assert_eq!(remove("silver", Some("gold")).await, Ok(()));
        assert_eq!(remove("silver", Some("gold")).await, Err(Code::NotFound));
        let (a, b) = (
            get_partner(&store, &scope, a).await.summary,
            get_partner(&store, &scope, b).await.summary,
        );
        assert_eq!(
            (a.tier.as_deref(), a.tier_source.as_str(), a.version),
            (Some("registered"), "automatic", 2)
        );
        assert_eq!(
            (b.tier.as_deref(), b.tier_source.as_str(), b.overridden_fields),
            (Some("gold"), "manual", vec!["tier".to_owned()])
        );
        let back = store.write(&scope, async |tx| partners::restore(tx, c).await).await.unwrap();
        assert_eq!(back.summary.tier.as_deref(), Some("registered"));
    });
}

#[test]
fn many_partners_are_left_to_a_job() {
    run(async |store, scope| {
        let many = "INSERT INTO partners (id, created_via, name, normalised_name, type, employees, \
            tier) \
                    SELECT gen_random_uuid(), 'api', 'P' || n, 'p' || n, 'channel', n, \
                    'registered' FROM generate_series(1, 1001) n";
        run_sql(&store, &scope, Statement::new(many)).await;
        require(
            &store,
            &scope,
            "gold",
            Some(json!({"op": "gt", "field": "employees", "value": 1000})),
        )
        .await;
        assert_eq!(
            count(&store, &scope, "SELECT count(*) FROM jobs WHERE type = 'tier_evaluation'").await,
            1
        );
        assert_eq!(
            count(&store, &scope, "SELECT count(*) FROM partners WHERE tier = 'gold'").await,
            0
        );
        run_sql(&store, &scope, Statement::new("DELETE FROM partners WHERE employees = 1")).await;
        let gold = require(
            &store,
            &scope,
            "gold",
            Some(json!({"op": "gt", "field": "employees", "value": 500})),
        )
        .await;
        assert_eq!(gold.partner_count, 501, "a thousand are done at once");
        set_policy(&store, &scope, TierMode::Manual, 0).await;
        let gold = require(&store, &scope, "gold", None).await;
        assert_eq!(gold.partner_count, 501, "nobody asked for it");
    });
}

#[test]
fn a_tag_that_goes_counts_as_a_change_of_its_partners() {
    run(async |store, scope| {
        let tag = domain::tags::TagCreate {
            category: domain::tags::TagCategory::Regions,
            name: "EU".into(),
            color: None,
        };
        let tag = store
            .write(&scope, async |tx| crate::resources::tags::insert(tx, &tag).await)
            .await
            .unwrap()
            .id;
        require(
            &store,
            &scope,
            "gold",
            Some(json!({"op": "any", "field": "tag_ids", "value": [tag]})),
        )
        .await;
        let partner =
            create(&store, &scope, json!({"name": "A", "type": "channel", "tag_ids": [tag]})).await;
        assert_eq!(partner.summary.tier.as_deref(), Some("gold"));
        store
            .write(&scope, async |tx| crate::resources::tags::delete(tx, tag, None).await)
            .await
            .unwrap();
        let after = get_partner(&store, &scope, partner.summary.id).await;
        assert_eq!((after.summary.tier.as_deref(), after.summary.version), (Some("registered"), 2));
    });
}

#[test]
fn whoever_decides_by_the_rules_holds_them() {
    run(async |store, scope| {
        require(
            &store,
            &scope,
            "gold",
            Some(json!({"op": "gte", "field": "employees", "value": 10})),
        )
        .await;
        let (asked, told) = (tokio::sync::Notify::new(), tokio::sync::Notify::new());
        // A partner is written by the old rules while they change: the change waits, and then finds
        // the partner.
        let slow = store.write(&scope, async |tx| {
            let body = json!({"name": "A", "type": "channel", "employees": 5});
            let changes = changes_of(body.as_object().unwrap());
            let made =
                partners::insert(tx, changes, None, PartnerCreatedVia::Api, WriteMode::Manual)
                    .await?;
            asked.notify_one();
            told.notified().await;
            Ok(made)
        });
        let change = async {
            asked.notified().await;
            let easier = require(
                &store,
                &scope,
                "gold",
                Some(json!({"op": "gte", "field": "employees", "value": 1})),
            );
            let release = async {
                let waiting =
                    "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted";
                while count(&store, &scope, waiting).await == 0 {
                    tokio::task::yield_now().await;
                }
                told.notify_one();
            };
            futures_util::future::join(easier, release).await.0
        };
        let (made, gold) = futures_util::future::join(slow, change).await;
        let made = made.unwrap();
        assert_eq!((made.summary.tier.as_deref(), gold.partner_count), (Some("registered"), 1));
        assert_eq!(
            get_partner(&store, &scope, made.summary.id).await.summary.tier.as_deref(),
            Some("gold")
        );
    });
}

#[test]
fn a_policy_of_few_triggers_is_kept_in_order() {
    run(async |store, scope| {
        let triggers = vec![TierTrigger::Daily, TierTrigger::PartnerUpdated, TierTrigger::Daily];
        let update =
            TierPolicyUpdate { evaluate_on: Some(triggers), ..TierPolicyUpdate::default() };
        let policy = store
            .write(&scope, async |tx| replace_policy(tx, Some(1.into()), &update).await)
            .await
            .unwrap();
        assert_eq!(
            (policy.evaluate_on, policy.version),
            (vec![TierTrigger::PartnerUpdated, TierTrigger::Daily], 2)
        );
        let late =
            store.write(&scope, async |tx| replace_policy(tx, Some(1.into()), &update).await).await;
        assert_eq!(late.unwrap_err().code(), Code::VersionMismatch);
        let bind = Statement::new("SELECT count(*) FROM events WHERE type = ")
            .with(Bind::Text(Some("tier_policy.updated".into())), "");
        let told: i64 = store
            .read_numbered(&scope, async |tx| {
                Ok(bind.answers::<BigInt>().get_result(&mut tx.conn()).await?)
            })
            .await
            .unwrap();
        assert_eq!(told, 1);
    });
}
