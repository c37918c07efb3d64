//! What is done to the operations of the derives: who may call them, their bodies and parameters, their examples.

use serde_json::{Map, Value as Json, json};

use super::{
    METHODS,
    answers::{self, Traits},
    examples,
    schemas::name_of,
};

/// Brings all operations into the form of the contract.
pub fn finish(paths: &mut Map<String, Json>, schemas: &Map<String, Json>) {
    for (path, item) in paths {
        // A thing that is read with a version is deleted with one.
        let versioned = item
            .pointer("/get/responses")
            .is_some_and(|responses| answers_version(responses, schemas));
        for method in METHODS {
            if let Some(operation) = item.get_mut(method).and_then(Json::as_object_mut) {
                finish_one(path, method, operation, versioned, schemas);
            }
        }
    }
}

fn finish_one(
    path: &str,
    method: &str,
    operation: &mut Map<String, Json>,
    versioned: bool,
    schemas: &Map<String, Json>,
) {
    let place = format!("{} {path}", method.to_uppercase());
    let text = |operation: &Map<String, Json>, word: &str| {
        operation.get(word).and_then(Json::as_str).unwrap_or_default().trim().to_owned()
    };
    let id = camel_case(&text(operation, "operationId"));
    operation.insert("operationId".into(), id.into());
    if text(operation, "description").is_empty() {
        let summary = text(operation, "summary");
        operation
            .insert("description".into(), format!("{}.", summary.trim_end_matches('.')).into());
    }
    operation.entry("x-step").or_insert(json!(1));
    let public = security(&place, operation);

    let takes_key = method == "post" && !is_without_key(path);
    let answers_version =
        operation.get("responses").is_some_and(|responses| answers_version(responses, schemas));
    let has_etag = answers_version || operation.shift_remove("x-etag").is_some();
    let asks_for_it = operation.shift_remove("x-if-match").is_some();
    let errors: Vec<String> =
        text(operation, "x-errors").split_whitespace().map(str::to_owned).collect();
    let needs_if_match = errors.iter().any(|code| code == "if_match_required");
    let takes_if_match = match method {
        _ if asks_for_it => true,
        "patch" => answers_version,
        "delete" => answers_version || versioned,
        _ => needs_if_match,
    };
    parameters(
        operation,
        &[
            (takes_key, "IdempotencyKey"),
            (takes_if_match && !needs_if_match, "IfMatch"),
            (needs_if_match, "IfMatchRequired"),
            (method == "get" && has_etag, "IfNoneMatch"),
        ],
    );
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
                // openapi-python-client makes a module that cannot be loaded of two kinds without an optional parameter.
                if !takes_if_match {
                    content.shift_remove("application/json");
                }
            }
            contents(content, schemas);
        }
    }
    let traits = Traits {
        public,
        has_path_parameters: path.contains('{'),
        has_body: operation.contains_key("requestBody"),
        takes_key,
        takes_if_match,
        has_etag,
        is_get: method == "get",
        path: place,
        errors,
    };
    let responses = operation
        .entry("responses")
        .or_insert(json!({}))
        .as_object_mut()
        .expect("responses are a map");
    for response in responses.values_mut() {
        if let Some(content) = response.get_mut("content").and_then(Json::as_object_mut) {
            contents(content, schemas);
        }
    }
    answers::finish(responses, &traits);
    responses.sort_keys();
    *operation = in_reading_order(std::mem::take(operation));
}

/// What it is, who may, what goes in, what comes out.
fn in_reading_order(mut operation: Map<String, Json>) -> Map<String, Json> {
    let first = [
        "tags",
        "summary",
        "description",
        "operationId",
        "x-step",
        "security",
        "x-required-role",
        "x-required-scopes",
    ];
    let then = ["x-api-keys", "x-errors", "parameters", "requestBody", "responses"];
    let mut ordered: Map<String, Json> =
        first.iter().chain(&then).filter_map(|word| operation.shift_remove_entry(*word)).collect();
    ordered.extend(operation);
    ordered
}

/// Writes who may call the operation from `security(..)`: `((ROLE = [SCOPE]))`, `-` for a scope that no key has,
/// `user` for any signed-in user, `any` for any credential, nothing for the public. Answers whether it is public.
fn security(place: &str, operation: &mut Map<String, Json>) -> bool {
    let given = operation.get("security").and_then(|all| all.get(0)).and_then(Json::as_object);
    let given =
        given.unwrap_or_else(|| panic!("{place}: nothing says who may call it: security(..)"));
    let Some((role, scopes)) =
        given.iter().next().map(|(role, scopes)| (role.clone(), scopes.clone()))
    else {
        operation.insert("security".into(), json!([]));
        return true;
    };
    let scopes: Vec<Json> = scopes.as_array().cloned().unwrap_or_default();
    let keys = role != "user" && !scopes.iter().any(|scope| scope == "-");
    let scopes: Vec<Json> = scopes.into_iter().filter(|scope| scope != "-").collect();
    assert!(
        role == "any" || !keys || !scopes.is_empty(),
        "{place}: names neither a scope of keys nor `-`"
    );
    // Every signed-in user is at least a viewer.
    let role = if matches!(role.as_str(), "user" | "any") { "viewer".to_owned() } else { role };
    operation.insert("security".into(), json!([{"bearerAuth": []}]));
    operation.insert("x-required-role".into(), role.into());
    operation.insert("x-required-scopes".into(), scopes.into());
    if !keys {
        operation.insert("x-api-keys".into(), false.into());
    }
    false
}

/// POSTs that write nothing, and those without a credential to keep a key under.
fn is_without_key(path: &str) -> bool {
    path.ends_with("/query")
        || path.ends_with("/aggregate")
        || path.contains("/auth/")
        || path.ends_with("/imports/previews")
}

/// Parameters are never null, and the shared ones come last.
fn parameters(operation: &mut Map<String, Json>, shared: &[(bool, &str)]) {
    let parameters = operation.entry("parameters").or_insert(json!([]));
    let parameters = parameters.as_array_mut().expect("parameters are a list");
    for parameter in parameters.iter_mut().filter_map(Json::as_object_mut) {
        parameter.shift_remove("deprecated");
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
            continue;
        }
        if let Some(kinds) = schema.get("type").and_then(Json::as_array) {
            let kind = kinds.iter().find(|kind| *kind != "null").cloned().unwrap_or_default();
            schema["type"] = kind;
        }
        // What the parameter is, stands at the parameter; a default is said in words.
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
        // Lists are written with commas.
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

/// Examples for JSON, and plain texts or bytes for what is not JSON.
fn contents(content: &mut Map<String, Json>, schemas: &Map<String, Json>) {
    for (kind, media) in content {
        if is_json(kind) {
            let example =
                media.get("schema").map(|schema| examples::of(schema, schemas)).unwrap_or_default();
            if media.get("example").is_none() && media.get("examples").is_none() {
                media["example"] = example;
            }
        } else if kind != "multipart/form-data" {
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

/// Whether a success answers a resource that has a version.
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

fn camel_case(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |done, word| {
        let mut chars = word.chars();
        done + &chars
            .next()
            .map(|c| c.to_ascii_uppercase())
            .into_iter()
            .chain(chars)
            .collect::<String>()
    })
}

/// The parameters below `components`.
pub fn shared_parameters() -> Json {
    let header = |name: &str, description: &str, example: &str| {
        json!({"name": name, "in": "header", "required": false, "description": description,
               "schema": {"type": "string", "minLength": 1, "maxLength": 257}, "example": example})
    };
    let mut needed = header(
        "If-Match",
        "The version that is replaced (an `ETag`); 412 if it is another by now.",
        "\"17\"",
    );
    needed["required"] = json!(true);
    json!({
        "IfMatchRequired": needed,
        "IdempotencyKey": header(
            "Idempotency-Key",
            "A key of your own: the same request with the same key within 24 hours is carried out once and answered alike.",
            "7d0f3c1e-4d58-4a35-9f6b-0f2f6a1c2b3d"
        ),
        "IfMatch": header("If-Match", "Do it only if the version is still this one (an `ETag`); else 412.", "\"17\""),
        "IfNoneMatch": header("If-None-Match", "Answer 304 if the version is still this one (an `ETag`).", "\"17\"")
    })
}
