//! What the tests share: one server per process on a private PostgreSQL, and a fresh organization for each test,
//! so that every test also tests the wall between organizations.

pub mod contract_lint;
mod instance;
mod organization;
mod referee;

pub use instance::{Instance, instance, settings};
pub use organization::{Answer, Client, Organization, unique};
pub use referee::Referee;
