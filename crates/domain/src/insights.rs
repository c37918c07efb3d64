//! Insights: what the partners come to that appear in intelligence (contract section 3.6).

use serde::Serialize;
use utoipa::{
    IntoParams, ToSchema,
    openapi::path::{Parameter, ParameterIn},
};

use crate::{
    listing,
    partners::{PARTNER, component},
};

/// Which partners an insight is about, for the document: the conditions of a list of partners.
#[derive(Debug)]
pub struct InsightFilter;

impl IntoParams for InsightFilter {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        listing::filter_parameters(PARTNER, component)
    }
}

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
    /// By type, in the order of the contract.
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
