//! A schema that is ready for validation.

use std::sync::{Arc, OnceLock};

use jsonschema::Validator;
use serde_json::Value as Json;

use super::schema;

/// A schema that values are checked against. It is compiled when it is used first.
#[derive(Debug)]
pub struct Checker {
    pub(super) schema: Json,
    /// The schemas that it may refer to.
    pub(super) document: Arc<Json>,
    validator: OnceLock<Validator>,
}

impl Checker {
    pub(super) fn new(schema: Json, document: Arc<Json>) -> Self {
        Self { schema, document, validator: OnceLock::new() }
    }

    pub(super) fn validator(&self) -> &Validator {
        self.validator.get_or_init(|| {
            let schema = schema::with_components(&self.schema, &self.document);
            jsonschema::draft202012::options()
                // `normalise` knows the formats.
                .should_validate_formats(false)
                .build(&schema)
                .unwrap_or_else(|error| panic!("a schema of the document: {error}"))
        })
    }
}
