//! What answers become when a submission is accepted: which questions may feed which field, and
//! how.

use std::collections::HashSet;

use serde_json::Value as Json;

use super::{Question, QuestionType};
use crate::{
    kernel::{
        domains,
        fields::{Field, FieldType, MAX_MONEY},
        formats,
        shared_domains::is_shared,
        string_enum::string_enum,
        text::fold,
        values::FieldValue,
    },
    resources::partners::PartnerKey,
};

string_enum! {
    /// The field of the partner or of its contact that an answer feeds.
    FormMapping {
        PartnerName = "partner.name",
        PartnerDomain = "partner.domain",
        PartnerIndustry = "partner.industry",
        PartnerDescription = "partner.description",
        PartnerEmployees = "partner.employees",
        /// Answered in major units: 1200000 is 1,200,000.00 of the organization's currency.
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

/// Characters of a contact's name and title.
const CONTACT_TEXT: u32 = 200;

/// What the organization says about reading answers.
#[derive(Debug, Clone, Default)]
pub struct MappingContext {
    /// Digits behind the point of its currency.
    pub exponent: i32,
    /// Its own list of domains that belong to nobody in particular.
    pub shared_domains: Vec<String>,
}

/// Why an answer cannot become the value of its field: a code and what it must be.
pub type MappingError = (&'static str, String);

impl FormMapping {
    /// The key of the field, when it is one of the partner.
    pub fn partner_key(self) -> Option<PartnerKey> {
        self.as_str().strip_prefix("partner.").and_then(PartnerKey::named)
    }

    /// The field of the catalogue, when it is one of the partner.
    pub fn partner_field(self) -> Option<&'static Field> {
        self.partner_key().map(PartnerKey::field)
    }

    /// The property of the contact, when it is one of the contact.
    pub fn contact_field(self) -> Option<&'static str> {
        self.as_str().strip_prefix("contact.")
    }

    /// Whether answers of this type can feed it.
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

    /// Characters of the longest text that it holds; none for what holds no text.
    pub fn longest_text(self) -> Option<u32> {
        match self {
            Self::ContactName | Self::ContactTitle => Some(CONTACT_TEXT),
            _ => self
                .partner_field()
                .filter(|field| field.kind == FieldType::Text)
                .and_then(|field| field.max_length),
        }
    }

    /// Why the options of a select cannot feed it: the values that it knows, or the label that does
    /// not fit.
    pub(super) fn unfit_option(self, question: &Question) -> Option<MappingError> {
        let field = self.partner_field();
        question.options.iter().find_map(|option| match field {
            Some(field) if field.kind == FieldType::Enum => {
                let known = field.words.contains(&option.value.as_str());
                (!known).then(|| {
                    (
                        "mapping_type_mismatch",
                        format!("the values of its options must be of {}", field.words.join(", ")),
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
                        "has an option whose label is longer than the field takes".to_owned(),
                    )
                })
            }
        })
    }

    /// A checked answer as the value of the field.
    ///
    /// # Errors
    /// What does not fit.
    pub fn value(
        self,
        question: &Question,
        answer: &Json,
        context: &MappingContext,
    ) -> Result<FieldValue, MappingError> {
        let text = answer.as_str().unwrap_or_default();
        let Some(field) = self.partner_field() else {
            return match self {
                Self::ContactEmail | Self::ContactPhone => Ok(text.into()),
                _ => single_text(&labels(question, answer).join(", "), CONTACT_TEXT),
            };
        };
        match field.kind {
            FieldType::Domain => match domains::normalise(text) {
                Ok(domain) if is_shared(&domain, &context.shared_domains) => Err((
                    domains::INVALID_DOMAIN,
                    "is shared by many companies: give the company's own address, or leave it empty"
                        .to_owned(),
                )),
                Ok(domain) => Ok(domain.into()),
                Err(_) => Err((
                    domains::INVALID_DOMAIN,
                    "must be an address with a domain such as example.com".to_owned(),
                )),
            },
            FieldType::Integer => whole(answer, field),
            FieldType::Money => minor_units(answer, context.exponent),
            // The form was only accepted with options that are values of the field
            // (`unfit_option`).
            FieldType::Enum => Ok(text.into()),
            FieldType::TextArray => {
                let pieces = match question.kind {
                    QuestionType::ShortText => text.split(',').map(str::to_owned).collect(),
                    // A label with a comma in it stays one item.
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

/// What people read of an answer: the labels of chosen options, the text of all others.
fn labels(question: &Question, answer: &Json) -> Vec<String> {
    let chosen: Vec<&str> = match answer {
        Json::Array(values) => values.iter().filter_map(Json::as_str).collect(),
        other => other.as_str().into_iter().collect(),
    };
    chosen.into_iter().map(|value| question.label_of(value).unwrap_or(value).to_owned()).collect()
}

fn long_text(text: &str, max: u32) -> Result<FieldValue, MappingError> {
    if text.chars().count() <= max as usize {
        Ok(text.into())
    } else {
        Err(("too_long", format!("must have at most {max} characters")))
    }
}

/// Fields of one line take texts of several as one.
fn single_text(text: &str, max: u32) -> Result<FieldValue, MappingError> {
    long_text(&text.split_whitespace().collect::<Vec<_>>().join(" "), max)
}

/// Pieces as the items of an array field: in its format, each once.
fn items(field: &Field, pieces: Vec<String>) -> Result<FieldValue, MappingError> {
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
            kept.push(piece);
        }
    }
    if field.max_items.is_none_or(|max| kept.len() <= max as usize) {
        Ok(FieldValue::Texts(kept))
    } else {
        Err((
            "too_many_items",
            format!("must have at most {} items", field.max_items.unwrap_or_default()),
        ))
    }
}

fn whole(answer: &Json, field: &Field) -> Result<FieldValue, MappingError> {
    let (min, max) = (field.min.unwrap_or(i64::MIN), field.max.unwrap_or(i64::MAX));
    match answer.as_i64() {
        Some(number) if (min..=max).contains(&number) => Ok(FieldValue::Int(number)),
        Some(_) => Err(("out_of_range", format!("must be between {min} and {max}"))),
        None => Err(("wrong_type", "must be a whole number".to_owned())),
    }
}

/// An amount in major units as one in minor units, rounded half up.
fn minor_units(answer: &Json, exponent: i32) -> Result<FieldValue, MappingError> {
    // No currency has more than four digits; the bound keeps the power from overflowing.
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
        Some(amount) => Ok(FieldValue::Int(amount)),
        None => Err(("out_of_range", format!("must be between 0 and {}", MAX_MONEY / factor))),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

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
            let found = found.map(|found| match mapping.partner_field() {
                Some(field) => field.render_json(&found),
                None => json!(found.as_text()),
            });
            assert_eq!(found, value, "{mapping} of {answer}");
        }
    }
}
