//! The one grammar of conditions: a tree of leaves over catalogue fields, parsed once, evaluated in
//! memory here and in SQL by `persistence::listing`, with the same two-valued result
//! (docs/filters.md).

use std::collections::HashMap;

use chrono::{DateTime, Months, NaiveDate, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        ArrayBuilder, ObjectBuilder, Ref, RefOr, Schema, schema::AdditionalProperties,
        schema::SchemaType, schema::Type,
    },
};
use uuid::Uuid;

use crate::kernel::{
    body, domains,
    error::{Code, Error},
    field_error::{FieldError, FieldErrors, MAX_FAULTS, excerpt},
    fields::{Field, FieldReference, FieldType, Operator, did_you_mean, named},
    ids, text,
    timestamp::Timestamp,
};

/// The deepest tree in levels, including the leaf.
pub const MAX_DEPTH: usize = 5;
/// The most nodes of a tree.
pub const MAX_NODES: usize = 100;
/// The most members of a group.
pub const MAX_FILTERS: usize = 50;
/// The most values of one leaf.
pub const MAX_VALUES: usize = 200;
/// The most nodes and values of a tree together, which determine its cost. See
/// docs/decisions/0131-what-one-may-take.md.
pub const MAX_WEIGHT: usize = 1_000;

/// A filter before it is parsed with [`parse`].
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FilterNode(pub Json);

impl PartialSchema for FilterNode {
    fn schema() -> RefOr<Schema> {
        let ops = [Operator::VALUES, &["and", "or", "not", "at_least"]].concat();
        ObjectBuilder::new()
            .description(Some(
                "A condition. A group (`and`, `or`, `not`, `at_least`) has `filters` (and \
                 `at_least` a `count`); a leaf has `field` and `value`. At most 5 levels, 100 \
                 nodes, and 1,000 nodes and values together. Properties that `op` does not use may \
                 be null.",
            ))
            .property(
                "op",
                ObjectBuilder::new()
                    .schema_type(Type::String)
                    .max_length(Some(20))
                    .description(Some(format!("One of {}.", ops.join(", "))))
                    .examples([json!("gte")]),
            )
            .property(
                "field",
                nullable(
                    Type::String,
                    "The field of a leaf. Members of objects are written with a dot.",
                    json!("fit_score"),
                )
                .max_length(Some(60)),
            )
            .property(
                "value",
                ObjectBuilder::new()
                    .schema_type(SchemaType::AnyValue)
                    .description(Some(
                        "The value that a leaf compares with: one value; a list for `in`, \
                         `not_in`, `any`, `all`, `none`; two values for `between`; a boolean for \
                         `is_null`. Times may be durations before now, such as `-P30D`.",
                    ))
                    .examples([json!(70)]),
            )
            .property(
                "count",
                nullable(
                    Type::Integer,
                    "The number of members of `at_least` that must \
                                         match.",
                    Json::Null,
                )
                .maximum(Some(MAX_FILTERS as i64)),
            )
            .property(
                "filters",
                ArrayBuilder::new()
                    .schema_type(SchemaType::from_iter([Type::Array, Type::Null]))
                    .items(Ref::from_schema_name("FilterNode"))
                    .max_items(Some(MAX_FILTERS))
                    .description(Some("The members of a group.")),
            )
            .required("op")
            .additional_properties(Some(AdditionalProperties::FreeForm(false)))
            .examples([json!({"op": "gte", "field": "fit_score", "value": 70})])
            .into()
    }
}
impl ToSchema for FilterNode {}

fn nullable(kind: Type, text: &str, example: Json) -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(SchemaType::from_iter([kind, Type::Null]))
        .description(Some(text))
        .examples([example])
}

/// One value to compare with, in the form in which it is compared.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    Bool(bool),
    Int(i64),
    /// In lower case unless it is an enum value or a key.
    Text(String),
    Id(Uuid),
    Time(DateTime<Utc>),
    Day(NaiveDate),
}

/// A checked condition.
#[derive(Debug, Clone, PartialEq)]
pub enum Node {
    And(Vec<Node>),
    Or(Vec<Node>),
    Not(Box<Node>),
    AtLeast(usize, Vec<Node>),
    Leaf(&'static Field, Test),
}

/// What a leaf asks of its field.
#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    /// Null; of an array: empty.
    IsNull(bool),
    /// One of these.
    In(Vec<Value>),
    /// None of these, or null.
    NotIn(Vec<Value>),
    Compare(Comparison, Value),
    /// From, to, both included.
    Between(Value, Value),
    Contains(String),
    StartsWith(String),
    /// The array holds one of these, all of these, none of these.
    Any(Vec<Value>),
    All(Vec<Value>),
    None(Vec<Value>),
    /// The array holds exactly these (or, negated, does not), in any order.
    Same(Vec<Value>, bool),
}

/// An order comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    Gt,
    Gte,
    Lt,
    Lte,
}

impl Comparison {
    /// As SQL and mathematics write it.
    pub const fn sign(self) -> &'static str {
        match self {
            Self::Gt => ">",
            Self::Gte => ">=",
            Self::Lt => "<",
            Self::Lte => "<=",
        }
    }
    fn holds(self, order: std::cmp::Ordering) -> bool {
        match self {
            Self::Gt => order.is_gt(),
            Self::Gte => order.is_ge(),
            Self::Lt => order.is_lt(),
            Self::Lte => order.is_le(),
        }
    }
}

/// The error of a leaf or group: the property, the reason, and details for programs. The caller
/// adds the place.
pub(crate) struct ConditionError {
    property: &'static str,
    pub(crate) detail: String,
    pub(crate) meta: Map<String, Json>,
}

impl ConditionError {
    pub(crate) fn new(property: &'static str, detail: impl Into<String>) -> Self {
        Self { property, detail: detail.into(), meta: Map::new() }
    }
    fn meta(mut self, key: &str, value: Json) -> Self {
        self.meta.insert(key.to_owned(), value);
        self
    }
}

/// Reads a filter tree. `at` is the pointer of the tree, `#/filter`.
///
/// # Errors
/// The faults of the tree, each with the code `invalid_filter` and its pointer.
pub fn parse(
    filter: &Json,
    catalogue: &'static [Field],
    now: DateTime<Utc>,
    at: &str,
) -> Result<Node, Vec<FieldError>> {
    let mut reader = Reader { catalogue, now, nodes: 0, faults: FieldErrors::default() };
    // Checked before parsing, because parsing costs time too.
    let weight = weight(filter);
    if weight > MAX_WEIGHT {
        let fault = FieldError::at_pointer("invalid_filter", at, TOO_HEAVY);
        return Err(vec![fault.meta("max", MAX_WEIGHT).meta("given", weight)]);
    }
    let node = reader.node(filter, at, 1);
    if reader.nodes > MAX_NODES {
        reader.faults.push(
            FieldError::at_pointer("invalid_filter", at, "has too many nodes")
                .meta("max_nodes", MAX_NODES),
        );
    }
    match node {
        Some(node) if reader.faults.is_empty() => Ok(node),
        _ => Err(reader.faults.into_vec()),
    }
}

const TOO_HEAVY: &str = "has more than 1000 nodes and values together";

/// The number of nodes and values of a tree, valid or not: each object is a node, and has as many
/// values as its leaf compares with, at least one.
pub fn weight(filter: &Json) -> usize {
    let Some(node) = filter.as_object() else { return 0 };
    match (node.get("filters"), node.get("value")) {
        (Some(Json::Array(members)), _) => 1 + members.iter().map(weight).sum::<usize>(),
        (_, Some(Json::Array(values))) => 1 + values.len(),
        _ => 2,
    }
}

/// The error for invalid filters found by [`parse`].
pub fn invalid(faults: Vec<FieldError>) -> Error {
    let mut error = match faults.as_slice() {
        [only] => Error::new(
            Code::InvalidFilter,
            format!("The filter is not valid, {}: {}.", only.place, only.detail),
        ),
        _ => Error::of(Code::InvalidFilter),
    };
    for fault in faults {
        error = error.at(fault);
    }
    error
}

struct Reader {
    catalogue: &'static [Field],
    now: DateTime<Utc>,
    nodes: usize,
    faults: FieldErrors,
}

impl Reader {
    fn fault(&mut self, at: &str, wrong: ConditionError) {
        let pointer = if wrong.property.is_empty() {
            at.to_owned()
        } else {
            format!("{at}/{}", wrong.property)
        };
        let mut fault = FieldError::at_pointer("invalid_filter", pointer, wrong.detail);
        fault.meta = wrong.meta;
        self.faults.push(fault);
    }

    fn node(&mut self, json: &Json, at: &str, depth: usize) -> Option<Node> {
        self.nodes += 1;
        if self.nodes > MAX_NODES || self.faults.is_full() {
            return None;
        }
        let Some(node) = json.as_object() else {
            self.fault(at, ConditionError::new("", "must be an object"));
            return None;
        };
        if depth > MAX_DEPTH {
            self.fault(
                at,
                ConditionError::new("", "is nested too deep").meta("max_depth", json!(MAX_DEPTH)),
            );
            return None;
        }
        for key in node
            .keys()
            .filter(|key| !["op", "field", "value", "filters", "count"].contains(&key.as_str()))
            .take(MAX_FAULTS)
        {
            self.faults.push(FieldError::at_pointer(
                "invalid_filter",
                format!("{at}/{key}"),
                "unknown property",
            ));
        }
        let given = |key: &str| node.get(key).filter(|value| !value.is_null());
        let op = given("op").and_then(Json::as_str).unwrap_or_default();
        let group = matches!(op, "and" | "or" | "not" | "at_least");
        let unused: &[&str] = match op {
            "at_least" => &["field", "value"],
            _ if group => &["field", "value", "count"],
            _ => &["filters", "count"],
        };
        for property in unused.iter().filter(|property| given(property).is_some()) {
            self.faults.push(FieldError::at_pointer(
                "invalid_filter",
                format!("{at}/{property}"),
                format!("is not allowed with op {}", excerpt(op)),
            ));
        }
        if group {
            return self.group(op, given("filters"), given("count"), at, depth);
        }
        let Ok(operator) = op.parse::<Operator>() else {
            let allowed = [Operator::VALUES, &["and", "or", "not", "at_least"]].concat();
            self.fault(
                at,
                ConditionError::new(
                    "op",
                    "must be a supported \
                                           operator",
                )
                .meta("allowed", json!(allowed)),
            );
            return None;
        };
        let name = given("field").and_then(Json::as_str).unwrap_or_default();
        let Some(field) = named(self.catalogue, name) else {
            let mut wrong = ConditionError::new("field", "must be the name of a field");
            if let Some(name) = did_you_mean(name, self.catalogue.iter().map(|f| f.name)) {
                wrong = wrong.meta("did_you_mean", json!(name));
            }
            self.fault(at, wrong);
            return None;
        };
        match test(field, operator, node.get("value").unwrap_or(&Json::Null), self.now) {
            Ok(test) => Some(Node::Leaf(field, test)),
            Err(wrong) => {
                self.fault(at, wrong);
                None
            }
        }
    }

    fn group(
        &mut self,
        op: &str,
        filters: Option<&Json>,
        count: Option<&Json>,
        at: &str,
        depth: usize,
    ) -> Option<Node> {
        let empty = Vec::new();
        let filters = match filters {
            Some(Json::Array(filters)) => filters,
            _ => &empty,
        };
        let wanted = if op == "not" { 1..=1 } else { 1..=MAX_FILTERS };
        if !wanted.contains(&filters.len()) {
            let detail = if op == "not" {
                "must have exactly one member".into()
            } else {
                format!("must have 1 to {MAX_FILTERS} members")
            };
            self.fault(at, ConditionError::new("filters", detail));
            return None;
        }
        let members: Vec<_> = filters
            .iter()
            .enumerate()
            .filter_map(|(i, filter)| self.node(filter, &format!("{at}/filters/{i}"), depth + 1))
            .collect();
        // A missing member has its own error already.
        let complete = members.len() == filters.len();
        let count = match (op, count.and_then(Json::as_u64)) {
            ("at_least", Some(count)) if (1..=filters.len() as u64).contains(&count) => {
                count as usize
            }
            ("at_least", _) => {
                self.fault(
                    at,
                    ConditionError::new(
                        "count",
                        format!("must be a number from 1 to {}", filters.len()),
                    ),
                );
                return None;
            }
            _ => 0,
        };
        complete.then(|| match op {
            "and" => Node::And(members),
            "or" => Node::Or(members),
            "not" => Node::Not(Box::new(members.into_iter().next().expect("exactly one"))),
            _ => Node::AtLeast(count, members),
        })
    }
}

/// What the leaf of `op` and `value` asks of its field.
pub(crate) fn test(
    field: &'static Field,
    op: Operator,
    value: &Json,
    now: DateTime<Utc>,
) -> Result<Test, ConditionError> {
    if !field.operators().contains(&op) {
        let allowed: Vec<_> = field.operators().iter().map(|op| op.as_str()).collect();
        return Err(ConditionError::new(
            "op",
            format!("operator {op} is not supported for {}", field.name),
        )
        .meta("allowed", json!(allowed)));
    }
    let one = |value: &Json| single(field, value, now);
    let many = |value: &Json| -> Result<Vec<Value>, ConditionError> {
        let Json::Array(items) = value else {
            return Err(ConditionError::new("value", "must be a list"));
        };
        if items.is_empty() || items.len() > MAX_VALUES {
            return Err(ConditionError::new(
                "value",
                format!("must have 1 to {MAX_VALUES} values"),
            ));
        }
        items.iter().map(one).collect()
    };
    let text = |value: &Json| match value.as_str() {
        Some(part) if !part.is_empty() && part.len() <= 1_000 && !part.contains('\0') => {
            Ok(text::fold(part))
        }
        _ => Err(ConditionError::new("value", "must be a string of 1 to 1000 characters")),
    };
    Ok(match op {
        Operator::IsNull => Test::IsNull(
            value.as_bool().ok_or_else(|| ConditionError::new("value", "must be true or false"))?,
        ),
        Operator::Eq if field.is_array() => Test::Same(list(value, &one)?, false),
        Operator::Ne if field.is_array() => Test::Same(list(value, &one)?, true),
        Operator::Eq => Test::In(vec![one(value)?]),
        Operator::Ne => Test::NotIn(vec![one(value)?]),
        Operator::In => Test::In(many(value)?),
        Operator::NotIn => Test::NotIn(many(value)?),
        Operator::Gt => Test::Compare(Comparison::Gt, one(value)?),
        Operator::Gte => Test::Compare(Comparison::Gte, one(value)?),
        Operator::Lt => Test::Compare(Comparison::Lt, one(value)?),
        Operator::Lte => Test::Compare(Comparison::Lte, one(value)?),
        Operator::Between => match value.as_array().map(Vec::as_slice) {
            Some([from, to]) => Test::Between(one(from)?, one(to)?),
            _ => return Err(ConditionError::new("value", "must be a list of two values")),
        },
        Operator::Contains => Test::Contains(text(value)?),
        Operator::StartsWith => Test::StartsWith(text(value)?),
        Operator::Any => Test::Any(many(value)?),
        Operator::All => Test::All(many(value)?),
        Operator::None => Test::None(many(value)?),
    })
}

/// The items that an array is compared with as a whole: may be none.
fn list(
    value: &Json,
    one: &dyn Fn(&Json) -> Result<Value, ConditionError>,
) -> Result<Vec<Value>, ConditionError> {
    match value {
        Json::Array(items) if items.len() <= MAX_VALUES => items.iter().map(one).collect(),
        _ => Err(ConditionError::new(
            "value",
            format!("must be a list of at most {MAX_VALUES} values"),
        )),
    }
}

/// One value of a leaf, checked against the field's type.
fn single(
    field: &'static Field,
    value: &Json,
    now: DateTime<Utc>,
) -> Result<Value, ConditionError> {
    let wrong = |detail: &str| ConditionError::new("value", detail);
    match field.kind {
        FieldType::Boolean => {
            value.as_bool().map(Value::Bool).ok_or_else(|| wrong("must be true or false"))
        }
        FieldType::Integer | FieldType::Money | FieldType::Score => {
            let number = value.as_number();
            let integer =
                number.and_then(|number| number.as_i64().or_else(|| body::whole(number)?.as_i64()));
            integer.map(Value::Int).ok_or_else(|| wrong("must be an integer"))
        }
        FieldType::Date => {
            value.as_str().and_then(|text| day(text, now)).map(Value::Day).ok_or_else(|| {
                wrong("must be a date such as 2026-11-22 or a duration such as -P30D")
            })
        }
        FieldType::Timestamp => value
            .as_str()
            .and_then(|text| instant(text, now))
            .map(Value::Time)
            .ok_or_else(|| wrong("must be a time or a duration such as -P30D")),
        FieldType::Enum | FieldType::EnumArray => match value.as_str() {
            Some(word) if field.words.contains(&word) => Ok(Value::Text(word.to_owned())),
            _ => Err(wrong(
                "must be one of the allowed \
                            values",
            )
            .meta("allowed", json!(field.words))),
        },
        FieldType::Id | FieldType::IdArray => {
            let prefix = prefix_of(field);
            match value.as_str().map(|text| ids::decode(prefix, text)) {
                Some(Ok(id)) => Ok(Value::Id(id)),
                Some(Err(ids::IdError::WrongKind)) => Err(wrong(
                    "is the id of another kind of \
                               resource",
                )
                .meta("prefix", json!(prefix))),
                _ => Err(wrong("must be an id").meta("prefix", json!(prefix))),
            }
        }
        FieldType::Domain => match value.as_str().map(domains::normalise) {
            Some(Ok(domain)) => Ok(Value::Text(domain)),
            _ => Err(wrong("must be a domain")),
        },
        FieldType::Text | FieldType::TextArray => match value.as_str() {
            Some(part) if part.len() <= 10_000 && !part.contains('\0') => {
                Ok(Value::Text(if field.is_exact() { part.to_owned() } else { text::fold(part) }))
            }
            _ => Err(wrong("must be a string")),
        },
        FieldType::Object => Err(wrong("cannot be used in a filter")),
    }
}

/// The prefix of the ids that a field holds.
pub fn prefix_of(field: &Field) -> &'static str {
    match (field.id_prefix, field.reference) {
        (Some(prefix), _) => prefix,
        (_, Some(FieldReference::Tag)) => ids::TagId::PREFIX,
        (_, Some(FieldReference::Member)) => ids::MemberId::PREFIX,
        (_, Some(FieldReference::Contact)) => ids::ContactId::PREFIX,
        (_, Some(FieldReference::Deal)) => ids::DealId::PREFIX,
        _ => ids::PartnerId::PREFIX,
    }
}

/// A date, or the day to which an ISO 8601 duration from now leads (in UTC).
fn day(text: &str, now: DateTime<Utc>) -> Option<NaiveDate> {
    match text.parse::<NaiveDate>() {
        Ok(day) => Some(day),
        Err(_) if text.contains('P') => instant(text, now).map(|at| at.date_naive()),
        Err(_) => None,
    }
}

/// A time, a date (its first instant), or an ISO 8601 duration from now.
fn instant(text: &str, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    // Also with U+2212, the minus sign that word processors put in its place.
    if let Some(rest) = text.strip_prefix("-P").or_else(|| text.strip_prefix("−P")) {
        return shift(rest, now, false);
    }
    if let Some(rest) = text.strip_prefix("+P").or_else(|| text.strip_prefix('P')) {
        return shift(rest, now, true);
    }
    if let Ok(day) = text.parse::<chrono::NaiveDate>() {
        return Some(day.and_time(chrono::NaiveTime::MIN).and_utc());
    }
    text.parse::<Timestamp>().ok().map(|t| t.0)
}

/// `now` moved by what follows the `P` of a duration: years, months, weeks, days, then `T` and
/// hours, minutes, seconds.
fn shift(duration: &str, now: DateTime<Utc>, forward: bool) -> Option<DateTime<Utc>> {
    let (date, time) =
        duration.split_once('T').map_or((duration, None), |(date, time)| (date, Some(time)));
    if time == Some("") || (date.is_empty() && time.is_none()) {
        return None;
    }
    let mut at = now;
    for (part, units) in [(date, "YMWD"), (time.unwrap_or(""), "HMS")] {
        let (mut rest, mut allowed) = (part, units);
        while !rest.is_empty() {
            let end = rest.find(|c: char| !c.is_ascii_digit())?;
            let (number, tail) = rest.split_at(end);
            let number: u32 = number.parse().ok().filter(|n| *n <= 1_000_000)?;
            let unit = tail.chars().next()?;
            allowed = &allowed[allowed.find(unit)? + 1..];
            rest = &tail[1..];
            let months = |n: u32| {
                if forward {
                    at.checked_add_months(Months::new(n))
                } else {
                    at.checked_sub_months(Months::new(n))
                }
            };
            let span = |delta: Option<TimeDelta>| {
                delta.and_then(|d| {
                    if forward { at.checked_add_signed(d) } else { at.checked_sub_signed(d) }
                })
            };
            at = match (unit, units) {
                ('Y', _) => months(number.checked_mul(12)?)?,
                ('M', "YMWD") => months(number)?,
                ('W', _) => span(TimeDelta::try_weeks(number.into()))?,
                ('D', _) => span(TimeDelta::try_days(number.into()))?,
                ('H', _) => span(TimeDelta::try_hours(number.into()))?,
                ('M', _) => span(TimeDelta::try_minutes(number.into()))?,
                _ => span(TimeDelta::try_seconds(number.into()))?,
            };
        }
    }
    Some(at)
}

/// Ranks of the organization's tiers by key: a tier is compared by rank.
pub type TierRanks = HashMap<String, i64>;

impl Node {
    /// The field has this value.
    pub fn equals(field: &'static Field, value: Value) -> Self {
        Self::Leaf(field, Test::In(vec![value]))
    }

    /// Whether a row of wire values fulfils the condition.
    pub fn matches(&self, row: &Map<String, Json>, ranks: &TierRanks) -> bool {
        match self {
            Self::And(members) => members.iter().all(|m| m.matches(row, ranks)),
            Self::Or(members) => members.iter().any(|m| m.matches(row, ranks)),
            Self::Not(member) => !member.matches(row, ranks),
            Self::AtLeast(count, members) => {
                members.iter().filter(|m| m.matches(row, ranks)).count() >= *count
            }
            Self::Leaf(field, test) => test.holds(field, field.of(row), ranks),
        }
    }

    /// Every leaf with its field, in order.
    pub fn leaves(&self) -> Vec<(&'static Field, &Test)> {
        match self {
            Self::And(members) | Self::Or(members) | Self::AtLeast(_, members) => {
                members.iter().flat_map(Self::leaves).collect()
            }
            Self::Not(member) => member.leaves(),
            Self::Leaf(field, test) => vec![(*field, test)],
        }
    }

    /// The field of every leaf with its place below that of the tree, in order.
    pub fn leaves_with_places(&self, at: &str) -> Vec<(&'static Field, String)> {
        let members = match self {
            Self::And(members) | Self::Or(members) | Self::AtLeast(_, members) => {
                members.as_slice()
            }
            Self::Not(member) => std::slice::from_ref(&**member),
            Self::Leaf(field, _) => return vec![(*field, at.to_owned())],
        };
        members
            .iter()
            .enumerate()
            .flat_map(|(i, member)| member.leaves_with_places(&format!("{at}/filters/{i}")))
            .collect()
    }
}

impl Test {
    fn holds(&self, field: &Field, held: &Json, ranks: &TierRanks) -> bool {
        if field.is_array() {
            return self.holds_of_array(field, held.as_array().map_or(&[], Vec::as_slice));
        }
        let absent = held.is_null() || held.as_array().is_some_and(Vec::is_empty);
        if let Self::IsNull(wanted) = self {
            return absent == *wanted;
        }
        // Two-valued: null is in no list and fulfils no comparison (docs/filters.md#null).
        let Some(held) = comparable(field, held) else { return matches!(self, Self::NotIn(_)) };
        match self {
            Self::In(values) => values.contains(&held),
            Self::NotIn(values) => !values.contains(&held),
            Self::Compare(comparison, bound) => {
                order(field, &held, bound, ranks).is_some_and(|o| comparison.holds(o))
            }
            Self::Between(from, to) => {
                order(field, &held, from, ranks).is_some_and(|o| o.is_ge())
                    && order(field, &held, to, ranks).is_some_and(|o| o.is_le())
            }
            Self::Contains(part) => matches!(&held, Value::Text(text) if text.contains(part)),
            Self::StartsWith(part) => matches!(&held, Value::Text(text) if text.starts_with(part)),
            _ => false,
        }
    }

    fn holds_of_array(&self, field: &Field, held: &[Json]) -> bool {
        let held: Vec<Value> = held.iter().filter_map(|item| comparable(field, item)).collect();
        match self {
            Self::IsNull(wanted) => held.is_empty() == *wanted,
            Self::Any(values) => values.iter().any(|v| held.contains(v)),
            Self::All(values) => values.iter().all(|v| held.contains(v)),
            Self::None(values) => !values.iter().any(|v| held.contains(v)),
            Self::Same(values, negated) => {
                (values.iter().all(|v| held.contains(v)) && held.iter().all(|v| values.contains(v)))
                    != *negated
            }
            _ => false,
        }
    }
}

/// A held wire value in the form in which it is compared; null has none.
fn comparable(field: &Field, held: &Json) -> Option<Value> {
    match (field.kind, held) {
        (_, Json::Null) => None,
        (_, Json::Bool(b)) => Some(Value::Bool(*b)),
        (_, Json::Number(n)) => n.as_i64().map(Value::Int),
        (FieldType::Date, Json::String(t)) => t.parse().ok().map(Value::Day),
        (FieldType::Timestamp, Json::String(t)) => {
            t.parse::<Timestamp>().ok().map(|t| Value::Time(t.0))
        }
        (FieldType::Id | FieldType::IdArray, Json::String(id)) => {
            ids::decode(prefix_of(field), id).ok().map(Value::Id)
        }
        (FieldType::Text | FieldType::TextArray, Json::String(t)) if !field.is_exact() => {
            Some(Value::Text(text::fold(t)))
        }
        (_, Json::String(t)) => Some(Value::Text(t.clone())),
        _ => None,
    }
}

fn order(
    field: &Field,
    held: &Value,
    bound: &Value,
    ranks: &TierRanks,
) -> Option<std::cmp::Ordering> {
    match (held, bound) {
        (Value::Text(held), Value::Text(bound)) if field.is_tier() => {
            Some(ranks.get(held)?.cmp(ranks.get(bound)?))
        }
        (Value::Int(held), Value::Int(bound)) => Some(held.cmp(bound)),
        (Value::Time(held), Value::Time(bound)) => Some(held.cmp(bound)),
        (Value::Day(held), Value::Day(bound)) => Some(held.cmp(bound)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resources::partners::PARTNER;

    fn now() -> DateTime<Utc> {
        "2026-11-24T12:00:00Z".parse().unwrap()
    }
    fn read(filter: Json) -> Result<Node, Vec<FieldError>> {
        parse(&filter, PARTNER, now(), "#/filter")
    }
    fn pointers(filter: Json) -> Vec<String> {
        let faults = read(filter).unwrap_err();
        faults
            .iter()
            .map(|f| serde_json::to_value(f).unwrap()["pointer"].as_str().unwrap().to_owned())
            .collect()
    }
    fn matches(filter: Json, row: Json) -> bool {
        let ranks = TierRanks::from([("silver".into(), 3), ("gold".into(), 4)]);
        read(filter).unwrap().matches(row.as_object().unwrap(), &ranks)
    }

    #[test]
    fn every_fault_is_named_with_its_place() {
        let filter = json!({
            "op": "and",
            "filters": [
                {"op": "gte", "field": "fit_scor", "value": 1},
                {"op": "gte", "field": "name", "value": "x"},
                {"op": "in", "field": "type", "value": ["technology", "nonsense"]},
                {"op": "not", "filters": []},
                {
                    "op": "at_least",
                    "count": 3,
                    "filters": [{"op": "eq", "field": "employees", "value": 1}]
                },
                {"op": "like", "field": "name", "value": "x"},
                {"op": "eq", "field": "employees", "value": null},
                7
            ]
        });
        let expected =
            ["0/field", "1/op", "2/value", "3/filters", "4/count", "5/op", "6/value", "7"];
        assert_eq!(pointers(filter), expected.map(|p| format!("#/filter/filters/{p}")));
    }

    #[test]
    fn depth_and_size_are_bounded() {
        let nest = |levels: usize| {
            let leaf = json!({"op": "eq", "field": "employees", "value": 1});
            (1..levels).fold(leaf, |inner, _| json!({"op": "not", "filters": [inner]}))
        };
        assert!(read(nest(MAX_DEPTH)).is_ok());
        assert!(read(nest(MAX_DEPTH + 1)).is_err());
        let leaf = json!({"op": "eq", "field": "employees", "value": 1});
        let wide = |n: usize| json!({"op": "or", "filters": vec![leaf.clone(); n]});
        assert!(read(json!({"op": "and", "filters": [wide(49), wide(48)]})).is_ok());
        assert!(read(json!({"op": "and", "filters": [wide(49), wide(49)]})).is_err());
    }

    #[test]
    fn null_fails_comparisons_and_passes_negations() {
        let row = json!({"employees": null, "regions": [], "tier": null});
        for (op, value, expected) in [
            ("eq", json!(1), false),
            ("ne", json!(1), true),
            ("not_in", json!([1]), true),
            ("gt", json!(1), false),
        ] {
            assert_eq!(
                matches(json!({"op": op, "field": "employees", "value": value}), row.clone()),
                expected,
                "{op}"
            );
        }
        let gt = json!({"op": "gt", "field": "employees", "value": 1});
        assert!(matches(json!({"op": "not", "filters": [gt]}), row.clone()));
        assert!(matches(json!({"op": "none", "field": "regions", "value": ["x"]}), row.clone()));
        assert!(matches(json!({"op": "is_null", "field": "regions", "value": true}), row));
    }

    #[test]
    fn tiers_compare_by_rank_and_text_ignores_case() {
        let row = json!({
            "tier": "gold",
            "name": "ACME Straße",
            "regions": ["DACH"],
            "updated_at": "2026-11-20T00:00:00.000000Z"
        });
        for (op, field, value) in [
            ("gte", "tier", json!("silver")),
            ("between", "tier", json!(["silver", "gold"])),
            ("contains", "name", json!("me str")),
            ("eq", "name", json!("acme straße")),
            ("all", "regions", json!(["dach"])),
            ("gte", "updated_at", json!("-P30D")),
            ("lt", "updated_at", json!("-PT1H")),
        ] {
            assert!(
                matches(json!({"op": op, "field": field, "value": value}), row.clone()),
                "{op} {field}"
            );
        }
        assert!(!matches(json!({"op": "lt", "field": "tier", "value": "unknown"}), row));
    }

    #[test]
    fn durations_are_iso_8601() {
        for (text, expected) in [
            ("-P30D", "2026-10-25T12:00:00Z"),
            ("-P1Y2M", "2025-09-24T12:00:00Z"),
            ("-P1W", "2026-11-17T12:00:00Z"),
            ("-PT36H", "2026-11-23T00:00:00Z"),
            ("P1DT1M", "2026-11-25T12:01:00Z"),
        ] {
            assert_eq!(instant(text, now()), Some(expected.parse().unwrap()), "{text}");
        }
        for text in
            ["-P", "-PT", "-P1", "-P1H", "-P1D2Y", "P9999999999D", "-", "yesterday", "-PT1.5H"]
        {
            assert_eq!(instant(text, now()), None, "{text}");
        }
    }
}
