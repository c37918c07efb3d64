//! A server of other people that does not answer is left alone for a while, so that what would only
//! wait for it does not use the hands that others need.
//!
//! One organization may be all that a server hangs for (a recipient's mailbox, a workspace), so
//! each is counted by itself, and the server as a whole by the organizations that it has left
//! waiting in a row.

use std::{
    collections::{HashMap, HashSet},
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use domain::ids::OrganizationId;

/// So many calls of one organization in a row without an answer, or so many organizations.
/// One call may be lost by chance; each one in vain holds a slot of its lane for as long as its
/// time limit (docs/decisions/0151-lanes.md).
const LIMIT: u32 = 3;
/// How long a server is left alone at first; doubles with every call that finds it silent again.
const FIRST_PAUSE: Duration = Duration::from_secs(15);
/// The longest pause.
const MAX_PAUSE: Duration = Duration::from_secs(60);
/// How long the one call that tries the server may take before another one does.
const TRIAL: Duration = Duration::from_secs(15);
/// Organizations that are remembered; beyond, those are forgotten whose pause is over.
const MAX_REMEMBERED: usize = 10_000;

/// Counts calls without an answer. Knows no clock: whoever asks says what time it is.
#[derive(Debug, Default)]
pub struct Circuit(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    organizations: HashMap<OrganizationId, CallerState>,
    /// Of all organizations together; counts organizations.
    server: CallerState,
    /// The organizations that have had no answer since the last one that anybody had.
    waiting: HashSet<OrganizationId>,
}

/// How long somebody has had no answer.
#[derive(Debug, Default, Clone, Copy)]
struct CallerState {
    count: u32,
    /// Nobody may call before, and then one.
    until: Option<Instant>,
    /// Whether that one is on its way.
    is_tried: bool,
}

impl CallerState {
    /// How long to wait; nothing when a call may be made.
    fn wait(&self, now: Instant) -> Option<Duration> {
        self.until
            .and_then(|until| until.checked_duration_since(now))
            .filter(|wait| !wait.is_zero())
    }

    /// A call is on its way: while the server is left alone, it is the only one.
    fn begin(&mut self, now: Instant) {
        if self.until.is_some() {
            (self.until, self.is_tried) = (Some(now + TRIAL), true);
        }
    }

    fn add(&mut self, now: Instant) {
        // A call that was on its way already when the pause began says nothing new.
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
    /// Whether a call on behalf of an organization may be made.
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

    /// The server has answered, whatever it said.
    pub fn answered(&self, organization: OrganizationId) {
        let mut state = self.state();
        state.organizations.remove(&organization);
        // One answer shows that the server lives, so it counts for everybody.
        state.server = CallerState::default();
        state.waiting.clear();
    }

    /// The server did not answer in time.
    pub fn timed_out(&self, organization: OrganizationId, now: Instant) {
        let mut state = self.state();
        if state.organizations.len() >= MAX_REMEMBERED {
            state.organizations.retain(|_, silence| silence.wait(now).is_some());
        }
        state.organizations.entry(organization).or_default().add(now);
        // The trial of an open circuit counts whoever makes it.
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
