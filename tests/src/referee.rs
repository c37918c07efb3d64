//! Holds every answer against the document: an operation, status, media type or property that is
//! not described is a fault of the test that saw it.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, Mutex},
};

use jsonschema::Validator;
use serde_json::{Map, Value, json};

pub struct Referee {
    pub document: Value,
    closed: Value,
    validators: Mutex<HashMap<String, Arc<Validator>>>,
    seen: Mutex<BTreeSet<String>>,
}

impl Referee {
    pub fn new(document: Value) -> Self {
        let mut closed = document["components"].clone();
        for (_, schema) in closed["schemas"].as_object_mut().into_iter().flatten() {
            close(schema);
        }
        Self { document, closed, validators: Mutex::default(), seen: Mutex::default() }
    }

    /// The pattern of the document that a path belongs to, and its operation.
    pub fn operation(&self, method: &str, path: &str) -> Option<(&str, &Value)> {
        let path: Vec<&str> =
            path.split(['?', '#']).next().unwrap_or_default().split('/').collect();
        let fits = |pattern: &str| {
            let pattern: Vec<&str> = pattern.split('/').collect();
            pattern.len() == path.len()
                && pattern
                    .iter()
                    .zip(&path)
                    .all(|(want, have)| want.starts_with('{') || want == have)
        };
        let mut found: Vec<(&String, &Value)> = self.document["paths"]
            .as_object()
            .unwrap()
            .iter()
            .filter(|(pattern, _)| fits(pattern))
            .collect();
        // `/partners/query` is no `/partners/{id}`.
        found.sort_by_key(|(pattern, _)| pattern.matches('{').count());
        let (pattern, item) =
            found.into_iter().find(|(_, item)| !item[method.to_lowercase()].is_null())?;
        Some((pattern, &item[method.to_lowercase()]))
    }

    /// Panics with what is wrong when the answer is not what the document says.
    pub fn check(
        &self,
        method: &str,
        path: &str,
        status: u16,
        media_type: Option<&str>,
        body: &[u8],
    ) {
        let Some((pattern, operation)) = self.operation(method, path) else {
            assert!(
                matches!(status, 404 | 405),
                "{method} {path} answers {status} and is not in the document"
            );
            return;
        };
        let place = format!("{method} {pattern} {status}");
        if status == 304 {
            return;
        }
        let response = &operation["responses"][status.to_string()];
        assert!(
            !response.is_null(),
            "{place} is not in the document: {}",
            String::from_utf8_lossy(body)
        );
        let response = match response["$ref"].as_str() {
            Some(target) => self.document.pointer(&target[1..]).unwrap(),
            None => response,
        };
        self.seen
            .lock()
            .unwrap()
            .insert(format!("{} {status}", operation["operationId"].as_str().unwrap()));
        let Some(content) = response["content"].as_object() else {
            assert!(body.is_empty(), "{place} has a body, and none is described");
            return;
        };
        let media_type =
            media_type.unwrap_or_default().split(';').next().unwrap_or_default().trim().to_owned();
        let described = content
            .get(&media_type)
            .or_else(|| content.get(&format!("{}/*", media_type.split('/').next()?)));
        let described = described
            .unwrap_or_else(|| panic!("{place} answers {media_type:?}, which is not described"));
        if !media_type.ends_with("json") {
            return;
        }
        let body: Value = serde_json::from_slice(body)
            .unwrap_or_else(|error| panic!("{place} is not JSON: {error}"));
        let Some(target) = described["schema"]["$ref"].as_str() else { return };
        let validator = self.validator(target);
        let faults: Vec<String> =
            validator.iter_errors(&body).map(|e| format!("{}: {e}", e.instance_path())).collect();
        assert!(faults.is_empty(), "{place} is not what the document says: {faults:#?}\n{body:#}");
    }

    /// What is wrong with a value that stands for a schema, `#/components/schemas/Partner`.
    pub fn faults(&self, target: &str, value: &Value) -> Vec<String> {
        let validator = self.validator(target);
        validator.iter_errors(value).map(|e| format!("{}: {e}", e.instance_path())).collect()
    }

    fn validator(&self, target: &str) -> Arc<Validator> {
        let mut validators = self.validators.lock().unwrap();
        let made = validators.entry(target.to_owned()).or_insert_with(|| {
            let root = json!({"$ref": target, "components": self.closed});
            let built = jsonschema::options()
                .should_validate_formats(true)
                .should_ignore_unknown_formats(true)
                .build(&root);
            Arc::new(built.unwrap_or_else(|error| panic!("{target} is no schema: {error}")))
        });
        Arc::clone(made)
    }

    /// `operationId status` of everything that was answered so far.
    pub fn seen(&self) -> BTreeSet<String> {
        self.seen.lock().unwrap().clone()
    }
}

/// A property that is not described is a fault, although clients must accept it.
fn close(schema: &mut Value) {
    if let Some(schema) = schema.as_object_mut()
        && schema.contains_key("properties")
        && !schema.contains_key("additionalProperties")
    {
        schema.insert("additionalProperties".into(), Value::Bool(false));
    }
    for (_, inner) in schema.as_object_mut().map(Map::iter_mut).into_iter().flatten() {
        close(inner);
    }
}
