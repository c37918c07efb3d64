//! A fresh organization, and clients that call the API for it.

use std::{
    collections::HashMap,
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

use domain::ids::OrganizationId;
use reqwest::{Method, header::HeaderMap};
use serde_json::{Value, json};

use crate::{Instance, database, instance};

/// The password of everybody in the tests.
pub const PASSWORD: &str = "correct horse battery staple";

/// A text that no other test has.
pub fn unique(what: &str) -> String {
    static COUNTER: AtomicU64 = AtomicU64::new(0);
    format!("{what}-{}-{}", std::process::id(), COUNTER.fetch_add(1, Ordering::Relaxed))
}

/// An organization with its owner signed in.
pub struct Organization {
    pub id: OrganizationId,
    pub owner: Client,
    pub email: String,
}

impl Organization {
    /// Registers one in US dollars. It scores nobody by itself: scores would come between the
    /// versions and events of tests that are about something else.
    pub async fn new() -> Self {
        let organization = Self::scoring().await;
        organization.sql("UPDATE organizations SET auto_score = false").await;
        organization
    }

    /// The same as everybody gets it: who is new is scored by itself.
    pub async fn scoring() -> Self {
        let email = format!("{}@example.com", unique("owner"));
        let public = Client::public();
        let body = json!({
            "organization_name": unique("Organization"),
            "currency": "USD",
            "name": "Olga Owner",
            "email": email,
            "password": PASSWORD
        });
        let grant = public.post("/v1/auth/registrations", body).await.expect(201);
        let owner = Client::bearer(grant.body["access_token"].as_str().unwrap());
        let id = owner.get("/v1/organization").await.expect(200).id().parse().unwrap();
        Self { id, owner, email }
    }

    /// A member with this role, signed in.
    pub async fn member(&self, role: &str) -> Client {
        self.person(role).await.0
    }

    /// A member with this role, signed in, and its id.
    pub async fn person(&self, role: &str) -> (Client, String) {
        let email = format!("{}@example.com", unique(role));
        let invited = self
            .owner
            .post("/v1/members", json!({"email": email, "name": "Mia Member", "role": role}))
            .await
            .expect(201);
        let url = invited.body["invitation_url"].as_str().unwrap().to_owned();
        let token = url.rsplit('/').next().unwrap();
        let body = json!({"token": token, "name": "Mia Member", "password": PASSWORD});
        let grant =
            Client::public().post("/v1/auth/invitation-acceptances", body).await.expect(201);
        let client = Client::bearer(grant.body["access_token"].as_str().unwrap());
        (client, grant.body["member"]["id"].as_str().unwrap().to_owned())
    }

    /// An API key with these scopes.
    pub async fn key(&self, scopes: &[&str]) -> Client {
        let body = json!({"name": unique("key"), "scopes": scopes});
        let made = self.owner.post("/v1/api-keys", body).await.expect(201);
        Client::bearer(made.body["secret"].as_str().unwrap())
    }

    /// The first column of what SQL answers as the owner of the tables, inside this organization.
    pub async fn sql(&self, sql: &str) -> Vec<Option<String>> {
        database::texts(Some(self.id), sql).await
    }
}

/// Calls the API with one credential. Every answer is held against the document.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    instance: &'static Instance,
    url: String,
    token: Option<String>,
    headers: Vec<(String, String)>,
}

impl Client {
    /// Without a credential.
    pub fn public() -> Self {
        let http = reqwest::Client::builder().build().unwrap();
        let instance = instance();
        Self { http, instance, url: instance.url.clone(), token: None, headers: Vec::new() }
    }

    /// With an access token or API key.
    pub fn bearer(token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..Self::public() }
    }

    /// The credential.
    pub fn token(&self) -> &str {
        self.token.as_deref().unwrap_or_default()
    }

    /// The port of the server.
    pub fn port(&self) -> u16 {
        self.url
            .rsplit(':')
            .next()
            .and_then(|port| port.parse().ok())
            .expect("the server has a port")
    }

    /// The same client with one more header on every request.
    pub fn with(&self, name: &str, value: &str) -> Self {
        let mut client = self.clone();
        client.headers.push((name.to_owned(), value.to_owned()));
        client
    }

    /// The same client, calling the server at this address.
    pub fn at(&self, url: &str) -> Self {
        Self { url: url.to_owned(), ..self.clone() }
    }

    /// The same client with another access token or API key.
    pub fn signed(&self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..self.clone() }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, |request| request).await
    }
    /// What is no operation of the document: a page, say.
    pub async fn get_raw(&self, path: &str) -> reqwest::Response {
        let mut request = self.http.get(format!("{}{path}", self.url));
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        request.send().await.unwrap()
    }
    pub async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, |request| request).await
    }
    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(Method::POST, path, |request| request.json(&body)).await
    }
    pub async fn put(&self, path: &str, body: Value) -> Answer {
        self.send(Method::PUT, path, |request| request.json(&body)).await
    }
    pub async fn patch(&self, path: &str, body: Value) -> Answer {
        let json = |request: reqwest::RequestBuilder| {
            request.header("content-type", "application/merge-patch+json").body(body.to_string())
        };
        self.send(Method::PATCH, path, json).await
    }

    /// Any request.
    pub async fn send(
        &self,
        method: Method,
        path: &str,
        build: impl FnOnce(reqwest::RequestBuilder) -> reqwest::RequestBuilder,
    ) -> Answer {
        let mut request = self.http.request(method.clone(), format!("{}{path}", self.url));
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let response = build(request).send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = response.bytes().await.unwrap().to_vec();
        let media_type =
            headers.get("content-type").and_then(|value| value.to_str().ok()).map(str::to_owned);
        self.instance.referee.check(method.as_str(), path, status, media_type.as_deref(), &bytes);
        assert!(headers.contains_key("request-id"), "{method} {path} has no Request-Id");
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Answer { request: format!("{method} {path}"), status, headers, bytes, body }
    }

    /// Waits until this credential is refused, which must be within a second.
    pub async fn is_refused_soon(&self, code: &str) {
        let start = Instant::now();
        loop {
            let answer = self.get("/v1/me").await;
            if answer.status != 200 {
                answer.problem(401, code);
                return;
            }
            assert!(start.elapsed() < Duration::from_secs(1), "the credential still works");
        }
    }

    /// Every row of a list, page by page.
    pub async fn all(&self, path: &str) -> Vec<Value> {
        self.walk(path, None).await
    }

    /// Every row of a list after a cursor.
    pub async fn all_after(&self, path: &str, cursor: &str) -> Vec<Value> {
        self.walk(path, Some(cursor.to_owned())).await
    }

    async fn walk(&self, path: &str, mut cursor: Option<String>) -> Vec<Value> {
        let mut rows = Vec::new();
        loop {
            let mark = if path.contains('?') { '&' } else { '?' };
            let next = cursor.map_or_else(String::new, |cursor| format!("{mark}cursor={cursor}"));
            let page = self.get(&format!("{path}{next}")).await.expect(200);
            rows.extend(page.body["data"].as_array().unwrap().iter().cloned());
            match page.body["next_cursor"].as_str() {
                Some(next) => cursor = Some(next.to_owned()),
                None => return rows,
            }
        }
    }
}

/// An answer that the document knows.
#[derive(Debug)]
pub struct Answer {
    pub request: String,
    pub status: u16,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
    /// Null when the body is no JSON.
    pub body: Value,
}

impl Answer {
    /// The answer, which must have this status.
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}: {:#}", self.request, self.body);
        self
    }

    /// The problem's code, which must come with this status.
    pub fn problem(self, status: u16, code: &str) -> Self {
        let answer = self.expect(status);
        assert_eq!(answer.body["code"], code, "{}: {:#}", answer.request, answer.body);
        answer
    }

    /// The faults of a problem as `place -> code`.
    pub fn faults(&self) -> HashMap<String, String> {
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let place = |fault: &Value| {
            ["pointer", "parameter", "header"].iter().find_map(|key| text(&fault[key]))
        };
        self.body["errors"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|fault| {
                (place(fault).unwrap_or_default(), text(&fault["code"]).unwrap_or_default())
            })
            .collect()
    }

    pub fn id(&self) -> &str {
        self.body["id"]
            .as_str()
            .unwrap_or_else(|| panic!("{} answers no id: {:#}", self.request, self.body))
    }
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
    pub fn version(&self) -> i64 {
        self.body["version"].as_i64().unwrap()
    }
}
