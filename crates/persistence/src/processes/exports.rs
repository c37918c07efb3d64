//! Exports: every record that a filter finds, page by page, as lines for a file.

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
use serde::Serialize;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::{
    kernel::{
        db::Tx,
        tasks,
        worker::{Outcome, Run},
    },
    resources::{contacts, deals, jobs, partners, views},
};

/// Records of a page.
const PAGE: i64 = 500;

/// Accepts an export.
///
/// # Errors
/// `quota_exceeded`; `invalid_filter`; `validation_failed` for columns, and for a view that is not
/// there.
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
    // What is full now takes nothing more; whether this one still fits is seen as it grows.
    let job = jobs::insert(tx, &job).await?;
    jobs::set_file_bytes(tx, job.id, 1).await?;
    Ok(job)
}

/// How an export ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// Everything is written: close the file, then call [`finish`].
    Whole,
    /// It was canceled, or is gone: throw the file away.
    Canceled,
}

/// Writes the whole file, from its beginning, however often it was tried before. Records that are
/// changed meanwhile appear in one of their states; none appears twice.
///
/// # Errors
/// Those of `write`, and what is worth another attempt.
pub async fn write(
    run: &Run,
    id: JobId,
    mut write: impl AsyncFnMut(Vec<u8>) -> Result<()>,
) -> Result<Written> {
    let begun = run.step(async |tx| jobs::begin_step(tx, id).await).await?;
    let Some((job, _)) = begun else { return canceled(run).await };
    let request: ExportRequest = serde_json::from_value(job.input.0.0).map_err(Error::internal)?;
    // Columns were checked when the export was accepted; the filter is read anew, and the view as
    // it is now.
    let mut export = request.check(job.created_at)?;
    let mut list = ListRequest::all(PAGE);
    list.filter = export.filter.clone();
    if let Some(id) = request.view_id {
        let place = Place::Pointer("#/view_id".into());
        let view = run.store.read(run.scope(), async |tx| {
            views::selection(tx, id, export.object.view_object(), &place).await
        });
        let view = view.await?;
        list.narrow(&view);
        if request.columns.as_ref().is_none_or(Vec::is_empty) && !view.columns.is_empty() {
            export.columns = view.columns;
        }
    }
    // Records that are created meanwhile are left out, so that the export ends and its total stays
    // true.
    list.narrow_to_made_until(export.object.catalogue(), job.created_at);
    let total = run.store.read(run.scope(), async |tx| count(tx, &export, &list).await).await?;
    run.step(async |tx| jobs::set_total(tx, id, total).await).await?;
    let header = export.header()?;
    let (mut done, mut bytes) = (0, header.len() as i64);
    write(header).await?;
    loop {
        let rows = run.store.read(run.scope(), async |tx| page(tx, &export, &list).await).await?;
        let Some(last) = rows.last().and_then(|row| row.get("id")).and_then(Value::as_str) else {
            break;
        };
        list.after =
            Some(Last { values: Vec::new(), tie: FilterValue::Id(uuid_of(export.object, last)?) });
        let mut lines = Vec::new();
        for row in &rows {
            lines.extend(export.line(row)?);
        }
        bytes += lines.len() as i64;
        write(lines).await?;
        done += rows.len() as i64;
        let goes_on = run
            .step(async |tx| match jobs::begin_step(tx, id).await? {
                Some(_) => {
                    jobs::set_file_bytes(tx, id, bytes).await?;
                    jobs::set_done(tx, id, done).await.map(|()| true)
                }
                None => Ok(false),
            })
            .await?;
        if !goes_on {
            return canceled(run).await;
        }
        if (rows.len() as i64) < PAGE {
            break;
        }
    }
    Ok(Written::Whole)
}

/// The file is where it belongs: the job has succeeded. `download` is the address of the file.
pub async fn finish(run: &Run, id: JobId, download: &str) -> Result<Outcome> {
    run.step(async |tx| {
        jobs::succeed_with_file(tx, id, download).await?;
        tasks::complete(tx, &run.task).await
    })
    .await?;
    Ok(Outcome::Completed)
}

async fn canceled(run: &Run) -> Result<Written> {
    run.step(async |tx| tasks::complete(tx, &run.task).await).await?;
    Ok(Written::Canceled)
}

fn uuid_of(object: ExportObject, id: &str) -> Result<Uuid> {
    let prefix = match object {
        ExportObject::Partner => domain::ids::PartnerId::PREFIX,
        ExportObject::Contact => domain::ids::ContactId::PREFIX,
        ExportObject::Deal => domain::ids::DealId::PREFIX,
    };
    domain::ids::decode(prefix, id).map_err(Error::internal)
}

async fn count(tx: &Tx<'_>, export: &CheckedExport, list: &ListRequest) -> Result<i64> {
    match export.object {
        ExportObject::Partner => partners::count(tx, list).await,
        ExportObject::Contact => contacts::count(tx, list).await,
        ExportObject::Deal => deals::count(tx, list).await,
    }
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

/// Resources as wire values.
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
