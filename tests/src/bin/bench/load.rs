//! Load: connections that ask as fast as they are answered.

use std::{
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Result, bail};

use crate::http::Connection;

/// How many connections at once, in the rows of the table.
pub const CONNECTIONS: [usize; 3] = [1, 4, 16];

/// Writes the n-th request of a connection; called with an empty buffer.
pub type Next<'a> = &'a (dyn Fn(usize, &mut Vec<u8>) + Sync);

/// What came of it.
#[derive(Debug, Default)]
pub struct Outcome {
    pub elapsed: Duration,
    /// Of every request, in microseconds, ascending.
    pub latencies: Vec<u32>,
}

impl Outcome {
    pub fn add(&mut self, mut other: Self) {
        self.elapsed += other.elapsed;
        self.latencies.append(&mut other.latencies);
        self.latencies.sort_unstable();
    }
    pub fn per_second(&self) -> f64 {
        self.latencies.len() as f64 / self.elapsed.as_secs_f64()
    }
    /// In milliseconds; `of` is between 0 and 1.
    pub fn quantile(&self, of: f64) -> f64 {
        let last = self.latencies.len().saturating_sub(1);
        self.latencies
            .get((last as f64 * of).round() as usize)
            .map_or(f64::NAN, |us| f64::from(*us) / 1000.0)
    }
}

/// Asks for `period` over so many connections. The first error that is answered ends it.
pub fn drive(
    address: &str,
    connections: usize,
    period: Duration,
    next: Next<'_>,
) -> Result<Outcome> {
    let (stop, failure) = (AtomicBool::new(false), Mutex::new(None));
    let mut opened = Vec::new();
    for _ in 0..connections {
        opened.push(Connection::open(address)?);
    }
    let started = Instant::now();
    let mut outcome = std::thread::scope(|scope| {
        let asking: Vec<_> = opened
            .into_iter()
            .enumerate()
            .map(|(number, connection)| {
                let (stop, failure) = (&stop, &failure);
                scope.spawn(move || match ask(connection, number, started + period, stop, next) {
                    Ok(latencies) => latencies,
                    Err(error) => {
                        stop.store(true, Ordering::Relaxed);
                        failure.lock().expect("never poisoned").get_or_insert(error);
                        Vec::new()
                    }
                })
            })
            .collect();
        let latencies: Vec<u32> =
            asking.into_iter().flat_map(|thread| thread.join().expect("it cannot panic")).collect();
        Outcome { elapsed: started.elapsed(), latencies }
    });
    if let Some(error) = failure.into_inner().expect("never poisoned") {
        return Err(error);
    }
    outcome.latencies.sort_unstable();
    Ok(outcome)
}

fn ask(
    mut connection: Connection,
    number: usize,
    until: Instant,
    stop: &AtomicBool,
    next: Next<'_>,
) -> Result<Vec<u32>> {
    let (mut latencies, mut request, mut before) = (Vec::new(), Vec::new(), Instant::now());
    // Each begins elsewhere among the variants of a request.
    let mut count = number;
    while before < until && !stop.load(Ordering::Relaxed) {
        request.clear();
        next(count, &mut request);
        let answer = connection.exchange(&request)?;
        if !(200..300).contains(&answer.status) {
            bail!("status {}: {}", answer.status, String::from_utf8_lossy(answer.body));
        }
        let now = Instant::now();
        latencies.push(u32::try_from((now - before).as_micros()).unwrap_or(u32::MAX));
        (before, count) = (now, count + 1);
    }
    Ok(latencies)
}
