//! What a handler answers with: a status, a JSON body, and the headers that follow from them.

use std::fmt::Display;

use actix_web::{
    HttpRequest, HttpResponse, HttpResponseBuilder, Responder, http::StatusCode, http::header,
};
use serde::Serialize;
use serde_json::{Value, json};

/// An answer before it is sent. It can be kept under an Idempotency-Key and given again.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    fn new(status: u16, body: &impl Serialize) -> Self {
        let body = serde_json::to_vec(body).expect("answers are JSON");
        Self {
            status,
            headers: vec![(header::CONTENT_TYPE.to_string(), "application/json".into())],
            body,
        }
    }

    /// 200 with something that has no version of its own.
    pub fn ok(body: &impl Serialize) -> Self {
        Self::new(200, body)
    }

    /// 200 with a resource. `tag` is its version, or what names its state better.
    pub fn resource(tag: impl Display, body: &impl Serialize) -> Self {
        Self::new(200, body).with(header::ETAG, format!("\"{tag}\""))
    }

    /// 201 with a new resource and where it is.
    pub fn created(path: String, body: &impl Serialize) -> Self {
        Self::new(201, body).with(header::LOCATION, path)
    }

    /// 202 with what goes on working, and where to look.
    pub fn accepted(path: String, body: &impl Serialize) -> Self {
        Self::new(202, body).with(header::LOCATION, path).with(header::RETRY_AFTER, "1".into())
    }

    /// 202 with all that the client will ever hear of it.
    pub fn received(body: &impl Serialize) -> Self {
        Self::new(202, body)
    }

    /// 207: each part has a status of its own.
    pub fn multi_status(body: &impl Serialize) -> Self {
        Self::new(207, body)
    }

    /// 204.
    pub fn nothing() -> Self {
        Self { status: 204, headers: Vec::new(), body: Vec::new() }
    }

    /// The version, or what names the state better, as ETag beside what the constructor says.
    pub fn versioned(self, tag: impl Display) -> Self {
        self.with(header::ETAG, format!("\"{tag}\""))
    }

    /// One more header.
    pub fn with(mut self, name: header::HeaderName, value: String) -> Self {
        self.headers.push((name.to_string(), value));
        self
    }

    /// The headers as they are kept in the database.
    pub fn headers_json(&self) -> Value {
        json!(self.headers)
    }

    /// An answer that was kept.
    pub fn kept(status: u16, headers: &Value, body: Vec<u8>) -> Self {
        let headers = serde_json::from_value(headers.clone()).unwrap_or_default();
        Self { status, headers, body }
    }

    /// Whether it leads to the resource with this id.
    pub fn is_about(&self, id: &str) -> bool {
        self.headers.iter().any(|(name, value)| name == "location" && value.ends_with(id))
    }

    /// As HTTP.
    pub fn into_response(self) -> HttpResponse {
        let mut answer = HttpResponseBuilder::new(
            StatusCode::from_u16(self.status).expect("answers are made with valid statuses"),
        );
        for (name, value) in self.headers {
            // An answer may set several cookies; of anything else the last word holds.
            match name == header::SET_COOKIE.as_str() {
                true => answer.append_header((name, value)),
                false => answer.insert_header((name, value)),
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
