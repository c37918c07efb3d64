//! The order of a list: up to three keys, then a unique field.

use std::cmp::Ordering;

use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::{List, MAX_SORT_KEYS};
use crate::kernel::{
    field_error::excerpt,
    fields::{Field, FieldType, did_you_mean, named},
    filter::{self, TierRanks, Value},
    ids,
    timestamp::Timestamp,
};

/// Keys of a sort that are looked at: a request with more than [`MAX_SORT_KEYS`] is answered with
/// the errors of so many.
const MAX_SORT_ERRORS: usize = 10;

/// One field to sort by.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Key {
    pub field: &'static Field,
    pub descending: bool,
}

/// What ends every sort, so that no two rows are equal.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub enum Tie {
    /// The id of the row.
    #[default]
    Id,
    /// A field that is unique within the list and never null.
    Field(&'static Field),
    /// The place of the row among all, of lists in memory and of what a search finds by rank.
    Position,
}

/// An order without ties: up to three keys, then the tie-break in the direction of the last one.
/// Nulls come last.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sort {
    /// Never holds the tie-break: what would follow it means nothing.
    pub keys: Vec<Key>,
    pub tie: Tie,
    pub tie_descending: bool,
}

/// The last row of the page before: its sort values (a tier as its rank, an enum as its position)
/// and what breaks ties.
#[derive(Debug, Clone, PartialEq)]
pub struct Last {
    pub values: Vec<Option<Value>>,
    pub tie: Value,
}

/// What is wrong with a sort: which key, why, and facts for programs.
pub(super) struct SortError {
    pub index: usize,
    pub detail: String,
    pub meta: Map<String, Json>,
}

impl Tie {
    fn of(list: &List) -> Self {
        match (list.tie, named(list.fields(), list.tie)) {
            ("", _) => Self::Position,
            ("id", _) | (_, None) => Self::Id,
            (_, Some(field)) => Self::Field(field),
        }
    }
}

/// How the order of a search is called where orders are named.
pub(super) const RANK: &str = "rank";

impl Sort {
    /// The order in which a search finds rows.
    pub(super) fn by_rank() -> Self {
        Self { tie: Tie::Position, ..Self::default() }
    }

    /// Reads `sort` as it is written, `-fit_score`.
    pub(super) fn read(texts: &[String], list: &List) -> Result<Self, Vec<SortError>> {
        let catalogue = list.fields();
        let mut sort = Self { tie: Tie::of(list), ..Self::default() };
        let (mut wrong, mut seen) = (Vec::new(), Vec::new());
        let mut ended = false;
        for (index, text) in texts.iter().enumerate().take(MAX_SORT_ERRORS) {
            let (name, descending) =
                text.strip_prefix('-').map_or((text.as_str(), false), |name| (name, true));
            let sortable = || catalogue.iter().filter(|f| f.sortable()).map(|f| f.name);
            let Some(field) = named(catalogue, name).filter(|f| f.sortable()) else {
                let mut meta = Map::from_iter([("allowed".to_owned(), sortable().collect())]);
                meta.extend(
                    did_you_mean(name, sortable())
                        .map(|name| ("did_you_mean".to_owned(), name.into())),
                );
                let detail = format!("cannot sort by {}", excerpt(name));
                wrong.push(SortError { index, detail, meta });
                continue;
            };
            if seen.contains(&name) {
                let detail = format!("sorts by {name} twice");
                wrong.push(SortError { index, detail, meta: Map::new() });
            }
            seen.push(name);
            if ended {
                continue;
            }
            // The tie-break goes the way of the last key, so that one row comparison covers both
            // (docs/lists.md#in-sql).
            sort.tie_descending = descending;
            ended = name == list.tie;
            if !ended {
                sort.keys.push(Key { field, descending });
            }
        }
        if texts.len() > MAX_SORT_KEYS {
            let meta = Map::from_iter([("max_items".to_owned(), MAX_SORT_KEYS.into())]);
            let detail = format!("takes at most {MAX_SORT_KEYS} fields");
            wrong.push(SortError { index: MAX_SORT_KEYS, detail, meta });
        }
        if wrong.is_empty() { Ok(sort) } else { Err(wrong) }
    }

    /// The place of a row of wire values in this order: its sort values, and what breaks ties.
    /// The number of a row is known by who counts them.
    pub(super) fn place_of(&self, row: &Map<String, Json>, ranks: &TierRanks) -> (Vec<Json>, Json) {
        let values = self.keys.iter().map(|key| key.field.cursor_value(row, ranks)).collect();
        let tie = match self.tie {
            Tie::Field(field) => field.cursor_value(row, ranks),
            Tie::Position => Json::Null,
            Tie::Id => {
                let id = row.get("id").and_then(Json::as_str);
                let id = id.and_then(|id| id.rsplit_once('_').map(|(prefix, _)| (prefix, id)));
                json!(id.and_then(|(prefix, id)| ids::decode(prefix, id).ok()).unwrap_or_default())
            }
        };
        (values, tie)
    }

    /// Reads what [`Self::place_of`] gave; none when it is no place of this order.
    pub(super) fn place(&self, values: &[Json], tie: &Json) -> Option<Last> {
        if values.len() != self.keys.len() {
            return None;
        }
        let keys = self.keys.iter().zip(values);
        let values: Option<Vec<_>> =
            keys.map(|(key, value)| key.field.sort_value_of_cursor(value)).collect();
        let tie = match self.tie {
            Tie::Field(field) => field.sort_value_of_cursor(tie)??,
            Tie::Position => Value::Int(tie.as_i64()?),
            Tie::Id => Value::Id(tie.as_str()?.parse::<Uuid>().ok()?),
        };
        Some(Last { values: values?, tie })
    }

    /// Which of two places comes first.
    pub(super) fn compare(&self, one: &Last, other: &Last) -> Ordering {
        let directed =
            |order: Ordering, descending| if descending { order.reverse() } else { order };
        let pairs = one.values.iter().zip(&other.values);
        let keys = self.keys.iter().zip(pairs).map(|(key, (one, other))| match (one, other) {
            (Some(one), Some(other)) => directed(compare_values(one, other), key.descending),
            // Nulls come last in both directions.
            (one, other) => one.is_none().cmp(&other.is_none()),
        });
        let tie = || directed(compare_values(&one.tie, &other.tie), self.tie_descending);
        keys.fold(Ordering::Equal, Ordering::then).then_with(tie)
    }
}

/// The order of two values of one field.
fn compare_values(one: &Value, other: &Value) -> Ordering {
    match (one, other) {
        (Value::Bool(one), Value::Bool(other)) => one.cmp(other),
        (Value::Int(one), Value::Int(other)) => one.cmp(other),
        (Value::Id(one), Value::Id(other)) => one.cmp(other),
        (Value::Time(one), Value::Time(other)) => one.cmp(other),
        (Value::Day(one), Value::Day(other)) => one.cmp(other),
        (Value::Text(one), Value::Text(other)) => {
            crate::kernel::text::fold(one).cmp(&crate::kernel::text::fold(other))
        }
        _ => Ordering::Equal,
    }
}

impl Field {
    /// Its value in a row as a cursor carries it: what is compared, not what is shown.
    fn cursor_value(&self, row: &Map<String, Json>, ranks: &TierRanks) -> Json {
        match self.of(row) {
            Json::String(key) if self.is_tier() => {
                ranks.get(key).map_or(Json::Null, |rank| json!(rank))
            }
            Json::String(word) if self.kind == FieldType::Enum => {
                self.words.iter().position(|w| w == word).map_or(Json::Null, |at| json!(at))
            }
            value => value.clone(),
        }
    }

    /// Reads what [`Self::cursor_value`] wrote. The outer `None` means that it is no such value.
    fn sort_value_of_cursor(&self, value: &Json) -> Option<Option<Value>> {
        let value = match (self.kind, value) {
            (_, Json::Null) => return Some(None),
            (FieldType::Enum | FieldType::Integer | FieldType::Money | FieldType::Score, value) => {
                Value::Int(value.as_i64()?)
            }
            (_, value) if self.is_tier() => Value::Int(value.as_i64()?),
            (FieldType::Boolean, value) => Value::Bool(value.as_bool()?),
            (FieldType::Timestamp, value) => {
                Value::Time(value.as_str()?.parse::<Timestamp>().ok()?.0)
            }
            (FieldType::Date, value) => Value::Day(value.as_str()?.parse().ok()?),
            (FieldType::Id, value) => {
                Value::Id(ids::decode(filter::prefix_of(self), value.as_str()?).ok()?)
            }
            (_, value) => {
                Value::Text(value.as_str().filter(|text| !text.contains('\0'))?.to_owned())
            }
        };
        Some(Some(value))
    }
}
