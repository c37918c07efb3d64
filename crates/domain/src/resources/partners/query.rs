//! How partners are asked for.

use serde::Deserialize;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{RefOr, Schema},
};

use super::PARTNER;
use crate::kernel::{
    lists::{List, ListQuery, list_parameters},
    request_body::RequestBody,
};

/// The body of a query for partners.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(transparent)]
pub struct PartnerQuery(pub ListQuery);

impl RequestBody for PartnerQuery {
    type Resource = Self;
}

impl PartialSchema for PartnerQuery {
    fn schema() -> RefOr<Schema> {
        ListQuery::schema()
    }
}
impl ToSchema for PartnerQuery {
    fn schemas(all: &mut Vec<(String, RefOr<Schema>)>) {
        ListQuery::schemas(all);
    }
}

const ALL: List = List::new("Partner", || PARTNER).search().views();

/// The list of partners.
pub static PARTNER_LIST: List = ALL.ranked().deleted().changes();
/// Partners by name: what an insight lists partner by partner.
pub static PARTNERS_BY_NAME: List = ALL.order("name");
/// Partners that an insight counts.
pub static PARTNER_SELECTION: List = ALL.unpaged();

list_parameters! {
    /// The parameters of the list of partners.
    PartnerList of PARTNER_LIST;
    /// The parameters of partners by name.
    PartnersByName of PARTNERS_BY_NAME;
    /// The conditions of a list of partners.
    PartnerSelection of PARTNER_SELECTION;
}
