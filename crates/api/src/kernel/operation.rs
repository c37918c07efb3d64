//! What an operation of the API demands of a request, and how it responds.
//!
//! `#[operation(..)]` on a handler declares it with these words:
//!
//! | Word | Meaning |
//! |---|---|
//! | `get("/tags")`, `post(..)`, `put(..)`, `patch(..)`, `delete(..)` | method and path |
//! | `tag(Tags)` | the [`Tag`] of the document |
//! | `role(Member)` | the lowest [`Role`] of a user |
//! | `scope(TagsWrite)` | the [`AccessScope`]s an API key needs, or `any_api_key`, `no_api_key` |
//! | `public` | no credential is needed; counted by `PublicRequests` |
//! | `limit(Registrations)`, `unlimited` | another [`Bucket`] of a public operation, or none |
//! | `query(TagList)` | query parameters that are not an argument of the handler |
//! | `body(ImportForm, media("multipart/form-data"))` | a body that is not JSON |
//! | `ok(Tag)`, `created(..)`, `accepted(..)`, `multi_status(..)`, `no_content` | the successful
//! responses |
//! | `errors(TagNameTaken)` | the [`Code`]s that it adds to the common ones |
//! | `field_errors(Required)` | the [`FieldCode`]s that it adds |
//! | `cost(5)` | units of the quota; the default is 1 |
//! | `if_match(Required)` | see [`IfMatch`]; by default decided by the response |
//! | `etag` | the response has an ETag although it has no `version` |
//! | `no_store` | the response must not be cached although it has an ETag |
//! | `no_idempotency_key` | a POST that takes no Idempotency-Key |
//!
//! A successful response is a type, which is sent as JSON, a description, and `media("text/csv")`
//! if the response is a file. The JSON body is the `T` of the argument `Json<T>`, parameters are
//! those of `Path<T>` and `Query<T>`.
//!
//! ```
//! use actix_web::HttpResponse;
//! use operation_macros::operation;
//!
//! /// Touch a tag
//! #[operation(
//!     put("/tag"),
//!     tag(Tags),
//!     role(Member),
//!     scope(TagsWrite),
//!     no_content,
//!     errors(NotFound)
//! )]
//! pub async fn touch_tag() -> HttpResponse {
//!     HttpResponse::NoContent().finish()
//! }
//! ```
//!
//! A wrong scope, role, tag or code does not compile:
//!
//! ```compile_fail
//! # use actix_web::HttpResponse;
//! # use operation_macros::operation;
//! #
//! /// Touch a tag
//! #[operation(
//!     put("/tag"),
//!     tag(Tags),
//!     role(Member),
//!     scope(TagsWrit),
//!     no_content,
//!     errors(NotFound)
//! )]
//! pub async fn touch_tag() -> HttpResponse {
//!     HttpResponse::NoContent().finish()
//! }
//! ```
//!
//! ```compile_fail
//! # use actix_web::HttpResponse;
//! # use operation_macros::operation;
//! #
//! /// Touch a tag
//! #[operation(
//!     put("/tag"),
//!     tag(Tags),
//!     role(Member),
//!     scope(TagsWrite),
//!     no_content,
//!     errors(NotFond)
//! )]
//! pub async fn touch_tag() -> HttpResponse {
//!     HttpResponse::NoContent().finish()
//! }
//! ```
//!
//! Neither does a role that may do less than the scope, because an API key of such a member could
//! do more than the member:
//!
//! ```compile_fail
//! # use actix_web::HttpResponse;
//! # use operation_macros::operation;
//! #
//! /// Touch a tag
//! #[operation(
//!     put("/tag"),
//!     tag(Tags),
//!     role(Viewer),
//!     scope(TagsWrite),
//!     no_content,
//!     errors(NotFound)
//! )]
//! pub async fn touch_tag() -> HttpResponse {
//!     HttpResponse::NoContent().finish()
//! }
//! ```

use std::collections::HashMap;

use actix_web::dev::HttpServiceFactory;
use utoipa_actix_web::{OpenApiFactory, scope, service_config::ServiceConfig};

pub use crate::kernel::limits::Bucket;
pub use domain::{
    Code,
    access::{AccessScope, Role},
    request_body::{RequestBody, RequestForms},
};

/// A handler with `#[operation(..)]`.
pub trait Operation: HttpServiceFactory + OpenApiFactory + 'static {
    /// What it demands and answers.
    const SPEC: &'static OperationSpec;
}

/// What one operation demands of a request, and what it adds to its response.
#[derive(Debug)]
pub struct OperationSpec {
    /// The operationId: the name of the handler in camel case.
    pub id: &'static str,
    pub tag: Tag,
    pub access: Access,
    /// The errors that it adds to those of all operations of its kind.
    pub errors: &'static [Code],
    /// The errors of single fields that it adds. Their problem is `validation_failed`.
    pub field_errors: &'static [FieldCode],
    /// The units of the quota that it costs, without its filter.
    pub cost: u32,
    /// Whether it accepts an Idempotency-Key.
    pub takes_key: bool,
    /// How it takes If-Match; `None` leaves it to the response.
    pub if_match: Option<IfMatch>,
    /// The response has an ETag although it has no `version`.
    pub etag: bool,
    /// The response must not be cached: it shows secrets, or members of the organization.
    pub no_store: bool,
    /// Adds the request forms of its JSON body.
    pub collect_forms: fn(&mut RequestForms),
}

impl OperationSpec {
    /// Whether no credential is needed.
    pub fn is_public(&self) -> bool {
        matches!(self.access, Access::Public { .. })
    }
}

/// Who may call an operation.
#[derive(Debug)]
pub enum Access {
    /// No credential is needed. The requests of a network are counted in `bucket`, if there is one.
    Public { bucket: Option<Bucket> },
    /// Users need at least `role`, API keys what `keys` requires.
    Credential { role: Role, keys: KeyAccess },
}

impl Access {
    /// Access for users with at least `role`, and for API keys.
    ///
    /// # Panics
    /// `role` may do less than one of the scopes. In a constant this is a compile error.
    pub const fn credential(role: Role, keys: KeyAccess) -> Self {
        if let KeyAccess::Scopes(scopes) = keys {
            let mut index = 0;
            while index < scopes.len() {
                assert!(
                    role as u8 >= scopes[index].least_role() as u8,
                    "the role may do less than the scope"
                );
                index += 1;
            }
        }
        Self::Credential { role, keys }
    }
}

/// What an API key needs for an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyAccess {
    /// Only users may call it.
    NoKey,
    /// Every key may call it.
    AnyKey,
    /// The key needs all of these scopes.
    Scopes(&'static [AccessScope]),
}

/// How an operation accepts If-Match. By default PATCH does if the response has a `version`, DELETE
/// if the response or that of GET at the same path has one, and others do not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IfMatch {
    Optional,
    Required,
}

macro_rules! tags {
    ($($variant:ident $name:literal $description:literal;)*) => {
        /// A group of operations in the document.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Tag { $(#[doc = $description] $variant,)* }

        impl Tag {
            /// The name in the document.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }
            /// What its operations are about.
            pub const fn description(self) -> &'static str {
                match self { $(Self::$variant => $description,)* }
            }
        }
    };
}

tags! {
    ApiKeys "api-keys" "Credentials of integrations, with scopes.";
    Applications "applications"
        "The application form, and the submissions of prospective partners.";
    Auth "auth" "Registration, sign-in, sessions and passwords.";
    Contacts "contacts" "People at partners.";
    Deals "deals" "Deal registrations of partners: registered, approved, won or lost.";
    Events "events" "The log of every change.";
    Exports "exports" "Exports of records as files.";
    Health "health" "Health and version of the server, and this document.";
    Imports "imports" "Imports of records from files.";
    Insights "insights" "Numbers over the partners with `in_intelligence`.";
    Integrations "integrations" "Connections to other services.";
    Jobs "jobs" "Work that takes longer than a request, and its results.";
    Members "members" "People of the organization and their roles.";
    Notifications "notifications" "Notifications in the application, by mail and in Slack.";
    Organization "organization" "The organization and its settings.";
    Partners "partners"
        "One profile per company, maintained by people and automation together.";
    Plans "plans" "Joint plans of partners: targets, won revenue and shared activities.";
    Scores "scores" "Fit and health of partners, with the evidence.";
    Tags "tags" "The organization's own labels for partners.";
    Tiers "tiers" "The tiers of the partner program, their requirements, and their evaluation.";
    Views "views" "Saved filters with sort and columns, private or shared.";
}

macro_rules! field_codes {
    ($($variant:ident $word:literal $detail:literal $field:literal;)*) => {
        /// The code of a field error that operations declare.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum FieldCode { $($variant,)* }

        impl FieldCode {
            /// Every code that exists.
            pub const ALL: &[FieldCode] = &[$(FieldCode::$variant),*];
            /// The code as it is sent.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }
            /// The meaning, as the end of a sentence about a field.
            pub const fn detail(self) -> &'static str {
                match self { $(Self::$variant => $detail,)* }
            }
            /// A field that can have it, for the example.
            pub const fn field(self) -> &'static str {
                match self { $(Self::$variant => $field,)* }
            }
        }
    };
}

field_codes! {
    Required "required" "is required" "name";
    ComputedField "computed_field"
        "is computed and cannot be written by automation" "pipeline";
    ManualOnlyField "manual_only_field" "can only be written by a person" "in_intelligence";
    ContactOfOtherPartner "contact_of_other_partner"
        "is a contact of another partner" "primary_contact_id";
    CurrencyMismatch "currency_mismatch" "is not the organization's currency" "currency";
    WeightsNot100Percent "weights_not_100_percent"
        "must add up to 10000, not 9000" "quarterly_weights";
    ClosedOnRequired "closed_on_required"
        "is required for a deal that is won or lost" "closed_on";
    InvalidDateOrder "invalid_date_order" "must not be before the other date" "closed_on";
    NotApplicable "not_applicable" "does not apply in this status" "lost_reason";
    NotFoundReference "not_found_reference" "does not exist" "tag_ids";
    MappingTypeMismatch "mapping_type_mismatch"
        "does not match the type of the field that it maps to" "questions/0/maps_to";
    AgreementRequired "agreement_required"
        "lacks a required agreement" "accepted_agreement_ids";
    PasswordTooCommon "password_too_common" "is a common password" "password";
}

/// Operations below one path prefix, in the order of the document. Made with [`operations!`].
pub struct OperationList {
    /// `/v1`, or nothing.
    pub prefix: &'static str,
    pub specs: &'static [&'static OperationSpec],
    pub mount: fn(&mut ServiceConfig<'_>),
}

/// The specs of all operations by their operationId.
pub struct OperationSpecs {
    by_id: HashMap<&'static str, &'static OperationSpec>,
}

impl OperationSpecs {
    /// The specs of all operations of these lists.
    pub fn of(lists: &[OperationList]) -> Self {
        let all = lists.iter().flat_map(|list| list.specs);
        Self { by_id: all.map(|spec| (spec.id, *spec)).collect() }
    }

    /// All specs, in no particular order.
    pub fn all(&self) -> impl Iterator<Item = &'static OperationSpec> {
        self.by_id.values().copied()
    }

    /// The spec of an operation of the document.
    /// # Panics
    /// There is none. Route and spec of an operation come from the same list, so this does not
    /// happen.
    pub fn get(&self, id: &serde_json::Value) -> &'static OperationSpec {
        let spec = id.as_str().and_then(|id| self.by_id.get(id));
        spec.expect("route and spec of an operation come from the same list")
    }
}

/// Adds the routes of operations, and their part of the document.
pub fn mount(lists: &[OperationList], config: &mut ServiceConfig<'_>) {
    for list in lists {
        if list.prefix.is_empty() {
            config.configure(list.mount);
        } else {
            config.service(scope(list.prefix).configure(list.mount));
        }
    }
}

/// Lists operations once, for the router, the gate and the document.
macro_rules! operations {
    ($prefix:literal: $($operation:path),* $(,)?) => {
        $crate::kernel::operation::OperationList {
            prefix: $prefix,
            specs: &[$(<$operation as $crate::kernel::operation::Operation>::SPEC),*],
            mount: |config| {
                $(config.service($operation);)*
            },
        }
    };
}
pub(crate) use operations;
