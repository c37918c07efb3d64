//! The organization of the caller.

use actix_web::{get, patch};
use domain::organizations::{Organization, OrganizationUpdate};
use persistence::organizations;

use crate::kernel::{
    answer::Answer,
    call::{Call, Json},
    problem::Result,
};

/// Get the organization
///
/// Returns its settings, such as currency, fiscal year and time zone.
#[utoipa::path(tag = "organization", security(("viewer" = ["organization:read"])), responses((status = 200, body = Organization)))]
#[get("/organization")]
pub async fn get_organization(call: Call) -> Result<Answer> {
    let organization = call.read(async |tx| organizations::get(tx).await).await?;
    Ok(Answer::resource(organization.version, &organization))
}

/// Change the organization
///
/// The currency cannot be changed once any amount exists.
#[utoipa::path(tag = "organization", request_body = OrganizationUpdate, security(("admin" = ["-"])),
    responses((status = 200, body = Organization)), extensions(("x-errors" = json!("currency_in_use"))))]
#[patch("/organization")]
pub async fn update_organization(call: Call, body: Json<OrganizationUpdate>) -> Result<Answer> {
    let organization =
        call.write(async |tx| organizations::update(tx, &body, call.if_match).await).await?;
    Ok(Answer::resource(organization.version, &organization))
}
