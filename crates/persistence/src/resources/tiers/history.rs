//! The tier history of a partner.

use domain::{
    Result,
    filter::{Node, Value},
    ids::PartnerId,
    lists::ListRequest,
    tiers::{TIER_CHANGE_PARTNER, TierChange, TierChangePage},
};

use crate::{
    kernel::{
        db::Tx,
        listing::{self, Source},
    },
    resources::partners,
};

/// One page of the changes of a partner's tier.
///
/// # Errors
/// `not_found`.
pub async fn list_history(
    tx: &Tx<'_>,
    id: PartnerId,
    request: &ListRequest,
) -> Result<TierChangePage> {
    partners::expect(tx, id).await?;
    let request = request.within([Node::equals(&TIER_CHANGE_PARTNER, Value::Id(id.0))]);
    listing::page::<TierChange>(tx, &request, Source::of("tier_changes")).await
}
