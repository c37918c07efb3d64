//! A constant expression in a select list, for values that are not columns of the table.

use std::marker::PhantomData;

use diesel::{
    expression::{
        AppearsOnTable, Expression, SelectableExpression, TypedExpressionType, ValidGrouping,
        is_aggregate,
    },
    pg::Pg,
    query_builder::{AstPass, QueryFragment, QueryId},
    result::QueryResult,
    sql_types::SqlType,
};

/// SQL text of type `T`. Cached by its text like other queries.
#[derive(Debug, Clone, Copy)]
pub struct Sql<T>(&'static str, PhantomData<T>);

impl<T> Sql<T> {
    pub const fn new(text: &'static str) -> Self {
        Self(text, PhantomData)
    }
}

impl<T: SqlType + TypedExpressionType> Expression for Sql<T> {
    type SqlType = T;
}
impl<T, QS> AppearsOnTable<QS> for Sql<T> where Self: Expression {}
impl<T, QS> SelectableExpression<QS> for Sql<T> where Self: Expression {}
impl<T, G> ValidGrouping<G> for Sql<T> {
    type IsAggregate = is_aggregate::Never;
}
impl<T> QueryId for Sql<T> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}
impl<T> QueryFragment<Pg> for Sql<T> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(self.0);
        Ok(())
    }
}
