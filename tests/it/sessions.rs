//! Sessions: refresh tokens, devices, passwords.

use std::time::{Duration, Instant};

use domain::{access::Scope, secrets::OpaqueToken};
use harness::{Answer, Client, Organization, PASSWORD, instance, mail_sink};
use persistence::{Settings, Store, passwords};
use reqwest::Method;
use serde_json::{Value, json};

const COOKIE: &str = "__Host-prm_refresh";
const ORIGIN: &str = "https://app.example.com";
const NEW_PASSWORD: &str = "nine quiet harbours";

async fn sign_in(email: &str) -> Answer {
    Client::public()
        .post("/v1/auth/sessions", json!({"email": email, "password": PASSWORD}))
        .await
        .expect(201)
}

fn client(grant: &Answer) -> Client {
    Client::bearer(grant.body["access_token"].as_str().unwrap())
}

/// The refresh token in the cookie of an answer.
fn refresh_token(answer: &Answer) -> String {
    let cookie =
        answer.header("set-cookie").strip_prefix(COOKIE).and_then(|rest| rest.strip_prefix('='));
    cookie
        .and_then(|rest| rest.split(';').next())
        .unwrap_or_else(|| panic!("{} sets no cookie", answer.request))
        .to_owned()
}

/// A browser with this refresh token on a page of the web application.
fn browser(token: &str) -> Client {
    let cookie = format!("{COOKIE}={token}");
    Client::public()
        .with("origin", ORIGIN)
        .with("x-requested-with", "fetch")
        .with("cookie", &cookie)
}

async fn post(client: &Client, path: &str) -> Answer {
    client.send(Method::POST, path, |request| request).await
}

async fn refresh(token: &str) -> Answer {
    post(&browser(token), "/v1/auth/refreshes").await
}

/// Lets the time of grace of used refresh tokens pass.
async fn forget_grace(org: &Organization) {
    org.sql("UPDATE refresh_tokens SET replaced_at = replaced_at - interval '11 seconds'").await;
}

/// A reset token, as a mail would carry it.
async fn reset_token(org: &Organization) -> OpaqueToken {
    let store =
        Store::connect(&Settings { url: instance().database_url.clone(), pool: 1 }).await.unwrap();
    let scope = Scope::system(org.id, "test", uuid::Uuid::now_v7());
    store.write(&scope, async |tx| passwords::issue_reset(tx, &org.email).await).await.unwrap()
}

async fn change_password(client: &Client, body: Value) -> Answer {
    client.post("/v1/auth/password-changes", body).await
}

#[tokio::test]
async fn the_cookie_is_out_of_reach_of_scripts_and_other_sites() {
    let org = Organization::new().await;
    let grant = sign_in(&org.email).await;
    let attributes: Vec<&str> = grant.header("set-cookie").split("; ").skip(1).collect();
    for wanted in ["HttpOnly", "Secure", "SameSite=Strict", "Path=/"] {
        assert!(attributes.contains(&wanted), "{attributes:?}");
    }
    assert!(attributes.iter().any(|attribute| attribute.starts_with("Expires=")));
    assert!(
        !attributes.iter().any(|attribute| attribute.starts_with("Domain")),
        "__Host- forbids it"
    );
    let stored =
        org.sql("SELECT string_agg(encode(token_hash, 'escape'), ' ') FROM refresh_tokens").await;
    assert!(
        !stored[0].as_deref().unwrap().contains(&refresh_token(&grant)),
        "only hashes are kept"
    );
}

#[tokio::test]
async fn a_refresh_token_is_exchanged_for_its_successor() {
    let org = Organization::new().await;
    let grant = sign_in(&org.email).await;
    let first = refresh_token(&grant);
    let refreshed = refresh(&first).await.expect(200);
    let second = refresh_token(&refreshed);
    assert_ne!(first, second);
    assert_eq!(refreshed.body["session_id"], grant.body["session_id"]);
    client(&refreshed).get("/v1/me").await.expect(200);
    // A client that lost the answer asks again and gets the same, however often.
    for _ in 0..2 {
        assert_eq!(refresh_token(&refresh(&first).await.expect(200)), second);
    }
    refresh(&second).await.expect(200);
}

#[tokio::test]
async fn parallel_refreshes_get_the_same_successor() {
    let org = Organization::new().await;
    let first = refresh_token(&sign_in(&org.email).await);
    let answers = futures_util::future::join_all((0..8).map(|_| refresh(&first))).await;
    let mut tokens: Vec<String> =
        answers.into_iter().map(|answer| refresh_token(&answer.expect(200))).collect();
    tokens.dedup();
    assert_eq!(tokens.len(), 1);
}

#[tokio::test]
async fn a_token_that_comes_back_late_ends_the_session() {
    let org = Organization::new().await;
    let grant = sign_in(&org.email).await;
    let first = refresh_token(&grant);
    let refreshed = refresh(&first).await.expect(200);
    forget_grace(&org).await;
    refresh(&first).await.problem(401, "refresh_token_reused");
    refresh(&refresh_token(&refreshed)).await.problem(401, "refresh_token_invalid");
    for grant in [&grant, &refreshed] {
        client(grant).is_refused_soon("invalid_token").await;
    }
    let told = org.owner.all("/v1/events?types=session.reuse_detected").await;
    assert_eq!(told.len(), 1);
    assert_eq!(told[0]["subject"]["id"], grant.body["session_id"]);
}

#[tokio::test]
async fn a_session_ends_when_it_is_not_used_and_after_a_month_anyway() {
    let org = Organization::new().await;
    for column in ["expires_at", "absolute_expires_at"] {
        let grant = sign_in(&org.email).await;
        org.sql(&format!("UPDATE sessions SET {column} = clock_timestamp()")).await;
        refresh(&refresh_token(&grant)).await.problem(401, "refresh_token_invalid");
    }
}

#[tokio::test]
async fn only_pages_of_the_application_may_refresh() {
    let org = Organization::new().await;
    let cookie = format!("{COOKIE}={}", refresh_token(&sign_in(&org.email).await));
    let with_cookie = Client::public().with("cookie", &cookie);
    for stranger in [
        with_cookie.clone(),
        with_cookie.with("x-requested-with", "fetch"),
        with_cookie.with("x-requested-with", "fetch").with("origin", "https://evil.example"),
        with_cookie.with("x-requested-with", "fetch").with("origin", "null"),
        with_cookie
            .with("x-requested-with", "fetch")
            .with("origin", "https://app.example.com.evil.example"),
        with_cookie.with("origin", ORIGIN),
    ] {
        post(&stranger, "/v1/auth/refreshes").await.problem(403, "origin_not_allowed");
    }
    for known in [ORIGIN, instance().url.as_str()] {
        post(
            &with_cookie.with("x-requested-with", "fetch").with("origin", known),
            "/v1/auth/refreshes",
        )
        .await
        .expect(200);
    }
}

#[tokio::test]
async fn what_is_no_refresh_token_is_refused() {
    let page = Client::public().with("origin", ORIGIN).with("x-requested-with", "fetch");
    post(&page, "/v1/auth/refreshes").await.problem(401, "refresh_token_invalid");
    let org = Organization::new().await;
    let made_up = OpaqueToken::generate(domain::secrets::TokenKind::Refresh, org.id).unwrap();
    for token in ["nonsense", "prt_", made_up.expose().as_str()] {
        refresh(token).await.problem(401, "refresh_token_invalid");
    }
}

#[tokio::test]
async fn a_suspension_and_a_removal_end_sessions_for_good() {
    let org = Organization::new().await;
    let (person, id) = org.person("member").await;
    let email =
        person.get("/v1/me").await.expect(200).body["user"]["email"].as_str().unwrap().to_owned();
    let (one, other) = (sign_in(&email).await, refresh_token(&sign_in(&email).await));
    let member = format!("/v1/members/{id}");
    org.owner.patch(&member, json!({"status": "suspended"})).await.expect(200);
    client(&one).is_refused_soon("invalid_token").await;
    refresh(&refresh_token(&one)).await.problem(403, "member_suspended");
    org.owner.patch(&member, json!({"status": "active"})).await.expect(200);
    // Whose cookie it is cannot be told any more, the thief's is as good: both sign in again.
    for token in [refresh_token(&one), other] {
        refresh(&token).await.problem(401, "refresh_token_invalid");
    }
    let again = sign_in(&email).await;
    assert_eq!(client(&again).all("/v1/auth/sessions").await.len(), 1);
    let role = org.owner.patch(&member, json!({"role": "viewer"})).await.expect(200);
    assert_eq!(role.body["role"], "viewer");
    let token = refresh_token(&refresh(&refresh_token(&again)).await.expect(200));
    org.owner.delete(&member).await.expect(204);
    refresh(&token).await.problem(401, "refresh_token_invalid");
}

#[tokio::test]
async fn sessions_are_listed_and_ended_one_by_one() {
    let org = Organization::new().await;
    let (one, two) = (sign_in(&org.email).await, sign_in(&org.email).await);
    let me = client(&one);
    let listed = me.all("/v1/auth/sessions?limit=1").await;
    let current: Vec<&Value> = listed.iter().filter(|session| session["current"] == true).collect();
    assert_eq!(listed.len(), 3, "with the one of the registration");
    assert_eq!(current.len(), 1);
    assert_eq!(current[0]["id"], one.body["session_id"]);
    let total = me.get("/v1/auth/sessions?include=total_count").await.expect(200);
    assert_eq!(total.body["total_count"], 3);

    let other = format!("/v1/auth/sessions/{}", two.body["session_id"].as_str().unwrap());
    let ended = me.delete(&other).await.expect(204);
    assert!(ended.header("set-cookie").is_empty(), "the cookie here is of another session");
    client(&two).is_refused_soon("invalid_token").await;
    refresh(&refresh_token(&two)).await.problem(401, "refresh_token_invalid");
    me.delete(&other).await.problem(404, "not_found");
    me.get("/v1/me").await.expect(200);

    let ended = me.delete("/v1/auth/sessions/current").await.expect(204);
    assert!(
        ended.header("set-cookie").starts_with("__Host-prm_refresh=; "),
        "{}",
        ended.header("set-cookie")
    );
    me.is_refused_soon("invalid_token").await;
    assert_eq!(org.owner.all("/v1/auth/sessions").await.len(), 1);
    assert_eq!(org.owner.all("/v1/events?types=session.revoked").await.len(), 2);
}

#[tokio::test]
async fn nobody_ends_the_session_of_somebody_else() {
    let org = Organization::new().await;
    let (person, _) = org.person("member").await;
    let theirs = person.all("/v1/auth/sessions").await;
    let id = theirs[0]["id"].as_str().unwrap();
    org.owner.delete(&format!("/v1/auth/sessions/{id}")).await.problem(404, "not_found");
    org.owner.delete("/v1/auth/sessions/nonsense").await.problem(404, "not_found");
    let tag = format!("/v1/auth/sessions/{}", domain::ids::TagId::new());
    let refused = org.owner.delete(&tag).await.problem(422, "validation_failed");
    assert_eq!(refused.faults()["session_id"], "wrong_id_type");
}

#[tokio::test]
async fn a_password_is_changed_by_whoever_knows_it_and_other_devices_are_signed_out() {
    let org = Organization::new().await;
    let (here, elsewhere) = (sign_in(&org.email).await, sign_in(&org.email).await);
    let me = client(&here);
    let body = |current: &str, new: &str| json!({"current_password": current, "new_password": new});
    change_password(&Client::public(), body(PASSWORD, NEW_PASSWORD))
        .await
        .problem(401, "missing_credentials");
    change_password(&me, body("a wrong password", NEW_PASSWORD))
        .await
        .problem(401, "invalid_credentials");
    let common = change_password(&me, body(PASSWORD, "password1234"))
        .await
        .problem(422, "validation_failed");
    assert_eq!(common.faults()["#/new_password"], "password_too_common");
    let none = change_password(&me, json!({"new_password": NEW_PASSWORD}))
        .await
        .problem(422, "validation_failed");
    assert_eq!(none.faults()["#/current_password"], "required");
    let both =
        json!({"token": "ppr_x", "current_password": PASSWORD, "new_password": NEW_PASSWORD});
    change_password(&me, both).await.problem(422, "validation_failed");
    let key = org.key(&["partners:read"]).await;
    change_password(&key, body(PASSWORD, NEW_PASSWORD)).await.problem(401, "invalid_credentials");

    change_password(&me, body(PASSWORD, NEW_PASSWORD)).await.expect(204);
    client(&elsewhere).is_refused_soon("invalid_token").await;
    refresh(&refresh_token(&elsewhere)).await.problem(401, "refresh_token_invalid");
    me.get("/v1/me").await.expect(200);
    refresh(&refresh_token(&here)).await.expect(200);
    let sign_in = |password: &str| json!({"email": org.email, "password": password});
    Client::public()
        .post("/v1/auth/sessions", sign_in(PASSWORD))
        .await
        .problem(401, "invalid_credentials");
    Client::public().post("/v1/auth/sessions", sign_in(NEW_PASSWORD)).await.expect(201);
}

#[tokio::test]
async fn a_reset_token_changes_the_password_once_and_signs_out_everywhere() {
    let org = Organization::new().await;
    let old = reset_token(&org).await.expose();
    let token = reset_token(&org).await.expose();
    let body = |token: &str, password: &str| json!({"token": token, "new_password": password});
    let public = Client::public();
    change_password(&public, body("nonsense", NEW_PASSWORD))
        .await
        .problem(401, "reset_token_invalid");
    change_password(&public, body(&old, NEW_PASSWORD)).await.problem(401, "reset_token_invalid");
    let common = change_password(&public, body(&token, "password1234"))
        .await
        .problem(422, "validation_failed");
    assert_eq!(common.faults()["#/new_password"], "password_too_common");
    change_password(&public, body(&token, NEW_PASSWORD)).await.expect(204);
    change_password(&public, body(&token, NEW_PASSWORD)).await.problem(401, "reset_token_invalid");
    org.owner.is_refused_soon("invalid_token").await;
    let sign_in = json!({"email": org.email, "password": NEW_PASSWORD});
    public.post("/v1/auth/sessions", sign_in).await.expect(201);
}

#[tokio::test]
async fn a_reset_token_does_not_live_for_ever() {
    let org = Organization::new().await;
    let token = reset_token(&org).await.expose();
    org.sql("UPDATE password_resets SET expires_at = clock_timestamp()").await;
    let body = json!({"token": token, "new_password": NEW_PASSWORD});
    change_password(&Client::public(), body).await.problem(401, "reset_token_invalid");
}

#[tokio::test]
async fn a_person_is_told_of_a_new_password_key_and_device() {
    let org = Organization::new().await;
    let received = |subject: &str| {
        let all = mail_sink().received(&org.email);
        all.iter().filter(|mail| mail.header("subject") == Some(subject)).count()
    };
    let device = async |agent: &str, address: &str| {
        let body = json!({"email": org.email, "password": PASSWORD});
        let client = Client::public().at(harness::neighbour()).with("user-agent", agent);
        client.with("x-forwarded-for", address).post("/v1/auth/sessions", body).await.expect(201)
    };
    // The device of the registration is known.
    sign_in(&org.email).await;
    device("Firefox http://evil.example/", "2001:db8:77:1::1").await;
    let mail = mail_sink().wait(&org.email, "A new device has signed in").await;
    assert!(mail.text.contains("2001:db8:77:1::1") && mail.text.contains("Firefox"), "{mail:?}");
    assert!(!mail.text.contains("evil"), "{mail:?}");
    // The same program in the same network.
    device("Firefox http://evil.example/", "2001:db8:77:1::2").await;
    device("Firefox http://evil.example/", "2001:db8:77:2::1").await;
    mail_sink().wait(&org.email, "2001:db8:77:2::1").await;
    assert_eq!(received("A new device has signed in"), 2);

    let key = org.owner.post("/v1/api-keys", json!({"name": "Sync", "scopes": ["deals:read"]}));
    let key = key.await.expect(201);
    let mail = mail_sink().wait(&org.email, "An API key was created").await;
    let prefix = key.body["secret"].as_str().unwrap();
    assert!(mail.text.contains("\"Sync\"") && !mail.text.contains(prefix), "{mail:?}");

    let body = json!({"current_password": PASSWORD, "new_password": NEW_PASSWORD});
    change_password(&org.owner, body).await.expect(204);
    let mail = mail_sink().wait(&org.email, "Your password was changed").await;
    assert!(mail.header("list-unsubscribe").is_none() && !mail.text.contains(NEW_PASSWORD));
    let deliveries = org.owner.all("/v1/notification-deliveries").await;
    assert_eq!(deliveries, Vec::<Value>::new(), "nobody else sees these mails");
}

#[tokio::test]
async fn a_session_that_ends_on_one_instance_ends_on_the_other() {
    let org = Organization::new().await;
    let grant = sign_in(&org.email).await;
    let there = client(&grant).at(harness::neighbour());
    there.get("/v1/me").await.expect(200);
    let ended = Instant::now();
    client(&grant).delete("/v1/auth/sessions/current").await.expect(204);
    there.is_refused_soon("invalid_token").await;
    assert!(ended.elapsed() < Duration::from_secs(2));
}
