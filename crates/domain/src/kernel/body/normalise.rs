//! Brings a value into the form in which it is kept, and finds what JSON Schema has no words for:
//! the forms of texts, items that differ in case only, and sums.

use std::{borrow::Cow, collections::HashSet};

use serde_json::{Map, Number, Value as Json};

use super::schema::{Resolved, id_prefix, resolve};
use crate::kernel::{
    field_error::{FieldError, FieldErrors},
    formats, text,
};

/// Bytes of the longest text of which the document does not say how long it may be: the formats
/// that have a longest form of their own. Nothing is normalised before it is known to be no longer.
const MAX_TEXT: usize = 10_000;
/// Properties of the largest object whose names are free; a mapping has one for each column of a
/// file.
const MAX_PROPERTIES: usize = 1_000;
/// How many bytes of a text may become one character: a syllable of three letters, or a letter and
/// its marks.
const BYTES_A_CHARACTER: usize = 12;

/// Brings the parts of `value` that are right into their kept form, in place. Returns what is wrong
/// with the others; what a schema can say is left to its validation. Lists and objects with more
/// members than they may have come out empty, so that validating them costs nothing.
pub(super) fn normalise(
    document: &Json,
    schema: &Json,
    pointer: &str,
    value: &mut Json,
) -> FieldErrors {
    let mut walk =
        Normaliser { document, pointer: pointer.to_owned(), errors: FieldErrors::default() };
    walk.value(schema, value);
    walk.errors
}

/// The integer that a number with a point or an exponent is; none where it is a fraction, or
/// already an integer.
pub(crate) fn whole(number: &Number) -> Option<Number> {
    let float = number.as_f64().filter(|_| number.as_i64().is_none())?;
    // 2^63 and more is no integer of 64 bits.
    let is_whole = float.fract() == 0.0 && float.abs() < 9_223_372_036_854_775_808.0;
    is_whole.then(|| Number::from(float as i64))
}

/// A segment of a JSON Pointer.
pub(super) fn escaped(segment: &str) -> Cow<'_, str> {
    if segment.contains(['~', '/']) {
        segment.replace('~', "~0").replace('/', "~1").into()
    } else {
        segment.into()
    }
}

/// The error of a text that has fewer or more characters than it may have.
pub(super) fn wrong_length(pointer: &str, key: &str, bound: usize) -> FieldError {
    let (code, what) =
        if key == "min" { ("too_short", "at least") } else { ("too_long", "at most") };
    let detail = format!("must have {what} {bound} characters");
    FieldError::at_pointer(code, pointer, detail).meta(key, bound)
}

struct Normaliser<'a> {
    document: &'a Json,
    /// The pointer to the value that is looked at.
    pointer: String,
    errors: FieldErrors,
}

impl Normaliser<'_> {
    fn error(&mut self, code: &'static str, detail: impl Into<String>) {
        self.errors.push(FieldError::at_pointer(code, self.pointer.clone(), detail));
    }

    /// Runs `step` one level deeper.
    fn inside(&mut self, segment: &str, step: impl FnOnce(&mut Self)) {
        let length = self.pointer.len();
        self.pointer.push('/');
        self.pointer.push_str(&escaped(segment));
        step(self);
        self.pointer.truncate(length);
    }

    fn value(&mut self, schema: &Json, value: &mut Json) {
        let schema = resolve(self.document, schema);
        match (schema.kind(), &mut *value) {
            (Some("object"), Json::Object(object)) => self.object(&schema, object),
            (Some("array"), Json::Array(items)) => self.array(&schema, items),
            // JSON has one kind of number: 1000.0 is the integer 1000.
            (Some("integer"), Json::Number(number)) => {
                if let Some(whole) = whole(number) {
                    *number = whole;
                }
            }
            (Some("string"), Json::String(text)) => {
                if let Some(kept) = self.text(&schema, text) {
                    *value = kept;
                }
            }
            _ => {}
        }
    }

    fn object(&mut self, schema: &Resolved<'_>, object: &mut Map<String, Json>) {
        if schema.is_true("x-opaque") {
            return;
        }
        // Where any name is allowed, nothing else ends a list of names.
        let others = schema.schema.get("additionalProperties");
        if others != Some(&Json::Bool(false)) && object.len() > MAX_PROPERTIES {
            let detail = format!("must have at most {MAX_PROPERTIES} properties");
            let error = FieldError::at_pointer("too_many_items", self.pointer.clone(), detail);
            object.clear();
            return self.errors.push(error.meta("max", MAX_PROPERTIES));
        }
        let properties = schema.schema.get("properties").and_then(Json::as_object);
        for (name, value) in object.iter_mut() {
            if self.errors.is_full() {
                return;
            }
            let property = properties.and_then(|properties| properties.get(name));
            if let Some(schema) = property.or(others.filter(|others| others.is_object())) {
                self.inside(name, |walk| walk.value(schema, value));
            }
        }
        if let Some(sum) = schema.number("x-sum") {
            // Huge numbers have an error of their own, and then the sum counts for nothing.
            let given = object.values().filter_map(Json::as_i64).fold(0, i64::saturating_add);
            if given != sum {
                let detail = format!("must add up to {sum}, not {given}");
                let error = FieldError::at_pointer(SUM_ERROR, self.pointer.clone(), detail);
                self.errors.push(error.meta("sum", given));
            }
        }
    }

    fn array(&mut self, schema: &Resolved<'_>, items: &mut Vec<Json>) {
        // The items of a list that is too long are never looked at, here and in the validation, so
        // that they cost nothing.
        if let Some(max) = schema.count("maxItems").filter(|max| items.len() > *max) {
            // A batch has its own code.
            let is_batch = schema.text("x-too-many") == Some("batch_too_large");
            let code = if is_batch { "batch_too_large" } else { "too_many_items" };
            let detail = format!("must have at most {max} items");
            let error = FieldError::at_pointer(code, self.pointer.clone(), detail);
            items.clear();
            return self.errors.push(error.meta("max", max));
        }
        if let Some(of) = schema.schema.get("items") {
            for (number, item) in items.iter_mut().enumerate() {
                if self.errors.is_full() {
                    return;
                }
                self.inside(&number.to_string(), |walk| walk.value(of, item));
            }
        }
        let ignore_case = schema.text("x-unique") == Some("ignore-case");
        if !ignore_case && !schema.is_true("uniqueItems") {
            return;
        }
        let mut seen = HashSet::new();
        for (number, item) in items.iter().enumerate() {
            let form = match item {
                Json::String(text) if ignore_case => text::fold(text),
                other => other.to_string(),
            };
            if !seen.insert(form) {
                self.inside(&number.to_string(), |walk| {
                    walk.error("duplicate_item", "is a duplicate");
                });
            }
        }
    }

    /// What is kept instead of `text`; none when it stays or is wrong.
    fn text(&mut self, schema: &Resolved<'_>, text: &str) -> Option<Json> {
        if schema.schema.contains_key("enum") || id_prefix(schema.schema).is_some() {
            return None;
        }
        let format = schema.text("format").unwrap_or_default();
        let is_blank = text.trim().is_empty();
        if schema.takes_null() && is_blank && formats::empty_means_none(format) {
            return Some(Json::Null);
        }
        let most = schema.count("maxLength");
        if text.len() > most.map_or(MAX_TEXT, |most| BYTES_A_CHARACTER * most + MAX_TEXT) {
            match most {
                Some(most) => self.errors.push(wrong_length(&self.pointer, "max", most)),
                None => self.error("invalid_format", "is too long"),
            }
            return None;
        }
        let kept = match formats::normalise(format, text) {
            Ok(kept) => kept,
            // An empty text says nothing of its form: it is too short.
            Err(_) if is_blank && schema.count("minLength").is_some_and(|min| min > 0) => {
                String::new()
            }
            Err((code, detail)) => {
                self.error(code, detail);
                return None;
            }
        };
        if schema.is_true("x-single-line") && kept.contains(['\n', '\t']) {
            self.error("invalid_format", "must be a single line without tabs");
            return None;
        }
        if schema.is_true("x-https") && !kept.starts_with("https://") {
            self.error("invalid_format", "must be a URL that begins with https://");
            return None;
        }
        (kept != text).then_some(Json::String(kept))
    }
}

/// The code of weights that do not add up.
pub(super) const SUM_ERROR: &str = "weights_not_100_percent";
