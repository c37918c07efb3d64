//! Imports: a batch of rows becomes partners, contacts or deals, and an item for each row tells
//! what became of it.

mod contacts;
mod deals;
mod partners;

use std::{
    collections::HashMap,
    io::Read,
    time::{Duration, Instant},
};

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::{
    Code, Error, Fault, Result,
    access::Scope,
    events::NewEvent,
    ids::{JobId, TagId},
    imports::{
        Converter, FileShape, FirstRow, ImportObject, ImportOnDuplicateRow, ImportOptions,
        ImportPlan, ImportRow, ImportRows, Inspection, Notation, Rows,
    },
    jobs::{Job, JobItemCounts, JobItemStatus, JobItemWarning, JobType, NewJobItem},
    quotas::Quota,
    schema::{organizations, tags},
    text::fold,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::{
    kernel::{
        db::Tx,
        locks, tasks,
        worker::{Outcome, Run},
    },
    resources::jobs,
};

/// Rows in one transaction.
pub const BATCH: usize = 500;
/// Deals in one transaction: they are written one by one, and nobody else is to wait for long.
const DEALS: usize = 100;

/// The decimals of the organization's currency.
pub(crate) async fn exponent(tx: &Tx<'_>) -> Result<(String, u32)> {
    let currency: String =
        organizations::table.select(organizations::currency).first(&mut tx.conn()).await?;
    let decimals = domain::currencies::currency_exponent(&currency)
        .and_then(|digits| u32::try_from(digits).ok())
        .unwrap_or(2);
    Ok((currency, decimals))
}

/// Accepts an import of an inspected file that is kept under the job's id: what is wrong with the
/// options is said now.
///
/// # Errors
/// `quota_exceeded`; `mapping_unknown_column`; `validation_failed` for fields that cannot be
/// imported, for defaults, and for required fields
/// that neither mapping nor defaults give.
pub async fn insert(
    tx: &Tx<'_>,
    id: JobId,
    options: ImportOptions,
    inspection: &Inspection,
) -> Result<Job> {
    Quota::ImportRows.check(inspection.row_count as i64, tx.quotas().import_rows)?;
    let (currency, _) = exponent(tx).await?;
    let plan = ImportPlan::new(options, inspection, &currency)?;
    let position = Position {
        shape: inspection.shape,
        notation: plan.notation,
        rows: 0,
        counts: JobItemCounts::default(),
    };
    let job = jobs::NewJob {
        id,
        kind: JobType::Import,
        dry_run: plan.options.dry_run,
        input: serde_json::to_value(&plan.options).map_err(Error::internal)?,
        total: Some(inspection.row_count as i64),
        position: Some(serde_json::to_value(position).map_err(Error::internal)?),
        has_files: true,
    };
    jobs::insert(tx, &job).await
}

/// Where an import goes on.
#[derive(Serialize, Deserialize)]
struct Position {
    shape: FileShape,
    /// Imports that were accepted before this was kept read numbers and dates as JSON writes them.
    #[serde(default)]
    notation: Notation,
    /// Rows that were worked off.
    rows: i64,
    /// What became of their records.
    #[serde(default)]
    counts: JobItemCounts,
}

/// How long an import works before it lets others go first.
const TURN: Duration = Duration::from_secs(30);

/// Works off the task of an import: batch by batch, each in a transaction of its own with its items
/// and the position after it, so that whoever goes on after a crash repeats nothing. `file` is the
/// upload from its beginning.
///
/// # Errors
/// What is worth another attempt; a file that cannot be read ends the job instead.
pub async fn work(run: &Run, id: JobId, file: impl Read) -> Result<Outcome> {
    let begun = run
        .step(async |tx| match jobs::begin_step(tx, id).await? {
            Some((job, Some(position))) => {
                let options: ImportOptions =
                    serde_json::from_value(job.input.0.0).map_err(Error::internal)?;
                let position: Position =
                    serde_json::from_value(position).map_err(Error::internal)?;
                let (currency, _) = exponent(tx).await?;
                let converter = options.converter(position.notation, &currency)?;
                let shared_domains = organizations::table
                    .select(organizations::shared_domains)
                    .first(&mut tx.conn())
                    .await?;
                let written = match (options.object, position.rows) {
                    (ImportObject::Partner, 1..) => {
                        partners::Written::load(tx, id, options.dry_run).await?
                    }
                    _ => partners::Written::default(),
                };
                Ok(Some((options, position, converter, shared_domains, written)))
            }
            _ => {
                tasks::complete(tx, &run.task).await?;
                Ok(None)
            }
        })
        .await?;
    let Some((options, mut position, converter, shared_domains, mut written)) = begun else {
        return Ok(Outcome::Completed);
    };
    let opened = Rows::open(file, position.shape).and_then(|rows| {
        let mut rows = ImportRows::new(rows, converter, options.clone(), shared_domains);
        rows.skip(position.rows)?;
        Ok(rows)
    });
    let mut rows = match opened {
        Ok(rows) => rows,
        Err(error) => return give_up(run, id, error).await,
    };
    let since = Instant::now();
    loop {
        let limit = if options.object == ImportObject::Deal { DEALS } else { BATCH };
        let batch = match rows.batch(limit) {
            Ok(batch) => batch,
            Err(error) => return give_up(run, id, error).await,
        };
        position.rows += batch.len() as i64;
        let _turn = run.store.turn(run.scope()).await?;
        let goes_on = run
            .step(async |tx| {
                if jobs::begin_step(tx, id).await?.is_none() {
                    tasks::complete(tx, &run.task).await?;
                    return Ok(false);
                }
                if batch.is_empty() {
                    let result = serde_json::to_value(position.counts.result());
                    jobs::succeed(tx, id, Some(result.map_err(Error::internal)?)).await?;
                    tasks::complete(tx, &run.task).await?;
                    return Ok(false);
                }
                let items = write(tx, &options, rows.converter(), &mut written, &batch).await?;
                position.counts.add(&items);
                jobs::end_step(
                    tx,
                    id,
                    items,
                    &serde_json::to_value(&position).map_err(Error::internal)?,
                )
                .await?;
                Ok(true)
            })
            .await?;
        match goes_on {
            false => return Ok(Outcome::Completed),
            true if run.is_stopping() || since.elapsed() > TURN => return Ok(Outcome::Again),
            true => {}
        }
    }
}

/// Ends the job of a file that no further attempt would read any better.
///
/// # Errors
/// `error` itself when it may pass.
pub async fn give_up(run: &Run, id: JobId, error: Error) -> Result<Outcome> {
    if !matches!(error, Error::Problem(_)) {
        return Err(error);
    }
    run.step(async |tx| {
        jobs::fail(tx, id, &error).await?;
        tasks::complete(tx, &run.task).await
    })
    .await?;
    Ok(Outcome::Completed)
}

/// One batch of rows; an item for each, in their order. With `dry_run` nothing is written.
async fn write(
    tx: &Tx<'_>,
    options: &ImportOptions,
    converter: &Converter,
    written: &mut partners::Written,
    rows: &[ImportRow],
) -> Result<Vec<NewJobItem>> {
    locks::bulk(tx).await?;
    let (currency, _) = exponent(tx).await?;
    let batch = Batch { scope: tx.scope(), options, converter, currency };
    match options.object {
        ImportObject::Partner => partners::run(tx, &batch, written, rows).await,
        ImportObject::Contact => contacts::run(tx, &batch, rows).await,
        ImportObject::Deal => deals::run(tx, &batch, rows).await,
    }
}

struct Batch<'a> {
    scope: &'a Scope,
    options: &'a ImportOptions,
    converter: &'a Converter,
    currency: String,
}

impl Batch<'_> {
    /// The item of a row that went well.
    fn item(&self, row: &ImportRow) -> NewJobItem {
        NewJobItem {
            warnings: row.converted.warnings.clone(),
            ..NewJobItem::succeeded(row.index, row.number)
        }
    }

    fn stopped(&self, row: &ImportRow, status: JobItemStatus, error: &Error) -> NewJobItem {
        self.item(row).stopped(status, error, self.scope.request_id)
    }

    fn failed(&self, row: &ImportRow, error: &Error) -> NewJobItem {
        self.stopped(row, JobItemStatus::Failed, error)
    }

    fn skipped(&self, row: &ImportRow, error: &Error) -> NewJobItem {
        self.stopped(row, JobItemStatus::Skipped, error)
    }

    /// A row about what an earlier one is about.
    fn duplicate(&self, row: &ImportRow, first: u64, other_name: bool) -> NewJobItem {
        let detail = format!("Row {first} of the file is about the same {}.", self.options.object);
        let error = Error::new(Code::DuplicateOfRow, detail).meta("row", json!(first));
        let mut item = self.skipped(row, &error);
        if other_name {
            item.warnings.push(name_differs(format!("row {first} has another name")));
        }
        item
    }

    /// What can be said of a row before looking at any data: the item of one that goes no further.
    fn refused(&self, row: &ImportRow) -> Option<NewJobItem> {
        if let Some(code) = row.refusal {
            return Some(self.failed(row, &Error::of(code)));
        }
        if row.converted.text("name").is_none() {
            return Some(self.failed(row, &Error::of(Code::RowWithoutName)));
        }
        if let Some(first) =
            row.duplicate_of.filter(|_| self.options.on_duplicate_row == ImportOnDuplicateRow::Skip)
        {
            return Some(self.duplicate(row, first.number, first.name_differs));
        }
        match row.converted.text("currency") {
            Some(currency) if currency != self.currency => {
                let detail = format!("must be {}, the organization's currency", self.currency);
                Some(self.failed(row, &Error::field("currency_mismatch", "currency", detail)))
            }
            _ => None,
        }
    }
}

/// Two records that may not mean the same are told of, never merged in silence.
fn name_differs(detail: String) -> JobItemWarning {
    JobItemWarning::new("name_differs", detail).about("name")
}

/// In a dry run the record that an earlier row makes is not there for its second row to update.
fn updates_earlier(first: FirstRow) -> Vec<JobItemWarning> {
    let detail = format!("updates what row {} makes", first.number);
    let mut warnings = vec![JobItemWarning::new(Code::DuplicateOfRow.as_str(), detail)];
    if first.name_differs {
        warnings.push(name_differs(format!("row {} has another name", first.number)));
    }
    warnings
}

fn required(field: &str, detail: &str) -> Error {
    Error::invalid(vec![Fault::at_pointer("required", format!("#/{field}"), detail)])
}

/// The ids of tags by their folded name; missing ones are created among the services.
async fn tag_ids(
    tx: &Tx<'_>,
    names: impl Iterator<Item = &str>,
    create: bool,
) -> Result<HashMap<String, TagId>> {
    let mut wanted: HashMap<String, &str> = HashMap::new();
    for name in names {
        wanted.entry(fold(name)).or_insert(name);
    }
    if wanted.is_empty() {
        return Ok(HashMap::new());
    }
    for again in [true, false] {
        let all: Vec<(TagId, String)> = tags::table
            .select((tags::id, tags::name))
            .order(tags::id.desc())
            .load(&mut tx.conn())
            .await?;
        // The oldest of equal names in several categories wins.
        let known: HashMap<String, TagId> =
            all.into_iter().map(|(id, name)| (fold(&name), id)).collect();
        let mut missing: Vec<(&String, &&str)> =
            wanted.iter().filter(|(folded, _)| !known.contains_key(*folded)).collect();
        if missing.is_empty() || !create || !again {
            return Ok(known);
        }
        missing.sort();
        let rows: Vec<_> = missing
            .iter()
            .map(|(_, name)| {
                (tags::id.eq(TagId::new()), tags::category.eq("services"), tags::name.eq(**name))
            })
            .collect();
        let made: Vec<(TagId, String)> = diesel::insert_into(tags::table)
            .values(rows)
            .on_conflict_do_nothing()
            .returning((tags::id, tags::name))
            .get_results(&mut tx.conn())
            .await?;
        for (id, name) in made {
            let changes = json!({
                "category": {"from": null, "to": "services"},
                "name": {"from": null, "to": name}
            });
            tx.tell(NewEvent::new("tag.created", id, 1, json!({"changes": changes})));
        }
    }
    unreachable!("the second round returns")
}

/// `before` and `after` of an item: the fields that change.
pub(crate) fn before_and_after(
    row: &Map<String, Value>,
    changes: &[domain::partners::Change],
) -> (Option<Value>, Option<Value>) {
    let before: Map<String, Value> = changes
        .iter()
        .map(|change| (change.field.name.to_owned(), change.field.of(row).clone()))
        .collect();
    let after: Map<String, Value> =
        changes.iter().map(|change| (change.field.name.to_owned(), change.value.clone())).collect();
    (Some(before.into()), Some(after.into()))
}
