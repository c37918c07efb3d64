//! The settings and limits of a model, and the results of calling it.

use std::time::Duration;

use secrecy::SecretString;

/// The server of a model, and the limits of its use.
#[derive(Debug, Clone)]
pub struct ModelSettings {
    /// The URL of the API, `https://api.openai.com/v1`, without a slash at the end.
    pub base_url: String,
    pub api_key: SecretString,
    /// The name of the model.
    pub model: String,
    /// The tokens that one organization may use per day.
    pub daily_tokens: i64,
    pub limits: Limits,
}

/// The limits of time, attempts and concurrency.
#[derive(Debug, Clone)]
pub struct Limits {
    /// For one request, from sending it to the last byte of the response.
    pub attempt: Duration,
    /// For one partner, with all retries and delays.
    pub overall: Duration,
    /// The most requests for one partner.
    pub attempts: u32,
    /// The first delay before a retry; it doubles with each one.
    pub backoff: Duration,
    /// The longest delay. If a server requests a longer one (`Retry-After`), there is no retry.
    pub longest_wait: Duration,
    /// The number of partners that are scored at the same time.
    pub concurrency: usize,
    /// The number of consecutive partners without an answer after which the server is not called
    /// for a while.
    pub failures: u32,
    /// The time after which one partner tries the server again.
    pub cooldown: Duration,
    /// The longest answer in tokens, including the reasoning of a model.
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

/// Why the rules replaced the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fallback {
    /// No answer in time.
    Timeout,
    /// The server requested a longer delay than the limit, or refused repeatedly; or the account
    /// has no credit.
    RateLimited,
    /// The server failed repeatedly.
    ServerError,
    /// No connection, or it was closed.
    Unreachable,
    /// The server does not accept the key.
    Unauthorized,
    /// The server does not accept the request: the model is unknown, or does not support a schema.
    Rejected,
    /// The model, or a filter of the server, declined to answer.
    Refused,
    /// The answer is incomplete.
    Truncated,
    /// The answer does not match the schema.
    InvalidAnswer,
    /// The server was not called because it had failed too often.
    CircuitOpen,
    /// The organization has used its tokens of the day.
    BudgetExceeded,
}

impl Fallback {
    /// The value of `fallback_reason`.
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

/// The usage of scoring one partner.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Usage {
    /// As the server counted them, otherwise estimated.
    pub prompt_tokens: i64,
    pub completion_tokens: i64,
    /// With all retries and delays, without waiting for a free slot.
    pub duration: Duration,
    /// The number of requests.
    pub attempts: u32,
}

impl Usage {
    /// All tokens.
    pub fn tokens(&self) -> i64 {
        self.prompt_tokens.saturating_add(self.completion_tokens)
    }
}
