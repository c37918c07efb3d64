//! How often somebody may ask. The second server counts; each test has addresses and accounts of its own.

use futures_util::future::join_all;
use harness::{Answer, Client, Organization, PASSWORD, neighbour, unique};
use serde_json::json;

/// Somebody at this address.
fn at(address: &str) -> Client {
    Client::public().at(neighbour()).with("x-forwarded-for", address)
}

async fn sign_in(client: &Client, email: &str, password: &str) -> Answer {
    client.post("/v1/auth/sessions", json!({"email": email, "password": password})).await
}

fn address_of_nobody() -> String {
    format!("{}@example.com", unique("nobody"))
}

fn is_refusal(answer: Answer) {
    let refused = answer.problem(429, "quota_exceeded");
    let seconds: u64 = refused.header("retry-after").parse().unwrap();
    assert!((1..=60).contains(&seconds));
    assert_eq!(refused.body["meta"]["retry_after"], seconds);
    assert!(
        refused.header("ratelimit-policy").starts_with("\"default\";q="),
        "{:?}",
        refused.headers
    );
    assert_eq!(
        refused.body["type"],
        "https://iana.org/assignments/http-problem-types#quota-exceeded"
    );
}

/// What is left, according to the header.
fn left(answer: &Answer) -> u32 {
    let text = answer
        .header("ratelimit")
        .strip_prefix("\"default\";r=")
        .unwrap_or_else(|| panic!("{:?}", answer.headers));
    text.split(';').next().unwrap().parse().unwrap()
}

#[tokio::test]
async fn answers_say_what_is_left() {
    let org = Organization::new().await;
    let client = org.owner.at(neighbour());
    let (one, two) =
        (client.get("/v1/me").await.expect(200), client.get("/v1/me").await.expect(200));
    assert_eq!(one.header("ratelimit-policy"), "\"default\";q=600;w=60");
    assert!(left(&one) <= 599 && left(&two) < 600 && left(&one).abs_diff(left(&two)) <= 2);
    // A refusal costs as much.
    client.get("/v1/tags/nonsense").await.problem(404, "not_found");
    assert!(
        !client
            .get("/v1/tags?nonsense=1")
            .await
            .problem(400, "invalid_parameter")
            .header("ratelimit")
            .is_empty()
    );
    assert!(
        org.owner.get("/v1/me").await.expect(200).header("ratelimit").is_empty(),
        "limits are off on the first server"
    );
}

#[tokio::test]
async fn queries_cost_five() {
    let org = Organization::new().await;
    let client = org.owner.at(neighbour());
    let one = left(&client.post("/v1/partners/query", json!({})).await.expect(200));
    let two = left(&client.post("/v1/partners/query", json!({})).await.expect(200));
    assert!((4..=5).contains(&(one - two)), "{one} {two}");
}

#[tokio::test]
async fn whoever_asks_too_often_waits_and_others_do_not() {
    let org = Organization::new().await;
    let (greedy, other) = (org.owner.at(neighbour()), org.member("viewer").await.at(neighbour()));
    let key = org.key(&["partners:read"]).await.at(neighbour());
    let mut refused = Vec::new();
    for _ in 0..40 {
        let answers = join_all((0..10).map(|_| greedy.post("/v1/partners/query", json!({})))).await;
        refused.extend(answers.into_iter().filter(|answer| answer.status != 200));
        if !refused.is_empty() {
            break;
        }
    }
    is_refusal(refused.remove(0));
    other.get("/v1/me").await.expect(200);
    key.get("/v1/me").await.expect(200);
}

#[tokio::test]
async fn one_address_tries_ten_times_a_minute_to_sign_in() {
    let org = Organization::new().await;
    let client = at("198.51.100.10");
    for _ in 0..10 {
        let refused = sign_in(&client, &address_of_nobody(), "a wrong password")
            .await
            .problem(401, "invalid_credentials");
        assert_eq!(refused.header("ratelimit-policy"), "\"default\";q=10;w=60");
    }
    // Also with the right password: the limit tells nothing about it.
    is_refusal(sign_in(&client, &org.email, PASSWORD).await);
    sign_in(&at("198.51.100.11"), &org.email, PASSWORD).await.expect(201);
}

#[tokio::test]
async fn one_account_is_tried_ten_times_a_minute_from_wherever() {
    let org = Organization::new().await;
    for number in 0..10 {
        let email = if number % 2 == 0 { org.email.clone() } else { org.email.to_uppercase() };
        sign_in(&at(&format!("198.51.101.{number}")), &email, "a wrong password")
            .await
            .problem(401, "invalid_credentials");
    }
    is_refusal(sign_in(&at("198.51.101.100"), &org.email, PASSWORD).await);
    let other = Organization::new().await;
    sign_in(&at("198.51.101.100"), &other.email, PASSWORD).await.expect(201);
}

#[tokio::test]
async fn a_password_is_not_guessed_by_changing_it() {
    let org = Organization::new().await;
    let client = org.owner.at(neighbour()).with("x-forwarded-for", "198.51.102.1");
    let body =
        json!({"current_password": "a wrong password", "new_password": "nine quiet harbours"});
    for _ in 0..10 {
        client
            .post("/v1/auth/password-changes", body.clone())
            .await
            .problem(401, "invalid_credentials");
    }
    is_refusal(client.post("/v1/auth/password-changes", body).await);
}

#[tokio::test]
async fn an_address_that_is_not_vouched_for_is_not_believed() {
    // The last hop is the one that the proxy saw; what stands before it is the client's own invention.
    for number in 0..10 {
        let client = at(&format!("203.0.113.{number}, 198.51.103.1"));
        sign_in(&client, &address_of_nobody(), "a wrong password")
            .await
            .problem(401, "invalid_credentials");
    }
    is_refusal(
        sign_in(&at("203.0.113.200, 198.51.103.1"), &address_of_nobody(), "a wrong password").await,
    );
}

#[tokio::test]
async fn health_is_never_limited() {
    let answers =
        join_all((0..50).map(|_| async { Client::public().at(neighbour()).get("/healthz").await }))
            .await;
    assert!(answers.iter().all(|answer| answer.status == 200 && answer.body["status"] == "ok"));
}
