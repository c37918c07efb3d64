//! Insights: what the partners come to that appear in intelligence.

use chrono::{NaiveDate, TimeDelta, TimeZone};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    kernel::{
        access::AccessScope,
        error::{Code, Error, Result},
        field_error::FieldError,
        ids::PartnerId,
        resource::Resource,
        timestamp::Timestamp,
    },
    resources::{joint_plans::QuarterlyAmounts, partners::PartnerStage},
};

/// Insights: figures about partners.
pub static INSIGHTS: Resource =
    Resource::new("insights", "insight").scopes(AccessScope::InsightsRead, None);

/// How many partners have a value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct InsightCount {
    /// The value; null stands for none.
    #[schema(example = "reseller")]
    pub key: Option<String>,
    /// Partners that have it.
    #[schema(example = 12)]
    pub count: i64,
}

/// Sums over partners, amounts in minor units.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct PortfolioTotals {
    /// Approved deals.
    #[schema(example = 12500000)]
    pub pipeline: i64,
    /// Won deals.
    #[schema(example = 9000000)]
    pub revenue: i64,
    /// Won deals for products.
    #[schema(example = 1000000)]
    pub product_revenue: i64,
    /// Targets for a year.
    #[schema(example = 50000000)]
    pub annual_revenue_target: i64,
    /// Open deal registrations.
    #[schema(example = 4)]
    pub active_deals: i64,
    /// Won deals.
    #[schema(example = 3)]
    pub closed_deals: i64,
    /// Customers, each counted once per partner.
    #[schema(example = 2)]
    pub customers: i64,
}

/// Means over the partners that have a score, with one decimal.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct PortfolioAverages {
    /// Of the fit scores.
    #[schema(example = 67.5)]
    pub fit_score: Option<f64>,
    /// Of the health scores.
    #[schema(example = 71.0)]
    pub health_score: Option<f64>,
    /// Partners with a fit score.
    #[schema(example = 10)]
    pub scored_count: i64,
}

/// What the partners are, and what they come to.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct PortfolioInsight {
    /// The currency of every amount.
    #[schema(example = "USD")]
    pub currency: String,
    /// Partners that are counted.
    #[schema(example = 212)]
    pub partner_count: i64,
    /// Partners by type.
    pub by_type: Vec<InsightCount>,
    /// By category.
    pub by_category: Vec<InsightCount>,
    /// By tier, lowest rank first.
    pub by_tier: Vec<InsightCount>,
    /// By stage.
    pub by_stage: Vec<InsightCount>,
    /// By status.
    pub by_status: Vec<InsightCount>,
    /// By region of the profile, most partners first; a partner counts once in each of its regions.
    pub by_region: Vec<InsightCount>,
    /// Sums.
    pub totals: PortfolioTotals,
    /// Means.
    pub averages: PortfolioAverages,
}

/// Which days.
#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LifecycleWindow {
    /// The first day; 365 days before the last one unless given.
    #[serde(default)]
    #[param(example = "2025-11-23")]
    pub since: Option<NaiveDate>,
    /// The last day; today unless given.
    #[serde(default)]
    #[param(example = "2026-11-22")]
    pub until: Option<NaiveDate>,
}

impl LifecycleWindow {
    /// First and last day, where `today` is the last one unless given.
    ///
    /// # Errors
    /// `invalid_parameter` when the last day comes first.
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

/// The first instant of a day in a time zone of the IANA database; an unknown one counts as UTC.
pub fn start_of_day(day: NaiveDate, zone: &str) -> Timestamp {
    let zone: chrono_tz::Tz = zone.parse().unwrap_or(chrono_tz::UTC);
    let midnight = day.and_time(chrono::NaiveTime::MIN);
    // Where the clocks are put forward at midnight, the day starts an hour later.
    let first = (0..4).find_map(|hours| {
        zone.from_local_datetime(&(midnight + TimeDelta::hours(hours))).earliest()
    });
    Timestamp(first.map_or_else(|| midnight.and_utc(), |first| first.to_utc()))
}

/// What happened at one stage.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct LifecycleStage {
    /// The stage.
    pub stage: PartnerStage,
    /// Partners that are there now.
    #[schema(example = 12)]
    pub count: i64,
    /// How often it was entered in the window; being created counts.
    #[schema(example = 5)]
    pub entered: i64,
    /// How often it was left in the window.
    #[schema(example = 4)]
    pub left: i64,
    /// The median of the stays that ended in the window, in days with two decimals.
    #[schema(example = 21.5)]
    pub median_days: Option<f64>,
}

/// A way from one stage to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct LifecycleConversion {
    /// The stage that was left.
    pub from: PartnerStage,
    /// The stage that was entered.
    pub to: PartnerStage,
    /// How often.
    #[schema(example = 3)]
    pub count: i64,
    /// Its share of all exits of `from` in the window, in basis points.
    #[schema(example = 7500)]
    pub share_bp: i64,
}

/// How partners move through the stages, by the stage history.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct LifecycleInsight {
    /// The first day of the window.
    #[schema(example = "2025-11-23")]
    pub since: NaiveDate,
    /// The last day of the window.
    #[schema(example = "2026-11-22")]
    pub until: NaiveDate,
    /// Every stage, in their order.
    pub stages: Vec<LifecycleStage>,
    /// Every way that was taken.
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
    /// The target for a year, in minor units; null without one.
    #[schema(example = 50000000)]
    pub target: Option<i64>,
    /// The target of each quarter.
    pub quarterly_targets: Option<QuarterlyAmounts>,
    /// Won in the fiscal year, in minor units.
    #[schema(example = 42250000)]
    pub won_revenue: i64,
    /// Won in each quarter.
    pub quarterly_revenue: QuarterlyAmounts,
    /// Won against the target, in basis points; null without a target.
    #[schema(example = 8450)]
    pub attainment_bp: Option<i64>,
}

/// Targets against what was won.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct AttainmentInsight {
    /// The fiscal year, by the calendar year in which it ends.
    #[schema(example = 2026)]
    pub fiscal_year: i32,
    /// The currency of every amount.
    #[schema(example = "USD")]
    pub currency: String,
    /// All partners together.
    pub total: AttainmentRow,
    /// The five that attained most of their target, best first.
    pub top: Vec<AttainmentRow>,
    /// The five that attained least of it, worst first.
    pub bottom: Vec<AttainmentRow>,
    /// The partners of this page, by name.
    pub data: Vec<AttainmentRow>,
    /// Send it as `cursor` for the next page; null on the last one.
    #[schema(example = json!(null))]
    pub next_cursor: Option<String>,
    /// Exact count of all partners; only with `include=total_count`, else null.
    #[schema(example = json!(null))]
    pub total_count: Option<i64>,
}

/// A strength and who has it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct StrengthRow {
    /// What it is called, in its most frequent spelling.
    #[schema(example = "Certified engineers in DACH")]
    pub label: String,
    /// Partners that have it.
    #[schema(example = 8)]
    pub partner_count: i64,
    /// The mean of their fit scores, with one decimal.
    #[schema(example = 71.5)]
    pub average_fit: Option<f64>,
}

/// The strengths of the partners, those of most partners first; at most 100.
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
