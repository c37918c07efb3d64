//! Many writes of partners in one request.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use utoipa::{
    ToSchema,
    openapi::{ObjectBuilder, OneOfBuilder, Ref, Schema, schema::Type},
};

use super::{Partner, PartnerUpdate};
use crate::kernel::{ids::PartnerId, request_body::RequestBody, string_enum::string_enum};

string_enum! {
    /// What an operation of a batch does.
    PartnerBatchAction {
        Create = "create",
        Update = "update",
        /// Updates the partner that matches, or creates one.
        Upsert = "upsert",
        Delete = "delete",
    }
    /// By what an operation of a batch finds its partner.
    PartnerBatchMatch {
        Id = "id",
        /// By `external_id` of `data`.
        ExternalId = "external_id",
        /// By `domain` of `data`.
        Domain = "domain",
    }
}

/// One operation of a batch.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PartnerBatchOperation {
    /// What to do.
    pub action: PartnerBatchAction,
    /// The partner, when it is matched by id.
    #[serde(default)]
    pub id: Option<PartnerId>,
    /// By what the partner is found; the id unless given.
    #[serde(default, rename = "match")]
    pub by: Option<PartnerBatchMatch>,
    /// The version that the partner must have.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 9007199254740991_i64, example = 3)]
    pub version: Option<i64>,
    /// Its values; a creation needs `name` and `type`. What is wrong with them is the problem of
    /// this operation alone.
    #[serde(default)]
    pub data: Option<PartnerUpdate>,
}

/// Many writes of partners.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PartnerBatch {
    /// What to do, in this order.
    #[schema(min_items = 1, max_items = 200)]
    pub operations: Vec<PartnerBatchOperation>,
    /// Whether the failure of one undoes them all.
    #[serde(default)]
    #[schema(example = false)]
    pub atomic: bool,
}

impl RequestBody for PartnerBatch {
    type Resource = Self;
}

/// What became of one operation.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PartnerBatchItem {
    /// The place of the operation in the request, from 0.
    #[schema(minimum = 0, example = 0)]
    pub index: usize,
    /// The status that the operation would have had alone; 424 when another one failed and all were
    /// undone.
    #[schema(example = 200)]
    pub status: u16,
    /// The partner after the operation; null when it failed or deleted.
    pub partner: Option<Partner>,
    /// What the operation left alone because people had decided on it.
    #[schema(example = json!([]))]
    pub skipped_fields: Vec<String>,
    /// Why it failed, as the operation would have answered it alone.
    #[schema(schema_with = problem)]
    pub problem: Option<Json>,
}

/// What became of a batch.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PartnerBatchResult {
    /// One result for every operation, in their order.
    pub results: Vec<PartnerBatchItem>,
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
