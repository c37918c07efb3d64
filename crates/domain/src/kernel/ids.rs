//! Typed ids: a prefix for the kind, and 26 base32 characters of a UUIDv7 (TypeID 0.3). In the
//! database and in memory they are plain UUIDs; the prefix exists only in requests and responses.

use std::str::FromStr;

use typeid_suffix::prelude::TypeIdSuffix;
use uuid::Uuid;

/// The reason why a text is not the expected id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// Not an id: wrong length, wrong alphabet or no prefix.
    #[error("must be an id of the form prefix_ and 26 characters")]
    Malformed,
    /// A well-formed id of another kind of resource.
    #[error("is the id of another kind of resource")]
    WrongKind,
}

/// Formats `uuid` with `prefix` as it is sent.
pub fn encode(prefix: &str, uuid: Uuid) -> String {
    format!("{prefix}_{}", TypeIdSuffix::from(uuid))
}

/// Parses an id with `prefix`.
pub fn decode(prefix: &str, text: &str) -> Result<Uuid, IdError> {
    let (found, suffix) = text.rsplit_once('_').ok_or(IdError::Malformed)?;
    let uuid = TypeIdSuffix::from_str(suffix).map_err(|_| IdError::Malformed)?.to_uuid();
    match found == prefix {
        true => Ok(uuid),
        false if found.bytes().all(|b| b.is_ascii_lowercase()) && !found.is_empty() => {
            Err(IdError::WrongKind)
        }
        false => Err(IdError::Malformed),
    }
}

/// The UUID of an id of any kind; `None` if it is not an id.
pub fn uuid_of(text: &str) -> Option<Uuid> {
    let (_, suffix) = text.rsplit_once('_')?;
    Some(TypeIdSuffix::from_str(suffix).ok()?.to_uuid())
}

/// Declares one kind of id: newtype, text form, column form, schema and path parameter.
macro_rules! typed_ids {
    ($($(#[$doc:meta])* $name:ident $prefix:literal;)*) => {
        /// Every prefix of an id.
        pub const PREFIXES: &[&str] = &[$($prefix),*];
        /// The schema of every id by its name, for references in parameters.
        pub fn schemas() -> Vec<(String, utoipa::openapi::RefOr<utoipa::openapi::Schema>)> {
            vec![$((stringify!($name).to_owned(), <$name as utoipa::PartialSchema>::schema())),*]
        }
        $(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash,
                 diesel::expression::AsExpression, diesel::deserialize::FromSqlRow)]
        #[diesel(sql_type = diesel::sql_types::Uuid)]
        pub struct $name(pub Uuid);

        impl $name {
            /// The part before the underscore.
            pub const PREFIX: &str = $prefix;
            /// A new id; later ids sort after earlier ones (UUIDv7).
            #[expect(clippy::new_without_default, reason = "a fresh id is never a default")]
            pub fn new() -> Self { Self(Uuid::now_v7()) }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str(&encode($prefix, self.0)) }
        }
        impl FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> { decode($prefix, text).map(Self) }
        }
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> { s.collect_str(self) }
        }
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                <std::borrow::Cow<'de, str>>::deserialize(d)?.parse().map_err(serde::de::Error::custom)
            }
        }
        impl diesel::serialize::ToSql<diesel::sql_types::Uuid, diesel::pg::Pg> for $name {
            fn to_sql<'b>(&'b self, out: &mut diesel::serialize::Output<'b, '_, diesel::pg::Pg>) -> diesel::serialize::Result {
                diesel::serialize::ToSql::<diesel::sql_types::Uuid, diesel::pg::Pg>::to_sql(&self.0, out)
            }
        }
        impl diesel::deserialize::FromSql<diesel::sql_types::Uuid, diesel::pg::Pg> for $name {
            fn from_sql(value: diesel::pg::PgValue<'_>) -> diesel::deserialize::Result<Self> {
                diesel::deserialize::FromSql::<diesel::sql_types::Uuid, diesel::pg::Pg>::from_sql(value).map(Self)
            }
        }
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> { id_schema($prefix, stringify!($name)).into() }
        }
        impl utoipa::ToSchema for $name {}
        impl utoipa::IntoParams for $name {
            fn into_params(_: impl Fn() -> Option<utoipa::openapi::path::ParameterIn>) -> Vec<utoipa::openapi::path::Parameter> {
                use utoipa::openapi::path::{ParameterBuilder, ParameterIn};
                vec![ParameterBuilder::new().name("id").parameter_in(ParameterIn::Path)
                    .required(utoipa::openapi::Required::True).description(Some("The id."))
                    .schema(Some(utoipa::openapi::Ref::from_schema_name(stringify!($name)))).build()]
            }
        }
        )*
    };
}

fn id_schema(prefix: &str, _name: &str) -> utoipa::openapi::Object {
    utoipa::openapi::ObjectBuilder::new()
        .schema_type(utoipa::openapi::schema::Type::String)
        .format(Some(utoipa::openapi::SchemaFormat::Custom("typeid".into())))
        .pattern(Some(format!("^{prefix}_[0-7][0-9a-hjkmnp-tv-z]{{25}}$")))
        .description(Some(format!("An id: `{prefix}_` and 26 base32 characters of a UUIDv7.")))
        .examples([serde_json::json!(format!("{prefix}_01kb1q3x5se7wtc2gnh2avw0fd"))])
        .build()
}

typed_ids! {
    /// The id of an organization (the tenant).
    OrganizationId "org";
    /// The id of a user: a person who can sign in.
    UserId "usr";
    /// The id of a member: a person in an organization.
    MemberId "mem";
    /// The id of a sign-in session.
    SessionId "ses";
    /// The id of an API key.
    ApiKeyId "key";
    /// The id of a partner.
    PartnerId "ptn";
    /// The id of a contact.
    ContactId "ctc";
    /// The id of a deal.
    DealId "deal";
    /// The id of a tag.
    TagId "tag";
    /// The id of a saved view.
    ViewId "view";
    /// The id of a plan item.
    PlanItemId "plan";
    /// The id of a tier.
    TierId "tier";
    /// The id of an entry of a partner's tier history.
    TierChangeId "tch";
    /// The id of a question of the application form.
    QuestionId "qst";
    /// The id of an agreement of the application form.
    AgreementId "agr";
    /// The id of a submission.
    SubmissionId "sub";
    /// The id of a score.
    ScoreId "scr";
    /// The id of a job.
    JobId "job";
    /// The id of an event.
    EventId "evt";
    /// The id of a notification.
    NotificationId "ntf";
    /// The id of a delivery of a notification.
    NotificationDeliveryId "ntd";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wire_form_round_trips_and_names_its_kind() {
        let id = PartnerId::new();
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!(id.to_string().parse::<TagId>(), Err(IdError::WrongKind));
        for text in [
            "",
            "ptn",
            "ptn_",
            "ptn_01kb",
            "ptn_8zzzzzzzzzzzzzzzzzzzzzzzzz",
            "PTN_01kb1q3x5se7wtc2gnh2avw0fd",
            "ptn_01kb1q3x5se7wtc2gnh2avw0fu",
        ] {
            assert_eq!(text.parse::<PartnerId>(), Err(IdError::Malformed), "{text}");
        }
    }
}
