//! What the commonest writes send to the database. A change here is a change of what each of them
//! costs.

mod scratch;

use diesel::prelude::*;
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use domain::{
    access::{Scope, WriteMode},
    ids::PartnerId,
    partners::{PartnerCreatedVia, changes_of},
    schema,
};
use persistence::{Store, Tx, partners};
use scratch::Scratch;
use serde_json::{Value, json};

diesel::table! {
    statements_of_app (query) { query -> Text, calls -> BigInt, plans -> BigInt, }
}

const START_COUNTING: &str = "CREATE EXTENSION pg_stat_statements; \
    CREATE VIEW statements_of_app AS SELECT query, calls, plans FROM pg_stat_statements \
    WHERE userid = (SELECT oid FROM pg_roles WHERE rolname = 'partneros_app') \
    AND dbid = (SELECT oid FROM pg_database WHERE datname = current_database())";

/// What the application has sent since the last call: how often each statement, and which were
/// planned.
async fn statements(scratch: &Scratch) -> (Vec<String>, Vec<String>) {
    let mut conn = scratch.superuser().await;
    let mut all: Vec<(String, i64, i64)> = statements_of_app::table
        .select((statements_of_app::query, statements_of_app::calls, statements_of_app::plans))
        .load(&mut conn)
        .await
        .unwrap();
    conn.batch_execute(
        "SELECT pg_stat_statements_reset(0, oid, 0) FROM pg_database \
         WHERE datname = current_database()",
    )
    .await
    .unwrap();
    // Events are numbered meanwhile.
    all.retain(|(query, ..)| !query.contains("number_waiting"));
    let calls = all.iter().map(|(query, calls, _)| format!("{calls} {}", short(query)));
    let planned = all.iter().filter(|(.., plans)| *plans > 0).map(|(query, ..)| short(query));
    let (mut calls, mut planned): (Vec<_>, Vec<_>) = (calls.collect(), planned.collect());
    calls.sort();
    planned.sort();
    (calls, planned)
}

/// The name in the comment of a statement, or its verb and table.
fn short(query: &str) -> String {
    match query.strip_prefix("/* ").and_then(|rest| rest.split_once(" */")) {
        Some((name, _)) => name.to_owned(),
        None => {
            let words: Vec<&str> = query.split_whitespace().collect();
            let verb = query.split_whitespace().next().unwrap_or_default();
            let into = words.iter().position(|word| *word == "INTO");
            // The last FROM: those before it are of columns that are queries.
            let from = words.iter().rposition(|word| matches!(*word, "FROM" | "LOCAL"));
            let table = into.or(from).and_then(|place| words.get(place + 1));
            let table = table.copied().unwrap_or_default();
            format!("{verb} {table}").replace('"', "").trim().to_owned()
        }
    }
}

async fn create(store: &Store, scope: &Scope, body: Value) -> PartnerId {
    let changes = changes_of(body.as_object().unwrap());
    let insert = async |tx: &Tx<'_>| {
        let via = PartnerCreatedVia::Manual;
        partners::insert(tx, changes.clone(), None, via, WriteMode::Manual).await
    };
    store.write(scope, insert).await.unwrap().summary.id
}

async fn patch(store: &Store, scope: &Scope, id: PartnerId, body: Value) {
    let changes = changes_of(body.as_object().unwrap());
    let update = async |tx: &Tx<'_>| {
        partners::update(tx, id, None, changes.clone(), WriteMode::Manual).await
    };
    store.write(scope, update).await.unwrap();
}

/// None of them is planned anew once the connection knows it, but for the empty one before COMMIT.
#[tokio::test(flavor = "multi_thread")]
async fn a_creation_and_a_change_send_so_many_statements() {
    let scratch = Scratch::new().await;
    let scope = scratch.organization().await;
    scratch
        .store
        .write(&scope, async |tx| {
            let tier = (
                schema::tiers::key.eq("registered"),
                schema::tiers::name.eq("Registered"),
                schema::tiers::rank.eq(1),
                schema::tiers::is_default.eq(true),
            );
            diesel::insert_into(schema::tiers::table).values(tier).execute(&mut tx.conn()).await?;
            Ok(())
        })
        .await
        .unwrap();
    scratch.superuser().await.batch_execute(START_COUNTING).await.unwrap();
    // One connection, so that it knows the statements.
    let store = &scratch.narrow_store().await.for_requests();

    let body = |n: i32| {
        json!({"name": format!("Acme {n}"), "type": "reseller", "stage": "signed", "employees": n,
            "industry": "Software"})
    };
    create(store, &scope, body(0)).await;
    statements(&scratch).await;
    let id = create(store, &scope, body(1)).await;
    let (created, planned) = statements(&scratch).await;
    assert_eq!(
        created,
        [
            "1 BEGIN",
            "1 COMMIT",
            "1 INSERT partner_overrides",
            "1 INSERT stage_changes",
            "1 INSERT tier_changes",
            "1 SELECT",
            "1 SET app.organization_id",
            "1 SET plan_cache_mode",
            "1 events.append",
            "1 partners.insert",
            "1 tasks.insert",
            "1 tiers.rules",
        ]
    );
    assert_eq!(planned, ["SELECT"]);

    patch(store, &scope, id, json!({"employees": 2})).await;
    statements(&scratch).await;
    patch(store, &scope, id, json!({"employees": 3})).await;
    let (changed, planned) = statements(&scratch).await;
    assert_eq!(
        changed,
        [
            "1 BEGIN",
            "1 COMMIT",
            "1 SELECT",
            "1 SELECT partner_overrides",
            "1 SELECT partners",
            "1 SET app.organization_id",
            "1 SET plan_cache_mode",
            "1 events.append",
            "1 partners.update",
            "1 tiers.rules",
        ]
    );
    assert_eq!(planned, ["SELECT"]);
}
