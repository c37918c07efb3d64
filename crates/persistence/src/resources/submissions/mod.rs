//! Submissions: received from the public form, reviewed, accepted, erased. Events about them never
//! contain answers, so that erasing one leaves nothing behind.

#[cfg(test)]
mod tests;

use chrono::TimeDelta;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::{
    Code, Error, FieldError, Result,
    application_forms::{ApplicationForm, MappingContext},
    currencies::currency_exponent,
    events::NewEvent,
    ids::{MemberId, PartnerId, SubmissionId},
    lists::ListRequest,
    patch,
    schema::submissions,
    submissions::{
        CheckedAnswers, MappedAnswers, PublicSubmission, Submission, SubmissionPage,
        SubmissionReceipt, SubmissionStatus, SubmissionUpdate,
    },
    timestamp::Timestamp,
};
use serde_json::{Value, json};

use crate::{
    kernel::{
        db::Tx,
        listing::{self, Source},
        sql::clock_timestamp,
        statement::{Bind, Statement},
    },
    resources::{application_forms, notifications, organizations},
};

/// How the inbox is listed.
const SOURCE: Source = Source {
    table: "submissions",
    search: Some("search_submissions"),
    soft_delete: false,
    of_partner: false,
};

/// Within this time a repeated application of the same applicant returns the existing one.
const SAME_APPLICATION: TimeDelta = TimeDelta::hours(24);

/// One page of the inbox.
pub async fn list(tx: &Tx<'_>, request: &ListRequest) -> Result<SubmissionPage> {
    listing::page::<Submission>(tx, request, SOURCE).await
}

/// One submission.
pub async fn get(tx: &Tx<'_>, id: SubmissionId) -> Result<Submission> {
    Ok(Submission::query().filter(submissions::id.eq(id)).first(&mut tx.conn()).await?)
}

/// Stores an application from the public link with this token. If the honeypot is filled, it is
/// stored as spam without notification, and the response is the same.
///
/// # Errors
/// `not_found` if the form is closed; `form_changed` if its version is too old; all errors of the
/// answers.
pub async fn submit(
    tx: &Tx<'_>,
    token: &str,
    submission: &PublicSubmission,
) -> Result<SubmissionReceipt> {
    let current = application_forms::get_open(tx, token).await?;
    let named = application_forms::find_accepted(tx, &current, submission.form_version).await?;
    let context = &mapping_context(tx).await?;
    let now = Timestamp::now();
    if submission.website_confirm.as_ref().is_some_and(|text| !text.trim().is_empty()) {
        let form = named.unwrap_or(current);
        let checked = CheckedAnswers::of(&form, submission, context, now);
        return Ok(insert(tx, &form, &checked, context, SubmissionStatus::Spam).await?.1);
    }
    let Some(form) = named else {
        return Err(Error::of(Code::FormChanged).meta("form_version", json!(current.version)));
    };
    let checked = CheckedAnswers::of(&form, submission, context, now);
    if !checked.faults.is_empty() {
        return Err(Error::invalid(checked.faults));
    }
    if let Some(receipt) = find_same(tx, &form, &checked, context).await? {
        return Ok(SubmissionReceipt { receipt });
    }
    let (id, receipt) = insert(tx, &form, &checked, context, SubmissionStatus::New).await?;
    let event =
        NewEvent::new("application.submitted", id, 1, json!({"form_version": form.version}));
    let applicant = MappedAnswers::of(&form, &checked.answers, context).applicant();
    notifications::application_submitted(tx, event.id, id, &applicant).await?;
    tx.record(event);
    Ok(receipt)
}

/// The settings of the organization that affect the mapping of answers.
pub(crate) async fn mapping_context(tx: &Tx<'_>) -> Result<MappingContext> {
    let organization = organizations::get(tx).await?;
    Ok(MappingContext {
        exponent: currency_exponent(&organization.currency).unwrap_or(2),
        shared_domains: organization.shared_domains,
    })
}

async fn insert(
    tx: &Tx<'_>,
    form: &ApplicationForm,
    checked: &CheckedAnswers,
    context: &MappingContext,
    status: SubmissionStatus,
) -> Result<(SubmissionId, SubmissionReceipt)> {
    let mapped = MappedAnswers::of(form, &checked.answers, context);
    let applicant = mapped.applicant();
    let id = SubmissionId::new();
    let row = (
        submissions::id.eq(id),
        submissions::form_version.eq(form.version),
        submissions::status.eq(status),
        submissions::answers.eq(serde_json::to_value(&checked.answers).map_err(Error::internal)?),
        submissions::agreements
            .eq(serde_json::to_value(&checked.agreements).map_err(Error::internal)?),
        submissions::applicant_name.eq(applicant.name),
        submissions::applicant_email.eq(applicant.email),
        submissions::applicant_company.eq(applicant.company),
        submissions::applicant_domain.eq(mapped.domain()),
        submissions::fingerprint.eq(checked.fingerprint().to_vec()),
    );
    let receipt: String = diesel::insert_into(submissions::table)
        .values(row)
        .returning(submissions::receipt)
        .get_result(&mut tx.conn())
        .await?;
    Ok((id, SubmissionReceipt { receipt }))
}

/// The receipt of the same application within the last day. Applications without a name or address
/// are never the same. Concurrent ones wait for each other here.
async fn find_same(
    tx: &Tx<'_>,
    form: &ApplicationForm,
    checked: &CheckedAnswers,
    context: &MappingContext,
) -> Result<Option<String>> {
    let applicant = MappedAnswers::of(form, &checked.answers, context).applicant();
    if applicant.email.is_none() && applicant.company.is_none() {
        return Ok(None);
    }
    let fingerprint = checked.fingerprint();
    let key = fingerprint.first_chunk().map_or(0, |bytes| i64::from_be_bytes(*bytes));
    Statement::new("SELECT pg_advisory_xact_lock(")
        .with(Bind::Int(Some(key)), ")")
        .execute(&mut tx.conn())
        .await?;
    let same = submissions::table
        .filter(submissions::fingerprint.eq(fingerprint.to_vec()))
        .filter(submissions::submitted_at.gt(Timestamp(Timestamp::now().0 - SAME_APPLICATION)))
        .filter(submissions::status.ne(SubmissionStatus::Spam))
        .select(submissions::receipt);
    Ok(same.first(&mut tx.conn()).await.optional()?)
}

/// Updates the review.
///
/// # Errors
/// `use_acceptance` for the status `accepted`; `not_found`, `version_mismatch`;
/// `submission_already_accepted` if the status of an accepted one would change;
/// `not_found_reference` for the reviewer.
pub async fn update(
    tx: &Tx<'_>,
    id: SubmissionId,
    expected: Option<patch::ExpectedVersions>,
    update: &SubmissionUpdate,
) -> Result<Submission> {
    if update.status == Some(SubmissionStatus::Accepted) {
        let code = Code::UseAcceptance;
        return Err(Error::of(code).at(FieldError::at_pointer(
            code.as_str(),
            "#/status",
            "can only be set by the acceptance operation",
        )));
    }
    let before = lock(tx, id).await?;
    patch::expect_version(expected, before.version)?;
    if before.status == SubmissionStatus::Accepted && update.status.is_some() {
        return Err(already_accepted(&before));
    }
    let mut changes = patch::changes(&before, update)?;
    if changes.is_empty() {
        return Ok(before);
    }
    // Notes are about people, and are erased with the submission.
    if let Some(notes) = changes.get_mut("notes") {
        *notes = json!({"from": null, "to": null, "truncated": true});
    }
    let status = update.status.unwrap_or(before.status);
    let mut reviewer = update.reviewer_id.unwrap_or(before.reviewer_id);
    let mut reviewed_at = before.reviewed_at;
    if status != before.status {
        reviewed_at = status.is_decided().then(Timestamp::now);
        // A decision on a submission without a reviewer makes the caller its reviewer.
        if status.is_decided() && update.reviewer_id.is_none() {
            reviewer = reviewer.or(tx.scope().member);
        }
    }
    if reviewer != before.reviewer_id {
        changes.insert("reviewer_id".into(), json!({"from": before.reviewer_id, "to": reviewer}));
    }
    diesel::update(submissions::table.find(id))
        .set((
            submissions::status.eq(status),
            submissions::notes.eq(update.notes.as_ref().unwrap_or(&before.notes)),
            submissions::reviewer_id.eq(reviewer),
            submissions::reviewed_at.eq(reviewed_at),
            submissions::version.eq(before.version + 1),
            submissions::updated_at.eq(clock_timestamp()),
        ))
        .execute(&mut tx.conn())
        .await?;
    let after = get(tx, id).await?;
    record(tx, "application.updated", &after, json!({"changes": changes}));
    if status == SubmissionStatus::Rejected && status != before.status {
        record(
            tx,
            "application.rejected",
            &after,
            json!({"changes": {"status": {"from": before.status, "to": status}}}),
        );
    }
    Ok(after)
}

/// Erases a submission with all its answers. The partner that was created from it is kept; its id
/// is returned, because the stored response of the acceptance must be deleted too.
///
/// # Errors
/// `not_found`, `version_mismatch`.
pub async fn delete(
    tx: &Tx<'_>,
    id: SubmissionId,
    expected: Option<patch::ExpectedVersions>,
) -> Result<Option<PartnerId>> {
    let before = lock(tx, id).await?;
    patch::expect_version(expected, before.version)?;
    notifications::forget_subject(tx, id).await?;
    diesel::delete(submissions::table.find(id)).execute(&mut tx.conn()).await?;
    record(tx, "application.deleted", &before, json!({}));
    Ok(before.partner_id)
}

/// Submissions of a removed member have no reviewer.
pub(crate) async fn release(tx: &Tx<'_>, reviewer: MemberId) -> Result<()> {
    let released: Vec<(SubmissionId, i64, Option<PartnerId>)> =
        diesel::update(submissions::table.filter(submissions::reviewer_id.eq(reviewer)))
            .set((
                submissions::reviewer_id.eq(None::<MemberId>),
                submissions::version.eq(submissions::version + 1),
                submissions::updated_at.eq(clock_timestamp()),
            ))
            .returning((submissions::id, submissions::version, submissions::partner_id))
            .get_results(&mut tx.conn())
            .await?;
    for (id, version, partner) in released {
        let data = json!({"changes": {"reviewer_id": {"from": reviewer, "to": null}}});
        let event = NewEvent::new("application.updated", id, version, data);
        tx.record(partner.map_or(event.clone(), |partner| event.of_partner(partner)));
    }
    Ok(())
}

/// Locks a submission, so that a concurrent acceptance waits.
pub(crate) async fn lock(tx: &Tx<'_>, id: SubmissionId) -> Result<Submission> {
    Ok(Submission::query()
        .filter(submissions::id.eq(id))
        .for_update()
        .first(&mut tx.conn())
        .await?)
}

pub(crate) fn already_accepted(submission: &Submission) -> Error {
    Error::of(Code::SubmissionAlreadyAccepted).meta("partner_id", json!(submission.partner_id))
}

pub(crate) fn record(tx: &Tx<'_>, kind: &str, submission: &Submission, data: Value) {
    let event = NewEvent::new(kind, submission.id, submission.version, data);
    tx.record(submission.partner_id.map_or(event.clone(), |partner| event.of_partner(partner)));
}
