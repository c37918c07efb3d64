//! Mechanisms: they know no resource.

pub mod answer;
pub mod auth;
pub mod call;
pub mod circuit;
pub mod client_address;
pub mod config;
pub mod devices;
pub mod documents;
pub mod files;
pub mod gate;
pub mod health;
pub mod heavy;
pub mod images;
pub mod limits;
pub mod mail;
pub mod metrics;
pub mod openapi;
pub mod outgoing;
pub mod pages;
pub mod passwords;
pub mod problem;
pub mod server_key;
pub mod state;
pub mod telemetry;
pub mod tokens;
pub mod upload;
