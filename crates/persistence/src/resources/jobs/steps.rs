//! The loop of every job. A job is its steps ([`JobSteps`]); the loop alone knows the position, the
//! time slice, the stop of the worker, the lease, cancellation, ids that are missing or locked, the
//! progress and the end.
//!
//! A step is one transaction: what it writes, its items and the position after it are committed
//! together, and only while the task is ours. So a worker that is killed loses one step, and the
//! next one repeats that step and nothing else.

use std::{
    collections::{HashMap, HashSet},
    fmt::Display,
    hash::Hash,
    time::{Duration, Instant},
};

use domain::{
    Code, Error, Result,
    ids::JobId,
    jobs::{Job, JobItemStatus, NewJobItem},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::{begin_step, end_step, fail, set_total, succeed};
use crate::kernel::{
    db::Tx,
    tasks,
    worker::{Outcome, Run},
};

/// How long a job works before it goes back to the queue, so that those of others come in between.
const TIME_SLICE: Duration = Duration::from_secs(30);
/// Things that somebody else was writing when a job came to them, and that it comes back to. Each
/// of them is part of the position, which every step writes.
const MAX_DEFERRED: usize = 200;
/// How often a job comes back before it gives up, and how long it waits when all were still locked.
const RETURNS: u32 = 40;
const RETURN_PAUSE: Duration = Duration::from_millis(250);

/// What is special about the jobs of one type.
#[expect(
    async_fn_in_trait,
    reason = "the worker polls its tasks on one thread, so they need not be Send"
)]
pub trait JobSteps {
    /// Names one of the things that the job is about.
    type Id: Clone + Eq + Hash + Display + Serialize + DeserializeOwned;
    /// What a step has brought along from outside of its transaction.
    type Prepared;

    /// Things of one step, at most.
    fn limit(&self) -> usize;

    /// How many things the job is about; asked once, unless it was counted when the job was
    /// accepted.
    async fn total(&self, tx: &Tx<'_>) -> Result<i64>;

    /// The things after this one, in an order that does not change: each call goes on where the one
    /// before it has ended.
    ///
    /// # Errors
    /// A problem ends the job: no further attempt would find it otherwise.
    async fn next(&mut self, run: &Run, after: Option<&Self::Id>) -> Result<StepItems<Self::Id>>;

    /// What must be done outside of a transaction: waiting for others, files, claims that others
    /// are to see.
    ///
    /// # Errors
    /// As of [`Self::next`].
    async fn prepare(&mut self, run: &Run, portion: &StepItems<Self::Id>)
    -> Result<Self::Prepared>;

    /// Writes, in one transaction with the items and the position.
    ///
    /// # Errors
    /// What is worth another attempt. Then nothing is written, and the step is repeated.
    async fn step(
        &mut self,
        tx: &Tx<'_>,
        ids: &[Self::Id],
        prepared: &mut Self::Prepared,
    ) -> Result<StepOutcome<Self::Id>>;

    /// What the job must know of the steps before, beside the position.
    ///
    /// # Errors
    /// When it cannot be written down.
    fn state(&self) -> Result<Map<String, Value>> {
        Ok(Map::new())
    }

    /// The end of the last step, in its transaction; answers the job's result.
    ///
    /// # Errors
    /// As of [`Self::step`].
    async fn finish(&mut self, _tx: &Tx<'_>) -> Result<Option<Value>> {
        Ok(None)
    }

    /// After the transaction of a step: what it made needless, or all that was prepared when
    /// nothing was written, since the job has ended meanwhile.
    async fn clean_up(&mut self, _run: &Run, _prepared: Self::Prepared, _is_written: bool) {}
}

/// What one step is about.
#[derive(Debug)]
pub struct StepItems<Id> {
    pub ids: Vec<Id>,
    /// Whether nothing is left after it.
    pub is_last: bool,
}

impl<Id> StepItems<Id> {
    /// What a search has found that stops at this number.
    pub fn of(ids: Vec<Id>, limit: usize) -> Self {
        let is_last = ids.len() < limit;
        Self { ids, is_last }
    }
}

/// What became of the things of one step. Those that it says nothing of are not there.
#[derive(Debug)]
pub struct StepOutcome<Id> {
    /// Of jobs that keep items.
    pub items: HashMap<Id, NewJobItem>,
    /// Somebody else is writing them: the job comes back to them at its end.
    pub deferred: Vec<Id>,
}

/// How far a job has come, with what its steps must know of each other.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Position<Id> {
    #[serde(default = "Option::default")]
    after: Option<Id>,
    /// Of the next item. Absent before the first step.
    index: Option<i64>,
    /// Whether only what was deferred is left.
    #[serde(default)]
    walked: bool,
    /// With the index of their item.
    #[serde(default = "Vec::new")]
    deferred: Vec<(i64, Id)>,
    /// How often the job came back to what was deferred.
    #[serde(default)]
    returns: u32,
    #[serde(flatten)]
    state: Map<String, Value>,
}

impl<Id: Clone + Eq + Hash + DeserializeOwned> Position<Id> {
    fn read(stored: Option<&Value>) -> Result<Self> {
        let start = || Value::Object(Map::new());
        serde_json::from_value(stored.cloned().unwrap_or_else(start)).map_err(Error::internal)
    }

    /// The next of what is left when the walk has ended; `None` while it goes on.
    fn rest(&self, limit: usize) -> Option<StepItems<Id>> {
        let ids = self.deferred.iter().take(limit).map(|(_, id)| id.clone()).collect();
        self.walked.then_some(StepItems { ids, is_last: self.deferred.len() <= limit })
    }

    /// The index of the item of each thing of a step.
    fn indexed(&self, portion: &StepItems<Id>, done: i64) -> Vec<(i64, Id)> {
        if self.walked {
            return self.deferred[..portion.ids.len()].to_vec();
        }
        // Imports that an earlier release has begun keep no index.
        let from = self.index.unwrap_or(done);
        (from..).zip(portion.ids.iter().cloned()).collect()
    }

    /// Where the job goes on after these things, of which some were locked by others.
    fn after_step(self, entries: &[(i64, Id)], is_last: bool, locked: &HashSet<Id>) -> Self {
        let mut next = self;
        if next.walked {
            next.deferred.drain(..entries.len());
            next.returns += 1;
        } else {
            next.walked = is_last;
            if let Some((index, id)) = entries.last() {
                (next.after, next.index) = (Some(id.clone()), Some(index + 1));
            }
        }
        if next.returns < RETURNS {
            let again = entries.iter().filter(|(_, id)| locked.contains(id));
            let room = MAX_DEFERRED.saturating_sub(next.deferred.len());
            next.deferred.extend(again.take(room).cloned());
        }
        next
    }

    fn is_end(&self) -> bool {
        self.walked && self.deferred.is_empty()
    }
}

/// How a step has ended.
enum StepEnd<Id> {
    /// The job had ended before, so nothing was written.
    Abandoned,
    GoesOn {
        position: Position<Id>,
        /// All that is left is locked by others.
        is_idle: bool,
    },
    Finished,
}

/// A struct as what [`JobSteps::state`] answers.
pub(crate) fn state_of(state: &impl Serialize) -> Result<Map<String, Value>> {
    match serde_json::to_value(state).map_err(Error::internal)? {
        Value::Object(state) => Ok(state),
        _ => Err(Error::internal("the state of a job is an object")),
    }
}

/// Carries a job out, from where the last worker has left it. `open` makes its steps out of the job
/// and of what [`JobSteps::state`] said last.
///
/// # Errors
/// What is worth another attempt. Problems that `open` finds, or that come up between the steps,
/// end the job.
pub async fn run<S: JobSteps>(
    run: &Run,
    id: JobId,
    open: impl AsyncFnOnce(&Tx<'_>, &Job, Map<String, Value>) -> Result<S>,
) -> Result<Outcome> {
    let (mut steps, mut position) = match begin(run, id, open).await {
        Ok(Some(begun)) => begun,
        Ok(None) => return Ok(Outcome::Completed),
        Err(error) => return end_by(run, id, error).await,
    };
    let since = Instant::now();
    loop {
        let portion = match position.rest(steps.limit()) {
            Some(rest) => Ok(rest),
            None => steps.next(run, position.after.as_ref()).await,
        };
        let prepared = match portion {
            Ok(portion) => steps.prepare(run, &portion).await.map(|prepared| (portion, prepared)),
            Err(error) => Err(error),
        };
        let (portion, mut prepared) = match prepared {
            Ok(prepared) => prepared,
            Err(error) => return end_by(run, id, error).await,
        };
        let end = run
            .step(async |tx| step(tx, run, id, &mut steps, position, &portion, &mut prepared).await)
            .await?;
        steps.clean_up(run, prepared, !matches!(end, StepEnd::Abandoned)).await;
        let StepEnd::GoesOn { position: next, is_idle } = end else {
            return Ok(Outcome::Completed);
        };
        if run.is_stopping() || since.elapsed() > TIME_SLICE {
            return Ok(Outcome::Again);
        }
        if is_idle {
            tokio::time::sleep(RETURN_PAUSE).await;
        }
        position = next;
    }
}

/// Opens the job; `None` when it has ended, and with it its task.
async fn begin<S: JobSteps>(
    run: &Run,
    id: JobId,
    open: impl AsyncFnOnce(&Tx<'_>, &Job, Map<String, Value>) -> Result<S>,
) -> Result<Option<(S, Position<S::Id>)>> {
    run.step(async |tx| {
        let Some((job, stored)) = begin_step(tx, id).await? else {
            tasks::complete(tx, &run.task).await?;
            return Ok(None);
        };
        let position: Position<S::Id> = Position::read(stored.as_ref())?;
        let steps = open(tx, &job, position.state.clone()).await?;
        if job.progress.total.is_none() {
            set_total(tx, id, steps.total(tx).await?).await?;
        }
        Ok(Some((steps, position)))
    })
    .await
}

/// One step in its transaction.
async fn step<S: JobSteps>(
    tx: &Tx<'_>,
    run: &Run,
    id: JobId,
    steps: &mut S,
    position: Position<S::Id>,
    portion: &StepItems<S::Id>,
    prepared: &mut S::Prepared,
) -> Result<StepEnd<S::Id>> {
    let Some((job, stored)) = begin_step(tx, id).await? else {
        tasks::complete(tx, &run.task).await?;
        return Ok(StepEnd::Abandoned);
    };
    // Work without a position begins anew: exports of earlier releases have counted and keep none.
    let mut progress = match stored {
        Some(_) => job.progress,
        None => job.progress.restarted(),
    };
    let entries = position.indexed(portion, progress.done);
    let StepOutcome { mut items, deferred } = steps.step(tx, &portion.ids, prepared).await?;
    let locked: HashSet<S::Id> = deferred.into_iter().collect();
    let mut next = position.after_step(&entries, portion.is_last, &locked);
    next.state = steps.state()?;

    let mut kept = Vec::new();
    if job.kind.keeps_items() {
        let waiting: HashSet<i64> = next.deferred.iter().map(|(index, _)| *index).collect();
        for (index, id) in entries.iter().filter(|(index, _)| !waiting.contains(index)) {
            let item = match items.remove(id) {
                Some(item) => item,
                None => absent(id, locked.contains(id), tx.scope().request_id),
            };
            progress.count(item.status, 1);
            kept.push((*index, item));
        }
    } else {
        progress.count(JobItemStatus::Succeeded, entries.len() as i64);
    }
    let is_idle = kept.is_empty();
    end_step(tx, id, progress, kept, &serde_json::to_value(&next).map_err(Error::internal)?)
        .await?;
    if !next.is_end() {
        return Ok(StepEnd::GoesOn { position: next, is_idle });
    }
    let result = steps.finish(tx).await?;
    succeed(tx, id, result).await?;
    tasks::complete(tx, &run.task).await?;
    Ok(StepEnd::Finished)
}

/// The item of a thing that nothing became of.
fn absent(id: &impl Display, is_locked: bool, request_id: Uuid) -> NewJobItem {
    let code = if is_locked { Code::Unavailable } else { Code::NotFound };
    NewJobItem::succeeded(id).stopped(JobItemStatus::Failed, &Error::of(code), request_id)
}

/// Ends a job by what no further attempt would find otherwise.
///
/// # Errors
/// `error` itself when it may pass.
async fn end_by(run: &Run, id: JobId, error: Error) -> Result<Outcome> {
    if !matches!(error, Error::Problem(_)) {
        return Err(error);
    }
    run.step(async |tx| {
        fail(tx, id, &error).await?;
        tasks::complete(tx, &run.task).await
    })
    .await?;
    Ok(Outcome::Completed)
}
