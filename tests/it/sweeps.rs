//! What must hold of every operation of the document, without a list that somebody must keep up to
//! date.

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

    /// The path with this id, or one that is well-formed, in place of each parameter.
    fn path_with(&self, ids: &impl Fn(&str) -> String) -> String {
        let fill = |part: &str| match part.strip_prefix('{').and_then(|name| name.strip_suffix('}'))
        {
            Some(name) => ids(&self.id_kind(name)),
            None => part.to_owned(),
        };
        self.path.split('/').map(fill).collect::<Vec<_>>().join("/")
    }

    /// The schema of a path parameter, `PartnerId`.
    fn id_kind(&self, name: &str) -> String {
        let parameters = self.body["parameters"].as_array().into_iter().flatten();
        let mut own = parameters.filter(|p| p["in"] == "path" && p["name"] == name);
        let target = own.next().and_then(|p| p["schema"]["$ref"].as_str());
        target.and_then(|target| target.rsplit('/').next()).unwrap_or_default().to_owned()
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

fn well_formed(kind: &str) -> String {
    let example = &instance().referee.document["components"]["schemas"][kind]["examples"][0];
    example.as_str().unwrap_or("industry").to_owned()
}

#[tokio::test]
async fn without_a_credential_everything_else_is_refused() {
    for operation in Operation::all().iter().filter(|o| !o.is_public()) {
        let path = operation.path_with(&well_formed);
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
    for operation in Operation::all().iter().filter(|o| !o.is_public()) {
        let path = operation.path_with(&well_formed);
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
    let foreign = |kind: &str| match kind {
        "SubmissionId" => submission.clone(),
        "NotificationId" => notifications.body["data"][0]["id"].as_str().unwrap().to_owned(),
        "NotificationDeliveryId" => deliveries.body["data"][0]["id"].as_str().unwrap().to_owned(),
        "PartnerId" => partner.id().to_owned(),
        "ContactId" => contact.id().to_owned(),
        "PlanItemId" => item.id().to_owned(),
        "ViewId" => view.id().to_owned(),
        "DealId" => deal.id().to_owned(),
        "TagId" => tag.id().to_owned(),
        "ApiKeyId" => key.body["api_key"]["id"].as_str().unwrap().to_owned(),
        "JobId" => job.id().to_owned(),
        "MemberId" => me.body["member"]["id"].as_str().unwrap().to_owned(),
        "SessionId" => sessions.body["data"][0]["id"].as_str().unwrap().to_owned(),
        _ => "industry".to_owned(),
    };
    for operation in Operation::all().iter().filter(|o| !o.is_public() && o.path.contains('{')) {
        let path = operation.path_with(&foreign);
        operation.call(&own.owner, &path).await.problem(404, "not_found");
    }
}

#[tokio::test]
async fn ids_in_paths_must_be_ids_of_the_right_kind() {
    let org = Organization::new().await;
    let wrong =
        |kind: &str| if kind == "TagId" { well_formed("PartnerId") } else { well_formed("TagId") };
    let operations = Operation::all();
    let with_ids = operations
        .iter()
        .filter(|o| !o.is_public() && o.path.split('/').any(|part| part == "{id}"));
    for operation in with_ids {
        let path = operation.path_with(&|_| "nonsense".to_owned());
        operation.call(&org.owner, &path).await.problem(404, "not_found");
        let refused = operation
            .call(&org.owner, &operation.path_with(&wrong))
            .await
            .problem(422, "validation_failed");
        assert_eq!(refused.faults()["id"], "wrong_id_type");
    }
}

#[tokio::test]
async fn unknown_parameters_are_refused() {
    let org = Organization::new().await;
    for operation in Operation::all().iter().filter(|o| !o.is_public()) {
        // The version of a form is a number, and would be refused first.
        let path = operation.path_with(&well_formed).replace("/versions/industry", "/versions/1");
        let path = format!("{path}?nonsense=1");
        let refused = operation.call(&org.owner, &path).await.problem(400, "invalid_parameter");
        assert_eq!(refused.faults()["nonsense"], "invalid_parameter");
    }
}

#[tokio::test]
async fn unknown_properties_and_broken_bodies_are_refused() {
    let org = Organization::new().await;
    for operation in Operation::all() {
        let Some((kind, content)) =
            operation.request_body().filter(|(kind, _)| kind.ends_with("json"))
        else {
            continue;
        };
        let method = || Method::from_bytes(operation.method.as_bytes()).unwrap();
        let path = operation.path_with(&well_formed);
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
