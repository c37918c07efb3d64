//! Scores (docs/scoring.md): asked for here, made by the worker.

mod backtest;
mod judge;
mod work;

use actix_web::web;
use domain::{
    Code, Error,
    ids::PartnerId,
    jobs::Job,
    scores::{SCORE_LIST, ScoreEngine, ScoreList, ScorePage, ScoreRefreshRequest},
    timestamp::Timestamp,
};
use operation_macros::operation;
use persistence::scores;

use crate::{
    kernel::{
        answer::Answer,
        problem::Result,
        request_context::{Json, RequestContext},
    },
    resources::jobs::accepted,
};

pub use backtest::backtest;
pub use work::{Scorer, score_unscored};

/// Refresh scores
///
/// Of the partners that are named, or those that a filter or a view finds. The items of the job
/// hold the scores before and after. Partners of whom nothing has changed are skipped unless
/// `force` (which it is for named ones). A dry run tells what the rules would say, and writes
/// nothing.
#[operation(
    post("/score-refreshes"),
    tag(Scores),
    role(Member),
    scope(ScoresWrite),
    accepted(Job),
    errors(InvalidSelection, InvalidFilter, AiUnavailable),
    field_errors(NotFoundReference)
)]
pub async fn refresh_scores(
    context: RequestContext,
    body: Json<ScoreRefreshRequest>,
) -> Result<Answer> {
    body.selection.read(Timestamp::now())?;
    if body.engine == Some(ScoreEngine::Model) && context.state.model.is_none() {
        return Err(Error::of(Code::AiUnavailable).into());
    }
    let work = async |tx: &persistence::Tx<'_>| {
        let job = scores::insert_refresh(tx, &body).await?;
        Ok(accepted(&context, &job))
    };
    context.once(&body.sum, work).await
}

/// List the scores of a partner
///
/// Lists every score with its evidence, newest first.
#[operation(
    get("/partners/{id}/scores"),
    tag(Scores),
    role(Viewer),
    scope(ScoresRead),
    query(ScoreList),
    ok(ScorePage),
    errors(InvalidCursor)
)]
pub async fn list_partner_scores(
    context: RequestContext,
    id: web::Path<PartnerId>,
) -> Result<Answer> {
    let request = context.list_request(&SCORE_LIST)?;
    let page = context.read(async |tx| scores::list(tx, *id, &request).await).await?;
    Ok(Answer::ok(&page))
}
