//! The tiers that a partner has had.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::{
    Result,
    ids::PartnerId,
    page::{self, Page, Paging},
    schema::tier_changes,
    tiers::{TierChange, TierChangePage},
};

use crate::{kernel::db::Tx, resources::partners};

/// Every change of a partner's tier, newest first.
///
/// # Errors
/// `not_found`, `invalid_cursor`.
pub async fn list_history(tx: &Tx<'_>, id: PartnerId, paging: &Paging) -> Result<TierChangePage> {
    let list = format!("tier-history {id}");
    let before = page::after(paging.cursor.as_deref(), &list)?;
    partners::expect(tx, id).await?;
    let mut query = TierChange::query().filter(tier_changes::partner_id.eq(id)).into_boxed();
    if let Some(before) = before {
        query = query.filter(tier_changes::id.lt(before));
    }
    let rows: Vec<TierChange> =
        query.order(tier_changes::id.desc()).limit(paging.limit() + 1).load(&mut tx.conn()).await?;
    let mut page = Page::cut(rows, paging.limit(), &list, |change| change.id.0);
    if paging.counts() {
        let all = tier_changes::table.filter(tier_changes::partner_id.eq(id)).count();
        page.total_count = Some(all.get_result(&mut tx.conn()).await?);
    }
    Ok(page)
}
