//! What things **are**: types and pure rules. No I/O, no async.
//!
//! Mechanisms: `fields` (the catalogue), `filter`, `listing`, `body` (checks against the document),
//! `access`, `error`, `fault`, `quotas`, `events`, `ids`, `choices`, `page`, `cursor`, `patch`,
//! `shared_domains`, `text`, `timestamp`. Rooms: one file per resource.

pub mod access;
pub mod api_keys;
pub mod application_forms;
pub mod body;
pub mod choices;
pub mod contacts;
pub mod cursor;
pub mod deals;
pub mod domains;
pub mod enrichments;
pub mod error;
pub mod events;
pub mod exports;
pub mod fault;
pub mod fields;
pub mod filter;
pub mod formats;
pub mod ideal_partner_profile;
pub mod ids;
pub mod imports;
pub mod insights;
pub mod jobs;
pub mod joint_plans;
pub mod links;
pub mod listing;
pub mod me;
pub mod members;
pub mod notifications;
pub mod organizations;
pub mod page;
pub mod partners;
pub mod passwords;
pub mod patch;
pub mod plan_items;
pub mod quotas;
pub mod schema;
pub mod scores;
pub mod secrets;
pub mod selection;
pub mod sessions;
pub mod shared_domains;
pub mod slack;
pub mod sql;
pub mod submissions;
pub mod tags;
pub mod text;
pub mod tiers;
pub mod timestamp;
pub mod views;

pub use error::{Code, Error, Problem, Result};
pub use fault::{Fault, Place};
