//! Who is being judged, and by which task: of two refreshes at once each partner is judged by one.

use diesel::{prelude::*, sql_types::Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use domain::{Result, ids::PartnerId, schema::score_claims};
use uuid::Uuid;

use super::facts::uuids;
use crate::kernel::{
    db::Tx,
    statement::{Bind, Statement},
};

/// What became of a wish to judge partners.
#[derive(Debug, Clone, Default)]
pub struct ScoreClaims {
    /// Ours, in the order of their ids.
    pub own: Vec<PartnerId>,
    /// Somebody else is at them.
    pub busy: Vec<PartnerId>,
}

/// Takes live partners for a task, for a quarter of an hour; those that it has already it keeps.
/// What is neither ours nor somebody else's is no live partner. To be committed before the work
/// begins: others see it then.
///
/// # Errors
/// Those of the database.
pub async fn claim(tx: &Tx<'_>, task: Uuid, ids: &[PartnerId]) -> Result<ScoreClaims> {
    // Inserted in the order of ids, so that two tasks which claim the same partners do not wait for
    // each other in a circle. A claim whose time is over belongs to a worker that has died, and is
    // taken over.
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

/// Gives back what a task has taken.
///
/// # Errors
/// Those of the database.
pub async fn release(tx: &Tx<'_>, task: Uuid) -> Result<()> {
    diesel::delete(score_claims::table.filter(score_claims::task_id.eq(task)))
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}
