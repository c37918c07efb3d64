//! What the batches of all resources have in common.

/// The result of an operation of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BatchOutcome {
    Created,
    Updated,
    Deleted,
}
