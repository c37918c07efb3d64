//! Settings: options of the command line, environment variables, `.env`. All errors are reported at
//! once, each with what to do.

use std::{
    collections::HashMap,
    net::SocketAddr,
    path::{Path, PathBuf},
    str::FromStr,
};

use clap::Args;
use domain::quotas::Quotas;
use ipnet::IpNet;
use lettre::message::Mailbox;
use persistence::mail_allowances::InvitationAllowance;
use scoring::model::{Limits, ModelSettings};
use secrecy::SecretString;

use crate::kernel::{mail::SmtpServer, server_key, state::AccountPolicy};

/// The URL of Slack.
const SLACK_API_URL: &str = "https://slack.com/api";

/// The unchecked values of the command line and the environment. An empty value counts as absent.
#[derive(Debug, Clone, Default, Args)]
pub struct RawSettings {
    /// The address at which requests are answered; port 0 uses any free port.
    #[arg(long, env = "PARTNEROS_LISTEN", default_value = "127.0.0.1:8080")]
    listen: String,
    /// A file to which `{"url", "pid"}` is written when requests are answered.
    #[arg(long, value_name = "PATH")]
    ready_file: Option<PathBuf>,
    /// The database, with the role of the application; without it a private PostgreSQL runs in the
    /// data folder.
    #[arg(long, env = "DATABASE_URL", hide_env_values = true)]
    database_url: Option<String>,
    /// The database, with the role that owns the tables, for migrations. Default: DATABASE_URL.
    #[arg(long, env = "PARTNEROS_OWNER_DATABASE_URL", hide_env_values = true)]
    owner_database_url: Option<String>,
    /// The folder of the private PostgreSQL, the signing key and uploaded files.
    #[arg(long, env = "PARTNEROS_DATA_DIR")]
    data_dir: Option<String>,
    /// The folder with `postgres` and `initdb`.
    #[arg(long, env = "PARTNEROS_PG_BIN")]
    pg_bin: Option<String>,
    /// The URL that clients use. Default: the listen address.
    #[arg(long, env = "PARTNEROS_PUBLIC_URL")]
    public_url: Option<String>,
    /// The URL of the web application, for links. Default: the public URL.
    #[arg(long, env = "PARTNEROS_APP_URL")]
    app_url: Option<String>,
    /// Origins of web pages that may call the API, separated by commas.
    #[arg(long, env = "PARTNEROS_CORS_ORIGINS")]
    cors_origins: Option<String>,
    /// Networks of proxies whose X-Forwarded-For is trusted, separated by commas.
    #[arg(long, env = "PARTNEROS_TRUSTED_PROXIES")]
    trusted_proxies: Option<String>,
    /// Signs access tokens: an Ed25519 private key (PEM), or a shared secret of 32 bytes or more.
    #[arg(long, env = "PARTNEROS_JWT_KEY", hide_env_values = true)]
    jwt_key: Option<String>,
    /// A file with this key.
    #[arg(long, env = "PARTNEROS_JWT_KEY_FILE")]
    jwt_key_file: Option<String>,
    /// A second key that is accepted but not used for new data: the previous or the next one.
    #[arg(long, env = "PARTNEROS_JWT_KEY_PREVIOUS", hide_env_values = true)]
    jwt_key_previous: Option<String>,
    /// A file with this key.
    #[arg(long, env = "PARTNEROS_JWT_KEY_PREVIOUS_FILE")]
    jwt_key_previous_file: Option<String>,
    /// The place of uploaded files: `s3://bucket/prefix`. Default: the data folder.
    #[arg(long, env = "PARTNEROS_OBJECT_STORE_URL")]
    object_store_url: Option<String>,
    /// The mail server: `smtp://host:port`, `smtps://user:password@host`,
    /// `smtp://user:password@host?tls=required`. Default: mails are written to the folder `mail` of
    /// the data folder.
    #[arg(long, env = "PARTNEROS_SMTP_URL", hide_env_values = true)]
    smtp_url: Option<String>,
    /// The sender of mails. Default: no-reply at the host of the web application.
    #[arg(long, env = "PARTNEROS_MAIL_FROM")]
    mail_from: Option<String>,
    /// `open` or `off`; with `off`, organizations can only be created by `partneros admin
    /// create-organization`.
    #[arg(long, env = "PARTNEROS_REGISTRATION")]
    registration: Option<String>,
    /// `on` or `off`: whether an e-mail address must be confirmed with a mailed link. Default: on;
    /// off for `serve --demo` on the private PostgreSQL.
    #[arg(long, env = "PARTNEROS_EMAIL_PROOF")]
    email_proof: Option<String>,
    /// Invitations that one organization can send per day.
    #[arg(long, env = "PARTNEROS_INVITATIONS_PER_DAY")]
    invitations_per_day: Option<String>,
    /// Invitations that one e-mail address can get per day, from all organizations.
    #[arg(long, env = "PARTNEROS_INVITATIONS_PER_ADDRESS")]
    invitations_per_address: Option<String>,
    /// The URL of Slack's API. Default: `https://slack.com/api`.
    #[arg(long, env = "PARTNEROS_SLACK_API_URL")]
    slack_api_url: Option<String>,
    /// A JSON source of company data, as a URL with `{domain}`.
    #[arg(long, env = "PARTNEROS_COMPANY_DATA_URL", hide_env_values = true)]
    company_data_url: Option<String>,
    /// `true` or `false`; `true` allows enrichment and webhooks to reach private addresses, for
    /// tests and behind a firewall.
    #[arg(long, env = "PARTNEROS_ALLOW_PRIVATE_URLS", default_value = "false")]
    allow_private_urls: String,
    /// `on` or `off`; `off` is for benchmarks.
    #[arg(long, env = "PARTNEROS_RATE_LIMITS", default_value = "on")]
    rate_limits: String,
    /// Levels of the log: `info`, or by module `info,persistence=debug`.
    #[arg(long, env = "PARTNEROS_LOG", default_value = "info")]
    log: String,
    /// `text` or `json`. Default: text on a terminal, otherwise json.
    #[arg(long, env = "PARTNEROS_LOG_FORMAT")]
    log_format: Option<String>,
    /// The endpoint of traces (OTLP over HTTP). Default: no traces.
    #[arg(long, env = "OTEL_EXPORTER_OTLP_ENDPOINT")]
    otlp_endpoint: Option<String>,
    /// The address of a separate listener with Prometheus metrics at `/metrics`.
    #[arg(long, env = "PARTNEROS_METRICS_LISTEN")]
    metrics_listen: Option<String>,
    /// Threads that answer requests. Default: one per core.
    #[arg(long, env = "PARTNEROS_WORKERS")]
    workers: Option<String>,
    /// Connections to the database, of which one organization can use a quarter at a time. Default:
    /// 8 per core, 16 to 64.
    #[arg(long, env = "PARTNEROS_DB_POOL")]
    db_pool: Option<String>,
    /// Jobs that run at the same time.
    #[arg(long, env = "PARTNEROS_JOB_CONCURRENCY", default_value = "4")]
    job_concurrency: String,
    /// The most rows in the file of an import. Default: 1000000.
    #[arg(long, env = "PARTNEROS_MAX_IMPORT_ROWS")]
    max_import_rows: Option<String>,
    /// Waiting and running jobs of one user or API key. Default: 5.
    #[arg(long, env = "PARTNEROS_MAX_JOBS_PER_CALLER")]
    max_jobs_per_caller: Option<String>,
    /// Waiting and running jobs of one organization. Default: 20.
    #[arg(long, env = "PARTNEROS_MAX_JOBS_PER_ORGANIZATION")]
    max_jobs_per_organization: Option<String>,
    /// Results of rows that one organization keeps, in the jobs of the last 7 days. Default:
    /// 5000000.
    #[arg(long, env = "PARTNEROS_MAX_JOB_ITEMS")]
    max_job_items: Option<String>,
    /// MiB of uploads and exports that one organization keeps. Default: 2048.
    #[arg(long, env = "PARTNEROS_MAX_FILES_MIB")]
    max_files_mib: Option<String>,
    /// The key of an OpenAI-compatible server with the language model that takes part in scoring.
    /// Without it, scores are computed by the rules alone.
    #[arg(long, env = "PARTNEROS_OPENAI_API_KEY", hide_env_values = true)]
    openai_api_key: Option<String>,
    /// The base URL of its API: `https://api.openai.com/v1`.
    #[arg(long, env = "PARTNEROS_OPENAI_BASE_URL")]
    openai_base_url: Option<String>,
    /// The name of the model.
    #[arg(long, env = "PARTNEROS_OPENAI_MODEL")]
    openai_model: Option<String>,
    /// Tokens of the language model that each organization can use per day.
    #[arg(long, env = "PARTNEROS_OPENAI_DAILY_TOKENS", default_value = "5000000")]
    openai_daily_tokens: String,
}

/// The format of log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    Text,
    Json,
}

/// The database to use.
#[derive(Debug, Clone)]
pub enum Database {
    /// A private cluster in the data folder, with the programs of this folder or of an installation
    /// that is found.
    Embedded { pg_bin: Option<PathBuf> },
    /// An external PostgreSQL: URLs for the application and for the owner of the tables.
    External { url: String, owner_url: String },
}

/// Checked settings.
#[derive(Debug, Clone)]
pub struct Settings {
    pub listen: SocketAddr,
    pub ready_file: Option<PathBuf>,
    pub database: Database,
    pub data_dir: PathBuf,
    pub public_url: Option<String>,
    pub app_url: Option<String>,
    pub cors_origins: Vec<String>,
    pub trusted_proxies: Vec<IpNet>,
    /// `None`: generated once and stored in the data folder (embedded database only).
    pub jwt_key: Option<SecretString>,
    /// Accepted in addition.
    pub jwt_key_previous: Option<SecretString>,
    pub object_store_url: Option<String>,
    /// `None`: mails are written as files.
    pub smtp: Option<SmtpServer>,
    /// `None`: no-reply at the host of the web application.
    pub mail_from: Option<Mailbox>,
    pub accounts: AccountPolicy,
    pub slack_api_url: String,
    pub company_data_url: Option<String>,
    pub allow_private_urls: bool,
    /// Configured addresses of names, for them and all names below them, in outgoing requests. Only
    /// tests set this.
    pub hosts: HashMap<String, SocketAddr>,
    pub rate_limits: bool,
    pub log: String,
    pub log_format: Option<LogFormat>,
    pub otlp_endpoint: Option<String>,
    pub metrics_listen: Option<SocketAddr>,
    pub workers: usize,
    pub db_pool: usize,
    pub job_concurrency: usize,
    pub quotas: Quotas,
    /// `None`: scores are computed by the rules alone.
    pub model: Option<ModelSettings>,
}

impl Settings {
    /// The settings of the worker.
    pub fn worker(&self) -> persistence::worker::Settings {
        persistence::worker::Settings::new(self.job_concurrency)
    }
}

/// All errors of the settings, one sentence each.
#[derive(Debug, thiserror::Error)]
#[error("the settings are not valid:\n  - {}", .0.join("\n  - "))]
pub struct SettingsError(pub Vec<String>);

struct Checker(Vec<String>);

impl Checker {
    fn parse<T: FromStr>(&mut self, name: &str, text: Option<&str>, must: &str) -> Option<T> {
        let text = text?;
        match text.trim().parse() {
            Ok(value) => Some(value),
            Err(_) => {
                self.0.push(format!("{name} must be {must}, not `{text}`"));
                None
            }
        }
    }
    fn list<T: FromStr>(&mut self, name: &str, text: Option<&str>, must: &str) -> Vec<T> {
        let parts = text
            .into_iter()
            .flat_map(|text| text.split(','))
            .map(str::trim)
            .filter(|part| !part.is_empty());
        parts.filter_map(|part| self.parse(name, Some(part), must)).collect()
    }
    fn number(&mut self, name: &str, text: Option<&str>, otherwise: usize) -> usize {
        match self.parse::<usize>(name, text, "a number from 1 to 1000") {
            Some(number) if (1..=1000).contains(&number) => number,
            Some(number) => {
                self.0.push(format!("{name} must be a number from 1 to 1000, not `{number}`"));
                otherwise
            }
            None => otherwise,
        }
    }
    /// Whether the text is the first of two words; the first is the default.
    fn choice(&mut self, name: &str, text: Option<&str>, [yes, no]: [&str; 2]) -> bool {
        match text.map(str::trim) {
            None => true,
            Some(word) if word == yes => true,
            Some(word) if word == no => false,
            Some(other) => {
                self.0.push(format!("{name} must be `{yes}` or `{no}`, not `{other}`"));
                true
            }
        }
    }
    fn limit_of_mails(&mut self, name: &str, text: Option<&str>, otherwise: i32) -> i32 {
        let limit = self.limit(name, text, otherwise.into());
        i32::try_from(limit).expect("no limit is so large")
    }
    fn limit(&mut self, name: &str, text: Option<&str>, otherwise: i64) -> i64 {
        const MUST: &str = "a number from 1 to 1000000000";
        match self.parse::<i64>(name, text, MUST) {
            Some(number) if (1..=1_000_000_000).contains(&number) => number,
            Some(number) => {
                self.0.push(format!("{name} must be {MUST}, not `{number}`"));
                otherwise
            }
            None => otherwise,
        }
    }
    fn url(&mut self, name: &str, text: Option<&str>) -> Option<String> {
        let text = text?.trim_end_matches('/');
        let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
        if rest.is_none_or(|host| host.is_empty() || host.contains([' ', '?', '#'])) {
            self.0.push(format!(
                "{name} must be a URL such as https://partners.example.com, not `{text}`"
            ));
            return None;
        }
        Some(text.to_owned())
    }
    /// The message does not repeat the value, which may contain a password.
    fn smtp(&mut self, text: Option<&str>) -> Option<SmtpServer> {
        let server = text?.trim().parse();
        if server.is_err() {
            self.0.push(
                "PARTNEROS_SMTP_URL must be a URL such as \
                smtps://user:password@mail.example.com"
                    .into(),
            );
        }
        server.ok()
    }
    fn template(&mut self, name: &str, text: Option<&str>) -> Option<String> {
        let text = text?;
        let filled = reqwest::Url::parse(&text.replace("{domain}", "example.com"));
        if !text.contains("{domain}")
            || !filled.is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
        {
            // The value may contain a secret.
            self.0.push(format!(
                "{name} must be a URL with {{domain}}, such as https://data.example.com/{{domain}}"
            ));
            return None;
        }
        Some(text.to_owned())
    }
    /// A key of the server: from the setting itself, or from a file that only its owner may read.
    fn key(
        &mut self,
        name: &str,
        text: &Option<String>,
        file: &Option<String>,
    ) -> Option<SecretString> {
        let given = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
        let key = match (given(text), given(file)) {
            (None, None) => return None,
            (Some(_), Some(_)) => {
                Err(format!("{name} and {name}_FILE are both set: remove one of them"))
            }
            (Some(key), None) => Ok(key.trim().to_owned()),
            (None, Some(path)) => server_key::read_file(Path::new(path.trim()))
                .map_err(|why| format!("{name}_FILE: {why}")),
        };
        let key = key.and_then(|key| match server_key::check(&key) {
            Ok(()) => Ok(key),
            Err(fault) => Err(format!("{name} {fault}")),
        });
        key.map_err(|fault| self.0.push(fault)).ok().map(SecretString::from)
    }
    fn origin(&mut self, name: &str, text: &str) -> Option<String> {
        let url = self.url(name, Some(text))?;
        if url.splitn(4, '/').count() > 3 {
            self.0.push(format!(
                "{name} must be origins (scheme, host, port) without a path, not `{text}`"
            ));
            return None;
        }
        Some(url)
    }
}

impl RawSettings {
    /// Applies the settings of a trial: on the private PostgreSQL, e-mail addresses are not
    /// confirmed unless configured.
    pub fn of_trial(mut self) -> Self {
        let is_given =
            |text: &Option<String>| text.as_deref().is_some_and(|text| !text.trim().is_empty());
        if !is_given(&self.database_url) && !is_given(&self.email_proof) {
            self.email_proof = Some("off".to_owned());
        }
        self
    }

    /// Checks all settings.
    ///
    /// # Errors
    /// All errors at once.
    pub fn check(self) -> Result<Settings, SettingsError> {
        let some = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
        let mut check = Checker(Vec::new());
        let listen: Option<SocketAddr> = check.parse(
            "PARTNEROS_LISTEN",
            Some(&self.listen),
            "an address and port such as 127.0.0.1:8080",
        );
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        let database = match (some(&self.database_url), some(&self.owner_database_url)) {
            (Some(url), owner) => {
                Database::External { owner_url: owner.unwrap_or_else(|| url.clone()), url }
            }
            (None, Some(_)) => {
                check.0.push(
                    "PARTNEROS_OWNER_DATABASE_URL requires DATABASE_URL, except for migrations"
                        .into(),
                );
                Database::Embedded { pg_bin: None }
            }
            (None, None) => Database::Embedded { pg_bin: some(&self.pg_bin).map(PathBuf::from) },
        };
        let data_dir = match some(&self.data_dir) {
            Some(folder) => PathBuf::from(folder),
            None => embedded_postgres::default_data_dir().unwrap_or_else(|error| {
                check.0.push(format!("PARTNEROS_DATA_DIR: {error}"));
                PathBuf::new()
            }),
        };
        let jwt_key = check.key("PARTNEROS_JWT_KEY", &self.jwt_key, &self.jwt_key_file);
        // Not if the configured key is invalid, which is reported already.
        if jwt_key.is_none()
            && check.0.iter().all(|fault| !fault.starts_with("PARTNEROS_JWT_KEY"))
            && matches!(database, Database::External { .. })
        {
            check.0.push(
                "PARTNEROS_JWT_KEY or PARTNEROS_JWT_KEY_FILE is required with DATABASE_URL: an \
                 Ed25519 private key (PEM) or a secret of 32 bytes or more, the same on every \
                 instance (`openssl rand -base64 48` generates one)"
                    .into(),
            );
        }
        let jwt_key_previous = check.key(
            "PARTNEROS_JWT_KEY_PREVIOUS",
            &self.jwt_key_previous,
            &self.jwt_key_previous_file,
        );
        let rate_limits = match self.rate_limits.as_str() {
            "on" | "" => true,
            "off" => false,
            other => {
                check.0.push(format!("PARTNEROS_RATE_LIMITS must be `on` or `off`, not `{other}`"));
                true
            }
        };
        let accounts = AccountPolicy {
            registration_open: check.choice(
                "PARTNEROS_REGISTRATION",
                some(&self.registration).as_deref(),
                ["open", "off"],
            ),
            email_proof: check.choice(
                "PARTNEROS_EMAIL_PROOF",
                some(&self.email_proof).as_deref(),
                ["on", "off"],
            ),
            invitations: InvitationAllowance {
                of_organization: check.limit_of_mails(
                    "PARTNEROS_INVITATIONS_PER_DAY",
                    some(&self.invitations_per_day).as_deref(),
                    50,
                ),
                to_address: check.limit_of_mails(
                    "PARTNEROS_INVITATIONS_PER_ADDRESS",
                    some(&self.invitations_per_address).as_deref(),
                    3,
                ),
            },
        };
        let allow_private_urls = match self.allow_private_urls.as_str() {
            "true" => true,
            "false" | "" => false,
            other => {
                check.0.push(format!(
                    "PARTNEROS_ALLOW_PRIVATE_URLS must be `true` or `false`, not `{other}`"
                ));
                false
            }
        };
        let log_format = match some(&self.log_format).as_deref() {
            None => None,
            Some("text") => Some(LogFormat::Text),
            Some("json") => Some(LogFormat::Json),
            Some(other) => {
                check
                    .0
                    .push(format!("PARTNEROS_LOG_FORMAT must be `text` or `json`, not `{other}`"));
                None
            }
        };
        if let Err(error) = tracing_subscriber::EnvFilter::try_new(&self.log) {
            check.0.push(format!(
                "PARTNEROS_LOG must be levels such as `info,persistence=debug`: {error}"
            ));
        }
        let object_store_url = some(&self.object_store_url);
        if let Some(url) = object_store_url
            .as_deref()
            .filter(|url| !url.starts_with("s3://") && !url.starts_with("file://"))
        {
            check.0.push(format!(
                "PARTNEROS_OBJECT_STORE_URL must be `s3://bucket/prefix` or \
                `file:///folder`, not `{url}`"
            ));
        }
        let model = self.model(&mut check);
        let quotas = self.quotas(&mut check);
        let origins: Vec<String> =
            check.list("PARTNEROS_CORS_ORIGINS", some(&self.cors_origins).as_deref(), "origins");
        let settings = Settings {
            listen: listen.unwrap_or(SocketAddr::from(([127, 0, 0, 1], 8080))),
            ready_file: self.ready_file,
            database,
            data_dir,
            public_url: check.url("PARTNEROS_PUBLIC_URL", some(&self.public_url).as_deref()),
            app_url: check.url("PARTNEROS_APP_URL", some(&self.app_url).as_deref()),
            cors_origins: origins
                .iter()
                .filter_map(|o| check.origin("PARTNEROS_CORS_ORIGINS", o))
                .collect(),
            trusted_proxies: check.list(
                "PARTNEROS_TRUSTED_PROXIES",
                some(&self.trusted_proxies).as_deref(),
                "networks such as 10.0.0.0/8",
            ),
            jwt_key,
            jwt_key_previous,
            object_store_url,
            smtp: check.smtp(some(&self.smtp_url).as_deref()),
            mail_from: check.parse(
                "PARTNEROS_MAIL_FROM",
                some(&self.mail_from).as_deref(),
                "an e-mail address such as `Partners <partners@example.com>`",
            ),
            accounts,
            slack_api_url: check
                .url("PARTNEROS_SLACK_API_URL", some(&self.slack_api_url).as_deref())
                .unwrap_or_else(|| SLACK_API_URL.to_owned()),
            company_data_url: check
                .template("PARTNEROS_COMPANY_DATA_URL", some(&self.company_data_url).as_deref()),
            allow_private_urls,
            hosts: HashMap::new(),
            rate_limits,
            log: self.log,
            log_format,
            otlp_endpoint: check
                .url("OTEL_EXPORTER_OTLP_ENDPOINT", some(&self.otlp_endpoint).as_deref()),
            metrics_listen: check.parse(
                "PARTNEROS_METRICS_LISTEN",
                some(&self.metrics_listen).as_deref(),
                "an address and port such as 127.0.0.1:9090",
            ),
            workers: check.number("PARTNEROS_WORKERS", some(&self.workers).as_deref(), cores),
            db_pool: check.number(
                "PARTNEROS_DB_POOL",
                some(&self.db_pool).as_deref(),
                (8 * cores).clamp(16, 64),
            ),
            job_concurrency: check.number(
                "PARTNEROS_JOB_CONCURRENCY",
                Some(&self.job_concurrency),
                4,
            ),
            quotas,
            model,
        };
        if check.0.is_empty() { Ok(settings) } else { Err(SettingsError(check.0)) }
    }

    fn quotas(&self, check: &mut Checker) -> Quotas {
        let given = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
        let mut limit = |name, text: &Option<String>, otherwise| {
            check.limit(name, given(text).as_deref(), otherwise)
        };
        let usual = Quotas::default();
        Quotas {
            import_rows: limit(
                "PARTNEROS_MAX_IMPORT_ROWS",
                &self.max_import_rows,
                usual.import_rows,
            ),
            jobs_per_caller: limit(
                "PARTNEROS_MAX_JOBS_PER_CALLER",
                &self.max_jobs_per_caller,
                usual.jobs_per_caller,
            ),
            jobs_per_organization: limit(
                "PARTNEROS_MAX_JOBS_PER_ORGANIZATION",
                &self.max_jobs_per_organization,
                usual.jobs_per_organization,
            ),
            job_items: limit("PARTNEROS_MAX_JOB_ITEMS", &self.max_job_items, usual.job_items),
            file_bytes: limit(
                "PARTNEROS_MAX_FILES_MIB",
                &self.max_files_mib,
                usual.file_bytes >> 20,
            ) << 20,
        }
    }

    /// The settings of the language model: all three, or none.
    fn model(&self, check: &mut Checker) -> Option<ModelSettings> {
        let given = |text: &Option<String>| {
            text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
        };
        let daily_tokens = match self.openai_daily_tokens.trim() {
            "" => Some(5_000_000),
            text => check.parse::<u32>(
                "PARTNEROS_OPENAI_DAILY_TOKENS",
                Some(text),
                "a number of tokens, 0 to 4294967295",
            ),
        };
        let (key, url, name) =
            (given(&self.openai_api_key), given(&self.openai_base_url), given(&self.openai_model));
        let url = url.map(|url| check.url("PARTNEROS_OPENAI_BASE_URL", Some(&url)));
        if name.as_deref().is_some_and(|name| {
            name.chars().count() > 100 || name.contains(|c: char| c.is_control() || c == ' ')
        }) {
            check.0.push(
                "PARTNEROS_OPENAI_MODEL must be the name of a model: at most 100 \
                characters, no spaces"
                    .into(),
            );
        }
        if key.as_deref().is_some_and(|key| key.bytes().any(|byte| !byte.is_ascii_graphic())) {
            check.0.push(
                "PARTNEROS_OPENAI_API_KEY must be visible ASCII characters without \
                          spaces"
                    .into(),
            );
        }
        match (key, url, name) {
            (None, None, None) => None,
            (Some(key), Some(url), Some(name)) => Some(ModelSettings {
                base_url: url?,
                api_key: SecretString::from(key),
                model: name,
                daily_tokens: i64::from(daily_tokens?),
                limits: Limits::default(),
            }),
            (key, url, name) => {
                let all = [
                    ("PARTNEROS_OPENAI_API_KEY", key.is_none()),
                    ("PARTNEROS_OPENAI_BASE_URL", url.is_none()),
                    ("PARTNEROS_OPENAI_MODEL", name.is_none()),
                ];
                let missing: Vec<&str> =
                    all.into_iter().filter(|(_, missing)| *missing).map(|(name, _)| name).collect();
                check.0.push(format!(
                    "{}: the language model needs PARTNEROS_OPENAI_API_KEY, \
                     PARTNEROS_OPENAI_BASE_URL (such as https://api.openai.com/v1) and \
                     PARTNEROS_OPENAI_MODEL; without all three, scores are computed by the rules \
                     alone",
                    match missing[..] {
                        [one] => format!("{one} is missing"),
                        _ => format!("{} are missing", missing.join(" and ")),
                    }
                ));
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw() -> RawSettings {
        RawSettings {
            listen: "127.0.0.1:0".into(),
            rate_limits: "on".into(),
            log: "info".into(),
            job_concurrency: "4".into(),
            data_dir: Some("/tmp/x".into()),
            ..RawSettings::default()
        }
    }

    #[test]
    fn nothing_given_is_an_embedded_server() {
        let settings = raw().check().unwrap();
        assert!(
            matches!(settings.database, Database::Embedded { pg_bin: None })
                && settings.jwt_key.is_none()
        );
    }

    #[test]
    fn everything_wrong_is_said_at_once() {
        let wrong = RawSettings {
            listen: "nonsense".into(),
            database_url: Some("postgresql://x".into()),
            public_url: Some("example.com".into()),
            cors_origins: Some("https://a.example/path".into()),
            rate_limits: "maybe".into(),
            log_format: Some("xml".into()),
            db_pool: Some("0".into()),
            job_concurrency: "many".into(),
            max_jobs_per_caller: Some("0".into()),
            max_files_mib: Some("lots".into()),
            trusted_proxies: Some("10.0.0.0/8,here".into()),
            object_store_url: Some("ftp://x".into()),
            openai_model: Some("some".into()),
            openai_daily_tokens: "-1".into(),
            smtp_url: Some("https://mail.example.com".into()),
            mail_from: Some("nobody".into()),
            slack_api_url: Some("slack".into()),
            company_data_url: Some("https://data.example.com/".into()),
            allow_private_urls: "maybe".into(),
            registration: Some("invited".into()),
            email_proof: Some("true".into()),
            invitations_per_day: Some("0".into()),
            invitations_per_address: Some("many".into()),
            ..raw()
        };
        let SettingsError(faults) = wrong.check().unwrap_err();
        for name in [
            "LISTEN",
            "JWT_KEY",
            "PUBLIC_URL",
            "CORS_ORIGINS",
            "RATE_LIMITS",
            "LOG_FORMAT",
            "DB_POOL",
            "JOB_CONCURRENCY",
            "MAX_JOBS_PER_CALLER",
            "MAX_FILES_MIB",
            "TRUSTED_PROXIES",
            "OBJECT_STORE",
            "OPENAI_API_KEY and PARTNEROS_OPENAI_BASE_URL are missing",
            "OPENAI_DAILY_TOKENS",
            "SMTP_URL",
            "MAIL_FROM",
            "SLACK_API_URL",
            "COMPANY_DATA_URL",
            "ALLOW_PRIVATE_URLS",
            "REGISTRATION",
            "EMAIL_PROOF",
            "INVITATIONS_PER_DAY",
            "INVITATIONS_PER_ADDRESS",
        ] {
            assert!(faults.iter().any(|fault| fault.contains(name)), "{name}: {faults:?}");
        }
        assert_eq!(faults.len(), 23, "{faults:?}");
    }

    #[test]
    fn addresses_are_proved_unless_it_is_a_trial() {
        let proof = |raw: RawSettings| raw.check().unwrap().accounts.email_proof;
        let key = || Some("0123456789abcdef".repeat(2));
        assert!(proof(raw()) && !proof(raw().of_trial()));
        let on = || RawSettings { email_proof: Some("on".into()), ..raw() };
        assert!(proof(on().of_trial()));
        assert!(!proof(RawSettings { email_proof: Some("off".into()), ..raw() }));
        let database = Some("postgresql://x".to_owned());
        let external = RawSettings { database_url: database, jwt_key: key(), ..raw() };
        assert!(proof(external.of_trial()), "a trial is on the private PostgreSQL");
    }

    #[test]
    fn the_language_model_is_configured_whole_or_not_at_all() {
        let with = |key: &str, url: &str, model: &str| {
            let some = |text: &str| Some(text.to_owned());
            RawSettings {
                openai_api_key: some(key),
                openai_base_url: some(url),
                openai_model: some(model),
                ..raw()
            }
            .check()
        };
        let model = with("sk-1", "https://api.openai.com/v1/", "gpt").unwrap().model.unwrap();
        assert_eq!(
            (model.base_url.as_str(), model.model.as_str(), model.daily_tokens),
            ("https://api.openai.com/v1", "gpt", 5_000_000)
        );
        assert!(with("", " ", "").unwrap().model.is_none());
        for (key, url, model, fault) in [
            ("sk-1", "", "gpt", "PARTNEROS_OPENAI_BASE_URL is missing"),
            ("sk-1", "ftp://x", "gpt", "PARTNEROS_OPENAI_BASE_URL must be"),
            ("sk-1", "http://x/v1", "two words", "PARTNEROS_OPENAI_MODEL must be"),
            ("sk 1", "http://x/v1", "gpt", "PARTNEROS_OPENAI_API_KEY must be"),
        ] {
            let SettingsError(faults) = with(key, url, model).unwrap_err();
            assert!(
                faults.len() == 1 && faults[0].contains(fault) && !faults[0].contains("sk"),
                "{faults:?}"
            );
        }
    }

    #[test]
    fn keys_that_anybody_could_have_are_refused() {
        use std::os::unix::fs::PermissionsExt;
        let faults = |raw: RawSettings| raw.check().err().map(|error| error.0).unwrap_or_default();
        let with = |key: &str| RawSettings { jwt_key: Some(key.into()), ..raw() };
        assert!(faults(with("0123456789abcdef0123456789abcdef")).is_empty());
        for weak in
            [&"a".repeat(32), &"ab".repeat(40), &"0".repeat(64), "hunter2", &"abcd".repeat(9)]
        {
            let faults = faults(with(weak));
            assert!(faults.len() == 1 && faults[0].contains("PARTNEROS_JWT_KEY"), "{faults:?}");
            assert!(!faults[0].contains(weak), "a key is never shown");
            let previous = RawSettings { jwt_key_previous: Some(weak.to_owned()), ..raw() }.check();
            assert!(previous.is_err(), "{weak}");
        }
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        std::fs::write(&path, "0123456789abcdef0123456789abcdef\n").unwrap();
        let in_file = |mode: u32| {
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
            let file = Some(path.to_str().unwrap().to_owned());
            faults(RawSettings { jwt_key_file: file, ..raw() })
        };
        for (mode, is_refused) in
            [(0o600, false), (0o400, false), (0o640, false), (0o644, true), (0o602, true)]
        {
            assert_eq!(!in_file(mode).is_empty(), is_refused, "{mode:o}");
        }
    }

    #[test]
    fn an_empty_value_is_none() {
        let empty =
            RawSettings { app_url: Some(String::new()), database_url: Some(" ".into()), ..raw() };
        let settings = empty.check().unwrap();
        assert!(
            settings.app_url.is_none() && matches!(settings.database, Database::Embedded { .. })
        );
    }
}
