//! What handlers ask for: a checked call, its body, its query. Extractors read what the gate has
//! let through; their order is in docs/errors.md#order-of-refusals.

mod lists;

use std::{future::Ready, future::ready, ops::Deref, pin::Pin, rc::Rc, time::Duration};

use actix_web::{
    FromRequest, HttpMessage, HttpRequest,
    dev::Payload,
    http::header::{self, HeaderMap},
    web::{self, Bytes, BytesMut},
};
use domain::{
    Code, Error, FieldError,
    access::{AccessScope, Scope, WriteMode},
    error_report::ErrorReport,
    ids::{MemberId, SessionId},
    lists::ListRequest,
    patch::ExpectedVersions,
    request_body::RequestBody,
};
use futures_util::StreamExt;
use persistence::{Turn, Tx, idempotency};
use serde::de::DeserializeOwned;
use serde_json::Value;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::kernel::{
    answer::Answer,
    auth::{Caller, Credential},
    gate::Admitted,
    limits::{Bucket, RateLimitState, Subject, TakenUnits},
    problem::{self, Failure, Result},
    request_body::{BodyDigest, late},
    state::State,
};

/// The largest JSON body, in bytes.
pub const MAX_JSON: usize = 1 << 20;
/// The most values of a JSON body; a batch of 200 operations with every field has a quarter of
/// them.
const MAX_VALUES: usize = 100_000;
/// Bytes of a body that is too large that are read and thrown away.
const MAX_DISCARDED: usize = 8 << 20;
/// How long a body may take to arrive.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);
/// What kept answers are encrypted for.
const KEPT_ANSWERS: &str = "idempotent answers";

/// A call that the gate has let through: who does what. Exists only behind the gate.
pub struct RequestContext {
    pub state: web::Data<State>,
    /// Who calls. Public operations do not ask for a `RequestContext`.
    pub caller: Caller,
    /// The versions of which the client expects one (If-Match).
    pub if_match: Option<ExpectedVersions>,
    request: HttpRequest,
    admitted: Rc<Admitted>,
    idempotency_key: Option<String>,
}

fn admitted(request: &HttpRequest) -> Rc<Admitted> {
    request.extensions().get::<Rc<Admitted>>().cloned().expect("handlers stand behind the gate")
}

fn state(request: &HttpRequest) -> web::Data<State> {
    request.app_data::<web::Data<State>>().cloned().expect("the state is there from the start")
}

impl FromRequest for RequestContext {
    type Error = Failure;
    type Future = Ready<Result<Self>>;
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let admitted = admitted(request);
        let read = || {
            let caller =
                admitted.caller.clone().ok_or_else(|| Error::of(Code::MissingCredentials))?;
            Ok(Self {
                state: state(request),
                caller,
                if_match: if_match(request.headers())?,
                request: request.clone(),
                idempotency_key: idempotency_key(request.headers())?,
                admitted: Rc::clone(&admitted),
            })
        };
        ready(read())
    }
}

impl RequestContext {
    /// Makes sure that the client says which version it replaces (`*` for any).
    ///
    /// # Errors
    /// `if_match_required`.
    pub fn expect_if_match(&self) -> Result<(), Error> {
        let fault = FieldError::at_header(
            "if_match_required",
            "If-Match",
            "must be the ETag of what is replaced",
        );
        if self.request.headers().contains_key(header::IF_MATCH) {
            Ok(())
        } else {
            Err(Error::of(Code::IfMatchRequired).at(fault))
        }
    }

    /// Makes sure that a key has a scope that only the body shows to be needed; the role of users
    /// is checked by the gate.
    ///
    /// # Errors
    /// `insufficient_scope`.
    pub fn expect_scope(&self, wanted: AccessScope) -> Result<(), Error> {
        if self.may(wanted) {
            Ok(())
        } else {
            Err(Error::of(Code::InsufficientScope).meta("required_scope", wanted.as_str().into()))
        }
    }

    /// Whether the credential has a scope. Users have all that the gate lets through.
    pub fn may(&self, wanted: AccessScope) -> bool {
        match self.caller.credential {
            Credential::Key { .. } => self.caller.holds(wanted),
            Credential::User { .. } => true,
        }
    }

    /// The member and session behind the call.
    ///
    /// # Errors
    /// `insufficient_scope` for keys; the gate does not let them through where this is asked.
    pub fn user(&self) -> Result<(MemberId, SessionId), Error> {
        match self.caller.credential {
            Credential::User { member, session, .. } => Ok((member, session)),
            Credential::Key { .. } => Err(Error::of(Code::InsufficientScope)),
        }
    }

    /// A header of the request, when it is text.
    pub fn header(&self, name: header::HeaderName) -> Option<&str> {
        self.request.headers().get(name)?.to_str().ok()
    }

    /// The headers of the request.
    pub fn headers(&self) -> &HeaderMap {
        self.request.headers()
    }

    /// How partner fields are written: as the request asks (the gate has checked that it may), or
    /// as the credential says.
    pub fn write_mode(&self, asked: Option<WriteMode>) -> WriteMode {
        asked.unwrap_or(self.caller.scope.mode)
    }

    /// Runs `work` in a read-only transaction.
    pub async fn read<T>(&self, work: impl AsyncFnOnce(&Tx<'_>) -> domain::Result<T>) -> Result<T> {
        Ok(self.state.store.read(&self.caller.scope, work).await?)
    }

    /// Runs `work` in a read-only transaction, in which the log of events has everything that was
    /// committed before.
    pub async fn read_log<T>(
        &self,
        work: impl AsyncFnOnce(&Tx<'_>) -> domain::Result<T>,
    ) -> Result<T> {
        Ok(self.state.store.read_numbered(&self.caller.scope, work).await?)
    }

    /// The same for a list that can be asked for in the order of changes.
    pub async fn read_list<T>(
        &self,
        request: &ListRequest,
        work: impl AsyncFnOnce(&Tx<'_>) -> domain::Result<T>,
    ) -> Result<T> {
        if request.changed_after.is_some() {
            self.read_log(work).await
        } else {
            self.read(work).await
        }
    }

    /// Runs `work` in a transaction.
    pub async fn write<T>(
        &self,
        work: impl AsyncFnOnce(&Tx<'_>) -> domain::Result<T>,
    ) -> Result<T> {
        Ok(self.state.store.write(&self.caller.scope, work).await?)
    }

    /// Waits until no other request writes many records of the organization; before the
    /// transaction.
    pub async fn turn(&self) -> Result<Turn> {
        Ok(self.state.store.turn(&self.caller.scope).await?)
    }

    /// Runs the work of a POST once per Idempotency-Key: the row of the key stands first in the
    /// work's own transaction, so a concurrent duplicate waits for it and then gets the same
    /// answer.
    pub async fn once(
        &self,
        payload: &BodyDigest,
        work: impl AsyncFnOnce(&Tx<'_>) -> domain::Result<Answer>,
    ) -> Result<Answer> {
        let credential = match self.caller.credential {
            Credential::User { user, .. } => user.0,
            Credential::Key { key } => key.0,
        };
        let key = self
            .idempotency_key
            .clone()
            .map(|key| named(&self.request, &self.admitted, credential, key, payload));
        let problem = |error: &Error| self.problem(error);
        once(&self.state, &self.caller.scope, key, problem, work).await
    }

    /// A problem as it is answered, to be kept.
    fn problem(&self, error: &Error) -> Value {
        problem::document(&ErrorReport::new(error, self.admitted.request_id), self.request.path())
    }

    /// A problem as it stands inside of an answer about many items.
    pub fn item_problem(&self, error: &Error) -> Value {
        problem::document(
            &ErrorReport::of_item(error, self.admitted.request_id),
            self.request.path(),
        )
    }
}

/// Which request an Idempotency-Key names.
fn named(
    request: &HttpRequest,
    admitted: &Admitted,
    credential: Uuid,
    key: String,
    payload: &BodyDigest,
) -> idempotency::Key {
    let mut digest = Sha256::new();
    // Each part ends with a zero byte, which none of them can hold, so that two requests never run
    // into one.
    for part in [request.method().as_str(), request.path(), request.query_string()] {
        digest.update(part.as_bytes());
        digest.update([0]);
    }
    digest.update(payload.0);
    idempotency::Key {
        credential,
        operation: admitted.operation.spec.id.to_owned(),
        key,
        digest: digest.finalize().to_vec(),
    }
}

/// Runs work in a transaction, once per `key`; `problem` writes a refusal as it is answered.
async fn once(
    state: &State,
    scope: &Scope,
    key: Option<idempotency::Key>,
    problem: impl Fn(&Error) -> Value,
    work: impl AsyncFnOnce(&Tx<'_>) -> domain::Result<Answer>,
) -> Result<Answer> {
    let Some(key) = key else { return Ok(state.store.write(scope, work).await?) };
    let done = state.store.write(scope, async |tx| {
        if let Some(kept) = idempotency::begin(tx, &key).await? {
            return replayed(state, scope, kept);
        }
        // A refusal that is kept must not keep what the work has written before it, but the row of
        // the key must stay: hence a savepoint and not the transaction.
        let answer = match tx.savepoint(work).await {
            Err(error) if is_kept(&error) => refused(&error, &problem(&error)),
            done => done?,
        };
        let kept = idempotency::StoredResponse {
            status: answer.status,
            headers: answer.headers_json(),
            body: state.server_key.seal(KEPT_ANSWERS, scope.organization, answer.body.clone())?,
        };
        idempotency::finish(tx, &key, &kept).await?;
        Ok(answer)
    });
    Ok(done.await?)
}

fn replayed(
    state: &State,
    scope: &Scope,
    kept: idempotency::StoredResponse,
) -> domain::Result<Answer> {
    // Sealed under another server key: the answer is lost, but the work was done and must not be
    // done again.
    let Some(body) = state.server_key.open(KEPT_ANSWERS, scope.organization, &kept.body) else {
        return Err(answer_lost(&kept));
    };
    let again = header::HeaderName::from_static("idempotency-replayed");
    Ok(Answer::kept(kept.status, &kept.headers, body).with(again, "true".into()))
}

/// What is still known of an answer that cannot be read: its status, and where the resource is.
fn answer_lost(kept: &idempotency::StoredResponse) -> Error {
    let detail = "This request was carried out, but its answer was encrypted with a server key \
        that is no longer there. Look at what it made instead of sending it again.";
    let answer = Answer::kept(kept.status, &kept.headers, Vec::new());
    let error = Error::new(Code::IdempotencyAnswerLost, detail).meta("status", kept.status.into());
    match answer.headers.into_iter().find(|(name, _)| name == "location") {
        Some((_, location)) => error.meta("location", location.into()),
        None => error,
    }
}

fn refused(error: &Error, problem: &Value) -> Answer {
    let kind = (header::CONTENT_TYPE.to_string(), "application/problem+json".to_owned());
    Answer {
        status: problem::status_of(error.code()),
        headers: vec![kind],
        body: problem.to_string().into_bytes(),
    }
}

/// Refusals that stay the same however often they are asked for.
fn is_kept(error: &Error) -> bool {
    matches!(error, Error::Problem(_))
        && matches!(problem::status_of(error.code()), 409 | 410 | 412 | 422)
        && {
            // Another request with this key, not an outcome of the work.
            !matches!(
                error.code(),
                Code::IdempotencyInProgress
                    | Code::IdempotencyAnswerLost
                    | Code::IdempotencyKeyReused
            )
        }
}

/// The versions that If-Match names; none when it is absent or `*`. What follows the version in a
/// tag (how often scores were written since) does not count, and neither does whether the tag is
/// weak.
fn if_match(headers: &HeaderMap) -> Result<Option<ExpectedVersions>, Error> {
    let fault = |detail| {
        let fault = FieldError::at_header("invalid_header", "If-Match", detail);
        Error::of(Code::InvalidHeader).at(fault)
    };
    let mut tags = Vec::new();
    for value in headers.get_all(header::IF_MATCH) {
        let value = value.to_str().unwrap_or_default().trim();
        if value == "*" {
            return Ok(None);
        }
        let more = entity_tags(value).filter(|more| !more.is_empty());
        tags.extend(more.ok_or_else(|| {
            fault("must be an ETag of this resource, such as \"17\", several of them, or *")
        })?);
    }
    if tags.is_empty() {
        return Ok(None);
    }
    // A tag that is none of ours is no version of anything.
    let versions: Vec<i64> = tags.into_iter().filter_map(version_of).collect();
    ExpectedVersions::any_of(&versions)
        .map(Some)
        .ok_or_else(|| fault("names more than 16 versions"))
}

/// What stands between the quotes of each tag in a list (RFC 9110, 5.6.1 and 8.8.3), in which
/// members may be empty; none when it is no list of tags.
fn entity_tags(list: &str) -> Option<Vec<&str>> {
    const SPACE: [char; 2] = [' ', '\t'];
    let (mut tags, mut rest) = (Vec::new(), list);
    loop {
        rest = rest.trim_start_matches([' ', '\t', ',']);
        if rest.is_empty() {
            return Some(tags);
        }
        let quoted = rest.strip_prefix("W/").unwrap_or(rest).strip_prefix('"')?;
        let (tag, after) = quoted.split_once('"')?;
        if tag.contains(SPACE) {
            return None;
        }
        tags.push(tag);
        rest = after.trim_start_matches(SPACE);
        if !rest.is_empty() && !rest.starts_with(',') {
            return None;
        }
    }
}

/// The version in one of our tags: `17`, `17.2`, `17.2.stale` or `17.3f0c5a1b22d04e97`. What
/// follows it says in which state beside its version a resource was, and does not count.
fn version_of(tag: &str) -> Option<i64> {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let is_hash = |text: &str| text.len() == 16 && text.bytes().all(|b| b.is_ascii_hexdigit());
    let is_state =
        |text: &str| is_number(text) || is_hash(text) || matches!(text, "stale" | "fresh");
    let mut parts = tag.split('.');
    let version = parts.next().filter(|text| is_number(text))?;
    if parts.all(is_state) { version.parse().ok() } else { None }
}

fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, Error> {
    let Some(value) = headers.get("idempotency-key") else { return Ok(None) };
    let text = value.to_str().unwrap_or_default().trim();
    let bare = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(text);
    if (1..=255).contains(&bare.len()) && bare.bytes().all(|b| b.is_ascii_graphic()) {
        Ok(Some(bare.to_owned()))
    } else {
        let fault = FieldError::at_header(
            "idempotency_key_invalid",
            "Idempotency-Key",
            "must be 1 to 255 visible ASCII characters",
        );
        Err(Error::of(Code::IdempotencyKeyInvalid).at(fault))
    }
}

/// A JSON body, checked and normalised against its schema in the document.
pub struct Json<T> {
    pub value: T,
    pub sum: BodyDigest,
}

impl<T> Deref for Json<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: RequestBody + DeserializeOwned + 'static> FromRequest for Json<T> {
    type Error = Failure;
    type Future = Pin<Box<dyn Future<Output = Result<Self>>>>;
    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let (state, admitted) = (state(&request), admitted(&request));
            expect_json(&request)?;
            let bytes = read_body(request.headers(), payload, MAX_JSON).await?;
            let value = read_json(&bytes)?;
            admitted.charge_for(&state, &value)?;
            Ok(Self { value: checked(&state, value)?, sum: BodyDigest::of(&bytes) })
        })
    }
}

fn expect_json(request: &HttpRequest) -> Result<(), Error> {
    let patch = request.method() == actix_web::http::Method::PATCH;
    let charset = request.encoding().map(|encoding| encoding.name()).unwrap_or("unknown");
    if charset != "UTF-8" {
        return Err(Error::of(Code::UnsupportedMediaType).meta("charset", "utf-8".into()));
    }
    match request.content_type().trim().to_ascii_lowercase().as_str() {
        "application/json" => Ok(()),
        "application/merge-patch+json" if patch => Ok(()),
        _ => {
            let allowed: &[&str] = if patch {
                &["application/merge-patch+json", "application/json"]
            } else {
                &["application/json"]
            };
            Err(Error::of(Code::UnsupportedMediaType).meta("allowed", allowed.into()))
        }
    }
}

/// Reads a whole body of at most `limit` bytes.
///
/// # Errors
/// `body_too_large`; `malformed_json` when it does not arrive in time or at all.
pub async fn read_body(
    headers: &HeaderMap,
    mut payload: Payload,
    limit: usize,
) -> Result<Bytes, Error> {
    let announced = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|text| text.to_str().ok()?.parse::<u64>().ok());
    let announced = usize::try_from(announced.unwrap_or(0)).unwrap_or(usize::MAX);
    let (mut body, mut read) = (BytesMut::new(), 0);
    let arrive = async {
        // Clients that are still sending when the connection closes never see the answer: a little
        // too much is read to its end.
        while announced.max(read) <= limit + MAX_DISCARDED {
            match payload.next().await {
                None => return Ok(()),
                Some(Err(_)) => {
                    let detail = "The request body did not arrive whole.";
                    return Err(Error::new(Code::MalformedJson, detail));
                }
                Some(Ok(chunk)) => {
                    read += chunk.len();
                    if announced.max(read) <= limit {
                        body.extend_from_slice(&chunk);
                    }
                }
            }
        }
        Ok(())
    };
    let arrived = tokio::time::timeout(BODY_TIMEOUT, arrive).await.unwrap_or_else(|_| Err(late()));
    match arrived {
        _ if announced.max(read) > limit => {
            Err(Error::of(Code::BodyTooLarge).meta("max_bytes", limit.into()))
        }
        Err(error) => Err(error),
        Ok(()) => Ok(body.freeze()),
    }
}

/// A JSON text as a type of the document.
///
/// # Errors
/// `malformed_json`, `body_too_large`, or `validation_failed` with every fault.
pub fn parse<T: RequestBody + DeserializeOwned>(state: &State, bytes: &[u8]) -> Result<T, Error> {
    checked(state, read_json(bytes)?)
}

/// A JSON text. In memory each value takes many times the bytes that it takes on the wire, so they
/// are counted first.
fn read_json(bytes: &[u8]) -> Result<Value, Error> {
    // See docs/decisions/0131-what-one-may-take.md.
    if domain::body::count_values(bytes) > MAX_VALUES {
        return Err(Error::new(
            Code::BodyTooLarge,
            format!("The request body has more than {MAX_VALUES} values."),
        )
        .meta("max_values", MAX_VALUES.into()));
    }
    serde_json::from_slice(bytes).map_err(|error| {
        Error::new(Code::MalformedJson, format!("The request body is not valid JSON: {error}."))
    })
}

fn checked<T: RequestBody + DeserializeOwned>(state: &State, mut value: Value) -> Result<T, Error> {
    let faults = state.schemas.check(&T::name(), &mut value);
    if !faults.is_empty() {
        return Err(Error::invalid(faults));
    }
    serde_json::from_value(value).map_err(|error| {
        Error::invalid(vec![FieldError::at_pointer("wrong_type", "#", error.to_string())])
    })
}

/// Query parameters, checked and typed as the document says.
pub struct Query<T>(pub T);

impl<T> Deref for Query<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: DeserializeOwned> FromRequest for Query<T> {
    type Error = Failure;
    type Future = Ready<Result<Self>>;
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let query = Value::Object(admitted(request).query.clone());
        let read = serde_json::from_value(query).map(Self);
        ready(read.map_err(|error| Failure(Error::new(Code::InvalidParameter, error.to_string()))))
    }
}

/// A call that needs no credential: where it comes from.
pub struct PublicRequestContext {
    pub state: web::Data<State>,
    pub address: std::net::IpAddr,
    pub request_id: uuid::Uuid,
    /// At most 300 characters of the User-Agent.
    pub user_agent: String,
    pub request: HttpRequest,
    admitted: Rc<Admitted>,
    /// Only of operations that take one.
    idempotency_key: Option<String>,
}

impl FromRequest for PublicRequestContext {
    type Error = Failure;
    type Future = Ready<Result<Self>>;
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let admitted = admitted(request);
        let agent = request
            .headers()
            .get(header::USER_AGENT)
            .and_then(|agent| agent.to_str().ok())
            .unwrap_or_default();
        let key = if admitted.operation.spec.takes_key {
            idempotency_key(request.headers())
        } else {
            Ok(None)
        };
        ready(key.map_err(Failure::from).map(|idempotency_key| Self {
            state: state(request),
            address: admitted.address,
            request_id: admitted.request_id,
            user_agent: agent.chars().take(300).collect(),
            request: request.clone(),
            admitted,
            idempotency_key,
        }))
    }
}

impl PublicRequestContext {
    /// Counts the call against buckets that only the handler can name; what is left is told in the
    /// answer.
    ///
    /// # Errors
    /// `quota_exceeded`.
    pub fn count(&self, from: &[(Bucket, Subject<'_>)]) -> Result<TakenUnits<'_>> {
        let taken = self.state.limits.take(from, 1);
        let left = match &taken {
            Ok(taken) => taken.left,
            Err(refusal) => RateLimitState::after(refusal),
        };
        if let Some(left) = left {
            self.request.extensions_mut().insert(left);
        }
        Ok(taken?)
    }

    /// The credential, when one came along (an operation may be public and still know its caller).
    pub async fn caller(&self) -> Result<Option<Caller>> {
        let Some(authorization) = self.request.headers().get(header::AUTHORIZATION) else {
            return Ok(None);
        };
        let text = authorization.to_str().ok();
        Ok(Some(self.state.authenticator.authenticate(text, self.address, self.request_id).await?))
    }
    /// As [`RequestContext::once`], inside of an organization that a `secret` of the path leads to: it stands
    /// for the credential.
    pub async fn once(
        &self,
        scope: &Scope,
        secret: &str,
        payload: &BodyDigest,
        work: impl AsyncFnOnce(&Tx<'_>) -> domain::Result<Answer>,
    ) -> Result<Answer> {
        let [credential @ .., _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _] =
            BodyDigest::of(secret.as_bytes()).0;
        let key = self.idempotency_key.clone();
        let key = key.map(|key| {
            named(&self.request, &self.admitted, Uuid::from_bytes(credential), key, payload)
        });
        let problem = |error: &Error| {
            problem::document(
                &ErrorReport::new(error, self.admitted.request_id),
                self.request.path(),
            )
        };
        once(&self.state, scope, key, problem, work).await
    }
}
