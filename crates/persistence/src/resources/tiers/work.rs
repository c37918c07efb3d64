//! Evaluations outside the request: jobs that people follow, and the one of every day.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::{
    Code, Error, Result,
    ids::PartnerId,
    jobs::{Job, JobItemStatus, NewJobItem},
    schema::{tier_policies, tiers},
    selection::Selection,
    tiers::{TierEvaluationRequest, TierMode, TierState, TierTrigger},
    timestamp::Timestamp,
};
use serde::Deserialize;
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::{Evaluation, EvaluationScope, erase, evaluation::EvaluatedPartner};
use crate::{
    kernel::{
        db::Tx,
        sql::clock_timestamp,
        worker::{Outcome, Run},
    },
    resources::{
        jobs::{JobSteps, StepItems, StepOutcome},
        partners::{
            selection::{self, SelectedPartners},
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

/// The input of a job that deletes a tier.
#[derive(Debug, Deserialize)]
struct Removal {
    tier: String,
    replace_with: Option<String>,
}

/// What a job is to do.
enum Task {
    Evaluate { selected: SelectedPartners, all: bool },
    Remove(Removal),
}

/// An evaluation at work. Its things are partners.
pub struct TierEvaluation {
    task: Task,
    dry_run: bool,
}

impl TierEvaluation {
    /// The evaluation of a job.
    ///
    /// # Errors
    /// Those of the selection.
    pub async fn open(tx: &Tx<'_>, job: &Job, _: Map<String, Json>) -> Result<Self> {
        let input = &job.input.0.0;
        let task = if input.get("tier").is_some() {
            Task::Remove(serde_json::from_value(input.clone()).map_err(Error::internal)?)
        } else {
            let request: TierEvaluationRequest =
                serde_json::from_value(input.clone()).map_err(Error::internal)?;
            let selection = request.selection.read_or_all(job.created_at)?;
            Task::Evaluate {
                selected: selection::resolve(tx, &selection).await?.made_until(job.created_at),
                all: selection == Selection::All,
            }
        };
        Ok(Self { task, dry_run: job.dry_run })
    }

    fn which(&self) -> EvaluationScope<'_> {
        match &self.task {
            Task::Evaluate { selected, .. } => EvaluationScope::Of(selected),
            Task::Remove(removal) => EvaluationScope::Holding {
                tier: &removal.tier,
                replace_with: removal.replace_with.as_deref(),
            },
        }
    }
}

impl JobSteps for TierEvaluation {
    type Id = PartnerId;
    type Prepared = ();

    fn limit(&self) -> usize {
        BATCH as usize
    }

    async fn total(&self, tx: &Tx<'_>) -> Result<i64> {
        match &self.task {
            // Of named ones every one counts, there or not.
            Task::Evaluate { selected, .. } => selected.count(tx).await,
            Task::Remove(_) => {
                let rules = tier_rules::read(tx).await?;
                Evaluation::new(&rules, self.which()).count(tx, i64::MAX).await
            }
        }
    }

    async fn next(&mut self, run: &Run, after: Option<&PartnerId>) -> Result<StepItems<PartnerId>> {
        let which = self.which();
        let ids = run
            .store
            .read(run.scope(), async |tx| which.after(tx, after.copied(), BATCH).await)
            .await?;
        Ok(StepItems::of(ids, self.limit()))
    }

    async fn prepare(&mut self, _: &Run, _: &StepItems<PartnerId>) -> Result<()> {
        Ok(())
    }

    async fn step(
        &mut self,
        tx: &Tx<'_>,
        ids: &[PartnerId],
        _: &mut (),
    ) -> Result<StepOutcome<PartnerId>> {
        let rules = tier_rules::lock_shared(tx).await?;
        let these = SelectedPartners::Ids(ids.to_vec());
        // What a filter has found is evaluated, even if the filter would not find it any more.
        let which = match &self.task {
            Task::Evaluate { .. } => EvaluationScope::Of(&these),
            Task::Remove(_) => self.which(),
        };
        let evaluation = Evaluation::new(&rules, which).among(ids).dry_run(self.dry_run);
        let found = evaluation.batch(tx, None, BATCH).await?;
        let mut items: HashMap<PartnerId, NewJobItem> =
            found.iter().map(|one| (one.id, item(tx, one))).collect();
        if matches!(self.task, Task::Remove(_)) {
            // They have got another tier since they were found.
            for id in ids {
                items.entry(*id).or_insert_with(|| skipped(tx, *id, Code::Unchanged));
            }
        }
        Ok(StepOutcome { items, deferred: Vec::new() })
    }

    async fn finish(&mut self, tx: &Tx<'_>) -> Result<Option<Json>> {
        match &self.task {
            Task::Remove(removal) => erase(tx, &removal.tier).await?,
            Task::Evaluate { all: true, .. } if !self.dry_run => evaluated(tx).await?,
            Task::Evaluate { .. } => {}
        }
        Ok(None)
    }
}

/// Notes that all partners were evaluated. No version: nobody has changed the policy.
async fn evaluated(tx: &Tx<'_>) -> Result<()> {
    diesel::update(tier_policies::table)
        .set(tier_policies::evaluated_at.eq(clock_timestamp().nullable()))
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// What became of a partner.
fn item(tx: &Tx<'_>, one: &EvaluatedPartner) -> NewJobItem {
    if !one.changes() {
        let code = if one.overridden { Code::Overridden } else { Code::Unchanged };
        return skipped(tx, one.id, code);
    }
    // The tier is always told: a partner at risk keeps it.
    let side = |state: &TierState, other: &TierState| {
        let mut values = json!({"tier": state.tier});
        for change in state.changes_since(other) {
            values[change.key.name()] = change.json();
        }
        values
    };
    NewJobItem {
        before: Some(side(&one.before, &one.after)),
        after: Some(side(&one.after, &one.before)),
        resource_id: Some(one.id.to_string()),
        ..NewJobItem::succeeded(one.id)
    }
}

fn skipped(tx: &Tx<'_>, id: PartnerId, code: Code) -> NewJobItem {
    let item = NewJobItem { resource_id: Some(id.to_string()), ..NewJobItem::succeeded(id) };
    item.stopped(JobItemStatus::Skipped, &Error::of(code), tx.scope().request_id)
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
        let which = EvaluationScope::Holding { tier: key, replace_with: None };
        while !run.step(async |tx| sweep(tx, which, &mut None).await).await? {
            if run.is_stopping() {
                return Ok(Outcome::Again);
            }
        }
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
    let done = sweep(tx, EvaluationScope::Of(&SelectedPartners::all()), after).await?;
    if done {
        evaluated(tx).await?;
    }
    Ok(done)
}

/// One batch without a job; answers whether it was the last.
async fn sweep(tx: &Tx<'_>, which: EvaluationScope<'_>, after: &mut Option<Uuid>) -> Result<bool> {
    let rules = tier_rules::lock_shared(tx).await?;
    let found = Evaluation::new(&rules, which).batch(tx, after.map(PartnerId), BATCH).await?;
    *after = found.last().map(|one| one.id.0).or(*after);
    Ok((found.len() as i64) < BATCH)
}
