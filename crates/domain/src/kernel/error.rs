//! Errors as data: one table of codes, without internal details and without transport.

use std::borrow::Cow;

use serde_json::{Map, Value, json};

use crate::kernel::field_error::{self, FieldError, MAX_FAULTS};

/// The longest detail of a problem in characters.
const MAX_DETAIL: usize = 1_000;

macro_rules! codes {
    ($($variant:ident $text:literal $title:literal;)*) => {
        /// The code of a problem: stable, for programs (docs/errors.md).
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Code { $(#[doc = $title] $variant,)* }

        impl Code {
            /// Every code that exists.
            pub const ALL: &[Code] = &[$(Code::$variant),*];
            /// The word on the wire.
            pub const fn as_str(self) -> &'static str { match self { $(Code::$variant => $text,)* } }
            /// What it means, for people.
            pub const fn title(self) -> &'static str { match self { $(Code::$variant => $title,)* } }
        }
    };
}

codes! {
    MalformedJson "malformed_json" "The request body is not valid JSON.";
    InvalidParameter "invalid_parameter" "A parameter is not valid.";
    InvalidCursor "invalid_cursor" "The cursor is invalid or belongs to another filter or sort.";
    InvalidHeader "invalid_header" "A header is not valid.";
    IdempotencyKeyInvalid "idempotency_key_invalid" "The Idempotency-Key is not valid.";
    MissingCredentials "missing_credentials" "This operation requires a credential.";
    InvalidToken "invalid_token" "The credential is not valid.";
    TokenExpired "token_expired" "The access token has expired.";
    KeyRevoked "key_revoked" "The API key has been revoked.";
    KeyExpired "key_expired" "The API key has expired.";
    InvalidCredentials "invalid_credentials" "The e-mail address or the password is wrong.";
    RefreshTokenInvalid "refresh_token_invalid" "The refresh token is not valid.";
    RefreshTokenReused "refresh_token_reused" "The refresh token was used before, and its session \
                                               has been ended.";
    ResetTokenInvalid "reset_token_invalid" "The reset token is not valid.";
    InvitationInvalid "invitation_invalid" "The invitation is no longer valid.";
    ConfirmationInvalid "confirmation_invalid" "The confirmation link is no longer valid.";
    InsufficientRole "insufficient_role" "Your role does not allow this.";
    InsufficientScope "insufficient_scope" "The API key does not have the required scope.";
    OriginNotAllowed "origin_not_allowed" "Requests from this origin are not allowed.";
    AddressNotAllowed "address_not_allowed" "The API key cannot be used from this IP address.";
    NotViewOwner "not_view_owner" "Only the owner of the view or an admin may change it.";
    MemberSuspended "member_suspended" "The membership is suspended.";
    RegistrationClosed "registration_closed" "Registration is closed on this server.";
    NotFound "not_found" "The resource was not found.";
    NotOverridden "not_overridden" "The field is not overridden.";
    MethodNotAllowed "method_not_allowed" "The method is not allowed for this path.";
    NotAcceptable "not_acceptable" "No available representation matches the Accept header.";
    QueryTooExpensive "query_too_expensive" "The query takes too long to answer.";
    RequestTimeout "request_timeout" "The request did not arrive in time.";
    DomainTaken "domain_taken" "Another partner has this domain.";
    ExternalIdTaken "external_id_taken" "Another record has this external id.";
    EmailTaken "email_taken" "This e-mail address is already in use.";
    ContactEmailTaken "contact_email_taken" "Another contact of the partner has this e-mail \
        address.";
    KeyTaken "key_taken" "Another tier has this key.";
    RankTaken "rank_taken" "Another tier has this rank.";
    TagNameTaken "tag_name_taken" "Another tag of the category has this name.";
    ViewNameTaken "view_name_taken" "Another view of this owner has this name.";
    PartnerExists "partner_exists" "This partner already exists.";
    NameDiffers "name_differs" "The partner with this domain has another name.";
    DealConflict "deal_conflict" "Another partner has an approved deal for the same account.";
    DomainRequired "domain_required" "The partner has no domain.";
    InvalidTransition "invalid_transition" "The status of the deal cannot be changed to this one.";
    SubmissionAlreadyAccepted "submission_already_accepted" "The submission was already accepted.";
    FormChanged "form_changed" "The form has changed. Load it again.";
    TooManyTags "too_many_tags" "The partner has the maximum number of tags.";
    TierInUse "tier_in_use" "Partners are assigned to this tier manually.";
    DefaultTier "default_tier" "There must be exactly one default tier.";
    SlackNotConnected "slack_not_connected" "The organization is not connected to Slack.";
    DeliverySucceeded "delivery_succeeded" "The notification was already delivered.";
    JobFinished "job_finished" "The job has already ended.";
    JobNotFinished "job_not_finished" "The job has not ended yet.";
    LastOwner "last_owner" "An organization needs at least one owner.";
    AlreadyMember "already_member" "This person is already a member.";
    CurrencyInUse "currency_in_use" "The currency cannot be changed once an amount exists.";
    IdempotencyInProgress "idempotency_in_progress" "A request with this Idempotency-Key is \
        still running.";
    IdempotencyAnswerLost "idempotency_answer_lost" "The request was carried out, but its response \
        is no longer available.";
    JobExpired "job_expired" "The job or its result is no longer available.";
    EventsExpired "events_expired" "These events are no longer available.";
    VersionMismatch "version_mismatch" "The resource was changed since that version.";
    BodyTooLarge "body_too_large" "The request body is too large.";
    QueryTooLong "query_too_long" "The query string is too long.";
    UnsupportedMediaType "unsupported_media_type" "The media type is not supported here.";
    IfMatchRequired "if_match_required" "This operation requires If-Match with the version that \
                                         you replace.";
    ValidationFailed "validation_failed" "The request body is not valid.";
    InvalidFilter "invalid_filter" "The filter is not valid.";
    InvalidSelection "invalid_selection" "Send exactly one of `partner_ids`, `filter` and \
        `view_id`.";
    CircularRequirement "circular_requirement" "The requirement depends on the tier itself.";
    FormNeedsNameQuestion "form_needs_name_question" "An open form must ask for the company's \
        name.";
    UseAcceptance "use_acceptance" "Use the acceptance operation to accept a submission.";
    SlackRejected "slack_rejected" "Slack did not accept the token.";
    NotOverridable "not_overridable" "This field cannot be overridden.";
    BatchTooLarge "batch_too_large" "The batch has too many operations.";
    UrlNotAllowed "url_not_allowed" "Requests to this address are not allowed.";
    ImageUnreadable "image_unreadable" "The file is not a readable PNG, JPEG or WebP image.";
    MappingUnknownColumn "mapping_unknown_column" "The mapping refers to a column that the file \
        does not have.";
    CsvUnreadable "csv_unreadable" "The file cannot be read.";
    IdempotencyKeyReused "idempotency_key_reused" "The Idempotency-Key was used for another \
        request.";
    BatchAborted "batch_aborted" "The batch was undone because another operation failed.";
    QuotaExceeded "quota_exceeded" "Too many requests.";
    InternalError "internal_error" "Something went wrong on our side.";
    Unavailable "unavailable" "The service is temporarily unavailable.";
    AiUnavailable "ai_unavailable" "No language model is configured in this deployment.";
    // Only in job items, where the status is not used.
    RefreshInProgress "refresh_in_progress" "The partner is already being scored.";
    Unchanged "unchanged" "There is nothing to change.";
    Overridden "overridden" "A person has set the field.";
    DuplicateOfRow "duplicate_of_row" "An earlier row of the file is for the same partner.";
    FetchFailed "fetch_failed" "A source could not be read.";
    RowWithoutName "row_without_name" "The row has no name.";
    RowTooLong "row_too_long" "The row has more cells than the header has columns.";
}

impl Code {
    /// The code with this name.
    pub fn of(word: &str) -> Option<Code> {
        Self::ALL.iter().copied().find(|code| code.as_str() == word)
    }
}

/// An error that the client can see.
#[derive(Debug, Clone, PartialEq)]
pub struct Problem {
    pub code: Code,
    /// One sentence about this occurrence.
    pub detail: String,
    pub meta: Map<String, Value>,
    pub errors: Vec<FieldError>,
}

/// The one error type of the server.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// An error that the client can correct.
    #[error("{}: {}", .0.code.as_str(), .0.detail)]
    Problem(Box<Problem>),
    /// An internal error; logged once at the boundary, never shown.
    #[error("internal: {0}")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A required part (the database) is not available; the client may try again soon.
    #[error("unavailable: {0}")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
}

pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// A problem with the code's title as its detail.
    pub fn of(code: Code) -> Self {
        Self::new(code, code.title())
    }

    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        let detail = field_error::shortened(Cow::Owned(detail.into()), MAX_DETAIL).into_owned();
        Self::Problem(Box::new(Problem { code, detail, meta: Map::new(), errors: Vec::new() }))
    }

    /// All errors of a body at once. A single error with a code of its own gives its code to the
    /// problem.
    pub fn invalid(mut faults: Vec<FieldError>) -> Self {
        faults.truncate(MAX_FAULTS);
        if let [only] = faults.as_slice()
            && only.code == Code::BatchTooLarge.as_str()
        {
            return Self::new(Code::BatchTooLarge, only.detail.clone()).at(only.clone());
        }
        let detail = match faults.as_slice() {
            [only] => format!("1 field is not valid, {}: {}.", only.place, only.detail),
            many => format!("{} fields are not valid.", count_of(many)),
        };
        Self::Problem(Box::new(Problem {
            code: Code::ValidationFailed,
            detail,
            meta: Map::new(),
            errors: faults,
        }))
    }

    /// One invalid property of the body, found only with the data.
    pub fn field(code: &'static str, field: &str, detail: impl Into<String>) -> Self {
        Self::invalid(vec![FieldError::at_pointer(code, format!("#/{field}"), detail)])
    }

    /// Whether a full disk is the reason.
    pub fn is_out_of_space(&self) -> bool {
        matches!(self, Self::Unavailable(source) if source.is::<OutOfSpace>())
    }

    /// Whether the database is not available or a disk is full: the request is not at fault, and
    /// may be repeated however often it has failed.
    pub fn is_outage(&self) -> bool {
        match self {
            Self::Unavailable(source) => source.is::<OutOfSpace>() || source.is::<DatabaseAway>(),
            _ => false,
        }
    }

    /// The database cannot be reached, or has closed the connection.
    pub fn database_away(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Unavailable(DatabaseAway(source.into()).into())
    }

    pub fn internal(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Internal(source.into())
    }

    pub fn not_found() -> Self {
        Self::of(Code::NotFound)
    }

    /// Another record has the value at `pointer`.
    pub fn taken(code: Code, pointer: &str) -> Self {
        Self::of(code).at(FieldError::at_pointer(
            code.as_str(),
            pointer,
            "belongs to another record",
        ))
    }

    /// The resource was changed since the expected version.
    pub fn version_mismatch(current: i64) -> Self {
        let fault = FieldError::at_header(
            Code::VersionMismatch.as_str(),
            "If-Match",
            "is not the current version",
        );
        Self::of(Code::VersionMismatch).meta("current_version", json!(current)).at(fault)
    }

    /// Adds a detail for programs.
    pub fn meta(mut self, key: &str, value: Value) -> Self {
        if let Self::Problem(problem) = &mut self {
            problem.meta.insert(key.to_owned(), value);
        }
        self
    }

    /// Adds the place of a single special error. Beyond [`MAX_FAULTS`] nothing is added.
    pub fn at(mut self, fault: FieldError) -> Self {
        if let Self::Problem(problem) = &mut self
            && problem.errors.len() < MAX_FAULTS
        {
            problem.errors.push(fault);
        }
        self
    }

    pub fn code(&self) -> Code {
        match self {
            Self::Problem(problem) => problem.code,
            Self::Internal(_) => Code::InternalError,
            Self::Unavailable(_) => Code::Unavailable,
        }
    }
}

/// The number of errors, for a sentence.
pub(crate) fn count_of(faults: &[FieldError]) -> String {
    match faults.len() {
        count if count < MAX_FAULTS => count.to_string(),
        count => format!("{count} or more"),
    }
}

/// Converts a constraint violation to the client's error, by the name of the constraint
/// (`<table>_<field>_<kind>`); any other error is internal or means that the database is not
/// available.
impl From<diesel::result::Error> for Error {
    fn from(error: diesel::result::Error) -> Self {
        use diesel::result::{DatabaseErrorKind as Kind, Error as Diesel};
        match &error {
            Diesel::NotFound => Self::not_found(),
            Diesel::DatabaseError(kind, info) => {
                let constraint = info.constraint_name().unwrap_or_default();
                match kind {
                    Kind::UniqueViolation => {
                        match UNIQUE_CONSTRAINTS.iter().find(|(name, ..)| *name == constraint) {
                            Some((_, code, place)) => Self::taken(*code, place),
                            None => Self::internal(error),
                        }
                    }
                    Kind::ForeignKeyViolation | Kind::CheckViolation => {
                        let table = info.table_name().unwrap_or_default();
                        let field =
                            constraint.strip_prefix(table).and_then(|rest| rest.strip_prefix('_'));
                        match field.and_then(|rest| {
                            rest.strip_suffix("_fkey").or_else(|| rest.strip_suffix("_check"))
                        }) {
                            Some(field) if matches!(kind, Kind::ForeignKeyViolation) => {
                                Self::field("not_found_reference", field, "does not exist")
                            }
                            Some(field) => {
                                Self::field("out_of_range", field, "is outside the allowed range")
                            }
                            None => Self::internal(error),
                        }
                    }
                    Kind::ClosedConnection => Self::database_away(error),
                    Kind::SerializationFailure => Self::Unavailable(error.into()),
                    _ if is_out_of_space(info.message()) => {
                        Self::Unavailable(OutOfSpace(error.into()).into())
                    }
                    _ if is_away(info.message()) => Self::database_away(error),
                    _ if is_passing(info.message()) => Self::Unavailable(error.into()),
                    _ => Self::internal(error),
                }
            }
            _ => Self::internal(error),
        }
    }
}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Self {
        use std::io::ErrorKind as Kind;
        match error.kind() {
            Kind::StorageFull | Kind::QuotaExceeded => {
                Self::Unavailable(OutOfSpace(error.into()).into())
            }
            _ => Self::internal(error),
        }
    }
}

/// A disk is full; the request may be repeated when there is space.
#[derive(Debug, thiserror::Error)]
#[error("no space left on the disk of the database: {0}")]
pub struct OutOfSpace(#[source] Box<dyn std::error::Error + Send + Sync>);

/// The database is not available; the request may be repeated later.
#[derive(Debug, thiserror::Error)]
#[error("the database is not available: {0}")]
pub struct DatabaseAway(#[source] Box<dyn std::error::Error + Send + Sync>);

/// Whether PostgreSQL reports a full disk (SQLSTATE 53100). Diesel only keeps the message.
fn is_out_of_space(message: &str) -> bool {
    ["No space left on device", "Disk quota exceeded", "could not extend file"]
        .iter()
        .any(|part| message.contains(part))
}

/// Whether PostgreSQL reports a temporary failure: the same request may succeed a moment later.
fn is_passing(message: &str) -> bool {
    const BEGINNINGS: [&str; 6] = [
        "canceling statement",
        // PostgreSQL ends one of two transactions that wait for each other.
        "deadlock detected",
        // Class 53: the machine or the server has insufficient resources at present.
        "out of memory",
        "out of shared memory",
        "sorry, too many clients",
        "temporary file size exceeds",
    ];
    BEGINNINGS.iter().any(|beginning| message.starts_with(beginning))
}

/// Whether PostgreSQL is shutting down, or the connection is broken.
fn is_away(message: &str) -> bool {
    message.starts_with("the database system") || message.contains("connection")
}

/// The errors of unique constraints.
const UNIQUE_CONSTRAINTS: &[(&str, Code, &str)] = &[
    ("partners_domain_key", Code::DomainTaken, "#/domain"),
    ("partners_external_id_key", Code::ExternalIdTaken, "#/external_id"),
    ("contacts_email_key", Code::ContactEmailTaken, "#/email"),
    ("tags_name_key", Code::TagNameTaken, "#/name"),
    ("tiers_pkey", Code::KeyTaken, "#/key"),
    ("tiers_rank_key", Code::RankTaken, "#/rank"),
    ("members_email_key", Code::AlreadyMember, "#/email"),
    ("views_name_key", Code::ViewNameTaken, "#/name"),
    ("deals_external_id_key", Code::ExternalIdTaken, "#/external_id"),
];

#[cfg(test)]
mod tests {
    use diesel::result::{DatabaseErrorKind, Error as Diesel};

    use super::*;

    #[test]
    fn what_passes_is_no_fault_of_ours_and_a_full_disk_is_known_as_one() {
        let heard = |message: &str| {
            let information = Box::new(message.to_owned());
            Error::from(Diesel::DatabaseError(DatabaseErrorKind::Unknown, information))
        };
        for full in [
            "could not extend file \"base/16385/16801\": No space left on device",
            "could not extend file \"base/16385/16801\": wrote only 4096 of 8192 bytes at block 7",
            "could not write to file \"base/pgsql_tmp/pgsql_tmp7.0\": No space left on device",
            "could not write to file \"pg_wal/xlogtemp.7\": Disk quota exceeded",
        ] {
            assert_eq!(heard(full).code(), Code::Unavailable, "{full}");
            assert!(heard(full).is_out_of_space(), "{full}");
        }
        for passing in [
            "out of memory",
            "out of shared memory",
            "sorry, too many clients already",
            "remaining connection slots are reserved for roles with the SUPERUSER attribute",
            "the database system is in recovery mode",
            "canceling statement due to lock timeout",
            "deadlock detected",
        ] {
            assert_eq!(heard(passing).code(), Code::Unavailable, "{passing}");
            assert!(!heard(passing).is_out_of_space(), "{passing}");
        }
        assert_eq!(heard("syntax error at or near \"x\"").code(), Code::InternalError);
        let file = std::io::Error::from(std::io::ErrorKind::StorageFull);
        assert!(Error::from(file).is_out_of_space());
    }
}
