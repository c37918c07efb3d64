//! The response of a handler: a status, a JSON body, and headers.

use std::fmt::Display;

use actix_web::{
    HttpRequest, HttpResponse, HttpResponseBuilder, Responder, http::StatusCode, http::header,
};
use serde::Serialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// Properties of resources that change without a new version: counts, marks and times that follow
/// from other records or from use. A new property of this kind belongs here.
const BESIDE_VERSION: &[&str] = &[
    // Joint plans.
    "fiscal_year",
    "quarterly_targets",
    "quarterly_revenue",
    "attainment_bp",
    "item_counts",
    // Plan items: the others of a plan make room for one that is moved.
    "position",
    // Views.
    "is_default",
    "warnings",
    // Tiers and tags.
    "partner_count",
    // The tier policy.
    "evaluated_at",
    // Contacts.
    "is_primary",
    // Submissions and the application form.
    "duplicate_partner_id",
    "submission_count",
    // Members and API keys.
    "last_seen_at",
    "last_used_at",
];

/// A hash of the properties of a body that its version does not cover; `None` if they are all empty
/// (null, false, zero), as they are at first.
fn beside_version(body: &[u8]) -> Option<String> {
    let Ok(Value::Object(properties)) = serde_json::from_slice::<Value>(body) else { return None };
    let beside = BESIDE_VERSION
        .iter()
        .filter_map(|name| properties.get_key_value(*name))
        .filter(|(_, value)| !is_blank(value));
    let beside: Vec<(&String, &Value)> = beside.collect();
    if beside.is_empty() {
        return None;
    }
    let digest = Sha256::digest(json!(beside).to_string());
    Some(digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect())
}

fn is_blank(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(is) => !is,
        Value::Number(number) => number.as_i64() == Some(0),
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.values().all(is_blank),
    }
}

/// A response before it is sent. It can be stored under an Idempotency-Key and sent again.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    fn new(status: u16, body: &impl Serialize) -> Self {
        let body = serde_json::to_vec(body).expect("a response is JSON");
        Self {
            status,
            headers: vec![(header::CONTENT_TYPE.to_string(), "application/json".into())],
            body,
        }
    }

    /// 200 with a body that has no version.
    pub fn ok(body: &impl Serialize) -> Self {
        Self::new(200, body)
    }

    /// 200 with a resource. `tag` is its version, or a more precise name of its state.
    pub fn resource(tag: impl Display, body: &impl Serialize) -> Self {
        Self::new(200, body).versioned(tag)
    }

    /// 201 with a new resource and its path.
    pub fn created(path: String, body: &impl Serialize) -> Self {
        Self::new(201, body).with(header::LOCATION, path)
    }

    /// 202 with a job or record that continues in the background, and its path.
    pub fn accepted(path: String, body: &impl Serialize) -> Self {
        Self::new(202, body).with(header::LOCATION, path).with(header::RETRY_AFTER, "1".into())
    }

    /// 202 with a receipt, after which the client gets no more information.
    pub fn received(body: &impl Serialize) -> Self {
        Self::new(202, body)
    }

    /// 207 with a status for each part.
    pub fn multi_status(body: &impl Serialize) -> Self {
        Self::new(207, body)
    }

    /// 204.
    pub fn nothing() -> Self {
        Self { status: 204, headers: Vec::new(), body: Vec::new() }
    }

    /// Adds an ETag: the version, or a more precise name of the state.
    ///
    /// Architecture Invariant: an ETag changes whenever the body does. The properties of the body
    /// that its version does not cover ([`BESIDE_VERSION`]) are hashed into the tag. `If-Match`
    /// compares the version only.
    pub fn versioned(self, tag: impl Display) -> Self {
        let tag = match beside_version(&self.body) {
            Some(hash) => format!("\"{tag}.{hash}\""),
            None => format!("\"{tag}\""),
        };
        self.with(header::ETAG, tag)
    }

    /// Adds a header.
    pub fn with(mut self, name: header::HeaderName, value: String) -> Self {
        self.headers.push((name.to_string(), value));
        self
    }

    /// The headers, as they are stored in the database.
    pub fn headers_json(&self) -> Value {
        json!(self.headers)
    }

    /// A response that was stored.
    pub fn kept(status: u16, headers: &Value, body: Vec<u8>) -> Self {
        let headers = serde_json::from_value(headers.clone()).unwrap_or_default();
        Self { status, headers, body }
    }

    /// Whether its `Location` is the resource with this id.
    pub fn is_about(&self, id: &str) -> bool {
        self.headers.iter().any(|(name, value)| name == "location" && value.ends_with(id))
    }

    /// Converts the response to HTTP.
    pub fn into_response(self) -> HttpResponse {
        let mut answer = HttpResponseBuilder::new(
            StatusCode::from_u16(self.status).expect("answers are made with valid statuses"),
        );
        for (name, value) in self.headers {
            // A response may set several cookies; of other headers the last value counts.
            if name == header::SET_COOKIE.as_str() {
                answer.append_header((name, value))
            } else {
                answer.insert_header((name, value))
            };
        }
        if self.status == 204 { answer.finish() } else { answer.body(self.body) }
    }
}

impl Responder for Answer {
    type Body = actix_web::body::BoxBody;
    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        self.into_response()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tag(body: &Value) -> String {
        let answer = Answer::resource("17.2", body);
        answer.headers.into_iter().find(|(name, _)| name == "etag").unwrap().1
    }

    #[test]
    fn a_tag_covers_what_the_version_does_not() {
        assert_eq!(tag(&json!({"name": "a", "evaluated_at": null})), "\"17.2\"");
        assert_eq!(tag(&json!({"name": "b", "item_counts": {"all": 0}})), "\"17.2\"");
        let stale = tag(&json!({"is_primary": true}));
        assert!(stale.starts_with("\"17.2.") && stale.len() == 23, "{stale}");
        let count = |count| tag(&json!({"partner_count": count}));
        assert_ne!(count(1), count(2));
        assert_ne!(count(1), tag(&json!({"submission_count": 1})));
        assert_eq!(count(0), "\"17.2\"");
    }
}
