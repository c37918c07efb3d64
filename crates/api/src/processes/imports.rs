//! Imports.

use std::{fs::File, sync::LazyLock};

use actix_web::{HttpRequest, web};
use domain::{
    Error,
    ids::JobId,
    imports::{ImportOptions, ImportPreview, ImportPreviewOptions, Inspection, inspect},
    jobs::Job,
};
use operation_macros::operation;
use persistence::{imports, jobs, organizations};
use tokio::sync::Semaphore;

use crate::{
    kernel::{
        answer::Answer,
        files::upload_of,
        heavy::{self, Places},
        problem::Result,
        request_context::{self, RequestContext},
        upload::{self, ImportForm, ImportPreviewForm, OptionsPart},
    },
    resources::jobs::accepted,
};

/// Preview an import
///
/// Returns the columns with the fields that they map to, and the first rows as the import would
/// read them. Takes the options of the import; absent options are guessed, and `guesses` gives the
/// reasons. Nothing is written. An API key needs the scope to write the records, as for the import.
#[operation(
    post("/imports/previews"),
    tag(Imports),
    role(Member),
    scope(ImportsWrite),
    no_idempotency_key,
    body(ImportPreviewForm, media("multipart/form-data")),
    ok(ImportPreview),
    errors(CsvUnreadable, MappingUnknownColumn)
)]
pub async fn preview_import(
    context: RequestContext,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<Answer> {
    let _turn = context.state.uploads.turn(context.caller.scope.organization).await?;
    let upload = upload::read(&request, payload, OptionsPart::Optional).await?;
    let options: ImportPreviewOptions = if upload.options.is_empty() {
        ImportPreviewOptions::default()
    } else {
        request_context::parse(&context.state, &upload.options)?
    };
    if let Some(object) = options.object() {
        context.expect_scope(object.scope())?;
    }
    let (_, inspection) = inspected(upload.file, options.options().clone()).await?;
    let organization = context.read(async |tx| organizations::get(tx).await).await?;
    let shared = &organization.shared_domains;
    let preview = ImportPreview::new(options, &inspection, &organization.currency, shared)?;
    context.expect_scope(preview.object.scope())?;
    Ok(Answer::ok(&preview))
}

/// Import a file
///
/// Takes CSV, a JSON array or JSON lines. Every row becomes an item of the job with its result. An
/// import is an automated write: fields that people have set are not changed. Importing the same
/// file again changes nothing. An API key needs the scope to write the records in addition to
/// `imports:write`.
#[operation(
    post("/imports"),
    tag(Imports),
    role(Member),
    scope(ImportsWrite),
    body(ImportForm, media("multipart/form-data")),
    accepted(Job),
    errors(CsvUnreadable, MappingUnknownColumn)
)]
pub async fn create_import(
    context: RequestContext,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<Answer> {
    let _turn = context.state.uploads.turn(context.caller.scope.organization).await?;
    let upload = upload::read(&request, payload, OptionsPart::Required).await?;
    let (sum, bytes) = (upload.sum, upload.bytes);
    let options: ImportOptions = request_context::parse(&context.state, &upload.options)?;
    context.expect_scope(options.object.scope())?;
    let (file, inspection) = inspected(upload.file, options.clone()).await?;
    let id = JobId::new();
    let path = upload_of(context.caller.scope.organization, id);
    context.state.files.upload(&path, file).await?;
    let accepted = context.once(&sum, async |tx| {
        let job = imports::insert(tx, id, options.clone(), &inspection).await?;
        jobs::set_file_bytes(tx, id, bytes).await?;
        Ok(accepted(&context, &job))
    });
    let answer = accepted.await;
    // The import was refused, or already done under the same key: this copy of the file is not
    // needed.
    if !answer.as_ref().is_ok_and(|answer| answer.status == 202 && answer.is_about(&id.to_string()))
    {
        context.state.files.delete(&path).await.ok();
    }
    answer
}

/// Limits concurrent parsing of files, which takes time and memory.
static INSPECTIONS: Places = LazyLock::new(|| Semaphore::new(2));

async fn inspected(mut file: File, options: ImportOptions) -> Result<(File, Inspection), Error> {
    let look = move || {
        let inspection = inspect(&mut file, &options)?;
        std::io::Seek::rewind(&mut file).map_err(Error::internal)?;
        Ok((file, inspection))
    };
    heavy::run(&INSPECTIONS, look).await?
}
