//! What is measured once: growth, memory, imports and exports.

use std::{
    fmt::Write as _,
    fs,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    Options,
    capture::{Statement, Transaction},
    data::{Data, Organization},
    database::{self, SUPERUSER, psql},
    http::{self, call},
    load::{self, Outcome},
    pgbench,
    process::Cpu,
    report::verdict,
    server::Server,
    work::{Work, growing},
};

/// The same request in organizations of different size, in turn.
pub fn growth(server: &Server<'_>, data: &Data, options: &Options) -> Result<()> {
    let organizations: Vec<_> = [Some(&data.small), Some(&data.main), data.million.as_ref()]
        .into_iter()
        .flatten()
        .collect();
    let mut works = Vec::new();
    for organization in &organizations {
        works.push((growing(server, organization)?, organization.token(server)?));
    }
    println!(
        "| Cost by size, 4 connections | {} | growth (target: under 1.5) | |",
        join(&organizations, |o| format!("{} partners, req/s", o.partners))
    );
    println!("|---|{}---|---|", "---|".repeat(organizations.len()));
    for row in 0..works[0].0.len() {
        let mut outcomes: Vec<Outcome> = organizations.iter().map(|_| Outcome::default()).collect();
        for _ in 0..options.rounds {
            for ((works, token), outcome) in works.iter().zip(&mut outcomes) {
                outcome.add(works[row].drive(&server.address, token, 4, options.period)?);
            }
        }
        let rates: Vec<f64> = outcomes.iter().map(Outcome::per_second).collect();
        let growth = rates[0] / rates[rates.len() - 1];
        println!(
            "| {} | {} | {growth:.2} | {} |",
            works[0].0[row].name,
            join(&rates, |rate| format!("{rate:.0}")),
            verdict(growth < 1.5)
        );
    }
    println!();
    Ok(())
}

/// Creations a second in one organization and in sixteen, beside bare INSERTs of the row, in turn.
pub fn creation(server: &Server<'_>, data: &Data, options: &Options) -> Result<()> {
    let tokens: Vec<String> =
        data.many.iter().map(|organization| organization.token(server)).collect::<Result<_>>()?;
    let tokens: Vec<&str> = tokens.iter().map(String::as_str).collect();
    let work = Work::creation(&data.many[0]);
    let insert = bare_insert(&data.many[0]);
    println!(
        "| Creations a second, connections | one organization | 16 organizations | bare INSERT, one \
         organization | CPU database us (one, 16, bare) |\n|---|---|---|---|---|"
    );
    for connections in load::CONNECTIONS {
        let (mut one, mut many, mut bare) = (Outcome::default(), Outcome::default(), 0.0);
        let mut cpu = [Cpu::default(); 3];
        for _ in 0..options.rounds {
            let start = server.processes.cpu()?;
            one.add(work.drive(&server.address, tokens[0], connections, options.period)?);
            let after_one = server.processes.cpu()?;
            many.add(work.drive_as(&server.address, &tokens, connections, options.period)?);
            let after_many = server.processes.cpu()?;
            bare +=
                pgbench::run(server, std::slice::from_ref(&insert), connections, options.period)?
                    / f64::from(options.rounds);
            cpu[0] += after_one - start;
            cpu[1] += after_many - after_one;
            cpu[2] += server.processes.cpu()? - after_many;
        }
        let seconds = options.period.as_secs_f64() * f64::from(options.rounds);
        let each =
            |cpu: Cpu, per_second: f64| cpu.database.as_secs_f64() * 1e6 / (per_second * seconds);
        println!(
            "| {connections} | {:.0} | {:.0} | {bare:.0} | {:.0}, {:.0}, {:.0} |",
            one.per_second(),
            many.per_second(),
            each(cpu[0], one.per_second()),
            each(cpu[1], many.per_second()),
            each(cpu[2], bare),
        );
    }
    println!();
    Ok(())
}

/// The row of a partner alone: without its history, event, first scores and answer.
fn bare_insert(organization: &Organization) -> Transaction {
    let statement = |sql: String, values: Vec<String>| Statement {
        sql,
        values: values.into_iter().map(Some).collect(),
    };
    let insert = "INSERT INTO partners (id, name, normalised_name, type, industry, employees, \
        created_via, tier) VALUES ($1, 'Bench 0', 'bench 0', 'reseller', 'Software', 7, 'manual', \
        'registered')";
    Transaction {
        begin: "BEGIN".to_owned(),
        statements: vec![
            statement(format!("SET LOCAL app.organization_id = '{}'", organization.id), vec![]),
            statement(insert.to_owned(), vec![Uuid::now_v7().to_string()]),
        ],
        since: 0,
    }
}

fn join<T>(all: &[T], text: impl Fn(&T) -> String) -> String {
    all.iter().map(text).collect::<Vec<_>>().join(" | ")
}

/// The memory of the server while 64 connections read pages.
pub fn memory_under_load(server: &Server<'_>, data: &Data, options: &Options) -> Result<()> {
    let token = data.main.token(server)?;
    let works = growing(server, &data.main)?;
    let (_, highest) = server
        .processes
        .highest_memory(|| works[0].drive(&server.address, &token, 64, options.period))?;
    println!(
        "Memory of the server at 64 connections: {highest:.0} MiB (target: under 200, {}).",
        verdict(highest < 200.0)
    );
    Ok(())
}

/// The evaluation of the tiers of all partners: told, done, and done again when nothing is left to
/// change.
pub fn tier_evaluation(server: &Server<'_>, data: &Data) -> Result<()> {
    let token = data.other.token(server)?;
    let ask = |method: &str, path: &str, body: Value| {
        call(&server.address, method, path, Some(&token), &body)
    };
    ask("PATCH", "/v1/tier-policy", json!({"mode": "manual"}))?;
    for (key, field, least) in [
        ("silver", "closed_deals", 2),
        ("gold", "revenue", 20_000_000),
        ("platinum", "fit_score", 80),
    ] {
        let requirement = json!({"op": "gte", "field": field, "value": least});
        ask("PATCH", &format!("/v1/tiers/{key}"), json!({"requirement": requirement}))?;
    }
    ask("PATCH", "/v1/tier-policy", json!({"mode": "automatic"}))?;
    // As chance gives them, so that most have another one by the rules.
    let chance = "UPDATE partners SET tier = (ARRAY['registered', 'bronze', 'silver', 'gold'])[1 + \
        abs(hashtext(id::text)) % 4] \
                  WHERE organization_id = '{}'; VACUUM (ANALYZE) partners;";
    psql(server.folder, SUPERUSER, &[], &chance.replace("{}", &data.other.id))?;
    for (what, dry_run) in [("only told", true), ("most change", false), ("none changes", false)] {
        let started = Instant::now();
        let job = ask("POST", "/v1/tier-evaluations", json!({"dry_run": dry_run}))?;
        let job = finished(server, &data.other, &job)?;
        let time = started.elapsed().as_secs_f64();
        println!(
            "Tier evaluation of {} partners, {what}: {time:.1} s (target: under 5 s, {}). \
                Progress: {}.",
            data.other.partners,
            verdict(time < 5.0),
            job["progress"]
        );
    }
    Ok(())
}

/// Scores of 10,000 partners with their deals by the rules, and once more when nothing has changed.
pub fn score_refresh(server: &Server<'_>, data: &Data) -> Result<()> {
    let token = data.program.token(server)?;
    let everybody = json!({"op": "is_null", "field": "name", "value": false});
    for (what, force) in [("all judged", true), ("all unchanged", false)] {
        let started = Instant::now();
        let (job, memory) = server.processes.highest_memory(|| {
            let body = json!({"filter": everybody, "engine": "rules", "force": force});
            let job = call(&server.address, "POST", "/v1/score-refreshes", Some(&token), &body)?;
            finished(server, &data.program, &job)
        })?;
        let time = started.elapsed().as_secs_f64();
        println!(
            "Score refresh of {} partners by the rules, {what}: {time:.1} s (target: under 30 s, \
                {}), {memory:.0} MiB of memory. \
             Progress: {}.",
            data.program.partners,
            verdict(time < 30.0),
            job["progress"]
        );
    }
    Ok(())
}

/// How many rows are imported.
const ROWS: usize = 100_000;

/// An import beside a bare COPY of the same rows into the same table, and an export of everything.
pub fn import_and_export(server: &Server<'_>, data: &Data, _options: &Options) -> Result<()> {
    let organization = &data.other;
    let token = organization.token(server)?;

    let copied = server.folder.path.join("copy.csv");
    fs::write(&copied, rows("copied", true))?;
    let columns =
        "id, created_via, normalised_name, name, domain, type, industry, employees, description";
    let started = Instant::now();
    database::copy_partners(server.folder, &organization.id, columns, &copied)?;
    let copy = started.elapsed();
    fs::remove_file(&copied).ok();
    clean(server, "created_via = 'import' AND domain LIKE '%-copied.example'")?;

    let file =
        format!("name,domain,type,industry,employees,description\n{}", rows("imported", false));
    let options =
        json!({"object": "partner", "match": "domain", "on_match": "update", "dry_run": false});
    let request = multipart("/v1/imports", &token, &file, &options);
    let started = Instant::now();
    let cpu = server.processes.cpu()?;
    let (job, memory) = server.processes.highest_memory(|| {
        let job = http::Connection::open(&server.address)?
            .exchange(&request)?
            .json()
            .context("POST /v1/imports")?;
        finished(server, &data.other, &job)
    })?;
    let (import, cpu) = (started.elapsed(), server.processes.cpu()? - cpu);
    let times = import.as_secs_f64() / copy.as_secs_f64();
    println!(
        "Import of {ROWS} rows of CSV ({:.1} MiB) with dedupe and events: {:.1} s ({:.0} rows/s; \
            CPU server {:.1} s, database {:.1} s); \
         bare COPY of the same rows: {:.1} s; {times:.1} times (target: under 6, {}). Progress: \
         {}.",
        file.len() as f64 / f64::from(1 << 20),
        import.as_secs_f64(),
        ROWS as f64 / import.as_secs_f64(),
        cpu.server.as_secs_f64(),
        cpu.database.as_secs_f64(),
        copy.as_secs_f64(),
        verdict(times < 6.0),
        job["progress"]
    );
    println!(
        "Memory of the server during the import: {memory:.0} MiB (target: under 200, {}).",
        verdict(memory < 200.0)
    );

    let token = organization.token(server)?;
    let started = Instant::now();
    let ((job, size), memory) = server.processes.highest_memory(|| {
        let body = json!({"object": "partner", "format": "csv"});
        let job = call(&server.address, "POST", "/v1/exports", Some(&token), &body)?;
        let job = finished(server, &data.other, &job)?;
        let path = format!("/v1/jobs/{}/result", job["id"].as_str().context("no job id")?);
        let request = http::request("GET", &path, Some(&token), "", &[]);
        let size = http::Connection::open(&server.address)?.exchange(&request)?.body.len();
        Ok((job, size))
    })?;
    println!(
        "Export of {} partners to CSV ({:.0} MiB): {:.1} s, {memory:.0} MiB of memory (target: \
            under 200, {}).",
        job["progress"]["done"],
        size as f64 / f64::from(1 << 20),
        started.elapsed().as_secs_f64(),
        verdict(memory < 200.0)
    );
    clean(server, "created_via = 'import' AND domain LIKE '%-imported.example'")
}

/// Takes out what a measurement put in.
pub fn clean(server: &Server<'_>, condition: &str) -> Result<()> {
    psql(
        server.folder,
        SUPERUSER,
        &[],
        &format!("DELETE FROM partners WHERE {condition}; VACUUM partners;"),
    )
    .map(drop)
}

/// Rows of CSV; for COPY with what the server makes itself.
fn rows(mark: &str, whole: bool) -> String {
    let mut out = String::new();
    let kinds = ["reseller", "services", "consulting", "technology"];
    for n in 0..ROWS {
        if whole {
            let id = uuid::Uuid::now_v7();
            write!(out, "{id},import,company {n} {mark},").expect("a string takes everything");
        }
        writeln!(
            out,
            "Company {n} {mark},company-{n}-{mark}.example,{},Software,{},Company {n} builds and \
                runs business software for mid-sized companies.",
            kinds[n % kinds.len()],
            1 + n % 5000
        )
        .expect("a string takes everything");
    }
    out
}

fn multipart(path: &str, token: &str, file: &str, options: &Value) -> Vec<u8> {
    let boundary = "bench-7f3a9c";
    let body = format!(
        "--{boundary}\r\ncontent-disposition: form-data; name=\"options\"\r\ncontent-type: \
            application/json\r\n\r\n{options}\r\n\
         --{boundary}\r\ncontent-disposition: form-data; name=\"file\"; \
         filename=\"partners.csv\"\r\ncontent-type: text/csv\r\n\r\n{file}\r\n\
         --{boundary}--\r\n"
    );
    http::request(
        "POST",
        path,
        Some(token),
        &format!("multipart/form-data; boundary={boundary}"),
        body.as_bytes(),
    )
}

/// Waits until a job has ended well.
#[expect(clippy::disallowed_methods, reason = "asks as a client would, which nobody tells")]
fn finished(server: &Server<'_>, organization: &Organization, job: &Value) -> Result<Value> {
    let path = format!("/v1/jobs/{}", job["id"].as_str().context("no job id")?);
    let (mut token, mut signed_in) = (organization.token(server)?, Instant::now());
    loop {
        if signed_in.elapsed() > Duration::from_secs(300) {
            (token, signed_in) = (organization.token(server)?, Instant::now());
        }
        let job = call(&server.address, "GET", &path, Some(&token), &Value::Null)?;
        match job["status"].as_str() {
            Some("queued" | "running") => std::thread::sleep(Duration::from_millis(100)),
            Some("succeeded") => return Ok(job),
            _ => bail!("the job ended as {job}"),
        }
    }
}
