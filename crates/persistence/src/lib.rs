//! Storage on PostgreSQL with diesel-async. Knows no HTTP.
//!
//! Three areas, whose imports docs/imports.txt lists: `kernel` (mechanisms: the tenant transaction,
//! lists, the event log, the queue), `resources` (one module per word of the API) and `processes`
//! (what spans several resources). Other crates name a module by its word alone, such as
//! `persistence::partners`; inside the crate the path names the area.
//!
//! Architecture Invariant: no SQL without a [`Tx`], no `Tx` without a scope; `organization_id` is
//! neither written nor read here, the database fills it in and adds it to every predicate.

pub mod kernel;
pub mod processes;
pub mod resources;

pub use kernel::{
    db::{Settings, Store, Tx},
    turns::Turn,
    *,
};
pub use processes::*;
pub use resources::{partners::selection, *};
