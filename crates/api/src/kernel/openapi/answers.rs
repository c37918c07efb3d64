//! Responses: the headers of each status, and the problems of each operation with an example for
//! each code.

use std::collections::BTreeMap;

use domain::Code;
use serde_json::{Map, Value as Json, json};

use crate::kernel::{
    operation::{FieldCode, IfMatch, OperationSpec},
    problem::{status_of, type_of},
};

/// The problems that operations share: status, component name, description and codes.
const COMMON: &[(u16, &str, &str, &[Code])] = &[
    (
        400,
        "BadRequest",
        "The request is malformed: its JSON, a parameter or a header is not valid.",
        &[
            Code::MalformedJson,
            Code::InvalidParameter,
            Code::InvalidHeader,
            Code::IdempotencyKeyInvalid,
            Code::QueryTooExpensive,
        ],
    ),
    (
        401,
        "Unauthorized",
        "The credential is missing or no longer valid.",
        &[
            Code::MissingCredentials,
            Code::InvalidToken,
            Code::TokenExpired,
            Code::KeyRevoked,
            Code::KeyExpired,
        ],
    ),
    (
        403,
        "Forbidden",
        "The credential does not permit this operation.",
        &[Code::InsufficientRole, Code::InsufficientScope, Code::AddressNotAllowed],
    ),
    (404, "NotFound", "The resource does not exist in this organization.", &[Code::NotFound]),
    (406, "NotAcceptable", "No available representation matches `Accept`.", &[Code::NotAcceptable]),
    (
        408,
        "RequestTimeout",
        "The body did not arrive in time. The request was not carried out.",
        &[Code::RequestTimeout],
    ),
    (
        409,
        "Conflict",
        "The request conflicts with the current state.",
        &[Code::IdempotencyInProgress, Code::IdempotencyAnswerLost],
    ),
    (412, "PreconditionFailed", "`If-Match` names another version.", &[Code::VersionMismatch]),
    (413, "ContentTooLarge", "The body is larger than allowed.", &[Code::BodyTooLarge]),
    (414, "UriTooLong", "The query string is longer than 8 KiB.", &[Code::QueryTooLong]),
    (
        415,
        "UnsupportedMediaType",
        "The operation does not accept this media type.",
        &[Code::UnsupportedMediaType],
    ),
    (
        422,
        "UnprocessableContent",
        "The body is not valid; `errors` lists every error.",
        &[Code::ValidationFailed, Code::IdempotencyKeyReused],
    ),
    (428, "PreconditionRequired", "The operation needs `If-Match`.", &[Code::IfMatchRequired]),
    (
        429,
        "TooManyRequests",
        "The quota is used up. Try again after `Retry-After`.",
        &[Code::QuotaExceeded],
    ),
    (500, "InternalError", "Something went wrong on our side.", &[Code::InternalError]),
    (
        503,
        "Unavailable",
        "The service is temporarily unavailable. Try again after `Retry-After`.",
        &[Code::Unavailable],
    ),
];

/// What the responses of one operation depend on.
pub struct Traits<'a> {
    pub spec: &'a OperationSpec,
    pub has_path_parameters: bool,
    pub has_body: bool,
    pub takes_if_match: bool,
    /// The response has an ETag.
    pub has_etag: bool,
    pub is_get: bool,
    pub path: String,
}

/// A code that an operation adds to the common ones.
#[derive(Clone, Copy)]
pub enum OwnCode {
    Problem(Code),
    Field(FieldCode),
}

impl OwnCode {
    /// All codes of an operation, in the order of the document.
    pub fn of(spec: &OperationSpec) -> impl Iterator<Item = Self> {
        let required = spec.if_match == Some(IfMatch::Required);
        let if_match = required.then_some(Self::Problem(Code::IfMatchRequired));
        let problems = spec.errors.iter().copied().map(Self::Problem);
        let fields = spec.field_errors.iter().copied().map(Self::Field);
        if_match.into_iter().chain(problems).chain(fields)
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Problem(code) => code.as_str(),
            Self::Field(code) => code.as_str(),
        }
    }

    fn status(self) -> u16 {
        match self {
            Self::Problem(code) => status_of(code),
            Self::Field(_) => status_of(Code::ValidationFailed),
        }
    }

    fn description(self) -> String {
        match self {
            Self::Problem(code) => format!("`{}`: {}", code.as_str(), code.title()),
            Self::Field(code) => format!("`{}`: A field {}.", code.as_str(), code.detail()),
        }
    }
}

/// Adds headers and problems to the responses that a handler declares.
pub fn finish(responses: &mut Map<String, Json>, operation: &Traits<'_>) {
    if operation.is_get && operation.has_etag {
        responses.insert(
            "304".into(),
            json!({"description": "Not changed since the version of `If-None-Match`."}),
        );
    }
    for (status, response) in responses.iter_mut() {
        let code: u16 = status
            .parse()
            .unwrap_or_else(|_| panic!("{}: the status {status} is not a number", operation.path));
        assert!(
            code < 400,
            "{}: problems are named by their codes, not as responses ({status})",
            operation.path
        );
        if response["description"].as_str().is_none_or(str::is_empty) {
            response["description"] = json!(meaning(code));
        }
        response["headers"] = success_headers(code, response, operation);
    }
    let mut own: BTreeMap<u16, Vec<OwnCode>> = BTreeMap::new();
    for code in OwnCode::of(operation.spec) {
        own.entry(code.status()).or_default().push(code);
    }
    let common =
        COMMON.iter().map(|(status, ..)| *status).filter(|status| can_answer(*status, operation));
    let statuses: std::collections::BTreeSet<u16> = common.chain(own.keys().copied()).collect();
    for status in statuses {
        responses.insert(
            status.to_string(),
            problem_response(status, own.get(&status).map_or(&[], Vec::as_slice), operation),
        );
    }
}

/// Whether the operation can respond with the common problem of this status.
fn can_answer(status: u16, operation: &Traits<'_>) -> bool {
    match status {
        401 | 403 => !operation.spec.is_public(),
        404 => operation.has_path_parameters,
        409 => operation.spec.takes_key,
        412 => operation.takes_if_match,
        428 => operation.spec.if_match == Some(IfMatch::Required),
        408 | 413 | 415 => operation.has_body,
        422 => operation.has_body || operation.has_path_parameters || operation.spec.takes_key,
        _ => true,
    }
}

fn meaning(status: u16) -> &'static str {
    match status {
        200 => "Done.",
        201 => "Created.",
        202 => "Accepted. The work continues in the background.",
        204 => "No content.",
        207 => "The status of each operation is in its result.",
        _ => "Answered.",
    }
}

/// The shared response if the operation adds no codes, otherwise one with its own codes first.
fn problem_response(status: u16, own: &[OwnCode], operation: &Traits<'_>) -> Json {
    let common = COMMON.iter().find(|(common, ..)| *common == status);
    if let (true, Some((_, name, ..))) = (own.is_empty(), common) {
        return json!({"$ref": format!("#/components/responses/{name}")});
    }
    let mut description: Vec<String> = own.iter().map(|code| code.description()).collect();
    let shared = common.filter(|(status, ..)| can_answer(*status, operation));
    description.extend(shared.map(|(_, _, when, _)| (*when).to_owned()));
    let codes = shared.map_or(&[][..], |(.., codes)| codes).iter().map(|code| code.as_str());
    problem(status, &description.join(" "), own.iter().map(|code| code.as_str()).chain(codes))
}

fn problem<'a>(status: u16, description: &str, codes: impl Iterator<Item = &'a str>) -> Json {
    let examples: Map<String, Json> = codes
        .map(|code| (code.to_owned(), json!({"$ref": format!("#/components/examples/{code}")})))
        .collect();
    json!({
        "description": description,
        "headers": headers_of(status),
        "content": {
            "application/problem+json": {
                "schema": {"$ref": "#/components/schemas/Problem"},
                "examples": examples
            }
        }
    })
}

/// Whether a code is one of those that operations share.
pub fn is_common(code: &str) -> bool {
    COMMON.iter().any(|(.., codes)| codes.iter().any(|common| common.as_str() == code))
}

/// The responses below `components`.
pub fn shared() -> Map<String, Json> {
    let response = |(status, name, when, codes): &(u16, &str, &str, &[Code])| {
        ((*name).to_owned(), problem(*status, when, codes.iter().map(|code| code.as_str())))
    };
    COMMON.iter().map(response).collect()
}

/// One problem per code, as it is sent.
pub fn problem_examples() -> Map<String, Json> {
    let codes = Code::ALL.iter().map(|code| {
        let errors = match code {
            Code::ValidationFailed => json!([
                fault(
                    "out_of_range",
                    "must be between 0 and 10000000",
                    "employees",
                    json!({"min": 0, "max": 10_000_000})
                ),
                fault(
                    "unknown_field",
                    "unknown property",
                    "indsutry",
                    json!({"did_you_mean": "industry"})
                ),
            ]),
            _ => json!([]),
        };
        let meta = match code {
            Code::VersionMismatch => json!({"current_version": 19}),
            Code::DealConflict => json!({"deal_ids": ["deal_01kb1q3x5se7wtc2gnh2avw0fd"]}),
            Code::InvalidTransition => {
                json!({"from": "rejected", "to": "won", "allowed": ["under_review"]})
            }
            Code::IdempotencyAnswerLost => json!({
                "status": 201,
                "location": "/v1/partners/ptn_01kb1q3x5se7wtc2gnh2avw0fd",
            }),
            Code::InsufficientRole => json!({"required_role": "admin"}),
            Code::InsufficientScope => json!({"required_scope": "partners:write"}),
            _ => json!({}),
        };
        (code.as_str().to_owned(), example(*code, code.title(), meta, errors))
    });
    let fields = FieldCode::ALL.iter().map(|code| {
        let (word, detail, field) = (code.as_str(), code.detail(), code.field());
        let errors = json!([fault(word, detail, field, json!({}))]);
        let sentence = format!("1 field is not valid, `{field}`: {detail}.");
        (word.to_owned(), example(Code::ValidationFailed, &sentence, json!({}), errors))
    });
    codes.chain(fields).collect()
}

fn example(code: Code, detail: &str, meta: Json, errors: Json) -> Json {
    json!({
        "summary": detail,
        "value": {
            "type": type_of(code.as_str()),
            "title": code.title(),
            "status": status_of(code),
            "detail": detail,
            "instance": "/v1/partners",
            "code": code.as_str(),
            "request_id": "req_01kb1q3x5se7wtc2gnh2avw0fd",
            "meta": meta,
            "errors": errors
        }
    })
}

fn fault(code: &str, detail: &str, field: &str, meta: Json) -> Json {
    json!({
        "code": code,
        "detail": detail,
        "pointer": format!("#/{field}"),
        "parameter": null,
        "header": null,
        "meta": meta
    })
}

/// The headers below `components`.
pub fn headers() -> Json {
    let text = |description: &str, example: &str| {
        json!({
            "description": description,
            "schema": {"type": "string"},
            "example": example
        })
    };
    json!({
        "ETag": text(
            "The version in quotes. Send it back as `If-Match` or `If-None-Match`. The ETag of a \
             partner may have further parts that count the score writes since that version, such \
             as `\"17.2\"`; `If-Match` compares the version only.",
            "\"17\""
        ),
        "IdempotencyReplayed": text("`true` when this is the response to an earlier request with \
            the same key.", "true"),
        "Location": text("The path of the new \
            resource.", "/v1/partners/ptn_01kb1q3x5se7wtc2gnh2avw0fd"),
        "RateLimit": text("The remaining units of the quota, and the seconds until it is full \
            again.", "\"default\";r=598;t=12"),
        "RateLimitPolicy": text("The quota: units per window in \
            seconds.", "\"default\";q=600;w=60"),
        "RequestId": text("The id of the request; include it when you report a \
            problem.", "req_01kb1q3x5se7wtc2gnh2avw0fd"),
        "RetryAfter": {
            "description": "The seconds to wait before the next request.",
            "schema": {"type": "integer", "format": "int32"},
            "example": 2
        }
    })
}

fn headers_of(status: u16) -> Map<String, Json> {
    let mut names = vec![
        ("Request-Id", "RequestId"),
        ("RateLimit-Policy", "RateLimitPolicy"),
        ("RateLimit", "RateLimit"),
    ];
    if matches!(status, 202 | 429 | 503) {
        names.push(("Retry-After", "RetryAfter"));
    }
    names.into_iter().map(header).collect()
}

fn header((name, component): (&str, &str)) -> (String, Json) {
    (name.to_owned(), json!({"$ref": format!("#/components/headers/{component}")}))
}

fn success_headers(status: u16, response: &Json, operation: &Traits<'_>) -> Json {
    let mut headers = headers_of(status);
    let schema = response.pointer("/content/application~1json/schema/$ref").and_then(Json::as_str);
    let further = [
        (
            // A client without a credential cannot read what a public operation creates.
            matches!(status, 201 | 202) && !operation.spec.is_public(),
            ("Location", "Location"),
        ),
        (operation.has_etag && status < 400, ("ETag", "ETag")),
        (operation.spec.takes_key, ("Idempotency-Replayed", "IdempotencyReplayed")),
        (
            status == 200 && schema.is_some_and(|name| name.ends_with("/Job")),
            ("Retry-After", "RetryAfter"),
        ),
    ];
    headers.extend(further.into_iter().filter(|(holds, _)| *holds).map(|(_, names)| header(names)));
    headers.into()
}
