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
use futures_util::future::{try_join, try_join_all};
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
            self, bulk,
            selection::{self, Selected},
        },
    },
};

pub use claims::{Claimed, claim, release};
pub use facts::{Held, Known, KnownDeal, hold, look};
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
        Selected::Ids(ids) => Some(ids.len() as i64),
        Selected::Found(_) => None,
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
pub struct Judged {
    pub held: Held,
    pub score: Judgement,
    /// Whether something that it rests on has changed while it was being made.
    pub stale: bool,
}

/// Writes judgements that were made by this version of the ideal partner profile: to the partners,
/// by the one function that writes them and with what follows for their tiers, and to their
/// history.
///
/// # Errors
/// Those of the database.
pub async fn write(tx: &Tx<'_>, profile_version: i64, judged: Vec<Judged>) -> Result<()> {
    if judged.is_empty() {
        return Ok(());
    }
    let at = Timestamp::now();
    let rows =
        judged.iter().map(|Judged { held, score, .. }| row(held.known.id, score, at)).collect();
    // One bind for any number of rows, so that the statement has one text and is prepared once.
    let history = Statement::new(
        "/* scores.write */ INSERT INTO scores (id, partner_id, created_at, fit_score, \
            health_score, four_c_breakdown, \
         key_strengths, ai_summary, evidence, engine, fallback_reason, input_hash) SELECT * FROM \
         jsonb_to_recordset(",
    )
    .with(
        Bind::Json(Some(Json::Array(rows))),
        ") AS v (id uuid, partner_id uuid, created_at timestamptz, fit_score bigint, health_score \
            bigint, \
         four_c_breakdown jsonb, key_strengths text[], ai_summary text, evidence jsonb, engine \
         text, fallback_reason text, \
         input_hash text)",
    );
    let history = async { history.execute(&mut tx.conn()).await.map_err(Error::from) };
    let writes = judged.into_iter().map(|Judged { held, score, stale }| {
        let how = Scored { engine: score.engine.clone(), profile_version, stale };
        let plan = plan_scores(&held.known.row, &score, at, how);
        bulk::update_planned(tx, held.locked, plan)
    });
    // All statements share a round trip.
    try_join(history, try_join_all(writes)).await?;
    Ok(())
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

/// Notes that the scores of partners are still what this version of the ideal partner profile would
/// make of them. No version of the partner: nothing has changed but what we know.
///
/// # Errors
/// Those of the database.
pub async fn confirm(tx: &Tx<'_>, profile_version: i64, ids: &[PartnerId]) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    let version = || Bind::Int(Some(profile_version));
    Statement::new(
        "/* scores.confirm */ UPDATE partners SET scores_stale = false, scored_profile_version = ",
    )
    .with(version(), " WHERE (scores_stale OR scored_profile_version IS DISTINCT FROM ")
    .with(version(), ") AND scored_at IS NOT NULL AND id = ANY(")
    .with(uuids(ids), ")")
    .execute(&mut tx.conn())
    .await?;
    Ok(())
}

fn uuids(ids: &[PartnerId]) -> Bind {
    Bind::Ids(ids.iter().map(|id| id.0).collect())
}
