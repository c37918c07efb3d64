//! The one declaration of a partner's fields, in display order.

use super::{
    LogoSource, PartnerCategory, PartnerCreatedVia, PartnerStage, PartnerStatus, PartnerType,
    TierSource,
};
use crate::kernel::{
    fields::{
        Field,
        FieldClass::{
            Computed as C, Profile as P, Relation as R, Scoring as A, System as S, User as U,
        },
        FieldReference::{Contact, Member, Tag, Tier},
        FieldType::{
            Boolean, Domain, Enum, Id, IdArray, Integer, Money, Object, Score, Text, TextArray,
            Timestamp,
        },
        field_keys,
    },
    ids::PartnerId,
};

const fn f(
    name: &'static str,
    label: &'static str,
    kind: crate::kernel::fields::FieldType,
    class: crate::kernel::fields::FieldClass,
) -> Field {
    Field::new(name, label, kind, class)
}

/// A score of a partner or one of the four dimensions, which have the same limits.
const fn dimension(name: &'static str, label: &'static str, column: &'static str) -> Field {
    f(name, label, Score, A).null().column(column).member()
}

const fn weight(name: &'static str, label: &'static str, column: &'static str) -> Field {
    f(name, label, Integer, P)
        .range(0, 10_000)
        .default("2500")
        .unit("basis_points")
        .column(column)
        .member()
}

/// Whether scores are stale: the partner was written since, or they were computed with another
/// version of the ideal partner profile. So a new profile makes all scores stale without writing a
/// partner.
pub const SCORES_STALE: &str = "(partners.scores_stale OR (partners.scored_at IS NOT NULL AND \
    partners.scored_profile_version \
    IS DISTINCT FROM (SELECT ideal_partner_profiles.version FROM ideal_partner_profiles)))";

field_keys! {
    /// The fields of a partner.
    PartnerKey;
    /// Every field of a partner.
    PARTNER;
    Id = f("id", "ID", Id, S).ids(PartnerId::PREFIX, "PartnerId"),
    Name = f("name", "Name", Text, P).required().length(200).indexed().mappable(),
    Domain = f("domain", "Domain", Domain, P).null().length(253).mappable(),
    LogoUrl = f("logo_url", "Logo", Text, S).null().link().query_only(),
    LogoSource = f("logo_source", "Logo source", Enum, S)
        .null()
        .words(LogoSource::VALUES)
        .schema("LogoSource")
        .query_only(),
    Industry = f("industry", "Industry", Text, P).null().length(100).mappable(),
    Description = f("description", "Description", Text, P).null().length(5_000).long().mappable(),
    Employees = f("employees", "Employees", Integer, P)
        .null()
        .range(0, 10_000_000)
        .unit("people")
        .indexed()
        .mappable(),
    CompanyRevenue = f("company_revenue", "Company revenue", Money, P).null().mappable(),
    Regions = f("regions", "Regions", TextArray, P).items(100).length(80).mappable(),
    Languages = f("languages", "Languages", TextArray, P).items(50).length(35).mappable(),
    Services = f("services", "Services", TextArray, P).items(100).length(80).mappable(),
    Products = f("products", "Products", TextArray, P).items(100).length(80).mappable(),
    Type = f("type", "Type", Enum, P)
        .required()
        .words(PartnerType::VALUES)
        .schema("PartnerType")
        .mappable(),
    Subtype = f("subtype", "Subtype", Text, P).null().length(100).mappable(),
    Category = f("category", "Category", Enum, P)
        .null()
        .words(PartnerCategory::VALUES)
        .schema("PartnerCategory")
        .mappable(),
    Tier = f("tier", "Tier", Text, P).null().length(40).refers_to(Tier),
    TierSource = f("tier_source", "Tier source", Enum, S)
        .default("\"automatic\"")
        .words(TierSource::VALUES)
        .schema("TierSource"),
    TierChangedAt = f("tier_changed_at", "Tier changed", Timestamp, S).null(),
    TierAtRiskSince = f("tier_at_risk_since", "Tier at risk since", Timestamp, S).null(),
    TagIds = f("tag_ids", "Tags", IdArray, R).items(100).refers_to(Tag),
    Status = f("status", "Status", Enum, P)
        .default("\"pending\"")
        .words(PartnerStatus::VALUES)
        .schema("PartnerStatus"),
    Stage = f("stage", "Stage", Enum, P)
        .default("\"prospect\"")
        .words(PartnerStage::VALUES)
        .schema("PartnerStage"),
    StageChangedAt = f("stage_changed_at", "Stage changed", Timestamp, S),
    InIntelligence = f("in_intelligence", "Included in insights", Boolean, U).default("true"),
    PartnerManagerId = f("partner_manager_id", "Partner manager", Id, R).null().refers_to(Member),
    PrimaryContactId = f("primary_contact_id", "Primary contact", Id, R).null().refers_to(Contact),
    KeyStakeholders = Field {
        max_items: Some(50),
        default: "[]",
        ..f("key_stakeholders", "Key stakeholders", Object, P)
    },
    JointValueProposition = f("joint_value_proposition", "Joint value proposition", Text, P)
        .null()
        .length(10_000)
        .long(),
    ExecutiveSummary = f("executive_summary", "Executive summary", Text, P)
        .null()
        .length(10_000)
        .long(),
    Pipeline = f("pipeline", "Pipeline", Money, C).default("0").indexed(),
    Revenue = f("revenue", "Revenue", Money, C).default("0").indexed(),
    ProductRevenue = f("product_revenue", "Product revenue", Money, C).default("0"),
    ActiveDeals = f("active_deals", "Active deals", Integer, C)
        .default("0")
        .range(0, 1_000_000_000)
        .unit("deals"),
    ClosedDeals = f("closed_deals", "Closed deals", Integer, C)
        .default("0")
        .range(0, 1_000_000_000)
        .unit("deals"),
    Customers = f("customers", "Customers", Integer, C)
        .default("0")
        .range(0, 1_000_000_000)
        .unit("customers"),
    Currency = f("currency", "Currency", Text, S)
        .length(3)
        .column("(SELECT organizations.currency FROM organizations)")
        .query_only(),
    AnnualRevenueTarget = f("annual_revenue_target", "Annual revenue target", Money, P).null(),
    QuarterlyWeights = f("quarterly_weights", "Quarterly weights", Object, P)
        .default(r#"{"q1":2500,"q2":2500,"q3":2500,"q4":2500}"#),
    QuarterlyWeightsQ1 = weight(
        "quarterly_weights.q1",
        "Weight of quarter 1",
        "(partners.quarterly_weights ->> 'q1')::bigint",
    ),
    QuarterlyWeightsQ2 = weight(
        "quarterly_weights.q2",
        "Weight of quarter 2",
        "(partners.quarterly_weights ->> 'q2')::bigint",
    ),
    QuarterlyWeightsQ3 = weight(
        "quarterly_weights.q3",
        "Weight of quarter 3",
        "(partners.quarterly_weights ->> 'q3')::bigint",
    ),
    QuarterlyWeightsQ4 = weight(
        "quarterly_weights.q4",
        "Weight of quarter 4",
        "(partners.quarterly_weights ->> 'q4')::bigint",
    ),
    FitScore = f("fit_score", "Fit score", Score, A).null().indexed(),
    HealthScore = f("health_score", "Health score", Score, A).null().indexed(),
    FourCBreakdown = f("four_c_breakdown", "4C breakdown", Object, A).null(),
    FourCBreakdownCapacity = dimension(
        "four_c_breakdown.capacity",
        "Capacity",
        "(partners.four_c_breakdown ->> 'capacity')::bigint",
    ),
    FourCBreakdownCapability = dimension(
        "four_c_breakdown.capability",
        "Capability",
        "(partners.four_c_breakdown ->> 'capability')::bigint",
    ),
    FourCBreakdownCommitment = dimension(
        "four_c_breakdown.commitment",
        "Commitment",
        "(partners.four_c_breakdown ->> 'commitment')::bigint",
    ),
    FourCBreakdownCustomerAlignment = dimension(
        "four_c_breakdown.customer_alignment",
        "Customer Alignment",
        "(partners.four_c_breakdown ->> 'customer_alignment')::bigint",
    ),
    KeyStrengths = f("key_strengths", "Key strengths", TextArray, A).items(10).length(200),
    AiSummary = f("ai_summary", "AI summary", Text, A).null().length(2_000).long(),
    ScoredAt = f("scored_at", "Scored", Timestamp, A).null(),
    ScoresStale = f("scores_stale", "Scores stale", Boolean, A)
        .default("false")
        .column(SCORES_STALE),
    ExternalId = f("external_id", "External ID", Text, P).null().length(200).never_overridden(),
    CreatedVia = f("created_via", "Created via", Enum, S)
        .words(PartnerCreatedVia::VALUES)
        .schema("PartnerCreatedVia"),
    Version = f("version", "Version", Integer, S).default("1").range(1, i64::MAX).query_only(),
    CreatedAt = f("created_at", "Created", Timestamp, S).indexed(),
    UpdatedAt = f("updated_at", "Updated", Timestamp, S).indexed(),
    DeletedAt = f("deleted_at", "Deleted", Timestamp, S).null().query_only(),
    OverriddenFields = f("overridden_fields", "Overridden fields", TextArray, S).items(100),
}
