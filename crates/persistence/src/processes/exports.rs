//! Exports: all records that a filter finds, page by page, as lines of a file.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::{
    Error, Place, Result,
    exports::{CheckedExport, ExportObject, ExportRequest},
    filter::Value as FilterValue,
    ids::{JobId, TagId},
    jobs::{Job, JobType},
    lists::{Last, ListRequest},
    schema::tags,
    timestamp::Timestamp,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::{
    kernel::{db::Tx, worker::Run},
    resources::{
        contacts, deals,
        jobs::{self, JobSteps, StepItems, StepOutcome},
        partners, views,
    },
};

/// The records of one page.
const PAGE: usize = 500;

/// Accepts an export.
///
/// # Errors
/// `quota_exceeded`; `invalid_filter`; `validation_failed` for columns, and for a view that does
/// not exist.
pub async fn insert(tx: &Tx<'_>, request: &ExportRequest) -> Result<Job> {
    request.check(Timestamp::now())?;
    if let Some(id) = request.view_id {
        views::selection(tx, id, request.object.view_object(), &Place::Pointer("#/view_id".into()))
            .await?;
    }
    let job = jobs::NewJob {
        id: JobId::new(),
        kind: JobType::Export,
        dry_run: false,
        input: serde_json::to_value(request).map_err(Error::internal)?,
        total: None,
        position: None,
        has_files: true,
    };
    // Refused if the quota is used up already; whether this export fits is checked while it grows.
    let job = jobs::insert(tx, &job).await?;
    jobs::set_file_bytes(tx, job.id, 1).await?;
    Ok(job)
}

/// Where the file of an export is stored.
#[expect(
    async_fn_in_trait,
    reason = "the worker polls its tasks on one thread, so they need not be Send"
)]
pub trait ExportFile {
    /// Stores a part of the file under this name.
    ///
    /// # Errors
    /// `unavailable`.
    async fn keep_part(&self, part: &str, bytes: Vec<u8>) -> Result<()>;

    /// Joins the parts to the file, in this order. It becomes visible at once and complete.
    ///
    /// # Errors
    /// `unavailable`.
    async fn join(&self, parts: &[String]) -> Result<()>;

    /// Erases the file of a job that has ended meanwhile.
    async fn discard(&self);
}

/// The state that the steps of an export pass on.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Progress {
    /// The number of parts by worker. Every worker names its parts with its own id, so that a
    /// worker whose lease has expired cannot overwrite parts of its successor.
    parts: Vec<(Uuid, u32)>,
    bytes: i64,
    /// The columns, because the view could change between two steps.
    columns: Vec<String>,
}

/// An export in progress. Its items are records by id; each step stores a part of the file, so that
/// the next worker continues with the next part after a stop or a crash. Records that are changed
/// meanwhile appear in one of their states, and only once.
pub struct Export<'a, F> {
    id: JobId,
    file: &'a F,
    /// The path at which the file will be served.
    download: String,
    export: CheckedExport,
    list: ListRequest,
    progress: Progress,
    /// The id of this worker in the names of parts.
    worker: Uuid,
    /// The records that [`JobSteps::next`] has read.
    page: Vec<Map<String, Value>>,
}

impl<'a, F: ExportFile> Export<'a, F> {
    /// The export of a job, to be continued.
    ///
    /// # Errors
    /// `validation_failed` for a view that no longer exists.
    pub async fn open(
        tx: &Tx<'_>,
        job: &Job,
        state: Map<String, Value>,
        file: &'a F,
        download: String,
    ) -> Result<Self> {
        let request: ExportRequest =
            serde_json::from_value(job.input.0.0.clone()).map_err(Error::internal)?;
        let mut progress: Progress =
            serde_json::from_value(state.into()).map_err(Error::internal)?;
        // Columns were checked when the export was accepted; filter and view are read again.
        let mut export = request.check(job.created_at)?;
        let mut list = ListRequest::all(PAGE as i64);
        list.filter = export.filter.clone();
        if let Some(id) = request.view_id {
            let place = Place::Pointer("#/view_id".into());
            let view = views::selection(tx, id, export.object.view_object(), &place).await?;
            list.narrow(&view);
            if request.columns.as_ref().is_none_or(Vec::is_empty) && !view.columns.is_empty() {
                export.columns = view.columns;
            }
        }
        if progress.columns.is_empty() {
            progress.columns = export.columns.clone();
        }
        export.columns = progress.columns.clone();
        // Records that are created later are left out, so that the export ends and its total is
        // exact.
        list.narrow_to_made_until(export.object.catalogue(), job.created_at);
        let worker = Uuid::now_v7();
        Ok(Self { id: job.id, file, download, export, list, progress, worker, page: Vec::new() })
    }

    /// The names of all parts so far.
    fn parts(&self) -> Vec<String> {
        let each = self.progress.parts.iter();
        each.flat_map(|(worker, count)| (0..*count).map(move |n| format!("{worker}-{n}"))).collect()
    }
}

impl<F: ExportFile> JobSteps for Export<'_, F> {
    type Id = String;
    type Prepared = ();

    fn limit(&self) -> usize {
        PAGE
    }

    async fn total(&self, tx: &Tx<'_>) -> Result<i64> {
        match self.export.object {
            ExportObject::Partner => partners::count(tx, &self.list).await,
            ExportObject::Contact => contacts::count(tx, &self.list).await,
            ExportObject::Deal => deals::count(tx, &self.list).await,
        }
    }

    async fn next(&mut self, run: &Run, after: Option<&String>) -> Result<StepItems<String>> {
        self.list.after = match after {
            Some(id) => {
                let tie = FilterValue::Id(uuid_of(self.export.object, id)?);
                Some(Last { values: Vec::new(), tie })
            }
            None => None,
        };
        let read = async |tx: &Tx<'_>| page(tx, &self.export, &self.list).await;
        self.page = run.store.read(run.scope(), read).await?;
        let ids = self.page.iter().filter_map(|row| row.get("id")?.as_str().map(str::to_owned));
        Ok(StepItems::of(ids.collect(), PAGE))
    }

    async fn prepare(&mut self, _: &Run, portion: &StepItems<String>) -> Result<()> {
        let mut bytes = Vec::new();
        if self.progress.parts.is_empty() {
            bytes.extend(self.export.header()?);
        }
        for row in &self.page {
            bytes.extend(self.export.line(row)?);
        }
        self.progress.bytes += bytes.len() as i64;
        match self.progress.parts.last_mut() {
            Some((worker, count)) if *worker == self.worker => *count += 1,
            _ => self.progress.parts.push((self.worker, 1)),
        }
        let parts = self.parts();
        let newest = parts.last().ok_or_else(|| Error::internal("the part has no name"))?;
        self.file.keep_part(newest, bytes).await?;
        if portion.is_last { self.file.join(&parts).await } else { Ok(()) }
    }

    async fn step(&mut self, tx: &Tx<'_>, _: &[String], _: &mut ()) -> Result<StepOutcome<String>> {
        jobs::set_file_bytes(tx, self.id, self.progress.bytes).await?;
        Ok(StepOutcome { items: HashMap::new(), deferred: Vec::new() })
    }

    fn state(&self) -> Result<Map<String, Value>> {
        jobs::state_of(&self.progress)
    }

    async fn finish(&mut self, tx: &Tx<'_>) -> Result<Option<Value>> {
        jobs::file_result(tx, self.id, &self.download).await.map(Some)
    }

    async fn clean_up(&mut self, _: &Run, (): (), is_written: bool) {
        if !is_written {
            self.file.discard().await;
        }
    }
}

fn uuid_of(object: ExportObject, id: &str) -> Result<Uuid> {
    let prefix = match object {
        ExportObject::Partner => domain::ids::PartnerId::PREFIX,
        ExportObject::Contact => domain::ids::ContactId::PREFIX,
        ExportObject::Deal => domain::ids::DealId::PREFIX,
    };
    domain::ids::decode(prefix, id).map_err(Error::internal)
}

/// One page of wire values, tags by name.
async fn page(
    tx: &Tx<'_>,
    export: &CheckedExport,
    list: &ListRequest,
) -> Result<Vec<Map<String, Value>>> {
    let rows: Vec<Map<String, Value>> = match export.object {
        ExportObject::Partner => partners::list_whole(tx, list)
            .await?
            .data
            .into_iter()
            .map(|row| row.into_row())
            .collect(),
        ExportObject::Contact => objects(contacts::list(tx, list).await?.data),
        ExportObject::Deal => objects(deals::list(tx, list).await?.data),
    };
    if !export.has_tags() {
        return Ok(rows);
    }
    let names: Vec<(TagId, String)> =
        tags::table.select((tags::id, tags::name)).load(&mut tx.conn()).await?;
    let names: HashMap<String, String> =
        names.into_iter().map(|(id, name)| (id.to_string(), name)).collect();
    Ok(rows.into_iter().map(|row| with_tag_names(row, &names)).collect())
}

/// Resources as JSON objects.
fn objects(rows: Vec<impl Serialize>) -> Vec<Map<String, Value>> {
    let all = rows.into_iter();
    all.filter_map(|row| match json!(row) {
        Value::Object(row) => Some(row),
        _ => None,
    })
    .collect()
}

fn with_tag_names(
    mut row: Map<String, Value>,
    names: &HashMap<String, String>,
) -> Map<String, Value> {
    if let Some(Value::Array(ids)) = row.get_mut("tag_ids") {
        let mut known: Vec<&String> =
            ids.iter().filter_map(Value::as_str).filter_map(|id| names.get(id)).collect();
        known.sort();
        *ids = known.into_iter().map(|name| json!(name)).collect();
    }
    row
}
