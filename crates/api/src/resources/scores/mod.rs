//! Scores (docs/scoring.md): asked for here, made by the worker.

mod backtest;
mod judge;
mod work;

use actix_web::{get, post, web};
use domain::{
    Code, Error,
    ids::PartnerId,
    jobs::Job,
    scores::{SCORE_LIST, ScoreEngine, ScoreList, ScorePage, ScoreRefreshRequest},
    timestamp::Timestamp,
};
use persistence::scores;

use crate::{
    kernel::{
        answer::Answer,
        call::{Call, Json},
        problem::Result,
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
#[utoipa::path(tag = "scores", request_body = ScoreRefreshRequest, security(("member" = ["scores:write"])),
    responses((status = 202, body = Job)),
    extensions(("x-errors" = json!("invalid_selection invalid_filter not_found_reference \
        ai_unavailable"))))]
#[post("/score-refreshes")]
pub async fn refresh_scores(call: Call, body: Json<ScoreRefreshRequest>) -> Result<Answer> {
    body.selection(Timestamp::now())?;
    if body.engine == Some(ScoreEngine::Model) && call.state.model.is_none() {
        return Err(Error::of(Code::AiUnavailable).into());
    }
    let work = async |tx: &persistence::Tx<'_>| {
        let job = scores::insert_refresh(tx, &body).await?;
        Ok(accepted(&call, &job))
    };
    call.once(&body.sum, work).await
}

/// List the scores of a partner
///
/// Lists every score with its evidence, newest first.
#[utoipa::path(tag = "scores", params(PartnerId, ScoreList), security(("viewer" = ["scores:read"])),
    responses((status = 200, body = ScorePage)), extensions(("x-errors" = json!("invalid_cursor"))))]
#[get("/partners/{id}/scores")]
pub async fn list_partner_scores(call: Call, id: web::Path<PartnerId>) -> Result<Answer> {
    let request = call.list_request(&SCORE_LIST)?;
    let page = call.read(async |tx| scores::list(tx, *id, &request).await).await?;
    Ok(Answer::ok(&page))
}
