//! Deletes data after its retention time, by organization, in batches of limited size.

use std::collections::HashSet;

use diesel::{
    pg::Pg,
    prelude::*,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    sql_types::{BigInt, Integer, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use domain::{
    Result,
    events::NewEvent,
    ids::{ContactId, DealId, JobId, PartnerId},
    schema::{contacts, deals, partners, submissions},
};
use serde_json::json;
use uuid::Uuid;

use crate::kernel::{
    db::Tx,
    statement::{Bind, Statement},
};

define_sql_function! { fn purge_mail_allowances(most: Integer) -> BigInt; }

/// The most rows of one kind in one transaction.
const BATCH: i64 = 5_000;

/// The rows of one table that are too old.
struct OldRows {
    table: &'static str,
    /// The primary key.
    key: &'static str,
    is_old: &'static str,
    /// By an index, if the table may be large.
    order: &'static str,
}

const fn old(
    table: &'static str,
    key: &'static str,
    is_old: &'static str,
    order: &'static str,
) -> OldRows {
    OldRows { table, key, is_old, order }
}

/// Rows that are deleted by age, by the clock of the database.
const OLD_ROWS: &[OldRows] = &[
    old(
        "idempotency_keys",
        "credential_id, operation, idempotency_key",
        "created_at < clock_timestamp() - interval '24 hours'",
        "created_at",
    ),
    // Until then they are answered with `job_expired`. Their items and files are deleted earlier.
    old(
        "jobs",
        "id",
        "expires_at < clock_timestamp() - interval '90 days' AND files_expire_at IS NULL \
         AND NOT EXISTS (SELECT FROM job_items i WHERE i.job_id = jobs.id)",
        "expires_at",
    ),
    old("tasks", "id", "died_at < clock_timestamp() - interval '30 days'", "id"),
    old(
        "sessions",
        "id",
        "(absolute_expires_at < clock_timestamp() - interval '30 days' \
         OR revoked_at < clock_timestamp() - interval '30 days')",
        "id",
    ),
    old(
        "password_resets",
        "token_hash",
        "expires_at < clock_timestamp() - interval '1 day'",
        "token_hash",
    ),
    old("notifications", "id", "created_at < clock_timestamp() - interval '90 days'", "created_at"),
    old(
        "notification_deliveries",
        "id",
        "created_at < clock_timestamp() - interval '30 days'",
        "created_at",
    ),
    old(
        "enrichment_cache",
        "domain, source",
        "fetched_at < clock_timestamp() - interval '7 days'",
        "fetched_at",
    ),
    // They are not used after the ten minutes of an access token's life.
    old("revocations", "id", "revoked_at < clock_timestamp() - interval '1 day'", "id"),
    old(
        "score_claims",
        "partner_id",
        "held_until < clock_timestamp() - interval '1 day'",
        "partner_id",
    ),
];

impl OldRows {
    /// Deletes one batch. All text is constant.
    fn delete(&self) -> Statement {
        let Self { table, key, is_old, order } = self;
        Statement::new(format!(
            "/* housekeeping.{table} */ DELETE FROM {table} WHERE ({key}) IN \
             (SELECT {key} FROM {table} WHERE {is_old} ORDER BY {order} LIMIT {BATCH})"
        ))
    }
}

/// Deletes one batch of all rows without files; returns the number of deleted rows. Call it until
/// that is 0.
///
/// In addition to rows by age: the items of jobs when they expire, and events after 90 days. For
/// partners and the files of jobs see [`expired_partners`] and
/// [`crate::resources::jobs::with_expired_files`].
///
/// # Errors
/// Database errors only.
pub async fn purge(tx: &Tx<'_>) -> Result<usize> {
    let mut conn = tx.conn();
    let mut gone = 0;
    gone += purge_deals(tx).await?;
    for rows in OLD_ROWS {
        gone += rows.delete().execute(&mut conn).await?;
    }
    // The first items of the job that expired first, because an import may have a million of them.
    let items = Statement::new(
        "/* housekeeping.job_items */ DELETE FROM job_items i USING (\
         SELECT j.id, f.index FROM jobs j CROSS JOIN LATERAL (\
         SELECT index FROM job_items WHERE job_id = j.id ORDER BY index LIMIT 1) AS f \
         WHERE j.expires_at < clock_timestamp() ORDER BY j.expires_at LIMIT 1) AS first \
         WHERE i.job_id = first.id AND i.index < first.index + ",
    )
    .with(Bind::Int(Some(BATCH)), "");
    gone += items.execute(&mut conn).await?;
    let _: i64 = diesel::select(purge_mail_allowances(BATCH as i32)).get_result(&mut conn).await?;
    let events: i64 = PurgeEvents { most: BATCH as i32 }.get_result(&mut conn).await?;
    Ok(gone + events as usize)
}

/// Partners that can no longer be restored, at most `most`: 30 days after their deletion. Erase
/// their files before calling [`purge_partners`], because nothing refers to them afterwards.
///
/// # Errors
/// Database errors only.
pub async fn expired_partners(tx: &Tx<'_>, most: i64) -> Result<Vec<PartnerId>> {
    let expired = Statement::new(
        "/* housekeeping.expired_partners */ SELECT id FROM partners \
         WHERE deleted_at < clock_timestamp() - interval '30 days' ORDER BY deleted_at LIMIT ",
    )
    .with(Bind::Int(Some(most)), "");
    Ok(expired.answers::<SqlUuid>().load(&mut tx.conn()).await?)
}

/// Erases partners found by [`expired_partners`], with all that belongs to them. An event is
/// recorded for each erased contact and deal, for clients that keep copies of the lists.
///
/// # Errors
/// Database errors only.
pub async fn purge_partners(tx: &Tx<'_>, ids: &[PartnerId]) -> Result<()> {
    let mut conn = tx.conn();
    // A partner that was just restored is kept.
    let deleted: Vec<(PartnerId, i64)> = partners::table
        .filter(partners::id.eq_any(ids))
        .filter(partners::deleted_at.is_not_null())
        .select((partners::id, partners::version))
        .order(partners::id)
        .for_update()
        .load(&mut conn)
        .await?;
    let ids: Vec<PartnerId> = deleted.iter().map(|(id, _)| *id).collect();
    diesel::update(submissions::table.filter(submissions::partner_id.eq_any(&ids)))
        .set(submissions::partner_id.eq(None::<Uuid>))
        .execute(&mut conn)
        .await?;
    // Contacts and deals are read first, because they are deleted with the partner by a foreign
    // key, and each needs an event.
    let people: Vec<(ContactId, i64, PartnerId)> = contacts::table
        .filter(contacts::partner_id.eq_any(&ids))
        .select((contacts::id, contacts::version, contacts::partner_id))
        .order(contacts::id)
        .load(&mut conn)
        .await?;
    let registrations: Vec<(DealId, i64, PartnerId)> = deals::table
        .filter(deals::partner_id.eq_any(&ids))
        .select((deals::id, deals::version, deals::partner_id))
        .order(deals::id)
        .load(&mut conn)
        .await?;
    diesel::delete(partners::table.filter(partners::id.eq_any(&ids))).execute(&mut conn).await?;
    for (id, version, partner) in people {
        tx.record(NewEvent::new("contact.deleted", id, version, json!({})).of_partner(partner));
    }
    for (id, version, partner) in registrations {
        tx.record(NewEvent::new("deal.erased", id, version, json!({})).of_partner(partner));
    }
    for (id, version) in deleted {
        tx.record(NewEvent::new("partner.erased", id, version, json!({})).of_partner(id));
    }
    Ok(())
}

/// Erases one batch of deals 30 days after their deletion, with an event for each.
async fn purge_deals(tx: &Tx<'_>) -> Result<usize> {
    let purge = Statement::new(
        "/* housekeeping.deals */ DELETE FROM deals WHERE id IN (SELECT id FROM deals \
         WHERE deleted_at < clock_timestamp() - interval '30 days' ORDER BY deleted_at LIMIT ",
    )
    .with(Bind::Int(Some(BATCH)), ") RETURNING id, version, partner_id");
    let gone: Vec<(DealId, i64, PartnerId)> =
        purge.answers::<(SqlUuid, BigInt, SqlUuid)>().load(&mut tx.conn()).await?;
    for (id, version, partner) in &gone {
        tx.record(NewEvent::new("deal.erased", id, *version, json!({})).of_partner(*partner));
    }
    Ok(gone.len())
}

/// The logos of these partners: the end of a logo's path identifies its file.
///
/// # Errors
/// Database errors only.
pub async fn logos_of(tx: &Tx<'_>, ids: &[PartnerId]) -> Result<Vec<(PartnerId, String)>> {
    let rows: Vec<(PartnerId, Option<String>)> = partners::table
        .filter(partners::id.eq_any(ids))
        .select((partners::id, partners::logo_url))
        .load(&mut tx.conn())
        .await?;
    Ok(rows.into_iter().filter_map(|(id, address)| Some((id, address?))).collect())
}

/// Those of these jobs that may have files: jobs that have not ended, and jobs whose files are not
/// erased.
///
/// # Errors
/// Database errors only.
pub async fn jobs_with_files(tx: &Tx<'_>, ids: &[JobId]) -> Result<HashSet<JobId>> {
    use domain::schema::jobs;
    let keep = jobs::files_expire_at.is_not_null().or(jobs::finished_at.is_null());
    let rows: Vec<JobId> = jobs::table
        .filter(jobs::id.eq_any(ids))
        .filter(keep)
        .select(jobs::id)
        .load(&mut tx.conn())
        .await?;
    Ok(rows.into_iter().collect())
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
