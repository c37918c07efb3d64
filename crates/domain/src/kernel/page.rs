//! The one envelope of lists.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::openapi::{
    ArrayBuilder, KnownFormat, ObjectBuilder, Ref, RefOr, Schema, SchemaFormat, schema::Type,
};
use uuid::Uuid;

use crate::kernel::{choices::choices, cursor, error::Result};

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

    /// One page out of a list in the order of ids, of which `rows` holds one more than `limit` when
    /// it goes on. `list` is the name of the list: a cursor of one is refused by another.
    pub fn cut(mut rows: Vec<T>, limit: i64, list: &str, id: impl Fn(&T) -> Uuid) -> Self {
        let limit = usize::try_from(limit).unwrap_or_default();
        // One row more than asked for says whether there is a next page, without counting.
        let goes_on = rows.len() > limit;
        rows.truncate(limit);
        let next_cursor = rows.last().filter(|_| goes_on).map(|last| id_cursor(list, id(last)));
        Self { data: rows, next_cursor, total_count: None }
    }

    /// One page out of a short list that is made whole; all of the rest when no limit is asked for.
    ///
    /// # Errors
    /// `invalid_cursor`.
    pub fn of(all: Vec<T>, paging: &Paging, list: &str) -> Result<Self> {
        let fingerprint = cursor::fingerprint(&list);
        let from: Option<usize> =
            paging.cursor.as_deref().map(|text| cursor::decode(&fingerprint, text)).transpose()?;
        let (from, count) = (from.unwrap_or(0), all.len());
        let limit = paging.limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(count);
        let data: Vec<T> = all.into_iter().skip(from).take(limit).collect();
        let end = from.saturating_add(data.len());
        let next_cursor = (end < count).then(|| cursor::encode(&fingerprint, end));
        Ok(Self { data, next_cursor, total_count: paging.counts().then_some(count as i64) })
    }

    /// The same page of other things.
    pub fn map<U>(self, to: impl FnMut(T) -> U) -> Page<U> {
        Page {
            data: self.data.into_iter().map(to).collect(),
            next_cursor: self.next_cursor,
            total_count: self.total_count,
        }
    }
}

/// The cursor of a list in the order of ids: its name and the last id.
fn id_cursor(list: &str, last: Uuid) -> String {
    cursor::encode(&cursor::fingerprint(&list), last)
}

/// The id after which [`Page::cut`] goes on.
///
/// # Errors
/// `invalid_cursor` for what is no cursor, or one of another list.
pub fn after(cursor: Option<&str>, list: &str) -> Result<Option<Uuid>> {
    cursor.map(|cursor| cursor::decode(&cursor::fingerprint(&list), cursor)).transpose()
}

/// Rows of a page unless the request says otherwise.
pub const DEFAULT_LIMIT: i64 = 50;
/// Rows of the largest page.
const MAX_LIMIT: usize = 200;

choices! {
    /// What a list adds when it is asked for.
    PageInclude {
        /// The exact number of rows.
        TotalCount = "total_count",
    }
}

/// Which page of a list.
#[derive(Debug, Clone, Default, Serialize, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Paging {
    /// Rows of a page; 50 unless given.
    #[serde(default)]
    #[param(minimum = 1, maximum = 200, example = 50)]
    pub limit: Option<i64>,
    /// `next_cursor` of the page before.
    #[serde(default)]
    #[param(max_length = 2000)]
    pub cursor: Option<String>,
    /// `total_count` counts all rows exactly.
    #[serde(default)]
    #[param(max_items = 1)]
    pub include: Vec<PageInclude>,
}

impl Paging {
    /// Rows of a page.
    pub fn limit(&self) -> i64 {
        self.limit.unwrap_or(DEFAULT_LIMIT)
    }
    /// Whether all rows are to be counted.
    pub fn counts(&self) -> bool {
        self.include.contains(&PageInclude::TotalCount)
    }
}

/// One page of a list that can be followed with `changed_after`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct FollowedPage<T> {
    pub data: Vec<T>,
    pub next_cursor: Option<String>,
    pub total_count: Option<i64>,
    /// The highest event number below which nothing can still appear; only with `changed_after`.
    pub last_sequence: Option<i64>,
    /// The ids of rows that are gone for good; only with `changed_after` and `include=deleted`.
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
    /// The highest number below which nothing can still appear.
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
            nullable(Type::String, "Send it as `cursor` for the next page; null on the last one."),
        )
        .property(
            "total_count",
            nullable(
                Type::Integer,
                "Exact count of all rows; only with `include=total_count`, else null.",
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
                    "The highest event `sequence` below which nothing can still appear: after the \
                        last page, \
                     send it as `changed_after` to go on. Only with `changed_after`, else null.",
                )
                .format(Some(INT64))
                .examples([json!(48213)]),
            )
            .property(
                "erased_ids",
                ArrayBuilder::new()
                    .items(ObjectBuilder::new().schema_type(Type::String).max_length(Some(60)))
                    .max_items(Some(MAX_LIMIT))
                    .description(Some(
                        "The ids of rows that are gone for good, in the order of their changes \
                            among the rows of this \
                         page. Only with `changed_after` and `include=deleted`, else empty.",
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
                        "The highest `sequence` below which nothing can still appear, whatever the \
                            conditions of this \
                         list. After the last page of an ascending list, go on from it with \
                         `sequence_gt`.",
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::error::Code;

    #[test]
    fn a_short_list_is_whole_unless_a_limit_is_asked_for() {
        let all = || vec![1, 2, 3];
        let whole = Page::of(all(), &Paging::default(), "short").unwrap();
        assert_eq!((whole.data, whole.next_cursor, whole.total_count), (all(), None, None));
        let mut paging =
            Paging { limit: Some(2), cursor: None, include: vec![PageInclude::TotalCount] };
        let first = Page::of(all(), &paging, "short").unwrap();
        assert_eq!((first.data, first.total_count), (vec![1, 2], Some(3)));
        paging.cursor = first.next_cursor;
        let second = Page::of(all(), &paging, "short").unwrap();
        assert_eq!((second.data, second.next_cursor), (vec![3], None));
        assert!(Page::of(all(), &paging, "other").is_err());
    }

    #[test]
    fn a_cursor_goes_on_where_the_page_ended() {
        let ids: Vec<Uuid> = (0..3).map(|_| Uuid::now_v7()).collect();
        let page = Page::cut(ids.clone(), 2, "members", |id| *id);
        assert_eq!(page.data, ids[..2]);
        let cursor = page.next_cursor.unwrap();
        assert_eq!(after(Some(&cursor), "members").unwrap(), Some(ids[1]));
        assert_eq!(Page::cut(ids.clone(), 3, "members", |id| *id).next_cursor, None);
        assert_eq!(after(None, "members").unwrap(), None);
        for (cursor, list) in [
            (cursor.as_str(), "sessions"),
            ("", "members"),
            ("nonsense!", "members"),
            ("bWVtYmVycyA", "members"),
        ] {
            assert_eq!(after(Some(cursor), list).unwrap_err().code(), Code::InvalidCursor);
        }
    }
}
