//! The order in which everything that writes takes its locks, so that writers wait for each other
//! but never in a circle:
//!
//! 1. the turn of those who write many rows ([`crate::kernel::turns`], [`bulk`]);
//! 2. submissions;
//! 3. the rules of tiers (`partners::tier_rules`);
//! 4. partners, all that the transaction needs at once and by their ids ([`partners`]);
//! 5. what belongs to partners: contacts, deals, plan items; tags and members;
//! 6. the accounts of deals ([`accounts`]);
//! 7. the organization's event counter, which those who number events lock in a transaction of its
//!    own ([`crate::kernel::event_numbering`]), and servers of before at the end of theirs.
//!
//! Partners are locked FOR NO KEY UPDATE: their ids never change, and rows that refer to them may
//! be inserted meanwhile. With FOR UPDATE two who insert a contact and then write the partner would
//! wait for each other.

use std::collections::BTreeMap;

use diesel::prelude::*;
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use domain::{Result, ids::PartnerId, schema::partners, timestamp::Timestamp};

use crate::kernel::{
    db::Tx,
    statement::{Bind, Statement},
};

/// The turn among several instances of the program: held until the transaction ends. Its holder in
/// another instance may need longer for its rows than one row is ever waited for.
pub(crate) async fn bulk(tx: &Tx<'_>) -> Result<()> {
    // Less than the `statement_timeout` of 15 s that every connection has, so that it is the lock
    // that gives up.
    let wait = "SET LOCAL lock_timeout = '14s'; \
        SELECT pg_advisory_xact_lock( \
            hashtextextended(current_organization()::text || ' bulk', 0)); \
        SET LOCAL lock_timeout = '4s'";
    let mut conn = tx.conn();
    conn.batch_execute(wait).await?;
    Ok(())
}

/// Locks partners by their ids, deleted ones too. Answers those that are there, and whether they
/// live.
pub(crate) async fn partners(
    tx: &Tx<'_>,
    ids: impl IntoIterator<Item = PartnerId>,
) -> Result<BTreeMap<PartnerId, bool>> {
    let mut ids: Vec<PartnerId> = ids.into_iter().collect();
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    ids.sort_unstable();
    ids.dedup();
    let rows: Vec<(PartnerId, Option<Timestamp>)> = partners::table
        .filter(partners::id.eq_any(&ids))
        .order(partners::id)
        .select((partners::id, partners::deleted_at))
        .for_no_key_update()
        .load(&mut tx.conn())
        .await?;
    Ok(rows.into_iter().map(|(id, deleted_at)| (id, deleted_at.is_none())).collect())
}

/// Locks the accounts of deals by their names and domains, in one order whatever order they come
/// in.
pub(crate) async fn accounts(tx: &Tx<'_>, keys: Vec<String>) -> Result<()> {
    if keys.is_empty() {
        return Ok(());
    }
    Statement::new(
        "/* locks.accounts */ SELECT pg_advisory_xact_lock(key) FROM (SELECT DISTINCT \
         hashtextextended(current_organization()::text || ' ' || account, 0) AS key FROM unnest(",
    )
    .with(Bind::Texts(keys), ") AS account ORDER BY key) AS keys")
    .execute(&mut tx.conn())
    .await?;
    Ok(())
}
