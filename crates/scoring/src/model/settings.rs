//! Where a model is, how far the engine goes for an answer, and what came of asking.

use std::time::Duration;

use secrecy::SecretString;

/// Where the model is, and how far the engine goes for an answer.
#[derive(Debug, Clone)]
pub struct ModelSettings {
    /// Where the API begins, `https://api.openai.com/v1`, without a slash at the end.
    pub base_url: String,
    pub api_key: SecretString,
    /// The name of the model.
    pub model: String,
    /// Tokens that one organization may use on one day.
    pub daily_tokens: i64,
    pub limits: Limits,
}

/// How long, how often, how many.
#[derive(Debug, Clone)]
pub struct Limits {
    /// For one request, from sending it to the last byte of the answer.
    pub attempt: Duration,
    /// For one partner, with all retries and the waits between them.
    pub overall: Duration,
    /// Requests for one partner at most.
    pub attempts: u32,
    /// The first wait before a retry; doubles with each one.
    pub backoff: Duration,
    /// The longest wait. A server that asks for a longer one (`Retry-After`) is not asked again.
    pub longest_wait: Duration,
    /// Partners at once.
    pub concurrency: usize,
    /// So many partners in a row without an answer, and the server is left alone ...
    pub failures: u32,
    /// ... for so long; then one partner tries it.
    pub cooldown: Duration,
    /// The longest answer, in tokens; with what a reasoning model thinks.
    pub answer_tokens: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            attempt: Duration::from_secs(30),
            overall: Duration::from_secs(75),
            attempts: 3,
            backoff: Duration::from_millis(500),
            longest_wait: Duration::from_secs(20),
            concurrency: 4,
            failures: 5,
            cooldown: Duration::from_secs(30),
            answer_tokens: 4_000,
        }
    }
}

/// The settings cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("the language model cannot be used: {0}")]
pub struct UnusableSettings(pub(super) String);

/// Why the rules had to step in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fallback {
    /// No answer in time.
    Timeout,
    /// The server asked to wait longer than we do, or again and again; or the account's quota is
    /// used up.
    RateLimited,
    /// The server answered with a fault of its own, again and again.
    ServerError,
    /// No connection, or it broke.
    Unreachable,
    /// The server does not accept the key.
    Unauthorized,
    /// The server does not accept the request: it does not know the model, or cannot bind it to a
    /// schema.
    Rejected,
    /// The model, or a filter of the server, declined to answer.
    Refused,
    /// The answer ended before its end.
    Truncated,
    /// The answer is not what the schema asks for.
    InvalidAnswer,
    /// The server was left alone because it had failed too often.
    CircuitOpen,
    /// The organization has used up its tokens for the day.
    BudgetExceeded,
}

impl Fallback {
    /// The word that `fallback_reason` holds.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Timeout => "timeout",
            Self::RateLimited => "rate_limited",
            Self::ServerError => "server_error",
            Self::Unreachable => "unreachable",
            Self::Unauthorized => "unauthorized",
            Self::Rejected => "rejected",
            Self::Refused => "refused",
            Self::Truncated => "truncated",
            Self::InvalidAnswer => "invalid_answer",
            Self::CircuitOpen => "circuit_open",
            Self::BudgetExceeded => "budget_exceeded",
        }
    }
}

/// What judging one partner used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Usage {
    /// As the server counted them; estimated where it does not say.
    pub prompt_tokens: i64,
    pub completion_tokens: i64,
    /// With all retries and waits, without the wait for a free place.
    pub duration: Duration,
    /// Requests that were sent.
    pub attempts: u32,
}

impl Usage {
    /// All tokens.
    pub fn tokens(&self) -> i64 {
        self.prompt_tokens.saturating_add(self.completion_tokens)
    }
}
