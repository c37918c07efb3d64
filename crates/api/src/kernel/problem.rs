//! The only place where errors become HTTP: problem documents of RFC 9457 (docs/errors.md).

use std::fmt;

use actix_web::{
    HttpResponse, HttpResponseBuilder, ResponseError,
    http::{StatusCode, header},
};
use domain::{Code, Error, jobs::StoredProblem};
use serde_json::Value;
use uuid::Uuid;

/// The result of a handler.
pub type Result<T = HttpResponse, E = Failure> = std::result::Result<T, E>;

/// An error on its way out; the gate writes its body, where path and request id are known.
#[derive(Debug)]
pub struct Failure(pub Error);

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.code().as_str())
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

impl ResponseError for Failure {
    fn status_code(&self) -> StatusCode {
        status(self.0.code())
    }
    fn error_response(&self) -> HttpResponse {
        HttpResponse::new(self.status_code())
    }
}

fn status(code: Code) -> StatusCode {
    StatusCode::from_u16(code.status()).expect("the table has valid statuses")
}

/// The whole answer; logs once what the client is not told.
pub fn response(error: &Error, instance: &str, request_id: Uuid) -> HttpResponse {
    match error {
        Error::Internal(source) => tracing::error!(error = chain(&**source), "internal error"),
        Error::Unavailable(source) => tracing::warn!(error = chain(&**source), "unavailable"),
        Error::Problem(_) => {}
    }
    let code = error.code();
    let mut answer = HttpResponseBuilder::new(status(code));
    answer.insert_header((header::CONTENT_TYPE, "application/problem+json"));
    match code.status() {
        401 => {
            answer.insert_header((header::WWW_AUTHENTICATE, r#"Bearer error="invalid_token""#));
        }
        503 => {
            answer.insert_header((header::RETRY_AFTER, "2"));
        }
        _ => {}
    }
    if let Error::Problem(problem) = error {
        if let Some(seconds) = problem.meta.get("retry_after").and_then(Value::as_u64) {
            answer.insert_header((header::RETRY_AFTER, seconds.to_string()));
        }
        if let Some(encoding) = problem.meta.get("accept_encoding").and_then(Value::as_str) {
            answer.insert_header((header::ACCEPT_ENCODING, encoding));
        }
        if let (405, Some(allowed)) =
            (code.status(), problem.meta.get("allowed").and_then(Value::as_array))
        {
            let allowed: Vec<&str> = allowed.iter().filter_map(Value::as_str).collect();
            answer.insert_header((header::ALLOW, allowed.join(", ")));
        }
    }
    answer.body(StoredProblem::new(error, instance, request_id).0.to_string())
}

/// An error with all its causes.
fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    std::iter::successors(error.source(), |e| e.source())
        .fold(error.to_string(), |text, e| format!("{text}: {e}"))
}
