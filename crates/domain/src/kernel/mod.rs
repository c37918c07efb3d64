//! Mechanisms: they know no resource.

pub mod access;
pub mod batch;
pub mod body;
pub mod choices;
pub mod currencies;
pub mod domains;
pub mod error;
pub mod error_report;
pub mod events;
pub mod fault;
pub mod fields;
pub mod filter;
pub mod formats;
pub mod ids;
pub mod links;
pub mod lists;
pub mod page;
pub mod passwords;
pub mod patch;
pub mod quotas;
pub mod schema;
pub mod secrets;
pub mod shared_domains;
pub mod sql;
pub mod text;
pub mod timestamp;
