//! A real database for the tests of this crate: one cluster for all of them, an organization for
//! each.

use std::{
    fs,
    path::Path,
    sync::{Arc, Mutex, Weak},
};

use diesel_async::RunQueryDsl;
use domain::{
    Result,
    access::{Actor, Role, Scope, WriteMode},
    ids::{OrganizationId, UserId},
};
use uuid::Uuid;

use crate::kernel::{
    db::{Settings, Store, Tx},
    migrate,
    statement::{Bind, Statement},
};

struct Database {
    url: String,
    cluster: embedded_postgres::Cluster,
    _folder: tempfile::TempDir,
}

/// Ends with the last test that uses it, and takes its folder along: what is static is never
/// dropped.
static DATABASE: Mutex<Weak<Database>> = Mutex::new(Weak::new());

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime")
}

fn database() -> Arc<Database> {
    let mut shared = DATABASE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    if let Some(database) = shared.upgrade() {
        return database;
    }
    // PostgreSQL runs as another user, who must be able to enter.
    let open = std::os::unix::fs::PermissionsExt::from_mode(0o711);
    let folder = tempfile::Builder::new().permissions(open).tempdir().expect("a folder");
    let mut settings = embedded_postgres::Settings::new(folder.path());
    settings.extra = vec![("fsync".into(), "off".into()), ("max_connections".into(), "100".into())];
    let cluster = embedded_postgres::Cluster::start(&settings).expect("a cluster");
    runtime().block_on(async {
        migrate::run(&cluster.address().superuser_url()).await.expect("the schema")
    });
    let url = cluster.url("partneros_app", "postgres");
    let database = Arc::new(Database { url, cluster, _folder: folder });
    *shared = Arc::downgrade(&database);
    database
}

/// Runs `work` with a store and the scope of a user in a new organization that has the tiers of
/// every new one.
pub(crate) fn run(work: impl AsyncFnOnce(Store, Scope)) {
    let database = database();
    runtime().block_on(async {
        let store = Store::connect(&Settings { url: database.url.clone(), pool: 4 })
            .await
            .expect("a store");
        let scope = Scope {
            organization: OrganizationId::new(),
            actor: Actor::user(UserId::new(), "Ada"),
            role: Role::Owner,
            member: None,
            mode: WriteMode::Manual,
            may_override: true,
            request_id: Uuid::now_v7(),
        };
        store.write(&scope, found).await.expect("an organization");
        work(store, scope).await;
    });
}

/// A connection that may do everything, for VACUUM and ANALYZE.
pub(crate) async fn superuser() -> diesel_async::AsyncPgConnection {
    let url = database().cluster.address().superuser_url();
    crate::kernel::db::open(&url).await.expect("a connection")
}

async fn found(tx: &Tx<'_>) -> Result<()> {
    execute(
        tx,
        Statement::new("INSERT INTO organizations (name, currency) VALUES ('Test', 'USD')"),
    )
    .await?;
    execute(tx, Statement::new("INSERT INTO event_counters DEFAULT VALUES")).await?;
    let tiers = ["registered", "bronze", "silver", "gold", "platinum"];
    for (i, key) in tiers.into_iter().enumerate() {
        let statement = Statement::new("INSERT INTO tiers (key, name, rank, is_default) VALUES (")
            .with(Bind::Text(Some(key.into())), ", ")
            .with(Bind::Text(Some(key.into())), ", ")
            .with(Bind::Int(Some(i as i64 + 1)), ", ")
            .with(Bind::Bool(Some(i == 0)), ")");
        execute(tx, statement).await?;
    }
    Ok(())
}

pub(crate) async fn execute(tx: &Tx<'_>, statement: Statement) -> Result<()> {
    statement.execute(&mut tx.conn()).await?;
    Ok(())
}

/// The sources of crates with their names (`persistence/src/lib.rs`), in the order of the names,
/// for rules about where something belongs.
pub(crate) fn sources(crates: &[&str]) -> Vec<(String, String)> {
    fn collect(folder: &Path, name: &str, out: &mut Vec<(String, String)>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = format!("{name}/{}", path.file_name().unwrap().to_string_lossy());
            if path.is_dir() {
                collect(&path, &name, out);
            } else if name.ends_with(".rs") {
                out.push((name, fs::read_to_string(&path).unwrap()));
            }
        }
    }
    let mut out = Vec::new();
    for package in crates {
        let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/..")).join(package);
        collect(&folder.join("src"), &format!("{package}/src"), &mut out);
    }
    out.sort();
    out
}

/// Numbers that look random and are the same each time.
pub(crate) struct Dice(pub u64);

impl Dice {
    pub(crate) fn below(&mut self, n: usize) -> usize {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % n as u64) as usize
    }
    pub(crate) fn of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }
    pub(crate) fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }
}
