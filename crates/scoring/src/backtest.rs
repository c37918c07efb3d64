//! Back-tests the health score: recomputes it as of past days from deals and the stage history, and
//! correlates it with the revenue won in the following quarter, next to two baselines. Pure;
//! `partneros admin backtest-health` runs it.

use std::fmt;

use chrono::{Months, NaiveDate};
use domain::{
    deals::DealStatus,
    partners::{PartnerStage, QuarterlyWeights},
};
use serde_json::{Map, json};

use crate::{
    facts::{DealFact, PartnerFacts},
    health::{self, Points},
};

/// The history of a partner.
#[derive(Debug, Clone, PartialEq)]
pub struct PartnerHistory {
    /// When the partner was created. If deals or stages are older, the history begins with them.
    pub created_on: Option<NaiveDate>,
    /// The deals as they are today.
    pub deals: Vec<DealFact>,
    /// The stages with the days on which the partner entered them, in any order.
    pub stages: Vec<(NaiveDate, PartnerStage)>,
    /// The target, only if it is certain that it did not change: today's target was set with
    /// knowledge of the results.
    pub annual_revenue_target: Option<i64>,
    pub quarterly_weights: Option<QuarterlyWeights>,
}

/// How well the ranks of partners on a day agree with the ranks by revenue of the following
/// quarter: Spearman's rho from -1 to 1, `None` if there are fewer than three partners or all are
/// equal.
#[derive(Debug, Clone, PartialEq)]
pub struct BacktestDay {
    pub day: NaiveDate,
    /// Partners that were known on this day.
    pub partners: usize,
    pub health: Option<f64>,
    /// By the value of the deals that were open on this day.
    pub pipeline: Option<f64>,
    /// By the revenue won in the quarter that ended on this day.
    pub last_quarter: Option<f64>,
}

/// The result of a back-test.
#[derive(Debug, Clone, PartialEq)]
pub struct Backtest {
    pub days: Vec<BacktestDay>,
    /// The means over the days that have a value.
    pub health: Option<f64>,
    pub pipeline: Option<f64>,
    pub last_quarter: Option<f64>,
}

/// Back-tests the built-in signals as of `days`, best the last days of quarters.
/// `fiscal_year_start_month` is 1 to 12.
pub fn backtest(
    partners: &[PartnerHistory],
    days: &[NaiveDate],
    fiscal_year_start_month: u32,
) -> Backtest {
    backtest_by(partners, days, fiscal_year_start_month, &health::signals::points())
}

/// Back-tests with other points, for a comparison.
pub fn backtest_by(
    partners: &[PartnerHistory],
    days: &[NaiveDate],
    fiscal_year_start_month: u32,
    points: &Points,
) -> Backtest {
    let days: Vec<BacktestDay> =
        days.iter().map(|day| test_day(partners, *day, fiscal_year_start_month, points)).collect();
    let mean = |of: fn(&BacktestDay) -> Option<f64>| {
        let values: Vec<f64> = days.iter().filter_map(of).collect();
        (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
    };
    let (health, pipeline, last_quarter) =
        (mean(|day| day.health), mean(|day| day.pipeline), mean(|day| day.last_quarter));
    Backtest { days, health, pipeline, last_quarter }
}

fn test_day(
    partners: &[PartnerHistory],
    day: NaiveDate,
    fiscal_year_start_month: u32,
    points: &Points,
) -> BacktestDay {
    let next = day.succ_opt().unwrap_or(day);
    let after = next.checked_add_months(Months::new(3)).unwrap_or(NaiveDate::MAX);
    let before = next.checked_sub_months(Months::new(3)).unwrap_or(NaiveDate::MIN);
    let (mut outcome, mut health, mut pipeline, mut last_quarter) =
        (vec![], vec![], vec![], vec![]);
    for partner in partners {
        let Some(facts) = facts_as_of(partner, day, fiscal_year_start_month) else { continue };
        outcome.push(won(&partner.deals, next, after));
        health.push(health::judge_by(&facts, points).score);
        pipeline.push(health::open_value(&facts));
        last_quarter.push(won(&partner.deals, before, next));
    }
    BacktestDay {
        day,
        partners: outcome.len(),
        health: spearman(&health, &outcome),
        pipeline: spearman(&pipeline, &outcome),
        last_quarter: spearman(&last_quarter, &outcome),
    }
}

/// The value of deals won from `from` until the day before `until`.
fn won(deals: &[DealFact], from: NaiveDate, until: NaiveDate) -> i64 {
    let counts = |deal: &&DealFact| {
        deal.status == DealStatus::Won
            && deal.closed_on.is_some_and(|day| from <= day && day < until)
    };
    deals.iter().filter(counts).fold(0, |sum, deal| sum.saturating_add(deal.value))
}

/// The facts about a partner on a day, from deals and stages alone; `None` before its first day. A
/// deal that was closed later was open then. Rejected and expired deals are left out, because the
/// day of the rejection or expiry is not stored. Contacts, tags and the rest of the profile have no
/// history, so they are unknown.
pub fn facts_as_of(
    partner: &PartnerHistory,
    day: NaiveDate,
    fiscal_year_start_month: u32,
) -> Option<PartnerFacts> {
    let registered = partner.deals.iter().map(|deal| deal.registered_on);
    let came = registered
        .chain(partner.stages.iter().map(|(since, _)| *since))
        .chain(partner.created_on)
        .min()?;
    if came > day {
        return None;
    }
    let deals: Vec<DealFact> =
        partner.deals.iter().filter_map(|deal| deal_as_of(deal, day)).collect();
    let stage =
        partner.stages.iter().filter(|(since, _)| *since <= day).max_by_key(|(since, _)| *since);
    let touched = deals
        .iter()
        .flat_map(|deal| [Some(deal.registered_on), deal.closed_on])
        .chain([stage.map(|(since, _)| *since)]);
    let mut row = Map::from_iter([
        ("created_at".to_owned(), json!(came)),
        ("annual_revenue_target".to_owned(), json!(partner.annual_revenue_target)),
    ]);
    if let Some(weights) = &partner.quarterly_weights {
        row.insert("quarterly_weights".to_owned(), json!(weights));
    }
    if let Some((since, stage)) = stage {
        row.extend([
            ("stage".to_owned(), json!(stage)),
            ("stage_changed_at".to_owned(), json!(since)),
        ]);
    }
    let last_activity_on = touched.flatten().max();
    Some(PartnerFacts {
        row,
        tags: Vec::new(),
        today: day,
        fiscal_year_start_month,
        currency: "USD".to_owned(),
        currency_exponent: 2,
        deals,
        contacts: 0,
        reachable_contacts: 0,
        last_activity_on,
        activities_90d: 0,
        application: Vec::new(),
    })
}

fn deal_as_of(deal: &DealFact, day: NaiveDate) -> Option<DealFact> {
    if deal.registered_on > day || matches!(deal.status, DealStatus::Rejected | DealStatus::Expired)
    {
        return None;
    }
    let mut then = deal.clone();
    if deal.closed_on.is_some_and(|closed| closed > day) {
        then.status = DealStatus::Approved;
        then.closed_on = None;
    }
    Some(then)
}

/// Spearman's rank correlation of two measures, where equal values share the mean of their ranks:
/// -1 to 1. `None` for fewer than three values, or if one measure is constant.
pub fn spearman(a: &[i64], b: &[i64]) -> Option<f64> {
    if a.len() != b.len() || a.len() < 3 {
        return None;
    }
    // Twice the distance of each rank from the mean rank: integers, so that all machines compute
    // the same sum.
    let mean = a.len() as i64 + 1;
    let (a, b) = (doubled_ranks(a), doubled_ranks(b));
    let product = |a: &[i64], b: &[i64]| -> i128 {
        a.iter().zip(b).map(|(a, b)| i128::from(a - mean) * i128::from(b - mean)).sum()
    };
    let (spread_a, spread_b) = (product(&a, &a), product(&b, &b));
    if spread_a == 0 || spread_b == 0 {
        return None;
    }
    Some(product(&a, &b) as f64 / ((spread_a as f64) * (spread_b as f64)).sqrt())
}

/// Twice the rank (from 1) of each value; equal values share the mean of theirs.
fn doubled_ranks(values: &[i64]) -> Vec<i64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by_key(|i| values[*i]);
    let mut ranks = vec![0; values.len()];
    let mut first = 0;
    while first < order.len() {
        let alike =
            order[first..].iter().take_while(|i| values[**i] == values[order[first]]).count();
        for i in &order[first..first + alike] {
            ranks[*i] = (2 * first + alike + 1) as i64;
        }
        first += alike;
    }
    ranks
}

impl fmt::Display for Backtest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown =
            |rho: Option<f64>| rho.map_or_else(|| "-".to_owned(), |rho| format!("{rho:.3}"));
        writeln!(
            f,
            "{:<12} {:>8} {:>8} {:>9} {:>13}",
            "day", "partners", "health", "pipeline", "last quarter"
        )?;
        for BacktestDay { day, partners, health, pipeline, last_quarter } in &self.days {
            let (health, pipeline, last) = (shown(*health), shown(*pipeline), shown(*last_quarter));
            writeln!(
                f,
                "{:<12} {partners:>8} {health:>8} {pipeline:>9} {last:>13}",
                day.to_string()
            )?;
        }
        let (health, pipeline, last) =
            (shown(self.health), shown(self.pipeline), shown(self.last_quarter));
        write!(f, "{:<12} {:>8} {health:>8} {pipeline:>9} {last:>13}", "mean", "")
    }
}

#[cfg(test)]
mod tests {
    use domain::deals::DealMotion;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn deal(
        status: DealStatus,
        value: i64,
        registered_on: &str,
        closed_on: Option<&str>,
    ) -> DealFact {
        let closed_on = closed_on.map(day);
        DealFact {
            status,
            motion: DealMotion::Other,
            value,
            registered_on: day(registered_on),
            expected_close_on: None,
            closed_on,
        }
    }

    fn partner(deals: Vec<DealFact>) -> PartnerHistory {
        PartnerHistory {
            created_on: None,
            deals,
            stages: vec![],
            annual_revenue_target: None,
            quarterly_weights: None,
        }
    }

    #[test]
    fn equal_values_share_the_mean_of_their_ranks() {
        assert_eq!(doubled_ranks(&[30, 10, 20, 20]), [8, 2, 5, 5]);
        assert_eq!(doubled_ranks(&[7, 7, 7]), [4, 4, 4]);
    }

    #[test]
    fn spearman_is_as_computed_by_hand() {
        assert_eq!(spearman(&[1, 2, 3, 4], &[10, 20, 30, 40]), Some(1.0));
        assert_eq!(spearman(&[1, 2, 3, 4], &[40, 30, 20, 10]), Some(-1.0));
        // Without ties: 1 - 6 x (1 + 1 + 1 + 1) / (4 x 15) = 0.6.
        assert!((spearman(&[1, 2, 3, 4], &[2, 1, 4, 3]).unwrap() - 0.6).abs() < 1e-12);
        // Ranks 1 2.5 2.5 4 and 1 2 3 4: covariance 4.5, spreads 4.5 and 5; 4.5 / sqrt(22.5) =
        // 0.948683.
        assert!(
            (spearman(&[1, 2, 2, 3], &[1, 2, 3, 4]).unwrap() - 0.948_683_298_050_513_8).abs()
                < 1e-12
        );
        assert_eq!(spearman(&[5, 5, 5], &[1, 2, 3]), None, "all alike");
        assert_eq!(spearman(&[1, 2], &[1, 2]), None, "too few");
    }

    #[test]
    fn a_deal_that_closed_later_was_open_then() {
        let deals = vec![
            deal(DealStatus::Won, 100, "2026-01-10", Some("2026-05-01")),
            deal(DealStatus::Lost, 200, "2026-01-11", Some("2026-03-31")),
            deal(DealStatus::Won, 300, "2026-04-01", Some("2026-04-02")),
            deal(DealStatus::Expired, 400, "2026-01-01", None),
        ];
        let facts = facts_as_of(&partner(deals), day("2026-03-31"), 1).unwrap();
        let seen: Vec<_> =
            facts.deals.iter().map(|deal| (deal.status, deal.value, deal.closed_on)).collect();
        assert_eq!(
            seen,
            [(DealStatus::Approved, 100, None), (DealStatus::Lost, 200, Some(day("2026-03-31")))]
        );
        assert_eq!(facts.last_activity_on, Some(day("2026-03-31")));
    }

    #[test]
    fn a_partner_is_unknown_before_its_first_day_and_has_the_stage_of_the_day() {
        let mut partner = partner(vec![deal(DealStatus::Approved, 100, "2026-02-01", None)]);
        partner.stages = vec![
            (day("2026-06-01"), PartnerStage::Active),
            (day("2026-02-10"), PartnerStage::Signed),
        ];
        assert_eq!(facts_as_of(&partner, day("2026-01-31"), 1), None);
        let stage =
            |on: &str| facts_as_of(&partner, day(on), 1).unwrap().text("stage").map(str::to_owned);
        assert_eq!(stage("2026-02-01"), None);
        assert_eq!(stage("2026-03-31"), Some("signed".to_owned()));
        assert_eq!(stage("2026-06-01"), Some("active".to_owned()));
    }

    /// Three partners at the end of March: pipelines 100, 200 and 300, last quarter 30, 20 and 10,
    /// next quarter 1, 2 and 3.
    #[test]
    fn baselines_are_pipeline_and_last_quarter_against_the_next_quarter() {
        let one = |open: i64, last: i64, next: i64| {
            partner(vec![
                deal(DealStatus::Approved, open - next, "2026-01-05", None),
                deal(DealStatus::Won, last, "2025-11-01", Some("2026-01-01")),
                deal(DealStatus::Won, next, "2026-01-05", Some("2026-06-30")),
                deal(DealStatus::Won, 1_000 - next, "2026-04-05", Some("2026-07-01")),
                deal(DealStatus::Won, 1_000 - last, "2025-11-01", Some("2025-12-31")),
            ])
        };
        let partners = [one(100, 30, 1), one(200, 20, 2), one(300, 10, 3)];
        let result = backtest(&partners, &[day("2026-03-31")], 1);
        let [only] = result.days.as_slice() else { panic!("one day") };
        assert_eq!((only.partners, only.pipeline, only.last_quarter), (3, Some(1.0), Some(-1.0)));
        assert_eq!(
            only.health, None,
            "health looks at none of these amounts without a target: all three are alike"
        );
        assert_eq!(result.to_string().lines().count(), 3);
    }
}
