//! Lists in the order of changes: a client that reads one to its end, and continues from the
//! `last_sequence` of the last page, has the current state of every row or will read the row again.
//!
//! That holds because numbers become visible in their order: a row that changes during the walk
//! gets a higher number than every row that could be read before, so it moves behind the position
//! of the walk.

use std::collections::HashMap;

use diesel::{
    expression::SelectableHelper,
    pg::Pg,
    sql_types::{BigInt, Bool, Uuid as SqlUuid},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl, methods::LoadQuery};
use domain::{Result, ids, lists::ListRequest, page::FollowedPage};
use uuid::Uuid;

use crate::kernel::{
    db::Tx,
    events,
    listing::{self, Source},
    statement::{Bind, Rows, Statement},
};

/// A list that can be followed: its table, and the subject of its events.
pub(crate) struct ChangeList<T> {
    pub source: Source,
    /// The subject of its events.
    pub subject: &'static str,
    /// The prefix of its ids.
    pub prefix: &'static str,
    pub id: fn(&T) -> Uuid,
}

/// Returns a page: in the order of changes if requested, otherwise as for every list.
pub(crate) async fn page<'c, T>(
    tx: &Tx<'c>,
    request: &ListRequest,
    followed: ChangeList<T>,
) -> Result<FollowedPage<T>>
where
    T: SelectableHelper<Pg> + serde::Serialize + Send + 'static,
    Rows<T>: LoadQuery<'static, &'c AsyncPgConnection, T>,
{
    if request.changed_after.is_none() {
        return Ok(listing::page(tx, request, followed.source).await?.into());
    }
    // Read before the rows: a statement that begins later sees everything with a number up to this
    // one.
    let last_sequence = events::last_sequence(tx).await?;
    let limit = usize::try_from(request.limit).unwrap_or_default();
    let mut changes: Vec<(i64, Uuid, bool)> =
        select(request, &followed).answers::<Change>().load(&mut tx.conn()).await?;
    let goes_on = changes.len() > limit;
    changes.truncate(limit);
    let next_cursor = changes
        .last()
        .filter(|_| goes_on)
        .map(|(sequence, id, _)| request.cursor_after_change(*sequence, *id));
    let kept = changes.iter().filter(|(.., erased)| !erased).map(|(_, id, _)| *id).collect();
    let mut rows = rows(tx, request, &followed, kept).await?;
    let erased_ids = changes
        .iter()
        .filter(|(.., erased)| *erased)
        .map(|(_, id, _)| ids::encode(followed.prefix, *id));
    let total_count =
        if request.total_count { Some(count(tx, request, &followed).await?) } else { None };
    Ok(FollowedPage {
        erased_ids: erased_ids.collect(),
        // A row that has changed since the first statement, and no longer matches, comes later or
        // not at all.
        data: changes.iter().filter_map(|(_, id, _)| rows.remove(id)).collect(),
        next_cursor,
        total_count,
        // If an event is visible, so are all events before it.
        last_sequence: changes.iter().map(|(sequence, ..)| *sequence).chain([last_sequence]).max(),
    })
}

type Change = (BigInt, SqlUuid, Bool);

fn select<T>(request: &ListRequest, followed: &ChangeList<T>) -> Statement {
    let (sequence, id) = request.changes_from();
    let mut out = Statement::new(
        "/* changes.page */ SELECT l.sequence, l.subject_id, l.erased FROM last_changes l WHERE \
            l.subject_type = ",
    )
    .with(Bind::Text(Some(followed.subject.to_owned())), " AND (l.sequence, l.subject_id) > (")
    .with(Bind::Int(Some(sequence)), ", ")
    .with(Bind::Id(Some(id)), ") AND ");
    out.sql(if request.deleted { "(l.erased OR " } else { "(" });
    exists(request, followed.source, &mut out);
    out.sql(") ORDER BY l.sequence, l.subject_id LIMIT ").bind(Bind::Int(Some(request.limit + 1)));
    out
}

/// Whether the row is in the list. OFFSET prevents the planner from making a join of it: rows are
/// checked one by one in the order of changes until the page is full, whatever its estimate of the
/// filter.
fn exists(request: &ListRequest, source: Source, out: &mut Statement) {
    out.sql(format!("EXISTS (SELECT FROM {0} WHERE {0}.id = l.subject_id AND ", source.table));
    listing::conditions(request, source, out);
    out.sql(" OFFSET 0)");
}

async fn count<T>(tx: &Tx<'_>, request: &ListRequest, followed: &ChangeList<T>) -> Result<i64> {
    let mut out = Statement::new(
        "/* changes.count */ SELECT count(*) FROM last_changes l WHERE l.subject_type = ",
    )
    .with(Bind::Text(Some(followed.subject.to_owned())), " AND l.sequence > ")
    .with(Bind::Int(request.changed_after), " AND ");
    exists(request, followed.source, &mut out);
    Ok(out.answers::<BigInt>().get_result(&mut tx.conn()).await?)
}

async fn rows<'c, T>(
    tx: &Tx<'c>,
    request: &ListRequest,
    followed: &ChangeList<T>,
    ids: Vec<Uuid>,
) -> Result<HashMap<Uuid, T>>
where
    T: SelectableHelper<Pg> + Send + 'static,
    Rows<T>: LoadQuery<'static, &'c AsyncPgConnection, T>,
{
    let mut out = Statement::new("/* changes.rows */ SELECT ");
    out.columns().sql(format!(" FROM {0} WHERE {0}.id = ANY(", followed.source.table));
    out.bind(Bind::Ids(ids)).sql(") AND ");
    listing::conditions(request, followed.source, &mut out);
    let rows: Vec<T> = out.rows::<T>().load(&mut tx.conn()).await?;
    Ok(rows.into_iter().map(|row| ((followed.id)(&row), row)).collect())
}
