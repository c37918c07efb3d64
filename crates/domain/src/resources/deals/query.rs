//! Queries for deals.

use serde::Deserialize;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{RefOr, Schema},
};

use super::catalogue;
use crate::kernel::{
    lists::{List, ListQuery, list_parameters},
    request_body::RequestBody,
};

/// The body of a query for deals. Its filter may refer to fields of the partner, such as
/// `partner.tier`.
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
                "The condition and order of deals. Filters may refer to fields of the partner, \
                 such as `partner.tier`."
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

/// The list of deals.
pub static DEAL_LIST: List = List::new("Deal", catalogue).search().deleted().views().changes();

list_parameters! {
    /// The parameters of the list of deals.
    DealList of DEAL_LIST;
}
