//! The only place where errors become HTTP responses: problem documents of RFC 9457
//! (docs/errors.md).

use std::fmt;

use actix_web::{
    HttpResponse, HttpResponseBuilder, ResponseError,
    http::{StatusCode, header},
};
use domain::{Code, Error, batch::BatchOutcome, error_report::ErrorReport, field_error};
use serde_json::{Value, json};
use uuid::Uuid;

/// The result of a handler.
pub type Result<T = HttpResponse, E = Failure> = std::result::Result<T, E>;

/// An error of a handler. The gate writes its body, because path and request id are known there.
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

/// The status of a code.
pub const fn status_of(code: Code) -> u16 {
    match code {
        Code::MalformedJson
        | Code::InvalidParameter
        | Code::InvalidCursor
        | Code::InvalidHeader
        | Code::IdempotencyKeyInvalid
        | Code::QueryTooExpensive => 400,
        Code::MissingCredentials
        | Code::InvalidToken
        | Code::TokenExpired
        | Code::KeyRevoked
        | Code::KeyExpired
        | Code::InvalidCredentials
        | Code::RefreshTokenInvalid
        | Code::RefreshTokenReused
        | Code::ResetTokenInvalid
        | Code::InvitationInvalid
        | Code::ConfirmationInvalid => 401,
        Code::InsufficientRole
        | Code::InsufficientScope
        | Code::OriginNotAllowed
        | Code::AddressNotAllowed
        | Code::NotViewOwner
        | Code::MemberSuspended
        | Code::RegistrationClosed => 403,
        Code::NotFound | Code::NotOverridden => 404,
        Code::MethodNotAllowed => 405,
        Code::NotAcceptable => 406,
        Code::RequestTimeout => 408,
        Code::DomainTaken
        | Code::ExternalIdTaken
        | Code::EmailTaken
        | Code::ContactEmailTaken
        | Code::KeyTaken
        | Code::RankTaken
        | Code::TagNameTaken
        | Code::ViewNameTaken
        | Code::PartnerExists
        | Code::NameDiffers
        | Code::DealConflict
        | Code::DomainRequired
        | Code::InvalidTransition
        | Code::SubmissionAlreadyAccepted
        | Code::FormChanged
        | Code::TooManyTags
        | Code::TierInUse
        | Code::DefaultTier
        | Code::SlackNotConnected
        | Code::DeliverySucceeded
        | Code::JobFinished
        | Code::JobNotFinished
        | Code::LastOwner
        | Code::AlreadyMember
        | Code::CurrencyInUse
        | Code::IdempotencyInProgress
        | Code::IdempotencyAnswerLost
        | Code::RefreshInProgress => 409,
        Code::JobExpired | Code::EventsExpired => 410,
        Code::VersionMismatch => 412,
        Code::BodyTooLarge => 413,
        Code::QueryTooLong => 414,
        Code::UnsupportedMediaType => 415,
        Code::ValidationFailed
        | Code::InvalidFilter
        | Code::InvalidSelection
        | Code::CircularRequirement
        | Code::FormNeedsNameQuestion
        | Code::UseAcceptance
        | Code::SlackRejected
        | Code::NotOverridable
        | Code::BatchTooLarge
        | Code::UrlNotAllowed
        | Code::ImageUnreadable
        | Code::MappingUnknownColumn
        | Code::CsvUnreadable
        | Code::IdempotencyKeyReused
        | Code::Unchanged
        | Code::Overridden
        | Code::DuplicateOfRow
        | Code::FetchFailed
        | Code::RowWithoutName
        | Code::RowTooLong => 422,
        Code::BatchAborted => 424,
        Code::IfMatchRequired => 428,
        Code::QuotaExceeded => 429,
        Code::InternalError => 500,
        Code::Unavailable | Code::AiUnavailable => 503,
    }
}

/// The status that an operation of a batch would have as a single request.
pub const fn batch_status(outcome: BatchOutcome) -> u16 {
    match outcome {
        BatchOutcome::Created => 201,
        BatchOutcome::Updated => 200,
        BatchOutcome::Deleted => 204,
    }
}

fn status(code: Code) -> StatusCode {
    StatusCode::from_u16(status_of(code)).expect("the table has valid statuses")
}

/// The `type` of a problem: a URL that explains its code.
pub fn type_of(code: &str) -> String {
    match Code::of(code) {
        Some(Code::QuotaExceeded) => {
            "https://iana.org/assignments/http-problem-types#quota-exceeded".to_owned()
        }
        _ => format!("https://docs.example.com/problems/{code}"),
    }
}

/// The longest path in characters that a problem repeats; every path of the document is shorter.
const MAX_INSTANCE: usize = 500;

/// The problem document of a report. A code that this version does not know is shown as a server
/// error.
pub fn document(report: &ErrorReport, instance: &str) -> Value {
    let code = Code::of(&report.code).unwrap_or(Code::InternalError);
    json!({
        "type": type_of(&report.code),
        "title": code.title(),
        "status": status_of(code),
        "detail": report.detail,
        "instance": field_error::shortened(instance.into(), MAX_INSTANCE),
        "code": report.code,
        "request_id": report.request_id,
        "meta": report.meta,
        "errors": report.errors,
    })
}

/// The response of an error. Logs once what the client does not see.
pub fn response(error: &Error, instance: &str, request_id: Uuid) -> HttpResponse {
    match error {
        Error::Internal(source) => tracing::error!(error = chain(&**source), "internal error"),
        Error::Unavailable(source) => tracing::warn!(error = chain(&**source), "unavailable"),
        Error::Problem(_) => {}
    }
    let code = error.code();
    let mut answer = HttpResponseBuilder::new(status(code));
    answer.insert_header((header::CONTENT_TYPE, "application/problem+json"));
    match status_of(code) {
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
            (status_of(code), problem.meta.get("allowed").and_then(Value::as_array))
        {
            let allowed: Vec<&str> = allowed.iter().filter_map(Value::as_str).collect();
            answer.insert_header((header::ALLOW, allowed.join(", ")));
        }
    }
    answer.body(document(&ErrorReport::new(error, request_id), instance).to_string())
}

/// An error with all its causes.
fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    std::iter::successors(error.source(), |e| e.source())
        .fold(error.to_string(), |text, e| format!("{text}: {e}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Jobs of earlier versions hold the whole document.
    #[test]
    fn a_stored_problem_of_an_earlier_version_is_shown_as_it_was() {
        let error = Error::of(Code::FetchFailed).meta("url", "https://acme.example".into());
        let shown = document(&ErrorReport::of_item(&error, Uuid::nil()), "/v1/jobs/x/items");
        assert_eq!((&shown["status"], &shown["code"]), (&json!(422), &json!("fetch_failed")));
        let stored: ErrorReport = serde_json::from_value(shown.clone()).unwrap();
        assert_eq!(document(&stored, "/v1/jobs/x/items"), shown);
    }

    #[test]
    fn a_code_of_a_later_version_is_an_error_of_the_server() {
        let stored = json!({"code": "not_known_here", "detail": "Something new."});
        let stored: ErrorReport = serde_json::from_value(stored).unwrap();
        let shown = document(&stored, "/v1/jobs/x");
        assert_eq!((&shown["status"], &shown["detail"]), (&json!(500), &json!("Something new.")));
    }
}
