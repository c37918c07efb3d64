//! What the tests share.

pub mod contract_lint;
