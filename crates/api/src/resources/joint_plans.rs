//! Joint plans.

use actix_web::web;
use domain::{
    ids::PartnerId,
    joint_plans::{FiscalYearParameter, JointPlan, JointPlanUpdate},
};
use operation_macros::operation;
use persistence::joint_plans;

use crate::{
    kernel::{
        answer::Answer,
        problem::Result,
        request_context::{Json, Query, RequestContext},
    },
    resources::partners::WriteModeParameter,
};

/// Get the joint plan of a partner
///
/// Returns the target, the quarters and the revenue won in each, by the fiscal calendar and time
/// zone of the organization.
#[operation(
    get("/partners/{id}/joint-plan"),
    tag(Plans),
    role(Viewer),
    scope(PlansRead),
    ok(JointPlan)
)]
pub async fn get_joint_plan(
    context: RequestContext,
    id: web::Path<PartnerId>,
    query: Query<FiscalYearParameter>,
) -> Result<Answer> {
    let plan = context.read(async |tx| joint_plans::get(tx, *id, query.fiscal_year).await).await?;
    Ok(Answer::resource(plan.version, &plan))
}

/// Update the joint plan of a partner
///
/// Target and weights are fields of the partner: a person's change overrides them, and automation
/// skips them from then on. Returns the plan of the current fiscal year.
#[operation(
    patch("/partners/{id}/joint-plan"),
    tag(Plans),
    role(Member),
    scope(PlansWrite),
    ok(JointPlan)
)]
pub async fn update_joint_plan(
    context: RequestContext,
    id: web::Path<PartnerId>,
    query: Query<WriteModeParameter>,
    body: Json<JointPlanUpdate>,
) -> Result<Answer> {
    let mode = context.write_mode(query.write_mode);
    let work = async |tx: &persistence::Tx<'_>| {
        joint_plans::update(tx, *id, context.if_match, body.value.clone(), mode).await
    };
    let plan = context.write(work).await?;
    Ok(Answer::resource(plan.version, &plan))
}
