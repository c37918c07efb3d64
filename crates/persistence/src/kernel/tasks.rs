//! The queue: tasks are inserted in the caller's transaction, claimed in batches with a lease, and
//! end in a transaction that checks the lease. `worker` runs them.

use std::time::Duration;

use diesel::{
    pg::Pg,
    prelude::*,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    sql_types::{Array, BigInt, Bool, Double, Integer, Jsonb, Nullable, Text, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use domain::{
    Error, Result,
    access::{Actor, Role, Scope, WriteMode},
    ids::{MemberId, OrganizationId},
    jobs::{Lane, NewTask},
    schema::tasks,
    timestamp::Timestamp,
};
use serde_json::Value;
use uuid::Uuid;

use crate::kernel::{
    announcements::Announcement,
    db::{Store, Tx},
    statement::{Bind, Statement},
};

/// A task that a worker has claimed.
#[derive(Debug, Clone)]
pub struct Task {
    pub id: Uuid,
    pub lane: Lane,
    pub kind: String,
    pub payload: Value,
    /// The number of attempts so far, including this one.
    pub attempts: i32,
    pub max_attempts: i32,
    lease: Uuid,
    /// The life of the lease, from each renewal on.
    term: Duration,
    scope: Scope,
}

impl Task {
    /// The scope in which it runs.
    pub fn scope(&self) -> &Scope {
        &self.scope
    }
    /// Whether every attempt ended without a result, because its worker died.
    pub fn is_exhausted(&self) -> bool {
        self.attempts > self.max_attempts
    }
}

/// The lease belongs to another worker, so this worker must not write its results.
#[derive(Debug, thiserror::Error)]
#[error("the lease on the task was lost")]
pub struct LeaseLost;

impl LeaseLost {
    /// Whether this is the cause of an error.
    pub fn is(error: &Error) -> bool {
        matches!(error, Error::Internal(source) if source.is::<Self>())
    }
}

fn lost() -> Error {
    Error::internal(LeaseLost)
}

/// Workers are woken by tasks that can run within this time. Those for later, such as the first
/// scores of each new partner, are found when their time has come.
const ANNOUNCED_AHEAD: chrono::TimeDelta = chrono::TimeDelta::milliseconds(200);

/// Queues a task; it runs in the transaction's scope, after the commit. An unfinished task with the
/// same unique key takes the new payload, and runs again if it is already running.
pub async fn enqueue(tx: &Tx<'_>, task: &NewTask) -> Result<()> {
    let Some(key) = &task.unique_key else {
        insertion(tx, task)?.execute(&mut tx.conn()).await?;
        return Ok(());
    };
    // The existing task may end between the two statements: then the second insert succeeds.
    for _ in 0..3 {
        let mut insert = insertion(tx, task)?;
        insert.sql(" ON CONFLICT DO NOTHING");
        if insert.execute(&mut tx.conn()).await? == 1 {
            return Ok(());
        }
        let joined = diesel::update(
            tasks::table.filter(tasks::unique_key.eq(key)).filter(tasks::died_at.is_null()),
        )
        .set((tasks::again.eq(tasks::lease.is_not_null()), tasks::payload.eq(&task.payload)))
        .execute(&mut tx.conn())
        .await?;
        if joined == 1 {
            return Ok(());
        }
    }
    Err(Error::Unavailable(
        "a task with the same unique key was inserted and removed \
                            concurrently"
            .into(),
    ))
}

/// Queues a task without a unique key if the condition is true, in one statement.
pub(crate) async fn enqueue_if(tx: &Tx<'_>, task: &NewTask, condition: &'static str) -> Result<()> {
    let mut insert = insertion(tx, task)?;
    insert.sql(" WHERE ").sql(condition);
    insert.execute(&mut tx.conn()).await?;
    Ok(())
}

/// Inserts the row of a task, as a SELECT without FROM.
fn insertion(tx: &Tx<'_>, task: &NewTask) -> Result<Statement> {
    let scope = tx.scope();
    let now = Timestamp::now();
    let run_at = task.run_at.unwrap_or(now);
    if run_at.0 <= now.0 + ANNOUNCED_AHEAD {
        tx.announce(Announcement::TasksQueued);
    }
    let actor = serde_json::to_value(&scope.actor).map_err(Error::internal)?;
    Ok(Statement::new(
        "/* tasks.insert */ INSERT INTO tasks (id, kind, payload, actor, role, member_id, \
         request_id, unique_key, serial_queue, run_at, max_attempts, lane) SELECT ",
    )
    .with(Bind::Id(Some(Uuid::now_v7())), ", ")
    .with(Bind::Text(Some(task.kind.to_owned())), ", ")
    .with(Bind::Json(Some(task.payload.clone())), ", ")
    .with(Bind::Json(Some(actor)), ", ")
    .with(Bind::Text(Some(scope.role.to_string())), ", ")
    .with(Bind::Id(scope.member.map(|member| member.0)), ", ")
    .with(Bind::Id(Some(scope.request_id)), ", ")
    .with(Bind::Text(task.unique_key.clone()), ", ")
    .with(Bind::Text(task.serial_queue.clone()), ", ")
    .with(Bind::Time(Some(run_at.0)), ", ")
    .with(Bind::Int(Some(task.max_attempts.into())), ", ")
    .with(Bind::Text(Some(task.lane.to_string())), ""))
}

/// Runs a waiting task with this key at once, unless a worker already has it.
pub async fn hasten(tx: &Tx<'_>, key: &str) -> Result<()> {
    tx.announce(Announcement::TasksQueued);
    let waiting = tasks::table
        .filter(tasks::unique_key.eq(key))
        .filter(tasks::died_at.is_null())
        .filter(tasks::lease.is_null());
    diesel::update(waiting).set(tasks::run_at.eq(diesel::dsl::now)).execute(&mut tx.conn()).await?;
    Ok(())
}

/// Deletes tasks that failed permanently 30 days ago.
pub(crate) async fn purge_dead(tx: &Tx<'_>) -> Result<()> {
    let old = Timestamp(Timestamp::now().0 - chrono::TimeDelta::days(30));
    diesel::delete(tasks::table.filter(tasks::died_at.lt(old))).execute(&mut tx.conn()).await?;
    Ok(())
}

/// A worker's request for tasks of one lane.
#[derive(Debug, Clone, Copy)]
pub struct LaneRequest {
    pub lane: Lane,
    /// The most tasks.
    pub wanted: usize,
    /// The most tasks of the lane that one organization may run at a time, over all workers.
    pub most: usize,
}

/// Claims due tasks of any organization, lane by lane, in turn over organizations.
///
/// # Errors
/// Database errors only.
pub async fn claim(store: &Store, requests: &[LaneRequest], lease: Duration) -> Result<Vec<Task>> {
    let count = |number: usize| i32::try_from(number).unwrap_or(i32::MAX);
    let id = Uuid::now_v7();
    let claim = Claim {
        lease: id,
        lanes: requests.iter().map(|request| request.lane).collect(),
        wanted: requests.iter().map(|request| count(request.wanted)).collect(),
        most: requests.iter().map(|request| count(request.most)).collect(),
        seconds: lease.as_secs_f64(),
    };
    let rows: Vec<ClaimedRow> = claim.load(&mut store.connection().await?).await?;
    rows.into_iter().map(|row| row.into_task(id, lease)).collect()
}

#[derive(Queryable)]
struct ClaimedRow {
    organization: Uuid,
    id: Uuid,
    lane: Lane,
    kind: String,
    payload: Value,
    actor: Value,
    role: String,
    member: Option<Uuid>,
    request_id: Uuid,
    attempts: i32,
    max_attempts: i32,
}

impl ClaimedRow {
    fn into_task(self, lease: Uuid, term: Duration) -> Result<Task> {
        let scope = Scope {
            organization: OrganizationId(self.organization),
            actor: serde_json::from_value::<Actor>(self.actor).map_err(Error::internal)?.in_job(),
            role: self.role.parse::<Role>().map_err(Error::internal)?,
            member: self.member.map(MemberId),
            mode: WriteMode::Automated,
            may_override: false,
            request_id: self.request_id,
        };
        Ok(Task {
            id: self.id,
            lane: self.lane,
            kind: self.kind,
            payload: self.payload,
            attempts: self.attempts,
            max_attempts: self.max_attempts,
            lease,
            term,
            scope,
        })
    }
}

#[derive(QueryId)]
struct Claim {
    lease: Uuid,
    lanes: Vec<Lane>,
    wanted: Vec<i32>,
    most: Vec<i32>,
    seconds: f64,
}

impl Query for Claim {
    type SqlType = (
        SqlUuid,
        SqlUuid,
        Text,
        Text,
        Jsonb,
        Jsonb,
        Text,
        Nullable<SqlUuid>,
        SqlUuid,
        Integer,
        Integer,
    );
}
impl QueryFragment<Pg> for Claim {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("/* tasks.claim */ SELECT * FROM claim_tasks(");
        out.push_bind_param::<SqlUuid, _>(&self.lease)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Text>, _>(&self.lanes)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Integer>, _>(&self.wanted)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Integer>, _>(&self.most)?;
        out.push_sql(", ");
        out.push_bind_param::<Double, _>(&self.seconds)?;
        out.push_sql(")");
        Ok(())
    }
}
impl<C> diesel::RunQueryDsl<C> for Claim {}

/// Releases all tasks of all organizations; returns their number. Only for a process that knows
/// that no worker is running.
///
/// # Errors
/// Database errors only.
pub async fn release_all(store: &Store) -> Result<i64> {
    Ok(ReleaseAll.get_result(&mut store.connection().await?).await?)
}

#[derive(QueryId)]
struct ReleaseAll;

impl Query for ReleaseAll {
    type SqlType = BigInt;
}
impl QueryFragment<Pg> for ReleaseAll {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("/* tasks.release_all */ SELECT release_tasks()");
        Ok(())
    }
}
impl<C> diesel::RunQueryDsl<C> for ReleaseAll {}

/// Renews the leases of these tasks; returns the ids of tasks whose lease is still ours.
pub async fn renew(store: &Store, leased: &[Task], lease: Duration) -> Result<Vec<Uuid>> {
    let renew = RenewLeases {
        organizations: leased.iter().map(|t| t.scope.organization.0).collect(),
        ids: leased.iter().map(|t| t.id).collect(),
        leases: leased.iter().map(|t| t.lease).collect(),
        seconds: lease.as_secs_f64(),
    };
    Ok(renew.load(&mut store.connection().await?).await?)
}

#[derive(QueryId)]
struct RenewLeases {
    organizations: Vec<Uuid>,
    ids: Vec<Uuid>,
    leases: Vec<Uuid>,
    seconds: f64,
}

impl Query for RenewLeases {
    type SqlType = SqlUuid;
}
impl QueryFragment<Pg> for RenewLeases {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("/* tasks.renew */ SELECT * FROM renew_tasks(");
        out.push_bind_param::<Array<SqlUuid>, _>(&self.organizations)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<SqlUuid>, _>(&self.ids)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<SqlUuid>, _>(&self.leases)?;
        out.push_sql(", ");
        out.push_bind_param::<Double, _>(&self.seconds)?;
        out.push_sql(")");
        Ok(())
    }
}
impl<C> diesel::RunQueryDsl<C> for RenewLeases {}

/// Locks the lease of the task until this transaction ends, and renews it, because the heartbeat
/// skips locked rows. Every step that writes calls it first, so that a worker whose lease was taken
/// over cannot write.
///
/// # Errors
/// [`LeaseLost`].
pub async fn lock_lease(tx: &Tx<'_>, task: &Task) -> Result<()> {
    let term = || Bind::Int(Some(i64::try_from(task.term.as_millis()).unwrap_or(i64::MAX)));
    let lock_lease = Statement::new(
        "/* tasks.hold */ UPDATE tasks SET locked_until = clock_timestamp() \
        + interval '1 millisecond' * ",
    )
    .with(term(), ", run_at = clock_timestamp() + interval '1 millisecond' * ")
    .with(term(), " WHERE id = ")
    .with(Bind::Id(Some(task.id)), " AND lease = ")
    .with(Bind::Id(Some(task.lease)), "");
    match lock_lease.execute(&mut tx.conn()).await? {
        1 => Ok(()),
        _ => Err(lost()),
    }
}

/// Records progress: the attempts of a key are counted from here again, so that long work survives
/// any number of dead workers as long as it makes progress, while work that kills its workers still
/// fails.
pub(crate) async fn note_progress(tx: &Tx<'_>, key: &str) -> Result<()> {
    let at_work = tasks::table
        .filter(tasks::unique_key.eq(key))
        .filter(tasks::died_at.is_null())
        .filter(tasks::lease.is_not_null())
        .filter(tasks::attempts.gt(1));
    diesel::update(at_work).set(tasks::attempts.eq(1)).execute(&mut tx.conn()).await?;
    Ok(())
}

/// Ends the task successfully, in the transaction of its last step or in one of its own.
///
/// # Errors
/// [`LeaseLost`]; then the transaction must not be committed.
pub async fn complete(tx: &Tx<'_>, task: &Task) -> Result<()> {
    let ours = tasks::table.filter(tasks::id.eq(task.id)).filter(tasks::lease.eq(task.lease));
    if diesel::delete(ours.filter(tasks::again.eq(false))).execute(&mut tx.conn()).await? == 1 {
        return Ok(());
    }
    let once_more = (
        tasks::again.eq(false),
        tasks::attempts.eq(0),
        tasks::run_at.eq(diesel::dsl::now),
        tasks::lease.eq(None::<Uuid>),
        tasks::locked_until.eq(None::<Timestamp>),
    );
    match diesel::update(ours).set(once_more).execute(&mut tx.conn()).await? {
        1 => Ok(()),
        _ => Err(lost()),
    }
}

/// Whether another worker has claimed the task.
///
/// # Errors
/// Database errors only.
pub(crate) async fn is_taken(store: &Store, task: &Task) -> Result<bool> {
    let taken = tasks::table
        .filter(tasks::id.eq(task.id))
        .filter(tasks::lease.is_not_null())
        .filter(tasks::lease.ne(task.lease));
    let query = diesel::dsl::select(diesel::dsl::exists(taken));
    store.read(&task.scope, async |tx| Ok(query.get_result(&mut tx.conn()).await?)).await
}

/// Releases the task as if it had not been claimed: when the worker stops, or when a long task lets
/// others run first.
///
/// # Errors
/// [`LeaseLost`].
pub async fn release(tx: &Tx<'_>, task: &Task) -> Result<()> {
    let back = (
        tasks::attempts.eq(tasks::attempts - 1),
        tasks::run_at.eq(diesel::dsl::now),
        tasks::lease.eq(None::<Uuid>),
        tasks::locked_until.eq(None::<Timestamp>),
    );
    let ours = tasks::table.filter(tasks::id.eq(task.id)).filter(tasks::lease.eq(task.lease));
    match diesel::update(ours).set(back).execute(&mut tx.conn()).await? {
        1 => Ok(()),
        _ => Err(lost()),
    }
}

/// Releases the task, to be tried again after a delay: an outage is not an attempt.
///
/// # Errors
/// [`LeaseLost`].
pub async fn postpone(tx: &Tx<'_>, task: &Task, pause: Duration, reason: &str) -> Result<()> {
    let pause = i64::try_from(pause.as_millis()).unwrap_or(i64::MAX);
    let reason: String = reason.chars().take(2_000).collect();
    let back = Statement::new(
        "/* tasks.postpone */ UPDATE tasks SET lease = NULL, locked_until = NULL, \
         attempts = greatest(attempts - 1, 0), \
         run_at = clock_timestamp() + interval '1 millisecond' * ",
    )
    .with(Bind::Int(Some(pause)), ", last_error = ")
    .with(Bind::Text(Some(reason)), " WHERE id = ")
    .with(Bind::Id(Some(task.id)), " AND lease = ")
    .with(Bind::Id(Some(task.lease)), "");
    match back.execute(&mut tx.conn()).await? {
        1 => Ok(()),
        _ => Err(lost()),
    }
}

/// Records a failed attempt: the delay increases each time (half a second to about an hour, with a
/// random part of up to half), and after the last attempt the task is dead. Returns whether it is
/// dead.
///
/// # Errors
/// [`LeaseLost`].
pub async fn fail(tx: &Tx<'_>, task: &Task, reason: &str) -> Result<bool> {
    let failed =
        Fail { id: task.id, lease: task.lease, reason: reason.chars().take(2_000).collect() };
    let dead: Option<bool> = failed.get_result(&mut tx.conn()).await.optional()?;
    dead.ok_or_else(lost)
}

#[derive(QueryId)]
struct Fail {
    id: Uuid,
    lease: Uuid,
    reason: String,
}

impl Query for Fail {
    type SqlType = Bool;
}
impl QueryFragment<Pg> for Fail {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        // The row decides whether it was the last attempt, because progress may have reset the
        // count since the claim.
        out.push_sql(
            "/* tasks.fail */ UPDATE tasks SET lease = NULL, locked_until = NULL, \
             run_at = clock_timestamp() + interval '1 second' \
             * least(3600, 2 ^ (least(attempts, 20) - 1)) * (0.5 + random() / 2), \
             died_at = CASE WHEN attempts >= max_attempts THEN clock_timestamp() END, last_error \
             = ",
        );
        out.push_bind_param::<Text, _>(&self.reason)?;
        out.push_sql(" WHERE id = ");
        out.push_bind_param::<SqlUuid, _>(&self.id)?;
        out.push_sql(" AND lease = ");
        out.push_bind_param::<SqlUuid, _>(&self.lease)?;
        out.push_sql(" RETURNING died_at IS NOT NULL");
        Ok(())
    }
}
impl<C> diesel::RunQueryDsl<C> for Fail {}

/// Organizations for which the work in `names` is due, with their time zones.
pub async fn due_schedules(
    store: &Store,
    names: Vec<&'static str>,
) -> Result<Vec<(OrganizationId, String, String)>> {
    let rows: Vec<(Uuid, String, String)> =
        DueSchedules { names, most: 500 }.load(&mut store.connection().await?).await?;
    Ok(rows
        .into_iter()
        .map(|(organization, name, zone)| (OrganizationId(organization), name, zone))
        .collect())
}

#[derive(QueryId)]
struct DueSchedules {
    names: Vec<&'static str>,
    most: i32,
}

impl Query for DueSchedules {
    type SqlType = (SqlUuid, Text, Text);
}
impl QueryFragment<Pg> for DueSchedules {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("/* tasks.due_schedules */ SELECT * FROM due_schedules(");
        out.push_bind_param::<Array<Text>, _>(&self.names)?;
        out.push_sql(", ");
        out.push_bind_param::<Integer, _>(&self.most)?;
        out.push_sql(")");
        Ok(())
    }
}
impl<C> diesel::RunQueryDsl<C> for DueSchedules {}

/// Queues scheduled work, unless another worker has done so, and records when it is due next.
pub async fn run_schedule(tx: &Tx<'_>, task: &NewTask, next: Timestamp) -> Result<()> {
    use domain::schema::schedules;
    let now = Timestamp::now();
    diesel::insert_into(schedules::table)
        .values((schedules::name.eq(task.kind), schedules::next_at.eq(now)))
        .on_conflict_do_nothing()
        .execute(&mut tx.conn())
        .await?;
    let ours =
        schedules::table.filter(schedules::name.eq(task.kind)).filter(schedules::next_at.le(now));
    match diesel::update(ours).set(schedules::next_at.eq(next)).execute(&mut tx.conn()).await? {
        0 => Ok(()),
        _ => enqueue(tx, task).await,
    }
}

/// Figures of the queue, over all organizations.
#[derive(Debug, Clone, Copy, Queryable)]
pub struct QueueMeasures {
    /// Tasks that are due.
    pub waiting: i64,
    /// Tasks that have failed permanently.
    pub dead: i64,
    /// Age of the oldest task that is due.
    pub oldest_seconds: i64,
}

/// Measures the queue; also shows that it is available.
pub async fn measure(store: &Store) -> Result<QueueMeasures> {
    Ok(Measure.get_result(&mut store.connection().await?).await?)
}

#[derive(QueryId)]
struct Measure;

impl Query for Measure {
    type SqlType =
        (diesel::sql_types::BigInt, diesel::sql_types::BigInt, diesel::sql_types::BigInt);
}
impl QueryFragment<Pg> for Measure {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("/* tasks.measure */ SELECT * FROM measure_tasks()");
        Ok(())
    }
}
impl<C> diesel::RunQueryDsl<C> for Measure {}
