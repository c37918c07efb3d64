//! The fit score: the criteria of the ideal partner profile applied to a partner, with evidence for
//! every point.

use domain::{
    partners::FourCBreakdown,
    scores::{FitDimension, ScoreDimension, ScoreEvidence},
};

use crate::{
    conditions,
    facts::{Criterion, PartnerFacts, Profile},
    text::{one_line, shortened},
};

/// The engine and its version, which increases whenever the same facts may give another result.
pub const ENGINE: &str = "rules/1";

/// The longest reason in characters.
pub const MAX_REASON: usize = 500;

/// The four dimensions in their order.
pub const DIMENSIONS: [FitDimension; 4] = [
    FitDimension::Capacity,
    FitDimension::Capability,
    FitDimension::Commitment,
    FitDimension::CustomerAlignment,
];

/// The result of a criterion for a partner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Met,
    NotMet,
    /// Every field of the filter is null or an empty array: the criterion has no effect.
    Unknown,
}

impl Outcome {
    /// The text of the result.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Met => "yes",
            Self::NotMet => "no",
            Self::Unknown => "not known",
        }
    }
}

/// The fit of a partner.
#[derive(Debug, Clone, PartialEq)]
pub struct Fit {
    /// 0 to 100: the dimensions weighted by the profile.
    pub score: i64,
    pub breakdown: FourCBreakdown,
    /// One entry per criterion; 50 and the effects of a dimension are its score.
    pub evidence: Vec<ScoreEvidence>,
    /// The result of each criterion of the profile, in its order.
    pub outcomes: Vec<Outcome>,
}

/// Computes the fit by the criteria of the profile.
pub fn fit(facts: &PartnerFacts, profile: &Profile) -> Fit {
    let outcomes: Vec<Outcome> =
        profile.criteria.iter().map(|criterion| outcome(criterion, facts, profile)).collect();
    let mut breakdown =
        FourCBreakdown { capacity: 50, capability: 50, commitment: 50, customer_alignment: 50 };
    let mut evidence = Vec::with_capacity(outcomes.len());
    for dimension in DIMENSIONS {
        let judged: Vec<(&Criterion, Outcome)> = profile
            .criteria
            .iter()
            .zip(outcomes.iter().copied())
            .filter(|(criterion, _)| criterion.dimension == dimension)
            .collect();
        let votes: Vec<(i64, Outcome)> =
            judged.iter().map(|(criterion, outcome)| (criterion.weight, *outcome)).collect();
        let (score, effects) = tally(&votes);
        *part(&mut breakdown, dimension) = score;
        evidence.extend(
            judged
                .iter()
                .zip(effects)
                .map(|((criterion, outcome), effect)| entry(criterion, *outcome, effect, facts)),
        );
    }
    Fit { score: fit_score(&breakdown, &profile.weights), breakdown, evidence, outcomes }
}

/// The result of a criterion for a partner.
pub fn outcome(criterion: &Criterion, facts: &PartnerFacts, profile: &Profile) -> Outcome {
    if conditions::fields(&criterion.filter)
        .iter()
        .all(|field| conditions::is_unknown(field, facts))
    {
        Outcome::Unknown
    } else if criterion.filter.matches(&facts.row, &profile.ranks) {
        Outcome::Met
    } else {
        Outcome::NotMet
    }
}

/// The dimensions weighted by `weights` (basis points, together 10000), rounded half up: 0 to 100.
pub fn fit_score(breakdown: &FourCBreakdown, weights: &FourCBreakdown) -> i64 {
    let sum: i64 = DIMENSIONS
        .iter()
        .map(|dimension| of(breakdown, *dimension) * of(weights, *dimension))
        .sum();
    // Integers only, so that the same facts give the same score on every machine.
    (sum + 5_000) / 10_000
}

/// The value of a dimension.
pub fn of(breakdown: &FourCBreakdown, dimension: FitDimension) -> i64 {
    match dimension {
        FitDimension::Capacity => breakdown.capacity,
        FitDimension::Capability => breakdown.capability,
        FitDimension::Commitment => breakdown.commitment,
        FitDimension::CustomerAlignment => breakdown.customer_alignment,
    }
}

/// A mutable reference to a dimension.
pub fn part(breakdown: &mut FourCBreakdown, dimension: FitDimension) -> &mut i64 {
    match dimension {
        FitDimension::Capacity => &mut breakdown.capacity,
        FitDimension::Capability => &mut breakdown.capability,
        FitDimension::Commitment => &mut breakdown.commitment,
        FitDimension::CustomerAlignment => &mut breakdown.customer_alignment,
    }
}

/// The dimension as evidence refers to it.
pub fn evidence_dimension(dimension: FitDimension) -> ScoreDimension {
    match dimension {
        FitDimension::Capacity => ScoreDimension::Capacity,
        FitDimension::Capability => ScoreDimension::Capability,
        FitDimension::Commitment => ScoreDimension::Commitment,
        FitDimension::CustomerAlignment => ScoreDimension::CustomerAlignment,
    }
}

/// The score of a dimension and the effect of each of its criteria. Exactly `+50 w/W` when met and
/// `-50 w/W` when not, where W is the sum of the weights with a known result; as integers by
/// largest remainder (among equal ones the earlier criterion), so that 50 plus the effects is the
/// score.
fn tally(votes: &[(i64, Outcome)]) -> (i64, Vec<i64>) {
    let weight_of = |wanted: &[Outcome]| {
        votes.iter().filter(|(_, outcome)| wanted.contains(outcome)).map(|(w, _)| w).sum::<i64>()
    };
    let known = weight_of(&[Outcome::Met, Outcome::NotMet]);
    if known == 0 {
        return (50, vec![0; votes.len()]);
    }
    let score = (200 * weight_of(&[Outcome::Met]) + known) / (2 * known);
    let exact: Vec<i64> = votes
        .iter()
        .map(|(weight, outcome)| match outcome {
            Outcome::Met => 50 * weight,
            Outcome::NotMet => -50 * weight,
            Outcome::Unknown => 0,
        })
        .collect();
    let mut effects: Vec<i64> = exact.iter().map(|share| share.div_euclid(known)).collect();
    let mut order: Vec<usize> = (0..votes.len()).collect();
    order.sort_by_key(|i| std::cmp::Reverse(exact[*i].rem_euclid(known)));
    // Largest remainder: what rounding down has removed is given back to the criteria that lost
    // most, so that the effects add up to the score.
    let missing = score - 50 - effects.iter().sum::<i64>();
    for i in order.into_iter().take(usize::try_from(missing).unwrap_or_default()) {
        effects[i] += 1;
    }
    (score, effects)
}

fn entry(
    criterion: &Criterion,
    outcome: Outcome,
    effect: i64,
    facts: &PartnerFacts,
) -> ScoreEvidence {
    let held = conditions::explain_met(&criterion.filter, facts);
    let label = one_line(&criterion.label);
    let reason = match outcome {
        Outcome::Unknown => format!("{label}: unknown, so it has no effect ({held})"),
        _ => format!(
            "{label}: {} ({held}; required: {})",
            outcome.as_str(),
            conditions::explain_unmet(&criterion.filter, facts)
        ),
    };
    let field = match conditions::fields(&criterion.filter).as_slice() {
        [only] => Some(only.name.to_owned()),
        _ => None,
    };
    ScoreEvidence {
        dimension: evidence_dimension(criterion.dimension),
        effect,
        reason: shortened(&reason, MAX_REASON),
        field,
        criterion_key: Some(criterion.key.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Outcome::{Met, NotMet, Unknown};

    #[test]
    fn dimensions_are_as_computed_by_hand() {
        for (votes, expected) in [
            (vec![], (50, vec![])),
            (vec![(3, Unknown)], (50, vec![0])),
            (vec![(3, Met), (9, Unknown)], (100, vec![50, 0])),
            // 2/3: 66.7; effects 16.7, 16.7 and -16.7.
            (vec![(1, Met), (1, Met), (1, NotMet)], (67, vec![17, 17, -17])),
            // 1/8: 12.5, half up 13; effects 6.25 and -43.75, equally far from the whole numbers
            // below: the earlier rises.
            (vec![(1, Met), (7, NotMet)], (13, vec![7, -44])),
            // 5/7: 71.4; effects -14.29 and 35.71, again equally far.
            (vec![(2, NotMet), (5, Met)], (71, vec![-14, 35])),
        ] {
            assert_eq!(tally(&votes), expected, "{votes:?}");
        }
    }

    #[test]
    fn fit_is_weighted_and_rounded_half_up() {
        let four = |capacity, capability, commitment, customer_alignment| FourCBreakdown {
            capacity,
            capability,
            commitment,
            customer_alignment,
        };
        assert_eq!(
            fit_score(&four(100, 67, 100, 100), &four(2_500, 2_500, 2_500, 2_500)),
            92,
            "91.75"
        );
        assert_eq!(fit_score(&four(51, 50, 50, 51), &four(5_000, 5_000, 0, 0)), 51, "50.5");
        assert_eq!(fit_score(&four(100, 0, 100, 100), &four(0, 10_000, 0, 0)), 0);
    }
}
