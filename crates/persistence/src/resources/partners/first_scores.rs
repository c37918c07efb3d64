//! The first scores of new partners: queued in the transaction that creates the partners, and
//! combined into batches by the worker.
//!
//! Every writer adds its own task and touches no other row, so that writers never wait for each
//! other or for the worker, and no partner is missed. The tasks are cheap to create and are not run
//! one by one: a run takes over other waiting tasks.

use chrono::TimeDelta;
use diesel::{prelude::*, sql_types::Jsonb};
use diesel_async::RunQueryDsl;
use domain::{
    Error, Result,
    ids::PartnerId,
    jobs::{Lane, NewTask},
    schema::{organizations, tasks as table},
    timestamp::Timestamp,
};
use serde_json::{Value as Json, json};

use crate::kernel::{
    db::Tx,
    statement::{Bind, Statement},
    tasks::{self, Task},
};

/// The task that scores new partners. Its payload: `{partner_ids}`.
pub const SCORE_NEW: &str = "score_partners";

/// The delay before the first score, so that changes right after the creation (contacts, tags,
/// corrections) are part of it.
const FIRST_SCORE_DELAY: TimeDelta = TimeDelta::seconds(2);

/// Queues the first scores of new partners, unless automatic scoring is turned off.
pub(crate) async fn queue_new(tx: &Tx<'_>, ids: &[PartnerId]) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    let wanted: bool =
        organizations::table.select(organizations::auto_score).first(&mut tx.conn()).await?;
    if !wanted {
        return Ok(());
    }
    queue(tx, ids, Timestamp(Timestamp::now().0 + FIRST_SCORE_DELAY)).await
}

/// Queues scores of partners, not before `at`.
///
/// # Errors
/// Database errors only.
pub async fn queue(tx: &Tx<'_>, ids: &[PartnerId], at: Timestamp) -> Result<()> {
    let task = NewTask::new(SCORE_NEW, json!({"partner_ids": ids})).lane(Lane::Scores).at(at);
    tasks::enqueue(tx, &task).await
}

/// Takes over the partners of other due tasks of the organization, up to `most` partners in all,
/// and returns the partners to score. They are stored in the task, so that they are not lost if its
/// worker dies. Tasks that have failed before are not taken over, so that an error of their
/// partners does not fail a whole batch.
///
/// # Errors
/// Database errors only.
pub async fn gather(tx: &Tx<'_>, task: &Task, most: i64) -> Result<Vec<PartnerId>> {
    let mut ids = partners_of(&task.payload)?;
    let room = most - ids.len() as i64;
    if room < 1 {
        return Ok(ids);
    }
    // The inner query stops at as many rows as there is room for; the sum excludes those that do
    // not fit.
    let others = Statement::new(
        "/* scores.gather */ DELETE FROM tasks WHERE id = ANY(ARRAY(SELECT id FROM (\
         SELECT id, sum(partners) OVER (ORDER BY run_at, id) AS partners FROM (\
         SELECT id, run_at, jsonb_array_length(payload -> 'partner_ids') AS partners FROM tasks \
         WHERE lane = 'scores' AND kind = 'score_partners' AND died_at IS NULL \
         AND lease IS NULL AND attempts = 0 AND run_at <= clock_timestamp() ORDER BY run_at, id \
         LIMIT ",
    )
    .with(Bind::Int(Some(room)), " FOR UPDATE SKIP LOCKED) AS waiting) AS added WHERE partners <= ")
    .with(Bind::Int(Some(room)), ")) RETURNING payload");
    let others: Vec<Json> = others.answers::<Jsonb>().load(&mut tx.conn()).await?;
    if others.is_empty() {
        return Ok(ids);
    }
    for payload in &others {
        ids.extend(partners_of(payload)?);
    }
    ids.sort_unstable();
    ids.dedup();
    diesel::update(table::table.find(task.id))
        .set(table::payload.eq(json!({"partner_ids": ids})))
        .execute(&mut tx.conn())
        .await?;
    Ok(ids)
}

fn partners_of(payload: &Json) -> Result<Vec<PartnerId>> {
    let ids = payload.get("partner_ids").cloned().unwrap_or_default();
    serde_json::from_value(ids).map_err(Error::internal)
}
