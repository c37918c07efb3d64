//! Many writes of deals in one request.

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
    /// What an operation of a batch does.
    DealBatchAction {
        Create = "create",
        Update = "update",
        /// Updates the deal that matches, or creates one.
        Upsert = "upsert",
        Delete = "delete",
    }
    /// By what an operation of a batch finds its deal.
    DealBatchMatch {
        Id = "id",
        /// By `external_id` of `data`.
        ExternalId = "external_id",
    }
}

/// The data of an operation of a batch: those of an edit, and the currency.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(transparent)]
pub struct DealBatchData(pub Map<String, Json>);

impl RequestBody for DealBatchData {
    type Resource = Deal;
}

impl PartialSchema for DealBatchData {
    fn schema() -> RefOr<Schema> {
        let RefOr::T(Schema::Object(mut schema)) = DealUpdate::schema() else {
            unreachable!("an edit is an object")
        };
        schema.description = Some(
            "The values of a deal in a batch; a new one needs `partner_id`, `name` and \
                `account_name`."
                .to_owned(),
        );
        let currency = ObjectBuilder::from(Object::with_type(Type::String))
            .description(Some("May be said, and must then be the organization's."))
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
    /// What to do.
    pub action: DealBatchAction,
    /// The deal, when it is matched by id.
    #[serde(default)]
    pub id: Option<DealId>,
    /// By what the deal is found; the id unless given.
    #[serde(default, rename = "match")]
    pub by: Option<DealBatchMatch>,
    /// The version that the deal must have.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 9007199254740991_i64, example = 3)]
    pub version: Option<i64>,
    /// Its values. What is wrong with them is the problem of this operation alone.
    #[serde(default)]
    pub data: Option<DealBatchData>,
}

/// Many writes of deals.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DealBatch {
    /// What to do, in this order.
    #[schema(min_items = 1, max_items = 200)]
    pub operations: Vec<DealBatchOperation>,
    /// Whether the failure of one undoes them all.
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

/// What became of one operation.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DealBatchItem {
    /// The place of the operation in the request, from 0.
    #[schema(minimum = 0, example = 0)]
    pub index: usize,
    /// The status that the operation would have had alone; 424 when another one failed and all were
    /// undone.
    #[schema(example = 200)]
    pub status: u16,
    /// The deal after the operation; null when it failed or deleted.
    pub deal: Option<Deal>,
    /// Always empty: fields of deals are not overridden.
    #[schema(example = json!([]))]
    pub skipped_fields: Vec<String>,
    /// Why it failed, as the operation would have answered it alone.
    #[schema(schema_with = problem)]
    pub problem: Option<Json>,
}

/// What became of a batch.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DealBatchResult {
    /// One result for every operation, in their order.
    pub results: Vec<DealBatchItem>,
    /// How many were done.
    #[schema(example = 1)]
    pub succeeded: usize,
    /// How many were not.
    #[schema(example = 0)]
    pub failed: usize,
}

/// The problem's schema is declared by the API; here it has only its name.
fn problem() -> Schema {
    OneOfBuilder::new()
        .item(Ref::from_schema_name("Problem"))
        .item(ObjectBuilder::new().schema_type(Type::Null))
        .description(Some(
            "Why it failed, as the operation would have answered it alone; null when it did not.",
        ))
        .build()
        .into()
}
