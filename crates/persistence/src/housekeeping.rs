//! What nobody needs any more, erased organization by organization, a bounded number of rows at a time.

use chrono::TimeDelta;
use diesel::{
    pg::Pg,
    prelude::*,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    sql_types::{BigInt, Integer},
};
use diesel_async::RunQueryDsl;
use domain::{Result, timestamp::Timestamp};

use crate::{
    Tx, enrichments,
    schema::{
        deals, enrichment_cache, idempotency_keys, job_items, jobs, notification_deliveries,
        notifications, partners, password_resets, revocations, score_claims, sessions, submissions,
        tasks,
    },
};

/// Rows of one kind in one transaction.
const BATCH: i64 = 1_000;

fn ago(span: TimeDelta) -> Timestamp {
    Timestamp(Timestamp::now().0 - span)
}

/// Erases one batch of everything; answers how many rows went. Call it until that is 0.
///
/// Partners and deals 30 days after their deletion, events after 90 days, kept answers after 24 hours, the items of jobs when
/// they expire and jobs themselves after 90 days more (until then they answer `job_expired`), dead tasks after
/// 30 days, notifications after 90 days and their deliveries after 30, sessions 30 days after their end, links to choose
/// a password, revocations and what dead tasks have claimed after a day, what sources of enrichment said after seven days.
/// Files of jobs: [`crate::jobs::with_expired_files`].
pub async fn purge(tx: &Tx<'_>) -> Result<usize> {
    let mut conn = tx.conn();
    let mut gone = 0;
    let old = partners::table
        .filter(partners::deleted_at.lt(ago(TimeDelta::days(30))))
        .select(partners::id)
        .limit(BATCH);
    let old: Vec<uuid::Uuid> = old.load(&mut conn).await?;
    diesel::update(submissions::table.filter(submissions::partner_id.eq_any(&old)))
        .set(submissions::partner_id.eq(None::<uuid::Uuid>))
        .execute(&mut conn)
        .await?;
    gone +=
        diesel::delete(partners::table.filter(partners::id.eq_any(old))).execute(&mut conn).await?;
    let old = deals::table
        .filter(deals::deleted_at.lt(ago(TimeDelta::days(30))))
        .select(deals::id)
        .limit(BATCH);
    let old: Vec<uuid::Uuid> = old.load(&mut conn).await?;
    gone += diesel::delete(deals::table.filter(deals::id.eq_any(old))).execute(&mut conn).await?;
    gone += diesel::delete(
        idempotency_keys::table.filter(idempotency_keys::created_at.lt(ago(TimeDelta::hours(24)))),
    )
    .execute(&mut conn)
    .await?;
    let expired = jobs::table.filter(jobs::expires_at.lt(Timestamp::now())).select(jobs::id);
    let first: Option<(uuid::Uuid, i64)> = job_items::table
        .filter(job_items::job_id.eq_any(expired))
        .select((job_items::job_id, job_items::index))
        .order((job_items::job_id, job_items::index))
        .first(&mut conn)
        .await
        .optional()?;
    if let Some((job, index)) = first {
        let some = job_items::job_id.eq(job).and(job_items::index.lt(index + BATCH * 10));
        gone += diesel::delete(job_items::table.filter(some)).execute(&mut conn).await?;
    }
    let forgotten = jobs::table
        .filter(jobs::expires_at.lt(ago(TimeDelta::days(90))))
        .filter(jobs::files_expire_at.is_null());
    gone += diesel::delete(forgotten).execute(&mut conn).await?;
    gone += diesel::delete(tasks::table.filter(tasks::died_at.lt(ago(TimeDelta::days(30)))))
        .execute(&mut conn)
        .await?;
    let ended = sessions::absolute_expires_at
        .lt(ago(TimeDelta::days(30)))
        .or(sessions::revoked_at.lt(ago(TimeDelta::days(30))).assume_not_null());
    gone += diesel::delete(sessions::table.filter(ended)).execute(&mut conn).await?;
    gone += diesel::delete(
        password_resets::table.filter(password_resets::expires_at.lt(ago(TimeDelta::days(1)))),
    )
    .execute(&mut conn)
    .await?;
    let old = notifications::table.filter(notifications::created_at.lt(ago(TimeDelta::days(90))));
    gone += diesel::delete(old).execute(&mut conn).await?;
    let old = notification_deliveries::table
        .filter(notification_deliveries::created_at.lt(ago(TimeDelta::days(30))));
    gone += diesel::delete(old).execute(&mut conn).await?;
    let stale =
        enrichment_cache::table.filter(enrichment_cache::fetched_at.lt(ago(enrichments::FRESH)));
    gone += diesel::delete(stale).execute(&mut conn).await?;
    diesel::delete(revocations::table.filter(revocations::revoked_at.lt(ago(TimeDelta::days(1)))))
        .execute(&mut conn)
        .await?;
    diesel::delete(
        score_claims::table.filter(score_claims::held_until.lt(ago(TimeDelta::days(1)))),
    )
    .execute(&mut conn)
    .await?;
    let events: i64 = PurgeEvents { most: BATCH as i32 * 5 }.get_result(&mut conn).await?;
    Ok(gone + events as usize)
}

#[derive(QueryId)]
struct PurgeEvents {
    most: i32,
}

impl Query for PurgeEvents {
    type SqlType = BigInt;
}
impl QueryFragment<Pg> for PurgeEvents {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("/* housekeeping.purge_events */ SELECT purge_events(");
        out.push_bind_param::<Integer, _>(&self.most)?;
        out.push_sql(")");
        Ok(())
    }
}
impl<C> diesel::RunQueryDsl<C> for PurgeEvents {}
