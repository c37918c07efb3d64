//! One thing that is wrong with a request, and where.

use std::fmt;

use serde::{Serialize, Serializer, ser::SerializeMap};
use serde_json::{Map, Value};

/// Where a fault lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A JSON Pointer fragment into the body, `#/employees`.
    Pointer(String),
    /// A query or path parameter.
    Parameter(String),
    Header(String),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pointer(text) => write!(f, "`{}`", text.strip_prefix("#/").unwrap_or(text)),
            Self::Parameter(text) | Self::Header(text) => write!(f, "`{text}`"),
        }
    }
}

/// One fault: a stable code, a sentence, a place, and facts for programs.
#[derive(Debug, Clone, PartialEq)]
pub struct Fault {
    pub code: &'static str,
    pub detail: String,
    pub place: Place,
    pub meta: Map<String, Value>,
}

impl Fault {
    pub fn at_pointer(
        code: &'static str,
        pointer: impl Into<String>,
        detail: impl Into<String>,
    ) -> Self {
        Self {
            code,
            detail: detail.into(),
            place: Place::Pointer(pointer.into()),
            meta: Map::new(),
        }
    }
    pub fn at_parameter(
        code: &'static str,
        parameter: impl Into<String>,
        detail: impl Into<String>,
    ) -> Self {
        Self {
            code,
            detail: detail.into(),
            place: Place::Parameter(parameter.into()),
            meta: Map::new(),
        }
    }
    pub fn at_header(
        code: &'static str,
        header: impl Into<String>,
        detail: impl Into<String>,
    ) -> Self {
        Self { code, detail: detail.into(), place: Place::Header(header.into()), meta: Map::new() }
    }
    /// Adds a fact for programs.
    pub fn meta(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.meta.insert(key.to_owned(), value.into());
        self
    }
}

/// On the wire every property is there: of pointer, parameter and header one has a value.
impl Serialize for Fault {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        let (pointer, parameter, header) = match &self.place {
            Place::Pointer(at) => (Some(at), None, None),
            Place::Parameter(at) => (None, Some(at), None),
            Place::Header(at) => (None, None, Some(at)),
        };
        let mut map = s.serialize_map(Some(6))?;
        map.serialize_entry("code", self.code)?;
        map.serialize_entry("detail", &self.detail)?;
        map.serialize_entry("pointer", &pointer)?;
        map.serialize_entry("parameter", &parameter)?;
        map.serialize_entry("header", &header)?;
        map.serialize_entry("meta", &self.meta)?;
        map.end()
    }
}
