//! Liveness, readiness and version of the server.

use std::time::Instant;

use actix_web::{HttpResponse, web};
use operation_macros::operation;
use serde::Serialize;
use utoipa::ToSchema;

use crate::kernel::{answer::Answer, problem::Result, state::State};

/// The liveness of the process.
#[derive(Debug, Serialize, ToSchema)]
pub struct Liveness {
    /// `ok`
    #[schema(example = "ok")]
    pub status: &'static str,
}

/// The readiness of the server.
#[derive(Debug, Serialize, ToSchema)]
pub struct Readiness {
    /// `ok` or `unavailable`
    #[schema(example = "ok")]
    pub status: &'static str,
    /// The checks that were made.
    pub checks: Vec<ReadinessCheck>,
}

/// One check of something that requests need.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReadinessCheck {
    /// `database`, `migrations`, `queue`, `revocations` or `storage`
    #[schema(example = "database")]
    pub name: &'static str,
    /// `ok` or `unavailable`
    #[schema(example = "ok")]
    pub status: &'static str,
    /// The duration of the check in milliseconds.
    #[schema(example = 0.4)]
    pub duration_ms: f64,
}

/// The version of the server.
#[derive(Debug, Serialize, ToSchema)]
pub struct ServerVersion {
    /// The version of the server.
    #[schema(example = "0.1.0")]
    pub version: &'static str,
    /// The commit from which it was built.
    #[schema(example = "13c7e8775849")]
    pub commit: &'static str,
    /// The time of the build.
    #[schema(example = "2026-11-24T12:00:00Z")]
    pub built_at: &'static str,
    /// The version of the API, with which its paths begin.
    #[schema(example = "1")]
    pub contract: &'static str,
}

/// Check that the process is alive
///
/// Checks nothing else. Restart the process when this fails.
#[operation(get("/healthz"), tag(Health), public, unlimited, ok(Liveness))]
pub async fn get_liveness() -> Answer {
    Answer::ok(&Liveness { status: "ok" })
}

/// Check that the server is ready
///
/// Checks the database, its migrations, the task queue, whether this instance is informed of
/// revoked sessions and keys, and, after a write has failed for lack of disk space, whether there
/// is space again. Send requests to this instance only while the response is 200.
#[operation(get("/readyz"), tag(Health), public, unlimited, ok(Readiness), errors(Unavailable))]
pub async fn get_readiness(state: web::Data<State>) -> Result<HttpResponse> {
    let store = &state.store;
    let looks: [(&'static str, ReadinessFuture<'_>); 5] = [
        ("database", Box::pin(store.ping())),
        ("migrations", Box::pin(up_to_date(store))),
        ("queue", Box::pin(async { persistence::tasks::measure(store).await.map(drop) })),
        ("revocations", Box::pin(async { state.authenticator.ensure_current() })),
        ("storage", Box::pin(store.ensure_space())),
    ];
    let (mut checks, mut failed) = (Vec::new(), false);
    for (name, look) in looks {
        let started = Instant::now();
        let done = look.await;
        if let Err(error) = &done {
            tracing::warn!(%error, name, "not ready");
            failed = true;
        }
        let status = if done.is_ok() { "ok" } else { "unavailable" };
        checks.push(ReadinessCheck {
            name,
            status,
            duration_ms: started.elapsed().as_secs_f64() * 1e3,
        });
    }
    if failed {
        let meta = serde_json::to_value(&checks).expect("checks are JSON");
        return Err(domain::Error::of(domain::Code::Unavailable).meta("checks", meta).into());
    }
    Ok(Answer::ok(&Readiness { status: "ok", checks }).into_response())
}

type ReadinessFuture<'a> = std::pin::Pin<Box<dyn Future<Output = domain::Result<()>> + 'a>>;

async fn up_to_date(store: &persistence::Store) -> domain::Result<()> {
    match persistence::migrate::pending(store).await? {
        0 => Ok(()),
        pending => {
            Err(domain::Error::Unavailable(format!("{pending} migrations are pending").into()))
        }
    }
}

/// Get the version of the server
///
/// Returns the version of the server, the commit from which it was built, and the version of the
/// API.
#[operation(get("/version"), tag(Health), public, unlimited, ok(ServerVersion))]
pub async fn get_version() -> Answer {
    Answer::ok(&VERSION)
}

/// The version of this build.
pub const VERSION: ServerVersion = ServerVersion {
    version: env!("CARGO_PKG_VERSION"),
    commit: env!("PARTNEROS_COMMIT"),
    built_at: env!("PARTNEROS_BUILT_AT"),
    contract: "1",
};
