//! The one envelope of lists.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use utoipa::openapi::{ArrayBuilder, ObjectBuilder, Ref, RefOr, Schema, schema::Type};

/// One page of a list. `next_cursor` is null on the last page; `total_count` only when asked for.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Page<T> {
    pub data: Vec<T>,
    pub next_cursor: Option<String>,
    pub total_count: Option<i64>,
}

impl<T> Page<T> {
    /// A list that is complete as it stands.
    pub fn whole(data: Vec<T>) -> Self {
        Self { data, next_cursor: None, total_count: None }
    }

    /// The same page of other things.
    pub fn map<U>(self, to: impl FnMut(T) -> U) -> Page<U> {
        Page { data: self.data.into_iter().map(to).collect(), next_cursor: self.next_cursor, total_count: self.total_count }
    }
}

impl<T: utoipa::ToSchema> utoipa::PartialSchema for Page<T> {
    fn schema() -> RefOr<Schema> {
        let nullable = |kind: Type, text: &str| {
            ObjectBuilder::new()
                .schema_type(utoipa::openapi::schema::SchemaType::from_iter([kind, Type::Null]))
                .description(Some(text))
        };
        ObjectBuilder::new()
            .description(Some(format!("One page of {} rows.", T::name())))
            .property(
                "data",
                ArrayBuilder::new().items(Ref::from_schema_name(T::name())).description(Some("The rows of this page.")),
            )
            .property("next_cursor", nullable(Type::String, "Send it as `cursor` for the next page; null on the last one."))
            .property(
                "total_count",
                nullable(Type::Integer, "Exact count of all rows; only with `include=total_count`, else null."),
            )
            .required("data")
            .required("next_cursor")
            .required("total_count")
            .into()
    }
}

impl<T: utoipa::ToSchema> utoipa::ToSchema for Page<T> {
    fn name() -> Cow<'static, str> {
        format!("{}Page", T::name()).into()
    }
    fn schemas(all: &mut Vec<(String, RefOr<Schema>)>) {
        all.push((T::name().into(), T::schema()));
        T::schemas(all);
    }
}
