//! Partners whose scores rest on something that has changed since.

use diesel_async::RunQueryDsl;
use domain::{Result, ids::PartnerId};

use crate::kernel::{
    db::Tx,
    statement::{Bind, Statement},
};

/// Notes that something beside the partners' own rows has changed that their scores rest on. Once
/// between two scores, and without a version, so that it costs nothing and comes between nobody.
/// Said at the end of a write: it locks partners.
pub(crate) async fn mark(tx: &Tx<'_>, ids: &[PartnerId]) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    Statement::new(
        "/* scores.mark_stale */ UPDATE partners SET scores_stale = true \
         WHERE NOT scores_stale AND scored_at IS NOT NULL AND id = ANY(",
    )
    .with(Bind::Ids(ids.iter().map(|id| id.0).collect()), ")")
    .execute(&mut tx.conn())
    .await?;
    Ok(())
}
