//! Every type of job under what can happen to its worker: it stops, it is killed in the middle of a
//! step, the job is canceled, and the same is asked for again.

use std::{
    collections::HashSet,
    io::{Cursor, Read, Seek, Write},
    time::{Duration, Instant},
};

use api::{
    config::Database,
    enrichments::Sources,
    files::{Files, parts_of, result_of, upload_of},
    job_work::JobWork,
    scores::Scorer,
};
use chrono::TimeDelta;
use diesel::prelude::*;
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use domain::{
    Error, Result,
    access::Scope,
    ids::{JobId, PartnerId},
    imports::{ImportOptions, inspect},
    jobs::{Daily, JOB_ITEM_LIST, Job, JobItem, JobStatus, JobType},
    lists::ListRequest,
    schema,
};
use futures_util::TryStreamExt;
use harness::settings;
use persistence::{
    Tx, enrichments, exports, imports, jobs, scores,
    tasks::Task,
    tiers,
    worker::{self, Outcome, Run, Tasks},
};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::Notify;

#[path = "../../crates/persistence/tests/scratch/mod.rs"]
mod scratch;

use scratch::Scratch;

/// Partners that there are: more than two steps of any job take.
const PARTNERS: usize = 2_100;

/// An organization with partners, and what carries out its jobs.
struct World {
    scratch: Scratch,
    scope: Scope,
    work: JobWork,
    _folder: TempDir,
}

/// Carries out jobs and nothing else.
struct Runner<'a> {
    work: &'a JobWork,
    /// Waits with the first step until the worker is told to stop, so that the step is the last.
    is_stopped: bool,
    begun: Notify,
    ended: Notify,
}

impl<'a> Runner<'a> {
    fn new(work: &'a JobWork, is_stopped: bool) -> Self {
        Self { work, is_stopped, begun: Notify::new(), ended: Notify::new() }
    }
}

impl Tasks for Runner<'_> {
    async fn run(&self, run: &Run) -> Result<Outcome> {
        let Ok(kind) = run.task.kind.parse::<JobType>() else { return Ok(Outcome::Done) };
        self.begun.notify_one();
        while self.is_stopped && !run.is_stopping() {
            tokio::task::yield_now().await;
        }
        let outcome = self.work.run(run, kind).await;
        self.ended.notify_one();
        outcome
    }
    async fn gave_up(&self, _: &Tx<'_>, _: &Task, error: &Error) -> Result<()> {
        panic!("{error}")
    }
    fn daily(&self) -> Vec<(&'static str, Daily)> {
        Vec::new()
    }
}

fn worker_settings() -> worker::Settings {
    worker::Settings { poll: Duration::from_millis(20), ..worker::Settings::new(2) }
}

impl World {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let scratch = Scratch::new().await;
        let scope = scratch.organization().await;
        let settings = settings(folder.path(), Database::Embedded { pg_bin: None });
        let work = JobWork {
            files: Files::open(None, folder.path()).unwrap(),
            sources: Sources::new(&settings).unwrap(),
            scorer: Scorer { model: None },
        };
        let world = Self { scratch, scope, work, _folder: folder };
        let import = world.import("company", PARTNERS).await;
        world.to_the_end().await;
        assert_eq!(world.job(import).await.progress.succeeded, PARTNERS as i64);
        world
    }

    async fn write<T>(&self, work: impl AsyncFnOnce(&Tx<'_>) -> Result<T>) -> T {
        self.scratch.store.write(&self.scope, work).await.unwrap()
    }

    /// Begins the import of so many partners.
    async fn import(&self, name: &str, count: usize) -> JobId {
        let rows: String =
            (0..count).map(|n| format!("{name} {n},{name}{n}.site.test\n")).collect();
        let file = format!("name,domain\n{rows}");
        let options = json!({"object": "partner", "defaults": {"type": "technology"}});
        let options: ImportOptions = serde_json::from_value(options).unwrap();
        let inspection = inspect(&mut Cursor::new(file.as_bytes()), &options).unwrap();
        let id = JobId::new();
        let mut upload = tempfile::tempfile().unwrap();
        upload.write_all(file.as_bytes()).unwrap();
        upload.rewind().unwrap();
        let path = upload_of(self.scope.organization, id);
        self.work.files.upload(&path, upload).await.unwrap();
        self.write(async |tx| imports::insert(tx, id, options, &inspection).await).await.id
    }

    async fn partners(&self, limit: i64) -> Vec<PartnerId> {
        use schema::partners::dsl;
        self.write(async |tx| {
            let first = dsl::partners.select(dsl::id).order(dsl::id).limit(limit);
            Ok(first.load(&mut tx.conn()).await?)
        })
        .await
    }

    /// Begins a job of this type, of more than two steps; answers how many things it is about.
    /// `None` for types that nobody can begin yet.
    async fn begin(&self, kind: JobType) -> Option<(JobId, usize)> {
        let job = match kind {
            JobType::Import => return Some((self.import("another", 1_100).await, 1_100)),
            JobType::Export => {
                let export = json!({"object": "partner", "format": "jsonl", "filter":
                    {"op": "starts_with", "field": "name", "value": "company"}});
                let request = serde_json::from_value(export).unwrap();
                let job = self.write(async |tx| exports::insert(tx, &request).await).await;
                return Some((job.id, PARTNERS));
            }
            JobType::TierEvaluation => {
                let filter = json!({"filter":
                    {"op": "starts_with", "field": "name", "value": "company"}});
                let request = serde_json::from_value(filter).unwrap();
                let job = self.write(async |tx| tiers::insert_evaluation(tx, &request).await).await;
                return Some((job.id, PARTNERS));
            }
            JobType::ScoreRefresh => {
                let ids = json!({"partner_ids": self.partners(500).await});
                let ids = serde_json::from_value(ids).unwrap();
                self.write(async |tx| scores::insert_refresh(tx, &ids).await).await
            }
            JobType::Enrichment => {
                let ids = json!({"partner_ids": self.partners(20).await});
                let ids = serde_json::from_value(ids).unwrap();
                self.write(async |tx| enrichments::insert(tx, &ids).await).await
            }
            // Over HTTP it is about one partner.
            JobType::LogoFetch => {
                let job = jobs::NewJob {
                    id: JobId::new(),
                    kind,
                    dry_run: false,
                    input: json!({"partner_ids": self.partners(20).await}),
                    total: None,
                    position: None,
                    has_files: false,
                };
                let job = self.write(async |tx| jobs::insert(tx, &job).await).await;
                return Some((job.id, 20));
            }
            JobType::BulkUpdate | JobType::BulkDelete | JobType::WebhookReplay => return None,
        };
        let total = job.progress.total.expect("they are named");
        Some((job.id, total as usize))
    }

    /// A worker that is told to stop before it has done anything: it does one step.
    async fn one_step(&self) {
        let runner = Runner::new(&self.work, true);
        let begun = runner.begun.notified();
        worker::run(&self.scratch.store, &runner, &worker_settings(), begun).await;
    }

    async fn to_the_end(&self) {
        let runner = Runner::new(&self.work, false);
        let (ended, settings) = (runner.ended.notified(), worker_settings());
        let work = worker::run(&self.scratch.store, &runner, &settings, ended);
        tokio::time::timeout(Duration::from_secs(120), work).await.unwrap();
    }

    /// A worker that dies when it has written all of a step but the job, and whose lease ends then.
    async fn killed_step(&self) {
        let mut lock = self.scratch.superuser().await;
        lock.batch_execute("BEGIN; LOCK TABLE jobs IN SHARE MODE").await.unwrap();
        let (runner, settings) = (Runner::new(&self.work, false), worker_settings());
        let store = &self.scratch.store;
        tokio::select! {
            () = worker::run(store, &runner, &settings, std::future::pending()) => {
                unreachable!("nobody stops it")
            }
            () = self.is_waiting() => {}
        }
        lock.batch_execute("ROLLBACK").await.unwrap();
        let leases = "UPDATE tasks SET locked_until = now(), run_at = now() \
            WHERE locked_until IS NOT NULL";
        self.scratch.superuser().await.batch_execute(leases).await.unwrap();
    }

    /// Until somebody waits for the lock on the jobs.
    #[expect(clippy::disallowed_methods, reason = "the catalogue is no table of the schema")]
    async fn is_waiting(&self) {
        let waiting = "SELECT count(*) AS count FROM pg_locks \
            WHERE NOT granted AND relation = 'jobs'::regclass";
        #[derive(diesel::QueryableByName)]
        struct Count {
            #[diesel(sql_type = diesel::sql_types::BigInt)]
            count: i64,
        }
        let mut conn = self.scratch.superuser().await;
        let since = Instant::now();
        loop {
            let found: Count = diesel::sql_query(waiting).get_result(&mut conn).await.unwrap();
            if found.count > 0 {
                return;
            }
            assert!(since.elapsed() < Duration::from_secs(60), "no step ends");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    async fn job(&self, id: JobId) -> Job {
        self.write(async |tx| jobs::get(tx, id).await).await
    }

    async fn items(&self, id: JobId) -> Vec<JobItem> {
        let request = ListRequest::first(&JOB_ITEM_LIST, 10_000);
        self.write(async |tx| jobs::items(tx, id, &request).await).await.data
    }

    async fn count_tasks(&self) -> i64 {
        use schema::tasks::dsl;
        // First scores are tasks as well, and no jobs.
        let of_jobs = dsl::tasks.filter(dsl::kind.eq_any(JobType::VALUES.iter().copied()));
        self.write(async |tx| Ok(of_jobs.count().get_result(&mut tx.conn()).await?)).await
    }

    /// The lines of the file that an export has made.
    async fn lines(&self, id: JobId) -> Option<Vec<Value>> {
        let path = result_of(self.scope.organization, id);
        let mut text = String::new();
        self.work.files.download(&path).await.ok()?.read_to_string(&mut text).unwrap();
        Some(text.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
    }

    async fn has_parts(&self, id: JobId) -> bool {
        let folder = parts_of(self.scope.organization, id);
        let mut all = self.work.files.older(&folder, TimeDelta::minutes(-1), 10);
        all.try_next().await.unwrap().is_some()
    }

    /// The job has ended well, with everything that it is about in it once.
    async fn is_whole(&self, id: JobId, count: usize) {
        let job = self.job(id).await;
        let (kind, progress) = (job.kind, job.progress);
        assert_eq!(job.status, JobStatus::Succeeded, "{kind}: {:?}", job.problem);
        assert_eq!(
            (progress.total, progress.done),
            (Some(count as i64), count as i64),
            "{kind}: {progress:?}"
        );
        assert_eq!(
            progress.succeeded + progress.failed + progress.skipped,
            progress.done,
            "{kind}: {progress:?}"
        );
        let items = self.items(id).await;
        if kind.keeps_items() {
            let indexes = items.iter().map(|item| item.index);
            assert!(indexes.eq(0..count as i64), "{kind}: an item is missing or twice there");
            let about: HashSet<_> = items.iter().map(|item| &item.reference).collect();
            assert_eq!(about.len(), count, "{kind}: something is twice there");
            let missing = |item: &&JobItem| {
                item.problem.as_ref().is_some_and(|problem| problem.0.code == "not_found")
            };
            assert_eq!(items.iter().find(missing).map(|item| item.index), None, "{kind}");
        }
        if kind == JobType::Export {
            let lines = self.lines(id).await.expect("there is a file");
            let ids: HashSet<_> = lines.iter().map(|line| line["id"].to_string()).collect();
            assert_eq!((lines.len(), ids.len()), (count, count), "{kind}");
            assert!(!self.has_parts(id).await, "{kind}: parts are left behind");
        }
        assert_eq!(self.count_tasks().await, 0, "{kind}: a task is left behind");
    }
}

fn kinds() -> impl Iterator<Item = JobType> {
    JobType::VALUES.iter().map(|word| word.parse().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_job_goes_on_after_a_stop_and_after_the_death_of_its_worker() {
    let world = World::new().await;
    for kind in kinds() {
        let Some((id, count)) = world.begin(kind).await else { continue };
        world.killed_step().await;
        assert_eq!(world.job(id).await.progress.done, 0, "{kind}: a dead worker has written");
        world.one_step().await;
        let after_one = world.job(id).await.progress.done;
        assert!(after_one > 0 && after_one < count as i64, "{kind}: {after_one} of {count}");
        assert_eq!(world.job(id).await.status, JobStatus::Running, "{kind}");
        world.killed_step().await;
        assert_eq!(world.job(id).await.progress.done, after_one, "{kind}: it has written");
        world.to_the_end().await;
        world.is_whole(id, count).await;
        // The same once more, in one go.
        if let Some((again, count)) = world.begin(kind).await {
            world.to_the_end().await;
            world.is_whole(again, count).await;
        }
    }
    // Imported partners are there once, however often their worker has died.
    let all = (PARTNERS + 1_100) as i64;
    assert_eq!(world.partners(10_000).await.len() as i64, all);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_job_stops_when_it_is_canceled_and_keeps_what_is_done() {
    let world = World::new().await;
    for kind in kinds() {
        let Some((id, _)) = world.begin(kind).await else { continue };
        world.one_step().await;
        let before = world.job(id).await;
        world.write(async |tx| jobs::cancel(tx, id, None).await).await;
        world.to_the_end().await;
        let after = world.job(id).await;
        assert_eq!(after.status, JobStatus::Canceled, "{kind}");
        assert_eq!(after.progress, before.progress, "{kind}");
        if kind.keeps_items() {
            assert_eq!(world.items(id).await.len() as i64, after.progress.done, "{kind}");
        } else {
            assert!(world.lines(id).await.is_none(), "{kind}: half a file is there");
            assert!(!world.has_parts(id).await, "{kind}: parts are left behind");
        }
        assert_eq!(world.count_tasks().await, 0, "{kind}: a task is left behind");
    }
}
