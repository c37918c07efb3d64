//! What `jsonschema` found, in our codes, places and sentences.

use jsonschema::{ValidationError, error::ValidationErrorKind as Kind};
use serde_json::{Map, Value as Json};

use super::{
    checker::Checker,
    normalise::{SUM_ERROR, escaped, wrong_length},
    schema::{Resolved, components, id_prefix},
};
use crate::kernel::{
    field_error::{FieldError, FieldErrors, MAX_FAULTS, Place},
    fields::did_you_mean,
    ids::{self, IdError},
    request_body::RequestForms,
};

/// Adds what the validation of `value` finds. `pointer` leads to the value.
pub(super) fn collect(
    forms: &RequestForms,
    checker: &Checker,
    pointer: &str,
    value: &Json,
    errors: &mut FieldErrors,
) {
    let mut found = Vec::new();
    for error in checker.validator().iter_errors(value) {
        // Some fall away below: the second error of one value.
        if found.len() > 4 * MAX_FAULTS {
            break;
        }
        add(forms, checker, pointer, &error, &mut found);
    }
    // A wrong type comes first, so that it is the error of its value.
    found.sort_by_key(|(is_type, _)| !is_type);
    let (sums, mut kept): (Vec<_>, Vec<_>) =
        std::mem::take(errors).into_vec().into_iter().partition(|error| error.code == SUM_ERROR);
    for (_, error) in found {
        if kept.iter().all(|other| place_of(other) != place_of(&error)) {
            kept.push(error);
        }
    }
    // The sum of wrong members would be a second error about them.
    let is_right = |sum: &FieldError| {
        let members = format!("{}/", place_of(sum));
        kept.iter()
            .all(|error| place_of(error) != place_of(sum) && !place_of(error).starts_with(&members))
    };
    let sums: Vec<FieldError> = sums.into_iter().filter(is_right).collect();
    errors.extend(kept);
    errors.extend(sums);
}

/// The errors in the order of the body; those of absent properties last in their object.
pub(super) fn in_order(pointer: &str, value: &Json, errors: FieldErrors) -> Vec<FieldError> {
    let mut errors = errors.into_vec();
    if errors.len() > 1 {
        errors.sort_by_cached_key(|error| {
            let path = place_of(error).get(pointer.len()..).unwrap_or_default();
            position(value, path)
        });
    }
    errors
}

fn position(value: &Json, path: &str) -> Vec<usize> {
    let mut value = Some(value);
    let segments = path.split('/').skip(1);
    segments
        .map(|segment| {
            let name = segment.replace("~1", "/").replace("~0", "~");
            let (place, inner) = match value {
                Some(Json::Object(object)) => {
                    (object.keys().position(|key| *key == name), object.get(&name))
                }
                Some(Json::Array(items)) => {
                    let index = name.parse::<usize>().ok();
                    (index, index.and_then(|index| items.get(index)))
                }
                _ => (None, None),
            };
            value = inner;
            place.unwrap_or(usize::MAX)
        })
        .collect()
}

fn place_of(error: &FieldError) -> &str {
    match &error.place {
        Place::Pointer(pointer) => pointer,
        Place::Parameter(name) | Place::Header(name) => name,
    }
}

/// Adds the errors that one violation stands for, each with whether it is about the type.
fn add(
    forms: &RequestForms,
    checker: &Checker,
    base: &str,
    violation: &ValidationError<'_>,
    found: &mut Vec<(bool, FieldError)>,
) {
    let pointer = format!("{base}{}", violation.instance_path());
    let (component, schema) = schema_of(checker, violation.schema_path().as_str());
    let schema = Resolved::of(schema);
    let value = violation.instance().as_ref();
    let mut push = |error| found.push((false, error));
    match violation.kind() {
        // `[reference, null]`: what is wrong is said by the reference.
        Kind::OneOfNotValid { context } | Kind::AnyOf { context } => {
            for inner in context.first().into_iter().flatten() {
                add(forms, checker, base, inner, found);
            }
        }
        Kind::Type { .. } => found.push((true, wrong_type(pointer, &schema, value))),
        Kind::Required { property } => {
            let name = escaped(property.as_str().unwrap_or_default());
            let pointer = format!("{pointer}/{name}");
            push(FieldError::at_pointer("required", pointer, "is required"));
        }
        Kind::AdditionalProperties { unexpected } => {
            for name in unexpected.iter().take(MAX_FAULTS) {
                push(unknown(forms, checker, component, &schema, &pointer, name));
            }
        }
        Kind::Enum { options } => {
            let detail = "must be one of the allowed values";
            let error = FieldError::at_pointer("invalid_choice", pointer, detail);
            push(error.meta("allowed", Json::clone(options)));
        }
        Kind::Minimum { .. } | Kind::Maximum { .. } => push(out_of_range(pointer, &schema)),
        Kind::MinLength { limit } => push(wrong_length(&pointer, "min", *limit as usize)),
        Kind::MaxLength { limit } => push(wrong_length(&pointer, "max", *limit as usize)),
        Kind::MinItems { limit } => {
            let detail = format!("must have at least {limit} items");
            push(FieldError::at_pointer("too_short", pointer, detail).meta("min", *limit));
        }
        Kind::Pattern { pattern } => push(wrong_pattern(pointer, &schema, pattern, value)),
        // `normalise` names the item.
        Kind::UniqueItems => {}
        _ => push(FieldError::at_pointer("invalid_format", pointer, violation.to_string())),
    }
}

/// The schema that a violation is about, and the name of its component.
fn schema_of<'a>(checker: &'a Checker, path: &'a str) -> (&'a str, &'a Map<String, Json>) {
    let (parent, _keyword) = path.rsplit_once('/').unwrap_or_default();
    let component = parent.strip_prefix("/components/schemas/").unwrap_or_default();
    let root = if component.is_empty() { &checker.schema } else { &*checker.document };
    let schema = root.pointer(parent).and_then(Json::as_object);
    let name = component.split('/').next().unwrap_or_default();
    (name, schema.unwrap_or_else(|| components(&Json::Null)))
}

fn wrong_type(pointer: String, schema: &Resolved<'_>, value: &Json) -> FieldError {
    let kind = schema.kind().unwrap_or("value");
    match value {
        Json::Null => FieldError::at_pointer("not_nullable", pointer, "must not be null"),
        Json::Number(_) if kind == "integer" => {
            FieldError::at_pointer("wrong_type", pointer, "must be an integer, not a fraction")
        }
        found => {
            let article = if kind.starts_with(['a', 'i', 'o']) { "an" } else { "a" };
            let detail = format!("must be {article} {kind}, not {}", kind_of(found));
            FieldError::at_pointer("wrong_type", pointer, detail)
        }
    }
}

/// A property that this request does not take: one of the resource that is never written, or none
/// at all.
fn unknown(
    forms: &RequestForms,
    checker: &Checker,
    component: &str,
    schema: &Resolved<'_>,
    pointer: &str,
    name: &str,
) -> FieldError {
    let pointer = format!("{pointer}/{}", escaped(name));
    let resource = forms.resource_of(component);
    let is_read_only = resource
        .and_then(|resource| components(&checker.document).get(resource))
        .and_then(|resource| resource.get("properties"))
        .is_some_and(|properties| properties.get(name).is_some());
    if is_read_only {
        return FieldError::at_pointer("read_only_field", pointer, "cannot be written");
    }
    let properties = schema.schema.get("properties").and_then(Json::as_object);
    let names = properties.into_iter().flat_map(Map::keys).map(String::as_str);
    let error = FieldError::at_pointer("unknown_field", pointer, "unknown property");
    match did_you_mean(name, names) {
        Some(guess) => error.meta("did_you_mean", guess),
        None => error,
    }
}

fn out_of_range(pointer: String, schema: &Resolved<'_>) -> FieldError {
    // The bounds of 64 bits are not from the document.
    let min = schema.number("minimum").filter(|min| *min > i64::MIN);
    let max = schema.number("maximum").filter(|max| *max < i64::MAX);
    let detail = match (min, max) {
        (Some(min), Some(max)) => format!("must be between {min} and {max}"),
        (Some(min), None) => format!("must be {min} or more"),
        (None, Some(max)) => format!("must be {max} or less"),
        (None, None) => "must be an integer of 64 bits".to_owned(),
    };
    let mut error = FieldError::at_pointer("out_of_range", pointer, detail);
    for (key, bound) in [("min", min), ("max", max)] {
        if let Some(bound) = bound {
            error = error.meta(key, bound);
        }
    }
    error
}

fn wrong_pattern(
    pointer: String,
    schema: &Resolved<'_>,
    pattern: &str,
    value: &Json,
) -> FieldError {
    let Some(prefix) = id_prefix(schema.schema) else {
        return FieldError::at_pointer("invalid_format", pointer, format!("must match {pattern}"));
    };
    match ids::decode(prefix, value.as_str().unwrap_or_default()) {
        Err(IdError::WrongKind) => {
            let detail = format!("must be an id that begins with {prefix}_");
            FieldError::at_pointer("wrong_id_type", pointer, detail).meta("prefix", prefix)
        }
        _ => {
            let detail = format!("must be {prefix}_ and 26 characters");
            FieldError::at_pointer("invalid_format", pointer, detail)
        }
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
