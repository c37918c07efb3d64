//! How things are **asked for**: HTTP.

pub mod auth;
pub mod tokens;
pub mod documents;
pub mod openapi;
