//! Between what is kept and what is judged: `persistence` knows no scoring, and `scoring` no
//! database.

use domain::{
    Error, Result, filter,
    ideal_partner_profile::{IdealPartnerCriterion, IdealPartnerProfile},
    organizations::{Organization, today},
    partners::PARTNER,
    timestamp::Timestamp,
};
use persistence::{
    Tx, ideal_partner_profile,
    listing::tier_ranks,
    organizations,
    scores::{ScoredDeal, ScoredPartner},
};
use scoring::facts::{Criterion, DealFact, PartnerFacts, Profile};

/// What all judgements of an organization at one moment have in common.
pub(super) struct Frame {
    pub profile: Profile,
    pub profile_version: i64,
    organization: Organization,
    now: Timestamp,
}

impl Frame {
    pub(super) async fn load(tx: &Tx<'_>) -> Result<Self> {
        let organization = organizations::get(tx).await?;
        let IdealPartnerProfile { version, weights, criteria, narrative, .. } =
            ideal_partner_profile::get(tx).await?;
        let now = Timestamp::now();
        let profile = Profile {
            weights: weights.0.into(),
            criteria: criteria
                .0
                .into_iter()
                .map(|written| criterion(written, now))
                .collect::<Result<_>>()?,
            narrative,
            ranks: tier_ranks(tx).await?,
        };
        Ok(Self { profile, profile_version: version, organization, now })
    }

    /// What is known of a partner, as the engines take it.
    pub(super) fn facts(&self, known: &ScoredPartner) -> PartnerFacts {
        let day = |at: Timestamp| today(at, &self.organization.timezone);
        PartnerFacts {
            row: known.partner.clone().into_row(),
            tags: known.tags.clone(),
            today: day(self.now),
            fiscal_year_start_month: u32::try_from(self.organization.fiscal_year_start_month)
                .unwrap_or(1),
            currency: self.organization.currency.clone(),
            currency_exponent: u32::try_from(self.organization.currency_exponent.0).unwrap_or(2),
            deals: known.deals.iter().map(deal).collect(),
            contacts: known.contacts,
            reachable_contacts: known.reachable_contacts,
            last_activity_on: known.last_activity_at.map(day),
            activities_90d: known.activities,
            application: known.application.clone(),
        }
    }
}

/// A criterion that was checked when it was written. One that cannot be read any more is an error
/// of ours, and no score is made without it in silence.
fn criterion(written: IdealPartnerCriterion, now: Timestamp) -> Result<Criterion> {
    let IdealPartnerCriterion { key, label, dimension, weight, filter: condition } = written;
    let filter = filter::parse(&condition.0, PARTNER, now.0, "#/filter")
        .map_err(|_| Error::internal(format!("the criterion {key} cannot be read")))?;
    Ok(Criterion { key, label, dimension, weight, filter, written: condition.0 })
}

pub(super) fn deal(known: &ScoredDeal) -> DealFact {
    let ScoredDeal { status, motion, value, registered_on, expected_close_on, closed_on } = *known;
    DealFact { status, motion, value, registered_on, expected_close_on, closed_on }
}
