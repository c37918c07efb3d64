//! Counts and sums over partners, grouped by up to two fields.

use diesel::{
    QueryDsl,
    sql_types::{Jsonb, Text},
};
use diesel_async::RunQueryDsl;
use domain::{
    Result,
    fields::Field,
    lists::ListRequest,
    partners::{AggregateGroup, AggregateOperator, AggregateResult, CheckedAggregate},
    schema::organizations,
    views::ViewObject,
};
use serde_json::{Map, Value as Json};

use super::SOURCE;
use crate::{
    kernel::{
        db::Tx,
        listing::{column, conditions},
        statement::Statement,
        values::wire_json,
    },
    resources::views,
};

/// Groups of the largest answer.
const MAX_GROUPS: usize = 500;

/// Answers a checked request. Grouping by an array counts a partner once for each of its elements.
pub async fn aggregate(tx: &Tx<'_>, request: &CheckedAggregate) -> Result<AggregateResult> {
    let selected = views::applied(tx, &request.rows, ViewObject::Partner).await?;
    let rows: Vec<(Json, Json, String)> = statement(request, &selected)
        .answers::<(Jsonb, Jsonb, Text)>()
        .load(&mut tx.conn())
        .await?;
    let truncated = rows.len() > MAX_GROUPS;
    let currency = match rows.as_slice().first() {
        Some((_, _, currency)) => currency.clone(),
        None => {
            organizations::table.select(organizations::currency).get_result(&mut tx.conn()).await?
        }
    };
    let groups = rows.into_iter().take(MAX_GROUPS).map(|(keys, values, _)| AggregateGroup {
        keys: named(
            request.group_by.iter().map(|field| (field.name.to_owned(), Some(*field))),
            keys,
        ),
        values: named(
            request.metrics.iter().map(|(name, _, field)| (name.clone(), *field)),
            values,
        ),
    });
    Ok(AggregateResult { currency, groups: groups.collect(), truncated })
}

/// Gives the items of an answered array their names and their wire form.
fn named(
    names: impl Iterator<Item = (String, Option<&'static Field>)>,
    items: Json,
) -> Map<String, Json> {
    let Json::Array(items) = items else { return Map::new() };
    names
        .zip(items)
        .map(|((name, field), item)| {
            (name, field.map_or(item.clone(), |field| wire_json(field, item)))
        })
        .collect()
}

fn statement(request: &CheckedAggregate, selected: &ListRequest) -> Statement {
    let mut out = Statement::new("SELECT jsonb_build_array(");
    for (i, field) in request.group_by.iter().enumerate() {
        if i > 0 {
            out.sql(", ");
        }
        if field.is_array() {
            out.sql(format!("group_{i}.item"));
        } else {
            column(field, &mut out);
        }
    }
    out.sql("), jsonb_build_array(");
    for (i, (_, operator, field)) in request.metrics.iter().enumerate() {
        if i > 0 {
            out.sql(", ");
        }
        metric(*operator, *field, &mut out);
    }
    out.sql("), (SELECT organizations.currency FROM organizations) FROM partners");
    for (i, field) in request.group_by.iter().enumerate().filter(|(_, field)| field.is_array()) {
        out.sql(" LEFT JOIN LATERAL unnest(");
        column(field, &mut out);
        // LEFT JOIN, so that a partner with an empty list counts under null instead of vanishing.
        out.sql(format!(") AS group_{i} (item) ON true"));
    }
    out.sql(" WHERE ");
    conditions(selected, SOURCE, &mut out);
    if !request.group_by.is_empty() {
        out.sql(" GROUP BY 1");
    }
    // One group more than the answer has, to know whether it is `truncated`. The keys decide
    // between groups of one size, so that the same request gives the same groups.
    out.sql(format!(" ORDER BY count(*) DESC, 1 LIMIT {}", MAX_GROUPS + 1));
    out
}

fn metric(operator: AggregateOperator, field: Option<&'static Field>, out: &mut Statement) {
    let Some(field) = field else {
        out.sql("count(*)");
        return;
    };
    out.sql(match operator {
        AggregateOperator::Count => "count(",
        AggregateOperator::Sum => "sum(",
        AggregateOperator::Avg => "round(avg(",
        AggregateOperator::Min => "min(",
        AggregateOperator::Max => "max(",
    });
    column(field, out);
    out.sql(if operator == AggregateOperator::Avg { "), 2)" } else { ")" });
}
