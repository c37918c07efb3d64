//! The document and the page about it.

use harness::{Answer, Client, Organization, PASSWORD, contract_lint, instance, unique};
use reqwest::{Method, multipart};
use serde_json::{Value, json};

/// What is checked in is compared by `cargo xtask openapi --check`; here it must be what a client
/// gets.
#[tokio::test]
async fn the_document_lints_clean() {
    let faults = contract_lint::faults(&instance().referee.document);
    assert!(faults.is_empty(), "{faults:#?}");
}

#[tokio::test]
async fn both_forms_have_an_etag_and_say_the_same() {
    let public = Client::public();
    let json = public.get("/openapi.json").await.expect(200);
    let yaml = public.get("/openapi.yaml").await.expect(200);
    assert!(!json.header("etag").is_empty() && !yaml.header("etag").is_empty());
    assert_eq!(json.body["openapi"], "3.1.0");
    assert!(String::from_utf8(yaml.bytes).unwrap().starts_with("openapi: 3.1.0"));
    public.with("if-none-match", json.header("etag")).get("/openapi.json").await.expect(304);
}

/// The page asks no other host for anything.
#[tokio::test]
async fn the_page_needs_no_other_host() {
    let http = reqwest::Client::new();
    let url = &instance().url;
    let page = http.get(format!("{url}/docs/")).send().await.unwrap();
    assert_eq!(page.status(), 200);
    let text = page.text().await.unwrap();
    assert!(!text.contains("https://") && !text.contains("http://"), "{text}");
}

/// Every code that the document promises is one of the table, and the other way round.
#[tokio::test]
async fn every_code_of_the_table_is_documented() {
    let text = serde_json::to_string(&instance().referee.document).unwrap();
    let missing: Vec<&str> = domain::Code::ALL
        .iter()
        .map(|code| code.as_str())
        .filter(|code| !text.contains(&format!("\"{code}\"")) && !IN_ITEMS_ONLY.contains(code))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

/// Codes of single rows of imports and batches, and of paths that no operation has with this
/// method. `url_not_allowed` is an item's too, until there are webhooks.
const IN_ITEMS_ONLY: &[&str] = &[
    "duplicate_of_row",
    "name_differs",
    "row_without_name",
    "row_too_long",
    "batch_aborted",
    "method_not_allowed",
    "unchanged",
    "overridden",
    "fetch_failed",
    "url_not_allowed",
    "refresh_in_progress",
];

#[tokio::test]
async fn unknown_paths_and_methods_are_problems() {
    let public = Client::public();
    public.get("/v1/nonsense").await.problem(404, "not_found");
    let refused = public.put("/v1/tags", Value::Null).await.problem(405, "method_not_allowed");
    assert_eq!(refused.header("allow"), "GET, POST");
}

/// Path, method and body of every operation.
fn operations() -> impl Iterator<Item = (&'static String, &'static String, &'static Value)> {
    let paths = instance().referee.document["paths"].as_object().unwrap();
    paths.iter().flat_map(|(path, item)| {
        let operations = item.as_object().unwrap().iter();
        operations.map(move |(method, operation)| (path, method, operation))
    })
}

fn resolved(value: &'static Value) -> &'static Value {
    match value["$ref"].as_str() {
        Some(target) => instance().referee.document.pointer(&target[1..]).unwrap(),
        None => value,
    }
}

#[tokio::test]
async fn examples_of_answers_are_what_their_schemas_say() {
    let mut count = 0;
    for (path, method, operation) in operations() {
        for (status, response) in operation["responses"].as_object().unwrap() {
            let Some(content) = resolved(response)["content"].as_object() else { continue };
            for (kind, media) in content.iter().filter(|(_, media)| !media["example"].is_null()) {
                let Some(target) = media["schema"]["$ref"].as_str() else { continue };
                let faults = instance().referee.faults(target, &media["example"]);
                assert!(faults.is_empty(), "{method} {path} {status} {kind}: {faults:#?}");
                count += 1;
            }
        }
    }
    assert!(count > 100, "only {count} answers have an example");
}

/// Operations whose example is refused although nothing is wrong with it.
const NOT_ACCEPTED: &[(&str, &str)] = &[
    ("acceptInvitation", "the token of an invitation exists once"),
    ("confirmRegistration", "the token of a registration exists once"),
    ("connectSlack", "Slack is another service"),
];

/// The person who sends it is the one of the examples, and ids are those of things that exist.
#[tokio::test]
async fn examples_of_requests_are_accepted() {
    let mut refused = Vec::new();
    for (path, method, operation) in operations() {
        let id = operation["operationId"].as_str().unwrap();
        let Some(content) = operation["requestBody"]["content"].as_object() else { continue };
        if NOT_ACCEPTED.iter().any(|(known, _)| *known == id) {
            continue;
        }
        for (kind, media) in content.iter().filter(|(kind, _)| !kind.starts_with("image/")) {
            assert!(!media["example"].is_null(), "{id} has no example of {kind}");
            let org = Organization::new().await;
            let things = Things::new(&org, id).await;
            let path = things.in_place_of_examples(path, operation);
            let body = things.in_place_of_examples(&media["example"].to_string(), operation);
            let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
            let client = org.owner.with("if-match", "*");
            let answer = client.send(method, &path, |request| {
                if kind == "multipart/form-data" {
                    request.multipart(form(&media["example"]))
                } else {
                    request.header("content-type", kind).body(body.clone())
                }
            });
            let answer = answer.await;
            if answer.status >= 300 {
                refused
                    .push(format!("{id} {kind}: {} {:#} for {body}", answer.status, answer.body));
            }
            if id == "batchPartners" || id == "batchDeals" {
                assert_eq!(answer.body["failed"], 0, "{:#}", answer.body);
            }
        }
    }
    assert!(refused.is_empty(), "{}", refused.join("\n"));
}

fn form(example: &Value) -> multipart::Form {
    let text = example["file"].as_str().unwrap().to_owned();
    let file = multipart::Part::bytes(text.into_bytes()).file_name("partners.csv");
    let form = multipart::Form::new().part("file", file);
    match &example["options"] {
        Value::Null => form,
        options => form.text("options", options.to_string()),
    }
}

/// What examples name, as it is in an organization.
struct Things {
    /// Text of the examples, and what stands in its place.
    texts: Vec<(String, String)>,
    /// For parameters of paths that are no ids.
    parameters: Vec<(&'static str, String)>,
}

impl Things {
    async fn new(org: &Organization, operation: &str) -> Self {
        let owner = &org.owner;
        let ground = json!({"name": "Ground", "type": "reseller"});
        let partner = owner.post("/v1/partners", ground).await.expect(201);
        let ptn = partner.id();
        let deal = json!({"partner_id": ptn, "name": "First", "account_name": unique("Account"),
            "status": "submitted"});
        let deal = owner.post("/v1/deals", deal).await.expect(201);
        let contact = json!({"partner_id": ptn, "name": "Lee"});
        let contact = owner.post("/v1/contacts", contact).await.expect(201);
        let tag = json!({"category": "services", "name": "First"});
        let tag = owner.post("/v1/tags", tag).await.expect(201);
        let view = owner.post("/v1/views", json!({"name": "First", "object": "partner"}));
        let view = view.await.expect(201);
        let item = json!({"kind": "workflow", "title": "First"});
        let item = owner.post(&format!("/v1/partners/{ptn}/plan-items"), item).await.expect(201);
        let key = json!({"name": "First", "scopes": ["tags:read"]});
        let key = owner.post("/v1/api-keys", key).await.expect(201);
        let tier = json!({"key": "first", "name": "First", "rank": 77});
        owner.post("/v1/tiers", tier).await.expect(201);
        let (_, viewer) = org.person("viewer").await;
        let members = owner.get("/v1/members").await.expect(200);
        let members = members.body["data"].as_array().unwrap().clone();
        let other = members.iter().find(|member| member["id"] == viewer).unwrap();

        let questions = json!({"is_open": true, "questions": [
            {"type": "short_text", "label": "Company name", "required": true,
                "maps_to": "partner.name"}],
            "agreements": [{"text": "You may store these data.", "required": true}]});
        let change_form = owner.with("if-match", "*");
        let form = change_form.patch("/v1/application-form", questions).await.expect(200);
        let token = form.body["public_token"].as_str().unwrap();
        let [question, agreement] = ["questions", "agreements"]
            .map(|part| form.body[part][0]["id"].as_str().unwrap().to_owned());
        let form_version = form.body["version"].to_string();
        let mut submission = String::new();
        if operation.ends_with("Submission") {
            let application = json!({"form_version": form.body["version"],
                "answers": [{"question_id": question, "value": "Ground Control"}],
                "accepted_agreement_ids": [agreement]});
            let path = format!("/v1/public/application-forms/{token}/submissions");
            Client::public().post(&path, application).await.expect(202);
            let sent = owner.get("/v1/application-submissions").await.expect(200);
            submission = sent.body["data"][0]["id"].as_str().unwrap().to_owned();
        }
        let of_examples = |prefix: &str, id: &str| {
            (format!("{prefix}_01kb1q3x5se7wtc2gnh2avw0fd"), id.to_owned())
        };
        let id = |answer: &Answer| answer.id().to_owned();
        let person = if operation == "signIn" { org.email.clone() } else { unique("ada") };
        let person = if person.contains('@') { person } else { format!("{person}@example.com") };
        Self {
            texts: vec![
                of_examples("ptn", ptn),
                of_examples("deal", &id(&deal)),
                of_examples("ctc", &id(&contact)),
                of_examples("tag", &id(&tag)),
                of_examples("view", &id(&view)),
                of_examples("plan", &id(&item)),
                of_examples("key", key.body["api_key"]["id"].as_str().unwrap()),
                of_examples("mem", other["id"].as_str().unwrap()),
                of_examples("sub", &submission),
                of_examples("qst", &question),
                of_examples("agr", &agreement),
                ("ada@acme.com".to_owned(), person),
                ("\"form_version\":41".to_owned(), format!("\"form_version\":{form_version}")),
                ("tall-grass-7-lanterns".to_owned(), PASSWORD.to_owned()),
            ],
            parameters: vec![
                ("{key}", "first".to_owned()),
                ("{token}", token.to_owned()),
                ("{fiscal_year}", "2026".to_owned()),
            ],
        }
    }

    /// A path or a body of the document as it is for this organization.
    fn in_place_of_examples(&self, text: &str, operation: &'static Value) -> String {
        let own = self.parameters.iter().map(|(from, to)| (*from, to));
        let mut text = own.fold(text.to_owned(), |text, (from, to)| text.replace(from, to));
        let parameters = operation["parameters"].as_array().into_iter().flatten().map(resolved);
        for parameter in parameters.filter(|parameter| parameter["in"] == "path") {
            let example = &resolved(&parameter["schema"])["examples"][0];
            let name = format!("{{{}}}", parameter["name"].as_str().unwrap());
            if let Some(example) = example.as_str() {
                text = text.replace(&name, example);
            }
        }
        self.texts.iter().fold(text, |text, (from, to)| text.replace(from.as_str(), to))
    }
}

/// What tools would fill in for a parameter is one that the operation takes.
#[tokio::test]
async fn examples_of_query_parameters_are_accepted() {
    let org = Organization::new().await;
    let things = Things::new(&org, "listPartners").await;
    let mut count = 0;
    for (path, _, operation) in operations().filter(|(_, method, _)| *method == "get") {
        // A stream does not end.
        if path.ends_with("/stream") || path.contains("/jobs/{id}") || path.contains("{n}") {
            continue;
        }
        let parameters = operation["parameters"].as_array().into_iter().flatten().map(resolved);
        for parameter in parameters.filter(|parameter| parameter["in"] == "query") {
            let example = &parameter["schema"]["examples"][0];
            let text = match example {
                Value::Null => continue,
                Value::Array(items) => items.iter().map(said).collect::<Vec<_>>().join(","),
                one => said(one),
            };
            let name = parameter["name"].as_str().unwrap();
            let path = things.in_place_of_examples(path, operation);
            let answer = org.owner.get(&format!("{path}?{name}={}", escaped(&text))).await;
            assert!(answer.status != 400, "{path} {name}={text}: {:#}", answer.body);
            count += 1;
        }
    }
    assert!(count > 300, "only {count} parameters have an example");
}

fn said(value: &Value) -> String {
    value.as_str().map_or(value.to_string(), str::to_owned)
}

fn escaped(text: &str) -> String {
    text.replace('%', "%25").replace(' ', "%20").replace('+', "%2B").replace('&', "%26")
}

/// The document for generators whose clients refuse words that they do not know.
#[tokio::test]
async fn enums_are_open_when_asked_for() {
    let public = Client::public();
    let open = public.get("/openapi.json?open_enums=true").await.expect(200);
    let closed = public.get("/openapi.json").await.expect(200);
    assert_ne!(open.header("etag"), closed.header("etag"));
    let mut count = 0;
    for (name, schema) in closed.body["components"]["schemas"].as_object().unwrap() {
        let other = &open.body["components"]["schemas"][name];
        assert_eq!(other["enum"], Value::Null, "{name}");
        if !schema["enum"].is_null() {
            assert_eq!(other["x-extensible-enum"], schema["enum"], "{name}");
            assert_eq!(other["type"], "string");
            count += 1;
        }
    }
    assert!(count > 40);
    public.get("/openapi.yaml?open_enums=false").await.expect(200);
    public.get("/openapi.json?open_enums=perhaps").await.problem(400, "invalid_parameter");
}
