//! Registration where e-mail addresses are proved: whose an address is, and what strangers can do
//! with it.

use std::time::{Duration, Instant};

use api::{database::DatabaseAccess, server::Server};
use domain::ids::OrganizationId;
use harness::{
    Answer, Client, Organization, PASSWORD, beside_the_first, database, instance, mail_sink,
    proving, unique,
};
use serde_json::json;

const REGISTRATIONS: &str = "/v1/auth/registrations";
const CONFIRMATIONS: &str = "/v1/auth/registration-confirmations";
const LINK: &str = "https://app.example.com/registration-confirmations/";
const INVITATION: &str = "https://app.example.com/invitations/";
const OTHER_PASSWORD: &str = "nine quiet harbours";

fn address(of: &str) -> String {
    format!("{}@example.com", unique(of))
}

/// Somebody at this address of the network.
fn at(ip: &str) -> Client {
    Client::public().at(proving()).with("x-forwarded-for", ip)
}

async fn register_as(client: &Client, organization: &str, email: &str) -> Answer {
    let body = json!({"organization_name": organization, "currency": "USD", "name": "Ada Lovelace",
        "email": email, "password": PASSWORD});
    client.post(REGISTRATIONS, body).await
}

/// Registers, and answers the token of the link in the mail.
async fn registered(client: &Client, organization: &str, email: &str) -> String {
    register_as(client, organization, email).await.expect(202);
    token(&mail_sink().wait(email, organization).await, LINK)
}

fn token(mail: &harness::ReceivedMail, link: &str) -> String {
    mail.link(link).unwrap_or_default().rsplit('/').next().unwrap_or_default().to_owned()
}

async fn confirm(client: &Client, token: &str) -> Answer {
    client.post(CONFIRMATIONS, json!({"token": token})).await
}

async fn sign_in(email: &str, password: &str) -> Answer {
    let body = json!({"email": email, "password": password});
    Client::public().post("/v1/auth/sessions", body).await
}

fn signed(grant: &Answer) -> Client {
    Client::bearer(grant.body["access_token"].as_str().unwrap()).at(proving())
}

async fn organization_of(client: &Client) -> String {
    let organization = client.get("/v1/organization").await.expect(200);
    organization.body["name"].as_str().unwrap().to_owned()
}

/// An organization whose owner has confirmed.
async fn organization(name: &str) -> Client {
    organization_owned_by(name, &address("owner")).await
}

/// An organization whose owner has confirmed with this address.
async fn organization_owned_by(name: &str, email: &str) -> Client {
    let client = at("203.0.113.1");
    let token = registered(&client, name, email).await;
    signed(&confirm(&client, &token).await.expect(201))
}

/// Invites somebody; answers the tokens of the shown link and of the mailed one.
async fn invite(inviter: &Client, email: &str) -> (String, String) {
    let before = mail_sink().received(email).len();
    let invited = inviter.post("/v1/members", json!({"email": email, "role": "owner"})).await;
    let invited = invited.expect(201);
    let shown = invited.body["invitation_url"].as_str().unwrap().rsplit('/').next().unwrap();
    let since = Instant::now();
    loop {
        let mails = mail_sink().received(email);
        if let Some(mail) = mails[before..].iter().find(|mail| mail.link(INVITATION).is_some()) {
            return (shown.to_owned(), token(mail, INVITATION));
        }
        assert!(since.elapsed() < Duration::from_secs(120), "no invitation for {email}");
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
}

async fn accept(token: &str, password: &str) -> Answer {
    let body = json!({"token": token, "name": "Cleo", "password": password});
    at("203.0.113.200").post("/v1/auth/invitation-acceptances", body).await
}

/// What registrations waiting for this address there are.
async fn waiting(email: &str) -> usize {
    let nobody = OrganizationId(uuid::Uuid::nil());
    let sql = format!("SELECT id FROM registrations WHERE email = '{email}'");
    database::texts(Some(nobody), &sql).await.len()
}

#[tokio::test]
async fn a_registration_becomes_an_organization_once_its_mail_was_read() {
    let (client, email, name) = (at("203.0.113.7"), address("ada"), unique("Acme"));
    let answer = register_as(&client, &name, &format!(" {} ", email.to_uppercase())).await;
    let answer = answer.expect(202);
    assert_eq!((answer.bytes.as_slice(), answer.header("set-cookie")), (&b""[..], ""));
    sign_in(&email, PASSWORD).await.problem(401, "invalid_credentials");
    let mail = mail_sink().wait(&email, &name).await;
    assert_eq!(mail.header("subject"), Some("Confirm your registration"));
    let token = token(&mail, LINK);

    let faults = client.post(CONFIRMATIONS, json!({"token": token, "password": "short"})).await;
    let faults = faults.problem(422, "validation_failed").faults();
    assert_eq!(faults["#/password"], "too_short");
    let grant = confirm(&client, &token).await.expect(201);
    assert!(grant.header("set-cookie").starts_with("__Host-prm_refresh="), "{:?}", grant.headers);
    assert_eq!(grant.header("cache-control"), "no-store");
    assert_eq!(
        (&grant.body["member"]["role"], &grant.body["expires_in"]),
        (&json!("owner"), &json!(600))
    );
    assert_eq!(organization_of(&signed(&grant)).await, name);
    sign_in(&email, PASSWORD).await.expect(201);
    assert_eq!(waiting(&email).await, 0);
    for used in [token.as_str(), "prg_nonsense", "", &token.replace("prg_", "pin_")] {
        confirm(&client, used).await.problem(401, "confirmation_invalid");
    }
    let body = json!({"token": token, "colour": "red"});
    client.post(CONFIRMATIONS, body).await.problem(422, "validation_failed");
}

#[tokio::test]
async fn parallel_confirmations_make_one_organization() {
    let (client, email) = (at("203.0.113.8"), address("ada"));
    let one = registered(&client, &unique("One"), &email).await;
    let two = registered(&client, &unique("Two"), &email).await;
    let attempts = (0..8).map(|number| confirm(&client, if number % 2 == 0 { &one } else { &two }));
    let answers = futures_util::future::join_all(attempts).await;
    let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 401, 401, 401, 401, 401, 401, 401]);
}

#[tokio::test]
async fn a_taken_address_gets_the_same_answer_and_its_owner_a_mail() {
    let org = Organization::new().await;
    let client = at("203.0.113.9");
    let words = |answer: &Answer| {
        let mut names: Vec<String> = answer.headers.keys().map(ToString::to_string).collect();
        names.sort();
        (answer.status, answer.bytes.clone(), names)
    };
    let mut taken_in = Vec::new();
    for email in [address("free"), org.email.clone(), address("free"), org.email.to_uppercase()] {
        let since = Instant::now();
        taken_in.push(words(&register_as(&client, &unique("Acme"), &email).await.expect(202)));
        assert!(since.elapsed() >= Duration::from_millis(250), "every answer takes its time");
    }
    taken_in.dedup();
    assert_eq!(taken_in.len(), 1, "{taken_in:?}");
    let mail = mail_sink().wait(&org.email, "You already have an account").await;
    assert!(mail.link(LINK).is_none(), "{mail:?}");
    assert_eq!(waiting(&org.email).await, 0);
    sign_in(&org.email, PASSWORD).await.expect(201);
}

#[tokio::test]
async fn a_registration_is_confirmed_within_a_day() {
    let (client, email) = (at("203.0.113.10"), address("late"));
    let token = registered(&client, &unique("Late"), &email).await;
    let nobody = Some(OrganizationId(uuid::Uuid::nil()));
    let in_a_day = "expires_at BETWEEN now() + interval '23 hours' AND now() + interval '24 hours'";
    let sql = format!("SELECT id FROM registrations WHERE email = '{email}' AND {in_a_day}");
    assert_eq!(database::texts(nobody, &sql).await.len(), 1);
    let sql = format!("UPDATE registrations SET expires_at = now() WHERE email = '{email}'");
    database::texts(nobody, &sql).await;
    confirm(&client, &token).await.problem(401, "confirmation_invalid");
    // The next registration of anybody clears it away.
    registered(&client, &unique("Next"), &address("next")).await;
    assert_eq!(waiting(&email).await, 0);
}

#[tokio::test]
async fn a_stranger_cannot_take_an_address_by_typing_it_first() {
    let cfo = address("cfo");
    let mallory = at("198.51.100.66");
    let trap = registered(&mallory, &unique("BigCorp"), &cfo).await;
    let name = unique("The real BigCorp");
    let company = organization(&name).await;
    let (_, mailed) = invite(&company, &cfo).await;
    let grant = accept(&mailed, OTHER_PASSWORD).await.expect(201);
    assert_eq!(organization_of(&signed(&grant)).await, name);
    // What the stranger began leads nowhere, even for who reads its mail.
    confirm(&at("203.0.113.200"), &trap).await.problem(401, "confirmation_invalid");
    sign_in(&cfo, PASSWORD).await.problem(401, "invalid_credentials");
    assert_eq!(
        organization_of(&signed(&sign_in(&cfo, OTHER_PASSWORD).await.expect(201))).await,
        name
    );
}

#[tokio::test]
async fn an_inviter_cannot_take_an_address_with_the_link_that_they_see() {
    let mallory = organization(&unique("Mallory Inc")).await;
    let (cfo, ceo) = (address("cfo"), address("ceo"));
    let ((shown, mailed), (ceos, _)) = (invite(&mallory, &cfo).await, invite(&mallory, &ceo).await);
    assert_ne!(shown, mailed);
    let before = registered(&at("203.0.113.12"), &unique("Before"), &cfo).await;
    accept(&shown, PASSWORD).await.expect(201);
    accept(&ceos, PASSWORD).await.expect(201);
    // What was begun with the address before leads nowhere any more.
    confirm(&at("203.0.113.12"), &before).await.problem(401, "confirmation_invalid");
    accept(&mailed, PASSWORD).await.problem(401, "invitation_invalid");
    sign_in(&cfo, PASSWORD).await.expect(201);

    // The real company's invitation, read in the mail, has precedence; so has a registration that
    // is confirmed.
    let (name, own) = (unique("The real BigCorp"), unique("Own"));
    let (_, mailed) = invite(&organization(&name).await, &cfo).await;
    accept(&mailed, OTHER_PASSWORD).await.expect(201);
    sign_in(&cfo, PASSWORD).await.problem(401, "invalid_credentials");
    let grant = sign_in(&cfo, OTHER_PASSWORD).await.expect(201);
    assert_eq!(organization_of(&signed(&grant)).await, name);
    let client = at("203.0.113.11");
    let token = registered(&client, &own, &ceo).await;
    assert_eq!(organization_of(&signed(&confirm(&client, &token).await.expect(201))).await, own);

    // Who has proved an address keeps it.
    let (shown, mailed) = invite(&mallory, &address("next")).await;
    accept(&mailed, PASSWORD).await.expect(201);
    accept(&shown, PASSWORD).await.problem(401, "invitation_invalid");
    let rival = organization(&unique("Rival")).await;
    let (shown, mailed) = invite(&rival, &cfo).await;
    for token in [shown, mailed] {
        accept(&token, PASSWORD).await.problem(409, "email_taken");
    }
}

#[tokio::test]
async fn a_displaced_member_loses_all_access_and_the_admins_are_told() {
    let owner_email = address("owner");
    let owner = organization_owned_by(&unique("Mallory Inc"), &owner_email).await;
    let cfo = address("cfo");
    let (shown, _) = invite(&owner, &cfo).await;
    let grant = accept(&shown, PASSWORD).await.expect(201);
    let (displaced, id) = (signed(&grant), &grant.body["member"]["id"]);
    let cookie = grant.header("set-cookie").split(';').next().unwrap().to_owned();
    displaced.get("/v1/me").await.expect(200);

    // The mail says what the confirmation does.
    let token = registered(&at("203.0.113.20"), &unique("Own"), &cfo).await;
    let mail = mail_sink().wait(&cfo, "Confirm your registration").await;
    assert!(
        mail.text.contains("Confirming this registration suspends that account"),
        "{}",
        mail.text
    );
    confirm(&at("203.0.113.20"), &token).await.expect(201);
    let told = mail_sink().wait(&owner_email, "A member was suspended").await;
    assert!(told.text.contains(&cfo), "{}", told.text);
    displaced.is_refused_soon("invalid_token").await;
    let browser = at("203.0.113.200").with("origin", "https://app.example.com");
    let browser = browser.with("x-requested-with", "test").with("cookie", &cookie);
    let refreshed = browser.post("/v1/auth/refreshes", json!(null)).await;
    assert!(matches!(refreshed.status, 401 | 403), "{:?}", refreshed.body);

    let path = format!("/v1/members/{}", id.as_str().unwrap());
    let member = owner.get(&path).await.expect(200);
    assert_eq!(member.body["status"], "suspended");
    let events = owner.all("/v1/events?types=member.updated").await;
    let last = events.last().unwrap();
    assert_eq!((&last["subject"]["id"], &last["actor"]["type"]), (id, &json!("system")));
    assert_eq!(last["data"]["reason"], "email_proved_elsewhere");
    // The address is another account for good, so nobody can pretend otherwise.
    owner.patch(&path, json!({"status": "active"})).await.problem(409, "email_taken");
    owner.delete(&path).await.expect(204);
    sign_in(&cfo, PASSWORD).await.expect(201);
}

#[tokio::test]
async fn an_account_is_mailed_no_more_than_an_address_under_all_its_spellings() {
    let name = unique("ann");
    let spelled = |tag: &str| format!("{name}{tag}@example.com");
    organization_owned_by(&unique("Acme"), &spelled("")).await;
    for number in 0..3 {
        let tagged = spelled(&format!("+{number}"));
        register_as(&at("198.51.100.69"), &unique("Evil"), &tagged).await.expect(202);
    }
    register_as(&at("198.51.100.69"), &unique("Evil"), &spelled("")).await.expect(202);
    // A mail that was queued later has come, so no other one is on its way.
    registered(&at("203.0.113.13"), &unique("Later"), &address("later")).await;
    // One of the three mails of this hour was the account's own confirmation.
    assert_eq!(waiting(&spelled("+0")).await + waiting(&spelled("+1")).await, 2);
    assert_eq!(waiting(&spelled("+2")).await, 0);
    let subjects = |email: &str| {
        let mails = mail_sink().received(email);
        mails.iter().map(|mail| mail.header("subject").unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert!(!subjects(&spelled("")).contains(&"You already have an account".to_owned()));
}

#[tokio::test]
async fn a_suspended_member_gets_no_link_that_leads_nowhere() {
    let owner = organization(&unique("Acme")).await;
    let email = address("sam");
    let (_, mailed) = invite(&owner, &email).await;
    let grant = accept(&mailed, PASSWORD).await.expect(201);
    let path = format!("/v1/members/{}", grant.body["member"]["id"].as_str().unwrap());
    owner.patch(&path, json!({"status": "suspended"})).await.expect(200);
    let client = at("203.0.113.21");
    let reset = client.post("/v1/auth/password-resets", json!({"email": email})).await;
    let nobody = json!({"email": address("nobody")});
    let unknown = client.post("/v1/auth/password-resets", nobody).await;
    assert_eq!((reset.status, &reset.bytes), (202, &unknown.bytes));
    let mail = mail_sink().wait(&email, "Your account is suspended").await;
    assert!(mail.link("https://app.example.com/password-resets/").is_none(), "{}", mail.text);
    register_as(&client, &unique("Own"), &email).await.expect(202);
    registered(&at("203.0.113.13"), &unique("Later"), &address("later")).await;
    let mails = mail_sink().received(&email);
    let is_misleading = |mail: &harness::ReceivedMail| {
        ["You already have an account", "Choose a new password"]
            .contains(&mail.header("subject").unwrap_or_default())
    };
    assert!(!mails.iter().any(is_misleading), "{mails:?}");
}

#[tokio::test]
async fn an_operator_gives_an_address_back_that_a_stranger_took_before() {
    // Registered where nothing is proved: it counts as proved.
    let stranger = Organization::new().await;
    let rival = organization(&unique("Rival")).await;
    let (_, mailed) = invite(&rival, &stranger.email).await;
    accept(&mailed, OTHER_PASSWORD).await.problem(409, "email_taken");
    let settings = persistence::Settings { url: instance().database_url.clone(), pool: 1 };
    let store = persistence::Store::connect(&settings).await.unwrap();
    api::admin::free_email(&store, &stranger.email.to_uppercase()).await.unwrap();
    sign_in(&stranger.email, PASSWORD).await.expect(201);
    accept(&mailed, OTHER_PASSWORD).await.expect(201);
    sign_in(&stranger.email, PASSWORD).await.problem(401, "invalid_credentials");
    sign_in(&stranger.email, OTHER_PASSWORD).await.expect(201);
    assert!(api::admin::free_email(&store, &address("nobody")).await.is_err());
}

#[tokio::test]
async fn a_link_to_choose_a_password_proves_the_address() {
    let inviter = organization(&unique("Inviter")).await;
    let email = address("shared");
    let (shown, _) = invite(&inviter, &email).await;
    accept(&shown, PASSWORD).await.expect(201);
    let client = at("203.0.113.12");
    client.post("/v1/auth/password-resets", json!({"email": email})).await.expect(202);
    let link = "https://app.example.com/password-resets/";
    let token = token(&mail_sink().wait(&email, link).await, link);
    let body = json!({"token": token, "new_password": OTHER_PASSWORD});
    client.post("/v1/auth/password-changes", body).await.expect(204);
    register_as(&client, &unique("Late"), &email).await.expect(202);
    mail_sink().wait(&email, "You already have an account").await;
}

#[tokio::test]
async fn who_confirms_shares_no_account_with_who_registered() {
    let (cfo, name) = (address("cfo"), unique("BigCorp"));
    let mallory = at("198.51.100.67");
    // The owner of the address follows the link from elsewhere.
    let token = registered(&mallory, &name, &cfo).await;
    let grant = confirm(&at("203.0.113.201"), &token).await.expect(201);
    assert_eq!(organization_of(&signed(&grant)).await, name);
    sign_in(&cfo, PASSWORD).await.problem(401, "invalid_credentials");
    let link = "https://app.example.com/password-resets/";
    mail_sink().wait(&cfo, link).await;

    // Or types a password with it, which is then the only one.
    let cfo = address("cfo");
    let token = registered(&mallory, &unique("BigCorp"), &cfo).await;
    let body = json!({"token": token, "password": OTHER_PASSWORD});
    at("198.51.100.67").post(CONFIRMATIONS, body).await.expect(201);
    sign_in(&cfo, PASSWORD).await.problem(401, "invalid_credentials");
    sign_in(&cfo, OTHER_PASSWORD).await.expect(201);

    // Another device of the same /64 is the same place.
    let ada = address("ada");
    let token = registered(&at("2001:db8:1:2::1"), &unique("Acme"), &ada).await;
    confirm(&at("2001:db8:1:2::ffff"), &token).await.expect(201);
    sign_in(&ada, PASSWORD).await.expect(201);
}

#[tokio::test]
async fn nobody_is_flooded_with_registrations() {
    let victim = address("victim");
    let evil = "URGENT: sign in at http://evil.example/login";
    for number in 0..10 {
        let name = format!("{evil} {number}");
        register_as(&at("198.51.100.68"), &name, &victim).await.expect(202);
    }
    assert_eq!(waiting(&victim).await, 3);
    // A mail that was queued later has come, so no other one is on its way.
    registered(&at("203.0.113.13"), &unique("Later"), &address("later")).await;
    let mails = mail_sink().received(&victim);
    assert!((1..=3).contains(&mails.len()), "{mails:?}");
    assert!(!mails.iter().any(|mail| mail.text.contains("evil.example")), "{mails:?}");
}

#[tokio::test]
async fn registration_can_be_closed() {
    let mut settings = beside_the_first();
    settings.accounts.registration_open = false;
    settings.db_pool = 2;
    let database = DatabaseAccess::open(&settings).await.unwrap();
    let server = Server::start(&settings, database).await.unwrap();
    let closed = Client::public().at(&server.url);
    for email in [address("ada"), Organization::new().await.email] {
        let refused = register_as(&closed, "Acme", &email).await;
        refused.problem(403, "registration_closed");
    }
    // Invitations are not closed.
    let org = Organization::new().await;
    let email = address("invited");
    let owner = org.owner.at(&server.url);
    let invited = owner.post("/v1/members", json!({"email": email, "role": "viewer"}));
    let url = invited.await.expect(201).body["invitation_url"].as_str().unwrap().to_owned();
    let body = json!({"token": url.rsplit('/').next(), "name": "Ivy", "password": PASSWORD});
    closed.post("/v1/auth/invitation-acceptances", body).await.expect(201);
    server.stop().await;
}

#[tokio::test]
async fn where_nothing_is_proved_registration_signs_in_at_once() {
    let client = Client::public();
    let email = address("ada");
    let grant = register_as(&client, "Acme", &email).await.expect(201);
    assert!(grant.body["access_token"].is_string());
    register_as(&client, "Acme", &email).await.problem(409, "email_taken");
    assert_eq!(waiting(&email).await, 0);
    assert!(instance().url != proving());
    // It counts as proved, also where others are.
    let rival = organization(&unique("Rival")).await;
    let (_, mailed) = invite(&rival, &email).await;
    accept(&mailed, PASSWORD).await.problem(409, "email_taken");
    let kept = organization_of(&Client::bearer(grant.body["access_token"].as_str().unwrap())).await;
    assert_eq!((kept.as_str(), grant.body["member"]["email"] == email), ("Acme", true));
}
