//! Plan items: joint activities of a partner and the organization, in an order of their own.

use chrono::NaiveDate;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::kernel::{
    access::AccessScope,
    fields::{Field, FieldClass, FieldReference, FieldType},
    ids::{MemberId, PartnerId, PlanItemId},
    lists::{List, list_parameters},
    page::Page,
    request_body::RequestBody,
    resource::{PartnerLink, Resource},
    schema::plan_items,
    string_enum::string_enum,
    timestamp::Timestamp,
};

string_enum! {
    /// The kind of collaboration.
    PlanItemKind {
        Affiliate = "affiliate",
        Integration = "integration",
        Workflow = "workflow",
    }
    /// The status of a plan item.
    PlanItemStatus {
        Proposed = "proposed",
        InProgress = "in_progress",
        Live = "live",
        Paused = "paused",
        Dropped = "dropped",
    }
    /// A quarter of the fiscal year.
    PlanQuarter {
        Q1 = "q1",
        Q2 = "q2",
        Q3 = "q3",
        Q4 = "q4",
    }
}

/// A joint activity of a partner and the organization.
#[derive(Debug, Clone, HasQuery, Serialize, ToSchema)]
#[diesel(table_name = plan_items)]
pub struct PlanItem {
    /// The id.
    pub id: PlanItemId,
    /// Increases with every change. Also the ETag.
    #[schema(minimum = 1, example = 1)]
    pub version: i64,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// The partner.
    pub partner_id: PartnerId,
    /// The kind of collaboration.
    pub kind: PlanItemKind,
    /// The title.
    #[schema(min_length = 1, max_length = 200, example = "Joint webinar \
        series", extensions(("x-single-line" = json!(true))))]
    pub title: String,
    /// The description.
    #[schema(max_length = 5000, example = "Three webinars for hospitals.")]
    pub description: Option<String>,
    /// The status.
    pub status: PlanItemStatus,
    /// The quarter of the fiscal year in which it is planned.
    pub quarter: Option<PlanQuarter>,
    /// The member who is responsible for it.
    #[schema(example = json!(null))]
    pub owner_id: Option<MemberId>,
    /// A link to more information; https.
    #[schema(
        format = "uri",
        pattern = "^https://",
        max_length = 2000,
        example = "https://docs.acme.com/webinars"
    )]
    pub url: Option<String>,
    /// The day on which it is due.
    #[schema(example = "2026-12-31")]
    pub due_on: Option<NaiveDate>,
    /// The position in the plan, by which items are sorted.
    #[schema(example = 65536)]
    pub position: i64,
}

/// The fields that lists of plan items are filtered and sorted by.
pub static PLAN_ITEM: &[Field] = &[
    Field::new("kind", "Kind", FieldType::Enum, FieldClass::Profile)
        .words(PlanItemKind::VALUES)
        .schema("PlanItemKind"),
    Field::new("title", "Title", FieldType::Text, FieldClass::Profile).length(200),
    Field::new("status", "Status", FieldType::Enum, FieldClass::Profile)
        .words(PlanItemStatus::VALUES)
        .schema("PlanItemStatus"),
    Field::new("quarter", "Quarter", FieldType::Enum, FieldClass::Profile)
        .null()
        .words(PlanQuarter::VALUES)
        .schema("PlanQuarter"),
    Field::new("owner_id", "Owner", FieldType::Id, FieldClass::Profile)
        .null()
        .refers_to(FieldReference::Member),
    Field::new("position", "Position", FieldType::Integer, FieldClass::System),
    Field::new("created_at", "Created", FieldType::Timestamp, FieldClass::System),
    Field::new("updated_at", "Updated", FieldType::Timestamp, FieldClass::System),
];

/// The partner of an item: lists of items always show those of one partner.
pub static PLAN_ITEM_PARTNER: Field =
    Field::new("partner_id", "Partner", FieldType::Id, FieldClass::System)
        .ids(PartnerId::PREFIX, "PartnerId");

/// The list of a partner's plan items.
pub static PLAN_ITEM_LIST: List = List::new("PlanItem", || PLAN_ITEM).order("position").deleted();

/// Plan items.
pub static PLAN_ITEMS: Resource = Resource::new("plan_items", "plan_item")
    .table("plan_items")
    .ids(&[PlanItemId::PREFIX])
    .partner(PartnerLink::Owned)
    .owner("owner_id")
    .events(&["plan_item"])
    .scopes(AccessScope::PlansRead, Some(AccessScope::PlansWrite))
    .lists(&[&PLAN_ITEM_LIST]);

list_parameters! {
    /// The parameters of the list of plan items.
    PlanItemList of PLAN_ITEM_LIST;
}

/// A page of plan items.
pub type PlanItemPage = Page<PlanItem>;

/// A new plan item, which is added at the end.
#[derive(Debug, Clone, Deserialize, Insertable, ToSchema)]
#[diesel(table_name = plan_items, treat_none_as_default_value = false)]
#[serde(deny_unknown_fields)]
pub struct PlanItemCreate {
    pub kind: PlanItemKind,
    pub title: String,
    #[serde(default)]
    pub description: Option<String>,
    /// The status. The default is `proposed`.
    #[serde(default = "proposed")]
    pub status: PlanItemStatus,
    #[serde(default)]
    pub quarter: Option<PlanQuarter>,
    #[serde(default)]
    pub owner_id: Option<MemberId>,
    #[serde(default)]
    pub url: Option<String>,
    #[serde(default)]
    pub due_on: Option<NaiveDate>,
}

impl RequestBody for PlanItemCreate {
    type Resource = PlanItem;
}

const fn proposed() -> PlanItemStatus {
    PlanItemStatus::Proposed
}

/// A merge patch of a plan item: absent properties keep their values, null clears them.
#[derive(Debug, Clone, Default, Serialize, Deserialize, AsChangeset, ToSchema)]
#[diesel(table_name = plan_items)]
#[serde(deny_unknown_fields)]
pub struct PlanItemUpdate {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<PlanItemKind>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(
        default,
        deserialize_with = "crate::kernel::patch::nullable",
        skip_serializing_if = "Option::is_none"
    )]
    pub description: Option<Option<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<PlanItemStatus>,
    #[serde(
        default,
        deserialize_with = "crate::kernel::patch::nullable",
        skip_serializing_if = "Option::is_none"
    )]
    pub quarter: Option<Option<PlanQuarter>>,
    #[serde(
        default,
        deserialize_with = "crate::kernel::patch::nullable",
        skip_serializing_if = "Option::is_none"
    )]
    pub owner_id: Option<Option<MemberId>>,
    #[serde(
        default,
        deserialize_with = "crate::kernel::patch::nullable",
        skip_serializing_if = "Option::is_none"
    )]
    pub url: Option<Option<String>>,
    #[serde(
        default,
        deserialize_with = "crate::kernel::patch::nullable",
        skip_serializing_if = "Option::is_none"
    )]
    pub due_on: Option<Option<NaiveDate>>,
    /// Moves it in front of this item of the same plan; null moves it to the end.
    #[serde(
        default,
        deserialize_with = "crate::kernel::patch::nullable",
        skip_serializing_if = "Option::is_none"
    )]
    #[diesel(skip_update)]
    #[schema(example = json!(null))]
    pub before_id: Option<Option<PlanItemId>>,
}

impl RequestBody for PlanItemUpdate {
    type Resource = PlanItem;
}

/// The distance between two items that are created one after the other.
pub const POSITION_GAP: i64 = 1 << 16;

/// The position of an item in a list of the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ItemPosition {
    /// There is a free position.
    At(i64),
    /// There is no free position: all items get new positions, including this one.
    Renumbered(Vec<(PlanItemId, i64)>),
}

/// Finds a position for `item` in front of the one at `index` of `others`, or at the end.
pub fn place(item: PlanItemId, others: &[(PlanItemId, i64)], index: usize) -> ItemPosition {
    let index = index.min(others.len());
    let before = index.checked_sub(1).and_then(|i| others.get(i)).map(|(_, position)| *position);
    let after = others.get(index).map(|(_, position)| *position);
    let free = match (before, after) {
        (None, None) => Some(POSITION_GAP),
        (Some(before), None) => before.checked_add(POSITION_GAP),
        (None, Some(after)) => after.checked_sub(POSITION_GAP),
        (Some(before), Some(after)) if after - before > 1 => Some(before + (after - before) / 2),
        _ => None,
    };
    if let Some(free) = free {
        return ItemPosition::At(free);
    }
    let mut order: Vec<PlanItemId> = others.iter().map(|(id, _)| *id).collect();
    order.insert(index, item);
    ItemPosition::Renumbered(
        order.into_iter().zip(1..).map(|(id, number)| (id, number * POSITION_GAP)).collect(),
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// However often items are moved, the list has the order that a plain list would have.
        #[test]
        fn moves_end_where_they_should(moves in prop::collection::vec((0usize..8, 0usize..8), 0..200)) {
            let mut plain: Vec<PlanItemId> = Vec::new();
            let mut kept: Vec<(PlanItemId, i64)> = Vec::new();
            for _ in 0..8 {
                let id = PlanItemId::new();
                let ItemPosition::At(at) = place(id, &kept, kept.len()) else {
                    panic!("there is room at the end")
                };
                kept.push((id, at));
                plain.push(id);
            }
            for (which, to) in moves {
                let id = plain.remove(which);
                let to = to.min(plain.len());
                plain.insert(to, id);
                kept.retain(|(other, _)| *other != id);
                match place(id, &kept, to) {
                    ItemPosition::At(at) => kept.push((id, at)),
                    ItemPosition::Renumbered(all) => kept = all,
                }
                kept.sort_by_key(|(_, at)| *at);
                let order: Vec<PlanItemId> = kept.iter().map(|(id, _)| *id).collect();
                prop_assert_eq!(&order, &plain);
                prop_assert!(kept.windows(2).all(|pair| pair[0].1 < pair[1].1));
            }
        }
    }
}
