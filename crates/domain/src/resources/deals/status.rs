//! The life cycle of deals: a table of the allowed changes of status.

use serde_json::json;

use crate::kernel::{
    error::{Code, Error, Result},
    string_enum::string_enum,
};

string_enum! {
    /// The status of a deal.
    DealStatus {
        Submitted = "submitted",
        UnderReview = "under_review",
        /// Protected against other partners until it expires.
        Approved = "approved",
        Rejected = "rejected",
        /// The protection has ended before the deal was closed.
        Expired = "expired",
        Won = "won",
        Lost = "lost",
    }
}

use DealStatus::{Approved, Expired, Lost, Rejected, Submitted, UnderReview, Won};

/// For each status, those from which it can be reached. Only the daily job leads from `approved` to
/// `expired`.
const TRANSITIONS: [(DealStatus, &[DealStatus]); 7] = [
    (Submitted, &[UnderReview]),
    (UnderReview, &[Submitted, Rejected]),
    (Approved, &[Submitted, UnderReview, Expired, Won, Lost]),
    (Rejected, &[Submitted, UnderReview, Approved]),
    (Expired, &[]),
    (Won, &[Submitted, UnderReview, Approved, Expired, Lost]),
    (Lost, &[Submitted, UnderReview, Approved, Expired, Won]),
];

impl DealStatus {
    /// Whether the deal is closed, so that it has a closing day.
    pub fn is_closed(self) -> bool {
        matches!(self, Won | Lost)
    }

    /// The statuses to which a write may change this one.
    pub fn next(self) -> impl Iterator<Item = Self> {
        TRANSITIONS.iter().filter(move |(_, from)| from.contains(&self)).map(|(to, _)| *to)
    }

    /// Checks that a write may change this status to another one.
    ///
    /// # Errors
    /// `invalid_transition` with `from`, `to` and the allowed statuses.
    pub fn expect_move(self, to: Self) -> Result<()> {
        if self.next().any(|next| next == to) {
            return Ok(());
        }
        let allowed: Vec<Self> = self.next().collect();
        let error = Error::new(
            Code::InvalidTransition,
            format!(
                "The status of a deal cannot be changed \
                from {self} to {to}."
            ),
        );
        Err(error.meta("from", json!(self)).meta("to", json!(to)).meta("allowed", json!(allowed)))
    }

    /// The event of a deal with this status whose status was `from` before.
    pub fn event(self, from: Option<Self>) -> &'static str {
        match self {
            Submitted => "deal.submitted",
            UnderReview => "deal.under_review",
            Approved if from.is_some_and(Self::is_closed) => "deal.reopened",
            Approved => "deal.approved",
            Rejected => "deal.rejected",
            Expired => "deal.expired",
            Won => "deal.won",
            Lost => "deal.lost",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::events::EventType;

    /// The table of docs/deals.md#statuses, row by row: a letter for each status that a write may
    /// lead to.
    #[test]
    fn every_pair_is_as_the_table_says() {
        let all = TRANSITIONS.map(|(status, _)| status);
        assert_eq!(all.map(DealStatus::as_str), DealStatus::VALUES);
        //               to:  s u a r e w l
        for (from, expected) in [
            (Submitted, "-uar-wl"),
            (UnderReview, "s-ar-wl"),
            (Approved, "---r-wl"),
            (Rejected, "-u-----"),
            (Expired, "--a--wl"),
            (Won, "--a---l"),
            (Lost, "--a--w-"),
        ] {
            for (to, mark) in all.into_iter().zip(expected.chars()) {
                match from.expect_move(to) {
                    Ok(()) => assert_ne!(mark, '-', "{from} to {to}"),
                    Err(Error::Problem(problem)) => {
                        assert_eq!(mark, '-', "{from} to {to}");
                        assert_eq!(problem.code, Code::InvalidTransition);
                        assert_eq!(
                            (&problem.meta["from"], &problem.meta["to"]),
                            (&json!(from), &json!(to))
                        );
                        assert_eq!(
                            problem.meta["allowed"].as_array().map(Vec::len),
                            Some(from.next().count())
                        );
                    }
                    Err(error) => panic!("{error}"),
                }
            }
        }
    }

    #[test]
    fn every_status_has_an_event() {
        for (status, _) in TRANSITIONS {
            for from in [None, Some(Submitted), Some(Won)] {
                assert!(EventType::named(status.event(from)).is_some());
            }
        }
        assert_eq!(
            (Approved.event(Some(Lost)), Approved.event(Some(Expired))),
            ("deal.reopened", "deal.approved")
        );
    }
}
