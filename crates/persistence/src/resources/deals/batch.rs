//! Batches of writes to deals in one transaction: each is undone alone, or all together if one
//! fails.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::{
    Code, Error, FieldError, Result,
    batch::BatchOutcome,
    deals::{
        AccountKeys, Deal, DealBatchAction as Action, DealBatchMatch as By,
        DealBatchOperation as Operation, DealUpdate,
    },
    ids::{DealId, PartnerId},
    schema::{deals, organizations},
};

use super::Writer;
use crate::kernel::{
    batch::{self, BatchItemResult, required, version_of_nothing},
    db::Tx,
};

/// Runs a batch, and returns the result or the error of every operation. Pointers lead into the
/// whole body.
///
/// Operations with an invalid form are passed as their errors.
///
/// # Errors
/// Errors that are not the client's fault.
pub async fn batch(
    tx: &Tx<'_>,
    operations: &[Result<Operation, Vec<FieldError>>],
    atomic: bool,
) -> Result<Vec<Result<BatchItemResult<Deal>>>> {
    batch::run(tx, atomic, async || run(tx, operations).await).await
}

/// An operation with its data as an edit.
struct Read<'a> {
    operation: &'a Operation,
    data: Option<DealUpdate>,
}

async fn run(
    tx: &Tx<'_>,
    operations: &[Result<Operation, Vec<FieldError>>],
) -> Result<Vec<Result<BatchItemResult<Deal>>>> {
    let currency: String =
        organizations::table.select(organizations::currency).first(&mut tx.conn()).await?;
    let read: Vec<Result<Read<'_>>> =
        operations.iter().map(|operation| read(operation, &currency)).collect();
    let mut writer = Writer::new(tx).await?;
    let (partners, accounts) = concerned(tx, &read).await?;
    // All partners at once, before any deal: if they were locked operation by operation, two
    // batches could deadlock.
    writer.lock_partners(partners).await?;
    writer.lock_accounts(&accounts).await?;
    let mut results = Vec::with_capacity(read.len());
    for (index, operation) in read.into_iter().enumerate() {
        let done = match operation {
            Ok(operation) => perform_or_repeat(tx, &mut writer, &operation).await,
            Err(error) => Err(error),
        };
        results.push(batch::located(done, index)?);
    }
    writer.finish().await?;
    Ok(results)
}

/// The data as an edit. It may contain a currency, which must be the organization's.
fn read<'a>(operation: &'a Result<Operation, Vec<FieldError>>, currency: &str) -> Result<Read<'a>> {
    let operation = operation.as_ref().map_err(|faults| Error::invalid(faults.clone()))?;
    let Some(mut data) = operation.data.as_ref().map(|data| data.0.clone()) else {
        return Ok(Read { operation, data: None });
    };
    if data.remove("currency").is_some_and(|said| said != *currency) {
        let detail = format!("must be {currency}, which is the organization's currency");
        return Err(Error::field("currency_mismatch", "currency", detail));
    }
    let data = serde_json::from_value(data.into()).map_err(Error::internal)?;
    Ok(Read { operation, data: Some(data) })
}

/// The partners and accounts of the operations, and of the deals to which they refer: they are
/// locked before everything else.
async fn concerned(
    tx: &Tx<'_>,
    operations: &[Result<Read<'_>>],
) -> Result<(Vec<PartnerId>, Vec<AccountKeys>)> {
    let (mut partners, mut ids, mut external_ids) = (Vec::new(), Vec::new(), Vec::new());
    for Read { operation, data } in operations.iter().flatten() {
        ids.extend(operation.id);
        partners.extend(data.as_ref().and_then(|data| data.partner_id));
        external_ids.extend(data.as_ref().and_then(|data| data.external_id.clone().flatten()));
    }
    let meant = deals::id.eq_any(ids).nullable().or(deals::external_id.eq_any(external_ids));
    type Row = (PartnerId, String, Option<String>);
    let of_deals: Vec<Row> = deals::table
        .filter(meant)
        .select((deals::partner_id, deals::account_name, deals::account_domain))
        .load(&mut tx.conn())
        .await?;
    partners.extend(of_deals.iter().map(|(partner, ..)| *partner));
    let locked_partners =
        of_deals.iter().map(|(_, name, domain)| (name.as_str(), domain.as_deref()));
    let named = operations.iter().flatten().filter_map(|read| read.data.as_ref());
    let named = named.map(|data| {
        let domain = data.account_domain.as_ref().and_then(Option::as_deref);
        (data.account_name.as_deref().unwrap_or_default(), domain)
    });
    let accounts =
        locked_partners.chain(named).map(|(name, domain)| AccountKeys::new(name, domain));
    Ok((partners, accounts.collect()))
}

/// An upsert updates the deal if another transaction has inserted it first.
async fn perform_or_repeat(
    tx: &Tx<'_>,
    writer: &mut Writer<'_, '_>,
    read: &Read<'_>,
) -> Result<BatchItemResult<Deal>> {
    let by_key = read.operation.action == Action::Upsert
        && read.operation.by == Some(By::ExternalId)
        && read.operation.version.is_none();
    let is_lost_race =
        |error: &Error| by_key && matches!(error.code(), Code::ExternalIdTaken | Code::NotFound);
    batch::repeat(is_lost_race, async || {
        // A rolled-back savepoint releases its locks, so the writer must forget them as well.
        let locked_partners = writer.locked_partners();
        let done = tx.savepoint(async |_| perform(tx, writer, read).await).await;
        if done.is_err() {
            writer.release_to(locked_partners);
        }
        done
    })
    .await
}

async fn perform(
    tx: &Tx<'_>,
    writer: &mut Writer<'_, '_>,
    Read { operation, data }: &Read<'_>,
) -> Result<BatchItemResult<Deal>> {
    let existing = match operation.action {
        Action::Create => None,
        _ => find(tx, operation, data.as_ref()).await?,
    };
    let wanted = || data.as_ref().ok_or_else(|| required("#operation/data"));
    match (operation.action, existing) {
        (Action::Create, _) if operation.version.is_some() => Err(version_of_nothing("deal")),
        // The operation has a version, so the deal must exist.
        (Action::Upsert, None) if operation.version.is_some() => Err(Error::not_found()),
        (Action::Create, _) | (Action::Upsert, None) => Ok(BatchItemResult {
            outcome: BatchOutcome::Created,
            row: Some(writer.insert(wanted()?).await?),
        }),
        (_, None) => Err(Error::not_found()),
        (Action::Delete, Some(id)) => {
            writer.delete(id, operation.version.map(Into::into)).await?;
            Ok(BatchItemResult { outcome: BatchOutcome::Deleted, row: None })
        }
        (_, Some(id)) => Ok(BatchItemResult {
            outcome: BatchOutcome::Updated,
            row: Some(writer.update(id, operation.version.map(Into::into), wanted()?).await?),
        }),
    }
}

/// The live deal of an operation.
async fn find(
    tx: &Tx<'_>,
    operation: &Operation,
    data: Option<&DealUpdate>,
) -> Result<Option<DealId>> {
    match operation.by.unwrap_or(By::Id) {
        By::Id => {
            let id = operation.id.ok_or_else(|| required("#operation/id"))?;
            match operation.action {
                // A client cannot choose an id.
                Action::Upsert => super::get(tx, id).await.map(|deal| Some(deal.id)),
                _ => Ok(Some(id)),
            }
        }
        By::ExternalId => {
            let external_id = data
                .and_then(|data| data.external_id.clone().flatten())
                .ok_or_else(|| required("#/external_id"))?;
            let live = deals::table
                .filter(deals::deleted_at.is_null())
                .filter(deals::external_id.eq(external_id));
            Ok(live.select(deals::id).first(&mut tx.conn()).await.optional()?)
        }
    }
}
