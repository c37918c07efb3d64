//! What becomes of everything that the server's key has made when the key is replaced.

use api::{config::Database, database::DatabaseAccess, server::Server};
use domain::access::Scope;
use harness::{Client, Organization, PASSWORD, instance, settings, unique};
use persistence::{Settings, Store, passwords};
use reqwest::Method;
use serde_json::json;

const ORIGIN: &str = "https://app.example.com";

/// The key of the first server.
fn old_key() -> String {
    std::fs::read_to_string(instance().folder.join("jwt.key")).unwrap()
}

/// Another server on the same database with a key of its own, which may accept another one.
async fn start(key: &str, previous: Option<&str>) -> Server {
    let first = instance();
    let external =
        Database::External { url: first.database_url.clone(), owner_url: first.owner_url.clone() };
    let mut settings = settings(&first.folder, external);
    settings.public_url = Some(first.url.clone());
    settings.jwt_key = Some(key.to_owned().into());
    settings.jwt_key_previous = previous.map(|key| key.to_owned().into());
    (settings.workers, settings.db_pool) = (1, 4);
    let database = DatabaseAccess::open(&settings).await.unwrap();
    Server::start(&settings, database).await.unwrap()
}

/// Everything that lets somebody in without a password, or is encrypted.
struct Secrets {
    org: Organization,
    refresh_cookie: String,
    reset: String,
    invitation: String,
    invited: String,
}

impl Secrets {
    async fn made_at(url: &str) -> Self {
        let org = Organization::new().await;
        let public = Client::public().at(url);
        let sign_in = json!({"email": org.email, "password": PASSWORD});
        let grant = public.post("/v1/auth/sessions", sign_in).await.expect(201);
        let refresh_cookie = grant.header("set-cookie").split(';').next().unwrap().to_owned();
        let owner = public.signed(grant.body["access_token"].as_str().unwrap());
        let email = format!("{}@example.com", unique("invited"));
        let invite = json!({"email": email, "role": "viewer"});
        let invited = owner.post("/v1/members", invite).await.expect(201);
        let link = invited.body["invitation_url"].as_str().unwrap();
        let invitation = link.rsplit('/').next().unwrap().to_owned();
        let store = Settings { url: instance().database_url.clone(), pool: 1 };
        let store = Store::connect(&store).await.unwrap();
        let scope = Scope::system(org.id, "test", uuid::Uuid::now_v7());
        let reset = store
            .write(&scope, async |tx| passwords::issue_reset(tx, &org.email).await)
            .await
            .unwrap()
            .expose();
        let org = Organization { owner, ..org };
        Self { org, refresh_cookie, reset, invitation, invited: email }
    }

    /// The statuses of refreshing, resetting, joining and calling at a server.
    async fn tried_at(&self, url: &str) -> [u16; 4] {
        let public = Client::public().at(url);
        let browser = public
            .with("origin", ORIGIN)
            .with("x-requested-with", "fetch")
            .with("cookie", &self.refresh_cookie);
        let refreshed = browser.send(Method::POST, "/v1/auth/refreshes", |request| request).await;
        let called = self.org.owner.at(url).get("/v1/me").await;
        let reset = json!({"token": self.reset, "new_password": "nine quiet harbours"});
        let reset = public.post("/v1/auth/password-changes", reset).await;
        let join = json!({"token": self.invitation, "name": "Ivy", "password": PASSWORD});
        let joined = public.post("/v1/auth/invitation-acceptances", join).await;
        if joined.status == 201 {
            assert_eq!(joined.body["member"]["email"], self.invited);
        }
        [refreshed.status, reset.status, joined.status, called.status]
    }
}

#[tokio::test]
async fn a_new_key_ends_what_the_old_one_made() {
    let secrets = Secrets::made_at(&instance().url).await;
    let server = start(&unique("the key after the first one"), None).await;
    assert_eq!(secrets.tried_at(&server.url).await, [401, 401, 401, 401]);
    // What is made from now on is good, with the same password.
    let later = Secrets::made_at(&server.url).await;
    assert_eq!(later.tried_at(&server.url).await, [200, 204, 201, 200]);
    server.stop().await;
}

#[tokio::test]
async fn a_key_is_changed_without_a_break_while_the_old_one_is_accepted() {
    let secrets = Secrets::made_at(&instance().url).await;
    let new = unique("the key after the first one");
    let server = start(&new, Some(&old_key())).await;
    assert_eq!(secrets.tried_at(&server.url).await, [200, 204, 201, 200]);
    let later = Secrets::made_at(&server.url).await;
    server.stop().await;
    // Without the old one the first secrets are gone, and what was made with the new one stays.
    let server = start(&new, None).await;
    assert_eq!(later.tried_at(&server.url).await, [200, 204, 201, 200]);
    assert_eq!(secrets.org.owner.at(&server.url).get("/v1/me").await.status, 401);
    server.stop().await;
}

#[tokio::test]
async fn slack_is_connected_only_where_its_token_can_be_read() {
    let org = Organization::new().await;
    let token = json!({"bot_token": format!("xoxb-{}", unique("token"))});
    org.owner.put("/v1/integrations/slack", token.clone()).await.expect(200);
    let new = unique("the key after the first one");
    let connected = async |server: &Server| {
        let sign_in = json!({"email": org.email, "password": PASSWORD});
        let public = Client::public().at(&server.url);
        let grant = public.post("/v1/auth/sessions", sign_in).await.expect(201);
        let owner = public.signed(grant.body["access_token"].as_str().unwrap());
        let read = owner.get("/v1/integrations/slack").await.expect(200).body;
        assert_eq!(read["connected"], json!(!read["workspace"].is_null()));
        let targets = owner.get("/v1/integrations/slack/targets").await;
        assert_eq!(targets.status == 409, read["connected"] == false);
        (read["connected"] == true, owner)
    };
    let both = start(&new, Some(&old_key())).await;
    assert!(connected(&both).await.0);
    both.stop().await;
    let alone = start(&new, None).await;
    let (is_connected, owner) = connected(&alone).await;
    assert!(!is_connected);
    owner.put("/v1/integrations/slack", token).await.expect(200);
    assert!(connected(&alone).await.0);
    alone.stop().await;
    // A token that was moved into the row of another organization is worth nothing there.
    let other = Organization::new().await;
    other.owner.put("/v1/integrations/slack", json!({"bot_token": "xoxb-other"})).await.expect(200);
    let kept = other.sql("SELECT encode(bot_token, 'hex') FROM slack_integrations").await;
    let kept = kept[0].clone().unwrap();
    org.sql(&format!("UPDATE slack_integrations SET bot_token = decode('{kept}', 'hex')")).await;
    assert_eq!(org.owner.get("/v1/integrations/slack").await.expect(200).body["connected"], false);
}
