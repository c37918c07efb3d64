//! Imports: a batch of rows becomes partners, contacts or deals, with an item for each row.

mod batch;
mod contacts;
mod deals;
mod partners;
mod people;
mod work;

pub(crate) use batch::before_and_after;
pub(crate) use work::exponent;
pub use work::{BATCH, Import, insert};
