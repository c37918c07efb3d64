//! Tests whether the health score would have predicted later revenue: `partneros admin
//! backtest-health`.

use chrono::NaiveDate;
use domain::{access::Scope, organizations::today};
use persistence::{Store, organizations, scores};
use scoring::backtest::{Backtest, PartnerHistory};

use super::judge::deal;

/// Partners that are read at a time.
const BATCH: i64 = 1_000;

/// Back-tests the health score on an organization's deals and stages as of these days, best the
/// last days of quarters. Targets are left out, because today's targets were set with knowledge of
/// the results.
///
/// # Errors
/// Database errors; `not_found` if the organization does not exist.
pub async fn backtest(
    store: &Store,
    scope: &Scope,
    days: &[NaiveDate],
) -> domain::Result<Backtest> {
    let organization = store.read(scope, async |tx| organizations::get(tx).await).await?;
    let mut partners: Vec<PartnerHistory> = Vec::new();
    let mut after = None;
    loop {
        let batch = store.read(scope, async |tx| scores::past(tx, after, BATCH).await).await?;
        after = batch.last().map(|past| past.id);
        let is_last = (batch.len() as i64) < BATCH;
        partners.extend(batch.into_iter().map(|past| {
            PartnerHistory {
                created_on: Some(today(past.created_at, &organization.timezone)),
                deals: past.deals.iter().map(deal).collect(),
                stages: past
                    .stages
                    .into_iter()
                    .map(|(at, stage)| (today(at, &organization.timezone), stage))
                    .collect(),
                annual_revenue_target: None,
                quarterly_weights: Some(past.quarterly_weights),
            }
        }));
        if is_last {
            break;
        }
    }
    let month = u32::try_from(organization.fiscal_year_start_month).unwrap_or(1);
    Ok(scoring::backtest::backtest(&partners, days, month))
}
