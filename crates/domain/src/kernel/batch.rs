//! What the batches of all resources have in common.

/// What an operation of a batch did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BatchOutcome {
    Created,
    Updated,
    Deleted,
}
