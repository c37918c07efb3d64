//! What holds of every request: headers, versions, origins, and what comes of those that are
//! broken.

use std::time::Duration;

use harness::{Answer, Client, Organization, instance, unique};
use reqwest::{Method, StatusCode, header::HeaderMap};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

const ORIGIN: &str = "https://app.example.com";
const SETTINGS: &str = "/v1/organization";

async fn send(client: &Client, method: Method, path: &str) -> Answer {
    client.send(method, path, |request| request).await
}

/// A POST of a tag with these bytes.
async fn post_bytes(client: &Client, bytes: impl Into<reqwest::Body>) -> Answer {
    client
        .send(Method::POST, "/v1/tags", |request| {
            request.header("content-type", "application/json").body(bytes)
        })
        .await
}

/// What the server sends back for these very bytes until it closes the connection.
async fn raw(request: &[u8]) -> String {
    let mut stream =
        TcpStream::connect(instance().url.strip_prefix("http://").unwrap()).await.unwrap();
    stream.write_all(request).await.unwrap();
    let mut answer = Vec::new();
    // A reset is an answer too.
    let read = stream.read_to_end(&mut answer);
    tokio::time::timeout(Duration::from_secs(60), read)
        .await
        .expect("the server lets the connection go")
        .ok();
    String::from_utf8_lossy(&answer).into_owned()
}

/// The status in a raw answer; 0 when there was none.
fn status(answer: &str) -> u16 {
    answer
        .strip_prefix("HTTP/1.")
        .and_then(|rest| rest.get(2..5))
        .and_then(|status| status.parse().ok())
        .unwrap_or(0)
}

async fn preflight(path: &str, origin: &str, method: &str) -> (StatusCode, HeaderMap) {
    let request =
        reqwest::Client::new().request(Method::OPTIONS, format!("{}{path}", instance().url));
    let request = request.header("origin", origin).header("access-control-request-method", method);
    let answer = request
        .header("access-control-request-headers", "authorization,content-type,idempotency-key")
        .send()
        .await;
    let answer = answer.unwrap();
    (answer.status(), answer.headers().clone())
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

#[tokio::test]
async fn every_answer_has_an_id_that_problems_and_events_repeat() {
    let org = Organization::new().await;
    let (one, two) =
        (org.owner.get("/v1/me").await.expect(200), org.owner.get("/v1/me").await.expect(200));
    assert!(
        one.header("request-id").starts_with("req_")
            && one.header("request-id") != two.header("request-id")
    );
    let refused = org.owner.get("/v1/nonsense").await.problem(404, "not_found");
    assert_eq!(refused.header("request-id"), refused.body["request_id"]);
    assert_eq!(refused.body["instance"], "/v1/nonsense");
    assert_eq!(refused.header("content-type"), "application/problem+json");
    let traced =
        org.owner.with("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
    let tag =
        traced.post("/v1/tags", json!({"category": "services", "name": "Cloud"})).await.expect(201);
    let told = org.owner.all("/v1/events?types=tag.created").await;
    assert_eq!(told[0]["request_id"], tag.header("request-id"));
    org.owner.with("traceparent", "nonsense").get("/v1/me").await.expect(200);
}

#[tokio::test]
async fn answers_are_not_sniffed_nor_cached_by_others() {
    let org = Organization::new().await;
    let versioned = org.owner.get("/v1/organization").await.expect(200);
    assert_eq!(versioned.header("cache-control"), "no-cache, private");
    let key = json!({"name": "Sync", "scopes": ["partners:read"]});
    let key = org.owner.post("/v1/api-keys", key).await.expect(201);
    let id = key.body["api_key"]["id"].as_str().unwrap().to_owned();
    let invited = json!({"email": format!("{}@example.com", unique("ann")), "role": "member"});
    for answer in [
        org.owner.get("/v1/me").await,
        org.owner.get("/v1/nonsense").await,
        org.owner.get("/v1/partners").await,
        org.owner.get("/v1/api-keys").await,
        org.owner.get(&format!("/v1/api-keys/{id}")).await,
        org.owner.post("/v1/members", invited).await,
        org.owner.get("/v1/members").await,
        org.owner.get("/v1/auth/sessions").await,
        key,
    ] {
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{}", answer.request);
        assert_eq!(answer.header("cache-control"), "no-store", "{}", answer.request);
    }
}

#[tokio::test]
async fn what_has_not_changed_is_not_sent_again() {
    let org = Organization::new().await;
    let read = org.owner.get(SETTINGS).await.expect(200);
    let tag = read.header("etag").to_owned();
    for same in [tag.clone(), format!("W/{tag}"), format!("\"99\", {tag}"), "*".to_owned()] {
        let answer = org.owner.with("if-none-match", &same).get(SETTINGS).await.expect(304);
        assert_eq!((answer.header("etag"), answer.bytes.len()), (tag.as_str(), 0));
    }
    for other in ["\"99\"", "nonsense", ""] {
        org.owner.with("if-none-match", other).get(SETTINGS).await.expect(200);
    }
    org.owner.patch(SETTINGS, json!({"name": "Changed"})).await.expect(200);
    org.owner.with("if-none-match", &tag).get(SETTINGS).await.expect(200);
    // A refusal is no version of anything.
    org.owner.with("if-none-match", "*").get("/v1/tags/nonsense").await.problem(404, "not_found");
}

#[tokio::test]
async fn a_write_can_insist_on_a_version() {
    let org = Organization::new().await;
    let with = |value: &str| org.owner.with("if-match", value);
    with("*").patch(SETTINGS, json!({"name": "One"})).await.expect(200);
    with("\"2\"").patch(SETTINGS, json!({"name": "Two"})).await.expect(200);
    let refused = with("\"2\"")
        .patch(SETTINGS, json!({"name": "Three"}))
        .await
        .problem(412, "version_mismatch");
    assert_eq!(refused.body["meta"]["current_version"], 3);
    // RFC 9110: members of a list may be empty, and a tag of something else matches nothing.
    for other in ["\"two\"", "\"\"", "\"9999999999999999999999\"", "\"2\", ,\"a,b\"", "\"x.3\""] {
        with(other).patch(SETTINGS, json!({"name": "x"})).await.problem(412, "version_mismatch");
    }
    for wrong in ["nonsense", "2", "\"3\" \"3\"", "\"3", ",", "", "*, \"3\""] {
        let refused =
            with(wrong).patch(SETTINGS, json!({"name": "x"})).await.problem(400, "invalid_header");
        assert_eq!(refused.faults()["If-Match"], "invalid_header");
    }
    with("\"1\", ,W/\"3.7\",").patch(SETTINGS, json!({"name": "Three"})).await.expect(200);
    let parallel =
        futures_util::future::join_all(
            (0..8).map(|number| {
                let client = with("\"4\"");
                async move {
                    client.patch(SETTINGS, json!({"name": format!("Name {number}")})).await.status
                }
            }),
        );
    assert_eq!(parallel.await.iter().filter(|status| **status == 200).count(), 1);
}

#[tokio::test]
async fn pages_of_known_origins_may_call_and_only_sign_in_takes_cookies() {
    for (path, credentials) in [("/v1/partners", ""), ("/v1/auth/refreshes", "true")] {
        let (status, headers) = preflight(path, ORIGIN, "POST").await;
        assert!(status.is_success(), "{status}");
        assert_eq!(text(&headers, "access-control-allow-origin"), ORIGIN);
        assert_eq!(text(&headers, "access-control-allow-credentials"), credentials, "{path}");
        assert!(text(&headers, "access-control-allow-methods").contains("PATCH"));
        assert!(
            text(&headers, "access-control-allow-headers")
                .to_lowercase()
                .contains("idempotency-key")
        );
        assert_eq!(text(&headers, "access-control-max-age"), "3600");
        assert!(text(&headers, "vary").to_lowercase().contains("origin"));
    }
    let org = Organization::new().await;
    let answer = org.owner.with("origin", ORIGIN).get("/v1/me").await.expect(200);
    assert_eq!(answer.header("access-control-allow-origin"), ORIGIN);
    assert_eq!(answer.header("access-control-allow-credentials"), "");
    let exposed = answer.header("access-control-expose-headers").to_lowercase();
    for name in [
        "etag",
        "location",
        "link",
        "request-id",
        "ratelimit",
        "ratelimit-policy",
        "retry-after",
        "idempotency-replayed",
    ] {
        assert!(exposed.split(',').any(|one| one.trim() == name), "{name} is not in {exposed}");
    }
    let refused =
        org.owner.with("origin", ORIGIN).get("/v1/nonsense").await.problem(404, "not_found");
    assert_eq!(
        refused.header("access-control-allow-origin"),
        ORIGIN,
        "pages may read problems too"
    );
}

#[tokio::test]
async fn pages_of_other_origins_are_told_nothing() {
    for origin in [
        "https://evil.example",
        "null",
        "https://app.example.com.evil.example",
        "http://app.example.com",
    ] {
        let (status, headers) = preflight("/v1/partners", origin, "POST").await;
        assert!(!status.is_server_error());
        assert!(headers.get("access-control-allow-origin").is_none(), "{origin}");
        let org = Client::public()
            .with("origin", origin)
            .get("/v1/me")
            .await
            .problem(401, "missing_credentials");
        assert_eq!(org.header("access-control-allow-origin"), "");
    }
}

#[tokio::test]
async fn a_preflight_that_is_refused_is_a_problem_too() {
    for (origin, method) in
        [("https://evil.example", "POST"), (ORIGIN, "TRACE"), ("nonsense", "GET"), (ORIGIN, "")]
    {
        let request =
            reqwest::Client::new().request(Method::OPTIONS, format!("{}/v1/tags", instance().url));
        let answer = request
            .header("origin", origin)
            .header("access-control-request-method", method)
            .send()
            .await
            .unwrap();
        let (status, kind) = (answer.status(), text(answer.headers(), "content-type").to_owned());
        assert!(status.is_client_error(), "{origin} {method}: {status}");
        assert_eq!(kind, "application/problem+json", "{origin} {method}");
        assert!(answer.headers().contains_key("request-id"));
        assert_eq!(text(answer.headers(), "x-content-type-options"), "nosniff");
        assert_eq!(text(answer.headers(), "cache-control"), "no-store");
    }
}

#[tokio::test]
async fn a_method_that_a_path_does_not_take_is_refused_with_those_it_takes() {
    let org = Organization::new().await;
    for (path, allowed) in
        [("/v1/tags", "GET, POST"), ("/v1/organization", "GET, PATCH"), ("/healthz", "GET")]
    {
        let refused = org.owner.delete(path).await.problem(405, "method_not_allowed");
        assert_eq!(refused.header("allow"), allowed);
    }
    for method in ["OPTIONS", "TRACE", "PROPFIND"] {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        send(&org.owner, method, "/v1/tags").await.problem(405, "method_not_allowed");
    }
    for path in [
        "/",
        "/v1",
        "/v1/",
        "/v1/tags/",
        "/v2/tags",
        "/V1/tags",
        "//v1/tags",
        "/v1//tags",
        "/v1/tags/a/b",
        "/%00",
        "/%ff",
    ] {
        send(&org.owner, Method::POST, path).await.problem(404, "not_found");
    }
}

#[tokio::test]
async fn head_is_get_without_the_body() {
    let org = Organization::new().await;
    let http = reqwest::Client::new();
    for (path, token) in [("/healthz", ""), (SETTINGS, org.owner.token()), ("/openapi.json", "")] {
        let url = format!("{}{path}", instance().url);
        let answer = http.head(url).bearer_auth(token).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        assert_eq!(text(answer.headers(), "content-type"), "application/json");
        assert!(answer.bytes().await.unwrap().is_empty());
    }
    let refused = http.head(format!("{}{SETTINGS}", instance().url)).send().await.unwrap();
    assert_eq!(refused.status(), 401);
}

#[tokio::test]
async fn bodies_that_are_too_large_are_refused_however_they_come() {
    let org = Organization::new().await;
    let large = vec![b' '; (1 << 20) + 1];
    post_bytes(&org.owner, large.clone()).await.problem(413, "body_too_large");
    let chunks = futures_util::stream::iter(
        large
            .chunks(1 << 16)
            .map(|chunk| Ok::<_, std::io::Error>(chunk.to_vec()))
            .collect::<Vec<_>>(),
    );
    post_bytes(&org.owner, reqwest::Body::wrap_stream(chunks)).await.problem(413, "body_too_large");
    let fits =
        [br#"{"category": "services", "name": "Cloud"}"#.to_vec(), vec![b' '; (1 << 20) - 60]]
            .concat();
    post_bytes(&org.owner, fits).await.expect(201);
    let huge = format!(
        "POST /v1/tags HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\ncontent-type: \
            application/json\r\n\
         content-length: 99999999999\r\nconnection: close\r\n\r\n",
        org.owner.token()
    );
    assert_eq!(status(&raw(huge.as_bytes()).await), 413);
}

#[tokio::test]
async fn bodies_that_are_no_text_or_no_json_are_refused() {
    let org = Organization::new().await;
    let deep = "[".repeat(50_000);
    let broken: [&[u8]; 12] = [
        b"",
        b"{",
        b"nul",
        b"{\"name\": \xff}",
        b"\xff\xfe{\x00}\x00",
        b"\xef\xbb\xbf",
        deep.as_bytes(),
        b"{\"name\": 1e999}",
        br#"{"name": "\ud800"}"#,
        b"{\"name\": \"a\x00b\"}",
        b"{\"name\": \"a\nb\"}",
        b"{} {}",
    ];
    for bytes in broken {
        post_bytes(&org.owner, bytes.to_vec()).await.problem(400, "malformed_json");
    }
    let nul =
        post_bytes(&org.owner, br#"{"category": "services", "name": "a\u0000b"}"#.to_vec()).await;
    assert_eq!(nul.problem(422, "validation_failed").faults()["#/name"], "invalid_format");
    for not_an_object in ["[]", "1", "\"text\"", "true"] {
        let refused = post_bytes(&org.owner, not_an_object.to_owned())
            .await
            .problem(422, "validation_failed");
        assert_eq!(refused.faults()["#"], "wrong_type", "{not_an_object}");
    }
    assert!(org.owner.all("/v1/tags").await.is_empty());
}

#[tokio::test]
async fn media_types_are_what_the_document_says() {
    let org = Organization::new().await;
    let body = br#"{"category": "services", "name": "Cloud"}"#;
    let of = |kind: &'static str, method: Method, path: &'static str| {
        let client = org.owner.clone();
        async move {
            client
                .send(method, path, |request| {
                    request.header("content-type", kind).body(body.to_vec())
                })
                .await
        }
    };
    for kind in [
        "text/plain",
        "application/xml",
        "application/x-www-form-urlencoded",
        "application/merge-patch+json",
        "",
    ] {
        of(kind, Method::POST, "/v1/tags").await.problem(415, "unsupported_media_type");
    }
    of("application/json; charset=utf-8", Method::POST, "/v1/tags").await.expect(201);
    for kind in ["application/merge-patch+json", "application/json", "Application/JSON"] {
        of(kind, Method::PATCH, SETTINGS).await.problem(422, "validation_failed");
    }
    of("application/json-patch+json", Method::PATCH, SETTINGS)
        .await
        .problem(415, "unsupported_media_type");
}

#[tokio::test]
async fn http_that_is_none_gets_a_refusal_and_never_a_failure() {
    let org = Organization::new().await;
    let head =
        format!("host: x\r\nauthorization: Bearer {}\r\nconnection: close\r\n", org.owner.token());
    let of = |line: &str, headers: &str, body: &str| {
        format!("{line}\r\n{head}{headers}\r\n{body}").into_bytes()
    };
    for (request, wanted) in [
        (b"GET /healthz HTTP/1.0\r\n\r\n".to_vec(), &[200][..]),
        (of("GET /v1/me HTTP/1.0", "", ""), &[200]),
        (of("GET http://elsewhere.example/v1/me HTTP/1.1", "", ""), &[200, 400, 404]),
        (of("GET /v1/../v1/me HTTP/1.1", "", ""), &[400, 404]),
        (of("GET /v1/me?%00%ff=%zz HTTP/1.1", "", ""), &[400]),
        (of("GET /v1/me", "", ""), &[0, 400]),
        (of("GET /v1/me HTTP/9.9", "", ""), &[0, 400]),
        (of("GET \0 HTTP/1.1", "", ""), &[0, 400]),
        (of("GET /v1/tags?q=\u{e9} HTTP/1.1", "", ""), &[0, 200, 400]),
        (of("GET /v1/me HTTP/1.1", "x: a\r\n b\r\n", ""), &[0, 200, 400]),
        (of("GET /v1/me HTTP/1.1", "no colon\r\n", ""), &[0, 400]),
        (of("OPTIONS * HTTP/1.1", "", ""), &[400, 404, 405]),
        (of("CONNECT x:443 HTTP/1.1", "", ""), &[0, 400, 404, 405]),
        (of("POST /v1/tags HTTP/1.1", "content-length: -1\r\n", ""), &[0, 400]),
        (
            of("POST /v1/tags HTTP/1.1", "content-length: 2\r\ncontent-length: 3\r\n", "{}"),
            &[0, 400],
        ),
        (
            of(
                "POST /v1/tags HTTP/1.1",
                "content-length: 2\r\ntransfer-encoding: chunked\r\n",
                "0\r\n\r\n",
            ),
            &[0, 400, 415],
        ),
        (
            of(
                "POST /v1/tags HTTP/1.1",
                "content-type: application/json\r\ntransfer-encoding: chunked\r\n",
                "zz\r\n",
            ),
            &[0, 400],
        ),
        (of("POST /v1/tags HTTP/1.1", "content-type: application/json\r\n", ""), &[400]),
        (of("GET /v1/me HTTP/1.1", &format!("x: {}\r\n", "y".repeat(200_000)), ""), &[0, 400, 431]),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".repeat(20), &[0, 400]),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(), &[0, 400]),
    ] {
        let answer = raw(&request).await;
        let line = String::from_utf8_lossy(&request[..request.len().min(60)]).into_owned();
        assert!(wanted.contains(&status(&answer)), "{line:?} gets {answer}");
    }
    org.owner.get("/v1/me").await.expect(200);
}

#[tokio::test]
async fn clients_that_dawdle_are_let_go() {
    let org = Organization::new().await;
    let head = raw(b"GET /v1/me HTTP/1.1\r\nhost: x\r\n");
    let body = format!(
        "POST /v1/tags HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\ncontent-type: \
            application/json\r\n\
         content-length: 100\r\nconnection: close\r\n\r\n{{",
        org.owner.token()
    );
    let (head, body) = tokio::join!(head, raw(body.as_bytes()));
    assert_eq!(status(&head), 408, "{head}");
    assert_eq!(status(&body), 408, "{body}");
    assert!(body.contains("request_timeout"), "{body}");
}

/// Every operation with every kind of value in every place: nothing may be a failure of ours.
#[tokio::test]
async fn no_value_of_a_parameter_makes_the_server_fail() {
    let org = Organization::new().await;
    let weird = [
        "",
        "%00",
        "%ff",
        "%",
        "-1",
        "999999999999999999999",
        "a,b,,%5C",
        "%F0%9F%92%A9",
        "null",
        "*",
        "'--",
        "tag_x",
        "c1.e30",
    ];
    for (path, item) in instance().referee.document["paths"].as_object().unwrap() {
        let Some(operation) = item.get("get") else { continue };
        let parameters: Vec<&Value> =
            operation["parameters"].as_array().into_iter().flatten().collect();
        let own = parameters.iter().filter_map(|parameter| resolved(parameter)["name"].as_str());
        let path = path.replace("{id}", &org.id.to_string());
        for name in own.take(40) {
            for value in weird {
                let answer = org.owner.get(&format!("{path}?{name}={value}")).await;
                assert!(answer.status < 500, "{}: {}", answer.request, answer.body);
            }
        }
    }
}

fn resolved(value: &Value) -> &Value {
    match value["$ref"].as_str() {
        Some(target) => instance().referee.document.pointer(&target[1..]).unwrap(),
        None => value,
    }
}

#[tokio::test]
async fn no_value_of_a_property_makes_the_server_fail() {
    let org = Organization::new().await;
    let weird = [
        json!(null),
        json!(true),
        json!(-1),
        json!(1.5),
        json!(1e300),
        json!(9_007_199_254_740_993_u64),
        json!(""),
        json!("\u{0}"),
        json!("\u{202e}\u{feff}"),
        json!("x".repeat(100_000)),
        json!([]),
        json!([null, [[]]]),
        json!({}),
        json!({"a": {"b": null}}),
    ];
    for (path, item) in instance().referee.document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let content = &operation["requestBody"]["content"];
            let example = content
                .as_object()
                .and_then(|content| content.iter().find(|(kind, _)| kind.ends_with("json")));
            let Some((kind, example)) = example.map(|(kind, content)| (kind, &content["example"]))
            else {
                continue;
            };
            let path = path.replace("{id}", &org.id.to_string());
            for property in example.as_object().into_iter().flatten().map(|(name, _)| name) {
                for value in &weird {
                    let mut body = example.clone();
                    body[property] = value.clone();
                    let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
                    let build = |request: reqwest::RequestBuilder| {
                        request.header("content-type", kind).body(body.to_string())
                    };
                    let answer = org.owner.send(method, &path, build).await;
                    assert!(
                        answer.status < 500,
                        "{} {property} {value}: {}",
                        answer.request,
                        answer.body
                    );
                }
            }
        }
    }
}

/// JSON has one kind of number: 1000.0 is the integer 1000, in bodies as in filters.
#[tokio::test]
async fn a_number_without_a_fraction_is_an_integer() {
    let org = Organization::new().await;
    let partner =
        json!({"name": "Acme", "type": "reseller", "employees": 55.0, "company_revenue": 1e6});
    let made = org.owner.post("/v1/partners", partner).await.expect(201);
    assert_eq!(
        (&made.body["employees"], &made.body["company_revenue"]),
        (&json!(55), &json!(1_000_000))
    );
    let path = format!("/v1/partners/{}", made.id());
    let refused = org.owner.patch(&path, json!({"employees": 55.5})).await;
    assert_eq!(refused.problem(422, "validation_failed").faults()["#/employees"], "wrong_type");
    let filter = json!({"op": "between", "field": "employees", "value": [55.0, 1e2]});
    let query = json!({"filter": filter, "limit": 10.0});
    let found = org.owner.post("/v1/partners/query", query).await.expect(200);
    assert_eq!(found.body["data"].as_array().unwrap().len(), 1);
}

/// RFC 7396: what is absent inside of an object stays as well.
#[tokio::test]
async fn merge_patches_merge_objects() {
    let org = Organization::new().await;
    let partner = json!({"name": "Acme", "type": "reseller"});
    let made = org.owner.post("/v1/partners", partner).await.expect(201);
    let path = format!("/v1/partners/{}", made.id());
    let some = json!({"quarterly_weights": {"q1": 4000, "q2": 1000}});
    let all = json!({"q1": 4000, "q2": 1000, "q3": 2500, "q4": 2500});
    let changed = org.owner.patch(&path, some.clone()).await.expect(200);
    assert_eq!(changed.body["quarterly_weights"], all);
    // The same again changes nothing, by whichever way it comes.
    let plan = org.owner.patch(&format!("{path}/joint-plan"), some).await.expect(200);
    assert_eq!((&plan.body["quarterly_weights"], plan.version()), (&all, changed.version()));
    for (wrong, place, code) in [
        (json!({"q1": 1}), "#/quarterly_weights", "weights_not_100_percent"),
        (json!({"q1": null}), "#/quarterly_weights/q1", "not_nullable"),
        (json!({"q5": 1}), "#/quarterly_weights/q5", "unknown_field"),
    ] {
        for path in [path.clone(), format!("{path}/joint-plan")] {
            let body = json!({"quarterly_weights": wrong});
            let refused = org.owner.patch(&path, body).await.problem(422, "validation_failed");
            assert_eq!(refused.faults()[place], code, "{path}");
        }
    }
    let incomplete =
        json!({"name": "Beta", "type": "reseller", "quarterly_weights": {"q1": 10000}});
    let refused = org.owner.post("/v1/partners", incomplete).await;
    let refused = refused.problem(422, "validation_failed");
    assert_eq!(refused.faults()["#/quarterly_weights/q2"], "required");

    let profile = "/v1/ideal-partner-profile";
    let before = org.owner.get(profile).await.expect(200);
    let seen = org.owner.with("if-match", before.header("etag"));
    let wrong = json!({"weights": {"capacity": 1}});
    let refused = seen.patch(profile, wrong).await.problem(422, "validation_failed");
    assert_eq!(refused.faults()["#/weights"], "weights_not_100_percent");
    let weights = before.body["weights"].as_object().unwrap();
    let moved = |name: &str, by: i64| weights[name].as_i64().unwrap() + by;
    let some = json!({"capacity": moved("capacity", 100), "commitment": moved("commitment", -100)});
    let after = seen.patch(profile, json!({"weights": some})).await.expect(200);
    let mut wanted = before.body["weights"].clone();
    for name in ["capacity", "commitment"] {
        wanted[name] = some[name].clone();
    }
    assert_eq!(after.body["weights"], wanted);
}

/// Four documents are changed by merge patches; they were put, and kept what was absent.
#[tokio::test]
async fn documents_whose_absent_properties_stay_are_patched_not_put() {
    let org = Organization::new().await;
    for path in [
        "/v1/tier-policy",
        "/v1/ideal-partner-profile",
        "/v1/application-form",
        "/v1/application-form/notifications",
    ] {
        let before = org.owner.get(path).await.expect(200);
        org.owner.put(path, json!({})).await.problem(405, "method_not_allowed");
        org.owner.patch(path, json!({})).await.problem(428, "if_match_required");
        let seen = org.owner.with("if-match", before.header("etag"));
        assert_eq!(seen.patch(path, json!({})).await.expect(200).body, before.body, "{path}");
        let plain = seen.send(Method::PATCH, path, |request| {
            request.header("content-type", "application/json").body("{}")
        });
        let plain = plain.await;
        assert_eq!(plain.expect(200).body, before.body, "{path} as application/json");
    }
}

/// What a resource shows beside its version comes from other records: the tag names it, too.
#[tokio::test]
async fn a_tag_changes_with_whatever_a_resource_shows() {
    let org = Organization::new().await;
    let owner = &org.owner;
    let partner = owner.post("/v1/partners", json!({"name": "Acme", "type": "reseller"})).await;
    let partner = format!("/v1/partners/{}", partner.expect(201).id());
    let create = async |path: &str, body: Value| owner.post(path, body).await.expect(201);
    let tag = create("/v1/tags", json!({"name": "Cloud", "category": "regions"})).await;
    let filter = json!({"op": "any", "field": "tag_ids", "value": [tag.id()]});
    let view = create("/v1/views", json!({"name": "V", "object": "partner", "filter": filter}));
    let view = format!("/v1/views/{}", view.await.id());
    let partner_id = partner.rsplit('/').next().unwrap().to_owned();
    let contact = json!({"partner_id": partner_id, "name": "Ann"});
    let contact = create("/v1/contacts", contact).await;
    let contact = contact.header("location").to_owned();
    let item = json!({"kind": "integration", "title": "One"});
    let item = create(&format!("{partner}/plan-items"), item).await;
    let (plan, tag_path) = (format!("{partner}/joint-plan"), format!("/v1/tags/{}", tag.id()));
    let tier = owner.get("/v1/tiers").await.expect(200).body["data"][0]["key"].clone();
    let tier = format!("/v1/tiers/{}", tier.as_str().unwrap());
    let paths = [
        &partner,
        &plan,
        &tag_path,
        &view,
        &contact,
        item.header("location"),
        &tier,
        "/v1/tier-policy",
        "/v1/application-form",
        "/v1/organization",
        "/v1/ideal-partner-profile",
    ];
    let paths: Vec<String> = paths.iter().map(ToString::to_string).collect();
    let read = async || {
        let mut all = Vec::new();
        for path in &paths {
            let answer = owner.get(path).await;
            all.push(
                (answer.status == 200)
                    .then(|| (answer.bytes.clone(), answer.header("etag").to_owned())),
            );
        }
        all
    };
    let score = json!({"partner_ids": [partner_id], "force": true});
    let other = json!({"kind": "workflow", "title": "Two"});
    let other_contact = json!({"partner_id": partner_id, "name": "Bob"});
    let tags = json!([tag.id()]);
    let deal = json!({"partner_id": partner_id, "name": "D", "account_name": "A",
        "value": 5, "registered_on": "2026-11-01", "motion": "product"});
    let steps: Vec<(&str, String, Value)> = vec![
        ("POST", format!("{partner}/plan-items"), other),
        ("PATCH", partner.clone(), json!({"tag_ids": tags})),
        ("POST", "/v1/score-refreshes".to_owned(), score),
        ("POST", "/v1/contacts".to_owned(), other_contact),
        ("PATCH", partner.clone(), json!({"primary_contact_id": null})),
        ("POST", "/v1/deals".to_owned(), deal),
        ("POST", "/v1/tier-evaluations".to_owned(), json!({})),
        ("PATCH", "/v1/organization".to_owned(), json!({"fiscal_year_start_month": 7})),
        ("PATCH", "/v1/ideal-partner-profile".to_owned(), json!({"narrative": "Other"})),
        ("DELETE", tag_path.clone(), json!(null)),
    ];
    let (mut before, mut changed) = (read().await, 0);
    for (method, path, body) in steps {
        let any = owner.with("if-match", "*");
        let answer = match method {
            "POST" => owner.post(&path, body).await,
            "PATCH" => any.patch(&path, body).await,
            _ => any.delete(&path).await,
        };
        assert!(answer.status < 300, "{method} {path}: {:?}", answer.body);
        if answer.status == 202 {
            owner.wait(answer.id()).await;
        }
        let after = read().await;
        for ((path, before), after) in paths.iter().zip(&before).zip(&after) {
            let (Some(before), Some(after)) = (before, after) else { continue };
            if before.0 != after.0 {
                assert_ne!(before.1, after.1, "{path} after {method}");
                changed += 1;
            }
        }
        before = after;
    }
    assert!(changed >= 10, "{changed}");
}
