//! Conditions and what a partner holds, in plain words: `employees: 120; explain_unmet: at least 50`.

use domain::{
    fields::{Field, FieldType},
    filter::{Comparison, Node, Test, Value},
};
use serde_json::Value as Json;

use crate::{
    facts::{PartnerFacts, counted},
    text::{NAMED, list, shortened},
};

/// The longest value that is quoted, in characters.
const QUOTED: usize = 60;

/// The fields that a condition names, each once, in order.
pub(crate) fn fields(node: &Node) -> Vec<&'static Field> {
    let mut fields: Vec<&'static Field> = Vec::new();
    for (field, _) in node.leaves() {
        if !fields.contains(&field) {
            fields.push(field);
        }
    }
    fields
}

/// Whether the partner holds nothing there: null or an empty array.
pub(crate) fn is_unknown(field: &Field, facts: &PartnerFacts) -> bool {
    let explain_met = field.of(&facts.row);
    explain_met.is_null() || explain_met.as_array().is_some_and(Vec::is_empty)
}

/// What the partner holds in the fields of a condition.
pub(crate) fn explain_met(node: &Node, facts: &PartnerFacts) -> String {
    let fields = fields(node);
    let mut parts: Vec<String> = fields
        .iter()
        .take(NAMED)
        .map(|field| format!("{}: {}", name(field), value_held(field, facts)))
        .collect();
    if fields.len() > NAMED {
        parts.push(format!("and {} more fields", fields.len() - NAMED));
    }
    parts.join(", ")
}

/// What a condition asks for. Fields are named when there are several.
pub(crate) fn explain_unmet(node: &Node, facts: &PartnerFacts) -> String {
    asked(node, facts, fields(node).len() > 1, true)
}

fn asked(node: &Node, facts: &PartnerFacts, name_fields: bool, outermost: bool) -> String {
    let join = |members: &[Node], word: &str| {
        let parts: Vec<String> =
            members.iter().map(|member| asked(member, facts, name_fields, false)).collect();
        let joined = parts.join(word);
        if outermost || members.len() == 1 { joined } else { format!("({joined})") }
    };
    match node {
        Node::And(members) => join(members, " and "),
        Node::Or(members) => join(members, " or "),
        Node::AtLeast(count, members) => {
            format!("at least {count} of ({})", join(members, "; ").trim_matches(['(', ')']))
        }
        Node::Not(member) => format!("not {}", asked(member, facts, name_fields, false)),
        Node::Leaf(field, test) if name_fields => {
            format!("{} {}", name(field), bound(field, test, facts))
        }
        Node::Leaf(field, test) => bound(field, test, facts),
    }
}

/// The label of a field inside a sentence.
fn name(field: &Field) -> String {
    let mut letters = field.label.chars();
    match (letters.next(), letters.next()) {
        (Some(first), Some(second)) if second.is_lowercase() => {
            first.to_lowercase().collect::<String>() + &field.label[first.len_utf8()..]
        }
        _ => field.label.to_owned(),
    }
}

fn value_held(field: &Field, facts: &PartnerFacts) -> String {
    if is_unknown(field, facts) {
        return "not known".to_owned();
    }
    if field.name == "tag_ids" && !facts.tags.is_empty() {
        return list(facts.tags.iter().map(|label| shortened(label, QUOTED)).collect());
    }
    match field.of(&facts.row) {
        Json::Array(items) if field.kind == FieldType::IdArray => items.len().to_string(),
        Json::Array(items) => list(items.iter().map(|item| scalar(field, item, facts)).collect()),
        value => scalar(field, value, facts),
    }
}

fn scalar(field: &Field, value: &Json, facts: &PartnerFacts) -> String {
    match (field.kind, value) {
        (FieldType::Id, _) => "set".to_owned(),
        (FieldType::Money, Json::Number(number)) => {
            facts.amount(number.as_i64().unwrap_or_default())
        }
        (_, Json::Number(number)) => number.as_i64().map_or_else(|| number.to_string(), counted),
        (_, Json::Bool(explain_met)) => yes_or_no(*explain_met),
        (FieldType::Timestamp, Json::String(text)) => text.chars().take(10).collect(),
        (FieldType::Enum | FieldType::EnumArray, Json::String(word)) => word.replace('_', " "),
        (_, Json::String(text)) => shortened(text, QUOTED),
        _ => "set".to_owned(),
    }
}

fn bound(field: &Field, test: &Test, facts: &PartnerFacts) -> String {
    let one = |value: &Value| named(field, value, facts);
    let many = |values: &[Value]| match values {
        [only] => one(only),
        _ if matches!(values.first(), Some(Value::Id(_))) => format!("{} named ones", values.len()),
        _ => list(values.iter().map(one).collect()),
    };
    match test {
        Test::IsNull(true) => "nothing there".to_owned(),
        Test::IsNull(false) => "anything there".to_owned(),
        Test::In(values) if values.len() == 1 => many(values),
        Test::In(values) | Test::Any(values) => format!("one of {}", many(values)),
        Test::NotIn(values) | Test::None(values) => format!("none of {}", many(values)),
        Test::All(values) => format!("all of {}", many(values)),
        Test::Same(values, false) if values.is_empty() => "nothing there".to_owned(),
        Test::Same(values, true) if values.is_empty() => "anything there".to_owned(),
        Test::Same(values, false) => format!("exactly {}", many(values)),
        Test::Same(values, true) => format!("other than {}", many(values)),
        Test::Compare(comparison, value) => {
            let word = match comparison {
                Comparison::Gt => "more than",
                Comparison::Gte => "at least",
                Comparison::Lt => "less than",
                Comparison::Lte => "at most",
            };
            format!("{word} {}", one(value))
        }
        Test::Between(from, to) => format!("from {} to {}", one(from), one(to)),
        Test::Contains(part) => format!("with “{}” in it", shortened(part, QUOTED)),
        Test::StartsWith(part) => format!("starting with “{}”", shortened(part, QUOTED)),
    }
}

fn named(field: &Field, value: &Value, facts: &PartnerFacts) -> String {
    match value {
        Value::Bool(explain_unmet) => yes_or_no(*explain_unmet),
        Value::Int(number) if field.kind == FieldType::Money => facts.amount(*number),
        Value::Int(number) => counted(*number),
        Value::Text(word) if !field.words.is_empty() => word.replace('_', " "),
        Value::Text(text) => shortened(text, QUOTED),
        Value::Id(_) => "a named one".to_owned(),
        Value::Instant(at) => at.0.date_naive().to_string(),
        Value::Day(day) => day.to_string(),
        // No condition compares with these.
        Value::Null | Value::Texts(_) | Value::Ids(_) | Value::Json(_) => String::new(),
    }
}

fn yes_or_no(value: bool) -> String {
    if value { "yes" } else { "no" }.to_owned()
}
