//! Gadgets.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::kernel::{
    access::AccessScope,
    fields::{Field, FieldClass, FieldType},
    ids::GadgetId,
    lists::{List, list_parameters},
    page::Page,
    request_body::RequestBody,
    resource::Resource,
    schema::gadgets,
    timestamp::Timestamp,
};

/// Gadgets.
pub static GADGETS: Resource = Resource::new("gadgets", "gadget")
    .table("gadgets")
    .ids(&[GadgetId::PREFIX])
    .events(&["gadget"])
    .scopes(AccessScope::GadgetsRead, Some(AccessScope::GadgetsWrite))
    .lists(&[&GADGET_LIST]);

/// A gadget.
#[derive(Debug, Clone, HasQuery, Serialize, ToSchema)]
#[diesel(table_name = gadgets)]
pub struct Gadget {
    /// The id.
    pub id: GadgetId,
    /// Rises with every change; also the ETag.
    #[schema(minimum = 1, example = 1)]
    pub version: i64,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// The name.
    #[schema(
        min_length = 1,
        max_length = 200,
        example = "The first",
        extensions(("x-single-line" = json!(true)))
    )]
    pub name: String,
    /// What is worth knowing about it.
    #[schema(max_length = 5000, example = "Ask before use.")]
    pub notes: Option<String>,
}

/// The fields that lists of gadgets are filtered and sorted by.
pub static GADGET: &[Field] = &[
    Field::new("id", "ID", FieldType::Id, FieldClass::System).ids(GadgetId::PREFIX, "GadgetId"),
    Field::new("name", "Name", FieldType::Text, FieldClass::Profile).length(200).indexed(),
    Field::new("created_at", "Created", FieldType::Timestamp, FieldClass::System),
    Field::new("updated_at", "Updated", FieldType::Timestamp, FieldClass::System),
];
/// The list of gadgets.
pub static GADGET_LIST: List = List::new("Gadget", || GADGET).order("name");

list_parameters! {
    /// The parameters of the list of gadgets.
    GadgetList of GADGET_LIST;
}

/// A page of gadgets.
pub type GadgetPage = Page<Gadget>;

/// A new gadget.
#[derive(Debug, Clone, Deserialize, Insertable, ToSchema)]
#[diesel(table_name = gadgets, treat_none_as_default_value = false)]
#[serde(deny_unknown_fields)]
pub struct GadgetCreate {
    pub name: String,
    #[serde(default)]
    pub notes: Option<String>,
}

impl RequestBody for GadgetCreate {
    type Resource = Gadget;
}

/// An edit of a gadget: absent keeps, null clears.
#[derive(Debug, Clone, Default, Serialize, Deserialize, AsChangeset, ToSchema)]
#[diesel(table_name = gadgets)]
#[serde(deny_unknown_fields)]
pub struct GadgetUpdate {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(
        default,
        deserialize_with = "crate::kernel::patch::nullable",
        skip_serializing_if = "Option::is_none"
    )]
    pub notes: Option<Option<String>>,
}

impl RequestBody for GadgetUpdate {
    type Resource = Gadget;
}
