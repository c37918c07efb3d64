//! Scores (docs/scoring.md): what a judgement looks at, what came of it, who is being judged.
//! Judging itself is not done here.

mod claims;
mod facts;
mod past;

use diesel_async::RunQueryDsl;
use domain::{
    Error, Result,
    filter::{Node, Value},
    ids::{JobId, PartnerId, ScoreId},
    jobs::{Job, JobType},
    lists::ListRequest,
    partners::Scored,
    scores::{Judgement, SCORE_PARTNER, Score, ScorePage, ScoreRefreshRequest, plan_scores},
    timestamp::Timestamp,
};
use futures_util::future::try_join;
use serde_json::{Value as Json, json};

use crate::{
    kernel::{
        db::Tx,
        listing::{self, Source},
        statement::{Bind, Statement},
    },
    resources::{
        jobs,
        partners::{
            self,
            selection::{self, SelectedPartners},
            writer::PartnerWriter,
        },
    },
};

pub use claims::{ScoreClaims, claim, release};
pub use facts::{ScoredDeal, ScoredPartner, look};
pub use past::{Past, past};

/// One page of the scores of a partner.
///
/// # Errors
/// `not_found`.
pub async fn list(tx: &Tx<'_>, id: PartnerId, request: &ListRequest) -> Result<ScorePage> {
    partners::expect(tx, id).await?;
    let request = request.within([Node::equals(&SCORE_PARTNER, Value::Id(id.0))]);
    listing::page::<Score>(tx, &request, Source::of("scores")).await
}

/// Accepts a refresh.
///
/// # Errors
/// `invalid_selection`, `invalid_filter`; 422 `not_found_reference` for the view.
pub async fn insert_refresh(tx: &Tx<'_>, request: &ScoreRefreshRequest) -> Result<Job> {
    let selected = selection::resolve(tx, &request.selection.read(Timestamp::now())?).await?;
    let total = match selected {
        SelectedPartners::Ids(ids) => Some(ids.len() as i64),
        SelectedPartners::Found(_) => None,
    };
    let job = jobs::NewJob {
        id: JobId::new(),
        kind: JobType::ScoreRefresh,
        dry_run: request.dry_run,
        input: serde_json::to_value(request).map_err(Error::internal)?,
        total,
        position: None,
        has_files: false,
    };
    jobs::insert(tx, &job).await
}

/// A judgement that is to be written.
pub struct NewScore {
    pub partner: PartnerId,
    pub score: Judgement,
    /// Whether something that it rests on has changed while it was being made.
    pub stale: bool,
}

/// Partners that a transaction has locked for their scores, with what is known of them under the
/// lock.
pub struct ScoreWriter<'t, 'c> {
    tx: &'t Tx<'c>,
    partners: PartnerWriter<'t, 'c>,
    /// In the order of their ids.
    known: Vec<ScoredPartner>,
    /// Live partners that other transactions have locked.
    locked_elsewhere: Vec<PartnerId>,
}

impl<'t, 'c> ScoreWriter<'t, 'c> {
    /// Locks live partners. Those that somebody else is writing just now are left out: a batch that
    /// waited for one of them would keep everybody else from all of the others.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn lock(tx: &'t Tx<'c>, ids: &[PartnerId]) -> Result<Self> {
        // The lock comes first, so what follows is as it stays: whoever writes deals holds their
        // partner.
        let partners = PartnerWriter::with_free(tx, ids).await?;
        let known = facts::of_locked(tx, partners.locked()).await?;
        let is_missing = |id: &&PartnerId| known.iter().all(|known| known.id != **id);
        let missing: Vec<PartnerId> = ids.iter().filter(is_missing).copied().collect();
        let locked_elsewhere = partners::live(tx, &missing).await?;
        Ok(Self { tx, partners, known, locked_elsewhere })
    }

    /// Live partners that were left out.
    pub fn locked_elsewhere(&self) -> &[PartnerId] {
        &self.locked_elsewhere
    }

    /// What is known of the partners.
    pub fn known(&self) -> &[ScoredPartner] {
        &self.known
    }

    /// Writes judgements that were made by this version of the ideal partner profile: to the
    /// partners, with what follows for their tiers, and to the history of scores. `confirmed` are
    /// the partners whose scores this version would make once more.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn write(
        mut self,
        profile_version: i64,
        judged: Vec<NewScore>,
        confirmed: Vec<PartnerId>,
    ) -> Result<()> {
        let at = self.partners.rules().now;
        let history = judged.iter().map(|judged| row(judged.partner, &judged.score, at)).collect();
        let history = Statement::new(
            "/* scores.write */ INSERT INTO scores (id, partner_id, created_at, fit_score, \
             health_score, four_c_breakdown, key_strengths, ai_summary, evidence, engine, \
             fallback_reason, input_hash) SELECT * FROM jsonb_to_recordset(",
        )
        .with(
            Bind::Json(Some(Json::Array(history))),
            ") AS v (id uuid, partner_id uuid, created_at timestamptz, fit_score bigint, \
             health_score bigint, four_c_breakdown jsonb, key_strengths text[], ai_summary text, \
             evidence jsonb, engine text, fallback_reason text, input_hash text)",
        );
        let is_history = !judged.is_empty();
        for NewScore { partner, score, stale } in judged {
            let Some(locked) = self.partners.take(partner) else { continue };
            let how = Scored { engine: score.engine.clone(), profile_version, stale };
            let plan = plan_scores(&locked.partner, &score, at, how);
            self.partners.stage(locked, plan);
        }
        self.partners.stage_confirmed(profile_version, confirmed);
        let tx = self.tx;
        let history = async {
            if is_history {
                history.execute(&mut tx.conn()).await.map_err(Error::from)
            } else {
                Ok(0)
            }
        };
        try_join(history, self.partners.finish()).await?;
        Ok(())
    }
}

fn row(id: PartnerId, score: &Judgement, at: Timestamp) -> Json {
    json!({
        "id": ScoreId::new().0,
        "partner_id": id.0,
        "created_at": at,
        "fit_score": score.fit_score,
        "health_score": score.health_score,
        "four_c_breakdown": score.four_c_breakdown,
        "key_strengths": score.key_strengths,
        "ai_summary": score.ai_summary,
        "evidence": score.evidence,
        "engine": score.engine,
        "fallback_reason": score.fallback_reason,
        "input_hash": score.input_hash
    })
}
