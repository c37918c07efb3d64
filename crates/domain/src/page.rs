//! The one envelope of lists.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use utoipa::openapi::{ArrayBuilder, ObjectBuilder, Ref, RefOr, Schema, schema::Type};
use uuid::Uuid;

use crate::{choices, cursor, error::Result};

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

    /// One page out of a list in the order of ids, of which `rows` holds one more than `limit` when it goes on.
    /// `list` is the name of the list: a cursor of one is refused by another.
    pub fn cut(mut rows: Vec<T>, limit: i64, list: &str, id: impl Fn(&T) -> Uuid) -> Self {
        let limit = usize::try_from(limit).unwrap_or_default();
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
                ArrayBuilder::new()
                    .items(Ref::from_schema_name(T::name()))
                    .description(Some("The rows of this page.")),
            )
            .property(
                "next_cursor",
                nullable(
                    Type::String,
                    "Send it as `cursor` for the next page; null on the last one.",
                ),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Code;

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
