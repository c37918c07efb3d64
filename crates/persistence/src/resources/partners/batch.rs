//! Batches of writes to partners in one transaction: each is undone alone, or all together if one
//! fails.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::{
    Code, Error, FieldError, Result,
    access::WriteMode,
    batch::BatchOutcome,
    ids::PartnerId,
    partners::{
        Partner, PartnerBatchAction as Action, PartnerBatchMatch as By,
        PartnerBatchOperation as Operation, PartnerCreatedVia, PartnerUpdate, changes_of,
    },
    schema::partners,
};

use super::tier_rules;
use crate::kernel::{
    batch::{self, BatchItemResult, required, version_of_nothing},
    db::Tx,
    locks,
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
    created_via: PartnerCreatedVia,
    mode: WriteMode,
) -> Result<Vec<Result<BatchItemResult<Partner>>>> {
    batch::run(tx, atomic, async || run(tx, operations, created_via, mode).await).await
}

async fn run(
    tx: &Tx<'_>,
    operations: &[Result<Operation, Vec<FieldError>>],
    created_via: PartnerCreatedVia,
    mode: WriteMode,
) -> Result<Vec<Result<BatchItemResult<Partner>>>> {
    lock_all(tx, operations).await?;
    let mut results = Vec::with_capacity(operations.len());
    for (index, operation) in operations.iter().enumerate() {
        let done = match operation {
            Ok(operation) => perform_or_repeat(tx, operation, created_via, mode).await,
            Err(faults) => Err(Error::invalid(faults.clone())),
        };
        results.push(batch::located(done, index)?);
    }
    Ok(results)
}

/// Locks all partners of the operations before the first of them is written, in the order of ids,
/// whatever the order of the operations.
async fn lock_all(tx: &Tx<'_>, operations: &[Result<Operation, Vec<FieldError>>]) -> Result<()> {
    let (mut ids, mut domains, mut external_ids) = (Vec::new(), Vec::new(), Vec::new());
    for operation in operations.iter().flatten().filter(|one| one.action != Action::Create) {
        match operation.by.unwrap_or(By::Id) {
            By::Id => ids.extend(operation.id),
            By::Domain => domains.extend(text(operation, "domain")),
            By::ExternalId => external_ids.extend(text(operation, "external_id")),
        }
    }
    let has_one = partners::domain.eq_any(domains).or(partners::external_id.eq_any(external_ids));
    let meant = partners::deleted_at.is_null().nullable().and(has_one);
    let found: Vec<PartnerId> =
        partners::table.filter(meant).select(partners::id).load(&mut tx.conn()).await?;
    ids.extend(found);
    let _rules = tier_rules::lock_shared(tx).await?;
    locks::partners(tx, ids).await?;
    Ok(())
}

fn text(operation: &Operation, field: &str) -> Option<String> {
    operation.data.as_ref()?.0.get(field)?.as_str().map(str::to_owned)
}

/// An upsert updates the partner if another transaction has inserted it first.
async fn perform_or_repeat(
    tx: &Tx<'_>,
    operation: &Operation,
    created_via: PartnerCreatedVia,
    mode: WriteMode,
) -> Result<BatchItemResult<Partner>> {
    let taken = match (operation.action, operation.by, operation.version) {
        (Action::Upsert, Some(By::Domain), None) => Some(Code::DomainTaken),
        (Action::Upsert, Some(By::ExternalId), None) => Some(Code::ExternalIdTaken),
        _ => None,
    };
    let is_lost_race =
        |error: &Error| taken.is_some_and(|taken| [taken, Code::NotFound].contains(&error.code()));
    batch::repeat(is_lost_race, async || {
        tx.savepoint(async |tx| perform(tx, operation, created_via, mode).await).await
    })
    .await
}

async fn perform(
    tx: &Tx<'_>,
    operation: &Operation,
    created_via: PartnerCreatedVia,
    mode: WriteMode,
) -> Result<BatchItemResult<Partner>> {
    let existing = match operation.action {
        Action::Create => None,
        _ => find(tx, operation).await?,
    };
    match (operation.action, existing) {
        (Action::Create, _) | (Action::Upsert, None) => {
            match operation.action {
                Action::Create if operation.version.is_some() => {
                    return Err(version_of_nothing("partner"));
                }
                // The operation has a version, so the partner must exist.
                Action::Upsert if operation.version.is_some() => return Err(Error::not_found()),
                _ => {}
            }
            let data = data(operation)?;
            let missing: Vec<FieldError> = ["name", "type"]
                .iter()
                .filter(|name| !has(data, name))
                .map(|name| FieldError::at_pointer("required", format!("#/{name}"), "is required"))
                .collect();
            if !missing.is_empty() {
                return Err(Error::invalid(missing));
            }
            let partner = super::insert(tx, changes_of(&data.0), None, created_via, mode).await?;
            Ok(BatchItemResult { outcome: BatchOutcome::Created, row: Some(partner) })
        }
        (_, None) => Err(Error::not_found()),
        (Action::Delete, Some(id)) => {
            super::delete(tx, id, operation.version.map(Into::into)).await?;
            Ok(BatchItemResult { outcome: BatchOutcome::Deleted, row: None })
        }
        (_, Some(id)) => {
            let expected = operation.version.map(Into::into);
            let partner =
                super::update(tx, id, expected, changes_of(&data(operation)?.0), mode).await?;
            Ok(BatchItemResult { outcome: BatchOutcome::Updated, row: Some(partner) })
        }
    }
}

fn has(data: &PartnerUpdate, name: &str) -> bool {
    data.0.get(name).is_some_and(|value| !value.is_null())
}

fn data(operation: &Operation) -> Result<&PartnerUpdate> {
    operation.data.as_ref().ok_or_else(|| required("#operation/data"))
}

/// The live partner of an operation.
async fn find(tx: &Tx<'_>, operation: &Operation) -> Result<Option<PartnerId>> {
    let value = |name: &str| -> Result<String> {
        text(operation, name).ok_or_else(|| required(&format!("#/{name}")))
    };
    let live = partners::table.filter(partners::deleted_at.is_null()).select(partners::id);
    let found = match operation.by.unwrap_or(By::Id) {
        By::Id => {
            let id = operation.id.ok_or_else(|| required("#operation/id"))?;
            return match operation.action {
                // A client cannot choose an id.
                Action::Upsert => super::get(tx, id).await.map(|partner| Some(partner.summary.id)),
                _ => Ok(Some(id)),
            };
        }
        By::ExternalId => live
            .filter(partners::external_id.eq(value("external_id")?))
            .get_result(&mut tx.conn())
            .await
            .optional()?,
        By::Domain => live
            .filter(partners::domain.eq(value("domain")?))
            .get_result(&mut tx.conn())
            .await
            .optional()?,
    };
    Ok(found)
}
