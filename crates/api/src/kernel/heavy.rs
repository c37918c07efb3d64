//! Work that keeps a processor busy for milliseconds: run outside of the async threads, a few at a
//! time.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, LazyLock, Mutex, PoisonError, Weak},
    time::Duration,
};

use domain::{Error, Result};
use tokio::sync::Semaphore;

use crate::kernel::limits::{NetworkKey, network_key};

/// How long a request waits for a slot.
const QUEUE_TIMEOUT: Duration = Duration::from_secs(10);

/// The slots for one kind of heavy work.
pub type Places = LazyLock<Semaphore>;

/// The number of processors.
pub fn processors() -> usize {
    std::thread::available_parallelism().map_or(2, usize::from)
}

/// Runs `work` in one of the slots. The slot is free again when the work has ended, even if the
/// caller no longer waits for it.
///
/// # Errors
/// `Unavailable` if no slot becomes free in time.
pub async fn run<T: Send + 'static>(
    places: &'static Places,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T> {
    let place = tokio::time::timeout(QUEUE_TIMEOUT, places.acquire())
        .await
        .map_err(|_| Error::Unavailable("too much heavy work is waiting".into()))?
        .map_err(Error::internal)?;
    let work = move || {
        // Moved into the work: a client that disconnects does not make room for more work than
        // there are processors.
        let _place = place;
        work()
    };
    tokio::task::spawn_blocking(work).await.map_err(Error::internal)
}

/// Slots for heavy work that unauthenticated clients can cause. Networks take turns: each has no
/// more requests in the queue than there are slots, and its other requests wait behind its own. So
/// a network that floods the queue delays itself, and others wait for a few pieces of work only.
pub struct FairPlaces {
    count: usize,
    places: Semaphore,
    networks: Mutex<HashMap<NetworkKey, Weak<Semaphore>>>,
}

impl FairPlaces {
    /// Creates this many slots.
    pub fn new(count: usize) -> Self {
        Self { count, places: Semaphore::new(count), networks: Mutex::default() }
    }

    /// Runs `work` for a client at this address in one of the slots. The slot is free again when
    /// the work has ended.
    ///
    /// # Errors
    /// `Unavailable` if no slot becomes free in time.
    pub async fn run<T: Send + 'static>(
        &'static self,
        client: IpAddr,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T> {
        let own_queue = self.queue_of(client);
        let place = async {
            let turn = own_queue.acquire_owned().await.map_err(Error::internal)?;
            let place = self.places.acquire().await.map_err(Error::internal)?;
            Ok::<_, Error>((turn, place))
        };
        let place = tokio::time::timeout(QUEUE_TIMEOUT, place)
            .await
            .map_err(|_| Error::Unavailable("too much heavy work is waiting".into()))??;
        let work = move || {
            let _place = place;
            work()
        };
        tokio::task::spawn_blocking(work).await.map_err(Error::internal)
    }

    /// The queue of a network; empty queues are removed.
    fn queue_of(&self, client: IpAddr) -> Arc<Semaphore> {
        let key = network_key(client);
        // A poisoned map is consistent, because it is changed by single calls.
        let mut networks = self.networks.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(queue) = networks.get(&key).and_then(Weak::upgrade) {
            return queue;
        }
        networks.retain(|_, queue| queue.strong_count() > 0);
        let queue = Arc::new(Semaphore::new(self.count));
        networks.insert(key, Arc::downgrade(&queue));
        queue
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    };

    use super::*;

    static TWO: Places = LazyLock::new(|| Semaphore::new(2));

    /// Work whose client has gone away goes on, so its place is not free.
    #[tokio::test]
    async fn no_more_is_done_at_once_than_there_are_places() {
        let (running, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let (started, starts) = mpsc::channel();
        let mut waiting = Vec::new();
        for _ in 0..12 {
            let (running, most, started) = (running.clone(), most.clone(), started.clone());
            let task = tokio::spawn(run(&TWO, move || {
                most.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                started.send(()).ok();
                // Holds its place for a moment, so that others would run beside it if they could.
                std::thread::park_timeout(Duration::from_millis(5));
                running.fetch_sub(1, Ordering::SeqCst);
            }));
            waiting.push(task);
        }
        tokio::task::spawn_blocking(move || starts.recv()).await.unwrap().unwrap();
        waiting.remove(0).abort();
        for task in waiting {
            task.await.unwrap().unwrap();
        }
        assert!(most.load(Ordering::SeqCst) <= 2);
    }

    static ONE: LazyLock<FairPlaces> = LazyLock::new(|| FairPlaces::new(1));

    /// With one queue for all the second network would come last.
    #[tokio::test]
    async fn who_floods_the_places_waits_behind_others() {
        let (begin, begun) = mpsc::channel::<()>();
        let done = Arc::new(Mutex::new(Vec::new()));
        let ask = |who: &'static str, ip: &str| {
            let (done, ip) = (Arc::clone(&done), ip.parse().unwrap());
            ONE.run(ip, move || done.lock().unwrap().push(who))
        };
        let first = ONE.run("192.0.2.1".parse().unwrap(), move || begun.recv().ok());
        let flood = (0..24).map(|_| ask("flood", "192.0.2.1"));
        let mut waiting: Vec<std::pin::Pin<Box<dyn Future<Output = Result<()>>>>> =
            vec![Box::pin(async { first.await.map(drop) })];
        waiting.extend(flood.map(|one| Box::pin(one) as _));
        waiting.push(Box::pin(ask("somebody", "192.0.2.2")));
        let mut all = futures_util::future::join_all(waiting);
        // All of them stand in their queues now.
        assert!(futures_util::poll!(&mut all).is_pending());
        begin.send(()).unwrap();
        for answer in all.await {
            answer.unwrap();
        }
        let order = done.lock().unwrap();
        assert_eq!(order.len(), 25);
        let place = order.iter().position(|who| *who == "somebody").unwrap();
        assert!(place <= 1, "{order:?}");
    }
}
