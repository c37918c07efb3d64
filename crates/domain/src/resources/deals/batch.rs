//! Batches of writes to deals.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{Object, ObjectBuilder, OneOfBuilder, Ref, RefOr, Schema, schema::Type},
};

use super::{Deal, DealUpdate};
use crate::kernel::{
    ids::DealId,
    request_body::{RequestBody, RequestForms},
    string_enum::string_enum,
};

string_enum! {
    /// The action of an operation.
    DealBatchAction {
        Create = "create",
        Update = "update",
        /// Updates the matching deal, or creates one.
        Upsert = "upsert",
        Delete = "delete",
    }
    /// How an operation finds its deal.
    DealBatchMatch {
        Id = "id",
        /// By `external_id` of `data`.
        ExternalId = "external_id",
    }
}

/// The data of an operation: those of an edit, and the currency.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(transparent)]
pub struct DealBatchData(pub Map<String, Json>);

impl RequestBody for DealBatchData {
    type Resource = Deal;
}

impl PartialSchema for DealBatchData {
    fn schema() -> RefOr<Schema> {
        let RefOr::T(Schema::Object(mut schema)) = DealUpdate::schema() else {
            unreachable!("the schema of an edit is an object")
        };
        schema.description = Some(
            "The values of a deal in a batch. A new deal requires `partner_id`, `name` and \
             `account_name`."
                .to_owned(),
        );
        let currency = ObjectBuilder::from(Object::with_type(Type::String))
            .description(Some("Optional. It must be the organization's currency."))
            .max_length(Some(3))
            .examples([serde_json::json!("USD")]);
        schema.properties.insert("currency".to_owned(), currency.into());
        schema.examples = vec![serde_json::json!({
            "external_id": "0065000000Gv7qJ",
            "value": 4_000_000,
            "currency": "USD"
        })];
        schema.into()
    }
}
impl ToSchema for DealBatchData {
    fn schemas(all: &mut Vec<(String, RefOr<Schema>)>) {
        DealUpdate::schemas(all);
    }
}

/// One operation of a batch.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DealBatchOperation {
    /// The action.
    pub action: DealBatchAction,
    /// The id of the deal, if it is matched by id.
    #[serde(default)]
    pub id: Option<DealId>,
    /// How the deal is found. The default is by id.
    #[serde(default, rename = "match")]
    pub by: Option<DealBatchMatch>,
    /// The version that the deal must have.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 9007199254740991_i64, example = 3)]
    pub version: Option<i64>,
    /// The values. Errors in them are reported for this operation only.
    #[serde(default)]
    pub data: Option<DealBatchData>,
}

/// A batch of operations.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DealBatch {
    /// The operations, in this order.
    #[schema(min_items = 1, max_items = 200)]
    pub operations: Vec<DealBatchOperation>,
    /// Whether the failure of one operation undoes all of them.
    #[serde(default)]
    #[schema(example = false)]
    pub atomic: bool,
}

impl RequestBody for DealBatch {
    type Resource = Self;

    fn collect_forms(forms: &mut RequestForms) {
        forms.add::<Self>();
        forms.add::<DealBatchData>();
    }
}

/// The result of one operation.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DealBatchItem {
    /// The position of the operation in the request, from 0.
    #[schema(minimum = 0, example = 0)]
    pub index: usize,
    /// The status that the operation would have as a single request; 424 if it was undone because
    /// another one failed.
    #[schema(example = 200)]
    pub status: u16,
    /// The deal after the operation; null if it failed or deleted the deal.
    pub deal: Option<Deal>,
    /// Always empty: fields of deals are not overridden.
    #[schema(example = json!([]))]
    pub skipped_fields: Vec<String>,
    /// The problem that the operation would have as a single request.
    #[schema(schema_with = problem)]
    pub problem: Option<Json>,
}

/// The results of a batch.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DealBatchResult {
    /// One result for every operation, in their order.
    pub results: Vec<DealBatchItem>,
    /// The number of operations that succeeded.
    #[schema(example = 1)]
    pub succeeded: usize,
    /// The number of operations that failed.
    #[schema(example = 0)]
    pub failed: usize,
}

/// The schema of problems is declared by the API; here only its name is used.
fn problem() -> Schema {
    OneOfBuilder::new()
        .item(Ref::from_schema_name("Problem"))
        .item(ObjectBuilder::new().schema_type(Type::Null))
        .description(Some(
            "The problem that the operation would have as a single request. Null if it succeeded.",
        ))
        .build()
        .into()
}
