//! Evaluations outside the request: jobs that people follow, and the one of every day.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::{
    Code, Error, Result,
    ids::{JobId, PartnerId},
    jobs::{Job, JobItemStatus, NewJobItem},
    schema::{tier_policies, tiers},
    selection::Selection,
    tiers::{TierEvaluationRequest, TierMode, TierTrigger},
    timestamp::Timestamp,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use super::{
    Evaluation, Which, erase,
    evaluation::{Evaluated, differences},
};
use crate::{
    kernel::{
        db::Tx,
        sql::clock_timestamp,
        tasks,
        worker::{Outcome, Run},
    },
    resources::{
        jobs,
        partners::{
            selection::{self, Selected},
            tier_rules,
        },
    },
};

/// The task of every day.
pub const DAILY: &str = "daily_tiers";

/// Partners of one step.
/// Those that change are locked and written in one transaction, for which other writers of them
/// wait: a fraction of a second (docs/performance.md).
const BATCH: i64 = 1_000;

/// How far a job has come.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Position {
    after: Option<PartnerId>,
    index: i64,
}

/// The input of a job that deletes a tier.
#[derive(Debug, Deserialize)]
struct Removal {
    tier: String,
    replace_with: Option<String>,
}

/// What a job is to do.
enum Task {
    Evaluate { selected: Selected, all: bool },
    Remove(Removal),
}

impl Task {
    async fn of(tx: &Tx<'_>, job: &Job) -> Result<Self> {
        let input = &job.input.0.0;
        if input.get("tier").is_some() {
            return serde_json::from_value(input.clone())
                .map(Self::Remove)
                .map_err(Error::internal);
        }
        let request: TierEvaluationRequest =
            serde_json::from_value(input.clone()).map_err(Error::internal)?;
        let selection = request.selection(job.created_at)?;
        Ok(Self::Evaluate {
            selected: selection::resolve(tx, &selection).await?.made_until(job.created_at),
            all: selection == Selection::All,
        })
    }

    fn which(&self) -> Which<'_> {
        match self {
            Self::Evaluate { selected, .. } => Which::Of(selected),
            Self::Remove(removal) => Which::Holding {
                tier: &removal.tier,
                replace_with: removal.replace_with.as_deref(),
            },
        }
    }

    /// The partners that were named one by one.
    fn named(&self) -> Option<&[PartnerId]> {
        match self {
            Self::Evaluate { selected: Selected::Ids(ids), .. } => Some(ids),
            _ => None,
        }
    }
}

/// Carries a job out, batch by batch, each in a transaction of its own.
///
/// # Errors
/// What is worth another attempt; it goes on where this one stopped.
pub async fn run(run: &Run, id: JobId) -> Result<Outcome> {
    while !run.step(async |tx| step(tx, run, id).await).await? {
        if run.is_stopping() {
            return Ok(Outcome::Again);
        }
    }
    Ok(Outcome::Completed)
}

/// One batch of a job; answers whether it was the last.
async fn step(tx: &Tx<'_>, run: &Run, id: JobId) -> Result<bool> {
    let Some((job, position)) = jobs::begin_step(tx, id).await? else {
        tasks::complete(tx, &run.task).await?;
        return Ok(true);
    };
    let mut position: Position = match position {
        Some(position) => serde_json::from_value(position).map_err(Error::internal)?,
        None => Position::default(),
    };
    let task = Task::of(tx, &job).await?;
    let rules = tier_rules::lock_shared(tx).await?;
    let evaluation = Evaluation::new(&rules, task.which()).dry_run(job.dry_run);
    if position.index == 0 {
        let total = match &task {
            Task::Evaluate { selected, .. } => selected.count(tx).await?,
            Task::Remove(_) => evaluation.count(tx, i64::MAX).await?,
        };
        jobs::set_total(tx, id, total).await?;
    }
    // Those who are named come in one step, so that who is missing is known.
    let limit = match task.named() {
        Some(ids) => ids.len() as i64 + 1,
        None => BATCH,
    };
    let found = evaluation.batch(tx, position.after, limit).await?;
    let is_last = (found.len() as i64) < limit;
    let items = items(tx, &task, &found, position.index);
    position.after = found.last().map(|one| one.id).or(position.after);
    position.index += items.len() as i64;
    jobs::end_step(tx, id, items, &serde_json::to_value(&position).map_err(Error::internal)?)
        .await?;
    if !is_last {
        return Ok(false);
    }
    match &task {
        Task::Remove(removal) => erase(tx, &removal.tier).await?,
        Task::Evaluate { all: true, .. } if !job.dry_run => evaluated(tx).await?,
        Task::Evaluate { .. } => {}
    }
    jobs::succeed(tx, id, None).await?;
    tasks::complete(tx, &run.task).await?;
    Ok(true)
}

/// Notes that all partners were evaluated. No version: nobody has changed the policy.
async fn evaluated(tx: &Tx<'_>) -> Result<()> {
    diesel::update(tier_policies::table)
        .set(tier_policies::evaluated_at.eq(clock_timestamp().nullable()))
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// What became of each partner of a batch, and of those who were named and are not there.
fn items(tx: &Tx<'_>, task: &Task, found: &[Evaluated], from: i64) -> Vec<NewJobItem> {
    let stopped = |item: NewJobItem, status, code| {
        item.stopped(status, &Error::of(code), tx.scope().request_id)
    };
    let mut all: Vec<NewJobItem> = (from..)
        .zip(found)
        .map(|(index, one)| {
            let item = NewJobItem {
                resource_id: Some(one.id.to_string()),
                ..NewJobItem::succeeded(index, one.id)
            };
            match one.changes() {
                false if one.overridden => stopped(item, JobItemStatus::Skipped, Code::Overridden),
                false => stopped(item, JobItemStatus::Skipped, Code::Unchanged),
                true => {
                    // The tier is always told: a partner at risk keeps it.
                    let mut before =
                        Map::from_iter([("tier".to_owned(), one.before.tier.clone().into())]);
                    let mut after =
                        Map::from_iter([("tier".to_owned(), one.after.tier.clone().into())]);
                    for (field, from, to) in differences(one) {
                        before.insert(field.to_owned(), from);
                        after.insert(field.to_owned(), to);
                    }
                    NewJobItem {
                        before: Some(Json::Object(before)),
                        after: Some(Json::Object(after)),
                        ..item
                    }
                }
            }
        })
        .collect();
    if let Some(ids) = task.named() {
        let missing = ids.iter().filter(|id| !found.iter().any(|one| one.id == **id));
        let from = from + found.len() as i64;
        all.extend((from..).zip(missing).map(|(index, id)| {
            stopped(NewJobItem::succeeded(index, id), JobItemStatus::Failed, Code::NotFound)
        }));
    }
    all
}

/// The work of every day: evaluates all partners when the policy says so, and ends deletions of
/// tiers whose job has died.
///
/// # Errors
/// What is worth another attempt.
pub async fn daily(run: &Run) -> Result<Outcome> {
    let deleted: Vec<String> = run
        .store
        .read(run.scope(), async |tx| {
            // An hour leaves the job that deletes the tier time to end by itself.
            let old = tiers::table.filter(
                tiers::deleted_at.lt(Timestamp(Timestamp::now().0 - chrono::TimeDelta::hours(1))),
            );
            Ok(old.select(tiers::key).load(&mut tx.conn()).await?)
        })
        .await?;
    for key in &deleted {
        let which = Which::Holding { tier: key, replace_with: None };
        while !run.step(async |tx| sweep(tx, which, &mut None).await).await? {}
        run.step(async |tx| erase(tx, key).await).await?;
    }
    let mut after = None;
    loop {
        let done = run.step(async |tx| evaluate_daily(tx, &mut after).await).await?;
        if done {
            return Ok(Outcome::Done);
        }
        if run.is_stopping() {
            return Ok(Outcome::Again);
        }
    }
}

async fn evaluate_daily(tx: &Tx<'_>, after: &mut Option<Uuid>) -> Result<bool> {
    let rules = tier_rules::lock_shared(tx).await?;
    if rules.mode == TierMode::Manual || !rules.evaluate_on.contains(&TierTrigger::Daily) {
        return Ok(true);
    }
    let done = sweep(tx, Which::Of(&Selected::all()), after).await?;
    if done {
        evaluated(tx).await?;
    }
    Ok(done)
}

/// One batch without a job; answers whether it was the last.
async fn sweep(tx: &Tx<'_>, which: Which<'_>, after: &mut Option<Uuid>) -> Result<bool> {
    let rules = tier_rules::lock_shared(tx).await?;
    let found = Evaluation::new(&rules, which).batch(tx, after.map(PartnerId), BATCH).await?;
    *after = found.last().map(|one| one.id.0).or(*after);
    Ok((found.len() as i64) < BATCH)
}
