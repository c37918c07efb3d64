//! Examples of bodies. They are built from the examples of properties, so that they are written
//! once and a new property is never missing. `examples.json` contains values that must be
//! consistent with each other: whole bodies of requests by operation, and for responses the values
//! of each schema or of one operation.

use std::sync::LazyLock;

use serde_json::{Map, Value as Json, json};

use super::schemas::name_of;

/// The content of `examples.json`.
pub static STATED: LazyLock<Json> = LazyLock::new(|| {
    serde_json::from_str(include_str!("examples.json")).expect("examples.json is JSON")
});

/// The example of a JSON body that an operation accepts.
pub fn of_request(operation: &str, schema: &Json, schemas: &Map<String, Json>) -> Json {
    match &STATED["requests"][operation] {
        Json::Null => of(schema, schemas),
        stated => stated.clone(),
    }
}

/// The example of a request that is not JSON.
pub fn of_form(operation: &str) -> Option<&'static Json> {
    STATED["requests"].get(operation)
}

/// The example of a response body of an operation with a status.
///
/// # Panics
/// `examples.json` names a property that does not exist. The tests make the document.
pub fn of_answer(
    operation: &str,
    status: &str,
    schema: &Json,
    schemas: &Map<String, Json>,
) -> Json {
    let composed = Composer { schemas, is_answer: true }.at_depth(schema, 0);
    let stated = &STATED["answers"][format!("{operation} {status}")];
    merged(schema, composed, stated, schemas)
}

/// An example of a value of `schema`.
pub fn of(schema: &Json, schemas: &Map<String, Json>) -> Json {
    Composer { schemas, is_answer: false }.at_depth(schema, 0)
}

/// Replaces composed values by those of `examples.json`. Values whose schema has an example of its
/// own, such as filters, are replaced as a whole.
fn merged(schema: &Json, composed: Json, stated: &Json, schemas: &Map<String, Json>) -> Json {
    if stated.is_null() {
        return composed;
    }
    let mut schema = schema;
    while let Some(target) =
        schema.get("$ref").or_else(|| schema.pointer("/oneOf/0/$ref")).and_then(Json::as_str)
    {
        schema = name_of(target).and_then(|name| schemas.get(name)).unwrap_or(&Json::Null);
    }
    let is_composed = schema.get("example").or(schema.get("examples")).is_none();
    let properties = schema.get("properties").and_then(Json::as_object).filter(|_| is_composed);
    match (properties, composed, stated) {
        (Some(properties), Json::Object(mut composed), Json::Object(stated)) => {
            for (name, value) in stated {
                let property = properties
                    .get(name)
                    .unwrap_or_else(|| panic!("examples.json: there is no property {name}"));
                let own = composed.get(name).cloned().unwrap_or_default();
                let value = match value {
                    Json::Null => Json::Null,
                    value => merged(property, own, value, schemas),
                };
                composed.insert(name.clone(), value);
            }
            composed.into()
        }
        (_, Json::Array(composed), Json::Array(stated)) if schema.get("items").is_some() => {
            let first = composed.into_iter().next().unwrap_or_default();
            let merged = |item| merged(&schema["items"], first.clone(), item, schemas);
            stated.iter().map(merged).collect::<Vec<Json>>().into()
        }
        _ => stated.clone(),
    }
}

/// An example of a value that filters a property with an operator.
pub fn of_filter(property: &Json, operator: &str, schemas: &Map<String, Json>) -> Json {
    let of_one = |schema: &Json| match of(schema, schemas) {
        // The example of a nullable property is often null, which filters do not accept.
        Json::Null => of(&not_null(schema), schemas),
        value => value,
    };
    let kind = property.pointer("/oneOf/0").unwrap_or(property);
    let is_instant = kind.get("$ref").is_some_and(|target| target == TIMESTAMP);
    let value = of_one(property);
    match (operator, &value) {
        ("is_null", _) => json!(true),
        ("contains", Json::String(text)) => {
            let word = text.split([' ', '.', '@']).max_by_key(|word| word.len());
            json!(word.unwrap_or(text).to_lowercase())
        }
        ("starts_with", Json::String(text)) => {
            json!(text.chars().take(3).collect::<String>().to_lowercase())
        }
        ("gt" | "gte", _) if is_instant => json!("-P90D"),
        (_, _) if is_instant => json!("-P30D"),
        ("in" | "not_in" | "any" | "all" | "none", Json::Array(items)) => {
            let items = items.iter().take(1).cloned();
            items.collect()
        }
        ("in", Json::Bool(_)) => value,
        ("in" | "not_in" | "any" | "all" | "none", _) => json!([value]),
        _ => value,
    }
}

/// The same schema without null as an alternative or example.
fn not_null(schema: &Json) -> Json {
    if let Some(other) = schema.pointer("/oneOf/0") {
        return other.clone();
    }
    let mut schema = schema.clone();
    if let Some(members) = schema.as_object_mut() {
        members.shift_remove("example");
        members.shift_remove("examples");
    }
    let kind = schema.get("type").and_then(Json::as_array).and_then(|kinds| kinds.first()).cloned();
    if let Some(kind) = kind {
        schema["type"] = kind;
    }
    schema
}

/// The reference to the schema of instants.
const TIMESTAMP: &str = "#/components/schemas/Timestamp";

/// Makes values from the examples of properties.
struct Composer<'a> {
    schemas: &'a Map<String, Json>,
    /// Whether the example is a response; its records are consistent.
    is_answer: bool,
}

impl Composer<'_> {
    fn at_depth(&self, schema: &Json, depth: usize) -> Json {
        if let Some(example) = schema.get("example").or_else(|| schema.pointer("/examples/0")) {
            return example.clone();
        }
        if let Some(name) = schema.get("$ref").and_then(Json::as_str).and_then(name_of) {
            // The limit is for schemas that contain themselves.
            let Some(target) = self.schemas.get(name).filter(|_| depth < 20) else {
                return Json::Null;
            };
            let composed = self.at_depth(target, depth + 1);
            let stated = STATED["schemas"].get(name).filter(|_| self.is_answer);
            return match stated {
                Some(stated) => merged(target, composed, stated, self.schemas),
                None => composed,
            };
        }
        // A nullable instant is null, as if it had not come yet.
        if schema.pointer("/oneOf/0/$ref").is_some_and(|target| target == TIMESTAMP) {
            return Json::Null;
        }
        if let Some(first) = schema.pointer("/oneOf/0").or_else(|| schema.pointer("/enum/0")) {
            return if first.is_object() { self.at_depth(first, depth) } else { first.clone() };
        }
        let kind = match schema.get("type") {
            Some(Json::String(kind)) => kind.as_str(),
            _ => "null",
        };
        match kind {
            "object" => {
                let properties =
                    schema.get("properties").and_then(Json::as_object).into_iter().flatten();
                properties
                    .map(|(name, property)| (name.clone(), self.at_depth(property, depth + 1)))
                    .collect()
            }
            "array" => schema
                .get("items")
                .map_or(json!([]), |items| json!([self.at_depth(items, depth + 1)])),
            "integer" | "number" => schema.get("minimum").cloned().unwrap_or(json!(1)),
            "boolean" => json!(true),
            "string" => {
                json!(text(schema.get("format").and_then(Json::as_str).unwrap_or_default()))
            }
            _ => Json::Null,
        }
    }
}

fn text(format: &str) -> &'static str {
    match format {
        "date" => "2026-11-22",
        "date-time" => "2026-11-22T11:20:07.123456Z",
        "domain" => "acme.com",
        "email" => "ann@acme.com",
        "phone" => "+41443334455",
        "language" => "de-CH",
        "country" => "CH",
        "currency" => "USD",
        "timezone" => "Europe/Zurich",
        "uri" => "https://acme.com",
        "cidr" => "203.0.113.0/24",
        "password" => "correct horse battery staple",
        _ => "text",
    }
}
