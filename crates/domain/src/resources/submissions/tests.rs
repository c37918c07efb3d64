//! Answers by type: what is kept of them, and what is wrong with them.

use serde_json::{Value as Json, json};

use super::*;
use crate::{
    kernel::ids::QuestionId,
    resources::application_forms::{Agreement, ApplicationForm, MappingContext, Question},
};

const CONTEXT: MappingContext = MappingContext { exponent: 2, shared_domains: Vec::new() };

fn form(questions: Vec<Question>) -> ApplicationForm {
    ApplicationForm {
        version: 3,
        created_at: Timestamp::now(),
        updated_at: Timestamp::now(),
        title: "Apply".into(),
        intro: None,
        is_open: true,
        public_token: "form_x".into(),
        questions: JsonColumn(questions),
        agreements: JsonColumn(Vec::new()),
        submission_count: 0,
    }
}

fn question(mut given: Json) -> Question {
    let defaults = json!({
        "id": QuestionId::new(),
        "label": "?",
        "help": null,
        "required": false,
        "options": [],
        "min": null,
        "max": null,
        "max_length": null,
        "maps_to": null
    });
    for (name, value) in defaults.as_object().unwrap() {
        if given.get(name).is_none() {
            given[name] = value.clone();
        }
    }
    serde_json::from_value(given).unwrap()
}

fn submission(answers: Vec<(QuestionId, Json)>) -> PublicSubmission {
    let answers = answers
        .into_iter()
        .map(|(question_id, value)| PublicAnswer { question_id, value })
        .collect();
    PublicSubmission {
        form_version: 3,
        answers,
        accepted_agreement_ids: Vec::new(),
        website_confirm: None,
    }
}

/// What is kept of one answer, or the codes of what is wrong with it.
fn answered(question: &Question, value: Json) -> Result<Option<Json>, Vec<&'static str>> {
    let checked = CheckedAnswers::of(
        &form(vec![question.clone()]),
        &submission(vec![(question.id, value)]),
        &CONTEXT,
        Timestamp::now(),
    );
    if checked.faults.is_empty() {
        Ok(checked.answers.into_iter().next().map(|answer| answer.value))
    } else {
        Err(checked.faults.iter().map(|fault| fault.code).collect())
    }
}

#[test]
fn every_type_takes_its_own_answers() {
    let options = json!([
        {"value": "a", "label": "A"},
        {"value": "b", "label": "B"},
        {"value": "c", "label": "C"}
    ]);
    let of = |kind: &str| {
        question(json!({
            "type": kind,
            "options": if kind.contains("select") { options.clone() } else { json!([]) }
        }))
    };
    let (text, object) = (json!("x"), json!({"a": 1}));
    // Answers that are right for some type; for every other one they are wrong.
    let takes: [(&str, &[Json]); 11] = [
        (
            "short_text",
            &[
                json!("x"),
                json!("a"),
                json!("2026-11-22"),
                json!("CH"),
                json!("ann@acme.com"),
                json!("https://acme.com"),
                json!("+41443334455"),
            ],
        ),
        (
            "long_text",
            &[
                json!("x"),
                json!("a"),
                json!("2026-11-22"),
                json!("CH"),
                json!("ann@acme.com"),
                json!("https://acme.com"),
                json!("+41443334455"),
            ],
        ),
        ("email", &[json!("ann@acme.com")]),
        ("url", &[json!("https://acme.com")]),
        ("phone", &[json!("+41443334455")]),
        ("number", &[json!(7), json!(7.5)]),
        ("date", &[json!("2026-11-22")]),
        ("country", &[json!("CH")]),
        ("boolean", &[json!(true)]),
        ("single_select", &[json!("a")]),
        ("multi_select", &[json!(["a"])]),
    ];
    let all = [
        text,
        object,
        json!("a"),
        json!("2026-11-22"),
        json!("CH"),
        json!("ann@acme.com"),
        json!("https://acme.com"),
        json!("+41443334455"),
        json!(7),
        json!(7.5),
        json!(true),
        json!(["a"]),
        json!([1]),
    ];
    for (kind, right) in takes {
        let question = of(kind);
        for answer in &all {
            assert_eq!(
                answered(&question, answer.clone()).is_ok(),
                right.contains(answer),
                "{kind} takes {answer}"
            );
        }
        for nothing in [json!(null), json!(""), json!(" \n "), json!([])] {
            assert_eq!(
                answered(&question, nothing.clone()),
                Ok(None),
                "{kind}: {nothing} is no answer"
            );
            let required = Question { required: true, ..question.clone() };
            assert_eq!(answered(&required, nothing), Err(vec!["required"]));
        }
    }
}

#[test]
fn answers_are_kept_in_one_spelling_and_within_their_bounds() {
    let options = json!([
        {"value": "a", "label": "A"},
        {"value": "b", "label": "B"},
        {"value": "c", "label": "C"}
    ]);
    for (given, answer, kept) in [
        (json!({"type": "short_text"}), json!("  Cafe\u{301} "), Ok(json!("Café"))),
        (json!({"type": "short_text"}), json!("Ac\u{202e}me\u{2066}"), Ok(json!("Acme"))),
        (
            json!({"type": "short_text"}),
            json!("<script>alert(1)</script>"),
            Ok(json!("<script>alert(1)</script>")),
        ),
        (json!({"type": "short_text"}), json!("a\nb"), Err("invalid_format")),
        (json!({"type": "short_text"}), json!("a\0b"), Err("invalid_format")),
        (json!({"type": "long_text"}), json!("a\u{1b}[0m"), Err("invalid_format")),
        (json!({"type": "long_text"}), json!("a\r\nb"), Ok(json!("a\nb"))),
        (json!({"type": "short_text", "max_length": 3}), json!("éèü"), Ok(json!("éèü"))),
        (json!({"type": "short_text", "max_length": 3}), json!("abcd"), Err("too_long")),
        (json!({"type": "short_text"}), json!("x".repeat(201)), Err("too_long")),
        (json!({"type": "long_text"}), json!("x".repeat(5_001)), Err("too_long")),
        (
            json!({"type": "short_text", "max_length": 500, "maps_to": "partner.industry"}),
            json!("x".repeat(101)),
            Err("too_long"),
        ),
        (json!({"type": "email"}), json!(" Ann@ACME.com "), Ok(json!("ann@acme.com"))),
        (json!({"type": "url"}), json!("acme.com/About"), Ok(json!("https://acme.com/About"))),
        (json!({"type": "url"}), json!("HTTP://Acme.com"), Ok(json!("http://acme.com"))),
        (json!({"type": "url"}), json!("javascript:alert(1)"), Err("invalid_format")),
        (json!({"type": "url"}), json!("javascript://acme.com/%0aalert(1)"), Err("invalid_format")),
        (json!({"type": "url"}), json!("https://user@acme.com"), Err("invalid_format")),
        (json!({"type": "url"}), json!("http://127.0.0.1/"), Err("invalid_format")),
        (
            json!({"type": "url"}),
            json!(format!("https://acme.com/{}", "x".repeat(2_000))),
            Err("invalid_format"),
        ),
        (json!({"type": "phone"}), json!("+41 44 333 44 55"), Ok(json!("+41443334455"))),
        (json!({"type": "country"}), json!("ch"), Ok(json!("CH"))),
        (json!({"type": "country"}), json!("UK"), Err("invalid_format")),
        (json!({"type": "number"}), json!(7.0), Ok(json!(7))),
        (json!({"type": "number"}), json!(1e300), Err("out_of_range")),
        (json!({"type": "number", "min": 1, "max": 10}), json!(0), Err("out_of_range")),
        (json!({"type": "number", "min": 1, "max": 10}), json!(10), Ok(json!(10))),
        (json!({"type": "number", "max": 0.5}), json!(0.6), Err("out_of_range")),
        (json!({"type": "number", "maps_to": "partner.employees"}), json!(1.5), Err("wrong_type")),
        (
            json!({"type": "date", "min": "2026-01-01", "max": "2026-12-31"}),
            json!("2026-12-31"),
            Ok(json!("2026-12-31")),
        ),
        (json!({"type": "date", "min": "2026-01-01"}), json!("2025-12-31"), Err("out_of_range")),
        (json!({"type": "date"}), json!("2026-02-30"), Err("invalid_format")),
        (json!({"type": "single_select", "options": options}), json!("d"), Err("invalid_choice")),
        (
            json!({"type": "multi_select", "options": options}),
            json!(["c", "a"]),
            Ok(json!(["c", "a"])),
        ),
        (
            json!({"type": "multi_select", "options": options}),
            json!(["a", "d"]),
            Err("invalid_choice"),
        ),
        (
            json!({"type": "multi_select", "options": options}),
            json!(["a", "a"]),
            Err("duplicate_item"),
        ),
        (json!({"type": "multi_select", "options": options}), json!(["a", 1]), Err("wrong_type")),
        (
            json!({"type": "multi_select", "options": options, "min": 2}),
            json!(["a"]),
            Err("too_short"),
        ),
        (
            json!({"type": "multi_select", "options": options, "max": 1}),
            json!(["a", "b"]),
            Err("too_many_items"),
        ),
        (
            json!({"type": "url", "maps_to": "partner.domain"}),
            json!("www.Acme.com"),
            Ok(json!("https://www.acme.com")),
        ),
    ] {
        let expected = kept.map(Some).map_err(|code| vec![code]);
        assert_eq!(
            answered(&question(given.clone()), answer.clone()),
            expected,
            "{given} {answer}"
        );
    }
}

#[test]
fn everything_that_is_wrong_is_named_at_once() {
    let name = question(json!({"type": "short_text", "required": true, "label": "Company"}));
    let mail = question(json!({"type": "email"}));
    let number = question(json!({"type": "number"}));
    let mut form = form(vec![name.clone(), mail.clone(), number.clone()]);
    let (needed, optional) = (AgreementId::new(), AgreementId::new());
    let agreement = |id, required| Agreement { id, text: "Yes".into(), url: None, required };
    form.agreements = JsonColumn(vec![agreement(needed, true), agreement(optional, false)]);
    let stranger = QuestionId::new();
    let mut sent = submission(vec![
        (mail.id, json!("nobody")),
        (stranger, json!(1)),
        (number.id, json!("7")),
        (number.id, json!(7)),
    ]);
    sent.accepted_agreement_ids = vec![optional, AgreementId::new()];
    let checked = CheckedAnswers::of(&form, &sent, &CONTEXT, Timestamp::now());
    let faults: Vec<(String, &str)> =
        checked.faults.iter().map(|fault| (fault.place.to_string(), fault.code)).collect();
    let expected = [
        ("`answers/0/value`", "invalid_format"),
        ("`answers/1/question_id`", "not_found_reference"),
        ("`answers/2/value`", "wrong_type"),
        ("`answers/3/question_id`", "duplicate_item"),
        ("`answers`", "required"),
        ("`accepted_agreement_ids/1`", "not_found_reference"),
        ("`accepted_agreement_ids`", "agreement_required"),
    ];
    assert_eq!(faults, expected.map(|(place, code)| (place.to_owned(), code)));
    assert_eq!(checked.faults[4].meta["question_id"], name.id.to_string());

    let mut sent = submission(vec![(number.id, json!(7)), (name.id, json!("Acme"))]);
    sent.accepted_agreement_ids = vec![needed];
    let checked = CheckedAnswers::of(&form, &sent, &CONTEXT, Timestamp::now());
    assert_eq!(checked.faults, []);
    let order: Vec<QuestionId> = checked.answers.iter().map(|answer| answer.question_id).collect();
    assert_eq!(order, [name.id, number.id], "answers stand in the order of the questions");
    // printf Yes | sha256sum
    let hash = "85a39ab345d672ff8ca9b9c6876f3adcacf45ee7c1e2dbd2408fd338bd55e07e";
    assert_eq!(
        checked.agreements.iter().map(|agreed| agreed.text_sha256.as_str()).collect::<Vec<_>>(),
        [hash]
    );
    sent.answers.reverse();
    assert_eq!(
        CheckedAnswers::of(&form, &sent, &CONTEXT, Timestamp::now()).fingerprint(),
        checked.fingerprint()
    );
}

#[test]
fn answers_say_who_applied() {
    let question = |kind: &str, maps_to: Json| question(json!({"type": kind, "maps_to": maps_to}));
    let all = [
        (question("short_text", json!("partner.name")), json!("Acme")),
        (question("url", json!("partner.domain")), json!("https://www.acme.com/en")),
        (question("email", json!(null)), json!("ann@acme.com")),
        (question("phone", json!("contact.phone")), json!("+41443334455")),
    ];
    let form = form(all.iter().map(|(question, _)| question.clone()).collect());
    let sent =
        submission(all.iter().map(|(question, answer)| (question.id, answer.clone())).collect());
    let mapped = MappedAnswers::of(
        &form,
        &CheckedAnswers::of(&form, &sent, &CONTEXT, Timestamp::now()).answers,
        &CONTEXT,
    );
    let applicant =
        Applicant { name: None, email: Some("ann@acme.com".into()), company: Some("Acme".into()) };
    assert_eq!((mapped.applicant(), mapped.domain()), (applicant, Some("acme.com")));
    assert!(mapped.contact().is_none(), "a phone number alone is nobody");
}
