//! Migrates the schema. Runs as the owner of the tables, never as the application.

use diesel_async::AsyncMigrationHarness;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use domain::{Error, Result};

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../migrations");

/// Runs pending migrations, and returns their names. Concurrent instances wait for each other.
/// Needs a multi-thread runtime.
pub async fn run(owner_url: &str) -> Result<Vec<String>> {
    use diesel_async::SimpleAsyncConnection;
    let mut conn = crate::kernel::db::open(owner_url)
        .await
        .map_err(|error| Error::Unavailable(error.into()))?;
    // "partners" in ASCII; released with the connection.
    conn.batch_execute("SELECT pg_advisory_lock(8097879368486286963)").await?;
    let mut harness = AsyncMigrationHarness::new(conn);
    let ran = harness.run_pending_migrations(MIGRATIONS).map_err(Error::Internal)?;
    let ran: Vec<String> = ran.iter().map(ToString::to_string).collect();
    // The server checks whether the schema is current, with the role of the application.
    harness
        .into_inner()
        .batch_execute("GRANT SELECT ON __diesel_schema_migrations TO partneros_app")
        .await?;
    Ok(ran)
}

/// Creates the roles and the database of a private cluster, as its superuser, unless they exist.
pub async fn prepare(superuser_url: &str) -> Result<()> {
    use diesel::prelude::*;
    use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
    let mut conn = crate::kernel::db::open(superuser_url)
        .await
        .map_err(|error| Error::Unavailable(error.into()))?;
    conn.batch_execute(
        "SELECT pg_advisory_lock(8097879368486286963);
         DO $$ BEGIN
             IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'partneros_owner') THEN
                 CREATE ROLE partneros_owner LOGIN CREATEROLE;
             END IF;
         END $$",
    )
    .await?;
    // CREATE DATABASE cannot run in a transaction and has no IF NOT EXISTS. A failed attempt would
    // log an error in PostgreSQL at each start; the lock above makes the check safe.
    diesel::table! { pg_database (datname) { datname -> Text, } }
    let exists = diesel::select(diesel::dsl::exists(pg_database::table.find("partneros")));
    if exists.get_result(&mut conn).await? {
        return Ok(());
    }
    conn.batch_execute("CREATE DATABASE partneros OWNER partneros_owner ENCODING 'UTF8'").await?;
    Ok(())
}

/// The number of migrations of this binary that the database lacks.
pub async fn pending(store: &crate::kernel::db::Store) -> Result<usize> {
    use diesel::{migration::MigrationSource, prelude::*};
    use diesel_async::RunQueryDsl;
    diesel::table! {
        __diesel_schema_migrations (version) { version -> Text, run_on -> Timestamp, }
    }
    let mut conn = store.connection().await?;
    let ran: Vec<String> = __diesel_schema_migrations::table
        .select(__diesel_schema_migrations::version)
        .load(&mut conn)
        .await?;
    let known =
        MigrationSource::<diesel::pg::Pg>::migrations(&MIGRATIONS).map_err(Error::Internal)?;
    Ok(known.iter().filter(|m| !ran.contains(&m.name().version().to_string())).count())
}
