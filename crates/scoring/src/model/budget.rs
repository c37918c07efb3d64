//! The remaining tokens of an organization. The engine counts within one run only: its caller
//! passes the remaining tokens, and records the used ones.

use std::sync::{Mutex, PoisonError};

use super::Usage;

/// The remaining tokens of one organization for a day, shared by all concurrent calls.
#[derive(Debug)]
pub struct Budget(Mutex<BudgetState>);

/// The usage of a run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ModelUsage {
    pub prompt_tokens: i64,
    pub completion_tokens: i64,
    /// The number of requests.
    pub requests: i64,
}

#[derive(Debug, Default)]
struct BudgetState {
    left: i64,
    spent: ModelUsage,
}

impl Budget {
    /// A budget of `left` tokens. Requests that would exceed it are not sent, so that only retries
    /// can exceed it.
    pub fn new(left: i64) -> Self {
        Self(Mutex::new(BudgetState { left, spent: ModelUsage::default() }))
    }

    /// The usage so far.
    pub fn spent(&self) -> ModelUsage {
        self.tally(|tally| tally.spent)
    }

    /// The remaining tokens, without those that are reserved.
    pub fn left(&self) -> i64 {
        self.tally(|tally| tally.left)
    }

    /// Reserves `tokens`, if there are enough.
    pub(super) fn reserve(&self, tokens: i64) -> Option<Reservation<'_>> {
        self.tally(|tally| {
            tally.left = (tally.left >= tokens).then(|| tally.left - tokens)?;
            Some(())
        })?;
        Some(Reservation { budget: self, tokens })
    }

    fn tally<T>(&self, work: impl FnOnce(&mut BudgetState) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Reserved tokens, which are released when this is dropped.
pub(super) struct Reservation<'a> {
    budget: &'a Budget,
    tokens: i64,
}

impl Reservation<'_> {
    /// Charges the tokens that were used instead of the reserved ones.
    pub(super) fn charge_usage(self, usage: &Usage) {
        self.budget.tally(|tally| {
            tally.left = tally.left.saturating_sub(usage.tokens());
            tally.spent.prompt_tokens =
                tally.spent.prompt_tokens.saturating_add(usage.prompt_tokens);
            tally.spent.completion_tokens =
                tally.spent.completion_tokens.saturating_add(usage.completion_tokens);
            tally.spent.requests += i64::from(usage.attempts);
        });
    }
}

impl Drop for Reservation<'_> {
    fn drop(&mut self) {
        self.budget.tally(|tally| tally.left = tally.left.saturating_add(self.tokens));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_aside_cannot_be_had_twice_and_comes_back() {
        let budget = Budget::new(100);
        let reserve = budget.reserve(60).unwrap();
        assert!(budget.reserve(60).is_none() && budget.left() == 40);
        reserve.charge_usage(&Usage {
            prompt_tokens: 20,
            completion_tokens: 5,
            attempts: 2,
            ..Usage::default()
        });
        assert_eq!(budget.left(), 75);
        assert_eq!(
            budget.spent(),
            ModelUsage { prompt_tokens: 20, completion_tokens: 5, requests: 2 }
        );
        drop(budget.reserve(75));
        assert_eq!(budget.left(), 75);
        assert!(Budget::new(-5).reserve(1).is_none());
    }
}
