//! The work of an import: batch by batch, each in a transaction of its own.

use std::{
    io::Read,
    time::{Duration, Instant},
};

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::{
    Error, Result,
    ids::JobId,
    imports::{
        Converter, FileShape, ImportObject, ImportOptions, ImportPlan, ImportRow, ImportRows,
        Inspection, Notation, Rows,
    },
    jobs::{Job, JobItemCounts, JobType, NewJobItem},
    quotas::Quota,
    schema::organizations,
};
use serde::{Deserialize, Serialize};

use super::{batch::Batch, contacts, deals, partners};
use crate::{
    kernel::{
        db::Tx,
        locks, tasks,
        worker::{Outcome, Run},
    },
    resources::jobs,
};

/// Rows in one transaction.
/// A few hundred: the partners of a batch stay locked until it commits, and so does the
/// organization's event counter while it is written, for which all other writers wait.
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
        // Taken before the transaction, so that waiting for it occupies no connection
        // (docs/decisions/0111-writers-of-many-rows.md).
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
