//! The loop of every job. A job implements [`JobSteps`]; only the loop handles position, time
//! slice, stop of the worker, lease, cancellation, missing and locked ids, progress and end.
//!
//! A step is one transaction: its writes, its items and the new position are committed together,
//! and only while the lease is ours. So a killed worker loses at most one step, which the next
//! worker repeats.

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

/// How long a job runs before it goes back to the queue, so that jobs of other organizations run in
/// between.
const TIME_SLICE: Duration = Duration::from_secs(30);
/// The most items that another transaction has locked and that the job comes back to. Each is part
/// of the position, which every step writes.
const MAX_DEFERRED: usize = 200;
/// How often a job comes back to locked items before it gives up.
const RETURNS: u32 = 40;
const RETURN_PAUSE: Duration = Duration::from_millis(250);

/// The part that differs between the types of jobs.
#[expect(
    async_fn_in_trait,
    reason = "the worker polls its tasks on one thread, so they need not be Send"
)]
pub trait JobSteps {
    /// Identifies an item of the job.
    type Id: Clone + Eq + Hash + Display + Serialize + DeserializeOwned;
    /// What a step has prepared outside of its transaction.
    type Prepared;

    /// The most items of one step.
    fn limit(&self) -> usize;

    /// The number of items; called once, unless it was counted when the job was accepted.
    async fn total(&self, tx: &Tx<'_>) -> Result<i64>;

    /// The items after this one, in a stable order: each call continues where the previous one has
    /// ended.
    ///
    /// # Errors
    /// A problem ends the job, because no further attempt would succeed.
    async fn next(&mut self, run: &Run, after: Option<&Self::Id>) -> Result<StepItems<Self::Id>>;

    /// What must be done outside of a transaction: external calls, files, claims that others must
    /// see.
    ///
    /// # Errors
    /// As of [`Self::next`].
    async fn prepare(&mut self, run: &Run, portion: &StepItems<Self::Id>)
    -> Result<Self::Prepared>;

    /// Writes, in one transaction with the items and the position.
    ///
    /// # Errors
    /// Errors after which the step should be repeated. Nothing is written then.
    async fn step(
        &mut self,
        tx: &Tx<'_>,
        ids: &[Self::Id],
        prepared: &mut Self::Prepared,
    ) -> Result<StepOutcome<Self::Id>>;

    /// The state that the job passes to its next steps, in addition to the position.
    ///
    /// # Errors
    /// The state cannot be serialized.
    fn state(&self) -> Result<Map<String, Value>> {
        Ok(Map::new())
    }

    /// The end of the last step, in its transaction; returns the job's result.
    ///
    /// # Errors
    /// As of [`Self::step`].
    async fn finish(&mut self, _tx: &Tx<'_>) -> Result<Option<Value>> {
        Ok(None)
    }

    /// Runs after the transaction of a step: removes what is no longer needed, or all that was
    /// prepared if nothing was written because the job has ended meanwhile.
    async fn clean_up(&mut self, _run: &Run, _prepared: Self::Prepared, _is_written: bool) {}
}

/// The items of one step.
#[derive(Debug)]
pub struct StepItems<Id> {
    pub ids: Vec<Id>,
    /// Whether these are the last items.
    pub is_last: bool,
}

impl<Id> StepItems<Id> {
    /// The result of a search with this limit.
    pub fn of(ids: Vec<Id>, limit: usize) -> Self {
        let is_last = ids.len() < limit;
        Self { ids, is_last }
    }
}

/// The results of one step. Items that are in neither list do not exist.
#[derive(Debug)]
pub struct StepOutcome<Id> {
    /// For jobs that keep items.
    pub items: HashMap<Id, NewJobItem>,
    /// Items that another transaction has locked: the job comes back to them at its end.
    pub deferred: Vec<Id>,
}

/// The position of a job, with the state of its steps.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Position<Id> {
    #[serde(default = "Option::default")]
    after: Option<Id>,
    /// The index of the next item. Absent before the first step.
    index: Option<i64>,
    /// Whether only deferred items are left.
    #[serde(default)]
    walked: bool,
    /// Deferred items with their index.
    #[serde(default = "Vec::new")]
    deferred: Vec<(i64, Id)>,
    /// How often the job came back to deferred items.
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

    /// The next deferred items when the walk has ended; `None` before that.
    fn rest(&self, limit: usize) -> Option<StepItems<Id>> {
        let ids = self.deferred.iter().take(limit).map(|(_, id)| id.clone()).collect();
        self.walked.then_some(StepItems { ids, is_last: self.deferred.len() <= limit })
    }

    /// The index of each item of a step.
    fn indexed(&self, portion: &StepItems<Id>, done: i64) -> Vec<(i64, Id)> {
        if self.walked {
            return self.deferred[..portion.ids.len()].to_vec();
        }
        // Imports of an earlier release have no index.
        let from = self.index.unwrap_or(done);
        (from..).zip(portion.ids.iter().cloned()).collect()
    }

    /// The position after these items, some of which were locked.
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

/// The end of a step.
enum StepEnd<Id> {
    /// The job had ended before, so nothing was written.
    Abandoned,
    GoesOn {
        position: Position<Id>,
        /// All items that are left are locked.
        is_idle: bool,
    },
    Finished,
}

/// A struct as the state of [`JobSteps::state`].
pub(crate) fn state_of(state: &impl Serialize) -> Result<Map<String, Value>> {
    match serde_json::to_value(state).map_err(Error::internal)? {
        Value::Object(state) => Ok(state),
        _ => Err(Error::internal("the state of a job is an object")),
    }
}

/// Runs a job from its last position. `open` makes its steps from the job and the last state of
/// [`JobSteps::state`].
///
/// # Errors
/// Errors after which the task should be tried again. Problems of `open` or between the steps end
/// the job.
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

/// Opens the job; `None` if it has ended, which ends its task.
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
    // Work without a position begins again: exports of earlier releases have counted but stored
    // none.
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

/// The item of an id that was missing or locked.
fn absent(id: &impl Display, is_locked: bool, request_id: Uuid) -> NewJobItem {
    let code = if is_locked { Code::Unavailable } else { Code::NotFound };
    NewJobItem::succeeded(id).stopped(JobItemStatus::Failed, &Error::of(code), request_id)
}

/// Ends a job with an error that a further attempt would meet again.
///
/// # Errors
/// `error` itself if it is temporary.
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
