//! The envelope of lists.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::openapi::{
    ArrayBuilder, KnownFormat, ObjectBuilder, Ref, RefOr, Schema, SchemaFormat, schema::Type,
};

use crate::kernel::lists::MAX_LIMIT;

/// One page of a list. `next_cursor` is null on the last page; `total_count` is null unless
/// requested.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Page<T> {
    pub data: Vec<T>,
    pub next_cursor: Option<String>,
    pub total_count: Option<i64>,
}

impl<T> Page<T> {
    /// The page with converted rows.
    pub fn map<U>(self, to: impl FnMut(T) -> U) -> Page<U> {
        Page {
            data: self.data.into_iter().map(to).collect(),
            next_cursor: self.next_cursor,
            total_count: self.total_count,
        }
    }
}

/// One page of a list that can be followed with `changed_after`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct FollowedPage<T> {
    pub data: Vec<T>,
    pub next_cursor: Option<String>,
    pub total_count: Option<i64>,
    /// The highest event number below which no event can appear later; only with `changed_after`.
    pub last_sequence: Option<i64>,
    /// The ids of permanently deleted rows; only with `changed_after` and `include=deleted`.
    pub erased_ids: Vec<String>,
}

impl<T> From<Page<T>> for FollowedPage<T> {
    fn from(page: Page<T>) -> Self {
        let Page { data, next_cursor, total_count } = page;
        Self { data, next_cursor, total_count, last_sequence: None, erased_ids: Vec::new() }
    }
}

/// One page of a log whose entries are numbered in the order of commits.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct LogPage<T> {
    pub data: Vec<T>,
    pub next_cursor: Option<String>,
    pub total_count: Option<i64>,
    /// The highest number below which no entry can appear later.
    pub last_sequence: i64,
}

fn nullable(kind: Type, text: &str) -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(utoipa::openapi::schema::SchemaType::from_iter([kind, Type::Null]))
        .description(Some(text))
}

fn page_schema<T: utoipa::ToSchema>() -> ObjectBuilder {
    ObjectBuilder::new()
        .description(Some(format!("One page of {} rows.", T::name())))
        .property(
            "data",
            ArrayBuilder::new()
                .items(Ref::from_schema_name(T::name()))
                .description(Some("The rows of this page.")),
        )
        .property(
            "next_cursor",
            nullable(Type::String, "Send it as `cursor` for the next page. Null on the last page."),
        )
        .property(
            "total_count",
            nullable(
                Type::Integer,
                "The exact number of all rows. Null unless requested with `include=total_count`.",
            ),
        )
        .required("data")
        .required("next_cursor")
        .required("total_count")
}

const INT64: SchemaFormat = SchemaFormat::KnownFormat(KnownFormat::Int64);

impl<T: utoipa::ToSchema> utoipa::PartialSchema for Page<T> {
    fn schema() -> RefOr<Schema> {
        page_schema::<T>().into()
    }
}

impl<T: utoipa::ToSchema> utoipa::PartialSchema for FollowedPage<T> {
    fn schema() -> RefOr<Schema> {
        page_schema::<T>()
            .property(
                "last_sequence",
                nullable(
                    Type::Integer,
                    "The highest event `sequence` below which no event can appear later. After the \
                     last page, send it as `changed_after` to continue. Null without \
                     `changed_after`.",
                )
                .format(Some(INT64))
                .examples([json!(48213)]),
            )
            .property(
                "erased_ids",
                ArrayBuilder::new()
                    .items(ObjectBuilder::new().schema_type(Type::String).max_length(Some(60)))
                    .max_items(Some(MAX_LIMIT as usize))
                    .description(Some(
                        "The ids of permanently deleted rows, in the order of their changes among \
                         the rows of this page. Empty without `changed_after` and \
                         `include=deleted`.",
                    ))
                    .examples([json!([])]),
            )
            .required("last_sequence")
            .required("erased_ids")
            .into()
    }
}

impl<T: utoipa::ToSchema> utoipa::PartialSchema for LogPage<T> {
    fn schema() -> RefOr<Schema> {
        page_schema::<T>()
            .property(
                "last_sequence",
                ObjectBuilder::new()
                    .schema_type(Type::Integer)
                    .format(Some(INT64))
                    .minimum(Some(0))
                    .examples([json!(48213)])
                    .description(Some(
                        "The highest `sequence` below which no event can appear later, whatever \
                         the conditions of this list. After the last page of an ascending list, \
                         continue with it as `sequence_gt`.",
                    )),
            )
            .required("last_sequence")
            .into()
    }
}

macro_rules! named_like_their_rows {
    ($($page:ident)*) => {$(
        impl<T: utoipa::ToSchema> utoipa::ToSchema for $page<T> {
            fn name() -> Cow<'static, str> {
                format!("{}Page", T::name()).into()
            }
            fn schemas(all: &mut Vec<(String, RefOr<Schema>)>) {
                all.push((T::name().into(), T::schema()));
                T::schemas(all);
            }
        }
    )*};
}
named_like_their_rows!(Page FollowedPage LogPage);
