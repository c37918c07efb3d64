//! Validates the answers of a submission against the questions of a form, and normalises them for
//! storage. Applicants are not authenticated, so nothing is stored without a check.

use std::collections::{HashMap, HashSet};

use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};

use super::{PublicSubmission, SubmissionAgreement, SubmissionAnswer};
use crate::{
    kernel::{
        domains,
        field_error::FieldError,
        formats,
        ids::{AgreementId, QuestionId},
        text::{self, without_direction_controls},
        timestamp::Timestamp,
    },
    resources::application_forms::{
        ApplicationForm, MappingContext, Question, QuestionBound, QuestionType,
    },
};

/// The longest URL of a website in characters.
const MAX_URL: usize = 2_000;
/// Numbers beyond this are not exact in every JSON reader.
const LARGEST_NUMBER: f64 = 9_007_199_254_740_991.0;

/// A submission after validation against its form.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CheckedAnswers {
    /// The valid answers, in the order of the questions.
    pub answers: Vec<SubmissionAnswer>,
    pub agreements: Vec<SubmissionAgreement>,
    /// All errors.
    pub faults: Vec<FieldError>,
}

impl CheckedAnswers {
    /// Validates a submission against the version of the form that was filled in.
    pub fn of(
        form: &ApplicationForm,
        submission: &PublicSubmission,
        context: &MappingContext,
        now: Timestamp,
    ) -> Self {
        let mut checked = Self::default();
        let mut given: HashMap<QuestionId, SubmissionAnswer> = HashMap::new();
        let mut seen = HashSet::new();
        for (number, answer) in submission.answers.iter().enumerate() {
            let at = |part: &str| format!("#/answers/{number}/{part}");
            let Some(question) = form.question(answer.question_id) else {
                let fault = FieldError::at_pointer(
                    "not_found_reference",
                    at("question_id"),
                    "must be the id of a question of this form",
                );
                checked.faults.push(fault);
                continue;
            };
            if !seen.insert(question.id) {
                checked.faults.push(FieldError::at_pointer(
                    "duplicate_item",
                    at("question_id"),
                    "is a duplicate",
                ));
                continue;
            }
            if let Some(value) = stored_answers(
                question,
                answer.value.clone(),
                &at("value"),
                context,
                &mut checked.faults,
            ) {
                let (label, kind, maps_to) =
                    (question.label.clone(), question.kind, question.maps_to);
                given.insert(
                    question.id,
                    SubmissionAnswer { question_id: question.id, label, kind, value, maps_to },
                );
            }
        }
        for question in form
            .questions
            .0
            .iter()
            .filter(|question| question.required && !seen.contains(&question.id))
        {
            let fault = FieldError::at_pointer(
                "required",
                "#/answers",
                "must contain an answer to every required question",
            );
            checked.faults.push(
                fault
                    .meta("question_id", question.id.to_string())
                    .meta("label", question.label.clone()),
            );
        }
        checked.answers =
            form.questions.0.iter().filter_map(|question| given.remove(&question.id)).collect();
        checked.agree(form, submission, now);
        checked
    }

    fn agree(&mut self, form: &ApplicationForm, submission: &PublicSubmission, now: Timestamp) {
        let accepted: HashSet<AgreementId> =
            submission.accepted_agreement_ids.iter().copied().collect();
        for (number, id) in submission.accepted_agreement_ids.iter().enumerate() {
            if !form.agreements.0.iter().any(|agreement| agreement.id == *id) {
                let at = format!("#/accepted_agreement_ids/{number}");
                self.faults.push(FieldError::at_pointer(
                    "not_found_reference",
                    at,
                    "must be the id of an agreement of this form",
                ));
            }
        }
        for agreement in &form.agreements.0 {
            match accepted.contains(&agreement.id) {
                true => self.agreements.push(SubmissionAgreement {
                    id: agreement.id,
                    // The text can be edited later; the hash shows which version was agreed to.
                    text_sha256: hexadecimal(&Sha256::digest(agreement.text.as_bytes())),
                    accepted_at: now,
                }),
                false if agreement.required => {
                    let fault = FieldError::at_pointer(
                        "agreement_required",
                        "#/accepted_agreement_ids",
                        "must contain every required agreement",
                    );
                    self.faults.push(fault.meta("agreement_id", agreement.id.to_string()));
                }
                false => {}
            }
        }
    }

    /// SHA-256 of the content, independent of the time.
    pub fn fingerprint(&self) -> [u8; 32] {
        let answers: Vec<Json> =
            self.answers.iter().map(|answer| json!([answer.question_id, answer.value])).collect();
        let agreements: Vec<AgreementId> =
            self.agreements.iter().map(|agreement| agreement.id).collect();
        Sha256::digest(json!([answers, agreements]).to_string().as_bytes()).into()
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The answer as it is stored; `None` if it is empty or invalid.
fn stored_answers(
    question: &Question,
    value: Json,
    at: &str,
    context: &MappingContext,
    faults: &mut Vec<FieldError>,
) -> Option<Json> {
    let before = faults.len();
    let answer = if is_nothing(&value) { None } else { checked(question, value, at, faults) };
    if faults.len() > before {
        return None;
    }
    let Some(answer) = answer else {
        if question.required {
            let fault = FieldError::at_pointer("required", at, "is required");
            faults.push(fault.meta("question_id", question.id.to_string()));
        }
        return None;
    };
    // A value that the acceptance could not write is refused here, while the applicant can still
    // correct it.
    if let Some((code, detail)) =
        question.maps_to.and_then(|mapping| mapping.value(question, &answer, context).err())
    {
        faults.push(FieldError::at_pointer(code, at, detail));
        return None;
    }
    Some(answer)
}

fn is_nothing(value: &Json) -> bool {
    match value {
        Json::Null => true,
        Json::String(text) => text.trim().is_empty(),
        Json::Array(items) => items.is_empty(),
        _ => false,
    }
}

fn checked(
    question: &Question,
    value: Json,
    at: &str,
    faults: &mut Vec<FieldError>,
) -> Option<Json> {
    let mut wrong = |code, detail: &str| {
        faults.push(FieldError::at_pointer(code, at, detail));
        None
    };
    match (question.kind, value) {
        (QuestionType::Boolean, Json::Bool(answer)) => Some(json!(answer)),
        (QuestionType::Boolean, _) => wrong("wrong_type", "must be true or false"),
        (QuestionType::Number, Json::Number(number)) => {
            let Some(number) = number
                .as_f64()
                .filter(|number| number.abs() <= LARGEST_NUMBER)
                .map(|float| whole_or(float, &number))
            else {
                return wrong("out_of_range", "is too large");
            };
            bounded(question, number, at, faults)
        }
        (QuestionType::Number, _) => wrong("wrong_type", "must be a number"),
        (QuestionType::MultiSelect, Json::Array(values)) => chosen(question, values, at, faults),
        (QuestionType::MultiSelect, _) => wrong("wrong_type", "must be a list of option values"),
        (QuestionType::SingleSelect, Json::String(value)) => match question.label_of(&value) {
            Some(_) => Some(json!(value)),
            None => {
                faults.push(no_option(question, at));
                None
            }
        },
        (_, Json::String(text)) => {
            let stored_answers = spelled(question, &without_direction_controls(&text), at, faults)?;
            // An answer of invisible characters is empty.
            if stored_answers.is_empty() {
                None
            } else {
                bounded(question, json!(stored_answers), at, faults)
            }
        }
        (QuestionType::SingleSelect, _) => wrong("wrong_type", "must be one of the options"),
        _ => wrong("wrong_type", "must be a string"),
    }
}

/// Integers are stored as integers, however they were written.
fn whole_or(float: f64, number: &serde_json::Number) -> Json {
    if float.fract() == 0.0 { json!(float as i64) } else { Json::Number(number.clone()) }
}

/// Normalises a text for the type of its question.
fn spelled(
    question: &Question,
    text: &str,
    at: &str,
    faults: &mut Vec<FieldError>,
) -> Option<String> {
    let mut wrong = |(code, detail): (&'static str, &str)| {
        faults.push(FieldError::at_pointer(code, at, detail));
        None
    };
    let format = match question.kind {
        QuestionType::Email => "email",
        QuestionType::Phone => "phone",
        QuestionType::Date => "date",
        QuestionType::Country => "country",
        QuestionType::Url => {
            return website(text).or_else(|| {
                wrong(("invalid_format", "must be a URL such as https://example.com"))
            });
        }
        _ => "text",
    };
    let stored_answers = match formats::normalise(format, text) {
        Ok(stored_answers) => stored_answers,
        Err(refusal) => return wrong(refusal),
    };
    if question.kind == QuestionType::ShortText && stored_answers.contains(['\n', '\t']) {
        return wrong(("invalid_format", "must be a single line without tabs"));
    }
    let longest = question.longest_answer().and_then(|max| usize::try_from(max).ok());
    match longest.filter(|max| stored_answers.chars().count() > *max) {
        Some(max) => {
            faults.push(
                FieldError::at_pointer(
                    "too_long",
                    at,
                    format!("must have at most {max} characters"),
                )
                .meta("max", max),
            );
            None
        }
        None => Some(stored_answers),
    }
}

/// The URL of a website, to which people do not always write the scheme. Only hosts with a name, so
/// that it can be shown as a link.
fn website(text: &str) -> Option<String> {
    let text = text::normalise(text).ok()?;
    let address = if text.contains("://") { text } else { format!("https://{text}") };
    let stored_answers = formats::normalise("uri", &address).ok()?;
    (stored_answers.chars().count() <= MAX_URL && domains::normalise(&stored_answers).is_ok())
        .then_some(stored_answers)
}

/// Checks the bounds of the question.
fn bounded(
    question: &Question,
    value: Json,
    at: &str,
    faults: &mut Vec<FieldError>,
) -> Option<Json> {
    let bound = QuestionBound(value);
    let below = question.min.as_ref().is_some_and(|min| min.is_above(&bound));
    let above = question.max.as_ref().is_some_and(|max| bound.is_above(max));
    if !below && !above {
        return Some(bound.0);
    }
    let mut fault =
        FieldError::at_pointer("out_of_range", at, "is outside the range that the question allows");
    for (name, limit) in [("min", &question.min), ("max", &question.max)] {
        if let Some(limit) = limit {
            fault = fault.meta(name, limit.0.clone());
        }
    }
    faults.push(fault);
    None
}

/// The options of a multi select, without duplicates.
fn chosen(
    question: &Question,
    values: Vec<Json>,
    at: &str,
    faults: &mut Vec<FieldError>,
) -> Option<Json> {
    let before = faults.len();
    let mut seen = HashSet::new();
    // If there are more values than options, some are wrong, and reporting more errors is of no
    // use.
    for (number, value) in values.iter().enumerate().take(question.options.len() + 1) {
        let at = format!("{at}/{number}");
        match value.as_str() {
            None => {
                faults.push(FieldError::at_pointer("wrong_type", at, "must be one of the options"))
            }
            Some(value) if question.label_of(value).is_none() => {
                faults.push(no_option(question, &at))
            }
            Some(value) if !seen.insert(value) => {
                faults.push(FieldError::at_pointer("duplicate_item", at, "is a duplicate"))
            }
            Some(_) => {}
        }
    }
    let count = |bound: &Option<QuestionBound>| bound.as_ref().and_then(|bound| bound.0.as_u64());
    let held = values.len() as u64;
    if let Some(min) = count(&question.min).filter(|min| held < *min) {
        faults.push(
            FieldError::at_pointer("too_short", at, format!("must have at least {min} options"))
                .meta("min", min),
        );
    }
    if let Some(max) = count(&question.max).filter(|max| held > *max) {
        faults.push(
            FieldError::at_pointer(
                "too_many_items",
                at,
                format!("must have at most {max} options"),
            )
            .meta("max", max),
        );
    }
    (faults.len() == before).then_some(Json::Array(values))
}

fn no_option(question: &Question, at: &str) -> FieldError {
    let allowed: Vec<&str> = question.options.iter().map(|option| option.value.as_str()).collect();
    FieldError::at_pointer(
        "invalid_choice",
        at,
        "must be one of the \
                                                  options",
    )
    .meta("allowed", allowed)
}
