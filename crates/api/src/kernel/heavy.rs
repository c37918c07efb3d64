//! Work that keeps a processor busy for milliseconds: beside the async threads, which answer
//! everybody, and few at once.

use std::{sync::LazyLock, time::Duration};

use domain::{Error, Result};
use tokio::sync::Semaphore;

/// How long a request waits for its turn.
const PATIENCE: Duration = Duration::from_secs(10);

/// Places where one kind of heavy work is done.
pub type Places = LazyLock<Semaphore>;

/// One place for each processor.
pub fn one_per_processor() -> Semaphore {
    Semaphore::new(std::thread::available_parallelism().map_or(2, usize::from))
}

/// Does `work` in one of the places. It keeps the place until it has ended, also when nobody waits
/// for it any more.
///
/// # Errors
/// `Unavailable` when no place is free in time.
pub async fn run<T: Send + 'static>(
    places: &'static Places,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T> {
    let place = tokio::time::timeout(PATIENCE, places.acquire())
        .await
        .map_err(|_| Error::Unavailable("too much heavy work is waiting".into()))?
        .map_err(Error::internal)?;
    let work = move || {
        // Held by the work and not by the request: a client that goes away does not make room for
        // more work than there are processors.
        let _place = place;
        work()
    };
    tokio::task::spawn_blocking(work).await.map_err(Error::internal)
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
}
