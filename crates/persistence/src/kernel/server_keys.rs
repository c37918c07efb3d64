//! Since when a deployment has had its keys. A new key ends the sessions, reset links and
//! invitations that were made before, unless the previous key is still accepted.

use chrono::DateTime;
use diesel::{dsl::min, prelude::*};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::{Result, timestamp::Timestamp};

diesel::table! {
    server_keys (id) {
        id -> Text,
        first_seen_at -> Timestamptz,
    }
}

/// Records the accepted keys (by ids that reveal nothing about them), and returns since when the
/// first of them has been accepted. The first keys ever count as accepted always, so that data from
/// before keys were recorded stays valid.
pub(crate) async fn note(conn: &mut AsyncPgConnection, ids: &[String]) -> Result<Timestamp> {
    let any: i64 = server_keys::table.count().get_result(conn).await?;
    let now = Timestamp::now();
    // An upgrade to the version that records keys must not end sessions
    // (docs/decisions/0161-a-new-key-ends-what-the-old-one-made.md).
    let first_seen_at = if any == 0 { Timestamp(DateTime::UNIX_EPOCH) } else { now };
    let rows: Vec<_> = ids
        .iter()
        .map(|id| (server_keys::id.eq(id), server_keys::first_seen_at.eq(first_seen_at)))
        .collect();
    diesel::insert_into(server_keys::table)
        .values(rows)
        // Instances that start with the same key at once insert it once.
        .on_conflict_do_nothing()
        .execute(conn)
        .await?;
    let since: Option<Timestamp> = server_keys::table
        .filter(server_keys::id.eq_any(ids))
        .select(min(server_keys::first_seen_at))
        .first(conn)
        .await?;
    Ok(since.unwrap_or(now))
}
