//! Tags.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::{
    Result,
    events::NewEvent,
    ids::TagId,
    lists::ListRequest,
    patch,
    schema::tags,
    tags::{TAGS, Tag, TagCreate, TagPage, TagUpdate},
};
use serde_json::json;

use crate::{
    kernel::{
        db::Tx,
        listing::{self, Source},
        locks,
        versioned::{self, Changes, next_version, versioned},
    },
    resources::partners::{self, RemovedRecord, writer::PartnerWriter},
};

versioned!(Tag);

/// How tags are listed.
const SOURCE: Source = Source::of(&TAGS);

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
    let changes = Changes::between(&before, update)?;
    if changes.is_empty() {
        return Ok(before);
    }
    let statement = diesel::update(tags::table.find(id)).set((update, next_version!(tags)));
    let after: Tag = statement.returning(Tag::as_returning()).get_result(&mut tx.conn()).await?;
    tx.record(changes.event("tag.updated", id, after.version));
    Ok(after)
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
    locks::partners(tx, partners::partners_naming(tx, RemovedRecord::Tag(id)).await?).await?;
    let before = lock(tx, id, expected).await?;
    // Once more: from here on nobody gets the tag.
    let ids = partners::partners_naming(tx, RemovedRecord::Tag(id)).await?;
    partners::remove_reference(&mut writer, &ids, &json!(id)).await?;
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
    versioned::lock(tx, Tag::query().filter(tags::id.eq(id)).for_update(), expected).await
}
