//! Imports: a batch of rows becomes partners, contacts or deals, and an item for each row tells
//! what became of it.

mod batch;
mod contacts;
mod deals;
mod partners;
mod people;
mod work;

pub(crate) use batch::before_and_after;
pub(crate) use work::exponent;
pub use work::{BATCH, give_up, insert, work};
