//! Notifications to the other connections of the database, sent after the commit.
//!
//! NOTIFY inside of a transaction takes a lock that the whole cluster shares and holds it until the
//! commit is on the disk, so that the commits of all organizations wait for each other. Sent after
//! the commit, in a transaction that writes nothing, it holds the lock for microseconds. A process
//! that dies in between notifies nobody: whoever listens also asks the tables, once a second.

use std::collections::BTreeSet;

use diesel::{prelude::*, sql_types::Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::Result;
use futures_util::future::try_join_all;
use uuid::Uuid;

// It returns void, of which nothing is read.
define_sql_function! { fn pg_notify(channel: Text, payload: Text) -> Text; }

/// The channel of [`Announcement::TasksQueued`].
pub(crate) const TASKS: &str = "partneros_tasks";
/// The channel of [`Announcement::Revoked`]; the payload is the id.
pub(crate) const REVOKED: &str = "partneros_revoked";

/// Something that other connections listen for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Announcement {
    /// A task was queued that a worker can run now.
    TasksQueued,
    /// What was issued for this session, member or key has ended.
    Revoked(Uuid),
}

/// Sends notifications. The connection must not be inside of a transaction.
///
/// # Errors
/// Those of the database.
pub(crate) async fn send(conn: &AsyncPgConnection, all: BTreeSet<Announcement>) -> Result<()> {
    let notify = async |announcement: Announcement| {
        let (channel, payload) = match announcement {
            Announcement::TasksQueued => (TASKS, String::new()),
            Announcement::Revoked(id) => (REVOKED, id.to_string()),
        };
        diesel::select(pg_notify(channel, payload)).execute(&mut { conn }).await
    };
    try_join_all(all.into_iter().map(notify)).await?;
    Ok(())
}
