//! Tags.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::{
    Result,
    events::NewEvent,
    ids::TagId,
    lists::ListRequest,
    partners::RemovedRecord,
    patch,
    schema::tags,
    tags::{Tag, TagCreate, TagPage, TagUpdate},
};
use serde_json::json;

use crate::{
    kernel::{
        db::Tx,
        listing::{self, Source},
        locks,
        sql::clock_timestamp,
    },
    resources::partners::{self, writer::PartnerWriter},
};

/// How tags are listed.
const SOURCE: Source =
    Source { table: "tags", search: Some("search_tags"), soft_delete: false, of_partner: false };

/// One page of tags.
pub async fn list(tx: &Tx<'_>, request: &ListRequest) -> Result<TagPage> {
    listing::page::<Tag>(tx, request, SOURCE).await
}

/// One tag.
pub async fn get(tx: &Tx<'_>, id: TagId) -> Result<Tag> {
    Ok(Tag::query().filter(tags::id.eq(id)).first(&mut tx.conn()).await?)
}

/// A new tag.
///
/// # Errors
/// `tag_name_taken`.
pub async fn insert(tx: &Tx<'_>, tag: &TagCreate) -> Result<Tag> {
    let id = TagId::new();
    diesel::insert_into(tags::table)
        .values((tags::id.eq(id), tag.clone()))
        .execute(&mut tx.conn())
        .await?;
    let made = get(tx, id).await?;
    tx.record(NewEvent::new(
        "tag.created",
        id,
        made.version,
        json!({"changes": {}, "category": made.category, "name": made.name}),
    ));
    Ok(made)
}

/// Renames or recolours.
///
/// # Errors
/// `version_mismatch`, `tag_name_taken`.
pub async fn update(
    tx: &Tx<'_>,
    id: TagId,
    expected: Option<patch::ExpectedVersions>,
    update: &TagUpdate,
) -> Result<Tag> {
    let before = lock(tx, id, expected).await?;
    let changes = patch::changes(&before, update)?;
    if changes.is_empty() {
        return Ok(before);
    }
    diesel::update(tags::table.find(id))
        .set((update, tags::version.eq(before.version + 1), tags::updated_at.eq(clock_timestamp())))
        .execute(&mut tx.conn())
        .await?;
    tx.record(NewEvent::new("tag.updated", id, before.version + 1, json!({"changes": changes})));
    get(tx, id).await
}

/// Deletes a tag and takes it off every partner, overridden or not: what is gone can be nobody's
/// decision.
///
/// # Errors
/// `version_mismatch`.
pub async fn delete(
    tx: &Tx<'_>,
    id: TagId,
    expected: Option<patch::ExpectedVersions>,
) -> Result<()> {
    let mut writer = PartnerWriter::new(tx).await?;
    // Partners before the tag: who writes one with the tag locks it before the database looks for
    // the tag.
    locks::partners(tx, partners::partners_with_tag(tx, id).await?).await?;
    let before = lock(tx, id, expected).await?;
    // Once more: from here on nobody gets the tag.
    let ids = partners::partners_with_tag(tx, id).await?;
    partners::remove_reference(&mut writer, &ids, RemovedRecord::Tag(id)).await?;
    diesel::delete(tags::table.find(id)).execute(&mut tx.conn()).await?;
    tx.record(NewEvent::new(
        "tag.deleted",
        id,
        before.version,
        json!({"changes": {}, "name": before.name}),
    ));
    Ok(())
}

async fn lock(tx: &Tx<'_>, id: TagId, expected: Option<patch::ExpectedVersions>) -> Result<Tag> {
    let tag = Tag::query().filter(tags::id.eq(id)).for_update().first(&mut tx.conn()).await?;
    patch::expect_version(expected, tag.version)?;
    Ok(tag)
}
