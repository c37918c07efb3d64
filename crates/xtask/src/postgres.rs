//! PostgreSQL for the chores: found, installed where that is one command, and asked for its address.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::settings;
use crate::tree::{Tree, run};

/// The database of the server within its cluster.
const DATABASE: &str = "partneros";

/// Makes sure that there are programs to run a cluster with: installs them as root on Debian and Ubuntu, and says the
/// one command elsewhere.
pub fn ensure(tree: &Tree) -> Result<()> {
    if settings::find(tree, "PARTNEROS_PG_BIN").is_some() || embedded_postgres::find_bin_dir().is_some() {
        return Ok(());
    }
    if !(has("apt-get") && is_root()?) {
        bail!(
            "PostgreSQL {} or newer was not found. Install it with\n\n    {}\n",
            embedded_postgres::OLDEST_VERSION,
            one_command()
        );
    }
    eprintln!("PostgreSQL was not found and is installed with apt-get");
    let apt = |arguments: &[&str]| {
        let mut command = tree.command(Path::new("apt-get"));
        run(command.env("DEBIAN_FRONTEND", "noninteractive").arg("-qq").args(arguments))
    };
    let install = ["install", "--yes", "--no-install-recommends", "postgresql"];
    // The lists of a fresh container are empty, and those of an old one name packages that are gone.
    apt(&["update"]).and_then(|()| apt(&install))?;
    embedded_postgres::find_bin_dir().map(|_| ()).context("PostgreSQL was installed but cannot be found")
}

/// The address of the server's database: the one it was told, or that of its running cluster.
pub fn address(tree: &Tree) -> Result<String> {
    let told = ["PARTNEROS_OWNER_DATABASE_URL", "DATABASE_URL"].iter().find_map(|name| settings::find(tree, name));
    if let Some(url) = told {
        return Ok(url);
    }
    let data_dir = settings::data_dir(tree)?;
    let running = embedded_postgres::find_running(&data_dir)?;
    let running = running.with_context(|| {
        format!("no server runs on `{}`: start it with `cargo xtask up` in another terminal", data_dir.display())
    })?;
    Ok(running.url("postgres", DATABASE))
}

/// `psql` of the PostgreSQL that the server uses, or else whatever PATH has.
pub fn psql(tree: &Tree) -> PathBuf {
    let bin_dir = settings::find(tree, "PARTNEROS_PG_BIN").map(PathBuf::from).or_else(embedded_postgres::find_bin_dir);
    let psql = bin_dir.map(|folder| folder.join("psql"));
    psql.filter(|program| program.is_file()).unwrap_or_else(|| PathBuf::from("psql"))
}

fn one_command() -> &'static str {
    let known = [
        ("apt-get", "sudo apt-get install --yes postgresql"),
        ("dnf", "sudo dnf install --assumeyes postgresql-server"),
        ("apk", "sudo apk add postgresql"),
        ("pacman", "sudo pacman -S postgresql"),
        ("brew", "brew install postgresql@17"),
    ];
    known
        .iter()
        .find(|(program, _)| has(program))
        .map_or("(the packages of your system, or https://www.postgresql.org/download/)", |(_, command)| command)
}

fn has(program: &str) -> bool {
    Command::new(program).arg("--version").output().is_ok()
}

fn is_root() -> Result<bool> {
    let out = Command::new("id").arg("-u").output().context("cannot run `id -u`")?;
    Ok(out.stdout.trim_ascii() == b"0")
}
