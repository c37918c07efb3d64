//! Values of fields in their types, and the one table of what each type of field makes of a value:
//! how it is read from JSON and from a condition, written as JSON, compared and sorted. A new type
//! of field is a line in each `match` of this file, and one in `persistence::values`.

use std::cmp::Ordering;

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use crate::kernel::{
    body, domains,
    durations::{day, instant},
    fields::{Field, FieldType},
    ids::{self, ContactId, DealId, MemberId, PartnerId, TagId},
    links, text,
    timestamp::Timestamp,
};

/// A value of a field. Which of the types it has follows from the field, except that every field
/// can be null.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum FieldValue {
    #[default]
    Null,
    Bool(bool),
    Int(i64),
    /// Also a domain and the word of an enum. Of a link the path that is stored.
    Text(String),
    Id(Uuid),
    Instant(Timestamp),
    Day(NaiveDate),
    Texts(Vec<String>),
    Ids(Vec<Uuid>),
    /// An object, or a list of objects.
    Json(Json),
}

impl FieldValue {
    /// Whether it is null.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// Whether nothing is there: null or an empty list.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Null => true,
            Self::Texts(items) => items.is_empty(),
            Self::Ids(items) => items.is_empty(),
            Self::Json(json) => json.as_array().is_some_and(Vec::is_empty),
            _ => false,
        }
    }

    /// The text of one.
    pub fn as_text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// The number of one.
    pub fn as_int(&self) -> Option<i64> {
        if let Self::Int(number) = self { Some(*number) } else { None }
    }

    /// The ids of a list of ids; of anything else none.
    pub fn as_ids(&self) -> &[Uuid] {
        if let Self::Ids(ids) = self { ids } else { &[] }
    }

    /// Its items, of a list; none of anything else.
    fn items(&self) -> Vec<Self> {
        match self {
            Self::Texts(items) => items.iter().cloned().map(Self::Text).collect(),
            Self::Ids(items) => items.iter().copied().map(Self::Id).collect(),
            _ => Vec::new(),
        }
    }

    /// The natural order of two values of one type; none of different types, and of values that
    /// have no order. Texts are ordered without regard to case.
    pub fn order(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Bool(one), Self::Bool(other)) => Some(one.cmp(other)),
            (Self::Int(one), Self::Int(other)) => Some(one.cmp(other)),
            (Self::Id(one), Self::Id(other)) => Some(one.cmp(other)),
            (Self::Instant(one), Self::Instant(other)) => Some(one.cmp(other)),
            (Self::Day(one), Self::Day(other)) => Some(one.cmp(other)),
            (Self::Text(one), Self::Text(other)) => Some(text::fold(one).cmp(&text::fold(other))),
            _ => None,
        }
    }
}

/// Types that values are made of. A value that may be missing is null when it is.
macro_rules! values {
    ($($of:ty => |$value:ident| $into:expr;)*) => {$(
        impl From<$of> for FieldValue {
            fn from($value: $of) -> Self {
                $into
            }
        }
    )*};
}
values! {
    bool => |value| Self::Bool(value);
    i64 => |value| Self::Int(value);
    &str => |value| Self::Text(value.to_owned());
    String => |value| Self::Text(value);
    Timestamp => |value| Self::Instant(value);
    NaiveDate => |value| Self::Day(value);
    Vec<String> => |value| Self::Texts(value);
    PartnerId => |value| Self::Id(value.0);
    TagId => |value| Self::Id(value.0);
    MemberId => |value| Self::Id(value.0);
    ContactId => |value| Self::Id(value.0);
    DealId => |value| Self::Id(value.0);
    Vec<TagId> => |value| Self::Ids(value.into_iter().map(|id| id.0).collect());
}
impl<T: Into<Self>> From<Option<T>> for FieldValue {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// Why the value of a condition is none of its field: what it must be, and facts for programs.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ValueError {
    pub detail: &'static str,
    pub meta: Option<(&'static str, Json)>,
}

impl ValueError {
    fn new(detail: &'static str) -> Self {
        Self { detail, meta: None }
    }
}

/// Bytes of the longest text that a condition compares with.
const MAX_CONDITION: usize = 10_000;

impl Field {
    /// Reads a value as it goes over the wire; none when it is not of the field's type. Whether it
    /// is within the limits of the field is checked against the document.
    pub fn parse_json(&self, json: &Json) -> Option<FieldValue> {
        let value = match json {
            Json::Null => FieldValue::Null,
            Json::Array(items) if self.is_array() => self.parse_items(items)?,
            _ if self.is_array() => return None,
            json => self.parse_item(json)?,
        };
        match value {
            FieldValue::Text(url) if self.link => {
                let path = url.strip_prefix(links::public_url()).map(str::to_owned);
                Some(FieldValue::Text(path.unwrap_or(url)))
            }
            value => Some(value),
        }
    }

    fn parse_items(&self, items: &[Json]) -> Option<FieldValue> {
        if self.kind == FieldType::IdArray {
            let ids = items.iter().map(|item| self.parse_id(item));
            return ids.collect::<Option<_>>().map(FieldValue::Ids);
        }
        let texts = items.iter().map(|item| item.as_str().map(str::to_owned));
        texts.collect::<Option<_>>().map(FieldValue::Texts)
    }

    /// One value: that of the field, or an item of its list.
    fn parse_item(&self, json: &Json) -> Option<FieldValue> {
        match self.kind {
            FieldType::Boolean => json.as_bool().map(FieldValue::Bool),
            FieldType::Integer | FieldType::Money | FieldType::Score => {
                let number = json.as_number()?;
                let integer = number.as_i64().or_else(|| body::whole(number)?.as_i64());
                integer.map(FieldValue::Int)
            }
            FieldType::Date => json.as_str()?.parse().ok().map(FieldValue::Day),
            FieldType::Timestamp => json.as_str()?.parse().ok().map(FieldValue::Instant),
            FieldType::Id | FieldType::IdArray => self.parse_id(json).map(FieldValue::Id),
            FieldType::Text
            | FieldType::Enum
            | FieldType::Domain
            | FieldType::TextArray
            | FieldType::EnumArray => json.as_str().map(FieldValue::from),
            FieldType::Object => Some(FieldValue::Json(json.clone())),
        }
    }

    fn parse_id(&self, json: &Json) -> Option<Uuid> {
        ids::decode(self.prefix(), json.as_str()?).ok()
    }

    /// A text as the JSON of one of its values. What is no number or boolean stays a text, which is
    /// refused with the value that was written.
    pub(crate) fn text_to_json(&self, text: &str) -> Json {
        let kind = match self.kind {
            FieldType::Boolean => "boolean",
            FieldType::Integer | FieldType::Money | FieldType::Score => "integer",
            _ => "string",
        };
        body::typed(Some(kind), text)
    }

    /// Reads the value of a condition, or one of its values when it is about a list: as people
    /// write it, with durations for instants and addresses for domains. It comes in the form in
    /// which it is compared.
    pub(crate) fn parse_condition(
        &self,
        json: &Json,
        now: DateTime<Utc>,
    ) -> Result<FieldValue, ValueError> {
        let wrong = ValueError::new;
        match self.kind {
            FieldType::Boolean => self.parse_item(json).ok_or(wrong("must be true or false")),
            FieldType::Integer | FieldType::Money | FieldType::Score => {
                self.parse_item(json).ok_or(wrong("must be an integer"))
            }
            FieldType::Date => json
                .as_str()
                .and_then(|text| day(text, now))
                .map(FieldValue::Day)
                .ok_or(wrong("must be a date such as 2026-11-22 or a duration such as -P30D")),
            FieldType::Timestamp => json
                .as_str()
                .and_then(|text| instant(text, now))
                .map(|at| FieldValue::Instant(Timestamp(at)))
                .ok_or(wrong("must be a time or a duration such as -P30D")),
            FieldType::Enum | FieldType::EnumArray => match json.as_str() {
                Some(word) if self.words.contains(&word) => Ok(word.into()),
                _ => {
                    let meta = Some(("allowed", json!(self.words)));
                    Err(ValueError { meta, ..wrong("is none of the allowed values") })
                }
            },
            FieldType::Id | FieldType::IdArray => {
                let detail = match json.as_str().map(|text| ids::decode(self.prefix(), text)) {
                    Some(Ok(id)) => return Ok(FieldValue::Id(id)),
                    Some(Err(ids::IdError::WrongKind)) => "is the id of another kind of thing",
                    _ => "must be an id",
                };
                Err(ValueError { meta: Some(("prefix", json!(self.prefix()))), ..wrong(detail) })
            }
            FieldType::Domain => match json.as_str().map(domains::normalise) {
                Some(Ok(domain)) => Ok(FieldValue::Text(domain)),
                _ => Err(wrong("must be a domain")),
            },
            FieldType::Text | FieldType::TextArray => match json.as_str() {
                Some(part) if part.len() <= MAX_CONDITION && !part.contains('\0') => {
                    Ok(FieldValue::Text(self.folded(part)))
                }
                _ => Err(wrong("must be a text")),
            },
            FieldType::Object => Err(wrong("cannot be used in a filter")),
        }
    }

    /// A value as it goes over the wire.
    pub fn render_json(&self, value: &FieldValue) -> Json {
        match value {
            FieldValue::Text(path) if self.link => json!(format!("{}{path}", links::public_url())),
            FieldValue::Null => Json::Null,
            FieldValue::Bool(value) => json!(value),
            FieldValue::Int(value) => json!(value),
            FieldValue::Text(value) => json!(value),
            FieldValue::Id(id) => json!(ids::encode(self.prefix(), *id)),
            FieldValue::Instant(at) => json!(at),
            FieldValue::Day(day) => json!(day),
            FieldValue::Texts(items) => json!(items),
            FieldValue::Ids(ids) => ids.iter().map(|id| ids::encode(self.prefix(), *id)).collect(),
            FieldValue::Json(json) => json.clone(),
        }
    }

    /// The value of a new row.
    pub fn default_field_value(&self) -> FieldValue {
        self.parse_json(&self.default_value()).expect("defaults are of their type (tested)")
    }

    /// A text as it is compared: in lower case, unless it is a key or the word of an enum.
    fn folded(&self, part: &str) -> String {
        let is_free = matches!(self.kind, FieldType::Text | FieldType::TextArray);
        if is_free && !self.is_exact() { text::fold(part) } else { part.to_owned() }
    }

    /// The value of a row in the form in which conditions compare it; a link with its address.
    pub fn fold(&self, value: FieldValue) -> FieldValue {
        match value {
            FieldValue::Text(path) if self.link => {
                FieldValue::Text(self.folded(&format!("{}{path}", links::public_url())))
            }
            FieldValue::Text(part) => FieldValue::Text(self.folded(&part)),
            other => other,
        }
    }

    /// The items of a list, each in the form in which conditions compare it.
    pub(crate) fn folded_items(&self, value: &FieldValue) -> Vec<FieldValue> {
        value.items().into_iter().map(|item| self.fold(item)).collect()
    }

    /// What lists are sorted by: of a tier its rank, of the word of an enum its place among all, of
    /// a link its address, of everything else the value itself. `rank` answers the rank of a tier.
    pub fn sort_value(&self, value: FieldValue, rank: impl Fn(&str) -> Option<i64>) -> FieldValue {
        match value {
            FieldValue::Text(key) if self.is_tier() => rank(&key).into(),
            FieldValue::Text(word) if self.kind == FieldType::Enum => {
                let place = self.words.iter().position(|other| *other == word);
                place.and_then(|place| i64::try_from(place).ok()).into()
            }
            FieldValue::Text(path) if self.link => {
                FieldValue::Text(format!("{}{path}", links::public_url()))
            }
            other => other,
        }
    }

    /// A sort value as a cursor carries it.
    pub(crate) fn render_sort_value(&self, value: &FieldValue) -> Json {
        match value {
            // With its address already.
            FieldValue::Text(text) => json!(text),
            other => self.render_json(other),
        }
    }

    /// Reads what [`Self::render_sort_value`] wrote; none when it is no such value.
    pub(crate) fn parse_sort_value(&self, json: &Json) -> Option<FieldValue> {
        match json {
            Json::Null => Some(FieldValue::Null),
            json if self.kind == FieldType::Enum || self.is_tier() => {
                json.as_i64().map(FieldValue::Int)
            }
            // PostgreSQL knows no text with this character.
            Json::String(text) if text.contains('\0') => None,
            json => self.parse_item(json),
        }
    }

    /// The order of two values of its rows by what lists are sorted by; none when one is null.
    pub fn compare(
        &self,
        one: &FieldValue,
        other: &FieldValue,
        rank: impl Fn(&str) -> Option<i64>,
    ) -> Option<Ordering> {
        let [one, other] = [one, other].map(|value| self.sort_value(value.clone(), &rank));
        one.order(&other)
    }

    /// The value of this member of an object whose value is `object`.
    pub fn member_of(&self, object: &FieldValue) -> FieldValue {
        let (FieldValue::Json(object), Some((_, member))) = (object, self.path.split_once('.'))
        else {
            return FieldValue::Null;
        };
        object.get(member).and_then(|json| self.parse_json(json)).unwrap_or_default()
    }
}

/// A row whose fields filters, sorts and rules look at.
pub trait FieldRow {
    /// The value of a field; null when the row does not have it.
    fn get(&self, field: &Field) -> FieldValue;

    /// Its id, by which rows are told apart that are equal otherwise.
    fn id(&self) -> Option<Uuid>;
}

/// The values of an object by property, as they go over the wire.
impl FieldRow for Map<String, Json> {
    fn get(&self, field: &Field) -> FieldValue {
        field.parse_json(field.of(self)).unwrap_or_default()
    }

    fn id(&self) -> Option<Uuid> {
        ids::uuid_of(Map::get(self, "id")?.as_str()?)
    }
}

/// A record that is not there yet: all its values are null.
#[derive(Debug, Clone, Copy)]
pub struct NoRow;

impl FieldRow for NoRow {
    fn get(&self, _: &Field) -> FieldValue {
        FieldValue::Null
    }

    fn id(&self) -> Option<Uuid> {
        None
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        kernel::fields::FieldClass,
        resources::{deals::DEAL, partners::PARTNER},
    };

    /// A field of every type, and those that are read in a way of their own.
    const FIELDS: [Field; 15] = {
        const fn field(kind: FieldType) -> Field {
            Field::new("field", "Field", kind, FieldClass::Profile)
        }
        [
            field(FieldType::Text),
            field(FieldType::Integer),
            field(FieldType::Money),
            field(FieldType::Score),
            field(FieldType::Boolean),
            field(FieldType::Enum).words(&["b", "a"]),
            field(FieldType::Date),
            field(FieldType::Timestamp),
            field(FieldType::Domain),
            field(FieldType::Id).ids("tag", "TagId"),
            field(FieldType::TextArray),
            field(FieldType::EnumArray).words(&["b", "a"]),
            field(FieldType::IdArray).ids("tag", "TagId"),
            field(FieldType::Object),
            field(FieldType::Text).link(),
        ]
    };

    fn text() -> impl Strategy<Value = String> {
        "[a-zA-ZäÖß .\"\\\\]{0,12}"
    }

    fn word() -> impl Strategy<Value = &'static str> {
        prop_oneof![Just("a"), Just("b")]
    }

    fn uuid() -> impl Strategy<Value = Uuid> {
        any::<u128>().prop_map(Uuid::from_u128)
    }

    /// Any value of a type.
    fn value(kind: FieldType) -> BoxedStrategy<FieldValue> {
        let items = 0..4_usize;
        let value = match kind {
            FieldType::Text => text().prop_map(FieldValue::Text).boxed(),
            FieldType::Domain => Just(FieldValue::from("acme.com")).boxed(),
            FieldType::Enum => word().prop_map(FieldValue::from).boxed(),
            FieldType::Integer | FieldType::Money | FieldType::Score => {
                any::<i64>().prop_map(FieldValue::Int).boxed()
            }
            FieldType::Boolean => any::<bool>().prop_map(FieldValue::Bool).boxed(),
            FieldType::Date => (1..3_000_000_i32)
                .prop_filter_map("a day of four digits", |days| {
                    NaiveDate::from_num_days_from_ce_opt(days % 3_650_000)
                })
                .prop_map(FieldValue::Day)
                .boxed(),
            FieldType::Timestamp => (0..4_000_000_000_000_000_i64)
                .prop_filter_map("an instant", DateTime::from_timestamp_micros)
                .prop_map(|at| FieldValue::Instant(Timestamp(at)))
                .boxed(),
            FieldType::Id => uuid().prop_map(FieldValue::Id).boxed(),
            FieldType::TextArray => {
                proptest::collection::vec(text(), items).prop_map(FieldValue::Texts).boxed()
            }
            FieldType::EnumArray => {
                let words = proptest::collection::vec(word().prop_map(str::to_owned), items);
                words.prop_map(FieldValue::Texts).boxed()
            }
            FieldType::IdArray => {
                proptest::collection::vec(uuid(), items).prop_map(FieldValue::Ids).boxed()
            }
            FieldType::Object => {
                let object = |name: String| FieldValue::Json(json!([{"name": name, "q1": 1}]));
                text().prop_map(object).boxed()
            }
        };
        prop_oneof![1 => Just(FieldValue::Null), 9 => value].boxed()
    }

    fn field_and_values() -> impl Strategy<Value = (&'static Field, FieldValue, FieldValue)> {
        (0..FIELDS.len()).prop_flat_map(|place| {
            static ALL: [Field; 15] = FIELDS;
            let field = &ALL[place];
            (Just(field), value(field.kind), value(field.kind))
        })
    }

    fn no_rank(_: &str) -> Option<i64> {
        None
    }

    proptest! {
        /// What is written is what is read, by every reader of JSON.
        #[test]
        fn values_survive_json((field, value, _) in field_and_values()) {
            let json = field.render_json(&value);
            prop_assert_eq!(field.parse_json(&json), Some(value.clone()));
            prop_assert_eq!(json.is_null(), value.is_null());
            let row = Map::from_iter([(field.name.to_owned(), json.clone())]);
            prop_assert_eq!(&FieldRow::get(&row, field), &value);
            let serialized = json!({"other": 1, "field": json});
            let row = crate::kernel::serialized_row::SerializedRow(&serialized);
            prop_assert_eq!(&row.get(field), &value);
            // Also after it has been text.
            let again: Json = serde_json::from_str(&serialized.to_string()).unwrap();
            prop_assert_eq!(&FieldRow::get(again.as_object().unwrap(), field), &value);
        }

        /// A condition that names the value of a row means that row.
        #[test]
        fn conditions_are_read_like_values((field, value, _) in field_and_values()) {
            let json = field.render_json(&value);
            let items: Vec<&Json> = match &json {
                Json::Array(items) if field.is_array() => items.iter().collect(),
                one => vec![one],
            };
            let folded = if field.is_array() {
                field.folded_items(&value)
            } else {
                vec![field.fold(value.clone())]
            };
            for (json, folded) in items.into_iter().zip(folded) {
                match field.parse_condition(json, Utc::now()) {
                    Ok(read) => prop_assert_eq!(read, folded),
                    Err(_) => prop_assert!(value.is_null() || field.kind == FieldType::Object),
                }
            }
        }

        /// The order of values is that of the places that cursors carry.
        #[test]
        fn cursors_keep_the_order((field, one, other) in field_and_values()) {
            let place = |value: &FieldValue| {
                let value = field.sort_value(value.clone(), no_rank);
                let json = field.render_sort_value(&value);
                (value, field.parse_sort_value(&json))
            };
            if !field.sortable() {
                return Ok(());
            }
            let ((one_value, one_read), (other_value, other_read)) = (place(&one), place(&other));
            prop_assert_eq!(Some(&one_value), one_read.as_ref());
            let order = one_read.and_then(|one| one.order(&other_read?));
            prop_assert_eq!(order, one_value.order(&other_value));
            prop_assert_eq!(order, field.compare(&one, &other, no_rank));
            prop_assert_eq!(order.is_none(), one.is_null() || other.is_null());
        }
    }

    #[test]
    fn what_is_of_another_type_is_no_value() {
        let others = [json!(true), json!(1.5), json!("x"), json!(["x"]), json!([1])];
        for field in &FIELDS {
            for other in &others {
                if let Some(value) = field.parse_json(other) {
                    assert_eq!(&field.render_json(&value), other, "{} of {other}", field.kind);
                }
            }
        }
        assert_eq!(FIELDS[1].parse_json(&json!(55.0)), Some(FieldValue::Int(55)));
        assert_eq!(FIELDS[12].parse_json(&json!([TagId::new(), PartnerId::new()])), None);
    }

    #[test]
    fn defaults_are_of_their_type() {
        for field in PARTNER.iter().chain(DEAL) {
            let value = field.default_field_value();
            assert_eq!(field.render_json(&value), field.default_value(), "{}", field.name);
        }
    }
}
