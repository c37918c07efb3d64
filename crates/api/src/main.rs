//! The program `partneros`.

use std::{fs, process::ExitCode};

use anyhow::Context;
use api::{
    admin,
    config::{RawSettings, Settings},
    database::DatabaseAccess,
    demo,
    enrichments::Sources,
    files::Files,
    job_work::JobWork,
    openapi::{self, ApiDescription},
    routes,
    scores::Scorer,
    server::{Server, model, sender, shutdown_signal, start_worker},
    telemetry::Telemetry,
    worker::WorkerTasks,
};
use clap::{Args, Parser, Subcommand};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The server for partner programs.
#[derive(Debug, Parser)]
#[command(name = "partneros", version)]
struct Program {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Answer requests and run jobs; runs pending migrations first.
    Serve(Serve),
    /// Run jobs only.
    Worker(RawSettings),
    /// Run pending migrations and exit.
    Migrate(RawSettings),
    /// Print the OpenAPI document.
    Openapi {
        /// Print one line per operation instead.
        #[arg(long)]
        operations: bool,
    },
    /// Create the demo organization unless it exists, and print how to sign in to it.
    Demo(RawSettings),
    /// Setup and recovery without the API.
    #[command(subcommand)]
    Admin(admin::Command),
}

#[derive(Debug, Args)]
struct Serve {
    #[command(flatten)]
    settings: RawSettings,
    /// Do not run migrations first.
    #[arg(long)]
    no_migrate: bool,
    /// Create the demo organization unless it exists, and print how to sign in to it.
    #[arg(long)]
    demo: bool,
}

fn main() -> ExitCode {
    // A missing file is fine; an invalid one is reported.
    match dotenvy::dotenv() {
        Err(error) if !error.not_found() => {
            eprintln!("error: `.env` cannot be read: {error}");
            return ExitCode::FAILURE;
        }
        _ => {}
    }
    let program = Program::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("threads can be started");
    match runtime.block_on(run(program.command)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Serve(serve) => self::serve(serve).await,
        Command::Worker(raw) => worker(raw.check()?).await,
        Command::Migrate(raw) => migrate(raw.check()?).await,
        Command::Openapi { operations } => {
            let api = ApiDescription::of(routes::OPERATIONS);
            if operations {
                print!("{}", openapi::operation_list(&api.policy))
            } else {
                println!("{}", serde_json::to_string_pretty(&api.document)?)
            }
            Ok(())
        }
        Command::Demo(raw) => demo::run(raw).await,
        Command::Admin(command) => admin::run(command).await,
    }
}

async fn serve(serve: Serve) -> anyhow::Result<()> {
    let raw = if serve.demo { serve.settings.of_trial() } else { serve.settings };
    let settings = raw.check()?;
    let _telemetry = Telemetry::start(&settings)?;
    if embedded_postgres::is_root() {
        tracing::warn!(
            "running as root: an attacker who takes over this program controls the whole machine. \
             Run it as a user of its own (docs/OPERATIONS.md)"
        );
    }
    let database = DatabaseAccess::open(&settings).await?;
    if !serve.no_migrate {
        database.migrate().await?;
    }
    let demo = if serve.demo { Some(demo::at(&database, &settings).await?) } else { None };
    let server = Server::start(&settings, database).await?;
    tracing::info!(url = server.url, "listening");
    if let Some(demo) = demo {
        println!("{}", demo.welcome(settings.public_url.as_ref().unwrap_or(&server.url)));
    }
    if let Some(path) = &settings.ready_file {
        let ready = serde_json::json!({"url": server.url, "pid": std::process::id()});
        let beside = path.with_extension("new");
        fs::write(&beside, ready.to_string())
            .and_then(|()| fs::rename(&beside, path))
            .with_context(|| format!("cannot write the ready file `{}`", path.display()))?;
    }
    server.run().await
}

async fn worker(settings: Settings) -> anyhow::Result<()> {
    let _telemetry = Telemetry::start(&settings)?;
    // Exports contain URLs of the API.
    let public_url =
        settings.public_url.clone().unwrap_or_else(|| format!("http://{}", settings.listen));
    domain::links::set_public_url(&public_url);
    let database = DatabaseAccess::beside(&settings).await?;
    let files = Files::open(settings.object_store_url.as_deref(), &settings.data_dir)?;
    let scorer = Scorer { model: model(&settings)? };
    let work = WorkerTasks {
        sender: sender(&settings, &public_url)?,
        jobs: JobWork { files, scorer, sources: Sources::new(&settings)? },
    };
    let worker = start_worker(&database, &settings, work).await?;
    tracing::info!("working");
    shutdown_signal().await;
    worker.stop().await;
    database.close().await;
    Ok(())
}

async fn migrate(settings: Settings) -> anyhow::Result<()> {
    let _telemetry = Telemetry::start(&settings)?;
    let database = DatabaseAccess::open(&settings).await?;
    let done = database.migrate().await;
    database.close().await;
    done
}
