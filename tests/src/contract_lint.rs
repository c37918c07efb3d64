//! The lint of the OpenAPI document: the rules of docs/API-DESIGN.md on how it is written, so that
//! every generator makes a client that people like, and a new operation cannot forget half of what
//! the others say.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

const METHODS: [&str; 7] = ["get", "put", "post", "delete", "patch", "options", "head"];

/// Parameters of one operation. The Java virtual machine allows 255 arguments of a method, and a
/// client's method has a few besides these.
const MAX_PARAMETERS: usize = 200;

/// Keywords, annotations and types that every file sees, of Java, C#, Go, Python and TypeScript. A
/// model of that name either does not compile or is renamed by the generator. Compared without
/// case.
#[rustfmt::skip]
const RESERVED_NAMES: &[&str] = &[
    // Java: keywords, `java.lang`, and the annotations and containers that generated models import.
    "abstract", "assert", "boolean", "byte", "case", "catch", "char", "class", "const",
    "continue", "default", "double", "enum", "extends", "final", "finally", "float", "goto",
    "implements", "import", "instanceof", "int", "interface", "long", "native", "new",
    "package", "private", "protected", "public", "record", "return", "short", "static", "super",
    "switch", "synchronized", "this", "throw", "throws", "transient", "try", "void", "volatile",
    "Override", "Deprecated", "SafeVarargs", "SuppressWarnings", "FunctionalInterface",
    "Generated", "Nonnull", "Nullable", "NotNull", "Valid", "Entity", "Version", "Object",
    "String", "Integer", "Number", "Character", "Exception", "Error", "Throwable", "Iterable",
    "Comparable", "Runnable", "Thread", "Process", "Module", "System", "Record", "Enum", "Void",
    "Math", "List", "Map", "Set", "Arrays", "Collection", "Optional", "Objects", "Date", "UUID",
    "URI", "File", "OffsetDateTime", "LocalDate", "BigDecimal", "JsonProperty", "JsonNullable",
    // C#: keywords and `System`.
    "as", "base", "bool", "checked", "decimal", "delegate", "explicit", "extern", "fixed",
    "foreach", "implicit", "in", "internal", "is", "lock", "namespace", "null", "operator",
    "out", "params", "readonly", "ref", "sbyte", "sealed", "sizeof", "stackalloc", "struct",
    "typeof", "uint", "ulong", "unchecked", "unsafe", "ushort", "using", "virtual", "Action",
    "Attribute", "Buffer", "Console", "Convert", "DateTime", "Environment", "Func", "Guid",
    "Nullable", "Random", "Range", "Index", "Task", "TimeZone", "Tuple", "Type", "Uri",
    "Client", "Configuration", "Option",
    // Go: keywords and predeclared names.
    "chan", "defer", "fallthrough", "func", "go", "map", "range", "select", "var", "any",
    "error", "rune", "string", "len", "make", "copy", "append", "Context",
    // Python: keywords and built-in names.
    "False", "None", "True", "and", "async", "await", "def", "del", "elif", "except", "from",
    "global", "if", "lambda", "nonlocal", "not", "or", "pass", "raise", "while", "with",
    "yield", "match", "dict", "list", "set", "tuple", "bytes", "id", "input", "print",
    "property", "type", "Any", "Union", "Literal", "Field", "BaseModel", "Unset",
    // TypeScript: keywords and types of the language.
    "arguments", "debugger", "declare", "delete", "do", "else", "eval", "export", "for",
    "function", "infer", "keyof", "let", "never", "of", "symbol", "undefined", "unknown",
    "Array", "Function", "Partial", "Pick", "Omit", "Promise", "Readonly", "Required",
    "Request", "Response", "Headers", "Blob", "Symbol", "RegExp",
];

/// What only people who make the server understand.
const INTERNAL_WORDS: [&str; 3] = ["contract section", "the contract", "(rule "];

/// Every fault of the document, each with the place it is at. Empty means clean.
pub fn faults(document: &Value) -> Vec<String> {
    let mut lint = Lint { document, faults: Vec::new() };
    lint.head();
    lint.references(document, "#");
    lint.operations();
    lint.schemas();
    lint.names();
    lint.numbers(document, "#");
    lint.words(document, "#");
    lint.faults
}

struct Lint<'a> {
    document: &'a Value,
    faults: Vec<String>,
}

impl<'a> Lint<'a> {
    fn fault(&mut self, place: &str, what: impl std::fmt::Display) {
        self.faults.push(format!("{place}: {what}"));
    }

    fn require(&mut self, holds: bool, place: &str, what: impl std::fmt::Display) {
        if !holds {
            self.fault(place, what);
        }
    }

    fn head(&mut self) {
        let version = self.document["openapi"].as_str().unwrap_or_default();
        self.require(version.starts_with("3.1."), "openapi", format!("is `{version}`, not 3.1"));
        for part in ["title", "version", "description", "license", "contact"] {
            self.require(!self.document["info"][part].is_null(), "info", format!("has no {part}"));
        }
        let names: Vec<&str> =
            list(&self.document["tags"]).filter_map(|tag| tag["name"].as_str()).collect();
        self.require(names.is_sorted(), "tags", "are not in alphabetical order");
        for tag in list(&self.document["tags"]) {
            self.require(
                has_text(tag, "description"),
                "tags",
                format!("{} has no description", tag["name"]),
            );
        }
    }

    /// References inside of examples are data and are left alone.
    fn references(&mut self, value: &Value, place: &str) {
        if let Some(target) = value["$ref"].as_str() {
            let found = target.strip_prefix('#').and_then(|pointer| self.document.pointer(pointer));
            self.require(
                found.is_some(),
                place,
                format!("refers to `{target}`, which does not exist"),
            );
        }
        for (name, inner) in
            members(value).filter(|(name, _)| *name != "example" && *name != "examples")
        {
            self.references(inner, &format!("{place}/{name}"));
        }
        for (number, inner) in list(value).enumerate() {
            self.references(inner, &format!("{place}/{number}"));
        }
    }

    fn operations(&mut self) {
        let tags: BTreeSet<&str> =
            list(&self.document["tags"]).filter_map(|tag| tag["name"].as_str()).collect();
        let mut seen = BTreeSet::new();
        for (path, item) in members(&self.document["paths"]) {
            for (method, operation) in members(item).filter(|(name, _)| METHODS.contains(name)) {
                let place = format!("{} {path}", method.to_uppercase());
                let id = operation["operationId"].as_str().unwrap_or_default();
                self.require(
                    is_operation_id(id),
                    &place,
                    format!("operationId `{id}` is not camelCase of at most 40"),
                );
                self.require(seen.insert(id), &place, format!("operationId `{id}` exists twice"));
                let own: Vec<&str> = list(&operation["tags"]).filter_map(Value::as_str).collect();
                let tagged = own.len() == 1 && own.iter().all(|tag| tags.contains(tag));
                self.require(tagged, &place, "does not have exactly one declared tag");
                for part in ["summary", "description"] {
                    self.require(has_text(operation, part), &place, format!("has no {part}"));
                }
                let count = list(&operation["parameters"]).count();
                self.require(
                    count <= MAX_PARAMETERS,
                    &place,
                    format!("has {count} parameters; clients take at most {MAX_PARAMETERS}"),
                );
                let is_page = self.answers_page(operation)
                    && list(&operation["parameters"])
                        .any(|given| self.resolved(given)["name"] == "cursor");
                self.require(
                    !is_page || operation["x-pagination"].is_object(),
                    &place,
                    "answers pages and has no x-pagination",
                );
                self.security(operation, &place);
                self.parameters(operation, &place);
                self.bodies(operation, &place);
            }
        }
    }

    /// Without a format, generators for Java, C# and Go take 32 bits, which do not hold amounts of
    /// money.
    fn numbers(&mut self, value: &Value, place: &str) {
        let is_number = |kind: &Value| kind == "integer" || kind == "number";
        if is_number(&value["type"]) || list(&value["type"]).any(is_number) {
            let format = value["format"].as_str().unwrap_or_default();
            let known = ["int32", "int64", "double", "float"].contains(&format);
            self.require(known, place, "is a number without a format");
        }
        let inner = members(value).filter(|(name, _)| *name != "example" && *name != "examples");
        for (name, inner) in inner {
            self.numbers(inner, &format!("{place}/{name}"));
        }
        for (number, inner) in list(value).enumerate() {
            self.numbers(inner, &format!("{place}/{number}"));
        }
    }

    /// Texts that only people who make the server understand.
    fn words(&mut self, value: &Value, place: &str) {
        self.require(value["x-step"].is_null(), place, "has x-step, which is of no use to callers");
        for part in ["summary", "description", "title"] {
            let text = value[part].as_str().unwrap_or_default().to_lowercase();
            for word in INTERNAL_WORDS {
                self.require(!text.contains(word), place, format!("{part} says `{word}`"));
            }
        }
        for (name, inner) in members(value) {
            self.words(inner, &format!("{place}/{name}"));
        }
        for (number, inner) in list(value).enumerate() {
            self.words(inner, &format!("{place}/{number}"));
        }
    }

    fn answers_page(&self, operation: &'a Value) -> bool {
        let response = self.resolved(&operation["responses"]["200"]);
        let content = &response["content"]["application/json"];
        let properties = &self.resolved(&content["schema"])["properties"];
        !properties["data"].is_null() && !properties["next_cursor"].is_null()
    }

    /// Public, or with the role and the scopes that the server enforces from here.
    fn security(&mut self, operation: &Value, place: &str) {
        if list(&operation["security"]).next().is_none() && operation["security"].is_array() {
            return;
        }
        self.require(
            operation["x-required-role"].is_string(),
            place,
            "has no x-required-role and is not public",
        );
        self.require(
            operation["x-required-scopes"].is_array(),
            place,
            "has no x-required-scopes and is not public",
        );
    }

    fn parameters(&mut self, operation: &'a Value, place: &str) {
        for given in list(&operation["parameters"]) {
            let parameter = self.resolved(given);
            let place = format!("{place} parameter {}", parameter["name"]);
            self.require(has_text(parameter, "description"), &place, "has no description");
            self.inline(&parameter["schema"], &place);
            // Filters are the same for several operations.
            let filters = given["x-filter"] == true;
            self.require(!filters, &place, "filters and is not a component");
            // What stands there is filled in by tools that send requests.
            for word in ["example", "examples"] {
                self.require(parameter[word].is_null(), &place, format!("has {word} of its own"));
            }
        }
    }

    /// What generators make of the document must have names that their languages allow, each once.
    fn names(&mut self) {
        let schemas = &self.document["components"]["schemas"];
        let mut made: BTreeMap<String, String> = BTreeMap::new();
        let known: BTreeSet<String> =
            members(schemas).map(|(name, _)| name.to_lowercase()).collect();
        for (name, schema) in members(schemas) {
            let taken = RESERVED_NAMES.iter().any(|word| word.eq_ignore_ascii_case(name));
            self.require(
                !taken,
                &format!("schema {name}"),
                "is called like a word of a language that clients are written in",
            );
            for (property, inner) in members(&schema["properties"]) {
                if !is_named_by_place(inner) {
                    continue;
                }
                let place = format!("schema {name}.{property}");
                let type_name =
                    format!("{name}{}", property.replace(['_', '.'], "")).to_lowercase();
                // A choice between a schema of that name and null is that schema.
                let taken = known.contains(&type_name) && inner["oneOf"].is_null();
                self.require(!taken, &place, "generators give its type the name of a schema");
                if let Some(other) = made.insert(type_name, place.clone()) {
                    let what = format!("generators give its type the name of that of {other}");
                    self.fault(&place, what);
                }
            }
        }
    }

    fn bodies(&mut self, operation: &'a Value, place: &str) {
        for (kind, content) in members(&self.resolved(&operation["requestBody"])["content"]) {
            self.inline(&content["schema"], &format!("{place} body {kind}"));
        }
        let mut succeeds = false;
        for (status, response) in members(&operation["responses"]) {
            let response = self.resolved(response);
            let place = format!("{place} {status}");
            succeeds |= status.starts_with(['1', '2', '3']);
            self.require(has_text(response, "description"), &place, "has no description");
            for (kind, content) in members(&response["content"]) {
                self.inline(&content["schema"], &format!("{place} {kind}"));
                let example =
                    !content["example"].is_null() || members(&content["examples"]).next().is_some();
                let needs_example = kind.ends_with("json");
                self.require(example || !needs_example, &place, format!("{kind} has no example"));
            }
            if status.starts_with(['4', '5']) {
                let kinds: Vec<&str> =
                    members(&response["content"]).map(|(kind, _)| kind).collect();
                self.require(
                    kinds == ["application/problem+json"],
                    &place,
                    "is not application/problem+json alone",
                );
            }
        }
        self.require(succeeds, place, "describes no success");
    }

    fn schemas(&mut self) {
        let asked = self.reachable("requestBody");
        let answered = self.reachable("responses");
        for (name, schema) in members(&self.document["components"]["schemas"]) {
            let place = format!("schema {name}");
            self.require(has_text(schema, "description"), &place, "has no description");
            self.schema(schema, &place);
            if schema["properties"].is_null() {
                continue;
            }
            match (asked.contains(name), answered.contains(name)) {
                (true, false) => self.request(schema, &place),
                (false, true) => self.response(schema, &place),
                _ => {}
            }
        }
    }

    fn request(&mut self, schema: &Value, place: &str) {
        let closed = schema["additionalProperties"] == Value::Bool(false);
        self.require(closed, place, "is a request and lets unknown properties through");
        for (name, property) in members(&schema["properties"]) {
            self.require(
                is_limited(property),
                &format!("{place}.{name}"),
                "is a request's and has no limits",
            );
        }
    }

    /// Answers may grow, and always hold everything.
    fn response(&mut self, schema: &Value, place: &str) {
        self.require(
            schema["additionalProperties"].is_null(),
            place,
            "is an answer and says additionalProperties",
        );
        let required: BTreeSet<&str> =
            list(&schema["required"]).filter_map(Value::as_str).collect();
        for (name, _) in members(&schema["properties"]) {
            self.require(
                required.contains(name),
                &format!("{place}.{name}"),
                "is an answer's and not required",
            );
        }
    }

    /// The rules of every schema, named or not.
    fn schema(&mut self, schema: &Value, place: &str) {
        for word in ["anyOf", "allOf", "nullable"] {
            self.require(schema[word].is_null(), place, format!("uses {word}"));
        }
        self.require(
            list(&schema["enum"]).all(|value| !value.is_null()),
            place,
            "has null among its choices",
        );
        let choices: Vec<&Value> = list(&schema["oneOf"]).collect();
        let nullable =
            choices.len() == 2 && !choices[0]["$ref"].is_null() && choices[1]["type"] == "null";
        let plain = choices.is_empty() || nullable || !schema["discriminator"].is_null();
        self.require(
            plain,
            place,
            "has a oneOf that is neither [reference, null] nor told apart by a discriminator",
        );
        for choice in choices {
            self.inline(choice, place);
        }
        for (name, property) in members(&schema["properties"]) {
            let place = format!("{place}.{name}");
            let described = has_text(property, "description") || !property["$ref"].is_null();
            self.require(described, &place, "has no description");
            self.inline(property, &place);
        }
        for part in ["items", "additionalProperties"] {
            if schema[part].is_object() {
                self.inline(&schema[part], &format!("{place} {part}"));
            }
        }
    }

    /// A schema that stands where it is used: objects and enums have names instead.
    fn inline(&mut self, schema: &Value, place: &str) {
        self.require(schema["properties"].is_null(), place, "is an object without a name");
        self.require(schema["enum"].is_null(), place, "is an enum without a name");
        self.schema(schema, place);
    }

    fn resolved(&self, value: &'a Value) -> &'a Value {
        let pointer = value["$ref"].as_str().and_then(|target| target.strip_prefix('#'));
        pointer.and_then(|pointer| self.document.pointer(pointer)).unwrap_or(value)
    }

    /// The names of the schemas that requests (or answers) are made of, at any depth.
    fn reachable(&self, part: &str) -> BTreeSet<&'a str> {
        let mut targets = BTreeSet::new();
        for (_, item) in members(&self.document["paths"]) {
            for (_, operation) in members(item) {
                self.collect(&operation[part], &mut targets);
            }
        }
        targets
            .into_iter()
            .filter_map(|target| target.strip_prefix("#/components/schemas/"))
            .collect()
    }

    fn collect(&self, value: &'a Value, targets: &mut BTreeSet<&'a str>) {
        if let Some(target) = value["$ref"].as_str()
            && targets.insert(target)
        {
            self.collect(self.resolved(value), targets);
        }
        members(value).for_each(|(_, inner)| self.collect(inner, targets));
        list(value).for_each(|inner| self.collect(inner, targets));
    }
}

fn members(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    value.as_object().into_iter().flat_map(Map::iter).map(|(name, value)| (name.as_str(), value))
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn has_text(value: &Value, name: &str) -> bool {
    value[name].as_str().is_some_and(|text| !text.trim().is_empty())
}

fn is_operation_id(id: &str) -> bool {
    (1..=40).contains(&id.len())
        && id.starts_with(|c: char| c.is_ascii_lowercase())
        && id.chars().all(|c| c.is_ascii_alphanumeric())
}

/// Whether generators make a type of it that is called after its schema and its name: choices,
/// objects and lists of those where they stand, and what may be null. What refers to a schema has
/// the name of that one.
fn is_named_by_place(property: &Value) -> bool {
    let may_be_null = property["type"].is_array() || !property["oneOf"].is_null();
    let is_made = !property["enum"].is_null() || !property["properties"].is_null();
    may_be_null || is_made || property["items"].is_object() && is_named_by_place(&property["items"])
}

/// Whether a client can know what is too long, too many or too much. References are judged where
/// they lead.
fn is_limited(property: &Value) -> bool {
    let types: Vec<&str> = match &property["type"] {
        Value::String(one) => vec![one],
        several => list(several).filter_map(Value::as_str).collect(),
    };
    let says = |words: &[&str]| words.iter().any(|word| !property[*word].is_null());
    let limits: BTreeMap<&str, &[&str]> = BTreeMap::from([
        ("string", &["maxLength", "format", "pattern", "const", "enum"][..]),
        ("array", &["maxItems"]),
        ("integer", &["maximum"]),
    ]);
    types.iter().all(|kind| limits.get(kind).is_none_or(|words| says(words)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// A small document without a fault.
    fn clean() -> Value {
        let page =
            json!({"schema": {"$ref": "#/components/schemas/Thing"}, "example": {"name": "a"}});
        let problem = json!({
            "schema": {"$ref": "#/components/schemas/Problem"},
            "example": {"code": "not_found"}
        });
        json!({
            "openapi": "3.1.0",
            "info": {
                "title": "t",
                "version": "1",
                "description": "d",
                "license": {"name": "l"},
                "contact": {"name": "c"}
            },
            "tags": [{"name": "things", "description": "Things."}],
            "paths": {
                "/things/{id}": {
                    "patch": {
                        "operationId": "updateThing",
                        "tags": ["things"],
                        "summary": "s",
                        "description": "d",
                        "x-required-role": "member",
                        "x-required-scopes": ["things:write"],
                        "parameters": [
                            {
                                "name": "id",
                                "in": "path",
                                "description": "d",
                                "schema": {"type": "string"}
                            }
                        ],
                        "requestBody": {
                            "content": {
                                "application/json": {
                                    "schema": {"$ref": "#/components/schemas/ThingUpdate"}
                                }
                            }
                        },
                        "responses": {
                            "200": {"description": "d", "content": {"application/json": page}},
                            "404": {
                                "description": "d",
                                "content": {"application/problem+json": problem}
                            }
                        }
                    }
                }
            },
            "components": {
                "schemas": {
                    "Thing": {
                        "type": "object",
                        "description": "d",
                        "required": ["name", "kind"],
                        "properties": {
                            "name": {"type": "string", "description": "d"},
                            "kind": {
                                "description": "d",
                                "oneOf": [{"$ref": "#/components/schemas/Kind"}, {"type": "null"}]
                            }
                        }
                    },
                    "ThingUpdate": {
                        "type": "object",
                        "description": "d",
                        "additionalProperties": false,
                        "properties": {
                            "name": {
                                "type": ["string", "null"],
                                "description": "d",
                                "maxLength": 9
                            },
                            "tags": {
                                "type": "array",
                                "description": "d",
                                "maxItems": 9,
                                "items": {"type": "string"}
                            }
                        }
                    },
                    "Kind": {"type": "string", "description": "d", "enum": ["a", "b"]},
                    "Problem": {
                        "type": "object",
                        "description": "d",
                        "required": ["code"],
                        "properties": { "code": {"type": "string", "description": "d"}}
                    }
                }
            }
        })
    }

    #[test]
    fn a_clean_document_has_no_faults() {
        assert_eq!(faults(&clean()), Vec::<String>::new());
    }

    /// What is put where, and the word that the one fault must have.
    #[test]
    fn every_rule_finds_its_fault() {
        let operation = "/paths/~1things~1{id}/patch";
        let at_operation = |rest: &str| format!("{operation}{rest}");
        let schemas = "/components/schemas";
        let at = |rest: &str| format!("{schemas}{rest}");
        let string = json!({"type": "string", "description": "d"});
        let cases: Vec<(String, Value, &str)> = vec![
            ("/openapi".into(), json!("3.0.3"), "not 3.1"),
            ("/info/license".into(), json!(null), "has no license"),
            ("/tags/0/description".into(), json!(""), "has no description"),
            (at_operation("/operationId"), json!("update_thing"), "not camelCase"),
            (at_operation("/operationId"), json!("u".repeat(41)), "not camelCase"),
            (at_operation("/tags"), json!(["other"]), "declared tag"),
            (at_operation("/summary"), json!(null), "has no summary"),
            (at_operation("/x-step"), json!(1), "x-step"),
            (at_operation("/description"), json!("As the contract says."), "the contract"),
            (at_operation("/parameters/0/example"), json!("a"), "example of its own"),
            (
                at_operation("/parameters"),
                json!(vec![json!({"name": "a", "description": "d"}); 201]),
                "201 parameters",
            ),
            (
                at_operation("/parameters/0"),
                json!({"name": "a_gte", "in": "query", "description": "d", "x-filter": true}),
                "is not a component",
            ),
            (at("/Override"), json!({"type": "string", "description": "d"}), "word of a language"),
            (at("/operator"), json!({"type": "string", "description": "d"}), "word of a language"),
            (
                at("/ThingUpdateName"),
                json!({"type": "string", "description": "d"}),
                "the name of a schema",
            ),
            (
                at("/ThingUpdate/properties"),
                json!({"re_name": {"type": ["string", "null"], "maxLength": 9, "description": "d"},
                    "rename": {"type": ["string", "null"], "maxLength": 9, "description": "d"}}),
                "the name of that of schema ThingUpdate.re_name",
            ),
            (
                at("/Thing/properties/name"),
                json!({"type": "integer", "description": "d"}),
                "without a format",
            ),
            (
                at("/Thing/properties/name"),
                json!({"type": ["integer", "null"], "description": "d"}),
                "without a format",
            ),
            (at_operation("/x-required-role"), json!(null), "x-required-role"),
            (at_operation("/parameters/0/description"), json!(null), "has no description"),
            (at_operation("/parameters/0/schema/enum"), json!(["a"]), "enum without a name"),
            (
                at_operation("/responses/200/content/application~1json/example"),
                json!(null),
                "no example",
            ),
            (at_operation("/responses/404/content"), json!({}), "problem+json"),
            (at_operation("/responses"), json!({}), "no success"),
            (at("/Kind/enum"), json!(["a", null]), "null among its choices"),
            (at("/Kind/description"), json!(null), "has no description"),
            (at("/Thing/allOf"), json!([{}]), "uses allOf"),
            (at("/Thing/required"), json!(["name"]), "not required"),
            (at("/Thing/additionalProperties"), json!(false), "says additionalProperties"),
            (at("/Thing/properties/name/description"), json!(null), "has no description"),
            (
                at("/Thing/properties/name/properties"),
                json!({"a": string}),
                "object without a name",
            ),
            (at("/Thing/properties/kind/oneOf/1"), json!({"type": "string"}), "discriminator"),
            (at("/Thing/properties/kind/oneOf/0/$ref"), json!("#/nowhere"), "does not exist"),
            (at("/ThingUpdate/additionalProperties"), json!(null), "unknown properties"),
            (at("/ThingUpdate/properties/name/maxLength"), json!(null), "no limits"),
            (at("/ThingUpdate/properties/tags/items/enum"), json!(["a"]), "enum without a name"),
        ];
        for (pointer, value, word) in cases {
            let mut document = clean();
            let (parent, name) = pointer.rsplit_once('/').unwrap();
            let parent = document.pointer_mut(parent).unwrap();
            let name = name.replace("~1", "/");
            match parent {
                Value::Array(items) => items[name.parse::<usize>().unwrap()] = value,
                parent => parent[name.as_str()] = value,
            }
            let found = faults(&document);
            assert!(found.iter().any(|fault| fault.contains(word)), "{pointer}: {found:?}");
        }
    }

    #[test]
    fn two_operations_of_one_name_are_a_fault() {
        let mut document = clean();
        document["paths"]["/others"] = document["paths"]["/things/{id}"].clone();
        assert_eq!(faults(&document), ["PATCH /others: operationId `updateThing` exists twice"]);
    }
}
