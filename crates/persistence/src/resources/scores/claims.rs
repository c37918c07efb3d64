//! Claims of partners that are being scored: of two concurrent refreshes, each partner is scored by
//! one.

use diesel::{prelude::*, sql_types::Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use domain::{Result, ids::PartnerId, schema::score_claims};
use uuid::Uuid;

use super::facts::uuids;
use crate::kernel::{
    db::Tx,
    statement::{Bind, Statement},
};

/// The result of a claim.
#[derive(Debug, Clone, Default)]
pub struct ScoreClaims {
    /// The claimed partners, in the order of their ids.
    pub own: Vec<PartnerId>,
    /// Partners that another task has claimed.
    pub busy: Vec<PartnerId>,
}

/// Claims live partners for a task, for fifteen minutes; its existing claims are kept. A partner in
/// neither list is not a live partner. Commit before the work begins, so that other tasks see the
/// claims.
///
/// # Errors
/// Database errors only.
pub async fn claim(tx: &Tx<'_>, task: Uuid, ids: &[PartnerId]) -> Result<ScoreClaims> {
    // Inserted in the order of ids, so that two tasks which claim the same partners do not
    // deadlock. An expired claim belongs to a worker that has died, and is taken over.
    let claim = Statement::new(
        "/* scores.claim */ INSERT INTO score_claims (partner_id, held_until, task_id) \
         SELECT id, clock_timestamp() + interval '15 minutes', ",
    )
    .with(Bind::Id(Some(task)), " FROM partners WHERE deleted_at IS NULL AND id = ANY(")
    .with(
        uuids(ids),
        ") ORDER BY id ON CONFLICT (organization_id, partner_id) \
         DO UPDATE SET task_id = excluded.task_id, held_until = excluded.held_until \
         WHERE score_claims.task_id = excluded.task_id OR score_claims.held_until < \
         clock_timestamp() RETURNING partner_id",
    );
    let mut own: Vec<PartnerId> = claim.answers::<SqlUuid>().load(&mut tx.conn()).await?;
    own.sort_unstable();
    let others = score_claims::table
        .filter(score_claims::partner_id.eq_any(ids))
        .filter(score_claims::task_id.ne(task));
    let busy = others.select(score_claims::partner_id).load(&mut tx.conn()).await?;
    Ok(ScoreClaims { own, busy })
}

/// Releases the claims of a task.
///
/// # Errors
/// Database errors only.
pub async fn release(tx: &Tx<'_>, task: Uuid) -> Result<()> {
    diesel::delete(score_claims::table.filter(score_claims::task_id.eq(task)))
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}
