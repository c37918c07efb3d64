//! One row of a file, and the limits of rows.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::kernel::error::{Code, Error};

/// A file with more columns or longer rows is not a table.
pub(super) const MAX_COLUMNS: usize = 1_000;
pub(super) const MAX_ROW_BYTES: usize = 1024 * 1024;

/// The format of the rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// Cells separated by this byte.
    Csv(u8),
    JsonArray,
    JsonLines,
}

/// One value of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    Text(String),
    List(Vec<String>),
    /// A number of JSON, as it was written.
    Number(String),
    /// An object, or a list with other values than texts and numbers, which no field has.
    Other(String),
}

impl Cell {
    pub(super) fn is_empty(&self) -> bool {
        match self {
            Cell::Text(text) => text.trim().is_empty(),
            Cell::List(items) => items.iter().all(|item| item.trim().is_empty()),
            Cell::Number(_) | Cell::Other(_) => false,
        }
    }

    /// The value as text, for people.
    pub(super) fn shown(&self) -> String {
        match self {
            Cell::Text(text) | Cell::Number(text) | Cell::Other(text) => text.clone(),
            Cell::List(items) => items.join(", "),
        }
    }

    /// The cell for a value of JSON.
    pub fn from_json(value: Value) -> Option<Self> {
        let item = |value: &Value| match value {
            Value::String(text) => Some(text.clone()),
            Value::Null => Some(String::new()),
            Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
            Value::Array(_) | Value::Object(_) => None,
        };
        Some(match value {
            Value::Null => return None,
            Value::String(text) => Cell::Text(text),
            Value::Bool(flag) => Cell::Text(flag.to_string()),
            Value::Number(number) => Cell::Number(number.to_string()),
            Value::Array(items) => match items.iter().map(item).collect() {
                Some(items) => Cell::List(items),
                None => Cell::Other(Value::Array(items).to_string()),
            },
            Value::Object(_) => Cell::Other(value.to_string()),
        })
    }
}

/// One record of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The first record after the header is 1; empty records are counted.
    pub number: u64,
    pub cells: Vec<(Arc<str>, Cell)>,
    /// Whether cells beyond the last column have content, in which case it is unclear which cell
    /// belongs to which column.
    pub has_surplus: bool,
}

impl Row {
    /// Whether all cells are empty.
    pub fn is_empty(&self) -> bool {
        !self.has_surplus && self.cells.iter().all(|(_, cell)| cell.is_empty())
    }
}

pub(super) fn unreadable(detail: impl Into<String>) -> Error {
    Error::new(Code::CsvUnreadable, detail)
}
