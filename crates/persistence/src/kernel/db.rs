//! The pool and the tenant transaction: every query runs inside one organization, in one round trip
//! more than the query itself.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{
        Arc, Mutex, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use chrono::TimeDelta;
use diesel::{ConnectionResult, prelude::*};
use diesel_async::{
    AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection,
    pooled_connection::{
        AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod,
        deadpool::{Object, Pool},
    },
};
use domain::{
    Code, Error, Result, access::Scope, events::NewEvent, ids::OrganizationId, quotas::Quotas,
    timestamp::Timestamp,
};
use futures_util::{FutureExt, future::join};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::kernel::{
    announcements::{self, Announcement},
    event_append,
    event_numbering::{self, Numbering},
    server_keys,
    turns::{Turn, Turns},
};

/// Where the database is.
#[derive(Debug, Clone)]
pub struct Settings {
    /// For everything but migrations. When it may become `partneros_app` it does; it must not
    /// bypass the wall.
    pub url: String,
    /// Connections in the pool.
    pub pool: usize,
}

/// What a connection is before anybody uses it: weak, and never stuck for long.
/// `client_connection_check_interval` ends the statement of a request that was canceled;
/// parallel scans of the whole table would serve one organization at the cost of all.
///
/// [`crate::kernel::locks::bulk`] lets one lock wait longer than `lock_timeout` says here.
const ON_CONNECT: &str = "SET ROLE partneros_app; SET statement_timeout = '15s'; SET lock_timeout \
    = '4s'; \
    SET idle_in_transaction_session_timeout = '60s'; SET client_connection_check_interval = \
    '250ms'; \
    SET max_parallel_workers_per_gather = 0; SET jit = off; SET timezone = 'UTC'";

/// Begins the writing transaction of a request. Its statements find a few rows by their keys, for
/// which there is one good plan. By default one is made anew for each array of ids, which takes
/// longer than the statement (docs/decisions/0332-one-plan-for-writes.md).
const BEGIN_REQUEST: &str = "BEGIN; SET LOCAL plan_cache_mode = force_generic_plan";

/// How long a request waits for a free connection, and a new connection for the database.
/// Below five seconds, within which a request is answered 503 while the database is away.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(4);

/// How long a read for a request may take: each of its statements, and one second more for all of
/// them together.
const READ_TIME: Duration = Duration::from_secs(5);
/// Of so many connections one is for one organization.
/// See docs/decisions/0131-what-one-may-take.md.
const POOL_SHARE: usize = 4;
/// Organizations whose share is remembered although nobody uses it.
const IDLE_SHARES: usize = 10_000;

/// The door to the database. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    pool: Pool<AsyncPgConnection>,
    url: String,
    /// A write has failed because the database's disk is full.
    out_of_space: Arc<AtomicBool>,
    /// None for the server's own work, which is shared out by tasks and may take its time.
    fairness: Option<Arc<Fairness>>,
    quotas: Quotas,
    turns: Turns,
    /// Since when a key of the server that is accepted has been there.
    key_since: Arc<OnceLock<Timestamp>>,
    /// Numbers the events that are written through this store.
    numbering: Arc<Numbering>,
}

/// What keeps the requests of one organization from being the trouble of all others.
struct Fairness {
    /// Connections that one organization uses at a time.
    share: usize,
    read_time: Duration,
    shares: Mutex<HashMap<OrganizationId, Arc<Semaphore>>>,
}

impl Fairness {
    fn new(share: usize, read_time: Duration) -> Arc<Self> {
        Arc::new(Self { share: share.max(1), read_time, shares: Mutex::default() })
    }

    /// Waits for one of the connections that the organization may use.
    async fn turn(&self, organization: OrganizationId) -> Result<OwnedSemaphorePermit> {
        let share = {
            let mut shares = self.shares.lock().expect("never poisoned");
            if shares.len() >= IDLE_SHARES {
                shares.retain(|_, share| Arc::strong_count(share) > 1);
            }
            let new = || Arc::new(Semaphore::new(self.share));
            Arc::clone(shares.entry(organization).or_insert_with(new))
        };
        match tokio::time::timeout(ACQUIRE_TIMEOUT, share.acquire_owned()).await {
            Ok(turn) => turn.map_err(Error::internal),
            Err(_) => Err(Error::new(
                Code::Unavailable,
                "The organization has too many requests under way. Try again when some have ended.",
            )),
        }
    }
}

impl Store {
    /// Opens the pool and makes sure that its role cannot look over the wall.
    ///
    /// # Errors
    /// `Unavailable` when the database is away; `Internal` when the role may bypass row-level
    /// security.
    pub async fn connect(settings: &Settings) -> Result<Self> {
        let mut config = ManagerConfig::default();
        // The default check sends a query whenever a connection is taken. Measured, that doubled
        // the CPU of a small request; a connection that has died is noticed without it.
        config.recycling_method = RecyclingMethod::Fast;
        config.custom_setup = Box::new(|url| establish(url).boxed());
        let manager = AsyncDieselConnectionManager::<AsyncPgConnection>::new_with_config(
            settings.url.clone(),
            config,
        );
        let pool = Pool::builder(manager)
            .max_size(settings.pool.max(1))
            .build()
            .map_err(Error::internal)?;
        let numbering = {
            let pool = pool.clone();
            Numbering::start(move || {
                let pool = pool.clone();
                async move { event_numbering::number_waiting(&mut *connection(&pool).await?).await }
            })
        };
        let store = Self {
            numbering: Arc::new(numbering),
            pool,
            url: settings.url.clone(),
            out_of_space: Arc::default(),
            fairness: None,
            quotas: Quotas::default(),
            turns: Turns::default(),
            key_since: Arc::default(),
        };
        store.refuse_strong_role().await?;
        Ok(store)
    }

    /// The same for requests: one organization has at most a quarter of the connections at a time,
    /// and reads end after 5 seconds.
    #[must_use]
    pub fn for_requests(mut self) -> Self {
        let share = self.pool.status().max_size / POOL_SHARE;
        self.fairness = Some(Fairness::new(share, READ_TIME));
        self
    }

    /// The same with other limits than those by default.
    #[must_use]
    pub fn with_quotas(mut self, quotas: Quotas) -> Self {
        self.quotas = quotas;
        self
    }

    async fn refuse_strong_role(&self) -> Result<()> {
        define_sql_function! {
            fn row_security_active(table: diesel::sql_types::Text) -> diesel::sql_types::Bool;
        }
        define_sql_function! {
            fn current_setting(name: diesel::sql_types::Text) -> diesel::sql_types::Text;
        }
        diesel::table! {
            pg_roles (rolname) { rolname -> Text, rolsuper -> Bool, rolbypassrls -> Bool, }
        }
        let mut conn = self.connection().await?;
        let walled: bool =
            diesel::select(row_security_active("partners")).get_result(&mut conn).await?;
        // SET ROLE alone is no wall: whoever gets at a connection can become again who signed in.
        let strong: bool = pg_roles::table
            .find(current_setting("session_authorization"))
            .select(pg_roles::rolsuper.or(pg_roles::rolbypassrls))
            .first(&mut conn)
            .await?;
        if walled && !strong {
            Ok(())
        } else {
            Err(Error::internal(
                "the database role can bypass row-level security; use a weak role \
                    (docs/OPERATIONS.md)",
            ))
        }
    }

    /// From now on tokens that were made before any of these keys of the server was there are worth
    /// nothing. The keys are named by their ids.
    ///
    /// # Errors
    /// `Unavailable` when the database is away.
    pub async fn accept_keys(&self, ids: &[String]) -> Result<()> {
        let since = server_keys::note(&mut *self.connection().await?, ids).await?;
        self.key_since.set(since).map_err(|_| Error::internal("keys are accepted once"))
    }

    /// A connection outside any organization: sees no tenant row. For the functions that look for
    /// one.
    pub(crate) async fn connection(&self) -> Result<Object<AsyncPgConnection>> {
        connection(&self.pool).await
    }

    /// A connection of its own, outside the pool, for LISTEN.
    pub(crate) async fn listener(&self) -> Result<AsyncPgConnection> {
        establish(&self.url).await.map_err(Error::database_away)
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<()> {
        (&mut &*self.connection().await?).batch_execute("SELECT").await.map_err(Into::into)
    }

    /// Whether there is space to write, asked of the database only after a write has failed for
    /// want of it: sorts a few megabytes with so little memory that they go to its disk.
    ///
    /// # Errors
    /// `Unavailable` while the disk is full or the database away.
    pub async fn ensure_space(&self) -> Result<()> {
        const WRITE_EIGHT_MEGABYTES: &str = "BEGIN READ ONLY; SET LOCAL work_mem = '64kB'; \
            SELECT count(*) FROM (SELECT repeat('x', 1000) AS filler FROM generate_series(1, 8000) \
            AS n \
                ORDER BY md5(n::text) OFFSET 0) AS sorted; COMMIT";
        if !AtomicBool::load(&self.out_of_space, Ordering::Relaxed) {
            return Ok(());
        }
        let guard = Guard(Some(self.connection().await?));
        let mut conn: &AsyncPgConnection = guard.0.as_ref().expect("held until released");
        match conn.batch_execute(WRITE_EIGHT_MEGABYTES).await.map_err(Error::from) {
            Err(error) if error.is_out_of_space() => Err(error),
            // Another refusal (a limit on temporary files) says nothing about the disk.
            done => {
                self.out_of_space.store(false, Ordering::Relaxed);
                if done.is_ok() {
                    guard.release();
                }
                Ok(())
            }
        }
    }

    /// Waits until no other writer of many rows is at work for the organization. Held until it is
    /// dropped; taken before the transaction, so that whoever waits occupies no connection.
    ///
    /// # Errors
    /// `Unavailable` after a minute.
    pub async fn turn(&self, scope: &Scope) -> Result<Turn> {
        self.turns.take(scope.organization).await
    }

    /// Connections that exist, and those that wait to be used.
    pub fn pool_status(&self) -> (usize, usize) {
        let status = self.pool.status();
        (status.size, status.available)
    }

    /// Runs `work` in a read-only transaction of the scope's organization.
    ///
    /// # Errors
    /// `query_too_expensive` when a request's read takes longer than it may. Asking again would
    /// take as long.
    pub async fn read<T>(
        &self,
        scope: &Scope,
        work: impl AsyncFnOnce(&Tx<'_>) -> Result<T>,
    ) -> Result<T> {
        let Some(fairness) = &self.fairness else {
            let conn = self.connection().await?;
            return self.transaction(conn, "BEGIN READ ONLY", scope, work).await;
        };
        let turn = fairness.turn(scope.organization).await?;
        let limit = fairness.read_time;
        // SET LOCAL ends with the transaction, so whoever uses the connection next has its usual
        // limit.
        let begin = format!("BEGIN READ ONLY; SET LOCAL statement_timeout = {}", limit.as_millis());
        let conn = self.connection().await?;
        let read = self.transaction(conn, &begin, scope, work);
        // The database ends a statement that takes too long; this ends many that do so together.
        let done = tokio::time::timeout(limit + Duration::from_secs(1), read).await;
        drop(turn);
        match done {
            Ok(Err(Error::Unavailable(source))) if is_out_of_time(&*source) => {
                Err(too_expensive(limit))
            }
            Ok(done) => done,
            Err(_) => Err(too_expensive(limit)),
        }
    }

    /// Runs `work` in a read-only transaction that sees all events and changes of the organization
    /// that were committed before, numbered: for whoever reads the log, or lists in the order of
    /// changes.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub async fn read_numbered<T>(
        &self,
        scope: &Scope,
        work: impl AsyncFnOnce(&Tx<'_>) -> Result<T>,
    ) -> Result<T> {
        self.number_events(scope).await?;
        self.read(scope, work).await
    }

    /// Numbers the events of the organization that were committed before.
    ///
    /// # Errors
    /// `Unavailable` when the database is away, or a transaction keeps the counter locked.
    pub async fn number_events(&self, scope: &Scope) -> Result<()> {
        let _turn = match &self.fairness {
            Some(fairness) => Some(fairness.turn(scope.organization).await?),
            None => None,
        };
        let mut conn = self.connection().await?;
        match event_numbering::number(&mut conn, scope.organization).await {
            // What has a number can be read although the disk is full.
            Err(error) if error.is_out_of_space() => {
                self.out_of_space.store(true, Ordering::Relaxed);
                Ok(())
            }
            done => done,
        }
    }

    /// Numbers the events that wait, of all organizations: for a process that ends.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn number_waiting_events(&self) -> Result<()> {
        // Bounded: an organization that another process is at is left to that one.
        for _ in 0..100 {
            if !event_numbering::number_waiting(&mut *self.connection().await?).await?.is_rest {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        Ok(())
    }

    /// Runs `work` in a transaction of the scope's organization. Its events are written by the last
    /// statement before COMMIT, and get their numbers after it.
    pub async fn write<T>(
        &self,
        scope: &Scope,
        work: impl AsyncFnOnce(&Tx<'_>) -> Result<T>,
    ) -> Result<T> {
        let _turn = match &self.fairness {
            Some(fairness) => Some(fairness.turn(scope.organization).await?),
            None => None,
        };
        let begin = if self.fairness.is_some() { BEGIN_REQUEST } else { "BEGIN" };
        let conn = self.connection().await?;
        let mut has_events = false;
        let done = self
            .transaction(conn, begin, scope, async |tx| {
                let done = work(tx).await?;
                let events = tx.take_events();
                has_events = !events.is_empty();
                event_append::append(tx.conn(), tx.scope(), events).await?;
                Ok(done)
            })
            .await;
        if has_events && done.is_ok() {
            self.numbering.wake();
        }
        if done.as_ref().is_err_and(Error::is_out_of_space) {
            self.out_of_space.store(true, Ordering::Relaxed);
        }
        done
    }

    async fn transaction<T>(
        &self,
        conn: Object<AsyncPgConnection>,
        begin: &str,
        scope: &Scope,
        work: impl AsyncFnOnce(&Tx<'_>) -> Result<T>,
    ) -> Result<T> {
        let guard = Guard(Some(conn));
        let conn: &AsyncPgConnection = guard.0.as_ref().expect("held until released");
        let key_since = self.key_since.get().copied();
        let tx = Tx {
            conn,
            scope,
            quotas: &self.quotas,
            key_since,
            events: Mutex::default(),
            announcements: Mutex::default(),
        };
        // SET is not planned, as a SELECT of `set_config` would be each time.
        let begin = format!("{begin}; SET LOCAL app.organization_id = '{}'", scope.organization.0);
        // Polling order is the order on the wire: BEGIN goes first and the first query rides behind
        // it.
        let mut first = conn;
        let (begun, done) = join(first.batch_execute(&begin), work(&tx)).await;
        begun?;
        // The empty SELECT fails in an aborted transaction, where COMMIT would be a silent
        // ROLLBACK.
        let end = if done.is_ok() { "SELECT; COMMIT" } else { "ROLLBACK" };
        let mut last = conn;
        last.batch_execute(end).await?;
        if done.is_err() || tx.announce_all().await {
            guard.release();
        }
        done
    }
}

/// Whether the database ended a statement because of its `statement_timeout`.
fn is_out_of_time(source: &(dyn std::error::Error + 'static)) -> bool {
    source.to_string().contains("due to statement timeout")
}

fn too_expensive(limit: Duration) -> Error {
    let seconds = limit.as_secs();
    let detail = format!(
        "The query was ended after {seconds} seconds. Narrow it with fewer or simpler conditions, \
            ask for a smaller \
         page, or use an export."
    );
    Error::new(Code::QueryTooExpensive, detail).meta("max_seconds", seconds.into())
}

/// Diesel does not see a BEGIN that was sent by hand, so a connection whose request was canceled
/// must never go back into the pool: dropping the guard closes it.
struct Guard(Option<Object<AsyncPgConnection>>);

impl Guard {
    fn release(mut self) {
        self.0.take();
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        if let Some(object) = self.0.take() {
            drop(Object::take(object));
        }
    }
}

/// A transaction inside one organization.
pub struct Tx<'c> {
    conn: &'c AsyncPgConnection,
    scope: &'c Scope,
    quotas: &'c Quotas,
    key_since: Option<Timestamp>,
    events: Mutex<Vec<NewEvent>>,
    announcements: Mutex<BTreeSet<Announcement>>,
}

impl<'c> Tx<'c> {
    /// For queries: `query.load(&mut tx.conn())`. Futures made before the first is awaited share a
    /// round trip.
    pub fn conn(&self) -> &'c AsyncPgConnection {
        self.conn
    }

    /// On whose behalf it runs.
    pub fn scope(&self) -> &'c Scope {
        self.scope
    }

    /// How much the organization may have.
    pub fn quotas(&self) -> &'c Quotas {
        self.quotas
    }

    /// Whether what was made at this instant was made under a key of the server that is still
    /// accepted.
    pub(crate) fn trusts(&self, made_at: Timestamp) -> bool {
        self.key_since.is_none_or(|since| since <= made_at)
    }

    /// A token with this life is good when it ends after this instant: neither too old, nor made
    /// under a key of the server that is no longer accepted.
    pub(crate) fn must_end_after(&self, life: TimeDelta) -> Timestamp {
        let now = Timestamp::now();
        self.key_since.map_or(now, |since| now.max(Timestamp(since.0 + life)))
    }

    /// Adds an event; it is written when the work is done, with the scope's actor and request.
    pub fn record(&self, event: NewEvent) {
        self.events.lock().expect("never poisoned").push(event);
    }

    /// Adds a notification; it is sent after the commit.
    pub(crate) fn announce(&self, announcement: Announcement) {
        self.announcements.lock().expect("never poisoned").insert(announcement);
    }

    /// Sends the notifications; returns whether the connection can still be used. What was
    /// committed stays so, whatever becomes of them.
    async fn announce_all(&self) -> bool {
        let all = std::mem::take(&mut *self.announcements.lock().expect("never poisoned"));
        match announcements::send(self.conn, all).await {
            Ok(()) => true,
            Err(error) => {
                tracing::warn!(%error, "could not notify the other connections");
                false
            }
        }
    }

    pub(crate) fn take_events(&self) -> Vec<NewEvent> {
        std::mem::take(&mut *self.events.lock().expect("never poisoned"))
    }

    /// Runs `work` so that its failure undoes it alone, with its events.
    pub async fn savepoint<T>(&self, work: impl AsyncFnOnce(&Tx<'_>) -> Result<T>) -> Result<T> {
        let told = self.events.lock().expect("never poisoned").len();
        let mut conn = self.conn;
        conn.batch_execute("SAVEPOINT work").await?;
        let done = work(self).await;
        match &done {
            Ok(_) => conn.batch_execute("RELEASE SAVEPOINT work").await?,
            Err(_) => {
                conn.batch_execute("ROLLBACK TO SAVEPOINT work; RELEASE SAVEPOINT work").await?;
                // What was undone must not be told to anybody.
                self.events.lock().expect("never poisoned").truncate(told);
            }
        }
        done
    }
}

/// A connection of the pool.
async fn connection(pool: &Pool<AsyncPgConnection>) -> Result<Object<AsyncPgConnection>> {
    match tokio::time::timeout(ACQUIRE_TIMEOUT, pool.get()).await {
        Ok(got) => got.map_err(Error::database_away),
        // All connections may be at work: that says nothing of the database.
        Err(late) => Err(Error::Unavailable(late.into())),
    }
}

async fn establish(url: &str) -> ConnectionResult<AsyncPgConnection> {
    let conn = open(url).await?;
    let mut first = &conn;
    first
        .batch_execute(ON_CONNECT)
        .await
        .map_err(diesel::ConnectionError::CouldntSetupConfiguration)?;
    Ok(conn)
}

/// Connects as the URL says: over a unix socket or, with `sslmode`, over TLS against the system's
/// certificates.
pub(crate) async fn open(url: &str) -> ConnectionResult<AsyncPgConnection> {
    let bad = |error: tokio_postgres::Error| diesel::ConnectionError::BadConnection(chain(&error));
    let config: tokio_postgres::Config = url.parse().map_err(bad)?;
    let roots = rustls_native_certs::load_native_certs().certs;
    let mut store = rustls::RootCertStore::empty();
    store.add_parsable_certificates(roots);
    let tls = rustls::ClientConfig::builder_with_provider(
        rustls::crypto::aws_lc_rs::default_provider().into(),
    )
    .with_safe_default_protocol_versions()
    .map_err(|error| diesel::ConnectionError::BadConnection(error.to_string()))?
    .with_root_certificates(store)
    .with_no_client_auth();
    let (client, connection) =
        config.connect(tokio_postgres_rustls::MakeRustlsConnect::new(tls)).await.map_err(bad)?;
    AsyncPgConnection::try_from_client_and_connection(client, connection).await
}

fn chain(error: &dyn std::error::Error) -> String {
    std::iter::successors(error.source(), |e| e.source())
        .fold(error.to_string(), |text, e| format!("{text}: {e}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    define_sql_function! {
        fn current_organization() -> diesel::sql_types::Nullable<diesel::sql_types::Uuid>;
    }
    define_sql_function! {
        fn pg_sleep(seconds: diesel::sql_types::Double) -> diesel::sql_types::Text;
    }

    /// The requests of one organization wait for each other where they are too many, and for nobody
    /// else.
    #[test]
    fn one_organization_has_a_share_of_the_connections() {
        crate::kernel::testing::run(async |store, scope| {
            let store = store.clone().for_requests();
            let other = Scope::system(OrganizationId::new(), "test", uuid::Uuid::now_v7());
            let share = store.pool.status().max_size / POOL_SHARE;
            let under_way = std::cell::Cell::new(0);
            let most = std::cell::Cell::new(0);
            let slow = async |tx: &Tx<'_>| {
                under_way.set(under_way.get() + 1);
                most.set(most.get().max(under_way.get()));
                diesel::select(pg_sleep(0.02)).execute(&mut tx.conn()).await?;
                under_way.set(under_way.get() - 1);
                Ok(())
            };
            let many = futures_util::future::join_all((0..12).map(|_| store.read(&scope, slow)));
            let quick = store.read(&other, async |tx| {
                Ok(diesel::select(current_organization())
                    .get_result::<Option<uuid::Uuid>>(&mut tx.conn())
                    .await?)
            });
            let (many, quick) = join(many, quick).await;
            assert!(many.iter().all(Result::is_ok) && quick.unwrap().is_some());
            assert_eq!(most.get(), share.max(1));
        });
    }

    /// Whether it is one long statement or many short ones.
    #[test]
    fn reads_for_requests_end() {
        crate::kernel::testing::run(async |store, scope| {
            let mut store = store.clone();
            store.fairness = Some(Fairness::new(1, Duration::from_millis(50)));
            let long = async |tx: &Tx<'_>| {
                diesel::select(pg_sleep(30.0)).execute(&mut tx.conn()).await?;
                Ok(())
            };
            let many = async |tx: &Tx<'_>| {
                loop {
                    diesel::select(pg_sleep(0.01)).execute(&mut tx.conn()).await?;
                }
            };
            let long = store.read(&scope, long).await.unwrap_err();
            let many: Result<()> = store.read(&scope, many).await;
            assert_eq!(long.code(), Code::QueryTooExpensive);
            assert_eq!(many.unwrap_err().code(), Code::QueryTooExpensive);
            store.ping().await.unwrap();
        });
    }

    /// Whatever becomes of a request, nobody gets a connection that is still inside of an
    /// organization.
    #[test]
    fn work_that_is_given_up_leaves_no_organization_behind() {
        crate::kernel::testing::run(async |store, scope| {
            let work = async |tx: &Tx<'_>| {
                diesel::select(pg_sleep(0.002)).execute(&mut tx.conn()).await?;
                Ok(diesel::select(current_organization())
                    .get_result::<Option<uuid::Uuid>>(&mut tx.conn())
                    .await?)
            };
            for round in 0..200_u64 {
                let patience = Duration::from_micros(round * 50);
                match tokio::time::timeout(patience, store.read(&scope, work)).await {
                    Ok(done) => assert_eq!(done.unwrap(), Some(scope.organization.0)),
                    Err(_) => assert!(store.pool_status().0 <= 4),
                }
                let mut conn = store.connection().await.unwrap();
                let left: Option<uuid::Uuid> =
                    diesel::select(current_organization()).get_result(&mut conn).await.unwrap();
                assert_eq!(left, None, "after {patience:?}");
            }
        });
    }
}
