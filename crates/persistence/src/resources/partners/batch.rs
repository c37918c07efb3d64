//! Many writes of partners in one transaction, each undone alone, or all together when one fails.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::{
    Code, Error, FieldError, Result,
    access::WriteMode,
    batch::BatchOutcome,
    ids::PartnerId,
    partners::{
        Partner, PartnerBatchAction as Action, PartnerBatchMatch as By,
        PartnerBatchOperation as Operation, PartnerCreatedVia, PartnerKey, PartnerUpdate,
    },
    schema::partners,
};

use super::tier_rules;
use crate::kernel::{
    batch::{self, BatchItemResult, required, version_of_nothing},
    db::Tx,
    locks,
};

/// Carries a batch out: for every operation what it did, or why not. Pointers lead into the whole
/// body.
///
/// Operations whose form is wrong come as their faults.
///
/// # Errors
/// Whatever is not the client's fault.
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

/// Locks every partner that the operations mean, before the first of them is written: in the order
/// of ids, whatever order the operations stand in.
async fn lock_all(tx: &Tx<'_>, operations: &[Result<Operation, Vec<FieldError>>]) -> Result<()> {
    let (mut ids, mut domains, mut external_ids) = (Vec::new(), Vec::new(), Vec::new());
    for operation in operations.iter().flatten().filter(|one| one.action != Action::Create) {
        match operation.by.unwrap_or(By::Id) {
            By::Id => ids.extend(operation.id),
            By::Domain => domains.extend(text(operation, PartnerKey::Domain)),
            By::ExternalId => external_ids.extend(text(operation, PartnerKey::ExternalId)),
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

fn text(operation: &Operation, key: PartnerKey) -> Option<String> {
    operation.data.as_ref()?.value(key)?.as_text().map(str::to_owned)
}

/// An upsert that somebody was faster at is an update.
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
                // A version was asked for, so the partner was expected to be there.
                Action::Upsert if operation.version.is_some() => return Err(Error::not_found()),
                _ => {}
            }
            let data = data(operation)?;
            let missing: Vec<FieldError> = [PartnerKey::Name, PartnerKey::Type]
                .into_iter()
                .filter(|key| data.value(*key).is_none_or(|value| value.is_null()))
                .map(|key| {
                    let place = format!("#/{}", key.name());
                    FieldError::at_pointer("required", place, "is required")
                })
                .collect();
            if !missing.is_empty() {
                return Err(Error::invalid(missing));
            }
            let partner = super::insert(tx, data.changes(), None, created_via, mode).await?;
            Ok(BatchItemResult { outcome: BatchOutcome::Created, row: Some(partner) })
        }
        (_, None) => Err(Error::not_found()),
        (Action::Delete, Some(id)) => {
            super::delete(tx, id, operation.version.map(Into::into)).await?;
            Ok(BatchItemResult { outcome: BatchOutcome::Deleted, row: None })
        }
        (_, Some(id)) => {
            let expected = operation.version.map(Into::into);
            let partner = super::update(tx, id, expected, data(operation)?.changes(), mode).await?;
            Ok(BatchItemResult { outcome: BatchOutcome::Updated, row: Some(partner) })
        }
    }
}

fn data(operation: &Operation) -> Result<&PartnerUpdate> {
    operation.data.as_ref().ok_or_else(|| required("#operation/data"))
}

/// The live partner that an operation means.
async fn find(tx: &Tx<'_>, operation: &Operation) -> Result<Option<PartnerId>> {
    let value = |key: PartnerKey| -> Result<String> {
        text(operation, key).ok_or_else(|| required(&format!("#/{}", key.name())))
    };
    let live = partners::table.filter(partners::deleted_at.is_null()).select(partners::id);
    let found = match operation.by.unwrap_or(By::Id) {
        By::Id => {
            let id = operation.id.ok_or_else(|| required("#operation/id"))?;
            return match operation.action {
                // An id cannot be wished for.
                Action::Upsert => super::get(tx, id).await.map(|partner| Some(partner.summary.id)),
                _ => Ok(Some(id)),
            };
        }
        By::ExternalId => live
            .filter(partners::external_id.eq(value(PartnerKey::ExternalId)?))
            .get_result(&mut tx.conn())
            .await
            .optional()?,
        By::Domain => live
            .filter(partners::domain.eq(value(PartnerKey::Domain)?))
            .get_result(&mut tx.conn())
            .await
            .optional()?,
    };
    Ok(found)
}
