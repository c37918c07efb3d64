//! The one grammar of conditions: a tree of leaves over catalogue fields, parsed once, evaluated in
//! memory here and in SQL by `persistence::listing`, with the same two-valued result
//! (docs/filters.md).

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        ArrayBuilder, ObjectBuilder, Ref, RefOr, Schema, schema::AdditionalProperties,
        schema::SchemaType, schema::Type,
    },
};

use crate::kernel::{
    error::{Code, Error},
    field_error::{FieldError, FieldErrors, MAX_FAULTS, excerpt},
    fields::{Field, Operator, did_you_mean, named},
    text,
    values::FieldRow,
};

/// Levels of a tree, the leaf included.
pub const MAX_DEPTH: usize = 5;
/// Nodes of a tree.
pub const MAX_NODES: usize = 100;
/// Members of a group.
pub const MAX_FILTERS: usize = 50;
/// Values of one leaf.
pub const MAX_VALUES: usize = 200;
/// Nodes and values of a tree together: what it costs to answer.
/// See docs/decisions/0131-what-one-may-take.md.
pub const MAX_WEIGHT: usize = 1_000;

/// A filter as it came: a tree that [`parse`] makes sense of.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FilterNode(pub Json);

impl PartialSchema for FilterNode {
    fn schema() -> RefOr<Schema> {
        let ops = [Operator::VALUES, &["and", "or", "not", "at_least"]].concat();
        ObjectBuilder::new()
            .description(Some(
                "A condition. A group (`and`, `or`, `not`, `at_least`) has `filters` (and \
                    `at_least` a `count`); \
                 a leaf has `field` and `value`. At most 5 levels, 100 nodes, and 1,000 nodes and \
                 values together. \
                 Properties that `op` does not use may be null.",
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
                    "The field of a leaf; members of objects with a \
                    dot.",
                    json!("fit_score"),
                )
                .max_length(Some(60)),
            )
            .property(
                "value",
                ObjectBuilder::new()
                    .schema_type(SchemaType::AnyValue)
                    .description(Some(
                        "What a leaf compares with: one value; a list for `in`, `not_in`, `any`, \
                            `all`, `none`; \
                         two values for `between`; a boolean for `is_null`. Times may be durations \
                         before now, `-P30D`.",
                    ))
                    .examples([json!(70)]),
            )
            .property(
                "count",
                nullable(Type::Integer, "How many members of `at_least` must hold.", Json::Null)
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

/// One value to compare with, in the form in which it is compared: [`Field::fold`].
pub use crate::kernel::values::FieldValue as Value;

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

/// What is wrong with a leaf or group: which property, why, and facts for programs. The caller
/// knows the place.
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
    // Before anything of it is read: reading it is a part of what it costs.
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

/// How many nodes and values a tree has, whatever else is wrong with it: each object is a node, and
/// so many values are those that a leaf compares with, at least one.
pub fn weight(filter: &Json) -> usize {
    let Some(node) = filter.as_object() else { return 0 };
    match (node.get("filters"), node.get("value")) {
        (Some(Json::Array(members)), _) => 1 + members.iter().map(weight).sum::<usize>(),
        (_, Some(Json::Array(values))) => 1 + values.len(),
        _ => 2,
    }
}

/// The problem for what [`parse`] found.
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
                ConditionError::new("op", "is no operator").meta("allowed", json!(allowed)),
            );
            return None;
        };
        let name = given("field").and_then(Json::as_str).unwrap_or_default();
        let Some(field) = named(self.catalogue, name) else {
            let mut wrong = ConditionError::new("field", "names no field");
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
        // A member that is missing here has an error of its own already.
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
        _ => Err(ConditionError::new("value", "must be a text of 1 to 1000 characters")),
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
    field.parse_condition(value, now).map_err(|wrong| {
        let error = ConditionError::new("value", wrong.detail);
        match wrong.meta {
            Some((key, value)) => error.meta(key, value),
            None => error,
        }
    })
}

/// Ranks of the organization's tiers by key: a tier is compared by rank.
pub type TierRanks = HashMap<String, i64>;

impl Node {
    /// The field has this value.
    pub fn equals(field: &'static Field, value: Value) -> Self {
        Self::Leaf(field, Test::In(vec![value]))
    }

    /// Whether a row fulfils the condition.
    pub fn matches(&self, row: &dyn FieldRow, ranks: &TierRanks) -> bool {
        match self {
            Self::And(members) => members.iter().all(|m| m.matches(row, ranks)),
            Self::Or(members) => members.iter().any(|m| m.matches(row, ranks)),
            Self::Not(member) => !member.matches(row, ranks),
            Self::AtLeast(count, members) => {
                members.iter().filter(|m| m.matches(row, ranks)).count() >= *count
            }
            Self::Leaf(field, test) => test.matches(field, &row.get(field), ranks),
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
    /// Whether the value of a row fulfils it.
    fn matches(&self, field: &Field, value: &Value, ranks: &TierRanks) -> bool {
        if field.is_array() {
            return self.matches_items(&field.folded_items(value));
        }
        if let Self::IsNull(wanted) = self {
            return value.is_empty() == *wanted;
        }
        // Two-valued: null is in no list and fulfils no comparison (docs/filters.md#null).
        if value.is_null() {
            return matches!(self, Self::NotIn(_));
        }
        let value = field.fold(value.clone());
        let rank = |key: &str| ranks.get(key).copied();
        let order = |bound: &Value| field.compare(&value, bound, rank);
        match self {
            Self::In(values) => values.contains(&value),
            Self::NotIn(values) => !values.contains(&value),
            Self::Compare(comparison, bound) => {
                order(bound).is_some_and(|order| comparison.holds(order))
            }
            Self::Between(from, to) => {
                order(from).is_some_and(|order| order.is_ge())
                    && order(to).is_some_and(|order| order.is_le())
            }
            Self::Contains(part) => value.as_text().is_some_and(|text| text.contains(part)),
            Self::StartsWith(part) => value.as_text().is_some_and(|text| text.starts_with(part)),
            _ => false,
        }
    }

    fn matches_items(&self, items: &[Value]) -> bool {
        match self {
            Self::IsNull(wanted) => items.is_empty() == *wanted,
            Self::Any(values) => values.iter().any(|v| items.contains(v)),
            Self::All(values) => values.iter().all(|v| items.contains(v)),
            Self::None(values) => !values.iter().any(|v| items.contains(v)),
            Self::Same(values, negated) => {
                (values.iter().all(|v| items.contains(v))
                    && items.iter().all(|v| values.contains(v)))
                    != *negated
            }
            _ => false,
        }
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
}
