//! How partners are judged: facts in, score and evidence out. No database, no HTTP server.
//!
//! [`rules::judge`] is the engine that needs no outside service: [`rules`] makes fit of the ideal partner profile,
//! [`health`] makes health of documented signals, [`words`] says both in plain language, [`hash`] tells whether anything
//! that decides has changed. [`model`] lets a language model correct and word what the rules found, when one is configured.
//! [`backtest`] measures whether health foretells what is won next.
//!
//! Architecture Invariant: scores are made of integers alone, so that every machine comes to the same ones.

pub mod backtest;
mod conditions;
pub mod facts;
pub mod hash;
pub mod health;
pub mod model;
pub mod rules;
pub mod words;

use domain::{partners::FourCBreakdown, scores::ScoreEvidence};

/// What came of judging a partner.
#[derive(Debug, Clone, PartialEq)]
pub struct Judgement {
    /// 0 to 100.
    pub fit_score: i64,
    /// 0 to 100.
    pub health_score: i64,
    pub four_c_breakdown: FourCBreakdown,
    /// At most 10, each of at most 200 characters; the strongest first.
    pub key_strengths: Vec<String>,
    /// At most 2,000 characters.
    pub ai_summary: Option<String>,
    /// At most 60.
    pub evidence: Vec<ScoreEvidence>,
    /// `rules/1` or `model/NAME`.
    pub engine: String,
    /// Why the rules had to step in for the model.
    pub fallback_reason: Option<String>,
    /// SHA-256 in hexadecimal of everything that decided: facts, profile, engine and its version.
    pub input_hash: String,
}
