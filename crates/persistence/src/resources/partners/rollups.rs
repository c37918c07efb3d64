//! What is computed of a partner's deals (class C): added up by the database, written by the one
//! function that writes partners. The same for one partner and for many.

use std::collections::{BTreeSet, HashMap};

use diesel::sql_types::{BigInt, Uuid};
use diesel_async::RunQueryDsl;
use domain::{
    Error, Result,
    fields::{FieldType, MAX_MONEY},
    ids::PartnerId,
    partners::{self as rules, Change, PartnerKey, WriteCause},
};
use futures_util::future::join;

use super::writer::{BATCH, Deleted, PartnerWriter};
use crate::kernel::{
    db::Tx,
    statement::{Bind, Statement},
};

/// The computed fields, in the order of the columns of [`SUMS`].
const COMPUTED: [PartnerKey; 6] = [
    PartnerKey::Pipeline,
    PartnerKey::Revenue,
    PartnerKey::ProductRevenue,
    PartnerKey::ActiveDeals,
    PartnerKey::ClosedDeals,
    PartnerKey::Customers,
];

/// A sum beyond 64 bits is as much too large as the largest number of 64 bits.
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

/// The computed values of partners; of one without deals there are none, which is 0 for all.
async fn sums(tx: &Tx<'_>, ids: &[PartnerId]) -> Result<HashMap<PartnerId, [i64; 6]>> {
    let partners = Bind::Ids(ids.iter().map(|id| id.0).collect());
    let statement = Statement::new(SUMS).with(partners, ") GROUP BY partner_id");
    let rows: Vec<Sums> = statement
        .answers::<(Uuid, BigInt, BigInt, BigInt, BigInt, BigInt, BigInt)>()
        .load(&mut tx.conn())
        .await?;
    Ok(rows.into_iter().map(|(id, a, b, c, d, e, f)| (id, [a, b, c, d, e, f])).collect())
}

/// As wanted values.
fn values(sums: [i64; 6]) -> Result<Vec<Change>> {
    let mut all = Vec::with_capacity(COMPUTED.len());
    for (key, value) in COMPUTED.into_iter().zip(sums) {
        let field = key.field();
        if field.kind == FieldType::Money && value > MAX_MONEY {
            let detail = format!("makes the partner's {} more than {MAX_MONEY}", field.name);
            return Err(Error::field("out_of_range", "value", detail));
        }
        all.push(Change::new(key, value));
    }
    Ok(all)
}

/// The computed values of a partner that the caller holds.
pub(super) async fn of(tx: &Tx<'_>, id: PartnerId) -> Result<Vec<Change>> {
    values(sums(tx, &[id]).await?.remove(&id).unwrap_or_default())
}

/// Brings the computed fields of these partners, deleted ones too, into line with their deals.
/// Where nothing changes, nothing is written.
///
/// Called in the transaction of every write of deals, after it. The partners are locked before
/// their deals are added up: of two writers the second one sees what the first one did.
///
/// # Errors
/// `out_of_range` when an amount becomes more than money can be.
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
            let mut plan = rules::plan_rollups(&locked.partner, &locked.overrides, values);
            plan.cause = WriteCause::DealClosed;
            if !plan.is_empty() {
                writer.stage(locked, plan);
            }
        }
        // Also what is not added up is looked at: dates, and deals that were lost.
        writer.stage_stale(ids.iter().copied());
        writer.finish().await?;
    }
    Ok(())
}
