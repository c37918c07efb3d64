//! Partners.

use actix_web::{http::header, web};
use chrono::Utc;
use domain::{
    FieldError,
    access::WriteMode,
    ids::{PartnerId, TagId},
    lists::ListRequest,
    page::Page,
    partners::{
        AggregateRequest, AggregateResult, FIELD_OVERRIDE_LIST, FieldOverrideList,
        FieldOverridePage, PARTNER, PARTNER_FIELD_LIST, PARTNER_LIST, Partner, PartnerBatch,
        PartnerBatchItem, PartnerBatchOperation, PartnerBatchResult, PartnerCreate,
        PartnerCreatedVia, PartnerField, PartnerFieldList, PartnerList, PartnerQuery,
        PartnerSummaryPage, PartnerUpdate, changes_of, checked_aggregate,
    },
};
use operation_macros::operation;
use persistence::{batch::BatchItemResult, partners};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::kernel::{
    answer::Answer,
    auth::Credential,
    problem::{Result, batch_status, status_of},
    request_body::BodyDigest,
    request_context::{Json, Query, RequestContext},
};

/// Every field of partners.
pub type PartnerFieldPage = Page<PartnerField>;

/// How a partner is written.
#[derive(Debug, Clone, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct WriteModeParameter {
    /// Whether a person decided on the values; keys need the scope `partners:override` for
    /// `manual`.
    #[serde(default)]
    #[param(inline = false)]
    pub write_mode: Option<WriteMode>,
}

/// A partner with its ETag.
pub(crate) fn answer(partner: &Partner) -> Answer {
    Answer::resource(tag(partner), partner)
}

/// What names the state of a partner: its version; since scores make no version, how often they
/// were written since; and a word where `scores_stale` is not what it is right after that write,
/// since it makes none either.
fn tag(partner: &Partner) -> String {
    let Partner { summary, scored_since_version: times, .. } = partner;
    let mut tag = summary.version.to_string();
    if *times > 0 {
        tag += &format!(".{times}");
    }
    // Whatever writes a partner that has scores makes them stale; scores themselves are fresh.
    let usual = *times == 0 && summary.scored_at.is_some();
    match summary.scores_stale {
        stale if stale == usual => tag,
        true => tag + ".stale",
        false => tag + ".fresh",
    }
}

/// List the fields of partners
///
/// Lists every field in display order, with what can be done with it: filter, sort, import, export,
/// override.
#[operation(
    get("/partner-fields"),
    tag(Partners),
    role(Viewer),
    any_api_key,
    etag,
    query(PartnerFieldList),
    ok(PartnerFieldPage),
    errors(InvalidCursor)
)]
pub async fn list_partner_fields(context: RequestContext) -> Result<Answer> {
    let request = context.list_request(&PARTNER_FIELD_LIST)?;
    let fields = request.page_of(PARTNER.iter().map(PartnerField::from).collect());
    let answer = Answer::ok(&fields);
    let sum: String =
        BodyDigest::of(&answer.body).0.iter().take(12).map(|byte| format!("{byte:02x}")).collect();
    Ok(answer.with(header::ETAG, format!("\"{sum}\"")))
}

/// List partners
///
/// Filter parameters are ANDed; for `or`, `not` and `at_least` there is `POST /partners/query`.
#[operation(
    get("/partners"),
    tag(Partners),
    role(Viewer),
    scope(PartnersRead),
    query(PartnerList),
    ok(PartnerSummaryPage),
    errors(InvalidCursor),
    field_errors(NotFoundReference)
)]
pub async fn list_partners(context: RequestContext) -> Result<Answer> {
    let request = context.list_request(&PARTNER_LIST)?;
    let page = context.read_list(&request, async |tx| partners::list(tx, &request).await).await?;
    Ok(Answer::ok(&page))
}

/// Query partners
///
/// By a filter tree. Has no side effect.
#[operation(
    post("/partners/query"),
    tag(Partners),
    role(Viewer),
    scope(PartnersRead),
    cost(5),
    no_idempotency_key,
    ok(PartnerSummaryPage),
    errors(InvalidCursor, InvalidFilter)
)]
pub async fn query_partners(context: RequestContext, body: Json<PartnerQuery>) -> Result<Answer> {
    let request = ListRequest::from_body(&body.value.0, &PARTNER_LIST, Utc::now())?;
    let page = context.read_list(&request, async |tx| partners::list(tx, &request).await).await?;
    Ok(Answer::ok(&page))
}

/// Aggregate partners
///
/// Groups by up to two fields. A list field counts a partner once for each of its values.
#[operation(
    post("/partners/aggregate"),
    tag(Partners),
    role(Viewer),
    scope(PartnersRead),
    cost(5),
    no_idempotency_key,
    ok(AggregateResult),
    errors(InvalidFilter)
)]
pub async fn aggregate_partners(
    context: RequestContext,
    body: Json<AggregateRequest>,
) -> Result<Answer> {
    let request = checked_aggregate(&body, Utc::now())?;
    let result = context.read(async |tx| partners::aggregate(tx, &request).await).await?;
    Ok(Answer::ok(&result))
}

/// Create a partner
///
/// With `primary_contact` the contact is made in the same transaction. What a person gives is
/// overridden from the start, except `name` and `type`.
#[operation(
    post("/partners"),
    tag(Partners),
    role(Member),
    scope(PartnersWrite),
    created(Partner),
    errors(DomainTaken, ExternalIdTaken)
)]
pub async fn create_partner(
    context: RequestContext,
    query: Query<WriteModeParameter>,
    body: Json<PartnerCreate>,
) -> Result<Answer> {
    let mode = context.write_mode(query.write_mode);
    let via = created_via(&context);
    let contact = body.primary_contact()?;
    let work = async |tx: &persistence::Tx<'_>| {
        let partner =
            partners::insert(tx, changes_of(&body.value.0), contact.clone(), via, mode).await?;
        let path = format!("/v1/partners/{}", partner.summary.id);
        Ok(Answer::created(path, &partner).versioned(tag(&partner)))
    };
    context.once(&body.sum, work).await
}

fn created_via(context: &RequestContext) -> PartnerCreatedVia {
    match context.caller.credential {
        Credential::User { .. } => PartnerCreatedVia::Manual,
        Credential::Key { .. } => PartnerCreatedVia::Api,
    }
}

/// Write many partners
///
/// Up to 200 operations in one transaction. Each has an outcome of its own; with `atomic` the
/// failure of one undoes them all.
#[operation(
    post("/partners/batch"),
    tag(Partners),
    role(Member),
    scope(PartnersWrite),
    multi_status(PartnerBatchResult),
    errors(BatchTooLarge)
)]
pub async fn batch_partners(
    context: RequestContext,
    query: Query<WriteModeParameter>,
    body: Json<PartnerBatch>,
) -> Result<Answer> {
    let mode = context.write_mode(query.write_mode);
    let via = created_via(&context);
    let operations = body.operations.iter().cloned().enumerate();
    let operations: Vec<_> =
        operations.map(|(index, operation)| checked(&context, index, operation)).collect();
    let work = async |tx: &persistence::Tx<'_>| {
        let done = partners::batch(tx, &operations, body.atomic, via, mode).await?;
        let results: Vec<PartnerBatchItem> =
            done.into_iter().enumerate().map(|(i, one)| item(&context, i, one)).collect();
        let failed = results.iter().filter(|result| result.problem.is_some()).count();
        Ok(Answer::multi_status(&PartnerBatchResult {
            succeeded: results.len() - failed,
            failed,
            results,
        }))
    };
    let _turn = context.turn().await?;
    context.once(&body.sum, work).await
}

/// The data of an operation are checked by themselves, so that what is wrong with one does not
/// refuse the others.
fn checked(
    context: &RequestContext,
    index: usize,
    mut operation: PartnerBatchOperation,
) -> Result<PartnerBatchOperation, Vec<FieldError>> {
    if let Some(data) = operation.data.take() {
        let mut value = serde_json::Value::Object(data.0);
        let faults = context.state.schemas.check_at(
            &PartnerUpdate::name(),
            &format!("#/operations/{index}/data"),
            &mut value,
        );
        match value {
            serde_json::Value::Object(data) if faults.is_empty() => {
                operation.data = Some(PartnerUpdate(data))
            }
            _ => return Err(faults),
        }
    }
    Ok(operation)
}

fn item(
    context: &RequestContext,
    index: usize,
    outcome: domain::Result<BatchItemResult<Partner>>,
) -> PartnerBatchItem {
    match outcome {
        Ok(done) => PartnerBatchItem {
            index,
            status: batch_status(done.outcome),
            skipped_fields: done
                .row
                .as_ref()
                .map(|p| p.summary.skipped_fields.clone())
                .unwrap_or_default(),
            partner: done.row,
            problem: None,
        },
        Err(error) => PartnerBatchItem {
            index,
            status: status_of(error.code()),
            partner: None,
            skipped_fields: Vec::new(),
            problem: Some(context.item_problem(&error)),
        },
    }
}

/// Get a partner
///
/// Returns the complete profile.
#[operation(get("/partners/{id}"), tag(Partners), role(Viewer), scope(PartnersRead), ok(Partner))]
pub async fn get_partner(context: RequestContext, id: web::Path<PartnerId>) -> Result<Answer> {
    let partner = context.read(async |tx| partners::get(tx, *id).await).await?;
    Ok(answer(&partner))
}

/// Change a partner
///
/// A merge patch. What a person changes is overridden from then on; automation skips such fields,
/// is told so in `skipped_fields`, and its newest value waits as the pending value.
#[operation(
    patch("/partners/{id}"),
    tag(Partners),
    role(Member),
    scope(PartnersWrite),
    ok(Partner),
    errors(DomainTaken, ExternalIdTaken)
)]
pub async fn update_partner(
    context: RequestContext,
    id: web::Path<PartnerId>,
    query: Query<WriteModeParameter>,
    body: Json<PartnerUpdate>,
) -> Result<Answer> {
    let mode = context.write_mode(query.write_mode);
    let changes = changes_of(&body.value.0);
    let partner = context
        .write(async |tx| partners::update(tx, *id, context.if_match, changes, mode).await)
        .await?;
    Ok(answer(&partner))
}

/// Delete a partner
///
/// It can be restored within 30 days.
#[operation(
    delete("/partners/{id}"),
    tag(Partners),
    role(Member),
    scope(PartnersWrite),
    no_content
)]
pub async fn delete_partner(context: RequestContext, id: web::Path<PartnerId>) -> Result<Answer> {
    context.write(async |tx| partners::delete(tx, *id, context.if_match).await).await?;
    Ok(Answer::nothing())
}

/// Restore a partner
///
/// Possible within 30 days of its deletion, together with its contacts and deals. Refused while
/// another partner has its domain or external id by now, or a deal that was approved meanwhile for
/// the account of one of its approved deals.
#[operation(
    post("/partners/{id}/restoration"),
    tag(Partners),
    role(Member),
    scope(PartnersWrite),
    ok(Partner),
    errors(DomainTaken, ExternalIdTaken, DealConflict)
)]
pub async fn restore_partner(context: RequestContext, id: web::Path<PartnerId>) -> Result<Answer> {
    context
        .once(&BodyDigest::nothing(), async |tx| Ok(answer(&partners::restore(tx, *id).await?)))
        .await
}

/// List the overrides of a partner
///
/// Lists the fields that people have set: value, pending value, who set it and when.
#[operation(
    get("/partners/{id}/overrides"),
    tag(Partners),
    role(Viewer),
    scope(PartnersRead),
    query(FieldOverrideList),
    ok(FieldOverridePage),
    errors(InvalidCursor)
)]
pub async fn list_partner_overrides(
    context: RequestContext,
    id: web::Path<PartnerId>,
) -> Result<Answer> {
    let request = context.list_request(&FIELD_OVERRIDE_LIST)?;
    let overrides = context.read(async |tx| partners::list_overrides(tx, *id).await).await?;
    Ok(Answer::ok(&request.page_of(overrides)))
}

/// Override a field at its current value
///
/// Automation no longer changes the field.
#[operation(
    put("/partners/{id}/overrides/{field}"),
    tag(Partners),
    role(Member),
    scope(PartnersOverride),
    ok(Partner),
    errors(NotOverridable)
)]
pub async fn pin_partner_field(
    context: RequestContext,
    path: web::Path<PartnerFieldPath>,
) -> Result<Answer> {
    let PartnerFieldPath { id, field } = path.into_inner();
    Ok(answer(&context.write(async |tx| partners::pin(tx, id, &field).await).await?))
}

/// Clear an override
///
/// The field takes its pending value, if there is one, and automation may write it again.
#[operation(
    delete("/partners/{id}/overrides/{field}"),
    tag(Partners),
    role(Member),
    scope(PartnersOverride),
    ok(Partner),
    errors(NotOverridden)
)]
pub async fn clear_partner_override(
    context: RequestContext,
    path: web::Path<PartnerFieldPath>,
) -> Result<Answer> {
    let PartnerFieldPath { id, field } = path.into_inner();
    Ok(answer(
        &context
            .write(async |tx| partners::clear_override(tx, id, &field, context.if_match).await)
            .await?,
    ))
}

/// Clear all overrides
///
/// Automation may write all fields of the partner again; pending values are applied.
#[operation(
    delete("/partners/{id}/overrides"),
    tag(Partners),
    role(Member),
    scope(PartnersOverride),
    ok(Partner)
)]
pub async fn clear_partner_overrides(
    context: RequestContext,
    id: web::Path<PartnerId>,
) -> Result<Answer> {
    Ok(answer(
        &context
            .write(async |tx| partners::clear_overrides(tx, *id, context.if_match).await)
            .await?,
    ))
}

/// A field of a partner.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct PartnerFieldPath {
    /// The id of a partner.
    #[param(inline = false)]
    pub id: PartnerId,
    /// The name of a field.
    #[param(max_length = 60, example = "industry")]
    pub field: String,
}

/// A tag of a partner.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct PartnerTagPath {
    /// The id of a partner.
    #[param(inline = false)]
    pub id: PartnerId,
    /// The id of a tag.
    #[param(inline = false)]
    pub tag_id: TagId,
}

/// Tag a partner
///
/// Adds one tag and leaves the others as they are. Counts as a write of `tag_ids`.
#[operation(
    put("/partners/{id}/tags/{tag_id}"),
    tag(Partners),
    role(Member),
    scope(PartnersWrite),
    ok(Partner),
    errors(TooManyTags)
)]
pub async fn add_partner_tag(
    context: RequestContext,
    path: web::Path<PartnerTagPath>,
    query: Query<WriteModeParameter>,
) -> Result<Answer> {
    let PartnerTagPath { id, tag_id } = path.into_inner();
    let mode = context.write_mode(query.write_mode);
    Ok(answer(&context.write(async |tx| partners::add_tag(tx, id, tag_id, mode).await).await?))
}

/// Remove a tag from a partner
///
/// Removes one tag and leaves the others as they are. Counts as a write of `tag_ids`.
#[operation(
    delete("/partners/{id}/tags/{tag_id}"),
    tag(Partners),
    role(Member),
    scope(PartnersWrite),
    ok(Partner)
)]
pub async fn remove_partner_tag(
    context: RequestContext,
    path: web::Path<PartnerTagPath>,
    query: Query<WriteModeParameter>,
) -> Result<Answer> {
    let PartnerTagPath { id, tag_id } = path.into_inner();
    let mode = context.write_mode(query.write_mode);
    Ok(answer(
        &context
            .write(async |tx| partners::remove_tag(tx, id, context.if_match, tag_id, mode).await)
            .await?,
    ))
}
