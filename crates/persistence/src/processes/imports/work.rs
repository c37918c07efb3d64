//! Runs an import: batch by batch, each in its own transaction.

use std::{io::Read, sync::Arc};

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::{
    Error, Result,
    ids::JobId,
    imports::{
        Converter, FileShape, ImportObject, ImportOptions, ImportPlan, ImportRow, ImportRows,
        Inspection, Notation, Rows,
    },
    jobs::{Job, JobItemCounts, JobType},
    quotas::Quota,
    schema::organizations,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{batch::Batch, contacts, deals, partners};
use crate::{
    kernel::{db::Tx, locks, turns::Turn, worker::Run},
    resources::jobs::{self, JobSteps, StepItems, StepOutcome},
};

/// The most rows in one transaction. A few hundred, because the partners of a batch are locked
/// until the commit, and so is the organization's event counter, for which all other writers wait.
pub const BATCH: usize = 500;
/// The most deals in one transaction: they are written one by one, and others should not wait long.
const DEALS: usize = 100;

/// The code and the number of decimals of the organization's currency.
pub(crate) async fn exponent(tx: &Tx<'_>) -> Result<(String, u32)> {
    let currency: String =
        organizations::table.select(organizations::currency).first(&mut tx.conn()).await?;
    let decimals = domain::currencies::currency_exponent(&currency)
        .and_then(|digits| u32::try_from(digits).ok())
        .unwrap_or(2);
    Ok((currency, decimals))
}

/// Accepts an import of an inspected file that is stored under the job's id. The options are
/// validated.
///
/// # Errors
/// `quota_exceeded`; `mapping_unknown_column`; `validation_failed` for fields that cannot be
/// imported, for defaults, and for required fields that neither mapping nor defaults have.
pub async fn insert(
    tx: &Tx<'_>,
    id: JobId,
    options: ImportOptions,
    inspection: &Inspection,
) -> Result<Job> {
    Quota::ImportRows.check(inspection.row_count as i64, tx.quotas().import_rows)?;
    let (currency, _) = exponent(tx).await?;
    let plan = ImportPlan::new(options, inspection, &currency)?;
    let start = Progress {
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
        position: Some(serde_json::to_value(start).map_err(Error::internal)?),
        has_files: true,
    };
    jobs::insert(tx, &job).await
}

/// The state that the steps of an import pass on.
#[derive(Serialize, Deserialize)]
struct Progress {
    shape: FileShape,
    /// Imports that were accepted before this existed read numbers and dates in the notation of
    /// JSON.
    #[serde(default)]
    notation: Notation,
    /// The number of processed rows.
    rows: i64,
    /// The results of the records.
    #[serde(default)]
    counts: JobItemCounts,
}

/// An import in progress. Its items are rows by number; `R` is the upload, read from its beginning.
pub struct Import<R: Read> {
    options: ImportOptions,
    currency: String,
    progress: Progress,
    /// The partners of this import so far.
    written: partners::ImportedPartners,
    /// The upload, until the first rows are read.
    file: Option<R>,
    rows: Option<ImportRows<R>>,
    converter: Arc<Converter>,
    shared_domains: Vec<String>,
    /// The rows that [`JobSteps::next`] has read.
    read: Vec<ImportRow>,
}

/// The rows of one step.
pub struct ImportStep {
    rows: Vec<ImportRow>,
    /// Taken before the transaction, so that waiting for it uses no connection
    /// (docs/decisions/0111-writers-of-many-rows.md).
    _turn: Turn,
}

impl<R: Read> Import<R> {
    /// The import of a job, to be continued.
    ///
    /// # Errors
    /// Database errors only.
    pub async fn open(tx: &Tx<'_>, job: &Job, state: Map<String, Value>, file: R) -> Result<Self> {
        let options: ImportOptions =
            serde_json::from_value(job.input.0.0.clone()).map_err(Error::internal)?;
        let progress: Progress = serde_json::from_value(state.into()).map_err(Error::internal)?;
        let (currency, _) = exponent(tx).await?;
        let converter = Arc::new(options.converter(progress.notation, &currency)?);
        let shared_domains = organizations::table
            .select(organizations::shared_domains)
            .first(&mut tx.conn())
            .await?;
        let written = match (options.object, progress.rows) {
            (ImportObject::Partner, 1..) => {
                partners::ImportedPartners::load(tx, job.id, options.dry_run).await?
            }
            _ => partners::ImportedPartners::default(),
        };
        Ok(Self {
            options,
            currency,
            progress,
            written,
            file: Some(file),
            rows: None,
            converter,
            shared_domains,
            read: Vec::new(),
        })
    }

    /// The rows that are not processed yet. Earlier rows are read again, outside of any
    /// transaction.
    fn rows(&mut self) -> Result<&mut ImportRows<R>> {
        if let Some(file) = self.file.take() {
            let rows = Rows::open(file, self.progress.shape)?;
            let (converter, shared) = (self.converter.clone(), self.shared_domains.clone());
            let mut rows = ImportRows::new(rows, converter, self.options.clone(), shared);
            rows.skip(self.progress.rows)?;
            self.rows = Some(rows);
        }
        self.rows.as_mut().ok_or_else(|| Error::internal("the file could not be opened"))
    }
}

impl<R: Read> JobSteps for Import<R> {
    type Id = String;
    type Prepared = ImportStep;

    fn limit(&self) -> usize {
        if self.options.object == ImportObject::Deal { DEALS } else { BATCH }
    }

    /// Counted when the import was accepted.
    async fn total(&self, _: &Tx<'_>) -> Result<i64> {
        Ok(self.progress.rows)
    }

    async fn next(&mut self, _: &Run, _: Option<&String>) -> Result<StepItems<String>> {
        let limit = self.limit();
        self.read = self.rows()?.batch(limit)?;
        let ids = self.read.iter().map(|row| row.number.to_string()).collect();
        // A row that updates a record of an earlier row of its batch ends the batch, so a short
        // batch need not be the last.
        Ok(StepItems { ids, is_last: self.read.is_empty() })
    }

    async fn prepare(&mut self, run: &Run, _: &StepItems<String>) -> Result<ImportStep> {
        let rows = std::mem::take(&mut self.read);
        Ok(ImportStep { rows, _turn: run.store.turn(run.scope()).await? })
    }

    /// With `dry_run` nothing is written.
    async fn step(
        &mut self,
        tx: &Tx<'_>,
        _: &[String],
        prepared: &mut ImportStep,
    ) -> Result<StepOutcome<String>> {
        let rows = &prepared.rows;
        let batch = Batch {
            scope: tx.scope(),
            options: &self.options,
            converter: &self.converter,
            currency: self.currency.clone(),
        };
        locks::bulk(tx).await?;
        let items = match self.options.object {
            ImportObject::Partner => partners::run(tx, &batch, &mut self.written, rows).await?,
            ImportObject::Contact => contacts::run(tx, &batch, rows).await?,
            ImportObject::Deal => deals::run(tx, &batch, rows).await?,
        };
        self.progress.rows += rows.len() as i64;
        self.progress.counts.add(&items);
        let items = items.into_iter().filter_map(|item| Some((item.reference.clone()?, item)));
        Ok(StepOutcome { items: items.collect(), deferred: Vec::new() })
    }

    fn state(&self) -> Result<Map<String, Value>> {
        jobs::state_of(&self.progress)
    }

    async fn finish(&mut self, _: &Tx<'_>) -> Result<Option<Value>> {
        serde_json::to_value(self.progress.counts.result()).map(Some).map_err(Error::internal)
    }
}
