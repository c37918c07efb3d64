//! What must hold of every operation of the document, without a list that somebody must keep up to
//! date.

use std::collections::BTreeSet;

use harness::{Client, Organization, instance};
use reqwest::Method;
use serde_json::{Value, json};

/// An operation of the document.
struct Operation {
    method: String,
    path: String,
    body: Value,
}

impl Operation {
    fn all() -> Vec<Self> {
        let paths = instance().referee.document["paths"].as_object().unwrap();
        let operations = paths.iter().flat_map(|(path, item)| {
            item.as_object().unwrap().iter().filter(|(method, _)| *method != "parameters").map(
                move |(method, body)| Self {
                    method: method.to_uppercase(),
                    path: path.clone(),
                    body: body.clone(),
                },
            )
        });
        operations.collect()
    }

    fn is_public(&self) -> bool {
        self.body["security"].as_array().is_some_and(Vec::is_empty)
    }

    /// The media type and example of its body.
    fn request_body(&self) -> Option<(&str, &Value)> {
        let content = self.body["requestBody"]["content"].as_object()?;
        content.iter().next().map(|(media_type, content)| (media_type.as_str(), content))
    }

    /// The path with these values in place of its parameters.
    fn path_with(&self, value: impl Fn(&PathParameter) -> String) -> String {
        let mut path = self.path.clone();
        for parameter in self.path_parameters() {
            path = path.replace(&format!("{{{}}}", parameter.name), &value(&parameter));
        }
        assert!(!path.contains('{'), "{path} has a parameter that the document does not describe");
        path
    }

    /// The path with the examples of the document.
    fn example_path(&self) -> String {
        self.path_with(|parameter| parameter.example.clone())
    }

    fn path_parameters(&self) -> Vec<PathParameter> {
        let all = self.body["parameters"].as_array().into_iter().flatten();
        all.filter(|parameter| parameter["in"] == "path").map(PathParameter::new).collect()
    }

    /// Properties of the JSON body, at its top level, that are ids of other resources.
    fn references_in_body(&self) -> Vec<String> {
        let Some((_, content)) = self.request_body() else { return Vec::new() };
        let is_id = |schema: &Value| {
            schema["$ref"].as_str().is_some_and(|target| target.ends_with("Id"))
                || schema["items"]["$ref"].as_str().is_some_and(|target| target.ends_with("Id"))
        };
        let properties = resolved(&content["schema"])["properties"].as_object().into_iter();
        let references = properties.flatten().filter(|(_, schema)| {
            let choices = ["oneOf", "anyOf"].iter().filter_map(|key| schema[*key].as_array());
            is_id(schema) || choices.flatten().any(is_id)
        });
        references.map(|(name, _)| name.clone()).collect()
    }

    async fn call(&self, client: &Client, path: &str) -> harness::Answer {
        let method = Method::from_bytes(self.method.as_bytes()).unwrap();
        client.send(method, path, |request| self.with_body(request)).await
    }

    /// A body that the document calls valid.
    fn with_body(&self, request: reqwest::RequestBuilder) -> reqwest::RequestBuilder {
        match self.request_body() {
            None => request,
            Some((kind, content)) if kind.ends_with("json") => {
                request.header("content-type", kind).body(content["example"].to_string())
            }
            Some((kind, _)) if kind.starts_with("multipart/") => {
                let file = reqwest::multipart::Part::bytes(b"Name,Type\nAcme,reseller\n".to_vec())
                    .file_name("a.csv");
                let options =
                    json!({"object": "partner", "mapping": {"Name": "name", "Type": "type"}})
                        .to_string();
                request.multipart(
                    reqwest::multipart::Form::new().part("file", file).text("options", options),
                )
            }
            Some(_) => request.header("content-type", "image/png").body(PNG),
        }
    }
}

/// One pixel.
const PNG: &[u8] = &[
    0x89, 0x50, 0x4e, 0x47, 0xd, 0xa, 0x1a, 0xa, 0x0, 0x0, 0x0, 0xd, 0x49, 0x48, 0x44, 0x52, 0x0,
    0x0, 0x0, 0x1, 0x0, 0x0, 0x0, 0x1, 0x8, 0x6, 0x0, 0x0, 0x0, 0x1f, 0x15, 0xc4, 0x89, 0x0, 0x0,
    0x0, 0xb, 0x49, 0x44, 0x41, 0x54, 0x78, 0x9c, 0x63, 0xf8, 0xf, 0x4, 0x0, 0x9, 0xfb, 0x3, 0xfd,
    0xfb, 0x5e, 0x6b, 0x2b, 0x0, 0x0, 0x0, 0x0, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82,
];

/// The schema, or the one that it refers to.
fn resolved(schema: &Value) -> &Value {
    match schema["$ref"].as_str() {
        Some(target) => {
            let pointer = target.trim_start_matches('#');
            instance().referee.document.pointer(pointer).expect("a schema of the document")
        }
        None => schema,
    }
}

/// A parameter in the path of an operation.
struct PathParameter {
    name: String,
    /// The schema of the id, `PartnerId`; the name of the parameter when it has no schema of its
    /// own.
    kind: String,
    example: String,
}

impl PathParameter {
    fn new(parameter: &Value) -> Self {
        let name = parameter["name"].as_str().unwrap().to_owned();
        let schema = &parameter["schema"];
        let component = schema["$ref"].as_str().and_then(|target| target.rsplit('/').next());
        let examples = [&parameter["example"], &resolved(schema)["examples"][0]];
        let example = examples.into_iter().find(|example| !example.is_null());
        let example = example.unwrap_or_else(|| panic!("the parameter {name} has no example"));
        let example = example.as_str().map_or_else(|| example.to_string(), str::to_owned);
        Self { kind: component.unwrap_or(&name).to_owned(), name, example }
    }

    /// Whether its values are ids with a prefix.
    fn is_id(&self) -> bool {
        self.kind.ends_with("Id") || self.kind == "session_id"
    }
}

/// What is asked of every operation. Each has a reason to leave some out, or tries them all:
/// `left_out.snap` lists what no sweep tries.
#[derive(Debug, Clone, Copy)]
enum Sweep {
    Credentials,
    Rights,
    ForeignIds,
    ForeignIdsInBodies,
    KindsOfIds,
    UnknownParameters,
    UnknownProperties,
}

impl Sweep {
    const ALL: [Self; 7] = [
        Self::Credentials,
        Self::Rights,
        Self::ForeignIds,
        Self::ForeignIdsInBodies,
        Self::KindsOfIds,
        Self::UnknownParameters,
        Self::UnknownProperties,
    ];

    /// The operations that it tries.
    fn operations(self) -> Vec<Operation> {
        let tried = |operation: &Operation| {
            self.concerns(operation) && self.reason_to_leave_out(operation).is_none()
        };
        Operation::all().into_iter().filter(tried).collect()
    }

    /// Whether the operation has what the sweep looks at.
    fn concerns(self, operation: &Operation) -> bool {
        match self {
            Self::Credentials | Self::Rights | Self::UnknownParameters => true,
            Self::ForeignIds => !operation.path_parameters().is_empty(),
            Self::ForeignIdsInBodies => !operation.references_in_body().is_empty(),
            Self::KindsOfIds => operation.path_parameters().iter().any(PathParameter::is_id),
            Self::UnknownProperties => operation.request_body().is_some(),
        }
    }

    fn reason_to_leave_out(self, operation: &Operation) -> Option<&'static str> {
        let is_json = operation.request_body().is_some_and(|(kind, _)| kind.ends_with("json"));
        match self {
            Self::Credentials | Self::Rights if operation.is_public() => {
                Some("needs no credential")
            }
            Self::ForeignIds if operation.is_public() => {
                Some("its token is the credential, and names the organization")
            }
            Self::ForeignIdsInBodies => {
                Some("the values of a body must fit each other, which no example does")
            }
            Self::UnknownProperties if !is_json => Some("the body is no JSON"),
            _ => None,
        }
    }
}

/// A new kind of id or a new operation shows up here when it is not swept.
#[test]
fn what_the_sweeps_leave_out_is_as_reviewed() {
    let mut lines = Vec::new();
    for sweep in Sweep::ALL {
        for operation in Operation::all().iter().filter(|operation| sweep.concerns(operation)) {
            let Some(reason) = sweep.reason_to_leave_out(operation) else { continue };
            let Operation { method, path, .. } = operation;
            lines.push(format!("{sweep:?}: {method} {path}: {reason}"));
        }
    }
    insta::with_settings!({prepend_module_to_snapshot => false, snapshot_path => "."}, {
        insta::assert_snapshot!("left_out", lines.join("\n"));
    });
}

#[tokio::test]
async fn without_a_credential_everything_else_is_refused() {
    for operation in Sweep::Credentials.operations() {
        let path = operation.example_path();
        let refused =
            operation.call(&Client::public(), &path).await.problem(401, "missing_credentials");
        assert!(!refused.header("www-authenticate").is_empty());
        operation.call(&Client::bearer("nonsense"), &path).await.problem(401, "invalid_token");
    }
}

#[tokio::test]
async fn a_role_or_scope_that_lacks_is_refused() {
    let org = Organization::new().await;
    let (viewer, insights, tags) = (
        org.member("viewer").await,
        org.key(&["insights:read"]).await,
        org.key(&["tags:read"]).await,
    );
    for operation in Sweep::Rights.operations() {
        let path = operation.example_path();
        let role = operation.body["x-required-role"].as_str().unwrap();
        if role != "viewer" {
            let refused = operation.call(&viewer, &path).await.problem(403, "insufficient_role");
            assert_eq!(refused.body["meta"]["required_role"], role);
        }
        let scopes = operation.body["x-required-scopes"].as_array().unwrap();
        if operation.body["x-api-keys"] == false || !scopes.is_empty() {
            let useless = if scopes.contains(&json!("insights:read")) { &tags } else { &insights };
            let refused = operation.call(useless, &path).await.problem(403, "insufficient_scope");
            assert_eq!(
                refused.body["meta"]["required_scope"],
                scopes.first().cloned().unwrap_or(Value::Null)
            );
        }
    }
}

#[tokio::test]
async fn ids_of_another_organization_are_not_there() {
    let (own, other) = (Organization::new().await, Organization::new().await);
    let partner = other
        .owner
        .post("/v1/partners", json!({"name": "Acme", "type": "reseller"}))
        .await
        .expect(201);
    let contact = other
        .owner
        .post("/v1/contacts", json!({"partner_id": partner.id(), "name": "Ann"}))
        .await
        .expect(201);
    let deal =
        json!({"partner_id": partner.id(), "name": "Rollout", "account_name": "Home Office"});
    let deal = other.owner.post("/v1/deals", deal).await.expect(201);
    let tag = other
        .owner
        .post("/v1/tags", json!({"category": "services", "name": "Cloud"}))
        .await
        .expect(201);
    let key = other
        .owner
        .post("/v1/api-keys", json!({"name": "k", "scopes": ["tags:read"]}))
        .await
        .expect(201);
    let job = other
        .owner
        .post("/v1/exports", json!({"object": "partner", "format": "csv"}))
        .await
        .expect(202);
    let me = other.owner.get("/v1/me").await.expect(200);
    let sessions = other.owner.get("/v1/auth/sessions").await.expect(200);
    let item = format!("/v1/partners/{}/plan-items", partner.id());
    let item = other
        .owner
        .post(&item, json!({"kind": "workflow", "title": "Referrals"}))
        .await
        .expect(201);
    let view = json!({"name": "x", "object": "partner", "visibility": "organization"});
    let view = other.owner.post("/v1/views", view).await.expect(201);
    let submission = crate::submissions::Form::open(&other).await.submitted("Acme").await;
    other.owner.wait(job.id()).await;
    let notifications = other.owner.get("/v1/notifications").await.expect(200);
    let invited =
        json!({"email": format!("{}@example.com", harness::unique("foreign")), "role": "viewer"});
    other.owner.post("/v1/members", invited).await.expect(201);
    let deliveries = other.owner.get("/v1/notification-deliveries").await.expect(200);
    let tier = json!({"key": "theirs", "name": "Theirs", "rank": 99});
    other.owner.post("/v1/tiers", tier).await.expect(201);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    // An id that is made up here would be refused for its form, and prove nothing: a new kind of
    // id needs a row of the other organization.
    let foreign = |parameter: &PathParameter| match parameter.kind.as_str() {
        "SubmissionId" => submission.clone(),
        "NotificationId" => text(&notifications.body["data"][0]["id"]),
        "NotificationDeliveryId" => text(&deliveries.body["data"][0]["id"]),
        "PartnerId" => partner.id().to_owned(),
        "ContactId" => contact.id().to_owned(),
        "PlanItemId" => item.id().to_owned(),
        "ViewId" => view.id().to_owned(),
        "DealId" => deal.id().to_owned(),
        "TagId" => tag.id().to_owned(),
        "ApiKeyId" => text(&key.body["api_key"]["id"]),
        "JobId" => job.id().to_owned(),
        "MemberId" => text(&me.body["member"]["id"]),
        "session_id" => text(&sessions.body["data"][0]["id"]),
        // The other form was opened, which made a second version of it; ours has only the first.
        "n" => "2".to_owned(),
        "key" => "theirs".to_owned(),
        // A field of all partners, behind the id of a partner.
        "field" => "industry".to_owned(),
        kind => panic!("the sweep has no {kind} of another organization"),
    };
    let mut found = BTreeSet::new();
    let mut tried = BTreeSet::new();
    for operation in Sweep::ForeignIds.operations() {
        let path = operation.path_with(foreign);
        operation.call(&own.owner, &path).await.problem(404, "not_found");
        tried.extend(operation.path_parameters().into_iter().map(|parameter| parameter.kind));
    }
    // Its own organization finds each of them: so it was the organization that made the difference.
    // Reads go first, since a deletion takes away what others look for.
    let mut operations = Sweep::ForeignIds.operations();
    operations.sort_by_key(|operation| operation.method != "GET");
    for operation in operations {
        let kinds = operation.path_parameters().into_iter().map(|parameter| parameter.kind);
        let missing: Vec<String> = kinds.filter(|kind| !found.contains(kind)).collect();
        if missing.is_empty() {
            continue;
        }
        let path = operation.path_with(foreign);
        let answer = operation.call(&other.owner, &path).await;
        assert_ne!(answer.status, 404, "{}: {:#}", answer.request, answer.body);
        found.extend(missing);
    }
    assert_eq!(found, tried);
}

#[tokio::test]
async fn ids_in_paths_must_be_ids_of_the_right_kind() {
    let org = Organization::new().await;
    let id = |prefix: &str| format!("{prefix}_01kb1q3x5se7wtc2gnh2avw0fd");
    for operation in Sweep::KindsOfIds.operations() {
        for wrong in operation.path_parameters().iter().filter(|parameter| parameter.is_id()) {
            let with = |value: String| {
                operation.path_with(|parameter| {
                    if parameter.name == wrong.name {
                        value.clone()
                    } else {
                        parameter.example.clone()
                    }
                })
            };
            let path = with("nonsense".to_owned());
            operation.call(&org.owner, &path).await.problem(404, "not_found");
            let other = if wrong.kind == "TagId" { id("ptn") } else { id("tag") };
            let refused =
                operation.call(&org.owner, &with(other)).await.problem(422, "validation_failed");
            assert_eq!(refused.faults()[&wrong.name], "wrong_id_type");
        }
    }
}

#[tokio::test]
async fn unknown_parameters_are_refused() {
    let org = Organization::new().await;
    for operation in Sweep::UnknownParameters.operations() {
        let path = format!("{}?nonsense=1", operation.example_path());
        let refused = operation.call(&org.owner, &path).await.problem(400, "invalid_parameter");
        assert_eq!(refused.faults()["nonsense"], "invalid_parameter");
    }
}

#[tokio::test]
async fn unknown_properties_and_broken_bodies_are_refused() {
    let org = Organization::new().await;
    for operation in Sweep::UnknownProperties.operations() {
        let (kind, content) = operation.request_body().unwrap();
        let method = || Method::from_bytes(operation.method.as_bytes()).unwrap();
        let path = operation.example_path();
        let send = async |body: Vec<u8>, kind: &str| {
            let build =
                |request: reqwest::RequestBuilder| request.header("content-type", kind).body(body);
            org.owner.send(method(), &path, build).await
        };
        let mut body = content["example"].clone();
        body["nonsense"] = json!(1);
        let refused =
            send(body.to_string().into_bytes(), kind).await.problem(422, "validation_failed");
        assert_eq!(refused.faults()["#/nonsense"], "unknown_field", "{path}");
        send(b"{".to_vec(), kind).await.problem(400, "malformed_json");
        send(vec![b'"', 0xff, b'"'], kind).await.problem(400, "malformed_json");
        send(b"{}".to_vec(), "text/plain").await.problem(415, "unsupported_media_type");
        send(vec![b' '; (1 << 20) + 1], kind).await.problem(413, "body_too_large");
        send(b"[]".to_vec(), kind).await.expect(422);
    }
}
