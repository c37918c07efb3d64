//! The queue under everything that can happen to it, on a real cluster.

mod scratch;

use std::{
    cell::RefCell,
    collections::HashMap,
    time::{Duration, Instant},
};

use diesel::prelude::*;
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use domain::{
    Code, Error, Result,
    access::Scope,
    ids::JobId,
    jobs::{Daily, JOB_ITEM_LIST, JOB_LIST, JobStatus, JobType, Lane, NewJobItem, NewTask},
    lists::ListRequest,
    schema,
};
use persistence::{
    Settings, Store, Tx, housekeeping,
    jobs::{self, JobSteps, NewJob, StepItems, StepOutcome},
    tasks::{self, LaneRequest, LeaseLost, Task},
    worker::{self, Outcome, Run, Tasks},
};
use scratch::Scratch;
use serde_json::json;
use tokio::sync::Notify;

const LEASE: Duration = Duration::from_secs(30);

/// A lease that ends at once, as if its worker had died long ago.
const NO_LEASE: Duration = Duration::ZERO;

async fn enqueue(store: &Store, scope: &Scope, task: NewTask) {
    store.write(scope, async |tx| tasks::enqueue(tx, &task).await).await.unwrap();
}

async fn rows(store: &Store, scope: &Scope) -> Vec<(String, i32, Option<String>, bool)> {
    use schema::tasks::dsl;
    store
        .read(scope, async |tx| {
            let all = dsl::tasks
                .select((dsl::kind, dsl::attempts, dsl::last_error, dsl::died_at.is_not_null()))
                .order(dsl::id);
            Ok(all.load(&mut tx.conn()).await?)
        })
        .await
        .unwrap()
}

async fn events(store: &Store, scope: &Scope) -> Vec<String> {
    use schema::events::dsl;
    store
        .read_numbered(scope, async |tx| {
            Ok(dsl::events.select(dsl::type_).order(dsl::sequence).load(&mut tx.conn()).await?)
        })
        .await
        .unwrap()
}

/// Waits for something that must happen, with a bound.
async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let since = Instant::now();
    while !holds().await {
        assert!(since.elapsed() < Duration::from_secs(20), "waited in vain until {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Tasks whose work is a closure.
struct Work<F> {
    work: F,
    buried: RefCell<Vec<String>>,
    daily: Vec<(&'static str, Daily)>,
}

fn work<F: AsyncFn(&Run) -> Result<Outcome>>(work: F) -> Work<F> {
    Work { work, buried: RefCell::default(), daily: Vec::new() }
}

impl<F: AsyncFn(&Run) -> Result<Outcome>> Tasks for Work<F> {
    async fn run(&self, run: &Run) -> Result<Outcome> {
        (self.work)(run).await
    }
    async fn gave_up(&self, _: &Tx<'_>, task: &Task, _: &Error) -> Result<()> {
        self.buried.borrow_mut().push(task.kind.clone());
        Ok(())
    }
    fn daily(&self) -> Vec<(&'static str, Daily)> {
        self.daily.clone()
    }
}

fn lane(lane: Lane, slots: usize, most: usize) -> worker::LaneSettings {
    worker::LaneSettings { lane, slots, most }
}

/// Takes jobs, as many of one organization as there are.
async fn claim(store: &Store, wanted: usize, lease: Duration) -> Result<Vec<Task>> {
    tasks::claim(store, &[LaneRequest { lane: Lane::Jobs, wanted, most: 1_000 }], lease).await
}

fn settings() -> worker::Settings {
    worker::Settings {
        lanes: vec![lane(Lane::Jobs, 2, 2), lane(Lane::Housekeeping, 1, 1)],
        lease: Duration::from_millis(600),
        poll: Duration::from_millis(20),
        grace: Duration::from_secs(10),
        outage_pause: Duration::from_millis(20),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn claimers_that_race_never_get_the_same_task() {
    let scratch = Scratch::new().await;
    let (one, other) = (scratch.organization().await, scratch.organization().await);
    for n in 0..60 {
        let scope = if n % 2 == 0 { &one } else { &other };
        enqueue(&scratch.store, scope, NewTask::new("t", json!({"n": n}))).await;
    }
    let claimers = (0..8).map(|_| async {
        let mut mine = Vec::new();
        loop {
            let found = claim(&scratch.store, 5, LEASE).await.unwrap();
            if found.is_empty() {
                return mine;
            }
            mine.extend(found);
        }
    });
    let all: Vec<Task> =
        futures_util::future::join_all(claimers).await.into_iter().flatten().collect();
    let mut numbers: Vec<i64> =
        all.iter().map(|task| task.payload["n"].as_i64().unwrap()).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (0..60).collect::<Vec<_>>());
    assert!(all.iter().all(|task| task.attempts == 1 && task.scope().actor == one.actor));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_workers_task_is_tried_again_and_its_late_words_are_not_heard() {
    let scratch = Scratch::new().await;
    let scope = scratch.organization().await;
    enqueue(&scratch.store, &scope, NewTask::new("t", json!({}))).await;
    let late = claim(&scratch.store, 1, NO_LEASE).await.unwrap().remove(0);
    let next = claim(&scratch.store, 1, LEASE).await.unwrap().remove(0);
    assert_eq!((late.attempts, next.attempts), (1, 2));

    let store = &scratch.store;
    let lost = [
        store.write(&scope, async |tx| tasks::complete(tx, &late).await).await,
        store.write(&scope, async |tx| tasks::fail(tx, &late, "late").await.map(|_| ())).await,
        store.write(&scope, async |tx| tasks::release(tx, &late).await).await,
        store.write(&scope, async |tx| tasks::lock_lease(tx, &late).await).await,
    ];
    assert!(lost.iter().all(|outcome| LeaseLost::is(outcome.as_ref().unwrap_err())));
    assert_eq!(tasks::renew(store, &[late, next.clone()], LEASE).await.unwrap(), [next.id]);
    store.write(&scope, async |tx| tasks::complete(tx, &next).await).await.unwrap();
    assert!(rows(store, &scope).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_waits_longer_each_time_and_is_dead_after_the_last() {
    let scratch = Scratch::new().await;
    let (store, scope) = (&scratch.store, &scratch.organization().await);
    enqueue(store, scope, NewTask::new("t", json!({})).attempts(2)).await;
    let first = claim(store, 1, LEASE).await.unwrap().remove(0);
    assert!(!store.write(scope, async |tx| tasks::fail(tx, &first, "one").await).await.unwrap());
    assert!(claim(store, 1, LEASE).await.unwrap().is_empty(), "it waits");
    scratch.superuser().await.batch_execute("UPDATE tasks SET run_at = now()").await.unwrap();
    let second = claim(store, 1, LEASE).await.unwrap().remove(0);
    assert!(store.write(scope, async |tx| tasks::fail(tx, &second, "two").await).await.unwrap());
    scratch.superuser().await.batch_execute("UPDATE tasks SET run_at = now()").await.unwrap();
    assert!(claim(store, 1, LEASE).await.unwrap().is_empty(), "it is dead");
    assert_eq!(rows(store, scope).await, [("t".to_owned(), 2, Some("two".to_owned()), true)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_poison_task_that_kills_its_workers_is_buried() {
    let scratch = Scratch::new().await;
    let (store, scope) = (&scratch.store, &scratch.organization().await);
    enqueue(store, scope, NewTask::new("poison", json!({})).attempts(2)).await;
    for _ in 0..2 {
        assert_eq!(claim(store, 1, NO_LEASE).await.unwrap().len(), 1);
    }
    let tasks = work(async |_| -> Result<Outcome> { panic!("must not run once more") });
    let stop = async { until("it is buried", async || !tasks.buried.borrow().is_empty()).await };
    worker::run(store, &tasks, &settings(), stop).await;
    assert!(rows(store, scope).await[0].3);
}

/// Workers hear of tasks that other processes queue, although NOTIFY follows the commit.
#[tokio::test(flavor = "multi_thread")]
async fn a_task_of_another_process_wakes_the_worker() {
    let scratch = Scratch::new().await;
    let (store, scope) = (&scratch.other_store().await, &scratch.organization().await);
    let (first, done) = (Notify::new(), RefCell::new(0));
    let tasks = work(async |_: &Run| {
        *done.borrow_mut() += 1;
        first.notify_one();
        Ok(Outcome::Done)
    });
    // It would look by itself long after this test.
    let settings = worker::Settings { poll: Duration::from_secs(600), ..settings() };
    enqueue(store, scope, NewTask::new("t", json!({}))).await;
    worker::run(&scratch.store, &tasks, &settings, async {
        first.notified().await;
        // By now it listens.
        for n in 2..6 {
            enqueue(store, scope, NewTask::new("t", json!({}))).await;
            until("the task is done", async || *done.borrow() == n).await;
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_tasks_of_one_organization_do_not_starve_anothers_one() {
    let scratch = Scratch::new().await;
    let (store, greedy, modest) =
        (&scratch.store, scratch.organization().await, scratch.organization().await);
    scratch
        .superuser()
        .await
        .batch_execute(&format!(
            "INSERT INTO tasks (organization_id, id, kind, payload, actor, role, request_id, \
                max_attempts)
             SELECT '{}', gen_random_uuid(), 'greedy', '{{}}', '{}', 'owner', gen_random_uuid(), 5 \
             FROM generate_series(1, 10000)",
            greedy.organization.0,
            serde_json::to_string(&greedy.actor).unwrap()
        ))
        .await
        .unwrap();
    assert_eq!(claim(store, 4, LEASE).await.unwrap().len(), 4);
    enqueue(store, &modest, NewTask::new("modest", json!({}))).await;
    let since = Instant::now();
    let next = claim(store, 1, LEASE).await.unwrap().remove(0);
    assert_eq!(next.kind, "modest");
    assert!(since.elapsed() < Duration::from_secs(1), "claiming took {:?}", since.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_unique_task_is_queued_once_and_runs_once_more_when_wanted_while_running() {
    let scratch = Scratch::new().await;
    let (store, scope, other) =
        (&scratch.store, &scratch.organization().await, &scratch.organization().await);
    let task = |n: i64| NewTask::new("t", json!({"n": n})).unique("key");
    enqueue(store, scope, task(1)).await;
    enqueue(store, scope, task(2)).await;
    enqueue(store, other, task(3)).await;
    assert_eq!((rows(store, scope).await.len(), rows(store, other).await.len()), (1, 1));
    let claimed = claim(store, 9, LEASE).await.unwrap();
    let mine = claimed.iter().find(|t| t.scope().organization == scope.organization).unwrap();
    assert_eq!(mine.payload["n"], 2);
    enqueue(store, scope, task(4)).await;
    store.write(scope, async |tx| tasks::complete(tx, mine).await).await.unwrap();
    let again = claim(store, 9, LEASE).await.unwrap();
    assert_eq!((again.len(), &again[0].payload["n"], again[0].attempts), (1, &json!(4), 1));
    store.write(scope, async |tx| tasks::complete(tx, &again[0]).await).await.unwrap();
    assert!(rows(store, scope).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lane_whose_work_hangs_holds_up_no_other_lane() {
    let scratch = Scratch::new().await;
    let (store, scope) = (&scratch.store, &scratch.organization().await);
    for n in 0..30 {
        enqueue(store, scope, NewTask::new("mail", json!({"n": n})).lane(Lane::Mails)).await;
    }
    let (hanging, done) = (RefCell::new(0), Notify::new());
    let tasks = work(async |run: &Run| match run.task.lane {
        Lane::Mails => {
            *hanging.borrow_mut() += 1;
            std::future::pending().await
        }
        _ => {
            done.notify_one();
            Ok(Outcome::Done)
        }
    });
    let lanes = vec![lane(Lane::Mails, 5, 3), lane(Lane::Jobs, 1, 1)];
    let settings = worker::Settings { lanes, grace: Duration::from_millis(50), ..settings() };
    worker::run(store, &tasks, &settings, async {
        until("as many mails hang as may", async || *hanging.borrow() >= 3).await;
        for _ in 0..20 {
            enqueue(store, scope, NewTask::new("job", json!({}))).await;
            done.notified().await;
        }
    })
    .await;
    assert_eq!(*hanging.borrow(), 3, "one organization has three slots of the lane, not all five");
    assert_eq!(rows(store, scope).await.len(), 30);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_organization_does_not_take_every_hand_of_a_lane() {
    let scratch = Scratch::new().await;
    let (store, one, other) =
        (&scratch.store, scratch.organization().await, scratch.organization().await);
    for _ in 0..10 {
        enqueue(store, &one, NewTask::new("greedy", json!({})).lane(Lane::Slack)).await;
    }
    let ask = async |wanted, most| {
        tasks::claim(store, &[LaneRequest { lane: Lane::Slack, wanted, most }], LEASE)
            .await
            .unwrap()
    };
    assert_eq!(ask(8, 3).await.len(), 3);
    // Over all workers: another claim sees what the first one holds.
    assert_eq!(ask(8, 3).await.len(), 0);
    enqueue(store, &other, NewTask::new("modest", json!({})).lane(Lane::Slack)).await;
    let kinds: Vec<String> = ask(8, 3).await.into_iter().map(|task| task.kind).collect();
    assert_eq!(kinds, ["modest"]);
    assert_eq!(ask(8, 5).await.len(), 2);
    assert_eq!(claim(store, 8, LEASE).await.unwrap().len(), 0, "they are in another lane");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_claim_takes_more_than_was_asked_for_of_any_lane() {
    let scratch = Scratch::new().await;
    let store = &scratch.store;
    for _ in 0..4 {
        let scope = scratch.organization().await;
        for n in 0..25 {
            let lane = [Lane::Jobs, Lane::Mails, Lane::Scores][n % 3];
            enqueue(store, &scope, NewTask::new("t", json!({})).lane(lane)).await;
        }
    }
    let request = |lane, wanted, most| LaneRequest { lane, wanted, most };
    let of = |tasks: &[Task], lane| tasks.iter().filter(|task| task.lane == lane).count();
    let claimers = (0..6).map(|_| async {
        let asked = [request(Lane::Jobs, 2, 100), request(Lane::Mails, 5, 100)];
        let found = tasks::claim(store, &asked, LEASE).await.unwrap();
        (of(&found, Lane::Jobs), of(&found, Lane::Mails), found.len())
    });
    // While others change the same rows.
    let disturb = async {
        for _ in 0..20 {
            scratch
                .superuser()
                .await
                .batch_execute("UPDATE tasks SET max_attempts = max_attempts WHERE lease IS NULL")
                .await
                .unwrap();
        }
    };
    let (found, ()) =
        futures_util::future::join(futures_util::future::join_all(claimers), disturb).await;
    for (jobs, mails, all) in found {
        assert!(
            jobs <= 2 && mails <= 5 && jobs + mails == all,
            "{jobs} jobs, {mails} mails, {all}"
        );
    }
}

/// Point of the test: a database that slots out more than it was asked for, as another engine may.
#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_is_handed_too_many_tasks_gives_the_rest_back() {
    let scratch = Scratch::new().await;
    let (store, scope) = (&scratch.store, &scratch.organization().await);
    let generous = "
        ALTER FUNCTION claim_tasks(uuid, text[], int[], int[], double precision) RENAME TO \
        claim_as_asked;
        CREATE FUNCTION claim_tasks(uuid, text[], int[], int[], double precision)
            RETURNS TABLE (organization_id uuid, id uuid, lane text, kind text, payload jsonb, \
            actor jsonb, role text,
                           member_id uuid, request_id uuid, attempts int, max_attempts int)
            LANGUAGE sql VOLATILE SECURITY DEFINER AS $$
            SELECT * FROM claim_as_asked($1, $2, (SELECT array_agg(n + 20) FROM unnest($3) AS n),
                                         (SELECT array_agg(n + 20) FROM unnest($4) AS n), $5) $$;
        GRANT EXECUTE ON FUNCTION claim_tasks(uuid, text[], int[], int[], double precision) TO \
        partneros_app";
    scratch.superuser().await.batch_execute(generous).await.unwrap();
    for n in 0..40 {
        enqueue(store, scope, NewTask::new("t", json!({"n": n}))).await;
    }
    let (at_once, most, done) = (RefCell::new(0), RefCell::new(0), RefCell::new(0));
    let tasks = work(async |run: &Run| {
        *at_once.borrow_mut() += 1;
        let now = *at_once.borrow();
        most.replace_with(|most| now.max(*most));
        assert_eq!(run.task.attempts, 1, "what was given back was not tried");
        run.step(async |tx| tasks::lock_lease(tx, &run.task).await).await?;
        *at_once.borrow_mut() -= 1;
        *done.borrow_mut() += 1;
        Ok(Outcome::Done)
    });
    let all = async { until("every task is done", async || *done.borrow() >= 40).await };
    // What is given back late is not taken for dead meanwhile.
    worker::run(store, &tasks, &worker::Settings { lease: LEASE, ..settings() }, all).await;
    assert!(*most.borrow() <= 2, "{} at once", most.borrow());
    assert!(rows(store, scope).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn deaths_of_workers_are_counted_anew_when_a_job_has_got_on() {
    use schema::tasks::dsl;
    let scratch = Scratch::new().await;
    let (store, scope) = (&scratch.store, &scratch.organization().await);
    let id = JobId::new();
    store.write(scope, async |tx| jobs::insert(tx, &job(id)).await).await.unwrap();
    let settings = settings();
    // Each worker dies after a step: none of them is the last, however many there are.
    for step in 0..12 {
        let hung = Notify::new();
        let tasks = work(async |run: &Run| {
            assert!(!run.task.is_exhausted(), "step {step}: attempt {}", run.task.attempts);
            let numbers = Numbers { hangs: Some((step + 1, &hung)), ..Numbers::up_to(100) };
            jobs::run(run, id, async |_, _, _| Ok(numbers)).await
        });
        tokio::select! {
            () = worker::run(store, &tasks, &settings, std::future::pending()) => {
                unreachable!("nobody stops it")
            }
            () = hung.notified() => {}
        }
        scratch
            .superuser()
            .await
            .batch_execute("UPDATE tasks SET locked_until = now(), run_at = now()")
            .await
            .unwrap();
    }
    // One that gets no further is buried as before.
    let attempts = async || -> i32 {
        let attempts = dsl::tasks.select(dsl::attempts);
        store.read(scope, async |tx| Ok(attempts.first(&mut tx.conn()).await?)).await.unwrap()
    };
    assert_eq!(attempts().await, 1);
    for _ in 0..4 {
        assert!(!claim(store, 1, NO_LEASE).await.unwrap().remove(0).is_exhausted());
    }
    assert!(claim(store, 1, NO_LEASE).await.unwrap().remove(0).is_exhausted());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_starts_alone_need_not_wait_for_the_leases_of_the_dead() {
    let scratch = Scratch::new().await;
    let (store, scope, other) =
        (&scratch.store, &scratch.organization().await, &scratch.organization().await);
    enqueue(store, scope, NewTask::new("t", json!({}))).await;
    enqueue(store, other, NewTask::new("t", json!({}))).await;
    let dead = claim(store, 2, LEASE).await.unwrap();
    assert!(claim(store, 2, LEASE).await.unwrap().is_empty());
    assert_eq!(tasks::release_all(store).await.unwrap(), 2);
    let again = claim(store, 2, LEASE).await.unwrap();
    assert_eq!(again.iter().map(|task| task.attempts).collect::<Vec<_>>(), [2, 2]);
    let late = store.write(scope, async |tx| tasks::complete(tx, &dead[0]).await).await;
    let late = match late {
        Ok(()) => store.write(other, async |tx| tasks::complete(tx, &dead[0]).await).await,
        refused => refused,
    };
    assert!(LeaseLost::is(&late.unwrap_err()), "whoever was thought dead cannot write any more");
}

#[tokio::test(flavor = "multi_thread")]
async fn housekeeping_erases_a_bounded_number_of_rows_at_a_time() {
    let scratch = Scratch::new().await;
    let (store, scope) = (&scratch.store, &scratch.organization().await);
    let many = format!(
        "INSERT INTO idempotency_keys (organization_id, credential_id, operation, idempotency_key, \
            digest, created_at)
         SELECT '{0}', gen_random_uuid(), 'op', n::text, '', now() - interval '25 hours' FROM \
         generate_series(1, 12000) AS n;
         INSERT INTO jobs (organization_id, id, type, dry_run, actor, input, expires_at)
         VALUES ('{0}', '{1}', 'import', false, '{{}}', '{{}}', now() - interval '91 days');
         INSERT INTO job_items (organization_id, job_id, index, status)
         SELECT '{0}', '{1}', n, 'succeeded' FROM generate_series(1, 12000) AS n",
        scope.organization.0,
        uuid::Uuid::now_v7(),
    );
    scratch.superuser().await.batch_execute(&many).await.unwrap();
    let mut gone = Vec::new();
    loop {
        let rows = store.write(scope, async |tx| housekeeping::purge(tx).await).await.unwrap();
        if rows == 0 {
            break;
        }
        gone.push(rows);
    }
    assert_eq!(gone.iter().sum::<usize>(), 24_001, "{gone:?}");
    assert!(gone.iter().all(|rows| *rows <= 10_001), "{gone:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn tasks_of_a_serial_queue_run_one_after_the_other() {
    let scratch = Scratch::new().await;
    let (store, scope) = (&scratch.store, &scratch.organization().await);
    for n in 0..3 {
        enqueue(store, scope, NewTask::new("t", json!({"n": n})).serial("line")).await;
    }
    for n in 0..3 {
        let found = claim(store, 9, LEASE).await.unwrap();
        assert_eq!((found.len(), &found[0].payload["n"]), (1, &json!(n)));
        assert!(claim(store, 9, LEASE).await.unwrap().is_empty());
        store.write(scope, async |tx| tasks::complete(tx, &found[0]).await).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_queued_in_a_transaction_that_fails_does_not_exist() {
    let scratch = Scratch::new().await;
    let (store, scope) = (&scratch.store, &scratch.organization().await);
    let undone: Result<()> = store
        .write(scope, async |tx| {
            tasks::enqueue(tx, &NewTask::new("t", json!({}))).await?;
            Err(Error::not_found())
        })
        .await;
    assert_eq!(undone.unwrap_err().code(), Code::NotFound);
    assert!(rows(store, scope).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_lets_running_tasks_end_and_gives_the_rest_back() {
    let scratch = Scratch::new().await;
    let (store, scope) = (&scratch.store, &scratch.organization().await);
    enqueue(store, scope, NewTask::new("quick", json!({}))).await;
    enqueue(store, scope, NewTask::new("endless", json!({}))).await;
    let (running, begun) = (RefCell::new(0), Notify::new());
    let tasks = work(async |run: &Run| {
        *running.borrow_mut() += 1;
        if *running.borrow() == 2 {
            begun.notify_one();
        }
        match run.task.kind.as_str() {
            "quick" => {
                while !run.is_stopping() {
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
                Ok(Outcome::Done)
            }
            _ => std::future::pending().await,
        }
    });
    let settings = worker::Settings { grace: Duration::from_millis(300), ..settings() };
    worker::run(store, &tasks, &settings, async {
        begun.notified().await;
        enqueue(
            store,
            scope,
            NewTask::new("later", json!({})).at(domain::timestamp::Timestamp::now()),
        )
        .await;
    })
    .await;
    let left = rows(store, scope).await;
    assert_eq!(
        left.iter().map(|row| (row.0.as_str(), row.1)).collect::<Vec<_>>(),
        [("endless", 0), ("later", 0)]
    );
    assert_eq!(claim(store, 9, LEASE).await.unwrap().len(), 2, "both can be taken at once");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_task_keeps_its_lease_and_a_dropped_workers_task_goes_to_another() {
    let scratch = Scratch::new().await;
    let (store, scope) = (&scratch.store, &scratch.organization().await);
    enqueue(store, scope, NewTask::new("t", json!({}))).await;
    let begun = Notify::new();
    let first = work(async |_: &Run| {
        begun.notify_one();
        std::future::pending().await
    });
    {
        let settings = settings();
        let killed = worker::run(store, &first, &settings, std::future::pending());
        let watched = async {
            begun.notified().await;
            // Three leases long, nobody else may take it.
            let since = Instant::now();
            while since.elapsed() < Duration::from_millis(1_800) {
                assert!(claim(store, 1, LEASE).await.unwrap().is_empty());
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::select! { () = killed => {}, () = watched => {} }
    }
    let done = Notify::new();
    let second = work(async |run: &Run| {
        assert_eq!(run.task.attempts, 2);
        done.notify_one();
        Ok(Outcome::Done)
    });
    worker::run(&scratch.other_store().await, &second, &settings(), done.notified()).await;
    assert!(rows(store, scope).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_goes_on_while_the_renewal_of_its_lease_waits_for_it() {
    let scratch = Scratch::new().await;
    let (store, scope) = (&scratch.store, &scratch.organization().await);
    enqueue(store, scope, NewTask::new("long", json!({}))).await;
    let done = Notify::new();
    let long = work(async |run: &Run| {
        let since = Instant::now();
        run.step(async |tx| {
            // The lease is renewed twice meanwhile.
            while since.elapsed() < Duration::from_millis(500) {
                let _: i64 = schema::tasks::dsl::tasks.count().get_result(&mut tx.conn()).await?;
            }
            Ok(())
        })
        .await?;
        assert!(
            since.elapsed() < Duration::from_secs(3),
            "the step stood still until the renewal was given up"
        );
        done.notify_one();
        Ok(Outcome::Done)
    });
    worker::run(store, &long, &settings(), done.notified()).await;
    assert!(rows(store, scope).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_returns_after_the_transaction_that_ends_its_task() {
    let scratch = Scratch::new().await;
    let (store, scope) = (&scratch.store, &scratch.organization().await);
    enqueue(store, scope, NewTask::new("long", json!({}))).await;
    let done = Notify::new();
    let long = work(async |run: &Run| {
        run.step(async |tx| tasks::complete(tx, &run.task).await).await?;
        let since = Instant::now();
        // The leases are renewed several times meanwhile, and the task is no longer there.
        while since.elapsed() < Duration::from_millis(500) {
            assert!(rows(store, scope).await.is_empty());
        }
        done.notify_one();
        Ok(Outcome::Completed)
    });
    let settings = settings();
    let worked = worker::run(store, &long, &settings, done.notified());
    tokio::time::timeout(Duration::from_secs(20), worked).await.expect("the run was dropped");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_that_is_always_within_a_step_keeps_its_lease() {
    use schema::tasks::dsl;
    let scratch = Scratch::new().await;
    let (store, scope) = (&scratch.store, &scratch.organization().await);
    enqueue(store, scope, NewTask::new("busy", json!({}))).await;
    let done = Notify::new();
    let lapsed = RefCell::new(0);
    let busy = work(async |run: &Run| {
        // Three leases long; a renewal from beside hardly ever finds the task free.
        let since = Instant::now();
        while since.elapsed() < Duration::from_millis(1_800) {
            let step = Instant::now();
            let alive = run.step(async |tx| {
                let alive = dsl::tasks
                    .select(dsl::locked_until.gt(diesel::dsl::now))
                    .first::<Option<bool>>(&mut tx.conn())
                    .await?;
                while step.elapsed() < Duration::from_millis(150) {
                    let _: i64 = dsl::tasks.count().get_result(&mut tx.conn()).await?;
                }
                Ok(alive == Some(true))
            });
            *lapsed.borrow_mut() += i32::from(!alive.await?);
        }
        done.notify_one();
        Ok(Outcome::Done)
    });
    worker::run(store, &busy, &settings(), done.notified()).await;
    assert_eq!(lapsed.into_inner(), 0, "another could have taken it");
    assert!(rows(store, scope).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_worker_survives_the_loss_of_every_connection() {
    let scratch = Scratch::new().await;
    let (store, scope) = (&scratch.store, &scratch.organization().await);
    for n in 0..20 {
        enqueue(store, scope, NewTask::new("t", json!({"n": n}))).await;
    }
    let ran = RefCell::new(0);
    let tasks = work(async |run: &Run| {
        *ran.borrow_mut() += 1;
        if *ran.borrow() == 5 {
            let all = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = \
                'partneros_app' AND datname = current_database()";
            scratch.superuser().await.batch_execute(all).await.unwrap();
        }
        run.step(async |tx| tasks::complete(tx, &run.task).await).await?;
        Ok(Outcome::Completed)
    });
    let empty = async {
        until("every task is done", async || {
            scratch
                .superuser()
                .await
                .batch_execute("UPDATE tasks SET run_at = now() WHERE lease IS NULL")
                .await
                .unwrap();
            let mut conn = scratch.superuser().await;
            schema::tasks::table.count().get_result::<i64>(&mut conn).await.unwrap() == 0
        })
        .await;
    };
    worker::run(store, &tasks, &settings(), empty).await;
    assert!(*ran.borrow() >= 20);
}

#[tokio::test(flavor = "multi_thread")]
async fn daily_work_is_queued_once_for_every_organization() {
    let scratch = Scratch::new().await;
    let scopes = [scratch.organization().await, scratch.organization().await];
    let ran = RefCell::new(Vec::new());
    let tasks = Work {
        daily: vec![("housekeeping", Daily { hour: 3, minute: 0 })],
        ..work(async |run: &Run| {
            while run.store.write(run.scope(), async |tx| housekeeping::purge(tx).await).await? > 0
            {
            }
            ran.borrow_mut().push(run.scope().organization);
            Ok(Outcome::Done)
        })
    };
    let both = async { until("both have had their turn", async || ran.borrow().len() == 2).await };
    worker::run(&scratch.store, &tasks, &settings(), both).await;
    let mut expected = scopes.map(|scope| scope.organization).to_vec();
    expected.sort();
    ran.borrow_mut().sort();
    assert_eq!(*ran.borrow(), expected);
    assert!(tasks::due_schedules(&scratch.store, vec!["housekeeping"]).await.unwrap().is_empty());
}

/// A job about numbers, one at each step.
struct Numbers<'a> {
    count: i64,
    /// Before this number it hangs, and says so.
    hangs: Option<(i64, &'a Notify)>,
    /// Somebody else is writing this number so many times more.
    locked: (i64, u32),
}

impl Numbers<'_> {
    fn up_to(count: i64) -> Self {
        Self { count, hangs: None, locked: (-1, 0) }
    }
}

impl JobSteps for Numbers<'_> {
    type Id = i64;
    type Prepared = ();

    fn limit(&self) -> usize {
        1
    }
    async fn total(&self, _: &Tx<'_>) -> Result<i64> {
        Ok(self.count)
    }
    async fn next(&mut self, _: &Run, after: Option<&i64>) -> Result<StepItems<i64>> {
        let next = after.map_or(0, |after| after + 1);
        if let Some((_, hung)) = self.hangs.filter(|(number, _)| *number == next) {
            hung.notify_one();
            std::future::pending::<()>().await;
        }
        Ok(StepItems::of((next..self.count).take(1).collect(), 1))
    }
    async fn prepare(&mut self, _: &Run, _: &StepItems<i64>) -> Result<()> {
        Ok(())
    }
    async fn step(&mut self, _: &Tx<'_>, ids: &[i64], _: &mut ()) -> Result<StepOutcome<i64>> {
        let (mut items, mut deferred) = (HashMap::new(), Vec::new());
        for id in ids {
            if *id == self.locked.0 && self.locked.1 > 0 {
                self.locked.1 -= 1;
                deferred.push(*id);
            } else if *id % 10 != 9 {
                items.insert(*id, NewJobItem::succeeded(id));
            }
        }
        Ok(StepOutcome { items, deferred })
    }
}

fn job(id: JobId) -> NewJob {
    NewJob {
        id,
        kind: JobType::Import,
        dry_run: false,
        input: json!({"object": "partner"}),
        total: Some(2),
        position: None,
        has_files: true,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_is_queued_runs_step_by_step_and_tells_of_it() {
    let scratch = Scratch::new().await;
    let (store, scope) = (&scratch.store, &scratch.organization().await);
    let id = JobId::new();
    let queued = store.write(scope, async |tx| jobs::insert(tx, &job(id)).await).await.unwrap();
    assert_eq!(
        (queued.status, queued.version, queued.progress.total),
        (JobStatus::Queued, 1, Some(2))
    );
    let tasks =
        work(async |run: &Run| jobs::run(run, id, async |_, _, _| Ok(Numbers::up_to(2))).await);
    let ended = async {
        until("the job has ended", async || {
            store
                .read(scope, async |tx| jobs::get(tx, id).await)
                .await
                .unwrap()
                .status
                .is_finished()
        })
        .await;
    };
    worker::run(store, &tasks, &settings(), ended).await;
    let (job, items) = store
        .read(scope, async |tx| {
            let job = jobs::list(tx, &ListRequest::first(&JOB_LIST, 10)).await?.data.remove(0);
            Ok((job, jobs::items(tx, id, &ListRequest::first(&JOB_ITEM_LIST, 10)).await?.data))
        })
        .await
        .unwrap();
    assert_eq!(
        (job.status, job.progress.done, job.progress.succeeded),
        (JobStatus::Succeeded, 2, 2)
    );
    assert_eq!(
        items.iter().map(|item| item.reference.clone().unwrap()).collect::<Vec<_>>(),
        ["0", "1"]
    );
    assert_eq!(events(store, scope).await, ["job.queued", "job.started", "job.succeeded"]);
    let again = store.write(scope, async |tx| jobs::cancel(tx, id, None).await).await;
    assert_eq!(again.unwrap_err().code(), Code::JobFinished);
}

/// Number 1 is locked twice and number 9 is not there.
#[tokio::test(flavor = "multi_thread")]
async fn a_job_comes_back_to_what_was_locked_and_says_what_is_missing() {
    let scratch = Scratch::new().await;
    let (store, scope) = (&scratch.store, &scratch.organization().await);
    let id = JobId::new();
    let job = NewJob { kind: JobType::TierEvaluation, total: None, ..job(id) };
    store.write(scope, async |tx| jobs::insert(tx, &job).await).await.unwrap();
    let ended = Notify::new();
    let tasks = work(async |run: &Run| {
        let numbers = Numbers { locked: (1, 2), ..Numbers::up_to(12) };
        let outcome = jobs::run(run, id, async |_, _, _| Ok(numbers)).await;
        ended.notify_one();
        outcome
    });
    worker::run(store, &tasks, &settings(), ended.notified()).await;
    let (job, items) = store
        .read(scope, async |tx| {
            Ok((
                jobs::get(tx, id).await?,
                jobs::items(tx, id, &ListRequest::first(&JOB_ITEM_LIST, 100)).await?.data,
            ))
        })
        .await
        .unwrap();
    assert_eq!(job.status, JobStatus::Succeeded);
    let progress = job.progress;
    assert_eq!(
        (progress.total, progress.done, progress.succeeded, progress.failed),
        (Some(12), 12, 11, 1)
    );
    let references = items.iter().map(|item| item.reference.clone().unwrap());
    assert!(references.eq((0..12).map(|number: i64| number.to_string())));
    assert!(items.iter().map(|item| item.index).eq(0..12));
    let failed: Vec<i64> = items
        .iter()
        .filter(|item| item.problem.as_ref().is_some_and(|problem| problem.0.code == "not_found"))
        .map(|item| item.index)
        .collect();
    assert_eq!(failed, [9]);
}

#[tokio::test(flavor = "multi_thread")]
async fn jobs_are_canceled_expire_and_are_seen_by_their_starter_and_admins_only() {
    let scratch = Scratch::new().await;
    let (store, scope) = (&scratch.store, &scratch.organization().await);
    let member = |name: &str| Scope {
        role: domain::access::Role::Member,
        actor: domain::access::Actor::user(domain::ids::UserId::new(), name),
        ..scope.clone()
    };
    let (ann, bob) = (member("Ann"), member("Bob"));
    let id = JobId::new();
    store.write(&ann, async |tx| jobs::insert(tx, &job(id)).await).await.unwrap();
    let seen = async |scope: &Scope| -> (usize, std::result::Result<(), Code>) {
        let list = store
            .read(scope, async |tx| jobs::list(tx, &ListRequest::first(&JOB_LIST, 10)).await)
            .await
            .unwrap();
        let got = store.read(scope, async |tx| jobs::get(tx, id).await).await;
        (list.data.len(), got.map(|_| ()).map_err(|error| error.code()))
    };
    assert_eq!(seen(&ann).await, (1, Ok(())));
    assert_eq!(seen(scope).await, (1, Ok(())));
    assert_eq!(seen(&bob).await, (0, Err(Code::NotFound)));
    let stale =
        store.write(&ann, async |tx| jobs::cancel(tx, id, Some(7.into())).await).await.unwrap_err();
    assert_eq!(stale.code(), Code::VersionMismatch);
    let canceled =
        store.write(&ann, async |tx| jobs::cancel(tx, id, Some(1.into())).await).await.unwrap();
    assert_eq!((canceled.status, canceled.version), (JobStatus::Canceled, 2));
    assert_eq!(events(store, scope).await, ["job.queued", "job.canceled"]);

    scratch
        .superuser()
        .await
        .batch_execute("UPDATE jobs SET expires_at = now(), files_expire_at = now()")
        .await
        .unwrap();
    assert_eq!(seen(&ann).await, (0, Err(Code::JobExpired)));
    let due = store.read(scope, async |tx| jobs::with_expired_files(tx, 10).await).await.unwrap();
    assert_eq!(due, [id]);
    store.write(scope, async |tx| jobs::forget_files(tx, &due).await).await.unwrap();
    assert!(
        store
            .read(scope, async |tx| jobs::with_expired_files(tx, 10).await)
            .await
            .unwrap()
            .is_empty()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_functions_that_look_over_the_wall_give_nothing_away() {
    let scratch = Scratch::new().await;
    let (store, scope, other) =
        (&scratch.store, &scratch.organization().await, &scratch.organization().await);
    enqueue(store, scope, NewTask::new("t", json!({}))).await;
    let task = claim(store, 1, LEASE).await.unwrap().remove(0);
    assert!(rows(store, other).await.is_empty());
    let foreign = store.write(other, async |tx| tasks::complete(tx, &task).await).await;
    assert!(LeaseLost::is(&foreign.unwrap_err()));
    store.write(scope, async |tx| jobs::insert(tx, &job(JobId::new())).await).await.unwrap();
    assert_eq!(events(store, scope).await.len(), 1);
    scratch
        .superuser()
        .await
        .batch_execute("UPDATE events SET created_at = now() - interval '91 days'")
        .await
        .unwrap();
    while store.write(other, async |tx| housekeeping::purge(tx).await).await.unwrap() > 0 {}
    assert_eq!(events(store, scope).await.len(), 1, "another organization's purge leaves them");
    while store.write(scope, async |tx| housekeeping::purge(tx).await).await.unwrap() > 0 {}
    assert!(events(store, scope).await.is_empty());
}

/// However long the database is away or the disk full, the work is done afterwards.
#[tokio::test(flavor = "multi_thread")]
async fn an_outage_uses_up_no_attempts() {
    let scratch = Scratch::new().await;
    let scope = scratch.organization().await;
    enqueue(&scratch.store, &scope, NewTask::new("away", json!({})).attempts(2)).await;
    enqueue(&scratch.store, &scope, NewTask::new("full", json!({})).attempts(2)).await;
    enqueue(&scratch.store, &scope, NewTask::new("wrong", json!({})).attempts(1)).await;
    let refusing = Settings { url: "postgres://127.0.0.1:1/nothing".into(), pool: 1 };
    let (tried, done) = (RefCell::new(0), Notify::new());
    let tasks = work(async |run| {
        let kind = run.task.kind.as_str();
        if kind == "wrong" {
            return Err(Error::Unavailable("a mail did not go out".into()));
        }
        *tried.borrow_mut() += 1;
        let is_out = *tried.borrow() <= 12;
        match (is_out, kind) {
            (true, "full") => Err(std::io::Error::from(std::io::ErrorKind::StorageFull).into()),
            (true, _) => Err(Store::connect(&refusing).await.err().unwrap()),
            (false, _) => {
                done.notify_one();
                Ok(Outcome::Done)
            }
        }
    });
    let all = async {
        done.notified().await;
        let rest = async || rows(&scratch.store, &scope).await;
        until("both are done", async || rest().await.len() == 1).await;
        // What is no outage counts.
        until("the other is dead", async || rest().await[0].3).await;
    };
    worker::run(&scratch.store, &tasks, &settings(), all).await;
    assert_eq!(*tasks.buried.borrow(), ["wrong"]);
}
