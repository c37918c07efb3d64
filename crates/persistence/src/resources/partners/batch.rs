//! Many writes of partners in one transaction, each undone alone, or all together when one fails.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::{
    Code, Error, Fault, Place, Result,
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
use crate::kernel::{db::Tx, locks};

/// What an operation did.
#[derive(Debug)]
pub struct Done {
    pub outcome: BatchOutcome,
    /// The partner after it; none when it was deleted.
    pub partner: Option<Partner>,
}

/// Carries a batch out: for every operation what it did, or why not. Pointers lead into the whole
/// body.
///
/// Operations whose form is wrong come as their faults.
///
/// # Errors
/// Whatever is not the client's fault.
pub async fn batch(
    tx: &Tx<'_>,
    operations: &[Result<Operation, Vec<Fault>>],
    atomic: bool,
    created_via: PartnerCreatedVia,
    mode: WriteMode,
) -> Result<Vec<Result<Done>>> {
    locks::bulk(tx).await?;
    if !atomic {
        return run(tx, operations, created_via, mode).await;
    }
    // What all did stays only when none failed; else the failure carries the results out of the
    // savepoint.
    let mut results = None;
    let kept = tx
        .savepoint(async |tx| {
            let done = run(tx, operations, created_via, mode).await?;
            let failed = done.iter().any(Result::is_err);
            results = Some(done);
            if failed { Err(Error::of(Code::BatchAborted)) } else { Ok(()) }
        })
        .await;
    match (kept, results) {
        (Ok(()), Some(results)) => Ok(results),
        (Err(_), Some(results)) => Ok(results
            .into_iter()
            .map(|result| result.and(Err(Error::of(Code::BatchAborted))))
            .collect()),
        (Err(error), None) => Err(error),
        (Ok(()), None) => Ok(Vec::new()),
    }
}

async fn run(
    tx: &Tx<'_>,
    operations: &[Result<Operation, Vec<Fault>>],
    created_via: PartnerCreatedVia,
    mode: WriteMode,
) -> Result<Vec<Result<Done>>> {
    lock_all(tx, operations).await?;
    let mut results = Vec::with_capacity(operations.len());
    for (index, operation) in operations.iter().enumerate() {
        let operation = match operation {
            Ok(operation) => operation,
            Err(faults) => {
                results.push(Err(Error::invalid(faults.clone())));
                continue;
            }
        };
        let done = perform_or_repeat(tx, operation, created_via, mode).await;
        results.push(match done {
            Err(Error::Problem(mut problem)) => {
                problem.errors.iter_mut().for_each(|fault| lead_into(fault, index));
                Err(Error::Problem(problem))
            }
            Err(ours) => return Err(ours),
            Ok(done) => Ok(done),
        });
    }
    Ok(results)
}

/// Locks every partner that the operations mean, before the first of them is written: in the order
/// of ids, whatever order the operations stand in.
async fn lock_all(tx: &Tx<'_>, operations: &[Result<Operation, Vec<Fault>>]) -> Result<()> {
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

/// Attempts at an upsert: somebody else may be faster, and then be undone.
const ATTEMPTS: usize = 3;

/// An upsert that somebody was faster at is an update.
async fn perform_or_repeat(
    tx: &Tx<'_>,
    operation: &Operation,
    created_via: PartnerCreatedVia,
    mode: WriteMode,
) -> Result<Done> {
    let taken = match (operation.action, operation.by, operation.version) {
        (Action::Upsert, Some(By::Domain), None) => Some(Code::DomainTaken),
        (Action::Upsert, Some(By::ExternalId), None) => Some(Code::ExternalIdTaken),
        _ => None,
    };
    let mut attempts = 0;
    loop {
        attempts += 1;
        let done = tx.savepoint(async |tx| perform(tx, operation, created_via, mode).await).await;
        let Err(error) = done else { return done };
        let is_lost_race = taken.is_some_and(|taken| error.code() == taken)
            || taken.is_some() && error.code() == Code::NotFound;
        if !is_lost_race || attempts == ATTEMPTS {
            return Err(error);
        }
    }
}

/// Places of the operation itself begin with `#operation/`; all others lie in its data.
fn lead_into(fault: &mut Fault, index: usize) {
    // An operation states its version in the body.
    if let Place::Header(_) = &fault.place {
        fault.place = Place::Pointer("#operation/version".to_owned());
    }
    if let Place::Pointer(pointer) = &mut fault.place {
        let base = format!("#/operations/{index}");
        *pointer = match pointer.strip_prefix("#operation/") {
            Some(own) => format!("{base}/{own}"),
            None => format!("{base}/data{}", pointer.trim_start_matches('#')),
        };
    }
}

fn required(pointer: &str) -> Fault {
    Fault::at_pointer("required", pointer, "is required")
}

async fn perform(
    tx: &Tx<'_>,
    operation: &Operation,
    created_via: PartnerCreatedVia,
    mode: WriteMode,
) -> Result<Done> {
    let existing = match operation.action {
        Action::Create => None,
        _ => find(tx, operation).await?,
    };
    match (operation.action, existing) {
        (Action::Create, _) | (Action::Upsert, None) => {
            match operation.action {
                Action::Create if operation.version.is_some() => {
                    let fault = Fault::at_pointer(
                        "not_applicable",
                        "#operation/version",
                        "a new partner has no version yet",
                    );
                    return Err(Error::invalid(vec![fault]));
                }
                // A version was asked for, so the partner was expected to be there.
                Action::Upsert if operation.version.is_some() => return Err(Error::not_found()),
                _ => {}
            }
            let data = data(operation)?;
            let missing: Vec<Fault> = ["name", "type"]
                .iter()
                .filter(|name| !has(data, name))
                .map(|name| required(&format!("#/{name}")))
                .collect();
            if !missing.is_empty() {
                return Err(Error::invalid(missing));
            }
            let partner = super::insert(tx, changes_of(&data.0), None, created_via, mode).await?;
            Ok(Done { outcome: BatchOutcome::Created, partner: Some(partner) })
        }
        (_, None) => Err(Error::not_found()),
        (Action::Delete, Some(id)) => {
            super::delete(tx, id, operation.version.map(Into::into)).await?;
            Ok(Done { outcome: BatchOutcome::Deleted, partner: None })
        }
        (_, Some(id)) => {
            let expected = operation.version.map(Into::into);
            let partner =
                super::update(tx, id, expected, changes_of(&data(operation)?.0), mode).await?;
            Ok(Done { outcome: BatchOutcome::Updated, partner: Some(partner) })
        }
    }
}

fn has(data: &PartnerUpdate, name: &str) -> bool {
    data.0.get(name).is_some_and(|value| !value.is_null())
}

fn data(operation: &Operation) -> Result<&PartnerUpdate> {
    operation.data.as_ref().ok_or_else(|| Error::invalid(vec![required("#operation/data")]))
}

/// The live partner that an operation means.
async fn find(tx: &Tx<'_>, operation: &Operation) -> Result<Option<PartnerId>> {
    let value = |name: &str| -> Result<String> {
        text(operation, name).ok_or_else(|| Error::invalid(vec![required(&format!("#/{name}"))]))
    };
    let live = partners::table.filter(partners::deleted_at.is_null()).select(partners::id);
    let found = match operation.by.unwrap_or(By::Id) {
        By::Id => {
            let id = operation.id.ok_or_else(|| Error::invalid(vec![required("#operation/id")]))?;
            return match operation.action {
                // An id cannot be wished for.
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
