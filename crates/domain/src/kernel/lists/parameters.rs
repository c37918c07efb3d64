//! The grammar of GET parameters: a field's name with a suffix for the operator, values with
//! commas. What a parameter means is read like the leaf of a filter tree.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde_json::{Value as Json, json};

use super::List;
use crate::kernel::{
    body::{split_list, typed},
    error::{Code, Error, count_of},
    field_error::{FieldError, FieldErrors},
    fields::{Field, Operator, named},
    filter::{self, MAX_NODES, MAX_WEIGHT, Node},
};

/// Conditions of the longest list of parameters: with the group that holds them they are the nodes
/// of the largest filter.
const MAX_CONDITIONS: usize = MAX_NODES - 1;

/// The conditions among the parameters of a request, before their values are read.
#[derive(Debug, Clone, Default)]
pub struct Conditions {
    /// By parameter, in alphabetical order, so that their order in the address means nothing.
    by_parameter: BTreeMap<String, Condition>,
    /// Which of the lists of this kind it is: the ids in the path.
    pub(super) path: String,
}

#[derive(Debug, Clone)]
struct Condition {
    field: &'static Field,
    operator: Operator,
    texts: Vec<String>,
}

impl Conditions {
    /// Collects the conditions among decoded query parameters. Others are not for this list: they
    /// are parameters of the operation, checked against its schemas.
    pub fn among(pairs: &[(String, String)], list: &List) -> Self {
        let mut by_parameter = BTreeMap::new();
        for (name, text) in pairs {
            let Some((field, operator)) = list.condition(name) else { continue };
            by_parameter
                .entry(name.clone())
                .or_insert_with(|| Condition { field, operator, texts: Vec::new() })
                .texts
                .extend(split_list(text));
        }
        Self { by_parameter, path: String::new() }
    }

    /// The same for one of several lists of a kind, named by the ids in its path: cursors belong
    /// to one of them.
    pub fn below(mut self, path: String) -> Self {
        self.path = path;
        self
    }

    /// The conditions as leaves of a filter tree, and checked.
    pub(super) fn read(&self, now: DateTime<Utc>, faults: &mut FieldErrors) -> Vec<(Json, Node)> {
        // Before any value is read: reading them is a part of what they cost.
        if let Some(fault) = self.too_many() {
            faults.push(fault);
            return Vec::new();
        }
        let mut leaves = Vec::new();
        for (parameter, condition) in &self.by_parameter {
            let Condition { field, operator, .. } = condition;
            let leaf = condition.value().and_then(|value| {
                let node = filter::test(field, *operator, &value, now)
                    .map(|test| Node::Leaf(field, test))?;
                Ok((json!({"op": operator, "field": field.name, "value": value}), node))
            });
            match leaf {
                Ok(leaf) => leaves.push(leaf),
                Err(wrong) => {
                    let fault = FieldError::at_parameter(INVALID, parameter.as_str(), wrong.detail);
                    faults.push(FieldError { meta: wrong.meta, ..fault });
                }
            }
        }
        leaves
    }

    /// The fault at the first parameter that is one too many, or has values too many.
    fn too_many(&self) -> Option<FieldError> {
        let mut weight = 0;
        for (number, (parameter, condition)) in self.by_parameter.iter().enumerate() {
            if number == MAX_CONDITIONS {
                let detail = format!("too many conditions: at most {MAX_CONDITIONS}");
                let fault = FieldError::at_parameter(INVALID, parameter.as_str(), detail);
                let given = self.by_parameter.len();
                return Some(fault.meta("max", MAX_CONDITIONS).meta("given", given));
            }
            weight += 1 + condition.texts.len();
            if weight > MAX_WEIGHT {
                let detail = format!("too many values: at most {MAX_WEIGHT} conditions and values");
                let fault = FieldError::at_parameter(INVALID, parameter.as_str(), detail);
                return Some(fault.meta("max", MAX_WEIGHT).meta("given", self.weight()));
            }
        }
        None
    }

    fn weight(&self) -> usize {
        self.by_parameter.values().map(|condition| 1 + condition.texts.len()).sum()
    }
}

impl Condition {
    /// The value as the leaf of a filter tree would hold it.
    fn value(&self) -> Result<Json, filter::ConditionError> {
        let value = |text: &String| match self.operator {
            Operator::IsNull => typed(Some("boolean"), text),
            _ => self.field.text_to_json(text),
        };
        match self.texts.as_slice() {
            texts if takes_many(self.operator) => Ok(texts.iter().map(value).collect()),
            [text] => Ok(value(text)),
            _ => Err(filter::ConditionError::new("value", "takes one value; write a comma as \\,")),
        }
    }
}

const INVALID: &str = "invalid_parameter";

/// The problem of query parameters that are not valid.
pub fn invalid_parameters(faults: Vec<FieldError>) -> Error {
    let detail = match faults.as_slice() {
        [only] => format!("1 parameter is not valid, {}: {}.", only.place, only.detail),
        many => format!("{} parameters are not valid.", count_of(many)),
    };
    faults.into_iter().fold(Error::new(Code::InvalidParameter, detail), Error::at)
}

/// What follows a field's name in the parameter of each operator; `eq`, `ne` and `between` are for
/// filter trees only. Which of them a field has: [`Field::parameter_operators`].
const SUFFIXES: [(Operator, &str); 12] = [
    (Operator::In, ""),
    (Operator::Any, ""),
    (Operator::NotIn, "_not"),
    (Operator::Gt, "_gt"),
    (Operator::Gte, "_gte"),
    (Operator::Lt, "_lt"),
    (Operator::Lte, "_lte"),
    (Operator::Contains, "_contains"),
    (Operator::StartsWith, "_starts_with"),
    (Operator::All, "_all"),
    (Operator::None, "_none"),
    (Operator::IsNull, "_null"),
];

impl List {
    /// The field and operator that a parameter names.
    pub(super) fn condition(&self, parameter: &str) -> Option<(&'static Field, Operator)> {
        if let Some(alias) = self.aliases.iter().find(|alias| alias.name == parameter) {
            return Some((named(self.fields(), alias.field)?, alias.operator));
        }
        SUFFIXES.iter().find_map(|(operator, suffix)| {
            let field = named(self.fields(), parameter.strip_suffix(suffix)?)?;
            field
                .parameter_operators()
                .any(|other| other == *operator)
                .then_some((field, *operator))
        })
    }

    /// Every parameter that filters by the name of a field, in the order of the fields.
    pub fn conditions(&self) -> impl Iterator<Item = (String, &'static Field, Operator)> {
        self.fields().iter().flat_map(|field| {
            parameters_of(field).map(move |(name, operator)| (name, field, operator))
        })
    }
}

/// The parameters that filter by a field.
pub fn parameters_of(field: &Field) -> impl Iterator<Item = (String, Operator)> {
    field.parameter_operators().filter_map(move |operator| {
        let (_, suffix) = SUFFIXES.iter().find(|(other, _)| *other == operator)?;
        Some((format!("{}{suffix}", field.name), operator))
    })
}

pub(super) const fn takes_many(operator: Operator) -> bool {
    matches!(
        operator,
        Operator::In | Operator::NotIn | Operator::Any | Operator::All | Operator::None
    )
}
