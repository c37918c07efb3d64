//! Many writes in one transaction, each undone alone, or all together when one fails. What an
//! operation does is the affair of its resource.

use domain::{Code, Error, FieldError, Place, Result, batch::BatchOutcome};

use crate::kernel::{db::Tx, locks};

/// What an operation did.
#[derive(Debug)]
pub struct BatchItemResult<R> {
    pub outcome: BatchOutcome,
    /// The row after it; none when it was deleted.
    pub row: Option<R>,
}

/// Carries a batch out: for every operation what it did, or why not.
///
/// # Errors
/// Whatever is not the client's fault.
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
    // What all did stays only when none failed; else the failure carries the results out of the
    // savepoint.
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

/// What became of the operation at this place, with places that lead into the whole body.
///
/// # Errors
/// Whatever is not the client's fault: it ends the batch.
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

/// Places of the operation itself begin with `#operation/`; all others lie in its data.
fn lead_into(fault: &mut FieldError, index: usize) {
    // An operation states its version in the body.
    if let Place::Header(_) = &fault.place {
        fault.place = Place::Pointer("#operation/version".to_owned());
    }
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

/// Something that an operation must say, at a place of [`located`].
pub(crate) fn required(pointer: &str) -> Error {
    Error::invalid(vec![FieldError::at_pointer("required", pointer, "is required")])
}

/// A creation that names a version.
pub(crate) fn version_of_nothing(what: &str) -> Error {
    Error::invalid(vec![FieldError::at_pointer(
        "not_applicable",
        "#operation/version",
        format!("a new {what} has no version yet"),
    )])
}

/// Attempts at an upsert: somebody else may be faster, and then be undone.
const ATTEMPTS: usize = 3;

/// An operation that somebody was faster at is tried again: then it finds what was made.
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
