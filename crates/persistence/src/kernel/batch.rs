//! Runs a batch of writes in one transaction: each is undone alone, or all together if one fails.
//! The resource defines what an operation does.

use domain::{Code, Error, FieldError, Place, Result, batch::BatchOutcome};

use crate::kernel::{db::Tx, locks};

/// The result of an operation.
#[derive(Debug)]
pub struct BatchItemResult<R> {
    pub outcome: BatchOutcome,
    /// The row after the operation; `None` if it was deleted.
    pub row: Option<R>,
}

/// Runs a batch, and returns the result or the error of every operation.
///
/// # Errors
/// Errors that are not the client's fault.
pub(crate) async fn run<T>(
    tx: &Tx<'_>,
    atomic: bool,
    operations: impl AsyncFnOnce() -> Result<Vec<Result<T>>>,
) -> Result<Vec<Result<T>>> {
    // Operations look rows up by keys that another batch or import may be about to insert
    // (docs/decisions/0111-writers-of-many-rows.md).
    locks::bulk(tx).await?;
    if !atomic {
        return operations().await;
    }
    // Keep the writes only if no operation has failed; otherwise the error carries the results out
    // of the savepoint.
    let mut results = None;
    let kept = tx
        .savepoint(async |_| {
            let done = operations().await?;
            let failed = done.iter().any(Result::is_err);
            results = Some(done);
            if failed { Err(Error::of(Code::BatchAborted)) } else { Ok(()) }
        })
        .await;
    match (kept, results) {
        (Ok(()), Some(results)) => Ok(results),
        (Err(_), Some(results)) => {
            let undone = |result: Result<T>| result.and(Err(Error::of(Code::BatchAborted)));
            Ok(results.into_iter().map(undone).collect())
        }
        (Err(error), None) => Err(error),
        (Ok(()), None) => Ok(Vec::new()),
    }
}

/// The result of the operation at this index, with error places that point into the whole body.
///
/// # Errors
/// Errors that are not the client's fault; they end the batch.
pub(crate) fn located<T>(outcome: Result<T>, index: usize) -> Result<Result<T>> {
    match outcome {
        Err(Error::Problem(mut problem)) => {
            problem.errors.iter_mut().for_each(|fault| lead_into(fault, index));
            Ok(Err(Error::Problem(problem)))
        }
        Err(ours) => Err(ours),
        Ok(done) => Ok(Ok(done)),
    }
}

/// Places of the operation itself begin with `#operation/`; all others are in its data.
fn lead_into(fault: &mut FieldError, index: usize) {
    // An operation has its version in the body.
    if let Place::Header(_) = &fault.place {
        fault.place = Place::Pointer("#operation/version".to_owned());
    }
    if let Place::Pointer(pointer) = &mut fault.place {
        let base = format!("#/operations/{index}");
        *pointer = match pointer.strip_prefix("#operation/") {
            Some(own) => format!("{base}/{own}"),
            // The error of an invalid form, whose place is complete already.
            None if pointer.starts_with("#/operations/") => return,
            None => format!("{base}/data{}", pointer.trim_start_matches('#')),
        };
    }
}

/// The error of a missing property of an operation, at a place of [`located`].
pub(crate) fn required(pointer: &str) -> Error {
    Error::invalid(vec![FieldError::at_pointer("required", pointer, "is required")])
}

/// The error of a creation with a version.
pub(crate) fn version_of_nothing(what: &str) -> Error {
    Error::invalid(vec![FieldError::at_pointer(
        "not_applicable",
        "#operation/version",
        format!("must not be sent for a new {what}"),
    )])
}

/// Attempts at an upsert: another transaction may insert the record first, and then be rolled back.
const ATTEMPTS: usize = 3;

/// Repeats an operation that failed because another transaction has inserted the same record, which
/// it then finds.
///
/// # Errors
/// Those of the last attempt.
pub(crate) async fn repeat<T>(
    is_lost_race: impl Fn(&Error) -> bool,
    mut attempt: impl AsyncFnMut() -> Result<T>,
) -> Result<T> {
    let mut attempts = 1;
    loop {
        match attempt().await {
            Err(error) if attempts < ATTEMPTS && is_lost_race(&error) => attempts += 1,
            outcome => return outcome,
        }
    }
}
