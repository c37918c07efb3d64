//! What the tests share: one server per process on a private PostgreSQL, and a fresh organization
//! for each test, so that every test also tests the wall between organizations.

pub mod contract_lint;
pub mod database;
mod instance;
mod jobs;
mod mail;
pub mod openai;
mod organization;
mod referee;
mod slack;
pub mod websites;

pub use instance::{Instance, beside_the_first, instance, neighbour, proving, settings};
pub use jobs::Ended;
pub use mail::{MailMode, MailSink, ReceivedMail, mail_sink};
pub use organization::{Answer, Client, Organization, PASSWORD, unique};
pub use referee::Referee;
pub use slack::{SlackMode, SlackStandIn, slack_stand_in};
pub use websites::{Reply, Site};
