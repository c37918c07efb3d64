//! The OpenAPI document: made from the operations and their types, then finished here. The rules of
//! the gate and the schemas of bodies are made with it.
//!
//! Architecture Invariant: this needs no database and no configuration, so that every build of the
//! same source makes the same document.

mod answers;
mod examples;
mod operations;
mod policy;
mod schemas;
mod sharing;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use actix_web::App;
use domain::{body::Schemas, request_body::RequestForms};
use serde_json::{Map, Value as Json, json};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{OpenApi, RefOr, Schema},
};
use utoipa_actix_web::AppExt;

use crate::kernel::operation::{OperationList, OperationSpecs, Tag, mount};

pub use policy::{CheckedQuery, OperationPolicy, Parameter, Policy};

/// The version of the API, as in `/v1`.
pub const CONTRACT_VERSION: &str = "1";

/// The description of an API, made from its operations.
pub struct ApiDescription {
    /// The finished OpenAPI document.
    pub document: Json,
    /// What each operation demands.
    pub policy: Policy,
    /// The schemas against which bodies are validated.
    pub schemas: Schemas,
}

impl ApiDescription {
    /// Describes the operations of `lists`.
    ///
    /// # Panics
    /// The types of the operations contradict each other. The tests describe every operation.
    pub fn of(lists: &[OperationList]) -> Self {
        let specs = OperationSpecs::of(lists);
        let mut forms = RequestForms::default();
        for spec in specs.all() {
            (spec.collect_forms)(&mut forms);
        }
        let app = App::new().into_utoipa_app().configure(|config| mount(lists, config));
        let document = finish(app.split_for_parts().1, &specs, &forms);
        let policy = Policy::of(&document, &specs);
        let schemas = Schemas::of(&document, forms);
        Self { document, policy, schemas }
    }
}

/// Finishes the document of the derives by the rules of docs/API-DESIGN.md#the-document.
fn finish(raw: OpenApi, specs: &OperationSpecs, forms: &RequestForms) -> Json {
    let raw = serde_json::to_value(raw).expect("a document of strings is JSON");
    let mut schemas =
        raw.pointer("/components/schemas").and_then(Json::as_object).cloned().unwrap_or_default();
    for (name, schema) in unreferenced() {
        schemas
            .entry(name)
            .or_insert_with(|| serde_json::to_value(schema).expect("a schema of strings is JSON"));
    }
    schemas::finish(&mut schemas, forms);
    let mut paths = raw.get("paths").and_then(Json::as_object).cloned().unwrap_or_default();
    operations::finish(&mut paths, &schemas, specs);
    let mut parameters = sharing::share_parameters(&mut paths, &schemas);
    parameters.extend(operations::shared_parameters());
    let mut responses = answers::shared();
    responses.extend(sharing::share_responses(&mut paths));
    let mut document = json!({
        "openapi": "3.1.0",
        "info": info(),
        "servers": [{"url": "/", "description": "This deployment."}],
        "security": [{"bearerAuth": []}],
        "tags": tags(specs),
        "paths": paths,
        "components": {
            "schemas": schemas,
            "responses": responses,
            "parameters": parameters,
            "headers": answers::headers(),
            "examples": answers::problem_examples(),
        }
    });
    keep_what_is_used(&mut document);
    schemas::format_integers(&mut document);
    document["components"]["securitySchemes"] = json!({"bearerAuth": {
        "type": "http",
        "scheme": "bearer",
        "description": "An access token from `POST /v1/auth/sessions`, or an API key \
            (`prm_live_...`)."
    }});
    document
}

/// The same document with enums as plain strings, because clients that were generated with enums
/// would refuse values that are added later.
pub fn with_open_enums(document: &Json) -> Json {
    let mut document = document.clone();
    let schemas = document.pointer_mut("/components/schemas").and_then(Json::as_object_mut);
    for schema in schemas.into_iter().flat_map(Map::values_mut).filter_map(Json::as_object_mut) {
        let Some(values) = schema.shift_remove("enum") else { continue };
        let text = schema.get("description").and_then(Json::as_str).unwrap_or_default();
        let known = values.as_array().into_iter().flatten().filter_map(Json::as_str);
        let known: Vec<String> = known.map(|value| format!("`{value}`")).collect();
        let text = format!("{text} Known values: {}. New ones may be added.", known.join(", "));
        schema.insert("description".into(), text.trim().into());
        schema.insert("x-extensible-enum".into(), values);
    }
    document
}

/// One line per operation, which shows a reviewer what a change does to the API.
pub fn operation_list(policy: &Policy) -> String {
    let mut lines: Vec<String> =
        policy.operations().map(|operation| operation.to_string() + "\n").collect();
    lines.sort();
    lines.concat()
}

/// Schemas that only parameters refer to. The derives do not collect them.
fn unreferenced() -> Vec<(String, RefOr<Schema>)> {
    fn of<T: ToSchema>() -> (String, RefOr<Schema>) {
        (T::name().into_owned(), <T as PartialSchema>::schema())
    }
    let mut all = domain::ids::schemas();
    all.extend([
        of::<domain::access::WriteMode>(),
        of::<domain::events::EventOrder>(),
        of::<domain::lists::ListInclude>(),
        of::<domain::lists::PageInclude>(),
        of::<domain::tags::TagCategory>(),
        of::<domain::jobs::JobType>(),
        of::<domain::jobs::JobStatus>(),
        of::<domain::jobs::JobItemStatus>(),
        of::<domain::access::ActorType>(),
        of::<domain::deals::DealStatus>(),
        of::<domain::deals::DealMotion>(),
        of::<domain::partners::PartnerType>(),
        of::<domain::partners::PartnerCategory>(),
        of::<domain::partners::PartnerStatus>(),
        of::<domain::partners::PartnerStage>(),
        of::<domain::partners::TierSource>(),
        of::<domain::partners::LogoSource>(),
        of::<domain::partners::PartnerCreatedVia>(),
        of::<domain::notifications::NotificationType>(),
        of::<domain::notifications::NotificationChannel>(),
        of::<domain::notifications::NotificationDeliveryStatus>(),
        of::<domain::slack::SlackTargetKind>(),
        of::<domain::slack::SlackId>(),
        of::<domain::plan_items::PlanItemKind>(),
        of::<domain::plan_items::PlanItemStatus>(),
        of::<domain::plan_items::PlanQuarter>(),
        of::<domain::submissions::SubmissionStatus>(),
        of::<domain::views::ViewObject>(),
        of::<domain::views::ViewVisibility>(),
    ]);
    all
}

fn info() -> Json {
    json!({
        "title": "partneros",
        "version": CONTRACT_VERSION,
        "summary": "Partner relationship management.",
        "description": "Partner profiles that people and automation maintain together, with \
            events, jobs and lists. JSON over HTTPS. Errors are problem documents (RFC 9457), \
            lists are paged by cursor, and resources have versions for conditional requests. New \
            values may be added to enums: generate clients from `/openapi.json?open_enums=true` \
            if they refuse values that they do not know.",
        "contact": {"name": "partneros", "url": "https://github.com/partneros/partneros"},
        "license": {"name": "Apache License 2.0", "identifier": "Apache-2.0"}
    })
}

/// The tags that are used, in alphabetical order.
fn tags(specs: &OperationSpecs) -> Json {
    let used: BTreeSet<Tag> = specs.all().map(|spec| spec.tag).collect();
    let described = |tag: Tag| json!({"name": tag.name(), "description": tag.description()});
    used.into_iter().map(described).collect()
}

/// The path, method and operation of everything below `paths`.
fn operations_of(paths: &Map<String, Json>) -> impl Iterator<Item = (&str, &str, &Json)> {
    paths.iter().flat_map(|(path, item)| {
        operations::METHODS.iter().filter_map(move |method| {
            item.get(*method).map(|operation| (path.as_str(), *method, operation))
        })
    })
}

/// Drops components without references, and sorts the others.
fn keep_what_is_used(document: &mut Json) {
    let mut used = BTreeSet::new();
    let mut open: Vec<&Json> = vec![&document["paths"]];
    while let Some(value) = open.pop() {
        match value {
            Json::Array(items) => open.extend(items),
            Json::Object(members) => {
                if let Some(target) = members.get("$ref").and_then(Json::as_str)
                    && used.insert(target.to_owned())
                {
                    let found =
                        target.strip_prefix('#').and_then(|pointer| document.pointer(pointer));
                    open.push(found.unwrap_or_else(|| {
                        panic!("{target} does not exist: add it to openapi::unreferenced")
                    }));
                }
                open.extend(members.values());
            }
            _ => {}
        }
    }
    let kinds = document["components"].as_object_mut().expect("was just made");
    for (kind, components) in kinds {
        let components = components.as_object_mut().expect("components are maps");
        components.retain(|name, _| used.contains(&format!("#/components/{kind}/{name}")));
        components.sort_keys();
    }
}
