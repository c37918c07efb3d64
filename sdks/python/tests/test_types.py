"""Filters, and programs that must not pass a type checker."""

from __future__ import annotations

from partneros import Partneros, and_, at_least, deal_field, not_, or_, partner_field, types


def test_filters_are_the_trees_of_the_api() -> None:
    condition = and_(
        partner_field("type").in_(["technology", "reseller"]),
        or_(
            partner_field("fit_score").gte(70),
            partner_field("tag_ids").any(["tag_1"]),
            not_(partner_field("tier").is_null()),
        ),
        at_least(
            2,
            partner_field("four_c_breakdown.capacity").between(50, 100),
            partner_field("name").starts_with("A"),
            partner_field("updated_at").gte("-P30D"),
        ),
    )
    assert condition == {
        "op": "and",
        "filters": [
            {"op": "in", "field": "type", "value": ["technology", "reseller"]},
            {
                "op": "or",
                "filters": [
                    {"op": "gte", "field": "fit_score", "value": 70},
                    {"op": "any", "field": "tag_ids", "value": ["tag_1"]},
                    {
                        "op": "not",
                        "filters": [{"op": "is_null", "field": "tier", "value": True}],
                    },
                ],
            },
            {
                "op": "at_least",
                "count": 2,
                "filters": [
                    {"op": "between", "field": "four_c_breakdown.capacity", "value": [50, 100]},
                    {"op": "starts_with", "field": "name", "value": "A"},
                    {"op": "gte", "field": "updated_at", "value": "-P30D"},
                ],
            },
        ],
    }
    in_gold = deal_field("partner.tier").eq("gold")
    assert in_gold == {"op": "eq", "field": "partner.tier", "value": "gold"}


def mistakes(client: Partneros, partner: types.Partner) -> None:
    """Never called: mypy reads it, and reports each comment that is not needed."""
    client.create_partner({"name": "Acme"})  # type: ignore[typeddict-item]
    client.create_partner({"name": "Acme", "type": "resellr"})  # type: ignore[typeddict-item]
    client.update_partner(partner["id"], {"name": None})  # type: ignore[typeddict-item]
    client.update_partner(partner["id"], {"indsutry": "A"})  # type: ignore[typeddict-unknown-key]
    client.update_partner(partner["id"], {"version": 5})  # type: ignore[typeddict-unknown-key]
    client.list_partners(fit_score_above=70)  # type: ignore[call-arg]
    client.list_partners(fit_score_gte="70")  # type: ignore[arg-type]
    partner_field("fit").gte(70)  # type: ignore[call-overload]
    partner_field("type").gte("reseller")  # type: ignore[attr-defined]
    partner_field("type").in_(["resellr"])  # type: ignore[list-item]
    partner_field("fit_score").gte("70")  # type: ignore[arg-type]
    partner_field("tag_ids").in_(["tag_1"])  # type: ignore[attr-defined]
    client.update_tier_policy({"demotion_grace_days": 5})  # type: ignore[call-arg]
    client.delete_partner(partner["id"], idempotency_key="a")  # type: ignore[call-arg]
    # It is null when it was not modified.
    client.get_partner(partner["id"], if_none_match=partner)["name"]  # type: ignore[index]
    # An answer may have a type that this version does not list.
    exact: types.PartnerType = partner["type"]  # type: ignore[assignment]
    del exact
