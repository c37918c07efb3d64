//! The end of protection: every day, in the organization's time zone, approved deals whose day has
//! come become expired.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::{
    Result,
    deals::{AccountKeys, Deal, DealStatus, StoredAccountKeys},
    ids::{DealId, PartnerId},
    jobs::Daily,
    schema::deals,
};

use super::Writer;
use crate::kernel::{
    db::Tx,
    locks,
    worker::{Outcome, Run},
};

/// The daily task; see [`expire_due`].
pub const EXPIRY: &str = "deal_expiry";
/// It runs soon after midnight.
pub const EXPIRY_AT: Daily = Daily { hour: 0, minute: 5 };

/// The most deals in one transaction: few, because deals are written one by one and their partners
/// stay locked until the commit.
const BATCH: i64 = 200;

/// Runs the daily task in batches, so that others do not wait long. Running it again changes
/// nothing.
pub async fn expire_due(run: &Run) -> Result<Outcome> {
    while run.step(async |tx| fill_account_keys(tx).await).await? > 0 {
        if run.is_stopping() {
            return Ok(Outcome::Again);
        }
    }
    while run.step(async |tx| expire(tx).await).await? > 0 {
        if run.is_stopping() {
            return Ok(Outcome::Again);
        }
    }
    Ok(Outcome::Done)
}

/// Expires one batch of deals that are due today; returns their number. Call it until that is 0.
pub async fn expire(tx: &Tx<'_>) -> Result<usize> {
    let mut writer = Writer::new(tx).await?;
    let due = || {
        deals::expires_on
            .le(writer.context().today)
            .assume_not_null()
            .and(deals::status.eq(DealStatus::Approved))
            .and(deals::deleted_at.is_null())
    };
    let found: Vec<(DealId, PartnerId)> = deals::table
        .filter(due())
        .order((deals::expires_on, deals::id))
        .select((deals::id, deals::partner_id))
        .limit(BATCH)
        .load(&mut tx.conn())
        .await?;
    // Checked again under the locks: between the two statements another transaction may have closed
    // the deal or extended its protection.
    let again = due();
    writer.lock_partners(found.iter().map(|(_, partner)| *partner)).await?;
    let ids = found.iter().map(|(id, _)| *id);
    let locked: Vec<Deal> = Deal::query()
        .filter(deals::id.eq_any(ids))
        .filter(again)
        .order(deals::id)
        .for_update()
        .load(&mut tx.conn())
        .await?;
    // A deal that has moved to another partner meanwhile is in the next batch.
    let same = |deal: &&Deal| found.contains(&(deal.id, deal.values.partner_id));
    for deal in locked.iter().filter(same) {
        writer.replace(deal, &deal.values.expired()).await?;
    }
    writer.finish().await?;
    Ok(found.len())
}

/// Computes the account keys of one batch of deals of an older version; returns their number. Call
/// it until that is 0.
///
/// # Errors
/// Database errors only.
pub async fn fill_account_keys(tx: &Tx<'_>) -> Result<usize> {
    let without = || deals::account_name_key.is_null();
    let found: Vec<(DealId, PartnerId)> = deals::table
        .filter(without())
        .order(deals::id)
        .select((deals::id, deals::partner_id))
        .limit(BATCH)
        .load(&mut tx.conn())
        .await?;
    // Writers of a deal lock its partner.
    locks::partners(tx, found.iter().map(|(_, partner)| *partner)).await?;
    let rows: Vec<(DealId, String, Option<String>)> = deals::table
        .filter(deals::id.eq_any(found.iter().map(|(id, _)| *id)))
        .filter(without())
        .order(deals::id)
        .select((deals::id, deals::account_name, deals::account_domain))
        .load(&mut tx.conn())
        .await?;
    for (id, name, domain) in rows {
        let keys = StoredAccountKeys::from(AccountKeys::new(&name, domain.as_deref()));
        diesel::update(deals::table.find(id)).set(keys).execute(&mut tx.conn()).await?;
    }
    Ok(found.len())
}
