//! Access that has ended, on an instance whose connection for notifications is dead without knowing
//! it: what firewalls, address translation and failovers do to idle connections.

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use api::{config::Database, database::DatabaseAccess, server::Server};
use harness::{Client, Organization, instance, settings};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{UnixListener, UnixStream},
};

/// Stands between a server and PostgreSQL. It can stop to pass on what connections that listen for
/// revocations say, without closing them.
struct SilentProxy {
    folder: tempfile::TempDir,
    /// Those that are there go silent.
    drop_old: Arc<AtomicBool>,
    /// Those to come are silent as well.
    drop_new: Arc<AtomicBool>,
}

impl SilentProxy {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let listener = UnixListener::bind(folder.path().join(".s.PGSQL.5432")).unwrap();
        let proxy = Self { folder, drop_old: Arc::default(), drop_new: Arc::default() };
        let server = socket_of(&instance().database_url);
        let (drop_old, drop_new) = (proxy.drop_old.clone(), proxy.drop_new.clone());
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let server = UnixStream::connect(&server).await.unwrap();
                let is_old = !drop_old.load(Ordering::SeqCst);
                let silent = if is_old { drop_old.clone() } else { drop_new.clone() };
                tokio::spawn(pass_on(client, server, silent));
            }
        });
        proxy
    }

    /// The address of the database through this proxy.
    fn url(&self) -> String {
        let direct = &instance().database_url;
        let folder = socket_of(direct).parent().unwrap().to_owned();
        direct.replace(&encoded(&folder), &encoded(self.folder.path()))
    }
}

fn encoded(folder: &Path) -> String {
    folder.to_str().unwrap().replace('/', "%2F")
}

/// The socket that a URL like `postgresql://user@%2Ffolder/database` names.
fn socket_of(url: &str) -> PathBuf {
    let host = url.split('@').nth(1).and_then(|rest| rest.split('/').next()).unwrap();
    PathBuf::from(host.replace("%2F", "/")).join(".s.PGSQL.5432")
}

async fn pass_on(client: UnixStream, server: UnixStream, silent: Arc<AtomicBool>) {
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let listens = Arc::new(AtomicBool::new(false));
    let marks = listens.clone();
    tokio::spawn(async move {
        let mut piece = vec![0; 65_536];
        while let Ok(read @ 1..) = from_client.read(&mut piece).await {
            let text = String::from_utf8_lossy(&piece[..read]);
            if text.contains("LISTEN partneros_revoked") {
                marks.store(true, Ordering::SeqCst);
            }
            if to_server.write_all(&piece[..read]).await.is_err() {
                return;
            }
        }
    });
    let mut piece = vec![0; 65_536];
    while let Ok(read @ 1..) = from_server.read(&mut piece).await {
        let swallowed = listens.load(Ordering::SeqCst) && silent.load(Ordering::SeqCst);
        if !swallowed && to_client.write_all(&piece[..read]).await.is_err() {
            return;
        }
    }
}

/// Waits until the request is answered with this status, at most a few seconds.
async fn status_becomes(client: &Client, path: &str, status: u16) {
    let start = Instant::now();
    loop {
        let answer = client.get(path).await;
        if answer.status == status {
            return;
        }
        let patience = Duration::from_secs(15);
        assert!(start.elapsed() < patience, "{path} is still {}, not {status}", answer.status);
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_that_died_in_silence_ends_no_later_than_access() {
    let proxy = SilentProxy::start();
    let external = Database::External { url: proxy.url(), owner_url: instance().owner_url.clone() };
    let mut settings = settings(&instance().folder, external);
    settings.public_url = Some(instance().url.clone());
    settings.db_pool = 4;
    let database = DatabaseAccess::open(&settings).await.unwrap();
    let server = Server::start(&settings, database).await.unwrap();

    let org = Organization::new().await;
    let (admin, id) = org.person("admin").await;
    let key = org.key(&["partners:read"]).await;
    let key_id = org.owner.get("/v1/api-keys").await.expect(200).body["data"][0]["id"].clone();
    let (there, key_there) = (admin.at(&server.url), key.at(&server.url));
    there.get("/v1/me").await.expect(200);
    key_there.get("/v1/partners").await.expect(200);

    // The connection falls silent; a new one can be made.
    proxy.drop_old.store(true, Ordering::SeqCst);
    let member = format!("/v1/members/{id}");
    org.owner.patch(&member, json!({"status": "suspended"})).await.expect(200);
    let revoke = format!("/v1/api-keys/{}", key_id.as_str().unwrap());
    org.owner.delete(&revoke).await.expect(204);
    // What would outlive the access is refused at once.
    let new_key = json!({"name": "Back door", "scopes": ["partners:read"]});
    there.post("/v1/api-keys", new_key).await.problem(401, "invalid_token");
    status_becomes(&there, "/v1/me", 401).await;
    status_becomes(&key_there, "/v1/partners", 401).await;
    let owner = org.owner.at(&server.url);
    owner.get("/v1/me").await.expect(200);

    // No connection for revocations lives: nobody is believed, and no requests are wanted.
    proxy.drop_new.store(true, Ordering::SeqCst);
    status_becomes(&owner, "/v1/me", 503).await;
    Client::public().at(&server.url).get("/readyz").await.problem(503, "unavailable");
    // One lives again.
    proxy.drop_new.store(false, Ordering::SeqCst);
    status_becomes(&owner, "/v1/me", 200).await;
    Client::public().at(&server.url).get("/readyz").await.expect(200);
    server.stop().await;
}
