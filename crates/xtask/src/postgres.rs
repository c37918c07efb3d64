//! PostgreSQL for the chores: found, installed where that is one command, and asked for its
//! address.

use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::settings;
use crate::tools::{self, Packages};
use crate::tree::Tree;

/// The database of the server within its cluster.
const DATABASE: &str = "partneros";

const PACKAGES: &Packages = &[
    ("apt-get", "postgresql"),
    ("dnf", "postgresql-server"),
    ("apk", "postgresql"),
    ("pacman", "postgresql"),
    ("brew", "postgresql@17"),
];

/// Finds the programs that run a cluster, or installs them.
pub fn ensure(tree: &Tree) -> Result<()> {
    let is_there = || {
        settings::find(tree, "PARTNEROS_PG_BIN").is_some()
            || embedded_postgres::find_bin_dir().is_some()
    };
    let what = format!("PostgreSQL {} or newer", embedded_postgres::OLDEST_VERSION);
    tools::ensure(tree, &what, PACKAGES, is_there)
}

/// The address of the server's database: the one it was told, or that of its running cluster.
pub fn address(tree: &Tree) -> Result<String> {
    let told = ["PARTNEROS_OWNER_DATABASE_URL", "DATABASE_URL"]
        .iter()
        .find_map(|name| settings::find(tree, name));
    if let Some(url) = told {
        return Ok(url);
    }
    let data_dir = settings::data_dir(tree)?;
    let running = embedded_postgres::find_running(&data_dir)?;
    let running = running.with_context(|| {
        format!(
            "no server runs on `{}`: start it with `cargo xtask up` in another terminal",
            data_dir.display()
        )
    })?;
    Ok(running.url("postgres", DATABASE))
}

/// `psql` of the PostgreSQL that the server uses, or else whatever PATH has.
pub fn psql(tree: &Tree) -> PathBuf {
    let bin_dir = settings::find(tree, "PARTNEROS_PG_BIN")
        .map(PathBuf::from)
        .or_else(embedded_postgres::find_bin_dir);
    let psql = bin_dir.map(|folder| folder.join("psql"));
    psql.filter(|program| program.is_file()).unwrap_or_else(|| PathBuf::from("psql"))
}
