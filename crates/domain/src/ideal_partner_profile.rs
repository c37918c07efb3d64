//! The ideal partner profile: the criteria by which an organization judges fit, and what a new organization starts with
//! (contract section 3.7).

use serde_json::{Value as Json, json};

use crate::partners::FourCBreakdown;

/// The weights of a new organization: each of the four C's counts alike. In basis points.
pub const DEFAULT_WEIGHTS: FourCBreakdown =
    FourCBreakdown { capacity: 2_500, capability: 2_500, commitment: 2_500, customer_alignment: 2_500 };

/// The criteria of a new organization, all of them editable: `{key, label, dimension, weight, filter}`.
///
/// They ask for nothing that depends on the organization's trade, country or currency. Those that ask whether something
/// is there (regions, services) are met or not known, never held against a partner. Labels are sentences about a partner
/// that meets them: they become its key strengths.
pub fn default_criteria() -> Json {
    let there = |field: &str| json!({"op": "is_null", "field": field, "value": false});
    let at_least = |field: &str, bound: i64| json!({"op": "gte", "field": field, "value": bound});
    let one_of = |field: &str, words: &[&str]| json!({"op": "in", "field": field, "value": words});
    let registered = json!({"op": "or", "filters": [at_least("active_deals", 1), at_least("closed_deals", 1)]});
    let moving = one_of("stage", &["onboarding", "active", "scaling", "signed", "enabled", "activated"]);
    let criterion = |key: &str, label: &str, dimension: &str, weight: i64, filter: Json| json!({"key": key, "label": label, "dimension": dimension, "weight": weight, "filter": filter});
    Json::Array(vec![
        criterion("head_count", "Has at least 50 employees", "capacity", 4, at_least("employees", 50)),
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
        criterion("target_agreed", "Has agreed on a revenue target", "commitment", 3, at_least("annual_revenue_target", 1)),
        criterion("stage_progress", "Is past the first talks", "commitment", 3, moving),
        criterion("industry", "Works in a named industry", "customer_alignment", 2, there("industry")),
        criterion("won_accounts", "Has won customers with us", "customer_alignment", 4, at_least("customers", 1)),
    ])
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::{filter, partners::PARTNER, scores::FitDimension};

    #[test]
    fn the_default_criteria_are_valid_and_cover_the_four_dimensions() {
        let criteria = default_criteria();
        let criteria = criteria.as_array().unwrap();
        let now = "2026-11-25T00:00:00Z".parse().unwrap();
        for criterion in criteria {
            assert!(filter::parse(&criterion["filter"], PARTNER, now, "#/filter").is_ok(), "{criterion}");
            assert!((1..=10).contains(&criterion["weight"].as_i64().unwrap()));
        }
        let distinct = |property: &str| criteria.iter().map(|c| c[property].as_str().unwrap()).collect::<HashSet<_>>();
        assert_eq!(distinct("key").len(), criteria.len());
        assert_eq!(distinct("label").len(), criteria.len());
        assert_eq!(distinct("dimension"), FitDimension::WORDS.iter().copied().collect());
        let w = DEFAULT_WEIGHTS;
        assert_eq!(w.capacity + w.capability + w.commitment + w.customer_alignment, 10_000);
    }
}
