//! What the worker does about scores: refreshes that people follow, and the first scores of new
//! partners. Batch by batch: one transaction claims the partners, a language model is asked outside
//! of any, a second one judges by what is known under the lock and writes. Whoever goes on after a
//! crash repeats one batch at most.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::{Duration, Instant},
};

use domain::{
    Code, Error, Result,
    access::Scope,
    filter,
    ids::{JobId, PartnerId},
    jobs::{Job, JobItemStatus, NewJobItem},
    partners::PARTNER,
    scores::{Judgement, ScoreEngine, ScoreRefreshRequest},
    selection::Selection,
    timestamp::Timestamp,
};
use futures_util::{StreamExt, stream};
use persistence::{
    Store, Tx, jobs, model_usage,
    partners::first_scores,
    scores::{self, Claimed, Judged, Known, ScoreWriter},
    selection::{self, Selected},
    tasks,
    worker::{Outcome, Run},
};
use scoring::{
    model::{Budget, Model, Spent},
    rules,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};

use super::judge::Frame;

/// Partners of one step, judged by the rules. Whoever writes one of them waits for the step, about
/// 0.05 seconds (docs/decisions/0152-first-scores-in-batches.md).
const BATCH: i64 = 50;
/// The same with a language model, which takes its time.
const MODEL_BATCH: i64 = 20;
/// Partners that somebody else was writing when a refresh came to them, and that it comes back to.
const MOST_DEFERRED: usize = 200;
/// How often it comes back before it gives up, and how long it waits when all were still locked.
const RETURNS: u32 = 40;
const RETURN_PAUSE: Duration = Duration::from_millis(250);
/// How long a refresh works before it lets others go first.
const TURN: Duration = Duration::from_secs(30);
/// New partners whom somebody else is judging just now are looked at again after this time.
const LATER: chrono::TimeDelta = chrono::TimeDelta::seconds(30);

/// Judges partners: by the rules alone, or with a language model.
pub struct Scorer {
    pub model: Option<Arc<Model>>,
}

/// How far a job has come.
#[derive(Debug, Default, Clone, Serialize, Deserialize)]
#[serde(default)]
struct Position {
    after: Option<PartnerId>,
    index: i64,
    /// Whether the selection is at its end, so that only deferred partners are left.
    walked: bool,
    /// Partners that somebody else was writing, with the index of their item.
    deferred: Vec<(i64, PartnerId)>,
    /// How often deferred partners were tried again.
    returns: u32,
}

/// How a step of a refresh has ended.
enum StepEnd {
    JobEnded,
    GoesOn,
    /// All that is left is locked by others.
    Waits,
}

/// The partners of one step, and what decides on them.
struct Batch {
    position: Position,
    /// The partners, each with the index of its item.
    entries: Vec<(i64, PartnerId)>,
    claimed: Claimed,
    frame: Frame,
    /// For the language model: what was known when they were claimed.
    known: Vec<Known>,
    limit: i64,
}

/// What the language model has said before the partner was locked.
struct Ahead {
    /// None: nothing has changed since it was judged.
    judgement: Option<Judgement>,
    /// What the rules would have gone by.
    rules_hash: String,
}

type Aheads = HashMap<PartnerId, Ahead>;

/// What became of a partner.
enum Became {
    /// Fields before and after.
    Scored(Json, Json),
    Unchanged,
}

/// What became of the partners of a batch.
struct ScoredBatch {
    became: HashMap<PartnerId, Became>,
    /// Somebody else is writing them.
    locked: Vec<PartnerId>,
}

/// What was asked for.
struct Wish<'a> {
    model: Option<&'a Model>,
    force: bool,
    dry_run: bool,
}

impl Wish<'_> {
    fn limit(&self) -> i64 {
        if self.model.is_some() { MODEL_BATCH } else { BATCH }
    }
}

impl Scorer {
    /// Works off a refresh.
    ///
    /// # Errors
    /// What is worth another attempt; it goes on where this one stopped.
    pub async fn refresh(&self, run: &Run, id: JobId) -> Result<Outcome> {
        let since = Instant::now();
        loop {
            let begun = run.step(async |tx| self.begin(tx, run, id).await).await?;
            let Some((job, request, batch)) = begun else { return Ok(Outcome::Completed) };
            let wish = self.wish(&request);
            // With no transaction open: a model may take a minute, and locks or a connection must
            // not be held for so long.
            let (aheads, spent) = ask(run, &wish, &batch.frame, &batch.known).await?;
            let end = run
                .step(async |tx| finish(tx, run, &job, &wish, &batch, aheads, spent).await)
                .await?;
            match end {
                StepEnd::JobEnded => return Ok(Outcome::Completed),
                _ if run.is_stopping() || since.elapsed() > TURN => return Ok(Outcome::Again),
                StepEnd::GoesOn => {}
                StepEnd::Waits => tokio::time::sleep(RETURN_PAUSE).await,
            }
        }
    }

    fn wish(&self, request: &ScoreRefreshRequest) -> Wish<'_> {
        let by_rules = request.dry_run || request.engine == Some(ScoreEngine::Rules);
        let model = self.model.as_deref().filter(|_| !by_rules);
        Wish { model, force: request.is_forced(), dry_run: request.dry_run }
    }

    /// Claims the next partners. None when the job has ended.
    async fn begin(
        &self,
        tx: &Tx<'_>,
        run: &Run,
        id: JobId,
    ) -> Result<Option<(Job, ScoreRefreshRequest, Batch)>> {
        let Some((job, position)) = jobs::begin_step(tx, id).await? else {
            end(tx, run).await?;
            return Ok(None);
        };
        let request: ScoreRefreshRequest =
            serde_json::from_value(job.input.0.0.clone()).map_err(Error::internal)?;
        let position: Position = position
            .map(serde_json::from_value)
            .transpose()
            .map_err(Error::internal)?
            .unwrap_or_default();
        let wish = self.wish(&request);
        let selected = selection::resolve(tx, &request.selection(job.created_at)?).await?;
        let selected = selected.made_until(job.created_at);
        if job.progress.total.is_none() {
            jobs::set_total(tx, id, selected.count(tx).await?).await?;
        }
        let entries = match position.walked {
            true => position.deferred.iter().take(wish.limit() as usize).copied().collect(),
            false => {
                let ids = selected.after(tx, position.after, wish.limit()).await?;
                (position.index..).zip(ids).collect()
            }
        };
        let batch = claim(tx, run, &wish, entries, position).await?;
        Ok(Some((job, request, batch)))
    }

    /// Judges partners who are new: those of the task, and of other tasks that wait, up to a batch.
    ///
    /// # Errors
    /// What is worth another attempt. Who is judged already is not judged again.
    pub async fn score_new(&self, run: &Run) -> Result<Outcome> {
        let wish = Wish { model: self.model.as_deref(), force: false, dry_run: false };
        let gather = async |tx: &Tx<'_>| first_scores::gather(tx, &run.task, wish.limit()).await;
        let ids: Vec<PartnerId> = run.step(gather).await?;
        let cause = run.scope();
        // Nobody asked for first scores, so their events are the system's and not those of whoever
        // made the partner.
        let itself = Scope::system(cause.organization, "scoring", cause.request_id);
        for part in ids.chunks(wish.limit() as usize) {
            let batch = run
                .step_as(&itself, async |tx| {
                    let entries = (0..).zip(part.iter().copied()).collect();
                    claim(tx, run, &wish, entries, Position::default()).await
                })
                .await?;
            let (mut aheads, spent) = ask(run, &wish, &batch.frame, &batch.known).await?;
            run.step_as(&itself, async |tx| {
                let own = &batch.claimed.own;
                let scored = score(tx, &batch.frame, own, &mut aheads, wish.force).await?;
                let later = [batch.claimed.busy.as_slice(), &scored.locked].concat();
                if !later.is_empty() {
                    first_scores::queue(tx, &later, Timestamp(Timestamp::now().0 + LATER)).await?;
                }
                scores::release(tx, run.task.id).await?;
                count(tx, spent).await
            })
            .await?;
            if run.is_stopping() {
                return Ok(Outcome::Again);
            }
        }
        Ok(Outcome::Done)
    }
}

async fn claim(
    tx: &Tx<'_>,
    run: &Run,
    wish: &Wish<'_>,
    entries: Vec<(i64, PartnerId)>,
    position: Position,
) -> Result<Batch> {
    let ids: Vec<PartnerId> = entries.iter().map(|(_, id)| *id).collect();
    let frame = Frame::load(tx).await?;
    let claimed = match wish.dry_run {
        true => Claimed::default(),
        false => scores::claim(tx, run.task.id, &ids).await?,
    };
    let known = match wish.model {
        Some(_) => scores::look(tx, &claimed.own).await?,
        None => Vec::new(),
    };
    Ok(Batch { position, entries, claimed, frame, known, limit: wish.limit() })
}

/// Asks the language model, when there is one, within what is left to the organization for the day.
async fn ask(
    run: &Run,
    wish: &Wish<'_>,
    frame: &Frame,
    known: &[Known],
) -> Result<(Aheads, Spent)> {
    let Some(model) = wish.model.filter(|_| !known.is_empty()) else {
        return Ok((HashMap::new(), Spent::default()));
    };
    let spent = run.store.read(run.scope(), async |tx| model_usage::spent_today(tx).await).await?;
    let budget = Budget::new(model.daily_tokens().saturating_sub(spent));
    let ask = async |known: &Known| {
        let facts = frame.facts(known);
        let by_rules = rules::judge(&facts, &frame.profile);
        let rules_hash = by_rules.input_hash.clone();
        let hash = model.input_hash(&facts, &frame.profile, &by_rules);
        let unchanged = !wish.force && known.last_hash.as_ref() == Some(&hash);
        let judgement = match unchanged {
            true => None,
            false => Some(model.judge(&facts, &frame.profile, by_rules, &budget).await.judgement),
        };
        (known.id, Ahead { judgement, rules_hash })
    };
    // How many at once is the model's own affair.
    let aheads = stream::iter(known).map(ask).buffer_unordered(known.len()).collect().await;
    Ok((aheads, budget.spent()))
}

/// Writes the judgements of a batch and its items.
async fn finish(
    tx: &Tx<'_>,
    run: &Run,
    job: &Job,
    wish: &Wish<'_>,
    batch: &Batch,
    mut aheads: Aheads,
    spent: Spent,
) -> Result<StepEnd> {
    if jobs::begin_step(tx, job.id).await?.is_none() {
        count(tx, spent).await?;
        end(tx, run).await?;
        return Ok(StepEnd::JobEnded);
    }
    let scored = match wish.dry_run {
        true => foresee(tx, batch, wish.force).await?,
        false => score(tx, &batch.frame, &batch.claimed.own, &mut aheads, wish.force).await?,
    };
    let position = batch.next_position(&scored.locked);
    let items = items(tx, batch, &position, scored);
    let is_idle = items.is_empty();
    let stored = serde_json::to_value(&position).map_err(Error::internal)?;
    jobs::end_step(tx, job.id, items, &stored).await?;
    if position.walked && position.deferred.is_empty() {
        jobs::succeed(tx, job.id, None).await?;
        count(tx, spent).await?;
        end(tx, run).await?;
        return Ok(StepEnd::JobEnded);
    }
    scores::release(tx, run.task.id).await?;
    // Last in the transaction: the day's row is shared by all workers of the organization.
    count(tx, spent).await?;
    Ok(if is_idle { StepEnd::Waits } else { StepEnd::GoesOn })
}

impl Batch {
    /// Where the job goes on after this batch, of whose partners these were locked by others.
    fn next_position(&self, locked: &[PartnerId]) -> Position {
        let before = &self.position;
        let mut next = before.clone();
        if before.walked {
            next.deferred.drain(..self.entries.len());
            next.returns += 1;
        } else {
            next.after = self.entries.last().map(|(_, id)| *id).or(before.after);
            next.index += self.entries.len() as i64;
            next.walked = (self.entries.len() as i64) < self.limit;
        }
        if next.returns <= RETURNS {
            let again = self.entries.iter().filter(|(_, id)| locked.contains(id));
            let room = MOST_DEFERRED.saturating_sub(next.deferred.len());
            next.deferred.extend(again.take(room));
        }
        next
    }
}

async fn end(tx: &Tx<'_>, run: &Run) -> Result<()> {
    scores::release(tx, run.task.id).await?;
    tasks::complete(tx, &run.task).await
}

async fn count(tx: &Tx<'_>, spent: Spent) -> Result<()> {
    model_usage::add(tx, spent.prompt_tokens, spent.completion_tokens, spent.requests).await
}

/// Judges live partners by what is known of them under the lock, and writes it. What the language
/// model has said ahead stands; when something has changed meanwhile, it is stale from the
/// beginning.
async fn score(
    tx: &Tx<'_>,
    frame: &Frame,
    ids: &[PartnerId],
    aheads: &mut Aheads,
    force: bool,
) -> Result<ScoredBatch> {
    let (mut became, mut judged, mut confirmed) = (HashMap::new(), Vec::new(), Vec::new());
    let writer = ScoreWriter::lock(tx, ids).await?;
    let locked = writer.locked_elsewhere().to_vec();
    for known in writer.known() {
        let id = known.id;
        let by_rules = rules::judge(&frame.facts(known), &frame.profile);
        let (judgement, stale) = match aheads.remove(&id) {
            Some(Ahead { judgement, rules_hash }) => (judgement, rules_hash != by_rules.input_hash),
            None if !force && known.last_hash.as_ref() == Some(&by_rules.input_hash) => {
                (None, false)
            }
            None => (Some(by_rules), false),
        };
        let Some(score) = judgement else {
            confirmed.extend((!stale).then_some(id));
            became.insert(id, Became::Unchanged);
            continue;
        };
        let (before, after) = differences(&known.row, &score);
        became.insert(id, Became::Scored(before, after));
        judged.push(Judged { partner: id, score, stale });
    }
    // Unchanged scores are fresh again, which is no version and no event.
    writer.write(frame.profile_version, judged, confirmed).await?;
    Ok(ScoredBatch { became, locked })
}

/// What the rules would say of live partners. Nothing is written.
async fn foresee(tx: &Tx<'_>, batch: &Batch, force: bool) -> Result<ScoredBatch> {
    let frame = &batch.frame;
    let ids: Vec<PartnerId> = batch.entries.iter().map(|(_, id)| *id).collect();
    let known = scores::look(tx, &ids).await?;
    let became = known.into_iter().map(|known| {
        let judgement = rules::judge(&frame.facts(&known), &frame.profile);
        if !force && known.last_hash.as_ref() == Some(&judgement.input_hash) {
            return (known.id, Became::Unchanged);
        }
        let (before, after) = differences(&known.row, &judgement);
        (known.id, Became::Scored(before, after))
    });
    Ok(ScoredBatch { became: became.collect(), locked: Vec::new() })
}

/// Both scores before and after, and what else changes but the summary.
fn differences(row: &Map<String, Json>, score: &Judgement) -> (Json, Json) {
    let values = [
        ("fit_score", json!(score.fit_score), true),
        ("health_score", json!(score.health_score), true),
        ("four_c_breakdown", json!(score.four_c_breakdown), false),
        ("key_strengths", json!(score.key_strengths), false),
    ];
    let (mut before, mut after) = (Map::new(), Map::new());
    for (field, to, always) in values {
        let from = row.get(field).cloned().unwrap_or_default();
        if always || from != to {
            before.insert(field.to_owned(), from);
            after.insert(field.to_owned(), to);
        }
    }
    (before.into(), after.into())
}

/// What became of each partner of a batch, in order, but for those that are deferred.
fn items(tx: &Tx<'_>, batch: &Batch, next: &Position, scored: ScoredBatch) -> Vec<NewJobItem> {
    let ScoredBatch { mut became, locked } = scored;
    let busy: HashSet<PartnerId> = batch.claimed.busy.iter().copied().collect();
    let item = |&(index, ref id): &(i64, PartnerId)| {
        let item = NewJobItem::succeeded(index, id);
        let stopped = |item: NewJobItem, status, code| {
            item.stopped(status, &Error::of(code), tx.scope().request_id)
        };
        let there = |item| NewJobItem { resource_id: Some(id.to_string()), ..item };
        match became.remove(id) {
            Some(Became::Scored(before, after)) => {
                NewJobItem { before: Some(before), after: Some(after), ..there(item) }
            }
            Some(Became::Unchanged) => {
                stopped(there(item), JobItemStatus::Skipped, Code::Unchanged)
            }
            None if busy.contains(id) => {
                stopped(there(item), JobItemStatus::Skipped, Code::RefreshInProgress)
            }
            None if locked.contains(id) => {
                stopped(there(item), JobItemStatus::Failed, Code::Unavailable)
            }
            None => stopped(item, JobItemStatus::Failed, Code::NotFound),
        }
    };
    batch.entries.iter().filter(|entry| !next.deferred.contains(entry)).map(item).collect()
}

/// Judges by the rules, here and now, every partner that has never been judged: for whoever cannot
/// wait for a worker.
///
/// # Errors
/// Those of the database.
pub async fn score_unscored(store: &Store, scope: &Scope) -> Result<()> {
    let filter = json!({"op": "is_null", "field": "scored_at", "value": true});
    let node =
        filter::parse(&filter, PARTNER, Timestamp::now().0, "#/filter").map_err(filter::invalid)?;
    let mut after = None;
    loop {
        let scored = store
            .write(scope, async |tx| {
                let selected: Selected =
                    selection::resolve(tx, &Selection::Filter(node.clone())).await?;
                let ids = selected.after(tx, after, BATCH).await?;
                let frame = Frame::load(tx).await?;
                let scored = score(tx, &frame, &ids, &mut HashMap::new(), true).await?;
                if !scored.locked.is_empty() {
                    first_scores::queue(tx, &scored.locked, Timestamp::now()).await?;
                }
                Ok(ids)
            })
            .await?;
        after = scored.last().copied();
        if (scored.len() as i64) < BATCH {
            return Ok(());
        }
    }
}
