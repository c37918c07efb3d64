//! The language model: it corrects the result of the rules within limits and describes it, but
//! never prevents a score. After any failure the result of the rules is used, with the reason
//! ([`Fallback`]). Any OpenAI-compatible server can be used.
//!
//! Architecture Invariant: nothing that is sent or received is logged, and no text of the model is
//! stored without passing `answer`.

mod answer;
mod budget;
mod circuit;
mod client;
mod prompt;
mod settings;
mod tokens;

use std::{fmt::Write, time::Instant};

use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;

pub use budget::{Budget, ModelUsage};
pub use prompt::PROMPT_VERSION;
pub use settings::{Fallback, Limits, ModelSettings, UnusableSettings, Usage};

use crate::{
    Judgement,
    facts::{PartnerFacts, Profile},
};
use answer::Answer;
use circuit::Circuit;
use client::{Client, Completion};
use prompt::Prompt;

/// A score, and its cost.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelJudgement {
    pub judgement: Judgement,
    /// `None` if nothing was sent.
    pub usage: Option<Usage>,
}

/// A configured language model. One per process, because its circuit and its slots are shared.
pub struct Model {
    client: Client,
    name: String,
    daily_tokens: i64,
    limits: Limits,
    places: Semaphore,
    circuit: Circuit,
}

impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Model").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Model {
    /// Creates the client, without opening a connection.
    ///
    /// # Errors
    /// The key is not valid in a header, or TLS is not available.
    pub fn new(settings: ModelSettings) -> Result<Self, UnusableSettings> {
        let ModelSettings { base_url, api_key, model, daily_tokens, limits } = settings;
        Ok(Self {
            client: Client::new(base_url, &api_key)?,
            places: Semaphore::new(limits.concurrency.max(1)),
            circuit: Circuit::new(limits.failures, limits.cooldown),
            name: model,
            daily_tokens,
            limits,
        })
    }

    /// `model/NAME`.
    pub fn engine(&self) -> String {
        format!("model/{}", self.name)
    }

    /// The tokens that one organization may use per day; the remaining ones make a [`Budget`].
    pub fn daily_tokens(&self) -> i64 {
        self.daily_tokens
    }

    /// SHA-256 of everything that the result depends on: what the rules use, and what only the
    /// model uses. A partner with this hash need not be scored again. (After a fallback the score
    /// has the hash of the rules, so that the model is called the next time.)
    pub fn input_hash(
        &self,
        facts: &PartnerFacts,
        profile: &Profile,
        by_rules: &Judgement,
    ) -> String {
        let mut seen = prompt::facts(facts);
        if let Some(seen) = seen.as_object_mut() {
            seen.retain(|name, _| !prompt::BY_THE_DAY.contains(&name.as_str()));
        }
        let mut hash = Sha256::new();
        for part in [
            self.engine().as_str(),
            PROMPT_VERSION,
            &by_rules.input_hash,
            profile.narrative.as_deref().unwrap_or_default(),
            &seen.to_string(),
        ] {
            // With its length, so that different lists of parts never have the same input.
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        hash.finalize().iter().fold(String::with_capacity(64), |mut hex, byte| {
            write!(hex, "{byte:02x}").expect("a string takes everything");
            hex
        })
    }

    /// Scores a partner, starting from the result of the rules. Never fails: after any failure the
    /// result of the rules is returned, with the reason in `fallback_reason`. Waits for a free
    /// slot; after that it takes at most `Limits::overall`.
    ///
    /// `budget` is that of the partner's organization, shared by concurrent calls; used tokens are
    /// deducted from it, and returned for the caller's records.
    pub async fn judge(
        &self,
        facts: &PartnerFacts,
        profile: &Profile,
        by_rules: Judgement,
        budget: &Budget,
    ) -> ModelJudgement {
        let _place = self.places.acquire().await.expect("it is never closed");
        let mut usage = Usage::default();
        let started = Instant::now();
        let asked = self.ask(facts, profile, &by_rules, budget, &mut usage).await;
        usage.duration = started.elapsed();
        self.log(asked.as_ref().err().copied(), &usage);
        let judgement = match asked {
            Ok(answer) => Judgement {
                engine: self.engine(),
                input_hash: self.input_hash(facts, profile, &by_rules),
                fallback_reason: None,
                ..answer.applied_to(by_rules, profile, &prompt::facts(facts))
            },
            Err(fallback) => {
                Judgement { fallback_reason: Some(fallback.as_str().into()), ..by_rules }
            }
        };
        ModelJudgement { judgement, usage: (usage.attempts > 0).then_some(usage) }
    }

    async fn ask(
        &self,
        facts: &PartnerFacts,
        profile: &Profile,
        by_rules: &Judgement,
        budget: &Budget,
        usage: &mut Usage,
    ) -> Result<Answer, Fallback> {
        let prompt = Prompt::new(&self.name, self.limits.answer_tokens, facts, profile, by_rules);
        let reserve = budget
            .reserve(prompt.tokens() + i64::from(self.limits.answer_tokens))
            .ok_or(Fallback::BudgetExceeded)?;
        let pass = self.circuit.enter(Instant::now()).ok_or(Fallback::CircuitOpen)?;
        let asked = self.client.ask(&prompt, &self.limits, usage).await;
        reserve.charge_usage(usage);
        match asked {
            Ok(completion) => {
                pass.succeeded();
                read(&completion)
            }
            Err(failure) => {
                if pass.failed(Instant::now()) {
                    tracing::warn!(
                        model = self.name,
                        reason = failure.fallback().as_str(),
                        "the circuit of the language model is open"
                    );
                }
                Err(failure.fallback())
            }
        }
    }

    fn log(&self, fallback: Option<Fallback>, usage: &Usage) {
        let outcome = fallback.map_or("answered", Fallback::as_str);
        if usage.attempts == 0 {
            tracing::debug!(model = self.name, outcome, "scored by the rules");
            return;
        }
        tracing::info!(
            model = self.name,
            outcome,
            prompt_tokens = usage.prompt_tokens,
            completion_tokens = usage.completion_tokens,
            attempts = usage.attempts,
            duration_ms = usage.duration.as_millis() as u64,
            "called the language model"
        );
    }
}

fn read(completion: &Completion) -> Result<Answer, Fallback> {
    let choice = completion.choices.first().ok_or(Fallback::InvalidAnswer)?;
    if choice.message.refusal.as_deref().is_some_and(|text| !text.is_empty()) {
        return Err(Fallback::Refused);
    }
    match choice.finish_reason.as_deref() {
        Some("length") => Err(Fallback::Truncated),
        Some("content_filter") => Err(Fallback::Refused),
        _ => Answer::parse(choice.message.content.as_deref().unwrap_or_default())
            .ok_or(Fallback::InvalidAnswer),
    }
}
