//! How things are **asked for**: HTTP, the worker's tasks, the program's commands.
//!
//! Three areas, and what each may import is in docs/imports.txt: `kernel` (mechanisms: the gate,
//! the document, outgoing requests), `resources` (the handlers, one module per word of the API) and
//! `processes` (what spans several resources). `routes`, `server` and `worker` put them together.

// `#[operation(..)]` writes paths that begin with `::api`, here and in other crates alike.
extern crate self as api;

pub mod kernel;
pub mod processes;
pub mod resources;
pub mod routes;
pub mod server;
pub mod worker;

pub use kernel::*;
pub use processes::*;
pub use resources::*;
