//! Makes components of what several operations have in common: the parameters of lists, and
//! identical responses.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::{Map, Value as Json, json};

use super::{examples, operations::pascal_case, schemas::name_of};

/// Makes components of the parameters of lists, and returns those that belong below `components`.
/// Conditions take format and example from the property that they filter by.
///
/// # Panics
/// A condition names a property that does not exist, or two parameters would be the same component.
/// The tests make the document.
pub fn share_parameters(
    paths: &mut Map<String, Json>,
    schemas: &Map<String, Json>,
) -> Map<String, Json> {
    // By name of the parameter: its definition, and the lists that have it.
    let mut conditions: HashMap<String, Vec<(Json, BTreeSet<String>)>> = HashMap::new();
    for parameter in parameters_of(paths) {
        let Some(origin) = parameter.get("x-filters-by").cloned() else { continue };
        let schema = origin["schema"].as_str().unwrap_or_default().to_owned();
        complete(parameter, &origin, schemas);
        let name = parameter["name"].as_str().unwrap_or_default().to_owned();
        let mut content = parameter.clone();
        remove(&mut content, "x-filters-by");
        let variants = conditions.entry(name).or_default();
        match variants.iter_mut().find(|(other, _)| *other == content) {
            Some((_, of)) => drop(of.insert(schema)),
            None => variants.push((content, BTreeSet::from([schema]))),
        }
    }
    let mut shared = Map::new();
    for parameter in parameters_of(paths) {
        let component = if let Some(origin) = remove(parameter, "x-filters-by") {
            let name = parameter["name"].as_str().unwrap_or_default();
            let schema = origin["schema"].as_str().unwrap_or_default();
            // A parameter with the same meaning in the lists of several resources is named after
            // none of them.
            let is_common = match conditions[name].as_slice() {
                [(_, of)] => of.len() > 1,
                _ => false,
            };
            let of = if is_common { "" } else { schema };
            format!("{of}Filter{}", pascal_case(name))
        } else if let Some(Json::String(component)) = remove(parameter, "x-component") {
            component
        } else {
            continue;
        };
        let reference = json!({"$ref": format!("#/components/parameters/{component}")});
        let parameter = std::mem::replace(parameter, reference);
        if let Some(other) = shared.insert(component.clone(), parameter.clone()) {
            assert_eq!(other, parameter, "two parameters are called {component}");
        }
    }
    shared
}

/// Gives a condition the format and an example of its property.
fn complete(parameter: &mut Json, origin: &Json, schemas: &Map<String, Json>) {
    let word = |name: &str| origin[name].as_str().unwrap_or_default();
    let (schema, field, operator) = (word("schema"), word("field"), word("operator"));
    let property = property_at(schemas, schema, field)
        .unwrap_or_else(|| panic!("{schema} has no property {field} to filter by"));
    let value = &mut parameter["schema"];
    let place = if value["type"] == "array" { &mut value["items"] } else { &mut *value };
    if let (true, Some(format)) = (place["type"] == "integer", property.get("format")) {
        place["format"] = format.clone();
    }
    value["examples"] = json!([examples::of_filter(property, operator, schemas)]);
}

/// The property at a path such as `subject.id`.
fn property_at<'a>(schemas: &'a Map<String, Json>, schema: &str, path: &str) -> Option<&'a Json> {
    let (name, rest) = path.split_once('.').map_or((path, None), |(name, rest)| (name, Some(rest)));
    let property = schemas.get(schema)?.get("properties")?.get(name)?;
    match rest {
        None => Some(property),
        Some(rest) => {
            let target = property.get("$ref").or_else(|| property.pointer("/oneOf/0/$ref"))?;
            property_at(schemas, name_of(target.as_str()?)?, rest)
        }
    }
}

fn parameters_of(paths: &mut Map<String, Json>) -> impl Iterator<Item = &mut Json> {
    operations_of(paths)
        .filter_map(|operation| operation.get_mut("parameters").and_then(Json::as_array_mut))
        .flatten()
}

fn operations_of(paths: &mut Map<String, Json>) -> impl Iterator<Item = &mut Json> {
    paths.values_mut().filter_map(Json::as_object_mut).flat_map(Map::values_mut)
}

fn remove(parameter: &mut Json, word: &str) -> Option<Json> {
    parameter.as_object_mut()?.shift_remove(word)
}

/// Makes components of identical responses of several operations, and returns those that belong
/// below `components`. A response without a distinct name stays in its place.
pub fn share_responses(paths: &mut Map<String, Json>) -> Map<String, Json> {
    let mut uses: BTreeMap<String, (usize, String)> = BTreeMap::new();
    for operation in operations_of(paths) {
        for (status, response) in operation["responses"].as_object().into_iter().flatten() {
            if let Some(name) = name_of_response(status, response) {
                uses.entry(response.to_string()).or_insert((0, name)).0 += 1;
            }
        }
    }
    // The most used first, so that it gets the name if two would have the same one.
    let mut repeated: Vec<(String, usize, String)> = uses
        .into_iter()
        .filter(|(_, (count, _))| *count > 1)
        .map(|(text, (count, name))| (text, count, name))
        .collect();
    repeated.sort_by(|one, other| other.1.cmp(&one.1).then(one.0.cmp(&other.0)));
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    let mut taken = BTreeSet::new();
    for (text, _, name) in repeated {
        if taken.insert(name.clone()) {
            names.insert(text, name);
        }
    }
    let mut shared = Map::new();
    for operation in operations_of(paths) {
        for response in operation["responses"].as_object_mut().into_iter().flat_map(Map::values_mut)
        {
            if let Some(name) = names.get(&response.to_string()) {
                let reference = json!({"$ref": format!("#/components/responses/{name}")});
                shared.insert(name.clone(), std::mem::replace(response, reference));
            }
        }
    }
    shared
}

/// The component name of a response: after its schema, or after the codes of its problem.
fn name_of_response(status: &str, response: &Json) -> Option<String> {
    let content = &response["content"];
    let problem = &content["application/problem+json"];
    if problem.is_object() {
        let codes =
            problem["examples"].as_object()?.keys().filter(|code| !super::answers::is_common(code));
        let name: String = codes.map(|code| pascal_case(code)).collect();
        return (!name.is_empty()).then_some(name);
    }
    let schema = content.pointer("/application~1json/schema/$ref").and_then(Json::as_str);
    match (status, schema.and_then(name_of)) {
        ("304", _) => Some("NotModified".to_owned()),
        ("204", _) => Some("NoContent".to_owned()),
        ("200", Some(schema)) => Some(format!("{schema}Response")),
        ("201", Some(schema)) => Some(format!("{schema}CreatedResponse")),
        ("202", Some(schema)) => Some(format!("{schema}AcceptedResponse")),
        _ => None,
    }
}
