//! The organization of the caller.

use domain::organizations::{Organization, OrganizationUpdate};
use operation_macros::operation;
use persistence::organizations;

use crate::kernel::{
    answer::Answer,
    problem::Result,
    request_context::{Json, RequestContext},
};

/// Get the organization
///
/// Returns its settings, such as currency, fiscal year and time zone.
#[operation(
    get("/organization"),
    tag(Organization),
    role(Viewer),
    scope(OrganizationRead),
    ok(Organization)
)]
pub async fn get_organization(context: RequestContext) -> Result<Answer> {
    let organization = context.read(async |tx| organizations::get(tx).await).await?;
    Ok(Answer::resource(organization.version, &organization))
}

/// Update the organization
///
/// The currency cannot be changed once an amount exists.
#[operation(
    patch("/organization"),
    tag(Organization),
    role(Admin),
    no_api_key,
    ok(Organization),
    errors(CurrencyInUse)
)]
pub async fn update_organization(
    context: RequestContext,
    body: Json<OrganizationUpdate>,
) -> Result<Answer> {
    let organization =
        context.write(async |tx| organizations::update(tx, &body, context.if_match).await).await?;
    Ok(Answer::resource(organization.version, &organization))
}
