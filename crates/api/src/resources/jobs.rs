//! Jobs: long-running work and its results.

use actix_web::{
    HttpResponse,
    http::header::{self, ContentDisposition},
    web,
};
use domain::{
    Code, Error,
    ids::JobId,
    jobs::{JOB_ITEM_LIST, JOB_LIST, Job, JobItem, JobItemList, JobItemPage, JobList, JobPage},
};
use operation_macros::operation;
use persistence::jobs;
use serde_json::{Value, json};

use crate::kernel::{
    answer::Answer,
    files::result_of,
    problem::{self, Result},
    request_body::BodyDigest,
    request_context::RequestContext,
};

/// The path of a job.
pub fn path(id: JobId) -> String {
    format!("/v1/jobs/{id}")
}

/// The path of the file that a job has made.
pub fn result_path(id: JobId) -> String {
    format!("/v1/jobs/{id}/result")
}

/// The representation of a job: its problem as a problem document, and absolute URLs.
fn shown(context: &RequestContext, job: &Job) -> Value {
    let mut shown = json!(job);
    if let Some(report) = &job.problem {
        shown["problem"] = problem::document(&report.0, &path(job.id));
    }
    if let Some(Value::String(download)) = shown.pointer_mut("/result/download_url") {
        *download = context.state.addresses.absolute(download);
    }
    shown
}

/// 200 with a job.
fn answer(context: &RequestContext, job: &Job) -> Answer {
    Answer::resource(job.version, &shown(context, job))
}

/// 202 with a job that has just been accepted.
pub fn accepted(context: &RequestContext, job: &Job) -> Answer {
    Answer::accepted(path(job.id), &shown(context, job)).versioned(job.version)
}

/// List jobs
///
/// Lists your own jobs, newest first. Admins see all jobs.
#[operation(
    get("/jobs"),
    tag(Jobs),
    role(Viewer),
    scope(JobsRead),
    query(JobList),
    ok(JobPage),
    errors(InvalidCursor)
)]
pub async fn list_jobs(context: RequestContext) -> Result<Answer> {
    let request = context.list_request(&JOB_LIST)?;
    let page = context.read(async |tx| jobs::list(tx, &request).await).await?;
    Ok(Answer::ok(&page.map(|job: Job| shown(&context, &job))))
}

/// Get a job
///
/// Returns state and progress. Until the job has ended, `Retry-After` says when to ask again.
#[operation(
    get("/jobs/{id}"),
    tag(Jobs),
    role(Viewer),
    scope(JobsRead),
    no_store,
    ok(Job),
    errors(JobExpired)
)]
pub async fn get_job(context: RequestContext, id: web::Path<JobId>) -> Result<Answer> {
    let job = context.read(async |tx| jobs::get(tx, *id).await).await?;
    let answer = answer(&context, &job);
    Ok(if job.status.is_finished() { answer } else { answer.with(header::RETRY_AFTER, "1".into()) })
}

/// List the items of a job
///
/// Lists the result for each row or record, in order.
#[operation(
    get("/jobs/{id}/items"),
    tag(Jobs),
    role(Viewer),
    scope(JobsRead),
    query(JobItemList),
    ok(JobItemPage),
    errors(InvalidCursor, JobExpired)
)]
pub async fn list_job_items(context: RequestContext, id: web::Path<JobId>) -> Result<Answer> {
    let request = context.list_request(&JOB_ITEM_LIST)?;
    let page = context.read(async |tx| jobs::items(tx, *id, &request).await).await?;
    let path = format!("{}/items", path(*id));
    Ok(Answer::ok(&page.map(|item: JobItem| {
        let mut shown = json!(item);
        if let Some(report) = &item.problem {
            shown["problem"] = problem::document(&report.0, &path);
        }
        shown
    })))
}

/// Download the result of a job
///
/// The exported file is available for 24 hours, to the credential that started the job and to
/// admins.
#[operation(
    get("/jobs/{id}/result"),
    tag(Jobs),
    role(Viewer),
    scope(JobsRead),
    ok(media("text/csv", "application/jsonl")),
    errors(JobNotFinished, JobExpired)
)]
pub async fn download_job_result(
    context: RequestContext,
    id: web::Path<JobId>,
) -> Result<HttpResponse> {
    let job = context.read(async |tx| jobs::get(tx, *id).await).await?;
    let Some(result) = job.result.as_ref().filter(|result| result.0.download_url.is_some()) else {
        let code = if job.status.is_finished() { Code::NotFound } else { Code::JobNotFinished };
        return Err(Error::of(code).into());
    };
    if result.0.expires_at.is_some_and(|until| until <= domain::timestamp::Timestamp::now()) {
        return Err(Error::of(Code::JobExpired).into());
    }
    let is_csv = job.input.0.0.get("format").is_some_and(|format| format == "csv");
    let (media_type, ending) =
        if is_csv { ("text/csv; charset=utf-8", "csv") } else { ("application/jsonl", "jsonl") };
    let (size, bytes) =
        context.state.files.stream(&result_of(context.caller.scope.organization, *id)).await?;
    Ok(HttpResponse::Ok()
        .content_type(media_type)
        .insert_header((header::CONTENT_LENGTH, size))
        .insert_header(ContentDisposition::attachment(format!("{}.{ending}", *id)))
        .streaming(bytes))
}

/// Cancel a job
///
/// Completed work is kept. A running job stops after its current step.
#[operation(
    post("/jobs/{id}/cancellation"),
    tag(Jobs),
    role(Viewer),
    scope(JobsWrite),
    ok(Job),
    errors(JobFinished, JobExpired)
)]
pub async fn cancel_job(context: RequestContext, id: web::Path<JobId>) -> Result<Answer> {
    let work = async |tx: &persistence::Tx<'_>| {
        let job = jobs::cancel(tx, *id, context.if_match).await?;
        Ok(answer(&context, &job))
    };
    context.once(&BodyDigest::nothing(), work).await
}
