//! Gadgets.

use actix_web::web;
use domain::{
    gadgets::{GADGET_LIST, Gadget, GadgetCreate, GadgetList, GadgetPage, GadgetUpdate},
    ids::GadgetId,
};
use operation_macros::operation;
use persistence::gadgets;

use crate::kernel::{
    answer::Answer,
    problem::Result,
    request_context::{Json, RequestContext},
};

/// List gadgets
///
/// By name unless sorted otherwise.
#[operation(
    get("/gadgets"),
    tag(Gadgets),
    role(Viewer),
    scope(GadgetsRead),
    query(GadgetList),
    ok(GadgetPage),
    errors(InvalidCursor)
)]
pub async fn list_gadgets(context: RequestContext) -> Result<Answer> {
    let request = context.list_request(&GADGET_LIST)?;
    let page = context.read(async |tx| gadgets::list(tx, &request).await).await?;
    Ok(Answer::ok(&page))
}

/// Create a gadget
///
/// Names need not differ.
#[operation(post("/gadgets"), tag(Gadgets), role(Member), scope(GadgetsWrite), created(Gadget))]
pub async fn create_gadget(context: RequestContext, body: Json<GadgetCreate>) -> Result<Answer> {
    let work = async |tx: &persistence::Tx<'_>| {
        let made = gadgets::insert(tx, &body).await?;
        Ok(Answer::created(format!("/v1/gadgets/{}", made.id), &made).versioned(made.version))
    };
    context.once(&body.sum, work).await
}

/// Get a gadget
///
/// With all its properties.
#[operation(get("/gadgets/{id}"), tag(Gadgets), role(Viewer), scope(GadgetsRead), ok(Gadget))]
pub async fn get_gadget(context: RequestContext, id: web::Path<GadgetId>) -> Result<Answer> {
    let found = context.read(async |tx| gadgets::get(tx, *id).await).await?;
    Ok(Answer::resource(found.version, &found))
}

/// Update a gadget
///
/// What is not given stays as it is.
#[operation(patch("/gadgets/{id}"), tag(Gadgets), role(Member), scope(GadgetsWrite), ok(Gadget))]
pub async fn update_gadget(
    context: RequestContext,
    id: web::Path<GadgetId>,
    body: Json<GadgetUpdate>,
) -> Result<Answer> {
    let changed =
        context.write(async |tx| gadgets::update(tx, *id, context.if_match, &body).await).await?;
    Ok(Answer::resource(changed.version, &changed))
}

/// Delete a gadget
///
/// It is erased and cannot be restored.
#[operation(delete("/gadgets/{id}"), tag(Gadgets), role(Member), scope(GadgetsWrite), no_content)]
pub async fn delete_gadget(context: RequestContext, id: web::Path<GadgetId>) -> Result<Answer> {
    context.write(async |tx| gadgets::delete(tx, *id, context.if_match).await).await?;
    Ok(Answer::nothing())
}
