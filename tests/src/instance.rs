//! The server under test: the real one, in this process, on a private cluster.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{OnceLock, mpsc},
};

use api::{
    config::{Database, Settings},
    database::DatabaseAccess,
    server::Server,
    state::AccountPolicy,
};
use persistence::mail_allowances::InvitationAllowance;

use crate::{Referee, websites};

/// A running server and what is known of it.
pub struct Instance {
    /// Where it answers.
    pub url: String,
    /// Its database, as the application's weak role.
    pub database_url: String,
    /// Its database, as the owner of the tables.
    pub owner_url: String,
    pub referee: Referee,
    /// Its files, keys and cluster.
    pub folder: PathBuf,
}

/// The one instance of this process. Rate limits are off; tests of limits start a server of their
/// own.
pub fn instance() -> &'static Instance {
    static INSTANCE: OnceLock<Instance> = OnceLock::new();
    INSTANCE.get_or_init(|| {
        let (ready, started) = mpsc::channel();
        // A thread of its own with a runtime that outlives every test's.
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread()
                .worker_threads(2)
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(serve(ready));
        });
        started.recv().expect("the server starts")
    })
}

/// A second server on the same database, as behind a balancer: limits are on, and it believes what
/// this machine says of the address of a client (X-Forwarded-For).
pub fn neighbour() -> &'static str {
    static NEIGHBOUR: OnceLock<String> = OnceLock::new();
    NEIGHBOUR.get_or_init(|| {
        let mut settings = beside_the_first();
        settings.rate_limits = true;
        start(settings)
    })
}

/// A third server on the same database, where an e-mail address counts only once a mailed link was
/// used. It believes X-Forwarded-For, too.
pub fn proving() -> &'static str {
    static PROVING: OnceLock<String> = OnceLock::new();
    PROVING.get_or_init(|| {
        let mut settings = beside_the_first();
        settings.accounts.email_proof = true;
        start(settings)
    })
}

/// Settings of another server on the database of the first.
pub fn beside_the_first() -> Settings {
    let first = instance();
    let external =
        Database::External { url: first.database_url.clone(), owner_url: first.owner_url.clone() };
    Settings {
        public_url: Some(first.url.clone()),
        trusted_proxies: vec!["127.0.0.1/32".parse().unwrap()],
        db_pool: 4,
        ..settings(&first.folder, external)
    }
}

/// Starts a server that runs until the process ends, and answers where it is.
fn start(settings: Settings) -> String {
    let (ready, started) = mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let database = DatabaseAccess::open(&settings).await.unwrap();
            let server = Server::start(&settings, database).await.unwrap();
            ready.send(server.url.clone()).ok();
            std::future::pending::<()>().await;
        });
    });
    started.recv().expect("the server starts")
}

async fn serve(ready: mpsc::Sender<Instance>) {
    let folder = fresh_folder();
    let settings = settings(&folder, Database::Embedded { pg_bin: None });
    // The cluster has room for the other servers of the tests, too.
    let roomy = Settings { db_pool: 40, ..settings.clone() };
    let database = DatabaseAccess::open(&roomy).await.unwrap();
    database.migrate().await.unwrap();
    let (database_url, owner_url) = (database.url.clone(), database.owner_url.clone());
    let server = Server::start(&settings, database).await.unwrap();
    let url = server.url.clone();
    let document = reqwest::get(format!("{url}/openapi.json")).await.unwrap().json().await.unwrap();
    ready
        .send(Instance { url, database_url, owner_url, referee: Referee::new(document), folder })
        .ok();
    // Ends with the process; its PostgreSQL ends with it.
    std::future::pending::<()>().await;
    drop(server);
}

/// Settings for tests: any port, quiet, without limits.
pub fn settings(folder: &Path, database: Database) -> Settings {
    Settings {
        listen: "127.0.0.1:0".parse().unwrap(),
        ready_file: None,
        database,
        data_dir: folder.to_owned(),
        public_url: None,
        app_url: Some("https://app.example.com".into()),
        cors_origins: vec!["https://app.example.com".into()],
        trusted_proxies: Vec::new(),
        jwt_key: None,
        jwt_key_previous: None,
        object_store_url: None,
        smtp: Some(crate::mail_sink().url.parse().expect("the address of a mail server")),
        mail_from: None,
        accounts: AccountPolicy {
            registration_open: true,
            // So that every test can register its organization at once; `proving` is for the
            // others.
            email_proof: false,
            invitations: InvitationAllowance { of_organization: 50, to_address: 3 },
        },
        slack_api_url: crate::slack_stand_in().url.clone(),
        company_data_url: Some(websites::COMPANY_DATA_URL.into()),
        allow_private_urls: false,
        hosts: ["site.test", "company-data.test"]
            .map(|name| (name.to_owned(), websites::address()))
            .into(),
        rate_limits: false,
        log: "warn".into(),
        log_format: None,
        otlp_endpoint: None,
        metrics_listen: None,
        workers: 2,
        db_pool: 8,
        job_concurrency: 2,
        quotas: domain::quotas::Quotas::default(),
        model: None,
    }
}

/// A folder that the system user of PostgreSQL can enter. Those of processes that are gone are
/// removed.
fn fresh_folder() -> PathBuf {
    let parent = std::env::temp_dir();
    for entry in fs::read_dir(&parent).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let owner = name.strip_prefix("partneros-test-").and_then(|pid| pid.parse::<u32>().ok());
        if owner.is_some_and(|pid| !Path::new(&format!("/proc/{pid}")).exists()) {
            fs::remove_dir_all(entry.path()).ok();
        }
    }
    let folder = parent.join(format!("partneros-test-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    folder
}
