//! What is said of an error to whoever asked: its code, a sentence, facts and places. Jobs keep it;
//! the API shows it as a problem.

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

/// Faults that are listed of one item of a job or a batch.
pub const MAX_ITEM_FAULTS: usize = 10;

/// An error without a word about the inside; the component `Problem` of the document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ErrorReport {
    pub code: String,
    /// One sentence about this very case.
    pub detail: String,
    /// Facts for programs.
    #[serde(default)]
    pub meta: Map<String, Value>,
    /// The places that are wrong.
    #[serde(default)]
    pub errors: Vec<Value>,
    /// The request that asked for the work.
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
    /// Of a request or a job.
    pub fn new(error: &Error, request: Uuid) -> Self {
        Self::with_faults(error, request, MAX_FAULTS)
    }

    /// Of one item among many: it lists [`MAX_ITEM_FAULTS`] faults at most, so that hundreds of
    /// items with a hundred faults each do not make an answer of megabytes.
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
