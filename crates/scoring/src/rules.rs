//! The engine `rules`: deterministic, without external services, and with evidence for every point.

use crate::{
    Judgement,
    facts::{PartnerFacts, Profile},
    hash, health, words,
};

pub use crate::fit::{
    DIMENSIONS, ENGINE, Fit, MAX_REASON, Outcome, evidence_dimension, fit, fit_score, of, outcome,
    part,
};

/// Scores a partner. The same facts and profile always give the same result.
pub fn judge(facts: &PartnerFacts, profile: &Profile) -> Judgement {
    let fit = fit(facts, profile);
    let health = health::judge(facts);
    let key_strengths = words::key_strengths(profile, &fit, &health);
    let summary = words::summary(facts, &fit, &health);
    let evidence = fit.evidence.into_iter().chain(health.evidence()).collect();
    Judgement {
        fit_score: fit.score,
        health_score: health.score,
        four_c_breakdown: fit.breakdown,
        key_strengths,
        ai_summary: Some(summary),
        evidence,
        engine: ENGINE.to_owned(),
        fallback_reason: None,
        input_hash: hash::input_hash(facts, profile, ENGINE, ""),
    }
}
