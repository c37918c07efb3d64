//! Tags.

use actix_web::{delete, get, patch, post, web};
use domain::{
    ids::TagId,
    tags::{TAG_LIST, Tag, TagCreate, TagList, TagPage, TagUpdate},
};
use persistence::tags;

use crate::kernel::{
    answer::Answer,
    call::{Call, Json},
    problem::Result,
};

/// List tags
///
/// By name unless sorted otherwise. `q` finds names that contain it.
#[utoipa::path(tag = "tags", params(TagList), security(("viewer" = ["tags:read"])), responses((status = 200, body = TagPage)),
    extensions(("x-errors" = json!("invalid_cursor"))))]
#[get("/tags")]
pub async fn list_tags(call: Call) -> Result<Answer> {
    let request = call.list_request(&TAG_LIST)?;
    let page = call.read(async |tx| tags::list(tx, &request).await).await?;
    Ok(Answer::ok(&page))
}

/// Create a tag
///
/// Its name must be new within the category, ignoring case.
#[utoipa::path(tag = "tags", request_body = TagCreate, security(("member" = ["tags:write"])), responses((status = 201, body = Tag)),
    extensions(("x-errors" = json!("tag_name_taken"))))]
#[post("/tags")]
pub async fn create_tag(call: Call, body: Json<TagCreate>) -> Result<Answer> {
    let work = async |tx: &persistence::Tx<'_>| {
        let tag = tags::insert(tx, &body).await?;
        Ok(Answer::created(format!("/v1/tags/{}", tag.id), &tag).versioned(tag.version))
    };
    call.once(&body.sum, work).await
}

/// Get a tag
///
/// `partner_count` is the number of partners that have it.
#[utoipa::path(tag = "tags", params(TagId), security(("viewer" = ["tags:read"])), responses((status = 200, body = Tag)))]
#[get("/tags/{id}")]
pub async fn get_tag(call: Call, id: web::Path<TagId>) -> Result<Answer> {
    let tag = call.read(async |tx| tags::get(tx, *id).await).await?;
    Ok(Answer::resource(tag.version, &tag))
}

/// Update a tag
///
/// Changes name and color. The category cannot be changed.
#[utoipa::path(tag = "tags", params(TagId), request_body = TagUpdate, security(("admin" = ["tags:write"])),
    responses((status = 200, body = Tag)), extensions(("x-errors" = json!("tag_name_taken"))))]
#[patch("/tags/{id}")]
pub async fn update_tag(call: Call, id: web::Path<TagId>, body: Json<TagUpdate>) -> Result<Answer> {
    let tag = call.write(async |tx| tags::update(tx, *id, call.if_match, &body).await).await?;
    Ok(Answer::resource(tag.version, &tag))
}

/// Delete a tag
///
/// It is removed from all partners.
#[utoipa::path(tag = "tags", params(TagId), security(("admin" = ["tags:write"])), responses((status = 204)))]
#[delete("/tags/{id}")]
pub async fn delete_tag(call: Call, id: web::Path<TagId>) -> Result<Answer> {
    call.write(async |tx| tags::delete(tx, *id, call.if_match).await).await?;
    Ok(Answer::nothing())
}
