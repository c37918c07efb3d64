//! What the gate enforces, looked up by method and pattern: the spec of an operation, and the
//! parameters, body and media types of the document. A route without an operation is refused.

use std::{
    collections::{HashMap, HashSet},
    fmt,
    sync::Arc,
};

use domain::{
    Code, Error, FieldError,
    body::{Schemas, id_prefix, split_list},
    field_error::FieldErrors,
    fields::did_you_mean,
    filter,
    ids::{self, IdError},
    lists::{ListQuery, invalid_parameters},
};
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value as Json, json};

use super::{operations_of, schemas::name_of};
use crate::kernel::operation::{Access, KeyAccess, OperationSpec, OperationSpecs};

/// Every operation of the document.
#[derive(Debug)]
pub struct Policy {
    /// By pattern, then by method; a pattern has few methods.
    by_pattern: HashMap<String, Vec<Arc<OperationPolicy>>>,
}

/// What one operation demands of a request.
#[derive(Debug)]
pub struct OperationPolicy {
    pub spec: &'static OperationSpec,
    /// In capitals, as in HTTP.
    pub method: String,
    /// As the router writes it, `/v1/partners/{id}`.
    pub pattern: String,
    pub path_parameters: Vec<PathParameter>,
    pub query: Vec<Parameter>,
    /// The media types of its responses; empty if they have no body.
    pub answers: Vec<String>,
    /// The media types of the request body; empty if it accepts none.
    pub media_types: Vec<String>,
    pub takes_if_match: bool,
    pub takes_if_none_match: bool,
    /// Properties of the body that contain a filter.
    pub filters: Vec<String>,
}

/// A parameter of the path.
#[derive(Debug)]
pub struct PathParameter {
    pub name: String,
    /// The prefix of the ids that it accepts, if it accepts ids.
    pub prefix: Option<&'static str>,
    pub schema: Json,
}

/// Query parameters after validation.
#[derive(Debug, Default)]
pub struct CheckedQuery {
    /// Typed values by name.
    pub values: Map<String, Json>,
    /// Errors of the parameters that every list has. They are reported together with errors of the
    /// conditions, which `domain::lists` parses.
    pub list_faults: Vec<FieldError>,
}

/// A query parameter.
#[derive(Debug)]
pub struct Parameter {
    pub name: String,
    pub schema: Json,
    pub required: bool,
    /// A condition on a field of the catalogue, whose values `domain::lists` parses.
    pub filter: bool,
    /// A parameter that every list has.
    pub of_list: bool,
}

impl Policy {
    /// The policy of a finished document and its specs.
    pub(super) fn of(document: &Json, specs: &OperationSpecs) -> Self {
        let mut by_pattern: HashMap<String, Vec<Arc<OperationPolicy>>> = HashMap::new();
        let nothing = Map::new();
        let paths = document.get("paths").and_then(Json::as_object).unwrap_or(&nothing);
        for (path, method, operation) in operations_of(paths) {
            by_pattern
                .entry(path.to_owned())
                .or_default()
                .push(Arc::new(OperationPolicy::of(path, method, operation, document, specs)));
        }
        Self { by_pattern }
    }

    /// The operation behind a route: its method and the pattern that the router matched.
    pub fn find(&self, method: &str, pattern: &str) -> Option<&Arc<OperationPolicy>> {
        self.by_pattern.get(pattern)?.iter().find(|operation| operation.method == method)
    }

    /// The methods of a pattern, in alphabetical order.
    pub fn methods(&self, pattern: &str) -> Vec<&str> {
        let mut methods: Vec<&str> =
            self.by_pattern.get(pattern).into_iter().flatten().map(|o| o.method.as_str()).collect();
        methods.sort_unstable();
        methods
    }

    /// All operations, in no particular order.
    pub fn operations(&self) -> impl Iterator<Item = &Arc<OperationPolicy>> {
        self.by_pattern.values().flatten()
    }
}

impl OperationPolicy {
    fn of(
        path: &str,
        method: &str,
        operation: &Json,
        document: &Json,
        specs: &OperationSpecs,
    ) -> Self {
        let parameters: Vec<&Json> = operation["parameters"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|p| resolved(p, document))
            .collect();
        let header =
            |name: &str| parameters.iter().any(|p| p["in"] == "header" && p["name"] == name);
        let content = operation.pointer("/requestBody/content").and_then(Json::as_object);
        let body = content.and_then(|content| {
            ["application/json", "application/merge-patch+json"]
                .iter()
                .find_map(|kind| content.get(*kind))
        });
        let schema = body
            .and_then(|body| body.pointer("/schema/$ref"))
            .and_then(Json::as_str)
            .and_then(name_of);
        let is_list = operation["x-pagination"].is_object()
            || parameters.iter().any(|parameter| parameter["x-filter"] == true);
        Self {
            spec: specs.get(&operation["operationId"]),
            method: method.to_uppercase(),
            pattern: path.to_owned(),
            path_parameters: parameters
                .iter()
                .filter(|p| p["in"] == "path")
                .map(|p| PathParameter::of(p, document))
                .collect(),
            query: parameters
                .iter()
                .filter(|p| p["in"] == "query")
                .map(|p| Parameter::of(p, is_list))
                .collect(),
            filters: schema.map(|name| filters_of(name, document)).unwrap_or_default(),
            answers: answers_of(operation, document),
            media_types: media_types(content),
            takes_if_match: header("If-Match"),
            takes_if_none_match: header("If-None-Match"),
        }
    }

    /// Validates the parameters of the path, each by its name, as they appear in the URL.
    ///
    /// # Errors
    /// `not_found` for a value that cannot name anything, `validation_failed` with `wrong_id_type`
    /// for the id of another kind of resource.
    pub fn check_path<'a>(
        &self,
        schemas: &Schemas,
        value: impl Fn(&str) -> Option<&'a str>,
    ) -> domain::Result<()> {
        for parameter in &self.path_parameters {
            let text = value(&parameter.name).unwrap_or_default();
            match parameter.prefix {
                Some(prefix) => parameter.check_id(prefix, text)?,
                None => parameter.check_text(schemas, text)?,
            }
        }
        Ok(())
    }

    /// Validates the query parameters. Conditions are left out, because `domain::lists` parses
    /// them.
    ///
    /// # Errors
    /// `invalid_parameter` with all errors. The valid names are in the `meta` of the problem if
    /// several names are unknown.
    pub fn check_query(
        &self,
        schemas: &Schemas,
        pairs: &[(String, String)],
    ) -> domain::Result<CheckedQuery> {
        let mut checked = CheckedQuery::default();
        let (mut faults, mut of_list) = (FieldErrors::default(), FieldErrors::default());
        let known: HashSet<&str> = self.query.iter().map(|known| known.name.as_str()).collect();
        let mut given: HashMap<&str, Vec<&str>> = HashMap::new();
        let mut unknown = 0;
        for (name, text) in pairs {
            let texts = given.entry(name).or_default();
            if texts.is_empty() && !known.contains(name.as_str()) && !faults.is_full() {
                unknown += 1;
                faults.push(self.unknown_parameter(name));
            }
            texts.push(text);
        }
        for parameter in &self.query {
            let texts = given.remove(parameter.name.as_str()).unwrap_or_default();
            if texts.is_empty() {
                if parameter.required {
                    faults.push(FieldError::at_parameter(INVALID, &parameter.name, "is required"));
                }
                continue;
            }
            if parameter.filter {
                continue;
            }
            match schemas.parameter(&parameter.name, &parameter.schema, &texts) {
                Ok(value) => drop(checked.values.insert(parameter.name.clone(), value)),
                Err(found) if parameter.of_list => of_list.extend(found),
                Err(found) => faults.extend(found),
            }
        }
        if faults.is_empty() {
            checked.list_faults = of_list.into_vec();
            return Ok(checked);
        }
        faults.extend(of_list.into_vec());
        let mut faults = faults.into_vec();
        let names: Vec<&str> = self.query.iter().map(|known| known.name.as_str()).collect();
        match (faults.first_mut(), unknown) {
            (Some(only), 1) => {
                only.meta.insert("allowed".to_owned(), json!(names));
                Err(invalid_parameters(faults))
            }
            (_, 0) => Err(invalid_parameters(faults)),
            _ => Err(invalid_parameters(faults).meta("allowed", json!(names))),
        }
    }

    /// The weight of the filter in the query parameters: its nodes and values.
    pub fn weight_of_query(&self, pairs: &[(String, String)]) -> usize {
        if self.query.iter().all(|parameter| !parameter.filter) {
            return 0;
        }
        let of_filter: HashSet<&str> = self
            .query
            .iter()
            .filter(|known| known.filter)
            .map(|known| known.name.as_str())
            .collect();
        let conditions = pairs.iter().filter(|(name, _)| of_filter.contains(name.as_str()));
        conditions.map(|(_, text)| 1 + split_list(text).len()).sum()
    }

    /// The weight of the filters in a body: their nodes and values.
    pub fn weight_of_body(&self, body: &Json) -> usize {
        self.filters.iter().filter_map(|name| body.get(name)).map(filter::weight).sum()
    }

    /// Checks that the `Accept` header matches one of the responses.
    ///
    /// # Errors
    /// `not_acceptable` with the available media types.
    pub fn check_accept(&self, accept: Option<&str>) -> domain::Result<()> {
        let requested_media_type = || {
            accept
                .unwrap_or("*/*")
                .split(',')
                .take(MAX_MEDIA_RANGES)
                .filter_map(requested_media_type)
        };
        let fits = |answer: &String| {
            requested_media_type().any(|requested_media_type| {
                overlap(&requested_media_type, answer) || overlap(answer, &requested_media_type)
            })
        };
        if self.answers.is_empty() || self.answers.iter().any(fits) {
            Ok(())
        } else {
            Err(Error::of(Code::NotAcceptable).meta("available", self.answers.clone().into()))
        }
    }

    fn unknown_parameter(&self, name: &str) -> FieldError {
        let names = self.query.iter().map(|known| known.name.as_str());
        let fault = FieldError::at_parameter(INVALID, name, "unknown parameter");
        match did_you_mean(name, names) {
            Some(guess) => fault.meta("did_you_mean", guess),
            None => fault,
        }
    }
}

const INVALID: &str = "invalid_parameter";
/// The most media ranges of an `Accept` header that are read.
const MAX_MEDIA_RANGES: usize = 100;
/// The longest path parameter in characters, if the document states no limit.
const MAX_SEGMENT: usize = 100;

/// Role, scopes and name in one line.
impl fmt::Display for OperationPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {} ", self.pattern, self.method, self.spec.id)?;
        let Access::Credential { role, keys } = &self.spec.access else {
            return write!(f, "public");
        };
        let keys = match keys {
            KeyAccess::NoKey => "-".to_owned(),
            KeyAccess::AnyKey => "any key".to_owned(),
            KeyAccess::Scopes(scopes) => {
                let words: Vec<&str> = scopes.iter().map(|scope| scope.as_str()).collect();
                words.join(" ")
            }
        };
        write!(f, "{role} / {keys}")
    }
}

impl PathParameter {
    fn of(parameter: &Json, document: &Json) -> Self {
        Self {
            name: parameter["name"].as_str().unwrap_or_default().to_owned(),
            prefix: resolved(&parameter["schema"], document).as_object().and_then(id_prefix),
            schema: parameter["schema"].clone(),
        }
    }

    fn check_id(&self, prefix: &'static str, text: &str) -> domain::Result<()> {
        match ids::decode(prefix, text) {
            Ok(_) => Ok(()),
            Err(IdError::Malformed) => Err(Error::not_found()),
            Err(IdError::WrongKind) => {
                let detail = format!("must be an id that begins with {prefix}_");
                let fault = FieldError::at_parameter("wrong_id_type", &self.name, detail);
                Err(Error::invalid(vec![fault.meta("prefix", prefix)]))
            }
        }
    }

    /// A value that the document does not allow names nothing, so no query is needed.
    fn check_text(&self, schemas: &Schemas, text: &str) -> domain::Result<()> {
        let decoded = percent_decode_str(text).decode_utf8().map_err(|_| Error::not_found())?;
        let is_plain = !decoded.contains(char::is_control) && text.len() <= 12 * MAX_SEGMENT;
        let is_short =
            self.schema.get("maxLength").is_some() || decoded.chars().nth(MAX_SEGMENT).is_none();
        match schemas.parameter(&self.name, &self.schema, &[&decoded]) {
            Ok(_) if is_plain && is_short => Ok(()),
            _ => Err(Error::not_found()),
        }
    }
}

impl Parameter {
    fn of(parameter: &Json, is_list: bool) -> Self {
        let name = parameter["name"].as_str().unwrap_or_default();
        Self {
            name: name.to_owned(),
            of_list: is_list && ListQuery::PARAMETERS.contains(&name),
            schema: parameter["schema"].clone(),
            required: parameter["required"] == true,
            filter: parameter["x-filter"] == true,
        }
    }
}

/// The media types of a body. A merge patch may also be sent as plain JSON, even where the document
/// omits it because of a generator.
fn media_types(content: Option<&Map<String, Json>>) -> Vec<String> {
    let mut kinds: Vec<String> = content.into_iter().flat_map(Map::keys).cloned().collect();
    let is = |requested_media_type: &str| kinds.iter().any(|kind| kind == requested_media_type);
    if is("application/merge-patch+json") && !is("application/json") {
        kinds.push("application/json".to_owned());
    }
    kinds
}

/// The media types of the successful responses of an operation.
fn answers_of(operation: &Json, document: &Json) -> Vec<String> {
    let successes = operation["responses"]
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(status, _)| status.starts_with('2'));
    successes
        .filter_map(|(_, answer)| resolved(answer, document)["content"].as_object())
        .flat_map(|content| content.keys().cloned())
        .collect()
}

/// The media range of an `Accept` header, unless its weight is zero.
fn requested_media_type(range: &str) -> Option<String> {
    let mut parts = range.split(';').map(str::trim);
    let kind = parts.next()?.to_ascii_lowercase();
    let refused = parts.filter_map(|part| part.strip_prefix("q=")).any(|q| q.parse() == Ok(0.0));
    (!kind.is_empty() && !refused).then_some(kind)
}

/// Whether a media range such as `image/*` matches a media type.
fn overlap(range: &str, kind: &str) -> bool {
    range == "*/*"
        || range == kind
        || range
            .strip_suffix('*')
            .is_some_and(|start| start.ends_with('/') && kind.starts_with(start))
}

/// The properties of a schema that contain a filter tree.
fn filters_of(schema: &str, document: &Json) -> Vec<String> {
    let properties = document
        .pointer(&format!("/components/schemas/{schema}/properties"))
        .and_then(Json::as_object);
    let holds_filter = |property: &Json| property.to_string().contains("/FilterNode\"");
    properties
        .into_iter()
        .flatten()
        .filter(|(_, property)| holds_filter(property))
        .map(|(name, _)| name.clone())
        .collect()
}

fn resolved<'a>(value: &'a Json, document: &'a Json) -> &'a Json {
    let pointer = value["$ref"].as_str().and_then(|target| target.strip_prefix('#'));
    pointer.and_then(|pointer| document.pointer(pointer)).unwrap_or(value)
}
