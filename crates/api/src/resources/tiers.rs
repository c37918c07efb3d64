//! Tiers (docs/tiers.md).

use actix_web::web;
use domain::{
    ids::PartnerId,
    jobs::Job,
    tiers::{
        TIER_CHANGE_LIST, TIER_LIST, Tier, TierAssessment, TierChangeList, TierChangePage,
        TierCreate, TierEvaluationRequest, TierList, TierPage, TierPolicy, TierPolicyUpdate,
        TierUpdate,
    },
};
use operation_macros::operation;
use persistence::tiers;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{
    kernel::{
        answer::Answer,
        problem::Result,
        request_context::{Json, Query, RequestContext},
    },
    resources::jobs::accepted,
};

/// The path of a tier.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct TierPath {
    /// The key of a tier.
    #[param(max_length = 40, example = "gold")]
    pub key: String,
}

/// Selects what partners get that were assigned to the tier manually.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct TierReplacement {
    /// The key of the tier that they are assigned to instead.
    #[serde(default)]
    #[param(max_length = 40, example = "silver")]
    pub replace_with: Option<String>,
}

/// List tiers
///
/// Ordered by rank, the lowest first.
#[operation(
    get("/tiers"),
    tag(Tiers),
    role(Viewer),
    scope(TiersRead),
    query(TierList),
    ok(TierPage),
    errors(InvalidCursor)
)]
pub async fn list_tiers(context: RequestContext) -> Result<Answer> {
    let request = context.list_request(&TIER_LIST)?;
    let page = context.read(async |tx| tiers::list(tx, &request).await).await?;
    Ok(Answer::ok(&page))
}

/// Create a tier
///
/// Key and rank must be unique. Creating a tier evaluates no partner: preview the effect with a dry
/// run of an evaluation, then evaluate.
#[operation(
    post("/tiers"),
    tag(Tiers),
    role(Admin),
    scope(TiersWrite),
    created(Tier),
    errors(KeyTaken, RankTaken, CircularRequirement, InvalidFilter)
)]
pub async fn create_tier(context: RequestContext, body: Json<TierCreate>) -> Result<Answer> {
    let work = async |tx: &persistence::Tx<'_>| {
        let tier = tiers::insert(tx, &body).await?;
        Ok(Answer::created(format!("/v1/tiers/{}", tier.key), &tier).versioned(tier.version))
    };
    context.once(&body.sum, work).await
}

/// Get a tier
///
/// `partner_count` is the number of partners that have it.
#[operation(get("/tiers/{key}"), tag(Tiers), role(Viewer), scope(TiersRead), ok(Tier))]
pub async fn get_tier(context: RequestContext, path: web::Path<TierPath>) -> Result<Answer> {
    let tier = context.read(async |tx| tiers::get(tx, &path.key).await).await?;
    Ok(Answer::resource(tier.version, &tier))
}

/// Update a tier
///
/// If rank, requirement or default change and tiers follow the rules, partners are evaluated: up to
/// 1,000 in this request, more in a job that is started at once.
#[operation(
    patch("/tiers/{key}"),
    tag(Tiers),
    role(Admin),
    scope(TiersWrite),
    ok(Tier),
    errors(RankTaken, DefaultTier, CircularRequirement, InvalidFilter)
)]
pub async fn update_tier(
    context: RequestContext,
    path: web::Path<TierPath>,
    body: Json<TierUpdate>,
) -> Result<Answer> {
    let tier = context
        .write(async |tx| tiers::update(tx, &path.key, context.if_match, &body).await)
        .await?;
    Ok(Answer::resource(tier.version, &tier))
}

/// Delete a tier
///
/// Its partners get the tier that the rules give them. Partners that were assigned to it manually
/// are assigned to the tier in `replace_with` instead.
#[operation(
    delete("/tiers/{key}"),
    tag(Tiers),
    role(Admin),
    scope(TiersWrite),
    no_content,
    errors(TierInUse, DefaultTier),
    field_errors(NotFoundReference)
)]
pub async fn delete_tier(
    context: RequestContext,
    path: web::Path<TierPath>,
    query: Query<TierReplacement>,
) -> Result<Answer> {
    let replace_with = query.replace_with.as_deref();
    context
        .write(async |tx| tiers::delete(tx, &path.key, context.if_match, replace_with).await)
        .await?;
    Ok(Answer::nothing())
}

/// Get the tier policy
///
/// Returns when and how tiers are evaluated.
#[operation(get("/tier-policy"), tag(Tiers), role(Viewer), scope(TiersRead), ok(TierPolicy))]
pub async fn get_tier_policy(context: RequestContext) -> Result<Answer> {
    let policy = context.read(async |tx| tiers::get_policy(tx).await).await?;
    Ok(Answer::resource(policy.version, &policy))
}

/// Update the tier policy
///
/// A merge patch: absent properties keep their values. A change of the policy alone changes no
/// tier.
#[operation(
    patch("/tier-policy"),
    tag(Tiers),
    role(Admin),
    scope(TiersWrite),
    if_match(Required),
    ok(TierPolicy)
)]
pub async fn update_tier_policy(
    context: RequestContext,
    body: Json<TierPolicyUpdate>,
) -> Result<Answer> {
    context.expect_if_match()?;
    let policy =
        context.write(async |tx| tiers::replace_policy(tx, context.if_match, &body).await).await?;
    Ok(Answer::resource(policy.version, &policy))
}

/// Evaluate tiers
///
/// Evaluates all partners, or a selection. The job's items contain the tier before and after. A dry
/// run changes nothing and reports exactly what an evaluation would do.
#[operation(
    post("/tier-evaluations"),
    tag(Tiers),
    role(Admin),
    scope(TiersWrite),
    accepted(Job),
    errors(InvalidSelection, InvalidFilter),
    field_errors(NotFoundReference)
)]
pub async fn evaluate_tiers(
    context: RequestContext,
    body: Json<TierEvaluationRequest>,
) -> Result<Answer> {
    let work = async |tx: &persistence::Tx<'_>| {
        let job = tiers::insert_evaluation(tx, &body).await?;
        Ok(accepted(&context, &job))
    };
    context.once(&body.sum, work).await
}

/// Assess the tier of a partner
///
/// Returns why the partner has its tier, and what it lacks for the next one: every condition with
/// the required value, the partner's value and the gap.
#[operation(
    get("/partners/{id}/tier-assessment"),
    tag(Tiers),
    role(Viewer),
    scope(TiersRead),
    ok(TierAssessment)
)]
pub async fn assess_partner_tier(
    context: RequestContext,
    id: web::Path<PartnerId>,
) -> Result<Answer> {
    let assessment = context.read(async |tx| tiers::assess(tx, *id).await).await?;
    Ok(Answer::ok(&assessment))
}

/// List the tier history of a partner
///
/// Lists every change of the partner's tier, newest first.
#[operation(
    get("/partners/{id}/tier-history"),
    tag(Tiers),
    role(Viewer),
    scope(TiersRead),
    query(TierChangeList),
    ok(TierChangePage),
    errors(InvalidCursor)
)]
pub async fn list_partner_tier_history(
    context: RequestContext,
    id: web::Path<PartnerId>,
) -> Result<Answer> {
    let request = context.list_request(&TIER_CHANGE_LIST)?;
    let page = context.read(async |tx| tiers::list_history(tx, *id, &request).await).await?;
    Ok(Answer::ok(&page))
}
