//! How things are **kept**. diesel-async only; knows no HTTP.
//!
//! Mechanisms: `db` (pool, tenant transaction), `migrate`, `events`, `idempotency`, `revocations`.
//! Rooms: one file per resource, with the same name as in `domain` and `api`.
//!
//! Architecture Invariant: no SQL without a [`Tx`], no `Tx` without a scope; `organization_id` is neither
//! written nor read here, the database fills it in and adds it to every predicate.

pub mod db;
pub mod events;
pub mod idempotency;
pub mod migrate;
pub mod revocations;

pub use db::{Settings, Store, Tx};
pub use domain::schema;
