//! Converts the answers of a submission to values of the partner and its contact.

use serde_json::{Map, Value as Json};

use super::{Applicant, SubmissionAnswer};
use crate::resources::{
    application_forms::{ApplicationForm, MappingContext, QuestionType},
    partners::PrimaryContact,
};

/// The answers as values of fields.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct MappedAnswers {
    /// Values by property of the partner.
    pub partner: Map<String, Json>,
    /// Values by property of the contact.
    contact: Map<String, Json>,
    /// The first e-mail address among the answers.
    email: Option<String>,
}

impl MappedAnswers {
    /// Converts valid answers with the version of the form to which they belong.
    pub fn of(
        form: &ApplicationForm,
        answers: &[SubmissionAnswer],
        context: &MappingContext,
    ) -> Self {
        let mut mapped = Self::default();
        for answer in answers {
            if answer.kind == QuestionType::Email && mapped.email.is_none() {
                mapped.email = answer.value.as_str().map(str::to_owned);
            }
            let Some((mapping, question)) = answer.maps_to.zip(form.question(answer.question_id))
            else {
                continue;
            };
            // The answer was validated with the same function; only currency and shared domains can
            // have changed since.
            let Ok(value) = mapping.value(question, &answer.value, context) else { continue };
            if let Some(field) = mapping.partner_field() {
                mapped.partner.insert(field.name.to_owned(), value);
            } else if let Some(field) = mapping.contact_field() {
                mapped.contact.insert(field.to_owned(), value);
            }
        }
        mapped
    }

    /// The applicant.
    pub fn applicant(&self) -> Applicant {
        let text = |values: &Map<String, Json>, field: &str| {
            values.get(field).and_then(Json::as_str).map(str::to_owned)
        };
        Applicant {
            name: text(&self.contact, "name"),
            email: text(&self.contact, "email").or_else(|| self.email.clone()),
            company: text(&self.partner, "name"),
        }
    }

    /// The company's domain.
    pub fn domain(&self) -> Option<&str> {
        self.partner.get("domain").and_then(Json::as_str)
    }

    /// The primary contact. A person without a name gets the e-mail address as the name.
    pub fn contact(&self) -> Option<PrimaryContact> {
        let text = |field: &str| self.contact.get(field).and_then(Json::as_str).map(str::to_owned);
        let (name, email) = (text("name"), text("email"));
        let name =
            name.or_else(|| email.as_ref().map(|email| email.chars().take(200).collect()))?;
        Some(PrimaryContact { name, email, phone: text("phone"), title: text("title") })
    }
}
