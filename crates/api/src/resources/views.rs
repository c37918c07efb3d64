//! Saved views.

use actix_web::web;
use domain::{
    ids::ViewId,
    views::{SavedView, SavedViewCreate, SavedViewList, SavedViewPage, SavedViewUpdate, VIEW_LIST},
};
use operation_macros::operation;
use persistence::views;

use crate::kernel::{
    answer::Answer,
    problem::Result,
    request_context::{Json, RequestContext},
};

fn answer(view: &SavedView) -> Answer {
    Answer::resource(view.stored.version, view)
}

/// List saved views
///
/// Lists your own views and the shared ones, in the order in which they were created.
#[operation(
    get("/views"),
    tag(Views),
    role(Viewer),
    scope(ViewsRead),
    query(SavedViewList),
    ok(SavedViewPage),
    errors(InvalidCursor)
)]
pub async fn list_views(context: RequestContext) -> Result<Answer> {
    let request = context.list_request(&VIEW_LIST)?;
    let page = context.read(async |tx| views::list(tx, &request).await).await?;
    Ok(Answer::ok(&page))
}

/// Create a saved view
///
/// A view is private unless it is shared; sharing requires the role `member`. The views of an API
/// key are always shared.
#[operation(
    post("/views"),
    tag(Views),
    role(Viewer),
    scope(ViewsWrite),
    created(SavedView),
    errors(ViewNameTaken, InvalidFilter)
)]
pub async fn create_view(context: RequestContext, body: Json<SavedViewCreate>) -> Result<Answer> {
    let work = async |tx: &persistence::Tx<'_>| {
        let view = views::insert(tx, &body).await?;
        Ok(Answer::created(format!("/v1/views/{}", view.stored.id), &view)
            .versioned(view.stored.version))
    };
    context.once(&body.sum, work).await
}

/// Get a saved view
///
/// `warnings` list what its filter refers to and no longer exists. Private views of other members
/// are not found.
#[operation(get("/views/{id}"), tag(Views), role(Viewer), scope(ViewsRead), ok(SavedView))]
pub async fn get_view(context: RequestContext, id: web::Path<ViewId>) -> Result<Answer> {
    let view = context.read(async |tx| views::get(tx, *id).await).await?;
    Ok(answer(&view))
}

/// Update a saved view
///
/// Only its owner or an admin may do so. If the view becomes private, it is no longer the default
/// of other members.
#[operation(
    patch("/views/{id}"),
    tag(Views),
    role(Viewer),
    scope(ViewsWrite),
    ok(SavedView),
    errors(NotViewOwner, ViewNameTaken, InvalidFilter)
)]
pub async fn update_view(
    context: RequestContext,
    id: web::Path<ViewId>,
    body: Json<SavedViewUpdate>,
) -> Result<Answer> {
    let view =
        context.write(async |tx| views::update(tx, *id, context.if_match, &body).await).await?;
    Ok(answer(&view))
}

/// Delete a saved view
///
/// Only its owner or an admin may do so. Members who had it as their default have no default
/// afterwards.
#[operation(
    delete("/views/{id}"),
    tag(Views),
    role(Viewer),
    scope(ViewsWrite),
    no_content,
    errors(NotViewOwner)
)]
pub async fn delete_view(context: RequestContext, id: web::Path<ViewId>) -> Result<Answer> {
    context.write(async |tx| views::delete(tx, *id, context.if_match).await).await?;
    Ok(Answer::nothing())
}

/// Set the default view
///
/// The view becomes your default for its kind of records. The defaults of other members do not
/// change.
#[operation(put("/views/{id}/default"), tag(Views), role(Viewer), no_api_key, ok(SavedView))]
pub async fn set_default_view(context: RequestContext, id: web::Path<ViewId>) -> Result<Answer> {
    let (member, _) = context.user()?;
    let view = context.write(async |tx| views::set_default(tx, *id, member).await).await?;
    Ok(answer(&view))
}

/// Unset the default view
///
/// Does nothing if the view is not your default.
#[operation(delete("/views/{id}/default"), tag(Views), role(Viewer), no_api_key, ok(SavedView))]
pub async fn unset_default_view(context: RequestContext, id: web::Path<ViewId>) -> Result<Answer> {
    let (member, _) = context.user()?;
    let view = context
        .write(async |tx| views::unset_default(tx, *id, member, context.if_match).await)
        .await?;
    Ok(answer(&view))
}
