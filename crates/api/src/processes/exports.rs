//! Exports.

use domain::{exports::ExportRequest, jobs::Job};
use operation_macros::operation;
use persistence::exports;

use crate::{
    kernel::{
        answer::Answer,
        call::{Call, Json},
        problem::Result,
    },
    resources::jobs::accepted,
};

/// Export records
///
/// What a filter finds, as CSV or JSON lines. The file is at the job's `result` for 24 hours. In
/// CSV, texts that a spreadsheet would take for formulas are escaped. A key needs the scope to read
/// the records beside `exports:write`.
#[operation(
    post("/exports"),
    tag(Exports),
    role(Viewer),
    scope(ExportsWrite),
    accepted(Job),
    errors(InvalidFilter)
)]
pub async fn create_export(call: Call, body: Json<ExportRequest>) -> Result<Answer> {
    call.expect_scope(body.object.scope())?;
    let work = async |tx: &persistence::Tx<'_>| {
        let job = exports::insert(tx, &body).await?;
        Ok(accepted(&call, &job))
    };
    call.once(&body.sum, work).await
}
