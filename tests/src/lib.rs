//! What the tests share: one server per process on a private PostgreSQL, and a fresh organization for each test,
//! so that every test also tests the wall between organizations.

pub mod contract_lint;
pub mod database;
mod instance;
mod jobs;
pub mod openai;
mod organization;
mod referee;

pub use instance::{Instance, instance, neighbour, settings};
pub use jobs::Ended;
pub use organization::{Answer, Client, Organization, PASSWORD, unique};
pub use referee::Referee;
