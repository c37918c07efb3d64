use proptest::prelude::*;
use serde_json::Number;

use super::*;
use crate::kernel::{
    field_error::MAX_FAULTS,
    ids::{PartnerId, TagId},
    request_body::RequestBody,
};

#[test]
fn values_are_counted_outside_of_strings() {
    for (text, count) in [
        ("1", 1),
        ("[]", 2),
        ("[1,2,3]", 4),
        (r#"{"a":1,"b":[true]}"#, 6),
        (r#""a,b:c[\"{,,,\\""#, 1),
        (r#"["\\",1]"#, 3),
    ] {
        assert_eq!(count_values(text.as_bytes()), count, "{text}");
    }
    assert!(count_values("[".repeat(100_000).as_bytes()) < 200);
}

#[derive(utoipa::ToSchema)]
struct Thing {}

#[derive(utoipa::ToSchema)]
struct ThingCreate {}

impl RequestBody for ThingCreate {
    type Resource = Thing;
}

fn schemas() -> Schemas {
    let mut forms = RequestForms::default();
    ThingCreate::collect_forms(&mut forms);
    let text = |max: u32| {
        json!({
            "type": "string",
            "minLength": 1,
            "maxLength": max,
            "x-single-line": true
        })
    };
    let id = |prefix: &str| {
        json!({
            "type": "string",
            "format": "typeid",
            "pattern": format!("^{prefix}_[0-7][0-9a-hjkmnp-tv-z]{{25}}$")
        })
    };
    Schemas::of(
        &json!({
            "components": {
                "schemas": {
                    "PartnerId": id("ptn"),
                    "TagId": id("tag"),
                    "Kind": {"type": "string", "enum": ["reseller", "referral"]},
                    "Weights": {
                        "type": "object",
                        "additionalProperties": false,
                        "x-sum": 100,
                        "required": ["q1", "q2"],
                        "properties": {
                            "q1": {"type": "integer", "minimum": 0, "maximum": 100},
                            "q2": {"type": "integer", "minimum": 0, "maximum": 100}
                        }
                    },
                    "FilterNode": {
                        "type": "object",
                        "additionalProperties": false,
                        "properties": {"op": {"type": "string"}}
                    },
                    "Thing": {
                        "type": "object",
                        "properties": {"id": {}, "currency": {}, "name": {}}
                    },
                    "ThingCreate": {
                        "type": "object",
                        "additionalProperties": false,
                        "required": ["name"],
                        "properties": {
                            "name": text(5),
                            "industry": {
                                "type": ["string", "null"],
                                "maxLength": 9,
                                "x-single-line": true
                            },
                            "notes": {"type": ["string", "null"], "maxLength": 20},
                            "domain": {
                                "type": ["string", "null"],
                                "format": "domain",
                                "maxLength": 253
                            },
                            "employees": {"type": ["integer", "null"], "minimum": 0, "maximum": 10},
                            "big": {"type": "integer"},
                            "live": {"type": "boolean"},
                            "key": {"type": "string", "pattern": "^[a-z][a-z0-9_]{0,39}$"},
                            "link": {"type": ["string", "null"], "format": "uri", "x-https": true},
                            "kind": {"$ref": "#/components/schemas/Kind"},
                            "category": {
                                "oneOf": [{"$ref": "#/components/schemas/Kind"}, {"type": "null"}]
                            },
                            "parent_id": {
                                "oneOf": [
                                    {"$ref": "#/components/schemas/PartnerId"},
                                    {"type": "null"}
                                ]
                            },
                            "tag_ids": {
                                "type": "array",
                                "maxItems": 3,
                                "uniqueItems": true,
                                "items": {"$ref": "#/components/schemas/TagId"}
                            },
                            "regions": {
                                "type": "array",
                                "maxItems": 3,
                                "x-unique": "ignore-case",
                                "items": text(5)
                            },
                            "weights": {"$ref": "#/components/schemas/Weights"},
                            "filter": {
                                "oneOf": [
                                    {"$ref": "#/components/schemas/FilterNode"},
                                    {"type": "null"}
                                ]
                            },
                            "a/b~": {"type": "boolean"},
                            "mapping": {
                                "type": "object",
                                "additionalProperties": {"type": "boolean"}
                            },
                            "anything": {}
                        }
                    }
                }
            }
        }),
        forms,
    )
}

fn found(mut body: Json) -> Vec<String> {
    if body.get("name").is_none() && body.is_object() {
        body["name"] = json!("Acme");
    }
    let show = |fault: FieldError| match fault.place {
        Place::Pointer(at) => format!("{} {at} {}", fault.code, Json::Object(fault.meta)),
        other => panic!("{other:?}"),
    };
    schemas().check("ThingCreate", &mut body).into_iter().map(show).collect()
}

#[test]
fn every_fault_has_its_code_and_place() {
    let tag = TagId::new();
    for (body, fault) in [
        (json!([]), "wrong_type # {}"),
        (json!({"name": null}), "not_nullable #/name {}"),
        (json!({"name": "  "}), r#"too_short #/name {"min":1}"#),
        (json!({"name": "Acme Inc"}), r#"too_long #/name {"max":5}"#),
        (json!({"name": "a\nb"}), "invalid_format #/name {}"),
        (json!({"name": "a\u{0}b"}), "invalid_format #/name {}"),
        (json!({"name": 1}), "wrong_type #/name {}"),
        (json!({"indsutry": "x"}), r#"unknown_field #/indsutry {"did_you_mean":"industry"}"#),
        (json!({"xxxxxxxxxxxx": "x"}), "unknown_field #/xxxxxxxxxxxx {}"),
        (json!({"currency": "USD"}), "read_only_field #/currency {}"),
        (json!({"employees": 11}), r#"out_of_range #/employees {"min":0,"max":10}"#),
        (json!({"employees": -1}), r#"out_of_range #/employees {"min":0,"max":10}"#),
        (json!({"employees": 1.5}), "wrong_type #/employees {}"),
        (json!({"employees": "1"}), "wrong_type #/employees {}"),
        (json!({"employees": true}), "wrong_type #/employees {}"),
        (json!({"employees": u64::MAX}), r#"out_of_range #/employees {"min":0,"max":10}"#),
        (json!({"big": 1e30}), "out_of_range #/big {}"),
        (json!({"live": "true"}), "wrong_type #/live {}"),
        (json!({"key": "A b"}), "invalid_format #/key {}"),
        (json!({"domain": "TBD"}), "invalid_domain #/domain {}"),
        (json!({"link": "http://acme.com"}), "invalid_format #/link {}"),
        (json!({"kind": "friend"}), r#"invalid_choice #/kind {"allowed":["reseller","referral"]}"#),
        (json!({"kind": null}), "not_nullable #/kind {}"),
        (
            json!({"category": ""}),
            r#"invalid_choice #/category {"allowed":["reseller","referral"]}"#,
        ),
        (json!({"parent_id": tag}), r#"wrong_id_type #/parent_id {"prefix":"ptn"}"#),
        (json!({"parent_id": "acme"}), "invalid_format #/parent_id {}"),
        (json!({"tag_ids": null}), "not_nullable #/tag_ids {}"),
        (json!({"tag_ids": [tag, tag]}), "duplicate_item #/tag_ids/1 {}"),
        (json!({"tag_ids": [PartnerId::new()]}), r#"wrong_id_type #/tag_ids/0 {"prefix":"tag"}"#),
        (json!({"regions": ["a", "b", "c", "d"]}), r#"too_many_items #/regions {"max":3}"#),
        (json!({"regions": ["DACH", "dach "]}), "duplicate_item #/regions/1 {}"),
        (
            json!({"weights": {"q1": 50, "q2": 49}}),
            r#"weights_not_100_percent #/weights {"sum":99}"#,
        ),
        (json!({"weights": {"q1": 100}}), "required #/weights/q2 {}"),
        (json!({"filter": []}), "wrong_type #/filter {}"),
        (json!({"a/b~": 1}), "wrong_type #/a~1b~0 {}"),
        (json!({"mapping": {"x": 1}}), "wrong_type #/mapping/x {}"),
    ] {
        assert_eq!(found(body.clone()), [fault], "{body}");
    }
    assert_eq!(schemas().check("ThingCreate", &mut json!({}))[0].code, "required");
}

#[test]
fn all_faults_come_at_once_and_not_without_end() {
    let faults =
        found(json!({"regions": ["x", "x", 1], "indsutry": 1, "employees": -1, "kind": "x"}));
    assert_eq!(faults.len(), 5, "{faults:?}");
    let many: Map<String, Json> = (0..10_000).map(|n| (format!("property{n}"), json!(n))).collect();
    assert_eq!(found(Json::Object(many)).len(), MAX_FAULTS);
}

/// Validating them could take seconds, since every wrong member is an error of its own.
#[test]
fn lists_and_objects_that_are_too_large_are_not_validated() {
    let schemas = schemas();
    let numbers: Vec<usize> = (0..50_000).collect();
    let mapping: Map<String, Json> = numbers.iter().map(|n| (n.to_string(), json!(n))).collect();
    let mut body = json!({"name": "Acme", "regions": numbers, "mapping": mapping});
    let errors = schemas.check("ThingCreate", &mut body);
    let codes: Vec<&str> = errors.iter().map(|error| error.code).collect();
    assert_eq!(codes, ["too_many_items", "too_many_items"]);
    assert_eq!((&body["regions"], &body["mapping"]), (&json!([]), &json!({})));
}

#[test]
fn what_is_right_is_kept_in_one_form() {
    let mut body = json!({
        "name": "  Cafe\u{301}",
        "industry": " ",
        "notes": " a\r\nb ",
        "domain": "https://www.Acme.com/x",
        "employees": 10,
        "category": null,
        "parent_id": null,
        "regions": [" DACH"],
        "weights": {"q1": 50, "q2": 50},
        "filter": {"op": "and", "anything": [1]},
        "mapping": {"any": true},
        "anything": {"x": null},
        "link": ""
    });
    assert_eq!(schemas().check("ThingCreate", &mut body), []);
    let kept = json!({
        "name": "Café",
        "industry": null,
        "notes": "a\nb",
        "domain": "acme.com",
        "employees": 10,
        "category": null,
        "parent_id": null,
        "regions": ["DACH"],
        "weights": {"q1": 50, "q2": 50},
        "filter": {"op": "and", "anything": [1]},
        "mapping": {"any": true},
        "anything": {"x": null},
        "link": null
    });
    assert_eq!(body, kept);
}

#[test]
fn parameters_become_typed_values() {
    let schemas = schemas();
    let kinds = json!({"type": "array", "items": {"$ref": "#/components/schemas/Kind"}});
    let texts = json!({"type": "array", "items": {"type": "string"}});
    let integer = json!({"type": "integer", "minimum": 1, "maximum": 200});
    for (schema, given, value) in [
        (&integer, &["50"][..], json!(50)),
        (&json!({"type": "boolean"}), &["true"], json!(true)),
        (&kinds, &["reseller,referral", "reseller"], json!(["reseller", "referral", "reseller"])),
        (&texts, &[r"a\,b,c\\,d\e"], json!(["a,b", r"c\", r"d\e"])),
        (
            &json!({"type": "string", "format": "date-time"}),
            &["2026-01-01T00:00:00Z"],
            json!("2026-01-01T00:00:00.000000Z"),
        ),
    ] {
        assert_eq!(schemas.parameter("p", &schemas.checker(schema), given), Ok(value), "{given:?}");
    }
    for (schema, given) in [
        (&integer, &["0"][..]),
        (&integer, &["many"]),
        (&integer, &["1", "2"]),
        (&json!({"type": "boolean"}), &["yes"]),
        (&kinds, &["friend"]),
        (&json!({"$ref": "#/components/schemas/PartnerId"}), &["x"]),
    ] {
        let faults = schemas.parameter("p", &schemas.checker(schema), given).unwrap_err();
        assert!(faults.iter().all(|fault| fault.code == "invalid_parameter"
            && fault.place == Place::Parameter("p".into())));
    }
    let faults = schemas.parameter("p", &schemas.checker(&kinds), &["friend"]).unwrap_err();
    assert_eq!(faults[0].meta["allowed"], json!(["reseller", "referral"]));
}

/// Any JSON, with the names of the schema among its keys so that something is reached.
fn any_json() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::Bool),
        any::<i64>().prop_map(Json::from),
        any::<f64>().prop_map(|float| Number::from_f64(float).map_or(Json::Null, Json::Number)),
        "\\PC{0,12}|[a-z.@+0-9 ]{0,12}|(https?://)?acme\\.com/?|reseller".prop_map(Json::from),
    ];
    let name = prop_oneof![
        3 => proptest::sample::select(vec![
            "name", "industry", "notes", "domain", "employees", "big", "live", "key", "link",
            "kind", "category", "parent_id",
            "tag_ids", "regions", "weights", "filter", "a/b~", "mapping", "anything", "q1", "q2"
        ]).prop_map(str::to_owned),
        1 => "\\PC{0,8}",
    ];
    leaf.prop_recursive(3, 40, 8, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Json::Array),
            prop::collection::vec((name.clone(), inner), 0..10)
                .prop_map(|members| members.into_iter().collect()),
        ]
    })
}

proptest! {
    #[test]
    fn no_body_makes_it_panic_and_what_passed_passes_unchanged(body in any_json()) {
        let schemas = schemas();
        let mut kept = body;
        if schemas.check("ThingCreate", &mut kept).is_empty() {
            let once = kept.clone();
            prop_assert_eq!(schemas.check("ThingCreate", &mut kept), vec![]);
            prop_assert_eq!(kept, once);
        }
    }

    #[test]
    fn single_texts_are_stable(name in "\\PC{0,8}|[ a-z\n\t]{0,8}") {
        let schemas = schemas();
        let mut kept = json!({
            "name": name,
            "industry": name,
            "notes": name,
            "regions": [name]
        });
        if schemas.check("ThingCreate", &mut kept).is_empty() {
            let once = kept.clone();
            prop_assert_eq!(schemas.check("ThingCreate", &mut kept), vec![]);
            prop_assert_eq!(kept, once);
        }
    }

    #[test]
    fn lists_come_back_as_they_were_written(values in prop::collection::vec("[a-z,\\\\é \
        ]{0,6}", 1..5)) {
        let escape = |value: &String| value.replace('\\', r"\\").replace(',', r"\,");
        let written = values.iter().map(escape).collect::<Vec<_>>().join(",");
        prop_assert_eq!(split_list(&written), values);
    }
}
