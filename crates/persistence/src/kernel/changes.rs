//! Lists in the order of changes: whoever walks one to its end, and goes on from the
//! `last_sequence` of its last page, has every row as it is now or will meet it again.
//!
//! That holds because numbers become visible in their order: a row that changes during the walk
//! gets a higher number than everything that could be read before, so it moves behind the place
//! where the walk is.

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

/// What can be followed: how its rows stand in the log, and how their ids are written.
pub(crate) struct ChangeList<T> {
    pub source: Source,
    /// As the subject of events.
    pub subject: &'static str,
    /// In front of its ids.
    pub prefix: &'static str,
    pub id: fn(&T) -> Uuid,
}

/// Answers a request for a page: in the order of changes when it asks for them, else as every list.
/// Changes that were committed before are there in a transaction of
/// [`Store::read_numbered`](crate::kernel::db::Store::read_numbered).
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
    // Before the rows: a statement that begins later sees everything that has a number up to this
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
        // One that has changed since the first statement, and is no row of this list any more,
        // comes later or not at all.
        data: changes.iter().filter_map(|(_, id, _)| rows.remove(id)).collect(),
        next_cursor,
        total_count,
        // One that was read is visible, and with it everything before it.
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

/// Whether the row is one of the list. OFFSET keeps the planner from making a join of it: rows are
/// looked at one by one in the order of changes until the page is full, whatever it believes of the
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
