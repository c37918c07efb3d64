//! Converts cells to values. An invalid cell drops its field; if the record would then get a
//! default with a different meaning, the row fails.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::{
    choices::{ImportDateFormat, ImportMoneyUnit, ImportObject},
    columns::{self, ColumnUnit, ImportField, field_named},
    dates,
    numbers::{self, DecimalMark},
    options::ImportDefaults,
    row::{Cell, Row},
};
use crate::{
    kernel::{
        currencies::currency_exponent,
        domains::INVALID_DOMAIN,
        error::{Error, Result},
        field_error::FieldError,
        fields::{Field, FieldType},
        formats,
        shared_domains::is_shared,
        text,
    },
    resources::jobs::JobItemWarning,
};

/// The longest name of a tag.
const MAX_TAG: usize = 60;

/// The longest name of a person.
const MAX_NAME: usize = 200;
/// The longest id, with its prefix.
const MAX_ID: usize = 40;

/// Fields with the name of a person, as a whole and in parts.
const NAMES: [[&str; 3]; 2] = [
    ["name", "first_name", "last_name"],
    ["contact_name", "contact_first_name", "contact_last_name"],
];

/// The fields that identify a row.
const KEYS: [&str; 13] = [
    "id",
    "name",
    "first_name",
    "last_name",
    "domain",
    "external_id",
    "email",
    "partner_id",
    "partner_external_id",
    "partner_domain",
    "partner_name",
    "account_name",
    "account_domain",
];

/// The notation of numbers and dates in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Notation {
    pub decimal: DecimalMark,
    /// The order of dates, if it is known.
    pub date_format: Option<ImportDateFormat>,
}

impl Default for Notation {
    /// The notation of JSON, and of programs that state no other.
    fn default() -> Self {
        Self {
            decimal: DecimalMark::Likely(super::choices::ImportDecimal::Point),
            date_format: None,
        }
    }
}

/// The settings for converting cells.
#[derive(Debug, Clone)]
pub struct CellFormat {
    pub notation: Notation,
    pub money_unit: ImportMoneyUnit,
    /// The code of the organization's currency.
    pub currency: String,
}

impl CellFormat {
    /// The number of decimals of the currency.
    fn exponent(&self) -> usize {
        let decimals = currency_exponent(&self.currency);
        decimals.and_then(|digits| usize::try_from(digits).ok()).unwrap_or(2)
    }
}

/// A column with the field to which it maps.
struct Column {
    field: ImportField,
    unit: ColumnUnit,
}

/// Converts rows to values by field.
pub struct Converter {
    columns: HashMap<String, Column>,
    format: CellFormat,
    defaults: Map<String, Value>,
}

/// A row as values; tags by name, all other fields as they are sent.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ConvertedRow {
    pub values: Map<String, Value>,
    pub warnings: Vec<JobItemWarning>,
    /// Fields whose cell cannot be converted.
    unread: Vec<(ImportField, FieldError)>,
}

impl ConvertedRow {
    /// The text of a field.
    pub fn text(&self, field: &str) -> Option<&str> {
        self.values.get(field).and_then(Value::as_str)
    }

    /// Fails if a field that is needed could not be converted.
    fn expect(&self, is_needed: impl Fn(&ImportField) -> bool) -> Result<()> {
        let faults = self.unread.iter().filter(|(field, _)| is_needed(field));
        let faults: Vec<FieldError> = faults.map(|(_, fault)| fault.clone()).collect();
        if faults.is_empty() { Ok(()) } else { Err(Error::invalid(faults)) }
    }

    /// Whether a change to an existing record may be written: a deal's protection must not be set
    /// to the default because the date in the file is invalid.
    ///
    /// # Errors
    /// The errors of invalid cells for which a default would be written.
    /// The faults of cells in whose place a default would be written.
    pub fn expect_change(&self) -> Result<()> {
        let moves = self.values.contains_key("status");
        self.expect(|field| moves && field.name() == "expires_on")
    }
}

impl ConvertedRow {
    /// Joins the name of a person from two columns if no column has the whole name.
    fn join_name(&mut self, full: &str, first: &str, last: &str) {
        let parts = [first, last].map(|part| self.values.remove(part));
        let is_unread =
            self.unread.iter().any(|(field, _)| [full, first, last].contains(&field.name()));
        if self.values.contains_key(full) || is_unread {
            return;
        }
        let parts: Vec<&str> = parts.iter().flatten().filter_map(Value::as_str).collect();
        if parts.is_empty() {
            return;
        }
        match fitting(&parts.join(" "), MAX_NAME, true) {
            Ok(name) => drop(self.values.insert(full.to_owned(), json!(name))),
            Err(why) => self.warnings.push(JobItemWarning::new(why.code, why.detail).about(full)),
        }
    }
}

/// Fields with the domain of a company.
const DOMAINS: [(ImportObject, &str); 2] =
    [(ImportObject::Partner, "domain"), (ImportObject::Deal, "account_domain")];

impl ConvertedRow {
    /// Removes shared domains, because different companies would be matched by them.
    pub fn drop_shared_domains(&mut self, added: &[String]) {
        for (object, name) in DOMAINS {
            let Some(domain) = self.text(name).filter(|one| is_shared(one, added)) else {
                continue;
            };
            let detail = format!(
                "`{domain}` is shared by many companies and does not identify \
                                  one"
            );
            if let Some(field) = field_named(object, name) {
                let place = format!("#/{name}");
                self.unread.push((field, FieldError::at_pointer(INVALID_DOMAIN, place, &*detail)));
            }
            self.warnings.push(JobItemWarning::new(INVALID_DOMAIN, detail).about(name));
            self.values.remove(name);
        }
    }
}

/// Why a cell is not used, or not as it is.
struct CellWarning {
    code: &'static str,
    detail: String,
}

fn remark(code: &'static str, detail: impl Into<String>) -> CellWarning {
    CellWarning { code, detail: detail.into() }
}

impl Converter {
    /// `defaults` are those of [`Converter::checked_defaults`].
    pub fn new(
        mapping: Vec<(String, ImportField)>,
        format: CellFormat,
        defaults: Map<String, Value>,
    ) -> Self {
        let column = |(name, field): (String, ImportField)| {
            let unit = columns::unit_of(&name);
            (name, Column { field, unit })
        };
        Self { columns: mapping.into_iter().map(column).collect(), format, defaults }
    }

    /// The defaults as values.
    ///
    /// # Errors
    /// All defaults that imports cannot write, or that are not valid values of the field.
    pub fn checked_defaults(
        object: ImportObject,
        defaults: &ImportDefaults,
        format: &CellFormat,
    ) -> Result<Map<String, Value>> {
        let converter = Self::new(Vec::new(), format.clone(), Map::new());
        let (mut converted, mut faults) = (ConvertedRow::default(), Vec::new());
        for (name, value) in &defaults.0 {
            let pointer = format!("#/defaults/{name}");
            let Some(field) = field_named(object, name) else {
                faults.push(FieldError::at_pointer(
                    "unknown_field",
                    pointer,
                    "cannot be written by imports",
                ));
                continue;
            };
            let before = converted.warnings.len();
            if let Some(cell) = Cell::from_json(value.clone()) {
                converter.convert(field, &ColumnUnit::default(), &cell, &mut converted);
            }
            for warning in &converted.warnings[before..] {
                let code = match warning.code.as_str() {
                    "invalid_domain" => "invalid_domain",
                    "invalid_choice" => "invalid_choice",
                    "out_of_range" => "out_of_range",
                    "too_long" => "too_long",
                    "too_many_items" => "too_many_items",
                    "currency_mismatch" => "currency_mismatch",
                    _ => "invalid_format",
                };
                faults.push(FieldError::at_pointer(code, pointer.clone(), warning.detail.clone()));
            }
        }
        if faults.is_empty() { Ok(converted.values) } else { Err(Error::invalid(faults)) }
    }

    /// Converts the cells of a row.
    pub fn read(&self, row: &Row) -> ConvertedRow {
        self.read_some(row, |_| true)
    }

    /// Converts only the fields that identify a record, for rows that were processed before: their
    /// long texts cost the most time.
    pub fn read_keys(&self, row: &Row) -> ConvertedRow {
        self.read_some(row, |field| KEYS.contains(&field.name()))
    }

    fn read_some(&self, row: &Row, is_wanted: impl Fn(&ImportField) -> bool) -> ConvertedRow {
        let mut converted = ConvertedRow::default();
        for (name, cell) in &row.cells {
            if let Some(column) = self.columns.get(&**name).filter(|c| is_wanted(&c.field)) {
                self.convert(column.field, &column.unit, cell, &mut converted);
            }
        }
        for [full, first, last] in NAMES {
            converted.join_name(full, first, last);
        }
        converted
    }

    /// The values of new records for fields that are absent in the row.
    pub fn defaults(&self) -> &Map<String, Value> {
        &self.defaults
    }

    /// The values of a new record: those of the row, and the defaults for absent fields.
    ///
    /// # Errors
    /// The errors of invalid cells for which the record would get another value instead of none.
    pub fn with_defaults(&self, row: &ConvertedRow) -> Result<Map<String, Value>> {
        let is_unread = |name: &str| row.unread.iter().any(|(field, _)| field.name() == name);
        let names_partner = self.columns.values().any(|column| {
            column.field.is_of_partner() && row.values.contains_key(column.field.name())
        });
        row.expect(|field| match field.is_of_partner() {
            // The row may identify its partner by another field, which a default must not
            // contradict.
            true => !names_partner,
            false => field.has_telling_default(),
        })?;
        let missing = self
            .defaults
            .iter()
            .filter(|(name, _)| !row.values.contains_key(*name) && !is_unread(name));
        let values = row.values.iter().chain(missing);
        Ok(values.map(|(name, value)| (name.clone(), value.clone())).collect())
    }

    fn convert(&self, field: ImportField, unit: &ColumnUnit, cell: &Cell, out: &mut ConvertedRow) {
        let mut remarks = Vec::new();
        let read = match field {
            _ if matches!(cell, Cell::Other(_)) => Err(remark(
                "invalid_format",
                "an object or a list of objects is not a value of a \
                                              field",
            )),
            ImportField::Partner(field) if field.is_array() => {
                Ok(list(field, cell, out.values.get(field.name), &mut remarks))
            }
            _ => match clean(cell, &mut remarks) {
                None => Ok(None),
                Some(text) => self.scalar(field, unit, cell, &text, &mut remarks).map(Some),
            },
        };
        let name = field.name();
        let mut is_unread = remarks.iter().any(|remark| remark.code != "characters_removed");
        match read {
            Ok(Some(value)) => {
                out.values.insert(name.to_owned(), value);
                is_unread = false;
            }
            Ok(None) => {}
            Err(refusal) => {
                remarks.push(refusal);
                is_unread = true;
            }
        }
        if let Some(last) = remarks.last().filter(|_| is_unread) {
            let fault = FieldError::at_pointer(last.code, format!("#/{name}"), last.detail.clone());
            out.unread.push((field, fault));
        }
        let warn =
            |remark: CellWarning| JobItemWarning::new(remark.code, remark.detail).about(name);
        out.warnings.extend(remarks.into_iter().map(warn));
    }

    /// The value of a cell with the text `text`.
    fn scalar(
        &self,
        field: ImportField,
        unit: &ColumnUnit,
        cell: &Cell,
        text: &str,
        remarks: &mut Vec<CellWarning>,
    ) -> Result<Value, CellWarning> {
        if SPREADSHEET_ERRORS.contains(&text) {
            let detail = format!("`{text}` is an error of a spreadsheet formula");
            return Err(remark("invalid_format", detail));
        }
        let is_numeric = matches!(field.kind(), Some(FieldType::Money | FieldType::Integer));
        let is_inexact = match cell {
            Cell::Number(_) => text.contains(['e', 'E']),
            _ => is_identifier(field) && is_rounded(text),
        };
        if is_inexact && !is_numeric {
            let detail = format!("`{text}` was rounded by the program that wrote the file");
            return Err(remark("invalid_format", detail));
        }
        let field = match field {
            ImportField::Currency => return Ok(json!(self.currency(text))),
            ImportField::Contact(name) => return contact(name, text),
            ImportField::Person(name) => {
                let name = name.rsplit_once('_').map_or(name, |(_, property)| property);
                return contact(name, text);
            }
            ImportField::Id => return fitting(text, MAX_ID, true).map(|text| json!(text)),
            ImportField::Partner(field) | ImportField::Deal(field) => field,
        };
        match field.kind {
            FieldType::Domain => formats::normalise("domain", text)
                .map(|domain| json!(domain))
                .map_err(|(code, must)| remark(code, format!("`{}` {must}", excerpt(text)))),
            FieldType::Enum => choice(field, text).map(|word| json!(word)),
            FieldType::Date => self.date(text).map(|day| json!(day)),
            FieldType::Money => {
                self.money(unit, cell, text).and_then(|amount| in_range(field, amount))
            }
            _ if columns::is_count(field) => {
                let (number, is_reduced) = match cell {
                    Cell::Number(_) => (json_number(text, 0)?, false),
                    _ => count(text, self.format.notation.decimal)?,
                };
                if is_reduced {
                    let detail = format!("`{}` became {number}", excerpt(text));
                    remarks.push(remark("range_reduced", detail));
                }
                in_range(field, number)
            }
            _ => {
                fitting(text, field.max_length.map_or(usize::MAX, |max| max as usize), !field.long)
                    .map(|text| json!(text))
            }
        }
    }

    /// The code of the currency in a text; the organization's if the sign is ambiguous.
    fn currency(&self, text: &str) -> String {
        match numbers::currencies(text) {
            Some(codes) if codes.contains(&self.format.currency.as_str()) => {
                self.format.currency.clone()
            }
            Some(codes) => codes.first().copied().unwrap_or_default().to_owned(),
            None => text.to_uppercase(),
        }
    }

    fn date(&self, text: &str) -> Result<chrono::NaiveDate, CellWarning> {
        let text_shown = excerpt(text);
        dates::read(text, self.format.notation.date_format).map_err(|why| {
            let detail = match why {
                dates::DateError::Ambiguous => format!(
                    "it is unclear whether `{text_shown}` begins with the day or the month; set \
                     `date_format`"
                ),
                dates::DateError::NotADate if is_serial(text) => format!(
                    "`{text_shown}` is not a date; format the cells of a spreadsheet as dates \
                     before saving it"
                ),
                dates::DateError::NotADate => {
                    format!("`{text_shown}` is not a date such as 2026-11-22")
                }
            };
            remark("invalid_format", detail)
        })
    }

    /// Converts an amount to minor units.
    fn money(&self, unit: &ColumnUnit, cell: &Cell, text: &str) -> Result<i64, CellWarning> {
        let exponent = match unit.money_unit.unwrap_or(self.format.money_unit) {
            ImportMoneyUnit::Minor => 0,
            ImportMoneyUnit::Major => self.format.exponent(),
        };
        let own = self.format.currency.as_str();
        let is_other =
            |token: &&String| numbers::currencies(token).is_some_and(|codes| !codes.contains(&own));
        let mismatch = |token: &String| {
            let detail = format!("`{token}` is not the organization's currency ({own})");
            remark("currency_mismatch", detail)
        };
        if let Some(other) = unit.currency.as_ref().filter(is_other) {
            return Err(mismatch(other));
        }
        let amount = match cell {
            Cell::Number(_) => return json_number(text, exponent),
            _ => numbers::read_amount(text, self.format.notation.decimal),
        };
        let amount = amount.map_err(|why| not_a_number(text, why, "amount"))?;
        if let Some(other) = amount.currencies.iter().find(is_other) {
            return Err(mismatch(other));
        }
        amount.number.scaled(exponent).ok_or_else(|| {
            let detail = format!("`{}` has more decimals than can be stored", excerpt(text));
            remark("not_a_number", detail)
        })
    }
}

/// A number of JSON times ten to the power of `exponent`.
fn json_number(text: &str, exponent: usize) -> Result<i64, CellWarning> {
    numbers::read_json(text).and_then(|number| number.scaled(exponent)).ok_or_else(|| {
        remark(
            "not_a_number",
            format!(
                "`{text}` has more decimals than can be \
            stored"
            ),
        )
    })
}

fn not_a_number(text: &str, why: numbers::NumberError, noun: &str) -> CellWarning {
    let text = excerpt(text);
    remark(
        "not_a_number",
        match why {
            numbers::NumberError::NotANumber => format!("`{text}` is not {noun}"),
            numbers::NumberError::Ambiguous => format!(
                "it is unclear whether the separator in `{text}` is for decimals or thousands; set \
                 `decimal`"
            ),
        },
    )
}

/// Whether a text may be the number by which a spreadsheet stores a day.
fn is_serial(text: &str) -> bool {
    text.len() == 5 && text.bytes().all(|b| b.is_ascii_digit())
}

/// Whether the field identifies rows, so that a wrong value would merge them.
fn is_identifier(field: ImportField) -> bool {
    matches!(field.name(), "external_id" | "partner_external_id")
}

/// Whether a text is a number in scientific notation: spreadsheets and JSON keep only the first
/// digits of a long identifier.
fn is_rounded(text: &str) -> bool {
    let Some((digits, exponent)) = text.split_once(['e', 'E']) else { return false };
    let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    is_number(exponent) && text.contains(['.', ',', '+']) && digits.split(['.', ',']).all(is_number)
}

/// The texts that spreadsheets show for values that they could not compute.
const SPREADSHEET_ERRORS: [&str; 8] =
    ["#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#ERROR!", "#SPILL!"];

/// The text of a cell without control characters; `None` if it means that the value is unknown.
fn clean(cell: &Cell, remarks: &mut Vec<CellWarning>) -> Option<String> {
    let (text, is_changed) = text::clean_lossy(&cell.shown());
    if is_changed {
        remarks.push(remark("characters_removed", "control characters were removed"));
    }
    if is_absent(&text) {
        return None;
    }
    remarks.extend(replaced(&text));
    Some(text)
}

/// The warning about bytes that are not valid in the encoding of the file.
fn replaced(text: &str) -> Option<CellWarning> {
    let detail = "bytes that are not valid in the file's encoding were replaced; save it as UTF-8, \
                  or set `encoding`";
    text.contains('\u{fffd}').then(|| remark("characters_replaced", detail))
}

/// Whether a text means that the value is unknown.
pub(super) fn is_absent(text: &str) -> bool {
    let text = text.trim();
    // As databases and programs write it. `Null` is a name, and `NA` a region.
    matches!(text, "" | "-" | "–" | "—" | "NULL" | "null" | "(null)" | "\\N" | "NaN" | "nan")
        || ["n/a", "#n/a", "n.a.", "n.a", "n. a.", "<na>", "k.a.", "k. a.", "unknown"]
            .iter()
            .any(|word| text.eq_ignore_ascii_case(word))
}

fn excerpt(text: &str) -> String {
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

fn fitting(text: &str, max: usize, single_line: bool) -> Result<String, CellWarning> {
    let text = if single_line {
        text.split(['\n', '\t']).map(str::trim).collect::<Vec<_>>().join(" ")
    } else {
        text.to_owned()
    };
    match text.chars().count() {
        length if length > max => {
            Err(remark("too_long", format!("has {length} characters; at most {max} are allowed")))
        }
        _ => Ok(text),
    }
}

fn in_range(field: &Field, number: i64) -> Result<Value, CellWarning> {
    match (field.min, field.max) {
        (Some(min), _) if number < min => {
            Err(remark("out_of_range", format!("must be at least {min}")))
        }
        (_, Some(max)) if number > max => {
            Err(remark("out_of_range", format!("must be at most {max}")))
        }
        _ => Ok(json!(number)),
    }
}

/// Words of other systems for an enum value.
const WORDS_OF_OTHERS: &[(&str, &str)] = &[
    ("open", "submitted"),
    ("new", "submitted"),
    ("in_review", "under_review"),
    ("awarded", "won"),
    ("closed_won", "won"),
    ("unsuccessful", "lost"),
    ("cancelled", "lost"),
    ("canceled", "lost"),
    ("closed_lost", "lost"),
];

/// Whether a text is one of the values of a field.
pub(super) fn is_word(field: &'static Field, text: &str) -> bool {
    choice(field, text).is_ok()
}

fn choice(field: &'static Field, text: &str) -> Result<&'static str, CellWarning> {
    let wanted: String = text::fold(text)
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty())
        .collect::<Vec<_>>()
        .join("_");
    let meant = WORDS_OF_OTHERS
        .iter()
        .find(|(word, _)| *word == wanted)
        .map_or(wanted.as_str(), |(_, meant)| meant);
    let found = field
        .words
        .iter()
        .find(|word| **word == wanted)
        .or_else(|| field.words.iter().find(|word| **word == meant));
    found.copied().ok_or_else(|| {
        remark(
            "invalid_choice",
            format!("`{}` is not one of {}", excerpt(text), field.words.join(", ")),
        )
    })
}

/// Words before a number of people.
const BEFORE: &[&str] = &[
    "approximately",
    "approx.",
    "approx",
    "around",
    "about",
    "circa",
    "ca.",
    "~",
    "≈",
    "over",
    "more than",
];
const AFTER: &[&str] =
    &["people", "employees", "staff", "members", "team", "persons", "worldwide", "ftes", "fte"];

/// Words that multiply the number before them.
const SCALES: &[&str] = &[
    "k",
    "thousand",
    "thousands",
    "tsd",
    "tausend",
    "mille",
    "mil",
    "m",
    "mio",
    "mn",
    "million",
    "millions",
    "lakh",
    "crore",
];

/// A number of employees, and whether it was a range whose lower end was used.
fn count(text: &str, known: DecimalMark) -> Result<(i64, bool), CellWarning> {
    let folded = text::fold(&numbers::plain(text));
    let mut rest = folded.trim();
    // A remark in parentheses, such as `300+ (as of 2022)`, but not `20 (thousand)`.
    if let Some((before, remark)) = rest.strip_suffix(')').and_then(|open| open.split_once('('))
        && !remark.split(|c: char| !c.is_alphabetic()).any(|word| SCALES.contains(&word))
    {
        rest = before.trim();
    }
    rest = rest.trim_end_matches('.').trim_end();
    while let Some(word) = BEFORE.iter().find(|word| rest.starts_with(**word)) {
        rest = rest[word.len()..].trim_start();
    }
    while let Some(word) = AFTER.iter().find(|word| rest.ends_with(**word)) {
        rest = rest[..rest.len() - word.len()].trim_end();
    }
    let number = |part: &str| -> Result<i64, numbers::NumberError> {
        let number = numbers::read(part.trim().trim_end_matches('+'), known)?;
        number.scaled(0).ok_or(numbers::NumberError::NotANumber)
    };
    let wrong = |why| not_a_number(text, why, "number");
    let why = match number(rest) {
        Ok(plain) => return Ok((plain, false)),
        Err(why) => why,
    };
    let ends =
        rest.split_once('-').or_else(|| rest.split_once('–')).or_else(|| rest.split_once(" to "));
    let Some((low, high)) = ends else { return Err(wrong(why)) };
    match (number(low).map_err(wrong)?, number(high).map_err(wrong)?) {
        (low, high) if low <= high => Ok((low, low < high)),
        _ => Err(wrong(numbers::NumberError::NotANumber)),
    }
}

/// The items of an array: those of earlier columns, then those of this cell, without duplicates.
fn list(
    field: &'static Field,
    cell: &Cell,
    held: Option<&Value>,
    remarks: &mut Vec<CellWarning>,
) -> Option<Value> {
    let mut items: Vec<String> = held
        .and_then(Value::as_array)
        .map(|held| held.iter().filter_map(Value::as_str).map(str::to_owned).collect())
        .unwrap_or_default();
    // Exports write items with a separator as JSON.
    let written = match cell {
        Cell::Text(text) if text.trim_start().starts_with('[') => {
            serde_json::from_str::<Vec<String>>(text).ok()
        }
        _ => None,
    };
    let parts: Vec<&str> = match (&written, cell) {
        (Some(parts), _) | (None, Cell::List(parts)) => parts.iter().map(String::as_str).collect(),
        (None, Cell::Text(text) | Cell::Number(text) | Cell::Other(text)) => items_of(text),
    };
    let max_length = if field.name == "tag_ids" {
        MAX_TAG
    } else {
        field.max_length.map_or(usize::MAX, |max| max as usize)
    };
    let max_items = field.max_items.map_or(usize::MAX, |max| max as usize);
    let (mut removed, mut long, mut many) = (false, false, false);
    for part in parts {
        let (text, stripped) = text::clean_lossy(part);
        removed |= stripped;
        if is_absent(&text) {
            continue;
        }
        let item = match fitting(&text, max_length, true) {
            Err(_) => {
                long = true;
                continue;
            }
            Ok(item) if field.name == "languages" => {
                match formats::normalise("language", &item.replace('_', "-")) {
                    Ok(tag) => tag,
                    Err((code, must)) => {
                        remarks.push(remark(code, format!("`{}` {must}", excerpt(&item))));
                        continue;
                    }
                }
            }
            Ok(item) => item,
        };
        if items.iter().any(|held| text::fold(held) == text::fold(&item)) {
            continue;
        }
        if items.len() < max_items { items.push(item) } else { many = true }
    }
    if removed {
        remarks.push(remark("characters_removed", "control characters were removed"));
    }
    remarks.extend(items.iter().find_map(|item| replaced(item)));
    if long {
        remarks.push(remark(
            "too_long",
            format!("items with more than {max_length} characters were left out"),
        ));
    }
    if many {
        remarks
            .push(remark("too_many_items", format!("only the first {max_items} items were used")));
    }
    (!items.is_empty()).then(|| json!(items))
}

/// Splits a text at commas, semicolons, bars and line breaks, but not inside brackets.
fn items_of(text: &str) -> Vec<&str> {
    let (mut items, mut from, mut depth) = (Vec::new(), 0, 0_u32);
    let has_pairs = text.matches('(').count() == text.matches(')').count();
    for (at, c) in text.char_indices() {
        match c {
            '(' if has_pairs => depth += 1,
            ')' if has_pairs => depth = depth.saturating_sub(1),
            ',' | ';' | '|' if depth > 0 => {}
            ',' | ';' | '|' | '\n' | '\r' => {
                items.push(&text[from..at]);
                from = at + 1;
            }
            _ => {}
        }
    }
    items.push(&text[from..]);
    items
}

fn contact(name: &str, text: &str) -> Result<Value, CellWarning> {
    let refused =
        |(code, must): formats::FormatError| remark(code, format!("`{}` {must}", excerpt(text)));
    let checked = match name {
        "email" => formats::normalise("email", text).map_err(refused),
        "phone" => phone(text).map_err(refused),
        "partner_domain" => formats::normalise("domain", text).map_err(refused),
        _ => {
            let max = columns::CONTACT
                .iter()
                .find(|(field, _)| *field == name)
                .map_or(usize::MAX, |(_, max)| *max);
            fitting(text, max, name != "notes")
        }
    };
    checked.map(|text| json!(text))
}

/// Many people dial `00` for the `+`.
fn phone(text: &str) -> Result<String, formats::FormatError> {
    let text = numbers::plain(text);
    let text = text.strip_prefix("tel:").unwrap_or(&text).trim_start();
    let number = match text.strip_prefix("00") {
        Some(rest) => formats::normalise("phone", &format!("+{rest}")),
        None => formats::normalise("phone", text),
    }?;
    // Numbers in these countries have ten digits after the code; a longer one contains an extension
    // or a digit that is only dialled inside the country.
    match number.starts_with("+1") || number.starts_with("+7") {
        true if number.len() > "+14155550100".len() => {
            Err(("invalid_format", "has more digits than phone numbers of its country"))
        }
        _ => Ok(number),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn format(currency: &str, decimal: DecimalMark) -> CellFormat {
        CellFormat {
            notation: Notation { decimal, date_format: None },
            money_unit: ImportMoneyUnit::Major,
            currency: currency.to_owned(),
        }
    }

    /// The value of a cell in a file of this format, and the codes of its warnings.
    fn convert_in(
        format: CellFormat,
        object: ImportObject,
        field: &str,
        cell: Cell,
    ) -> (Option<Value>, Vec<String>) {
        let converter = Converter::new(Vec::new(), format, Map::new());
        let field = field_named(object, field).unwrap();
        let mut out = ConvertedRow::default();
        converter.convert(field, &ColumnUnit::default(), &cell, &mut out);
        (out.values.remove(field.name()), out.warnings.into_iter().map(|w| w.code).collect())
    }

    fn convert(field: &str, text: &str) -> (Option<Value>, Vec<String>) {
        let format = format("USD", Notation::default().decimal);
        convert_in(format, ImportObject::Partner, field, Cell::Text(text.to_owned()))
    }

    #[test]
    fn head_counts_are_read_as_people_write_them() {
        for (text, number) in [
            ("15", 15),
            ("1,200", 1200),
            ("~40", 40),
            ("~ 40", 40),
            ("2.0", 2),
            ("7 people", 7),
            ("5,000+", 5000),
            ("0", 0),
            ("1'200", 1200),
            ("12 000", 12_000),
            ("Around 30 employees.", 30),
            ("300+ (as of late 2022)", 300),
            (" 200+ employees ", 200),
            ("approximately 90 employees worldwide.", 90),
        ] {
            assert_eq!(convert("employees", text), (Some(json!(number)), vec![]), "{text}");
        }
        for (text, number) in [
            ("11-50", 11),
            ("1,001 - 5,000", 1001),
            ("51–200", 51),
            ("10 to 20 people", 10),
            ("11-50+", 11),
        ] {
            assert_eq!(
                convert("employees", text),
                (Some(json!(number)), vec!["range_reduced".to_owned()]),
                "{text}"
            );
        }
        for text in [
            "many",
            "12,00",
            "2.5",
            "1.000",
            "10.000",
            "1.200.000",
            "medium",
            "-5",
            "50-11",
            "1e3",
            "٣",
            "&gt;50",
        ] {
            assert_eq!(
                convert("employees", text),
                (None, vec!["not_a_number".to_owned()]),
                "{text}"
            );
        }
        for text in ["10,000,001", &"9".repeat(30)] {
            assert_eq!(convert("employees", text), (None, vec!["out_of_range".to_owned()]));
        }
    }

    #[test]
    fn blank_and_unknown_are_absent() {
        for text in [
            "", "  ", "N/A", "n/a", "-", "unknown", "Unknown ", "—", "n.a.", "N.A.", "NULL",
            "null", "NaN", "#N/A",
        ] {
            for field in
                ["name", "domain", "employees", "regions", "type", "company_revenue", "tag_ids"]
            {
                assert_eq!(convert(field, text), (None, vec![]), "{field} {text:?}");
            }
        }
    }

    #[test]
    fn amounts_are_read_in_their_unit() {
        for (text, minor) in
            [("1234.5", 123_450), ("$1,234.56", 123_456), ("12", 1200), ("0.00", 0), ("1.10", 110)]
        {
            assert_eq!(convert("company_revenue", text), (Some(json!(minor)), vec![]), "{text}");
        }
        for text in ["1.234", "12k", "1,2", "--", "1e5"] {
            assert_eq!(
                convert("company_revenue", text),
                (None, vec!["not_a_number".to_owned()]),
                "{text}"
            );
        }
        assert_eq!(
            convert("company_revenue", &"9".repeat(25)),
            (None, vec!["out_of_range".to_owned()])
        );
    }

    #[test]
    fn texts_choices_and_lists_lose_what_cannot_be_kept_and_say_so() {
        assert_eq!(
            convert("name", " A\u{7}cme\nInc "),
            (Some(json!("Acme Inc")), vec!["characters_removed".to_owned()])
        );
        assert_eq!(convert("industry", &"x".repeat(101)), (None, vec!["too_long".to_owned()]));
        assert_eq!(
            convert("stage", "Legal Negotiation"),
            (Some(json!("legal_negotiation")), vec![])
        );
        assert_eq!(convert("status", "Acquired"), (None, vec!["invalid_choice".to_owned()]));
        assert_eq!(convert("domain", "https://"), (None, vec!["invalid_domain".to_owned()]));
        assert_eq!(
            convert("tag_ids", "b2b; SaaS | saas,, ai "),
            (Some(json!(["b2b", "SaaS", "ai"])), vec![])
        );
        assert_eq!(
            convert("regions", r#"["Korea, Republic of","EU"]"#),
            (Some(json!(["Korea, Republic of", "EU"])), vec![])
        );
        assert_eq!(convert("languages", "English"), (None, vec!["invalid_format".to_owned()]));
        let long = format!("EU, {}", "x".repeat(81));
        assert_eq!(convert("regions", &long), (Some(json!(["EU"])), vec!["too_long".to_owned()]));
        assert_eq!(
            convert("languages", "de_ch, ZH-hant, klingonish"),
            (Some(json!(["de-CH", "zh-Hant"])), vec!["invalid_format".to_owned()])
        );
    }

    #[test]
    fn words_of_other_systems_are_understood() {
        let read = |field: &str, text: &str| {
            let format = format("USD", Notation::default().decimal);
            convert_in(format, ImportObject::Deal, field, Cell::Text(text.to_owned()))
        };
        assert_eq!(read("closed_on", "2016-07-29"), (Some(json!("2016-07-29")), vec![]));
        assert_eq!(read("value", "1152984.23"), (Some(json!(115_298_423)), vec![]));
        for (text, status) in [
            ("Awarded", "won"),
            ("cancelled", "lost"),
            ("Under review", "under_review"),
            ("open", "submitted"),
        ] {
            assert_eq!(read("status", text), (Some(json!(status)), vec![]), "{text}");
        }
        assert_eq!(read("status", "closed"), (None, vec!["invalid_choice".to_owned()]));
    }

    #[test]
    fn contacts_have_addresses_and_numbers() {
        let read = |field: &'static str, text: &str| contact(field, text).map_err(|why| why.code);
        assert_eq!(read("email", "Ann@Acme.COM"), Ok(json!("ann@acme.com")));
        assert_eq!(read("phone", "0041 (44) 333-44-55"), Ok(json!("+41443334455")));
        for (field, text) in
            [("email", "ann"), ("email", "a b@x.com"), ("phone", "044 333 44 55"), ("phone", "+1")]
        {
            assert_eq!(read(field, text), Err("invalid_format"), "{text}");
        }
        assert_eq!(read("partner_domain", "TBD"), Err("invalid_domain"));
    }

    #[test]
    fn errors_of_spreadsheets_and_rounded_ids_are_no_values() {
        assert_eq!(convert("domain", "n.a."), (None, vec![]));
        assert_eq!(convert("industry", "#NAME?"), (None, vec!["invalid_format".to_owned()]));
        assert_eq!(
            convert("external_id", "1.23457E+12"),
            (None, vec!["invalid_format".to_owned()])
        );
        assert_eq!(convert("regions", "EMEA\nAPAC").0, Some(json!(["EMEA", "APAC"])));
        assert_eq!(
            convert("services", "Cloud (AWS, Azure), SOC").0,
            Some(json!(["Cloud (AWS, Azure)", "SOC"]))
        );
    }

    #[test]
    fn numbers_of_json_are_what_they_are() {
        let comma = format("USD", DecimalMark::Given(super::super::ImportDecimal::Comma));
        let number = Cell::Number("1.5".to_owned());
        let read = convert_in(comma, ImportObject::Partner, "company_revenue", number);
        assert_eq!(read, (Some(json!(150)), vec![]), "the option is about texts");
        let of = |value: Value, field: &str| {
            let format = format("USD", Notation::default().decimal);
            convert_in(format, ImportObject::Partner, field, Cell::from_json(value).unwrap())
        };
        assert_eq!(of(json!(1e3), "employees"), (Some(json!(1000)), vec![]));
        assert_eq!(of(json!(2.5), "employees"), (None, vec!["not_a_number".to_owned()]));
        assert_eq!(of(json!(-1), "employees"), (None, vec!["out_of_range".to_owned()]));
        assert_eq!(of(json!(42), "external_id"), (Some(json!("42")), vec![]));
        assert_eq!(of(json!(1.25e30), "external_id"), (None, vec!["invalid_format".to_owned()]));
        for odd in [json!({"a": 1}), json!([{"a": 1}])] {
            for field in ["name", "employees", "regions"] {
                assert_eq!(of(odd.clone(), field), (None, vec!["invalid_format".to_owned()]));
            }
        }
    }
}
