//! The server's PostgreSQL from beside it, through psql.

use std::{
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context, Result, bail};

use crate::server::{Folder, Server};

/// The role of the server.
pub const WEAK: &str = "partneros_app";
/// The role that owns the tables.
pub const OWNER: &str = "partneros_owner";
pub const SUPERUSER: &str = "postgres";

/// Where the socket of a running cluster lies.
pub fn socket_folder(folder: &Folder) -> Result<PathBuf> {
    let text = std::fs::read_to_string(folder.path.join("postgres/postmaster.pid"))
        .context("PostgreSQL does not run")?;
    Ok(text.lines().nth(4).context("no socket folder in postmaster.pid")?.trim().into())
}

/// Runs SQL as a role on the server's database; answers what psql prints, unaligned. `variables`
/// are `name=value`.
pub fn psql(folder: &Folder, role: &str, variables: &[String], sql: &str) -> Result<String> {
    let mut command = Command::new(folder.bin.join("psql"));
    command.args(["-X", "-q", "-A", "-t", "-U", role, "-d", "partneros", "-v", "ON_ERROR_STOP=1"]);
    command.arg("-h").arg(socket_folder(folder)?);
    for variable in variables {
        command.args(["-v", variable]);
    }
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().context("cannot run psql")?;
    let mut input = child.stdin.take().context("no input")?;
    let sql = sql.to_owned();
    let writer = std::thread::spawn(move || input.write_all(sql.as_bytes()));
    let out = child.wait_with_output()?;
    writer.join().expect("it cannot panic").ok();
    if !out.status.success() {
        bail!("psql failed ({})", out.status);
    }
    Ok(String::from_utf8(out.stdout)?)
}

/// Statements of servers that start from now on are logged with their values. Settings of a role
/// win over those of the command line, with which the cluster forbids that.
pub fn log_statements(server: &Server<'_>) -> Result<()> {
    let set = |what| format!("ALTER ROLE {WEAK} SET {what};");
    let sql = set("log_statement = 'all'") + &set("log_error_verbosity = 'default'");
    psql(server.folder, SUPERUSER, &[], &sql).map(drop)
}

/// No more.
pub fn log_no_statements(server: &Server<'_>) -> Result<()> {
    let reset = |what| format!("ALTER ROLE {WEAK} RESET {what};");
    psql(server.folder, SUPERUSER, &[], &(reset("log_statement") + &reset("log_error_verbosity")))
        .map(drop)
}

/// Copies a CSV file into columns of the partners of an organization, past the wall: COPY does not
/// work behind it.
pub fn copy_partners(
    folder: &Folder,
    organization: &str,
    columns: &str,
    file: &Path,
) -> Result<()> {
    let sql = format!(
        "SELECT set_config('app.organization_id', '{organization}', false);\n\\copy partners \
            ({columns}) FROM '{}' WITH (FORMAT csv)\n",
        file.display()
    );
    psql(folder, SUPERUSER, &[], &sql).map(drop)
}
