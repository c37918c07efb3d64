//! The order in which everything that writes takes its locks, so that writers wait for each other
//! but never in a circle:
//!
//! 1. the turn of those who write many rows ([`Turns`], [`bulk`]);
//! 2. submissions;
//! 3. the rules of tiers (`tiers::rules`);
//! 4. partners, all that the transaction needs at once and by their ids ([`partners`]);
//! 5. what belongs to partners: contacts, deals, plan items; tags and members;
//! 6. the accounts of deals ([`accounts`]);
//! 7. the organization's event counter, at the end.
//!
//! Partners are locked FOR NO KEY UPDATE: their ids never change, and rows that refer to them may
//! be inserted meanwhile. With FOR UPDATE two who insert a contact and then write the partner would
//! wait for each other.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, Weak},
    time::Duration,
};

use diesel::prelude::*;
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use domain::{
    Error, Result,
    ids::{OrganizationId, PartnerId},
    schema::partners,
    timestamp::Timestamp,
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::kernel::{
    db::Tx,
    statement::{Bind, Statement},
};

/// How long a writer of many rows waits for its turn.
const PATIENCE: Duration = Duration::from_secs(60);

/// Whose turn it is to write many rows, by organization. Rows are looked up by keys that others may
/// be about to insert (an import, a batch of upserts): only one at a time sees what there is.
#[derive(Debug, Clone, Default)]
pub(crate) struct Turns(Arc<Mutex<HashMap<OrganizationId, Weak<Semaphore>>>>);

/// The turn of one writer of many rows. It ends when this is dropped.
#[derive(Debug)]
pub struct Turn(#[expect(dead_code, reason = "it is held, not read")] OwnedSemaphorePermit);

impl Turns {
    pub(crate) async fn take(&self, organization: OrganizationId) -> Result<Turn> {
        let queue = self.queue(organization);
        match tokio::time::timeout(PATIENCE, queue.acquire_owned()).await {
            Ok(permit) => Ok(Turn(permit.map_err(Error::internal)?)),
            Err(late) => Err(Error::Unavailable(late.into())),
        }
    }

    /// The queue of an organization; those that nobody stands in are forgotten.
    fn queue(&self, organization: OrganizationId) -> Arc<Semaphore> {
        let mut queues = self.0.lock().expect("never poisoned");
        if let Some(queue) = queues.get(&organization).and_then(Weak::upgrade) {
            return queue;
        }
        queues.retain(|_, queue| queue.strong_count() > 0);
        let queue = Arc::new(Semaphore::new(1));
        queues.insert(organization, Arc::downgrade(&queue));
        queue
    }
}

/// The turn among several instances of the program: held until the transaction ends. Its holder in
/// another instance may need longer for its rows than one row is ever waited for.
pub(crate) async fn bulk(tx: &Tx<'_>) -> Result<()> {
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
