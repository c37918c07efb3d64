//! Finishes the operations of the derives: security, bodies, parameters and examples.

use serde_json::{Map, Value as Json, json};

use super::{
    answers::{self, OwnCode, Traits},
    examples,
    schemas::name_of,
};
use crate::kernel::operation::{Access, IfMatch, KeyAccess, OperationSpec, OperationSpecs};

/// The methods as the document writes them.
pub(super) const METHODS: [&str; 5] = ["get", "put", "post", "delete", "patch"];

/// Brings all operations into the form that docs/API-DESIGN.md#the-document asks for.
pub fn finish(paths: &mut Map<String, Json>, schemas: &Map<String, Json>, specs: &OperationSpecs) {
    for (path, item) in paths {
        // A resource that is read with a version is deleted with one.
        let versioned = item
            .pointer("/get/responses")
            .is_some_and(|responses| answers_version(responses, schemas));
        for method in METHODS {
            if let Some(operation) = item.get_mut(method).and_then(Json::as_object_mut) {
                let spec = specs.get(&operation["operationId"]);
                finish_one(path, method, operation, versioned, spec, schemas);
            }
        }
    }
}

fn finish_one(
    path: &str,
    method: &str,
    operation: &mut Map<String, Json>,
    versioned: bool,
    spec: &OperationSpec,
    schemas: &Map<String, Json>,
) {
    let text = |operation: &Map<String, Json>, word: &str| {
        operation.get(word).and_then(Json::as_str).unwrap_or_default().trim().to_owned()
    };
    operation.insert("tags".into(), json!([spec.tag.name()]));
    if text(operation, "description").is_empty() {
        let summary = text(operation, "summary");
        operation
            .insert("description".into(), format!("{}.", summary.trim_end_matches('.')).into());
    }
    security(operation, spec);

    let answers_version =
        operation.get("responses").is_some_and(|responses| answers_version(responses, schemas));
    let has_etag = answers_version || spec.etag;
    let needs_if_match = spec.if_match == Some(IfMatch::Required);
    let takes_if_match = match method {
        _ if spec.if_match.is_some() => true,
        "patch" => answers_version,
        "delete" => answers_version || versioned,
        _ => false,
    };
    parameters(
        operation,
        &[
            (spec.takes_key, "IdempotencyKey"),
            (takes_if_match && !needs_if_match, "IfMatch"),
            (needs_if_match, "IfMatchRequired"),
            (method == "get" && has_etag, "IfNoneMatch"),
        ],
    );
    let errors: Vec<&str> = OwnCode::of(spec).map(OwnCode::as_str).collect();
    if !errors.is_empty() {
        operation.insert("x-errors".into(), json!(errors));
    }
    if let Some(body) = operation.get_mut("requestBody").and_then(Json::as_object_mut) {
        body.insert("required".into(), true.into());
        if let Some(content) = body.get_mut("content").and_then(Json::as_object_mut) {
            if let (true, Some(json)) =
                (method == "patch", content.get("application/json").cloned())
            {
                content.shift_insert(0, "application/merge-patch+json".into(), json);
                // openapi-python-client generates a module that cannot be loaded if there are two
                // media types without an optional parameter. The server accepts both all the same
                // (`Policy`).
                if !takes_if_match || needs_if_match {
                    content.shift_remove("application/json");
                }
            }
            contents(content, |kind, schema| {
                if is_json(kind) {
                    Some(examples::of_request(spec.id, schema, schemas))
                } else {
                    examples::of_form(spec.id).cloned()
                }
            });
        }
    }
    let traits = Traits {
        spec,
        has_path_parameters: path.contains('{'),
        has_body: operation.contains_key("requestBody"),
        takes_if_match,
        has_etag,
        is_get: method == "get",
        path: format!("{} {path}", method.to_uppercase()),
    };
    let responses = operation
        .entry("responses")
        .or_insert(json!({}))
        .as_object_mut()
        .expect("responses are a map");
    for (status, response) in responses.iter_mut() {
        if let Some(content) = response.get_mut("content").and_then(Json::as_object_mut) {
            contents(content, |kind, schema| {
                is_json(kind).then(|| examples::of_answer(spec.id, status, schema, schemas))
            });
        }
    }
    answers::finish(responses, &traits);
    responses.sort_keys();
    if let Some(pagination) = pagination(operation, schemas) {
        operation.insert("x-pagination".into(), pagination);
    }
    *operation = in_reading_order(std::mem::take(operation));
}

/// How clients read the pages of a list, for generators that make iterators. A list is recognized
/// by a response with rows and the cursor of the next page.
fn pagination(operation: &Map<String, Json>, schemas: &Map<String, Json>) -> Option<Json> {
    let schema_of = |content: &Json| {
        let target = content.pointer("/application~1json/schema/$ref").and_then(Json::as_str);
        target.and_then(name_of).and_then(|name| schemas.get(name))
    };
    let page = schema_of(operation.get("responses")?.pointer("/200/content")?)?;
    let answers = |name: &str| page.pointer(&format!("/properties/{name}")).is_some();
    if !answers("data") || !answers("next_cursor") {
        return None;
    }
    let body = operation.get("requestBody").and_then(|body| body.get("content"));
    let of_body = body.and_then(schema_of).and_then(|body| body.get("properties"));
    let takes = |name: &str| match of_body {
        Some(properties) => properties.get(name).is_some(),
        None => operation
            .get("parameters")
            .and_then(Json::as_array)
            .is_some_and(|all| all.iter().any(|parameter| parameter["name"] == name)),
    };
    let place = if of_body.is_some() { "body" } else { "query" };
    let inputs: Vec<Json> = ["cursor", "limit"]
        .iter()
        .filter(|name| takes(name))
        .map(|name| json!({"name": name, "in": place, "type": name}))
        .collect();
    takes("cursor").then(|| {
        json!({
            "type": "cursor",
            "inputs": inputs,
            "outputs": {"results": "$.data", "nextCursor": "$.next_cursor"}
        })
    })
}

/// Sorts the members: description, security, request, responses.
fn in_reading_order(mut operation: Map<String, Json>) -> Map<String, Json> {
    let first = [
        "tags",
        "summary",
        "description",
        "operationId",
        "security",
        "x-required-role",
        "x-required-scopes",
    ];
    let then = ["x-api-keys", "x-errors", "x-pagination", "parameters", "requestBody", "responses"];
    let mut ordered: Map<String, Json> =
        first.iter().chain(&then).filter_map(|word| operation.shift_remove_entry(*word)).collect();
    ordered.extend(operation);
    ordered
}

/// Adds the security requirements of the operation.
fn security(operation: &mut Map<String, Json>, spec: &OperationSpec) {
    let Access::Credential { role, keys } = &spec.access else {
        operation.insert("security".into(), json!([]));
        return;
    };
    let scopes: Vec<&str> = match keys {
        KeyAccess::Scopes(scopes) => scopes.iter().map(|scope| scope.as_str()).collect(),
        KeyAccess::NoKey | KeyAccess::AnyKey => Vec::new(),
    };
    operation.insert("security".into(), json!([{"bearerAuth": []}]));
    operation.insert("x-required-role".into(), role.as_str().into());
    operation.insert("x-required-scopes".into(), scopes.into());
    if *keys == KeyAccess::NoKey {
        operation.insert("x-api-keys".into(), false.into());
    }
}

/// Removes null from parameters, and puts the shared ones last.
fn parameters(operation: &mut Map<String, Json>, shared: &[(bool, &str)]) {
    let parameters = operation.entry("parameters").or_insert(json!([]));
    let parameters = parameters.as_array_mut().expect("parameters are a list");
    for parameter in parameters.iter_mut().filter_map(Json::as_object_mut) {
        parameter.shift_remove("deprecated");
        // Parameters are optional by default.
        if parameter.get("required") == Some(&json!(false)) {
            parameter.shift_remove("required");
        }
        let Some(schema) = parameter.get_mut("schema") else { continue };
        if let Some(only) = schema.pointer("/oneOf").and_then(Json::as_array).and_then(|choices| {
            let is_null = |choice: &&Json| choice.get("type").is_some_and(|kind| kind == "null");
            choices
                .iter()
                .any(|choice| is_null(&choice))
                .then(|| choices.iter().find(|choice| !is_null(choice)))
                .flatten()
        }) {
            let mut only = only.clone();
            if let Some(description) =
                only.as_object_mut().and_then(|only| only.shift_remove("description"))
            {
                parameter.insert("description".into(), description);
            }
            parameter.insert("schema".into(), only);
        }
        let Some(schema) = parameter.get_mut("schema") else { continue };
        if let Some(kinds) = schema.get("type").and_then(Json::as_array) {
            let kind = kinds.iter().find(|kind| *kind != "null").cloned().unwrap_or_default();
            schema["type"] = kind;
        }
        // The description belongs to the parameter, and a default is described as text.
        if let Some(default) =
            schema.as_object_mut().and_then(|schema| schema.shift_remove("default"))
        {
            let text = parameter.get("description").and_then(Json::as_str).unwrap_or_default();
            let text = format!(
                "{} Default: `{}`.",
                text.trim_end(),
                default.as_str().map_or(default.to_string(), str::to_owned)
            );
            parameter.insert("description".into(), text.trim_start().into());
        }
        // Tools that send requests fill in the example of a parameter, and would send every filter
        // of a list at once. They ignore examples in the schema.
        if let Some(example) = parameter.shift_remove("example")
            && let Some(schema) = parameter.get_mut("schema").and_then(Json::as_object_mut)
            && !schema.contains_key("$ref")
        {
            schema.insert("examples".into(), json!([example]));
        }
        // Lists are separated by commas.
        if parameter.get("in").is_some_and(|place| place == "query")
            && parameter
                .get("schema")
                .is_some_and(|schema| schema.get("type").is_some_and(|kind| kind == "array"))
        {
            parameter.insert("style".into(), "form".into());
            parameter.insert("explode".into(), false.into());
        }
    }
    let wanted = shared.iter().filter(|(wanted, _)| *wanted);
    parameters
        .extend(wanted.map(|(_, name)| json!({"$ref": format!("#/components/parameters/{name}")})));
    if parameters.is_empty() {
        operation.shift_remove("parameters");
    }
}

/// Adds examples to JSON and forms, and a plain schema to other media types.
fn contents(content: &mut Map<String, Json>, example: impl Fn(&str, &Json) -> Option<Json>) {
    for (kind, media) in content {
        let made = media.get("schema").and_then(|schema| example(kind, schema));
        if is_json(kind) || kind == "multipart/form-data" {
            if media.get("example").is_none()
                && media.get("examples").is_none()
                && let Some(made) = made
            {
                media["example"] = made;
            }
        } else {
            let lines = kind.starts_with("text/")
                || ["yaml", "jsonl", "ndjson"].iter().any(|word| kind.ends_with(word));
            media["schema"] = if lines {
                json!({"type": "string"})
            } else {
                json!({"type": "string", "format": "binary"})
            };
            if kind.ends_with("json") {
                media["example"] = json!("{\"name\":\"Acme\"}\n");
            }
        }
    }
}

fn is_json(kind: &str) -> bool {
    kind == "application/json" || kind.ends_with("+json")
}

/// Whether a successful response is a resource with a version.
fn answers_version(responses: &Json, schemas: &Map<String, Json>) -> bool {
    let successes =
        responses.as_object().into_iter().flatten().filter(|(status, _)| status.starts_with('2'));
    let mut names = successes.filter_map(|(_, response)| {
        response
            .pointer("/content/application~1json/schema/$ref")
            .and_then(Json::as_str)
            .and_then(name_of)
    });
    names.any(|name| {
        schemas
            .get(name)
            .and_then(|schema| schema.pointer("/properties/version/type"))
            .is_some_and(|kind| kind == "integer")
    })
}

pub(super) fn pascal_case(name: &str) -> String {
    let capitalized = |word: &str| {
        let mut chars = word.chars();
        let first = chars.next().map(|c| c.to_ascii_uppercase());
        first.into_iter().chain(chars).collect::<String>()
    };
    name.split('_').map(capitalized).collect()
}

/// The parameters below `components`.
pub fn shared_parameters() -> Map<String, Json> {
    // None has an example: tools that send requests fill it in, and a used key or an old version
    // would have every request refused.
    let header = |name: &str, required: bool, description: &str| {
        json!({"name": name, "in": "header", "required": required, "description": description,
               "schema": {"type": "string", "minLength": 1, "maxLength": 257}})
    };
    let all = json!({
        "IfMatchRequired": header(
            "If-Match",
            true,
            "The `ETag` of the version that you replace, such as `\"17\"`. If the resource has \
             changed since, the response is 412."
        ),
        "IdempotencyKey": header(
            "Idempotency-Key",
            false,
            "A text that identifies this request, for example a UUID. If the same request is sent \
             again with the same key within 24 hours, it is not carried out again, and the first \
             response is returned."
        ),
        "IfMatch": header(
            "If-Match",
            false,
            "An `ETag`, such as `\"17\"`, or several. If the resource has changed since that \
                version, the \
             response is 412."
        ),
        "IfNoneMatch": header(
            "If-None-Match",
            false,
            "An `ETag`, such as `\"17\"`. If the resource has not changed since that version, the \
             response is 304 without a body."
        )
    });
    match all {
        Json::Object(all) => all,
        _ => unreachable!("was just written as an object"),
    }
}
