//! Processes that span several resources.

pub mod acceptance;
pub mod displaced_members;
pub mod enrichments;
pub mod exports;
pub mod housekeeping;
pub mod imports;
pub mod member_removal;
pub mod slack_disconnection;
