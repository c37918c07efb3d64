//! Insights: over the partners that appear in intelligence.

use actix_web::get;
use domain::{
    insights::{
        AttainmentInsight, LifecycleInsight, LifecycleWindow, PortfolioInsight, StrengthsInsight,
    },
    joint_plans::FiscalYearParameter,
    partners::{PARTNER_SELECTION, PARTNERS_BY_NAME, PartnerSelection, PartnersByName},
};
use persistence::insights;

use crate::kernel::{
    answer::Answer,
    call::{Call, Query},
    problem::Result,
};

/// Get the portfolio summary
///
/// Counts partners by their attributes, adds up deals and revenue, and averages scores.
#[utoipa::path(tag = "insights", params(PartnerSelection), security(("viewer" = ["insights:read"])),
    responses((status = 200, body = PortfolioInsight)), extensions(("x-errors" = json!("not_found_reference"))))]
#[get("/insights/portfolio")]
pub async fn get_portfolio_insight(call: Call) -> Result<Answer> {
    let request = call.list_request(&PARTNER_SELECTION)?;
    let insight = call.read(async |tx| insights::portfolio(tx, &request).await).await?;
    Ok(Answer::ok(&insight))
}

/// Get the partner lifecycle
///
/// By the stage history, between two days in the organization's time zone, both included.
#[utoipa::path(tag = "insights", params(LifecycleWindow, PartnerSelection), security(("viewer" = ["insights:read"])),
    responses((status = 200, body = LifecycleInsight)), extensions(("x-errors" = json!("not_found_reference"))))]
#[get("/insights/lifecycle")]
pub async fn get_lifecycle_insight(call: Call, window: Query<LifecycleWindow>) -> Result<Answer> {
    let request = call.list_request(&PARTNER_SELECTION)?;
    let insight = call.read(async |tx| insights::lifecycle(tx, &request, &window).await).await?;
    Ok(Answer::ok(&insight))
}

/// Get partner strengths
///
/// The strengths that scoring found, with how many partners have them; at most 100.
#[utoipa::path(tag = "insights", params(PartnerSelection), security(("viewer" = ["insights:read"])),
    responses((status = 200, body = StrengthsInsight)), extensions(("x-errors" = json!("not_found_reference"))))]
#[get("/insights/strengths")]
pub async fn get_strengths_insight(call: Call) -> Result<Answer> {
    let request = call.list_request(&PARTNER_SELECTION)?;
    let insight = call.read(async |tx| insights::strengths(tx, &request).await).await?;
    Ok(Answer::ok(&insight))
}

/// Get target attainment
///
/// Targets against what was won in a fiscal year: in all, at both ends, and partner by partner.
#[utoipa::path(tag = "insights", params(FiscalYearParameter, PartnersByName), security(("viewer" = ["insights:read"])),
    responses((status = 200, body = AttainmentInsight)),
    extensions(("x-errors" = json!("invalid_cursor not_found_reference"))))]
#[get("/insights/attainment")]
pub async fn get_attainment_insight(
    call: Call,
    query: Query<FiscalYearParameter>,
) -> Result<Answer> {
    let request = call.list_request(&PARTNERS_BY_NAME)?;
    let insight =
        call.read(async |tx| insights::attainment(tx, &request, query.fiscal_year).await).await?;
    Ok(Answer::ok(&insight))
}
