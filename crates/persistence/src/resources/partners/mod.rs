//! Partners: read, listed, written by the rules of docs/overrides.md.

pub(crate) mod account_claims;
mod aggregate;
mod batch;
pub mod first_scores;
mod overrides;
mod references;
pub(crate) mod rollups;
pub mod selection;
#[cfg(test)]
mod tests;
pub(crate) mod tier_rules;
mod write;
pub(crate) mod writer;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::{
    Result,
    ids::PartnerId,
    lists::ListRequest,
    partners::{Partner, PartnerCreatedVia, PartnerSummary, PartnerSummaryPage},
    schema::partners,
    views::ViewObject,
};

use crate::{
    kernel::{
        changes::{self, ChangeList},
        db::Tx,
        listing::{self, Source},
    },
    resources::views,
};

pub use aggregate::aggregate;
pub use batch::batch;
pub use overrides::{clear_override, clear_overrides, list_overrides, pin};
pub(crate) use references::{partners_managed_by, partners_with_tag, remove_reference};
pub use write::{
    add_tag, delete, insert, insert_accepted, remove_logo, remove_tag, restore, set_logo, update,
};
pub(crate) use write::{checked, edit, logo_changes};
#[cfg(test)]
pub(crate) use writer::rows::{insertion_for_tests, update_for_tests};

/// How partners are listed.
pub const SOURCE: Source = Source {
    table: "partners",
    search: Some("search_partners"),
    soft_delete: true,
    of_partner: false,
};

/// One page of partners.
pub async fn list(tx: &Tx<'_>, request: &ListRequest) -> Result<PartnerSummaryPage> {
    let request = views::applied(tx, request, ViewObject::Partner).await?;
    let followed = ChangeList::<PartnerSummary> {
        source: SOURCE,
        subject: "partner",
        prefix: PartnerId::PREFIX,
        id: |partner| partner.id.0,
    };
    changes::page(tx, &request, followed).await
}

/// One page of whole partners, for exports.
pub async fn list_whole(tx: &Tx<'_>, request: &ListRequest) -> Result<domain::page::Page<Partner>> {
    let request = views::applied(tx, request, ViewObject::Partner).await?;
    listing::page::<Partner>(tx, &request, SOURCE).await
}

/// How many partners a request finds.
pub async fn count(tx: &Tx<'_>, request: &ListRequest) -> Result<i64> {
    let request = views::applied(tx, request, ViewObject::Partner).await?;
    listing::count(tx, &request, SOURCE).await
}

/// One live partner.
///
/// # Errors
/// `not_found`, also when it was deleted.
pub async fn get(tx: &Tx<'_>, id: PartnerId) -> Result<Partner> {
    let query = Partner::query().filter(partners::id.eq(id)).filter(partners::deleted_at.is_null());
    Ok(query.get_result(&mut tx.conn()).await?)
}

/// Makes sure that a partner is there, deleted or not.
///
/// # Errors
/// `not_found`.
pub async fn expect(tx: &Tx<'_>, id: PartnerId) -> Result<()> {
    let found: i64 = partners::table.find(id).count().get_result(&mut tx.conn()).await?;
    if found == 1 { Ok(()) } else { Err(domain::Error::not_found()) }
}

/// Makes sure that a partner is there and not deleted.
///
/// # Errors
/// `not_found`.
pub async fn expect_live(tx: &Tx<'_>, id: PartnerId) -> Result<()> {
    let live = partners::table.find(id).filter(partners::deleted_at.is_null());
    let found: i64 = live.count().get_result(&mut tx.conn()).await?;
    if found == 1 { Ok(()) } else { Err(domain::Error::not_found()) }
}

/// Those of partners that are there and not deleted.
pub(crate) async fn live(tx: &Tx<'_>, ids: &[PartnerId]) -> Result<Vec<PartnerId>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let live = partners::table.filter(partners::id.eq_any(ids));
    let live = live.filter(partners::deleted_at.is_null()).select(partners::id);
    Ok(live.load(&mut tx.conn()).await?)
}

/// A live partner that may be the one somebody means.
#[derive(Debug, Clone, HasQuery)]
#[diesel(table_name = partners)]
pub struct Candidate {
    pub id: PartnerId,
    pub name: String,
    pub normalised_name: String,
    pub domain: Option<String>,
    pub external_id: Option<String>,
    pub created_via: PartnerCreatedVia,
}

/// The live partners with these ids, oldest first.
pub(crate) async fn candidates_by_id(tx: &Tx<'_>, ids: &[PartnerId]) -> Result<Vec<Candidate>> {
    let query = Candidate::query()
        .filter(partners::deleted_at.is_null())
        .filter(partners::id.eq_any(ids))
        .order(partners::id);
    Ok(query.load(&mut tx.conn()).await?)
}

/// Every live partner that has one of these domains, external ids or normalised names, oldest
/// first.
pub async fn candidates(
    tx: &Tx<'_>,
    domains: &[String],
    external_ids: &[String],
    names: &[String],
) -> Result<Vec<Candidate>> {
    let has_one = partners::normalised_name
        .eq_any(names)
        .nullable()
        .or(partners::domain.eq_any(domains))
        .or(partners::external_id.eq_any(external_ids));
    let query = Candidate::query()
        .filter(partners::deleted_at.is_null())
        .filter(has_one)
        .order(partners::id);
    Ok(query.load(&mut tx.conn()).await?)
}
