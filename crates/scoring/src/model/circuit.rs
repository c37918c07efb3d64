//! A circuit breaker: a server that fails repeatedly is not called for a while; then one request
//! tries it.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// Counts consecutive failures. Has no clock: callers pass the time.
pub(super) struct Circuit {
    state: Mutex<State>,
    failures: u32,
    cooldown: Duration,
}

#[derive(Debug, Clone, Copy)]
enum State {
    /// All requests may pass; the number of consecutive failures.
    Closed(u32),
    /// No request may pass before that instant; then one may.
    Open(Instant),
    /// That request is in progress.
    Probing,
}

impl Circuit {
    /// Opens for `cooldown` after this number of consecutive failures (at least 1).
    pub(super) fn new(failures: u32, cooldown: Duration) -> Self {
        Self { state: Mutex::new(State::Closed(0)), failures: failures.max(1), cooldown }
    }

    /// Returns a permit, if a request may be sent.
    pub(super) fn enter(&self, now: Instant) -> Option<CircuitPermit<'_>> {
        self.state(|state| match *state {
            State::Closed(_) => Some(CircuitPermit { circuit: self, probe_since: None }),
            State::Open(until) if now >= until => {
                *state = State::Probing;
                Some(CircuitPermit { circuit: self, probe_since: Some(now) })
            }
            State::Open(_) | State::Probing => None,
        })
    }

    fn state<T>(&self, work: impl FnOnce(&mut State) -> T) -> T {
        work(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// One request in progress. A permit that is dropped without a result has no effect.
pub(super) struct CircuitPermit<'a> {
    circuit: &'a Circuit,
    /// Set while this is the request that tries the server.
    probe_since: Option<Instant>,
}

impl CircuitPermit<'_> {
    /// The server has responded.
    pub(super) fn succeeded(mut self) {
        let probe = self.probe_since.take().is_some();
        self.circuit.state(|state| match state {
            // A request that was sent before the circuit opened does not close it.
            State::Open(_) | State::Probing if !probe => {}
            _ => *state = State::Closed(0),
        });
    }

    /// The server has not responded. Returns whether this opened the circuit.
    pub(super) fn failed(mut self, now: Instant) -> bool {
        let probe = self.probe_since.take().is_some();
        let (limit, until) = (self.circuit.failures, now + self.circuit.cooldown);
        self.circuit.state(|state| match *state {
            State::Closed(before) if before + 1 < limit => {
                *state = State::Closed(before + 1);
                false
            }
            State::Closed(_) => {
                *state = State::Open(until);
                true
            }
            State::Probing if probe => {
                *state = State::Open(until);
                false
            }
            State::Open(_) | State::Probing => false,
        })
    }
}

impl Drop for CircuitPermit<'_> {
    fn drop(&mut self) {
        // The next request may try.
        if let Some(since) = self.probe_since {
            self.circuit.state(|state| *state = State::Open(since));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COOLDOWN: Duration = Duration::from_secs(30);

    #[test]
    fn it_opens_after_failures_in_a_row_and_one_tries_it_then() {
        let (circuit, start) = (Circuit::new(3, COOLDOWN), Instant::now());
        let fail = |now| circuit.enter(now).unwrap().failed(now);
        assert!(!fail(start) && !fail(start));
        circuit.enter(start).unwrap().succeeded();
        assert!(!fail(start) && !fail(start), "a success starts the count anew");
        assert!(fail(start));
        assert!(circuit.enter(start + COOLDOWN - Duration::from_millis(1)).is_none());

        let later = start + COOLDOWN;
        let probe = circuit.enter(later).unwrap();
        assert!(circuit.enter(later).is_none(), "only one tries");
        assert!(!probe.failed(later));
        assert!(circuit.enter(later + COOLDOWN / 2).is_none());

        let probe = circuit.enter(later + COOLDOWN).unwrap();
        drop(probe);
        circuit.enter(later + COOLDOWN).expect("a probe that was given up makes room").succeeded();
        assert!(circuit.enter(later + COOLDOWN).is_some());
    }

    #[test]
    fn those_on_their_way_when_it_opens_change_nothing() {
        let (circuit, start) = (Circuit::new(1, COOLDOWN), Instant::now());
        let (first, second, third) = (
            circuit.enter(start).unwrap(),
            circuit.enter(start).unwrap(),
            circuit.enter(start).unwrap(),
        );
        assert!(first.failed(start));
        assert!(!second.failed(start + COOLDOWN / 2));
        third.succeeded();
        assert!(circuit.enter(start + COOLDOWN / 2).is_none());
        assert!(circuit.enter(start + COOLDOWN).is_some());
    }
}
