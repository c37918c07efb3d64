//! The joint plan of a partner: its annual target, how it spreads over the quarters of the fiscal
//! year, and what was won. A view over the partner; what is planned in
//! detail are `plan_items`.

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};

use crate::{
    kernel::{
        ids::PartnerId,
        request_body::{RequestBody, RequestForms},
        values::FieldValue,
    },
    resources::partners::{Change, PartnerKey, QuarterlyWeights, QuarterlyWeightsUpdate},
};

/// An amount for each quarter of the fiscal year, in minor units.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct QuarterlyAmounts {
    /// Quarter 1.
    #[schema(example = 12500000)]
    pub q1: i64,
    /// Quarter 2.
    #[schema(example = 12500000)]
    pub q2: i64,
    /// Quarter 3.
    #[schema(example = 12500000)]
    pub q3: i64,
    /// Quarter 4.
    #[schema(example = 12500000)]
    pub q4: i64,
}

impl QuarterlyAmounts {
    /// What the four come to.
    pub fn sum(&self) -> i64 {
        self.q1 + self.q2 + self.q3 + self.q4
    }
}

impl From<[i64; 4]> for QuarterlyAmounts {
    fn from([q1, q2, q3, q4]: [i64; 4]) -> Self {
        Self { q1, q2, q3, q4 }
    }
}

/// How many items a plan has, by kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct PlanItemCounts {
    /// Affiliates.
    #[schema(example = 2)]
    pub affiliate: i64,
    /// Integrations.
    #[schema(example = 1)]
    pub integration: i64,
    /// Workflows.
    #[schema(example = 0)]
    pub workflow: i64,
}

/// The plan of a partner for a fiscal year. Target and weights hold for every year that is asked
/// for.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct JointPlan {
    /// The partner.
    pub partner_id: PartnerId,
    /// The partner's version; also the ETag.
    #[schema(minimum = 1, example = 18)]
    pub version: i64,
    /// The fiscal year, by the calendar year in which it ends.
    #[schema(example = 2026)]
    pub fiscal_year: i32,
    /// The currency of every amount.
    #[schema(example = "USD")]
    pub currency: String,
    /// The target for a year, in minor units.
    #[schema(minimum = 0, maximum = 9007199254740991_i64, example = 50000000)]
    pub annual_revenue_target: Option<i64>,
    /// How the target spreads over the quarters.
    pub quarterly_weights: QuarterlyWeights,
    /// The target of each quarter; together exactly the annual one.
    pub quarterly_targets: Option<QuarterlyAmounts>,
    /// Deals won in each quarter of the fiscal year, by the day on which they closed.
    pub quarterly_revenue: QuarterlyAmounts,
    /// What was won in the fiscal year against the target, in basis points; null without a target.
    #[schema(example = 8450)]
    pub attainment_bp: Option<i64>,
    /// How many items the plan has.
    pub item_counts: PlanItemCounts,
    /// What this very write left alone because people had decided on it; empty on reads.
    #[schema(example = json!([]))]
    pub skipped_fields: Vec<String>,
}

/// An edit of target and weights: fields of the partner, and its rules of overrides hold.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct JointPlanUpdate {
    #[serde(
        default,
        deserialize_with = "crate::kernel::patch::nullable",
        skip_serializing_if = "Option::is_none"
    )]
    pub annual_revenue_target: Option<Option<i64>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quarterly_weights: Option<QuarterlyWeightsUpdate>,
}

impl RequestBody for JointPlanUpdate {
    type Resource = JointPlan;

    fn collect_forms(forms: &mut RequestForms) {
        forms.add::<Self>();
        forms.add::<QuarterlyWeightsUpdate>();
    }
}

impl JointPlanUpdate {
    /// The values that it changes of the partner.
    pub fn changes(self) -> Vec<Change> {
        let target = self
            .annual_revenue_target
            .map(|target| Change::new(PartnerKey::AnnualRevenueTarget, target));
        let weights = self.quarterly_weights.map(|weights| {
            Change::new(PartnerKey::QuarterlyWeights, FieldValue::Json(json!(weights)))
        });
        target.into_iter().chain(weights).collect()
    }
}

/// Which fiscal year.
#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FiscalYearParameter {
    /// The fiscal year, by the calendar year in which it ends; the present one unless given.
    #[serde(default)]
    #[param(minimum = 1900, maximum = 9998, example = 2026)]
    pub fiscal_year: Option<i32>,
}

/// The fiscal calendar of an organization.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FiscalCalendar {
    /// The month in which the year starts, 1 to 12.
    pub start_month: u32,
}

impl FiscalCalendar {
    /// The fiscal year of a day: it bears the number of the calendar year in which it ends.
    pub fn year_of(self, day: NaiveDate) -> i32 {
        if self.start_month > 1 && day.month() >= self.start_month {
            day.year() + 1
        } else {
            day.year()
        }
    }

    /// The first days of the four quarters of a fiscal year, and the first day after it.
    pub fn quarter_starts(self, year: i32) -> [NaiveDate; 5] {
        let first = if self.start_month > 1 { year - 1 } else { year };
        [0, 3, 6, 9, 12].map(|months| {
            let month = self.start_month - 1 + months;
            let year = first + i32::try_from(month / 12).unwrap_or_default();
            NaiveDate::from_ymd_opt(year, month % 12 + 1, 1).unwrap_or(NaiveDate::MAX)
        })
    }
}

/// Spreads `target` over the quarters by largest remainder: the four come to it exactly. Among
/// equal remainders the earlier quarter gets the odd unit.
pub fn quarterly_targets(target: i64, weights: &QuarterlyWeights) -> QuarterlyAmounts {
    let shares = [weights.q1, weights.q2, weights.q3, weights.q4]
        .map(|weight| i128::from(target) * i128::from(weight));
    let mut parts = shares.map(|share| i64::try_from(share / 10_000).unwrap_or(i64::MAX));
    let mut order = [0, 1, 2, 3];
    order.sort_by_key(|quarter| std::cmp::Reverse(shares[*quarter] % 10_000));
    let missing = target - parts.iter().sum::<i64>();
    for quarter in order.into_iter().take(usize::try_from(missing).unwrap_or_default()) {
        parts[quarter] += 1;
    }
    parts.into()
}

/// `won` against `target` in basis points, rounded half up; none without a target.
pub fn attainment_bp(won: i64, target: Option<i64>) -> Option<i64> {
    let target = i128::from(target.filter(|target| *target > 0)?);
    // Both sides are doubled, so that rounding half up needs no fraction.
    i64::try_from((i128::from(won) * 20_000 + target) / (2 * target)).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn weights(cuts: [i64; 3]) -> QuarterlyWeights {
        let mut cuts = cuts;
        cuts.sort_unstable();
        let [a, b, c] = cuts;
        QuarterlyWeights { q1: a, q2: b - a, q3: c - b, q4: 10_000 - c }
    }

    proptest! {
        #[test]
        fn the_quarters_come_to_the_target(target in 0..=crate::kernel::fields::MAX_MONEY, cuts in [0..=10_000i64, 0..=10_000i64, 0..=10_000i64]) {
            let weights = weights(cuts);
            let parts = quarterly_targets(target, &weights);
            prop_assert_eq!(parts.sum(), target);
            for (part, weight) in [(parts.q1, weights.q1), (parts.q2, weights.q2), (parts.q3, weights.q3), (parts.q4, weights.q4)] {
                let exact = i128::from(target) * i128::from(weight);
                prop_assert!((i128::from(part) * 10_000 - exact).abs() < 10_000, "no quarter is a \
                    unit off");
            }
        }

        #[test]
        fn every_day_lies_in_its_fiscal_year(month in 1u32..=12, days in 0i64..60_000) {
            let calendar = FiscalCalendar { start_month: month };
            let day = NaiveDate::from_ymd_opt(1950, 1, 1).unwrap() + chrono::TimeDelta::days(days);
            let year = calendar.year_of(day);
            let starts = calendar.quarter_starts(year);
            prop_assert!(starts[0] <= day && day < starts[4]);
            prop_assert!(starts.windows(2).all(|pair| pair[0] < pair[1]));
            prop_assert_eq!((starts[4] - chrono::TimeDelta::days(1)).year(), year);
        }
    }

    #[test]
    fn odd_units_go_to_the_largest_remainders() {
        let equal = QuarterlyWeights { q1: 2500, q2: 2500, q3: 2500, q4: 2500 };
        assert_eq!(quarterly_targets(10, &equal), [3, 3, 2, 2].into());
        let uneven = QuarterlyWeights { q1: 1000, q2: 2000, q3: 3000, q4: 4000 };
        assert_eq!(quarterly_targets(7, &uneven), [1, 1, 2, 3].into());
    }

    #[test]
    fn attainment_is_rounded_half_up() {
        assert_eq!(attainment_bp(0, Some(100)), Some(0));
        assert_eq!(attainment_bp(1, Some(20_000)), Some(1), "half a basis point");
        assert_eq!(attainment_bp(1, Some(20_001)), Some(0));
        assert_eq!(attainment_bp(3, Some(2)), Some(15_000));
        assert_eq!((attainment_bp(5, None), attainment_bp(5, Some(0))), (None, None));
    }
}
