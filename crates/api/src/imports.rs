//! Imports (contract 4.9).

use actix_web::{HttpRequest, post, web};
use domain::{
    Error,
    ids::JobId,
    imports::{ImportOptions, ImportPreview, Inspection, inspect},
    jobs::Job,
};
use persistence::{imports, organizations};

use crate::{
    answer::Answer,
    call::{self, Call},
    files::upload_of,
    problem::Result,
    upload::{self, ImportForm, ImportPreviewForm, Upload},
};

/// Look into a file
///
/// Columns with the fields that they probably feed, and the first rows as they would be read. Nothing is written.
#[utoipa::path(tag = "imports", request_body(content = ImportPreviewForm, content_type = "multipart/form-data"),
    security(("member" = ["imports:write"])), responses((status = 200, body = ImportPreview)),
    extensions(("x-errors" = json!("csv_unreadable"))))]
#[post("/imports/previews")]
pub async fn preview_import(
    call: Call,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<Answer> {
    let (_, inspection) = inspected(upload::read(&request, payload, false).await?).await?;
    let organization = call.read(async |tx| organizations::get(tx).await).await?;
    Ok(Answer::ok(&ImportPreview::new(
        &inspection,
        organization.currency_exponent.0.unsigned_abs(),
    )))
}

/// Import a file
///
/// CSV, a JSON array or JSON lines. Every row becomes an item of the job with its outcome. An import is an automated write:
/// what people decided stays. The same file twice changes nothing.
#[utoipa::path(tag = "imports", request_body(content = ImportForm, content_type = "multipart/form-data"),
    security(("member" = ["imports:write"])), responses((status = 202, body = Job)),
    extensions(("x-errors" = json!("csv_unreadable mapping_unknown_column"))))]
#[post("/imports")]
pub async fn create_import(
    call: Call,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<Answer> {
    let upload = upload::read(&request, payload, true).await?;
    let sum = upload.sum;
    let options: ImportOptions = call::parse(&call.state, "ImportOptions", &upload.options)?;
    let (file, inspection) = inspected(upload).await?;
    let id = JobId::new();
    let path = upload_of(call.caller.scope.organization, id);
    call.state.files.upload(&path, file).await?;
    let accepted = call.once(&sum, async |tx| {
        let job = imports::insert(tx, id, options.clone(), &inspection).await?;
        Ok(Answer::accepted(format!("/v1/jobs/{id}"), &job).versioned(job.version))
    });
    let answer = accepted.await;
    // Refused, or done before under the same key: nobody will read this copy.
    if !answer.as_ref().is_ok_and(|answer| answer.status == 202 && answer.is_about(&id.to_string()))
    {
        call.state.files.delete(&path).await.ok();
    }
    answer
}

/// Reading a file takes a while: on a thread that no request waits for.
async fn inspected(mut upload: Upload) -> Result<(std::fs::File, Inspection), Error> {
    let look = move || {
        let inspection = inspect(&mut upload.file)?;
        std::io::Seek::rewind(&mut upload.file).map_err(Error::internal)?;
        Ok((upload.file, inspection))
    };
    web::block(look).await.map_err(Error::internal)?
}
