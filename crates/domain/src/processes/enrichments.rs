//! Enrichment: what a partner's own website and a company-data source say about it, as an automated
//! write.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use crate::{
    kernel::{
        formats, ids::PartnerId, request_body::RequestBody, string_enum::string_enum, text,
        values::FieldRow,
    },
    processes::imports::{
        Cell, CellFormat, ConvertedRow, Converter, ImportMoneyUnit, ImportObject, Notation, Row,
        field_named,
    },
    resources::{
        jobs::JobItemWarning,
        partners::{PartnerKey, selection::SelectionRequest},
    },
};

string_enum! {
    /// Who tells something about a company.
    EnrichmentSource {
        /// The website at its domain.
        Website = "website",
        /// The source that the deployment has configured.
        CompanyData = "company_data",
    }
}

/// Which partners to enrich: those selected in one way.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"filter": {"op": "is_null", "field": "description", "value": true}}))]
pub struct EnrichmentRequest {
    #[serde(flatten)]
    pub selection: SelectionRequest,
    /// Ask the sources anew, whatever they said in the last seven days.
    #[serde(default)]
    pub force: bool,
}

impl RequestBody for EnrichmentRequest {
    type Resource = Self;
}

impl EnrichmentRequest {
    /// This partner alone.
    pub fn one(partner: PartnerId) -> Self {
        Self { selection: SelectionRequest::one(partner), ..Self::default() }
    }
}

/// What a company-data source may say; amounts in major units.
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

/// The most that is kept of one text, of a list, and of what is wrong with it all.
const MAX_TEXT: usize = 20_000;
const MAX_ITEMS: usize = 200;
const MAX_WARNINGS: usize = 20;

/// What one source said about a domain, as it said it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Findings {
    /// Values by field, not yet checked.
    pub values: Map<String, Value>,
    /// What could not even be kept.
    pub warnings: Vec<JobItemWarning>,
    /// The title of the website; shown, never written.
    pub title: Option<String>,
    /// The language of the website.
    pub language: Option<String>,
    /// Where pictures are that may serve as a logo, the best first.
    pub pictures: Vec<String>,
}

impl Findings {
    /// What of an answer of the company-data source is of use.
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
                    let detail = "must be a text, a number or a list of them";
                    let warning = JobItemWarning::new("invalid_format", detail).about(name);
                    findings.warnings.push(warning);
                }
            }
        }
        findings
    }

    /// The values that can be written, and a warning for each that cannot. `currency`: the code of
    /// the organization's.
    fn checked(&self, currency: &str) -> ConvertedRow {
        let fields = COMPANY_DATA.iter().filter_map(|name| {
            Some(((*name).to_owned(), field_named(ImportObject::Partner, name)?))
        });
        let format = CellFormat {
            notation: Notation::default(),
            money_unit: ImportMoneyUnit::Major,
            currency: currency.to_owned(),
        };
        // Read like the row of an import: the same limits, the same warnings.
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

/// A value without control characters, of a bounded length; `None` for what no field holds.
fn plain(value: &Value) -> Option<Value> {
    match value {
        Value::String(text) => {
            Some(json!(text::clean_lossy(text).0.chars().take(MAX_TEXT).collect::<String>()))
        }
        Value::Number(_) => Some(value.clone()),
        _ => None,
    }
}

/// What the sources want to write to a partner whose values are `row`: company data before the
/// website.
pub fn accepted_findings(
    row: &dyn FieldRow,
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
        let speaks_none = row.get(PartnerKey::Languages.field()).is_empty();
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
