//! The values of a partner by field, as it is and as a write will leave it.

use serde_json::json;
use uuid::Uuid;

use super::{Change, Partner, PartnerCreatedVia, PartnerKey};
use crate::kernel::{
    fields::Field,
    ids::PartnerId,
    timestamp::Timestamp,
    values::{FieldRow, FieldValue},
};

impl Partner {
    /// The value of a field.
    pub fn value(&self, key: PartnerKey) -> FieldValue {
        let Self { summary: row, .. } = self;
        match key {
            PartnerKey::Id => row.id.into(),
            PartnerKey::Name => row.name.as_str().into(),
            PartnerKey::Domain => row.domain.clone().into(),
            PartnerKey::LogoUrl => row.logo_url.clone().into(),
            PartnerKey::LogoSource => row.logo_source.map(|word| word.as_str()).into(),
            PartnerKey::Industry => row.industry.clone().into(),
            PartnerKey::Description => self.description.clone().into(),
            PartnerKey::Employees => row.employees.into(),
            PartnerKey::CompanyRevenue => row.company_revenue.into(),
            PartnerKey::Regions => row.regions.clone().into(),
            PartnerKey::Languages => row.languages.clone().into(),
            PartnerKey::Services => row.services.clone().into(),
            PartnerKey::Products => row.products.clone().into(),
            PartnerKey::Type => row.kind.as_str().into(),
            PartnerKey::Subtype => row.subtype.clone().into(),
            PartnerKey::Category => row.category.map(|word| word.as_str()).into(),
            PartnerKey::Tier => row.tier.clone().into(),
            PartnerKey::TierSource => row.tier_source.as_str().into(),
            PartnerKey::TierChangedAt => row.tier_changed_at.into(),
            PartnerKey::TierAtRiskSince => row.tier_at_risk_since.into(),
            PartnerKey::TagIds => row.tag_ids.clone().into(),
            PartnerKey::Status => row.status.as_str().into(),
            PartnerKey::Stage => row.stage.as_str().into(),
            PartnerKey::StageChangedAt => row.stage_changed_at.into(),
            PartnerKey::InIntelligence => row.in_intelligence.into(),
            PartnerKey::PartnerManagerId => row.partner_manager_id.into(),
            PartnerKey::PrimaryContactId => row.primary_contact_id.into(),
            PartnerKey::KeyStakeholders => FieldValue::Json(json!(self.key_stakeholders)),
            PartnerKey::JointValueProposition => self.joint_value_proposition.clone().into(),
            PartnerKey::ExecutiveSummary => self.executive_summary.clone().into(),
            PartnerKey::Pipeline => row.pipeline.into(),
            PartnerKey::Revenue => row.revenue.into(),
            PartnerKey::ProductRevenue => row.product_revenue.into(),
            PartnerKey::ActiveDeals => row.active_deals.into(),
            PartnerKey::ClosedDeals => row.closed_deals.into(),
            PartnerKey::Customers => row.customers.into(),
            PartnerKey::Currency => row.currency.as_str().into(),
            PartnerKey::AnnualRevenueTarget => row.annual_revenue_target.into(),
            PartnerKey::QuarterlyWeights => FieldValue::Json(json!(row.quarterly_weights)),
            PartnerKey::QuarterlyWeightsQ1 => row.quarterly_weights.0.q1.into(),
            PartnerKey::QuarterlyWeightsQ2 => row.quarterly_weights.0.q2.into(),
            PartnerKey::QuarterlyWeightsQ3 => row.quarterly_weights.0.q3.into(),
            PartnerKey::QuarterlyWeightsQ4 => row.quarterly_weights.0.q4.into(),
            PartnerKey::FitScore => row.fit_score.into(),
            PartnerKey::HealthScore => row.health_score.into(),
            PartnerKey::FourCBreakdown => match &row.four_c_breakdown {
                Some(breakdown) => FieldValue::Json(json!(breakdown)),
                None => FieldValue::Null,
            },
            PartnerKey::FourCBreakdownCapacity => {
                row.four_c_breakdown.as_ref().map(|of| of.0.capacity).into()
            }
            PartnerKey::FourCBreakdownCapability => {
                row.four_c_breakdown.as_ref().map(|of| of.0.capability).into()
            }
            PartnerKey::FourCBreakdownCommitment => {
                row.four_c_breakdown.as_ref().map(|of| of.0.commitment).into()
            }
            PartnerKey::FourCBreakdownCustomerAlignment => {
                row.four_c_breakdown.as_ref().map(|of| of.0.customer_alignment).into()
            }
            PartnerKey::KeyStrengths => row.key_strengths.clone().into(),
            PartnerKey::AiSummary => self.ai_summary.clone().into(),
            PartnerKey::ScoredAt => row.scored_at.into(),
            PartnerKey::ScoresStale => row.scores_stale.into(),
            PartnerKey::ExternalId => row.external_id.clone().into(),
            PartnerKey::CreatedVia => row.created_via.as_str().into(),
            PartnerKey::Version => row.version.into(),
            PartnerKey::CreatedAt => row.created_at.into(),
            PartnerKey::UpdatedAt => row.updated_at.into(),
            PartnerKey::DeletedAt => row.deleted_at.into(),
            PartnerKey::OverriddenFields => row.overridden_fields.clone().into(),
        }
    }
}

impl FieldRow for Partner {
    fn get(&self, field: &Field) -> FieldValue {
        PartnerKey::named(field.name).map(|key| self.value(key)).unwrap_or_default()
    }

    fn id(&self) -> Option<Uuid> {
        Some(self.summary.id.0)
    }
}

/// A partner that does not exist yet, before anything is written to it: all its values are those
/// that new partners start with.
#[derive(Debug, Clone)]
pub struct NewPartnerRow<'a> {
    pub id: PartnerId,
    pub created_via: PartnerCreatedVia,
    /// The code of the organization's currency.
    pub currency: &'a str,
    pub now: Timestamp,
}

impl FieldRow for NewPartnerRow<'_> {
    fn get(&self, field: &Field) -> FieldValue {
        match PartnerKey::named(field.name) {
            Some(PartnerKey::Id) => self.id.into(),
            Some(PartnerKey::CreatedVia) => self.created_via.as_str().into(),
            Some(PartnerKey::Currency) => self.currency.into(),
            Some(PartnerKey::CreatedAt | PartnerKey::StageChangedAt) => self.now.into(),
            Some(key) if key.property() != key => {
                field.member_of(&self.get(key.property().field()))
            }
            _ => field.default_field_value(),
        }
    }

    fn id(&self) -> Option<Uuid> {
        Some(self.id.0)
    }
}

/// A partner as a write will leave it.
pub struct ProposedPartner<'a> {
    pub before: &'a dyn FieldRow,
    pub changes: &'a [Change],
    pub now: Timestamp,
}

impl ProposedPartner<'_> {
    /// What is written last stays.
    fn change(&self, key: PartnerKey) -> Option<&FieldValue> {
        self.changes.iter().rev().find(|change| change.key == key).map(|change| &change.value)
    }
}

impl FieldRow for ProposedPartner<'_> {
    fn get(&self, field: &Field) -> FieldValue {
        let Some(key) = PartnerKey::named(field.name) else { return self.before.get(field) };
        match self.change(key.property()) {
            Some(value) if key.property() == key => value.clone(),
            Some(object) => field.member_of(object),
            None if key == PartnerKey::StageChangedAt
                && self.change(PartnerKey::Stage).is_some() =>
            {
                self.now.into()
            }
            None => self.before.get(field),
        }
    }

    fn id(&self) -> Option<Uuid> {
        self.before.id()
    }
}
