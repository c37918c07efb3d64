//! Checks what a request holds against the schemas of the document, and brings it into the form in
//! which it is kept. A limit is stated once, in the document, and holds because this runs before
//! anything is read into a struct.
//!
//! [`normalise`] brings texts and numbers into their one form, the crate `jsonschema` validates,
//! and [`violations`] says in our codes and sentences what it found.
//!
//! Architecture Invariant: what needs data (uniqueness, references, who may write) is not known
//! here.

mod checker;
mod normalise;
mod parameters;
mod schema;
#[cfg(test)]
mod tests;
mod violations;

use std::{collections::HashMap, sync::Arc};

use serde_json::{Map, Value as Json, json};

pub use checker::Checker;
pub(crate) use normalise::whole;
pub use parameters::split_list;
pub(crate) use parameters::typed;
pub use schema::id_prefix;

use crate::kernel::{
    field_error::{FieldError, Place},
    request_body::RequestForms,
};

/// Levels of arrays and objects that `serde_json` follows.
const DEEPEST_JSON: usize = 128;

/// The schemas of the document, ready for checking.
#[derive(Debug, Default)]
pub struct Schemas {
    /// `{"components": {"schemas": {..}}}`, as values are validated.
    document: Arc<Json>,
    forms: RequestForms,
    /// One for each schema below `components`.
    named: HashMap<String, Checker>,
}

impl Schemas {
    /// The schemas below `components` of a finished document, and which of them are request forms.
    pub fn of(document: &Json, forms: RequestForms) -> Self {
        let document = Arc::new(schema::for_validation(document));
        let names = schema::components(&document).keys();
        let named = names
            .map(|name| {
                let schema = json!({"$ref": format!("{}{name}", schema::PREFIX)});
                (name.clone(), Checker::new(schema, document.clone()))
            })
            .collect();
        Self { document, forms, named }
    }

    /// The checker of a schema that is not below `components`, but may refer to those that are.
    pub fn checker(&self, schema: &Json) -> Checker {
        let mut schema = schema.clone();
        schema::prepare(&mut schema);
        Checker::new(schema, self.document.clone())
    }

    /// Everything that is wrong with `value` as the schema `name`, which is empty when it may be
    /// used. What is not wrong is brought into its kept form in place.
    pub fn check(&self, name: &str, value: &mut Json) -> Vec<FieldError> {
        self.check_at(name, "#", value)
    }

    /// The same for a value that lies at `pointer` of a larger body, `#/operations/0/data`.
    pub fn check_at(&self, name: &str, pointer: &str, value: &mut Json) -> Vec<FieldError> {
        match self.named.get(name) {
            Some(checker) => self.errors(checker, pointer, value),
            None => {
                let detail = format!("the schema {name} does not exist");
                vec![FieldError::at_pointer("invalid_format", pointer, detail)]
            }
        }
    }

    /// The value of the parameter `name` out of its texts, one per time that it was given. A list
    /// is written with commas (`\,` is a comma inside of a value, `\\` a backslash) or by repeating
    /// the parameter.
    ///
    /// # Errors
    /// `invalid_parameter`, with `meta.allowed` where there is a choice.
    pub fn parameter(
        &self,
        name: &str,
        checker: &Checker,
        texts: &[&str],
    ) -> Result<Json, Vec<FieldError>> {
        let refuse = |detail: String, meta| FieldError {
            code: "invalid_parameter",
            detail,
            place: Place::Parameter(name.to_owned()),
            meta,
        };
        let Some(mut value) = parameters::value(&self.document, &checker.schema, texts) else {
            return Err(vec![refuse("must be given once".to_owned(), Map::new())]);
        };
        let errors = self.errors(checker, "", &mut value);
        if errors.is_empty() {
            return Ok(value);
        }
        Err(errors.into_iter().map(|error| refuse(error.detail, error.meta)).collect())
    }

    fn errors(&self, checker: &Checker, pointer: &str, value: &mut Json) -> Vec<FieldError> {
        let mut errors = normalise::normalise(&self.document, &checker.schema, pointer, value);
        let validator = checker.validator();
        // Most requests are right, and asking whether they are costs a tenth of asking why not.
        if !validator.is_valid(value) {
            violations::collect(&self.forms, checker, pointer, value, &mut errors);
        }
        violations::in_order(pointer, value, errors)
    }
}

/// How many values a JSON text has, keys included, or a little more: what separates them is counted
/// where it does not stand in a string. Takes no memory, and any bytes. What is nested deeper than
/// the parser follows counts no more: there it stops.
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
