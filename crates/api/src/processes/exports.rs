//! Exports.

use domain::{
    exports::ExportRequest,
    ids::{JobId, OrganizationId},
    jobs::Job,
};
use futures_util::TryStreamExt;
use operation_macros::operation;
use persistence::{exports, exports::ExportFile};

use crate::{
    kernel::{
        answer::Answer,
        files::{FileWriter, Files, part_of, parts_of, result_of},
        problem::Result,
        request_context::{Json, RequestContext},
    },
    resources::jobs::accepted,
};

/// Export records
///
/// Exports the records that a filter finds, as CSV or JSON lines. The job's `result` gives the file
/// for 24 hours. In CSV, texts that a spreadsheet would interpret as formulas are escaped. An API
/// key needs the scope to read the records in addition to `exports:write`.
#[operation(
    post("/exports"),
    tag(Exports),
    role(Viewer),
    scope(ExportsWrite),
    accepted(Job),
    errors(InvalidFilter)
)]
pub async fn create_export(context: RequestContext, body: Json<ExportRequest>) -> Result<Answer> {
    context.expect_scope(body.object.scope())?;
    let work = async |tx: &persistence::Tx<'_>| {
        let job = exports::insert(tx, &body).await?;
        Ok(accepted(&context, &job))
    };
    context.once(&body.sum, work).await
}

/// The file of an export in the file store.
pub struct ResultFile<'a> {
    pub files: &'a Files,
    pub organization: OrganizationId,
    pub job: JobId,
}

impl ResultFile<'_> {
    /// Erases the parts, which are not needed after the end of the job.
    ///
    /// # Errors
    /// `unavailable`.
    pub async fn delete_parts(&self) -> domain::Result<()> {
        self.files.delete_folder(&parts_of(self.organization, self.job)).await
    }

    async fn copy(&self, parts: &[String], file: &mut FileWriter) -> domain::Result<()> {
        for part in parts {
            let part = part_of(self.organization, self.job, part);
            let (_, mut pieces) = self.files.stream(&part).await?;
            while let Some(piece) = pieces.try_next().await? {
                file.write(&piece).await?;
            }
        }
        Ok(())
    }
}

impl ExportFile for ResultFile<'_> {
    async fn keep_part(&self, part: &str, bytes: Vec<u8>) -> domain::Result<()> {
        let path = part_of(self.organization, self.job, part);
        self.files.put(&path, bytes.into()).await
    }

    async fn join(&self, parts: &[String]) -> domain::Result<()> {
        let mut file = self.files.writer(&result_of(self.organization, self.job));
        match self.copy(parts, &mut file).await {
            Ok(()) => file.close().await,
            Err(error) => {
                file.throw_away().await;
                Err(error)
            }
        }
    }

    async fn discard(&self) {
        if let Err(error) = self.files.delete(&result_of(self.organization, self.job)).await {
            tracing::debug!(%error, "could not erase the file of a canceled export");
        }
    }
}
