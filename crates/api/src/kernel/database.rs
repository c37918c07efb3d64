//! The database of this deployment: an external one, or a private cluster.

use embedded_postgres::Cluster;
use persistence::Store;

use crate::kernel::config::{Database, Settings};

/// A connection to the database, with the private cluster if there is one.
pub struct DatabaseAccess {
    pub url: String,
    pub owner_url: String,
    cluster: Option<Cluster>,
}

impl DatabaseAccess {
    /// Starts the private cluster, or uses the configured URLs.
    ///
    /// # Errors
    /// The reason why the cluster cannot run, for the operator.
    pub async fn open(settings: &Settings) -> anyhow::Result<Self> {
        let pg_bin = match &settings.database {
            Database::External { url, owner_url } => {
                return Ok(Self { url: url.clone(), owner_url: owner_url.clone(), cluster: None });
            }
            Database::Embedded { pg_bin } => pg_bin.clone(),
        };
        let mut embedded = embedded_postgres::Settings::new(&settings.data_dir);
        embedded.bin_dir = pg_bin;
        // One server process per connection: this process, the worker, listeners, and a few for
        // operators.
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

    /// The same for a command that may run beside a server: joins its cluster, and starts one only
    /// if none runs.
    ///
    /// # Errors
    /// As [`open`](Self::open).
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
    /// The database is not available or refuses the migration.
    pub async fn migrate(&self) -> anyhow::Result<()> {
        for migration in persistence::migrate::run(&self.owner_url).await? {
            tracing::info!(migration, "migrated");
        }
        Ok(())
    }

    /// Opens a connection pool.
    pub async fn store(&self, pool: usize) -> domain::Result<Store> {
        Store::connect(&persistence::Settings { url: self.url.clone(), pool }).await
    }

    /// Whether this process has started the cluster, so that no other process is connected to it.
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
