//! The fields that are computed from a partner's deals: summed by the database, written by the one
//! writer of partners. The same for one partner and for many.

use std::collections::{BTreeSet, HashMap};

use diesel::sql_types::{BigInt, Uuid};
use diesel_async::RunQueryDsl;
use domain::{
    Error, Result,
    fields::{FieldType, MAX_MONEY},
    ids::PartnerId,
    partners::{self as rules, Change, WriteCause, partner_field},
};
use futures_util::future::join;
use serde_json::json;

use super::writer::{BATCH, Deleted, PartnerWriter};
use crate::kernel::{
    db::Tx,
    statement::{Bind, Statement},
};

/// The computed fields, in the order of the columns of [`SUMS`].
const COMPUTED: [&str; 6] =
    ["pipeline", "revenue", "product_revenue", "active_deals", "closed_deals", "customers"];

/// A sum beyond 64 bits is limited to the largest number of 64 bits, which is too large as well.
const SUMS: &str = "SELECT partner_id, \
    least(coalesce(sum(value) FILTER (WHERE status = 'approved'), 0), \
    9223372036854775807)::bigint, \
    least(coalesce(sum(value) FILTER (WHERE status = 'won'), 0), 9223372036854775807)::bigint, \
    least(coalesce(sum(value) FILTER (WHERE status = 'won' AND motion = 'product'), 0), \
    9223372036854775807)::bigint, \
    count(*) FILTER (WHERE status IN ('submitted', 'under_review', 'approved')), \
    count(*) FILTER (WHERE status = 'won'), \
    count(DISTINCT account_key) FILTER (WHERE status = 'won') \
    FROM deals WHERE deleted_at IS NULL AND partner_id = ANY(";

type Sums = (PartnerId, i64, i64, i64, i64, i64, i64);

/// The computed values of partners; a partner without deals is missing, which means 0 for all.
async fn sums(tx: &Tx<'_>, ids: &[PartnerId]) -> Result<HashMap<PartnerId, [i64; 6]>> {
    let partners = Bind::Ids(ids.iter().map(|id| id.0).collect());
    let statement = Statement::new(SUMS).with(partners, ") GROUP BY partner_id");
    let rows: Vec<Sums> = statement
        .answers::<(Uuid, BigInt, BigInt, BigInt, BigInt, BigInt, BigInt)>()
        .load(&mut tx.conn())
        .await?;
    Ok(rows.into_iter().map(|(id, a, b, c, d, e, f)| (id, [a, b, c, d, e, f])).collect())
}

/// The sums as changes.
fn values(sums: [i64; 6]) -> Result<Vec<Change>> {
    let mut all = Vec::with_capacity(COMPUTED.len());
    for (field, value) in COMPUTED.into_iter().filter_map(partner_field).zip(sums) {
        if field.kind == FieldType::Money && value > MAX_MONEY {
            let detail = format!("makes the partner's {} more than {MAX_MONEY}", field.name);
            return Err(Error::field("out_of_range", "value", detail));
        }
        all.push(Change { field, value: json!(value) });
    }
    Ok(all)
}

/// The computed values of a partner that the caller has locked.
pub(super) async fn of(tx: &Tx<'_>, id: PartnerId) -> Result<Vec<Change>> {
    values(sums(tx, &[id]).await?.remove(&id).unwrap_or_default())
}

/// Updates the computed fields of these partners, including deleted ones, from their deals. Without
/// changes nothing is written.
///
/// Called at the end of every write of deals, in its transaction. The partners are locked before
/// their deals are summed: of two writers the second one sees the deals of the first.
///
/// # Errors
/// `out_of_range` if an amount becomes too large.
pub(crate) async fn recompute(
    writer: &mut PartnerWriter<'_, '_>,
    ids: &BTreeSet<PartnerId>,
) -> Result<()> {
    let ids: Vec<PartnerId> = ids.iter().copied().collect();
    for ids in ids.chunks(BATCH) {
        let tx = writer.tx();
        let (locked, sums) = join(writer.lock(ids, Deleted::Take), sums(tx, ids)).await;
        locked?;
        let mut sums = sums?;
        for id in ids {
            let Some(locked) = writer.take(*id) else { continue };
            let values = values(sums.remove(id).unwrap_or_default())?;
            let mut plan = rules::plan_rollups(&locked.row, &locked.overrides, values);
            plan.cause = WriteCause::DealClosed;
            if !plan.is_empty() {
                writer.stage(locked, plan);
            }
        }
        // Scores also depend on data that is not summed: dates, and lost deals.
        writer.stage_stale(ids.iter().copied());
        writer.finish().await?;
    }
    Ok(())
}
