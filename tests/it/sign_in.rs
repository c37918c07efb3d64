//! Ways in: registration, sign-in, invitations.

use harness::{Answer, Client, Organization, PASSWORD, unique};
use serde_json::{Value, json};

fn registration(email: &str) -> Value {
    json!({"organization_name": "Acme Rockets", "currency": "USD", "name": "Ada \
        Lovelace", "email": email, "password": PASSWORD})
}

fn address() -> String {
    format!("{}@example.com", unique("person"))
}

async fn sign_in(email: &str, password: &str) -> Answer {
    Client::public().post("/v1/auth/sessions", json!({"email": email, "password": password})).await
}

async fn accept(token: &str, password: &str) -> Answer {
    let body = json!({"token": token, "name": "Mia Member", "password": password});
    Client::public().post("/v1/auth/invitation-acceptances", body).await
}

/// Invites somebody; answers the token of the link.
async fn invite(org: &Organization, email: &str) -> String {
    let invited =
        org.owner.post("/v1/members", json!({"email": email, "role": "member"})).await.expect(201);
    invited.body["invitation_url"].as_str().unwrap().rsplit('/').next().unwrap().to_owned()
}

/// What an answer says, but for what belongs to the one request.
fn words(answer: &Answer) -> Value {
    let mut body = answer.body.clone();
    body["request_id"] = Value::Null;
    body
}

#[tokio::test]
async fn a_registration_names_all_its_faults_at_once() {
    let public = Client::public();
    let body = json!({
        "organization_name": "",
        "currency": "usd",
        "email": "nonsense",
        "password": "short",
        "colour": "red"
    });
    let refused =
        public.post("/v1/auth/registrations", body).await.problem(422, "validation_failed");
    let faults = refused.faults();
    let of = |place: &str| faults.get(place).map(String::as_str);
    assert_eq!(of("#/organization_name"), Some("too_short"));
    assert_eq!(of("#/currency"), Some("invalid_format"));
    assert_eq!(of("#/email"), Some("invalid_format"));
    assert_eq!(of("#/password"), Some("too_short"));
    assert_eq!(of("#/name"), Some("required"));
    assert_eq!(of("#/colour"), Some("unknown_field"));
    assert_eq!(faults.len(), 6, "{faults:?}");

    let mut body = registration(&address());
    (body["currency"], body["password"]) = (json!("XXX"), json!("password1234"));
    let refused =
        public.post("/v1/auth/registrations", body).await.problem(422, "validation_failed");
    assert_eq!(refused.faults()["#/currency"], "invalid_choice");
    assert_eq!(refused.faults()["#/password"], "password_too_common");
}

#[tokio::test]
async fn an_address_registers_once_whatever_its_case() {
    let (public, email) = (Client::public(), address());
    let grant = public.post("/v1/auth/registrations", registration(&email)).await.expect(201);
    assert_eq!(grant.body["member"]["role"], "owner");
    assert_eq!(grant.body["token_type"], "Bearer");
    assert_eq!(grant.body["expires_in"], 600);
    assert_eq!(grant.header("cache-control"), "no-store");
    public
        .post("/v1/auth/registrations", registration(&email.to_uppercase()))
        .await
        .problem(409, "email_taken");
    sign_in(&email.to_uppercase(), PASSWORD).await.expect(201);
}

#[tokio::test]
async fn a_new_organization_begins_with_its_tiers() {
    let org = Organization::new().await;
    let keys = org.sql("SELECT key FROM tiers ORDER BY rank").await;
    let keys: Vec<&str> = keys.iter().flatten().map(String::as_str).collect();
    assert_eq!(keys, ["registered", "bronze", "silver", "gold", "platinum"]);
}

#[tokio::test]
async fn parallel_registrations_of_one_address_make_one_organization() {
    let (public, email) = (Client::public(), address());
    let attempts = (0..8).map(|_| public.post("/v1/auth/registrations", registration(&email)));
    let mut statuses: Vec<u16> =
        futures_util::future::join_all(attempts).await.iter().map(|answer| answer.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409, 409, 409, 409, 409, 409, 409]);
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_address_get_the_same_words() {
    let org = Organization::new().await;
    let wrong = sign_in(&org.email, "a wrong password").await.problem(401, "invalid_credentials");
    let unknown = sign_in(&address(), "a wrong password").await.problem(401, "invalid_credentials");
    assert_eq!(words(&wrong), words(&unknown));
    let invited = address();
    invite(&org, &invited).await;
    let invited = sign_in(&invited, "a wrong password").await.problem(401, "invalid_credentials");
    assert_eq!(words(&wrong), words(&invited));
}

#[tokio::test]
async fn a_suspended_member_learns_it_only_with_the_password() {
    let org = Organization::new().await;
    let (person, id) = org.person("member").await;
    let email =
        person.get("/v1/me").await.expect(200).body["user"]["email"].as_str().unwrap().to_owned();
    org.owner.patch(&format!("/v1/members/{id}"), json!({"status": "suspended"})).await.expect(200);
    sign_in(&email, PASSWORD).await.problem(403, "member_suspended");
    sign_in(&email, "a wrong password").await.problem(401, "invalid_credentials");
    org.owner.patch(&format!("/v1/members/{id}"), json!({"status": "active"})).await.expect(200);
    sign_in(&email, PASSWORD).await.expect(201);
}

#[tokio::test]
async fn an_invitation_is_accepted_once() {
    let org = Organization::new().await;
    let email = address();
    let token = invite(&org, &email).await;
    let short = accept(&token, "short").await.problem(422, "validation_failed");
    assert_eq!(short.faults()["#/password"], "too_short");
    let common = accept(&token, "password1234").await.problem(422, "validation_failed");
    assert_eq!(common.faults()["#/password"], "password_too_common");
    let grant = accept(&token, PASSWORD).await.expect(201);
    assert_eq!(grant.body["member"]["status"], "active");
    assert_eq!(grant.body["member"]["name"], "Mia Member");
    assert!(grant.header("set-cookie").starts_with("__Host-prm_refresh="));
    accept(&token, PASSWORD).await.problem(401, "invitation_invalid");
    sign_in(&email, PASSWORD).await.expect(201);
    org.owner
        .post("/v1/members", json!({"email": email, "role": "member"}))
        .await
        .problem(409, "already_member");
}

#[tokio::test]
async fn parallel_acceptances_of_one_invitation_make_one_member() {
    let org = Organization::new().await;
    let token = invite(&org, &address()).await;
    let attempts = (0..8).map(|_| accept(&token, PASSWORD));
    let answers = futures_util::future::join_all(attempts).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1);
    assert!(
        answers
            .iter()
            .all(|answer| answer.status == 201 || answer.body["code"] == "invitation_invalid")
    );
}

#[tokio::test]
async fn an_invitation_does_not_live_for_ever_nor_can_it_be_made_up() {
    let org = Organization::new().await;
    let token = invite(&org, &address()).await;
    org.sql(
        "UPDATE members SET invitation_expires_at = clock_timestamp() WHERE status = 'invited'",
    )
    .await;
    accept(&token, PASSWORD).await.problem(401, "invitation_invalid");
    accept("pin_nonsense", PASSWORD).await.problem(401, "invitation_invalid");
    // A token of another kind, otherwise sound.
    accept(&token.replace("pin_", "prt_"), PASSWORD).await.problem(401, "invitation_invalid");
}

#[tokio::test]
async fn a_person_belongs_to_one_organization() {
    let (one, other) = (Organization::new().await, Organization::new().await);
    let email = address();
    let (first, second) = (invite(&one, &email).await, invite(&other, &email).await);
    accept(&first, PASSWORD).await.expect(201);
    accept(&second, PASSWORD).await.problem(409, "email_taken");
    let token = invite(&other, &one.email).await;
    accept(&token, PASSWORD).await.problem(409, "email_taken");
}
