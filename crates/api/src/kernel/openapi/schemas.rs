//! Finishes the schemas of the derives: each limit has one place, and the rules of
//! docs/API-DESIGN.md#the-document are applied.

use domain::request_body::RequestForms;
use serde_json::{Map, Value as Json, json};

type Schemas = Map<String, Json>;

/// Brings all schemas into the form that docs/API-DESIGN.md#the-document asks for.
pub fn finish(schemas: &mut Schemas, forms: &RequestForms) {
    schemas.extend(problem());
    merge_all_of(schemas);
    let untyped: Vec<String> = schemas
        .iter()
        .filter(|(_, schema)| is_untyped(schema))
        .map(|(name, _)| name.clone())
        .collect();
    schemas.values_mut().for_each(|schema| tidy(schema, &untyped));
    domain::partners::refine_document(schemas);
    refine_batches(schemas);
    copy_limits(schemas, forms);
    schemas.values_mut().for_each(require_all);
}

/// Merges structs that are flattened into another: their properties come first.
fn merge_all_of(schemas: &mut Schemas) {
    let before = schemas.clone();
    for schema in schemas.values_mut().filter_map(Json::as_object_mut) {
        let Some(Json::Array(parts)) = schema.remove("allOf") else { continue };
        let (mut properties, mut required) = (Map::new(), Vec::new());
        for part in &parts {
            flatten(part, &before, &mut properties, &mut required);
        }
        if let Some(description) = parts.iter().find_map(|part| part.get("description")) {
            schema.entry("description").or_insert(description.clone());
        }
        // The derive omits this for the struct that flattens another one.
        let closed = |part: &Json| resolved(part, &before).get("additionalProperties").cloned();
        if let Some(closed) = parts.iter().find_map(closed) {
            schema.entry("additionalProperties").or_insert(closed);
        }
        schema.insert("type".into(), "object".into());
        if !required.is_empty() {
            schema.insert("required".into(), required.into());
        }
        schema.insert("properties".into(), properties.into());
    }
}

/// The schema itself, or the component that it refers to.
fn resolved<'a>(part: &'a Json, schemas: &'a Schemas) -> &'a Json {
    let name = part.get("$ref").and_then(Json::as_str).and_then(name_of);
    name.and_then(|name| schemas.get(name)).unwrap_or(part)
}

fn flatten(part: &Json, schemas: &Schemas, properties: &mut Schemas, required: &mut Vec<Json>) {
    let part = resolved(part, schemas);
    for inner in part.get("allOf").and_then(Json::as_array).into_iter().flatten() {
        flatten(inner, schemas, properties, required);
    }
    properties
        .extend(part.get("properties").and_then(Json::as_object).cloned().unwrap_or_default());
    required.extend(part.get("required").and_then(Json::as_array).cloned().unwrap_or_default());
}

/// The name of the component in a reference.
pub fn name_of(target: &str) -> Option<&str> {
    target.strip_prefix("#/components/schemas/")
}

/// Whether a schema allows any value, including null.
fn is_untyped(schema: &Json) -> bool {
    ["type", "$ref", "oneOf", "properties"].iter().all(|word| schema.get(*word).is_none())
}

/// Writes nullable references as `[reference, null]` with the description outside, and defaults as
/// text, because generators make a property with a default a required one.
fn tidy(schema: &mut Json, untyped: &[String]) {
    let Some(schema) = schema.as_object_mut() else { return };
    if let Some(Json::Array(choices)) = schema.get_mut("oneOf") {
        choices.sort_by_key(|choice| choice.get("type").is_some_and(|kind| kind == "null"));
        let target = choices.first().and_then(|choice| choice.get("$ref")).cloned();
        if let [Json::Object(only), _] = choices.as_mut_slice()
            && target.is_some()
        {
            let lifted: Vec<_> = ["description", "example"]
                .iter()
                .filter_map(|word| only.shift_remove_entry(*word))
                .collect();
            schema.extend(lifted);
        }
        // A schema that allows any value allows null already, and `oneOf` requires exactly one
        // match.
        if let Some(target) = target.filter(|target| {
            target.as_str().and_then(name_of).is_some_and(|name| untyped.contains(&name.to_owned()))
        }) {
            schema.shift_remove("oneOf");
            schema.insert("$ref".into(), target);
        }
    }
    if let Some(default) = schema.shift_remove("default") {
        let text = schema.get("description").and_then(Json::as_str).unwrap_or_default();
        let text = format!("{} Default: `{default}`.", text.trim_end());
        schema.insert("description".into(), text.trim_start().into());
    }
    for part in ["properties", "items", "additionalProperties", "oneOf"] {
        match (part, schema.get_mut(part)) {
            ("properties", Some(Json::Object(properties))) => {
                properties.values_mut().for_each(|inner| tidy(inner, untyped))
            }
            (_, Some(Json::Array(choices))) => {
                choices.iter_mut().for_each(|inner| tidy(inner, untyped))
            }
            (_, Some(inner)) => tidy(inner, untyped),
            _ => {}
        }
    }
}

/// The request forms of X take description, limits and nullability from X, where they are declared
/// once. What only the request declares is added; a property with `x-own` is left as it is.
fn copy_limits(schemas: &mut Schemas, forms: &RequestForms) {
    let before = schemas.clone();
    for (name, schema) in schemas {
        let resource = forms.resource_of(name).and_then(|name| before.get(name));
        let Some(resource) = resource else { continue };
        let Some(properties) = schema.get_mut("properties").and_then(Json::as_object_mut) else {
            continue;
        };
        for (name, property) in properties {
            let Some(own) = property.as_object_mut() else { continue };
            if own.shift_remove("x-own").is_some() {
                continue;
            }
            if let Some(origin) = resource
                .pointer("/properties")
                .and_then(|all| all.get(name))
                .and_then(Json::as_object)
            {
                *own = inherit(origin, own, forms);
            }
        }
    }
}

/// The component to which a schema refers.
fn target(schema: &Json) -> Option<&str> {
    schema.get("$ref").and_then(Json::as_str).and_then(name_of)
}

fn inherit(
    origin: &Map<String, Json>,
    own: &Map<String, Json>,
    forms: &RequestForms,
) -> Map<String, Json> {
    let shape = ["type", "$ref", "oneOf", "items", "nullable"];
    let mut merged = origin.clone();
    for (word, value) in own.iter().filter(|(word, _)| !shape.contains(&word.as_str())) {
        merged.entry(word.clone()).or_insert_with(|| value.clone());
    }
    // Objects with a request form of their own: a merge patch contains only some of their members.
    let form = own.get("$ref").or_else(|| own.get("oneOf")?.pointer("/0/$ref"));
    if let (Some(of), Some(form)) = (merged.get("$ref"), form)
        && let (Some(of), Some(name)) =
            (of.as_str().and_then(name_of), form.as_str().and_then(name_of))
        && forms.resource_of(name) == Some(of)
    {
        merged.insert("$ref".into(), form.clone());
    }
    // Items with a request form of their own.
    if let (Some(items), Some(own)) = (merged.get_mut("items"), own.get("items"))
        && let (Some(of), Some(form)) = (target(items), target(own))
        && forms.resource_of(form) == Some(of)
    {
        *items = own.clone();
    }
    // The limits of items, if the resource does not declare them.
    if let (Some(Json::Object(items)), Some(Json::Object(own))) =
        (merged.get_mut("items"), own.get("items"))
        && items.contains_key("type")
    {
        for (word, value) in own.iter().filter(|(word, _)| !shape.contains(&word.as_str())) {
            items.entry(word.clone()).or_insert_with(|| value.clone());
        }
    }
    merged
}

/// Gives every integer of the document a format: without one, generators for Java, C# and Go use 32
/// bits, which is too small for amounts of money. Integers without a format are 64 bits wide unless
/// their maximum fits into 32.
pub fn format_integers(value: &mut Json) {
    match value {
        Json::Array(items) => items.iter_mut().for_each(format_integers),
        Json::Object(members) => {
            let is_integer = match members.get("type") {
                Some(Json::String(kind)) => kind == "integer",
                Some(Json::Array(kinds)) => kinds.iter().any(|kind| kind == "integer"),
                _ => false,
            };
            if is_integer && !members.contains_key("format") {
                let is_small = members
                    .get("maximum")
                    .and_then(Json::as_i64)
                    .is_some_and(|max| i32::try_from(max).is_ok());
                let format = if is_small { "int32" } else { "int64" };
                // Put next to the type, where readers look for it.
                let after_type =
                    members.keys().position(|name| name == "type").map_or(0, |at| at + 1);
                members.shift_insert(after_type, "format".into(), format.into());
            }
            members
                .iter_mut()
                .filter(|(name, _)| !matches!(name.as_str(), "example" | "examples"))
                .for_each(|(_, inner)| format_integers(inner));
        }
        _ => {}
    }
}

/// Makes all properties of responses required. Requests are recognized by `additionalProperties:
/// false`.
fn require_all(schema: &mut Json) {
    let is_request = schema.get("additionalProperties").is_some_and(|others| others == false);
    let names: Vec<Json> = match schema.get("properties").and_then(Json::as_object) {
        Some(properties) if !is_request => properties.keys().map(|name| json!(name)).collect(),
        _ => return,
    };
    schema["required"] = names.into();
}

/// The schemas of errors, which no handler refers to.
fn problem() -> Schemas {
    let text = |description: &str, example: &str| {
        json!({
            "type": "string",
            "description": description,
            "example": example
        })
    };
    let place = |description: &str, example: Json| {
        json!({
            "type": ["string", "null"],
            "description": description,
            "example": example
        })
    };
    let facts = |example: Json| {
        json!({
            "type": "object",
            "description": "Details for programs. The members depend on the code.",
            "example": example
        })
    };
    let schemas = json!({
        "Problem": {
            "type": "object",
            "description": "A problem document (RFC 9457).",
            "required": [
                "type", "title", "status", "detail", "instance", "code", "request_id", "meta",
                "errors"
            ],
            "properties": {
                "type": text(
                    "A URL that explains the code.",
                    "https://docs.example.com/problems/validation_failed"
                ),
                "title": text("The meaning of the code.", "The request body is not valid."),
                "status": {
                    "type": "integer",
                    "format": "int32",
                    "description": "The HTTP status.",
                    "example": 422
                },
                "detail": text(
                    "An explanation of this occurrence.",
                    "1 field is not valid, `employees`: must be between 0 and 10000000."
                ),
                "instance": text("The path of the request.", "/v1/partners"),
                "code": text(
                    "A stable code for programs. New codes may be added.",
                    "validation_failed"
                ),
                "request_id": text(
                    "The id of the request; include it when you report a problem.",
                    "req_01kb1q3x5se7wtc2gnh2avw0fd"
                ),
                "meta": facts(json!({})),
                "errors": {
                    "type": "array",
                    "description": "All errors of the request.",
                    "items": {"$ref": "#/components/schemas/Fault"}
                }
            }
        },
        "Fault": {
            "type": "object",
            "description": "An error and its place. Exactly one of `pointer`, `parameter` and \
                `header` is not null.",
            "required": ["code", "detail", "pointer", "parameter", "header", "meta"],
            "properties": {
                "code": text("A stable code for programs. New codes may be added.", "out_of_range"),
                "detail": text("An explanation for people.", "must be between 0 and 10000000"),
                "pointer": place("A JSON Pointer fragment into the body.", json!("#/employees")),
                "parameter": place("The query or path parameter.", Json::Null),
                "header": place("The request header.", Json::Null),
                "meta": facts(json!({"min": 0, "max": 10_000_000}))
            }
        }
    });
    match schemas {
        Json::Object(schemas) => schemas,
        _ => unreachable!("was just written as an object"),
    }
}

/// A batch that is too large has its own code, and invalid data of one operation is not an error of
/// the others. Declared here, because the derive drops extensions of lists and of nullable
/// references.
fn refine_batches(schemas: &mut Schemas) {
    for of in ["Partner", "Deal"] {
        let places = [
            (
                format!("{of}Batch"),
                "/properties/operations",
                "x-too-many",
                json!("batch_too_large"),
            ),
            (format!("{of}BatchOperation"), "/properties/data", "x-opaque", json!(true)),
        ];
        for (schema, pointer, word, value) in places {
            if let Some(Json::Object(property)) =
                schemas.get_mut(&schema).and_then(|schema| schema.pointer_mut(pointer))
            {
                property.insert(word.to_owned(), value);
            }
        }
    }
}
