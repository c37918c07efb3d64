//! Processes that span several resources.

pub mod admin;
pub mod demo;
pub mod enrichments;
pub mod exports;
pub mod imports;
pub mod job_work;
