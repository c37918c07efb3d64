//! One page of any table that has a field catalogue: conditions, order and the place where the page
//! before ended, as SQL. Two-valued like `filter::Node::matches`, with which a test holds it
//! together.
//!
//! One index `(organization_id, column, id)` serves both directions of a sort. A lead key that is
//! indexed and nullable is read in two parts, values then nulls, because `NULLS LAST` would not
//! match the index read backwards.

use diesel::{expression::SelectableHelper, pg::Pg, prelude::*, sql_types};
use diesel_async::{AsyncPgConnection, RunQueryDsl, methods::LoadQuery};
use domain::{
    Result,
    fields::{Field, FieldReference, FieldType},
    filter::{Node, Test, TierRanks, Value},
    links,
    lists::{Key, Last, ListRequest, Sort, Tie},
    page::Page,
    schema::tiers,
    serialized_row::SerializedRow,
};
use futures_util::future::try_join;
use serde::Serialize;

use crate::kernel::{
    db::Tx,
    statement::{Bind, Rows, Statement},
};

/// A table that is listed.
#[derive(Debug, Clone, Copy)]
pub struct Source {
    pub table: &'static str,
    /// The function that answers the ids that a search finds.
    pub search: Option<&'static str>,
    /// Whether rows are deleted by setting `deleted_at`. A search finds live rows only, also with
    /// `include=deleted`.
    pub soft_delete: bool,
    /// Whether rows belong to a partner, and are hidden with it while it is deleted.
    pub of_partner: bool,
}

impl Source {
    /// A table without search and deletion.
    pub const fn of(table: &'static str) -> Self {
        Self { table, search: None, soft_delete: false, of_partner: false }
    }
}

/// Which rows of a list with a nullable, indexed lead key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    All,
    Values,
    Nulls,
}

/// Answers a request for a page.
pub(crate) async fn page<'c, T>(
    tx: &Tx<'c>,
    request: &ListRequest,
    source: Source,
) -> Result<Page<T>>
where
    T: SelectableHelper<Pg> + Serialize + Send + 'static,
    Rows<T>: LoadQuery<'static, &'c AsyncPgConnection, T>,
{
    page_as(tx, request, source, Ok).await
}

/// The same of rows that are answered in another form.
pub(crate) async fn page_as<'c, T, U>(
    tx: &Tx<'c>,
    request: &ListRequest,
    source: Source,
    answered: impl Fn(T) -> Result<U>,
) -> Result<Page<U>>
where
    T: SelectableHelper<Pg> + Send + 'static,
    U: Serialize,
    Rows<T>: LoadQuery<'static, &'c AsyncPgConnection, T>,
{
    let count = async {
        if request.total_count {
            self::count(tx, request, source).await.map(Some)
        } else {
            Ok(None)
        }
    };
    // Both are on their way before the first answer comes, so they share a round trip.
    let (rows, total_count) = try_join(rows::<T>(tx, request, source), count).await?;
    let mut data = rows.into_iter().map(answered).collect::<Result<Vec<U>>>()?;
    let mut next_cursor = None;
    // One row more than the page was asked for: so it is known whether there is a next page without
    // counting.
    if data.len() > request.limit as usize {
        data.truncate(request.limit as usize);
        if let Some(last) = data.last() {
            let by_tier = request.sort.keys.iter().any(|key| key.field.is_tier());
            let ranks = if by_tier { tier_ranks(tx).await? } else { TierRanks::default() };
            next_cursor = Some(request.cursor_after(&SerializedRow(last), &ranks));
        }
    }
    Ok(Page { data, next_cursor, total_count })
}

/// How many rows a request finds, wherever its page begins.
pub async fn count(tx: &Tx<'_>, request: &ListRequest, source: Source) -> Result<i64> {
    let mut statement = Statement::new(format!("SELECT count(*) FROM {} WHERE ", source.table));
    conditions(request, source, &mut statement);
    Ok(statement.answers::<sql_types::BigInt>().get_result(&mut tx.conn()).await?)
}

/// The ranks of the organization's tiers by key.
pub async fn tier_ranks(tx: &Tx<'_>) -> Result<TierRanks> {
    let rows: Vec<(String, i32)> =
        tiers::table.select((tiers::key, tiers::rank)).load(&mut tx.conn()).await?;
    Ok(rows.into_iter().map(|(key, rank)| (key, rank.into())).collect())
}

/// The rows of a page and one more, when there is one.
async fn rows<'c, T>(tx: &Tx<'c>, request: &ListRequest, source: Source) -> Result<Vec<T>>
where
    T: SelectableHelper<Pg> + Send + 'static,
    Rows<T>: LoadQuery<'static, &'c AsyncPgConnection, T>,
{
    let wanted = request.limit as usize + 1;
    let parts: &[Part] = match request.sort.keys.as_slice().first() {
        Some(lead) if lead.field.nullable && lead.field.indexed => match &request.after {
            Some(Last { values, .. }) if values.as_slice().first() == Some(&None) => &[Part::Nulls],
            _ => &[Part::Values, Part::Nulls],
        },
        _ => &[Part::All],
    };
    let mut all = Vec::new();
    // Two statements instead of one with UNION ALL: as fast (0.2 ms for a page of 100,000 rows),
    // half the text, and nothing rests on the order in which its branches run.
    for part in parts {
        let statement = select(request, source, *part, wanted);
        let mut found: Vec<T> = statement.rows::<T>().load(&mut tx.conn()).await?;
        found.truncate(wanted - all.len());
        all.append(&mut found);
        if all.len() == wanted {
            break;
        }
    }
    Ok(all)
}

fn select(request: &ListRequest, source: Source, part: Part, wanted: usize) -> Statement {
    let mut out = Statement::new("SELECT ");
    out.columns().sql(format!(" FROM {} WHERE ", source.table));
    conditions(request, source, &mut out);
    beyond(&request.sort, request.after.as_ref(), part, &mut out);
    order(&request.sort, part, &mut out);
    // With a bound LIMIT the statement is planned anew each time: dear for a bare list, but a
    // filter needs a plan that sees its values.
    // Measured: 1,140 pages a second with a bound LIMIT and 1,800 with a literal one; a rare tag
    // took 229 ms with a generic plan and 0.4 ms with its own.
    if request.filter.is_none() && request.q.is_empty() {
        out.sql(format!(" LIMIT {wanted}"));
    } else {
        out.sql(" LIMIT ").bind(Bind::Int(Some(wanted as i64)));
    }
    out
}

/// What follows WHERE: the conditions of a request but its page.
pub(crate) fn conditions(request: &ListRequest, source: Source, out: &mut Statement) {
    out.sql(if source.soft_delete && !request.deleted { "\"deleted_at\" IS NULL" } else { "true" });
    if source.of_partner && !request.deleted {
        // The deleted ones are few, and looked up once; a join would decide on the plan of the
        // whole list.
        out.sql(
            " AND \"partner_id\" NOT IN \
             (SELECT partners.id FROM partners WHERE partners.deleted_at IS NOT NULL)",
        );
    }
    if let Some(node) = &request.filter {
        out.sql(" AND ");
        push(node, out);
    }
    if let Some(search) = source.search {
        for q in &request.q {
            out.sql(format!(" AND \"id\" IN (SELECT {search}("))
                .bind(Bind::Text(Some(q.clone())))
                .sql("))");
        }
    }
    // Never everything because somebody forgot `views::applied`.
    if request.view.is_some() {
        out.sql(" AND false");
    }
}

/// The stored value of a field.
pub(crate) fn column(field: &Field, out: &mut Statement) {
    if field.link {
        out.sql("(")
            .bind(Bind::Text(Some(links::public_url().to_owned())))
            .sql(format!(" || \"{}\")", field.column));
    } else if field.column.starts_with('(') {
        out.sql(field.column);
    } else {
        out.sql(format!("\"{}\"", field.column));
    }
}

/// The text of a field as it is compared: in lower case, unless it is kept so.
/// Not by the collation that ignores case: `strpos`, `^@` and LIKE are errors on a nondeterministic
/// collation.
fn folded(field: &Field, out: &mut Statement) {
    if field.kind == FieldType::Text && !field.is_exact() {
        out.sql("lower(");
        column(field, out);
        out.sql(" COLLATE \"und-x-icu\")");
    } else {
        column(field, out);
    }
}

fn push_all(members: &[Node], between: &'static str, out: &mut Statement) {
    out.sql("(");
    for (i, member) in members.iter().enumerate() {
        if i > 0 {
            out.sql(between);
        }
        push(member, out);
    }
    out.sql(")");
}

/// A condition; null counts as false.
pub(crate) fn push(node: &Node, out: &mut Statement) {
    match node {
        Node::And(members) => push_all(members, " AND ", out),
        Node::Or(members) => push_all(members, " OR ", out),
        // A plain NOT is null where its member is: such rows would vanish, and SQL would disagree
        // with `Node::matches`.
        Node::Not(member) => {
            out.sql("((");
            push(member, out);
            out.sql(") IS NOT TRUE)");
        }
        Node::AtLeast(count, members) => {
            out.sql("(");
            for (i, member) in members.iter().enumerate() {
                out.sql(if i > 0 { " + CASE WHEN " } else { "CASE WHEN " });
                push(member, out);
                out.sql(" THEN 1 ELSE 0 END");
            }
            out.sql(format!(" >= {count})"));
        }
        Node::Leaf(field, test) => push_leaf(field, test, out),
    }
}

fn push_leaf(field: &Field, test: &Test, out: &mut Statement) {
    match field.of_partner {
        // A sub-select instead of a join, because the condition can be part of any group.
        Some(field) => {
            out.sql("(\"partner_id\" IN (SELECT \"id\" FROM partners WHERE ");
            push_leaf(field, test, out);
            out.sql("))");
        }
        None if field.is_array() => push_array(field, test, out),
        None => push_scalar(field, test, out),
    }
}

fn push_scalar(field: &Field, test: &Test, out: &mut Statement) {
    out.sql("(");
    match test {
        Test::IsNull(wanted) if field.kind == FieldType::Object => {
            out.sql("coalesce(");
            column(field, out);
            out.sql(format!(" = '[]'::jsonb, true) = {wanted}"));
        }
        Test::IsNull(wanted) => {
            column(field, out);
            out.sql(if *wanted { " IS NULL" } else { " IS NOT NULL" });
        }
        // `= ANY` of one value would be no equality to the planner, which then does not see that
        // an index has the rows in the order of the list.
        Test::In(values) if values.len() == 1 => {
            folded(field, out);
            out.sql(" = ").bind(Bind::one(&values[0]));
        }
        Test::In(values) => {
            folded(field, out);
            out.sql(" = ANY(").bind(Bind::many(values)).sql(")");
        }
        Test::NotIn(values) => {
            out.sql("(");
            folded(field, out);
            out.sql(" = ANY(").bind(Bind::many(values)).sql(")) IS NOT TRUE");
        }
        Test::Compare(comparison, bound) => compare(field, comparison.sign(), bound, out),
        Test::Between(from, to) => {
            compare(field, ">=", from, out);
            out.sql(" AND ");
            compare(field, "<=", to, out);
        }
        Test::Contains(part) => {
            out.sql("strpos(");
            folded(field, out);
            out.sql(", ").bind(Bind::Text(Some(part.clone()))).sql(") > 0");
        }
        Test::StartsWith(part) => {
            folded(field, out);
            out.sql(" ^@ ").bind(Bind::Text(Some(part.clone())));
        }
        // Scalars know no others.
        Test::Any(_) | Test::All(_) | Test::None(_) | Test::Same(..) => {
            out.sql("false");
        }
    }
    out.sql(")");
}

/// Tiers compare by rank; one that does not exist compares with nothing.
fn compare(field: &Field, sign: &'static str, bound: &Value, out: &mut Statement) {
    sort_value(field, out);
    out.sql(format!(" {sign} "));
    if field.is_tier() {
        out.sql("(SELECT tiers.rank FROM tiers WHERE tiers.key = ").bind(Bind::one(bound)).sql(")");
    } else {
        out.bind(Bind::one(bound));
    }
}

fn push_array(field: &Field, test: &Test, out: &mut Statement) {
    if field.reference == Some(FieldReference::Tag) && push_tags(test, out) {
        return;
    }
    let mut holds = |operator: &'static str, values: &[Value]| {
        if field.kind == FieldType::TextArray {
            out.sql("ARRAY(SELECT lower(item COLLATE \"und-x-icu\") FROM unnest(");
            column(field, out);
            out.sql(") AS item)");
        } else {
            column(field, out);
        }
        out.sql(operator).bind(if field.kind == FieldType::IdArray {
            ids(values)
        } else {
            Bind::many(values)
        });
    };
    match test {
        Test::Any(values) => holds(" && ", values),
        Test::All(values) => holds(" @> ", values),
        Test::None(values) => {
            out.sql("NOT (");
            push_array(field, &Test::Any(values.clone()), out);
            out.sql(")");
        }
        Test::Same(values, false) => {
            holds(" @> ", values);
            out.sql(" AND ");
            push_array_within(field, values, out);
        }
        Test::Same(values, true) => {
            out.sql("NOT (");
            push_array(field, &Test::Same(values.clone(), false), out);
            out.sql(")");
        }
        Test::IsNull(wanted) => {
            out.sql("(cardinality(");
            column(field, out);
            out.sql(format!(") = 0) = {wanted}"));
        }
        // Arrays know no others.
        _ => {
            out.sql("false");
        }
    }
}

fn push_array_within(field: &Field, values: &[Value], out: &mut Statement) {
    if field.kind == FieldType::TextArray {
        out.sql("ARRAY(SELECT lower(item COLLATE \"und-x-icu\") FROM unnest(");
        column(field, out);
        out.sql(") AS item)");
    } else {
        column(field, out);
    }
    out.sql(" <@ ").bind(if field.kind == FieldType::IdArray {
        ids(values)
    } else {
        Bind::many(values)
    });
}

fn ids(values: &[Value]) -> Bind {
    Bind::Ids(
        values
            .iter()
            .filter_map(|v| if let Value::Id(id) = v { Some(*id) } else { None })
            .collect(),
    )
}

/// Tags are looked up in their own table: operators on arrays lose their index behind the wall.
/// Of 100,000 partners this takes 0.4 ms (rare tag) to 23 ms (common tag), `tag_ids &&` 67 to 110.
fn push_tags(test: &Test, out: &mut Statement) -> bool {
    let (prefix, values) = match test {
        Test::Any(values) | Test::All(values) => ("\"id\" IN ", values),
        Test::None(values) => ("\"id\" NOT IN ", values),
        _ => return false,
    };
    let mut distinct: Vec<Value> = Vec::new();
    for value in values.iter().filter(|value| matches!(value, Value::Id(_))) {
        if !distinct.contains(value) {
            distinct.push(value.clone());
        }
    }
    let (out, count) = (out.sql(prefix), distinct.len());
    out.sql("(SELECT partner_tags.partner_id FROM partner_tags WHERE partner_tags.tag_id = ANY(")
        .bind(ids(&distinct))
        .sql(")");
    if matches!(test, Test::All(_)) {
        out.sql(format!(" GROUP BY partner_tags.partner_id HAVING count(*) = {count}"));
    }
    out.sql(")");
    true
}

/// What a field is sorted by: texts ignoring case, enums by their position, tiers by rank.
fn sort_value(field: &Field, out: &mut Statement) {
    match field.kind {
        _ if field.is_tier() => {
            out.sql("(SELECT tiers.rank FROM tiers WHERE tiers.key = ");
            column(field, out);
            out.sql(")");
        }
        FieldType::Text | FieldType::Domain => {
            out.sql("(");
            column(field, out);
            out.sql(" COLLATE case_insensitive)");
        }
        FieldType::Enum => {
            out.sql(format!("array_position('{{{}}}'::text[], ", field.words.join(",")));
            column(field, out);
            // From 0, as in the cursor.
            out.sql(")::bigint - 1");
        }
        _ => column(field, out),
    }
}

/// What ends every sort.
fn tie_value(tie: Tie, out: &mut Statement) {
    match tie {
        Tie::Field(field) => sort_value(field, out),
        // Rows of a table have no position.
        Tie::Id | Tie::Position => {
            out.sql("\"id\"");
        }
    }
}

fn more(descending: bool) -> &'static str {
    if descending { " < " } else { " > " }
}

/// The rows of a part that come after the last one.
fn beyond(sort: &Sort, after: Option<&Last>, part: Part, out: &mut Statement) {
    let lead = sort.keys.as_slice().first();
    match (part, lead) {
        (Part::Values, Some(lead)) => {
            out.sql(" AND ");
            column(lead.field, out);
            out.sql(" IS NOT NULL");
        }
        (Part::Nulls, Some(lead)) => {
            out.sql(" AND ");
            column(lead.field, out);
            out.sql(" IS NULL");
        }
        _ => {}
    }
    let Some(last) = after else { return };
    let lead_is_null = last.values.as_slice().first() == Some(&None);
    if part == Part::Nulls && !lead_is_null {
        // The page before ended among the values: all nulls are beyond it.
        return;
    }
    match (sort.keys.as_slice(), last.values.as_slice()) {
        // One row comparison is a range of the index `(column, id)`, so a deep page costs as much
        // as the first: 0.1 to 0.6 ms. The chain of ORs below sorts the whole organization: 93 ms.
        ([key], [Some(value)]) if !key.field.nullable || part == Part::Values => {
            out.sql(" AND (");
            sort_value(key.field, out);
            out.sql(", ");
            tie_value(sort.tie, out);
            out.sql(")").sql(more(key.descending)).sql("(").bind(Bind::one(value));
            out.sql(", ").bind(Bind::one(&last.tie)).sql(")");
        }
        (keys, values) => {
            if let (Some(lead), Some(Some(value))) = (lead, values.first())
                && (!lead.field.nullable || part == Part::Values)
            {
                // The chain below says it too, but the index understands only this.
                out.sql(" AND ");
                sort_value(lead.field, out);
                out.sql(if lead.descending { " <= " } else { " >= " }).bind(Bind::one(value));
            }
            out.sql(" AND ");
            chain(keys, values, last, sort, part != Part::All, out);
        }
    }
}

/// `k1 beyond v1 OR k1 = v1 AND (k2 beyond v2 OR ...)`, with nulls at the end. `settled` says that
/// whether the first key is null is settled by the part.
fn chain(
    keys: &[Key],
    values: &[Option<Value>],
    last: &Last,
    sort: &Sort,
    settled: bool,
    out: &mut Statement,
) {
    let (Some((key, keys)), Some((value, values))) = (keys.split_first(), values.split_first())
    else {
        tie_value(sort.tie, out);
        out.sql(more(sort.tie_descending)).bind(Bind::one(&last.tie));
        return;
    };
    out.sql("(");
    match value {
        Some(value) => {
            sort_value(key.field, out);
            out.sql(more(key.descending)).bind(Bind::one(value));
            if key.field.nullable && !settled {
                out.sql(" OR ");
                column(key.field, out);
                out.sql(" IS NULL");
            }
            out.sql(" OR ");
            sort_value(key.field, out);
            out.sql(" = ").bind(Bind::one(value)).sql(" AND ");
        }
        None => {
            column(key.field, out);
            out.sql(" IS NULL AND ");
        }
    }
    chain(keys, values, last, sort, false, out);
    out.sql(")");
}

fn order(sort: &Sort, part: Part, out: &mut Statement) {
    out.sql(" ORDER BY ");
    let keys = if part == Part::Nulls { &sort.keys[1..] } else { &sort.keys };
    for (i, key) in keys.iter().enumerate() {
        sort_value(key.field, out);
        out.sql(if key.descending { " DESC" } else { "" });
        // Ascending, nulls come last by themselves. Among the values there are none, and NULLS LAST
        // would not match the index read backwards.
        if key.field.nullable && key.descending && !(i == 0 && part == Part::Values) {
            out.sql(" NULLS LAST");
        }
        out.sql(", ");
    }
    tie_value(sort.tie, out);
    out.sql(if sort.tie_descending { " DESC" } else { "" });
}

#[cfg(test)]
pub(crate) mod tests;
