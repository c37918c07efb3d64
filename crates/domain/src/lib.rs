//! What things **are**: types and pure rules. No I/O, no async.
//!
//! Mechanisms: `ids`, `choices`, `timestamp`, `patch`, `page`, `fault`, `error`, `access`.
//! Rooms: one file per resource.

pub mod access;
pub mod choices;
pub mod error;
pub mod events;
pub mod fault;
pub mod ids;
pub mod page;
pub mod patch;
pub mod timestamp;

pub use error::{Code, Error, Problem, Result};
pub use fault::{Fault, Place};
