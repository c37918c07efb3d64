//! The plan of an import: its options with all absent ones guessed, and the reasons.

use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::{
    cells::{CellFormat, Converter, Notation, is_word},
    choices::{ImportDecimal, ImportMatch, ImportMoneyUnit},
    columns::{self, ImportField, field_named, suggest},
    evidence::{self, Evidence},
    numbers::DecimalMark,
    options::{ImportMapping, ImportOptions},
    row::Format,
    rows::Inspection,
};
use crate::kernel::{
    error::{Error, Result},
    field_error::FieldError,
    fields::{AnyValue, FieldType},
};

/// An option that was not sent, and its guessed value.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ImportGuess {
    /// The option.
    #[schema(example = "decimal")]
    pub option: String,
    /// The value that is used; null if nothing decides.
    #[schema(value_type = Option<AnyValue>, example = json!("point"))]
    pub value: Value,
    /// The reason, for people.
    #[schema(
        example = "`1,234.56` in the column `Revenue` can only be read with a decimal point."
    )]
    pub reason: String,
}

/// An import whose options match its file.
#[derive(Debug, Clone)]
pub struct ImportPlan {
    /// The options that are used.
    pub options: ImportOptions,
    /// The notation of numbers and dates.
    pub notation: Notation,
    /// The options that were guessed.
    pub guesses: Vec<ImportGuess>,
    pub(super) mapping: Vec<(String, ImportField)>,
    defaults: Map<String, Value>,
    currency: String,
}

fn guess(option: &str, value: impl Into<Value>, reason: impl Into<String>) -> ImportGuess {
    ImportGuess { option: option.to_owned(), value: value.into(), reason: reason.into() }
}

impl ImportPlan {
    /// The plan of an import that can be run. `currency` is the code of the organization's
    /// currency.
    ///
    /// # Errors
    /// `mapping_unknown_column`; `validation_failed` with all errors of mapping and defaults, and
    /// `required` for a required field that neither of them has.
    pub fn new(options: ImportOptions, inspection: &Inspection, currency: &str) -> Result<Self> {
        let plan = Self::for_preview(options, inspection, currency)?;
        // Records of JSON contain the names of their fields, so an empty file has no missing
        // column.
        let faults = if inspection.columns.is_empty() { Vec::new() } else { plan.missing() };
        if faults.is_empty() { Ok(plan) } else { Err(Error::invalid(faults)) }
    }

    /// The plan even if a required field has no column yet.
    ///
    /// # Errors
    /// `mapping_unknown_column`; `validation_failed` with all errors of mapping and defaults.
    pub fn for_preview(
        mut options: ImportOptions,
        inspection: &Inspection,
        currency: &str,
    ) -> Result<Self> {
        let mut guesses = Vec::new();
        options.complete_shape(inspection, &mut guesses);
        let given = if inspection.columns.is_empty() {
            Ok(Some(Vec::new()))
        } else {
            options.mapping(&inspection.columns)
        };
        let mapping = match &given {
            Ok(Some(mapping)) => mapping.clone(),
            Ok(None) => options.guess_mapping(inspection, &mut guesses),
            Err(_) => Vec::new(),
        };
        let notation = options.complete_notation(inspection, &mapping, &mut guesses);
        let format = options.format(notation, currency);
        let defaults = options.checked_defaults(&format);
        let defaults = match (given, defaults) {
            (Ok(_), Ok(defaults)) => defaults,
            (Err(Error::Problem(mut problem)), Err(Error::Problem(more))) => {
                problem.errors.extend(more.errors);
                return Err(Error::Problem(problem));
            }
            (Err(error), _) | (_, Err(error)) => return Err(error),
        };
        // The mapping that is used, also if it was guessed.
        let names = mapping.iter().map(|(column, field)| (column.clone(), field.name().to_owned()));
        options.mapping = Some(ImportMapping(names.collect()));
        let currency = currency.to_owned();
        Ok(Self { options, notation, guesses, mapping, defaults, currency })
    }

    /// The converter for the rows of the file.
    pub fn converter(&self) -> Converter {
        let format = self.options.format(self.notation, &self.currency);
        Converter::new(self.mapping.clone(), format, self.defaults.clone())
    }

    /// An error for each field that a new record needs and no row can have.
    fn missing(&self) -> Vec<FieldError> {
        let is_given = |name: &str| {
            let is_mapped = self.mapping.iter().any(|(_, field)| field.name() == name);
            // These fields identify rows, so a default cannot replace them.
            let is_own = ["id", "name", "first_name", "last_name"].contains(&name);
            is_mapped || !is_own && self.defaults.contains_key(name)
        };
        let mut required = columns::required(self.options.object);
        if self.options.matching == ImportMatch::Id {
            required.push(vec!["id"]);
        }
        let missing = required.into_iter().filter(|any| !any.iter().any(|name| is_given(name)));
        missing
            .map(|any| {
                let detail = match any.as_slice() {
                    [own @ ("id" | "name")] => format!(
                        "no column is mapped to `{own}`; map one to \
                        it"
                    ),
                    [only] => format!(
                        "no column is mapped to `{only}`, and it has no default; map a column to \
                         it, or add a default"
                    ),
                    many => format!(
                        "no column is mapped to any of {}, and none of them has a \
                                     default",
                        many.join(", ")
                    ),
                };
                FieldError::at_pointer("required", "#/mapping", detail).meta("fields", any)
            })
            .collect()
    }
}

impl ImportOptions {
    /// The converter for the rows of an accepted import, whose options are complete.
    ///
    /// # Errors
    /// Those of the defaults, which were checked when the import was accepted.
    pub fn converter(&self, notation: Notation, currency: &str) -> Result<Converter> {
        let format = self.format(notation, currency);
        let defaults = self.checked_defaults(&format)?;
        let mapping = self.mapping.iter().flat_map(|mapping| &mapping.0);
        let fields = mapping
            .filter_map(|(column, field)| Some((column.clone(), field_named(self.object, field)?)));
        Ok(Converter::new(fields.collect(), format, defaults))
    }

    fn checked_defaults(&self, format: &CellFormat) -> Result<Map<String, Value>> {
        let given = self.defaults.clone().unwrap_or_default();
        Converter::checked_defaults(self.object, &given, format)
    }

    fn format(&self, notation: Notation, currency: &str) -> CellFormat {
        let money_unit = self.money_unit.unwrap_or(ImportMoneyUnit::Minor);
        CellFormat { notation, money_unit, currency: currency.to_owned() }
    }

    /// Guesses what depends on the file as a whole: encoding, header, and the unit of amounts.
    fn complete_shape(&mut self, inspection: &Inspection, guesses: &mut Vec<ImportGuess>) {
        let shape = inspection.shape;
        if self.encoding.is_none() {
            guesses.push(guess("encoding", shape.encoding.name(), &*inspection.encoding_reason));
        }
        self.encoding = Some(shape.encoding.name());
        if let (None, Some(row)) = (self.header_row, shape.header_row) {
            guesses.push(guess("header_row", row, &*inspection.header_reason));
            self.header_row = Some(row);
        }
        if self.money_unit.is_none() {
            let (unit, reason) = match shape.format {
                Format::Csv(_) => (
                    ImportMoneyUnit::Major,
                    "Tables contain amounts in whole units of the currency, unless the header \
                     states otherwise, such as `company_revenue (minor)`.",
                ),
                Format::JsonArray | Format::JsonLines => (
                    ImportMoneyUnit::Minor,
                    "JSON contains amounts in the smallest unit of the currency, as everywhere in \
                     this API.",
                ),
            };
            guesses.push(guess("money_unit", unit.as_str(), reason));
            self.money_unit = Some(unit);
        }
    }

    /// The fields to which the columns probably map.
    fn guess_mapping(
        &self,
        inspection: &Inspection,
        guesses: &mut Vec<ImportGuess>,
    ) -> Vec<(String, ImportField)> {
        let mut suggested = suggest(self.object, &inspection.columns);
        if self.matching == ImportMatch::Id
            && let Some(column) = columns::id_column(self.object, &inspection.columns)
        {
            suggested[column] = Some(ImportField::Id);
        }
        let mut reason = "The headers match these fields.".to_owned();
        let mut mapping = Vec::new();
        let columns = inspection.columns.iter().zip(suggested).zip(&inspection.evidence);
        for ((column, field), evidence) in columns {
            let Some(field) = field else { continue };
            match misfit(column, field, evidence) {
                None => mapping.push((column.clone(), field)),
                Some(example) => reason.push_str(&format!(
                    " The column `{column}` is not mapped to `{}`, because `{example}` is not one \
                     of its values.",
                    field.name()
                )),
            }
        }
        let value: Map<String, Value> =
            mapping.iter().map(|(column, field)| (column.clone(), json!(field.name()))).collect();
        guesses.push(guess("mapping", value, reason));
        mapping
    }

    /// The notation of numbers and dates: from the options, or else from the mapped columns.
    fn complete_notation(
        &mut self,
        inspection: &Inspection,
        mapping: &[(String, ImportField)],
        guesses: &mut Vec<ImportGuess>,
    ) -> Notation {
        let of = |kinds: &[FieldType]| -> Vec<(&str, &Evidence)> {
            let columns = inspection.columns.iter().zip(&inspection.evidence);
            let is_meant = |column: &String| {
                mapping.iter().any(|(name, field)| {
                    name == column && field.kind().is_some_and(|kind| kinds.contains(&kind))
                })
            };
            let meant = columns.filter(|(column, _)| is_meant(column));
            meant.map(|(column, evidence)| (column.as_str(), evidence)).collect()
        };
        let date_format = match self.date_format {
            Some(given) => Some(given),
            None => {
                let (format, reason) = evidence::date_format(&of(&[FieldType::Date]));
                let value = format.map_or(Value::Null, |format| json!(format));
                guesses.push(guess("date_format", value, reason));
                // If all dates begin with the year, there is nothing else to know.
                self.date_format = format;
                format.filter(|format| *format != super::choices::ImportDateFormat::Ymd)
            }
        };
        let decimal = match self.decimal {
            Some(given) => DecimalMark::Given(given),
            None => {
                let usual = match inspection.shape.format {
                    // Where the comma is the decimal separator, spreadsheets separate cells by
                    // another character.
                    Format::Csv(b',' | b'|') => Some((
                        ImportDecimal::Point,
                        "The file does not show it. Files with this separator of cells mostly have \
                         a decimal point.",
                    )),
                    Format::Csv(_) => None,
                    _ => Some((
                        ImportDecimal::Point,
                        "The file does not show it. JSON has a decimal point.",
                    )),
                };
                let numbers = of(&[FieldType::Money, FieldType::Integer]);
                let (decimal, reason) = evidence::decimal(&numbers, usual);
                let value = decimal.map_or(Value::Null, |decimal| json!(decimal));
                guesses.push(guess("decimal", value, reason));
                self.decimal = decimal;
                decimal.map_or(DecimalMark::Unknown, DecimalMark::Likely)
            }
        };
        Notation { decimal, date_format }
    }
}

/// A value that contradicts the guessed mapping of a column to an enum field. If the header is the
/// name of the field, a few invalid values are accepted, but not one in ten of many; if it is only
/// a similar word, at least one value must be valid.
fn misfit(column: &str, field: ImportField, evidence: &Evidence) -> Option<String> {
    let (ImportField::Partner(catalogued) | ImportField::Deal(catalogued)) = field else {
        return None;
    };
    if catalogued.kind != FieldType::Enum {
        return None;
    }
    let (all, known, worst) = evidence.fit(|word| is_word(catalogued, word));
    let fits = if columns::is_named(column, field) {
        all < 20 || known * 10 >= all * 9
    } else {
        all == 0 || known > 0
    };
    if fits { None } else { Some(worst.unwrap_or("…").to_owned()) }
}
