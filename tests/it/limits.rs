//! How often somebody may ask. The second server counts; each test has addresses and accounts of
//! its own.

use std::time::{Duration, Instant};

use domain::secrets::{ApiKeySecret, KeyEnvironment};
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
    assert!((1..=60).contains(&refusal(answer)));
}

/// By a bucket that fills up again over an hour.
fn is_refusal_for_long(answer: Answer) {
    assert!((1..=3_600).contains(&refusal(answer)));
}

/// The seconds after which it may be tried again.
fn refusal(answer: Answer) -> u64 {
    let refused = answer.problem(429, "quota_exceeded");
    let seconds: u64 = refused.header("retry-after").parse().unwrap();
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
    seconds
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

/// The cookie by which a device is known, as a browser sends it back.
fn device_of(signed_in: &Answer) -> String {
    let cookies = signed_in.headers.get_all("set-cookie").iter();
    let mut cookies = cookies.map(|cookie| cookie.to_str().unwrap());
    let device = cookies.rfind(|cookie| cookie.starts_with("__Host-prm_device="));
    let device = device.expect("a sign-in makes the device known");
    for part in ["; HttpOnly", "; Secure", "; SameSite=Strict", "; Path=/"] {
        assert!(device.contains(part), "{device}");
    }
    device.split(';').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_stranger_who_guesses_keeps_nobody_out() {
    let org = Organization::new().await;
    let (stranger, owner) = (at("198.51.101.1"), at("198.51.101.2"));
    let mut refused = 0;
    for round in 0..60 {
        let email = if round % 2 == 0 { org.email.clone() } else { org.email.to_uppercase() };
        let answer = sign_in(&stranger, &email, "a wrong password").await;
        refused += usize::from(answer.status == 429);
        assert!(matches!(answer.status, 401 | 429), "{}", answer.status);
        if round % 6 == 5 {
            sign_in(&owner, &org.email, PASSWORD).await.expect(201);
        }
    }
    assert!(refused >= 40, "{refused}");
    // What went well did not count.
    for _ in 0..15 {
        sign_in(&owner, &org.email, PASSWORD).await.expect(201);
    }
}

/// Signs in wrongly from there until no more attempts are left, however fast they come back.
async fn use_up_the_failures_of(client: &Client) {
    let mut attempts = 0;
    while sign_in(client, &address_of_nobody(), "a wrong password").await.status != 429 {
        attempts += 1;
        assert!(attempts < 100, "attempts are not limited");
    }
}

#[tokio::test]
async fn a_device_that_is_known_is_not_kept_out_by_anybody() {
    let org = Organization::new().await;
    let here = at("198.51.107.1");
    let device = device_of(&sign_in(&here, &org.email, PASSWORD).await.expect(201));
    // Many strangers together use up the account, and one of them this very network.
    for network in 2..=32 {
        for _ in 0..10 {
            sign_in(&at(&format!("198.51.107.{network}")), &org.email, "a wrong password").await;
        }
    }
    is_refusal_for_long(sign_in(&at("198.51.107.200"), &org.email, PASSWORD).await);
    use_up_the_failures_of(&here).await;
    is_refusal(sign_in(&here, &org.email, PASSWORD).await);
    let known = here.with("cookie", &device);
    let again = sign_in(&known, &org.email, PASSWORD).await.expect(201);
    assert_eq!(again.headers.get_all("set-cookie").iter().count(), 1, "it stays the same device");
    // It vouches for this person alone, and its own attempts are counted.
    let other = Organization::new().await;
    use_up_the_failures_of(&here).await;
    is_refusal(sign_in(&known, &other.email, PASSWORD).await);
    for _ in 0..20 {
        sign_in(&known, &org.email, "a wrong password").await.problem(401, "invalid_credentials");
    }
    is_refusal_for_long(sign_in(&known, &org.email, PASSWORD).await);
}

#[tokio::test]
async fn whoever_asks_for_new_passwords_does_not_lock_sign_in() {
    let org = Organization::new().await;
    let client = at("198.51.108.1");
    for _ in 0..10 {
        client.post("/v1/auth/password-resets", json!({"email": org.email})).await.expect(202);
    }
    is_refusal(client.post("/v1/auth/password-resets", json!({"email": org.email})).await);
    sign_in(&client, &org.email, PASSWORD).await.expect(201);
    let elsewhere = at("198.51.108.2");
    elsewhere.post("/v1/auth/password-resets", json!({"email": org.email})).await.expect(202);
}

#[tokio::test]
async fn an_ipv6_network_is_one_client() {
    for host in 0..10 {
        let client = at(&format!("2001:db8:77:1::{host:x}"));
        sign_in(&client, &address_of_nobody(), "a wrong password")
            .await
            .problem(401, "invalid_credentials");
    }
    let nobody = address_of_nobody();
    for same in ["2001:db8:77:1::ffff", "[2001:db8:77:1:a:b:c:d]:4711"] {
        is_refusal(sign_in(&at(same), &nobody, "a wrong password").await);
    }
    sign_in(&at("2001:db8:77:2::1"), &nobody, "a wrong password")
        .await
        .problem(401, "invalid_credentials");
}

#[tokio::test]
async fn a_password_is_not_guessed_by_changing_it() {
    let org = Organization::new().await;
    let from = |number: u8| {
        let address = format!("198.51.102.{number}");
        org.owner.at(neighbour()).with("x-forwarded-for", &address)
    };
    let guess =
        |current: &str| json!({"current_password": current, "new_password": "nine quiet harbours"});
    // Each from an address of its own.
    for number in 0..10 {
        from(number)
            .post("/v1/auth/password-changes", guess("a wrong password"))
            .await
            .problem(401, "invalid_credentials");
    }
    is_refusal(from(10).post("/v1/auth/password-changes", guess("a wrong password")).await);
    is_refusal(from(11).post("/v1/auth/password-changes", guess(PASSWORD)).await);
    let (colleague, address) = (org.member("admin").await, "198.51.102.1");
    colleague
        .at(neighbour())
        .with("x-forwarded-for", address)
        .post("/v1/auth/password-changes", guess(PASSWORD))
        .await
        .expect(204);
}

#[tokio::test]
async fn one_network_registers_some_organizations() {
    let client = at("198.51.104.1");
    let register = || client.post("/v1/auth/registrations", json!({}));
    for _ in 0..30 {
        register().await.problem(422, "validation_failed");
    }
    is_refusal(register().await);
    at("198.51.104.2").post("/v1/auth/registrations", json!({})).await.expect(422);
}

#[tokio::test]
async fn one_address_is_registered_some_times() {
    let email = address_of_nobody();
    let attempt = |number: usize| {
        let client = at(&format!("198.51.105.{number}"));
        let body = json!({"organization_name": "Acme", "currency": "XXX", "name": "Ann",
            "email": email, "password": PASSWORD});
        async move { client.post("/v1/auth/registrations", body).await }
    };
    for number in 0..10 {
        attempt(number).await.problem(422, "validation_failed");
    }
    is_refusal_for_long(attempt(10).await);
}

#[tokio::test]
async fn keys_that_nobody_knows_are_not_looked_up_without_end() {
    let org = Organization::new().await;
    let key = org.key(&["partners:read"]).await.at(neighbour());
    let from = |client: &Client| client.with("x-forwarded-for", "198.51.106.1");
    from(&key).get("/v1/me").await.expect(200);
    let unknown = || async {
        let unknown = ApiKeySecret::generate(KeyEnvironment::Test).unwrap();
        from(&Client::bearer(unknown.expose()).at(neighbour())).get("/v1/me").await
    };
    let mut answers = Vec::new();
    for _ in 0..20 {
        answers.extend(join_all((0..20).map(|_| unknown())).await);
    }
    let (refused, invalid): (Vec<_>, Vec<_>) =
        answers.into_iter().partition(|answer| answer.status == 429);
    assert!(invalid.len() >= 100 && invalid.iter().all(|answer| answer.status == 401));
    is_refusal(refused.into_iter().next().expect("only about a hundred a minute"));
    from(&key).get("/v1/me").await.expect(200);
}

#[tokio::test]
async fn documents_are_limited_by_network() {
    let client = at("198.51.109.1");
    for path in ["/openapi.json", "/docs/"] {
        let first = client.get_raw(path).await;
        assert_eq!(first.headers()["ratelimit-policy"], "\"default\";q=300;w=60", "{path}");
    }
    let asks = || async { client.get_raw("/docs/index.css").await.status().as_u16() };
    let mut statuses = Vec::new();
    for _ in 0..31 {
        statuses.extend(join_all((0..10).map(|_| asks())).await);
    }
    assert!(statuses.contains(&429) && statuses.contains(&200));
    sign_in(&at("198.51.109.2"), &address_of_nobody(), "x").await.expect(401);
}

/// The text that keeps the search for spellings such as `p4ssw0rd` busiest.
const SLOW: &str = "#6&1|3<%9+58!\u{20ac}[/72{$@(40";

#[tokio::test]
async fn passwords_that_take_long_to_judge_stop_nobody() {
    let password: String = SLOW.chars().cycle().take(128).collect();
    let register = |number: usize| {
        let body = json!({"organization_name": "Acme", "currency": "XXX", "name": "Ann",
            "email": format!("{number}@example.com"), "password": password});
        async move { Client::public().post("/v1/auth/registrations", body).await }
    };
    let judged = tokio::spawn(join_all((0..8).map(register)));
    let mut asked = 0;
    while !judged.is_finished() || asked == 0 {
        let started = Instant::now();
        Client::public().get("/healthz").await.expect(200);
        assert!(started.elapsed() < Duration::from_secs(2), "{:?}", started.elapsed());
        asked += 1;
    }
    // Each in its turn, or not at all where too many wait.
    let statuses: Vec<u16> = judged.await.unwrap().iter().map(|answer| answer.status).collect();
    assert!(statuses.contains(&422), "{statuses:?}");
    assert!(statuses.iter().all(|status| matches!(status, 422 | 503)), "{statuses:?}");
}

#[tokio::test]
async fn a_flood_of_passwords_from_one_network_keeps_nobody_else_out() {
    let org = Organization::new().await;
    let password: String = SLOW.chars().cycle().take(128).collect();
    let register = |number: usize| {
        let body = json!({"organization_name": "Acme", "currency": "XXX", "name": "Ann",
            "email": format!("{}{number}@example.com", unique("flood")), "password": password});
        async move { at("198.51.111.1").post("/v1/auth/registrations", body).await.status }
    };
    let mut flood = tokio::spawn(join_all((0..24).map(register)));
    let public = Client::public().at(neighbour());
    // Somebody signs in, somebody registers and somebody chooses a new password meanwhile.
    let mut done = 0;
    while done < 3 && !flood.is_finished() {
        let client = at(&format!("198.51.111.{}", 10 + done));
        sign_in(&client, &org.email, PASSWORD).await.expect(201);
        let mut registration = json!({"organization_name": "Acme", "currency": "USD",
            "name": "Ann", "email": format!("{}@example.com", unique("ann"))});
        registration["password"] = PASSWORD.into();
        let answer = client.post("/v1/auth/registrations", registration).await;
        assert!(matches!(answer.status, 201 | 202), "{} {:?}", answer.status, answer.body);
        public.get("/healthz").await.expect(200);
        done += 1;
    }
    assert!(done > 0);
    let statuses = (&mut flood).await.unwrap();
    assert!(statuses.iter().all(|status| matches!(status, 422 | 503)), "{statuses:?}");
}

/// A key that may be used from one network, behind a proxy that is trusted.
#[tokio::test]
async fn lists_of_addresses_hold_however_the_proxy_writes_them() {
    let org = Organization::new().await;
    let body = json!({"name": "Sync", "scopes": ["partners:read"],
        "allowed_cidrs": ["203.0.113.0/24", "2001:db8:113::/48"]});
    let made = org.owner.post("/v1/api-keys", body).await.expect(201);
    let key = Client::bearer(made.body["secret"].as_str().unwrap()).at(neighbour());
    let ask = |lines: &[&str]| {
        let client =
            lines.iter().fold(key.clone(), |client, line| client.with("x-forwarded-for", line));
        async move { client.get("/v1/partners").await.status }
    };
    for allowed in [
        &["203.0.113.9"][..],
        &["198.51.100.9", "203.0.113.9"],
        &["198.51.100.9, 203.0.113.9"],
        &["203.0.113.9:4711"],
        &["\"[2001:db8:113::1]:443\""],
        &["2001:db8:113::1"],
        &["::ffff:203.0.113.9"],
        &["203.0.113.9", "127.0.0.1"],
        &["nonsense", " 203.0.113.9 ,"],
    ] {
        assert_eq!(ask(allowed).await, 200, "{allowed:?}");
    }
    for refused in [
        &["198.51.100.9"][..],
        &["203.0.113.9", "198.51.100.9"],
        &["203.0.113.9, 198.51.100.9"],
        &["203.0.113.9", "198.51.100.9:4711"],
        &["203.0.113.9", "\"[2001:db8:114::1]:443\""],
        &["203.0.113.9", "unknown"],
        &["203.0.113.9, nonsense", "127.0.0.1"],
        &["203.0.113.9", "", "198.51.100.9", ","],
    ] {
        assert_eq!(ask(refused).await, 403, "{refused:?}");
    }
}

#[tokio::test]
async fn an_address_that_is_not_vouched_for_is_not_believed() {
    // The last hop is the one that the proxy saw; what stands before it is the client's own
    // invention.
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
