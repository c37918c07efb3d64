//! The first scores of new partners: queued in the transaction that makes the partners, gathered
//! into batches by whoever works them off.
//!
//! Every writer adds a task of its own and touches no other row, so that those who make partners
//! never wait for each other or for the worker, and no partner is missed. The tasks are cheap to
//! make and are not worked off one by one: a run takes over what else is waiting.

use chrono::TimeDelta;
use diesel::{prelude::*, sql_types::Jsonb};
use diesel_async::RunQueryDsl;
use domain::{
    Error, Result,
    ids::PartnerId,
    jobs::{Lane, NewTask},
    schema::tasks as table,
    timestamp::Timestamp,
};
use serde_json::{Value as Json, json};

use crate::kernel::{
    db::Tx,
    statement::{Bind, Statement},
    tasks::{self, Task},
};

/// The task that scores partners who are new. Its payload: `{partner_ids}`.
pub const SCORE_NEW: &str = "score_partners";

/// New partners are left alone for a moment: what comes right after them (contacts, tags, a
/// correction by whoever has just made them) belongs to their first scores.
const FIRST_SCORE_DELAY: TimeDelta = TimeDelta::seconds(2);

/// Queues the first scores of new partners, unless the organization wants none by itself.
pub(crate) async fn queue_new(tx: &Tx<'_>, ids: &[PartnerId]) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    let at = Timestamp(Timestamp::now().0 + FIRST_SCORE_DELAY);
    let wanted = "EXISTS (SELECT FROM organizations WHERE auto_score)";
    tasks::enqueue_if(tx, &scoring_of(ids, at), wanted).await
}

/// Queues scores of partners, not before `at`.
///
/// # Errors
/// Those of the database.
pub async fn queue(tx: &Tx<'_>, ids: &[PartnerId], at: Timestamp) -> Result<()> {
    tasks::enqueue(tx, &scoring_of(ids, at)).await
}

fn scoring_of(ids: &[PartnerId], at: Timestamp) -> NewTask {
    NewTask::new(SCORE_NEW, json!({"partner_ids": ids})).lane(Lane::Scores).at(at)
}

/// Takes over what other due tasks of the organization want to have scored, as long as that makes
/// no more than `most` partners; returns whom to score. The task keeps them, so that they are not
/// lost with its worker. Tasks that have failed before stay as they are: whatever is wrong with
/// their partners must not fail a whole batch.
///
/// # Errors
/// Those of the database.
pub async fn gather(tx: &Tx<'_>, task: &Task, most: i64) -> Result<Vec<PartnerId>> {
    let mut ids = partners_of(&task.payload)?;
    let room = most - ids.len() as i64;
    if room < 1 {
        return Ok(ids);
    }
    // The inner choice stops at as many rows as there is room for; the sum leaves out what does not
    // fit any more.
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
