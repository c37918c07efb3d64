//! Mechanisms: they know no resource.

pub mod account_mails;
pub(crate) mod announcements;
pub mod batch;
pub(crate) mod changes;
pub mod db;
pub mod email_directory;
pub(crate) mod event_append;
pub(crate) mod event_numbering;
pub mod events;
pub mod idempotency;
pub mod listing;
pub(crate) mod locks;
pub mod mail_allowances;
pub mod migrate;
pub mod model_usage;
pub mod revocations;
pub(crate) mod server_keys;
pub(crate) mod sql;
pub(crate) mod statement;
pub mod tasks;
#[cfg(test)]
pub(crate) mod testing;
pub(crate) mod turns;
pub mod worker;
