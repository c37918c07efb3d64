//! What an import will do with its file: the options with everything that was left open guessed,
//! and why.

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

/// An option that was left open, and what the file says about it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ImportGuess {
    /// The option.
    #[schema(example = "decimal")]
    pub option: String,
    /// What it is taken for; null where nothing decides.
    #[schema(value_type = Option<AnyValue>, example = json!("point"))]
    pub value: Value,
    /// Why, for people.
    #[schema(
        example = "`1,234.56` in the column `Revenue` can only be read with a decimal point."
    )]
    pub reason: String,
}

/// An import whose options fit its file.
#[derive(Debug, Clone)]
pub struct ImportPlan {
    /// The options as they will be used.
    pub options: ImportOptions,
    /// How numbers and dates are written.
    pub notation: Notation,
    /// What was guessed of them.
    pub guesses: Vec<ImportGuess>,
    pub(super) mapping: Vec<(String, ImportField)>,
    defaults: Map<String, Value>,
    currency: String,
}

fn guess(option: &str, value: impl Into<Value>, reason: impl Into<String>) -> ImportGuess {
    ImportGuess { option: option.to_owned(), value: value.into(), reason: reason.into() }
}

impl ImportPlan {
    /// The plan of an import that may be carried out. `currency`: the code of the organization's.
    ///
    /// # Errors
    /// `mapping_unknown_column`; `validation_failed` with every fault of mapping and defaults, and
    /// `required` for a field that neither gives.
    pub fn new(options: ImportOptions, inspection: &Inspection, currency: &str) -> Result<Self> {
        let plan = Self::for_preview(options, inspection, currency)?;
        // Records of JSON name their fields themselves: without any there is nothing to miss.
        let faults = if inspection.columns.is_empty() { Vec::new() } else { plan.missing() };
        if faults.is_empty() { Ok(plan) } else { Err(Error::invalid(faults)) }
    }

    /// The plan as it stands, also where a required field has no column yet.
    ///
    /// # Errors
    /// `mapping_unknown_column`; `validation_failed` with every fault of mapping and defaults.
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
        // As it will be used, also when it was guessed.
        let names = mapping.iter().map(|(column, field)| (column.clone(), field.name().to_owned()));
        options.mapping = Some(ImportMapping(names.collect()));
        let currency = currency.to_owned();
        Ok(Self { options, notation, guesses, mapping, defaults, currency })
    }

    /// What turns the rows of the file into values.
    pub fn converter(&self) -> Converter {
        let format = self.options.format(self.notation, &self.currency);
        Converter::new(self.mapping.clone(), format, self.defaults.clone())
    }

    /// A fault for each field that a new record needs and no row can have.
    fn missing(&self) -> Vec<FieldError> {
        let is_given = |name: &str| {
            let is_mapped = self.mapping.iter().any(|(_, field)| field.name() == name);
            // Rows are told apart by them, so that no default can stand for them.
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
                    [own @ ("id" | "name")] => format!("no column feeds `{own}`; map one to it"),
                    [only] => format!(
                        "no column and no default gives `{only}`; map a column to it, or give a \
                         default"
                    ),
                    many => format!("no column and no default gives one of {}", many.join(", ")),
                };
                FieldError::at_pointer("required", "#/mapping", detail).meta("fields", any)
            })
            .collect()
    }
}

impl ImportOptions {
    /// What turns the rows of an accepted import into values: its options are complete.
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

    /// What the file as a whole decides: encoding, header, and the unit of amounts.
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
                    "Tables state amounts in whole units of the currency, unless the header says \
                     otherwise, such as `company_revenue (minor)`.",
                ),
                Format::JsonArray | Format::JsonLines => (
                    ImportMoneyUnit::Minor,
                    "JSON states amounts in the smallest unit of the currency, as everywhere in \
                     this API.",
                ),
            };
            guesses.push(guess("money_unit", unit.as_str(), reason));
            self.money_unit = Some(unit);
        }
    }

    /// The fields that the columns probably feed.
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
        let mut reason = "The headers name these fields.".to_owned();
        let mut mapping = Vec::new();
        let columns = inspection.columns.iter().zip(suggested).zip(&inspection.evidence);
        for ((column, field), evidence) in columns {
            let Some(field) = field else { continue };
            match misfit(column, field, evidence) {
                None => mapping.push((column.clone(), field)),
                Some(example) => reason.push_str(&format!(
                    " The column `{column}` is not taken for `{}`: `{example}` is none of its \
                     values.",
                    field.name()
                )),
            }
        }
        let value: Map<String, Value> =
            mapping.iter().map(|(column, field)| (column.clone(), json!(field.name()))).collect();
        guesses.push(guess("mapping", value, reason));
        mapping
    }

    /// How numbers and dates are written: as the options say, else as the mapped columns show.
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
                // Where all dates begin with the year, there is nothing to know about others.
                self.date_format = format;
                format.filter(|format| *format != super::choices::ImportDateFormat::Ymd)
            }
        };
        let decimal = match self.decimal {
            Some(given) => DecimalMark::Given(given),
            None => {
                let usual = match inspection.shape.format {
                    // Where the comma stands before decimals, spreadsheets separate cells
                    // otherwise.
                    Format::Csv(b',' | b'|') => Some((
                        ImportDecimal::Point,
                        "Nothing in the file decides. Files whose cells are separated by this \
                         character mostly have a decimal point.",
                    )),
                    Format::Csv(_) => None,
                    _ => Some((
                        ImportDecimal::Point,
                        "Nothing in the file decides. JSON has a decimal point.",
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

/// A value that speaks against a column that is guessed to feed a field with a closed set of
/// values. A header that names the field stands against a few odd values, but not where one in ten
/// of many is none of the field's; a header that may mean it needs one value at least that does.
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
