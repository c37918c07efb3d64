//! The periods of time that signals use.

use chrono::{NaiveDate, TimeDelta};
use domain::{
    deals::DealStatus,
    joint_plans::{FiscalCalendar, QuarterlyAmounts, quarterly_targets},
    partners::QuarterlyWeights,
};
use serde_json::Value as Json;

use crate::facts::{DealFact, PartnerFacts};

/// A quarter of a year in whole weeks.
pub(crate) const QUARTER: i64 = 91;
/// A year of four such quarters.
pub(crate) const YEAR: i64 = 4 * QUARTER;

/// The facts with values that several signals need.
pub(crate) struct Measured<'a> {
    pub(crate) facts: &'a PartnerFacts,
    /// The target of a fiscal year; `None` if none is set.
    pub(crate) target: Option<i64>,
    weights: QuarterlyWeights,
    calendar: FiscalCalendar,
}

impl<'a> Measured<'a> {
    pub(crate) fn new(facts: &'a PartnerFacts) -> Self {
        let weight = |quarter: &str| {
            facts.row.get("quarterly_weights").and_then(|w| w.get(quarter)).and_then(Json::as_i64)
        };
        let weights = match (weight("q1"), weight("q2"), weight("q3"), weight("q4")) {
            (Some(q1), Some(q2), Some(q3), Some(q4)) => QuarterlyWeights { q1, q2, q3, q4 },
            _ => QuarterlyWeights { q1: 2_500, q2: 2_500, q3: 2_500, q4: 2_500 },
        };
        Self {
            facts,
            target: facts.number("annual_revenue_target").filter(|target| *target > 0),
            weights,
            calendar: FiscalCalendar { start_month: facts.fiscal_year_start_month.clamp(1, 12) },
        }
    }

    /// The first day of the period of `days` that ends today.
    pub(crate) fn since(&self, days: i64) -> NaiveDate {
        before(self.facts.today, days - 1)
    }

    /// The last four quarters, the newest first: first and last day of each. Quarters that ended
    /// before the partner was created are left out; the newest is always included.
    pub(crate) fn quarters(&self) -> Vec<(NaiveDate, NaiveDate)> {
        let came = self.facts.day("created_at").unwrap_or(NaiveDate::MIN);
        let quarter =
            |i: i64| (self.since(QUARTER * (i + 1)), before(self.facts.today, QUARTER * i));
        (0..4)
            .map(quarter)
            .enumerate()
            .filter(|(i, (_, last))| *i == 0 || came <= *last)
            .map(|(_, quarter)| quarter)
            .collect()
    }

    /// The day on which a partner was created, if that is less than a quarter ago.
    pub(crate) fn new_since(&self) -> Option<NaiveDate> {
        self.facts.day("created_at").filter(|came| *came >= self.since(QUARTER))
    }

    /// The first and last day of the current fiscal year.
    pub(crate) fn fiscal_year(&self) -> (NaiveDate, NaiveDate) {
        let [first, .., next] =
            self.calendar.quarter_starts(self.calendar.year_of(self.facts.today));
        (first, before(next, 1))
    }

    /// The target from one day to another, both included: each quarter's target in proportion to
    /// its days.
    pub(crate) fn target_in(&self, from: NaiveDate, to: NaiveDate) -> i64 {
        let Some(target) = self.target else { return 0 };
        let QuarterlyAmounts { q1, q2, q3, q4 } = quarterly_targets(target, &self.weights);
        let years = self.calendar.year_of(from)..=self.calendar.year_of(to);
        let in_year = |year: i32| {
            let starts = self.calendar.quarter_starts(year);
            let share = |(pair, amount): (&[NaiveDate], i64)| {
                let (first, next) = (pair[0], pair[1]);
                let common = (next.min(before(to, -1)) - first.max(from)).num_days().max(0);
                i128::from(amount) * i128::from(common)
                    / i128::from((next - first).num_days().max(1))
            };
            starts.windows(2).zip([q1, q2, q3, q4]).map(share).sum::<i128>()
        };
        i64::try_from(years.map(in_year).sum::<i128>()).unwrap_or(i64::MAX)
    }

    /// Deals won from one day to another, both included.
    pub(crate) fn won(&self, from: NaiveDate, to: NaiveDate) -> impl Iterator<Item = &'a DealFact> {
        self.closed(from, to).filter(|deal| deal.status == DealStatus::Won)
    }

    /// Deals won or lost from one day to another, both included.
    pub(crate) fn closed(
        &self,
        from: NaiveDate,
        to: NaiveDate,
    ) -> impl Iterator<Item = &'a DealFact> {
        let lies_between = move |day: NaiveDate| from <= day && day <= to;
        self.facts
            .deals
            .iter()
            .filter(move |deal| deal.status.is_closed() && deal.closed_on.is_some_and(lies_between))
    }

    /// Approved deals that are not closed: the pipeline.
    pub(crate) fn open(&self) -> impl Iterator<Item = &'a DealFact> {
        self.facts.deals.iter().filter(|deal| deal.status == DealStatus::Approved)
    }

    /// Deals registered from one day to another, both included, except rejected ones.
    pub(crate) fn registered(
        &self,
        from: NaiveDate,
        to: NaiveDate,
    ) -> impl Iterator<Item = &'a DealFact> {
        let counts = move |deal: &&DealFact| from <= deal.registered_on && deal.registered_on <= to;
        self.facts.deals.iter().filter(|deal| deal.status != DealStatus::Rejected).filter(counts)
    }
}

/// The day `days` before a day; after it if the number is negative.
pub(crate) fn before(day: NaiveDate, days: i64) -> NaiveDate {
    TimeDelta::try_days(days).and_then(|span| day.checked_sub_signed(span)).unwrap_or(day)
}

/// The sum of the values of deals.
pub(crate) fn value<'a>(deals: impl Iterator<Item = &'a DealFact>) -> i64 {
    deals.fold(0, |sum, deal| sum.saturating_add(deal.value))
}

/// `part` of `whole` in permille, rounded down, at most a million.
pub(crate) fn permille(part: i64, whole: i64) -> i64 {
    if whole <= 0 {
        return 0;
    }
    i64::try_from(i128::from(part) * 1_000 / i128::from(whole)).unwrap_or(i64::MAX).min(1_000_000)
}

/// The value at `x` of the line through `points` (increasing in x), constant before the first and
/// after the last.
pub(crate) fn curve(x: i64, points: &[(i64, i64)]) -> i64 {
    let after = points.iter().position(|(at, _)| x < *at);
    match after {
        Some(0) => points[0].1,
        None => points.last().map_or(0, |(_, y)| *y),
        Some(i) => {
            let ((x0, y0), (x1, y1)) = (points[i - 1], points[i]);
            y0 + ((x - x0) * (y1 - y0)).div_euclid(x1 - x0)
        }
    }
}
