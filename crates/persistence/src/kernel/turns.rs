//! Turns: within this process, one writer of many rows at a time per organization.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, Weak},
    time::Duration,
};

use domain::{Error, Result, ids::OrganizationId};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How long a writer of many rows waits for its turn.
const TURN_TIMEOUT: Duration = Duration::from_secs(60);

/// The turns of writers of many rows, by organization. Rows are looked up by keys that other
/// writers may be about to insert (an import, a batch of upserts), so only a single writer sees all
/// of them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Turns(Arc<Mutex<HashMap<OrganizationId, Weak<Semaphore>>>>);

/// The turn of one writer of many rows. It ends when this is dropped.
#[derive(Debug)]
pub struct Turn(#[expect(dead_code, reason = "it is held, not read")] OwnedSemaphorePermit);

impl Turns {
    pub(crate) async fn take(&self, organization: OrganizationId) -> Result<Turn> {
        let queue = self.queue(organization);
        match tokio::time::timeout(TURN_TIMEOUT, queue.acquire_owned()).await {
            Ok(permit) => Ok(Turn(permit.map_err(Error::internal)?)),
            Err(late) => Err(Error::Unavailable(late.into())),
        }
    }

    /// The queue of an organization; empty queues are removed.
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
