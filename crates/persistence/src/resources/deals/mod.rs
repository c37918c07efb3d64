//! Deals: reads, lists, and writes with channel conflict and totals in the same transaction
//! (docs/deals.md).

mod batch;
mod expiry;
#[cfg(test)]
mod tests;
mod write;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::{
    Result,
    deals::{Deal, DealConflict, DealPage},
    ids::DealId,
    lists::ListRequest,
    schema::deals,
    views::ViewObject,
};

use crate::{
    kernel::{
        changes::{self, ChangeList},
        db::Tx,
        listing::{self, Source},
    },
    resources::{
        partners::account_claims::{of_live_partner, protected_from},
        views,
    },
};

pub use batch::batch;
pub use expiry::{EXPIRY, EXPIRY_AT, expire, expire_due, fill_account_keys};
pub(crate) use write::{Writer, partners_of, release};
pub use write::{approve, delete, insert, reject, restore, update};

/// How deals are listed.
pub const SOURCE: Source =
    Source { table: "deals", search: Some("search_deals"), soft_delete: true, of_partner: true };

/// One page of deals.
pub async fn list(tx: &Tx<'_>, request: &ListRequest) -> Result<DealPage> {
    let request = views::applied(tx, request, ViewObject::Deal).await?;
    let followed = ChangeList::<Deal> {
        source: SOURCE,
        subject: "deal",
        prefix: DealId::PREFIX,
        id: |deal| deal.id.0,
    };
    changes::page(tx, &request, followed).await
}

/// How many deals a request finds.
pub async fn count(tx: &Tx<'_>, request: &ListRequest) -> Result<i64> {
    let request = views::applied(tx, request, ViewObject::Deal).await?;
    listing::count(tx, &request, SOURCE).await
}

/// One live deal of a live partner.
///
/// # Errors
/// `not_found`, also when it or its partner was deleted.
pub async fn get(tx: &Tx<'_>, id: DealId) -> Result<Deal> {
    let query = Deal::query()
        .filter(deals::id.eq(id))
        .filter(deals::deleted_at.is_null())
        .filter(of_live_partner());
    Ok(query.get_result(&mut tx.conn()).await?)
}

/// The most conflicts in a response.
const MAX_CONFLICTS: i64 = 200;

/// The approved deals of other partners for the account of this one, oldest first, followed by
/// those for an account that may be the same.
///
/// # Errors
/// `not_found`.
pub async fn list_conflicts(tx: &Tx<'_>, id: DealId) -> Result<Vec<DealConflict>> {
    let deal = get(tx, id).await?.values;
    let keys = deal.account_keys();
    let same = deals::account_key
        .eq_any(keys.exact())
        .nullable()
        .or(deals::account_name_key.eq(&keys.name));
    let others =
        |limit| Deal::query().filter(protected_from(deal.partner_id)).order(deals::id).limit(limit);
    let mut found: Vec<Deal> = others(MAX_CONFLICTS).filter(same).load(&mut tx.conn()).await?;
    let known: Vec<DealId> = found.iter().map(|deal| deal.id).collect();
    let similar = deals::account_similar_key
        .eq(&keys.similar_name)
        .or(deals::account_site.eq(&keys.site).and(deals::account_site.is_not_null()));
    let similar =
        others(MAX_CONFLICTS - found.len() as i64).filter(similar).filter(deals::id.ne_all(known));
    found.extend(similar.load::<Deal>(&mut tx.conn()).await?);
    let conflicts = found.into_iter().filter_map(|other| DealConflict::between(&deal, other));
    Ok(conflicts.collect())
}
