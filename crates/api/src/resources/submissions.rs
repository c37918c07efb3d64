//! Submissions: from the public form into the inbox, and out of it as partners.

use actix_web::web;
use domain::{
    ids::{PartnerId, SubmissionId},
    submissions::{
        AcceptanceResult, PublicSubmission, SUBMISSION_LIST, Submission, SubmissionAcceptance,
        SubmissionList, SubmissionPage, SubmissionReceipt, SubmissionUpdate,
    },
};
use operation_macros::operation;
use persistence::{acceptance, idempotency, submissions};

use crate::{
    kernel::{
        answer::Answer,
        problem::Result,
        request_context::{Json, PublicRequestContext, RequestContext},
    },
    resources::application_forms::FormTokenPath,
};

/// The operation that accepts a submission.
const ACCEPTANCE: &str = "acceptSubmission";

/// Where a partner is.
fn partner_path(id: PartnerId) -> String {
    format!("/v1/partners/{id}")
}

/// Submit an application
///
/// Answers are checked against the form's version that is named; one that was replaced less than a
/// day ago is still good. Everything that is wrong is named at once. The answer tells nothing but a
/// receipt; the same application sent again within a day gets the same one. At most 20 requests a
/// minute from one address, reading the form included.
#[operation(
    post("/public/application-forms/{token}/submissions"),
    tag(Applications),
    public,
    limit(PublicForms),
    accepted(SubmissionReceipt, "Received."),
    errors(FormChanged),
    field_errors(AgreementRequired, Required, NotFoundReference)
)]
pub async fn submit_application(
    context: PublicRequestContext,
    path: web::Path<FormTokenPath>,
    body: Json<PublicSubmission>,
) -> Result<Answer> {
    let scope = path.scope(&context).await?;
    let work = async |tx: &persistence::Tx<'_>| {
        Ok(Answer::received(&submissions::submit(tx, &path.token, &body).await?))
    };
    context.once(&scope, &path.token, &body.sum, work).await
}

/// List submissions
///
/// Newest first unless sorted otherwise. `q` finds parts of the applicant's name, e-mail address
/// and company.
#[operation(
    get("/application-submissions"),
    tag(Applications),
    role(Viewer),
    scope(ApplicationsRead),
    query(SubmissionList),
    ok(SubmissionPage),
    errors(InvalidCursor)
)]
pub async fn list_submissions(context: RequestContext) -> Result<Answer> {
    let request = context.list_request(&SUBMISSION_LIST)?;
    let page = context.read(async |tx| submissions::list(tx, &request).await).await?;
    Ok(Answer::ok(&page))
}

/// Get a submission
///
/// `duplicate_partner_id` is the partner with the same domain, if there is one.
#[operation(
    get("/application-submissions/{id}"),
    tag(Applications),
    role(Viewer),
    scope(ApplicationsRead),
    ok(Submission)
)]
pub async fn get_submission(
    context: RequestContext,
    id: web::Path<SubmissionId>,
) -> Result<Answer> {
    let submission = context.read(async |tx| submissions::get(tx, *id).await).await?;
    Ok(Answer::resource(submission.version, &submission))
}

/// Review a submission
///
/// Changes status, notes and reviewer. If a submission without a reviewer is rejected, the caller
/// becomes its reviewer.
#[operation(
    patch("/application-submissions/{id}"),
    tag(Applications),
    role(Member),
    scope(ApplicationsWrite),
    ok(Submission),
    errors(SubmissionAlreadyAccepted, UseAcceptance),
    field_errors(NotFoundReference)
)]
pub async fn update_submission(
    context: RequestContext,
    id: web::Path<SubmissionId>,
    body: Json<SubmissionUpdate>,
) -> Result<Answer> {
    let submission = context
        .write(async |tx| submissions::update(tx, *id, context.if_match, &body).await)
        .await?;
    Ok(Answer::resource(submission.version, &submission))
}

/// Accept a submission
///
/// Makes a partner of it with its contact (stage `prospect`, status `pending`), or fills in the one
/// that is named. Answers are an automated write; `data`, in place of what was answered, is written
/// by hand, so that it is overridden from then on (by automation for an API key without
/// `partners:override`). However often and by however many it is called: one partner.
#[operation(
    post("/application-submissions/{id}/acceptance"),
    tag(Applications),
    role(Member),
    scope(ApplicationsWrite, PartnersWrite),
    created(AcceptanceResult),
    errors(PartnerExists, SubmissionAlreadyAccepted, ExternalIdTaken),
    field_errors(Required, NotFoundReference)
)]
pub async fn accept_submission(
    context: RequestContext,
    id: web::Path<SubmissionId>,
    body: Json<SubmissionAcceptance>,
) -> Result<Answer> {
    let work = async |tx: &persistence::Tx<'_>| {
        let result = acceptance::accept(tx, *id, &body).await?;
        Ok(Answer::created(partner_path(result.partner.summary.id), &result))
    };
    context.once(&body.sum, work).await
}

/// Erase a submission
///
/// Erases the submission and its answers permanently. A partner that was created from it is kept.
#[operation(
    delete("/application-submissions/{id}"),
    tag(Applications),
    role(Admin),
    scope(ApplicationsWrite),
    no_content
)]
pub async fn delete_submission(
    context: RequestContext,
    id: web::Path<SubmissionId>,
) -> Result<Answer> {
    context
        .write(async |tx| {
            if let Some(partner) = submissions::delete(tx, *id, context.if_match).await? {
                // The answer to the acceptance holds the submission, and is kept for whoever asks
                // again.
                idempotency::forget(tx, ACCEPTANCE, &partner_path(partner)).await?;
            }
            Ok(())
        })
        .await?;
    Ok(Answer::nothing())
}
