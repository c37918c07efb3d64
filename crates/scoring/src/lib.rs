//! How partners are judged: facts in, score and evidence out. No database, no HTTP server.
//!
//! [`rules::judge`] is the engine that needs no outside service: `fit` makes fit of the ideal
//! partner profile, [`health`] makes health of documented signals, [`words`] says both in plain
//! language, [`hash`] tells whether anything that decides has changed. [`model`] lets a language
//! model correct and word what the rules found, when one is configured. [`backtest`] measures
//! whether health foretells what is won next.
//!
//! Architecture Invariant: scores are made of integers alone, so that every machine comes to the
//! same ones.

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
