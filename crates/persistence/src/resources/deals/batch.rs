//! Many writes of deals in one transaction, each undone alone, or all together when one fails.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::{
    Code, Error, Fault, Place, Result,
    batch::BatchOutcome,
    deals::{
        AccountKeys, Deal, DealBatchAction as Action, DealBatchMatch as By,
        DealBatchOperation as Operation, DealUpdate,
    },
    ids::{DealId, PartnerId},
    schema::{deals, organizations},
};

use super::Writer;
use crate::kernel::{db::Tx, locks};

/// What an operation did.
#[derive(Debug)]
pub struct Done {
    pub outcome: BatchOutcome,
    /// The deal after it; none when it was deleted.
    pub deal: Option<Deal>,
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
) -> Result<Vec<Result<Done>>> {
    // Operations look deals up by keys that another batch or import may be about to insert
    // (docs/decisions/0111-writers-of-many-rows.md).
    locks::bulk(tx).await?;
    if !atomic {
        return run(tx, operations).await;
    }
    // What all did stays only when none failed; else the failure carries the results out of the
    // savepoint.
    let mut results = None;
    let kept = tx
        .savepoint(async |tx| {
            let done = run(tx, operations).await?;
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

/// An operation with its data as an edit.
struct Read<'a> {
    operation: &'a Operation,
    data: Option<DealUpdate>,
}

async fn run(
    tx: &Tx<'_>,
    operations: &[Result<Operation, Vec<Fault>>],
) -> Result<Vec<Result<Done>>> {
    let currency: String =
        organizations::table.select(organizations::currency).first(&mut tx.conn()).await?;
    let read: Vec<Result<Read<'_>>> =
        operations.iter().map(|operation| read(operation, &currency)).collect();
    let mut writer = Writer::new(tx).await?;
    let (partners, accounts) = concerned(tx, &read).await?;
    // All partners at once, before any deal: locked as the operations come, two batches could wait
    // for each other in a circle.
    writer.hold(partners).await?;
    writer.hold_accounts(&accounts).await?;
    let mut results = Vec::with_capacity(read.len());
    for (index, operation) in read.into_iter().enumerate() {
        let done = match operation {
            Ok(operation) => perform_or_repeat(tx, &mut writer, &operation).await,
            Err(error) => Err(error),
        };
        results.push(match done {
            Err(Error::Problem(mut problem)) => {
                problem.errors.iter_mut().for_each(|fault| lead_into(fault, index));
                Err(Error::Problem(problem))
            }
            Err(ours) => return Err(ours),
            Ok(done) => Ok(done),
        });
    }
    writer.finish().await?;
    Ok(results)
}

/// The data as an edit. A currency may be said, but no other than the organization's.
fn read<'a>(operation: &'a Result<Operation, Vec<Fault>>, currency: &str) -> Result<Read<'a>> {
    let operation = operation.as_ref().map_err(|faults| Error::invalid(faults.clone()))?;
    let Some(mut data) = operation.data.as_ref().map(|data| data.0.clone()) else {
        return Ok(Read { operation, data: None });
    };
    if data.remove("currency").is_some_and(|said| said != *currency) {
        let detail = format!("must be {currency}, the organization's currency");
        return Err(Error::field("currency_mismatch", "currency", detail));
    }
    let data = serde_json::from_value(data.into()).map_err(Error::internal)?;
    Ok(Read { operation, data: Some(data) })
}

/// The partners and the accounts that the operations name, and those of the deals that they name:
/// they are locked before anything else.
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
    let held = of_deals.iter().map(|(_, name, domain)| (name.as_str(), domain.as_deref()));
    let named = operations.iter().flatten().filter_map(|read| read.data.as_ref());
    let named = named.map(|data| {
        let domain = data.account_domain.as_ref().and_then(Option::as_deref);
        (data.account_name.as_deref().unwrap_or_default(), domain)
    });
    let accounts = held.chain(named).map(|(name, domain)| AccountKeys::new(name, domain));
    Ok((partners, accounts.collect()))
}

/// Attempts at an upsert: somebody else may be faster, and then be undone.
const ATTEMPTS: usize = 3;

/// An upsert that somebody was faster at is an update.
async fn perform_or_repeat(
    tx: &Tx<'_>,
    writer: &mut Writer<'_, '_>,
    read: &Read<'_>,
) -> Result<Done> {
    let by_key = read.operation.action == Action::Upsert
        && read.operation.by == Some(By::ExternalId)
        && read.operation.version.is_none();
    let mut attempts = 0;
    loop {
        attempts += 1;
        // Locks that were taken inside a savepoint go when it is rolled back, so the writer has to
        // forget them as well.
        let held = writer.held();
        let error = match tx.savepoint(async |_| perform(tx, writer, read).await).await {
            Ok(done) => return Ok(done),
            Err(error) => error,
        };
        writer.release_to(held);
        if !by_key || attempts == ATTEMPTS || !is_lost_race(&error) {
            return Err(error);
        }
    }
}

fn is_lost_race(error: &Error) -> bool {
    matches!(error.code(), Code::ExternalIdTaken | Code::NotFound)
}

/// Places of the operation itself begin with `#operation/`; all others lie in its data.
fn lead_into(fault: &mut Fault, index: usize) {
    if let Place::Pointer(pointer) = &mut fault.place {
        let base = format!("#/operations/{index}");
        *pointer = match pointer.strip_prefix("#operation/") {
            Some(own) => format!("{base}/{own}"),
            // Of a form that was wrong: complete already.
            None if pointer.starts_with("#/operations/") => return,
            None => format!("{base}/data{}", pointer.trim_start_matches('#')),
        };
    }
}

fn required(pointer: &str) -> Error {
    Error::invalid(vec![Fault::at_pointer("required", pointer, "is required")])
}

async fn perform(
    tx: &Tx<'_>,
    writer: &mut Writer<'_, '_>,
    Read { operation, data }: &Read<'_>,
) -> Result<Done> {
    let existing = match operation.action {
        Action::Create => None,
        _ => find(tx, operation, data.as_ref()).await?,
    };
    let wanted = || data.as_ref().ok_or_else(|| required("#operation/data"));
    match (operation.action, existing) {
        (Action::Create, _) if operation.version.is_some() => {
            let fault = Fault::at_pointer(
                "not_applicable",
                "#operation/version",
                "a new deal has no version yet",
            );
            Err(Error::invalid(vec![fault]))
        }
        // A version was asked for, so the deal was expected to be there.
        (Action::Upsert, None) if operation.version.is_some() => Err(Error::not_found()),
        (Action::Create, _) | (Action::Upsert, None) => {
            Ok(Done { outcome: BatchOutcome::Created, deal: Some(writer.insert(wanted()?).await?) })
        }
        (_, None) => Err(Error::not_found()),
        (Action::Delete, Some(id)) => {
            writer.delete(id, operation.version.map(Into::into)).await?;
            Ok(Done { outcome: BatchOutcome::Deleted, deal: None })
        }
        (_, Some(id)) => Ok(Done {
            outcome: BatchOutcome::Updated,
            deal: Some(writer.update(id, operation.version.map(Into::into), wanted()?).await?),
        }),
    }
}

/// The live deal that an operation means.
async fn find(
    tx: &Tx<'_>,
    operation: &Operation,
    data: Option<&DealUpdate>,
) -> Result<Option<DealId>> {
    match operation.by.unwrap_or(By::Id) {
        By::Id => {
            let id = operation.id.ok_or_else(|| required("#operation/id"))?;
            match operation.action {
                // An id cannot be wished for.
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
