//! Processes that span several resources.

pub mod enrichments;
pub mod exports;
pub mod imports;
