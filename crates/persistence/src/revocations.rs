//! Sessions, members and keys that ended or changed: access tokens are checked without a query, so every
//! instance keeps the ids revoked within a token's life and hears of new ones through NOTIFY.

use std::{
    collections::HashMap,
    sync::{Arc, RwLock},
    time::Duration,
};

use chrono::{DateTime, Utc};
use diesel::{prelude::*, sql_types::Text};
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use domain::Result;
use futures_util::StreamExt;
use uuid::Uuid;

use crate::{Store, Tx, schema::revocations};

/// The life of an access token, after which a revocation may be forgotten.
pub const TOKEN_LIFE: chrono::TimeDelta = chrono::TimeDelta::minutes(10);

// It answers nothing, and nothing is what is read of it.
define_sql_function! { fn pg_notify(channel: Text, payload: Text) -> Text; }

/// Ends everything that was issued for this session, member or key until now, on every instance.
pub async fn revoke(tx: &Tx<'_>, id: Uuid) -> Result<()> {
    diesel::insert_into(revocations::table)
        .values(revocations::id.eq(id))
        .execute(&mut tx.conn())
        .await?;
    diesel::select(pg_notify("partneros_revoked", id.to_string())).execute(&mut tx.conn()).await?;
    Ok(())
}

/// The ids that this instance refuses.
#[derive(Clone, Default)]
pub struct Revocations(Arc<RwLock<HashMap<Uuid, DateTime<Utc>>>>);

impl Revocations {
    /// Whether something issued at `issued_at` for `id` has been revoked since.
    pub fn hold(&self, id: Uuid, issued_at: DateTime<Utc>) -> bool {
        self.0.read().expect("never poisoned").get(&id).is_some_and(|at| issued_at <= *at)
    }

    /// When `id` was last revoked, within a token's life.
    pub fn last(&self, id: Uuid) -> Option<DateTime<Utc>> {
        self.0.read().expect("never poisoned").get(&id).copied()
    }

    fn add(&self, rows: impl IntoIterator<Item = (Uuid, DateTime<Utc>)>) {
        let mut ids = self.0.write().expect("never poisoned");
        let old = Utc::now() - TOKEN_LIFE;
        ids.retain(|_, at| *at > old);
        for (id, at) in rows {
            let kept = ids.entry(id).or_insert(at);
            *kept = at.max(*kept);
        }
    }

    /// Loads what is revoked already, then listens until the returned task is dropped; after a lost
    /// connection it starts anew, so nothing is missed.
    pub async fn follow(&self, store: &Store) -> Result<impl Future<Output = ()> + use<>> {
        let (ids, store) = (self.clone(), store.clone());
        let mut conn = ids.listen(&store).await?;
        Ok(async move {
            loop {
                {
                    let mut stream = std::pin::pin!(conn.notifications_stream());
                    while let Some(Ok(note)) = stream.next().await {
                        if let Ok(id) = note.payload.parse() {
                            ids.add([(id, Utc::now())]);
                        }
                    }
                }
                tracing::warn!("lost the connection that tells of revocations; connecting again");
                conn = loop {
                    match ids.listen(&store).await {
                        Ok(conn) => break conn,
                        Err(_) => tokio::time::sleep(Duration::from_millis(250)).await,
                    }
                };
            }
        })
    }

    async fn listen(&self, store: &Store) -> Result<diesel_async::AsyncPgConnection> {
        let mut conn = store.listener().await?;
        // Listen first, read second: what is revoked in between arrives twice rather than never.
        conn.batch_execute(
            "SET statement_timeout = 0; SET idle_session_timeout = 0; LISTEN partneros_revoked",
        )
        .await?;
        let rows: Vec<(Uuid, DateTime<Utc>)> = revocations::table
            .filter(revocations::revoked_at.gt(Utc::now() - TOKEN_LIFE))
            .select((revocations::id, revocations::revoked_at))
            .load(&mut conn)
            .await?;
        self.add(rows);
        Ok(conn)
    }
}
