//! Gadgets.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::{
    Result,
    events::NewEvent,
    gadgets::{GADGETS, Gadget, GadgetCreate, GadgetPage, GadgetUpdate},
    ids::GadgetId,
    lists::ListRequest,
    patch::ExpectedVersions,
    schema::gadgets,
};
use serde_json::json;

use crate::kernel::{
    db::Tx,
    listing::{self, Source},
    versioned::{self, Changes, next_version, versioned},
};

versioned!(Gadget);

/// One page of gadgets.
pub async fn list(tx: &Tx<'_>, request: &ListRequest) -> Result<GadgetPage> {
    listing::page::<Gadget>(tx, request, Source::of(&GADGETS)).await
}

/// One gadget.
///
/// # Errors
/// `not_found`.
pub async fn get(tx: &Tx<'_>, id: GadgetId) -> Result<Gadget> {
    Ok(Gadget::query().filter(gadgets::id.eq(id)).first(&mut tx.conn()).await?)
}

/// Makes a gadget.
pub async fn insert(tx: &Tx<'_>, create: &GadgetCreate) -> Result<Gadget> {
    let row = (gadgets::id.eq(GadgetId::new()), create.clone());
    let statement = diesel::insert_into(gadgets::table).values(row);
    let made: Gadget =
        statement.returning(Gadget::as_returning()).get_result(&mut tx.conn()).await?;
    let data = json!({"changes": {}, "name": made.name});
    tx.record(NewEvent::new("gadget.created", made.id, made.version, data));
    Ok(made)
}

/// Changes a gadget.
///
/// # Errors
/// `not_found`, `version_mismatch`.
pub async fn update(
    tx: &Tx<'_>,
    id: GadgetId,
    expected: Option<ExpectedVersions>,
    update: &GadgetUpdate,
) -> Result<Gadget> {
    let before = lock(tx, id, expected).await?;
    let changes = Changes::between(&before, update)?;
    if changes.is_empty() {
        return Ok(before);
    }
    let statement = diesel::update(gadgets::table.find(id)).set((update, next_version!(gadgets)));
    let after: Gadget =
        statement.returning(Gadget::as_returning()).get_result(&mut tx.conn()).await?;
    tx.record(changes.event("gadget.updated", id, after.version));
    Ok(after)
}

/// Erases a gadget.
///
/// # Errors
/// `not_found`, `version_mismatch`.
pub async fn delete(tx: &Tx<'_>, id: GadgetId, expected: Option<ExpectedVersions>) -> Result<()> {
    let before = lock(tx, id, expected).await?;
    diesel::delete(gadgets::table.find(id)).execute(&mut tx.conn()).await?;
    let data = json!({"changes": {}, "name": before.name});
    tx.record(NewEvent::new("gadget.deleted", id, before.version, data));
    Ok(())
}

async fn lock(tx: &Tx<'_>, id: GadgetId, expected: Option<ExpectedVersions>) -> Result<Gadget> {
    versioned::lock(tx, Gadget::query().filter(gadgets::id.eq(id)).for_update(), expected).await
}
