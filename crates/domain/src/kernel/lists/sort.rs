//! The order of a list: up to three keys, then a unique field.

use std::cmp::Ordering;

use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::{List, MAX_SORT_KEYS};
use crate::kernel::{
    field_error::excerpt,
    fields::{Field, did_you_mean, named},
    filter::{TierRanks, Value},
    values::FieldRow,
};

/// The most keys of a sort that are parsed: a request with more than [`MAX_SORT_KEYS`] keys gets
/// errors for these only.
const MAX_SORT_ERRORS: usize = 10;

/// One field to sort by.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Key {
    pub field: &'static Field,
    pub descending: bool,
}

/// The last part of every sort, so that no two rows are equal.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub enum Tie {
    /// The id of the row.
    #[default]
    Id,
    /// A field that is unique within the list and never null.
    Field(&'static Field),
    /// The position of the row, for lists in memory and for what a search finds by rank.
    Position,
}

/// An order without ties: up to three keys, then the tie-break in the direction of the last one.
/// Nulls come last.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sort {
    /// Never contains the tie-break, because keys after it have no effect.
    pub keys: Vec<Key>,
    pub tie: Tie,
    pub tie_descending: bool,
}

/// The last row of the previous page: its sort values (a tier as its rank, an enum as its position)
/// and its tie-break.
#[derive(Debug, Clone, PartialEq)]
pub struct Last {
    pub values: Vec<Option<Value>>,
    pub tie: Value,
}

/// The error of a sort: the key, the reason, and details for programs.
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
                let detail = format!("cannot be sorted by {}", excerpt(name));
                wrong.push(SortError { index, detail, meta });
                continue;
            };
            if seen.contains(&name) {
                let detail = format!("contains {name} twice");
                wrong.push(SortError { index, detail, meta: Map::new() });
            }
            seen.push(name);
            if ended {
                continue;
            }
            // The tie-break has the direction of the last key, so that one row comparison covers
            // both (docs/lists.md#in-sql).
            sort.tie_descending = descending;
            ended = name == list.tie;
            if !ended {
                sort.keys.push(Key { field, descending });
            }
        }
        if texts.len() > MAX_SORT_KEYS {
            let meta = Map::from_iter([("max_items".to_owned(), MAX_SORT_KEYS.into())]);
            let detail = format!("must have at most {MAX_SORT_KEYS} fields");
            wrong.push(SortError { index: MAX_SORT_KEYS, detail, meta });
        }
        if wrong.is_empty() { Ok(sort) } else { Err(wrong) }
    }

    /// The place of a row in this order: its sort values, and what breaks ties.
    /// The number of a row is known by who counts them.
    pub(super) fn place_of(&self, row: &dyn FieldRow, ranks: &TierRanks) -> (Vec<Json>, Json) {
        let value = |field: &Field| {
            let value = field.sort_value(row.get(field), |key| ranks.get(key).copied());
            field.render_sort_value(&value)
        };
        let values = self.keys.iter().map(|key| value(key.field)).collect();
        let tie = match self.tie {
            Tie::Field(field) => value(field),
            Tie::Position => Json::Null,
            Tie::Id => json!(row.id().unwrap_or_default()),
        };
        (values, tie)
    }

    /// Parses the result of [`Self::place_of`]; `None` if it does not belong to this order.
    pub(super) fn place(&self, values: &[Json], tie: &Json) -> Option<Last> {
        if values.len() != self.keys.len() {
            return None;
        }
        // A value that is null is none.
        let value = |field: &Field, json: &Json| {
            let value = field.parse_sort_value(json)?;
            Some(Some(value).filter(|value| !value.is_null()))
        };
        let keys = self.keys.iter().zip(values);
        let values: Option<Vec<_>> = keys.map(|(key, json)| value(key.field, json)).collect();
        let tie = match self.tie {
            Tie::Field(field) => value(field, tie)??,
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

/// The order of two sort values of one field.
fn compare_values(one: &Value, other: &Value) -> Ordering {
    one.order(other).unwrap_or(Ordering::Equal)
}
