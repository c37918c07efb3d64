//! What each type of job does. The loop is `persistence::jobs::run`.

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

/// What jobs work with.
pub struct JobWork {
    pub files: Files,
    pub sources: Sources,
    pub scorer: Scorer,
}

/// The job that a task carries out.
///
/// # Errors
/// When the task carries out none.
pub fn job_of(task: &Task) -> Result<JobId> {
    let id = task.payload.get("job_id").cloned().unwrap_or_default();
    serde_json::from_value(id).map_err(Error::internal)
}

impl JobWork {
    /// Carries out the job of a task.
    ///
    /// # Errors
    /// What is worth another attempt; it goes on where this one stopped.
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
                Err(Error::internal(format!("no job is a {kind} yet")))
            }
        }
    }

    async fn import(&self, run: &Run, id: JobId) -> Result<Outcome> {
        let path = upload_of(run.scope().organization, id);
        let file = match self.files.download(&path).await {
            Err(error) if error.code() == Code::NotFound => {
                let detail = "The uploaded file is gone; please import it again.";
                Err(Error::new(Code::NotFound, detail))
            }
            file => Ok(file?),
        };
        let open = async |tx: &Tx<'_>, job: &Job, state| Import::open(tx, job, state, file?).await;
        let outcome = jobs::run(run, id, open).await?;
        if outcome == Outcome::Completed {
            // Its end is written; if this fails, housekeeping erases it.
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
            // As of an import.
            file.delete_parts().await.ok();
        }
        Ok(outcome)
    }
}
