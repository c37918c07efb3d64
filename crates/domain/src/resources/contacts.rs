//! Contacts: people at a partner.

use diesel::{prelude::*, sql_types::Bool};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::kernel::{
    fields::{Field, FieldClass, FieldReference, FieldType},
    ids::{ContactId, PartnerId},
    lists::{List, list_parameters},
    page::FollowedPage,
    request_body::RequestBody,
    schema::contacts,
    sql::Sql,
    timestamp::Timestamp,
};

const IS_PRIMARY: &str = "(EXISTS (SELECT FROM partners WHERE partners.id = contacts.partner_id \
    AND partners.primary_contact_id = contacts.id))";

const fn is_primary() -> Sql<Bool> {
    Sql::new(IS_PRIMARY)
}

/// A person at a partner.
#[derive(Debug, Clone, HasQuery, Serialize, ToSchema)]
#[diesel(table_name = contacts)]
pub struct Contact {
    /// The id.
    pub id: ContactId,
    /// Increases with every change. Also the ETag.
    #[schema(minimum = 1, example = 1)]
    pub version: i64,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// The partner.
    pub partner_id: PartnerId,
    /// The name.
    #[schema(min_length = 1, max_length = 200, example = "Ann \
        Lee", extensions(("x-single-line" = json!(true))))]
    pub name: String,
    /// The e-mail address; unique within the partner.
    #[schema(format = "email", max_length = 254, example = "ann@acme.com")]
    pub email: Option<String>,
    /// The phone number, E.164.
    #[schema(format = "phone", max_length = 40, example = "+41443334455")]
    pub phone: Option<String>,
    /// The job title.
    #[schema(max_length = 200, example = "CTO", extensions(("x-single-line" = json!(true))))]
    pub title: Option<String>,
    /// Whether it is the partner's primary contact.
    #[diesel(select_expression = is_primary(), select_expression_type = Sql<Bool>)]
    #[schema(example = true)]
    pub is_primary: bool,
    /// Internal notes.
    #[schema(max_length = 5000, example = "Prefers mornings.")]
    pub notes: Option<String>,
}

/// The fields that lists of contacts are filtered and sorted by.
pub static CONTACT: &[Field] = &[
    Field::new("id", "ID", FieldType::Id, FieldClass::System).refers_to(FieldReference::Contact),
    Field::new("partner_id", "Partner", FieldType::Id, FieldClass::Profile),
    Field::new("name", "Name", FieldType::Text, FieldClass::Profile).length(200).indexed(),
    Field::new("email", "E-mail", FieldType::Text, FieldClass::Profile).null().length(254),
    Field::new("phone", "Phone", FieldType::Text, FieldClass::Profile).null().length(40),
    Field::new("title", "Title", FieldType::Text, FieldClass::Profile).null().length(200),
    Field::new("is_primary", "Primary contact", FieldType::Boolean, FieldClass::System)
        .column(IS_PRIMARY),
    Field::new("created_at", "Created", FieldType::Timestamp, FieldClass::System),
    Field::new("updated_at", "Updated", FieldType::Timestamp, FieldClass::System),
];

/// The columns of contacts that lists do not filter or sort by.
pub const CONTACT_COLUMNS: &[&str] = &[
    "id",
    "partner_id",
    "name",
    "email",
    "phone",
    "title",
    "is_primary",
    "notes",
    "created_at",
    "updated_at",
];

/// The list of contacts.
pub static CONTACT_LIST: List =
    List::new("Contact", || CONTACT).order("name").search().deleted().views().changes();

list_parameters! {
    /// The parameters of the list of contacts.
    ContactList of CONTACT_LIST;
}

/// A page of contacts.
pub type ContactPage = FollowedPage<Contact>;

/// A new contact.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ContactCreate {
    pub partner_id: PartnerId,
    pub name: String,
    #[serde(default)]
    pub email: Option<String>,
    #[serde(default)]
    pub phone: Option<String>,
    #[serde(default)]
    pub title: Option<String>,
    #[serde(default)]
    pub notes: Option<String>,
    /// Whether it becomes the partner's primary contact.
    #[serde(default)]
    #[schema(example = false)]
    pub make_primary: bool,
}

impl RequestBody for ContactCreate {
    type Resource = Contact;
}

/// A merge patch of a contact: absent properties keep their values, null clears them. A new
/// `partner_id` moves the contact, which is then no longer primary.
#[derive(Debug, Clone, Default, Serialize, Deserialize, AsChangeset, ToSchema)]
#[diesel(table_name = contacts)]
#[serde(deny_unknown_fields)]
pub struct ContactUpdate {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partner_id: Option<PartnerId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(
        default,
        deserialize_with = "crate::kernel::patch::nullable",
        skip_serializing_if = "Option::is_none"
    )]
    pub email: Option<Option<String>>,
    #[serde(
        default,
        deserialize_with = "crate::kernel::patch::nullable",
        skip_serializing_if = "Option::is_none"
    )]
    pub phone: Option<Option<String>>,
    #[serde(
        default,
        deserialize_with = "crate::kernel::patch::nullable",
        skip_serializing_if = "Option::is_none"
    )]
    pub title: Option<Option<String>>,
    #[serde(
        default,
        deserialize_with = "crate::kernel::patch::nullable",
        skip_serializing_if = "Option::is_none"
    )]
    pub notes: Option<Option<String>>,
}

impl RequestBody for ContactUpdate {
    type Resource = Contact;
}
