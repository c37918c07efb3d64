//! A forgotten password: the mail with the link, and what a stranger learns from asking for one.

use std::time::{Duration, Instant};

use harness::{Client, Organization, PASSWORD, database, mail_sink, unique};
use serde_json::{Value, json};

const RESETS: &str = "/v1/auth/password-resets";
const LINK: &str = "https://app.example.com/password-resets/";

async fn asked(email: &str) {
    let answer = Client::public().post(RESETS, json!({"email": email})).await.expect(202);
    assert_eq!(answer.bytes, b"");
}

#[tokio::test]
async fn a_link_by_mail_lets_its_reader_choose_a_new_password() {
    let org = Organization::new().await;
    asked(&format!(" {} ", org.email.to_uppercase())).await;
    let mail = mail_sink().wait(&org.email, LINK).await;
    assert_eq!(mail.header("subject"), Some("Choose a new password"));
    assert!(mail.header("list-unsubscribe").is_none() && mail.text.contains("Olga Owner"));
    let token = mail.link(LINK).unwrap().rsplit('/').next().unwrap();
    let new = "another horse battery staple";
    let public = Client::public();
    public
        .post("/v1/auth/password-changes", json!({"token": token, "new_password": new}))
        .await
        .expect(204);
    org.owner.is_refused_soon("invalid_token").await;
    let sign_in = async |password: &str| {
        public.post("/v1/auth/sessions", json!({"email": org.email, "password": password})).await
    };
    sign_in(PASSWORD).await.problem(401, "invalid_credentials");
    let grant = sign_in(new).await.expect(201);
    let again = json!({"token": token, "new_password": PASSWORD});
    public.post("/v1/auth/password-changes", again).await.problem(401, "reset_token_invalid");
    let owner = Client::bearer(grant.body["access_token"].as_str().unwrap());
    assert_eq!(
        owner.all("/v1/notification-deliveries").await,
        Vec::<Value>::new(),
        "nobody else sees that it was asked for"
    );
    let kept = org
        .sql(
            "SELECT tasks::text FROM tasks WHERE organization_id = \
        current_organization() UNION ALL SELECT password_resets::text FROM password_resets",
        )
        .await;
    assert!(
        kept.iter().flatten().all(|row| !row.contains("ppr_")),
        "the link is nowhere but in the mail"
    );
}

#[tokio::test]
async fn strangers_who_ask_again_and_again_cause_one_mail() {
    let org = Organization::new().await;
    for _ in 0..5 {
        asked(&org.email).await;
    }
    let mail = mail_sink().wait(&org.email, LINK).await;
    let resets = || {
        let all = mail_sink().received(&org.email);
        all.iter().filter(|mail| mail.header("subject") == Some("Choose a new password")).count()
    };
    // Another kind of mail that was queued later has come: so no reset mail is on its way any more.
    let key = json!({"name": "Sync", "scopes": ["deals:read"]});
    org.owner.post("/v1/api-keys", key).await.expect(201);
    mail_sink().wait(&org.email, "An API key was created").await;
    assert_eq!(resets(), 1);
    // The one link is good, and after five minutes there is another one to have.
    let token = mail.link(LINK).unwrap().rsplit('/').next().unwrap();
    let body = json!({"token": token, "new_password": "another horse battery staple"});
    Client::public().post("/v1/auth/password-changes", body).await.expect(204);
    let owner = org.sql("SELECT id FROM members").await.remove(0).unwrap();
    database::forget_mails(&format!("password resets of {owner}")).await;
    asked(&org.email).await;
    let since = Instant::now();
    while resets() < 2 {
        assert!(since.elapsed() < Duration::from_secs(120), "no second mail");
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
}

#[tokio::test]
async fn asking_tells_nobody_who_is_there() {
    let org = Organization::new().await;
    let invited = format!("{}@example.com", unique("invited"));
    org.owner.post("/v1/members", json!({"email": invited, "role": "viewer"})).await.expect(201);
    mail_sink().wait(&invited, "invites you to").await;
    let nobody = format!("{}@example.com", unique("nobody"));
    for email in [&invited, &nobody, &org.email] {
        let since = Instant::now();
        asked(email).await;
        assert!(since.elapsed() >= Duration::from_millis(250), "every answer takes its time");
    }
    mail_sink().wait(&org.email, LINK).await;
    assert_eq!((mail_sink().received(&nobody).len(), mail_sink().received(&invited).len()), (0, 1));
    let refused = Client::public()
        .post(RESETS, json!({"email": "nonsense"}))
        .await
        .problem(422, "validation_failed");
    assert_eq!(refused.faults()["#/email"], "invalid_format");
}
