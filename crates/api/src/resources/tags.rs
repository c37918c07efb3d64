//! Tags.

use actix_web::web;
use domain::{
    ids::TagId,
    tags::{TAG_LIST, Tag, TagCreate, TagList, TagPage, TagUpdate},
};
use operation_macros::operation;
use persistence::tags;

use crate::kernel::{
    answer::Answer,
    problem::Result,
    request_context::{Json, RequestContext},
};

/// List tags
///
/// Sorted by name unless requested otherwise. `q` finds names that contain it.
#[operation(
    get("/tags"),
    tag(Tags),
    role(Viewer),
    scope(TagsRead),
    query(TagList),
    ok(TagPage),
    errors(InvalidCursor)
)]
pub async fn list_tags(context: RequestContext) -> Result<Answer> {
    let request = context.list_request(&TAG_LIST)?;
    let page = context.read(async |tx| tags::list(tx, &request).await).await?;
    Ok(Answer::ok(&page))
}

/// Create a tag
///
/// The name must be unique within the category, ignoring case.
#[operation(
    post("/tags"),
    tag(Tags),
    role(Member),
    scope(TagsWrite),
    created(Tag),
    errors(TagNameTaken)
)]
pub async fn create_tag(context: RequestContext, body: Json<TagCreate>) -> Result<Answer> {
    let work = async |tx: &persistence::Tx<'_>| {
        let tag = tags::insert(tx, &body).await?;
        Ok(Answer::created(format!("/v1/tags/{}", tag.id), &tag).versioned(tag.version))
    };
    context.once(&body.sum, work).await
}

/// Get a tag
///
/// `partner_count` is the number of partners that have it.
#[operation(get("/tags/{id}"), tag(Tags), role(Viewer), scope(TagsRead), ok(Tag))]
pub async fn get_tag(context: RequestContext, id: web::Path<TagId>) -> Result<Answer> {
    let tag = context.read(async |tx| tags::get(tx, *id).await).await?;
    Ok(Answer::resource(tag.version, &tag))
}

/// Update a tag
///
/// Changes name and color. The category cannot be changed.
#[operation(
    patch("/tags/{id}"),
    tag(Tags),
    role(Admin),
    scope(TagsWrite),
    ok(Tag),
    errors(TagNameTaken)
)]
pub async fn update_tag(
    context: RequestContext,
    id: web::Path<TagId>,
    body: Json<TagUpdate>,
) -> Result<Answer> {
    let tag =
        context.write(async |tx| tags::update(tx, *id, context.if_match, &body).await).await?;
    Ok(Answer::resource(tag.version, &tag))
}

/// Delete a tag
///
/// The tag is removed from all partners.
#[operation(delete("/tags/{id}"), tag(Tags), role(Admin), scope(TagsWrite), no_content)]
pub async fn delete_tag(context: RequestContext, id: web::Path<TagId>) -> Result<Answer> {
    context.write(async |tx| tags::delete(tx, *id, context.if_match).await).await?;
    Ok(Answer::nothing())
}
