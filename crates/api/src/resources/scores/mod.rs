//! Scores (docs/scoring.md): requested here, computed by the worker.

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
/// Refreshes the scores of the listed partners, or of those that a filter or view finds. The job's
/// items contain the scores before and after. Partners whose facts have not changed are skipped
/// unless `force` is true, which is the default for listed partners. A dry run reports what the
/// rules would give, and writes nothing.
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
