//! Plan items.

use actix_web::web;
use domain::{
    ids::{PartnerId, PlanItemId},
    plan_items::{
        PLAN_ITEM_LIST, PlanItem, PlanItemCreate, PlanItemList, PlanItemPage, PlanItemUpdate,
    },
};
use operation_macros::operation;
use persistence::plan_items;

use crate::kernel::{
    answer::Answer,
    problem::Result,
    request_context::{Json, RequestContext},
};

/// List the plan items of a partner
///
/// In the order of the plan unless requested otherwise.
#[operation(
    get("/partners/{id}/plan-items"),
    tag(Plans),
    role(Viewer),
    scope(PlansRead),
    query(PlanItemList),
    ok(PlanItemPage),
    errors(InvalidCursor)
)]
pub async fn list_plan_items(context: RequestContext, id: web::Path<PartnerId>) -> Result<Answer> {
    let request = context.list_request(&PLAN_ITEM_LIST)?;
    let page = context.read(async |tx| plan_items::list(tx, *id, &request).await).await?;
    Ok(Answer::ok(&page))
}

/// Create a plan item
///
/// The item is added at the end of the plan.
#[operation(
    post("/partners/{id}/plan-items"),
    tag(Plans),
    role(Member),
    scope(PlansWrite),
    created(PlanItem)
)]
pub async fn create_plan_item(
    context: RequestContext,
    id: web::Path<PartnerId>,
    body: Json<PlanItemCreate>,
) -> Result<Answer> {
    let work = async |tx: &persistence::Tx<'_>| {
        let item = plan_items::insert(tx, *id, &body).await?;
        Ok(Answer::created(format!("/v1/plan-items/{}", item.id), &item).versioned(item.version))
    };
    context.once(&body.sum, work).await
}

/// Get a plan item
///
/// Returns one item of a joint plan.
#[operation(get("/plan-items/{id}"), tag(Plans), role(Viewer), scope(PlansRead), ok(PlanItem))]
pub async fn get_plan_item(context: RequestContext, id: web::Path<PlanItemId>) -> Result<Answer> {
    let item = context.read(async |tx| plan_items::get(tx, *id).await).await?;
    Ok(Answer::resource(item.version, &item))
}

/// Update a plan item
///
/// `before_id` moves the item in front of another item of the plan; null moves it to the end.
#[operation(patch("/plan-items/{id}"), tag(Plans), role(Member), scope(PlansWrite), ok(PlanItem))]
pub async fn update_plan_item(
    context: RequestContext,
    id: web::Path<PlanItemId>,
    body: Json<PlanItemUpdate>,
) -> Result<Answer> {
    let item = context
        .write(async |tx| plan_items::update(tx, *id, context.if_match, &body).await)
        .await?;
    Ok(Answer::resource(item.version, &item))
}

/// Delete a plan item
///
/// The item is deleted permanently.
#[operation(delete("/plan-items/{id}"), tag(Plans), role(Member), scope(PlansWrite), no_content)]
pub async fn delete_plan_item(
    context: RequestContext,
    id: web::Path<PlanItemId>,
) -> Result<Answer> {
    context.write(async |tx| plan_items::delete(tx, *id, context.if_match).await).await?;
    Ok(Answer::nothing())
}
