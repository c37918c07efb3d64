//! Enrichment: facts from a partner's own website and a company-data source, as an automated write.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use crate::{
    kernel::{formats, ids::PartnerId, request_body::RequestBody, string_enum::string_enum, text},
    processes::imports::{
        Cell, CellFormat, ConvertedRow, Converter, ImportMoneyUnit, ImportObject, Notation, Row,
        field_named,
    },
    resources::{jobs::JobItemWarning, partners::selection::SelectionRequest},
};

string_enum! {
    /// The source of a fact.
    EnrichmentSource {
        /// The website at its domain.
        Website = "website",
        /// The source that the deployment has configured.
        CompanyData = "company_data",
    }
}

/// The partners to enrich, as a selection.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"filter": {"op": "is_null", "field": "description", "value": true}}))]
pub struct EnrichmentRequest {
    #[serde(flatten)]
    pub selection: SelectionRequest,
    /// Whether the sources are requested again even if there are results of the last seven days.
    #[serde(default)]
    pub force: bool,
}

impl RequestBody for EnrichmentRequest {
    type Resource = Self;
}

impl EnrichmentRequest {
    /// Selects this partner only.
    pub fn one(partner: PartnerId) -> Self {
        Self { selection: SelectionRequest::one(partner), ..Self::default() }
    }
}

/// The fields that a company-data source may contain; amounts in major units.
const COMPANY_DATA: [&str; 8] = [
    "industry",
    "description",
    "employees",
    "company_revenue",
    "regions",
    "languages",
    "services",
    "products",
];

/// The most that is stored of one text, of one list, and of warnings.
const MAX_TEXT: usize = 20_000;
const MAX_ITEMS: usize = 200;
const MAX_WARNINGS: usize = 20;

/// The unchecked findings of one source about a domain.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Findings {
    /// Unchecked values by field.
    pub values: Map<String, Value>,
    /// Warnings about values that could not be stored.
    pub warnings: Vec<JobItemWarning>,
    /// The title of the website; shown, but never written.
    pub title: Option<String>,
    /// The language of the website.
    pub language: Option<String>,
    /// URLs of pictures that may be the logo, the best first.
    pub pictures: Vec<String>,
}

impl Findings {
    /// The findings in a response of the company-data source.
    pub fn of_company_data(answer: &Map<String, Value>) -> Self {
        let mut findings = Self::default();
        for name in COMPANY_DATA {
            let Some(value) = answer.get(name).filter(|value| !value.is_null()) else { continue };
            let kept = match value {
                Value::Array(items) => items
                    .iter()
                    .take(MAX_ITEMS)
                    .map(plain)
                    .collect::<Option<Vec<_>>>()
                    .map(Value::Array),
                value => plain(value),
            };
            match kept {
                Some(value) => drop(findings.values.insert(name.to_owned(), value)),
                None => {
                    let detail = "must be a string, a number or a list of them";
                    let warning = JobItemWarning::new("invalid_format", detail).about(name);
                    findings.warnings.push(warning);
                }
            }
        }
        findings
    }

    /// The valid values, and a warning for each invalid one. `currency` is the code of the
    /// organization's currency.
    fn checked(&self, currency: &str) -> ConvertedRow {
        let fields = COMPANY_DATA.iter().filter_map(|name| {
            Some(((*name).to_owned(), field_named(ImportObject::Partner, name)?))
        });
        let format = CellFormat {
            notation: Notation::default(),
            money_unit: ImportMoneyUnit::Major,
            currency: currency.to_owned(),
        };
        // Converted like the row of an import, with the same limits and warnings.
        let converter = Converter::new(fields.collect(), format, Map::new());
        let cell = |(name, value): (&String, &Value)| {
            Some((Arc::from(name.as_str()), Cell::from_json(value.clone())?))
        };
        let cells = self.values.iter().filter_map(cell).collect();
        let mut converted = converter.read(&Row { number: 1, cells, has_surplus: false });
        converted.warnings.splice(0..0, self.warnings.iter().cloned());
        converted
    }
}

/// A value without control characters and of limited length; `None` if no field has such a value.
fn plain(value: &Value) -> Option<Value> {
    match value {
        Value::String(text) => {
            Some(json!(text::clean_lossy(text).0.chars().take(MAX_TEXT).collect::<String>()))
        }
        Value::Number(_) => Some(value.clone()),
        _ => None,
    }
}

/// The values that the sources suggest for a partner whose values are `row`: company data has
/// priority over the website.
pub fn accepted_findings(
    row: &Map<String, Value>,
    website: Option<&Findings>,
    company: Option<&Findings>,
    currency: &str,
) -> ConvertedRow {
    let mut accepted_findings = ConvertedRow::default();
    if let Some(website) = website {
        accepted_findings = website.checked(currency);
        let language = website
            .language
            .as_deref()
            // Websites also write `de_CH`.
            .and_then(|tag| formats::normalise("language", &tag.replace('_', "-")).ok());
        let speaks_none = row.get("languages").and_then(Value::as_array).is_none_or(Vec::is_empty);
        if let Some(tag) = language.filter(|_| speaks_none) {
            accepted_findings.values.insert("languages".to_owned(), json!([tag]));
        }
    }
    if let Some(company) = company {
        let ConvertedRow { values, warnings, .. } = company.checked(currency);
        accepted_findings.values.extend(values);
        accepted_findings.warnings.extend(warnings);
    }
    accepted_findings.warnings.truncate(MAX_WARNINGS);
    accepted_findings
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn data(value: Value) -> Findings {
        Findings::of_company_data(value.as_object().unwrap())
    }

    fn codes(converted: &ConvertedRow) -> Vec<(&str, &str)> {
        converted
            .warnings
            .iter()
            .map(|w| (w.field.as_deref().unwrap_or_default(), w.code.as_str()))
            .collect()
    }

    #[test]
    fn company_data_are_read_like_cells_of_an_import() {
        let found = data(json!({
            "industry": " Software\u{0} ",
            "employees": "11-50",
            "company_revenue": 1_234_567.5,
            "regions": ["DACH", "dach", "EU"],
            "languages": "de_ch, Klingon",
            "services": "Cloud; SOC",
            "products": [{"name": "x"}],
            "description": null,
            "name": "Other",
            "stage": "active",
            "pipeline": 5
        }));
        let accepted_findings = accepted_findings(&Map::new(), None, Some(&found), "USD");
        assert_eq!(
            Value::Object(accepted_findings.values.clone()),
            json!({
                "industry": "Software",
                "employees": 11,
                "company_revenue": 123_456_750,
                "regions": ["DACH", "EU"],
                "languages": ["de-CH"],
                "services": ["Cloud", "SOC"]
            })
        );
        assert_eq!(
            codes(&accepted_findings),
            [
                ("products", "invalid_format"),
                ("employees", "range_reduced"),
                ("languages", "invalid_format")
            ]
        );
    }

    #[test]
    fn revenue_is_in_major_units_of_the_currency() {
        let revenue = |value: Value, currency| {
            let found = data(json!({"company_revenue": value}));
            super::accepted_findings(&Map::new(), None, Some(&found), currency)
                .values
                .get("company_revenue")
                .cloned()
        };
        assert_eq!(revenue(json!(1500), "JPY"), Some(json!(1500)));
        assert_eq!(revenue(json!(1500), "KWD"), Some(json!(1_500_000)));
        assert_eq!(revenue(json!("1,500.25"), "USD"), Some(json!(150_025)));
        assert_eq!(revenue(json!(2.5e9), "USD"), Some(json!(250_000_000_000_i64)));
        assert_eq!(revenue(json!(-1), "USD"), None);
        assert_eq!(revenue(json!(0.5), "JPY"), None);
    }

    #[test]
    fn company_data_win_and_a_language_fills_only_what_is_empty() {
        let website = Findings {
            language: Some("de_CH".into()),
            title: Some("Acme".into()),
            ..data(json!({"description": "site"}))
        };
        let company = data(json!({"description": "data"}));
        let of = |row: Value, company| {
            accepted_findings(row.as_object().unwrap(), Some(&website), company, "USD").values
        };
        assert_eq!(
            Value::Object(of(json!({"languages": []}), None)),
            json!({"description": "site", "languages": ["de-CH"]})
        );
        assert_eq!(
            Value::Object(of(json!({"languages": ["fr"]}), Some(&company))),
            json!({"description": "data"})
        );
        let nonsense = Findings { language: Some("deutsch!".into()), ..Findings::default() };
        assert!(accepted_findings(&Map::new(), Some(&nonsense), None, "USD").values.is_empty());
    }

    proptest! {
        /// What is kept can be kept as JSON by the database and is bounded, whatever came.
        #[test]
        fn what_is_kept_is_clean_and_bounded(texts in proptest::collection::vec(".{0,40}|[\\x00-\\x1f]{0,5}", 0..300), number: f64) {
            let found = data(json!({
                "industry": texts.first(),
                "regions": texts,
                "employees": number
            }));
            let kept = serde_json::to_string(&found).unwrap();
            prop_assert!(!kept.contains("\\u0000"));
            prop_assert!(found.values.get("regions").and_then(Value::as_array).unwrap().len() <= MAX_ITEMS);
            let converted = accepted_findings(&Map::new(), None, Some(&found), "USD");
            prop_assert!(converted.warnings.len() <= MAX_WARNINGS);
        }
    }
}
