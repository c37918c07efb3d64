//! Deals (docs/deals.md).

use actix_web::web;
use chrono::Utc;
use domain::{
    FieldError,
    deals::{
        DEAL_CONFLICT_LIST, DEAL_LIST, Deal, DealApproval, DealBatch, DealBatchData, DealBatchItem,
        DealBatchOperation, DealBatchResult, DealConflictList, DealConflictPage, DealCreate,
        DealList, DealPage, DealQuery, DealRejection, DealUpdate,
    },
    ids::DealId,
    lists::ListRequest,
};
use operation_macros::operation;
use persistence::{batch::BatchItemResult, deals};
use utoipa::ToSchema;

use crate::kernel::{
    answer::Answer,
    problem::{Result, batch_status, status_of},
    request_body::BodyDigest,
    request_context::{Json, RequestContext},
};

fn answer(deal: &Deal) -> Answer {
    Answer::resource(deal.version, deal)
}

/// List deals
///
/// Filter parameters are ANDed; fields of the deal's partner are for `POST /deals/query`. `q`
/// finds parts of name, account and domain of the account.
#[operation(
    get("/deals"),
    tag(Deals),
    role(Viewer),
    scope(DealsRead),
    query(DealList),
    ok(DealPage),
    errors(InvalidCursor),
    field_errors(NotFoundReference)
)]
pub async fn list_deals(context: RequestContext) -> Result<Answer> {
    let request = context.list_request(&DEAL_LIST)?;
    let page = context.read_list(&request, async |tx| deals::list(tx, &request).await).await?;
    Ok(Answer::ok(&page))
}

/// Query deals
///
/// By a filter tree, which may name fields of the partner, `partner.tier`. Has no side effect.
#[operation(
    post("/deals/query"),
    tag(Deals),
    role(Viewer),
    scope(DealsRead),
    cost(5),
    no_idempotency_key,
    ok(DealPage),
    errors(InvalidCursor, InvalidFilter)
)]
pub async fn query_deals(context: RequestContext, body: Json<DealQuery>) -> Result<Answer> {
    let request = ListRequest::from_body(&body.value.0, &DEAL_LIST, Utc::now())?;
    let page = context.read_list(&request, async |tx| deals::list(tx, &request).await).await?;
    Ok(Answer::ok(&page))
}

/// Register a deal
///
/// By a person it is `approved` unless the body says otherwise, by an API key `submitted`. As
/// `approved` it is checked for channel conflict: no other partner may have an approved deal for
/// the same account. The partner's roll-ups follow in the same transaction.
#[operation(
    post("/deals"),
    tag(Deals),
    role(Member),
    scope(DealsWrite),
    created(Deal),
    errors(ExternalIdTaken, DealConflict),
    field_errors(ClosedOnRequired, InvalidDateOrder, NotApplicable)
)]
pub async fn create_deal(context: RequestContext, body: Json<DealCreate>) -> Result<Answer> {
    let work = async |tx: &persistence::Tx<'_>| {
        let deal = deals::insert(tx, &body.value.0).await?;
        Ok(Answer::created(format!("/v1/deals/{}", deal.id), &deal).versioned(deal.version))
    };
    context.once(&body.sum, work).await
}

/// Write many deals
///
/// Up to 200 operations in one transaction. Each has an outcome of its own; with `atomic` the
/// failure of one undoes them all. Rows may carry `currency`, which must be the organization's.
#[operation(
    post("/deals/batch"),
    tag(Deals),
    role(Member),
    scope(DealsWrite),
    multi_status(DealBatchResult),
    errors(BatchTooLarge)
)]
pub async fn batch_deals(context: RequestContext, body: Json<DealBatch>) -> Result<Answer> {
    let operations = body.operations.iter().cloned().enumerate();
    let operations: Vec<_> =
        operations.map(|(index, operation)| checked(&context, index, operation)).collect();
    let work = async |tx: &persistence::Tx<'_>| {
        let done = deals::batch(tx, &operations, body.atomic).await?;
        let results: Vec<DealBatchItem> =
            done.into_iter().enumerate().map(|(i, one)| item(&context, i, one)).collect();
        let failed = results.iter().filter(|result| result.problem.is_some()).count();
        Ok(Answer::multi_status(&DealBatchResult {
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
    mut operation: DealBatchOperation,
) -> Result<DealBatchOperation, Vec<FieldError>> {
    if let Some(data) = operation.data.take() {
        let mut value = serde_json::Value::Object(data.0);
        let faults = context.state.schemas.check_at(
            &DealBatchData::name(),
            &format!("#/operations/{index}/data"),
            &mut value,
        );
        match value {
            serde_json::Value::Object(data) if faults.is_empty() => {
                operation.data = Some(DealBatchData(data))
            }
            _ => return Err(faults),
        }
    }
    Ok(operation)
}

fn item(
    context: &RequestContext,
    index: usize,
    outcome: domain::Result<BatchItemResult<Deal>>,
) -> DealBatchItem {
    let (status, deal, problem) = match outcome {
        Ok(done) => (batch_status(done.outcome), done.row, None),
        Err(error) => (status_of(error.code()), None, Some(context.item_problem(&error))),
    };
    DealBatchItem { index, status, deal, skipped_fields: Vec::new(), problem }
}

/// Get a deal
///
/// A deal registration.
#[operation(get("/deals/{id}"), tag(Deals), role(Viewer), scope(DealsRead), ok(Deal))]
pub async fn get_deal(context: RequestContext, id: web::Path<DealId>) -> Result<Answer> {
    let deal = context.read(async |tx| deals::get(tx, *id).await).await?;
    Ok(answer(&deal))
}

/// Change a deal
///
/// A merge patch. Moves its status where the life cycle allows it: `approved` sets `expires_on`
/// like the approval, and reopens what was won or lost; `won` and `lost` need `closed_on`. With
/// another `partner_id` it moves there.
#[operation(
    patch("/deals/{id}"),
    tag(Deals),
    role(Member),
    scope(DealsWrite),
    ok(Deal),
    errors(ExternalIdTaken, InvalidTransition, DealConflict),
    field_errors(ClosedOnRequired, InvalidDateOrder, NotApplicable)
)]
pub async fn update_deal(
    context: RequestContext,
    id: web::Path<DealId>,
    body: Json<DealUpdate>,
) -> Result<Answer> {
    let deal =
        context.write(async |tx| deals::update(tx, *id, context.if_match, &body).await).await?;
    Ok(answer(&deal))
}

/// Delete a deal
///
/// It can be restored within 30 days.
#[operation(delete("/deals/{id}"), tag(Deals), role(Member), scope(DealsWrite), no_content)]
pub async fn delete_deal(context: RequestContext, id: web::Path<DealId>) -> Result<Answer> {
    context.write(async |tx| deals::delete(tx, *id, context.if_match).await).await?;
    Ok(Answer::nothing())
}

/// Restore a deal
///
/// Possible within 30 days of its deletion. An approved one is checked for channel conflict again.
#[operation(
    post("/deals/{id}/restoration"),
    tag(Deals),
    role(Member),
    scope(DealsWrite),
    ok(Deal),
    errors(ExternalIdTaken, DealConflict)
)]
pub async fn restore_deal(context: RequestContext, id: web::Path<DealId>) -> Result<Answer> {
    context
        .once(&BodyDigest::nothing(), async |tx| Ok(answer(&deals::restore(tx, *id).await?)))
        .await
}

/// Approve a deal
///
/// Protects it until `expires_on`, unless another partner has an approved deal for the same
/// account. A deal that was won or lost is reopened.
#[operation(
    post("/deals/{id}/approval"),
    tag(Deals),
    role(Member),
    scope(DealsWrite),
    ok(Deal),
    errors(InvalidTransition, DealConflict),
    field_errors(InvalidDateOrder)
)]
pub async fn approve_deal(
    context: RequestContext,
    id: web::Path<DealId>,
    body: Json<DealApproval>,
) -> Result<Answer> {
    context.once(&body.sum, async |tx| Ok(answer(&deals::approve(tx, *id, &body).await?))).await
}

/// Reject a deal
///
/// Gives the reason for the rejection, if there is one.
#[operation(
    post("/deals/{id}/rejection"),
    tag(Deals),
    role(Member),
    scope(DealsWrite),
    ok(Deal),
    errors(InvalidTransition)
)]
pub async fn reject_deal(
    context: RequestContext,
    id: web::Path<DealId>,
    body: Json<DealRejection>,
) -> Result<Answer> {
    context.once(&body.sum, async |tx| Ok(answer(&deals::reject(tx, *id, &body).await?))).await
}

/// List the conflicts of a deal
///
/// Lists other partners' approved deals for the same account (an equal domain or an equal name), and
/// after them those for an account that may be the same: a name that differs in spelling or legal
/// form, or a domain of the same company. Only the same account refuses an approval.
#[operation(
    get("/deals/{id}/conflicts"),
    tag(Deals),
    role(Viewer),
    scope(DealsRead),
    query(DealConflictList),
    ok(DealConflictPage),
    errors(InvalidCursor)
)]
pub async fn list_deal_conflicts(context: RequestContext, id: web::Path<DealId>) -> Result<Answer> {
    let request = context.list_request(&DEAL_CONFLICT_LIST)?;
    let conflicts = context.read(async |tx| deals::list_conflicts(tx, *id).await).await?;
    Ok(Answer::ok(&request.page_of(conflicts)))
}
