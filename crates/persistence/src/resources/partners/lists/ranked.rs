//! What a search finds, by rank (docs/search.md). A page goes on after a number of rows: the search
//! finds these rows again, which costs little, and nobody reads far.

use diesel::{expression::SelectableHelper, pg::Pg};
use diesel_async::{AsyncPgConnection, RunQueryDsl, methods::LoadQuery};
use domain::{Result, lists::ListRequest, page::Page};
use futures_util::future::try_join;

use super::filter::SOURCE;
use crate::kernel::{
    db::Tx,
    listing,
    statement::{Bind, Rows, Statement},
};

/// Answers a request for a page by rank. `count` is started only when the request asks for it.
pub(super) async fn page<'c, T>(
    tx: &Tx<'c>,
    request: &ListRequest,
    count: impl Future<Output = Result<i64>>,
) -> Result<Page<T>>
where
    T: SelectableHelper<Pg> + Send + 'static,
    Rows<T>: LoadQuery<'static, &'c AsyncPgConnection, T>,
{
    let count = async { if request.total_count { count.await.map(Some) } else { Ok(None) } };
    let rows = async {
        let rows: Vec<T> = select(request).rows::<T>().load(&mut tx.conn()).await?;
        Result::<Vec<T>>::Ok(rows)
    };
    let (mut data, total_count) = try_join(rows, count).await?;
    let limit = usize::try_from(request.limit).unwrap_or_default();
    let goes_on = data.len() > limit;
    data.truncate(limit);
    let next = request.rows_before() + request.limit;
    let next_cursor = goes_on.then(|| request.cursor_after_rows(next));
    Ok(Page { data, next_cursor, total_count })
}

fn select(request: &ListRequest) -> Statement {
    let (before, wanted) = (request.rows_before(), request.limit + 1);
    // With a filter nobody knows how many of the found are needed.
    let is_only_a_search = request.filter.is_none() && request.q.len() == 1;
    let found = is_only_a_search.then(|| before.saturating_add(wanted));
    let mut out = Statement::new("/* partners.ranked */ SELECT ");
    out.columns().sql(" FROM search_partners(");
    out.bind(Bind::Text(request.q.as_slice().first().cloned())).sql(", ").bind(Bind::Int(found));
    out.sql(
        "::int) WITH ORDINALITY AS found (found_id, rank) \
         JOIN partners ON partners.id = found_id AND ",
    );
    listing::conditions(&others(request), SOURCE, &mut out);
    out.sql(" ORDER BY rank OFFSET ").bind(Bind::Int(Some(before)));
    out.sql(format!(" LIMIT {wanted}"));
    out
}

/// The request without the search that ranks.
fn others(request: &ListRequest) -> ListRequest {
    let mut others = request.clone();
    others.q.remove(0);
    others
}
