//! The same statements through pgbench: prepared, as the weak role, with the server's settings, in as many round trips.

use std::{fs, process::Command, time::Duration};

use anyhow::{Context, Result, bail};
use uuid::Uuid;

use crate::{
    capture::{Statement, Transaction},
    database::{WEAK, socket_folder},
    server::Server,
};

/// What the server sets on every connection (`persistence::db`).
const SETTINGS: &str = "-c statement_timeout=15s -c lock_timeout=4s -c idle_in_transaction_session_timeout=60s \
    -c client_connection_check_interval=250ms -c max_parallel_workers_per_gather=0 -c jit=off -c timezone=UTC";

/// Runs transactions in random turn; answers how many a second.
pub fn run(server: &Server<'_>, transactions: &[Transaction], connections: usize, period: Duration) -> Result<f64> {
    let folder = server.folder.path.join("pgbench");
    fs::create_dir_all(&folder)?;
    let mut command = Command::new(server.folder.bin.join("pgbench"));
    command.args(["-M", "prepared", "-n", "-U", WEAK]).arg("-h").arg(socket_folder(server.folder)?);
    command.args(["-c", &connections.to_string(), "-j", &connections.min(2).to_string()]);
    command.args(["-T", &period.as_secs().max(1).to_string()]).env("PGOPTIONS", SETTINGS);
    for (number, transaction) in transactions.iter().enumerate() {
        let (script, variables) = script(transaction, number);
        let file = folder.join(format!("{number}.sql"));
        fs::write(&file, script)?;
        command.arg("-f").arg(file);
        for (name, value) in variables {
            command.arg("-D").arg(format!("{name}={value}"));
        }
    }
    let out = command.arg("partneros").output().context("cannot run pgbench")?;
    let (said, complained) = (String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
    let tps = said.lines().find_map(|line| line.strip_prefix("tps = ")?.split(' ').next()?.parse().ok());
    match tps {
        Some(tps) if out.status.success() && !complained.contains("ERROR") => Ok(tps),
        _ => bail!("pgbench failed: {complained}{said}"),
    }
}

/// The script of a transaction, and its values by name. BEGIN and the reads that follow share a round trip, as in the
/// server; what comes after goes one by one.
fn script(transaction: &Transaction, number: usize) -> (String, Vec<(String, String)>) {
    let mut variables = Vec::new();
    let reads = |statement: &&Statement| statement.sql.trim_start().starts_with("SELECT");
    let joined = transaction.statements.iter().take_while(reads).count();
    let mut out = format!("\\startpipeline\n{};\n", transaction.begin);
    for (at, statement) in transaction.statements.iter().enumerate() {
        if at == joined {
            out += "\\endpipeline\n";
        }
        out += &line(statement, &format!("t{number}s{at}"), transaction.since, &mut variables);
    }
    if joined == transaction.statements.len() {
        out += "\\endpipeline\n";
    }
    out += "COMMIT;\n";
    (out, variables)
}

fn line(statement: &Statement, prefix: &str, since: u128, variables: &mut Vec<(String, String)>) -> String {
    let mut sql = statement.sql.replace('\n', " ");
    // From the last on, so that $1 does not hit $10.
    for (index, value) in statement.values.iter().enumerate().rev() {
        let name = format!("{prefix}p{}", index + 1);
        let put = match value {
            None => "NULL".to_owned(),
            Some(value) if is_fresh(value, since) => "gen_random_uuid()".to_owned(),
            Some(value) if value.strip_prefix('{').and_then(|v| v.strip_suffix('}')).is_some_and(|v| is_fresh(v, since)) => {
                "ARRAY[gen_random_uuid()]".to_owned()
            }
            Some(value) => {
                variables.push((name.clone(), value.clone()));
                format!(":{name}{}", cast(value))
            }
        };
        sql = sql.replace(&format!("${}", index + 1), &put);
    }
    sql + ";\n"
}

/// An identifier that was made for the request: it must be another one each time.
fn is_fresh(value: &str, since: u128) -> bool {
    let Ok(id) = Uuid::parse_str(value) else { return false };
    id.get_version_num() == 7 && id.as_u128() >> 80 >= since
}

/// The server names the types of its values; pgbench does not, and where the place does not tell they are guessed.
fn cast(value: &str) -> &'static str {
    let is_json = |text: &str| text.starts_with(['{', '[']) && serde_json::from_str::<serde_json::Value>(text).is_ok();
    if Uuid::parse_str(value).is_ok() {
        return "::uuid";
    }
    if value != "{}" && is_json(value) {
        return "::jsonb";
    }
    let Some(items) = value.strip_prefix('{').and_then(|v| v.strip_suffix('}')).filter(|items| !items.is_empty()) else { return "" };
    if items.starts_with("\"{\\\"") || items.starts_with("\"{}") {
        return "::jsonb[]";
    }
    let all = |test: &dyn Fn(&str) -> bool| items.split(',').all(test);
    match () {
        () if all(&|item| Uuid::parse_str(item).is_ok()) => "::uuid[]",
        () if all(&|item| item.parse::<i64>().is_ok()) => "::bigint[]",
        () => "::text[]",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_has_the_round_trips_of_the_server() {
        let old = "01890000-0000-7000-8000-000000000000";
        let new = Uuid::now_v7().to_string();
        let statement = |sql: &str, values: &[&str]| Statement {
            sql: sql.into(),
            values: values.iter().map(|value| Some((*value).to_owned())).collect(),
        };
        let transaction = Transaction {
            begin: "BEGIN".into(),
            statements: vec![
                statement("SELECT set_config('a', 'b', true)", &[]),
                statement("SELECT 1 WHERE a = $1", &[old]),
                statement("UPDATE t SET a = $1, b = $2", &[&new, "{a,b}"]),
            ],
            since: 1_700_000_000_000,
        };
        let (text, variables) = script(&transaction, 0);
        assert_eq!(
            text,
            "\\startpipeline\nBEGIN;\nSELECT set_config('a', 'b', true);\nSELECT 1 WHERE a = :t0s1p1::uuid;\n\\endpipeline\n\
             UPDATE t SET a = gen_random_uuid(), b = :t0s2p2::text[];\nCOMMIT;\n"
        );
        assert_eq!(variables.len(), 2);
    }
}
