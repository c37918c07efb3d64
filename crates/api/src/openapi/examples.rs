//! Examples of bodies, built from the examples of properties, so that nobody has to write them twice.

use serde_json::{Map, Value as Json, json};

use super::schemas::name_of;

/// A value that `schema` describes.
pub fn of(schema: &Json, schemas: &Map<String, Json>) -> Json {
    at_depth(schema, schemas, 0)
}

fn at_depth(schema: &Json, schemas: &Map<String, Json>, depth: usize) -> Json {
    if let Some(example) = schema.get("example").or_else(|| schema.pointer("/examples/0")) {
        return example.clone();
    }
    if let Some(name) = schema.get("$ref").and_then(Json::as_str).and_then(name_of) {
        // The bound is for schemas that hold themselves.
        return schemas
            .get(name)
            .filter(|_| depth < 20)
            .map_or(Json::Null, |schema| at_depth(schema, schemas, depth + 1));
    }
    // An instant that may be missing is one that has not come yet.
    if schema
        .pointer("/oneOf/0/$ref")
        .is_some_and(|target| target == "#/components/schemas/Timestamp")
    {
        return Json::Null;
    }
    if let Some(first) = schema.pointer("/oneOf/0").or_else(|| schema.pointer("/enum/0")) {
        return if first.is_object() { at_depth(first, schemas, depth) } else { first.clone() };
    }
    let kind = match schema.get("type") {
        Some(Json::String(kind)) => kind.as_str(),
        Some(Json::Array(kinds)) if kinds.iter().any(|kind| kind == "null") => "null",
        _ => "null",
    };
    match kind {
        "object" => {
            let properties =
                schema.get("properties").and_then(Json::as_object).into_iter().flatten();
            properties
                .map(|(name, property)| (name.clone(), at_depth(property, schemas, depth + 1)))
                .collect()
        }
        "array" => schema
            .get("items")
            .map_or(json!([]), |items| json!([at_depth(items, schemas, depth + 1)])),
        "integer" | "number" => schema.get("minimum").cloned().unwrap_or(json!(1)),
        "boolean" => json!(true),
        "string" => json!(text(schema.get("format").and_then(Json::as_str).unwrap_or_default())),
        _ => Json::Null,
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
