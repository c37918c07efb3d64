//! The outer layer of the server: HTTP, the worker's tasks and the program's commands.
//!
//! Three areas, whose imports docs/imports.txt lists: `kernel` (mechanisms: the gate, the document,
//! outgoing requests), `resources` (the handlers, one module per word of the API) and `processes`
//! (what spans several resources). `routes`, `server` and `worker` assemble them.

// `#[operation(..)]` generates paths that begin with `::api`, in this crate and in others.
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
