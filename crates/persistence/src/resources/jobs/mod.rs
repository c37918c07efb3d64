//! Jobs: what people see of long work. Their tasks are in `tasks`.

use diesel::{prelude::*, sql_types::BigInt};
use diesel_async::RunQueryDsl;
use domain::{
    Code, Error, Result,
    access::{Role, Scope},
    error_report::ErrorReport,
    events::NewEvent,
    filter::{Comparison, Node, Test, Value as FilterValue},
    ids::JobId,
    jobs::{
        JOB_ACTOR, JOB_EXPIRY, JOB_ITEM_JOB, Job, JobItem, JobItemPage, JobPage, JobProgress,
        JobStatus, JobType, NewJobItem, NewTask, check_kept,
    },
    lists::ListRequest,
    notifications::NotificationRequest,
    quotas::Quota,
    schema::jobs,
    timestamp::Timestamp,
};
use serde_json::{Value, json};

use crate::{
    kernel::{
        db::Tx,
        listing::{self, Source},
        sql::clock_timestamp,
        statement::{Bind, Statement},
        tasks,
    },
    resources::notifications,
};

mod steps;

pub(crate) use steps::state_of;
pub use steps::{JobSteps, StepItems, StepOutcome, run};

/// How long the file of a job is kept.
pub const FILE_LIFE: chrono::TimeDelta = chrono::TimeDelta::hours(24);

/// A job that has not been accepted yet.
#[derive(Debug, Clone)]
pub struct NewJob {
    pub id: JobId,
    pub kind: JobType,
    pub dry_run: bool,
    /// As it was given, without the file.
    pub input: Value,
    /// How many items there are, when that is known.
    pub total: Option<i64>,
    /// Where the work begins.
    pub position: Option<Value>,
    /// Whether it has files to be erased when they expire.
    pub has_files: bool,
}

/// Accepts a job: it is kept, told of and queued. Its task's kind is the word of its type, its
/// payload `{job_id}`.
///
/// # Errors
/// `quota_exceeded` when whoever starts it, or the organization, has too many that have not ended.
pub async fn insert(tx: &Tx<'_>, job: &NewJob) -> Result<Job> {
    check_quotas(tx, job.total.filter(|_| job.kind.keeps_items()).unwrap_or(0)).await?;
    insert_follow_up(tx, job).await
}

/// The same for a job that follows from a change: nobody started it, so it counts for nobody, and
/// the change must not fail for it.
pub async fn insert_follow_up(tx: &Tx<'_>, job: &NewJob) -> Result<Job> {
    let actor = serde_json::to_value(&tx.scope().actor).map_err(Error::internal)?;
    let files_expire_at = job.has_files.then(|| Timestamp(Timestamp::now().0 + FILE_LIFE));
    let row = (
        jobs::id.eq(job.id),
        jobs::type_.eq(job.kind),
        jobs::dry_run.eq(job.dry_run),
        jobs::actor.eq(actor),
        jobs::input.eq(&job.input),
        jobs::total.eq(job.total),
        jobs::position.eq(&job.position),
        jobs::files_expire_at.eq(files_expire_at),
    );
    diesel::insert_into(jobs::table).values(row).execute(&mut tx.conn()).await?;
    let task = NewTask::new(job.kind.as_str(), json!({"job_id": job.id}))
        .unique(job.id.to_string())
        .lane(job.kind.lane())
        .attempts(5);
    tasks::enqueue(tx, &task).await?;
    tx.record(NewEvent::new(
        "job.queued",
        job.id,
        1,
        json!({"type": job.kind, "dry_run": job.dry_run}),
    ));
    find(tx, job.id).await
}

/// Makes sure that there is room for another job that somebody starts and that keeps `items` items.
///
/// # Errors
/// `quota_exceeded`.
pub async fn check_quotas(tx: &Tx<'_>, items: i64) -> Result<()> {
    let Some(caller) = &tx.scope().actor.id else { return Ok(()) };
    // Jobs of one organization are accepted one after the other: two at once would both find the
    // last place free. In a statement of its own, since a statement sees what there was when it
    // began.
    Statement::new(
        "/* jobs.turn */ SELECT pg_advisory_xact_lock(hashtextextended('jobs ' || \
            current_organization()::text, 0))",
    )
    .execute(&mut tx.conn())
    .await?;
    // Exports keep no items. The rows are those of 7 days, found by the organization's part of the
    // primary key.
    let (of_caller, of_organization, kept): (i64, i64, i64) = Statement::new(
        "/* jobs.quotas */ SELECT count(*) FILTER (WHERE finished_at IS NULL AND actor_id = ",
    )
    .with(
        Bind::Text(Some(caller.clone())),
        "), count(*) FILTER (WHERE finished_at IS NULL AND actor_id IS NOT NULL), \
            coalesce(sum(CASE \
         WHEN type = 'export' THEN 0 WHEN finished_at IS NULL THEN greatest(done, total) ELSE done \
         END), 0)::bigint \
         FROM jobs",
    )
    .answers::<(BigInt, BigInt, BigInt)>()
    .get_result(&mut tx.conn())
    .await?;
    let quotas = tx.quotas();
    Quota::JobsPerCaller.check(of_caller + 1, quotas.jobs_per_caller)?;
    Quota::JobsPerOrganization.check(of_organization + 1, quotas.jobs_per_organization)?;
    Quota::JobItems.check(kept + items, quotas.job_items)
}

/// Counts what a job's files take, in the place of what they took before.
///
/// # Errors
/// `quota_exceeded` when the organization's files would take too much.
pub async fn set_file_bytes(tx: &Tx<'_>, id: JobId, bytes: i64) -> Result<()> {
    let others: i64 = Statement::new(
        "/* jobs.file_bytes */ SELECT coalesce(sum(file_bytes), 0)::bigint FROM jobs \
         WHERE file_bytes > 0 AND id <> ",
    )
    .with(Bind::Id(Some(id.0)), "")
    .answers::<BigInt>()
    .get_result(&mut tx.conn())
    .await?;
    Quota::FileBytes.check(others + bytes, tx.quotas().file_bytes)?;
    diesel::update(jobs::table.filter(jobs::id.eq(id)))
        .set(jobs::file_bytes.eq(bytes))
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// Whether the scope may see every job, or only what its own actor started.
fn sees_all(scope: &Scope) -> bool {
    scope.role >= Role::Admin
}

/// A job of one's own; admins see all.
///
/// # Errors
/// `not_found`, `job_expired`.
pub async fn get(tx: &Tx<'_>, id: JobId) -> Result<Job> {
    let job = find(tx, id).await?;
    if !sees_all(tx.scope()) && job.actor.0.id != tx.scope().actor.id {
        return Err(Error::not_found());
    }
    check_kept(&job, Timestamp::now())?;
    Ok(job)
}

/// A job whoever started it, for the worker.
pub async fn find(tx: &Tx<'_>, id: JobId) -> Result<Job> {
    Ok(Job::query().filter(jobs::id.eq(id)).first(&mut tx.conn()).await?)
}

/// One page of jobs: one's own; admins see all.
pub async fn list(tx: &Tx<'_>, request: &ListRequest) -> Result<JobPage> {
    let now = FilterValue::Instant(Timestamp::now());
    let mut scope = vec![Node::Leaf(&JOB_EXPIRY, Test::Compare(Comparison::Gt, now))];
    if !sees_all(tx.scope()) {
        let actor = tx.scope().actor.id.clone().map(FilterValue::Text);
        let own = Test::In(actor.into_iter().collect());
        scope.push(Node::Leaf(&JOB_ACTOR, own));
    }
    listing::page::<Job>(tx, &request.within(scope), Source::of("jobs")).await
}

/// One page of the items of a job.
///
/// # Errors
/// `not_found`, `job_expired`.
pub async fn items(tx: &Tx<'_>, id: JobId, request: &ListRequest) -> Result<JobItemPage> {
    get(tx, id).await?;
    let request = request.within([Node::equals(&JOB_ITEM_JOB, FilterValue::Id(id.0))]);
    listing::page::<JobItem>(tx, &request, Source::of("job_items")).await
}

/// Ends a job of one's own before its time; admins may end any. Finished items stay. A running one
/// stops at its next step.
///
/// # Errors
/// `not_found`, `job_expired`, `version_mismatch`, `job_finished`.
pub async fn cancel(
    tx: &Tx<'_>,
    id: JobId,
    expected: Option<domain::patch::ExpectedVersions>,
) -> Result<Job> {
    lock(tx, id).await?;
    let job = get(tx, id).await?;
    if expected.is_some_and(|versions| !versions.contains(job.version)) {
        return Err(Error::version_mismatch(job.version));
    }
    if job.status.is_finished() {
        return Err(Error::of(Code::JobFinished));
    }
    end(tx, id, JobStatus::Canceled, None, None).await
}

async fn lock(tx: &Tx<'_>, id: JobId) -> Result<()> {
    let _: uuid::Uuid = jobs::table
        .filter(jobs::id.eq(id))
        .select(jobs::id)
        .for_update()
        .first(&mut tx.conn())
        .await?;
    Ok(())
}

/// The job of a task, locked for this step, set running at the first. `None` when it has ended
/// (canceled) or is gone: then there is nothing more to do.
async fn begin_step(tx: &Tx<'_>, id: JobId) -> Result<Option<(Job, Option<Value>)>> {
    let locked: Option<Option<Value>> = jobs::table
        .filter(jobs::id.eq(id))
        .select(jobs::position)
        .for_update()
        .first(&mut tx.conn())
        .await
        .optional()?;
    let Some(position) = locked else { return Ok(None) };
    let mut job = find(tx, id).await?;
    if job.status.is_finished() {
        return Ok(None);
    }
    if job.status == JobStatus::Queued {
        diesel::update(jobs::table.filter(jobs::id.eq(id)))
            .set((
                jobs::status.eq(JobStatus::Running),
                jobs::started_at.eq(clock_timestamp().nullable()),
                jobs::updated_at.eq(clock_timestamp()),
                jobs::version.eq(jobs::version + 1),
            ))
            .execute(&mut tx.conn())
            .await?;
        job = find(tx, id).await?;
        tx.record(NewEvent::new("job.started", id, job.version, json!({"type": job.kind})));
    }
    Ok(Some((job, position)))
}

/// The end of a step: keeps its items, and notes how far the work has come.
async fn end_step(
    tx: &Tx<'_>,
    id: JobId,
    progress: JobProgress,
    items: Vec<(i64, NewJobItem)>,
    position: &Value,
) -> Result<()> {
    let counts = (
        jobs::done.eq(progress.done),
        jobs::total.eq(progress.total),
        jobs::succeeded.eq(progress.succeeded),
        jobs::failed.eq(progress.failed),
        jobs::skipped.eq(progress.skipped),
        jobs::position.eq(position),
        jobs::updated_at.eq(clock_timestamp()),
        jobs::version.eq(jobs::version + 1),
    );
    diesel::update(jobs::table.filter(jobs::id.eq(id))).set(counts).execute(&mut tx.conn()).await?;
    tasks::note_progress(tx, &id.to_string()).await?;
    if items.is_empty() {
        return Ok(());
    }
    let rows = items.into_iter().map(|(index, item)| {
        json!({
            "index": index,
            "ref": item.reference,
            "status": item.status,
            "action": item.action,
            "resource_id": item.resource_id,
            "skipped_fields": item.skipped_fields,
            "before": item.before,
            "after": item.after,
            "warnings": item.warnings,
            "problem": item.problem,
        })
    });
    // One value for all rows: a statement of thousands of parameters takes longer than what it
    // does.
    Statement::new(
        "/* jobs.items */ INSERT INTO job_items (job_id, index, ref, status, action, resource_id, \
            skipped_fields, before, after, warnings, \
         problem) SELECT ",
    )
    .with(Bind::Id(Some(id.0)), ", v.* FROM jsonb_to_recordset(")
    .with(
        Bind::Json(Some(rows.collect())),
        ") AS v (index bigint, ref text, status text, action text, resource_id text, \
            skipped_fields text[], before jsonb, after jsonb, \
         warnings jsonb, problem jsonb)",
    )
    .execute(&mut tx.conn())
    .await?;
    Ok(())
}

/// Notes how many items there are.
async fn set_total(tx: &Tx<'_>, id: JobId, total: i64) -> Result<()> {
    diesel::update(jobs::table.filter(jobs::id.eq(id).and(jobs::status.eq(JobStatus::Running))))
        .set((
            jobs::total.eq(total),
            jobs::version.eq(jobs::version + 1),
            jobs::updated_at.eq(clock_timestamp()),
        ))
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// The work is done. Single items may have failed.
async fn succeed(tx: &Tx<'_>, id: JobId, result: Option<Value>) -> Result<Job> {
    end(tx, id, JobStatus::Succeeded, result, None).await
}

/// The result of a job whose file can be fetched for a day at this address.
pub(crate) async fn file_result(tx: &Tx<'_>, id: JobId, download: &str) -> Result<Value> {
    let until = Timestamp(Timestamp::now().0 + FILE_LIFE);
    diesel::update(jobs::table.filter(jobs::id.eq(id)))
        .set(jobs::files_expire_at.eq(until))
        .execute(&mut tx.conn())
        .await?;
    Ok(json!({"download_url": download, "expires_at": until}))
}

/// The work cannot be done.
pub async fn fail(tx: &Tx<'_>, id: JobId, error: &Error) -> Result<Job> {
    let problem = ErrorReport::new(error, tx.scope().request_id);
    let problem = serde_json::to_value(problem).map_err(Error::internal)?;
    end(tx, id, JobStatus::Failed, None, Some(problem)).await
}

/// Ends a job that has not ended yet, and tells of it.
async fn end(
    tx: &Tx<'_>,
    id: JobId,
    status: JobStatus,
    result: Option<Value>,
    problem: Option<Value>,
) -> Result<Job> {
    let change = (
        jobs::status.eq(status),
        jobs::result.eq(result),
        jobs::problem.eq(problem),
        jobs::finished_at.eq(clock_timestamp().nullable()),
        jobs::expires_at.eq(Timestamp(Timestamp::now().0 + chrono::TimeDelta::days(7))),
        jobs::updated_at.eq(clock_timestamp()),
        jobs::version.eq(jobs::version + 1),
    );
    let unfinished = jobs::table.filter(jobs::id.eq(id)).filter(jobs::finished_at.is_null());
    // What was counted at the beginning may have gone meanwhile: in the end all of it is done.
    let whole = (status == JobStatus::Succeeded).then(|| jobs::total.eq(jobs::done.nullable()));
    let ended = diesel::update(unfinished).set((change, whole)).execute(&mut tx.conn()).await?;
    let job = find(tx, id).await?;
    if ended == 1 {
        // Its upload is erased now, and a result that is not whole is thrown away.
        if !(job.kind == JobType::Export && status == JobStatus::Succeeded) {
            diesel::update(jobs::table.filter(jobs::id.eq(id)))
                .set(jobs::file_bytes.eq(0))
                .execute(&mut tx.conn())
                .await?;
        }
        let kind = format!("job.{status}");
        let data = json!({"type": job.kind, "progress": job.progress, "problem": job.problem});
        let event = NewEvent::new(&kind, id, job.version, data);
        let occasion = NotificationRequest::job_ended(event.id, &job);
        tx.record(event);
        notifications::notify(tx, occasion.as_slice()).await?;
    }
    Ok(job)
}

/// Jobs whose files are due to be erased, a few at a time.
pub async fn with_expired_files(tx: &Tx<'_>, limit: i64) -> Result<Vec<JobId>> {
    let ids: Vec<JobId> = jobs::table
        .filter(jobs::files_expire_at.le(Timestamp::now()))
        .filter(jobs::finished_at.is_not_null())
        .select(jobs::id)
        .limit(limit)
        .load(&mut tx.conn())
        .await?;
    Ok(ids)
}

/// Notes that the files of these jobs are gone.
pub async fn forget_files(tx: &Tx<'_>, ids: &[JobId]) -> Result<()> {
    diesel::update(jobs::table.filter(jobs::id.eq_any(ids)))
        .set((jobs::files_expire_at.eq(None::<Timestamp>), jobs::file_bytes.eq(0)))
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}
