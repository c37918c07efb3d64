//! Tags: the organization's own labels for partners, in three categories.

use diesel::{prelude::*, sql_types::BigInt};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::kernel::{
    fields::{Field, FieldClass, FieldReference, FieldType},
    ids::TagId,
    lists::{List, list_parameters},
    page::Page,
    request_body::RequestBody,
    schema::tags,
    sql::Sql,
    string_enum::string_enum,
    timestamp::Timestamp,
};

string_enum! {
    /// The category of a tag.
    TagCategory {
        Services = "services",
        Products = "products",
        Regions = "regions",
    }
}

const PARTNER_COUNT: &str = "(SELECT count(*) FROM partner_tags JOIN partners ON partners.id = \
    partner_tags.partner_id \
         WHERE partner_tags.tag_id = tags.id AND partners.deleted_at IS NULL)";

const fn partner_count() -> Sql<BigInt> {
    Sql::new(PARTNER_COUNT)
}

/// A label for partners.
#[derive(Debug, Clone, HasQuery, Serialize, ToSchema)]
#[diesel(table_name = tags)]
pub struct Tag {
    /// The id.
    pub id: TagId,
    /// Increases with every change. Also the ETag.
    #[schema(minimum = 1, example = 1)]
    pub version: i64,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// The category; it cannot be changed.
    pub category: TagCategory,
    /// The label; unique within the category, ignoring case.
    #[schema(min_length = 1, max_length = 60, example = "Managed \
        services", extensions(("x-single-line" = json!(true))))]
    pub name: String,
    /// The color, `#rrggbb`.
    #[schema(pattern = "^#[0-9a-fA-F]{6}$", example = "#336699")]
    pub color: Option<String>,
    /// The number of partners that have it.
    #[diesel(select_expression = partner_count(), select_expression_type = Sql<BigInt>)]
    #[schema(example = 12)]
    pub partner_count: i64,
}

/// The fields that lists of tags are filtered and sorted by.
pub static TAG: &[Field] = &[
    Field::new("id", "ID", FieldType::Id, FieldClass::System).refers_to(FieldReference::Tag),
    Field::new("category", "Category", FieldType::Enum, FieldClass::Profile)
        .words(TagCategory::VALUES)
        .schema("TagCategory"),
    Field::new("name", "Name", FieldType::Text, FieldClass::Profile).length(60),
    Field::new("partner_count", "Partners", FieldType::Integer, FieldClass::System)
        .column(PARTNER_COUNT),
    Field::new("created_at", "Created", FieldType::Timestamp, FieldClass::System),
    Field::new("updated_at", "Updated", FieldType::Timestamp, FieldClass::System),
];

/// The list of tags.
pub static TAG_LIST: List = List::new("Tag", || TAG).order("name").search().deleted();

list_parameters! {
    /// The parameters of the list of tags.
    TagList of TAG_LIST;
}

/// A page of tags.
pub type TagPage = Page<Tag>;

/// A new tag.
#[derive(Debug, Clone, Deserialize, Insertable, ToSchema)]
#[diesel(table_name = tags, treat_none_as_default_value = false)]
#[serde(deny_unknown_fields)]
pub struct TagCreate {
    pub category: TagCategory,
    pub name: String,
    #[serde(default)]
    pub color: Option<String>,
}

impl RequestBody for TagCreate {
    type Resource = Tag;
}

/// A merge patch of a tag: absent properties keep their values, null clears them.
#[derive(Debug, Clone, Default, Serialize, Deserialize, AsChangeset, ToSchema)]
#[diesel(table_name = tags)]
#[serde(deny_unknown_fields)]
pub struct TagUpdate {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(
        default,
        deserialize_with = "crate::kernel::patch::nullable",
        skip_serializing_if = "Option::is_none"
    )]
    pub color: Option<Option<String>>,
}

impl RequestBody for TagUpdate {
    type Resource = Tag;
}
