//! Scoring of partners: facts in, score and evidence out. No database, no HTTP server.
//!
//! [`rules::judge`] is the engine that needs no external service: `fit` computes the fit from the
//! ideal partner profile, [`health`] the health from documented signals, [`words`] describes both
//! as text, and [`hash`] determines whether anything has changed on which scores depend. [`model`]
//! lets a language model correct and describe the result of the rules, if one is configured.
//! [`backtest`] measures whether health predicts future revenue.
//!
//! Architecture Invariant: scores are computed with integers only, so that all machines give the
//! same results.

pub mod backtest;
mod conditions;
pub mod facts;
mod fit;
pub mod hash;
pub mod health;
pub mod model;
pub mod rules;
mod text;
pub mod words;

pub use domain::scores::Judgement;
