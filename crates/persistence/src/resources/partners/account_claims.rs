//! Approved deals of other partners for an account, as needed by deals and restored partners.

use diesel::{pg::Pg, prelude::*, sql_types};
use diesel_async::RunQueryDsl;
use domain::{
    Code, Error, Result,
    deals::{AccountClaim, Deal, DealStatus},
    ids::{DealId, PartnerId},
    schema::{deals, partners},
    timestamp::Timestamp,
};
use serde_json::json;

use crate::kernel::{db::Tx, locks};

pub(crate) type Condition = Box<dyn BoxableExpression<deals::table, Pg, SqlType = sql_types::Bool>>;

/// Excludes deals of deleted partners, which are hidden and protect nothing. There are few such
/// partners, so their ids are looked up once instead of checking each deal's partner.
pub(crate) fn of_live_partner() -> Condition {
    let deleted = partners::table.filter(partners::deleted_at.is_not_null()).select(partners::id);
    Box::new(deals::partner_id.ne_all(deleted))
}

/// Deals that protect their account against this partner.
pub(crate) fn protected_from(partner: PartnerId) -> Condition {
    let approved = deals::status.eq(DealStatus::Approved).and(deals::deleted_at.is_null());
    Box::new(approved.and(deals::partner_id.ne(partner)).and(of_live_partner()))
}

/// Checks that a deleted, locked partner is not restored with approved deals for accounts that
/// other partners have protected since `deleted_at`.
///
/// # Errors
/// `deal_conflict` with the deals of the others.
pub(crate) async fn check_restoration(
    tx: &Tx<'_>,
    partner: PartnerId,
    deleted_at: Timestamp,
) -> Result<()> {
    let own: Vec<Deal> = Deal::query()
        .filter(deals::partner_id.eq(partner))
        .filter(deals::status.eq(DealStatus::Approved))
        .filter(deals::deleted_at.is_null())
        .load(&mut tx.conn())
        .await?;
    let claims: Vec<AccountClaim> = own.iter().filter_map(|deal| deal.values.claim(None)).collect();
    if claims.is_empty() {
        return Ok(());
    }
    locks::accounts(tx, claims.iter().flat_map(AccountClaim::keys).collect()).await?;
    let others = holders(tx, partner, &claims, Some(deleted_at)).await?;
    if others.is_empty() {
        Ok(())
    } else {
        Err(Error::of(Code::DealConflict).meta("deal_ids", json!(others)))
    }
}

/// The deals that protect the claimed account against a partner, among those that changed after an
/// instant.
pub(crate) async fn holders(
    tx: &Tx<'_>,
    partner: PartnerId,
    claims: &[AccountClaim],
    changed_after: Option<Timestamp>,
) -> Result<Vec<DealId>> {
    let keys: Vec<String> = claims.iter().flat_map(AccountClaim::keys).collect();
    let names: Vec<&String> = claims.iter().filter_map(|claim| claim.name.as_ref()).collect();
    // The key of a deal is its domain, or its name if it has no domain.
    let same = deals::account_key.eq_any(keys).nullable().or(deals::account_name_key.eq_any(names));
    let mut others = deals::table
        .filter(protected_from(partner))
        .filter(same)
        .order(deals::id)
        .select(deals::id)
        .limit(100)
        .into_boxed();
    if let Some(instant) = changed_after {
        others = others.filter(deals::updated_at.gt(instant));
    }
    Ok(others.load(&mut tx.conn()).await?)
}
