//! What a cell means (contract 4.9 and section 12). A cell that cannot be used costs its field, never its row.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::{
    Cell, ImportDefaults, ImportField, ImportMoneyUnit, ImportObject, Row, columns, field_named,
};
use crate::{
    Error, Fault, Result,
    fields::{Field, FieldType, MAX_MONEY},
    formats,
    jobs::JobItemWarning,
    text,
};

/// The longest name of a tag.
const MAX_TAG: usize = 60;

/// The fields by which rows are told apart.
const KEYS: [&str; 10] = [
    "name",
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

/// Turns rows into values by field.
pub struct Converter {
    fields: HashMap<String, ImportField>,
    money_unit: ImportMoneyUnit,
    exponent: u32,
    defaults: Map<String, Value>,
}

/// A row as values; tags by name, everything else as it goes over the wire.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Converted {
    pub values: Map<String, Value>,
    pub warnings: Vec<JobItemWarning>,
}

impl Converted {
    /// The text of a field.
    pub fn text(&self, field: &str) -> Option<&str> {
        self.values.get(field).and_then(Value::as_str)
    }
}

/// Why a cell is not taken, or not as it stands.
struct Remark {
    code: &'static str,
    detail: String,
}

fn remark(code: &'static str, detail: impl Into<String>) -> Remark {
    Remark { code, detail: detail.into() }
}

impl Converter {
    /// `exponent`: how many decimals the organization's currency has. `defaults`: as [`Converter::checked_defaults`]
    /// answers them.
    pub fn new(
        mapping: Vec<(String, ImportField)>,
        money_unit: ImportMoneyUnit,
        exponent: u32,
        defaults: Map<String, Value>,
    ) -> Self {
        Self { fields: mapping.into_iter().collect(), money_unit, exponent, defaults }
    }

    /// The defaults as values.
    ///
    /// # Errors
    /// Every default that no import can write, or whose value is not the field's.
    pub fn checked_defaults(
        object: ImportObject,
        defaults: &ImportDefaults,
        money_unit: ImportMoneyUnit,
        exponent: u32,
    ) -> Result<Map<String, Value>> {
        let converter = Self::new(Vec::new(), money_unit, exponent, Map::new());
        let (mut converted, mut faults) = (Converted::default(), Vec::new());
        for (name, value) in &defaults.0 {
            let pointer = format!("#/defaults/{name}");
            let Some(field) = field_named(object, name) else {
                faults.push(Fault::at_pointer(
                    "unknown_field",
                    pointer,
                    "no import can write this field",
                ));
                continue;
            };
            let before = converted.warnings.len();
            if let Some(cell) = Cell::from_json(value.clone()) {
                converter.convert(field, &cell, &mut converted);
            }
            for warning in &converted.warnings[before..] {
                let code = match warning.code.as_str() {
                    "invalid_domain" => "invalid_domain",
                    "invalid_choice" => "invalid_choice",
                    "out_of_range" => "out_of_range",
                    "too_long" => "too_long",
                    "too_many_items" => "too_many_items",
                    _ => "invalid_format",
                };
                faults.push(Fault::at_pointer(code, pointer.clone(), warning.detail.clone()));
            }
        }
        if faults.is_empty() { Ok(converted.values) } else { Err(Error::invalid(faults)) }
    }

    /// The values that the cells of a row hold.
    pub fn read(&self, row: &Row) -> Converted {
        let mut converted = Converted::default();
        for (column, cell) in &row.cells {
            if let Some(field) = self.fields.get(&**column) {
                self.convert(*field, cell, &mut converted);
            }
        }
        converted
    }

    /// Only what tells one record from another, for rows that were worked off before: their long texts cost most.
    pub fn read_keys(&self, row: &Row) -> Converted {
        let mut converted = Converted::default();
        for (column, cell) in &row.cells {
            if let Some(field) =
                self.fields.get(&**column).filter(|field| KEYS.contains(&field.name()))
            {
                self.convert(*field, cell, &mut converted);
            }
        }
        converted
    }

    /// The values of a new record: those of the row, and the defaults where it brings none.
    pub fn with_defaults(&self, values: &Map<String, Value>) -> Map<String, Value> {
        let missing = self.defaults.iter().filter(|(name, _)| !values.contains_key(*name));
        values.iter().chain(missing).map(|(name, value)| (name.clone(), value.clone())).collect()
    }

    fn convert(&self, field: ImportField, cell: &Cell, out: &mut Converted) {
        let mut remarks = Vec::new();
        let value = match field {
            ImportField::Partner(field) if field.is_array() => {
                list(field, cell, out.values.get(field.name), &mut remarks)
            }
            ImportField::Partner(field) | ImportField::Deal(field) => {
                clean(cell, &mut remarks).and_then(|t| self.scalar(field, &t, &mut remarks))
            }
            ImportField::Currency => clean(cell, &mut remarks).map(|t| json!(t.to_uppercase())),
            ImportField::Contact(name) => {
                clean(cell, &mut remarks).and_then(|t| contact(name, &t, &mut remarks))
            }
        };
        let name = field.name();
        out.warnings.extend(remarks.into_iter().map(|remark| JobItemWarning {
            code: remark.code.to_owned(),
            detail: remark.detail,
            field: Some(name.to_owned()),
        }));
        if let Some(value) = value {
            out.values.insert(name.to_owned(), value);
        }
    }

    fn scalar(
        &self,
        field: &'static Field,
        text: &str,
        remarks: &mut Vec<Remark>,
    ) -> Option<Value> {
        let checked = match field.kind {
            FieldType::Domain => formats::normalise("domain", text)
                .map(|domain| json!(domain))
                .map_err(|(code, must)| remark(code, format!("`{}` {must}", excerpt(text)))),
            FieldType::Enum => choice(field, text).map(|word| json!(word)),
            FieldType::Date => date(text).map(|day| json!(day)),
            FieldType::Money => self.money(text).and_then(|amount| in_range(field, amount)),
            _ if columns::is_count(field) => count(text).and_then(|(number, reduced)| {
                if reduced {
                    remarks.push(remark(
                        "range_reduced",
                        format!("`{}` became {number}", excerpt(text)),
                    ));
                }
                in_range(field, number)
            }),
            _ => {
                fitting(text, field.max_length.map_or(usize::MAX, |max| max as usize), !field.long)
                    .map(|text| json!(text))
            }
        };
        checked.map_err(|remark| remarks.push(remark)).ok()
    }

    /// An amount in minor units.
    fn money(&self, text: &str) -> Result<i64, Remark> {
        let wrong = || remark("not_a_number", format!("`{}` is no amount", excerpt(text)));
        let bare = text.trim_start_matches(['$', '€', '£', '¥', '~']).trim();
        let (whole, decimals) = bare.split_once('.').unwrap_or((bare, ""));
        let whole = grouped(whole).ok_or_else(wrong)?;
        let decimals = decimals.trim_end_matches('0');
        let exponent = match self.money_unit {
            ImportMoneyUnit::Minor => 0,
            ImportMoneyUnit::Major => self.exponent as usize,
        };
        if decimals.len() > exponent || !decimals.bytes().all(|b| b.is_ascii_digit()) {
            return Err(wrong());
        }
        let digits = format!("{whole}{decimals:0<exponent$}");
        let amount = digits.trim_start_matches('0');
        if amount.is_empty() {
            return Ok(0);
        }
        // Longer than any i64: certainly out of range.
        Ok(amount.parse().unwrap_or(MAX_MONEY + 1))
    }
}

/// The text of a cell without control characters; `None` for what says that nothing is known.
fn clean(cell: &Cell, remarks: &mut Vec<Remark>) -> Option<String> {
    let joined;
    let raw = match cell {
        Cell::Text(text) => text,
        Cell::List(items) => {
            joined = items.join(", ");
            &joined
        }
    };
    let (text, removed) = text::clean_lossy(raw);
    if removed {
        remarks.push(remark("characters_removed", "control characters were removed"));
    }
    (!is_absent(&text)).then_some(text)
}

fn is_absent(text: &str) -> bool {
    let text = text.trim();
    matches!(text, "" | "-" | "–" | "—")
        || ["n/a", "#n/a", "unknown"].iter().any(|word| text.eq_ignore_ascii_case(word))
}

fn excerpt(text: &str) -> String {
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

fn fitting(text: &str, max: usize, single_line: bool) -> Result<String, Remark> {
    let text = if single_line {
        text.split(['\n', '\t']).map(str::trim).collect::<Vec<_>>().join(" ")
    } else {
        text.to_owned()
    };
    match text.chars().count() {
        length if length > max => {
            Err(remark("too_long", format!("has {length} characters; at most {max} are kept")))
        }
        _ => Ok(text),
    }
}

fn in_range(field: &Field, number: i64) -> Result<Value, Remark> {
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

/// Words of other systems for a choice.
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

/// A day, year first; zeros in front and a time behind may be there or not. Other orders could be misread.
fn date(text: &str) -> Result<chrono::NaiveDate, Remark> {
    let wrong =
        || remark("invalid_format", format!("`{}` is no date such as 2026-11-22", excerpt(text)));
    let day = text.trim().split(['T', ' ']).next().unwrap_or_default();
    let number = |part: &str, digits: std::ops::RangeInclusive<usize>| {
        let fits = digits.contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
        fits.then(|| part.parse::<u32>().ok()).flatten()
    };
    let parts: Vec<&str> = day.split(['-', '/', '.']).collect();
    let [year, month, day] = parts.as_slice() else { return Err(wrong()) };
    let parts = (number(year, 4..=4), number(month, 1..=2), number(day, 1..=2));
    let (Some(year @ 1..), Some(month), Some(day)) = parts else { return Err(wrong()) };
    chrono::NaiveDate::from_ymd_opt(year as i32, month, day).ok_or_else(wrong)
}

fn choice(field: &'static Field, text: &str) -> Result<&'static str, Remark> {
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
            format!("`{}` is none of {}", excerpt(text), field.words.join(", ")),
        )
    })
}

/// Digits with or without separators of thousands.
fn grouped(text: &str) -> Option<String> {
    let mut groups = text.split([',', '\'', '’', ' ', '\u{a0}', '\u{202f}', '\u{2009}']);
    let first = groups.next()?;
    let rest: Vec<&str> = groups.collect();
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let well = digits(first)
        && (rest.is_empty()
            || first.len() <= 3 && rest.iter().all(|part| digits(part) && part.len() == 3));
    well.then(|| first.to_owned() + &rest.concat())
}

/// What people write around a number of people.
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

/// A head count, and whether it was a range of which the lower end was taken.
fn count(text: &str) -> Result<(i64, bool), Remark> {
    let wrong = || remark("not_a_number", format!("`{}` is no number", excerpt(text)));
    let folded = text::fold(text);
    let mut rest = folded.trim();
    // A remark in brackets: `300+ (as of 2022)`.
    if let Some((before, _)) = rest.strip_suffix(')').and_then(|open| open.split_once('(')) {
        rest = before.trim();
    }
    rest = rest.trim_end_matches('.').trim_end();
    while let Some(word) = BEFORE.iter().find(|word| rest.starts_with(**word)) {
        rest = rest[word.len()..].trim_start();
    }
    while let Some(word) = AFTER.iter().find(|word| rest.ends_with(**word)) {
        rest = rest[..rest.len() - word.len()].trim_end();
    }
    let number = |part: &str| -> Option<i64> {
        let part = part.trim().trim_end_matches('+');
        let whole = match part.split_once('.') {
            Some((whole, zeros)) if !zeros.is_empty() && zeros.bytes().all(|b| b == b'0') => whole,
            Some(_) => return None,
            None => part,
        };
        grouped(whole)?.parse().ok()
    };
    if let Some(plain) = number(rest) {
        return Ok((plain, false));
    }
    let ends =
        rest.split_once('-').or_else(|| rest.split_once('–')).or_else(|| rest.split_once(" to "));
    match ends.and_then(|(low, high)| Some((number(low)?, number(high)?))) {
        Some((low, high)) if low <= high => Ok((low, low < high)),
        _ => Err(wrong()),
    }
}

/// The items of an array: those of earlier columns, then those of this cell, each once.
fn list(
    field: &'static Field,
    cell: &Cell,
    held: Option<&Value>,
    remarks: &mut Vec<Remark>,
) -> Option<Value> {
    let mut items: Vec<String> = held
        .and_then(Value::as_array)
        .map(|held| held.iter().filter_map(Value::as_str).map(str::to_owned).collect())
        .unwrap_or_default();
    // As exports write items that hold a separator.
    let written = match cell {
        Cell::Text(text) if text.trim_start().starts_with('[') => {
            serde_json::from_str::<Vec<String>>(text).ok()
        }
        _ => None,
    };
    let parts: Vec<&str> = match (&written, cell) {
        (Some(parts), _) | (None, Cell::List(parts)) => parts.iter().map(String::as_str).collect(),
        (None, Cell::Text(text)) => text.split([',', ';', '|']).collect(),
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
        match items.len() < max_items {
            true => items.push(item),
            false => many = true,
        }
    }
    if removed {
        remarks.push(remark("characters_removed", "control characters were removed"));
    }
    if long {
        remarks.push(remark(
            "too_long",
            format!("items of more than {max_length} characters were left out"),
        ));
    }
    if many {
        remarks
            .push(remark("too_many_items", format!("only the first {max_items} items were taken")));
    }
    (!items.is_empty()).then(|| json!(items))
}

fn contact(name: &str, text: &str, remarks: &mut Vec<Remark>) -> Option<Value> {
    let refused =
        |(code, must): formats::Refusal| remark(code, format!("`{}` {must}", excerpt(text)));
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
    checked.map(|text| json!(text)).map_err(|remark| remarks.push(remark)).ok()
}

/// `00` is how many people dial the `+`.
fn phone(text: &str) -> Result<String, formats::Refusal> {
    match text.trim_start().strip_prefix("00") {
        Some(rest) => formats::normalise("phone", &format!("+{rest}")),
        None => formats::normalise("phone", text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn convert(field: &str, text: &str) -> (Option<Value>, Vec<String>) {
        let converter = Converter::new(Vec::new(), ImportMoneyUnit::Major, 2, Map::new());
        let field = field_named(ImportObject::Partner, field).unwrap();
        let mut out = Converted::default();
        converter.convert(field, &Cell::Text(text.to_owned()), &mut out);
        (out.values.remove(field.name()), out.warnings.into_iter().map(|w| w.code).collect())
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
            "1.200.000",
            "medium",
            "-5",
            "50-11",
            "1e3",
            "٣",
            "9".repeat(30).as_str(),
            "&gt;50",
        ] {
            assert_eq!(
                convert("employees", text),
                (None, vec!["not_a_number".to_owned()]),
                "{text}"
            );
        }
        assert_eq!(convert("employees", "10,000,001"), (None, vec!["out_of_range".to_owned()]));
    }

    #[test]
    fn blank_and_unknown_are_absent() {
        for text in ["", "  ", "N/A", "n/a", "-", "unknown", "Unknown ", "—"] {
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
    fn days_are_read_year_first() {
        let converter = Converter::new(Vec::new(), ImportMoneyUnit::Major, 2, Map::new());
        let read = |field: &str, text: &str| {
            let mut out = Converted::default();
            converter.convert(
                field_named(ImportObject::Deal, field).unwrap(),
                &Cell::Text(text.to_owned()),
                &mut out,
            );
            (out.values.remove(field), out.warnings.first().map(|warning| warning.code.clone()))
        };
        for text in
            ["2016-07-29", "2016-7-29", "2016/7/29", "2016-07-29T10:00:00Z", "2016-07-29 10:00"]
        {
            assert_eq!(read("closed_on", text), (Some(json!("2016-07-29")), None), "{text}");
        }
        for text in
            ["29.7.2016", "07/29/2016", "2016-02-30", "2016-7", "16-7-29", "0000-01-01", "July"]
        {
            assert_eq!(
                read("closed_on", text),
                (None, Some("invalid_format".to_owned())),
                "{text}"
            );
        }
        assert_eq!(read("value", "1152984.23"), (Some(json!(115_298_423)), None));
        for (text, status) in [
            ("Awarded", "won"),
            ("cancelled", "lost"),
            ("Under review", "under_review"),
            ("open", "submitted"),
        ] {
            assert_eq!(read("status", text), (Some(json!(status)), None), "{text}");
        }
        assert_eq!(read("status", "closed"), (None, Some("invalid_choice".to_owned())));
    }

    #[test]
    fn contacts_have_addresses_and_numbers() {
        let read = |field: &'static str, text: &str| {
            let mut remarks = Vec::new();
            (
                contact(field, text, &mut remarks),
                remarks.into_iter().map(|remark| remark.code).collect::<Vec<_>>(),
            )
        };
        assert_eq!(read("email", "Ann@Acme.COM"), (Some(json!("ann@acme.com")), vec![]));
        assert_eq!(read("phone", "0041 (44) 333-44-55"), (Some(json!("+41443334455")), vec![]));
        for (field, text) in
            [("email", "ann"), ("email", "a b@x.com"), ("phone", "044 333 44 55"), ("phone", "+1")]
        {
            assert_eq!(read(field, text), (None, vec!["invalid_format"]), "{text}");
        }
        assert_eq!(read("partner_domain", "TBD"), (None, vec!["invalid_domain"]));
    }
}
