//! `cargo xtask bench`: the server against bare SQL on the same data, in one interleaved run
//! (docs/performance.md).
//!
//! The server is the release binary in a process of its own, so that its CPU and memory can be read
//! from /proc. What it sends to the database for a request is taken from the log of PostgreSQL, and
//! pgbench sends exactly that.

mod bulk;
mod capture;
mod data;
mod database;
mod http;
mod load;
mod pgbench;
mod process;
mod random;
mod report;
mod server;
mod work;

use std::{path::PathBuf, process::ExitCode, time::Duration};

use anyhow::{Context, Result, bail};

const USAGE: &str =
    "usage: cargo xtask bench [--partners N] [--seconds S] [--rounds R] [--only WORDS] [--explain] \
        [--no-bulk] [--million] [--keep DIR]

  --partners N   in each of the two organizations (100000)
  --seconds S    of every single measurement (3)
  --rounds R     of server and pgbench in turn (2)
  --only WORDS   rows of the table whose name contains this
  --explain      print the plans of the statements instead of measuring
  --no-bulk      without tier evaluation, score refresh, import and export
  --million      a third organization with ten times as many partners, for the row on growth
  --keep DIR     where the data stay for the next run; PostgreSQL's user must be able to enter it";

/// What was asked for.
#[derive(Debug)]
struct Options {
    partners: u64,
    period: Duration,
    rounds: u32,
    only: Option<String>,
    explain: bool,
    bulk: bool,
    million: bool,
    keep: Option<PathBuf>,
}

impl Options {
    fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Self> {
        let mut options = Self {
            partners: 100_000,
            period: Duration::from_secs(3),
            rounds: 2,
            only: None,
            explain: false,
            bulk: true,
            million: false,
            keep: None,
        };
        while let Some(argument) = arguments.next() {
            let mut value = || {
                arguments.next().with_context(|| format!("`{argument}` needs a value\n\n{USAGE}"))
            };
            match argument.as_str() {
                "--partners" => options.partners = value()?.parse().context("--partners")?,
                "--seconds" => {
                    options.period =
                        Duration::try_from_secs_f64(value()?.parse().context("--seconds")?)?
                }
                "--rounds" => options.rounds = value()?.parse().context("--rounds")?,
                "--only" => options.only = Some(value()?),
                "--explain" => options.explain = true,
                "--no-bulk" => options.bulk = false,
                "--million" => options.million = true,
                "--keep" => options.keep = Some(value()?.into()),
                _ => bail!("{USAGE}"),
            }
        }
        if options.partners < 1_000 || options.rounds == 0 {
            bail!("at least 1000 partners and 1 round");
        }
        Ok(options)
    }
}

fn main() -> ExitCode {
    match Options::parse(std::env::args().skip(1)).and_then(|options| run(&options)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> Result<()> {
    let folder = server::Folder::choose(options.keep.as_deref())?;
    let data = data::prepare(&folder, options)?;

    // A server whose statements are logged, to learn them.
    let server = server::Server::start(&folder)?;
    let learned = work::learn(&server, &data, options.only.as_deref());
    database::log_no_statements(&server)?;
    server.stop()?;
    let works = learned?;

    let server = server::Server::start(&folder)?;
    if options.explain {
        for work in &works {
            println!("## {}\n\n```\n{}```\n", work.name, work.explain(&server)?);
        }
        return server.stop();
    }
    println!("{}", report::machine(&server, &data)?);
    println!("{}", report::HEAD);
    for work in &works {
        for connections in load::CONNECTIONS {
            let line = work.measure(&server, connections, options)?;
            println!("{line}");
        }
    }
    println!();
    bulk::creation(&server, &data, options)?;
    for work in works.iter().filter(|work| work.is_random()) {
        println!("{}", work.slowest(&server)?);
    }
    bulk::clean(&server, "name LIKE 'Bench %'")?;
    bulk::growth(&server, &data, options)?;
    bulk::memory_under_load(&server, &data, options)?;
    if options.bulk {
        bulk::tier_evaluation(&server, &data)?;
        bulk::score_refresh(&server, &data)?;
        bulk::import_and_export(&server, &data, options)?;
    }
    let started = server.started_in;
    server.stop()?;
    println!("Start on a migrated database: {:.2} s (target: under 1 s).", started.as_secs_f64());
    Ok(())
}
