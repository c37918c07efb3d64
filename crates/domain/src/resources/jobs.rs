//! Jobs: long-running work with items that users can follow, and the tasks of the queue that run
//! it.

use diesel::prelude::*;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::kernel::{
    access::Actor,
    error::{Code, Error},
    error_report::ErrorReport,
    fields::{AnyValue, Field, FieldClass, FieldType},
    ids::JobId,
    lists::{List, list_parameters},
    page::Page,
    schema::{job_items, jobs},
    string_enum::string_enum,
    timestamp::Timestamp,
};

string_enum! {
    /// The type of a job.
    JobType {
        Import = "import",
        Export = "export",
        BulkUpdate = "bulk_update",
        BulkDelete = "bulk_delete",
        ScoreRefresh = "score_refresh",
        TierEvaluation = "tier_evaluation",
        Enrichment = "enrichment",
        LogoFetch = "logo_fetch",
        WebhookReplay = "webhook_replay",
    }
    /// The status of a job.
    JobStatus {
        Queued = "queued",
        Running = "running",
        Succeeded = "succeeded",
        Failed = "failed",
        Canceled = "canceled",
    }
    /// The result of one item of a job.
    JobItemStatus {
        Succeeded = "succeeded",
        Failed = "failed",
        Skipped = "skipped",
    }
    /// What an import did with the record of a row.
    JobItemAction {
        Created = "created",
        Updated = "updated",
        /// The record already had the values of the row, or its fields are overridden.
        Unchanged = "unchanged",
    }
    /// Kinds of work that do not wait for each other: each lane has slots of its own in every
    /// worker.
    Lane {
        /// Mails for which a person is waiting, such as a link to choose a password.
        People = "people",
        /// Mails with invitations.
        Invitations = "invitations",
        /// Other notifications by mail.
        Mails = "mails",
        /// Messages in Slack.
        Slack = "slack",
        /// Imports, exports and other long-running work that users follow.
        Jobs = "jobs",
        /// Jobs that request websites and sources of company data.
        Enrichments = "enrichments",
        /// The first scores of new partners.
        Scores = "scores",
        /// Daily work in the background.
        Housekeeping = "housekeeping",
    }
}

impl JobType {
    /// The lane of its tasks. Jobs that wait for websites must not use the slots of other jobs.
    pub fn lane(self) -> Lane {
        match self {
            Self::Enrichment | Self::LogoFetch => Lane::Enrichments,
            _ => Lane::Jobs,
        }
    }

    /// Whether its jobs have items. An export has a file instead.
    pub fn keeps_items(self) -> bool {
        self != Self::Export
    }
}

impl JobProgress {
    /// The progress at the start.
    pub fn restarted(self) -> Self {
        Self { done: 0, succeeded: 0, failed: 0, skipped: 0, ..self }
    }

    /// Counts more items. There may be more than the total that was counted at the start.
    pub fn count(&mut self, status: JobItemStatus, items: i64) {
        self.done += items;
        *match status {
            JobItemStatus::Succeeded => &mut self.succeeded,
            JobItemStatus::Failed => &mut self.failed,
            JobItemStatus::Skipped => &mut self.skipped,
        } += items;
        self.total = self.total.map(|total| total.max(self.done));
    }
}

impl JobStatus {
    /// Whether the status is final.
    pub fn is_finished(self) -> bool {
        !matches!(self, Self::Queued | Self::Running)
    }
}

/// A JSONB column with a typed value.
#[derive(Debug, Clone, PartialEq, Serialize, diesel::deserialize::FromSqlRow)]
#[serde(transparent)]
pub struct JsonColumn<T>(pub T);

impl<T: DeserializeOwned> diesel::deserialize::FromSql<diesel::sql_types::Jsonb, diesel::pg::Pg>
    for JsonColumn<T>
{
    fn from_sql(value: diesel::pg::PgValue<'_>) -> diesel::deserialize::Result<Self> {
        // The first byte is the version of the binary format.
        let bytes = value.as_bytes().get(1..).ok_or("an empty jsonb")?;
        Ok(Self(serde_json::from_slice(bytes)?))
    }
}

/// The progress of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, HasQuery, Serialize, ToSchema)]
#[diesel(table_name = jobs)]
pub struct JobProgress {
    /// The number of items; null until it is known.
    #[schema(minimum = 0, example = 5731)]
    pub total: Option<i64>,
    /// Items that were processed.
    #[schema(minimum = 0, example = 500)]
    pub done: i64,
    /// Items that succeeded.
    #[schema(minimum = 0, example = 480)]
    pub succeeded: i64,
    /// Items that failed.
    #[schema(minimum = 0, example = 1)]
    pub failed: i64,
    /// Items that were skipped.
    #[schema(minimum = 0, example = 19)]
    pub skipped: i64,
}

/// The result of a job.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct JobResult {
    /// The URL of the file, for the same credential.
    #[schema(example = "https://api.example.com/v1/jobs/job_01kb1q3x5se7wtc2gnh2avw0fd/result")]
    pub download_url: Option<String>,
    /// When the file is deleted.
    pub expires_at: Option<Timestamp>,
    /// Imports only: the number of records that it created, or would create in a dry run.
    #[serde(default)]
    #[schema(minimum = 0, example = json!(null))]
    pub created: Option<i64>,
    /// Imports only: the number of records that it changed.
    #[serde(default)]
    #[schema(minimum = 0, example = json!(null))]
    pub updated: Option<i64>,
    /// Imports only: the number of records that already had the values of their row.
    #[serde(default)]
    #[schema(minimum = 0, example = json!(null))]
    pub unchanged: Option<i64>,
}

/// The number of records by action of an import.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobItemCounts {
    pub created: i64,
    pub updated: i64,
    pub unchanged: i64,
}

impl JobItemCounts {
    /// Counts more items.
    pub fn add(&mut self, items: &[NewJobItem]) {
        for action in items.iter().filter_map(|item| item.action) {
            match action {
                JobItemAction::Created => self.created += 1,
                JobItemAction::Updated => self.updated += 1,
                JobItemAction::Unchanged => self.unchanged += 1,
            }
        }
    }

    /// The result of a job without a file.
    pub fn result(self) -> JobResult {
        JobResult {
            download_url: None,
            expires_at: None,
            created: Some(self.created),
            updated: Some(self.updated),
            unchanged: Some(self.unchanged),
        }
    }
}

/// The options of a job, without the file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = Object, example = json!({
    "object": "partner",
    "match": "domain",
    "dry_run": false
}))]
pub struct JobInput(pub Value);

/// Long-running work: its state, progress and result. Kept for 7 days.
#[derive(Debug, Clone, HasQuery, Serialize, ToSchema)]
#[diesel(table_name = jobs)]
pub struct Job {
    /// The id.
    pub id: JobId,
    /// Increases with every change. Also the ETag.
    #[schema(minimum = 1, example = 3)]
    pub version: i64,
    /// When it was accepted.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// The type.
    #[serde(rename = "type")]
    #[diesel(column_name = type_)]
    pub kind: JobType,
    /// The status.
    pub status: JobStatus,
    /// The progress.
    #[diesel(embed)]
    pub progress: JobProgress,
    /// Whether it is a dry run, which only reports what would be done.
    #[schema(example = false)]
    pub dry_run: bool,
    /// Who started it.
    #[schema(value_type = Actor)]
    pub actor: JsonColumn<Actor>,
    /// The options of the job.
    #[schema(value_type = JobInput)]
    pub input: JsonColumn<JobInput>,
    /// The result.
    #[schema(value_type = Option<JobResult>)]
    pub result: Option<JsonColumn<JobResult>>,
    /// The reason for the failure.
    #[schema(value_type = Option<ErrorReport>)]
    pub problem: Option<JsonColumn<ErrorReport>>,
    /// When it was started.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
    /// When the job and its items are deleted.
    pub expires_at: Timestamp,
}

/// The fields that lists of jobs are filtered and sorted by.
pub static JOB: &[Field] = &[
    Field::new("id", "ID", FieldType::Id, FieldClass::System).ids(JobId::PREFIX, "JobId"),
    Field::new("type", "Type", FieldType::Enum, FieldClass::System)
        .words(JobType::VALUES)
        .schema("JobType"),
    Field::new("status", "Status", FieldType::Enum, FieldClass::System)
        .words(JobStatus::VALUES)
        .schema("JobStatus"),
    Field::new("dry_run", "Dry run", FieldType::Boolean, FieldClass::System),
    Field::new("created_at", "Created", FieldType::Timestamp, FieldClass::System),
    Field::new("started_at", "Started", FieldType::Timestamp, FieldClass::System).null(),
    Field::new("finished_at", "Finished", FieldType::Timestamp, FieldClass::System).null(),
];
/// The list of jobs, newest first.
pub static JOB_LIST: List = List::new("Job", || JOB).order("-id");
/// The actor of a job: a list shows one's own jobs.
pub static JOB_ACTOR: Field =
    Field::new("actor_id", "Actor", FieldType::Text, FieldClass::System).null().exact();
/// When a job is deleted: a list shows those that are kept.
pub static JOB_EXPIRY: Field =
    Field::new("expires_at", "Expires", FieldType::Timestamp, FieldClass::System);

list_parameters! {
    /// The parameters of the list of jobs.
    JobList of JOB_LIST;
}

/// A page of jobs.
pub type JobPage = Page<Job>;

/// A remark about an item that did not prevent its processing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct JobItemWarning {
    /// A stable code for programs.
    #[schema(example = "range_reduced")]
    pub code: String,
    /// An explanation for people.
    #[schema(example = "`11-50` became 11")]
    pub detail: String,
    /// The field to which it applies.
    #[schema(example = "employees")]
    pub field: Option<String>,
    /// Details for programs, such as `existing_id`.
    #[serde(default)]
    #[schema(example = json!({}))]
    pub meta: Map<String, Value>,
}

impl JobItemWarning {
    /// A warning about an item as a whole.
    pub fn new(code: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { code: code.into(), detail: detail.into(), field: None, meta: Map::new() }
    }

    /// The same warning, about a field.
    pub fn about(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }

    /// The same warning, with a detail for programs.
    pub fn with(mut self, key: &str, value: Value) -> Self {
        self.meta.insert(key.to_owned(), value);
        self
    }
}

/// The result of one row or one partner.
#[derive(Debug, Clone, HasQuery, Serialize, ToSchema)]
#[diesel(table_name = job_items)]
pub struct JobItem {
    /// The position among the items, from 0.
    #[schema(minimum = 0, example = 17)]
    pub index: i64,
    /// The id, or the number of the row in the file (the first record after the header is 1).
    #[serde(rename = "ref")]
    #[diesel(column_name = ref_)]
    #[schema(example = "18")]
    pub reference: Option<String>,
    /// The status.
    pub status: JobItemStatus,
    /// Rows of imports that succeeded: what was done with the record. Null for other items.
    pub action: Option<JobItemAction>,
    /// The id of the record that was written.
    #[schema(example = "ptn_01kb1q3x5se7wtc2gnh2avw0fd")]
    pub resource_id: Option<String>,
    /// Fields that were skipped because they are overridden.
    #[schema(example = json!(["industry"]))]
    pub skipped_fields: Vec<String>,
    /// The previous values of the changed fields.
    #[schema(value_type = Option<AnyValue>)]
    pub before: Option<Value>,
    /// The new values of the changed fields; of an enrichment also the `title` of the website.
    #[schema(value_type = Option<AnyValue>)]
    pub after: Option<Value>,
    /// Remarks that did not prevent the processing.
    #[schema(value_type = Vec<JobItemWarning>)]
    pub warnings: JsonColumn<Vec<JobItemWarning>>,
    /// The reason why it failed or was skipped.
    #[schema(value_type = Option<ErrorReport>)]
    pub problem: Option<JsonColumn<ErrorReport>>,
}

/// The fields that lists of the items of a job are filtered and sorted by.
pub static JOB_ITEM: &[Field] = &[
    Field::new("index", "Index", FieldType::Integer, FieldClass::System),
    Field::new("ref", "Reference", FieldType::Text, FieldClass::System).null(),
    Field::new("status", "Status", FieldType::Enum, FieldClass::System)
        .words(JobItemStatus::VALUES)
        .schema("JobItemStatus"),
    Field::new("action", "Action", FieldType::Enum, FieldClass::System)
        .null()
        .words(JobItemAction::VALUES)
        .schema("JobItemAction"),
    Field::new("resource_id", "Resource", FieldType::Text, FieldClass::System).null().exact(),
];
/// The list of the items of a job, in their order.
pub static JOB_ITEM_LIST: List = List::new("JobItem", || JOB_ITEM).tie("index");
/// The job of an item: a list shows those of one job.
pub static JOB_ITEM_JOB: Field =
    Field::new("job_id", "Job", FieldType::Id, FieldClass::System).ids(JobId::PREFIX, "JobId");

list_parameters! {
    /// The parameters of the list of items.
    JobItemList of JOB_ITEM_LIST;
}

/// A page of items.
pub type JobItemPage = Page<JobItem>;

/// An item that has not been stored yet.
#[derive(Debug, Clone)]
pub struct NewJobItem {
    pub reference: Option<String>,
    pub status: JobItemStatus,
    pub action: Option<JobItemAction>,
    pub resource_id: Option<String>,
    pub skipped_fields: Vec<String>,
    pub before: Option<Value>,
    pub after: Option<Value>,
    pub warnings: Vec<JobItemWarning>,
    pub problem: Option<ErrorReport>,
}

impl NewJobItem {
    /// A successful item. `reference` is the id of the record, or the number of the row.
    pub fn succeeded(reference: impl ToString) -> Self {
        Self {
            reference: Some(reference.to_string()),
            status: JobItemStatus::Succeeded,
            action: None,
            resource_id: None,
            skipped_fields: Vec::new(),
            before: None,
            after: None,
            warnings: Vec::new(),
            problem: None,
        }
    }

    /// The item with the status `status` because of `error`.
    pub fn stopped(mut self, status: JobItemStatus, error: &Error, request_id: uuid::Uuid) -> Self {
        self.status = status;
        self.problem = Some(ErrorReport::of_item(error, request_id));
        self
    }
}

/// Work outside of the request, in the queue of the organization.
#[derive(Debug, Clone)]
pub struct NewTask {
    /// The kind of work, by which the worker finds its function.
    pub kind: &'static str,
    /// The arguments of the work.
    pub payload: Value,
    /// At most one unfinished task of the organization has this key. If a task is queued again
    /// while it runs, it runs once more afterwards.
    pub unique_key: Option<String>,
    /// Tasks with the same serial queue run one after the other.
    pub serial_queue: Option<String>,
    /// The earliest time at which it runs.
    pub run_at: Option<Timestamp>,
    /// The number of attempts after which it has failed permanently.
    pub max_attempts: i32,
    /// The lane in which it runs.
    pub lane: Lane,
}

impl NewTask {
    pub fn new(kind: &'static str, payload: Value) -> Self {
        Self {
            kind,
            payload,
            unique_key: None,
            serial_queue: None,
            run_at: None,
            max_attempts: 10,
            lane: Lane::Jobs,
        }
    }
    pub fn lane(mut self, lane: Lane) -> Self {
        self.lane = lane;
        self
    }
    pub fn unique(mut self, key: impl Into<String>) -> Self {
        self.unique_key = Some(key.into());
        self
    }
    pub fn serial(mut self, queue: impl Into<String>) -> Self {
        self.serial_queue = Some(queue.into());
        self
    }
    pub fn at(mut self, time: Timestamp) -> Self {
        self.run_at = Some(time);
        self
    }
    pub fn attempts(mut self, max: i32) -> Self {
        self.max_attempts = max;
        self
    }
}

/// A time of day in the organization's time zone, every day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Daily {
    pub hour: u32,
    pub minute: u32,
}

impl Daily {
    /// The next instant after `now`. A time that a change of the clocks skips is moved one hour
    /// later; of a repeated time the first is used. An unknown zone counts as UTC.
    pub fn next(self, now: Timestamp, zone: &str) -> Timestamp {
        use chrono::{NaiveDateTime, TimeDelta, TimeZone, Utc};
        let zone: chrono_tz::Tz = zone.parse().unwrap_or(chrono_tz::UTC);
        let today = now.0.with_timezone(&zone).date_naive();
        let resolve = |local: NaiveDateTime| {
            let later = local + TimeDelta::hours(1);
            zone.from_local_datetime(&local)
                .earliest()
                .or_else(|| zone.from_local_datetime(&later).earliest())
        };
        today
            .iter_days()
            .filter_map(|day| resolve(day.and_hms_opt(self.hour, self.minute, 0)?))
            .map(|at| Timestamp(at.with_timezone(&Utc)))
            .find(|at| *at > now)
            .unwrap_or(Timestamp(now.0 + TimeDelta::days(1)))
    }
}

/// Checks that a job has not expired.
pub fn check_kept(job: &Job, now: Timestamp) -> Result<(), Error> {
    if job.expires_at <= now { Err(Error::of(Code::JobExpired)) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn daily_follows_the_clock_of_the_place() {
        let next = |now: &str, hour, zone| {
            Daily { hour, minute: 30 }.next(now.parse().unwrap(), zone).to_string()
        };
        assert_eq!(next("2026-11-24T22:00:00Z", 2, "UTC"), "2026-11-25T02:30:00.000000Z");
        assert_eq!(next("2026-11-24T02:30:00Z", 2, "UTC"), "2026-11-25T02:30:00.000000Z");
        assert_eq!(next("2026-11-24T00:00:00Z", 2, "Europe/Zurich"), "2026-11-24T01:30:00.000000Z");
        // 02:30 does not exist in Zurich on 28 March 2027, and exists twice on 31 October.
        assert_eq!(next("2027-03-27T20:00:00Z", 2, "Europe/Zurich"), "2027-03-28T01:30:00.000000Z");
        assert_eq!(next("2027-10-30T22:00:00Z", 2, "Europe/Zurich"), "2027-10-31T00:30:00.000000Z");
        assert_eq!(next("2027-10-31T00:30:00Z", 2, "Europe/Zurich"), "2027-11-01T01:30:00.000000Z");
        assert_eq!(next("2026-11-24T22:00:00Z", 2, "Nowhere/Land"), "2026-11-25T02:30:00.000000Z");
    }
}
