//! What the worker does about scores: refreshes that people follow, and the first scores of new
//! partners. Batch by batch: one transaction claims the partners, a language model is asked outside
//! of any, a second one judges by what is known under the lock and writes. Whoever goes on after a
//! crash repeats one batch at most.

use std::{collections::HashMap, sync::Arc};

use domain::{
    Code, Error, Result,
    access::Scope,
    filter,
    ids::PartnerId,
    jobs::{Job, JobItemStatus, NewJobItem},
    partners::{Change, PARTNER, Partner, PartnerKey},
    scores::{Judgement, ScoreEngine, ScoreRefreshRequest},
    selection::Selection,
    timestamp::Timestamp,
    values::FieldValue,
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

/// Partners of one step, judged by the rules. Whoever writes one of them waits for the step.
const BATCH: i64 = 50;
/// The same with a language model, which takes its time.
const MODEL_BATCH: i64 = 20;
/// New partners whom somebody else is judging just now are looked at again after this time.
const RETRY_DELAY: chrono::TimeDelta = chrono::TimeDelta::seconds(30);

/// Judges partners: by the rules alone, or with a language model.
pub struct Scorer {
    pub model: Option<Arc<Model>>,
}

/// The partners of one step, and what decides on them.
struct Batch {
    claimed: ScoreClaims,
    frame: Frame,
    /// For the language model: what was known when they were claimed.
    known: Vec<ScoredPartner>,
}

/// What the language model has said before the partner was locked.
struct PreparedScore {
    /// None: nothing has changed since it was judged.
    judgement: Option<Judgement>,
    /// What the rules would have gone by.
    rules_hash: String,
}

type PreparedScores = HashMap<PartnerId, PreparedScore>;

/// What became of a partner.
enum ScoreOutcome {
    /// Fields before and after.
    Scored(Json, Json),
    Unchanged,
}

/// What became of the partners of a batch.
struct ScoredBatch {
    became: HashMap<PartnerId, ScoreOutcome>,
    /// Somebody else is writing them.
    locked: Vec<PartnerId>,
}

/// What was asked for.
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

/// A refresh at work. Its things are partners.
pub struct Refresh<'a> {
    wish: RefreshOptions<'a>,
    selected: SelectedPartners,
    task: Uuid,
}

/// What was claimed for one step, and what the language model has said.
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

    /// Claims the partners, which others are to see, and asks the language model.
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
            tracing::warn!(%error, "cannot give claimed partners back; their claims will end");
        }
    }
}

impl Scorer {
    /// The refresh of a job.
    ///
    /// # Errors
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

    /// Judges partners who are new: those of the task, and of other tasks that wait, up to a batch.
    ///
    /// # Errors
    /// What is worth another attempt. Who is judged already is not judged again.
    pub async fn score_new(&self, run: &Run) -> Result<Outcome> {
        let wish = RefreshOptions { model: self.model.as_deref(), force: false, dry_run: false };
        let gather = async |tx: &Tx<'_>| first_scores::gather(tx, &run.task, wish.limit()).await;
        let ids: Vec<PartnerId> = run.step(gather).await?;
        let cause = run.scope();
        // Nobody asked for first scores, so their events are the system's and not those of whoever
        // made the partner.
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

/// Asks the language model, when there is one, within what is left to the organization for the day.
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
    // How many at once is the model's own affair.
    let aheads = stream::iter(known).map(ask).buffer_unordered(known.len()).collect().await;
    Ok((aheads, budget.spent()))
}

/// The end of a step: what it claimed is free again, and what the language model took is counted.
async fn end(tx: &Tx<'_>, task: Uuid, spent: ModelUsage) -> Result<()> {
    scores::release(tx, task).await?;
    model_usage::add(tx, spent.prompt_tokens, spent.completion_tokens, spent.requests).await
}

/// Judges live partners by what is known of them under the lock, and writes it. What the language
/// model has said ahead stands; when something has changed meanwhile, it is stale from the
/// beginning.
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
        let (before, after) = differences(&known.partner, &score);
        became.insert(id, ScoreOutcome::Scored(before, after));
        judged.push(NewScore { partner: id, score, stale });
    }
    // Unchanged scores are fresh again, which is no version and no event.
    writer.write(frame.profile_version, judged, confirmed).await?;
    Ok(ScoredBatch { became, locked })
}

/// What the rules would say of live partners. Nothing is written.
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
        let (before, after) = differences(&known.partner, &judgement);
        (known.id, ScoreOutcome::Scored(before, after))
    });
    Ok(ScoredBatch { became: became.collect(), locked: Vec::new() })
}

/// Both scores before and after, and what else changes but the summary.
fn differences(partner: &Partner, score: &Judgement) -> (Json, Json) {
    let breakdown = FieldValue::Json(json!(score.four_c_breakdown));
    let wanted = [
        (Change::new(PartnerKey::FitScore, score.fit_score), true),
        (Change::new(PartnerKey::HealthScore, score.health_score), true),
        (Change::new(PartnerKey::FourCBreakdown, breakdown), false),
        (Change::new(PartnerKey::KeyStrengths, score.key_strengths.clone()), false),
    ];
    let (mut before, mut after) = (Map::new(), Map::new());
    for (change, always) in wanted {
        let present = partner.value(change.key);
        if always || present != change.value {
            let field = change.field();
            before.insert(field.name.to_owned(), field.render_json(&present));
            after.insert(field.name.to_owned(), change.json());
        }
    }
    (before.into(), after.into())
}

/// An item for each partner that is there.
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
