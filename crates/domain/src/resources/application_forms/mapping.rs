//! How the answers of a submission become values of the partner and its contact, and which types of
//! questions can map to which field.

use std::collections::HashSet;

use serde_json::{Value as Json, json};

use super::{Question, QuestionType};
use crate::{
    kernel::{
        domains,
        fields::{Field, FieldType, MAX_MONEY},
        formats,
        shared_domains::is_shared,
        string_enum::string_enum,
        text::fold,
    },
    resources::partners::partner_field,
};

string_enum! {
    /// The field of the partner or of its contact that an answer fills in.
    FormMapping {
        PartnerName = "partner.name",
        PartnerDomain = "partner.domain",
        PartnerIndustry = "partner.industry",
        PartnerDescription = "partner.description",
        PartnerEmployees = "partner.employees",
        /// Answered in major units: with the currency USD, 1200000 is 1,200,000.00.
        PartnerCompanyRevenue = "partner.company_revenue",
        PartnerRegions = "partner.regions",
        PartnerLanguages = "partner.languages",
        PartnerServices = "partner.services",
        PartnerProducts = "partner.products",
        PartnerType = "partner.type",
        PartnerSubtype = "partner.subtype",
        PartnerCategory = "partner.category",
        ContactName = "contact.name",
        ContactEmail = "contact.email",
        ContactPhone = "contact.phone",
        ContactTitle = "contact.title",
    }
}

/// The longest name and title of a contact in characters.
const CONTACT_TEXT: u32 = 200;

/// The settings of the organization that affect the mapping.
#[derive(Debug, Clone, Default)]
pub struct MappingContext {
    /// The number of decimal digits of its currency.
    pub exponent: i32,
    /// Its own list of shared domains.
    pub shared_domains: Vec<String>,
}

/// The reason why an answer is not a value of its field: a code and a message.
pub type MappingError = (&'static str, String);

impl FormMapping {
    /// The field of the catalogue, if it is a field of the partner.
    pub fn partner_field(self) -> Option<&'static Field> {
        self.as_str().strip_prefix("partner.").and_then(partner_field)
    }

    /// The property of the contact, if it is a field of the contact.
    pub fn contact_field(self) -> Option<&'static str> {
        self.as_str().strip_prefix("contact.")
    }

    /// Whether answers of this type can be mapped to it.
    pub fn takes(self, kind: QuestionType) -> bool {
        use QuestionType::{
            Country, Email, LongText, MultiSelect, Number, Phone, ShortText, SingleSelect, Url,
        };
        let text = matches!(kind, ShortText | LongText | SingleSelect | MultiSelect);
        let field = match self {
            Self::ContactEmail => return kind == Email,
            Self::ContactPhone => return kind == Phone,
            Self::ContactName | Self::ContactTitle => return text,
            of_partner => of_partner.partner_field(),
        };
        match field.map(|field| field.kind) {
            Some(FieldType::Text) => text,
            Some(FieldType::Domain) => kind == Url,
            Some(FieldType::Integer | FieldType::Money) => kind == Number,
            Some(FieldType::TextArray) => {
                matches!(kind, ShortText | Country | SingleSelect | MultiSelect)
            }
            // The options of a select are checked against the values of the field; free text would
            // have to be guessed.
            Some(FieldType::Enum) => kind == SingleSelect,
            _ => false,
        }
    }

    /// The longest text in characters; `None` if it is not text.
    pub fn longest_text(self) -> Option<u32> {
        match self {
            Self::ContactName | Self::ContactTitle => Some(CONTACT_TEXT),
            _ => self
                .partner_field()
                .filter(|field| field.kind == FieldType::Text)
                .and_then(|field| field.max_length),
        }
    }

    /// The error of a select whose options are not values of the field, or whose label is too long.
    pub(super) fn unfit_option(self, question: &Question) -> Option<MappingError> {
        let field = self.partner_field();
        question.options.iter().find_map(|option| match field {
            Some(field) if field.kind == FieldType::Enum => {
                let known = field.words.contains(&option.value.as_str());
                (!known).then(|| {
                    (
                        "mapping_type_mismatch",
                        format!("must have options with the values {}", field.words.join(", ")),
                    )
                })
            }
            Some(field) if field.is_array() => items(field, vec![option.label.clone()]).err(),
            _ => {
                let fits = self
                    .longest_text()
                    .is_none_or(|max| option.label.chars().count() <= max as usize);
                (!fits).then(|| {
                    (
                        "mapping_type_mismatch",
                        "has an option whose label is longer than the field allows".to_owned(),
                    )
                })
            }
        })
    }

    /// The value of the field for a valid answer.
    ///
    /// # Errors
    /// The answer is not a valid value of the field.
    pub fn value(
        self,
        question: &Question,
        answer: &Json,
        context: &MappingContext,
    ) -> Result<Json, MappingError> {
        let text = answer.as_str().unwrap_or_default();
        let Some(field) = self.partner_field() else {
            return match self {
                Self::ContactEmail | Self::ContactPhone => Ok(json!(text)),
                _ => single_text(&labels(question, answer).join(", "), CONTACT_TEXT),
            };
        };
        match field.kind {
            FieldType::Domain => match domains::normalise(text) {
                Ok(domain) if is_shared(&domain, &context.shared_domains) => Err((
                    domains::INVALID_DOMAIN,
                    "is shared by many companies: enter the company's own domain, or leave it empty"
                        .to_owned(),
                )),
                Ok(domain) => Ok(json!(domain)),
                Err(_) => Err((
                    domains::INVALID_DOMAIN,
                    "must be a URL or domain such as example.com".to_owned(),
                )),
            },
            FieldType::Integer => whole(answer, field),
            FieldType::Money => minor_units(answer, context.exponent),
            // A form is only saved if its options are values of the field (`unfit_option`).
            FieldType::Enum => Ok(json!(text)),
            FieldType::TextArray => {
                let pieces = match question.kind {
                    QuestionType::ShortText => text.split(',').map(str::to_owned).collect(),
                    // A label with a comma is one item.
                    _ => labels(question, answer),
                };
                items(field, pieces)
            }
            _ if field.long => long_text(
                &labels(question, answer).join(", "),
                field.max_length.unwrap_or(u32::MAX),
            ),
            _ => single_text(
                &labels(question, answer).join(", "),
                field.max_length.unwrap_or(u32::MAX),
            ),
        }
    }
}

/// An answer as people read it: the labels of chosen options, otherwise the text.
fn labels(question: &Question, answer: &Json) -> Vec<String> {
    let chosen: Vec<&str> = match answer {
        Json::Array(values) => values.iter().filter_map(Json::as_str).collect(),
        other => other.as_str().into_iter().collect(),
    };
    chosen.into_iter().map(|value| question.label_of(value).unwrap_or(value).to_owned()).collect()
}

fn long_text(text: &str, max: u32) -> Result<Json, MappingError> {
    if text.chars().count() <= max as usize {
        Ok(json!(text))
    } else {
        Err(("too_long", format!("must have at most {max} characters")))
    }
}

/// Joins the lines of a text for a field of one line.
fn single_text(text: &str, max: u32) -> Result<Json, MappingError> {
    long_text(&text.split_whitespace().collect::<Vec<_>>().join(" "), max)
}

/// The items of an array field: normalised, without duplicates.
fn items(field: &Field, pieces: Vec<String>) -> Result<Json, MappingError> {
    let (mut seen, mut kept) = (HashSet::new(), Vec::new());
    for piece in pieces {
        let piece = piece.split_whitespace().collect::<Vec<_>>().join(" ");
        if piece.is_empty() {
            continue;
        }
        let piece = match field.name {
            "languages" => formats::normalise("language", &piece).map_err(|_| {
                ("invalid_format", "must be language tags of BCP 47 such as en or de-CH".to_owned())
            })?,
            _ => piece,
        };
        let max = field.max_length.unwrap_or(u32::MAX);
        if piece.chars().count() > max as usize {
            return Err((
                "too_long",
                format!("must have at most {max} characters between two commas"),
            ));
        }
        if seen.insert(fold(&piece)) {
            kept.push(json!(piece));
        }
    }
    if field.max_items.is_none_or(|max| kept.len() <= max as usize) {
        Ok(Json::Array(kept))
    } else {
        Err((
            "too_many_items",
            format!("must have at most {} items", field.max_items.unwrap_or_default()),
        ))
    }
}

fn whole(answer: &Json, field: &Field) -> Result<Json, MappingError> {
    let (min, max) = (field.min.unwrap_or(i64::MIN), field.max.unwrap_or(i64::MAX));
    match answer.as_i64() {
        Some(number) if (min..=max).contains(&number) => Ok(json!(number)),
        Some(_) => Err(("out_of_range", format!("must be between {min} and {max}"))),
        None => Err(("wrong_type", "must be a whole number".to_owned())),
    }
}

/// Converts an amount from major to minor units, rounded half up.
fn minor_units(answer: &Json, exponent: i32) -> Result<Json, MappingError> {
    // No currency has more than four decimal digits; the limit prevents an overflow.
    let factor = 10_i64.pow(exponent.clamp(0, 6).unsigned_abs());
    let exact = answer.as_i64().map(|number| number.checked_mul(factor));
    let rounded = || answer.as_f64().map(|number| (number * factor as f64).round());
    let amount = match exact {
        Some(amount) => amount,
        None => rounded()
            .filter(|amount| (0.0..=MAX_MONEY as f64).contains(amount))
            .map(|amount| amount as i64),
    };
    match amount.filter(|amount| (0..=MAX_MONEY).contains(amount)) {
        Some(amount) => Ok(json!(amount)),
        None => Err(("out_of_range", format!("must be between 0 and {}", MAX_MONEY / factor))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{kernel::ids::QuestionId, resources::partners::PARTNER};

    fn question(kind: QuestionType) -> Question {
        let option = |value: &str, label: &str| super::super::QuestionOption {
            value: value.into(),
            label: label.into(),
        };
        Question {
            id: QuestionId::new(),
            kind,
            label: "?".into(),
            help: None,
            required: false,
            options: vec![
                option("reseller", "Reseller, large"),
                option("consulting", "Consultancy"),
            ],
            min: None,
            max: None,
            max_length: None,
            maps_to: None,
        }
    }

    #[test]
    fn every_mappable_field_has_a_word_and_no_other() {
        let mut words: Vec<String> = FormMapping::VALUES
            .iter()
            .filter_map(|word| word.strip_prefix("partner."))
            .map(str::to_owned)
            .collect();
        let mut fields: Vec<String> = PARTNER
            .iter()
            .filter(|field| field.mappable)
            .map(|field| field.name.to_owned())
            .collect();
        words.sort();
        fields.sort();
        assert_eq!(words, fields);
    }

    #[test]
    fn answers_become_values_of_their_fields() {
        let context = MappingContext { exponent: 2, shared_domains: Vec::new() };
        use FormMapping as M;
        use QuestionType as Q;
        let many =
            |from: i64, to: i64| (from..to).map(|n| n.to_string()).collect::<Vec<_>>().join(",");
        for (mapping, kind, answer, value) in [
            (M::PartnerName, Q::ShortText, json!("Acme"), Ok(json!("Acme"))),
            (M::PartnerName, Q::LongText, json!("Acme\nRockets"), Ok(json!("Acme Rockets"))),
            (M::PartnerDescription, Q::LongText, json!("One\nTwo"), Ok(json!("One\nTwo"))),
            (
                M::PartnerSubtype,
                Q::MultiSelect,
                json!(["reseller", "consulting"]),
                Ok(json!("Reseller, large, Consultancy")),
            ),
            (M::PartnerType, Q::SingleSelect, json!("reseller"), Ok(json!("reseller"))),
            (
                M::PartnerServices,
                Q::MultiSelect,
                json!(["reseller"]),
                Ok(json!(["Reseller, large"])),
            ),
            (
                M::PartnerRegions,
                Q::ShortText,
                json!(" DACH, emea ,, dach"),
                Ok(json!(["DACH", "emea"])),
            ),
            (M::PartnerRegions, Q::Country, json!("CH"), Ok(json!(["CH"]))),
            (M::PartnerLanguages, Q::ShortText, json!("DE-ch, en"), Ok(json!(["de-CH", "en"]))),
            (M::PartnerLanguages, Q::ShortText, json!("German"), Err("invalid_format")),
            (M::PartnerProducts, Q::ShortText, json!("x".repeat(81)), Err("too_long")),
            (M::PartnerProducts, Q::ShortText, json!(many(0, 101)), Err("too_many_items")),
            (M::PartnerDomain, Q::Url, json!("https://www.Acme.com/about"), Ok(json!("acme.com"))),
            (M::PartnerEmployees, Q::Number, json!(55), Ok(json!(55))),
            (M::PartnerEmployees, Q::Number, json!(-1), Err("out_of_range")),
            (M::PartnerEmployees, Q::Number, json!(5.5), Err("wrong_type")),
            (M::PartnerCompanyRevenue, Q::Number, json!(1200), Ok(json!(120_000))),
            (M::PartnerCompanyRevenue, Q::Number, json!(10.125), Ok(json!(1_013))),
            (M::PartnerCompanyRevenue, Q::Number, json!(1e300), Err("out_of_range")),
            (M::PartnerCompanyRevenue, Q::Number, json!(i64::MAX), Err("out_of_range")),
            (M::PartnerCompanyRevenue, Q::Number, json!(-1), Err("out_of_range")),
            (M::ContactEmail, Q::Email, json!("ann@acme.com"), Ok(json!("ann@acme.com"))),
            (M::ContactTitle, Q::SingleSelect, json!("consulting"), Ok(json!("Consultancy"))),
        ] {
            let found = mapping.value(&question(kind), &answer, &context).map_err(|(code, _)| code);
            assert_eq!(found, value, "{mapping} of {answer}");
        }
    }
}
