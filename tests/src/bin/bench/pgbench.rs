//! The same statements through pgbench: prepared, as the weak role, with the server's settings, in
//! as many round trips.

use std::{collections::BTreeSet, fs, process::Command, time::Duration};

use anyhow::{Context, Result, bail};
use uuid::Uuid;

use crate::{
    capture::{Statement, Transaction},
    database::{WEAK, socket_folder},
    server::Server,
};

/// What the server sets on every connection (`persistence::db`).
const SETTINGS: &str = "-c statement_timeout=15s -c lock_timeout=4s -c \
    idle_in_transaction_session_timeout=60s \
    -c client_connection_check_interval=250ms -c max_parallel_workers_per_gather=0 -c jit=off -c \
    timezone=UTC";

/// Runs transactions in random turn; answers how many a second.
pub fn run(
    server: &Server<'_>,
    transactions: &[Transaction],
    connections: usize,
    period: Duration,
) -> Result<f64> {
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
    let (said, complained) =
        (String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
    let tps =
        said.lines().find_map(|line| line.strip_prefix("tps = ")?.split(' ').next()?.parse().ok());
    match tps {
        Some(tps) if out.status.success() && !complained.contains("ERROR") => Ok(tps),
        _ => bail!("pgbench failed: {complained}{said}"),
    }
}

/// The script of a transaction, and its values by name. BEGIN, the settings and the reads that
/// follow share a round trip, as in the server; what comes after goes one by one.
fn script(transaction: &Transaction, number: usize) -> (String, Vec<(String, String)>) {
    let mut values = Values {
        prefix: format!("t{number}"),
        since: transaction.since,
        named: Vec::new(),
        fresh: Vec::new(),
    };
    let lines: Vec<String> =
        transaction.statements.iter().map(|statement| values.line(statement)).collect();
    let reads = |statement: &&Statement| {
        let sql = statement.sql.trim_start();
        sql.starts_with("SELECT") || sql.starts_with("SET")
    };
    let joined = transaction.statements.iter().take_while(reads).count();
    let dice: String = (0..values.fresh.len())
        .map(|n| format!("\\set fresh{n} random(1, 999999999999)\n"))
        .collect();
    let (first, rest) = (lines[..joined].concat(), lines[joined..].concat());
    (
        format!(
            "{dice}\\startpipeline\n{};\n{first}\\endpipeline\n{rest}COMMIT;\n",
            transaction.begin
        ),
        values.named,
    )
}

/// The same statements with their values and EXPLAIN before each, for psql; undone at the end.
/// Planned as the first time that a prepared statement runs: for these values.
pub fn explain(transaction: &Transaction) -> String {
    let mut out = "SET max_parallel_workers_per_gather = 0; SET jit = off; BEGIN;\n".to_owned();
    for statement in &transaction.statements {
        let mut sql = statement.sql.clone();
        for (index, value) in statement.values.iter().enumerate().rev() {
            let put = value.as_ref().map_or_else(
                || "NULL".into(),
                |v| format!("'{}'{}", v.replace('\'', "''"), cast(v)),
            );
            // Identifiers of the request that was learned exist by now.
            let put =
                if sql.contains("INSERT INTO") { renewed(&put, transaction.since) } else { put };
            sql = sql.replace(&format!("${}", index + 1), &put);
        }
        let explain = if sql.starts_with("SET") { "" } else { "EXPLAIN (ANALYZE, BUFFERS) " };
        out += &format!("{explain}{sql};\n");
    }
    out + "ROLLBACK;\n"
}

/// The same with every identifier that is younger than `since` turned into another one.
fn renewed(value: &str, since: u128) -> String {
    let mut out = value.to_owned();
    for id in ids_in(value).filter(|id| id.as_u128() >> 80 >= since) {
        out = out.replace(&id.to_string(), &Uuid::from_u128(id.as_u128() ^ 1).to_string());
    }
    out
}

/// The identifiers inside of a value, each once.
fn ids_in(value: &str) -> impl Iterator<Item = Uuid> {
    let starts = 0..value.len().saturating_sub(35);
    let all: BTreeSet<Uuid> =
        starts.filter_map(|start| value.get(start..start + 36).and_then(id)).collect();
    all.into_iter()
}

/// The values of a script.
struct Values {
    prefix: String,
    /// Milliseconds since 1970; identifiers that are younger were made for the request, and must be
    /// others each time.
    since: u128,
    named: Vec<(String, String)>,
    fresh: Vec<Uuid>,
}

impl Values {
    fn line(&mut self, statement: &Statement) -> String {
        let mut sql = statement.sql.replace('\n', " ");
        // From the last on, so that $1 does not hit $10.
        for (index, value) in statement.values.iter().enumerate().rev() {
            let put = value.as_ref().map_or_else(|| "NULL".to_owned(), |value| self.put(value));
            sql = sql.replace(&format!("${}", index + 1), &put);
        }
        sql + ";\n"
    }

    fn put(&mut self, value: &str) -> String {
        if let Some(id) = id(value) {
            return self.id(id);
        }
        let items = value.strip_prefix('{').and_then(|value| value.strip_suffix('}'));
        let ids: Option<Vec<Uuid>> = items.and_then(|items| items.split(',').map(id).collect());
        if let Some(ids) = ids.filter(|ids| ids.iter().any(|id| self.is_fresh(id))) {
            let items: Vec<String> = ids.into_iter().map(|id| self.id(id)).collect();
            return format!("ARRAY[{}]", items.join(", "));
        }
        let name = self.name(value);
        let fresh: Vec<Uuid> = ids_in(value).filter(|id| self.is_fresh(id)).collect();
        if fresh.is_empty() {
            return format!(":{name}{}", cast(value));
        }
        let renewed = fresh.into_iter().fold(format!(":{name}::text"), |text, id| {
            format!("replace({text}, '{id}', {}::text)", self.id(id))
        });
        format!("({renewed}){}", cast(value))
    }

    fn id(&mut self, id: Uuid) -> String {
        if !self.is_fresh(&id) {
            return format!(":{}::uuid", self.name(&id.to_string()));
        }
        let known = self.fresh.iter().position(|fresh| *fresh == id);
        let number = known.unwrap_or_else(|| {
            self.fresh.push(id);
            self.fresh.len() - 1
        });
        // As those of the server: beside each other in an index.
        format!("('{}' || lpad(:fresh{number}::text, 12, '0'))::uuid", &id.to_string()[..24])
    }

    fn is_fresh(&self, id: &Uuid) -> bool {
        id.get_version_num() == 7 && id.as_u128() >> 80 >= self.since
    }

    fn name(&mut self, value: &str) -> String {
        let name = format!("{}v{}", self.prefix, self.named.len());
        self.named.push((name.clone(), value.to_owned()));
        name
    }
}

/// Only in its usual form: in braces it would be an array of one.
fn id(text: &str) -> Option<Uuid> {
    Uuid::parse_str(text).ok().filter(|_| text.len() == 36)
}

/// The server names the types of its values; pgbench does not, and where the place does not tell
/// they are guessed.
fn cast(value: &str) -> &'static str {
    if id(value).is_some() {
        return "::uuid";
    }
    let is_json = |text: &str| {
        text.starts_with(['{', '[']) && serde_json::from_str::<serde_json::Value>(text).is_ok()
    };
    if value != "{}" && is_json(value) {
        return "::jsonb";
    }
    let Some(items) =
        value.strip_prefix('{').and_then(|v| v.strip_suffix('}')).filter(|items| !items.is_empty())
    else {
        return "";
    };
    if items.starts_with("\"{\\\"") || items.starts_with("\"{}") {
        return "::jsonb[]";
    }
    // Where there is nothing but NULL, ids are meant: who may see an event, most often everybody.
    let all =
        |test: &dyn Fn(&str) -> bool| items.split(',').all(|item| item == "NULL" || test(item));
    match () {
        () if all(&|item| id(item).is_some()) => "::uuid[]",
        () if all(&|item| item.parse::<i64>().is_ok()) => "::bigint[]",
        () if all(&|item| matches!(item, "t" | "f")) => "::boolean[]",
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
                statement("SET LOCAL a = 'b'", &[]),
                statement("SELECT 1 WHERE a = $1", &[old]),
                statement(
                    "UPDATE t SET a = $1, b = $2, c = $3",
                    &[&new, &format!("{{{old}}}"), &format!("{{{new}}}")],
                ),
                statement("SELECT $1", &[&format!("[{{\"id\": \"{new}\"}}]")]),
            ],
            since: 1_700_000_000_000,
        };
        let (text, variables) = script(&transaction, 0);
        let made = format!("('{}' || lpad(:fresh0::text, 12, '0'))::uuid", &new[..24]);
        assert_eq!(
            text,
            format!(
                "\\set fresh0 random(1, 999999999999)\n\\startpipeline\nBEGIN;\n\
                 SET LOCAL a = 'b';\n\
                 SELECT 1 WHERE a = :t0v0::uuid;\n\\endpipeline\nUPDATE t SET a = {made}, b = \
                 :t0v1::uuid[], c = ARRAY[{made}];\n\
                 SELECT (replace(:t0v2::text, '{new}', {made}::text))::jsonb;\nCOMMIT;\n"
            )
        );
        assert_eq!(variables.len(), 3);
    }
}
