//! The gate in front of every handler: it finds the operation, enforces its `#[operation(..)]`
//! (credential, role, scopes, limits, ids in the path, query parameters), and adds the headers that
//! every response has.
//!
//! Architecture Invariant: a route without an operation is refused, and there is no second list of
//! rights.

use std::{cell::Cell, net::IpAddr, rc::Rc, sync::Arc, time::Instant};

use actix_web::{
    HttpMessage, HttpResponse,
    body::{BoxBody, EitherBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{Method, StatusCode, header},
    middleware::Next,
    web,
};
use domain::{
    Code, Error, FieldError, Result,
    access::{AccessScope, Role, WriteMode},
    events::request_id,
};
use serde_json::{Map, Value, json};
use tracing_actix_web::RequestId;
use uuid::Uuid;

use crate::kernel::{
    auth::{Caller, Credential},
    client_address,
    limits::{Bucket, RateLimitState, Subject},
    openapi::{CheckedQuery, OperationPolicy},
    operation::{Access, KeyAccess},
    pages,
    problem::{self, Failure},
    state::State,
};

/// What the gate has checked, for the extractors.
pub struct Admitted {
    pub operation: Arc<OperationPolicy>,
    /// `None` for public operations.
    pub caller: Option<Caller>,
    /// Query parameters, validated and typed by the document.
    pub query: Map<String, Value>,
    /// Errors of the parameters that every list has; `RequestContext::list_request` reports them.
    pub list_faults: Vec<FieldError>,
    /// Query parameters as they were sent, decoded.
    pub pairs: Vec<(String, String)>,
    pub request_id: Uuid,
    pub address: IpAddr,
    /// The remaining quota, after the cost of the body.
    left: Cell<Option<RateLimitState>>,
}

impl Admitted {
    /// Charges the quota of the caller for the filters in a body.
    ///
    /// # Errors
    /// `quota_exceeded`.
    pub fn charge_for(&self, state: &State, body: &Value) -> Result<()> {
        let units = units_of(self.operation.weight_of_body(body));
        if let (Some(caller), true) = (&self.caller, units > 0) {
            self.left.set(charge(state, caller, units)?);
        }
        Ok(())
    }
}

/// The longest query string in bytes.
const MAX_QUERY: usize = 8 * 1024;
/// Nodes and values of a filter that cost one unit of the quota.
const NODES_A_UNIT: usize = 10;

/// The units that a filter of this weight adds to the cost of the operation.
fn units_of(weight: usize) -> u32 {
    u32::try_from(weight / NODES_A_UNIT).unwrap_or(u32::MAX)
}

/// Charges the quotas of a caller and its organization.
fn charge(state: &State, caller: &Caller, units: u32) -> Result<Option<RateLimitState>> {
    let credential = match caller.credential {
        Credential::User { user, .. } => user.0,
        Credential::Key { key } => key.0,
    };
    let from = [
        (Bucket::Requests, Subject::Id(credential)),
        (Bucket::OrganizationRequests, Subject::Id(caller.scope.organization.0)),
    ];
    Ok(state.limits.take(&from, units)?.left)
}

/// Pages for people need no credential and are not operations.
fn is_page(path: &str) -> bool {
    path == "/docs" || path.starts_with("/docs/") || pages::is_page(path)
}

/// The middleware.
pub async fn gate(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<EitherBody<BoxBody>>, actix_web::Error> {
    let started = Instant::now();
    let id = request.extensions().get::<RequestId>().map_or_else(Uuid::now_v7, |id| **id);
    let state = Arc::clone(
        request.app_data::<web::Data<State>>().expect("the state is there from the start"),
    );
    let (path, method) = (request.path().to_owned(), request.method().clone());
    let if_none_match = request.headers().get(header::IF_NONE_MATCH).cloned();

    let mut left = None;
    let answered: ServiceResponse<BoxBody> = match enter(&request, &state, id, &mut left).await {
        Ok(None) => next.call(request).await?.map_into_boxed_body(),
        Ok(Some(admitted)) => {
            let admitted = Rc::new(admitted);
            request.extensions_mut().insert(Rc::clone(&admitted));
            let answered = next.call(request).await?.map_into_boxed_body();
            left = admitted.left.get().or(left);
            answered
        }
        Err(error) => {
            left = left.or_else(|| RateLimitState::after(&error));
            request.into_response(problem::response(&error, &path, id))
        }
    };
    // The quota that a handler has counted is closer to its limit than the one counted here.
    let counted = answered.request().extensions().get::<RateLimitState>().copied();
    left = counted.or(left);

    let mut answered = written(answered, &path, id);
    if let (true, Some(wanted)) = (matches!(method, Method::GET | Method::HEAD), if_none_match) {
        answered = not_modified(answered, wanted.to_str().unwrap_or_default());
    }
    let secret = answered
        .request()
        .extensions()
        .get::<Rc<Admitted>>()
        .is_some_and(|admitted| admitted.operation.spec.no_store);
    let headers = answered.headers_mut();
    let mut put = |name: &'static str, value: String| {
        headers.insert(
            header::HeaderName::from_static(name),
            value.parse().expect("our header values are ASCII"),
        );
    };
    put("request-id", request_id(id));
    if let Some((policy, left)) = left.map(RateLimitState::headers) {
        put("ratelimit-policy", policy);
        put("ratelimit", left);
    }
    if !headers.contains_key(header::CACHE_CONTROL) {
        // Only a response that can be revalidated by its version may be cached.
        let kept = method == Method::GET && headers.contains_key(header::ETAG) && !secret;
        let cache = if kept { "no-cache, private" } else { "no-store" };
        headers.insert(header::CACHE_CONTROL, header::HeaderValue::from_static(cache));
    }
    let status = answered.status().as_u16();
    tracing::info!(status, duration_ms = started.elapsed().as_secs_f64() * 1e3, "answered");
    Ok(answered.map_into_right_body())
}

/// All checks before a handler runs, in the order of docs/errors.md#order-of-refusals.
async fn enter(
    request: &ServiceRequest,
    state: &State,
    id: Uuid,
    left: &mut Option<RateLimitState>,
) -> Result<Option<Admitted>> {
    if request.query_string().len() > MAX_QUERY {
        return Err(Error::of(Code::QueryTooLong).meta("max_bytes", json!(MAX_QUERY)));
    }
    let peer = request.peer_addr().map_or(IpAddr::from([0, 0, 0, 0]), |peer| peer.ip());
    let address = client_address::of(
        peer,
        request.headers().get_all("x-forwarded-for"),
        &state.addresses.trusted_proxies,
    );
    if is_page(request.path()) {
        let from = [(Bucket::PublicRequests, Subject::Network(address))];
        *left = state.limits.take(&from, 1)?.left;
        return Ok(None);
    }
    let operation = operation_of(request, state)?;
    let text = |name: header::HeaderName| {
        request.headers().get(name).and_then(|value| value.to_str().ok())
    };
    let pairs = form_pairs(request.query_string());
    let mut caller = None;
    if let Access::Public { bucket } = operation.spec.access {
        if let Some(bucket) = bucket {
            let from = [(bucket, Subject::Network(address))];
            *left = state.limits.take(&from, operation.spec.cost)?.left;
        }
    } else {
        let known =
            state.authenticator.authenticate(text(header::AUTHORIZATION), address, id).await?;
        let span = tracing::Span::current();
        span.record("organization", tracing::field::display(known.scope.organization));
        span.record("actor", known.scope.actor.id.as_deref().unwrap_or("system"));
        permit(&operation, &known)?;
        let weight = pairs.as_ref().map_or(0, |pairs| operation.weight_of_query(pairs));
        *left = charge(state, &known, operation.spec.cost + units_of(weight))?;
        if changes_access(&operation, request.method()) {
            persistence::members::ensure_access(&state.store, &known.scope).await?;
        }
        caller = Some(known);
    }
    operation
        .check_path(&state.schemas, |name| segment(&operation.pattern, request.path(), name))?;
    operation.check_accept(text(header::ACCEPT))?;
    let pairs = pairs?;
    let CheckedQuery { values: query, list_faults } =
        operation.check_query(&state.schemas, &pairs)?;
    if let Some(known) = &caller {
        may_write_as(known, &query)?;
    }
    if !operation.media_types.is_empty() {
        expect_identity(text(header::CONTENT_ENCODING))?;
    }
    let left = Cell::new(*left);
    let request_id = id;
    Ok(Some(Admitted { operation, caller, query, list_faults, pairs, request_id, address, left }))
}

/// Refuses encoded bodies (RFC 9110, 8.4), which would otherwise be reported as invalid JSON.
fn expect_identity(encoding: Option<&str>) -> Result<()> {
    match encoding.map(str::trim) {
        None | Some("") => Ok(()),
        Some(encoding) if encoding.eq_ignore_ascii_case("identity") => Ok(()),
        Some(_) => Err(Error::new(
            Code::UnsupportedMediaType,
            "Send the request body without a content encoding.",
        )
        .meta("accept_encoding", json!("identity"))),
    }
}

fn operation_of(request: &ServiceRequest, state: &State) -> Result<Arc<OperationPolicy>> {
    let Some(pattern) = request.match_pattern() else { return Err(Error::not_found()) };
    if let Some(operation) = state.policy.find(request.method().as_str(), &pattern) {
        return Ok(Arc::clone(operation));
    }
    match state.policy.methods(&pattern) {
        allowed if allowed.is_empty() => Err(Error::not_found()),
        allowed => Err(Error::of(Code::MethodNotAllowed).meta("allowed", json!(allowed))),
    }
}

/// Checks role and scopes of the caller.
fn permit(operation: &OperationPolicy, caller: &Caller) -> Result<()> {
    let Access::Credential { role, keys } = operation.spec.access else { return Ok(()) };
    match (caller.credential, keys) {
        (Credential::User { .. }, _) if caller.scope.role >= role => Ok(()),
        (Credential::User { .. }, _) => {
            Err(Error::of(Code::InsufficientRole).meta("required_role", json!(role.as_str())))
        }
        (Credential::Key { .. }, KeyAccess::NoKey) => {
            Err(Error::new(Code::InsufficientScope, "API keys cannot call this operation.")
                .meta("required_scope", Value::Null))
        }
        (Credential::Key { .. }, KeyAccess::AnyKey) => Ok(()),
        (Credential::Key { .. }, KeyAccess::Scopes(scopes)) => {
            match scopes.iter().find(|wanted| !caller.holds(**wanted)) {
                None => Ok(()),
                Some(missing) => Err(Error::of(Code::InsufficientScope)
                    .meta("required_scope", json!(missing.as_str()))),
            }
        }
    }
}

/// An API key needs a scope for manual writes.
fn may_write_as(caller: &Caller, query: &Map<String, Value>) -> Result<()> {
    let manual = query.get("write_mode").is_some_and(|mode| mode == WriteMode::Manual.as_str());
    if manual && !caller.scope.may_override {
        Err(Error::of(Code::InsufficientScope)
            .meta("required_scope", json!(AccessScope::PartnersOverride.as_str())))
    } else {
        Ok(())
    }
}

/// Whether this is a write operation of admins: what it creates (keys, members) would outlive the
/// access of its caller.
fn changes_access(operation: &OperationPolicy, method: &Method) -> bool {
    let is_for_admins =
        matches!(operation.spec.access, Access::Credential { role, .. } if role >= Role::Admin);
    is_for_admins && !method.is_safe()
}

/// The segment of a path at the place of a name in the pattern. Before routing, the request does
/// not have it.
fn segment<'a>(pattern: &str, path: &'a str, name: &str) -> Option<&'a str> {
    let is_named =
        |part: &str| part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) == Some(name);
    pattern.split('/').zip(path.split('/')).find(|(part, _)| is_named(part)).map(|(_, value)| value)
}

/// Decodes the pairs of a query string.
fn form_pairs(query: &str) -> Result<Vec<(String, String)>> {
    let pairs: Vec<(String, String)> =
        form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    // The parser replaces invalid UTF-8 by this character, which queries do not normally contain.
    let sent = query.contains("%EF%BF%BD") || query.contains("%ef%bf%bd");
    match pairs
        .iter()
        .find(|(name, value)| !sent && (name.contains('\u{fffd}') || value.contains('\u{fffd}')))
    {
        None => Ok(pairs),
        Some((name, _)) => {
            let fault =
                FieldError::at_parameter("invalid_parameter", name.as_str(), "must be UTF-8");
            Err(Error::of(Code::InvalidParameter).at(fault))
        }
    }
}

/// Writes the bodies of errors, because path and request are known here; errors of actix itself get
/// one too.
fn written(
    answered: ServiceResponse<BoxBody>,
    path: &str,
    request_id: Uuid,
) -> ServiceResponse<BoxBody> {
    let Some(error) = answered.response().error() else { return answered };
    let response = match error.as_error::<Failure>() {
        Some(failure) => problem::response(&failure.0, path, request_id),
        None => match answered.status() {
            StatusCode::NOT_FOUND => problem::response(&Error::not_found(), path, request_id),
            StatusCode::PAYLOAD_TOO_LARGE => {
                problem::response(&Error::of(Code::BodyTooLarge), path, request_id)
            }
            status if status.is_client_error() => {
                problem::response(&Error::of(Code::MalformedJson), path, request_id)
            }
            _ => problem::response(&Error::internal(error.to_string()), path, request_id),
        },
    };
    answered.into_response(response)
}

/// 304 if the client has the current version.
fn not_modified(answered: ServiceResponse<BoxBody>, wanted: &str) -> ServiceResponse<BoxBody> {
    let held =
        answered.headers().get(header::ETAG).and_then(|tag| tag.to_str().ok()).map(str::to_owned);
    let Some(tag) = held.filter(|_| answered.status() == StatusCode::OK) else { return answered };
    let weak = |text: &str| text.trim().trim_start_matches("W/").to_owned();
    if wanted.trim() != "*" && !wanted.split(',').any(|one| weak(one) == weak(&tag)) {
        return answered;
    }
    let mut unchanged = HttpResponse::NotModified();
    unchanged.insert_header((header::ETAG, tag));
    if let Some(cache) = answered.headers().get(header::CACHE_CONTROL) {
        unchanged.insert_header((header::CACHE_CONTROL, cache.clone()));
    }
    answered.into_response(unchanged.finish())
}
