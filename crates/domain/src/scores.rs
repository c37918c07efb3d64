//! Scores: how well a partner fits, how the relationship stands, and the evidence for both (contract section 3.7).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::choices;

choices! {
    /// One of the four C's.
    FitDimension {
        /// Can they deliver at scale?
        Capacity = "capacity",
        /// Do they have what we need?
        Capability = "capability",
        /// Do they act?
        Commitment = "commitment",
        /// Do they reach our customers?
        CustomerAlignment = "customer_alignment",
    }
    /// What a piece of evidence moved: one of the four C's, or the health of the relationship.
    ScoreDimension {
        Capacity = "capacity",
        Capability = "capability",
        Commitment = "commitment",
        CustomerAlignment = "customer_alignment",
        Health = "health",
    }
}

/// One reason for a score: 50 and the effects of a dimension are together its score.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ScoreEvidence {
    /// What it moved.
    pub dimension: ScoreDimension,
    /// By how many points. 0: it was looked at and is not known.
    #[schema(minimum = -100, maximum = 100, example = 13)]
    pub effect: i64,
    /// Why, in words.
    #[schema(max_length = 500, example = "Has at least 50 employees: 120")]
    pub reason: String,
    /// The field of the partner that it is about, when it is about one.
    #[schema(max_length = 60, example = "employees")]
    pub field: Option<String>,
    /// The criterion of the ideal partner profile, when it is one.
    #[schema(max_length = 40, example = "head_count")]
    pub criterion_key: Option<String>,
}
