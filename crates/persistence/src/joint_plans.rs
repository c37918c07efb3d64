//! The joint plan of a partner (contract 4.6): a view over the partner, its plan items and what was won.

use domain::{
    Result,
    access::WriteMode,
    ids::PartnerId,
    joint_plans::{FiscalCalendar, JointPlan, JointPlanUpdate, QuarterlyAmounts, attainment_bp, quarterly_targets},
    organizations::{Organization, today},
    partners::{Partner, changes_of},
    timestamp::Timestamp,
};

use crate::{Tx, organizations, partners, plan_items};

/// The plan of a live partner for a fiscal year, the present one unless given.
///
/// # Errors
/// `not_found`.
pub async fn get(tx: &Tx<'_>, id: PartnerId, year: Option<i32>) -> Result<JointPlan> {
    let partner = partners::get(tx, id).await?;
    of_partner(tx, partner, year).await
}

/// Writes target and weights, by the rules of every write of a partner.
///
/// # Errors
/// `not_found`, `version_mismatch`.
pub async fn update(
    tx: &Tx<'_>,
    id: PartnerId,
    expected: Option<i64>,
    update: JointPlanUpdate,
    mode: WriteMode,
) -> Result<JointPlan> {
    let partner = partners::update(tx, id, expected, changes_of(&update.into_fields()), mode).await?;
    of_partner(tx, partner, None).await
}

/// The calendar of the organization, and the fiscal year that is asked for, or is now.
pub(crate) fn fiscal_year(organization: &Organization, asked: Option<i32>) -> (FiscalCalendar, i32) {
    let calendar = FiscalCalendar { start_month: u32::try_from(organization.fiscal_year_start_month).unwrap_or(1) };
    let year = asked.unwrap_or_else(|| calendar.year_of(today(Timestamp::now(), &organization.timezone)));
    (calendar, year)
}

async fn of_partner(tx: &Tx<'_>, partner: Partner, year: Option<i32>) -> Result<JointPlan> {
    let partner = partner.summary;
    let organization = organizations::get(tx).await?;
    let (calendar, fiscal_year) = fiscal_year(&organization, year);
    let quarterly_revenue = won(tx, partner.id, calendar, fiscal_year).await?;
    let target = partner.annual_revenue_target;
    let weights = partner.quarterly_weights.0;
    Ok(JointPlan {
        partner_id: partner.id,
        version: partner.version,
        fiscal_year,
        currency: partner.currency,
        annual_revenue_target: target,
        quarterly_targets: target.map(|target| quarterly_targets(target, &weights)),
        quarterly_weights: weights,
        quarterly_revenue,
        attainment_bp: attainment_bp(quarterly_revenue.sum(), target),
        item_counts: plan_items::counts(tx, partner.id).await?,
        skipped_fields: partner.skipped_fields,
    })
}

/// What a partner won in the quarters of a fiscal year. Deals come later: until then nobody has won any.
async fn won(_tx: &Tx<'_>, _id: PartnerId, _calendar: FiscalCalendar, _year: i32) -> Result<QuarterlyAmounts> {
    Ok(QuarterlyAmounts::default())
}
