//! Counts and sums over partners.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use utoipa::ToSchema;

use super::{PARTNER, PARTNER_LIST};
use crate::kernel::{
    error::{Error, Result},
    field_error::{FieldError, excerpt},
    fields::{Field, FieldType, did_you_mean, named},
    filter::FilterNode,
    ids::ViewId,
    lists::{ListQuery, ListRequest},
    request_body::RequestBody,
    string_enum::string_enum,
};

string_enum! {
    /// The operator of a metric.
    AggregateOperator {
        /// The number of rows; with a field, of rows where it is not null.
        Count = "count",
        Sum = "sum",
        /// The mean, with two decimals.
        Avg = "avg",
        Min = "min",
        Max = "max",
    }
}

/// A number that is computed for each group.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AggregateMetric {
    /// The operator.
    pub op: AggregateOperator,
    /// The field; `count` needs none.
    #[serde(default)]
    #[schema(max_length = 60, example = "revenue")]
    pub field: Option<String>,
}

/// The request for counts and sums over partners.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AggregateRequest {
    /// The condition for partners; null for all.
    #[serde(default)]
    pub filter: Option<FilterNode>,
    /// Searches name, domain and description.
    #[serde(default)]
    #[schema(max_length = 200, example = "acme")]
    pub q: Option<String>,
    /// A saved view. Its filter and search are combined with the others by AND.
    #[serde(default)]
    #[schema(example = json!(null))]
    pub view_id: Option<ViewId>,
    /// The fields whose values make the groups; empty for one group of all partners.
    #[serde(default)]
    #[schema(max_items = 2, example = json!(["type"]))]
    pub group_by: Vec<String>,
    /// The metrics. The default is a count.
    #[serde(default)]
    #[schema(max_items = 10)]
    pub metrics: Vec<AggregateMetric>,
}

impl RequestBody for AggregateRequest {
    type Resource = Self;
}

/// One group: its values and metrics.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct AggregateGroup {
    /// The values by field of `group_by`; null for no value.
    #[schema(value_type = Object, example = json!({"type": "reseller"}))]
    pub keys: Map<String, Json>,
    /// The numbers by metric: `count`, `sum_revenue`.
    #[schema(value_type = Object, example = json!({"count": 3, "sum_revenue": 120}))]
    pub values: Map<String, Json>,
}

/// Counts and sums over partners.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct AggregateResult {
    /// The currency of every amount.
    #[schema(example = "USD")]
    pub currency: String,
    /// The groups, largest first; at most 500.
    pub groups: Vec<AggregateGroup>,
    /// Whether there are more groups than these.
    #[schema(example = false)]
    pub truncated: bool,
}

/// A validated request: conditions, fields to group by, and metrics with the names of their values.
#[derive(Debug)]
pub struct CheckedAggregate {
    pub rows: ListRequest,
    pub group_by: Vec<&'static Field>,
    pub metrics: Vec<(String, AggregateOperator, Option<&'static Field>)>,
}

/// Validates a request against the catalogue.
///
/// # Errors
/// 422 `invalid_filter`; 422 `validation_failed` with all errors.
pub fn checked(request: &AggregateRequest, now: DateTime<Utc>) -> Result<CheckedAggregate> {
    let mut faults = Vec::new();
    let mut field = |name: &str, at: String, fits: fn(&Field) -> bool| {
        let allowed = || PARTNER.iter().filter(|f| fits(f)).map(|f| f.name);
        let found = named(PARTNER, name).filter(|f| fits(f));
        if found.is_none() {
            let fault = FieldError::at_pointer(
                "invalid_choice",
                at,
                format!("does not support the field {}", excerpt(name)),
            );
            let fault = fault.meta("allowed", allowed().collect::<Vec<_>>());
            faults.push(match did_you_mean(name, allowed()) {
                Some(meant) => fault.meta("did_you_mean", meant),
                None => fault,
            });
        }
        found
    };
    let group_by: Vec<_> = request
        .group_by
        .iter()
        .enumerate()
        .filter_map(|(i, name)| field(name, format!("#/group_by/{i}"), Field::groupable))
        .collect();
    let mut metrics = Vec::new();
    let mut missing = Vec::new();
    for (i, metric) in request.metrics.iter().enumerate() {
        let at = format!("#/metrics/{i}/field");
        let fits: fn(&Field) -> bool = match metric.op {
            AggregateOperator::Count => |_| true,
            AggregateOperator::Sum | AggregateOperator::Avg => is_number,
            AggregateOperator::Min | AggregateOperator::Max => {
                |f| is_number(f) || f.kind == FieldType::Timestamp
            }
        };
        match &metric.field {
            Some(name) => {
                let found = field(name, at, fits);
                metrics
                    .extend(found.map(|f| (format!("{}_{name}", metric.op), metric.op, Some(f))));
            }
            None if metric.op == AggregateOperator::Count => {
                metrics.push(("count".to_owned(), metric.op, None))
            }
            None => missing.push(FieldError::at_pointer(
                "required",
                at,
                format!("{} requires a field", metric.op),
            )),
        }
    }
    faults.extend(missing);
    if request.group_by.len() > 2 {
        faults.push(
            FieldError::at_pointer("too_many_items", "#/group_by", "must have at most 2 fields")
                .meta("max_items", 2),
        );
    }
    if request.metrics.len() > 10 {
        faults.push(
            FieldError::at_pointer("too_many_items", "#/metrics", "must have at most 10 metrics")
                .meta("max_items", 10),
        );
    }
    let query = ListQuery {
        filter: request.filter.clone(),
        q: request.q.clone(),
        view_id: request.view_id,
        ..ListQuery::default()
    };
    let rows = ListRequest::from_body(&query, &PARTNER_LIST, now);
    if !faults.is_empty() {
        return Err(Error::invalid(faults));
    }
    if metrics.is_empty() {
        metrics.push(("count".to_owned(), AggregateOperator::Count, None));
    }
    Ok(CheckedAggregate { rows: rows?, group_by, metrics })
}

fn is_number(field: &Field) -> bool {
    matches!(field.kind, FieldType::Integer | FieldType::Money | FieldType::Score)
}
