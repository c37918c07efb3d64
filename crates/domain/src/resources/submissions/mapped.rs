//! What the answers of a submission say about the partner and its contact.

use std::collections::BTreeMap;

use super::{Applicant, SubmissionAnswer};
use crate::resources::{
    application_forms::{ApplicationForm, MappingContext, QuestionType},
    partners::{Change, PartnerKey, PrimaryContact, change_of},
};

/// Answers as values of fields.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct MappedAnswers {
    /// Of the partner, in the order of the catalogue.
    pub partner: Vec<Change>,
    /// By property of the contact.
    contact: BTreeMap<&'static str, String>,
    /// The first e-mail address, whatever it was asked for.
    email: Option<String>,
}

impl MappedAnswers {
    /// Reads checked answers by the form that they were given on.
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
            // The answer was checked with the same function; only currency and shared domains can
            // have changed since.
            let Ok(value) = mapping.value(question, &answer.value, context) else { continue };
            if let Some(key) = mapping.partner_key() {
                mapped.partner.push(Change { key, value });
            } else if let (Some(field), Some(text)) = (mapping.contact_field(), value.as_text()) {
                mapped.contact.insert(field, text.to_owned());
            }
        }
        mapped.partner.sort_by_key(|change| change.key);
        mapped
    }

    fn partner_text(&self, key: PartnerKey) -> Option<&str> {
        change_of(&self.partner, key)?.value.as_text()
    }

    /// Who applied.
    pub fn applicant(&self) -> Applicant {
        Applicant {
            name: self.contact.get("name").cloned(),
            email: self.contact.get("email").or(self.email.as_ref()).cloned(),
            company: self.partner_text(PartnerKey::Name).map(str::to_owned),
        }
    }

    /// The company's domain.
    pub fn domain(&self) -> Option<&str> {
        self.partner_text(PartnerKey::Domain)
    }

    /// The person to turn to. Whoever gave no name goes by the address.
    pub fn contact(&self) -> Option<PrimaryContact> {
        let text = |field: &str| self.contact.get(field).cloned();
        let (name, email) = (text("name"), text("email"));
        let name =
            name.or_else(|| email.as_ref().map(|email| email.chars().take(200).collect()))?;
        Some(PrimaryContact { name, email, phone: text("phone"), title: text("title") })
    }
}
