//! Runs each type of job. The loop is `persistence::jobs::run`.

use domain::{
    Code, Error, Result,
    ids::JobId,
    jobs::{Job, JobType},
};
use persistence::{
    Tx,
    enrichments::Enrichment,
    exports::Export,
    imports::Import,
    jobs,
    tasks::Task,
    tiers::TierEvaluation,
    worker::{Outcome, Run},
};

use crate::{
    kernel::files::{Files, upload_of},
    processes::{
        enrichments::{Sources, WebsiteVisitor},
        exports::ResultFile,
    },
    resources::{jobs::result_path, scores::Scorer},
};

/// What jobs need beside the database.
pub struct JobWork {
    pub files: Files,
    pub sources: Sources,
    pub scorer: Scorer,
}

/// The job that a task runs.
///
/// # Errors
/// The task has no job.
pub fn job_of(task: &Task) -> Result<JobId> {
    let id = task.payload.get("job_id").cloned().unwrap_or_default();
    serde_json::from_value(id).map_err(Error::internal)
}

impl JobWork {
    /// Runs the job of a task.
    ///
    /// # Errors
    /// Errors after which the task should be tried again; it continues where this attempt stopped.
    pub async fn run(&self, run: &Run, kind: JobType) -> Result<Outcome> {
        let id = job_of(&run.task)?;
        match kind {
            JobType::Import => self.import(run, id).await,
            JobType::Export => self.export(run, id).await,
            JobType::ScoreRefresh => {
                jobs::run(run, id, async |tx, job, _| self.scorer.open(tx, job, run).await).await
            }
            JobType::TierEvaluation => jobs::run(run, id, TierEvaluation::open).await,
            JobType::Enrichment | JobType::LogoFetch => {
                let organization = run.scope().organization;
                let visitor =
                    WebsiteVisitor { sources: &self.sources, files: &self.files, organization };
                jobs::run(run, id, async |tx, job, _| Enrichment::open(tx, job, &visitor).await)
                    .await
            }
            JobType::BulkUpdate | JobType::BulkDelete | JobType::WebhookReplay => {
                Err(Error::internal(format!("jobs of the type {kind} are not supported")))
            }
        }
    }

    async fn import(&self, run: &Run, id: JobId) -> Result<Outcome> {
        let path = upload_of(run.scope().organization, id);
        let file = match self.files.download(&path).await {
            Err(error) if error.code() == Code::NotFound => {
                let detail = "The uploaded file no longer exists. Import it again.";
                Err(Error::new(Code::NotFound, detail))
            }
            file => Ok(file?),
        };
        let open = async |tx: &Tx<'_>, job: &Job, state| Import::open(tx, job, state, file?).await;
        let outcome = jobs::run(run, id, open).await?;
        if outcome == Outcome::Completed {
            // The end of the job is recorded; if this fails, housekeeping erases the file.
            self.files.delete(&path).await.ok();
        }
        Ok(outcome)
    }

    async fn export(&self, run: &Run, id: JobId) -> Result<Outcome> {
        let organization = run.scope().organization;
        let file = ResultFile { files: &self.files, organization, job: id };
        let open = async |tx: &Tx<'_>, job: &Job, state| {
            Export::open(tx, job, state, &file, result_path(id)).await
        };
        let outcome = jobs::run(run, id, open).await?;
        if outcome == Outcome::Completed {
            // The end of the job is recorded; if this fails, housekeeping erases the parts.
            file.delete_parts().await.ok();
        }
        Ok(outcome)
    }
}
