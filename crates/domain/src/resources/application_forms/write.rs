//! Validates an application form before it is saved, and computes its new version.

use std::collections::HashSet;

use chrono::NaiveDate;
use serde::Serialize;
use serde_json::Value as Json;

use super::{
    Agreement, AgreementUpdate, ApplicationForm, ApplicationFormUpdate, FormMapping, Question,
    QuestionBound, QuestionType, QuestionUpdate,
};
use crate::kernel::{
    error::{Code, Error},
    field_error::FieldError,
    ids::{AgreementId, QuestionId},
};

/// The content of a version of the form.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FormContent {
    pub title: String,
    pub intro: Option<String>,
    pub is_open: bool,
    pub questions: Vec<Question>,
    pub agreements: Vec<Agreement>,
}

impl From<&ApplicationForm> for FormContent {
    fn from(form: &ApplicationForm) -> Self {
        Self {
            title: form.title.clone(),
            intro: form.intro.clone(),
            is_open: form.is_open,
            questions: form.questions.0.clone(),
            agreements: form.agreements.0.clone(),
        }
    }
}

impl ApplicationFormUpdate {
    /// All errors that do not depend on the current form.
    pub fn faults(&self) -> Vec<FieldError> {
        let mut faults = Vec::new();
        let (mut ids, mut mapped) = (HashSet::new(), HashSet::new());
        for (number, question) in self.questions.iter().flatten().enumerate() {
            let mut at =
                QuestionErrors { pointer: format!("#/questions/{number}"), faults: &mut faults };
            if question.id.is_some_and(|id| !ids.insert(id.0)) {
                at.push("duplicate_item", "id", "is a duplicate");
            }
            if question.maps_to.is_some_and(|mapping| !mapped.insert(mapping)) {
                at.push("duplicate_item", "maps_to", "is already used by another question");
            }
            question.check(&mut at);
        }
        for (number, agreement) in self.agreements.iter().flatten().enumerate() {
            if agreement.id.is_some_and(|id| !ids.insert(id.0)) {
                let at = format!("#/agreements/{number}/id");
                faults.push(FieldError::at_pointer("duplicate_item", at, "is a duplicate"));
            }
        }
        faults
    }

    /// The form after the change.
    ///
    /// # Errors
    /// `not_found_reference` for ids that are not in the current form; `form_needs_name_question`.
    pub fn applied_to(&self, form: &ApplicationForm) -> crate::kernel::error::Result<FormContent> {
        let before = FormContent::from(form);
        let mut faults = Vec::new();
        let unknown = |at: String| {
            FieldError::at_pointer(
                "not_found_reference",
                at,
                "does not exist in the form; omit it for a new entry",
            )
        };
        for (number, id) in self
            .questions
            .iter()
            .flatten()
            .enumerate()
            .filter_map(|(n, question)| Some((n, question.id?)))
        {
            if !before.questions.iter().any(|question| question.id == id) {
                faults.push(unknown(format!("#/questions/{number}/id")));
            }
        }
        for (number, id) in self
            .agreements
            .iter()
            .flatten()
            .enumerate()
            .filter_map(|(n, agreement)| Some((n, agreement.id?)))
        {
            if !before.agreements.iter().any(|agreement| agreement.id == id) {
                faults.push(unknown(format!("#/agreements/{number}/id")));
            }
        }
        if !faults.is_empty() {
            return Err(Error::invalid(faults));
        }
        let after = FormContent {
            title: self.title.clone().unwrap_or(before.title),
            intro: self.intro.clone().unwrap_or(before.intro),
            is_open: self.is_open.unwrap_or(before.is_open),
            questions: self
                .questions
                .clone()
                .map_or(before.questions, |all| all.into_iter().map(Question::from).collect()),
            agreements: self
                .agreements
                .clone()
                .map_or(before.agreements, |all| all.into_iter().map(Agreement::from).collect()),
        };
        let asks_for_name = after
            .questions
            .iter()
            .any(|question| question.maps_to == Some(FormMapping::PartnerName));
        if after.is_open && !asks_for_name {
            let code = Code::FormNeedsNameQuestion;
            let fault = FieldError::at_pointer(
                code.as_str(),
                "#/is_open",
                "must have a question with `maps_to` `partner.name`",
            );
            return Err(Error::of(code).at(fault));
        }
        Ok(after)
    }
}

impl From<QuestionUpdate> for Question {
    fn from(given: QuestionUpdate) -> Self {
        let QuestionUpdate {
            id,
            kind,
            label,
            help,
            required,
            options,
            min,
            max,
            max_length,
            maps_to,
        } = given;
        Self {
            id: id.unwrap_or_else(QuestionId::new),
            kind,
            label,
            help,
            required,
            options,
            min,
            max,
            max_length,
            maps_to,
        }
    }
}

impl From<AgreementUpdate> for Agreement {
    fn from(AgreementUpdate { id, text, url, required }: AgreementUpdate) -> Self {
        Self { id: id.unwrap_or_else(AgreementId::new), text, url, required }
    }
}

/// Collects the errors of one question.
struct QuestionErrors<'a> {
    pointer: String,
    faults: &'a mut Vec<FieldError>,
}

impl QuestionErrors<'_> {
    fn push(&mut self, code: &'static str, field: &str, detail: &str) -> &mut FieldError {
        self.faults.push(FieldError::at_pointer(code, format!("{}/{field}", self.pointer), detail));
        let last = self.faults.len() - 1;
        &mut self.faults[last]
    }
}

impl QuestionUpdate {
    fn check(&self, at: &mut QuestionErrors<'_>) {
        self.check_options(at);
        self.check_length(at);
        self.check_bounds(at);
        self.check_mapping(at);
    }

    fn check_options(&self, at: &mut QuestionErrors<'_>) {
        match (self.kind.is_select(), self.options.is_empty()) {
            (true, true) => {
                at.push("too_short", "options", "must have at least 1 option");
            }
            (false, false) => {
                at.push("not_applicable", "options", "is only allowed for selects");
            }
            _ => {}
        }
        let mut seen = HashSet::new();
        for (number, option) in self.options.iter().enumerate() {
            if !seen.insert(option.value.as_str()) {
                at.push("duplicate_item", &format!("options/{number}/value"), "is a duplicate");
            }
        }
    }

    fn check_length(&self, at: &mut QuestionErrors<'_>) {
        match (self.max_length, self.kind.longest()) {
            (Some(_), None) => {
                at.push("not_applicable", "max_length", "is only allowed for texts");
            }
            (Some(length), Some((longest, _))) if length > longest => {
                let fault = at.push(
                    "out_of_range",
                    "max_length",
                    &format!("must be between 1 and {longest} for this type"),
                );
                fault.meta.insert("max".into(), longest.into());
            }
            _ => {}
        }
    }

    fn check_bounds(&self, at: &mut QuestionErrors<'_>) {
        let mut sound = true;
        for (field, bound) in [("min", &self.min), ("max", &self.max)] {
            let Some(bound) = bound else { continue };
            if let Some((code, detail)) = self.unfit_bound(bound) {
                at.push(code, field, detail);
                sound = false;
            }
        }
        if let (true, Some(min), Some(max)) = (sound, &self.min, &self.max)
            && min.is_above(max)
        {
            at.push("out_of_range", "max", "must not be less than min");
        }
    }

    fn unfit_bound(&self, bound: &QuestionBound) -> Option<(&'static str, &'static str)> {
        match (self.kind, &bound.0) {
            (QuestionType::Number, Json::Number(_)) => None,
            (QuestionType::Number, _) => Some(("wrong_type", "must be a number")),
            (QuestionType::Date, Json::String(text)) if is_date(text) => None,
            (QuestionType::Date, Json::String(_)) => {
                Some(("invalid_format", "must be a date such as 2026-11-22"))
            }
            (QuestionType::Date, _) => Some(("wrong_type", "must be a date such as 2026-11-22")),
            (QuestionType::MultiSelect, Json::Number(number)) => match number.as_u64() {
                Some(count) if count <= self.options.len() as u64 => None,
                _ => Some(("out_of_range", "must be a number of options")),
            },
            (QuestionType::MultiSelect, _) => Some(("wrong_type", "must be a number of options")),
            _ => Some(("not_applicable", "is only allowed for numbers, dates and multi selects")),
        }
    }

    fn check_mapping(&self, at: &mut QuestionErrors<'_>) {
        let Some(mapping) = self.maps_to else { return };
        if !mapping.takes(self.kind) {
            let fault = at.push(
                "mapping_type_mismatch",
                "maps_to",
                "cannot be filled by a question of this type",
            );
            fault.meta.insert("type".into(), self.kind.as_str().into());
        } else if let Some((_, detail)) = mapping.unfit_option(&Question::from(self.clone())) {
            let fault = at.push("mapping_type_mismatch", "maps_to", &detail);
            if let Some(field) = mapping.partner_field().filter(|field| !field.words.is_empty()) {
                fault.meta.insert("allowed".into(), field.words.into());
            }
        }
    }
}

impl QuestionBound {
    /// Whether it is greater than another bound of the same kind.
    pub(crate) fn is_above(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Json::Number(one), Json::Number(other)) => one.as_f64() > other.as_f64(),
            // Dates in this format sort as texts.
            (Json::String(one), Json::String(other)) => one > other,
            _ => false,
        }
    }
}

/// Written with leading zeros, so that dates compare as texts.
fn is_date(text: &str) -> bool {
    text.len() == 10 && NaiveDate::parse_from_str(text, "%Y-%m-%d").is_ok()
}
