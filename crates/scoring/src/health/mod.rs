//! The health score: the state of the relationship with a partner.
//!
//! It starts at 50 and moves by ten signals. Each signal is measured as a number from -1000 to 1000
//! (permille) by a documented formula, see [`signals`]; its effect is `points x permille / 1000`,
//! rounded half up. An unknown value has no effect, and its evidence says so. The sum is clamped to
//! 0..=100; the difference made by the clamp is evidence of its own.
//!
//! No signal decreases when a deal is won, whether the deal is new or was open before
//! (property-tested). Therefore a "trend" gives recent results more weight than old ones, and never
//! counts an older success against a newer one.
//!
//! How the points were chosen: `docs/scoring.md`.

pub mod signals;
mod time;

use domain::scores::{ScoreDimension, ScoreEvidence};

use crate::{facts::PartnerFacts, fit::MAX_REASON, text::shortened};

pub use signals::{COUNT, Points, Signal};

/// The health of a relationship.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Health {
    /// 0 to 100.
    pub score: i64,
    pub signals: Vec<Signal>,
}

/// Computes the health with the built-in points.
pub fn judge(facts: &PartnerFacts) -> Health {
    judge_by(facts, &signals::points())
}

/// Computes the health with other points, for a comparison.
pub fn judge_by(facts: &PartnerFacts, points: &Points) -> Health {
    let signals = signals::measure(facts, points);
    let sum = 50 + signals.iter().map(|signal| signal.effect).sum::<i64>();
    Health { score: sum.clamp(0, 100), signals }
}

impl Health {
    /// One entry per signal, and one for the clamp if it had an effect: 50 plus the effects is the
    /// score.
    pub fn evidence(&self) -> Vec<ScoreEvidence> {
        let entry = |effect: i64, reason: &str, field: Option<&str>| ScoreEvidence {
            dimension: ScoreDimension::Health,
            effect,
            reason: shortened(reason, MAX_REASON),
            field: field.map(str::to_owned),
            criterion_key: None,
        };
        let mut evidence: Vec<_> =
            self.signals.iter().map(|s| entry(s.effect, &s.reason, s.field)).collect();
        let sum = 50 + self.signals.iter().map(|signal| signal.effect).sum::<i64>();
        if sum != self.score {
            evidence.push(entry(
                self.score - sum,
                &format!("A score is between 0 and 100, so {sum} counts as {}", self.score),
                None,
            ));
        }
        evidence
    }
}

/// The value of open (approved) deals.
pub(crate) fn open_value(facts: &PartnerFacts) -> i64 {
    time::value(time::Measured::new(facts).open())
}
