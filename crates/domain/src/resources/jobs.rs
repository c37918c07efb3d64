//! Jobs: long work that people follow, with its items; and the tasks of the queue that carry them
//! out.

use diesel::prelude::*;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::kernel::{
    access::{AccessScope, Actor},
    error::{Code, Error},
    error_report::ErrorReport,
    fields::{AnyValue, Field, FieldClass, FieldType},
    ids::JobId,
    lists::{List, list_parameters},
    page::Page,
    resource::Resource,
    schema::{job_items, jobs},
    string_enum::string_enum,
    timestamp::Timestamp,
};

string_enum! {
    /// What a job does.
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
    /// Where a job stands.
    JobStatus {
        Queued = "queued",
        Running = "running",
        Succeeded = "succeeded",
        Failed = "failed",
        Canceled = "canceled",
    }
    /// What became of one item of a job.
    JobItemStatus {
        Succeeded = "succeeded",
        Failed = "failed",
        Skipped = "skipped",
    }
    /// What became of the record of a row of an import.
    JobItemAction {
        Created = "created",
        Updated = "updated",
        /// It was there already and is as the row says, or as people have decided.
        Unchanged = "unchanged",
    }
    /// Kinds of work that do not wait for each other: each lane has hands of its own in every
    /// worker.
    Lane {
        /// Mails that a person is waiting for in front of the screen, such as a link to choose a
        /// password.
        People = "people",
        /// Mails with invitations.
        Invitations = "invitations",
        /// Other notifications by mail.
        Mails = "mails",
        /// Messages in Slack.
        Slack = "slack",
        /// Imports, exports and other long work that people follow.
        Jobs = "jobs",
        /// Jobs that ask websites and sources of company data.
        Enrichments = "enrichments",
        /// The first scores of new partners.
        Scores = "scores",
        /// Daily work that nobody follows.
        Housekeeping = "housekeeping",
    }
}

impl JobType {
    /// Where its tasks run. Work that waits for websites must not use the hands of the other jobs.
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
    /// Nothing is done yet.
    pub fn restarted(self) -> Self {
        Self { done: 0, succeeded: 0, failed: 0, skipped: 0, ..self }
    }

    /// Counts more items. There may be more than were counted at the beginning.
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
    /// Whether nothing will change any more.
    pub fn is_finished(self) -> bool {
        !matches!(self, Self::Queued | Self::Running)
    }
}

/// A JSONB column as the value it holds.
#[derive(Debug, Clone, PartialEq, Serialize, diesel::deserialize::FromSqlRow)]
#[serde(transparent)]
pub struct JsonColumn<T>(pub T);

impl<T: DeserializeOwned> diesel::deserialize::FromSql<diesel::sql_types::Jsonb, diesel::pg::Pg>
    for JsonColumn<T>
{
    fn from_sql(value: diesel::pg::PgValue<'_>) -> diesel::deserialize::Result<Self> {
        // The first byte is the version of the binary form.
        let bytes = value.as_bytes().get(1..).ok_or("an empty jsonb")?;
        Ok(Self(serde_json::from_slice(bytes)?))
    }
}

/// How far a job has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, HasQuery, Serialize, ToSchema)]
#[diesel(table_name = jobs)]
pub struct JobProgress {
    /// How many items there are; null until that is known.
    #[schema(minimum = 0, example = 5731)]
    pub total: Option<i64>,
    /// Items that have been looked at.
    #[schema(minimum = 0, example = 500)]
    pub done: i64,
    /// Items that succeeded.
    #[schema(minimum = 0, example = 480)]
    pub succeeded: i64,
    /// Items that failed.
    #[schema(minimum = 0, example = 1)]
    pub failed: i64,
    /// Items that were left alone.
    #[schema(minimum = 0, example = 19)]
    pub skipped: i64,
}

/// What a job leaves behind.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct JobResult {
    /// Where the file can be fetched, with the same credential.
    #[schema(example = "https://api.example.com/v1/jobs/job_01kb1q3x5se7wtc2gnh2avw0fd/result")]
    pub download_url: Option<String>,
    /// Until when.
    pub expires_at: Option<Timestamp>,
    /// Of an import: how many records it created, or would create in a dry run.
    #[serde(default)]
    #[schema(minimum = 0, example = json!(null))]
    pub created: Option<i64>,
    /// Of an import: how many records it changed.
    #[serde(default)]
    #[schema(minimum = 0, example = json!(null))]
    pub updated: Option<i64>,
    /// Of an import: how many records were there already as their row says.
    #[serde(default)]
    #[schema(minimum = 0, example = json!(null))]
    pub unchanged: Option<i64>,
}

/// How many records of each kind of action an import came to.
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

    /// As the result of a job without a file.
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

/// The input of a job as it was given, without the file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = Object, example = json!({
    "object": "partner",
    "match": "domain",
    "dry_run": false
}))]
pub struct JobInput(pub Value);

/// Long work: its state, progress and outcome. Kept for 7 days.
#[derive(Debug, Clone, HasQuery, Serialize, ToSchema)]
#[diesel(table_name = jobs)]
pub struct Job {
    /// The id.
    pub id: JobId,
    /// Rises with every change; also the ETag.
    #[schema(minimum = 1, example = 3)]
    pub version: i64,
    /// When it was accepted.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// What it does.
    #[serde(rename = "type")]
    #[diesel(column_name = type_)]
    pub kind: JobType,
    /// Where it stands.
    pub status: JobStatus,
    /// How far it has come.
    #[diesel(embed)]
    pub progress: JobProgress,
    /// Whether it only tells what it would do.
    #[schema(example = false)]
    pub dry_run: bool,
    /// Who started it.
    #[schema(value_type = Actor)]
    pub actor: JsonColumn<Actor>,
    /// What was asked for.
    #[schema(value_type = JobInput)]
    pub input: JsonColumn<JobInput>,
    /// What it left behind.
    #[schema(value_type = Option<JobResult>)]
    pub result: Option<JsonColumn<JobResult>>,
    /// Why it failed.
    #[schema(value_type = Option<ErrorReport>)]
    pub problem: Option<JsonColumn<ErrorReport>>,
    /// When it began to run.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
    /// When it and its items are erased.
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
/// Who started a job: a list shows one's own jobs.
pub static JOB_ACTOR: Field =
    Field::new("actor_id", "Actor", FieldType::Text, FieldClass::System).null().exact();
/// When a job is erased: a list shows those that are kept.
pub static JOB_EXPIRY: Field =
    Field::new("expires_at", "Expires", FieldType::Timestamp, FieldClass::System);

/// Jobs and their items.
pub static JOBS: Resource = Resource::new("jobs", "job")
    .table("jobs")
    .ids(&[JobId::PREFIX])
    .events(&["job"])
    .scopes(AccessScope::JobsRead, Some(AccessScope::JobsWrite))
    .lists(&[&JOB_LIST, &JOB_ITEM_LIST]);

list_parameters! {
    /// The parameters of the list of jobs.
    JobList of JOB_LIST;
}

/// A page of jobs.
pub type JobPage = Page<Job>;

/// Something about an item that did not stop it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct JobItemWarning {
    /// What it is, for programs.
    #[schema(example = "range_reduced")]
    pub code: String,
    /// What it is, for people.
    #[schema(example = "`11-50` became 11")]
    pub detail: String,
    /// The field it is about.
    #[schema(example = "employees")]
    pub field: Option<String>,
    /// What programs may want to know of it, such as `existing_id`.
    #[serde(default)]
    #[schema(example = json!({}))]
    pub meta: Map<String, Value>,
}

impl JobItemWarning {
    /// A warning about an item as a whole.
    pub fn new(code: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { code: code.into(), detail: detail.into(), field: None, meta: Map::new() }
    }

    /// The same about a field.
    pub fn about(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }

    /// The same with something for programs.
    pub fn with(mut self, key: &str, value: Value) -> Self {
        self.meta.insert(key.to_owned(), value);
        self
    }
}

/// What became of one row or one partner.
#[derive(Debug, Clone, HasQuery, Serialize, ToSchema)]
#[diesel(table_name = job_items)]
pub struct JobItem {
    /// Its place among the items, from 0.
    #[schema(minimum = 0, example = 17)]
    pub index: i64,
    /// The id, or the number of the row in the file (the first record after the header is 1).
    #[serde(rename = "ref")]
    #[diesel(column_name = ref_)]
    #[schema(example = "18")]
    pub reference: Option<String>,
    /// What became of it.
    pub status: JobItemStatus,
    /// Of a row of an import that succeeded: what became of its record. Null for all others.
    pub action: Option<JobItemAction>,
    /// What was written.
    #[schema(example = "ptn_01kb1q3x5se7wtc2gnh2avw0fd")]
    pub resource_id: Option<String>,
    /// Fields that were left alone because people had decided on them.
    #[schema(example = json!(["industry"]))]
    pub skipped_fields: Vec<String>,
    /// The fields that change, as they were.
    #[schema(value_type = Option<AnyValue>)]
    pub before: Option<Value>,
    /// The fields that change, as they are now; of an enrichment also the `title` of the website.
    #[schema(value_type = Option<AnyValue>)]
    pub after: Option<Value>,
    /// What did not stop it.
    #[schema(value_type = Vec<JobItemWarning>)]
    pub warnings: JsonColumn<Vec<JobItemWarning>>,
    /// Why it failed or was skipped.
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

/// An item that has not been written yet.
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
    /// An item that went well.
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

    /// The same item, stopped by `error`.
    pub fn stopped(mut self, status: JobItemStatus, error: &Error, request_id: uuid::Uuid) -> Self {
        self.status = status;
        self.problem = Some(ErrorReport::of_item(error, request_id));
        self
    }
}

/// Something to do outside the request, in the queue of the organization.
#[derive(Debug, Clone)]
pub struct NewTask {
    /// Which work: the worker knows it by this name.
    pub kind: &'static str,
    /// What the work needs to know.
    pub payload: Value,
    /// At most one living task of the organization has this key. One that is queued again while it
    /// runs runs once more afterwards.
    pub unique_key: Option<String>,
    /// Tasks of one serial queue run one after the other.
    pub serial_queue: Option<String>,
    /// Not before.
    pub run_at: Option<Timestamp>,
    /// After so many attempts it is dead.
    pub max_attempts: i32,
    /// Beside which other work it runs.
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
    /// The next instant after `now`. A time that a change of the clocks leaves out is taken an hour
    /// later, one that it repeats is taken the first time. An unknown zone counts as UTC.
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

/// Whether a job can still be shown.
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
