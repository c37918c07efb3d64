//! How partners are asked for.

use serde::Deserialize;
use utoipa::{
    IntoParams, PartialSchema, ToSchema,
    openapi::{
        RefOr, Schema,
        path::{Parameter, ParameterIn},
    },
};

use super::PARTNER;
use crate::kernel::{
    fields::{Field, FieldReference},
    listing::{self, ListQuery},
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

/// The parameters of a list of partners, for the document; `listing::ListRequest` reads them.
#[derive(Debug)]
pub struct PartnerList;

impl IntoParams for PartnerList {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let mut all = listing::parameters("Partner", PARTNER, component);
        all.push(listing::view_parameter());
        all.push(listing::changed_after_parameter());
        all
    }
}

/// The schema of a field's single value, where it has a name.
pub(crate) fn component(field: &Field) -> Option<&'static str> {
    match (field.name, field.reference) {
        ("id", _) => Some("PartnerId"),
        (_, Some(FieldReference::Tag)) => Some("TagId"),
        (_, Some(FieldReference::Member)) => Some("MemberId"),
        (_, Some(FieldReference::Contact)) => Some("ContactId"),
        ("type", _) => Some("PartnerType"),
        ("category", _) => Some("PartnerCategory"),
        ("status", _) => Some("PartnerStatus"),
        ("stage", _) => Some("PartnerStage"),
        ("tier_source", _) => Some("TierSource"),
        ("logo_source", _) => Some("LogoSource"),
        ("created_via", _) => Some("PartnerCreatedVia"),
        _ => None,
    }
}
