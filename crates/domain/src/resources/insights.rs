//! Insights: numbers over the partners with `in_intelligence`.

use chrono::{NaiveDate, TimeDelta, TimeZone};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    kernel::{
        error::{Code, Error, Result},
        field_error::FieldError,
        ids::PartnerId,
        timestamp::Timestamp,
    },
    resources::{joint_plans::QuarterlyAmounts, partners::PartnerStage},
};

/// The number of partners with a value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct InsightCount {
    /// The value; null for partners without one.
    #[schema(example = "reseller")]
    pub key: Option<String>,
    /// The number of partners.
    #[schema(example = 12)]
    pub count: i64,
}

/// Sums over partners, amounts in minor units.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct PortfolioTotals {
    /// The value of approved deals.
    #[schema(example = 12500000)]
    pub pipeline: i64,
    /// The value of won deals.
    #[schema(example = 9000000)]
    pub revenue: i64,
    /// The value of won product deals.
    #[schema(example = 1000000)]
    pub product_revenue: i64,
    /// The annual targets.
    #[schema(example = 50000000)]
    pub annual_revenue_target: i64,
    /// The number of open deal registrations.
    #[schema(example = 4)]
    pub active_deals: i64,
    /// The number of won deals.
    #[schema(example = 3)]
    pub closed_deals: i64,
    /// The number of customers, each counted once per partner.
    #[schema(example = 2)]
    pub customers: i64,
}

/// Means over the partners that have a score, with one decimal.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct PortfolioAverages {
    /// The mean fit score.
    #[schema(example = 67.5)]
    pub fit_score: Option<f64>,
    /// The mean health score.
    #[schema(example = 71.0)]
    pub health_score: Option<f64>,
    /// The number of partners with a fit score.
    #[schema(example = 10)]
    pub scored_count: i64,
}

/// The portfolio summary.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct PortfolioInsight {
    /// The currency of every amount.
    #[schema(example = "USD")]
    pub currency: String,
    /// The number of partners.
    #[schema(example = 212)]
    pub partner_count: i64,
    /// Partners by type.
    pub by_type: Vec<InsightCount>,
    /// Partners by category.
    pub by_category: Vec<InsightCount>,
    /// Partners by tier, lowest rank first.
    pub by_tier: Vec<InsightCount>,
    /// Partners by stage.
    pub by_stage: Vec<InsightCount>,
    /// Partners by status.
    pub by_status: Vec<InsightCount>,
    /// Partners by region, most frequent first; a partner counts once in each of its regions.
    pub by_region: Vec<InsightCount>,
    /// Sums.
    pub totals: PortfolioTotals,
    /// Means.
    pub averages: PortfolioAverages,
}

/// The days of the window.
#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LifecycleWindow {
    /// The first day. The default is 365 days before the last one.
    #[serde(default)]
    #[param(example = "2025-11-23")]
    pub since: Option<NaiveDate>,
    /// The last day. The default is today.
    #[serde(default)]
    #[param(example = "2026-11-22")]
    pub until: Option<NaiveDate>,
}

impl LifecycleWindow {
    /// The first and the last day; the default of the last one is `today`.
    ///
    /// # Errors
    /// `invalid_parameter` if the first day is after the last one.
    pub fn days(&self, today: NaiveDate) -> Result<(NaiveDate, NaiveDate)> {
        let until = self.until.unwrap_or(today);
        let since =
            self.since.or_else(|| until.checked_sub_signed(TimeDelta::days(365))).unwrap_or(until);
        if since > until {
            let fault =
                FieldError::at_parameter("invalid_parameter", "since", "must not be after until");
            return Err(
                Error::of(Code::InvalidParameter).at(fault.meta("until", until.to_string()))
            );
        }
        Ok((since, until))
    }
}

/// The first instant of a day in an IANA time zone; an unknown zone counts as UTC.
pub fn start_of_day(day: NaiveDate, zone: &str) -> Timestamp {
    let zone: chrono_tz::Tz = zone.parse().unwrap_or(chrono_tz::UTC);
    let midnight = day.and_time(chrono::NaiveTime::MIN);
    // If the clocks are put forward at midnight, the day starts an hour later.
    let first = (0..4).find_map(|hours| {
        zone.from_local_datetime(&(midnight + TimeDelta::hours(hours))).earliest()
    });
    Timestamp(first.map_or_else(|| midnight.and_utc(), |first| first.to_utc()))
}

/// The movements at one stage.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct LifecycleStage {
    /// The stage.
    pub stage: PartnerStage,
    /// The number of partners in this stage now.
    #[schema(example = 12)]
    pub count: i64,
    /// How often it was entered in the window, including by new partners.
    #[schema(example = 5)]
    pub entered: i64,
    /// How often it was left in the window.
    #[schema(example = 4)]
    pub left: i64,
    /// The median duration of stays that ended in the window, in days with two decimals.
    #[schema(example = 21.5)]
    pub median_days: Option<f64>,
}

/// The changes from one stage to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct LifecycleConversion {
    /// The stage that was left.
    pub from: PartnerStage,
    /// The stage that was entered.
    pub to: PartnerStage,
    /// How often it happened.
    #[schema(example = 3)]
    pub count: i64,
    /// The share of all exits from `from` in the window, in basis points.
    #[schema(example = 7500)]
    pub share_bp: i64,
}

/// The movement of partners through the stages, from the stage history.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct LifecycleInsight {
    /// The first day of the window.
    #[schema(example = "2025-11-23")]
    pub since: NaiveDate,
    /// The last day of the window.
    #[schema(example = "2026-11-22")]
    pub until: NaiveDate,
    /// All stages, in their order.
    pub stages: Vec<LifecycleStage>,
    /// All changes that happened.
    pub conversions: Vec<LifecycleConversion>,
}

/// `part` of `whole` in basis points, rounded half up.
pub fn share_bp(part: i64, whole: i64) -> i64 {
    if whole > 0 { (part * 20_000 + whole) / (2 * whole) } else { 0 }
}

/// Target and won revenue of a fiscal year: of one partner, or of all.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct AttainmentRow {
    /// The partner; null in the total.
    pub partner_id: Option<PartnerId>,
    /// Its name; null in the total.
    #[schema(example = "Acme")]
    pub name: Option<String>,
    /// The annual target in minor units; null if there is none.
    #[schema(example = 50000000)]
    pub target: Option<i64>,
    /// The target of each quarter.
    pub quarterly_targets: Option<QuarterlyAmounts>,
    /// The won revenue of the fiscal year in minor units.
    #[schema(example = 42250000)]
    pub won_revenue: i64,
    /// The won revenue of each quarter.
    pub quarterly_revenue: QuarterlyAmounts,
    /// Won revenue in relation to the target, in basis points; null without a target.
    #[schema(example = 8450)]
    pub attainment_bp: Option<i64>,
}

/// Target attainment.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct AttainmentInsight {
    /// The fiscal year, by the calendar year in which it ends.
    #[schema(example = 2026)]
    pub fiscal_year: i32,
    /// The currency of every amount.
    #[schema(example = "USD")]
    pub currency: String,
    /// The total of all partners.
    pub total: AttainmentRow,
    /// The five partners with the highest attainment, best first.
    pub top: Vec<AttainmentRow>,
    /// The five partners with the lowest attainment, worst first.
    pub bottom: Vec<AttainmentRow>,
    /// The partners of this page, by name.
    pub data: Vec<AttainmentRow>,
    /// Send it as `cursor` for the next page. Null on the last page.
    #[schema(example = json!(null))]
    pub next_cursor: Option<String>,
    /// The exact number of partners. Null unless requested with `include=total_count`.
    #[schema(example = json!(null))]
    pub total_count: Option<i64>,
}

/// A strength, and how many partners have it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct StrengthRow {
    /// The strength in its most frequent spelling.
    #[schema(example = "Certified engineers in DACH")]
    pub label: String,
    /// The number of partners that have it.
    #[schema(example = 8)]
    pub partner_count: i64,
    /// The mean of their fit scores, with one decimal.
    #[schema(example = 71.5)]
    pub average_fit: Option<f64>,
}

/// The strengths of the partners, most frequent first; at most 100.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct StrengthsInsight {
    /// The strengths.
    pub data: Vec<StrengthRow>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_start_where_the_clocks_say() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        assert_eq!(
            start_of_day(day("2026-11-22"), "Europe/Zurich").to_string(),
            "2026-11-21T23:00:00.000000Z"
        );
        assert_eq!(
            start_of_day(day("2026-11-22"), "nowhere").to_string(),
            "2026-11-22T00:00:00.000000Z"
        );
        // Midnight did not exist there.
        assert_eq!(
            start_of_day(day("2018-11-04"), "America/Sao_Paulo").to_string(),
            "2018-11-04T03:00:00.000000Z"
        );
    }

    #[test]
    fn a_window_ends_today_unless_said() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let window = |since: Option<&str>, until: Option<&str>| LifecycleWindow {
            since: since.map(day),
            until: until.map(day),
        };
        let today = day("2026-11-22");
        assert_eq!(window(None, None).days(today).unwrap(), (day("2025-11-22"), today));
        assert_eq!(
            window(Some("2026-01-01"), None).days(today).unwrap(),
            (day("2026-01-01"), today)
        );
        assert!(window(Some("2026-02-01"), Some("2026-01-31")).days(today).is_err());
        assert_eq!((share_bp(1, 3), share_bp(2, 3), share_bp(0, 0)), (3333, 6667, 0));
    }
}
