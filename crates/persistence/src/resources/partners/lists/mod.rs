//! Pages and counts of partners. Filters of the filter bar are answered from an index alone, by
//! one of few statements, each of which has one plan (docs/lists.md#stacked-filters). All else goes
//! the way of every list.

mod filter;
mod path;
mod ranked;
mod sample;
#[cfg(test)]
mod search_tests;
#[cfg(test)]
mod tests;

use diesel::{expression::SelectableHelper, pg::Pg, sql_types::BigInt};
use diesel_async::{AsyncPgConnection, RunQueryDsl, methods::LoadQuery};
use domain::{
    Result,
    filter::Node,
    lists::{Key, ListRequest, Tie},
    page::Page,
};
use serde::Serialize;

pub use self::filter::SOURCE;
use self::{
    filter::{COLUMNS, IndexedFilter},
    path::{PagePlan, Path},
    sample::Sample,
};
use crate::kernel::{
    db::Tx,
    listing::{self, Part},
    statement::{Bind, Rows, Statement},
};

/// Answers a request for a page.
pub(super) async fn page<'c, T>(tx: &Tx<'c>, request: &ListRequest) -> Result<Page<T>>
where
    T: SelectableHelper<Pg> + Serialize + Send + 'static,
    Rows<T>: LoadQuery<'static, &'c AsyncPgConnection, T>,
{
    if request.is_by_rank() {
        return ranked::page(tx, request, count(tx, request)).await;
    }
    listing::page_from(tx, request, (rows::<T>(tx, request), count(tx, request)), Ok).await
}

/// How many partners a request finds.
pub(super) async fn count(tx: &Tx<'_>, request: &ListRequest) -> Result<i64> {
    let Some(filter) = indexed_filter(request) else {
        return listing::count(tx, request, SOURCE).await;
    };
    let sample = Sample::get(tx).await?;
    let statement = count_of(&filter, path::for_count(&filter, &sample));
    Ok(statement.answers::<BigInt>().get_result(&mut tx.conn()).await?)
}

/// The rows of a page and one more, when there is one.
async fn rows<'c, T>(tx: &Tx<'c>, request: &ListRequest) -> Result<Vec<T>>
where
    T: SelectableHelper<Pg> + Send + 'static,
    Rows<T>: LoadQuery<'static, &'c AsyncPgConnection, T>,
{
    let Some(list) = StackedList::read(request) else {
        return listing::rows(tx, request, SOURCE).await;
    };
    let sample = Sample::get(tx).await?;
    let plan = PagePlan::choose(&list.filter, &sample, list.wanted());
    let load = async |statement: Statement| -> Result<Vec<T>> {
        Ok(statement.rows::<T>().load(&mut tx.conn()).await?)
    };
    let parts = listing::parts(request);
    if let (Some(length), [part, ..]) = (plan.walk, parts) {
        let rows = load(list.walk(*part, list.wanted(), Some(length))).await?;
        if rows.len() == list.wanted() {
            return Ok(rows);
        }
    }
    if !matches!(plan.path, Path::Sort) {
        return load(list.found_by(plan.path)).await;
    }
    let mut rows = Vec::new();
    for part in parts {
        rows.extend(load(list.walk(*part, list.wanted() - rows.len(), None)).await?);
        if rows.len() == list.wanted() {
            break;
        }
    }
    Ok(rows)
}

fn indexed_filter(request: &ListRequest) -> Option<IndexedFilter<'_>> {
    let is_plain = request.q.is_empty() && !request.deleted && request.view.is_none();
    request.filter.as_ref().filter(|_| is_plain).and_then(IndexedFilter::read)
}

/// A request that indexes answer: its filter, and the one field that it sorts by.
struct StackedList<'r> {
    request: &'r ListRequest,
    filter: IndexedFilter<'r>,
    key: Key,
}

impl<'r> StackedList<'r> {
    fn read(request: &'r ListRequest) -> Option<Self> {
        let [key] = request.sort.keys.as_slice() else { return None };
        let has_index = key.field.indexed && request.sort.tie == Tie::Id;
        let filter = indexed_filter(request).filter(|_| has_index)?;
        Some(Self { request, filter, key: *key })
    }

    /// Rows of the page and one more.
    fn wanted(&self) -> usize {
        usize::try_from(self.request.limit).unwrap_or_default() + 1
    }

    /// Walks the index of the sort and keeps what the filter leaves. The inner LIMIT bounds the
    /// walk, and keeps the planner from reaching the rows in another way.
    fn walk(&self, part: Part, wanted: usize, length: Option<usize>) -> Statement {
        let mut out = Statement::new("/* partners.walk */ SELECT ");
        out.columns().sql(" FROM (SELECT id, sort_key FROM (SELECT ");
        listing::sort_value(self.key.field, &mut out);
        out.sql(format!(
            " AS sort_key, facets, tag_bits, {} FROM partners WHERE deleted_at IS NULL",
            COLUMNS.join(", ")
        ));
        // A condition on the field of the sort is a range of its index.
        for node in self.filter.columns.iter().filter(|node| self.is_on_key(node)) {
            out.sql(" AND ");
            listing::push(node, &mut out);
        }
        listing::beyond(&self.request.sort, self.request.after.as_ref(), part, &mut out);
        listing::order(&self.request.sort, part, &mut out);
        // Without a bound, OFFSET keeps the filter out of the scan as LIMIT does.
        out.sql(match length {
            Some(length) => format!(" LIMIT {length}"),
            None => " OFFSET 0".to_owned(),
        });
        out.sql(") AS partners WHERE ");
        self.filter.push(&mut out);
        out.sql(format!(" LIMIT {wanted}) AS found JOIN partners ON partners.id = found.id"));
        self.order_found(&mut out);
        out
    }

    /// Finds everything that one condition selects, and sorts what the others leave of it.
    fn found_by(&self, path: Path<'_>) -> Statement {
        let mut out = Statement::new("/* partners.found_by */ SELECT ");
        out.columns().sql(" FROM (SELECT id, sort_key FROM (SELECT partners.id, ");
        listing::sort_value(self.key.field, &mut out);
        out.sql(" AS sort_key");
        push_found(&self.filter, path, &mut out);
        out.sql(" AND (true");
        listing::beyond(&self.request.sort, self.request.after.as_ref(), Part::All, &mut out);
        out.sql(") IS TRUE OFFSET 0) AS found");
        self.order_found(&mut out);
        out.sql(format!(
            " LIMIT {}) AS found JOIN partners ON partners.id = found.id",
            self.wanted()
        ));
        self.order_found(&mut out);
        out
    }

    fn order_found(&self, out: &mut Statement) {
        let direction = if self.key.descending { " DESC NULLS LAST" } else { "" };
        let tie = if self.request.sort.tie_descending { " DESC" } else { "" };
        out.sql(format!(" ORDER BY found.sort_key{direction}, found.id{tie}"));
    }

    fn is_on_key(&self, node: &Node) -> bool {
        matches!(node, Node::Leaf(field, _) if *field == self.key.field)
    }
}

fn count_of(filter: &IndexedFilter<'_>, path: Path<'_>) -> Statement {
    let mut out = Statement::new("/* partners.count */ SELECT count(*) FROM (SELECT 1");
    push_found(filter, path, &mut out);
    out.sql(") AS found");
    out
}

/// `FROM partners WHERE ...`: the condition of the path for an index, and all conditions in a form
/// that the planner takes for no condition of any index, so that the path is the only one.
fn push_found(filter: &IndexedFilter<'_>, path: Path<'_>, out: &mut Statement) {
    match path {
        Path::Sort => {
            out.sql(" FROM partners WHERE deleted_at IS NULL");
        }
        Path::Facets => {
            out.sql(" FROM partners WHERE deleted_at IS NULL AND facets = ANY(");
            filter.push_combinations(out);
            out.sql(")");
        }
        Path::Column(node) => {
            out.sql(" FROM partners WHERE deleted_at IS NULL AND ");
            if let Node::Leaf(field, _) = node {
                // Which the index of a nullable column asks for.
                out.sql(format!("{} IS NOT NULL AND ", field.column));
            }
            listing::push(node, out);
        }
        // OFFSET twice, so that it is a loop over few tagged partners and no join with all.
        Path::Tag(condition) => {
            out.sql(
                " FROM (SELECT DISTINCT partner_tags.partner_id FROM partner_tags WHERE \
                 partner_tags.tag_id = ANY(",
            );
            out.bind(Bind::Ids(condition.ids.clone())).sql(
                ") OFFSET 0) AS tagged CROSS JOIN LATERAL (SELECT p.* FROM partners AS p WHERE \
                 p.id = tagged.partner_id OFFSET 0) AS partners WHERE partners.deleted_at IS NULL",
            );
        }
    }
    out.sql(" AND (");
    filter.push(out);
    out.sql(") IS TRUE");
}
