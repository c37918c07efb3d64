//! Batches of writes to partners.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use utoipa::{
    ToSchema,
    openapi::{ObjectBuilder, OneOfBuilder, Ref, Schema, schema::Type},
};

use super::{Partner, PartnerUpdate};
use crate::kernel::{ids::PartnerId, request_body::RequestBody, string_enum::string_enum};

string_enum! {
    /// The action of an operation.
    PartnerBatchAction {
        Create = "create",
        Update = "update",
        /// Updates the matching partner, or creates one.
        Upsert = "upsert",
        Delete = "delete",
    }
    /// How an operation finds its partner.
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
    /// The action.
    pub action: PartnerBatchAction,
    /// The id of the partner, if it is matched by id.
    #[serde(default)]
    pub id: Option<PartnerId>,
    /// How the partner is found. The default is by id.
    #[serde(default, rename = "match")]
    pub by: Option<PartnerBatchMatch>,
    /// The version that the partner must have.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 9007199254740991_i64, example = 3)]
    pub version: Option<i64>,
    /// The values; a creation requires `name` and `type`. Errors in them are reported for this
    /// operation only.
    #[serde(default)]
    pub data: Option<PartnerUpdate>,
}

/// A batch of operations.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PartnerBatch {
    /// The operations, in this order.
    #[schema(min_items = 1, max_items = 200)]
    pub operations: Vec<PartnerBatchOperation>,
    /// Whether the failure of one operation undoes all of them.
    #[serde(default)]
    #[schema(example = false)]
    pub atomic: bool,
}

impl RequestBody for PartnerBatch {
    type Resource = Self;
}

/// The result of one operation.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PartnerBatchItem {
    /// The position of the operation in the request, from 0.
    #[schema(minimum = 0, example = 0)]
    pub index: usize,
    /// The status that the operation would have as a single request; 424 if it was undone because
    /// another one failed.
    #[schema(example = 200)]
    pub status: u16,
    /// The partner after the operation; null if it failed or deleted the partner.
    pub partner: Option<Partner>,
    /// Fields that the operation has skipped because they are overridden.
    #[schema(example = json!([]))]
    pub skipped_fields: Vec<String>,
    /// The problem that the operation would have as a single request.
    #[schema(schema_with = problem)]
    pub problem: Option<Json>,
}

/// The results of a batch.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PartnerBatchResult {
    /// One result for every operation, in their order.
    pub results: Vec<PartnerBatchItem>,
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
