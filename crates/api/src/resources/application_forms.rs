//! The application form, for those who design it and for those who fill it in.

use actix_web::web;
use domain::{
    Error,
    access::Scope,
    application_forms::{ApplicationForm, ApplicationFormUpdate, PublicForm},
    ids::OrganizationId,
};
use operation_macros::operation;
use persistence::application_forms;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::kernel::{
    answer::Answer,
    problem::Result,
    request_body::BodyDigest,
    request_context::{Json, PublicRequestContext, RequestContext},
};

/// Get the application form
///
/// Every organization has one form. A new form is closed and asks for company, website, name and
/// e-mail address.
#[operation(
    get("/application-form"),
    tag(Applications),
    role(Viewer),
    scope(ApplicationsRead),
    ok(ApplicationForm)
)]
pub async fn get_application_form(context: RequestContext) -> Result<Answer> {
    let form = context.read(async |tx| application_forms::get(tx).await).await?;
    Ok(Answer::resource(form.version, &form))
}

/// Update the application form
///
/// A merge patch. A list of questions or agreements that is sent replaces the whole list: entries
/// with an `id` are kept and changed, entries without one are new, and their order is the order
/// shown. Every change creates a new version, which is live at once while the form is open.
#[operation(
    patch("/application-form"),
    tag(Applications),
    role(Admin),
    scope(ApplicationsWrite),
    if_match(Required),
    ok(ApplicationForm),
    errors(FormNeedsNameQuestion),
    field_errors(MappingTypeMismatch, NotFoundReference)
)]
pub async fn update_application_form(
    context: RequestContext,
    body: Json<ApplicationFormUpdate>,
) -> Result<Answer> {
    match body.faults() {
        faults if faults.is_empty() => {}
        faults => return Err(Error::invalid(faults).into()),
    }
    context.expect_if_match()?;
    let form = context
        .write(async |tx| application_forms::replace(tx, context.if_match, &body).await)
        .await?;
    Ok(Answer::resource(form.version, &form))
}

/// A version of the form.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct FormVersionPath {
    /// The version, as submissions name it in `form_version`.
    #[param(minimum = 1, maximum = 9007199254740991_i64, example = 41)]
    pub n: i64,
}

/// Get a version of the application form
///
/// Returns the version with the public link that it had. Versions are never deleted.
#[operation(
    get("/application-form/versions/{n}"),
    tag(Applications),
    role(Viewer),
    scope(ApplicationsRead),
    ok(ApplicationForm)
)]
pub async fn get_application_form_version(
    context: RequestContext,
    path: web::Path<FormVersionPath>,
) -> Result<Answer> {
    let form = context.read(async |tx| application_forms::get_version(tx, path.n).await).await?;
    Ok(Answer::resource(form.version, &form))
}

/// Replace the public link
///
/// The old link stops working at once, also for people who are filling in the form.
#[operation(
    post("/application-form/public-token-rotations"),
    tag(Applications),
    role(Admin),
    no_api_key,
    ok(ApplicationForm)
)]
pub async fn rotate_form_token(context: RequestContext) -> Result<Answer> {
    let work = async |tx: &persistence::Tx<'_>| {
        let form = application_forms::rotate_token(tx).await?;
        Ok(Answer::resource(form.version, &form))
    };
    context.once(&BodyDigest::nothing(), work).await
}

/// The secret of a public link.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct FormTokenPath {
    /// The `public_token` of a form.
    #[param(
        min_length = 1,
        max_length = 100,
        example = "form_0f9d4c1e7a3b4e55a0c1d2e3f4a5b6c70f9d4c1e7a3b4e55a0c1d2e3f4a5b6c7"
    )]
    pub token: String,
}

impl FormTokenPath {
    /// The organization of the link, as a scope without a user.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn scope(&self, context: &PublicRequestContext) -> Result<Scope, Error> {
        let found: Option<OrganizationId> =
            application_forms::organization_of_token(&context.state.store, &self.token).await?;
        let organization = found.ok_or_else(Error::not_found)?;
        Ok(Scope::system(organization, "application form", context.request_id))
    }
}

/// Get a form to fill in
///
/// Returns what a front end needs to show the form. A closed form answers 404. At most 20 requests
/// per minute from one address, submissions included.
#[operation(
    get("/public/application-forms/{token}"),
    tag(Applications),
    public,
    limit(PublicForms),
    ok(PublicForm)
)]
pub async fn get_public_form(
    context: PublicRequestContext,
    path: web::Path<FormTokenPath>,
) -> Result<Answer> {
    let scope = path.scope(&context).await?;
    let form = context
        .state
        .store
        .read(&scope, async |tx| application_forms::get_public(tx, &path.token).await)
        .await?;
    Ok(Answer::ok(&form))
}
