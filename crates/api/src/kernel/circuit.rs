//! A circuit breaker: an external server that does not respond is not called for a while, so that
//! calls that would only wait for it do not occupy the slots of others.
//!
//! A server may hang for one organization only (a recipient's mailbox, a workspace), so each
//! organization is counted by itself, and the server as a whole by the number of organizations in a
//! row for which it hung.

use std::{
    collections::{HashMap, HashSet},
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use domain::ids::OrganizationId;

/// The number of calls of one organization in a row without a response, or of such organizations,
/// that opens the circuit. One call may be lost by chance; each futile call occupies a slot of its
/// lane for as long as its time limit (docs/decisions/0151-lanes.md).
const LIMIT: u32 = 3;
/// The first pause. It doubles with every trial call without a response.
const FIRST_PAUSE: Duration = Duration::from_secs(15);
/// The longest pause.
const MAX_PAUSE: Duration = Duration::from_secs(60);
/// How long the trial call may take before another one is made.
const TRIAL: Duration = Duration::from_secs(15);
/// The most organizations in memory; beyond that, those whose pause is over are removed.
const MAX_REMEMBERED: usize = 10_000;

/// Counts calls without a response. Has no clock: callers pass the time.
#[derive(Debug, Default)]
pub struct Circuit(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    organizations: HashMap<OrganizationId, CallerState>,
    /// The state of the server as a whole; counts organizations.
    server: CallerState,
    /// The organizations without a response since the last response to any of them.
    waiting: HashSet<OrganizationId>,
}

/// The calls in a row without a response.
#[derive(Debug, Default, Clone, Copy)]
struct CallerState {
    count: u32,
    /// No call is made before this time; then one is.
    until: Option<Instant>,
    /// Whether this trial call is in progress.
    is_tried: bool,
}

impl CallerState {
    /// How long to wait; `None` if a call may be made.
    fn wait(&self, now: Instant) -> Option<Duration> {
        self.until
            .and_then(|until| until.checked_duration_since(now))
            .filter(|wait| !wait.is_zero())
    }

    /// Records a call. During a pause it is the only one.
    fn begin(&mut self, now: Instant) {
        if self.until.is_some() {
            (self.until, self.is_tried) = (Some(now + TRIAL), true);
        }
    }

    fn add(&mut self, now: Instant) {
        // A call that was in progress when the pause began carries no new information.
        if self.wait(now).is_some() && !self.is_tried {
            return;
        }
        self.is_tried = false;
        self.count = self.count.saturating_add(1);
        if let Some(more) = self.count.checked_sub(LIMIT) {
            let pause = FIRST_PAUSE.saturating_mul(1 << more.min(10)).min(MAX_PAUSE);
            self.until = Some(now + pause);
        }
    }
}

impl Circuit {
    /// Asks whether a call for an organization may be made.
    ///
    /// # Errors
    /// How long to wait before asking again.
    pub fn enter(&self, organization: OrganizationId, now: Instant) -> Result<(), Duration> {
        let mut state = self.state();
        let own = state.organizations.get(&organization).and_then(|silence| silence.wait(now));
        if let Some(wait) = own.max(state.server.wait(now)) {
            return Err(wait);
        }
        state.server.begin(now);
        if let Some(silence) = state.organizations.get_mut(&organization) {
            silence.begin(now);
        }
        Ok(())
    }

    /// Records a response, whatever its content.
    pub fn answered(&self, organization: OrganizationId) {
        let mut state = self.state();
        state.organizations.remove(&organization);
        // One response shows that the server works, so it counts for all organizations.
        state.server = CallerState::default();
        state.waiting.clear();
    }

    /// Records a call without a response in time.
    pub fn timed_out(&self, organization: OrganizationId, now: Instant) {
        let mut state = self.state();
        if state.organizations.len() >= MAX_REMEMBERED {
            state.organizations.retain(|_, silence| silence.wait(now).is_some());
        }
        state.organizations.entry(organization).or_default().add(now);
        // The trial call of an open circuit counts, whichever organization makes it.
        let is_open = state.server.until.is_some();
        if state.waiting.insert(organization) || is_open {
            state.server.add(now);
        }
        if state.waiting.len() >= MAX_REMEMBERED {
            state.waiting.clear();
        }
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn organizations<const N: usize>() -> [OrganizationId; N] {
        std::array::from_fn(|_| OrganizationId::new())
    }

    #[test]
    fn an_organization_whose_calls_hang_is_left_alone_and_the_others_are_not() {
        let (circuit, start, [one, other]) = (Circuit::default(), Instant::now(), organizations());
        for _ in 0..LIMIT {
            assert_eq!(circuit.enter(one, start), Ok(()));
            circuit.timed_out(one, start);
        }
        assert_eq!(circuit.enter(one, start), Err(FIRST_PAUSE));
        assert_eq!(circuit.enter(other, start), Ok(()));
        circuit.answered(other);
        assert_eq!(circuit.enter(one, start), Err(FIRST_PAUSE), "it is its own calls that hang");
    }

    #[test]
    fn after_the_pause_one_call_tries_and_each_vain_trial_makes_the_pause_longer() {
        let (circuit, start, [one]) = (Circuit::default(), Instant::now(), organizations());
        for _ in 0..LIMIT {
            circuit.timed_out(one, start);
        }
        let later = start + FIRST_PAUSE;
        assert_eq!(circuit.enter(one, later), Ok(()));
        assert_eq!(circuit.enter(one, later), Err(TRIAL), "one at a time");
        circuit.timed_out(one, later);
        assert_eq!(circuit.enter(one, later), Err(FIRST_PAUSE * 2));
        circuit.timed_out(one, later);
        assert_eq!(circuit.enter(one, later), Err(FIRST_PAUSE * 2), "a late one changes nothing");
        let mut much_later = later;
        for _ in 0..40 {
            much_later += MAX_PAUSE;
            assert_eq!(circuit.enter(one, much_later), Ok(()));
            circuit.timed_out(one, much_later);
        }
        assert_eq!(circuit.enter(one, much_later), Err(MAX_PAUSE));
        much_later += MAX_PAUSE;
        assert_eq!(circuit.enter(one, much_later), Ok(()));
        circuit.answered(one);
        for _ in 0..10 {
            assert_eq!(circuit.enter(one, much_later), Ok(()));
        }
    }

    #[test]
    fn a_server_that_hangs_for_several_organizations_in_a_row_is_left_alone_by_all() {
        let (circuit, start, all) = (Circuit::default(), Instant::now(), organizations::<3>());
        let [stranger] = organizations();
        for organization in &all[..2] {
            circuit.timed_out(*organization, start);
            circuit.timed_out(*organization, start);
        }
        assert_eq!(circuit.enter(stranger, start), Ok(()));
        circuit.timed_out(all[2], start);
        assert_eq!(circuit.enter(stranger, start), Err(FIRST_PAUSE));
        let later = start + FIRST_PAUSE;
        assert_eq!(circuit.enter(stranger, later), Ok(()));
        assert_eq!(circuit.enter(all[0], later), Err(TRIAL));
        circuit.timed_out(stranger, later);
        assert_eq!(circuit.enter(all[0], later), Err(FIRST_PAUSE * 2));
        circuit.answered(stranger);
        assert_eq!(circuit.enter(stranger, later), Ok(()));
        assert_eq!(circuit.enter(all[0], later), Ok(()));
    }

    #[test]
    fn answers_between_silences_keep_it_closed() {
        let (circuit, start, [one]) = (Circuit::default(), Instant::now(), organizations());
        for _ in 0..20 {
            circuit.timed_out(one, start);
            circuit.timed_out(one, start);
            circuit.answered(one);
        }
        assert_eq!(circuit.enter(one, start), Ok(()));
    }
}
