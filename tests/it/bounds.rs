//! What a caller sends never decides what it costs: every list, filter, header, query, path and
//! body of the document at its largest, and how long the answers are.

use std::time::{Duration, Instant};

use harness::{Answer, Client, Organization, instance, neighbour};
use reqwest::{
    Method,
    multipart::{Form, Part},
};
use serde_json::{Map, Value, json};

/// Bytes of the longest answer to a request that is refused.
const MAX_REFUSAL: usize = 64 << 10;
/// Bytes of the longest query string.
const MAX_QUERY: usize = 8 << 10;
/// Longer than any single request takes on a busy machine; what grows with the square of a request
/// takes minutes.
const PATIENCE: Duration = Duration::from_secs(15);

/// An operation of the document.
struct Operation {
    method: Method,
    path: String,
    body: &'static Value,
}

impl Operation {
    fn all() -> impl Iterator<Item = Self> {
        let paths = instance().referee.document["paths"].as_object().unwrap();
        paths.iter().flat_map(|(path, item)| {
            let methods =
                item.as_object().unwrap().iter().filter(|(name, _)| *name != "parameters");
            methods.map(move |(method, body)| Self {
                method: Method::from_bytes(method.to_uppercase().as_bytes()).unwrap(),
                path: path.clone(),
                body,
            })
        })
    }

    fn is_get(&self) -> bool {
        self.method == Method::GET
    }

    /// Its parameters, behind their references.
    fn parameters(&self) -> impl Iterator<Item = &'static Value> + use<> {
        self.body["parameters"].as_array().into_iter().flatten().map(resolved)
    }

    /// A path whose parameters are well-formed.
    fn path(&self) -> String {
        let mut path = self.path.clone();
        for parameter in self.parameters().filter(|parameter| parameter["in"] == "path") {
            let schema = resolved(&parameter["schema"]);
            let example = [&parameter["example"], &schema["examples"][0], &schema["example"]]
                .into_iter()
                .find(|example| !example.is_null());
            let text = example.map_or("1".into(), |value| match value {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            });
            path = path.replace(&format!("{{{}}}", parameter["name"].as_str().unwrap()), &text);
        }
        path
    }

    /// The schema of its JSON body.
    fn json_body(&self) -> Option<(&'static str, &'static Value)> {
        let content = self.body["requestBody"]["content"].as_object()?;
        let (kind, content) = content.iter().find(|(kind, _)| kind.ends_with("json"))?;
        Some((kind, resolved(&content["schema"])))
    }
}

fn resolved(value: &'static Value) -> &'static Value {
    match value["$ref"].as_str() {
        Some(target) => instance().referee.document.pointer(&target[1..]).unwrap(),
        None => value,
    }
}

/// The answer to a hostile request: refused or not, it is short, and soon there.
async fn short(what: &str, answer: impl Future<Output = Answer>) -> Answer {
    let since = Instant::now();
    let answer = answer.await;
    let (bytes, time) = (answer.bytes.len(), since.elapsed());
    assert!(answer.status < 500, "{what}: {} {:#}", answer.request, answer.body);
    if answer.status >= 400 {
        assert!(bytes <= MAX_REFUSAL, "{what}: {} answers {bytes} bytes", answer.request);
        assert!(answer.body["errors"].as_array().unwrap().len() <= 100, "{what}");
    }
    assert!(time <= PATIENCE, "{what}: {} takes {time:?}", answer.request);
    answer
}

/// Names of three letters, one after the other.
fn names() -> impl Iterator<Item = String> {
    let letters = || b'a'..=b'z';
    letters().flat_map(move |a| {
        letters()
            .flat_map(move |b| letters().map(move |c| String::from_utf8(vec![a, b, c]).unwrap()))
    })
}

/// As much of it as fits into a query string.
fn filled(parts: impl Iterator<Item = String>, between: &str) -> String {
    let mut text = String::new();
    for part in parts {
        if text.len() + part.len() + between.len() > MAX_QUERY {
            break;
        }
        if !text.is_empty() {
            text.push_str(between);
        }
        text.push_str(&part);
    }
    text
}

/// Any request, whatever the document says.
async fn raw(client: &Client, path: &str) -> (u16, Value, usize) {
    let url = format!("{}{path}", instance().url);
    let request = reqwest::Client::new().get(url).bearer_auth(client.token());
    let answer = request.send().await.unwrap();
    let status = answer.status().as_u16();
    let bytes = answer.bytes().await.unwrap();
    (status, serde_json::from_slice(&bytes).unwrap_or_default(), bytes.len())
}

#[tokio::test]
async fn a_query_string_has_at_most_8_kib_wherever_it_stands() {
    let org = Organization::new().await;
    let long = names().take(12_000).collect::<Vec<_>>().join("&");
    for path in [
        "/healthz",
        "/readyz",
        "/openapi.json",
        "/docs",
        "/nowhere",
        "/v1/partners",
        "/v1/public/application-forms/x",
    ] {
        for client in [&Client::public(), &org.owner] {
            let (status, problem, bytes) = raw(client, &format!("{path}?{long}")).await;
            assert_eq!((status, &problem["code"]), (414, &json!("query_too_long")), "{path}");
            assert!(bytes < 1_000 && problem["meta"]["max_bytes"] == MAX_QUERY, "{problem}");
        }
    }
    let just = format!("q={}", "a".repeat(MAX_QUERY - 2));
    org.owner.get(&format!("/v1/partners?{just}")).await.problem(400, "invalid_parameter");
    org.owner.get(&format!("/v1/partners?{just}a")).await.problem(414, "query_too_long");
}

#[tokio::test]
async fn faults_end_at_a_hundred_and_say_once_what_is_allowed() {
    let org = Organization::new().await;
    let unknown = filled(names(), "&");
    for operation in Operation::all().filter(|operation| operation.is_get()) {
        let path = format!("{}?{unknown}", operation.path());
        let answer = short("unknown names", org.owner.get(&path)).await;
        if answer.status == 400 {
            assert_eq!(answer.body["errors"].as_array().unwrap().len(), 100, "{path}");
            assert!(answer.body["meta"]["allowed"].is_array(), "{path}");
        }
    }
    let one = org.owner.get("/v1/partners?indsutry=x").await.problem(400, "invalid_parameter");
    assert_eq!(one.body["errors"][0]["meta"]["did_you_mean"], "industry");
    assert!(one.body["errors"][0]["meta"]["allowed"].as_array().unwrap().len() > 50);
}

#[tokio::test]
async fn every_query_parameter_at_its_longest_has_a_short_answer() {
    let org = Organization::new().await;
    let many = filled(names(), ",");
    for operation in Operation::all().filter(|operation| operation.is_get()) {
        let path = operation.path();
        for parameter in operation.parameters().filter(|parameter| parameter["in"] == "query") {
            let name = parameter["name"].as_str().unwrap();
            let room = MAX_QUERY - name.len() - 1;
            let list = format!("{path}?{name}={}", &many[..room]);
            short("a list", org.owner.get(&list)).await;
            let again = format!("{name}=abc");
            let repeated = filled(std::iter::repeat_n(again, MAX_QUERY), "&");
            short("repeated", org.owner.get(&format!("{path}?{repeated}"))).await;
        }
    }
}

#[tokio::test]
async fn every_body_at_its_largest_has_a_short_answer() {
    let org = Organization::new().await;
    let size = 300_000;
    let keys = |bytes: usize| -> Map<String, Value> {
        (0..bytes / 20).map(|n| (format!("unknown_{n:06}"), json!(0))).collect()
    };
    // How much one property is filled with, when all are.
    let shapes: [(&str, &dyn Fn(usize) -> Value); 7] = [
        ("a text", &|bytes| "x".repeat(bytes).into()),
        ("marks", &|bytes| "\u{301}\u{327}".repeat(bytes / 4).into()),
        ("texts", &|bytes| vec!["xyz"; bytes / 20].into()),
        ("numbers", &|bytes| (0..bytes / 20).collect()),
        ("objects", &|bytes| vec![json!({"unknown": 1}); bytes / 30].into()),
        ("wrong objects", &|bytes| json!([keys(bytes)])),
        ("keys", &|bytes| keys(bytes).into()),
    ];
    for operation in Operation::all() {
        let Some((kind, schema)) = operation.json_body() else { continue };
        let path = operation.path();
        let send = async |what: &str, body: Value| {
            let build = |request: reqwest::RequestBuilder| {
                request.header("content-type", kind).body(body.to_string())
            };
            let answer = org.owner.send(operation.method.clone(), &path, build);
            short(&format!("{what} to {path}"), answer).await
        };
        let answer = send("unknown properties", keys(size).into()).await;
        assert!(answer.status >= 400, "{path}");
        let one = json!({"x".repeat(size): 1});
        send("a long name", one).await;
        let nothing = Map::new();
        let properties = schema["properties"].as_object().unwrap_or(&nothing);
        for (what, shape) in shapes {
            let value = shape(size / properties.len().max(1));
            let body: Map<String, Value> =
                properties.keys().map(|name| (name.clone(), value.clone())).collect();
            send(what, body.into()).await;
        }
    }
}

#[tokio::test]
async fn a_body_has_at_most_a_hundred_thousand_values() {
    let org = Organization::new().await;
    let text = |values: usize| format!("[{}0]", "0,".repeat(values));
    let send = async |body: String| {
        let json =
            |request: reqwest::RequestBuilder| request.header("content-type", "application/json");
        let build = |request| json(request).body(body);
        org.owner.send(Method::POST, "/v1/partners", build).await
    };
    let refused = send(text(100_000)).await.problem(413, "body_too_large");
    assert_eq!(refused.body["meta"]["max_values"], 100_000);
    send(text(99_000)).await.problem(422, "validation_failed");
}

/// The faults of a filter are bounded in all places that take one, and so is what it costs to find
/// them.
#[tokio::test]
async fn filters_at_their_worst_have_short_answers() {
    let org = Organization::new().await;
    let keys: Map<String, Value> =
        (0..40_000).map(|n| (format!("k{n:05}"), json!(1))).collect::<Map<_, _>>();
    let long = "x".repeat(900_000);
    let mut node = json!({"op": "eq", "field": "name", "value": "a"});
    for _ in 0..100 {
        node = json!({"op": "not", "filters": [node]});
    }
    let leaf = json!({"op": "any", "field": "tag_ids", "value": vec!["x"; 40_000]});
    let wrong = vec![json!({"op": "like", "field": "nam", "value": 1, "more": 1}); 50];
    let wrong = json!({"op": "or", "filters": [{"op": "and", "filters": wrong}]});
    let enums = json!({"op": "in", "field": "type", "value": vec!["friend"; 200]});
    let filters = [
        Value::Object(keys),
        json!({"op": "eq", "field": long, "value": 1}),
        json!({"op": long, "field": "name", "value": 1}),
        json!({"op": "eq", "field": "domain", "value": long}),
        json!({"op": "contains", "field": "name", "value": long}),
        json!({"op": "and", "filters": vec![json!({}); 40_000]}),
        json!({"op": "and", "filters": vec![enums; 4]}),
        node,
        leaf,
        wrong,
    ];
    let view = |filter: &Value| json!({"name": "v", "object": "partner", "filter": filter});
    for filter in &filters {
        let own = |body: Value| body;
        for (path, body) in [
            ("/v1/partners/query", own(json!({"filter": filter}))),
            ("/v1/deals/query", json!({"filter": filter})),
            ("/v1/partners/aggregate", json!({"filter": filter})),
            ("/v1/views", view(filter)),
            ("/v1/exports", json!({"object": "partner", "format": "csv", "filter": filter})),
            ("/v1/tier-evaluations", json!({"filter": filter})),
            ("/v1/score-refreshes", json!({"filter": filter})),
            ("/v1/enrichments", json!({"filter": filter})),
            ("/v1/tiers", json!({"key": "x", "name": "x", "rank": 9, "requirement": filter})),
        ] {
            let answer = short(path, org.owner.post(path, body)).await;
            assert!(answer.status >= 400, "{path}");
        }
    }
    let sort = vec!["nam"; 200_000];
    for body in [json!({"sort": ["-".to_owned() + &long]}), json!({"sort": sort[..40_000]})] {
        short("sort", org.owner.post("/v1/partners/query", body)).await.expect(422);
    }
}

#[tokio::test]
async fn a_filter_has_at_most_a_thousand_nodes_and_values() {
    let org = Organization::new().await;
    let words = |n: usize| (0..n).map(|n| format!("w{n}")).collect::<Vec<_>>();
    // A group, and leaves with their values: 1 + 6 + 993.
    let tree = |last: usize| {
        let leaf = |n| json!({"op": "in", "field": "name", "value": words(n)});
        let sizes = [200, 200, 200, 200, 100, last];
        json!({"filter": {"op": "or", "filters": sizes.map(leaf)}})
    };
    org.owner.post("/v1/partners/query", tree(93)).await.expect(200);
    let refused =
        org.owner.post("/v1/partners/query", tree(94)).await.problem(422, "invalid_filter");
    assert_eq!(refused.body["errors"][0]["meta"], json!({"max": 1000, "given": 1001}));
    // The same as parameters.
    let list = |sizes: [usize; 6]| {
        let names =
            ["name", "name_not", "industry", "industry_not", "subtype", "subtype_not"].iter();
        let pairs = names.zip(sizes).map(|(name, n)| format!("{name}={}", words(n).join(",")));
        format!("/v1/partners?{}", pairs.collect::<Vec<_>>().join("&"))
    };
    org.owner.get(&list([200, 200, 200, 200, 100, 94])).await.expect(200);
    let refused =
        org.owner.get(&list([200, 200, 200, 200, 100, 95])).await.problem(400, "invalid_parameter");
    assert_eq!(refused.body["errors"][0]["meta"], json!({"max": 1000, "given": 1001}));
}

#[tokio::test]
async fn the_problems_of_a_batch_are_short() {
    let org = Organization::new().await;
    let data: Map<String, Value> = (0..100).map(|n| (format!("k{n}"), json!(1))).collect();
    for path in ["/v1/partners/batch", "/v1/deals/batch"] {
        let operations = vec![json!({"action": "create", "data": data}); 200];
        let answer = org.owner.post(path, json!({"operations": operations})).await.expect(207);
        let results = answer.body["results"].as_array().unwrap();
        let all_short =
            |result: &Value| result["problem"]["errors"].as_array().unwrap().len() <= 10;
        assert!(results.len() == 200 && results.iter().all(all_short));
        assert!(answer.bytes.len() < 512 << 10, "{}", answer.bytes.len());
    }
}

#[tokio::test]
async fn headers_at_their_longest_have_short_answers() {
    let org = Organization::new().await;
    let tag = org.owner.post("/v1/tags", json!({"category": "services", "name": "x"})).await;
    let path = format!("/v1/tags/{}", tag.expect(201).id());
    for (name, one) in [
        ("accept", "text/x;q=0.1,"),
        ("if-none-match", "\"x\","),
        ("if-match", "\"x\","),
        ("idempotency-key", "x"),
        ("cookie", "a=b;"),
        ("x-forwarded-for", "1.2.3.4,"),
        ("content-encoding", "gzip,"),
        ("user-agent", "x"),
        ("origin", "x"),
        ("traceparent", "0"),
    ] {
        let value = one.repeat(40_000 / one.len());
        let client = org.owner.with(name, &value);
        short(name, client.get(&path)).await;
        let rename = json!({"name": "y"});
        short(name, client.patch(&path, rename)).await;
        short(name, client.post("/v1/tags", json!({"category": "services", "name": name}))).await;
    }
    let token = Client::bearer(&"x".repeat(40_000));
    short("authorization", token.get(&path)).await.problem(401, "invalid_token");
}

#[tokio::test]
async fn packed_bodies_are_refused() {
    let org = Organization::new().await;
    for operation in Operation::all() {
        let Some((kind, content)) = operation.body["requestBody"]["content"]
            .as_object()
            .and_then(|content| content.iter().next())
        else {
            continue;
        };
        let kind = match kind.as_str() {
            "multipart/form-data" => "multipart/form-data; boundary=x",
            "image/*" => "image/png",
            other => other,
        };
        for encoding in ["gzip", "br", "identity, gzip", "GZIP"] {
            let build = |request: reqwest::RequestBuilder| {
                request
                    .header("content-type", kind)
                    .header("content-encoding", encoding)
                    .body(content["example"].to_string())
            };
            let answer = org.owner.send(operation.method.clone(), &operation.path(), build).await;
            let refused = answer.problem(415, "unsupported_media_type");
            assert_eq!(refused.header("accept-encoding"), "identity");
        }
    }
    let plain = org.owner.with("content-encoding", "identity");
    plain.post("/v1/tags", json!({"category": "services", "name": "plain"})).await.expect(201);
}

/// What no path can be is nowhere, before anything is looked up, and without a credential too.
#[tokio::test]
async fn paths_are_held_against_the_document() {
    let org = Organization::new().await;
    for operation in Operation::all() {
        for parameter in operation.parameters().filter(|parameter| parameter["in"] == "path") {
            let name = format!("{{{}}}", parameter["name"].as_str().unwrap());
            let long = "x".repeat(20_000);
            for text in ["x%00", "%00", "%ff%fe", "a%0ab", &long, "%F0%9F%8D%8A%00"] {
                let others = operation.path();
                let at = operation.path.split('/').position(|part| part == name).unwrap();
                let mut parts: Vec<&str> = others.split('/').collect();
                parts[at] = text;
                let path = parts.join("/");
                let answer =
                    short("a path", org.owner.send(operation.method.clone(), &path, |r| r)).await;
                answer.problem(404, "not_found");
            }
        }
    }
}

#[tokio::test]
async fn forms_have_few_parts() {
    let org = Organization::new().await;
    let part = |n| format!("--x\r\nContent-Disposition: form-data; name=\"part{n}\"\r\n\r\nx\r\n");
    let many = (0..20_000).map(part).collect::<String>() + "--x--\r\n";
    let send = async |what: &str, body: String| {
        let build = |request: reqwest::RequestBuilder| {
            request.header("content-type", "multipart/form-data; boundary=x").body(body)
        };
        short(what, org.owner.send(Method::POST, "/v1/imports", build)).await
    };
    let refused = send("parts", many).await.problem(422, "validation_failed");
    assert!(refused.body["errors"].as_array().unwrap().len() <= 12);
    let name = "x".repeat(20_000);
    let long = Form::new().text(name.clone(), "x");
    short("a long name", org.owner.form("/v1/imports", long)).await.expect(422);
    let keys: Map<String, Value> = (0..40_000).map(|n| (format!("k{n:05}"), json!(1))).collect();
    for options in [
        json!(keys),
        json!({"object": "partner", "mapping": keys}),
        json!({"object": "partner", "defaults": keys}),
        json!({"object": "partner", "mapping": {"Name": name}}),
        json!({"object": "partner", "mapping": {"Name": "name"}, "match": name}),
    ] {
        let file = Part::bytes(b"Name\nAcme\n".to_vec()).file_name("a.csv");
        let form = Form::new().part("file", file).text("options", options.to_string());
        let refused = short("options", org.owner.form("/v1/imports", form)).await;
        assert_eq!(refused.status, 422, "{:#}", refused.body);
    }
    // Headers of a part that never end, and a part that never begins.
    let endless = "--x\r\ncontent-disposition: ".to_owned() + &"y".repeat(2 << 20);
    for body in [endless, "z".repeat(2 << 20)] {
        send("a part", body).await.problem(400, "malformed_json");
    }
}

/// Units of the quota that a request takes.
async fn units(client: &Client, request: impl AsyncFn(&Client) -> Answer) -> i64 {
    let left = |answer: Answer| -> i64 {
        let text = answer.header("ratelimit").split("r=").nth(1).unwrap().to_owned();
        text.split(';').next().unwrap().parse().unwrap()
    };
    let before = left(client.get("/v1/me").await.expect(200));
    before - left(request(client).await.expect(200))
}

#[tokio::test]
async fn a_filter_costs_by_its_nodes_and_values() {
    let org = Organization::new().await;
    let words: Vec<String> = (0..190).map(|n| format!("w{n}")).collect();
    let body = json!({"filter": {"op": "in", "field": "name", "value": words}});
    let path = format!("/v1/partners?name={}", words.join(","));
    // A unit comes back ten times a second.
    let near = |units: i64, wanted: i64| (wanted - 15..=wanted).contains(&units);
    let client = org.owner.at(neighbour());
    let query =
        units(&client, async |client| client.post("/v1/partners/query", body.clone()).await).await;
    assert!(near(query, 5 + 19), "{query}");
    let client = org.member("viewer").await.at(neighbour());
    let list = units(&client, async |client| client.get(&path).await).await;
    assert!(near(list, 1 + 19), "{list}");
}

/// Requests of one organization that are stuck are no trouble of another one.
#[tokio::test]
async fn an_organization_waits_for_itself_alone() {
    let (busy, other) = (Organization::new().await, Organization::new().await);
    let partner = busy
        .owner
        .post("/v1/partners", json!({"name": "Acme", "type": "reseller"}))
        .await
        .expect(201);
    let path = format!("/v1/partners/{}", partner.id());
    let (path, other, owner) = (&path, &other, &busy.owner);
    busy.in_database(async |tx| {
        persistence::partners::delete(tx, partner.id().parse().unwrap(), None).await?;
        // All of these wait for the deletion, which waits for them.
        let stuck = futures_util::future::join_all(
            (0..12).map(|_| owner.patch(path, json!({"industry": "Software"}))),
        );
        let quick = async {
            for _ in 0..20 {
                let since = Instant::now();
                other.owner.get("/v1/partners?limit=1").await.expect(200);
                assert!(since.elapsed() < Duration::from_secs(3), "{:?}", since.elapsed());
            }
        };
        let (stuck, ()) = futures_util::future::join(stuck, quick).await;
        for answer in stuck {
            let refused = answer.problem(503, "unavailable");
            assert!(!refused.header("retry-after").is_empty());
        }
        Ok(())
    })
    .await;
}
