//! The joint plan of a partner: a view over the partner, its plan items and what was
//! won.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::sql_types::{BigInt, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use domain::{
    Result,
    access::WriteMode,
    ids::PartnerId,
    joint_plans::{
        FiscalCalendar, JointPlan, JointPlanUpdate, QuarterlyAmounts, attainment_bp,
        quarterly_targets,
    },
    organizations::{Organization, today},
    partners::Partner,
    timestamp::Timestamp,
};

use uuid::Uuid;

use crate::{
    kernel::{
        db::Tx,
        statement::{Bind, Statement},
    },
    resources::{organizations, partners, plan_items},
};

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
    expected: Option<domain::patch::ExpectedVersions>,
    update: JointPlanUpdate,
    mode: WriteMode,
) -> Result<JointPlan> {
    let partner = partners::update(tx, id, expected, update.changes(), mode).await?;
    of_partner(tx, partner, None).await
}

/// The calendar of the organization, and the fiscal year that is asked for, or is now.
pub(crate) fn fiscal_year(
    organization: &Organization,
    asked: Option<i32>,
) -> (FiscalCalendar, i32) {
    let calendar = FiscalCalendar {
        start_month: u32::try_from(organization.fiscal_year_start_month).unwrap_or(1),
    };
    let year =
        asked.unwrap_or_else(|| calendar.year_of(today(Timestamp::now(), &organization.timezone)));
    (calendar, year)
}

async fn of_partner(tx: &Tx<'_>, partner: Partner, year: Option<i32>) -> Result<JointPlan> {
    let partner = partner.summary;
    let organization = organizations::get(tx).await?;
    let (calendar, fiscal_year) = fiscal_year(&organization, year);
    let quarters = Quarters(calendar.quarter_starts(fiscal_year));
    let quarterly_revenue =
        won(tx, &[partner.id], quarters).await?.remove(&partner.id).unwrap_or_default();
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

/// The first days of the quarters of a fiscal year, and the first day after it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Quarters(pub [NaiveDate; 5]);

impl Quarters {
    /// What was won in each quarter, as columns `v1` to `v4` of a query on deals.
    pub(crate) fn push_sums(self, out: &mut Statement) {
        for (i, pair) in self.0.windows(2).enumerate() {
            let [first, end] = pair else { continue };
            out.sql(", coalesce(sum(value) FILTER (WHERE closed_on >= ")
                .bind(Bind::Day(Some(*first)));
            out.sql(" AND closed_on < ")
                .bind(Bind::Day(Some(*end)))
                .sql(format!("), 0)::bigint AS v{}", i + 1));
        }
    }

    /// The deals that were won in the year.
    pub(crate) fn push_won(self, out: &mut Statement) {
        let [first, .., end] = self.0;
        out.sql("status = 'won' AND deleted_at IS NULL AND closed_on >= ")
            .bind(Bind::Day(Some(first)));
        out.sql(" AND closed_on < ").bind(Bind::Day(Some(end)));
    }
}

/// What each of these partners won in the quarters of a year; who is not in the answer won nothing.
pub(crate) async fn won(
    tx: &Tx<'_>,
    partners: &[PartnerId],
    quarters: Quarters,
) -> Result<HashMap<PartnerId, QuarterlyAmounts>> {
    let mut out = Statement::new("/* joint_plans.won */ SELECT partner_id");
    quarters.push_sums(&mut out);
    let ids = partners.iter().map(|id| id.0).collect();
    out.sql(" FROM deals WHERE partner_id = ANY(").bind(Bind::Ids(ids)).sql(") AND ");
    quarters.push_won(&mut out);
    out.sql(" GROUP BY partner_id");
    let rows: Vec<(Uuid, i64, i64, i64, i64)> =
        out.answers::<(SqlUuid, BigInt, BigInt, BigInt, BigInt)>().load(&mut tx.conn()).await?;
    Ok(rows
        .into_iter()
        .map(|(id, q1, q2, q3, q4)| (PartnerId(id), QuarterlyAmounts { q1, q2, q3, q4 }))
        .collect())
}
