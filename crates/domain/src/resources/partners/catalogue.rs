//! The one declaration of a partner's fields, in display order.

use super::{
    LogoSource, PartnerCategory, PartnerCreatedVia, PartnerStage, PartnerStatus, PartnerType,
    TierSource,
};
use crate::kernel::fields::{
    Field,
    FieldClass::{
        Computed as C, Profile as P, Relation as R, Scoring as A, System as S, User as U,
    },
    FieldReference::{Contact, Member, Tag, Tier},
    FieldType::{
        Boolean, Domain, Enum, Id, IdArray, Integer, Money, Object, Score, Text, TextArray,
        Timestamp,
    },
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

/// Every field of a partner.
pub static PARTNER: &[Field] = &[
    f("id", "ID", Id, S),
    f("name", "Name", Text, P).required().length(200).indexed().mappable(),
    f("domain", "Domain", Domain, P).null().length(253).mappable(),
    f("logo_url", "Logo", Text, S).null().link().query_only(),
    f("logo_source", "Logo source", Enum, S)
        .null()
        .words(LogoSource::VALUES)
        .schema("LogoSource")
        .query_only(),
    f("industry", "Industry", Text, P).null().length(100).mappable(),
    f("description", "Description", Text, P).null().length(5_000).long().mappable(),
    f("employees", "Employees", Integer, P)
        .null()
        .range(0, 10_000_000)
        .unit("people")
        .indexed()
        .mappable(),
    f("company_revenue", "Company revenue", Money, P).null().mappable(),
    f("regions", "Regions", TextArray, P).items(100).length(80).mappable(),
    f("languages", "Languages", TextArray, P).items(50).length(35).mappable(),
    f("services", "Services", TextArray, P).items(100).length(80).mappable(),
    f("products", "Products", TextArray, P).items(100).length(80).mappable(),
    f("type", "Type", Enum, P)
        .required()
        .words(PartnerType::VALUES)
        .schema("PartnerType")
        .mappable(),
    f("subtype", "Subtype", Text, P).null().length(100).mappable(),
    f("category", "Category", Enum, P)
        .null()
        .words(PartnerCategory::VALUES)
        .schema("PartnerCategory")
        .mappable(),
    f("tier", "Tier", Text, P).null().length(40).refers_to(Tier),
    f("tier_source", "Tier source", Enum, S)
        .default("\"automatic\"")
        .words(TierSource::VALUES)
        .schema("TierSource"),
    f("tier_changed_at", "Tier changed", Timestamp, S).null(),
    f("tier_at_risk_since", "Tier at risk since", Timestamp, S).null(),
    f("tag_ids", "Tags", IdArray, R).items(100).refers_to(Tag),
    f("status", "Status", Enum, P)
        .default("\"pending\"")
        .words(PartnerStatus::VALUES)
        .schema("PartnerStatus"),
    f("stage", "Stage", Enum, P)
        .default("\"prospect\"")
        .words(PartnerStage::VALUES)
        .schema("PartnerStage"),
    f("stage_changed_at", "Stage changed", Timestamp, S),
    f("in_intelligence", "Included in insights", Boolean, U).default("true"),
    f("partner_manager_id", "Partner manager", Id, R).null().refers_to(Member),
    f("primary_contact_id", "Primary contact", Id, R).null().refers_to(Contact),
    Field {
        max_items: Some(50),
        default: "[]",
        ..f("key_stakeholders", "Key stakeholders", Object, P)
    },
    f("joint_value_proposition", "Joint value proposition", Text, P).null().length(10_000).long(),
    f("executive_summary", "Executive summary", Text, P).null().length(10_000).long(),
    f("pipeline", "Pipeline", Money, C).default("0").indexed(),
    f("revenue", "Revenue", Money, C).default("0").indexed(),
    f("product_revenue", "Product revenue", Money, C).default("0"),
    f("active_deals", "Active deals", Integer, C)
        .default("0")
        .range(0, 1_000_000_000)
        .unit("deals"),
    f("closed_deals", "Closed deals", Integer, C)
        .default("0")
        .range(0, 1_000_000_000)
        .unit("deals"),
    f("customers", "Customers", Integer, C).default("0").range(0, 1_000_000_000).unit("customers"),
    f("currency", "Currency", Text, S)
        .length(3)
        .column("(SELECT organizations.currency FROM organizations)")
        .query_only(),
    f("annual_revenue_target", "Annual revenue target", Money, P).null(),
    f("quarterly_weights", "Quarterly weights", Object, P)
        .default(r#"{"q1":2500,"q2":2500,"q3":2500,"q4":2500}"#),
    weight(
        "quarterly_weights.q1",
        "Weight of quarter 1",
        "(partners.quarterly_weights ->> 'q1')::bigint",
    ),
    weight(
        "quarterly_weights.q2",
        "Weight of quarter 2",
        "(partners.quarterly_weights ->> 'q2')::bigint",
    ),
    weight(
        "quarterly_weights.q3",
        "Weight of quarter 3",
        "(partners.quarterly_weights ->> 'q3')::bigint",
    ),
    weight(
        "quarterly_weights.q4",
        "Weight of quarter 4",
        "(partners.quarterly_weights ->> 'q4')::bigint",
    ),
    f("fit_score", "Fit score", Score, A).null().indexed(),
    f("health_score", "Health score", Score, A).null().indexed(),
    f("four_c_breakdown", "4C breakdown", Object, A).null(),
    dimension(
        "four_c_breakdown.capacity",
        "Capacity",
        "(partners.four_c_breakdown ->> 'capacity')::bigint",
    ),
    dimension(
        "four_c_breakdown.capability",
        "Capability",
        "(partners.four_c_breakdown ->> 'capability')::bigint",
    ),
    dimension(
        "four_c_breakdown.commitment",
        "Commitment",
        "(partners.four_c_breakdown ->> 'commitment')::bigint",
    ),
    dimension(
        "four_c_breakdown.customer_alignment",
        "Customer Alignment",
        "(partners.four_c_breakdown ->> 'customer_alignment')::bigint",
    ),
    f("key_strengths", "Key strengths", TextArray, A).items(10).length(200),
    f("ai_summary", "AI summary", Text, A).null().length(2_000).long(),
    f("scored_at", "Scored", Timestamp, A).null(),
    f("scores_stale", "Scores stale", Boolean, A).default("false").column(SCORES_STALE),
    f("external_id", "External ID", Text, P).null().length(200).never_overridden(),
    f("created_via", "Created via", Enum, S)
        .words(PartnerCreatedVia::VALUES)
        .schema("PartnerCreatedVia"),
    f("version", "Version", Integer, S).default("1").range(1, i64::MAX).query_only(),
    f("created_at", "Created", Timestamp, S).indexed(),
    f("updated_at", "Updated", Timestamp, S).indexed(),
    f("deleted_at", "Deleted", Timestamp, S).null().query_only(),
    f("overridden_fields", "Overridden fields", TextArray, S).items(100),
];

/// The field of a partner with this name.
pub fn partner_field(name: &str) -> Option<&'static Field> {
    crate::kernel::fields::named(PARTNER, name)
}
