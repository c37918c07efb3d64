//! What the server sends to the database for one request, read from the log of PostgreSQL.

use std::{
    fs::File,
    io::{Read, Seek, SeekFrom},
    time::{Duration, Instant},
};

use anyhow::{Result, bail};

use crate::server::Folder;

/// One statement: its text with `$1`.. and the values, null for NULL.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    pub sql: String,
    pub values: Vec<Option<String>>,
}

/// All between BEGIN and COMMIT, beginning with the settings of the transaction.
#[derive(Debug, Clone)]
pub struct Transaction {
    /// `BEGIN` or `BEGIN READ ONLY`.
    pub begin: String,
    pub statements: Vec<Statement>,
    /// Milliseconds since 1970 before it began: identifiers that are younger were made for it.
    pub since: u128,
}

/// Runs `request` and answers the transaction that it made for this organization.
#[expect(clippy::disallowed_methods, reason = "waits for the log of another process")]
pub fn transaction(
    folder: &Folder,
    organization: &str,
    request: impl FnOnce() -> Result<()>,
) -> Result<Transaction> {
    let mut log = File::open(folder.log())?;
    let offset = log.seek(SeekFrom::End(0))?;
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?.as_millis();
    request()?;
    let patience = Instant::now();
    loop {
        let mut text = Vec::new();
        log.seek(SeekFrom::Start(offset))?;
        log.read_to_end(&mut text)?;
        let entries = entries(&String::from_utf8_lossy(&text));
        // The longest: a job of the worker or the note that a key was used may come between.
        let found = transactions(&entries, organization);
        let of_partners =
            found.into_iter().filter(|(_, all)| all.iter().any(|s| s.sql.contains("partners")));
        if let Some((begin, statements)) =
            of_partners.max_by_key(|(_, statements)| statements.len())
        {
            return Ok(Transaction { begin, statements, since });
        }
        if patience.elapsed() > Duration::from_secs(5) {
            bail!("the request made no transaction that the log shows");
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[derive(Debug, PartialEq)]
struct Entry {
    pid: String,
    statement: Statement,
}

/// `2026-01-02 03:04:05.678 UTC [42] LOG:  execute s1: SELECT ...`, continued by lines that begin
/// with a tab, and then `... DETAIL:  parameters: $1 = '...', $2 = NULL`.
fn entries(log: &str) -> Vec<Entry> {
    let log = log.replace("\n\t", "\n");
    let mut entries: Vec<Entry> = Vec::new();
    let mut text = String::new();
    let starts = |line: &str| line.starts_with("20") && line.contains("] ") && line.contains(":  ");
    let mut lines = log.lines().peekable();
    while let Some(line) = lines.next() {
        text.clear();
        text.push_str(line);
        while let Some(more) = lines.next_if(|line| !starts(line)) {
            text.push('\n');
            text.push_str(more);
        }
        let Some((pid, rest)) = text.split_once('[').and_then(|(_, rest)| rest.split_once("] "))
        else {
            continue;
        };
        if let Some(values) = rest.strip_prefix("DETAIL:  parameters: ") {
            if let Some(entry) = entries.iter_mut().rev().find(|entry| entry.pid == pid) {
                entry.statement.values = parameters(values);
            }
        } else if let Some(said) = rest.strip_prefix("LOG:  ") {
            let sql = said
                .strip_prefix("statement: ")
                .or_else(|| said.strip_prefix("execute ")?.split_once(": ").map(|(_, sql)| sql));
            if let Some(sql) = sql {
                entries.push(Entry {
                    pid: pid.to_owned(),
                    statement: Statement { sql: sql.to_owned(), values: Vec::new() },
                });
            }
        }
    }
    entries
}

/// Values in the order of their numbers.
fn parameters(text: &str) -> Vec<Option<String>> {
    let (mut values, mut rest) = (Vec::new(), text);
    while let Some((_, after)) = rest.split_once(" = ") {
        if let Some(after) = after.strip_prefix("NULL") {
            values.push(None);
            rest = after;
            continue;
        }
        let mut value = String::new();
        let mut chars = after.char_indices().skip(1).peekable();
        let mut end = after.len();
        while let Some((at, c)) = chars.next() {
            match c {
                '\'' if chars.next_if(|(_, next)| *next == '\'').is_some() => value.push('\''),
                '\'' => {
                    end = at + 1;
                    break;
                }
                c => value.push(c),
            }
        }
        values.push(Some(value));
        rest = &after[end..];
    }
    values
}

/// Those that are complete, by BEGIN and statements.
fn transactions(entries: &[Entry], organization: &str) -> Vec<(String, Vec<Statement>)> {
    let mut all = Vec::new();
    for (at, first) in entries.iter().enumerate() {
        let Some((begin, set)) = first.statement.sql.split_once("; ") else { continue };
        if !begin.starts_with("BEGIN") || !set.contains(organization) {
            continue;
        }
        let settings = set.split("; ");
        let mut statements: Vec<Statement> =
            settings.map(|sql| Statement { sql: sql.to_owned(), values: Vec::new() }).collect();
        for entry in entries[at + 1..].iter().filter(|entry| entry.pid == first.pid) {
            match entry.statement.sql.as_str() {
                "SELECT; COMMIT" => {
                    all.push((begin.to_owned(), statements));
                    break;
                }
                // Another transaction: this one was rolled back.
                sql if sql.starts_with("BEGIN") || sql.starts_with("ROLLBACK") => break,
                _ => statements.push(entry.statement.clone()),
            }
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_is_read() {
        let log = "2026-11-24 10:00:00.000 UTC [7] LOG:  statement: BEGIN; SET LOCAL a = 1; SET \
            LOCAL app.organization_id = 'org'\n\
            2026-11-24 10:00:00.001 UTC [8] LOG:  statement: SELECT\n\
            2026-11-24 10:00:00.002 UTC [7] LOG:  execute s3: SELECT a,\n\t b FROM partners WHERE \
            c = $1 AND d = $2 AND e = $3\n\
            2026-11-24 10:00:00.002 UTC [7] DETAIL:  parameters: $1 = 'it''s, ok', $2 = NULL, $3 = \
            '{\"x\": 1}'\n\
            2026-11-24 10:00:00.003 UTC [7] LOG:  statement: SELECT; COMMIT\n";
        let found = transactions(&entries(log), "org");
        let [(begin, statements)] = found.as_slice() else { panic!("{found:?}") };
        assert_eq!((begin.as_str(), statements.len()), ("BEGIN", 3));
        assert_eq!(
            statements[2].sql,
            "SELECT a,\n b FROM partners WHERE c = $1 AND d = $2 AND e = $3"
        );
        assert_eq!(
            statements[2].values,
            [Some("it's, ok".to_owned()), None, Some("{\"x\": 1}".to_owned())]
        );
    }
}
