//! A row that can be serialised, read property by property: what a list needs of its last row are
//! the values of its cursor, and not the whole row as JSON.

use std::fmt::Display;

use serde::{
    Serialize, Serializer,
    ser::{Error as _, Impossible, SerializeMap, SerializeStruct},
};
use serde_json::{Error, Value as Json};
use uuid::Uuid;

use crate::kernel::{
    fields::Field,
    ids,
    values::{FieldRow, FieldValue},
};

/// A row of a list as what it is serialised to.
#[derive(Debug, Clone, Copy)]
pub struct SerializedRow<'a, T>(pub &'a T);

impl<T: Serialize> SerializedRow<'_, T> {
    fn property(&self, name: &str) -> Option<Json> {
        self.0.serialize(Picker { name }).ok().flatten()
    }
}

impl<T: Serialize> FieldRow for SerializedRow<'_, T> {
    fn get(&self, field: &Field) -> FieldValue {
        if let Some(of_partner) = field.of_partner {
            return match self.property("partner") {
                Some(Json::Object(partner)) => FieldRow::get(&partner, of_partner),
                _ => FieldValue::Null,
            };
        }
        let (property, member) = match field.path.split_once('.') {
            Some((property, member)) => (property, Some(member)),
            None => (field.path, None),
        };
        let value = self.property(property);
        let value = match (&value, member) {
            (Some(object), Some(member)) => object.get(member),
            (value, _) => value.as_ref(),
        };
        value.and_then(|json| field.parse_json(json)).unwrap_or_default()
    }

    fn id(&self) -> Option<Uuid> {
        ids::uuid_of(self.property("id")?.as_str()?)
    }
}

/// Serialises one property of an object and passes over the others.
#[derive(Clone, Copy)]
struct Picker<'a> {
    name: &'a str,
}

/// An object of which one property is serialised.
struct PickedProperty<'a> {
    name: &'a str,
    value: Option<Json>,
    /// Whether the key of a map that came last is the one that is wanted.
    is_next: bool,
}

impl<'a> Picker<'a> {
    fn object(self) -> PickedProperty<'a> {
        PickedProperty { name: self.name, value: None, is_next: false }
    }
}

impl SerializeStruct for PickedProperty<'_> {
    type Ok = Option<Json>;
    type Error = Error;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        key: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        if key == self.name {
            self.value = Some(serde_json::to_value(value)?);
        }
        Ok(())
    }

    fn end(self) -> Result<Option<Json>, Error> {
        Ok(self.value)
    }
}

/// A struct with flattened members is serialised as a map.
impl SerializeMap for PickedProperty<'_> {
    type Ok = Option<Json>;
    type Error = Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Error> {
        self.is_next = serde_json::to_value(key)?.as_str() == Some(self.name);
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        if self.is_next {
            self.value = Some(serde_json::to_value(value)?);
        }
        Ok(())
    }

    fn end(self) -> Result<Option<Json>, Error> {
        Ok(self.value)
    }
}

/// Rows are objects; what is none has no property.
macro_rules! no_object {
    ($($method:ident($($of:ty),*);)*) => {$(
        fn $method(self, $(_: $of),*) -> Result<Option<Json>, Error> {
            Ok(None)
        }
    )*};
}

impl<'a> Serializer for Picker<'a> {
    type Ok = Option<Json>;
    type Error = Error;
    type SerializeSeq = Impossible<Option<Json>, Error>;
    type SerializeTuple = Impossible<Option<Json>, Error>;
    type SerializeTupleStruct = Impossible<Option<Json>, Error>;
    type SerializeTupleVariant = Impossible<Option<Json>, Error>;
    type SerializeMap = PickedProperty<'a>;
    type SerializeStruct = PickedProperty<'a>;
    type SerializeStructVariant = Impossible<Option<Json>, Error>;

    no_object! {
        serialize_bool(bool);
        serialize_i8(i8);
        serialize_i16(i16);
        serialize_i32(i32);
        serialize_i64(i64);
        serialize_u8(u8);
        serialize_u16(u16);
        serialize_u32(u32);
        serialize_u64(u64);
        serialize_f32(f32);
        serialize_f64(f64);
        serialize_char(char);
        serialize_str(&str);
        serialize_bytes(&[u8]);
        serialize_none();
        serialize_unit();
        serialize_unit_struct(&'static str);
        serialize_unit_variant(&'static str, u32, &'static str);
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Option<Json>, Error> {
        value.serialize(self)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<Option<Json>, Error> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<Option<Json>, Error> {
        Ok(None)
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Self::SerializeSeq, Error> {
        Err(no_row("a list"))
    }

    fn serialize_tuple(self, _: usize) -> Result<Self::SerializeTuple, Error> {
        Err(no_row("a tuple"))
    }

    fn serialize_tuple_struct(
        self,
        name: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleStruct, Error> {
        Err(no_row(name))
    }

    fn serialize_tuple_variant(
        self,
        name: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, Error> {
        Err(no_row(name))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<PickedProperty<'a>, Error> {
        Ok(self.object())
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<PickedProperty<'a>, Error> {
        Ok(self.object())
    }

    fn serialize_struct_variant(
        self,
        name: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, Error> {
        Err(no_row(name))
    }
}

fn no_row(what: impl Display) -> Error {
    Error::custom(format!("{what} is no row of a list"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::kernel::fields::{FieldClass, FieldType, named};

    #[derive(Serialize)]
    struct Inner {
        score: i64,
    }

    #[derive(Serialize)]
    struct Row {
        id: &'static str,
        #[serde(flatten)]
        inner: Inner,
        parts: Inner,
        /// Fails when it is serialised.
        never: Never,
    }

    struct Never;
    impl Serialize for Never {
        fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
            Err(S::Error::custom("was serialised"))
        }
    }

    static FIELDS: [Field; 3] = [
        Field::new("score", "Score", FieldType::Integer, FieldClass::System),
        Field::new("parts.score", "Part", FieldType::Integer, FieldClass::System),
        Field::new("absent", "Absent", FieldType::Integer, FieldClass::System),
    ];

    #[test]
    fn only_the_property_that_is_asked_for_is_serialised() {
        let row = Row {
            id: "ptn_01kb1q3x5se7wtc2gnh2avw0fd",
            inner: Inner { score: 7 },
            parts: Inner { score: 8 },
            never: Never,
        };
        let value = |name: &str| SerializedRow(&row).get(named(&FIELDS, name).unwrap());
        assert_eq!(value("score"), FieldValue::Int(7));
        assert_eq!(value("parts.score"), FieldValue::Int(8));
        assert_eq!(value("absent"), FieldValue::Null);
        assert_eq!(SerializedRow(&row).id(), ids::uuid_of(row.id));
        let object = json!({"score": 9});
        assert_eq!(SerializedRow(&object).get(&FIELDS[0]), FieldValue::Int(9));
        assert_eq!(SerializedRow(&json!([1])).get(&FIELDS[0]), FieldValue::Null);
    }
}
