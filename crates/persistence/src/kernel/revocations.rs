//! Sessions, members and keys that ended or changed: access tokens are checked without a query, so
//! every instance keeps the ids revoked within a token's life, hears of new ones through NOTIFY,
//! and asks for them each second. An instance that cannot ask lets nobody in.

use std::{
    collections::HashMap,
    sync::{Arc, RwLock},
    time::{Duration, Instant},
};

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use domain::{Error, Result, schema::revocations};
use futures_util::StreamExt;
use uuid::Uuid;

use crate::kernel::{
    announcements::{Announcement, REVOKED},
    db::{Store, Tx},
};

/// The life of an access token, after which a revocation may be forgotten.
pub const TOKEN_LIFE: chrono::TimeDelta = chrono::TimeDelta::minutes(10);

/// Ends everything that was issued for this session, member or key until now, on every instance.
pub async fn revoke(tx: &Tx<'_>, id: Uuid) -> Result<()> {
    diesel::insert_into(revocations::table)
        .values(revocations::id.eq(id))
        .execute(&mut tx.conn())
        .await?;
    tx.announce(Announcement::Revoked(id));
    Ok(())
}

/// How often an instance asks the database what was revoked, whatever it hears through NOTIFY: a
/// connection can die without a word (firewalls, address translation and failovers drop idle ones).
const POLL: Duration = Duration::from_secs(1);
/// How long one such question may take before the connection counts as dead.
const POLL_LIMIT: Duration = Duration::from_secs(1);
/// An instance that could not ask for so long trusts no access token and no kept API key.
const STALE_AFTER: Duration = Duration::from_secs(5);
/// How far back a question looks: revocations are stamped before they are committed.
const OVERLAP: chrono::TimeDelta = chrono::TimeDelta::seconds(90);

/// The ids that this instance refuses.
#[derive(Clone)]
pub struct Revocations(Arc<RevocationState>);

struct RevocationState {
    ids: RwLock<HashMap<Uuid, DateTime<Utc>>>,
    /// When the database last said what was revoked.
    read_at: RwLock<Instant>,
}

impl Default for Revocations {
    fn default() -> Self {
        let read_at = RwLock::new(Instant::now());
        Self(Arc::new(RevocationState { ids: RwLock::default(), read_at }))
    }
}

impl Revocations {
    /// Whether something issued at `issued_at` for `id` has been revoked since.
    pub fn is_revoked(&self, id: Uuid, issued_at: DateTime<Utc>) -> bool {
        self.0.ids.read().expect("never poisoned").get(&id).is_some_and(|at| issued_at <= *at)
    }

    /// When `id` was last revoked, within a token's life.
    pub fn last(&self, id: Uuid) -> Option<DateTime<Utc>> {
        self.0.ids.read().expect("never poisoned").get(&id).copied()
    }

    /// Makes sure that what is known here is of the last seconds.
    ///
    /// # Errors
    /// `Unavailable` when the database could not be asked for longer than that: whoever lost access
    /// meanwhile would still get in.
    pub fn ensure_current(&self) -> Result<()> {
        let age = self.0.read_at.read().expect("never poisoned").elapsed();
        if age <= STALE_AFTER {
            return Ok(());
        }
        Err(Error::Unavailable(format!("revocations were last read {age:?} ago").into()))
    }

    fn add(&self, rows: impl IntoIterator<Item = (Uuid, DateTime<Utc>)>) {
        let mut ids = self.0.ids.write().expect("never poisoned");
        let old = Utc::now() - TOKEN_LIFE;
        ids.retain(|_, at| *at > old);
        for (id, at) in rows {
            let kept = ids.entry(id).or_insert(at);
            *kept = at.max(*kept);
        }
    }

    /// Loads what is revoked already, then follows until the returned task is dropped: by NOTIFY
    /// within milliseconds, and by a question each second, which also shows whether the connection
    /// lives. After a lost connection it starts anew, so nothing is missed.
    pub async fn follow(&self, store: &Store) -> Result<impl Future<Output = ()> + use<>> {
        let (ids, store) = (self.clone(), store.clone());
        let mut conn = ids.listen(&store).await?;
        Ok(async move {
            loop {
                let error = ids.read_on(&mut conn).await;
                tracing::warn!(%error, "lost the connection for revocations; connecting again");
                conn = loop {
                    match tokio::time::timeout(2 * POLL_LIMIT, ids.listen(&store)).await {
                        Ok(Ok(conn)) => break conn,
                        _ => tokio::time::sleep(Duration::from_millis(250)).await,
                    }
                };
            }
        })
    }

    /// Reads notifications, and the table once a second, until the connection fails.
    async fn read_on(&self, conn: &mut AsyncPgConnection) -> Error {
        loop {
            let until = tokio::time::Instant::now() + POLL;
            loop {
                let mut stream = std::pin::pin!(conn.notifications_stream());
                match tokio::time::timeout_at(until, stream.next()).await {
                    Ok(Some(Ok(note))) => {
                        if let Ok(id) = note.payload.parse() {
                            self.add([(id, Utc::now())]);
                        }
                    }
                    Ok(Some(Err(error))) => return error.into(),
                    Ok(None) => return Error::Unavailable("the connection was closed".into()),
                    Err(_elapsed) => break,
                }
            }
            match tokio::time::timeout(POLL_LIMIT, self.read(conn, OVERLAP)).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => return error,
                Err(late) => return Error::Unavailable(late.into()),
            }
        }
    }

    /// Reads what was revoked within the last `span`.
    async fn read(&self, conn: &mut AsyncPgConnection, span: chrono::TimeDelta) -> Result<()> {
        let asked_at = Instant::now();
        let rows: Vec<(Uuid, DateTime<Utc>)> = revocations::table
            .filter(revocations::revoked_at.gt(Utc::now() - span))
            .select((revocations::id, revocations::revoked_at))
            .load(conn)
            .await?;
        self.add(rows);
        *self.0.read_at.write().expect("never poisoned") = asked_at;
        Ok(())
    }

    async fn listen(&self, store: &Store) -> Result<AsyncPgConnection> {
        let mut conn = store.listener().await?;
        // Listen first, read second: what is revoked in between arrives twice rather than never.
        conn.batch_execute(&format!(
            "SET statement_timeout = 0; SET idle_session_timeout = 0; LISTEN {REVOKED}"
        ))
        .await?;
        self.read(&mut conn, TOKEN_LIFE).await?;
        Ok(conn)
    }
}
