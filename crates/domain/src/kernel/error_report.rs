//! The public form of an error: its code, message, details and places. Jobs store it; the API shows
//! it as a problem.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{RefOr, Schema},
};
use uuid::Uuid;

use crate::kernel::{
    error::Error,
    events::request_id,
    field_error::{self, FieldError, MAX_FAULTS},
};

/// The most errors that are listed for one item of a job or a batch.
pub const MAX_ITEM_FAULTS: usize = 10;

/// An error without internal details; the component `Problem` of the document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ErrorReport {
    pub code: String,
    /// One sentence about this occurrence.
    pub detail: String,
    /// Details for programs.
    #[serde(default)]
    pub meta: Map<String, Value>,
    /// The errors with their places.
    #[serde(default)]
    pub errors: Vec<Value>,
    /// The request that started the work.
    #[serde(default)]
    pub request_id: String,
}

impl PartialSchema for ErrorReport {
    fn schema() -> RefOr<Schema> {
        utoipa::openapi::ObjectBuilder::new().description(Some("A problem (RFC 9457).")).into()
    }
}
impl ToSchema for ErrorReport {
    fn name() -> Cow<'static, str> {
        "Problem".into()
    }
}

impl ErrorReport {
    /// The report of a request's or job's error.
    pub fn new(error: &Error, request: Uuid) -> Self {
        Self::with_faults(error, request, MAX_FAULTS)
    }

    /// The report of one item among many. It lists at most [`MAX_ITEM_FAULTS`] errors, so that
    /// hundreds of items with a hundred errors each do not make a response of megabytes.
    pub fn of_item(error: &Error, request: Uuid) -> Self {
        Self::with_faults(error, request, MAX_ITEM_FAULTS)
    }

    fn with_faults(error: &Error, request: Uuid, most: usize) -> Self {
        let code = error.code();
        let nothing = Map::new();
        let (detail, meta, errors): (_, _, &[FieldError]) = match error {
            Error::Problem(problem) => (problem.detail.as_str(), &problem.meta, &problem.errors),
            _ => (code.title(), &nothing, &[]),
        };
        let mut meta = meta.clone();
        let mut errors: Vec<FieldError> = errors.iter().take(most).cloned().collect();
        field_error::state_allowed_once(&mut meta, &mut errors);
        Self {
            code: code.as_str().to_owned(),
            detail: detail.to_owned(),
            meta,
            errors: errors.iter().map(|fault| serde_json::json!(fault)).collect(),
            request_id: request_id(request),
        }
    }
}
