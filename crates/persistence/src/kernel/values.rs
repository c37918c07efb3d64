//! Values of fields as PostgreSQL takes and gives them: what each type of field is in SQL. Its
//! other half, what each type of field makes of a value, is `domain::values`.

use domain::{
    fields::{Field, FieldType},
    values::FieldValue,
};
use serde_json::{Value as Json, json};

use crate::kernel::statement::Bind;

/// The type of the column of a field.
pub(crate) const fn column_type(kind: FieldType) -> &'static str {
    match kind {
        FieldType::Text | FieldType::Domain | FieldType::Enum => "text",
        FieldType::Integer | FieldType::Money | FieldType::Score => "bigint",
        FieldType::Boolean => "boolean",
        FieldType::Id => "uuid",
        FieldType::Date => "date",
        FieldType::Timestamp => "timestamptz",
        FieldType::TextArray | FieldType::EnumArray => "text[]",
        FieldType::IdArray => "uuid[]",
        FieldType::Object => "jsonb",
    }
}

/// A value as JSON that PostgreSQL turns into the type of its column: ids without their prefix.
pub(crate) fn column_json(value: &FieldValue) -> Json {
    match value {
        FieldValue::Null => Json::Null,
        FieldValue::Bool(value) => json!(value),
        FieldValue::Int(value) => json!(value),
        FieldValue::Text(value) => json!(value),
        FieldValue::Id(id) => json!(id),
        FieldValue::Instant(at) => json!(at),
        FieldValue::Day(day) => json!(day),
        FieldValue::Texts(items) => json!(items),
        FieldValue::Ids(ids) => json!(ids),
        FieldValue::Json(json) => json.clone(),
    }
}

/// A value that PostgreSQL has turned into JSON, as it goes over the wire; also one item of a list.
pub(crate) fn wire_json(field: &Field, json: Json) -> Json {
    let value = match (&json, field.kind) {
        (Json::String(id), FieldType::Id | FieldType::IdArray) => {
            id.parse().ok().map(FieldValue::Id)
        }
        (Json::String(at), FieldType::Timestamp) => at.parse().ok().map(FieldValue::Instant),
        _ => return json,
    };
    value.map_or(Json::Null, |value| field.render_json(&value))
}

impl Bind {
    /// One value. A null is one of texts, since it does not say of what type it is.
    pub(crate) fn one(value: &FieldValue) -> Self {
        match value {
            FieldValue::Null => Self::Text(None),
            FieldValue::Bool(value) => Self::Bool(Some(*value)),
            FieldValue::Int(value) => Self::Int(Some(*value)),
            FieldValue::Text(value) => Self::Text(Some(value.clone())),
            FieldValue::Id(id) => Self::Id(Some(*id)),
            FieldValue::Instant(at) => Self::Time(Some(at.0)),
            FieldValue::Day(day) => Self::Day(Some(*day)),
            FieldValue::Texts(items) => Self::Texts(items.clone()),
            FieldValue::Ids(ids) => Self::Ids(ids.clone()),
            FieldValue::Json(json) => Self::Json(Some(json.clone())),
        }
    }

    /// Values of one type as an array.
    pub(crate) fn many(values: &[FieldValue]) -> Self {
        macro_rules! all {
            ($bind:ident, $value:pat => $into:expr) => {
                Self::$bind(
                    values
                        .iter()
                        .filter_map(|value| if let $value = value { Some($into) } else { None })
                        .collect(),
                )
            };
        }
        match values.first() {
            Some(FieldValue::Bool(_)) => all!(Bools, FieldValue::Bool(value) => *value),
            Some(FieldValue::Int(_)) => all!(Ints, FieldValue::Int(value) => *value),
            Some(FieldValue::Id(_)) => all!(Ids, FieldValue::Id(id) => *id),
            Some(FieldValue::Instant(_)) => all!(Times, FieldValue::Instant(at) => at.0),
            Some(FieldValue::Day(_)) => all!(Days, FieldValue::Day(day) => *day),
            _ => all!(Texts, FieldValue::Text(value) => value.clone()),
        }
    }
}
