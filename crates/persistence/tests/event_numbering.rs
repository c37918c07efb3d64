//! Events get their numbers after the commit of the transaction that wrote them, whoever dies,
//! waits or races (docs/events.md#order).

mod scratch;

use std::{
    cell::{Cell, RefCell},
    collections::BTreeSet,
    time::{Duration, Instant},
};

use diesel::prelude::*;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use domain::{access::Scope, events::NewEvent, ids::TagId, schema};
use futures_util::future::{join, join_all};
use persistence::{Store, Tx, events, housekeeping};
use scratch::Scratch;
use serde_json::json;
use uuid::Uuid;

fn tag_created(tag: TagId, version: i64) -> NewEvent {
    NewEvent::new("tag.created", tag, version, json!({}))
}

/// A number, the id of the event, its subject and the version of that.
type Entry = (i64, Uuid, String, Option<i64>);

/// The log after `mark`, and how far it reaches.
async fn log_after(store: &Store, scope: &Scope, mark: i64) -> (Vec<Entry>, i64) {
    use schema::events::dsl;
    store
        .read_numbered(scope, async |tx: &Tx<'_>| {
            let last = events::last_sequence(tx).await?;
            let entries: Vec<Entry> = dsl::events
                .filter(dsl::sequence.gt(mark))
                .order(dsl::sequence)
                .select((dsl::sequence, dsl::id, dsl::subject_id, dsl::subject_version))
                .load(&mut tx.conn())
                .await?;
            Ok((entries, last))
        })
        .await
        .unwrap()
}

async fn record(store: &Store, scope: &Scope, event: NewEvent) {
    let write = async |tx: &Tx<'_>| {
        tx.record(event.clone());
        Ok(())
    };
    store.write(scope, write).await.unwrap();
}

/// A connection of the application inside of an organization.
async fn app(scratch: &Scratch, scope: &Scope) -> AsyncPgConnection {
    let mut conn = AsyncPgConnection::establish(&scratch.superuser_url).await.unwrap();
    conn.batch_execute(&format!(
        "SET ROLE partneros_app; SET app.organization_id = '{}'",
        scope.organization.0
    ))
    .await
    .unwrap();
    conn
}

/// Writes an event as the present server does.
fn waiting(id: Uuid) -> String {
    format!(
        "INSERT INTO event_outbox (id, type, actor, subject_type, subject_id, data, request_id) \
         VALUES ('{id}', 'tag.created', '{{}}', 'tag', 'tag_{id}', '{{}}', '{id}')"
    )
}

/// Writes an event as servers of before the outbox did: numbered, under the lock of the counter.
fn numbered(id: Uuid) -> String {
    format!(
        "WITH counter AS (UPDATE event_counters SET last_sequence = last_sequence + 1 \
         RETURNING last_sequence) \
         INSERT INTO events (sequence, id, type, actor, subject_type, subject_id, data, request_id) \
         SELECT last_sequence, '{id}', 'tag.created', '{{}}', 'tag', 'tag_{id}', '{{}}', '{id}' \
         FROM counter"
    )
}

/// Events that wait for a number, of all organizations.
async fn count_waiting(scratch: &Scratch) -> i64 {
    diesel::table! { event_outbox (position) { position -> BigInt, } }
    event_outbox::table.count().get_result(&mut scratch.superuser().await).await.unwrap()
}

async fn until_none_waits(scratch: &Scratch) {
    let since = Instant::now();
    while count_waiting(scratch).await > 0 {
        assert!(since.elapsed() < Duration::from_secs(30), "events are left without a number");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Numbers that look random; a run prints its seed.
struct Dice(Cell<u64>);

impl Dice {
    fn below(&self, n: u64) -> u64 {
        // SplitMix64.
        self.0.set(self.0.get().wrapping_add(0x9e37_79b9_7f4a_7c15));
        let mut z = self.0.get();
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % n
    }
}

/// What the writers of one organization know.
struct World {
    scope: Scope,
    tag: TagId,
    /// Writes of the tag follow one another, whatever connection they use.
    version: tokio::sync::Mutex<i64>,
    committed: RefCell<BTreeSet<Uuid>>,
}

/// Follows the log until `ended`; asserts that no number is ever missing below one that was seen.
async fn follow(store: &Store, world: &World, ended: &Cell<bool>) -> Vec<Entry> {
    let mut seen: Vec<Entry> = Vec::new();
    loop {
        let was_ended = ended.get();
        let mark = seen.last().map_or(0, |entry| entry.0);
        let (entries, last) = log_after(store, &world.scope, mark).await;
        let numbers: Vec<i64> = entries.iter().map(|entry| entry.0).collect();
        let expected: Vec<i64> = (mark + 1..).take(numbers.len()).collect();
        assert_eq!(numbers, expected, "a number is missing or late");
        seen.extend(entries);
        assert!(seen.last().map_or(0, |entry| entry.0) >= last, "last_sequence is ahead");
        if was_ended {
            return seen;
        }
    }
}

/// Writers of both generations, whose transactions are open for random times and are sometimes
/// undone, followers, and three stores that number events at the same time.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_number_is_skipped_or_seen_late() {
    let scratch = Scratch::new().await;
    let stores = [&scratch.store, &scratch.other_store().await, &scratch.other_store().await];
    let seed = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap().as_nanos() as u64;
    println!("seed {seed}");
    let mut worlds = Vec::new();
    for _ in 0..3 {
        worlds.push(World {
            scope: scratch.organization().await,
            tag: TagId::new(),
            version: tokio::sync::Mutex::default(),
            committed: RefCell::default(),
        });
    }
    let ended = Cell::new(false);
    let ended = &ended;
    // Writes of one tag through the store: each follows the one before it.
    let chain = async |world: &World, place: usize| {
        while !ended.get() {
            let mut version = world.version.lock().await;
            *version += 1;
            let event = tag_created(world.tag, *version);
            let id = event.id.0;
            record(stores[place % 3], &world.scope, event).await;
            world.committed.borrow_mut().insert(id);
        }
    };
    // Transactions that stay open after their event is written.
    let hold = async |world: &World, seed: u64, write: fn(Uuid) -> String| {
        let dice = Dice(Cell::new(seed));
        let mut conn = app(&scratch, &world.scope).await;
        while !ended.get() {
            let id = Uuid::now_v7();
            let wait = dice.below(20) as f64 / 1000.0;
            let end = if dice.below(5) == 0 { "ROLLBACK" } else { "COMMIT" };
            let sql = format!("BEGIN; {}; SELECT pg_sleep({wait}); {end}", write(id));
            conn.batch_execute(&sql).await.unwrap();
            if end == "COMMIT" {
                world.committed.borrow_mut().insert(id);
            }
        }
    };
    let work = worlds.iter().enumerate().map(async |(i, world)| {
        let seed = seed.wrapping_add(100 * i as u64);
        let chains = join_all((0..2).map(|n| chain(world, i + n)));
        let presents = join_all((0..3).map(|n| hold(world, seed.wrapping_add(n), waiting)));
        let olds = join_all((10..12).map(|n| hold(world, seed.wrapping_add(n), numbered)));
        let writers = join(join(chains, presents), olds);
        // The follower goes on until the writers have ended.
        let over = Cell::new(false);
        let writers = async {
            writers.await;
            over.set(true);
        };
        join(writers, follow(stores[i], world, &over)).await.1
    });
    let clock = async {
        tokio::time::sleep(Duration::from_secs(3)).await;
        ended.set(true);
    };
    let (logs, ()) = join(join_all(work), clock).await;
    for (world, log) in worlds.iter().zip(logs) {
        let ids: BTreeSet<Uuid> = log.iter().map(|entry| entry.1).collect();
        assert_eq!(ids, *world.committed.borrow(), "seed {seed}");
        assert_eq!(ids.len(), log.len());
        let tag = world.tag.to_string();
        let versions: Vec<i64> =
            log.iter().filter(|entry| entry.2 == tag).filter_map(|entry| entry.3).collect();
        println!("{} events, {} of them in a chain", log.len(), versions.len());
        let expected: Vec<i64> = (1..=*world.version.lock().await).collect();
        assert_eq!(versions, expected, "an effect stands before its cause (seed {seed})");
        assert!(versions.len() > 10 && log.len() > versions.len());
    }
    until_none_waits(&scratch).await;
}

/// The writer's process ends between its commit and the numbering; so does one that numbers.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_process_leaves_behind_is_numbered_by_another() {
    let scratch = Scratch::new().await;
    let scope = scratch.organization().await;
    let event = tag_created(TagId::new(), 1);
    let lost = scratch.other_store().await;
    record(&lost, &scope, event.clone()).await;
    drop(lost);
    let mut conn = app(&scratch, &scope).await;
    let number = format!("BEGIN; SELECT number_events('{}', 10)", scope.organization.0);
    conn.batch_execute(&number).await.unwrap();
    drop(conn);
    // Nobody reads, nobody writes.
    until_none_waits(&scratch).await;
    let (log, last) = log_after(&scratch.store, &scope, 0).await;
    assert_eq!((log[0].1, log.len(), last), (event.id.0, 1, 1));
}

/// A release that is taken back leaves nothing without a number: the servers of before number what
/// waits with their next write.
#[tokio::test(flavor = "multi_thread")]
async fn servers_of_before_number_what_waits() {
    let scratch = Scratch::new().await;
    let (scope, other) = (scratch.organization().await, scratch.organization().await);
    let ids = [Uuid::now_v7(), Uuid::now_v7(), Uuid::now_v7()];
    let mut conn = app(&scratch, &scope).await;
    let sql =
        format!("BEGIN; {}; {}; {}; COMMIT", waiting(ids[0]), waiting(ids[1]), numbered(ids[2]));
    conn.batch_execute(&sql).await.unwrap();
    use schema::events::dsl;
    let log: Vec<(i64, Uuid)> = dsl::events
        .order(dsl::sequence)
        .select((dsl::sequence, dsl::id))
        .load(&mut conn)
        .await
        .unwrap();
    assert_eq!(log, [(1, ids[2]), (2, ids[0]), (3, ids[1])]);
    assert_eq!(log_after(&scratch.store, &scope, 0).await.1, 3);
    assert_eq!(log_after(&scratch.store, &other, 0).await, (vec![], 0));
}

/// Ten thousand events of one organization, and events that cannot be numbered at all, keep
/// nobody else's waiting.
#[tokio::test(flavor = "multi_thread")]
async fn organizations_do_not_wait_for_each_other() {
    let scratch = Scratch::new().await;
    let (greedy, modest) = (scratch.organization().await, scratch.organization().await);
    let broken = scratch.organization().await;
    let mut conn = app(&scratch, &greedy).await;
    conn.batch_execute(
        "INSERT INTO event_outbox (id, type, actor, subject_type, subject_id, data, request_id) \
         SELECT gen_random_uuid(), 'tag.created', '{}', 'tag', 'tag_x', '{}', gen_random_uuid() \
         FROM generate_series(1, 10000)",
    )
    .await
    .unwrap();
    let mut conn = app(&scratch, &broken).await;
    conn.batch_execute("DELETE FROM event_counters").await.unwrap();
    conn.batch_execute(&waiting(Uuid::now_v7())).await.unwrap();
    let mut conn = app(&scratch, &modest).await;
    conn.batch_execute(&waiting(Uuid::now_v7())).await.unwrap();
    conn.batch_execute("SELECT number_waiting_events(500, 5000)").await.unwrap();
    use schema::events::dsl;
    let of_modest: i64 = dsl::events.count().get_result(&mut conn).await.unwrap();
    assert_eq!(of_modest, 1);

    let since = Instant::now();
    let (log, last) = log_after(&scratch.store, &greedy, 0).await;
    println!("the rest of 10,000 events took {:?}", since.elapsed());
    assert_eq!((log.len(), last), (10_000, 10_000));
    // Who reads the log of the broken organization hears of it.
    let read = scratch.store.number_events(&broken).await;
    assert!(read.is_err());
    assert_eq!(count_waiting(&scratch).await, 1);
}

/// Whatever has waited for a number for so long.
#[tokio::test(flavor = "multi_thread")]
async fn what_waits_is_purged_by_its_age_like_the_rest() {
    let scratch = Scratch::new().await;
    let scope = scratch.organization().await;
    let mut conn = app(&scratch, &scope).await;
    conn.batch_execute(&waiting(Uuid::now_v7())).await.unwrap();
    scratch
        .superuser()
        .await
        .batch_execute("UPDATE event_outbox SET created_at = now() - interval '91 days'")
        .await
        .unwrap();
    scratch.store.number_events(&scope).await.unwrap();
    while scratch.store.write(&scope, housekeeping::purge).await.unwrap() > 0 {}
    assert_eq!(log_after(&scratch.store, &scope, 0).await, (vec![], 1));
    assert_eq!(count_waiting(&scratch).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_reads_the_log_sees_what_was_written_before() {
    let scratch = Scratch::new().await;
    let scope = scratch.organization().await;
    for version in 1..=3 {
        record(&scratch.store, &scope, tag_created(TagId::new(), version)).await;
        let (log, last) = log_after(&scratch.store, &scope, 0).await;
        assert_eq!((log.len() as i64, last), (version, version));
        let again = log_after(&scratch.store, &scope, 0).await;
        assert_eq!(again, (log, last));
    }
}
