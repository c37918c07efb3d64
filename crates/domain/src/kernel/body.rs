//! Validates requests against the schemas of the document, and normalises their values for storage.
//! A limit is declared once, in the document, and applies because this runs before a body is
//! deserialized.
//!
//! Architecture Invariant: rules that need data (uniqueness, references, write access) are not
//! checked here.
//! here.

use std::{borrow::Cow, collections::HashMap, collections::HashSet};

use regex::Regex;
use serde_json::{Map, Number, Value as Json, json};

use crate::kernel::{
    field_error::{FieldError, FieldErrors, Place},
    fields::did_you_mean,
    formats,
    ids::{self, IdError},
    request_body::RequestForms,
    text,
};

/// The longest text in bytes without a limit in the document: the formats that have their own
/// longest form. A text is normalised only after its length was checked.
const MAX_TEXT: usize = 10_000;
/// The deepest nesting that `serde_json` parses.
const DEEPEST_JSON: usize = 128;
/// The most properties of an object with free names; a mapping has one for each column of a file.
const MAX_PROPERTIES: usize = 1_000;
/// The most bytes of a text that can become one character: a syllable of three letters, or a letter
/// and its marks.
const BYTES_A_CHARACTER: usize = 12;

/// The schemas of the document, prepared for validation.
#[derive(Debug, Default)]
pub struct Schemas {
    all: Map<String, Json>,
    forms: RequestForms,
    /// Every `pattern` except those of ids.
    patterns: HashMap<String, Regex>,
}

impl Schemas {
    /// The schemas below `components` of a finished document, and the request forms among them.
    ///
    /// # Panics
    /// A pattern of the document is not a regular expression. The tests make the document.
    pub fn of(document: &Json, forms: RequestForms) -> Self {
        let all = document
            .pointer("/components/schemas")
            .and_then(Json::as_object)
            .cloned()
            .unwrap_or_default();
        let mut patterns = HashMap::new();
        collect_patterns(
            document.pointer("/components/schemas").unwrap_or(&Json::Null),
            &mut patterns,
        );
        collect_patterns(document.get("paths").unwrap_or(&Json::Null), &mut patterns);
        Self { all, forms, patterns }
    }

    /// Validates `value` against the schema `name`, and returns all errors. Valid parts are
    /// normalised in place.
    pub fn check(&self, name: &str, value: &mut Json) -> Vec<FieldError> {
        self.check_at(name, "#", value)
    }

    /// The same for a value at `pointer` of a larger body, `#/operations/0/data`.
    pub fn check_at(&self, name: &str, pointer: &str, value: &mut Json) -> Vec<FieldError> {
        let mut check =
            Check { schemas: self, at: pointer.to_owned(), faults: FieldErrors::default() };
        match self.all.get(name) {
            Some(_) => check.value(&json!({"$ref": format!("{PREFIX}{name}")}), value),
            None => check.fault("invalid_format", format!("the schema {name} does not exist")),
        }
        check.faults.into_vec()
    }

    /// The value of the parameter `name` from its texts, one for each time that it was sent. A list
    /// is separated by commas (`\,` is a comma inside a value, `\\` a backslash), or the parameter
    /// is repeated.
    ///
    /// # Errors
    /// `invalid_parameter`, with `meta.allowed` if the values are limited.
    pub fn parameter(
        &self,
        name: &str,
        schema: &Json,
        texts: &[&str],
    ) -> Result<Json, Vec<FieldError>> {
        let refuse = |detail: String, meta| FieldError {
            code: "invalid_parameter",
            detail,
            place: Place::Parameter(name.to_owned()),
            meta,
        };
        let resolved = self.resolve(schema);
        let mut value = match (resolved.kind(), texts) {
            (Some("array"), texts) => {
                let items = resolved.schema.get("items").map(|items| self.resolve(items));
                let kind = items.as_ref().and_then(Resolved::kind);
                Json::Array(
                    texts
                        .iter()
                        .flat_map(|text| split_list(text))
                        .map(|text| typed(kind, &text))
                        .collect(),
                )
            }
            (kind, [text]) => typed(kind, text),
            _ => return Err(vec![refuse("must be given once".to_owned(), Map::new())]),
        };
        let mut check = Check { schemas: self, at: String::new(), faults: FieldErrors::default() };
        check.value(schema, &mut value);
        if check.faults.is_empty() {
            Ok(value)
        } else {
            Err(check
                .faults
                .into_vec()
                .into_iter()
                .map(|fault| refuse(fault.detail, fault.meta))
                .collect())
        }
    }

    /// Follows references and `[reference, null]` to the schema.
    fn resolve<'a>(&'a self, schema: &'a Json) -> Resolved<'a> {
        let (mut schema, mut name, mut nullable, mut opaque) = (schema, None, false, false);
        // The limit ends circular references.
        for _ in 0..16 {
            opaque |= schema.get("x-opaque").is_some_and(|mark| mark == true);
            if let Some(target) = schema
                .get("$ref")
                .and_then(Json::as_str)
                .and_then(|target| target.strip_prefix(PREFIX))
            {
                name = Some(target);
                schema = self.all.get(target).unwrap_or(&Json::Null);
                continue;
            }
            let choices =
                schema.get("oneOf").and_then(Json::as_array).map_or(&[][..], Vec::as_slice);
            match choices {
                [only, null] if null.get("type").is_some_and(|kind| kind == "null") => {
                    nullable = true;
                    schema = only;
                }
                _ => break,
            }
        }
        static NOTHING: std::sync::LazyLock<Map<String, Json>> = std::sync::LazyLock::new(Map::new);
        Resolved {
            schema: schema.as_object().unwrap_or(&NOTHING),
            name,
            nullable,
            opaque: opaque || name == Some("FilterNode"),
        }
    }
}

const PREFIX: &str = "#/components/schemas/";

/// The approximate number of values in a JSON text, including keys, but not less: separators
/// outside of strings are counted. Needs no memory, and accepts any bytes. Counting stops at a
/// nesting that the parser does not accept.
pub fn count_values(json: &[u8]) -> usize {
    let (mut count, mut depth, mut in_string, mut escaped) = (1, 0_usize, false, false);
    for byte in json {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b',' | b':' if !in_string => count += 1,
            b'[' | b'{' if !in_string => {
                (count, depth) = (count + 1, depth + 1);
                if depth > DEEPEST_JSON {
                    break;
                }
            }
            b']' | b'}' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    count
}

/// The integer of a number with a point or an exponent; `None` if it is a fraction, or already an
/// integer.
pub(crate) fn whole(number: &Number) -> Option<Number> {
    let float = number.as_f64().filter(|_| number.as_i64().is_none())?;
    // From 2^63 on, a number is not an integer of 64 bits.
    let is_whole = float.fract() == 0.0 && float.abs() < 9_223_372_036_854_775_808.0;
    is_whole.then(|| Number::from(float as i64))
}

/// The prefix of the ids that a schema describes, if it describes ids.
pub fn id_prefix(schema: &Map<String, Json>) -> Option<&'static str> {
    if schema.get("format").is_none_or(|format| format != "typeid") {
        return None;
    }
    let pattern = schema.get("pattern").and_then(Json::as_str)?.strip_prefix('^')?;
    let (prefix, _) = pattern.split_once('_')?;
    ids::PREFIXES.iter().find(|known| **known == prefix).copied()
}

/// A schema with the properties of the references that led to it.
struct Resolved<'a> {
    schema: &'a Map<String, Json>,
    name: Option<&'a str>,
    nullable: bool,
    opaque: bool,
}

impl<'a> Resolved<'a> {
    fn text(&self, keyword: &str) -> Option<&'a str> {
        self.schema.get(keyword).and_then(Json::as_str)
    }
    fn number(&self, keyword: &str) -> Option<i64> {
        self.schema.get(keyword).and_then(Json::as_i64)
    }
    fn count(&self, keyword: &str) -> Option<usize> {
        self.number(keyword).and_then(|number| usize::try_from(number).ok())
    }
    fn says(&self, keyword: &str) -> bool {
        self.schema.get(keyword).is_some_and(|value| value == true)
    }
    /// The one type besides null; `None` means any.
    fn kind(&self) -> Option<&'a str> {
        match self.schema.get("type") {
            Some(Json::String(kind)) => Some(kind),
            Some(Json::Array(kinds)) => {
                kinds.iter().filter_map(Json::as_str).find(|kind| *kind != "null")
            }
            _ => None,
        }
    }
    fn takes_null(&self) -> bool {
        let listed = self
            .schema
            .get("type")
            .and_then(Json::as_array)
            .is_some_and(|kinds| kinds.iter().any(|kind| kind == "null"));
        self.nullable || listed || self.kind().is_none()
    }
}

struct Check<'a> {
    schemas: &'a Schemas,
    /// The pointer to the current value.
    at: String,
    faults: FieldErrors,
}

impl<'a> Check<'a> {
    fn fault(&mut self, code: &'static str, detail: impl Into<String>) {
        self.push(FieldError::at_pointer(code, self.at.clone(), detail));
    }

    fn push(&mut self, fault: FieldError) {
        self.faults.push(fault);
    }

    /// Runs `check` one level deeper.
    fn inside(&mut self, segment: &str, check: impl FnOnce(&mut Self)) {
        let length = self.at.len();
        self.at.push('/');
        self.at.push_str(&escaped(segment));
        check(self);
        self.at.truncate(length);
    }

    fn value(&mut self, schema: &Json, value: &mut Json) {
        let schemas = self.schemas;
        let schema = schemas.resolve(schema);
        if value.is_null() {
            if !schema.takes_null() {
                self.fault("not_nullable", "must not be null");
            }
            return;
        }
        match (schema.kind(), &mut *value) {
            (Some("object"), Json::Object(_)) if schema.opaque => {}
            (Some("object"), Json::Object(object)) => self.object(&schema, object),
            (Some("array"), Json::Array(items)) => self.array(&schema, items),
            (Some("integer"), Json::Number(number)) => {
                // JSON has one kind of number, so 1000.0 is the integer 1000.
                let whole = whole(number);
                self.integer(&schema, whole.as_ref().unwrap_or(number));
                if let Some(whole) = whole {
                    *number = whole;
                }
            }
            (Some("number"), Json::Number(_)) | (Some("boolean"), Json::Bool(_)) | (None, _) => {}
            (Some("string"), Json::String(text)) => {
                if let Some(kept) = self.text(&schema, text) {
                    *value = kept;
                }
            }
            (Some(kind), found) => {
                let article = if kind.starts_with(['a', 'i', 'o']) { "an" } else { "a" };
                self.fault(
                    "wrong_type",
                    format!("must be {article} {kind}, not {}", kind_of(found)),
                );
            }
        }
    }

    fn object(&mut self, schema: &Resolved<'_>, object: &mut Map<String, Json>) {
        // Where any name is allowed, nothing else limits the number of names.
        let is_map = schema.schema.get("additionalProperties") != Some(&Json::Bool(false));
        if is_map && object.len() > MAX_PROPERTIES {
            let detail = format!("must have at most {MAX_PROPERTIES} properties");
            let fault = FieldError::at_pointer("too_many_items", self.at.clone(), detail);
            return self.push(fault.meta("max", MAX_PROPERTIES));
        }
        let nothing = Map::new();
        let properties =
            schema.schema.get("properties").and_then(Json::as_object).unwrap_or(&nothing);
        let others = schema.schema.get("additionalProperties");
        let before = self.faults.len();
        for (name, value) in object.iter_mut() {
            if self.faults.is_full() {
                return;
            }
            match (properties.get(name), others) {
                (Some(property), _) => self.inside(name, |check| check.value(property, value)),
                (None, Some(Json::Bool(false))) => self.unknown(schema, properties, name),
                (None, Some(other)) if other.is_object() => {
                    self.inside(name, |check| check.value(other, value))
                }
                _ => {}
            }
        }
        for name in schema
            .schema
            .get("required")
            .and_then(Json::as_array)
            .into_iter()
            .flatten()
            .filter_map(Json::as_str)
        {
            if !object.contains_key(name) {
                self.inside(name, |check| check.fault("required", "is required"));
            }
        }
        // Only if the members are valid; otherwise the sum would be a second error about them.
        if let Some(sum) = schema.number("x-sum").filter(|_| self.faults.len() == before) {
            let given: i64 = object.values().filter_map(Json::as_i64).sum();
            if given != sum {
                let fault = FieldError::at_pointer(
                    "weights_not_100_percent",
                    self.at.clone(),
                    format!("must add up to {sum}, not {given}"),
                );
                self.push(fault.meta("sum", given));
            }
        }
    }

    /// Reports a property that the request does not have: a read-only one of the resource, or an
    /// unknown one.
    fn unknown(&mut self, schema: &Resolved<'_>, properties: &Map<String, Json>, name: &str) {
        let resource = schema.name.and_then(|name| self.schemas.forms.resource_of(name));
        let known = resource
            .and_then(|resource| self.schemas.all.get(resource))
            .and_then(|resource| resource.get("properties"));
        let read_only = known.is_some_and(|properties| properties.get(name).is_some());
        let guess = did_you_mean(name, properties.keys().map(String::as_str));
        self.inside(name, |check| {
            if read_only {
                check.fault("read_only_field", "cannot be written")
            } else {
                let fault =
                    FieldError::at_pointer("unknown_field", check.at.clone(), "unknown property");
                check.push(guess.map_or(fault.clone(), |guess| fault.meta("did_you_mean", guess)));
            }
        });
    }

    fn array(&mut self, schema: &Resolved<'_>, items: &mut [Json]) {
        // Before its items, so that a list that is too long is not validated.
        if let Some(max) = schema.count("maxItems").filter(|max| items.len() > *max) {
            // A batch has its own code.
            let code = if schema.text("x-too-many") == Some("batch_too_large") {
                "batch_too_large"
            } else {
                "too_many_items"
            };
            let fault = FieldError::at_pointer(
                code,
                self.at.clone(),
                format!("must have at most {max} items"),
            );
            return self.push(fault.meta("max", max));
        }
        if let Some(min) = schema.count("minItems").filter(|min| items.len() < *min) {
            let fault = FieldError::at_pointer(
                "too_short",
                self.at.clone(),
                format!("must have at least {min} items"),
            );
            self.push(fault.meta("min", min));
        }
        if let Some(of) = schema.schema.get("items") {
            for (number, item) in items.iter_mut().enumerate() {
                if self.faults.is_full() {
                    return;
                }
                self.inside(&number.to_string(), |check| check.value(of, item));
            }
        }
        let ignore_case = schema.text("x-unique") == Some("ignore-case");
        if !ignore_case && !schema.says("uniqueItems") {
            return;
        }
        let mut seen = HashSet::new();
        for (number, item) in items.iter().enumerate() {
            let form = match item {
                Json::String(text) if ignore_case => text::fold(text),
                other => other.to_string(),
            };
            if !seen.insert(form) {
                self.inside(&number.to_string(), |check| {
                    check.fault("duplicate_item", "is a duplicate")
                });
            }
        }
    }

    fn integer(&mut self, schema: &Resolved<'_>, number: &Number) {
        let (min, max) = (schema.number("minimum"), schema.number("maximum"));
        let fits = match (number.as_i64(), number.as_f64()) {
            (Some(number), _) => {
                min.is_none_or(|min| number >= min) && max.is_none_or(|max| number <= max)
            }
            // Beyond 64 bits, where integers become floats.
            (None, Some(float)) if float.abs() >= 9_223_372_036_854_775_808.0 => false,
            _ => {
                return self.fault("wrong_type", "must be an integer, not a fraction");
            }
        };
        if fits {
            return;
        }
        let detail = match (min, max) {
            (Some(min), Some(max)) => format!("must be between {min} and {max}"),
            (Some(min), None) => format!("must be {min} or more"),
            (None, Some(max)) => format!("must be {max} or less"),
            (None, None) => "must be an integer of 64 bits".to_owned(),
        };
        let mut fault = FieldError::at_pointer("out_of_range", self.at.clone(), detail);
        for (key, bound) in [("min", min), ("max", max)] {
            if let Some(bound) = bound {
                fault = fault.meta(key, bound);
            }
        }
        self.push(fault);
    }

    /// The normalised text; `None` if it is unchanged or invalid.
    fn text(&mut self, schema: &Resolved<'_>, text: &str) -> Option<Json> {
        if let Some(words) = schema.schema.get("enum").and_then(Json::as_array) {
            if !words.iter().any(|word| word == text) {
                let fault = FieldError::at_pointer(
                    "invalid_choice",
                    self.at.clone(),
                    "must be one of the allowed values",
                );
                self.push(fault.meta("allowed", words.clone()));
            }
            return None;
        }
        let format = schema.text("format").unwrap_or_default();
        if let Some(prefix) = id_prefix(schema.schema) {
            self.id(prefix, text);
            return None;
        }
        if schema.takes_null() && text.trim().is_empty() && formats::empty_means_none(format) {
            return Some(Json::Null);
        }
        let most = schema.count("maxLength");
        if text.len() > most.map_or(MAX_TEXT, |most| BYTES_A_CHARACTER * most + MAX_TEXT) {
            match most {
                Some(most) => self.wrong_length("too_long", "max", most, "at most"),
                None => self.fault("invalid_format", "is too long"),
            }
            return None;
        }
        let kept = match formats::normalise(format, text) {
            Ok(kept) => kept,
            Err((code, detail)) => {
                // An empty text has no format error: it is too short.
                if text.trim().is_empty() && schema.count("minLength").is_some_and(|min| min > 0) {
                    self.length(schema, "");
                } else {
                    self.fault(code, detail);
                }
                return None;
            }
        };
        if schema.says("x-single-line") && kept.contains(['\n', '\t']) {
            self.fault("invalid_format", "must be a single line without tabs");
            return None;
        }
        if schema.says("x-https") && !kept.starts_with("https://") {
            self.fault("invalid_format", "must be a URL that begins with https://");
            return None;
        }
        let fits = self.length(schema, &kept);
        if let Some(pattern) = schema.text("pattern").filter(|_| fits)
            && self.schemas.patterns.get(pattern).is_some_and(|regex| !regex.is_match(&kept))
        {
            self.fault("invalid_format", format!("must match {pattern}"));
            return None;
        }
        (fits && kept != text).then_some(Json::String(kept))
    }

    /// Checks the length of a text in characters.
    fn length(&mut self, schema: &Resolved<'_>, text: &str) -> bool {
        let length = text.chars().count();
        let (code, key, bound, what) = match (schema.count("minLength"), schema.count("maxLength"))
        {
            (Some(min), _) if length < min => ("too_short", "min", min, "at least"),
            (_, Some(max)) if length > max => ("too_long", "max", max, "at most"),
            _ => return true,
        };
        self.wrong_length(code, key, bound, what);
        false
    }

    fn wrong_length(&mut self, code: &'static str, key: &str, bound: usize, what: &str) {
        let detail = format!("must have {what} {bound} characters");
        let fault = FieldError::at_pointer(code, self.at.clone(), detail);
        self.push(fault.meta(key, bound));
    }

    fn id(&mut self, prefix: &str, text: &str) {
        match ids::decode(prefix, text) {
            Ok(_) => {}
            Err(IdError::WrongKind) => {
                let fault = FieldError::at_pointer(
                    "wrong_id_type",
                    self.at.clone(),
                    format!("must be an id that begins with {prefix}_"),
                );
                self.push(fault.meta("prefix", prefix));
            }
            Err(IdError::Malformed) => {
                self.fault("invalid_format", format!("must be {prefix}_ and 26 characters"))
            }
        }
    }
}

/// Escapes a segment of a JSON Pointer.
fn escaped(segment: &str) -> Cow<'_, str> {
    if segment.contains(['~', '/']) {
        segment.replace('~', "~0").replace('/', "~1").into()
    } else {
        segment.into()
    }
}

fn kind_of(value: &Json) -> &'static str {
    match value {
        Json::Null => "null",
        Json::Bool(_) => "a boolean",
        Json::Number(_) => "a number",
        Json::String(_) => "a string",
        Json::Array(_) => "an array",
        Json::Object(_) => "an object",
    }
}

/// Converts a parameter's text to the JSON type; a text that cannot be converted stays text, and is
/// then reported.
pub(crate) fn typed(kind: Option<&str>, text: &str) -> Json {
    let read = match kind {
        Some("integer") => text.parse::<i64>().ok().map(Json::from),
        Some("number") => text.parse::<f64>().ok().and_then(Number::from_f64).map(Json::Number),
        Some("boolean") => text.parse::<bool>().ok().map(Json::Bool),
        _ => None,
    };
    read.unwrap_or_else(|| Json::String(text.to_owned()))
}

/// Splits a list of a query parameter: `a,b\,c` is `a` and `b,c`; `\\` is a backslash, and any
/// other backslash is literal.
pub fn split_list(text: &str) -> Vec<String> {
    let mut values = vec![String::new()];
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let last = values.last_mut().expect("starts with one and only grows");
        match c {
            ',' => values.push(String::new()),
            '\\' => last.push(chars.next_if(|next| matches!(next, ',' | '\\')).unwrap_or('\\')),
            c => last.push(c),
        }
    }
    values
}

fn collect_patterns(value: &Json, patterns: &mut HashMap<String, Regex>) {
    match value {
        Json::Object(members) => {
            if let Some(pattern) = members
                .get("pattern")
                .and_then(Json::as_str)
                .filter(|_| id_prefix(members).is_none())
            {
                let regex = Regex::new(pattern).unwrap_or_else(|error| {
                    panic!("the pattern {pattern} of the document: {error}")
                });
                patterns.insert(pattern.to_owned(), regex);
            }
            members.values().for_each(|inner| collect_patterns(inner, patterns));
        }
        Json::Array(items) => items.iter().for_each(|inner| collect_patterns(inner, patterns)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    #[test]
    fn values_are_counted_outside_of_strings() {
        for (text, count) in [
            ("1", 1),
            ("[]", 2),
            ("[1,2,3]", 4),
            (r#"{"a":1,"b":[true]}"#, 6),
            (r#""a,b:c[\"{,,,\\""#, 1),
            (r#"["\\",1]"#, 3),
        ] {
            assert_eq!(count_values(text.as_bytes()), count, "{text}");
        }
        assert!(count_values("[".repeat(100_000).as_bytes()) < 200);
    }

    use super::*;
    use crate::kernel::{
        field_error::MAX_FAULTS,
        ids::{PartnerId, TagId},
        request_body::RequestBody,
    };

    #[derive(utoipa::ToSchema)]
    struct Thing {}

    #[derive(utoipa::ToSchema)]
    struct ThingCreate {}

    impl RequestBody for ThingCreate {
        type Resource = Thing;
    }

    fn schemas() -> Schemas {
        let mut forms = RequestForms::default();
        ThingCreate::collect_forms(&mut forms);
        let text = |max: u32| {
            json!({
                "type": "string",
                "minLength": 1,
                "maxLength": max,
                "x-single-line": true
            })
        };
        let id = |prefix: &str| {
            json!({
                "type": "string",
                "format": "typeid",
                "pattern": format!("^{prefix}_[0-7][0-9a-hjkmnp-tv-z]{{25}}$")
            })
        };
        Schemas::of(
            &json!({
                "components": {
                    "schemas": {
                        "PartnerId": id("ptn"),
                        "TagId": id("tag"),
                        "Kind": {"type": "string", "enum": ["reseller", "referral"]},
                        "Weights": {
                            "type": "object",
                            "additionalProperties": false,
                            "x-sum": 100,
                            "required": ["q1", "q2"],
                            "properties": {
                                "q1": {"type": "integer", "minimum": 0, "maximum": 100},
                                "q2": {"type": "integer", "minimum": 0, "maximum": 100}
                            }
                        },
                        "FilterNode": {
                            "type": "object",
                            "additionalProperties": false,
                            "properties": {"op": {"type": "string"}}
                        },
                        "Thing": {
                            "type": "object",
                            "properties": {"id": {}, "currency": {}, "name": {}}
                        },
                        "ThingCreate": {
                            "type": "object",
                            "additionalProperties": false,
                            "required": ["name"],
                            "properties": {
                                "name": text(5),
                                "industry": {
                                    "type": ["string", "null"],
                                    "maxLength": 9,
                                    "x-single-line": true
                                },
                                "notes": {"type": ["string", "null"], "maxLength": 20},
                                "domain": {
                                    "type": ["string", "null"],
                                    "format": "domain",
                                    "maxLength": 253
                                },
                                "employees": {"type": ["integer", "null"], "minimum": 0, "maximum": 10},
                                "big": {"type": "integer"},
                                "live": {"type": "boolean"},
                                "key": {"type": "string", "pattern": "^[a-z][a-z0-9_]{0,39}$"},
                                "link": {"type": ["string", "null"], "format": "uri", "x-https": true},
                                "kind": {"$ref": "#/components/schemas/Kind"},
                                "category": {
                                    "oneOf": [{"$ref": "#/components/schemas/Kind"}, {"type": "null"}]
                                },
                                "parent_id": {
                                    "oneOf": [
                                        {"$ref": "#/components/schemas/PartnerId"},
                                        {"type": "null"}
                                    ]
                                },
                                "tag_ids": {
                                    "type": "array",
                                    "maxItems": 3,
                                    "uniqueItems": true,
                                    "items": {"$ref": "#/components/schemas/TagId"}
                                },
                                "regions": {
                                    "type": "array",
                                    "maxItems": 3,
                                    "x-unique": "ignore-case",
                                    "items": text(5)
                                },
                                "weights": {"$ref": "#/components/schemas/Weights"},
                                "filter": {
                                    "oneOf": [
                                        {"$ref": "#/components/schemas/FilterNode"},
                                        {"type": "null"}
                                    ]
                                },
                                "a/b~": {"type": "boolean"},
                                "mapping": {
                                    "type": "object",
                                    "additionalProperties": {"type": "boolean"}
                                },
                                "anything": {}
                            }
                        }
                    }
                }
            }),
            forms,
        )
    }

    fn found(mut body: Json) -> Vec<String> {
        if body.get("name").is_none() && body.is_object() {
            body["name"] = json!("Acme");
        }
        let show = |fault: FieldError| match fault.place {
            Place::Pointer(at) => format!("{} {at} {}", fault.code, Json::Object(fault.meta)),
            other => panic!("{other:?}"),
        };
        schemas().check("ThingCreate", &mut body).into_iter().map(show).collect()
    }

    #[test]
    fn every_fault_has_its_code_and_place() {
        let tag = TagId::new();
        for (body, fault) in [
            (json!([]), "wrong_type # {}"),
            (json!({"name": null}), "not_nullable #/name {}"),
            (json!({"name": "  "}), r#"too_short #/name {"min":1}"#),
            (json!({"name": "Acme Inc"}), r#"too_long #/name {"max":5}"#),
            (json!({"name": "a\nb"}), "invalid_format #/name {}"),
            (json!({"name": "a\u{0}b"}), "invalid_format #/name {}"),
            (json!({"name": 1}), "wrong_type #/name {}"),
            (json!({"indsutry": "x"}), r#"unknown_field #/indsutry {"did_you_mean":"industry"}"#),
            (json!({"xxxxxxxxxxxx": "x"}), "unknown_field #/xxxxxxxxxxxx {}"),
            (json!({"currency": "USD"}), "read_only_field #/currency {}"),
            (json!({"employees": 11}), r#"out_of_range #/employees {"min":0,"max":10}"#),
            (json!({"employees": -1}), r#"out_of_range #/employees {"min":0,"max":10}"#),
            (json!({"employees": 1.5}), "wrong_type #/employees {}"),
            (json!({"employees": "1"}), "wrong_type #/employees {}"),
            (json!({"employees": true}), "wrong_type #/employees {}"),
            (json!({"employees": u64::MAX}), r#"out_of_range #/employees {"min":0,"max":10}"#),
            (json!({"big": 1e30}), "out_of_range #/big {}"),
            (json!({"live": "true"}), "wrong_type #/live {}"),
            (json!({"key": "A b"}), "invalid_format #/key {}"),
            (json!({"domain": "TBD"}), "invalid_domain #/domain {}"),
            (json!({"link": "http://acme.com"}), "invalid_format #/link {}"),
            (
                json!({"kind": "friend"}),
                r#"invalid_choice #/kind {"allowed":["reseller","referral"]}"#,
            ),
            (json!({"kind": null}), "not_nullable #/kind {}"),
            (
                json!({"category": ""}),
                r#"invalid_choice #/category {"allowed":["reseller","referral"]}"#,
            ),
            (json!({"parent_id": tag}), r#"wrong_id_type #/parent_id {"prefix":"ptn"}"#),
            (json!({"parent_id": "acme"}), "invalid_format #/parent_id {}"),
            (json!({"tag_ids": null}), "not_nullable #/tag_ids {}"),
            (json!({"tag_ids": [tag, tag]}), "duplicate_item #/tag_ids/1 {}"),
            (
                json!({"tag_ids": [PartnerId::new()]}),
                r#"wrong_id_type #/tag_ids/0 {"prefix":"tag"}"#,
            ),
            (json!({"regions": ["a", "b", "c", "d"]}), r#"too_many_items #/regions {"max":3}"#),
            (json!({"regions": ["DACH", "dach "]}), "duplicate_item #/regions/1 {}"),
            (
                json!({"weights": {"q1": 50, "q2": 49}}),
                r#"weights_not_100_percent #/weights {"sum":99}"#,
            ),
            (json!({"weights": {"q1": 100}}), "required #/weights/q2 {}"),
            (json!({"filter": []}), "wrong_type #/filter {}"),
            (json!({"a/b~": 1}), "wrong_type #/a~1b~0 {}"),
            (json!({"mapping": {"x": 1}}), "wrong_type #/mapping/x {}"),
        ] {
            assert_eq!(found(body.clone()), [fault], "{body}");
        }
        assert_eq!(schemas().check("ThingCreate", &mut json!({}))[0].code, "required");
    }

    #[test]
    fn all_faults_come_at_once_and_not_without_end() {
        let faults =
            found(json!({"regions": ["x", "x", 1], "indsutry": 1, "employees": -1, "kind": "x"}));
        assert_eq!(faults.len(), 5, "{faults:?}");
        let many: Map<String, Json> =
            (0..10_000).map(|n| (format!("property{n}"), json!(n))).collect();
        assert_eq!(found(Json::Object(many)).len(), MAX_FAULTS);
    }

    #[test]
    fn what_is_right_is_kept_in_one_form() {
        let mut body = json!({
            "name": "  Cafe\u{301}",
            "industry": " ",
            "notes": " a\r\nb ",
            "domain": "https://www.Acme.com/x",
            "employees": 10,
            "category": null,
            "parent_id": null,
            "regions": [" DACH"],
            "weights": {"q1": 50, "q2": 50},
            "filter": {"op": "and", "anything": [1]},
            "mapping": {"any": true},
            "anything": {"x": null},
            "link": ""
        });
        assert_eq!(schemas().check("ThingCreate", &mut body), []);
        let kept = json!({
            "name": "Café",
            "industry": null,
            "notes": "a\nb",
            "domain": "acme.com",
            "employees": 10,
            "category": null,
            "parent_id": null,
            "regions": ["DACH"],
            "weights": {"q1": 50, "q2": 50},
            "filter": {"op": "and", "anything": [1]},
            "mapping": {"any": true},
            "anything": {"x": null},
            "link": null
        });
        assert_eq!(body, kept);
    }

    #[test]
    fn parameters_become_typed_values() {
        let schemas = schemas();
        let kinds = json!({"type": "array", "items": {"$ref": "#/components/schemas/Kind"}});
        let texts = json!({"type": "array", "items": {"type": "string"}});
        let integer = json!({"type": "integer", "minimum": 1, "maximum": 200});
        for (schema, given, value) in [
            (&integer, &["50"][..], json!(50)),
            (&json!({"type": "boolean"}), &["true"], json!(true)),
            (
                &kinds,
                &["reseller,referral", "reseller"],
                json!(["reseller", "referral", "reseller"]),
            ),
            (&texts, &[r"a\,b,c\\,d\e"], json!(["a,b", r"c\", r"d\e"])),
            (
                &json!({"type": "string", "format": "date-time"}),
                &["2026-01-01T00:00:00Z"],
                json!("2026-01-01T00:00:00.000000Z"),
            ),
        ] {
            assert_eq!(schemas.parameter("p", schema, given), Ok(value), "{given:?}");
        }
        for (schema, given) in [
            (&integer, &["0"][..]),
            (&integer, &["many"]),
            (&integer, &["1", "2"]),
            (&json!({"type": "boolean"}), &["yes"]),
            (&kinds, &["friend"]),
            (&json!({"$ref": "#/components/schemas/PartnerId"}), &["x"]),
        ] {
            let faults = schemas.parameter("p", schema, given).unwrap_err();
            assert!(faults.iter().all(|fault| fault.code == "invalid_parameter"
                && fault.place == Place::Parameter("p".into())));
        }
        let faults = schemas.parameter("p", &kinds, &["friend"]).unwrap_err();
        assert_eq!(faults[0].meta["allowed"], json!(["reseller", "referral"]));
    }

    /// Any JSON, with the names of the schema among its keys so that something is reached.
    fn any_json() -> impl Strategy<Value = Json> {
        let leaf = prop_oneof![
            Just(Json::Null),
            any::<bool>().prop_map(Json::Bool),
            any::<i64>().prop_map(Json::from),
            any::<f64>().prop_map(|float| Number::from_f64(float).map_or(Json::Null, Json::Number)),
            "\\PC{0,12}|[a-z.@+0-9 ]{0,12}|(https?://)?acme\\.com/?|reseller".prop_map(Json::from),
        ];
        let name = prop_oneof![
            3 => proptest::sample::select(vec![
                "name", "industry", "notes", "domain", "employees", "big", "live", "key", "link", "kind",
                "category", "parent_id",
                "tag_ids", "regions", "weights", "filter", "a/b~", "mapping", "anything", "q1", "q2"
            ]).prop_map(str::to_owned),
            1 => "\\PC{0,8}",
        ];
        leaf.prop_recursive(3, 40, 8, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Json::Array),
                prop::collection::vec((name.clone(), inner), 0..10)
                    .prop_map(|members| members.into_iter().collect()),
            ]
        })
    }

    proptest! {
        #[test]
        fn no_body_makes_it_panic_and_what_passed_passes_unchanged(body in any_json()) {
            let schemas = schemas();
            let mut kept = body;
            if schemas.check("ThingCreate", &mut kept).is_empty() {
                let once = kept.clone();
                prop_assert_eq!(schemas.check("ThingCreate", &mut kept), vec![]);
                prop_assert_eq!(kept, once);
            }
        }

        #[test]
        fn single_texts_are_stable(name in "\\PC{0,8}|[ a-z\n\t]{0,8}") {
            let schemas = schemas();
            let mut kept = json!({
                "name": name,
                "industry": name,
                "notes": name,
                "regions": [name]
            });
            if schemas.check("ThingCreate", &mut kept).is_empty() {
                let once = kept.clone();
                prop_assert_eq!(schemas.check("ThingCreate", &mut kept), vec![]);
                prop_assert_eq!(kept, once);
            }
        }

        #[test]
        fn lists_come_back_as_they_were_written(values in prop::collection::vec("[a-z,\\\\é \
            ]{0,6}", 1..5)) {
            let written = values.iter().map(|v| v.replace('\\', r"\\").replace(',', r"\,")).collect::<Vec<_>>().join(",");
            prop_assert_eq!(split_list(&written), values);
        }
    }
}
