//! Deals: deal registrations of partners, from submission to won or lost (docs/deals.md).

mod accounts;
mod batch;
mod catalogue;
mod query;
mod status;
mod write;

use chrono::NaiveDate;
use diesel::{prelude::*, sql_types};
use serde::{Deserialize, Serialize};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        ObjectBuilder, RefOr, Schema,
        schema::{SchemaType, Type},
    },
};

use crate::kernel::{
    access::Actor,
    ids::{DealId, MemberId, PartnerId},
    page::{FollowedPage, Page},
    request_body::RequestBody,
    schema::deals,
    sql::Sql,
    string_enum::string_enum,
    timestamp::Timestamp,
};

pub use accounts::{
    AccountClaim, AccountKeys, DEAL_CONFLICT_LIST, DealConflict, DealConflictList,
    DealConflictMatch, StoredAccountKeys,
};
pub use batch::{
    DealBatch, DealBatchAction, DealBatchData, DealBatchItem, DealBatchMatch, DealBatchOperation,
    DealBatchResult,
};
pub use catalogue::{DEAL, DEAL_NOTES, catalogue, deal_field};
pub use query::{DEAL_LIST, DealList, DealQuery};
pub use status::DealStatus;
pub use write::DealContext;

string_enum! {
    /// What is sold.
    DealMotion {
        Service = "service",
        Product = "product",
        Other = "other",
    }
}

const fn currency() -> Sql<sql_types::Text> {
    Sql::new("(SELECT organizations.currency FROM organizations)")
}

/// The values of a deal: everything except its id, version and times.
#[derive(Debug, Clone, PartialEq, HasQuery, Insertable, AsChangeset, Serialize, ToSchema)]
#[diesel(table_name = deals, treat_none_as_null = true)]
pub struct DealValues {
    /// The partner that registered it.
    pub partner_id: PartnerId,
    /// The integrator's own id; unique within the organization.
    #[schema(
        max_length = 200,
        example = "0065000000Gv7qJ",
        extensions(("x-single-line" = json!(true)))
    )]
    pub external_id: Option<String>,
    /// The name of the opportunity.
    #[schema(
        min_length = 1,
        max_length = 300,
        example = "Rollout",
        extensions(("x-single-line" = json!(true)))
    )]
    pub name: String,
    /// The prospective customer.
    #[schema(min_length = 1, max_length = 300, example = "Home \
        Office", extensions(("x-single-line" = json!(true))))]
    pub account_name: String,
    /// The domain of the prospective customer, normalised. Deals with the same domain or the same
    /// normalised name are for one account.
    #[schema(format = "domain", max_length = 253, example = "homeoffice.gov.uk")]
    pub account_domain: Option<String>,
    /// The status. Closing requires `closed_on`; only the daily job makes a deal `expired`.
    pub status: DealStatus,
    /// The stage of the sale, in the organization's own words.
    #[schema(max_length = 60, example = "Proposal", extensions(("x-single-line" = json!(true))))]
    pub stage: Option<String>,
    /// What is sold.
    pub motion: DealMotion,
    /// The value in minor units.
    #[schema(minimum = 0, maximum = 9007199254740991_i64, example = 4000000)]
    pub value: i64,
    /// The day of the registration; today by default.
    #[schema(example = "2026-11-22")]
    pub registered_on: NaiveDate,
    /// The day on which it is expected to close.
    #[schema(example = "2027-03-31")]
    pub expected_close_on: Option<NaiveDate>,
    /// The first day on which an approved deal is no longer protected.
    #[schema(example = "2027-02-20")]
    pub expires_on: Option<NaiveDate>,
    /// The day on which it was won or lost; not before `registered_on`.
    #[schema(example = json!(null))]
    pub closed_on: Option<NaiveDate>,
    /// The reason why it was lost.
    #[schema(max_length = 500, example = json!(null))]
    pub lost_reason: Option<String>,
    /// The reason why it was rejected.
    #[schema(value_type = DealRejectionReason)]
    pub rejection_reason: Option<String>,
    /// Who last approved or rejected it.
    pub decided_by: Option<Actor>,
    /// When it was last approved or rejected.
    pub decided_at: Option<Timestamp>,
    /// The member who is responsible for it.
    pub owner_id: Option<MemberId>,
    /// Internal notes.
    #[schema(max_length = 5000, example = "Waits for the budget of the new year.")]
    pub notes: Option<String>,
}

/// A deal registration.
#[derive(Debug, Clone, HasQuery, Serialize, ToSchema)]
#[diesel(table_name = deals)]
pub struct Deal {
    /// The id.
    pub id: DealId,
    /// Increases with every change. Also the ETag.
    #[schema(minimum = 1, example = 2)]
    pub version: i64,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// When it was deleted; it can be restored for 30 days.
    pub deleted_at: Option<Timestamp>,
    /// The currency of its value: the organization's.
    #[diesel(select_expression = currency(), select_expression_type = Sql<sql_types::Text>)]
    #[schema(example = "USD")]
    pub currency: String,
    #[serde(flatten)]
    #[diesel(embed)]
    pub values: DealValues,
}

/// A page of deals.
pub type DealPage = FollowedPage<Deal>;

/// A page of conflicts.
pub type DealConflictPage = Page<DealConflict>;

/// A merge patch of a deal: absent properties keep their values, null clears them. A new
/// `partner_id` moves it to that partner.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DealUpdate {
    #[serde(default)]
    pub partner_id: Option<PartnerId>,
    #[serde(default, deserialize_with = "crate::kernel::patch::nullable")]
    pub external_id: Option<Option<String>>,
    #[serde(default)]
    pub name: Option<String>,
    #[serde(default)]
    pub account_name: Option<String>,
    #[serde(default, deserialize_with = "crate::kernel::patch::nullable")]
    pub account_domain: Option<Option<String>>,
    #[serde(default)]
    pub status: Option<DealStatus>,
    #[serde(default, deserialize_with = "crate::kernel::patch::nullable")]
    pub stage: Option<Option<String>>,
    #[serde(default)]
    pub motion: Option<DealMotion>,
    #[serde(default)]
    pub value: Option<i64>,
    #[serde(default)]
    pub registered_on: Option<NaiveDate>,
    #[serde(default, deserialize_with = "crate::kernel::patch::nullable")]
    pub expected_close_on: Option<Option<NaiveDate>>,
    #[serde(default, deserialize_with = "crate::kernel::patch::nullable")]
    pub expires_on: Option<Option<NaiveDate>>,
    #[serde(default, deserialize_with = "crate::kernel::patch::nullable")]
    pub closed_on: Option<Option<NaiveDate>>,
    #[serde(default, deserialize_with = "crate::kernel::patch::nullable")]
    pub lost_reason: Option<Option<String>>,
    #[serde(default, deserialize_with = "crate::kernel::patch::nullable")]
    pub rejection_reason: Option<Option<String>>,
    #[serde(default, deserialize_with = "crate::kernel::patch::nullable")]
    pub owner_id: Option<Option<MemberId>>,
    #[serde(default, deserialize_with = "crate::kernel::patch::nullable")]
    pub notes: Option<Option<String>>,
    /// Whether it may be approved even if another partner has an approved deal for the same
    /// account.
    #[serde(default)]
    #[schema(example = false)]
    pub allow_conflict: bool,
}

impl RequestBody for DealUpdate {
    type Resource = Deal;
}

/// A new deal, as a merge patch of nothing.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(transparent)]
pub struct DealCreate(pub DealUpdate);

impl RequestBody for DealCreate {
    type Resource = Deal;
}

impl PartialSchema for DealCreate {
    fn schema() -> RefOr<Schema> {
        let RefOr::T(Schema::Object(mut schema)) = DealUpdate::schema() else {
            unreachable!("the schema of an edit is an object")
        };
        schema.description = Some(
            "A new deal. If a person registers it, the default status is `approved`; if an API key \
             does, it is `submitted`."
                .to_owned(),
        );
        schema.required = ["partner_id", "name", "account_name"].map(str::to_owned).to_vec();
        schema.examples = vec![serde_json::json!({
            "partner_id": "ptn_01kb1q3x5se7wtc2gnh2avw0fd",
            "name": "Rollout",
            "account_name": "Home Office",
            "account_domain": "homeoffice.gov.uk",
            "status": "submitted",
            "value": 4_000_000
        })];
        schema.into()
    }
}
impl ToSchema for DealCreate {
    fn schemas(all: &mut Vec<(String, RefOr<Schema>)>) {
        DealUpdate::schemas(all);
    }
}

/// The approval of a deal.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DealApproval {
    /// The first day on which the deal is no longer protected; later than today. The default is the
    /// organization's `deal_protection_days` from today.
    #[serde(default)]
    #[schema(example = json!(null))]
    pub expires_on: Option<NaiveDate>,
    /// Whether the deal may be approved even if another partner has an approved deal for the same
    /// account.
    #[serde(default)]
    #[schema(example = false)]
    pub allow_conflict: bool,
}

impl RequestBody for DealApproval {
    type Resource = Self;
}

/// The rejection of a deal.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DealRejection {
    /// The reason for the rejection.
    #[serde(default)]
    #[schema(value_type = DealRejectionReason)]
    pub reason: Option<String>,
}

impl RequestBody for DealRejection {
    type Resource = Self;
}

/// The schema of a rejection reason. It is a named component that includes null, because generators
/// would otherwise give `Deal.rejection_reason` and `DealRejection.reason` the same type name.
#[derive(Debug)]
pub struct DealRejectionReason;

impl PartialSchema for DealRejectionReason {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(SchemaType::from_iter([Type::String, Type::Null]))
            .description(Some("The reason why a deal is rejected. Null if no reason is given."))
            .max_length(Some(500))
            .examples([serde_json::json!("We sell to this account ourselves.")])
            .into()
    }
}
impl ToSchema for DealRejectionReason {}
