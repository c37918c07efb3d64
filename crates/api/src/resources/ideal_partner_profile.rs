//! The ideal partner profile (docs/scoring.md#fit).

use domain::ideal_partner_profile::{IdealPartnerProfile, IdealPartnerProfileUpdate};
use operation_macros::operation;
use persistence::ideal_partner_profile;

use crate::kernel::{
    answer::Answer,
    problem::Result,
    request_context::{Json, RequestContext},
};

/// Get the ideal partner profile
///
/// Returns the criteria of the fit score and their weights. A new organization has a default
/// profile.
#[operation(
    get("/ideal-partner-profile"),
    tag(Scores),
    role(Viewer),
    scope(ScoresRead),
    ok(IdealPartnerProfile)
)]
pub async fn get_ideal_partner_profile(context: RequestContext) -> Result<Answer> {
    let profile = context.read(async |tx| ideal_partner_profile::get(tx).await).await?;
    Ok(Answer::resource(profile.version, &profile))
}

/// Update the ideal partner profile
///
/// A merge patch: absent properties keep their values. `weights` must add up to 10000 afterwards.
/// All scores become stale; start a score refresh to compute them again.
#[operation(
    patch("/ideal-partner-profile"),
    tag(Scores),
    role(Admin),
    scope(ScoresWrite),
    if_match(Required),
    ok(IdealPartnerProfile),
    errors(InvalidFilter),
    field_errors(WeightsNot100Percent)
)]
pub async fn update_ideal_partner_profile(
    context: RequestContext,
    body: Json<IdealPartnerProfileUpdate>,
) -> Result<Answer> {
    context.expect_if_match()?;
    let profile = context
        .write(async |tx| ideal_partner_profile::replace(tx, context.if_match, &body).await)
        .await?;
    Ok(Answer::resource(profile.version, &profile))
}
