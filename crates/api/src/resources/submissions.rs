//! Submissions: applications from the public form, and their review.

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

/// The path of a partner.
fn partner_path(id: PartnerId) -> String {
    format!("/v1/partners/{id}")
}

/// Submit an application
///
/// Answers are validated against the version of the form that the body names; a version that was
/// replaced less than a day ago is still accepted. All errors are reported at once. The response
/// contains a receipt only; sending the same application again within a day returns the same
/// receipt. At most 20 requests per minute from one address, reading the form included.
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
/// Newest first unless requested otherwise. `q` finds parts of the applicant's name, e-mail address
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
/// Creates a partner (stage `prospect`, status `pending`) and its contact from the submission, or
/// fills in the partner that the body names. Answers are written as automation. `data` replaces
/// answers and is written as manual, so that its fields are overridden from then on (as automation
/// for an API key without `partners:override`). Repeated and concurrent calls create one partner
/// only.
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
                // The stored response of the acceptance contains the submission, and would be
                // returned to a repeated request.
                idempotency::forget(tx, ACCEPTANCE, &partner_path(partner)).await?;
            }
            Ok(())
        })
        .await?;
    Ok(Answer::nothing())
}
