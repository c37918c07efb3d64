//! Types and pure rules. No I/O, no async.
//!
//! Three areas, whose imports docs/imports.txt lists: `kernel` (mechanisms), `resources` (one
//! module per word of the API) and `processes` (what spans several resources). Other crates name a
//! module by its word alone, such as `domain::partners`; inside the crate the path names the area.

pub mod kernel;
pub mod processes;
pub mod resources;

pub use kernel::{
    error::{Code, Error, Problem, Result},
    field_error::{FieldError, Place},
    *,
};
pub use processes::*;
pub use resources::{partners::selection, *};
