//! One error of a request, and its place.
//!
//! Architecture Invariant: the size of a response does not depend on what the client sends. Errors
//! are limited here, in number by [`FieldErrors`] and in length where they are created.

use std::{borrow::Cow, fmt};

use serde::{Serialize, Serializer, ser::SerializeMap};
use serde_json::{Map, Value};

/// The most errors of one problem. More are of no help, and a hostile request could cause a
/// million.
pub const MAX_FAULTS: usize = 100;
/// The most characters of a client's text that a message repeats.
const MAX_EXCERPT: usize = 80;
/// The longest place in characters.
const MAX_PLACE: usize = 250;
/// The longest message in characters.
const MAX_DETAIL: usize = 500;
/// The member of `meta` with the allowed values.
const ALLOWED: &str = "allowed";

/// The beginning of a client's text, for a message that repeats it.
pub fn excerpt(text: &str) -> Cow<'_, str> {
    shortened(text.into(), MAX_EXCERPT)
}

/// A text of at most `most` characters; a longer one is cut and ends with an ellipsis.
pub fn shortened(text: Cow<'_, str>, most: usize) -> Cow<'_, str> {
    match text.char_indices().nth(most) {
        None => text,
        Some((end, _)) => format!("{}…", &text[..end]).into(),
    }
}

fn place(text: impl Into<String>) -> String {
    shortened(Cow::Owned(text.into()), MAX_PLACE).into_owned()
}

fn sentence(text: impl Into<String>) -> String {
    shortened(Cow::Owned(text.into()), MAX_DETAIL).into_owned()
}

/// The place of an error.
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

/// One error: a stable code, a message, a place, and details for programs.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldError {
    pub code: &'static str,
    pub detail: String,
    pub place: Place,
    pub meta: Map<String, Value>,
}

impl FieldError {
    pub fn at_pointer(
        code: &'static str,
        pointer: impl Into<String>,
        detail: impl Into<String>,
    ) -> Self {
        Self {
            code,
            detail: sentence(detail),
            place: Place::Pointer(place(pointer)),
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
            detail: sentence(detail),
            place: Place::Parameter(place(parameter)),
            meta: Map::new(),
        }
    }
    pub fn at_header(
        code: &'static str,
        header: impl Into<String>,
        detail: impl Into<String>,
    ) -> Self {
        Self {
            code,
            detail: sentence(detail),
            place: Place::Header(place(header)),
            meta: Map::new(),
        }
    }
    /// Adds a detail for programs.
    pub fn meta(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.meta.insert(key.to_owned(), value.into());
        self
    }
}

/// Collects the errors of a request. It keeps the first [`MAX_FAULTS`]; callers stop when
/// [`FieldErrors::is_full`], so that no more errors are searched for than are shown.
#[derive(Debug, Default)]
pub struct FieldErrors(Vec<FieldError>);

impl FieldErrors {
    pub fn push(&mut self, fault: FieldError) {
        if !self.is_full() {
            self.0.push(fault);
        }
    }
    pub fn is_full(&self) -> bool {
        self.0.len() >= MAX_FAULTS
    }
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
    pub fn len(&self) -> usize {
        self.0.len()
    }
    pub fn into_vec(self) -> Vec<FieldError> {
        self.0
    }
}

impl Extend<FieldError> for FieldErrors {
    fn extend<I: IntoIterator<Item = FieldError>>(&mut self, faults: I) {
        let room = MAX_FAULTS - self.0.len();
        self.0.extend(faults.into_iter().take(room));
    }
}

/// Moves a list of allowed values that several errors share at one place: into the `meta` of the
/// problem if it is the only list, otherwise it stays at the first of these errors.
pub(crate) fn state_allowed_once(meta: &mut Map<String, Value>, faults: &mut [FieldError]) {
    // Each list with its first error, and whether another error shares it.
    let mut lists: Vec<(Value, usize, bool)> = Vec::new();
    for (number, fault) in faults.iter_mut().enumerate() {
        let Some(allowed) = fault.meta.get(ALLOWED) else { continue };
        match lists.iter_mut().find(|(list, ..)| list == allowed) {
            Some((.., shared)) => {
                *shared = true;
                fault.meta.remove(ALLOWED);
            }
            None => lists.push((allowed.clone(), number, false)),
        }
    }
    if let [(allowed, first, true)] = lists.as_slice()
        && !meta.contains_key(ALLOWED)
    {
        faults[*first].meta.remove(ALLOWED);
        meta.insert(ALLOWED.to_owned(), allowed.clone());
    }
}

/// All properties are serialized; exactly one of pointer, parameter and header is not null.
impl Serialize for FieldError {
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn fault(allowed: Value) -> FieldError {
        FieldError::at_pointer("invalid_choice", "#/a", "is wrong").meta(ALLOWED, allowed)
    }

    #[test]
    fn a_hundred_faults_are_kept_whoever_finds_more() {
        let mut faults = FieldErrors::default();
        faults.extend((0..99).map(|_| fault(json!([]))));
        assert!(!faults.is_full());
        faults.extend((0..99).map(|_| fault(json!([]))));
        faults.push(fault(json!([])));
        assert!(faults.is_full() && faults.into_vec().len() == MAX_FAULTS);
    }

    #[test]
    fn what_a_caller_sent_is_repeated_in_part() {
        let long = "ü".repeat(100_000);
        let fault =
            FieldError::at_pointer("x", format!("#/{long}"), format!("cannot sort by {long}"));
        assert!(fault.place.to_string().len() < 1_000 && fault.detail.len() < 1_100);
        assert_eq!(excerpt("short"), "short");
        assert_eq!(excerpt(&long).chars().count(), MAX_EXCERPT + 1);
    }

    #[test]
    fn what_is_allowed_is_stated_once() {
        let state = |faults: &mut [FieldError]| {
            let mut meta = Map::new();
            state_allowed_once(&mut meta, faults);
            meta
        };
        let mut one = [fault(json!([1]))];
        assert!(state(&mut one).is_empty() && one[0].meta[ALLOWED] == json!([1]));
        let mut equal = [fault(json!([1])), fault(json!([1])), fault(json!([1]))];
        assert_eq!(state(&mut equal)[ALLOWED], json!([1]));
        assert!(equal.iter().all(|fault| fault.meta.is_empty()));
        let mut two = [fault(json!([1])), fault(json!([2])), fault(json!([1]))];
        assert!(state(&mut two).is_empty());
        assert!(two[0].meta[ALLOWED] == json!([1]) && two[1].meta[ALLOWED] == json!([2]));
        assert!(two[2].meta.is_empty());
    }
}
