//! Tags.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::{
    Result,
    access::WriteMode,
    events::NewEvent,
    ids::{PartnerId, TagId},
    lists::ListRequest,
    patch,
    schema::tags,
    tags::{Tag, TagCreate, TagPage, TagUpdate},
    tiers::TierTrigger,
};
use serde_json::{Value, json};

use crate::{
    kernel::{
        db::Tx,
        listing::{self, Source},
        sql::clock_timestamp,
    },
    resources::{partners::tier_rules, tiers},
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
    tx.tell(NewEvent::new(
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
    tx.tell(NewEvent::new("tag.updated", id, before.version + 1, json!({"changes": changes})));
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
    // Before any partner is locked: requirements may look at tags.
    let rules = tier_rules::lock_shared(tx).await?;
    let before = lock(tx, id, expected).await?;
    let untagged = take_off(tx, id).await?;
    let partners: Vec<PartnerId> = untagged.iter().map(|untagged| untagged.partner).collect();
    for Untagged { partner, version, had, overridden } in untagged {
        let has: Vec<&TagId> = had.iter().filter(|tag| **tag != id).collect();
        let data = json!({
            "changes": {"tag_ids": {"from": had, "to": has}},
            "skipped_fields": [],
            "overridden_fields": overridden,
            "write_mode": WriteMode::Automated
        });
        tx.tell(NewEvent::new("partner.updated", partner, version, data).of_partner(partner));
    }
    diesel::delete(tags::table.find(id)).execute(&mut tx.conn()).await?;
    // After the tag: requirements look for it in the table that goes with it.
    tiers::evaluate_changed(tx, &rules, &partners, &["tag_ids"], TierTrigger::PartnerUpdated)
        .await?;
    tx.tell(NewEvent::new(
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

/// A partner that had a tag.
struct Untagged {
    partner: PartnerId,
    /// After the tag was taken off.
    version: i64,
    had: Vec<TagId>,
    overridden: Vec<String>,
}

/// Takes a tag off all partners; answers those that had it.
async fn take_off(tx: &Tx<'_>, id: TagId) -> Result<Vec<Untagged>> {
    use domain::schema::{partner_overrides, partner_tags, partners};
    let having =
        partner_tags::table.filter(partner_tags::tag_id.eq(id)).select(partner_tags::partner_id);
    let rows: Vec<(PartnerId, i64, Vec<TagId>, Vec<String>)> = partners::table
        .filter(partners::id.eq_any(having))
        .select((partners::id, partners::version, partners::tag_ids, partners::overridden_fields))
        .order(partners::id)
        .for_no_key_update()
        .load(&mut tx.conn())
        .await?;
    let ids: Vec<PartnerId> = rows.iter().map(|(partner, ..)| *partner).collect();
    define_sql_function! {
        fn array_remove(
            array: diesel::sql_types::Array<diesel::sql_types::Uuid>,
            item: diesel::sql_types::Uuid,
        ) -> diesel::sql_types::Array<diesel::sql_types::Uuid>;
    }
    diesel::update(partners::table.filter(partners::id.eq_any(&ids)))
        .set((
            partners::tag_ids.eq(array_remove(partners::tag_ids, id)),
            partners::scores_stale.eq(partners::scored_at.is_not_null()),
            partners::version.eq(partners::version + 1),
            partners::updated_at.eq(clock_timestamp()),
        ))
        .execute(&mut tx.conn())
        .await?;
    // Values that wait for an override to be cleared must not bring it back.
    let waiting: Vec<(PartnerId, Option<Value>)> = partner_overrides::table
        .filter(partner_overrides::field.eq("tag_ids").and(partner_overrides::has_pending_value))
        .select((partner_overrides::partner_id, partner_overrides::pending_value))
        .order(partner_overrides::partner_id)
        .load(&mut tx.conn())
        .await?;
    let gone = json!(id);
    for (partner, pending) in waiting {
        let Some(Value::Array(items)) =
            pending.filter(|p| p.as_array().is_some_and(|items| items.contains(&gone)))
        else {
            continue;
        };
        let left: Value = items.into_iter().filter(|item| *item != gone).collect();
        diesel::update(partner_overrides::table.find((partner, "tag_ids")))
            .set(partner_overrides::pending_value.eq(left))
            .execute(&mut tx.conn())
            .await?;
    }
    let untagged = |(partner, version, had, overridden)| Untagged {
        partner,
        version: version + 1,
        had,
        overridden,
    };
    Ok(rows.into_iter().map(untagged).collect())
}
