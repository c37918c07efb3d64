//! How numbers, amounts, days, phone numbers and domains are written by people, spreadsheets and
//! CRMs of many countries. Each has the value that it means, or is `WARNING`: then the reader may
//! leave the field empty with a warning. Another value is never right.

mod tables;

use std::{io::Cursor, sync::Arc};

use chrono::NaiveDate;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::{
    cells::{CellFormat, Converter, Notation},
    choices::{
        ImportDateFormat::{self, Dmy, Mdy, Ymd},
        ImportDecimal::{Comma, Point},
        ImportMoneyUnit,
    },
    columns::field_named,
    numbers::DecimalMark,
    preview::{ImportPreview, ImportPreviewOptions},
    row::{Cell, Row},
    rows::inspect,
};
use crate::resources::objects::ObjectType;
use tables::{AMOUNTS, COMMA, COUNTS, DAYS, DOMAINS, OPEN, PHONES, POINT, WARNING};

fn format(currency: &str, notation: Notation) -> CellFormat {
    CellFormat { notation, money_unit: ImportMoneyUnit::Major, currency: currency.to_owned() }
}

/// The value that an import takes from a cell, as text; none with at least one warning.
fn read(object: ObjectType, field: &str, format: CellFormat, text: &str) -> Option<String> {
    let mapping = vec![("column".to_owned(), field_named(object, field).unwrap())];
    let cells = vec![(Arc::from("column"), Cell::Text(text.to_owned()))];
    let row = Row { number: 1, cells, has_surplus: false };
    let mut converted = Converter::new(mapping, format, Map::new()).read(&row);
    converted.drop_shared_domains(&[]);
    match converted.values.remove(field) {
        Some(Value::String(value)) => Some(value),
        Some(value) => Some(value.to_string()),
        None => {
            assert!(!converted.warnings.is_empty(), "`{text}` was lost without a warning");
            None
        }
    }
}

/// Every spelling that has another outcome than the table says.
#[derive(Default)]
struct Failures(Vec<String>);

impl Failures {
    fn check(&mut self, text: &str, context: String, read: Option<String>, wanted: &str) {
        let read = read.unwrap_or_else(|| WARNING.to_owned());
        if read != wanted {
            self.0.push(format!("{text:?} ({context}): {read} instead of {wanted}"));
        }
    }

    fn report(self) {
        assert!(self.0.is_empty(), "{} spellings:\n{}", self.0.len(), self.0.join("\n"));
    }
}

#[test]
fn amounts_of_the_world_give_their_value_or_a_warning() {
    let mut failures = Failures::default();
    for (currency, decimal, text, wanted) in AMOUNTS {
        let format = format(currency, Notation { decimal: *decimal, date_format: None });
        let value = read(ObjectType::Partner, "company_revenue", format, text);
        failures.check(text, format!("{currency}, {decimal:?}"), value, wanted);
    }
    failures.report();
}

#[test]
fn counts_of_the_world_give_their_value_or_a_warning() {
    let mut failures = Failures::default();
    for (decimal, text, wanted) in COUNTS {
        let format = format("USD", Notation { decimal: *decimal, date_format: None });
        let value = read(ObjectType::Partner, "employees", format, text);
        failures.check(text, format!("{decimal:?}"), value, wanted);
    }
    failures.report();
}

#[test]
fn days_of_the_world_give_their_value_or_a_warning() {
    let mut failures = Failures::default();
    for (date_format, text, wanted) in DAYS {
        let format = format("USD", Notation { decimal: OPEN, date_format: *date_format });
        let value = read(ObjectType::Deal, "closed_on", format, text);
        failures.check(text, format!("{date_format:?}"), value, wanted);
    }
    failures.report();
}

#[test]
fn phones_and_domains_of_the_world_give_their_value_or_a_warning() {
    let mut failures = Failures::default();
    let format = || format("USD", Notation::default());
    for (text, wanted) in PHONES {
        let value = read(ObjectType::Contact, "phone", format(), text);
        failures.check(text, "phone".to_owned(), value, wanted);
    }
    for (text, wanted) in DOMAINS {
        let value = read(ObjectType::Partner, "domain", format(), text);
        failures.check(text, "domain".to_owned(), value, wanted);
    }
    failures.report();
}

/// How one country writes numbers and days.
struct Locale {
    currency: &'static str,
    /// What stands between groups of digits, and before decimals.
    group: &'static str,
    mark: &'static str,
    /// Whether groups beyond the first have two digits, as in India.
    has_pairs: bool,
    before: &'static str,
    after: &'static str,
    date: &'static str,
    order: Option<ImportDateFormat>,
}

const fn locale(
    currency: &'static str,
    [group, mark]: [&'static str; 2],
    [before, after]: [&'static str; 2],
    date: &'static str,
    order: Option<ImportDateFormat>,
) -> Locale {
    let has_pairs = matches!(currency.as_bytes(), b"INR");
    Locale { currency, group, mark, has_pairs, before, after, date, order }
}

const LOCALES: &[Locale] = &[
    locale("USD", [",", "."], ["$", ""], "%m/%d/%Y", Some(Mdy)),
    locale("USD", [",", "."], ["", ""], "%m/%d/%y", Some(Mdy)),
    locale("USD", ["", "."], ["", " USD"], "%b %d, %Y", None),
    locale("GBP", [",", "."], ["£", ""], "%d/%m/%Y", Some(Dmy)),
    locale("EUR", [".", ","], ["", " €"], "%d.%m.%Y", Some(Dmy)),
    locale("EUR", [".", ","], ["", ""], "%d.%m.%y", Some(Dmy)),
    locale("EUR", ["", ","], ["EUR ", ""], "%Y%m%d", None),
    locale("EUR", ["\u{202f}", ","], ["", "\u{a0}€"], "%d/%m/%Y", Some(Dmy)),
    locale("CHF", ["\u{2019}", "."], ["CHF ", ""], "%d.%m.%Y", Some(Dmy)),
    locale("EUR", [".", ","], ["€ ", ""], "%d/%m/%y", Some(Dmy)),
    locale("BRL", [".", ","], ["R$ ", ""], "%d/%m/%Y %H:%M", Some(Dmy)),
    locale("INR", [",", "."], ["₹", ""], "%d-%m-%Y", Some(Dmy)),
    locale("INR", [",", "."], ["Rs. ", ""], "%d-%b-%y", Some(Dmy)),
    locale("JPY", [",", "."], ["¥", ""], "%Y年%m月%d日", None),
    locale("CNY", [",", "."], ["", "元"], "%Y/%m/%d", None),
    locale("SEK", ["\u{a0}", ","], ["", " kr"], "%Y-%m-%d", None),
    locale("DKK", [".", ","], ["kr. ", ""], "%d-%m-%Y", Some(Dmy)),
    locale("PLN", [" ", ","], ["", " zł"], "%d.%m.%Y", Some(Dmy)),
    locale("ILS", [",", "."], ["\u{200e}₪", ""], "%d.%m.%Y", Some(Dmy)),
    locale("AED", [",", "."], ["AED ", ""], "%d/%m/%Y %I:%M %p", Some(Dmy)),
    locale("KWD", [",", "."], ["", ""], "%Y-%m-%dT%H:%M:%SZ", None),
    locale("CNY", [",", "."], ["", ""], "%y/%m/%d", Some(Ymd)),
];

impl Locale {
    fn whole(&self, number: i64) -> String {
        let mut digits = number.to_string();
        let mut text = String::new();
        let mut size = 3;
        while digits.len() > size {
            text = format!("{}{}{text}", self.group, digits.split_off(digits.len() - size));
            size = if self.has_pairs { 2 } else { 3 };
        }
        format!("{digits}{text}")
    }

    fn exponent(&self) -> u32 {
        match self.currency {
            "JPY" => 0,
            "KWD" => 3,
            _ => 2,
        }
    }

    fn amount(&self, minor: i64) -> String {
        let (scale, width) = (10_i64.pow(self.exponent()), self.exponent() as usize);
        let whole = self.whole(minor / scale);
        match minor % scale {
            0 => format!("{}{whole}{}", self.before, self.after),
            rest => format!("{}{whole}{}{rest:0width$}{}", self.before, self.mark, self.after),
        }
    }

    fn decimal(&self) -> DecimalMark {
        DecimalMark::Given(if self.mark == "." { Point } else { Comma })
    }
}

/// A whole file of one locale, and what each row means.
#[derive(Debug, Clone)]
struct Sample {
    locale: usize,
    separator: char,
    rows: Vec<(i64, i64, NaiveDate)>,
}

fn samples() -> impl Strategy<Value = Sample> {
    let first = NaiveDate::from_ymd_opt(1970, 1, 1).unwrap();
    // Two digits of a year stand for these years.
    let day = (0_u64..36_500).prop_map(move |days| first + chrono::Days::new(days));
    let minor = prop_oneof![0_i64..200_000, 0_i64..100_000_000_000];
    let minor = (minor, any::<bool>());
    let minor =
        minor.prop_map(|(minor, is_whole)| if is_whole { minor / 1000 * 1000 } else { minor });
    let row = (minor, 0_i64..10_000_000, day);
    let separator = prop_oneof![Just(','), Just(';'), Just('\t'), Just('|')];
    let rows = proptest::collection::vec(row, 1..6);
    (0..LOCALES.len(), separator, rows).prop_map(|(locale, separator, rows)| Sample {
        locale,
        separator,
        rows,
    })
}

/// The rows of a file as a preview reads it when nothing but the object is said.
fn previewed(object: &str, currency: &str, file: &str) -> Vec<(Value, usize)> {
    let options: ImportPreviewOptions = serde_json::from_value(json!({"object": object})).unwrap();
    let inspection = inspect(&mut Cursor::new(file.as_bytes()), options.options()).unwrap();
    let preview = ImportPreview::new(options, &inspection, currency, &[]).unwrap();
    preview.rows.into_iter().map(|row| (row.data.0, row.warnings.len())).collect()
}

proptest! {
    /// With the knowledge that fits it every spelling of a locale is read; with none, or that of
    /// another country, it is read right or not at all.
    #[test]
    fn cells_of_a_locale_are_read_right_or_not_at_all(sample in samples()) {
        let locale = &LOCALES[sample.locale];
        for (minor, count, day) in &sample.rows {
            let cells = [
                (ObjectType::Deal, "value", locale.amount(*minor), minor.to_string()),
                (ObjectType::Partner, "employees", locale.whole(*count), count.to_string()),
                (
                    ObjectType::Deal,
                    "closed_on",
                    day.and_hms_opt(9, 5, 0).unwrap().format(locale.date).to_string(),
                    day.to_string(),
                ),
            ];
            for (object, field, text, value) in &cells {
                let get = |decimal, date_format| {
                    let format = format(locale.currency, Notation { decimal, date_format });
                    read(*object, field, format, text)
                };
                let known = get(locale.decimal(), locale.order);
                prop_assert_eq!(known.as_ref(), Some(value), "{}", text);
                // Three digits behind the mark are thousands to a file of the other kind.
                let others: &[DecimalMark] = match locale.exponent() {
                    3 => &[OPEN],
                    _ => &[POINT, COMMA, OPEN],
                };
                for decimal in others.iter().copied() {
                    if let Some(read) = get(decimal, None) {
                        prop_assert_eq!(&read, value, "{} {:?}", text, decimal);
                    }
                }
            }
        }
    }

    /// The same of whole files, where everything is guessed.
    #[test]
    fn files_of_a_locale_are_read_right_or_not_at_all(sample in samples()) {
        let locale = &LOCALES[sample.locale];
        let line = |cells: &[&str]| -> String {
            let cells: Vec<String> = cells.iter().map(|cell| format!("\"{cell}\"")).collect();
            cells.join(&sample.separator.to_string()) + "\n"
        };
        let mut deals = line(&["name", "account_name", "value", "closed_on"]);
        let mut partners = line(&["name", "type", "company_revenue", "employees"]);
        for (minor, count, day) in &sample.rows {
            let date = day.and_hms_opt(9, 5, 0).unwrap().format(locale.date).to_string();
            let amount = locale.amount(*minor);
            deals += &line(&["Deal", "Account", &amount, &date]);
            partners += &line(&["Partner", "reseller", &amount, &locale.whole(*count)]);
        }
        let deals = previewed("deal", locale.currency, &deals);
        let partners = previewed("partner", locale.currency, &partners);
        prop_assert_eq!((deals.len(), partners.len()), (sample.rows.len(), sample.rows.len()));
        for (at, (minor, count, day)) in sample.rows.iter().enumerate() {
            let wanted = [
                (&deals[at], [("value", json!(minor)), ("closed_on", json!(day))]),
                (&partners[at], [("company_revenue", json!(minor)), ("employees", json!(count))]),
            ];
            for ((data, warnings), fields) in wanted {
                let mut lost = 0;
                for (field, value) in fields {
                    match data.get(field) {
                        Some(read) => prop_assert_eq!(read, &value, "{}", field),
                        None => lost += 1,
                    }
                }
                prop_assert_eq!(lost, *warnings, "every field that is lost has its warning");
            }
        }
    }
}
