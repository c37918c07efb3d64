//! Turns: within this process, of one organization one writer of many rows at a time is at work.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, Weak},
    time::Duration,
};

use domain::{Error, Result, ids::OrganizationId};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How long a writer of many rows waits for its turn.
const TURN_TIMEOUT: Duration = Duration::from_secs(60);

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
        match tokio::time::timeout(TURN_TIMEOUT, queue.acquire_owned()).await {
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
