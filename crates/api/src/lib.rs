//! How things are **asked for**: HTTP.

pub mod admin;
pub mod answer;
pub mod api_keys;
pub mod auth;
pub mod call;
pub mod config;
pub mod contacts;
pub mod documents;
pub mod events;
pub mod gate;
pub mod health;
pub mod limits;
pub mod me;
pub mod members;
pub mod metrics;
pub mod openapi;
pub mod organizations;
pub mod problem;
pub mod routes;
pub mod server;
pub mod server_key;
pub mod sessions;
pub mod state;
pub mod tags;
pub mod telemetry;
pub mod tokens;
