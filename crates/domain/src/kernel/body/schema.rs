//! Schemas of the document: what they say, and the form in which they validate.

use std::{collections::BTreeSet, sync::LazyLock};

use serde_json::{Map, Value as Json, json};

use crate::kernel::ids;

pub(super) const PREFIX: &str = "#/components/schemas/";

/// The schema of filters, which `domain::filter` reads and says what is wrong with.
const FILTER: &str = "FilterNode";

/// Schemas that are references to each other at most, so that a circle ends.
const MAX_REFERENCES: usize = 16;

/// The prefix of the ids that a schema describes, when it describes ids.
pub fn id_prefix(schema: &Map<String, Json>) -> Option<&'static str> {
    if schema.get("format").is_none_or(|format| format != "typeid") {
        return None;
    }
    let pattern = schema.get("pattern").and_then(Json::as_str)?.strip_prefix('^')?;
    let (prefix, _) = pattern.split_once('_')?;
    ids::PREFIXES.iter().find(|known| **known == prefix).copied()
}

/// The schemas of a document by name.
pub(super) fn components(document: &Json) -> &Map<String, Json> {
    static NOTHING: LazyLock<Map<String, Json>> = LazyLock::new(Map::new);
    document.pointer("/components/schemas").and_then(Json::as_object).unwrap_or(&NOTHING)
}

/// The schemas of a document as values are validated against them.
pub(super) fn for_validation(document: &Json) -> Json {
    let mut schemas = components(document).clone();
    if let Some(filter) = schemas.get_mut(FILTER) {
        *filter = json!({"type": "object", "x-opaque": true});
    }
    schemas.values_mut().for_each(prepare);
    json!({"components": {"schemas": schemas}})
}

/// Makes a schema say what is checked beyond it: an opaque value is checked elsewhere, so that any
/// object passes here, and an integer has 64 bits.
pub(super) fn prepare(schema: &mut Json) {
    match schema {
        Json::Object(members) => {
            if members.get("x-opaque") == Some(&Json::Bool(true)) {
                let takes_null = members.contains_key("oneOf");
                let kinds = if takes_null { json!(["object", "null"]) } else { json!("object") };
                *schema = json!({"type": kinds, "x-opaque": true});
                return;
            }
            let is_integer = members.get("type").is_some_and(|kind| {
                kind == "integer"
                    || kind.as_array().is_some_and(|kinds| kinds.iter().any(|k| k == "integer"))
            });
            if is_integer {
                members.entry("minimum").or_insert(i64::MIN.into());
                members.entry("maximum").or_insert(i64::MAX.into());
            }
            members.values_mut().for_each(prepare);
        }
        Json::Array(items) => items.iter_mut().for_each(prepare),
        _ => {}
    }
}

/// A schema together with those that it refers to: compiling all of the document for each takes
/// milliseconds.
pub(super) fn with_components(schema: &Json, document: &Json) -> Json {
    let all = components(document);
    let mut names = BTreeSet::new();
    let mut pending = vec![schema];
    while let Some(schema) = pending.pop() {
        references(schema, &mut |name| {
            if names.insert(name.to_owned())
                && let Some(target) = all.get(name)
            {
                pending.push(target);
            }
        });
    }
    let used: Map<String, Json> = all
        .iter()
        .filter(|(name, _)| names.contains(*name))
        .map(|(n, s)| (n.clone(), s.clone()))
        .collect();
    let mut whole = schema.clone();
    if let Some(members) = whole.as_object_mut() {
        members.insert("components".to_owned(), json!({"schemas": used}));
    }
    whole
}

fn references<'a>(schema: &'a Json, found: &mut impl FnMut(&'a str)) {
    match schema {
        Json::Object(members) => {
            if let Some(name) = members.get("$ref").and_then(reference) {
                found(name);
            }
            members.values().for_each(|inner| references(inner, found));
        }
        Json::Array(items) => items.iter().for_each(|inner| references(inner, found)),
        _ => {}
    }
}

fn reference(target: &Json) -> Option<&str> {
    target.as_str()?.strip_prefix(PREFIX)
}

/// What a schema says, behind references and `[reference, null]`.
pub(super) fn resolve<'a>(document: &'a Json, schema: &'a Json) -> Resolved<'a> {
    static NOTHING: LazyLock<Map<String, Json>> = LazyLock::new(Map::new);
    let (mut schema, mut nullable) = (schema, false);
    for _ in 0..MAX_REFERENCES {
        if let Some(name) = schema.get("$ref").and_then(reference) {
            schema = components(document).get(name).unwrap_or(&Json::Null);
            continue;
        }
        match schema.get("oneOf").and_then(Json::as_array).map(Vec::as_slice) {
            Some([only, null]) if null.get("type").is_some_and(|kind| kind == "null") => {
                nullable = true;
                schema = only;
            }
            _ => break,
        }
    }
    Resolved { schema: schema.as_object().unwrap_or(&NOTHING), nullable }
}

/// One schema without the references on the way to it.
pub(super) struct Resolved<'a> {
    pub schema: &'a Map<String, Json>,
    nullable: bool,
}

impl<'a> Resolved<'a> {
    pub fn of(schema: &'a Map<String, Json>) -> Self {
        Self { schema, nullable: false }
    }
    pub fn text(&self, keyword: &str) -> Option<&'a str> {
        self.schema.get(keyword).and_then(Json::as_str)
    }
    pub fn number(&self, keyword: &str) -> Option<i64> {
        self.schema.get(keyword).and_then(Json::as_i64)
    }
    pub fn count(&self, keyword: &str) -> Option<usize> {
        self.number(keyword).and_then(|number| usize::try_from(number).ok())
    }
    pub fn is_true(&self, keyword: &str) -> bool {
        self.schema.get(keyword).is_some_and(|value| value == true)
    }
    /// The one type besides null; none means any.
    pub fn kind(&self) -> Option<&'a str> {
        match self.schema.get("type") {
            Some(Json::String(kind)) => Some(kind),
            Some(Json::Array(kinds)) => {
                kinds.iter().filter_map(Json::as_str).find(|kind| *kind != "null")
            }
            _ => None,
        }
    }
    pub fn takes_null(&self) -> bool {
        let listed = self
            .schema
            .get("type")
            .and_then(Json::as_array)
            .is_some_and(|kinds| kinds.iter().any(|kind| kind == "null"));
        self.nullable || listed || self.kind().is_none()
    }
}
