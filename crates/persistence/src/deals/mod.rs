//! Deals: read, listed, written with channel conflict and roll-ups in the same transaction (contract 3.4, 4.4).

mod batch;
mod expiry;
#[cfg(test)]
mod tests;
mod write;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::{
    Result,
    deals::{Deal, DealPage, DealStatus},
    ids::DealId,
    listing::ListRequest,
    page::Page,
    views::ViewObject,
};

use crate::{
    Tx,
    listing::{self, Source},
    schema::deals,
    views,
};

pub use batch::{Done, batch};
pub use expiry::{EXPIRY, EXPIRY_AT, expire, expire_due};
pub(crate) use write::{Writer, release};
pub use write::{approve, delete, insert, reject, restore, update};

/// How deals are listed.
pub const SOURCE: Source =
    Source { table: "deals", search: Some("search_deals"), soft_delete: true };

/// One page of deals.
pub async fn list(tx: &Tx<'_>, request: &ListRequest) -> Result<DealPage> {
    let request = views::applied(tx, request, ViewObject::Deal).await?;
    listing::page::<Deal>(tx, &request, SOURCE).await
}

/// How many deals a request finds.
pub async fn count(tx: &Tx<'_>, request: &ListRequest) -> Result<i64> {
    let request = views::applied(tx, request, ViewObject::Deal).await?;
    listing::count(tx, &request, SOURCE).await
}

/// One live deal.
///
/// # Errors
/// `not_found`, also when it was deleted.
pub async fn get(tx: &Tx<'_>, id: DealId) -> Result<Deal> {
    let query = Deal::query().filter(deals::id.eq(id)).filter(deals::deleted_at.is_null());
    Ok(query.get_result(&mut tx.conn()).await?)
}

/// The most conflicts that are shown.
const MOST_CONFLICTS: i64 = 200;

/// The approved deals of other partners for the account of this one, oldest first.
///
/// # Errors
/// `not_found`.
pub async fn list_conflicts(tx: &Tx<'_>, id: DealId) -> Result<DealPage> {
    let deal = get(tx, id).await?.values;
    let others = Deal::query()
        .filter(deals::account_key.eq(deal.account_key()))
        .filter(deals::status.eq(DealStatus::Approved))
        .filter(deals::deleted_at.is_null())
        .filter(deals::partner_id.ne(deal.partner_id))
        .order(deals::id)
        .limit(MOST_CONFLICTS);
    Ok(Page::whole(others.load(&mut tx.conn()).await?))
}
