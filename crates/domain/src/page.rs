//! The one envelope of lists.

use std::borrow::Cow;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use utoipa::openapi::{ArrayBuilder, ObjectBuilder, Ref, RefOr, Schema, schema::Type};
use uuid::Uuid;

use crate::error::{Code, Error, Result};

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

    /// The same page of other things.
    pub fn map<U>(self, to: impl FnMut(T) -> U) -> Page<U> {
        Page { data: self.data.into_iter().map(to).collect(), next_cursor: self.next_cursor, total_count: self.total_count }
    }
}

/// The cursor of a list in the order of ids: its name and the last id.
fn id_cursor(list: &str, last: Uuid) -> String {
    URL_SAFE_NO_PAD.encode(format!("{list} {}", last.simple()))
}

/// The id after which [`Page::cut`] goes on.
///
/// # Errors
/// `invalid_cursor` for what is no cursor, or one of another list.
pub fn after(cursor: Option<&str>, list: &str) -> Result<Option<Uuid>> {
    let Some(cursor) = cursor else { return Ok(None) };
    let bytes = URL_SAFE_NO_PAD.decode(cursor).ok();
    let text = bytes.as_deref().and_then(|bytes| std::str::from_utf8(bytes).ok());
    let id = text.and_then(|text| text.strip_prefix(list)?.strip_prefix(' ')?.parse().ok());
    id.map(Some).ok_or_else(|| Error::of(Code::InvalidCursor))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_goes_on_where_the_page_ended() {
        let ids: Vec<Uuid> = (0..3).map(|_| Uuid::now_v7()).collect();
        let page = Page::cut(ids.clone(), 2, "members", |id| *id);
        assert_eq!(page.data, ids[..2]);
        let cursor = page.next_cursor.unwrap();
        assert_eq!(after(Some(&cursor), "members").unwrap(), Some(ids[1]));
        assert_eq!(Page::cut(ids.clone(), 3, "members", |id| *id).next_cursor, None);
        assert_eq!(after(None, "members").unwrap(), None);
        for (cursor, list) in
            [(cursor.as_str(), "sessions"), ("", "members"), ("nonsense!", "members"), ("bWVtYmVycyA", "members")]
        {
            assert_eq!(after(Some(cursor), list).unwrap_err().code(), Code::InvalidCursor);
        }
    }
}
