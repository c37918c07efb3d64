//! The loop that works off the queue: claims as many tasks as it has free hands, keeps their leases alive, ends them.
//!
//! Architecture Invariant: knows no kind of task. What there is to do is an implementation of [`Tasks`].

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
    jobs::{Daily, NewTask},
    timestamp::Timestamp,
};
use futures_util::{
    FutureExt, StreamExt,
    future::{LocalBoxFuture, join},
    stream::FuturesUnordered,
};
use serde_json::json;
use tokio::{sync::Notify, time::Instant};
use uuid::Uuid;

use crate::{
    Store, Tx,
    tasks::{self, LeaseLost, Task},
};

/// How the loop works.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Tasks at a time.
    pub concurrency: usize,
    /// After so long without a sign of life a task is somebody else's.
    pub lease: Duration,
    /// How often to look for tasks that nobody told of.
    pub poll: Duration,
    /// How long a stop waits for running tasks.
    pub grace: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            concurrency: 4,
            lease: Duration::from_secs(30),
            poll: Duration::from_secs(1),
            grace: Duration::from_secs(20),
        }
    }
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The work is done; the worker ends the task.
    Done,
    /// The work is done, and its last transaction has called [`tasks::complete`] itself.
    Completed,
    /// There is more to do: the task goes back to the queue, so that others come in between.
    Again,
}

/// One task being worked on.
pub struct Run {
    pub store: Store,
    pub task: Task,
    stopping: Arc<AtomicBool>,
}

impl Run {
    /// On whose behalf.
    pub fn scope(&self) -> &Scope {
        self.task.scope()
    }
    /// Whether the worker is about to stop: then end after the present step, with [`Outcome::Again`].
    pub fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Relaxed)
    }
    /// A transaction that is committed only while the task is still ours. For every step that writes.
    pub async fn step<T>(&self, work: impl AsyncFnOnce(&Tx<'_>) -> Result<T>) -> Result<T> {
        self.store
            .write(self.scope(), async |tx| {
                tasks::hold(tx, &self.task).await?;
                work(tx).await
            })
            .await
    }
}

/// What there is to do.
#[expect(
    async_fn_in_trait,
    reason = "the loop polls its tasks on one thread, so they need not be Send"
)]
pub trait Tasks {
    /// Does the work of one task. It may run more than once, so every step must be repeatable.
    async fn run(&self, run: &Run) -> Result<Outcome>;
    /// The task is dead. Called in the transaction that buries it.
    async fn gave_up(&self, tx: &Tx<'_>, task: &Task, error: &Error) -> Result<()>;
    /// Work that comes back every day, in the time zone of each organization: kinds of tasks without payload.
    fn daily(&self) -> Vec<(&'static str, Daily)>;
}

/// Works until `stop` resolves, then ends: nothing more is claimed, running tasks may end within the grace period,
/// the rest is given back. Survives every outage of the database.
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
        () = async { join(stop, work.work_off(&stopped)).await; } => {}
        _ = helpers => unreachable!("the helpers never end"),
    }
}

/// Wakes the loop when a task is queued anywhere.
async fn listen(store: &Store, wake: &Notify) {
    loop {
        if let Ok(mut conn) = store.listener().await
            && conn.batch_execute("SET statement_timeout = 0; LISTEN partneros_tasks").await.is_ok()
        {
            wake.notify_one();
            let mut stream = std::pin::pin!(conn.notifications_stream());
            while let Some(Ok(_)) = stream.next().await {
                wake.notify_one();
            }
        }
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

type Running<'a> = FuturesUnordered<LocalBoxFuture<'a, Uuid>>;

impl<'a, T: Tasks> Loop<'a, T> {
    async fn work_off(&self, stopped: &Notify) {
        let mut running: Running<'a> = FuturesUnordered::new();
        let mut held: Vec<Task> = Vec::new();
        let mut aborts: Vec<(Uuid, Arc<Notify>)> = Vec::new();
        let mut heartbeat = tokio::time::interval(self.settings.lease / 3);
        heartbeat.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut look = Instant::now();
        let mut ends_at: Option<Instant> = None;
        loop {
            let free = self.settings.concurrency.max(1) - running.len();
            if ends_at.is_none() && free > 0 && Instant::now() >= look {
                let found = self.claim(free).await;
                // A full hand means that there is more.
                look = if found.len() == free {
                    Instant::now()
                } else {
                    Instant::now() + self.settings.poll
                };
                for task in found {
                    let abort = Arc::new(Notify::new());
                    aborts.push((task.id, abort.clone()));
                    held.push(task.clone());
                    running.push(self.attend(task, abort).boxed_local());
                }
                if running.len() == self.settings.concurrency.max(1) {
                    continue_when_free(&mut look);
                }
            }
            let deadline = ends_at.unwrap_or_else(|| Instant::now() + Duration::from_secs(3600));
            if ends_at.is_some() && running.is_empty() {
                return;
            }
            tokio::select! {
                Some(id) = running.next(), if !running.is_empty() => {
                    held.retain(|task| task.id != id);
                    aborts.retain(|(other, _)| *other != id);
                    look = Instant::now();
                }
                _ = heartbeat.tick() => {
                    if !held.is_empty() {
                        self.keep(&held, &aborts).await;
                    }
                }
                () = self.wake.notified(), if ends_at.is_none() => look = Instant::now(),
                () = tokio::time::sleep_until(look), if ends_at.is_none() && running.len() < self.settings.concurrency.max(1) => {}
                () = stopped.notified(), if ends_at.is_none() => ends_at = Some(Instant::now() + self.settings.grace),
                () = tokio::time::sleep_until(deadline), if ends_at.is_some() => break,
            }
        }
        // Dropping a run undoes its transaction; its task starts anew elsewhere.
        drop(running);
        for task in held {
            let back =
                self.store.write(task.scope(), async |tx| tasks::release(tx, &task).await).await;
            if let Err(error) = back {
                tracing::warn!(task = %task.id, %error, "could not give a task back; its lease will end");
            }
        }
    }

    async fn claim(&self, free: usize) -> Vec<Task> {
        match tasks::claim(self.store, free, self.settings.lease).await {
            Ok(found) => found,
            Err(error) => {
                tracing::warn!(%error, "cannot claim tasks; trying again");
                Vec::new()
            }
        }
    }

    /// Prolongs the leases. Whose lease is lost stops at once: somebody else works on it.
    async fn keep(&self, held: &[Task], aborts: &[(Uuid, Arc<Notify>)]) {
        match tasks::renew(self.store, held, self.settings.lease).await {
            Err(error) => tracing::warn!(%error, "cannot renew the leases; trying again"),
            Ok(kept) => {
                for (_, abort) in aborts.iter().filter(|(id, _)| !kept.contains(id)) {
                    abort.notify_one();
                }
            }
        }
    }

    /// Runs one task and writes how it ended; answers its id.
    fn attend(&self, task: Task, abort: Arc<Notify>) -> impl Future<Output = Uuid> + use<'a, T> {
        let (store, handler, lease) = (self.store.clone(), self.tasks, self.settings.lease);
        let run = Run { store, task, stopping: self.stopping.clone() };
        async move {
            let id = run.task.id;
            tokio::select! {
                () = attempt(handler, &run, lease) => {}
                () = abort.notified() => tracing::warn!(task = %id, kind = run.task.kind, "lost the lease; left the task"),
            }
            id
        }
    }

    /// Queues the daily work of each organization when its time has come.
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
                        let task = NewTask::new(kind, json!({})).unique(*kind);
                        let queued = self
                            .store
                            .write(&scope, async |tx| tasks::run_schedule(tx, &task, next).await)
                            .await;
                        if let Err(error) = queued {
                            tracing::warn!(%error, kind, "cannot queue scheduled work; trying again");
                        }
                    }
                }
            }
            tokio::time::sleep(Duration::from_secs(30)).await;
        }
    }
}

/// With every hand full the next look is when one becomes free.
fn continue_when_free(look: &mut Instant) {
    *look = Instant::now() + Duration::from_secs(3600);
}

async fn attempt(handler: &impl Tasks, run: &Run, lease: Duration) {
    let task = &run.task;
    let outcome = if task.is_exhausted() {
        Err(Error::internal("its worker died every time"))
    } else {
        match AssertUnwindSafe(handler.run(run)).catch_unwind().await {
            Ok(outcome) => outcome,
            Err(_) => Err(Error::internal("it panicked")),
        }
    };
    let since = Instant::now();
    loop {
        match settle(handler, run, &outcome).await {
            Ok(()) => return,
            Err(error) if LeaseLost::is(&error) => {
                tracing::warn!(task = %task.id, kind = task.kind, "lost the lease; its end was not written");
                return;
            }
            // Away for now: as long as the lease may still be ours, the end of the work is worth writing.
            Err(Error::Unavailable(_)) if since.elapsed() < lease => {
                tokio::time::sleep(Duration::from_millis(100)).await
            }
            Err(error) => {
                tracing::error!(task = %task.id, kind = task.kind, %error, "could not end a task; its lease will end");
                return;
            }
        }
    }
}

/// Writes how the run ended.
async fn settle(handler: &impl Tasks, run: &Run, outcome: &Result<Outcome>) -> Result<()> {
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
        Err(error) => {
            tracing::warn!(task = %task.id, kind = task.kind, attempt = task.attempts, %error, "a task failed");
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
