//! Insights: numbers over the partners with `in_intelligence`.

use domain::{
    insights::{
        AttainmentInsight, LifecycleInsight, LifecycleWindow, PortfolioInsight, StrengthsInsight,
    },
    joint_plans::FiscalYearParameter,
    partners::{PARTNER_SELECTION, PARTNERS_BY_NAME, PartnerSelection, PartnersByName},
};
use operation_macros::operation;
use persistence::insights;

use crate::kernel::{
    answer::Answer,
    problem::Result,
    request_context::{Query, RequestContext},
};

/// Get the portfolio summary
///
/// Counts partners by their attributes, adds up deals and revenue, and averages scores.
#[operation(
    get("/insights/portfolio"),
    tag(Insights),
    role(Viewer),
    scope(InsightsRead),
    cost(5),
    query(PartnerSelection),
    ok(PortfolioInsight),
    field_errors(NotFoundReference)
)]
pub async fn get_portfolio_insight(context: RequestContext) -> Result<Answer> {
    let request = context.list_request(&PARTNER_SELECTION)?;
    let insight = context.read(async |tx| insights::portfolio(tx, &request).await).await?;
    Ok(Answer::ok(&insight))
}

/// Get the partner lifecycle
///
/// Computed from the stage history, between two days in the organization's time zone, both
/// included.
#[operation(
    get("/insights/lifecycle"),
    tag(Insights),
    role(Viewer),
    scope(InsightsRead),
    cost(5),
    query(PartnerSelection),
    ok(LifecycleInsight),
    field_errors(NotFoundReference)
)]
pub async fn get_lifecycle_insight(
    context: RequestContext,
    window: Query<LifecycleWindow>,
) -> Result<Answer> {
    let request = context.list_request(&PARTNER_SELECTION)?;
    let insight = context.read(async |tx| insights::lifecycle(tx, &request, &window).await).await?;
    Ok(Answer::ok(&insight))
}

/// Get partner strengths
///
/// Lists the strengths that scoring found, with the number of partners that have them; at most 100.
#[operation(
    get("/insights/strengths"),
    tag(Insights),
    role(Viewer),
    scope(InsightsRead),
    cost(5),
    query(PartnerSelection),
    ok(StrengthsInsight),
    field_errors(NotFoundReference)
)]
pub async fn get_strengths_insight(context: RequestContext) -> Result<Answer> {
    let request = context.list_request(&PARTNER_SELECTION)?;
    let insight = context.read(async |tx| insights::strengths(tx, &request).await).await?;
    Ok(Answer::ok(&insight))
}

/// Get target attainment
///
/// Compares targets with the revenue won in a fiscal year: the total, the best and the worst
/// partners, and a list of all partners.
#[operation(
    get("/insights/attainment"),
    tag(Insights),
    role(Viewer),
    scope(InsightsRead),
    cost(5),
    query(PartnersByName),
    ok(AttainmentInsight),
    errors(InvalidCursor),
    field_errors(NotFoundReference)
)]
pub async fn get_attainment_insight(
    context: RequestContext,
    query: Query<FiscalYearParameter>,
) -> Result<Answer> {
    let request = context.list_request(&PARTNERS_BY_NAME)?;
    let insight = context
        .read(async |tx| insights::attainment(tx, &request, query.fiscal_year).await)
        .await?;
    Ok(Answer::ok(&insight))
}
