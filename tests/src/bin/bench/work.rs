//! The rows of the table in docs/performance.md: requests, the statements that they make, and the
//! target of each.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    Options,
    capture::{self, Transaction},
    data::{Data, Organization},
    database::{SUPERUSER, WEAK, psql},
    http::{self, Connection},
    load::{self, Outcome},
    pgbench,
    process::Cpu,
    random,
    report::verdict,
    server::Server,
};

/// What a row must reach.
#[derive(Debug, Clone, Copy)]
pub enum Target {
    /// Of the throughput of pgbench.
    Ratio(f64),
    /// CPU of the database for one request.
    DatabaseTime(Duration),
    /// Only shown.
    None,
}

/// One kind of request, in variants that take turns.
#[derive(Debug, Clone)]
pub struct Work {
    pub name: &'static str,
    /// On whose behalf.
    organization: Organization,
    target: Target,
    method: &'static str,
    pub paths: Vec<String>,
    /// Makes the n-th body.
    body: Option<fn(u64) -> Value>,
    /// What the server sends for each variant.
    transactions: Vec<Transaction>,
}

/// So many variants are random ones, of which the slowest are shown.
const MANY: usize = 50;

/// Values that no request before had.
static COUNTER: AtomicU64 = AtomicU64::new(1);

impl Work {
    fn read(
        name: &'static str,
        organization: &Organization,
        target: Target,
        paths: Vec<String>,
    ) -> Self {
        Self {
            name,
            organization: organization.clone(),
            target,
            method: "GET",
            paths,
            body: None,
            transactions: Vec::new(),
        }
    }
    fn write(
        name: &'static str,
        organization: &Organization,
        target: Target,
        method: &'static str,
        paths: Vec<String>,
        body: fn(u64) -> Value,
    ) -> Self {
        Self { method, body: Some(body), ..Self::read(name, organization, target, paths) }
    }

    /// Asks for `period` on behalf of whoever holds the token.
    pub fn drive(
        &self,
        address: &str,
        token: &str,
        connections: usize,
        period: Duration,
    ) -> Result<Outcome> {
        let ready: Vec<Vec<u8>> = match self.body {
            None => self
                .paths
                .iter()
                .map(|path| http::request(self.method, path, Some(token), "", &[]))
                .collect(),
            Some(_) => Vec::new(),
        };
        let next = |n: usize, out: &mut Vec<u8>| match ready.get(n % self.paths.len()) {
            Some(request) => out.extend_from_slice(request),
            None => out.extend(self.request(n, token)),
        };
        load::drive(address, connections, period, &next).with_context(|| self.name)
    }

    fn request(&self, n: usize, token: &str) -> Vec<u8> {
        let path = &self.paths[n % self.paths.len()];
        let body = self.body.map_or_else(Vec::new, |body| {
            body(COUNTER.fetch_add(1, Ordering::Relaxed)).to_string().into_bytes()
        });
        let content_type = if self.method == "PATCH" {
            "application/merge-patch+json"
        } else {
            "application/json"
        };
        http::request(self.method, path, Some(token), content_type, &body)
    }

    /// The plans of what the server sends for the first variant, under its role. Undone.
    pub fn explain(&self, server: &Server<'_>) -> Result<String> {
        let transaction = self.transactions.first().context("nothing was learned")?;
        psql(server.folder, WEAK, &[], &pgbench::explain(transaction))
    }

    /// Whether its requests are many random ones.
    pub fn is_random(&self) -> bool {
        self.paths.len() >= MANY
    }

    /// The median of its requests, each asked for alone, and the slowest one in a hundred with the
    /// plans of its statements.
    pub fn slowest(&self, server: &Server<'_>) -> Result<String> {
        let token = self.organization.token(server)?;
        let mut connection = Connection::open(&server.address)?;
        let mut times = Vec::new();
        for number in 0..self.paths.len() {
            let request = self.request(number, &token);
            let mut least = Duration::MAX;
            for _ in 0..5 {
                let started = Instant::now();
                connection.exchange(&request)?.json().with_context(|| self.name)?;
                least = least.min(started.elapsed());
            }
            times.push((least, number));
        }
        times.sort_unstable();
        let milliseconds = |time: Duration| time.as_secs_f64() * 1e3;
        let median = times[times.len() / 2].0;
        let mut out = format!("{}: median {:.2} ms\n", self.name, milliseconds(median));
        for (time, number) in times.iter().rev().take(times.len().div_ceil(100)) {
            let plans =
                psql(server.folder, WEAK, &[], &pgbench::explain(&self.transactions[*number]))?;
            let path = &self.paths[*number];
            out += &format!("{:.2} ms: {path}\n\n```\n{plans}```\n", milliseconds(*time));
        }
        Ok(out)
    }

    /// Server and pgbench in turn; the line of the table.
    pub fn measure(
        &self,
        server: &Server<'_>,
        connections: usize,
        options: &Options,
    ) -> Result<String> {
        let token = self.organization.token(server)?;
        self.drive(&server.address, &token, connections, Duration::from_millis(300))?;
        let (mut outcome, mut cpu, mut bare, mut bare_cpu) =
            (Outcome::default(), Cpu::default(), 0.0, Cpu::default());
        for _ in 0..options.rounds {
            let start = server.processes.cpu()?;
            outcome.add(self.drive(&server.address, &token, connections, options.period)?);
            let middle = server.processes.cpu()?;
            bare += pgbench::run(server, &self.transactions, connections, options.period)?
                / f64::from(options.rounds);
            cpu += middle - start;
            bare_cpu += server.processes.cpu()? - middle;
        }
        let requests = outcome.latencies.len().max(1) as f64;
        let each = |time: Duration| time.as_secs_f64() * 1e6 / requests;
        let ratio = outcome.per_second() / bare;
        let bare_each = bare_cpu.database.as_secs_f64() * 1e6
            / (bare * options.period.as_secs_f64() * f64::from(options.rounds));
        let (target, met) = match self.target {
            Target::Ratio(least) => (format!("ratio {least}"), verdict(ratio >= least)),
            Target::DatabaseTime(most) => (
                format!("{} ms of database", most.as_millis()),
                verdict(each(cpu.database) <= most.as_secs_f64() * 1e6),
            ),
            Target::None => ("".to_owned(), ""),
        };
        Ok(format!(
            "| {} | {connections} | {:.0} | {bare:.0} | {ratio:.2} | {:.2} | {:.2} | {:.0} | {:.0} \
                ({bare_each:.0}) | {target} | {met} |",
            self.name,
            outcome.per_second(),
            outcome.quantile(0.5),
            outcome.quantile(0.99),
            each(cpu.server),
            each(cpu.database),
        ))
    }
}

/// The works whose name contains `only`, with what the server sends for them. The server must log
/// its statements.
pub fn learn(server: &Server<'_>, data: &Data, only: Option<&str>) -> Result<Vec<Work>> {
    let mut works = all(server, &data.main)?;
    works.extend(of_the_program(server, &data.program)?);
    works.retain(|work| only.is_none_or(|only| work.name.contains(only)));
    let mut connection = Connection::open(&server.address)?;
    for work in &mut works {
        let token = work.organization.token(server)?;
        for n in 0..work.paths.len() {
            // Twice: what is done only the first time (a field becomes overridden) is not what is
            // measured.
            connection.exchange(&work.request(n, &token))?.json().with_context(|| work.name)?;
            let request = work.request(n, &token);
            let learned = capture::transaction(server.folder, &work.organization.id, || {
                connection.exchange(&request)?.json().map(drop)
            });
            work.transactions.push(learned.with_context(|| work.name)?);
        }
    }
    Ok(works)
}

/// Every row, for an organization.
fn all(server: &Server<'_>, organization: &Organization) -> Result<Vec<Work>> {
    let tags = ids(
        server,
        organization,
        "tag",
        "SELECT id FROM tags WHERE name IN ('Tag 1', 'Tag 3', 'Tag 10', 'Tag 39') ORDER BY name",
    )?;
    let page = |query: &str| format!("/v1/partners?{query}");
    let mut works = growing(server, organization)?;
    works.push(Work::read(
        "first page of 50, `sort=name`",
        organization,
        Target::Ratio(0.5),
        vec![page("sort=name&limit=50")],
    ));
    let stacked = |tag: &String| {
        page(&format!(
            "type=technology,reseller&status=active&fit_score_gte=60&tag_ids={tag}&sort=-fit_score&limit=50"
        ))
    };
    works.push(Work::read(
        "stacked filters and a tag, `sort=-fit_score`",
        organization,
        Target::Ratio(0.5),
        tags.iter().map(stacked).collect(),
    ));
    works.push(Work::read(
        "random stacks of filters",
        organization,
        Target::DatabaseTime(Duration::from_millis(2)),
        random::stacks(&tags, 1),
    ));
    works.push(Work::read(
        "random needles, `q=`",
        organization,
        Target::DatabaseTime(Duration::from_millis(2)),
        random::needles(2),
    ));
    works.push(Work::read("every indexed sort", organization, Target::Ratio(0.5), random::sorts()));
    works.push(Work::read(
        "sort without index, `sort=-company_revenue`",
        organization,
        Target::None,
        vec![page("sort=-company_revenue&limit=50")],
    ));
    // As somebody types: a part of a word, a whole one, two, a slip; none of them is in every
    // twentieth name.
    let words = ["belar", "kelento", "zelumgrid", "xanoris da", "maralpotr", "fenixysys"];
    let typed = |word: &&str| page(&format!("q={}&limit=10", word.replace(' ', "%20")));
    works.push(Work::read(
        "type-ahead, `q=`",
        organization,
        Target::DatabaseTime(Duration::from_millis(5)),
        words.iter().map(typed).collect(),
    ));
    works.push(Work::read(
        "page of 1 with `total_count` of two filters",
        organization,
        Target::None,
        vec![page("status=active&fit_score_gte=60&limit=1&include=total_count")],
    ));
    let some = ids(
        server,
        organization,
        "ptn",
        "SELECT id FROM partners WHERE deleted_at IS NULL ORDER BY md5(id::text) LIMIT 16",
    )?;
    let of = |id: &String| format!("/v1/partners/{id}");
    works.push(Work::write(
        "change one field",
        organization,
        Target::Ratio(0.8),
        "PATCH",
        some.iter().map(of).collect(),
        |n| json!({"annual_revenue_target": n}),
    ));
    works.push(Work::write(
        "create",
        organization,
        Target::None,
        "POST",
        vec!["/v1/partners".into()],
        |n| {
            json!({
                "name": format!("Bench {n}"),
                "type": "reseller",
                "industry": "Software",
                "employees": n % 1000
            })
        },
    ));
    Ok(works)
}

/// The rows that need deals: the write of one, which adds up its partner's, and the insights.
fn of_the_program(server: &Server<'_>, organization: &Organization) -> Result<Vec<Work>> {
    let some = ids(
        server,
        organization,
        "deal",
        "SELECT id FROM deals WHERE status = 'approved' ORDER BY md5(id::text) LIMIT 16",
    )?;
    let insight = |name: &'static str, path: &str| {
        Work::read(
            name,
            organization,
            Target::DatabaseTime(Duration::from_millis(50)),
            vec![format!("/v1/insights/{path}")],
        )
    };
    Ok(vec![
        Work::write(
            "change a deal, with its roll-ups",
            organization,
            Target::None,
            "PATCH",
            some.iter().map(|id| format!("/v1/deals/{id}")).collect(),
            |n| json!({"value": n}),
        ),
        insight("insight: portfolio", "portfolio"),
        insight("insight: lifecycle", "lifecycle"),
        insight("insight: attainment", "attainment?fiscal_year=2026"),
        insight("insight: strengths", "strengths"),
    ])
}

/// Those rows whose cost is to stay the same however large the organization is.
pub fn growing(server: &Server<'_>, organization: &Organization) -> Result<Vec<Work>> {
    let first = "/v1/partners?sort=-fit_score&limit=50".to_owned();
    let deep = deep_cursors(server, organization)?
        .into_iter()
        .map(|cursor| format!("{first}&cursor={cursor}"))
        .collect();
    let some = ids(
        server,
        organization,
        "ptn",
        "SELECT id FROM partners WHERE deleted_at IS NULL ORDER BY md5(id::text) LIMIT 16",
    )?;
    Ok(vec![
        Work::read(
            "first page of 50, `sort=-fit_score`",
            organization,
            Target::Ratio(0.5),
            vec![first],
        ),
        Work::read("deep page, `sort=-fit_score`", organization, Target::Ratio(0.5), deep),
        Work::read(
            "one profile",
            organization,
            Target::Ratio(0.5),
            some.iter().map(|id| format!("/v1/partners/{id}")).collect(),
        ),
    ])
}

/// Cursors a tenth, two tenths, ... half way through the list.
fn deep_cursors(server: &Server<'_>, organization: &Organization) -> Result<Vec<String>> {
    let token = organization.token(server)?;
    let mut connection = Connection::open(&server.address)?;
    let (mut cursors, mut cursor, mut rows) = (Vec::new(), String::new(), 0);
    let step = organization.partners / 10;
    let limit = (step / 2).min(200);
    while cursors.len() < 5 {
        let path = format!("/v1/partners?sort=-fit_score&limit={limit}{cursor}");
        let page =
            connection.exchange(&http::request("GET", &path, Some(&token), "", &[]))?.json()?;
        let next = page["next_cursor"].as_str().context("the list ended early")?;
        cursor = format!("&cursor={next}");
        rows += limit;
        if rows >= step * (cursors.len() as u64 + 1) {
            cursors.push(next.to_owned());
        }
    }
    Ok(cursors)
}

/// Identifiers in their wire form that a query finds in an organization.
fn ids(
    server: &Server<'_>,
    organization: &Organization,
    prefix: &str,
    query: &str,
) -> Result<Vec<String>> {
    let query = query.replacen(
        " WHERE ",
        &format!(" WHERE organization_id = '{}' AND ", organization.id),
        1,
    );
    let text = psql(server.folder, SUPERUSER, &[], &query)?;
    text.lines().map(|line| Ok(domain::ids::encode(prefix, Uuid::parse_str(line)?))).collect()
}
