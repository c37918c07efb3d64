//! A scratch cluster for the tests of this crate: shared while any test holds it, with a database
//! for each.
#![allow(dead_code, reason = "every test binary uses a part of it")]

use std::{
    fs::Permissions,
    os::unix::fs::PermissionsExt,
    sync::{
        Arc, Mutex, Weak,
        atomic::{AtomicUsize, Ordering},
    },
};

use diesel::prelude::*;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use domain::{access::Scope, ids::OrganizationId, schema};
use embedded_postgres::{Cluster, Settings};
use persistence::Store;
use tempfile::TempDir;
use uuid::Uuid;

struct Shared {
    cluster: Cluster,
    _folder: TempDir,
}

static SHARED: Mutex<Weak<Shared>> = Mutex::new(Weak::new());
static MIGRATING: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());
static DATABASES: AtomicUsize = AtomicUsize::new(0);

fn shared() -> Arc<Shared> {
    let mut slot = SHARED.lock().unwrap();
    if let Some(shared) = slot.upgrade() {
        return shared;
    }
    let folder =
        tempfile::Builder::new().permissions(Permissions::from_mode(0o711)).tempdir().unwrap();
    let mut settings = Settings::new(folder.path());
    settings.extra.push(("fsync".into(), "off".into()));
    // For the tests that count statements.
    settings.extra.push(("shared_preload_libraries".into(), "pg_stat_statements".into()));
    settings.extra.push(("pg_stat_statements.track_planning".into(), "on".into()));
    let shared = Arc::new(Shared { cluster: Cluster::start(&settings).unwrap(), _folder: folder });
    *slot = Arc::downgrade(&shared);
    shared
}

/// A migrated database, and the door to it as the server has it.
pub struct Scratch {
    pub store: Store,
    pub superuser_url: String,
    shared: Arc<Shared>,
    name: String,
}

impl Scratch {
    pub async fn new() -> Self {
        let shared = shared();
        let name = format!("scratch_{}", DATABASES.fetch_add(1, Ordering::Relaxed));
        let mut conn =
            AsyncPgConnection::establish(&shared.cluster.address().superuser_url()).await.unwrap();
        conn.batch_execute(&format!("CREATE DATABASE {name}")).await.unwrap();
        let superuser_url = shared.cluster.url("postgres", &name);
        {
            // The first migration makes roles, which belong to the whole cluster.
            let _one_at_a_time = MIGRATING.lock().await;
            persistence::migrate::run(&superuser_url).await.unwrap();
        }
        let store = connect(&shared, &name, 12).await;
        Self { store, superuser_url, shared, name }
    }

    /// Another door to the same database, as another instance has it.
    pub async fn other_store(&self) -> Store {
        connect(&self.shared, &self.name, 12).await
    }

    /// The same with a single connection.
    pub async fn narrow_store(&self) -> Store {
        connect(&self.shared, &self.name, 1).await
    }

    pub async fn superuser(&self) -> AsyncPgConnection {
        AsyncPgConnection::establish(&self.superuser_url).await.unwrap()
    }

    /// A fresh organization.
    pub async fn organization(&self) -> Scope {
        let scope = Scope::system(OrganizationId::new(), "test", Uuid::now_v7());
        self.store
            .write(&scope, async |tx| {
                diesel::insert_into(schema::organizations::table)
                    .values((
                        schema::organizations::name.eq("Test"),
                        schema::organizations::currency.eq("USD"),
                    ))
                    .execute(&mut tx.conn())
                    .await?;
                diesel::insert_into(schema::event_counters::table)
                    .values(schema::event_counters::last_sequence.eq(0))
                    .execute(&mut tx.conn())
                    .await?;
                Ok(())
            })
            .await
            .unwrap();
        scope
    }
}

async fn connect(shared: &Shared, name: &str, pool: usize) -> Store {
    Store::connect(&persistence::Settings { url: shared.cluster.url("partneros_app", name), pool })
        .await
        .unwrap()
}
