//! The ideal partner profile: the criteria of the fit score of an organization, and those of a new
//! organization (docs/scoring.md#fit).

use std::collections::HashSet;

use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use utoipa::ToSchema;

use crate::{
    kernel::{
        error::{Error, Result},
        field_error::FieldError,
        fields::FieldClass,
        filter::{self, FilterNode},
        request_body::{RequestBody, RequestForms},
        schema::ideal_partner_profiles,
        timestamp::Timestamp,
    },
    resources::{
        jobs::JsonColumn,
        partners::{FourCBreakdown, PARTNER},
        scores::FitDimension,
    },
};

/// The weights of the four C's in basis points; together 10000.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct FourCWeights {
    /// Capacity: can they deliver at scale?
    #[schema(minimum = 0, maximum = 10000, example = 2500)]
    pub capacity: i64,
    /// Capability: do they have what is needed?
    #[schema(minimum = 0, maximum = 10000, example = 2500)]
    pub capability: i64,
    /// Commitment: are they active in the partnership?
    #[schema(minimum = 0, maximum = 10000, example = 2500)]
    pub commitment: i64,
    /// Customer alignment: do they reach the organization's customers?
    #[schema(minimum = 0, maximum = 10000, example = 2500)]
    pub customer_alignment: i64,
}

/// A change of the weights: absent dimensions keep theirs. All four must add up to 10000
/// afterwards.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"capacity": 4000, "commitment": 1000}))]
pub struct FourCWeightsUpdate {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capacity: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capability: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commitment: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer_alignment: Option<i64>,
}

impl RequestBody for FourCWeightsUpdate {
    type Resource = FourCWeights;
}

impl FourCWeightsUpdate {
    /// The weights after the change.
    ///
    /// # Errors
    /// `weights_not_100_percent`.
    pub fn merged(&self, before: FourCWeights) -> Result<FourCWeights> {
        let after = FourCWeights {
            capacity: self.capacity.unwrap_or(before.capacity),
            capability: self.capability.unwrap_or(before.capability),
            commitment: self.commitment.unwrap_or(before.commitment),
            customer_alignment: self.customer_alignment.unwrap_or(before.customer_alignment),
        };
        let FourCWeights { capacity, capability, commitment, customer_alignment } = after;
        let sum = capacity + capability + commitment + customer_alignment;
        if sum == 10_000 {
            return Ok(after);
        }
        let detail = format!("must add up to 10000, not {sum}");
        let fault = FieldError::at_pointer("weights_not_100_percent", "#/weights", detail);
        Err(Error::invalid(vec![fault.meta("sum", sum)]))
    }
}

impl From<FourCWeights> for FourCBreakdown {
    fn from(weights: FourCWeights) -> Self {
        let FourCWeights { capacity, capability, commitment, customer_alignment } = weights;
        Self { capacity, capability, commitment, customer_alignment }
    }
}

/// A condition of the fit score.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IdealPartnerCriterion {
    /// The key, unique within the profile; evidence refers to it.
    #[schema(pattern = "^[a-z][a-z0-9_]{0,39}$", example = "head_count")]
    pub key: String,
    /// A sentence about a partner that meets it.
    #[schema(min_length = 1, max_length = 200, example = "Has at least 50 \
        employees", extensions(("x-single-line" = json!(true))))]
    pub label: String,
    /// The one of the four C's to which it belongs.
    pub dimension: FitDimension,
    /// The weight among the criteria of its dimension.
    #[schema(minimum = 1, maximum = 10, example = 4)]
    pub weight: i64,
    /// The condition that a partner must meet. It may refer to every field except the scores.
    #[schema(example = json!({"op": "gte", "field": "employees", "value": 50}))]
    pub filter: FilterNode,
}

/// The criteria of the fit score and their weights.
#[derive(Debug, Clone, HasQuery, Serialize, ToSchema)]
#[diesel(table_name = ideal_partner_profiles)]
pub struct IdealPartnerProfile {
    /// Increases with every change. Also the ETag.
    #[schema(minimum = 1, example = 2)]
    pub version: i64,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// The weights of the four C's.
    #[schema(value_type = FourCWeights)]
    pub weights: JsonColumn<FourCWeights>,
    /// The criteria of the fit score, in the order of the evidence.
    #[schema(value_type = Vec<IdealPartnerCriterion>, max_items = 30)]
    pub criteria: JsonColumn<Vec<IdealPartnerCriterion>>,
    /// A description of the ideal partner for the language model.
    #[schema(max_length = 5000, example = "Regional providers who bring hospitals.")]
    pub narrative: Option<String>,
}

/// A merge patch of the profile: absent properties keep their values.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IdealPartnerProfileUpdate {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weights: Option<FourCWeightsUpdate>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub criteria: Option<Vec<IdealPartnerCriterion>>,
    #[serde(
        default,
        deserialize_with = "crate::kernel::patch::nullable",
        skip_serializing_if = "Option::is_none"
    )]
    pub narrative: Option<Option<String>>,
}

impl RequestBody for IdealPartnerProfileUpdate {
    type Resource = IdealPartnerProfile;

    fn collect_forms(forms: &mut RequestForms) {
        forms.add::<Self>();
        forms.add::<FourCWeightsUpdate>();
    }
}

impl IdealPartnerProfileUpdate {
    /// Validates the criteria beyond the schema of the document.
    ///
    /// # Errors
    /// `invalid_filter` with all errors of all criteria; `duplicate_item` for keys.
    pub fn check(&self, now: Timestamp) -> Result<()> {
        let criteria = self.criteria.as_deref().unwrap_or_default();
        let faults: Vec<FieldError> = criteria
            .iter()
            .enumerate()
            .flat_map(|(i, criterion)| faults_of(i, criterion, now))
            .collect();
        if !faults.is_empty() {
            return Err(filter::invalid(faults));
        }
        let mut keys = HashSet::new();
        let twice = criteria
            .iter()
            .enumerate()
            .filter(|(_, criterion)| !keys.insert(criterion.key.as_str()));
        let faults: Vec<FieldError> = twice
            .map(|(i, _)| {
                FieldError::at_pointer(
                    "duplicate_item",
                    format!("#/criteria/{i}/key"),
                    "is the key of another criterion",
                )
            })
            .collect();
        if faults.is_empty() { Ok(()) } else { Err(Error::invalid(faults)) }
    }
}

/// The errors of a criterion's filter. It must not use fields that follow from scores, because
/// scores would then depend on scores.
fn faults_of(index: usize, criterion: &IdealPartnerCriterion, now: Timestamp) -> Vec<FieldError> {
    let at = format!("#/criteria/{index}/filter");
    let node = match filter::parse(&criterion.filter.0, PARTNER, now.0, &at) {
        Err(faults) => return faults,
        Ok(node) => node,
    };
    node.leaves_with_places(&at)
        .into_iter()
        .filter(|(field, _)| {
            field.class == FieldClass::Scoring || ["version", "updated_at"].contains(&field.name)
        })
        .map(|(field, place)| {
            let detail = format!("{} depends on scores, so scores cannot depend on it", field.name);
            FieldError::at_pointer("invalid_filter", format!("{place}/field"), detail)
        })
        .collect()
}

/// The weights of a new organization, in basis points: all four C's are equal.
pub const DEFAULT_WEIGHTS: FourCBreakdown = FourCBreakdown {
    capacity: 2_500,
    capability: 2_500,
    commitment: 2_500,
    customer_alignment: 2_500,
};

/// The criteria of a new organization, all of them editable: `{key, label, dimension, weight,
/// filter}`.
///
/// They do not depend on the organization's industry, country or currency. Criteria about the
/// presence of values (regions, services) are either met or unknown, and never count against a
/// partner. Labels are sentences about a partner that meets them: they become its key strengths.
pub fn default_criteria() -> Json {
    let there = |field: &str| json!({"op": "is_null", "field": field, "value": false});
    let at_least = |field: &str, bound: i64| json!({"op": "gte", "field": field, "value": bound});
    let one_of = |field: &str, words: &[&str]| json!({"op": "in", "field": field, "value": words});
    let registered =
        json!({"op": "or", "filters": [at_least("active_deals", 1), at_least("closed_deals", 1)]});
    let moving =
        one_of("stage", &["onboarding", "active", "scaling", "signed", "enabled", "activated"]);
    let criterion = |key: &str, label: &str, dimension: &str, weight: i64, filter: Json| {
        json!({
            "key": key,
            "label": label,
            "dimension": dimension,
            "weight": weight,
            "filter": filter
        })
    };
    Json::Array(vec![
        criterion(
            "head_count",
            "Has at least 50 employees",
            "capacity",
            4,
            at_least("employees", 50),
        ),
        criterion("regions", "Works in named regions", "capacity", 3, there("regions")),
        criterion("languages", "Works in named languages", "capacity", 2, there("languages")),
        criterion("services", "Offers services", "capability", 4, there("services")),
        criterion("products", "Offers products of its own", "capability", 3, there("products")),
        criterion(
            "category",
            "Brings a solution or technology",
            "capability",
            2,
            one_of("category", &["solution", "technology"]),
        ),
        criterion("deals_registered", "Has registered deals", "commitment", 4, registered),
        criterion(
            "target_agreed",
            "Has agreed on a revenue target",
            "commitment",
            3,
            at_least("annual_revenue_target", 1),
        ),
        criterion("stage_progress", "Is past the first talks", "commitment", 3, moving),
        criterion(
            "industry",
            "Works in a named industry",
            "customer_alignment",
            2,
            there("industry"),
        ),
        criterion(
            "won_accounts",
            "Has won customers with us",
            "customer_alignment",
            4,
            at_least("customers", 1),
        ),
    ])
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::{
        kernel::filter,
        resources::{partners::PARTNER, scores::FitDimension},
    };

    fn criterion(key: &str, filter: Json) -> IdealPartnerCriterion {
        let dimension = FitDimension::Capacity;
        IdealPartnerCriterion {
            key: key.to_owned(),
            label: "x".to_owned(),
            dimension,
            weight: 1,
            filter: FilterNode(filter),
        }
    }

    fn places(criteria: Vec<IdealPartnerCriterion>) -> Vec<(&'static str, String)> {
        let update = IdealPartnerProfileUpdate {
            criteria: Some(criteria),
            ..IdealPartnerProfileUpdate::default()
        };
        match update.check("2026-11-25T00:00:00Z".parse().unwrap()) {
            Err(Error::Problem(problem)) => problem
                .errors
                .iter()
                .map(|fault| (fault.code, fault.place.to_string().replace('`', "")))
                .collect(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn faults_of_criteria_have_their_place() {
        let many = |value: i64| json!({"op": "gte", "field": "employees", "value": value});
        let twice = vec![criterion("a", many(1)), criterion("b", many(2)), criterion("a", many(3))];
        assert_eq!(places(twice).first().map(|(code, _)| *code), Some("duplicate_item"));
        let circular = json!({
            "op": "not",
            "filters": [
                {"op": "or", "filters": [many(1), {"op": "gte", "field": "fit_score", "value": 1}]}
            ]
        });
        let found = places(vec![criterion("a", many(1)), criterion("b", circular)]);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].1.contains("criteria/1/filter/filters/0/filters/1/field"), "{found:?}");
        assert_eq!(
            places(vec![criterion("a", json!({"op": "gte", "field": "nothing", "value": 1}))])
                .len(),
            1
        );
    }

    #[test]
    fn the_default_criteria_are_valid_and_cover_the_four_dimensions() {
        let criteria = default_criteria();
        let criteria = criteria.as_array().unwrap();
        let now = "2026-11-25T00:00:00Z".parse().unwrap();
        for criterion in criteria {
            assert!(
                filter::parse(&criterion["filter"], PARTNER, now, "#/filter").is_ok(),
                "{criterion}"
            );
            assert!((1..=10).contains(&criterion["weight"].as_i64().unwrap()));
        }
        let distinct = |property: &str| {
            criteria.iter().map(|c| c[property].as_str().unwrap()).collect::<HashSet<_>>()
        };
        assert_eq!(distinct("key").len(), criteria.len());
        assert_eq!(distinct("label").len(), criteria.len());
        assert_eq!(distinct("dimension"), FitDimension::VALUES.iter().copied().collect());
        let w = DEFAULT_WEIGHTS;
        assert_eq!(w.capacity + w.capability + w.commitment + w.customer_alignment, 10_000);
    }
}
