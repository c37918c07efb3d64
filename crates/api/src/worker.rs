//! What the worker of this server does: every kind of task, by name. The loop itself is
//! `persistence::worker`.

use anyhow::Context;
use chrono::TimeDelta;
use domain::{
    Error, Result,
    jobs::{Daily, JobType},
    quotas::Quotas,
};
use futures_util::TryStreamExt;
use object_store::path::Path;
use persistence::{
    Store, Tx, account_mails, deals, displaced_members, email_directory, housekeeping, jobs,
    notification_deliveries, notifications,
    partners::first_scores,
    passwords, registrations, scores,
    tasks::Task,
    tiers,
    worker::{self, Outcome, Run, Settings, Tasks},
};
use tokio::sync::oneshot;

use crate::{
    kernel::files::{FileOwner, folder_of, job_folder_of, owner_of},
    processes::job_work::{JobWork, job_of},
    resources::{logos, notifications::sender::Sender},
};

/// The task that erases what nobody needs any more.
const HOUSEKEEPING: &str = "housekeeping";

/// Every kind of task that there is, and what they work with.
pub struct WorkerTasks {
    pub sender: Sender,
    pub jobs: JobWork,
}

impl Tasks for WorkerTasks {
    async fn run(&self, run: &Run) -> Result<Outcome> {
        match run.task.kind.as_str() {
            HOUSEKEEPING => self.run_housekeeping(run).await,
            notification_deliveries::TASK => self.sender.deliver(run).await,
            passwords::RESET_TASK => self.sender.mail_reset(run).await,
            registrations::TASK => self.sender.mail_registration(run).await,
            account_mails::TASK => self.sender.mail_account(run).await,
            email_directory::DISPLACED_TASK => displaced_members::suspend(run).await,
            notifications::SUMMARY_TASK => summarize_applications(run).await,
            deals::EXPIRY => deals::expire_due(run).await,
            tiers::DAILY => tiers::daily(run).await,
            first_scores::SCORE_NEW => self.jobs.scorer.score_new(run).await,
            kind => match kind.parse::<JobType>() {
                Ok(kind) => self.jobs.run(run, kind).await,
                Err(_) => Err(Error::internal(format!("nobody knows what `{kind}` is"))),
            },
        }
    }

    async fn gave_up(&self, tx: &Tx<'_>, task: &Task, error: &Error) -> Result<()> {
        if task.kind == notification_deliveries::TASK {
            let id = notification_deliveries::of_task(task)?;
            return notification_deliveries::give_up(tx, id, "It could not be tried.").await;
        }
        scores::release(tx, task.id).await?;
        match job_of(task) {
            Ok(id) => jobs::fail(tx, id, error).await.map(drop),
            Err(_) => Ok(()),
        }
    }

    fn daily(&self) -> Vec<(&'static str, Daily)> {
        vec![
            (HOUSEKEEPING, Daily { hour: 3, minute: 0 }),
            (deals::EXPIRY, deals::EXPIRY_AT),
            (tiers::DAILY, Daily { hour: 4, minute: 0 }),
        ]
    }
}

/// The task is not held meanwhile: `notifications::summarize_applications` says why.
async fn summarize_applications(run: &Run) -> Result<Outcome> {
    let summarize = async |tx: &Tx<'_>| notifications::summarize_applications(tx, &run.task).await;
    run.store.write(run.scope(), summarize).await?;
    Ok(Outcome::Done)
}

impl WorkerTasks {
    /// Erases what nobody needs any more. Files go before the rows that name them: a crash in
    /// between repeats the rest.
    async fn run_housekeeping(&self, run: &Run) -> Result<Outcome> {
        self.sender.renew_secrets(run).await?;
        while self.erase_files_of_jobs(run).await? || self.erase_partners(run).await? {
            if run.is_stopping() {
                return Ok(Outcome::Again);
            }
        }
        registrations::purge_expired(&run.store, run.scope().request_id).await?;
        // Events are purged by their age when they have a number.
        run.store.number_events(run.scope()).await?;
        while run.step(async |tx| housekeeping::purge(tx).await).await? > 0 {
            if run.is_stopping() {
                return Ok(Outcome::Again);
            }
        }
        self.erase_strays(run).await
    }

    /// Erases the files of a few jobs whose time is over; returns whether there were any.
    async fn erase_files_of_jobs(&self, run: &Run) -> Result<bool> {
        let organization = run.scope().organization;
        let expired = run
            .store
            .read(run.scope(), async |tx| jobs::with_expired_files(tx, FILE_BATCH).await)
            .await?;
        if expired.is_empty() {
            return Ok(false);
        }
        for id in &expired {
            self.jobs.files.delete_folder(&job_folder_of(organization, *id)).await?;
        }
        run.step(async |tx| jobs::forget_files(tx, &expired).await).await?;
        Ok(true)
    }

    /// Erases a few partners that were deleted long ago, with their files; returns whether there
    /// were any.
    async fn erase_partners(&self, run: &Run) -> Result<bool> {
        let expired = run
            .store
            .read(run.scope(), async |tx| housekeeping::expired_partners(tx, FILE_BATCH).await)
            .await?;
        if expired.is_empty() {
            return Ok(false);
        }
        for id in &expired {
            let folder = folder_of(run.scope().organization, Some(*id));
            self.jobs.files.delete_folder(&folder).await?;
        }
        run.step(async |tx| housekeeping::purge_partners(tx, &expired).await).await?;
        Ok(true)
    }

    /// Erases files that no row names: whoever put them there died before the row was written, or
    /// before they were erased. Young ones stay, since a file comes before its row.
    async fn erase_strays(&self, run: &Run) -> Result<Outcome> {
        let folder = folder_of(run.scope().organization, None);
        let mut old = self.jobs.files.older(&folder, TimeDelta::days(1), FILE_BATCH as usize);
        while let Some(paths) = old.try_next().await? {
            for stray in unreferenced_files(run, paths).await? {
                self.jobs.files.delete(&stray).await?;
            }
            if run.is_stopping() {
                return Ok(Outcome::Again);
            }
        }
        Ok(Outcome::Done)
    }
}

/// Rows or files that are looked at together.
const FILE_BATCH: i64 = 100;

/// Which of these files no row names.
async fn unreferenced_files(run: &Run, paths: Vec<Path>) -> Result<Vec<Path>> {
    let owned: Vec<(Path, FileOwner)> =
        paths.into_iter().filter_map(|path| Some((path.clone(), owner_of(&path)?))).collect();
    let (mut partners, mut jobs) = (Vec::new(), Vec::new());
    for (_, owner) in &owned {
        match owner {
            FileOwner::Partner(id, _) => partners.push(*id),
            FileOwner::Job(id) => jobs.push(*id),
        }
    }
    let (logos, jobs) = run
        .store
        .read(run.scope(), async |tx| {
            let logos = housekeeping::logos_of(tx, &partners).await?;
            Ok((logos, housekeeping::jobs_with_files(tx, &jobs).await?))
        })
        .await?;
    let is_named = |owner: &FileOwner| match owner {
        FileOwner::Job(id) => jobs.contains(id),
        FileOwner::Partner(id, version) => logos
            .iter()
            .any(|(other, address)| other == id && logos::version_of(address) == Some(version)),
    };
    Ok(owned.into_iter().filter(|(_, owner)| !is_named(owner)).map(|(path, _)| path).collect())
}

/// A worker on a thread of its own, with connections of its own: however busy it is, requests do
/// not wait for it.
pub struct Worker {
    stop: oneshot::Sender<()>,
    thread: std::thread::JoinHandle<()>,
}

impl Worker {
    /// Starts working; answers when the database has.
    ///
    /// # Errors
    /// What keeps it from starting, in words for people.
    pub async fn start(
        database_url: String,
        work: WorkerTasks,
        settings: Settings,
        quotas: Quotas,
    ) -> anyhow::Result<Self> {
        let (stop, stopped) = oneshot::channel();
        let (report, started) = oneshot::channel();
        // Made on the thread: it stays there.
        let body = async move || {
            let pool = settings.connections();
            match Store::connect(&persistence::Settings { url: database_url, pool }).await {
                Err(error) => drop(report.send(Err(error))),
                Ok(store) => {
                    let store = store.with_quotas(quotas);
                    drop(report.send(Ok(())));
                    // Also when the sender is gone without a word.
                    let stop = async { drop(stopped.await) };
                    worker::run(&store, &work, &settings, stop).await;
                    if let Err(error) = store.number_waiting_events().await {
                        tracing::warn!(%error, "events are left to be numbered by another process");
                    }
                }
            }
        };
        // One thread: tasks mostly wait for the database or for other servers
        // (docs/decisions/0151-lanes.md).
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let thread = std::thread::Builder::new()
            .name("worker".into())
            .spawn(move || runtime.block_on(body()))?;
        started
            .await
            .context("the worker died")?
            .context("the worker cannot reach the database")?;
        Ok(Self { stop, thread })
    }

    /// Claims nothing more, lets running steps end within the grace period, and gives the rest
    /// back.
    pub async fn stop(self) {
        self.stop.send(()).ok();
        let ended = tokio::task::spawn_blocking(|| self.thread.join()).await;
        if !matches!(ended, Ok(Ok(()))) {
            tracing::error!("the worker ended with a panic");
        }
    }
}
