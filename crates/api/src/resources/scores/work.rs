//! Background work on scores: refreshes, and first scores of new partners. It runs in batches: one
//! transaction claims the partners, the language model is called outside of any transaction, and a
//! second transaction locks the partners, computes with the stored facts and writes. After a crash,
//! at most one batch is repeated.

use std::{collections::HashMap, sync::Arc};

use domain::{
    Code, Error, Result,
    access::Scope,
    filter,
    ids::PartnerId,
    jobs::{Job, JobItemStatus, NewJobItem},
    partners::PARTNER,
    scores::{Judgement, ScoreEngine, ScoreRefreshRequest},
    selection::Selection,
    timestamp::Timestamp,
};
use futures_util::{StreamExt, stream};
use persistence::{
    Store, Tx,
    jobs::{JobSteps, StepItems, StepOutcome},
    model_usage,
    partners::first_scores,
    scores::{self, NewScore, ScoreClaims, ScoreWriter, ScoredPartner},
    selection::{self, SelectedPartners},
    worker::{Outcome, Run},
};
use scoring::{
    model::{Budget, Model, ModelUsage},
    rules,
};
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::judge::Frame;

/// Partners of one step without a language model. Other writers of these partners wait for the
/// step.
const BATCH: i64 = 50;
/// Partners of one step with a language model, which takes longer.
const MODEL_BATCH: i64 = 20;
/// The delay before new partners that are locked by another transaction are tried again.
const RETRY_DELAY: chrono::TimeDelta = chrono::TimeDelta::seconds(30);

/// Scores partners: by the rules alone, or with a language model.
pub struct Scorer {
    pub model: Option<Arc<Model>>,
}

/// The partners of one step, and what their scores depend on.
struct Batch {
    claimed: ScoreClaims,
    frame: Frame,
    /// For the language model: the facts at the time of the claim.
    known: Vec<ScoredPartner>,
}

/// The answer of the language model, obtained before the partner was locked.
struct PreparedScore {
    /// `None` if nothing has changed since the last score.
    judgement: Option<Judgement>,
    /// The hash of the facts that the rules use.
    rules_hash: String,
}

type PreparedScores = HashMap<PartnerId, PreparedScore>;

/// The result for a partner.
enum ScoreOutcome {
    /// Scored fields before and after.
    Scored(Json, Json),
    Unchanged,
}

/// The results of a batch.
struct ScoredBatch {
    became: HashMap<PartnerId, ScoreOutcome>,
    /// Partners that another transaction has locked.
    locked: Vec<PartnerId>,
}

/// The options of a refresh.
struct RefreshOptions<'a> {
    model: Option<&'a Model>,
    force: bool,
    dry_run: bool,
}

impl RefreshOptions<'_> {
    fn limit(&self) -> i64 {
        if self.model.is_some() { MODEL_BATCH } else { BATCH }
    }
}

/// A refresh in progress. Its items are partners.
pub struct Refresh<'a> {
    wish: RefreshOptions<'a>,
    selected: SelectedPartners,
    task: Uuid,
}

/// The claimed partners of one step, with the answers of the language model.
pub struct RefreshStep {
    batch: Batch,
    aheads: PreparedScores,
    spent: ModelUsage,
}

impl JobSteps for Refresh<'_> {
    type Id = PartnerId;
    type Prepared = RefreshStep;

    fn limit(&self) -> usize {
        self.wish.limit() as usize
    }

    async fn total(&self, tx: &Tx<'_>) -> Result<i64> {
        self.selected.count(tx).await
    }

    async fn next(&mut self, run: &Run, after: Option<&PartnerId>) -> Result<StepItems<PartnerId>> {
        let limit = self.wish.limit();
        let ids = run
            .store
            .read(run.scope(), async |tx| self.selected.after(tx, after.copied(), limit).await)
            .await?;
        Ok(StepItems::of(ids, self.limit()))
    }

    /// Claims the partners, in a transaction of its own so that other refreshes see the claim, and
    /// calls the language model.
    async fn prepare(&mut self, run: &Run, portion: &StepItems<PartnerId>) -> Result<RefreshStep> {
        let claim = async |tx: &Tx<'_>| claim(tx, run, &self.wish, &portion.ids).await;
        let batch = run.step(claim).await?;
        let (aheads, spent) = ask(run, &self.wish, &batch.frame, &batch.known).await?;
        Ok(RefreshStep { batch, aheads, spent })
    }

    async fn step(
        &mut self,
        tx: &Tx<'_>,
        ids: &[PartnerId],
        prepared: &mut RefreshStep,
    ) -> Result<StepOutcome<PartnerId>> {
        let RefreshStep { batch, aheads, spent } = prepared;
        let ScoredBatch { became, locked } = if self.wish.dry_run {
            dry_run_scores(tx, &batch.frame, ids, self.wish.force).await?
        } else {
            score(tx, &batch.frame, &batch.claimed.own, aheads, self.wish.force).await?
        };
        end(tx, self.task, *spent).await?;
        Ok(StepOutcome { items: items(tx, &batch.claimed.busy, became), deferred: locked })
    }

    async fn clean_up(&mut self, run: &Run, prepared: RefreshStep, is_written: bool) {
        if is_written {
            return;
        }
        let given_back =
            run.store.write(run.scope(), async |tx| end(tx, self.task, prepared.spent).await).await;
        if let Err(error) = given_back {
            tracing::warn!(%error, "could not release claimed partners; their claims will expire");
        }
    }
}

impl Scorer {
    /// The refresh of a job.
    ///
    /// Errors of the selection.
    /// Those of the selection.
    pub async fn open(&self, tx: &Tx<'_>, job: &Job, run: &Run) -> Result<Refresh<'_>> {
        let request: ScoreRefreshRequest =
            serde_json::from_value(job.input.0.0.clone()).map_err(Error::internal)?;
        let selected = selection::resolve(tx, &request.selection.read(job.created_at)?).await?;
        let by_rules = request.dry_run || request.engine == Some(ScoreEngine::Rules);
        let model = self.model.as_deref().filter(|_| !by_rules);
        let wish = RefreshOptions { model, force: request.is_forced(), dry_run: request.dry_run };
        Ok(Refresh { wish, selected: selected.made_until(job.created_at), task: run.task.id })
    }

    /// Scores new partners: those of the task, and those of other waiting tasks, up to a batch.
    ///
    /// # Errors
    /// Errors after which the task should be tried again. Partners that already have a score are
    /// not scored again.
    pub async fn score_new(&self, run: &Run) -> Result<Outcome> {
        let wish = RefreshOptions { model: self.model.as_deref(), force: false, dry_run: false };
        let gather = async |tx: &Tx<'_>| first_scores::gather(tx, &run.task, wish.limit()).await;
        let ids: Vec<PartnerId> = run.step(gather).await?;
        let cause = run.scope();
        // First scores are not requested by a person, so the actor of their events is the system,
        // and not the one who created the partner.
        let itself = Scope::system(cause.organization, "scoring", cause.request_id);
        for part in ids.chunks(wish.limit() as usize) {
            let batch = run.step_as(&itself, async |tx| claim(tx, run, &wish, part).await).await?;
            let (mut aheads, spent) = ask(run, &wish, &batch.frame, &batch.known).await?;
            run.step_as(&itself, async |tx| {
                let own = &batch.claimed.own;
                let scored = score(tx, &batch.frame, own, &mut aheads, wish.force).await?;
                let later = [batch.claimed.busy.as_slice(), &scored.locked].concat();
                if !later.is_empty() {
                    let at = Timestamp(Timestamp::now().0 + RETRY_DELAY);
                    first_scores::queue(tx, &later, at).await?;
                }
                end(tx, run.task.id, spent).await
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
    wish: &RefreshOptions<'_>,
    ids: &[PartnerId],
) -> Result<Batch> {
    let frame = Frame::load(tx).await?;
    let claimed = if wish.dry_run {
        ScoreClaims::default()
    } else {
        scores::claim(tx, run.task.id, ids).await?
    };
    let known = match wish.model {
        Some(_) => scores::look(tx, &claimed.own).await?,
        None => Vec::new(),
    };
    Ok(Batch { claimed, frame, known })
}

/// Calls the language model, if one is configured, within the organization's token budget of the
/// day.
async fn ask(
    run: &Run,
    wish: &RefreshOptions<'_>,
    frame: &Frame,
    known: &[ScoredPartner],
) -> Result<(PreparedScores, ModelUsage)> {
    let Some(model) = wish.model.filter(|_| !known.is_empty()) else {
        return Ok((HashMap::new(), ModelUsage::default()));
    };
    let spent = run.store.read(run.scope(), async |tx| model_usage::spent_today(tx).await).await?;
    let budget = Budget::new(model.daily_tokens().saturating_sub(spent));
    let ask = async |known: &ScoredPartner| {
        let facts = frame.facts(known);
        let by_rules = rules::judge(&facts, &frame.profile);
        let rules_hash = by_rules.input_hash.clone();
        let hash = model.input_hash(&facts, &frame.profile, &by_rules);
        let unchanged = !wish.force && known.last_hash.as_ref() == Some(&hash);
        let judgement = if unchanged {
            None
        } else {
            Some(model.judge(&facts, &frame.profile, by_rules, &budget).await.judgement)
        };
        (known.id, PreparedScore { judgement, rules_hash })
    };
    // The model limits the number of concurrent calls itself.
    let aheads = stream::iter(known).map(ask).buffer_unordered(known.len()).collect().await;
    Ok((aheads, budget.spent()))
}

/// Ends a step: releases the claims, and records the tokens that the language model used.
async fn end(tx: &Tx<'_>, task: Uuid, spent: ModelUsage) -> Result<()> {
    scores::release(tx, task).await?;
    model_usage::add(tx, spent.prompt_tokens, spent.completion_tokens, spent.requests).await
}

/// Scores locked partners by their stored facts, and writes the scores. An answer of the language
/// model is used even if facts have changed since; the score is then stale from the start.
async fn score(
    tx: &Tx<'_>,
    frame: &Frame,
    ids: &[PartnerId],
    aheads: &mut PreparedScores,
    force: bool,
) -> Result<ScoredBatch> {
    let (mut became, mut judged, mut confirmed) = (HashMap::new(), Vec::new(), Vec::new());
    let writer = ScoreWriter::lock(tx, ids).await?;
    let locked = writer.locked_elsewhere().to_vec();
    for known in writer.known() {
        let id = known.id;
        let by_rules = rules::judge(&frame.facts(known), &frame.profile);
        let (judgement, stale) = match aheads.remove(&id) {
            Some(PreparedScore { judgement, rules_hash }) => {
                (judgement, rules_hash != by_rules.input_hash)
            }
            None if !force && known.last_hash.as_ref() == Some(&by_rules.input_hash) => {
                (None, false)
            }
            None => (Some(by_rules), false),
        };
        let Some(score) = judgement else {
            confirmed.extend((!stale).then_some(id));
            became.insert(id, ScoreOutcome::Unchanged);
            continue;
        };
        let (before, after) = differences(&known.row, &score);
        became.insert(id, ScoreOutcome::Scored(before, after));
        judged.push(NewScore { partner: id, score, stale });
    }
    // An unchanged score is marked as fresh, which makes no version and no event.
    writer.write(frame.profile_version, judged, confirmed).await?;
    Ok(ScoredBatch { became, locked })
}

/// Computes the scores that the rules would give to live partners, without writing.
async fn dry_run_scores(
    tx: &Tx<'_>,
    frame: &Frame,
    ids: &[PartnerId],
    force: bool,
) -> Result<ScoredBatch> {
    let known = scores::look(tx, ids).await?;
    let became = known.into_iter().map(|known| {
        let judgement = rules::judge(&frame.facts(&known), &frame.profile);
        if !force && known.last_hash.as_ref() == Some(&judgement.input_hash) {
            return (known.id, ScoreOutcome::Unchanged);
        }
        let (before, after) = differences(&known.row, &judgement);
        (known.id, ScoreOutcome::Scored(before, after))
    });
    Ok(ScoredBatch { became: became.collect(), locked: Vec::new() })
}

/// The score fields before and after, and other fields that change except the summary.
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

/// Makes one item for each partner that exists.
fn items(
    tx: &Tx<'_>,
    busy: &[PartnerId],
    became: HashMap<PartnerId, ScoreOutcome>,
) -> HashMap<PartnerId, NewJobItem> {
    let item = |id: PartnerId| NewJobItem {
        resource_id: Some(id.to_string()),
        ..NewJobItem::succeeded(id)
    };
    let skipped = |id, code| {
        item(id).stopped(JobItemStatus::Skipped, &Error::of(code), tx.scope().request_id)
    };
    let busy = busy.iter().map(|id| (*id, skipped(*id, Code::RefreshInProgress)));
    let became = became.into_iter().map(|(id, became)| match became {
        ScoreOutcome::Scored(before, after) => {
            (id, NewJobItem { before: Some(before), after: Some(after), ..item(id) })
        }
        ScoreOutcome::Unchanged => (id, skipped(id, Code::Unchanged)),
    });
    busy.chain(became).collect()
}

/// Scores every partner that has no score, by the rules and without the worker.
///
/// # Errors
/// Database errors only.
pub async fn score_unscored(store: &Store, scope: &Scope) -> Result<()> {
    let filter = json!({"op": "is_null", "field": "scored_at", "value": true});
    let node =
        filter::parse(&filter, PARTNER, Timestamp::now().0, "#/filter").map_err(filter::invalid)?;
    let mut after = None;
    loop {
        let scored = store
            .write(scope, async |tx| {
                let selected: SelectedPartners =
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
