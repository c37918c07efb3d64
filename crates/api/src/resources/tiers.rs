//! Tiers (docs/tiers.md).

use actix_web::{delete, get, patch, post, web};
use domain::{
    ids::PartnerId,
    jobs::Job,
    tiers::{
        TIER_CHANGE_LIST, TIER_LIST, Tier, TierAssessment, TierChangeList, TierChangePage,
        TierCreate, TierEvaluationRequest, TierList, TierPage, TierPolicy, TierPolicyUpdate,
        TierUpdate,
    },
};
use persistence::tiers;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{
    kernel::{
        answer::Answer,
        call::{Call, Json, Query},
        problem::Result,
    },
    resources::jobs::accepted,
};

/// A tier of the organization.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct TierPath {
    /// The key of a tier.
    #[param(max_length = 40, example = "gold")]
    pub key: String,
}

/// What becomes of those who have a tier by hand.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct TierReplacement {
    /// The key of the tier that they get instead.
    #[serde(default)]
    #[param(max_length = 40, example = "silver")]
    pub replace_with: Option<String>,
}

/// List tiers
///
/// Ordered by rank, the lowest first.
#[utoipa::path(tag = "tiers", params(TierList), security(("viewer" = ["tiers:read"])), responses((status = 200, body = TierPage)),
    extensions(("x-errors" = json!("invalid_cursor"))))]
#[get("/tiers")]
pub async fn list_tiers(call: Call) -> Result<Answer> {
    let request = call.list_request(&TIER_LIST)?;
    let page = call.read(async |tx| tiers::list(tx, &request).await).await?;
    Ok(Answer::ok(&page))
}

/// Create a tier
///
/// Key and rank must be new. Nobody is evaluated by it: try it out with a dry run, then evaluate.
#[utoipa::path(tag = "tiers", request_body = TierCreate, security(("admin" = ["tiers:write"])), responses((status = 201, body = Tier)),
    extensions(("x-errors" = json!("key_taken rank_taken circular_requirement \
        invalid_filter"))))]
#[post("/tiers")]
pub async fn create_tier(call: Call, body: Json<TierCreate>) -> Result<Answer> {
    let work = async |tx: &persistence::Tx<'_>| {
        let tier = tiers::insert(tx, &body).await?;
        Ok(Answer::created(format!("/v1/tiers/{}", tier.key), &tier).versioned(tier.version))
    };
    call.once(&body.sum, work).await
}

/// Get a tier
///
/// `partner_count` is the number of partners that have it.
#[utoipa::path(tag = "tiers", params(TierPath), security(("viewer" = ["tiers:read"])), responses((status = 200, body = Tier)))]
#[get("/tiers/{key}")]
pub async fn get_tier(call: Call, path: web::Path<TierPath>) -> Result<Answer> {
    let tier = call.read(async |tx| tiers::get(tx, &path.key).await).await?;
    Ok(Answer::resource(tier.version, &tier))
}

/// Change a tier
///
/// When rank, requirement or default change and the rules decide on tiers, partners are evaluated:
/// up to 1,000 at once, more in a job that starts at once.
#[utoipa::path(tag = "tiers", params(TierPath), request_body = TierUpdate, security(("admin" = ["tiers:write"])),
    responses((status = 200, body = Tier)),
    extensions(("x-errors" = json!("rank_taken default_tier circular_requirement \
        invalid_filter"))))]
#[patch("/tiers/{key}")]
pub async fn update_tier(
    call: Call,
    path: web::Path<TierPath>,
    body: Json<TierUpdate>,
) -> Result<Answer> {
    let tier =
        call.write(async |tx| tiers::update(tx, &path.key, call.if_match, &body).await).await?;
    Ok(Answer::resource(tier.version, &tier))
}

/// Delete a tier
///
/// Its partners get what the rules give them; those who have it by hand get the tier of
/// `replace_with` by hand.
#[utoipa::path(tag = "tiers", params(TierPath, TierReplacement), security(("admin" = ["tiers:write"])), responses((status = 204)),
    extensions(("x-errors" = json!("tier_in_use default_tier \
        not_found_reference"))))]
#[delete("/tiers/{key}")]
pub async fn delete_tier(
    call: Call,
    path: web::Path<TierPath>,
    query: Query<TierReplacement>,
) -> Result<Answer> {
    let replace_with = query.replace_with.as_deref();
    call.write(async |tx| tiers::delete(tx, &path.key, call.if_match, replace_with).await).await?;
    Ok(Answer::nothing())
}

/// Get the tier policy
///
/// Says when and how tiers are evaluated.
#[utoipa::path(tag = "tiers", security(("viewer" = ["tiers:read"])), responses((status = 200, body = TierPolicy)))]
#[get("/tier-policy")]
pub async fn get_tier_policy(call: Call) -> Result<Answer> {
    let policy = call.read(async |tx| tiers::get_policy(tx).await).await?;
    Ok(Answer::resource(policy.version, &policy))
}

/// Update the tier policy
///
/// A merge patch: absent properties keep their values. No tier changes by this alone.
#[utoipa::path(tag = "tiers", request_body = TierPolicyUpdate, security(("admin" = ["tiers:write"])),
    responses((status = 200, body = TierPolicy)), extensions(("x-errors" = json!("if_match_required"))))]
#[patch("/tier-policy")]
pub async fn update_tier_policy(call: Call, body: Json<TierPolicyUpdate>) -> Result<Answer> {
    call.expect_if_match()?;
    let policy =
        call.write(async |tx| tiers::replace_policy(tx, call.if_match, &body).await).await?;
    Ok(Answer::resource(policy.version, &policy))
}

/// Evaluate tiers
///
/// Of all partners, or of a selection. The items of the job hold the tier before and after; a dry
/// run changes nothing and says exactly what a real one would do.
#[utoipa::path(tag = "tiers", request_body = TierEvaluationRequest, security(("admin" = ["tiers:write"])),
    responses((status = 202, body = Job)),
    extensions(("x-errors" = json!("invalid_selection invalid_filter \
        not_found_reference"))))]
#[post("/tier-evaluations")]
pub async fn evaluate_tiers(call: Call, body: Json<TierEvaluationRequest>) -> Result<Answer> {
    let work = async |tx: &persistence::Tx<'_>| {
        let job = tiers::insert_evaluation(tx, &body).await?;
        Ok(accepted(&call, &job))
    };
    call.once(&body.sum, work).await
}

/// Assess the tier of a partner
///
/// Why it has its tier, and what it lacks for the next: every condition with what is needed, what
/// there is, and the gap.
#[utoipa::path(tag = "tiers", params(PartnerId), security(("viewer" = ["tiers:read"])),
    responses((status = 200, body = TierAssessment)))]
#[get("/partners/{id}/tier-assessment")]
pub async fn assess_partner_tier(call: Call, id: web::Path<PartnerId>) -> Result<Answer> {
    let assessment = call.read(async |tx| tiers::assess(tx, *id).await).await?;
    Ok(Answer::ok(&assessment))
}

/// List the tier history of a partner
///
/// Lists every change of its tier, newest first.
#[utoipa::path(tag = "tiers", params(PartnerId, TierChangeList), security(("viewer" = ["tiers:read"])),
    responses((status = 200, body = TierChangePage)),
    extensions(("x-errors" = json!("invalid_cursor"))))]
#[get("/partners/{id}/tier-history")]
pub async fn list_partner_tier_history(call: Call, id: web::Path<PartnerId>) -> Result<Answer> {
    let request = call.list_request(&TIER_CHANGE_LIST)?;
    let page = call.read(async |tx| tiers::list_history(tx, *id, &request).await).await?;
    Ok(Answer::ok(&page))
}
