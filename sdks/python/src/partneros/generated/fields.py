# Generated from openapi/openapi.json by sdks/generate.py. Do not edit.
"""The fields that filters know, and how each is compared."""

from __future__ import annotations

from typing import Any, Literal, overload

from ..fields import AnyField, ChoiceField, ListField, NullableField, OrderedField, TextField
from . import types


@overload
def partner_field(
    name: Literal[
        "id",
    ],
) -> ChoiceField[types.PartnerId]: ...


@overload
def partner_field(
    name: Literal[
        "version",
        "employees",
        "company_revenue",
        "pipeline",
        "revenue",
        "product_revenue",
        "active_deals",
        "closed_deals",
        "customers",
        "annual_revenue_target",
        "quarterly_weights.q1",
        "quarterly_weights.q2",
        "quarterly_weights.q3",
        "quarterly_weights.q4",
        "fit_score",
        "health_score",
        "four_c_breakdown.capacity",
        "four_c_breakdown.capability",
        "four_c_breakdown.commitment",
        "four_c_breakdown.customer_alignment",
    ],
) -> OrderedField[int]: ...


@overload
def partner_field(
    name: Literal[
        "created_at",
        "updated_at",
        "deleted_at",
        "tier_changed_at",
        "tier_at_risk_since",
        "stage_changed_at",
        "scored_at",
    ],
) -> OrderedField[types.Timestamp]: ...


@overload
def partner_field(
    name: Literal[
        "created_via",
    ],
) -> ChoiceField[types.PartnerCreatedVia]: ...


@overload
def partner_field(
    name: Literal[
        "currency",
        "external_id",
        "name",
        "domain",
        "logo_url",
        "industry",
        "subtype",
        "description",
        "joint_value_proposition",
        "executive_summary",
        "ai_summary",
    ],
) -> TextField: ...


@overload
def partner_field(
    name: Literal[
        "logo_source",
    ],
) -> ChoiceField[types.LogoSource]: ...


@overload
def partner_field(
    name: Literal[
        "regions",
        "services",
        "products",
        "languages",
        "key_strengths",
        "overridden_fields",
    ],
) -> ListField[str]: ...


@overload
def partner_field(
    name: Literal[
        "type",
    ],
) -> ChoiceField[types.PartnerType]: ...


@overload
def partner_field(
    name: Literal[
        "category",
    ],
) -> ChoiceField[types.PartnerCategory]: ...


@overload
def partner_field(
    name: Literal[
        "tier",
    ],
) -> OrderedField[str]: ...


@overload
def partner_field(
    name: Literal[
        "tier_source",
    ],
) -> ChoiceField[types.TierSource]: ...


@overload
def partner_field(
    name: Literal[
        "tag_ids",
    ],
) -> ListField[types.TagId]: ...


@overload
def partner_field(
    name: Literal[
        "status",
    ],
) -> ChoiceField[types.PartnerStatus]: ...


@overload
def partner_field(
    name: Literal[
        "stage",
    ],
) -> ChoiceField[types.PartnerStage]: ...


@overload
def partner_field(
    name: Literal[
        "in_intelligence",
        "scores_stale",
    ],
) -> ChoiceField[bool]: ...


@overload
def partner_field(
    name: Literal[
        "partner_manager_id",
    ],
) -> ChoiceField[types.MemberId]: ...


@overload
def partner_field(
    name: Literal[
        "primary_contact_id",
    ],
) -> ChoiceField[types.ContactId]: ...


@overload
def partner_field(
    name: Literal[
        "quarterly_weights",
        "four_c_breakdown",
        "key_stakeholders",
    ],
) -> NullableField: ...


def partner_field(name: str) -> Any:
    """A field of partners: `partner_field("fit_score").gte(70)`."""
    return AnyField(name)


@overload
def deal_field(
    name: Literal[
        "partner_id",
        "partner.id",
    ],
) -> ChoiceField[types.PartnerId]: ...


@overload
def deal_field(
    name: Literal[
        "external_id",
        "name",
        "account_name",
        "account_domain",
        "stage",
        "lost_reason",
        "currency",
        "partner.currency",
        "partner.external_id",
        "partner.name",
        "partner.domain",
        "partner.logo_url",
        "partner.industry",
        "partner.subtype",
        "partner.description",
        "partner.joint_value_proposition",
        "partner.executive_summary",
        "partner.ai_summary",
    ],
) -> TextField: ...


@overload
def deal_field(
    name: Literal[
        "status",
    ],
) -> ChoiceField[types.DealStatus]: ...


@overload
def deal_field(
    name: Literal[
        "motion",
    ],
) -> ChoiceField[types.DealMotion]: ...


@overload
def deal_field(
    name: Literal[
        "value",
        "version",
        "partner.version",
        "partner.employees",
        "partner.company_revenue",
        "partner.pipeline",
        "partner.revenue",
        "partner.product_revenue",
        "partner.active_deals",
        "partner.closed_deals",
        "partner.customers",
        "partner.annual_revenue_target",
        "partner.quarterly_weights.q1",
        "partner.quarterly_weights.q2",
        "partner.quarterly_weights.q3",
        "partner.quarterly_weights.q4",
        "partner.fit_score",
        "partner.health_score",
        "partner.four_c_breakdown.capacity",
        "partner.four_c_breakdown.capability",
        "partner.four_c_breakdown.commitment",
        "partner.four_c_breakdown.customer_alignment",
    ],
) -> OrderedField[int]: ...


@overload
def deal_field(
    name: Literal[
        "registered_on",
        "expected_close_on",
        "expires_on",
        "closed_on",
        "partner.tier",
    ],
) -> OrderedField[str]: ...


@overload
def deal_field(
    name: Literal[
        "rejection_reason",
    ],
) -> ChoiceField[types.DealRejectionReason]: ...


@overload
def deal_field(
    name: Literal[
        "decided_at",
        "created_at",
        "updated_at",
        "deleted_at",
        "partner.created_at",
        "partner.updated_at",
        "partner.deleted_at",
        "partner.tier_changed_at",
        "partner.tier_at_risk_since",
        "partner.stage_changed_at",
        "partner.scored_at",
    ],
) -> OrderedField[types.Timestamp]: ...


@overload
def deal_field(
    name: Literal[
        "owner_id",
        "partner.partner_manager_id",
    ],
) -> ChoiceField[types.MemberId]: ...


@overload
def deal_field(
    name: Literal[
        "id",
    ],
) -> ChoiceField[types.DealId]: ...


@overload
def deal_field(
    name: Literal[
        "partner.created_via",
    ],
) -> ChoiceField[types.PartnerCreatedVia]: ...


@overload
def deal_field(
    name: Literal[
        "partner.logo_source",
    ],
) -> ChoiceField[types.LogoSource]: ...


@overload
def deal_field(
    name: Literal[
        "partner.regions",
        "partner.services",
        "partner.products",
        "partner.languages",
        "partner.key_strengths",
        "partner.overridden_fields",
    ],
) -> ListField[str]: ...


@overload
def deal_field(
    name: Literal[
        "partner.type",
    ],
) -> ChoiceField[types.PartnerType]: ...


@overload
def deal_field(
    name: Literal[
        "partner.category",
    ],
) -> ChoiceField[types.PartnerCategory]: ...


@overload
def deal_field(
    name: Literal[
        "partner.tier_source",
    ],
) -> ChoiceField[types.TierSource]: ...


@overload
def deal_field(
    name: Literal[
        "partner.tag_ids",
    ],
) -> ListField[types.TagId]: ...


@overload
def deal_field(
    name: Literal[
        "partner.status",
    ],
) -> ChoiceField[types.PartnerStatus]: ...


@overload
def deal_field(
    name: Literal[
        "partner.stage",
    ],
) -> ChoiceField[types.PartnerStage]: ...


@overload
def deal_field(
    name: Literal[
        "partner.in_intelligence",
        "partner.scores_stale",
    ],
) -> ChoiceField[bool]: ...


@overload
def deal_field(
    name: Literal[
        "partner.primary_contact_id",
    ],
) -> ChoiceField[types.ContactId]: ...


@overload
def deal_field(
    name: Literal[
        "partner.quarterly_weights",
        "partner.four_c_breakdown",
        "partner.key_stakeholders",
    ],
) -> NullableField: ...


def deal_field(name: str) -> Any:
    """A field of deals, or of a deal's partner: `deal_field("partner.tier").eq("gold")`."""
    return AnyField(name)
