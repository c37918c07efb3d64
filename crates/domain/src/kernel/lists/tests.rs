use std::collections::BTreeSet;

use chrono::Utc;
use serde_json::{Value as Json, json};

use super::*;
use crate::{
    kernel::{
        error::{Code, Error, Problem, Result},
        field_error::Place,
        filter::TierRanks,
    },
    resources::partners::PARTNER_LIST,
};

fn get(pairs: &[(&str, &str)]) -> Result<ListRequest> {
    let given = |name: &str| {
        pairs.iter().find(|(other, _)| *other == name).map(|(_, value)| (*value).to_owned())
    };
    let query = ListQuery {
        q: given("q"),
        sort: given("sort").iter().flat_map(|sort| sort.split(',')).map(str::to_owned).collect(),
        limit: given("limit").and_then(|limit| limit.parse().ok()),
        cursor: given("cursor"),
        ..ListQuery::default()
    };
    let pairs: Vec<_> =
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let conditions = Conditions::among(&pairs, &PARTNER_LIST);
    ListRequest::from_parameters(&query, &conditions, &PARTNER_LIST, Utc::now())
}

fn post(body: Json) -> Result<ListRequest> {
    ListRequest::from_body(&serde_json::from_value(body).unwrap(), &PARTNER_LIST, Utc::now())
}

fn problem(result: Result<ListRequest>) -> Problem {
    match result {
        Err(Error::Problem(problem)) => *problem,
        other => panic!("{other:?}"),
    }
}

#[test]
fn no_field_makes_the_parameter_of_another() {
    let names: Vec<String> = PARTNER_LIST.conditions().map(|(name, ..)| name).collect();
    let unique: BTreeSet<&str> =
        names.iter().map(String::as_str).chain(ListQuery::PARAMETERS).collect();
    assert_eq!(unique.len(), names.len() + ListQuery::PARAMETERS.len());
    for (name, field, operator) in PARTNER_LIST.conditions() {
        assert_eq!(PARTNER_LIST.condition(&name), Some((field, operator)), "{name}");
    }
}

#[test]
fn both_forms_say_the_same() {
    let short = get(&[
        ("type", "technology,reseller"),
        ("fit_score_gte", "70"),
        ("industry_null", "false"),
    ])
    .unwrap();
    let long = post(json!({"filter": {"op": "and", "filters": [
        {"op": "gte", "field": "fit_score", "value": 70},
        {"op": "is_null", "field": "industry", "value": false},
        {"op": "in", "field": "type", "value": ["technology", "reseller"]},
    ]}}))
    .unwrap();
    assert_eq!(short.filter, long.filter);
    let escaped = get(&[("industry", r"a\,b,c\\,\d"), ("industry", "e")]).unwrap();
    let same = post(json!({
        "filter": {"op": "in", "field": "industry", "value": ["a,b", "c\\", "\\d", "e"]}
    }))
    .unwrap();
    assert_eq!(escaped.filter, same.filter);
}

#[test]
fn all_errors_at_once() {
    let found = problem(get(&[
        ("sort", "-nme,regions,name,-name"),
        ("employees_gte", "many"),
        ("employees_lt", "1,2"),
        ("type", "technologie"),
    ]));
    assert_eq!(found.code, Code::InvalidParameter);
    let place = |place: &Place| match place {
        Place::Parameter(name) => name.clone(),
        other => panic!("{other:?}"),
    };
    let places: Vec<String> = found.errors.iter().map(|error| place(&error.place)).collect();
    assert_eq!(places, ["employees_gte", "employees_lt", "type", "sort", "sort", "sort", "sort"]);
    let body =
        problem(post(json!({"sort": ["name", "regions"], "filter": {"op": "eq", "field": "x"}})));
    assert_eq!(body.code, Code::ValidationFailed);
    let places: Vec<&Place> = body.errors.iter().map(|error| &error.place).collect();
    assert!(places.contains(&&Place::Pointer("#/sort/1".into())), "{places:?}");
    let filter = problem(post(json!({"filter": {"op": "eq", "field": "x"}})));
    assert_eq!(filter.code, Code::InvalidFilter);
}

#[test]
fn too_many_conditions_and_values_are_refused_where_they_begin() {
    let names: Vec<String> = PARTNER_LIST.conditions().map(|(name, ..)| name).collect();
    let pairs: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "1")).collect();
    let error = problem(get(&pairs)).errors.remove(0);
    let sorted: BTreeSet<&String> = names.iter().collect();
    let hundredth = sorted.into_iter().nth(99).unwrap();
    assert_eq!(error.place, Place::Parameter(hundredth.clone()));
    assert_eq!((&error.meta["max"], &error.meta["given"]), (&json!(99), &json!(names.len())));
    let values = vec!["x"; 500].join(",");
    let error = problem(get(&[("industry", &values), ("subtype", &values)])).errors.remove(0);
    assert_eq!(error.place, Place::Parameter("subtype".into()));
}

#[test]
fn a_cursor_belongs_to_filter_search_and_sort() {
    let row = json!({
        "id": "ptn_01kb1q3x5se7wtc2gnh2avw0fd",
        "name": "Acme",
        "fit_score": null,
        "tier": "gold",
        "stage": "active",
        "created_at": "2026-11-22T11:20:07.123456Z"
    });
    let ranks = TierRanks::from([("gold".to_owned(), 4)]);
    for sort in ["-fit_score,name,tier", "stage,created_at", "id"] {
        let first = get(&[("sort", sort), ("updated_at_gte", "-P30D"), ("q", "Acme")]).unwrap();
        let cursor = first.cursor_after(row.as_object().unwrap(), &ranks);
        assert!(cursor.starts_with("c1."));
        let again = get(&[
            ("q", "acme"),
            ("cursor", &cursor),
            ("sort", sort),
            ("updated_at_gte", "-P30D"),
            ("limit", "7"),
        ]);
        let last = again.unwrap().after.unwrap();
        assert_eq!(last.values.len(), first.sort.keys.len());
        for other in [
            vec![("sort", sort), ("updated_at_gte", "-P31D"), ("q", "acme")],
            vec![("sort", sort), ("updated_at_gte", "-P30D")],
            vec![("sort", "-name"), ("updated_at_gte", "-P30D"), ("q", "acme")],
        ] {
            let query = [other, vec![("cursor", cursor.as_str())]].concat();
            assert_eq!(problem(get(&query)).code, Code::InvalidCursor);
        }
    }
    for garbage in ["", "c1.", "c1.AAAA", "c2.e30", "ü"] {
        assert_eq!(problem(get(&[("cursor", garbage)])).code, Code::InvalidCursor, "{garbage}");
    }
}

#[test]
fn ties_go_in_the_direction_of_the_last_key() {
    assert!(!get(&[]).unwrap().sort.tie_descending);
    assert!(get(&[("sort", "name,-fit_score")]).unwrap().sort.tie_descending);
    let by_id = get(&[("sort", "name,-id,fit_score")]).unwrap().sort;
    assert_eq!((by_id.keys.len(), by_id.tie_descending), (1, true));
}

#[test]
fn a_short_list_is_whole_unless_a_limit_is_given() {
    use crate::kernel::events::EVENT_TYPE_LIST as LIST;
    let read = |query: ListQuery| ListRequest::from_body(&query, &LIST, Utc::now());
    let rows = || {
        let of = |(kind, group)| json!({"type": kind, "group": group});
        [("b", "y"), ("c", "x"), ("a", "y")].map(of).to_vec()
    };
    let kinds =
        |rows: &[Json]| -> String { rows.iter().filter_map(|row| row["type"].as_str()).collect() };
    let whole = read(ListQuery::default()).unwrap().page_of(rows());
    assert_eq!(
        (kinds(&whole.data).as_str(), whole.next_cursor, whole.total_count),
        ("bca", None, None)
    );
    let by_group = |cursor: Option<String>| {
        let (sort, limit) = (vec!["-group".to_owned()], Some(2));
        let include = vec![ListInclude::TotalCount];
        read(ListQuery { sort, limit, cursor, include, ..ListQuery::default() })
    };
    let first = by_group(None).unwrap().page_of(rows());
    assert_eq!((kinds(&first.data).as_str(), first.total_count), ("ab", Some(3)));
    let second = by_group(first.next_cursor.clone()).unwrap().page_of(rows());
    assert_eq!((kinds(&second.data).as_str(), second.next_cursor), ("c", None));
    let other = read(ListQuery { cursor: first.next_cursor, ..ListQuery::default() });
    assert_eq!(problem(other).code, Code::InvalidCursor);
}
