//! Parses numbers as people, spreadsheets and other systems write them. An ambiguous number is only
//! parsed if the options or the file decide on its meaning.

use serde::{Deserialize, Serialize};

use super::choices::ImportDecimal::{self, Comma, Point};

/// What is known about the decimal separator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DecimalMark {
    /// The options state it.
    Given(ImportDecimal),
    /// The file shows it, or files of its kind usually use it.
    Likely(ImportDecimal),
    /// Nothing decides: only unambiguous numbers are parsed.
    Unknown,
}

/// A number, exactly as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Number {
    pub negative: bool,
    pub whole: String,
    pub fraction: String,
}

impl Number {
    fn new(whole: impl Into<String>, fraction: impl Into<String>) -> Self {
        Self { negative: false, whole: whole.into(), fraction: fraction.into() }
    }

    /// The number times ten to the power of `exponent`. `None` if there are more decimals.
    pub fn scaled(&self, exponent: usize) -> Option<i64> {
        let decimals = self.fraction.trim_end_matches('0');
        if decimals.len() > exponent {
            return None;
        }
        let digits = format!("{}{decimals:0<exponent$}", self.whole);
        let digits = digits.trim_start_matches('0');
        // Longer than any i64, and beyond the limit of every field.
        let amount = if digits.is_empty() { 0 } else { digits.parse().unwrap_or(i64::MAX) };
        Some(if self.negative { -amount } else { amount })
    }
}

/// Why a text cannot be parsed as a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NumberError {
    NotANumber,
    /// It is ambiguous, or contradicts the rest of the file.
    Ambiguous,
}

/// Replaces wide and typographic digits, signs and spaces by ASCII ones, and removes invisible
/// characters. Nothing else is changed: `10²` must not become 102.
pub(super) fn plain(text: &str) -> String {
    let same = |c: char| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0),
        '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => Some(' '),
        '’' | 'ʼ' | '´' | '‘' | '′' => Some('\''),
        '−' | '‐' | '‑' | '‒' | '﹣' => Some('-'),
        '￥' => Some('¥'),
        '\u{ad}'
        | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2069}'
        | '\u{feff}' => None,
        other => Some(other),
    };
    text.chars().filter_map(same).collect::<String>().trim().to_owned()
}

/// The structure of digits and separators.
enum Shape {
    /// Digits, with or without separators that can only be thousands separators.
    Whole(String),
    /// It is unambiguous, and shows the decimal separator.
    Telling(ImportDecimal, Number),
    /// One separator that may be for decimals or thousands.
    Ambiguous { mark: ImportDecimal, before: String, after: String, is_group: bool },
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// The digits of groups of three, or of Indian groups (`12,34,567`).
fn ungrouped(text: &str, separator: char) -> Option<String> {
    let groups: Vec<&str> = text.split(separator).collect();
    let (first, rest) = groups.split_first()?;
    let (last, middle) = rest.split_last()?;
    let fits = groups.iter().all(|group| is_digits(group))
        && !first.starts_with('0')
        && last.len() == 3
        && (first.len() <= 3 && middle.iter().all(|group| group.len() == 3)
            || separator == ','
                && !middle.is_empty()
                && first.len() <= 2
                && middle.iter().all(|group| group.len() == 2));
    fits.then(|| groups.concat())
}

/// Digits, with or without one of these thousands separators.
fn whole(text: &str, separators: &[char]) -> Option<String> {
    match separators.iter().find(|separator| text.contains(**separator)) {
        Some(separator) => ungrouped(text, *separator),
        None => is_digits(text).then(|| text.to_owned()),
    }
}

fn shape(text: &str) -> Option<Shape> {
    let (points, commas) = (text.matches('.').count(), text.matches(',').count());
    let is_spaced = text.contains([' ', '\'']);
    let (mark, character, count) = match (points, commas) {
        (0, 0) => return whole(text, &[' ', '\'']).map(Shape::Whole),
        (_, 0) => (Point, '.', points),
        (0, _) => (Comma, ',', commas),
        // The last separator is for decimals, the other one for thousands.
        _ => {
            let (mark, character, other) = if text.rfind('.') > text.rfind(',') {
                (Point, '.', ',')
            } else {
                (Comma, ',', '.')
            };
            let (before, after) = text.split_once(character)?;
            let number = Number::new(ungrouped(before, other)?, after);
            return is_digits(after).then_some(Shape::Telling(mark, number));
        }
    };
    let other_mark = if mark == Point { Comma } else { Point };
    if count > 1 {
        let digits = ungrouped(text, character)?;
        return Some(Shape::Telling(other_mark, Number::new(digits, "")));
    }
    let (before, after) = text.split_once(character)?;
    if !is_digits(after) {
        return None;
    }
    if is_spaced {
        return Some(Shape::Telling(mark, Number::new(whole(before, &[' ', '\''])?, after)));
    }
    if !before.is_empty() && !is_digits(before) {
        return None;
    }
    let is_certain = before.is_empty()
        || before.starts_with('0')
        || match after.len() {
            1 | 2 => true,
            3 => before.len() > 3,
            // Databases write four decimals and more after a point; after a comma it may be a group
            // of ten thousands.
            _ => mark == Point,
        };
    Some(if is_certain {
        Shape::Telling(mark, Number::new(before, after))
    } else {
        Shape::Ambiguous {
            mark,
            before: before.to_owned(),
            after: after.to_owned(),
            is_group: after.len() == 3,
        }
    })
}

/// Parses a number without sign and unit.
pub(super) fn read(text: &str, known: DecimalMark) -> Result<Number, NumberError> {
    match shape(text.trim()).ok_or(NumberError::NotANumber)? {
        Shape::Whole(digits) => Ok(Number::new(digits, "")),
        Shape::Telling(mark, number) => match known {
            DecimalMark::Given(other) | DecimalMark::Likely(other) if other != mark => {
                Err(NumberError::Ambiguous)
            }
            _ => Ok(number),
        },
        Shape::Ambiguous { mark, before, after, is_group } => match known {
            DecimalMark::Given(given) if given == mark => Ok(Number::new(before, after)),
            DecimalMark::Likely(likely) if likely == mark && !is_group => {
                Ok(Number::new(before, after))
            }
            DecimalMark::Given(other) | DecimalMark::Likely(other) if other != mark && is_group => {
                Ok(Number::new(before + &after, ""))
            }
            _ => Err(NumberError::Ambiguous),
        },
    }
}

/// Parses a number of JSON, including exponents.
pub(super) fn read_json(text: &str) -> Option<Number> {
    let (negative, rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (digits, exponent) = match rest.split_once(['e', 'E']) {
        Some((digits, exponent)) => (digits, exponent.trim_start_matches('+').parse().ok()?),
        None => (rest, 0_i32),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    // Numbers of JSON are doubles here, whose exponents end near 308.
    if !is_digits(whole) || !(-400..=400).contains(&exponent) {
        return None;
    }
    let shift = exponent.unsigned_abs() as usize;
    let (whole, fraction) = if exponent >= 0 {
        let padded = format!("{fraction:0<shift$}");
        let (more, rest) = padded.split_at(shift);
        (format!("{whole}{more}"), rest.to_owned())
    } else {
        let padded = format!("{whole:0>width$}", width = whole.len().max(shift) + 1);
        let (whole, more) = padded.split_at(padded.len() - shift);
        (whole.to_owned(), format!("{more}{fraction}"))
    };
    Some(Number { negative, whole, fraction })
}

/// The decimal separator that a cell shows, if it does.
pub(super) fn shown_mark(cell: &str) -> Option<ImportDecimal> {
    if cell.len() > 60 || !cell.contains(['.', ',']) {
        return None;
    }
    let text = plain(cell);
    let is_digit = |c: char| c.is_ascii_digit();
    let (first, last) = (text.find(is_digit)?, text.rfind(is_digit)?);
    match shape(&text[first..=last])? {
        Shape::Telling(mark, _) => Some(mark),
        _ => None,
    }
}

/// Signs and words for currencies that are not codes of ISO 4217.
const CURRENCIES: &[(&str, &[&str])] = &[
    (
        "$",
        &[
            "USD", "AUD", "BBD", "BMD", "BND", "BSD", "BZD", "CAD", "FJD", "GYD", "HKD", "JMD",
            "KYD", "LRD", "NAD", "NZD", "SBD", "SGD", "SRD", "TTD", "TWD", "XCD", "ARS", "CLP",
            "COP", "CUP", "DOP", "MXN", "UYU",
        ],
    ),
    ("us$", &["USD"]),
    ("u$s", &["USD"]),
    ("us dollar", &["USD"]),
    ("us dollars", &["USD"]),
    ("a$", &["AUD"]),
    ("au$", &["AUD"]),
    ("c$", &["CAD", "NIO"]),
    ("ca$", &["CAD"]),
    ("can$", &["CAD"]),
    ("hk$", &["HKD"]),
    ("mx$", &["MXN"]),
    ("nt$", &["TWD"]),
    ("nz$", &["NZD"]),
    ("r$", &["BRL"]),
    ("s$", &["SGD"]),
    ("€", &["EUR"]),
    ("euro", &["EUR"]),
    ("euros", &["EUR"]),
    ("£", &["GBP", "EGP", "FKP", "GIP", "LBP", "SDG", "SSP", "SYP"]),
    ("¥", &["JPY", "CNY"]),
    ("円", &["JPY"]),
    ("元", &["CNY", "TWD"]),
    ("rmb", &["CNY"]),
    ("₹", &["INR"]),
    ("rs", &["INR", "PKR", "LKR", "NPR", "MUR", "SCR"]),
    ("rs.", &["INR", "PKR", "LKR", "NPR", "MUR", "SCR"]),
    ("fr", &["CHF"]),
    ("fr.", &["CHF"]),
    ("sfr", &["CHF"]),
    ("sfr.", &["CHF"]),
    ("kr", &["SEK", "NOK", "DKK", "ISK"]),
    ("kr.", &["SEK", "NOK", "DKK", "ISK"]),
    ("kč", &["CZK"]),
    ("zł", &["PLN"]),
    ("ft", &["HUF"]),
    ("lei", &["RON", "MDL"]),
    ("₽", &["RUB"]),
    ("руб", &["RUB"]),
    ("руб.", &["RUB"]),
    ("₴", &["UAH"]),
    ("₺", &["TRY"]),
    ("tl", &["TRY"]),
    ("₩", &["KRW", "KPW"]),
    ("₪", &["ILS"]),
    ("₫", &["VND"]),
    ("₱", &["PHP"]),
    ("฿", &["THB"]),
    ("₦", &["NGN"]),
    ("r", &["ZAR"]),
];

/// The currencies of a code, a sign or a word; `None` if it is not a currency.
pub(super) fn currencies(token: &str) -> Option<Vec<&str>> {
    let token = token.trim();
    let upper = token.to_uppercase();
    if let Some(code) = crate::kernel::currencies::currency_code(&upper) {
        return Some(vec![code]);
    }
    let lower = token.to_lowercase();
    let dense = lower.replace(' ', "");
    CURRENCIES
        .iter()
        .find(|(sign, _)| *sign == lower || *sign == dense)
        .map(|(_, codes)| codes.to_vec())
}

/// An amount as it was written: its number, and the signs or codes of a currency next to it.
#[derive(Debug)]
pub(super) struct Amount {
    pub number: Number,
    pub currencies: Vec<String>,
}

/// Parses `$1,234.56`, `1.234,56 €`, `CHF 1'200.–`, `(1,200)`, `1200-` and similar amounts.
pub(super) fn read_amount(text: &str, known: DecimalMark) -> Result<Amount, NumberError> {
    let text = plain(text);
    let is_digit = |c: char| c.is_ascii_digit();
    let (Some(mut first), Some(last)) = (text.find(is_digit), text.rfind(is_digit)) else {
        return Err(NumberError::NotANumber);
    };
    let mut head = &text[..first];
    // In `$.50` the point belongs to the number, in `Rs.500` to the word before it.
    if head.ends_with(['.', ',']) && currencies(head).is_none() {
        if head[..first - 1].ends_with(char::is_alphabetic) {
            return Err(NumberError::NotANumber);
        }
        first -= 1;
        head = &text[..first];
    }
    let mut tail = text[last + 1..].trim();
    let mut core = text[first..=last].to_owned();
    // Switzerland and other countries write a dash in place of the cents.
    for dash in [".--", ",--", ".-", ",-", ".–", ",–", ".—", ",—"] {
        if let Some(rest) = tail.strip_prefix(dash) {
            core.push_str(&dash[..1]);
            core.push_str("00");
            tail = rest.trim();
            break;
        }
    }
    let mut signs = 0;
    let mut brackets = (0, 0);
    let mut bare = |part: &str| -> String {
        let kept = |c: &char| match c {
            '-' => {
                signs += 1;
                false
            }
            '(' => {
                brackets.0 += 1;
                false
            }
            ')' => {
                brackets.1 += 1;
                false
            }
            '+' | '~' => false,
            _ => true,
        };
        part.chars().filter(kept).collect::<String>().trim().to_owned()
    };
    let beside = [bare(head), bare(tail)];
    let negative = match (signs, brackets) {
        (0, (0, 0)) => false,
        (1, (0, 0)) | (0, (1, 1)) => true,
        _ => return Err(NumberError::NotANumber),
    };
    let beside: Vec<String> = beside.into_iter().filter(|token| !token.is_empty()).collect();
    if beside.iter().any(|token| currencies(token).is_none()) {
        return Err(NumberError::NotANumber);
    }
    let number = Number { negative, ..read(&core, known)? };
    Ok(Amount { number, currencies: beside })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn amount(text: &str, known: DecimalMark) -> Option<(i64, Vec<String>)> {
        let amount = read_amount(text, known).ok()?;
        Some((amount.number.scaled(2)?, amount.currencies))
    }

    fn number(text: &str, known: DecimalMark) -> Option<i64> {
        read(text, known).ok()?.scaled(2)
    }

    #[test]
    fn spellings_that_can_be_read_in_one_way_need_no_knowledge() {
        for (text, hundredths) in [
            ("0", 0),
            ("12", 1200),
            ("1234567", 123_456_700),
            ("1,234.56", 123_456),
            ("1.234,56", 123_456),
            ("1'234.56", 123_456),
            ("1 234,56", 123_456),
            ("1 234 567", 123_456_700),
            ("1,234,567", 123_456_700),
            ("1.234.567", 123_456_700),
            ("12,34,567.80", 123_456_780),
            ("1,23,45,678", 1_234_567_800),
            ("1'234'567", 123_456_700),
            ("1.5", 150),
            ("1,5", 150),
            ("12.50", 1250),
            ("12,50", 1250),
            ("0.500", 50),
            ("0,500", 50),
            (".5", 50),
            ("1850000.0000", 185_000_000),
            ("12345.600", 1_234_560),
        ] {
            assert_eq!(number(text, DecimalMark::Unknown), Some(hundredths), "{text}");
        }
    }

    #[test]
    fn one_separator_before_three_digits_is_read_only_by_knowledge() {
        use DecimalMark::{Given, Likely, Unknown};
        for (text, known, hundredths) in [
            ("1.000", Unknown, None),
            ("1,500", Unknown, None),
            ("1,0000", Unknown, None),
            ("1.000", Likely(Point), None),
            ("1.000", Likely(Comma), Some(100_000)),
            ("1.000", Given(Point), Some(100)),
            ("1.000", Given(Comma), Some(100_000)),
            ("1,500", Likely(Point), Some(150_000)),
            ("1,500", Likely(Comma), None),
            ("1,500", Given(Point), Some(150_000)),
            ("1,500", Given(Comma), Some(150)),
            ("1.234,56", Given(Point), None),
            ("1,234.56", Given(Comma), None),
            ("12,50", Likely(Point), None),
            ("1,5", Given(Point), None),
            ("1.234.567", Given(Point), None),
            ("1.234.567", Given(Comma), Some(123_456_700)),
        ] {
            assert_eq!(number(text, known), hundredths, "{text} {known:?}");
        }
    }

    #[test]
    fn what_is_no_number_is_none() {
        for text in [
            "",
            ".",
            "1.",
            "1,,2",
            "1..2",
            "1.2.3",
            "1,2,3",
            "12 34",
            "1 2",
            "0,123,456",
            "1'23",
            "1,234.5.6",
            "1.234,567.8",
            "1 234.567 8",
            "1e5",
            "10²",
            "½",
            "٣",
            "abc",
            "-1",
        ] {
            for known in [
                DecimalMark::Unknown,
                DecimalMark::Given(Point),
                DecimalMark::Given(Comma),
                DecimalMark::Likely(Point),
            ] {
                assert_eq!(number(text, known), None, "{text} {known:?}");
            }
        }
    }

    #[test]
    fn amounts_have_signs_and_currencies_around_them() {
        let unknown = DecimalMark::Unknown;
        for (text, hundredths, beside) in [
            ("$1,234.56", 123_456, vec!["$"]),
            ("1.234,56 €", 123_456, vec!["€"]),
            ("US$1200", 120_000, vec!["US$"]),
            ("USD 1200.00", 120_000, vec!["USD"]),
            ("1200 usd", 120_000, vec!["usd"]),
            ("$1200 USD", 120_000, vec!["$", "USD"]),
            ("CHF 1'200.–", 120_000, vec!["CHF"]),
            ("1'200.-", 120_000, vec![]),
            ("1.200,- €", 120_000, vec!["€"]),
            ("Fr. 1'200.50", 120_050, vec!["Fr."]),
            ("Rs.500", 50_000, vec!["Rs."]),
            ("₹12,34,567", 123_456_700, vec!["₹"]),
            ("(1200)", -120_000, vec![]),
            ("($1,200.00)", -120_000, vec!["$"]),
            ("-5", -500, vec![]),
            ("5-", -500, vec![]),
            ("−$5.00", -500, vec!["$"]),
            ("$-5", -500, vec!["$"]),
            ("$.50", 50, vec!["$"]),
            ("US $1200", 120_000, vec!["US $"]),
            ("１２３４", 123_400, vec![]),
            ("￥1200", 120_000, vec!["¥"]),
            ("~1200", 120_000, vec![]),
            ("1\u{202f}234,50", 123_450, vec![]),
            ("1\u{a0}234,50\u{a0}€", 123_450, vec!["€"]),
            ("1200 zł", 120_000, vec!["zł"]),
            ("1 200 kr", 120_000, vec!["kr"]),
        ] {
            let beside: Vec<String> = beside.into_iter().map(str::to_owned).collect();
            assert_eq!(amount(text, unknown), Some((hundredths, beside)), "{text}");
        }
        for text in [
            "12k",
            "$1.2M",
            "1.2 Mio",
            "1e5",
            "1.5E+06",
            "(1200",
            "--5",
            "-(5)",
            "5%",
            "1200 people",
            "USD",
            "$",
            "10-20",
            "1/2",
            "1200 EUR or USD",
            "CHF.500",
            "ca. 500",
        ] {
            assert_eq!(amount(text, unknown), None, "{text}");
        }
    }

    #[test]
    fn numbers_of_json_are_exact() {
        for (text, hundredths) in [
            ("1000.0", Some(100_000)),
            ("1e3", Some(100_000)),
            ("2.5e9", Some(250_000_000_000)),
            ("-1.5", Some(-150)),
            ("125e-1", Some(1250)),
            ("1e-2", Some(1)),
            ("1e-3", None),
            ("0.30000000000000004", None),
            ("1e400000", None),
        ] {
            let number = read_json(text).and_then(|number| number.scaled(2));
            assert_eq!(number, hundredths, "{text}");
        }
    }

    #[test]
    fn cells_show_which_character_stands_before_decimals() {
        for (cell, mark) in [
            ("$1,234.56", Some(Point)),
            ("1.234,56 €", Some(Comma)),
            ("1.234.567", Some(Comma)),
            ("12,5", Some(Comma)),
            ("1.000", None),
            ("1,200", None),
            ("12", None),
            ("v1.2.3", None),
            ("text, with. marks", None),
        ] {
            assert_eq!(shown_mark(cell), mark, "{cell}");
        }
    }
}
