//! The server as a whole: database, HTTP, worker; started together, stopped in order.

use std::{fs, path::Path, sync::Arc, time::Duration};

use actix_cors::{Cors, CorsError};
use actix_web::{
    App, HttpServer,
    body::{BoxBody, MessageBody},
    dev::{ServerHandle, Service, ServiceResponse},
    http::{Method, header},
    middleware::{Compress, from_fn},
    web,
};
use anyhow::{Context, bail};
use domain::{Code, Error, events::request_id};
use lettre::message::Mailbox;
use persistence::revocations::Revocations;
use scoring::model::Model;
use secrecy::SecretString;
use tokio::task::JoinHandle;
use tracing_actix_web::TracingLogger;
use uuid::Uuid;

use crate::{
    kernel::{
        auth::Authenticator,
        config::Settings,
        database::DatabaseAccess,
        documents::Documents,
        files::Files,
        gate::gate,
        limits::Limits,
        mail::Mailer,
        metrics,
        openapi::ApiDescription,
        outgoing::slack::{self, SlackApi},
        problem,
        server_key::{self, ServerKey},
        state::{Addresses, State},
        telemetry::RequestSpan,
        upload::Uploads,
    },
    processes::{enrichments::Sources, job_work::JobWork},
    resources::{
        notifications::sender::{Circuits, Sender},
        scores::Scorer,
    },
    routes,
    worker::{Worker, WorkerTasks},
};

/// How long requests and job steps may take to end after the server was told to stop.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(30);

/// Starts the worker of this process.
///
/// # Errors
/// What keeps it from starting, in words for people.
pub async fn start_worker(
    database: &DatabaseAccess,
    settings: &Settings,
    work: WorkerTasks,
) -> anyhow::Result<Worker> {
    if database.owns_cluster() {
        // Whoever held a task was connected to the cluster that this process has just started,
        // so nobody does any more.
        // Without this, jobs of before a crash would wait until their lease is over.
        let released = persistence::tasks::release_all(&database.store(1).await?).await?;
        if released > 0 {
            tracing::info!(released, "goes on with the tasks that were at work before");
        }
    }
    Worker::start(database.url.clone(), work, settings.worker(), settings.quotas).await
}

/// The secret of this deployment: given, or made once and kept in the data folder.
///
/// # Errors
/// When the file cannot be read or written.
pub fn server_key(settings: &Settings) -> anyhow::Result<ServerKey> {
    let key = match &settings.jwt_key {
        Some(key) => ServerKey::new(key.clone()),
        None => ServerKey::new(kept_key(&settings.data_dir.join("jwt.key"))?),
    };
    Ok(settings.jwt_key_previous.iter().cloned().fold(key, ServerKey::accepting))
}

/// The language model of this deployment, when one is configured. Make it once: its circuit and its
/// places are for all.
///
/// # Errors
/// When it cannot be used, in words for people.
pub fn model(settings: &Settings) -> anyhow::Result<Option<Arc<Model>>> {
    Ok(settings.model.clone().map(Model::new).transpose()?.map(Arc::new))
}

fn kept_key(path: &Path) -> anyhow::Result<SecretString> {
    use std::{io::Write, os::unix::fs::OpenOptionsExt};
    let unreadable = || format!("cannot read or make the signing key `{}`", path.display());
    if !path.exists() {
        let mut bytes = [0u8; 48];
        getrandom::fill(&mut bytes).map_err(|error| anyhow::anyhow!("no randomness: {error}"))?;
        let text = base64::Engine::encode(&base64::prelude::BASE64_STANDARD, bytes);
        let mut file = fs::OpenOptions::new()
            .write(true)
            // Of two servers that start at once in a new folder one makes the key; the other fails
            // instead of going on with another key.
            .create_new(true)
            .mode(0o600)
            .open(path)
            .with_context(unreadable)?;
        // Synced, because what is encrypted with the key may reach the disk before it.
        file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).with_context(unreadable)?;
    }
    let text = server_key::read_file(path).map_err(|why| anyhow::anyhow!(why))?;
    if let Err(fault) = server_key::check(&text) {
        bail!("the signing key `{}` {fault}: remove it, and a new one is made", path.display());
    }
    Ok(SecretString::from(text))
}

/// A running server.
pub struct Server {
    /// Where it answers, `http://127.0.0.1:NNNN`.
    pub url: String,
    pub state: web::Data<State>,
    http: ServerHandle,
    running: JoinHandle<std::io::Result<()>>,
    worker: Worker,
    background: Vec<JoinHandle<()>>,
    database: DatabaseAccess,
}

impl Server {
    /// Starts everything; answers when requests are answered.
    ///
    /// # Errors
    /// What keeps it from starting, in words for people.
    pub async fn start(settings: &Settings, database: DatabaseAccess) -> anyhow::Result<Self> {
        let listener = std::net::TcpListener::bind(settings.listen)
            .with_context(|| format!("cannot listen on {} (PARTNEROS_LISTEN)", settings.listen))?;
        let url = format!("http://{}", listener.local_addr()?);
        let public_url = settings.public_url.clone().unwrap_or_else(|| url.clone());
        domain::links::set_public_url(&public_url);

        log_email_proof(settings);
        let store = database.store(settings.db_pool).await?;
        let store = store.for_requests().with_quotas(settings.quotas);
        let server_key = server_key(settings)?;
        let tokens = Arc::new(server_key.tokens(&public_url)?);
        match persistence::migrate::pending(&store).await? {
            0 => store.accept_keys(&server_key.ids()).await?,
            pending => tracing::warn!(
                pending,
                "migrations are pending: a new signing key ends no session until the next start"
            ),
        }
        let limits = Arc::new(Limits::new(settings.rate_limits));
        let revocations = Revocations::default();
        // Before the first request is answered: from here on the instance knows what was revoked.
        let follow = revocations.follow(&store).await?;
        let files = Files::open(settings.object_store_url.as_deref(), &settings.data_dir)?;
        let model = model(settings)?;
        let scorer = Scorer { model: model.clone() };
        let api = ApiDescription::of(routes::OPERATIONS);
        let state = web::Data::new(State {
            authenticator: Authenticator::new(
                store.clone(),
                Arc::clone(&tokens),
                revocations,
                Arc::clone(&limits),
            ),
            tokens,
            limits,
            policy: api.policy,
            schemas: api.schemas,
            files: files.clone(),
            uploads: Uploads::default(),
            server_key,
            slack: SlackApi::new(&settings.slack_api_url, slack::REQUEST_TIMEOUT)?,
            addresses: Addresses {
                app_url: app_url(settings, &public_url),
                public_url: public_url.clone(),
                origins: settings.cors_origins.clone(),
                trusted_proxies: settings.trusted_proxies.clone(),
            },
            accounts: settings.accounts,
            model,
            store,
        });
        let documents = web::Data::new(Documents::of(&api.document));
        let mut background = vec![tokio::spawn(follow), tokio::spawn(shrink_limits(state.clone()))];
        let measures = metrics::start(settings, state.clone(), &mut background)?;

        let (shared, origins) = (state.clone(), settings.cors_origins.clone());
        let https = public_url.starts_with("https://");
        let http = HttpServer::new(move || {
            App::new()
                .app_data(shared.clone())
                .app_data(documents.clone())
                // The last `wrap` is the outermost: CORS and tracing see what the gate refuses.
                .wrap(from_fn(gate))
                .wrap(Compress::default())
                .wrap(TracingLogger::<RequestSpan>::new())
                .wrap(cors(&origins))
                .wrap_fn(move |mut request, next| {
                    // What HEAD answers is what GET does; its body is left out where it is sent.
                    if request.method() == Method::HEAD {
                        request.head_mut().method = Method::GET;
                    }
                    let sign_in = request.path().starts_with("/v1/auth/");
                    let answer = next.call(request);
                    async move {
                        answer
                            .await
                            .map(|answer| with_cors_problem(without_credentials(answer, sign_in)))
                            .map(|answer| guarded(answer, https))
                    }
                })
                .wrap(measures.clone())
                .configure(routes::mount)
        })
        .workers(settings.workers)
        .shutdown_timeout(SHUTDOWN_TIMEOUT.as_secs())
        .client_request_timeout(Duration::from_secs(10))
        // Proxies and load balancers keep idle connections for 60 seconds; whoever closes first
        // must not be us, or their next request meets a closed connection.
        .keep_alive(Duration::from_secs(75))
        .disable_signals()
        .listen(listener)?
        .run();
        let handle = http.handle();
        let running = tokio::spawn(http);
        let work = WorkerTasks {
            sender: sender(settings, &public_url)?,
            jobs: JobWork { files, scorer, sources: Sources::new(settings)? },
        };
        let worker = start_worker(&database, settings, work).await?;
        Ok(Self { url, state, http: handle, running, worker, background, database })
    }

    /// Waits until it is told to stop by a signal, then stops.
    ///
    /// # Errors
    /// When the listener broke.
    pub async fn run(mut self) -> anyhow::Result<()> {
        tokio::select! {
            ended = &mut self.running => ended?.context("the listener broke")?,
            () = shutdown_signal() => tracing::info!("stopping"),
        }
        self.stop().await;
        Ok(())
    }

    /// Stops: no new requests or jobs, those that run may end, then the database.
    pub async fn stop(self) {
        // Both at once, so that stopping takes as long as the slower of the two.
        tokio::join!(self.http.stop(true), self.worker.stop());
        for task in self.background {
            task.abort();
        }
        if let Err(error) = self.state.store.number_waiting_events().await {
            tracing::warn!(%error, "events are left to be numbered by another process");
        }
        drop(self.state);
        self.database.close().await;
    }
}

/// What the operator should know of how accounts are made here.
fn log_email_proof(settings: &Settings) {
    match (settings.accounts.email_proof, &settings.smtp) {
        (false, _) => tracing::warn!(
            "e-mail addresses are not proved (PARTNEROS_EMAIL_PROOF=off): whoever registers with \
             an address has it. That is for trials; switch it on where strangers can register"
        ),
        (true, None) => tracing::warn!(
            folder = %settings.data_dir.join("mail").display(),
            "there is no mail server (PARTNEROS_SMTP_URL): mails, also those that confirm \
             registrations, are written as .eml files"
        ),
        (true, Some(_)) => {}
    }
}

/// The web application, for links.
fn app_url(settings: &Settings, public_url: &str) -> String {
    settings.app_url.clone().unwrap_or_else(|| public_url.to_owned())
}

/// How notifications go out of this deployment.
///
/// # Errors
/// When the server key cannot be read.
pub fn sender(settings: &Settings, public_url: &str) -> anyhow::Result<Sender> {
    let app_url = app_url(settings, public_url);
    let from = settings.mail_from.clone().map_or_else(|| default_mail_from(&app_url), Ok)?;
    Ok(Sender {
        mailer: Mailer::new(settings.smtp.clone(), settings.data_dir.join("mail"), from),
        slack: SlackApi::new(&settings.slack_api_url, slack::REQUEST_TIMEOUT)?,
        server_key: server_key(settings)?,
        app_url,
        circuits: Circuits::default(),
    })
}

/// Who mails are from unless it is said: nobody at the host of the web application.
fn default_mail_from(app_url: &str) -> anyhow::Result<Mailbox> {
    let url = reqwest::Url::parse(app_url).ok();
    let host = url.as_ref().and_then(reqwest::Url::domain).unwrap_or("localhost");
    Ok(format!("partneros <no-reply@{host}>").parse()?)
}

/// Ctrl-C or SIGTERM.
pub async fn shutdown_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate()).expect("signals can be listened to");
    tokio::select! {
        _ = terminate.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}

async fn shrink_limits(state: web::Data<State>) {
    let mut often = tokio::time::interval(Duration::from_secs(60));
    loop {
        often.tick().await;
        state.limits.shrink();
    }
}

/// Web pages of these origins may call the API.
fn cors(origins: &[String]) -> Cors {
    let exposed = [
        "ETag",
        "Location",
        "Link",
        "Request-Id",
        "RateLimit",
        "RateLimit-Policy",
        "Retry-After",
        "Idempotency-Replayed",
    ];
    let cors = Cors::default()
        .allowed_methods(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"])
        .allowed_headers([
            header::AUTHORIZATION.as_str(),
            header::CONTENT_TYPE.as_str(),
            header::IF_MATCH.as_str(),
            header::IF_NONE_MATCH.as_str(),
            header::ACCEPT.as_str(),
            "idempotency-key",
            "x-requested-with",
            "traceparent",
        ])
        .expose_headers(exposed)
        .supports_credentials()
        .block_on_origin_mismatch(false)
        .max_age(3600);
    origins.iter().fold(cors, |cors, origin| cors.allowed_origin(origin))
}

/// A preflight that is refused is a problem like any other.
fn with_cors_problem(
    answer: ServiceResponse<impl MessageBody + 'static>,
) -> ServiceResponse<BoxBody> {
    let refused =
        answer.response().error().is_some_and(|error| error.as_error::<CorsError>().is_some());
    if !refused {
        return answer.map_into_boxed_body();
    }
    let (path, id) = (answer.request().path().to_owned(), Uuid::now_v7());
    let mut problem = problem::response(&Error::of(Code::OriginNotAllowed), &path, id);
    let id = request_id(id).parse().expect("ids are ASCII");
    problem.headers_mut().insert(header::HeaderName::from_static("request-id"), id);
    answer.into_response(problem)
}

/// What browsers are told with every answer, also with those that no operation gives: a preflight,
/// say.
fn guarded<B>(mut answer: ServiceResponse<B>, https: bool) -> ServiceResponse<B> {
    let headers = answer.headers_mut();
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, header::HeaderValue::from_static("nosniff"));
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-store"));
    }
    if https {
        let year = "max-age=31536000; includeSubDomains";
        headers.insert(header::STRICT_TRANSPORT_SECURITY, header::HeaderValue::from_static(year));
    }
    answer
}

/// Cookies belong to sign-in alone: elsewhere the browser is not told that it may send them.
fn without_credentials<B>(mut answer: ServiceResponse<B>, sign_in: bool) -> ServiceResponse<B> {
    if !sign_in {
        answer.headers_mut().remove(header::ACCESS_CONTROL_ALLOW_CREDENTIALS);
    }
    answer
}
