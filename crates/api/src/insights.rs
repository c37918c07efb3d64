//! Insights (contract 4.6): over the partners that appear in intelligence.

use actix_web::get;
use domain::insights::{InsightFilter, PortfolioInsight, StrengthsInsight};
use persistence::insights;

use crate::{answer::Answer, call::Call, problem::Result};

/// What the partners are and come to
///
/// Counts by what they are, sums of what they do, means of their scores.
#[utoipa::path(tag = "insights", params(InsightFilter), security(("viewer" = ["insights:read"])),
    responses((status = 200, body = PortfolioInsight)),
    extensions(("x-errors" = json!("not_found_reference")), ("x-step" = json!(2))))]
#[get("/insights/portfolio")]
pub async fn get_portfolio_insight(call: Call) -> Result<Answer> {
    let request = call.partner_filter(&[], "")?;
    let insight = call.read(async |tx| insights::portfolio(tx, &request).await).await?;
    Ok(Answer::ok(&insight))
}

/// What partners are strong in
///
/// The strengths that scoring found, with how many partners have them; at most 100.
#[utoipa::path(tag = "insights", params(InsightFilter), security(("viewer" = ["insights:read"])),
    responses((status = 200, body = StrengthsInsight)),
    extensions(("x-errors" = json!("not_found_reference")), ("x-step" = json!(2))))]
#[get("/insights/strengths")]
pub async fn get_strengths_insight(call: Call) -> Result<Answer> {
    let request = call.partner_filter(&[], "")?;
    let insight = call.read(async |tx| insights::strengths(tx, &request).await).await?;
    Ok(Answer::ok(&insight))
}
