//! How deals are asked for.

use serde::Deserialize;
use utoipa::{
    IntoParams, PartialSchema, ToSchema,
    openapi::{
        RefOr, Schema,
        path::{Parameter, ParameterIn},
    },
};

use super::catalogue;
use crate::{
    kernel::{
        fields::{Field, FieldReference},
        listing::{self, ListQuery},
        request_body::RequestBody,
    },
    resources::partners::component as component_of_partner,
};

/// The body of a query for deals. Its filter may name fields of the partner, `partner.tier`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(transparent)]
pub struct DealQuery(pub ListQuery);

impl RequestBody for DealQuery {
    type Resource = Self;
}

impl PartialSchema for DealQuery {
    fn schema() -> RefOr<Schema> {
        let mut schema = ListQuery::schema();
        if let RefOr::T(Schema::Object(schema)) = &mut schema {
            let filter = serde_json::json!({"op": "and", "filters": [
                {"op": "in", "field": "status", "value": ["submitted", "under_review"]},
                {"op": "gte", "field": "partner.tier", "value": "silver"}]});
            schema.description = Some(
                "Which deals, in which order. Filters may name fields of the partner, \
                    `partner.tier`."
                    .into(),
            );
            schema.examples =
                vec![serde_json::json!({"filter": filter, "sort": ["-value"], "limit": 50})];
        }
        schema
    }
}
impl ToSchema for DealQuery {
    fn schemas(all: &mut Vec<(String, RefOr<Schema>)>) {
        ListQuery::schemas(all);
    }
}

/// The parameters of a list of deals, for the document; `listing::ListRequest` reads them.
#[derive(Debug)]
pub struct DealList;

impl IntoParams for DealList {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let mut all = listing::parameters("Deal", catalogue(), component);
        all.push(listing::view_parameter());
        all.push(listing::changed_after_parameter());
        all
    }
}

/// The schema of a field's single value, where it has a name.
fn component(field: &Field) -> Option<&'static str> {
    match (field.of_partner, field.name, field.reference) {
        (Some(field), ..) => component_of_partner(field),
        (_, "id", _) => Some("DealId"),
        (_, "partner_id", _) => Some("PartnerId"),
        (_, _, Some(FieldReference::Member)) => Some("MemberId"),
        (_, "status", _) => Some("DealStatus"),
        (_, "motion", _) => Some("DealMotion"),
        (_, "decided_by.type", _) => Some("ActorType"),
        _ => None,
    }
}
