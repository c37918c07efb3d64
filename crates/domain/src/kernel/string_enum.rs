//! Enums of texts: TEXT with a CHECK in the database (custom types cost look-ups per connection),
//! an enum here, a named component in the document. Their order is that of the document, and the
//! sort order.

/// Declares an enum of texts in its order. `Operator as "FilterOperator"` has another name in the
/// document, because the name of the type is a keyword of a language for which clients are
/// generated.
macro_rules! string_enum {
    ($($(#[doc = $doc:literal])* $name:ident $(as $shown:literal)? {
        $($(#[$vdoc:meta])* $variant:ident = $text:literal,)*
    })*) => {$(
        $(#[doc = $doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
                 diesel::expression::AsExpression, diesel::deserialize::FromSqlRow)]
        #[diesel(sql_type = diesel::sql_types::Text)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $text)] $variant,)* }

        impl $name {
            /// Every value in the order of the declaration.
            pub const VALUES: &[&str] = &[$($text),*];
            /// The value as it is sent and stored.
            pub const fn as_str(self) -> &'static str { match self { $(Self::$variant => $text,)* } }
        }
        // Written out, because the derive does not see values that come from a macro, and would
        // show the names of the variants.
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                utoipa::openapi::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .description(Some(concat!($($doc, "\n"),*).trim().replace("\n ", "\n")))
                    .enum_values(Some(Self::VALUES.iter().copied()))
                    .into()
            }
        }
        impl utoipa::ToSchema for $name {
            $(fn name() -> std::borrow::Cow<'static, str> { $shown.into() })?
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str(self.as_str()) }
        }
        impl std::str::FromStr for $name {
            type Err = String;
            fn from_str(text: &str) -> Result<Self, String> {
                match text { $($text => Ok(Self::$variant),)* other => Err(format!("unknown {}: \
                    {other}", stringify!($name))) }
            }
        }
        impl diesel::serialize::ToSql<diesel::sql_types::Text, diesel::pg::Pg> for $name {
            fn to_sql<'b>(&'b self, out: &mut diesel::serialize::Output<'b, '_, diesel::pg::Pg>) -> diesel::serialize::Result {
                diesel::serialize::ToSql::<diesel::sql_types::Text, diesel::pg::Pg>::to_sql(self.as_str(), out)
            }
        }
        impl diesel::deserialize::FromSql<diesel::sql_types::Text, diesel::pg::Pg> for $name {
            fn from_sql(value: diesel::pg::PgValue<'_>) -> diesel::deserialize::Result<Self> {
                std::str::from_utf8(value.as_bytes())?.parse().map_err(Into::into)
            }
        }
    )*};
}
pub(crate) use string_enum;
