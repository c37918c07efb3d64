//! Plan items, in the order that users define.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::{
    Error, Result,
    events::NewEvent,
    filter::{Node, Value as FilterValue},
    ids::{MemberId, PartnerId, PlanItemId},
    joint_plans::PlanItemCounts,
    lists::ListRequest,
    patch,
    plan_items::{
        ItemPosition, PLAN_ITEM_PARTNER, POSITION_GAP, PlanItem, PlanItemCreate, PlanItemKind,
        PlanItemPage, PlanItemUpdate, place,
    },
    schema::{partners as partners_table, plan_items},
};
use serde_json::{Value, json};

use crate::{
    kernel::{
        db::Tx,
        listing::{self, Source},
        locks,
        sql::clock_timestamp,
    },
    resources::partners,
};

/// How plan items are listed.
const SOURCE: Source = Source::of("plan_items");

/// One page of the items of a partner.
///
/// # Errors
/// `not_found` for the partner.
pub async fn list(tx: &Tx<'_>, partner: PartnerId, request: &ListRequest) -> Result<PlanItemPage> {
    partners::expect_live(tx, partner).await?;
    let request = request.within([Node::equals(&PLAN_ITEM_PARTNER, FilterValue::Id(partner.0))]);
    listing::page::<PlanItem>(tx, &request, SOURCE).await
}

/// One plan item of a live partner.
///
/// # Errors
/// `not_found`, also when its partner was deleted.
pub async fn get(tx: &Tx<'_>, id: PlanItemId) -> Result<PlanItem> {
    let deleted = partners_table::table.filter(partners_table::deleted_at.is_not_null());
    let query = PlanItem::query()
        .filter(plan_items::id.eq(id))
        .filter(plan_items::partner_id.ne_all(deleted.select(partners_table::id)));
    Ok(query.first(&mut tx.conn()).await?)
}

/// How many items the plan of a partner has, by kind.
pub async fn counts(tx: &Tx<'_>, partner: PartnerId) -> Result<PlanItemCounts> {
    let rows: Vec<(PlanItemKind, i64)> = plan_items::table
        .filter(plan_items::partner_id.eq(partner))
        .group_by(plan_items::kind)
        .select((plan_items::kind, diesel::dsl::count_star()))
        .load(&mut tx.conn())
        .await?;
    let count = |kind| rows.iter().find(|(of, _)| *of == kind).map_or(0, |(_, count)| *count);
    Ok(PlanItemCounts {
        affiliate: count(PlanItemKind::Affiliate),
        integration: count(PlanItemKind::Integration),
        workflow: count(PlanItemKind::Workflow),
    })
}

/// A new item at the end of the plan.
///
/// # Errors
/// `not_found` for the partner; `not_found_reference` for the owner.
pub async fn insert(tx: &Tx<'_>, partner: PartnerId, create: &PlanItemCreate) -> Result<PlanItem> {
    // Locked, so that concurrent new items get different positions.
    if locks::partners(tx, [partner]).await?.get(&partner) != Some(&true) {
        return Err(Error::not_found());
    }
    let id = PlanItemId::new();
    let of_partner = plan_items::table.filter(plan_items::partner_id.eq(partner));
    let last: Option<i64> = of_partner
        .select(diesel::dsl::max(plan_items::position))
        .get_result(&mut tx.conn())
        .await?;
    // With gaps, so that moving an item writes one row and not all following ones.
    let position = last.unwrap_or(0) + POSITION_GAP;
    let row = (
        plan_items::id.eq(id),
        plan_items::partner_id.eq(partner),
        plan_items::position.eq(position),
        create.clone(),
    );
    diesel::insert_into(plan_items::table).values(row).execute(&mut tx.conn()).await?;
    let item = get(tx, id).await?;
    record(
        tx,
        "plan_item.created",
        &item,
        json!({"changes": {}, "kind": item.kind, "title": item.title}),
    );
    Ok(item)
}

/// Edits an item, and moves it if `before_id` is given.
///
/// # Errors
/// `not_found`, `version_mismatch`; `not_found_reference` for an owner or `before_id` that does not
/// exist.
pub async fn update(
    tx: &Tx<'_>,
    id: PlanItemId,
    expected: Option<patch::ExpectedVersions>,
    update: &PlanItemUpdate,
) -> Result<PlanItem> {
    let before = lock(tx, id, expected).await?;
    let mut changes = patch::changes(&before, update)?;
    // It is the target of the move, and not a field.
    changes.remove("before_id");
    let position = match update.before_id {
        Some(before_id) => find_place(tx, &before, before_id).await?,
        None => before.position,
    };
    if position != before.position {
        changes.insert("position".into(), json!({"from": before.position, "to": position}));
    }
    if changes.is_empty() {
        return Ok(before);
    }
    diesel::update(plan_items::table.find(id))
        .set((
            update,
            plan_items::position.eq(position),
            plan_items::version.eq(before.version + 1),
            plan_items::updated_at.eq(clock_timestamp()),
        ))
        .execute(&mut tx.conn())
        .await?;
    let item = get(tx, id).await?;
    record(tx, "plan_item.updated", &item, json!({"changes": changes}));
    Ok(item)
}

/// The position in front of another item, or at the end. If no gap is left, the other items of the
/// plan get new positions: that does not change the order, and therefore no version. The caller has
/// locked the partner, so no other transaction moves items of its plan.
async fn find_place(tx: &Tx<'_>, item: &PlanItem, before_id: Option<PlanItemId>) -> Result<i64> {
    if before_id == Some(item.id) {
        return Ok(item.position);
    }
    let all: Vec<(PlanItemId, i64)> = plan_items::table
        .filter(plan_items::partner_id.eq(item.partner_id))
        .order((plan_items::position, plan_items::id))
        .select((plan_items::id, plan_items::position))
        .load(&mut tx.conn())
        .await?;
    let held = all.iter().position(|(id, _)| *id == item.id);
    let others: Vec<(PlanItemId, i64)> = all.into_iter().filter(|(id, _)| *id != item.id).collect();
    let index = match before_id {
        None => others.len(),
        Some(before) => others.iter().position(|(id, _)| *id == before).ok_or_else(|| {
            Error::field(
                "not_found_reference",
                "before_id",
                "must be the id of another item of \
                this plan",
            )
        })?,
    };
    // It is already there, so nothing changes.
    if held == Some(index) {
        return Ok(item.position);
    }
    match place(item.id, &others, index) {
        ItemPosition::At(position) => Ok(position),
        ItemPosition::Renumbered(all) => {
            let mut own = item.position;
            for (id, position) in all {
                if id == item.id {
                    own = position;
                    continue;
                }
                let set = plan_items::position.eq(position);
                diesel::update(plan_items::table.find(id)).set(set).execute(&mut tx.conn()).await?;
            }
            Ok(own)
        }
    }
}

/// Deletes an item.
///
/// # Errors
/// `not_found`, `version_mismatch`.
pub async fn delete(
    tx: &Tx<'_>,
    id: PlanItemId,
    expected: Option<patch::ExpectedVersions>,
) -> Result<()> {
    let item = lock(tx, id, expected).await?;
    diesel::delete(plan_items::table.find(id)).execute(&mut tx.conn()).await?;
    record(
        tx,
        "plan_item.deleted",
        &item,
        json!({"changes": {}, "kind": item.kind, "title": item.title}),
    );
    Ok(())
}

/// The partners in whose plans a member owns items.
pub(crate) async fn partners_of(tx: &Tx<'_>, owner: MemberId) -> Result<Vec<PartnerId>> {
    let own = plan_items::table.filter(plan_items::owner_id.eq(owner));
    Ok(own.select(plan_items::partner_id).distinct().load(&mut tx.conn()).await?)
}

/// Items of a removed member have no owner. The caller has locked [`partners_of`] the member.
pub(crate) async fn release(tx: &Tx<'_>, owner: MemberId) -> Result<()> {
    let released: Vec<(PlanItemId, i64, PartnerId)> =
        diesel::update(plan_items::table.filter(plan_items::owner_id.eq(owner)))
            .set((
                plan_items::owner_id.eq(None::<MemberId>),
                plan_items::version.eq(plan_items::version + 1),
                plan_items::updated_at.eq(clock_timestamp()),
            ))
            .returning((plan_items::id, plan_items::version, plan_items::partner_id))
            .get_results(&mut tx.conn())
            .await?;
    for (id, version, partner) in released {
        let data = json!({"changes": {"owner_id": {"from": owner, "to": null}}});
        tx.record(NewEvent::new("plan_item.updated", id, version, data).of_partner(partner));
    }
    Ok(())
}

/// Locks an item, and before it its partner: two transactions that move items of one plan would
/// otherwise deadlock.
async fn lock(
    tx: &Tx<'_>,
    id: PlanItemId,
    expected: Option<patch::ExpectedVersions>,
) -> Result<PlanItem> {
    let partner: PartnerId =
        plan_items::table.find(id).select(plan_items::partner_id).first(&mut tx.conn()).await?;
    if locks::partners(tx, [partner]).await?.get(&partner) != Some(&true) {
        return Err(Error::not_found());
    }
    let item: PlanItem =
        PlanItem::query().filter(plan_items::id.eq(id)).for_update().first(&mut tx.conn()).await?;
    patch::expect_version(expected, item.version)?;
    Ok(item)
}

fn record(tx: &Tx<'_>, kind: &str, item: &PlanItem, data: Value) {
    tx.record(NewEvent::new(kind, item.id, item.version, data).of_partner(item.partner_id));
}
