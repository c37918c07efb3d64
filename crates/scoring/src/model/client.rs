//! Calls the server: one request, and retries if they may help.
//!
//! async-openai sends the requests, but responses are parsed here, because its own code retries
//! without a time limit, ignores `Retry-After`, reads bodies of any size, and logs invalid
//! responses.

use std::time::{Duration, Instant};

use async_openai::{config::Config, error::OpenAIError, middleware::HttpRequestFactory};
use chrono::{DateTime, Utc};
use reqwest::{
    StatusCode,
    header::{AUTHORIZATION, HeaderMap, HeaderValue, RETRY_AFTER},
    redirect,
};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use super::{
    prompt::Prompt,
    settings::{Fallback, Limits, UnusableSettings, Usage},
    tokens::estimate,
};

/// The largest response body in bytes. Responses are a few KiB.
const LARGEST_BODY: usize = 1024 * 1024;

/// More tokens than any server can report.
const MAX_TOKENS: i64 = 10_000_000;

/// The fields that are read of a response. Nothing else, because compatible servers omit and add
/// fields.
#[derive(Debug, Deserialize)]
pub(super) struct Completion {
    pub(super) choices: Vec<Choice>,
    #[serde(default)]
    usage: Option<Counts>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Choice {
    pub(super) message: Message,
    #[serde(default)]
    pub(super) finish_reason: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Message {
    #[serde(default)]
    pub(super) content: Option<String>,
    #[serde(default)]
    pub(super) refusal: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Counts {
    #[serde(default)]
    prompt_tokens: Option<i64>,
    #[serde(default)]
    completion_tokens: Option<i64>,
}

impl Completion {
    /// The tokens of prompt and completion: as reported by the server, otherwise estimated.
    fn tokens(&self, prompt: &Prompt) -> (i64, i64) {
        let said = |count: Option<i64>| count.map(|count| count.clamp(0, MAX_TOKENS));
        let counts = self.usage.as_ref();
        let written = || {
            self.choices
                .iter()
                .filter_map(|choice| choice.message.content.as_deref())
                .map(estimate)
                .sum()
        };
        (
            said(counts.and_then(|counts| counts.prompt_tokens)).unwrap_or_else(|| prompt.tokens()),
            said(counts.and_then(|counts| counts.completion_tokens)).unwrap_or_else(written),
        )
    }
}

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the language model has not answered: {}", self.fallback().as_str())]
pub(super) struct Failure {
    kind: Kind,
    /// The delay that the server requested.
    retry_after: Option<Duration>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Timeout,
    RateLimited,
    OutOfQuota,
    ServerError,
    Unreachable,
    Unauthorized,
    Rejected,
    NoCompletion,
}

impl From<Kind> for Failure {
    fn from(kind: Kind) -> Self {
        Self { kind, retry_after: None }
    }
}

impl From<Failure> for OpenAIError {
    fn from(failure: Failure) -> Self {
        Self::Boxed(Box::new(failure))
    }
}

impl Failure {
    pub(super) fn fallback(self) -> Fallback {
        match self.kind {
            Kind::Timeout => Fallback::Timeout,
            Kind::RateLimited | Kind::OutOfQuota => Fallback::RateLimited,
            Kind::ServerError => Fallback::ServerError,
            Kind::Unreachable => Fallback::Unreachable,
            Kind::Unauthorized => Fallback::Unauthorized,
            Kind::Rejected => Fallback::Rejected,
            Kind::NoCompletion => Fallback::InvalidAnswer,
        }
    }

    /// The delay before request number `next`; `None` if there is none. `chance` is 0 to 1.
    fn wait(self, next: u32, limits: &Limits, chance: f64) -> Option<Duration> {
        let may_help = matches!(
            self.kind,
            Kind::Timeout | Kind::RateLimited | Kind::ServerError | Kind::Unreachable
        );
        if !may_help
            || next > limits.attempts
            || self.retry_after.is_some_and(|asked| asked > limits.longest_wait)
        {
            return None;
        }
        let doubled = limits
            .backoff
            .saturating_mul(1 << next.saturating_sub(2).min(16))
            .min(limits.longest_wait);
        // Half of it is random, so that requests that failed together are not repeated together.
        let own = doubled.mul_f64(0.5 + chance / 2.0);
        Some(self.retry_after.map_or(own, |asked| asked + own.mul_f64(0.2)))
    }

    /// The kind of a connection error.
    fn of_connection(error: &reqwest::Error) -> Self {
        if error.is_timeout() { Kind::Timeout.into() } else { Kind::Unreachable.into() }
    }

    fn of_status(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Self {
        let kind = match status.as_u16() {
            401 | 403 => Kind::Unauthorized,
            429 if says_quota(body) => Kind::OutOfQuota,
            429 => Kind::RateLimited,
            408 => Kind::Timeout,
            409 | 425 | 500.. => Kind::ServerError,
            _ => Kind::Rejected,
        };
        Self { kind, retry_after: retry_after(headers, Utc::now()) }
    }
}

/// Whether a response means that the account has no credit, so that waiting does not help.
fn says_quota(body: &[u8]) -> bool {
    let body: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
    ["code", "type"].iter().any(|key| body["error"][key] == "insufficient_quota")
}

/// The delay that the server requests: in milliseconds by a header of OpenAI's own, in seconds, or
/// until a date.
fn retry_after(headers: &HeaderMap, now: DateTime<Utc>) -> Option<Duration> {
    let text = |name: &str| headers.get(name)?.to_str().ok().map(str::trim);
    let number =
        |text: &str| text.parse::<f64>().ok().filter(|number| number.is_finite() && *number >= 0.0);
    if let Some(millis) = text("retry-after-ms").and_then(number) {
        return Duration::try_from_secs_f64(millis / 1000.0).ok();
    }
    let asked = text(RETRY_AFTER.as_str())?;
    match number(asked) {
        Some(seconds) => Duration::try_from_secs_f64(seconds).ok(),
        None => {
            let until = DateTime::parse_from_rfc2822(asked).ok()?;
            Some((until.to_utc() - now).to_std().unwrap_or_default())
        }
    }
}

/// The URL of the API, and the key. The configuration of async-openai itself also reads the
/// environment.
struct Endpoint {
    base_url: String,
    api_key: SecretString,
    authorization: HeaderValue,
}

impl Config for Endpoint {
    fn headers(&self) -> HeaderMap {
        HeaderMap::from_iter([(AUTHORIZATION, self.authorization.clone())])
    }
    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base_url)
    }
    fn query(&self) -> Vec<(&str, &str)> {
        Vec::new()
    }
    fn api_base(&self) -> &str {
        &self.base_url
    }
    fn api_key(&self) -> &SecretString {
        &self.api_key
    }
}

/// The HTTP client of the server.
pub(super) struct Client(async_openai::Client<Endpoint>);

impl Client {
    pub(super) fn new(base_url: String, api_key: &SecretString) -> Result<Self, UnusableSettings> {
        let mut authorization =
            HeaderValue::from_str(&format!("Bearer {}", api_key.expose_secret()))
                .map_err(|_| UnusableSettings("the key must be visible ASCII characters".into()))?;
        authorization.set_sensitive(true);
        let http = reqwest::Client::builder()
            .connect_timeout(Duration::from_secs(10))
            // The key must not be sent to another server.
            .redirect(redirect::Policy::none())
            .build()
            .map_err(|error| UnusableSettings(error.to_string()))?;
        let endpoint = Endpoint { base_url, api_key: api_key.clone(), authorization };
        let sender = http.clone();
        let send =
            tower::service_fn(move |request: HttpRequestFactory| send(sender.clone(), request));
        Ok(Self(async_openai::Client::build(http, endpoint).with_http_service(send)))
    }

    /// Sends a request, with retries within the limits. Its cost is added to `usage`, also if it
    /// fails.
    pub(super) async fn ask(
        &self,
        prompt: &Prompt,
        limits: &Limits,
        usage: &mut Usage,
    ) -> Result<Completion, Failure> {
        let deadline = Instant::now() + limits.overall;
        loop {
            usage.attempts += 1;
            let failure =
                match self.ask_once(prompt, limits.attempt.min(deadline - Instant::now())).await {
                    Ok(completion) => {
                        let (prompt_tokens, completion_tokens) = completion.tokens(prompt);
                        usage.prompt_tokens += prompt_tokens;
                        usage.completion_tokens += completion_tokens;
                        return Ok(completion);
                    }
                    Err(failure) => failure,
                };
            if failure.kind == Kind::Timeout {
                // The server has probably processed it, so it is charged.
                usage.prompt_tokens += prompt.tokens();
            }
            let Some(wait) = failure.wait(usage.attempts + 1, limits, chance()) else {
                return Err(failure);
            };
            if Instant::now() + wait >= deadline {
                return Err(failure);
            }
            tokio::time::sleep(wait).await;
        }
    }

    async fn ask_once(&self, prompt: &Prompt, limit: Duration) -> Result<Completion, Failure> {
        match tokio::time::timeout(limit, self.0.chat().create_byot(prompt.request())).await {
            Ok(Ok(completion)) => Ok(completion),
            Ok(Err(OpenAIError::Boxed(error))) => {
                Err(error.downcast_ref().copied().unwrap_or(Kind::NoCompletion.into()))
            }
            Ok(Err(OpenAIError::Reqwest(error))) => Err(Failure::of_connection(&error)),
            Ok(Err(_)) => Err(Kind::NoCompletion.into()),
            Err(_) => Err(Kind::Timeout.into()),
        }
    }
}

/// Sends one request and reads the whole response, which is a completion unless it is an error.
async fn send(
    http: reqwest::Client,
    request: HttpRequestFactory,
) -> Result<reqwest::Response, Failure> {
    let request = request.build().await.map_err(|_| Kind::Rejected)?;
    let mut response =
        http.execute(request).await.map_err(|error| Failure::of_connection(&error))?;
    let mut body = Vec::new();
    while let Some(chunk) =
        response.chunk().await.map_err(|error| Failure::of_connection(&error))?
    {
        if body.len() + chunk.len() > LARGEST_BODY {
            return Err(Kind::NoCompletion.into());
        }
        body.extend_from_slice(&chunk);
    }
    let status = response.status();
    if !status.is_success() {
        return Err(Failure::of_status(status, response.headers(), &body));
    }
    // Checked here, because async-openai would log a body that it cannot parse.
    serde_json::from_slice::<Completion>(&body).map_err(|_| Kind::NoCompletion)?;
    Ok(http::Response::new(body).into())
}

/// A random number from 0 to 1.
fn chance() -> f64 {
    getrandom::u32().map_or(0.5, |number| f64::from(number) / f64::from(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(kind: Kind, retry_after: Option<u64>) -> Failure {
        Failure { kind, retry_after: retry_after.map(Duration::from_secs) }
    }

    #[test]
    fn waits_double_up_to_the_longest_and_vary() {
        let limits = Limits { attempts: 20, ..Limits::default() };
        let wait = |next, chance| {
            after(Kind::ServerError, None).wait(next, &limits, chance).unwrap().as_millis()
        };
        assert_eq!((wait(2, 0.0), wait(2, 1.0)), (250, 500));
        assert_eq!((wait(3, 1.0), wait(4, 1.0), wait(5, 1.0)), (1000, 2000, 4000));
        assert_eq!(wait(20, 1.0), 20_000);
    }

    #[test]
    fn the_server_is_waited_for_but_not_for_ever() {
        let limits = Limits::default();
        let wait = |failure: Failure, next| failure.wait(next, &limits, 0.0);
        assert!(wait(after(Kind::RateLimited, Some(7)), 2).unwrap() >= Duration::from_secs(7));
        assert_eq!(wait(after(Kind::RateLimited, Some(21)), 2), None);
        assert_eq!(wait(after(Kind::RateLimited, Some(1)), 4), None, "three requests at most");
        for kind in [Kind::OutOfQuota, Kind::Unauthorized, Kind::Rejected, Kind::NoCompletion] {
            assert_eq!(wait(kind.into(), 2), None, "{kind:?}");
        }
    }

    #[test]
    fn retry_after_is_read_in_each_of_its_forms() {
        let now = DateTime::parse_from_rfc3339("2026-11-25T12:00:00Z").unwrap().to_utc();
        let read = |name: &'static str, value: &str| {
            retry_after(
                &HeaderMap::from_iter([(name.parse().unwrap(), value.parse().unwrap())]),
                now,
            )
            .map(|d| d.as_millis())
        };
        assert_eq!(read("retry-after", "3"), Some(3000));
        assert_eq!(read("retry-after", " 0.5 "), Some(500));
        assert_eq!(read("retry-after-ms", "1500"), Some(1500));
        assert_eq!(read("retry-after", "Wed, 25 Nov 2026 12:00:09 GMT"), Some(9000));
        assert_eq!(read("retry-after", "Wed, 25 Nov 2026 11:00:00 GMT"), Some(0));
        for nonsense in ["soon", "-1", "NaN", "inf", "1e300"] {
            assert_eq!(read("retry-after", nonsense), None, "{nonsense}");
        }
    }

    #[test]
    fn every_status_has_a_meaning() {
        for (status, body, kind) in [
            (401, "", Kind::Unauthorized),
            (403, "", Kind::Unauthorized),
            (404, "", Kind::Rejected),
            (400, "", Kind::Rejected),
            (302, "", Kind::Rejected),
            (408, "", Kind::Timeout),
            (429, "slow down", Kind::RateLimited),
            (429, r#"{"error": {"code": "insufficient_quota"}}"#, Kind::OutOfQuota),
            (500, "", Kind::ServerError),
            (529, "", Kind::ServerError),
        ] {
            let failure = Failure::of_status(
                StatusCode::from_u16(status).unwrap(),
                &HeaderMap::new(),
                body.as_bytes(),
            );
            assert_eq!(failure.kind, kind, "{status} {body}");
        }
    }

    #[test]
    fn tokens_that_a_server_does_not_count_are_estimated() {
        let prompt = Prompt::made_up();
        let tokens = |body: &str| serde_json::from_str::<Completion>(body).unwrap().tokens(&prompt);
        assert_eq!(
            tokens(r#"{"choices": [], "usage": {"prompt_tokens": 7, "completion_tokens": -3}}"#),
            (7, 0)
        );
        let (asked, answered) = tokens(r#"{"choices": [{"message": {"content": "123456"}}]}"#);
        assert_eq!((asked, answered), (prompt.tokens(), 3));
    }
}
