//! How things are **kept**. diesel-async only; knows no HTTP.
//!
//! Mechanisms: `db` (pool, tenant transaction), `listing`, `statement`, `events`, `tasks` and
//! `worker` (queue), `idempotency`, `locks` (the order in which rows are locked), `revocations`,
//! `migrate`. Rooms: one file per resource, with the same name as in `domain` and `api`.
//!
//! Architecture Invariant: no SQL without a [`Tx`], no `Tx` without a scope; `organization_id` is
//! neither written nor read here, the database fills it in and adds it to every predicate.

pub mod account_mails;
pub mod api_keys;
pub mod application_forms;
pub mod contacts;
pub mod db;
pub mod deals;
pub mod enrichments;
pub mod events;
pub mod exports;
pub mod housekeeping;
pub mod ideal_partner_profile;
pub mod idempotency;
pub mod imports;
pub mod insights;
pub mod jobs;
pub mod joint_plans;
pub mod listing;
pub mod mail_allowances;
pub mod me;
pub mod members;
pub mod migrate;
pub mod model_usage;
pub mod notification_deliveries;
pub mod notifications;
pub mod organizations;
pub mod partners;
pub mod passwords;
pub mod plan_items;
pub mod registrations;
pub mod revocations;
pub mod scores;
pub mod selection;
mod server_keys;
pub mod sessions;
pub mod slack;
pub mod submissions;
pub mod tags;
pub mod tasks;
pub mod tiers;
pub mod views;
pub mod worker;

mod changes;
mod locks;
mod statement;
#[cfg(test)]
mod testing;

pub use db::{Settings, Store, Tx};
pub use domain::schema;
pub use locks::Turn;

diesel::define_sql_function! {
    /// The present instant by the clock of the database (`now()` stands still within a
    /// transaction).
    fn clock_timestamp() -> diesel::sql_types::Timestamptz;
}
