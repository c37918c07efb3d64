//! The records that views list, exports write and imports read: one set of words for all three.

use crate::{
    kernel::{access::AccessScope, resource::Resource, string_enum::string_enum},
    resources::{contacts::CONTACTS, deals::DEALS, partners::PARTNERS},
};

string_enum! {
    /// A kind of record with views, exports and imports.
    ObjectType {
        Partner = "partner",
        Deal = "deal",
        Contact = "contact",
    }
}

impl ObjectType {
    /// The declaration of these records.
    pub const fn resource(self) -> &'static Resource {
        match self {
            Self::Partner => &PARTNERS,
            Self::Deal => &DEALS,
            Self::Contact => &CONTACTS,
        }
    }

    /// What a key must be allowed to do to read these records.
    pub fn read_scope(self) -> AccessScope {
        self.resource().read_scope.expect("every object has one (tested)")
    }

    /// What a key must be allowed to do to write these records.
    pub fn write_scope(self) -> AccessScope {
        self.resource().write_scope.expect("every object has one (tested)")
    }
}

/// Declares the part of [`ObjectType`] that an operation takes, as a schema of the document: a body
/// with another word is refused before it becomes an [`ObjectType`]. Fields of this type name the
/// schema (`value_type`).
macro_rules! object_schemas {
    ($($(#[doc = $doc:literal])* $name:ident [$($object:ident),*];)*) => {$(
        $(#[doc = $doc])*
        #[derive(Debug)]
        pub struct $name;

        impl $name {
            /// The words in the order of the document.
            pub const VALUES: &[&str] = &[$(ObjectType::$object.as_str()),*];
        }
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                utoipa::openapi::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .description(Some(concat!($($doc),*).trim()))
                    .enum_values(Some(Self::VALUES.iter().copied()))
                    .into()
            }
        }
        impl utoipa::ToSchema for $name {}
    )*};
}

object_schemas! {
    /// The kind of records in a view.
    ViewObject [Partner, Deal, Contact];
    /// The kind of records.
    ExportObject [Partner, Contact, Deal];
    /// The kind of records in the file.
    ImportObject [Partner, Contact, Deal];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_object_has_what_views_and_exports_read() {
        for word in ObjectType::VALUES {
            let object: ObjectType = word.parse().unwrap();
            let resource = object.resource();
            assert_eq!(resource.singular, *word);
            assert!(resource.list().has_views, "{word}");
            assert!(resource.read_scope.is_some() && resource.write_scope.is_some(), "{word}");
            let columns = (resource.columns)();
            // A view may show what its list filters and sorts by.
            let own = resource.list().fields().iter().filter(|field| field.of_partner.is_none());
            for field in own {
                assert!(columns.contains(&field.name), "{word} cannot show {}", field.name);
            }
        }
    }
}
