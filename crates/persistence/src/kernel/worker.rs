//! The loop that runs the queue: claims as many tasks of each lane as it has free slots for, renews
//! their leases, and records their results.
//!
//! Architecture Invariant: this module knows no kind of task. The work is an implementation of
//! [`Tasks`].
//!
//! Architecture Invariant: the loop itself never waits for the database. Claims and renewals run
//! beside the tasks, which may hold the very connections that a claim waits for.

use std::{
    panic::AssertUnwindSafe,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use diesel_async::SimpleAsyncConnection;
use domain::{
    Error, Result,
    access::Scope,
    jobs::{Daily, Lane, NewTask},
    timestamp::Timestamp,
};
use futures_util::{
    FutureExt, StreamExt,
    future::{Fuse, FusedFuture, LocalBoxFuture, join},
    stream::FuturesUnordered,
};
use serde_json::json;
use tokio::{sync::Notify, time::Instant};
use uuid::Uuid;

use crate::kernel::{
    announcements::TASKS,
    db::{Store, Tx},
    tasks::{self, LaneRequest, LeaseLost, Task},
};

/// The limits of one lane.
#[derive(Debug, Clone, Copy)]
pub struct LaneSettings {
    pub lane: Lane,
    /// The most tasks at a time.
    pub slots: usize,
    /// The most tasks of one organization at a time, over all workers.
    pub most: usize,
}

/// The settings of the loop.
#[derive(Debug, Clone)]
pub struct Settings {
    pub lanes: Vec<LaneSettings>,
    /// The life of a lease without a renewal, after which another worker may claim the task.
    pub lease: Duration,
    /// How often to look for tasks without a notification.
    pub poll: Duration,
    /// How long a stop waits for running tasks.
    pub grace: Duration,
    /// How long a task is postponed after an outage of the database or a full disk.
    pub outage_pause: Duration,
}

/// How long a worker tries to record the result of a task while the database is not available. Its
/// lease may have expired by then, but no other worker can claim the task before the database is
/// back.
const OUTAGE_RETRY_TIME: Duration = Duration::from_secs(15 * 60);

impl Settings {
    /// Settings for `jobs` concurrent jobs, with slots for the other lanes.
    ///
    /// Mails, messages and enrichments mostly wait for external servers, so they have many slots,
    /// and one organization gets only a part of them: an organization whose recipients, workspace
    /// or websites hang fills its own part. If there are more than two slots for jobs, one of them
    /// is kept for other organizations. First scores run in large batches, of which two of one
    /// organization would only wait for each other's partners. All registrations share one tenant,
    /// hence the many slots for mails that people wait for.
    pub fn new(jobs: usize) -> Self {
        let jobs = jobs.max(1);
        let lane = |lane, slots, most| LaneSettings { lane, slots, most };
        Self {
            lanes: vec![
                lane(Lane::People, 32, 16),
                lane(Lane::Invitations, 16, 4),
                lane(Lane::Mails, 16, 4),
                lane(Lane::Slack, 16, 4),
                lane(Lane::Jobs, jobs, if jobs > 2 { jobs - 1 } else { jobs }),
                lane(Lane::Enrichments, 8, 2),
                lane(Lane::Scores, 4, 1),
                lane(Lane::Housekeeping, 2, 1),
            ],
            // Long enough for a loop that was not scheduled for seconds, short for users who wait
            // after a crash.
            lease: Duration::from_secs(15),
            poll: Duration::from_secs(1),
            grace: Duration::from_secs(20),
            outage_pause: Duration::from_secs(5),
        }
    }

    /// The connections that a worker needs: one for each task that mostly works in the database,
    /// and a few for tasks that mostly wait, for claims, heartbeats and schedules.
    pub fn connections(&self) -> usize {
        let in_database = self.lanes.iter().filter(|settings| {
            matches!(settings.lane, Lane::Jobs | Lane::Scores | Lane::Housekeeping)
        });
        in_database.map(|settings| settings.slots).sum::<usize>() + 6
    }
}

/// The end of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The work is done; the worker ends the task.
    Done,
    /// The work is done, and its last transaction has called [`tasks::complete`] itself.
    Completed,
    /// There is more to do: the task goes back to the queue, so that other tasks run in between.
    Again,
}

/// A task that is being run.
pub struct Run {
    pub store: Store,
    pub task: Task,
    stopping: Arc<AtomicBool>,
}

impl Run {
    /// The scope of the task.
    pub fn scope(&self) -> &Scope {
        self.task.scope()
    }
    /// Whether the worker is about to stop: end after the current step, with [`Outcome::Again`].
    pub fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Relaxed)
    }
    /// Runs a transaction that is committed only while the lease is ours. Use it for every step
    /// that writes.
    pub async fn step<T>(&self, work: impl AsyncFnOnce(&Tx<'_>) -> Result<T>) -> Result<T> {
        self.step_as(self.scope(), work).await
    }
    /// The same in another scope: what the system does automatically must not be attributed to the
    /// user who caused it.
    pub async fn step_as<T>(
        &self,
        scope: &Scope,
        work: impl AsyncFnOnce(&Tx<'_>) -> Result<T>,
    ) -> Result<T> {
        self.store
            .write(scope, async |tx| {
                tasks::lock_lease(tx, &self.task).await?;
                work(tx).await
            })
            .await
    }
}

/// The tasks of a worker.
#[expect(
    async_fn_in_trait,
    reason = "the loop polls its tasks on one thread, so they need not be Send"
)]
pub trait Tasks {
    /// Runs one task. It may run more than once, so every step must be repeatable.
    async fn run(&self, run: &Run) -> Result<Outcome>;
    /// The task has failed permanently. Called in the transaction that records it.
    async fn gave_up(&self, tx: &Tx<'_>, task: &Task, error: &Error) -> Result<()>;
    /// Daily work, in the time zone of each organization: kinds of tasks without a payload.
    fn daily(&self) -> Vec<(&'static str, Daily)>;
}

/// Runs until `stop` resolves: then no more tasks are claimed, running tasks may end within the
/// grace period, and the rest is released. Survives every outage of the database.
pub async fn run(
    store: &Store,
    tasks: &impl Tasks,
    settings: &Settings,
    stop: impl Future<Output = ()>,
) {
    let wake = Notify::new();
    let stopping = Arc::new(AtomicBool::new(false));
    let work = Loop { store, tasks, settings, wake: &wake, stopping: &stopping };
    let stopped = Notify::new();
    let helpers = join(listen(store, &wake), work.schedule());
    let stop = async {
        stop.await;
        stopping.store(true, Ordering::Relaxed);
        stopped.notify_one();
    };
    tokio::select! {
        () = async { join(stop, work.run_lane_loop(&stopped)).await; } => {}
        _ = helpers => unreachable!("the helpers never end"),
    }
}

/// Wakes the loop when a task is queued anywhere.
async fn listen(store: &Store, wake: &Notify) {
    loop {
        if let Ok(mut conn) = store.listener().await
            && conn
                .batch_execute(&format!("SET statement_timeout = 0; LISTEN {TASKS}"))
                .await
                .is_ok()
        {
            wake.notify_one();
            let mut stream = std::pin::pin!(conn.notifications_stream());
            while let Some(Ok(_)) = stream.next().await {
                wake.notify_one();
            }
        }
        // NOTIFY only shortens the wait: without it the poll finds a task within a second.
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}

struct Loop<'a, T> {
    store: &'a Store,
    tasks: &'a T,
    settings: &'a Settings,
    wake: &'a Notify,
    stopping: &'a Arc<AtomicBool>,
}

/// Running tasks; each yields its id.
type Running<'a> = FuturesUnordered<LocalBoxFuture<'a, Uuid>>;
/// The result of a claim.
type Claiming<'a> = Fuse<LocalBoxFuture<'a, Vec<Task>>>;
/// The result of a renewal: the tasks whose lease is lost.
type Renewing<'a> = Fuse<LocalBoxFuture<'a, Vec<Uuid>>>;

/// A running task.
struct RunningTask {
    task: Task,
    /// Aborts its run.
    abort: Arc<Notify>,
}

/// The slots of a worker: their tasks, and the lanes that may have more tasks.
struct WorkerSlots<'s> {
    lanes: &'s [LaneSettings],
    /// By index of the lane: whether to look there.
    look: Vec<bool>,
    running: Vec<RunningTask>,
}

impl<'s> WorkerSlots<'s> {
    fn new(lanes: &'s [LaneSettings]) -> Self {
        Self { lanes, look: vec![true; lanes.len()], running: Vec::new() }
    }

    fn look_everywhere(&mut self) {
        self.look.fill(true);
    }

    fn look_in(&mut self, lane: Lane) {
        for (settings, look) in self.lanes.iter().zip(&mut self.look) {
            *look |= settings.lane == lane;
        }
    }

    /// Free slots. Never negative, however many tasks were claimed.
    fn free(&self, settings: &LaneSettings) -> usize {
        let busy = self.running.iter().filter(|running| running.task.lane == settings.lane).count();
        settings.slots.saturating_sub(busy)
    }

    /// The requests of the next claim: as many tasks of each lane that may have some as there are
    /// free slots.
    fn requests(&mut self) -> Vec<LaneRequest> {
        let mut requests = Vec::new();
        for (place, settings) in self.lanes.iter().enumerate() {
            let wanted = self.free(settings);
            if self.look[place] && wanted > 0 {
                self.look[place] = false;
                requests.push(LaneRequest { lane: settings.lane, wanted, most: settings.most });
            }
        }
        requests
    }

    /// Puts a task into a free slot. `None` if there is none: the task must be released then.
    fn take(&mut self, task: &Task) -> Option<Arc<Notify>> {
        let settings = self.lanes.iter().find(|settings| settings.lane == task.lane)?;
        if self.free(settings) == 0 {
            return None;
        }
        let abort = Arc::new(Notify::new());
        self.running.push(RunningTask { task: task.clone(), abort: abort.clone() });
        // A claimed task means that there may be more.
        self.look_in(task.lane);
        Some(abort)
    }

    /// The run of a task has ended.
    fn release_task(&mut self, id: Uuid) {
        if let Some(place) = self.running.iter().position(|running| running.task.id == id) {
            let lane = self.running.swap_remove(place).task.lane;
            self.look_in(lane);
        }
    }
}

impl<'a, T: Tasks> Loop<'a, T> {
    async fn run_lane_loop(&self, stopped: &Notify) {
        let mut slots = WorkerSlots::new(&self.settings.lanes);
        let mut running: Running<'a> = FuturesUnordered::new();
        let mut claiming: Claiming<'a> = Fuse::terminated();
        let mut renewing: Renewing<'a> = Fuse::terminated();
        // Several renewals fit into a lease, so that a failed or late one loses no task.
        let mut heartbeat = interval(self.settings.lease / 5);
        let mut poll = interval(self.settings.poll);
        let mut ends_at: Option<Instant> = None;
        loop {
            if ends_at.is_none() && claiming.is_terminated() {
                let requests = slots.requests();
                if !requests.is_empty() {
                    claiming = self.claim(requests).boxed_local().fuse();
                }
            }
            if ends_at.is_some() && running.is_empty() && claiming.is_terminated() {
                return;
            }
            let deadline = ends_at.unwrap_or_else(|| Instant::now() + Duration::from_secs(3600));
            tokio::select! {
                Some(id) = running.next(), if !running.is_empty() => slots.release_task(id),
                found = &mut claiming, if !claiming.is_terminated() => {
                    for task in found {
                        running.push(self.begin(&mut slots, task, ends_at.is_some()));
                    }
                }
                lost = &mut renewing, if !renewing.is_terminated() => {
                    let is_lost = |running: &&RunningTask| lost.contains(&running.task.id);
                    slots.running.iter().filter(is_lost).for_each(|lost| lost.abort.notify_one());
                }
                _ = heartbeat.tick(), if renewing.is_terminated() => {
                    if !slots.running.is_empty() {
                        let tasks = slots.running.iter().map(|running| running.task.clone());
                        renewing = self.renew(tasks.collect()).boxed_local().fuse();
                    }
                }
                _ = poll.tick(), if ends_at.is_none() => slots.look_everywhere(),
                () = self.wake.notified(), if ends_at.is_none() => slots.look_everywhere(),
                () = stopped.notified(), if ends_at.is_none() => {
                    ends_at = Some(Instant::now() + self.settings.grace);
                }
                () = tokio::time::sleep_until(deadline), if ends_at.is_some() => break,
            }
        }
        // Dropping a run rolls its transaction back; another worker runs its task again.
        drop(running);
        let late = if claiming.is_terminated() { Vec::new() } else { claiming.await };
        for task in slots.running.into_iter().map(|running| running.task).chain(late) {
            give_back(self.store, &task).await;
        }
    }

    /// Runs a claimed task, or releases it if there is no free slot.
    fn begin(
        &self,
        slots: &mut WorkerSlots<'_>,
        task: Task,
        is_ending: bool,
    ) -> LocalBoxFuture<'a, Uuid> {
        let abort = if is_ending { None } else { slots.take(&task) };
        if let Some(abort) = abort {
            return self.run_task(task, abort).boxed_local();
        }
        if !is_ending {
            tracing::error!(task = %task.id, lane = %task.lane, "claimed more tasks than requested \
                for");
        }
        let store = self.store;
        async move {
            give_back(store, &task).await;
            task.id
        }
        .boxed_local()
    }

    fn claim(&self, requests: Vec<LaneRequest>) -> impl Future<Output = Vec<Task>> + use<'a, T> {
        let (store, lease) = (self.store, self.settings.lease);
        async move {
            match tasks::claim(store, &requests, lease).await {
                Ok(found) => found,
                Err(error) => {
                    tracing::warn!(%error, "cannot claim tasks, trying again");
                    Vec::new()
                }
            }
        }
    }

    /// Renews the leases; returns the tasks that must stop at once, because another worker runs
    /// them.
    fn renew(&self, running: Vec<Task>) -> impl Future<Output = Vec<Uuid>> + use<'a, T> {
        let (store, lease) = (self.store, self.settings.lease);
        async move {
            let kept = match tasks::renew(store, &running, lease).await {
                Ok(kept) => kept,
                Err(error) => {
                    tracing::warn!(%error, "cannot renew leases, trying again");
                    return Vec::new();
                }
            };
            let mut lost = Vec::new();
            for task in running.iter().filter(|task| !kept.contains(&task.id)) {
                // The last transaction of a run ends its task or returns it to the queue. Such a
                // run is about to return, and dropping it would skip what follows the commit.
                match tasks::is_taken(store, task).await {
                    Ok(true) => lost.push(task.id),
                    Ok(false) => {}
                    // Every step checks the lease again.
                    Err(error) => tracing::warn!(%error, "cannot look at a lease"),
                }
            }
            lost
        }
    }

    /// Runs one task and records its result; returns its id.
    fn run_task(&self, task: Task, abort: Arc<Notify>) -> impl Future<Output = Uuid> + use<'a, T> {
        let (store, handler, settings) = (self.store.clone(), self.tasks, self.settings);
        let run = Run { store, task, stopping: self.stopping.clone() };
        async move {
            let id = run.task.id;
            tokio::select! {
                () = attempt(handler, &run, settings) => {}
                () = abort.notified() => tracing::warn!(task = %id, kind = run.task.kind, "lost \
                    the lease; stopped the task"),
            }
            id
        }
    }

    /// Queues the daily work of each organization when it is due.
    async fn schedule(&self) {
        let daily = self.tasks.daily();
        loop {
            let names = daily.iter().map(|(name, _)| *name).collect();
            match tasks::due_schedules(self.store, names).await {
                Err(error) => tracing::warn!(%error, "cannot look for due schedules; trying again"),
                Ok(due) => {
                    for (organization, name, zone) in due {
                        let Some((kind, daily)) = daily.iter().find(|(kind, _)| *kind == name)
                        else {
                            continue;
                        };
                        let scope = Scope::system(organization, "schedule", Uuid::now_v7());
                        let next = daily.next(Timestamp::now(), &zone);
                        let task =
                            NewTask::new(kind, json!({})).unique(*kind).lane(Lane::Housekeeping);
                        let queued = self
                            .store
                            .write(&scope, async |tx| tasks::run_schedule(tx, &task, next).await)
                            .await;
                        if let Err(error) = queued {
                            tracing::warn!(%error, kind, "cannot queue scheduled work; trying \
                                again");
                        }
                    }
                }
            }
            tokio::time::sleep(Duration::from_secs(30)).await;
        }
    }
}

fn interval(period: Duration) -> tokio::time::Interval {
    let mut interval = tokio::time::interval(period);
    interval.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    interval
}

/// Releases a task that was not run.
async fn give_back(store: &Store, task: &Task) {
    let back = store.write(task.scope(), async |tx| tasks::release(tx, task).await).await;
    if let Err(error) = back {
        tracing::warn!(task = %task.id, %error, "could not release a task; its lease will expire");
    }
}

async fn attempt(handler: &impl Tasks, run: &Run, settings: &Settings) {
    let task = &run.task;
    let outcome = if task.is_exhausted() {
        Err(Error::internal("every attempt ended without a result"))
    } else {
        match AssertUnwindSafe(handler.run(run)).catch_unwind().await {
            Ok(outcome) => outcome,
            Err(_) => Err(Error::internal("the task panicked")),
        }
    };
    let since = Instant::now();
    loop {
        match finish_task(handler, run, &outcome, settings.outage_pause).await {
            Ok(()) => return,
            Err(error) if LeaseLost::is(&error) => {
                tracing::warn!(task = %task.id, kind = task.kind, "lost the lease; the result \
                    was not written");
                return;
            }
            // The database is not available: as long as the lease may still be ours, try to record
            // the result.
            Err(Error::Unavailable(_)) if since.elapsed() < settings.lease => {
                tokio::time::sleep(Duration::from_millis(100)).await
            }
            Err(error) if error.is_outage() && since.elapsed() < OUTAGE_RETRY_TIME => {
                tokio::time::sleep(Duration::from_millis(250)).await
            }
            Err(error) => {
                tracing::error!(task = %task.id, kind = task.kind, %error, "could not end a task; \
                    its lease will expire");
                return;
            }
        }
    }
}

/// Records the end of a run.
async fn finish_task(
    handler: &impl Tasks,
    run: &Run,
    outcome: &Result<Outcome>,
    outage_pause: Duration,
) -> Result<()> {
    let task = &run.task;
    match outcome {
        Ok(Outcome::Completed) => Ok(()),
        Ok(Outcome::Done) => {
            run.store.write(run.scope(), async |tx| tasks::complete(tx, task).await).await
        }
        Ok(Outcome::Again) => {
            run.store.write(run.scope(), async |tx| tasks::release(tx, task).await).await
        }
        Err(error) if LeaseLost::is(error) => Err(Error::internal(LeaseLost)),
        Err(error) if error.is_outage() => {
            tracing::warn!(task = %task.id, kind = task.kind, %error, "a task was stopped by an \
                outage and will be tried again");
            let reason = error.to_string();
            let postpone =
                async |tx: &Tx<'_>| tasks::postpone(tx, task, outage_pause, &reason).await;
            run.store.write(run.scope(), postpone).await
        }
        Err(error) => {
            tracing::warn!(task = %task.id, kind = task.kind, attempt = task.attempts, %error, "a \
                task failed");
            run.store
                .write(run.scope(), async |tx| {
                    if tasks::fail(tx, task, &error.to_string()).await? {
                        handler.gave_up(tx, task, error).await?;
                    }
                    Ok(())
                })
                .await
        }
    }
}
