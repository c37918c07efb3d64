//! The database of this deployment: one that is given, or a private cluster.

use embedded_postgres::Cluster;
use persistence::Store;

use crate::kernel::config::{Database, Settings};

/// A database that answers, with its cluster when it is our own.
pub struct DatabaseAccess {
    pub url: String,
    pub owner_url: String,
    cluster: Option<Cluster>,
}

impl DatabaseAccess {
    /// Starts the private cluster, or takes the addresses that were given.
    ///
    /// # Errors
    /// Why the cluster cannot run, in words for people.
    pub async fn open(settings: &Settings) -> anyhow::Result<Self> {
        let pg_bin = match &settings.database {
            Database::External { url, owner_url } => {
                return Ok(Self { url: url.clone(), owner_url: owner_url.clone(), cluster: None });
            }
            Database::Embedded { pg_bin } => pg_bin.clone(),
        };
        let mut embedded = embedded_postgres::Settings::new(&settings.data_dir);
        embedded.bin_dir = pg_bin;
        // A server process per connection: ours, the worker's, those that listen, and a few for
        // people.
        let connections = settings.db_pool + settings.worker().connections() + 20;
        embedded.extra.push(("max_connections".into(), connections.to_string()));
        let cluster = tokio::task::spawn_blocking(move || Cluster::start(&embedded)).await??;
        persistence::migrate::prepare(&cluster.address().superuser_url()).await?;
        Ok(Self {
            url: cluster.url("partneros_app", "partneros"),
            owner_url: cluster.url("partneros_owner", "partneros"),
            cluster: Some(cluster),
        })
    }

    /// The same for a command beside a server that may be running: joins its cluster, and starts
    /// one only when none runs.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub async fn beside(settings: &Settings) -> anyhow::Result<Self> {
        if let Database::Embedded { .. } = settings.database
            && let Some(running) = embedded_postgres::find_running(&settings.data_dir)?
        {
            let (url, owner_url) = (
                running.url("partneros_app", "partneros"),
                running.url("partneros_owner", "partneros"),
            );
            return Ok(Self { url, owner_url, cluster: None });
        }
        let database = Self::open(settings).await?;
        database.migrate().await?;
        Ok(database)
    }

    /// Runs pending migrations.
    ///
    /// # Errors
    /// When the database is away or refuses.
    pub async fn migrate(&self) -> anyhow::Result<()> {
        for migration in persistence::migrate::run(&self.owner_url).await? {
            tracing::info!(migration, "migrated");
        }
        Ok(())
    }

    /// Opens a pool.
    pub async fn store(&self, pool: usize) -> domain::Result<Store> {
        Store::connect(&persistence::Settings { url: self.url.clone(), pool }).await
    }

    /// Whether the cluster was started by this process: nobody else is connected to it then.
    pub fn owns_cluster(&self) -> bool {
        self.cluster.is_some()
    }

    /// Stops the private cluster.
    pub async fn close(self) {
        if let Some(cluster) = self.cluster {
            tokio::task::spawn_blocking(move || cluster.stop()).await.ok();
        }
    }
}
