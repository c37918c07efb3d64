//! Parses days as people, spreadsheets and other systems write them. If day and month could be
//! exchanged, only the options or the file decide on the order.

use std::sync::LazyLock;

use chrono::NaiveDate;
use regex::Regex;

use super::{
    choices::ImportDateFormat::{self, Dmy, Mdy, Ymd},
    numbers::plain,
};

/// Why a text cannot be parsed as a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DateError {
    NotADate,
    /// Day and month, or day and year, could be exchanged.
    Ambiguous,
}

/// What a cell shows about the order of dates in its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Evidence {
    /// It can only be read in this order.
    Only(ImportDateFormat),
    Ambiguous,
}

/// A time of day after a date: `10:00`, `10:00:05.123+02:00`, `2:30 PM`. Not `24:00`, which is the
/// next day.
static TIME: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i-u)^([01]?[0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.,][0-9]{1,9})?)?",
        r" ?([ap]\.?m\.?)? ?(z|utc|gmt|[+-][0-9]{2}(:?[0-9]{2})?)?$",
    ))
    .expect("the pattern is well-formed")
});

/// Names of months in the supported languages. Each word means the same month in all of them.
const MONTHS: [&[&str]; 12] = [
    &[
        "jan", "january", "januar", "janvier", "janv", "enero", "ene", "gennaio", "gen", "januari",
        "janeiro",
    ],
    &[
        "feb",
        "february",
        "februar",
        "février",
        "fevrier",
        "févr",
        "fév",
        "febrero",
        "febbraio",
        "februari",
        "fevereiro",
        "fev",
    ],
    &[
        "mar", "march", "märz", "maerz", "mär", "mars", "marzo", "maart", "mrt", "março", "marco",
        "marts",
    ],
    &["apr", "april", "avril", "avr", "abril", "abr", "aprile"],
    &["may", "mai", "mayo", "maggio", "mag", "mei", "maio", "maj"],
    &["jun", "june", "juni", "juin", "junio", "giugno", "giu", "junho"],
    &["jul", "july", "juli", "juillet", "juil", "julio", "luglio", "lug", "julho"],
    &["aug", "august", "août", "aout", "agosto", "ago", "augustus", "augusti"],
    &["sep", "sept", "september", "septembre", "septiembre", "settembre", "set", "setembro"],
    &["oct", "october", "oktober", "okt", "octobre", "octubre", "ottobre", "ott", "outubro", "out"],
    &["nov", "november", "novembre", "noviembre", "novembro"],
    &[
        "dec",
        "december",
        "dezember",
        "dez",
        "décembre",
        "decembre",
        "déc",
        "diciembre",
        "dicembre",
        "dic",
        "dezembro",
    ],
];

/// Names of weekdays, which may precede a date. They are ignored.
const WEEKDAYS: [&str; 39] = [
    "mon",
    "tue",
    "tues",
    "wed",
    "thu",
    "thur",
    "thurs",
    "fri",
    "sat",
    "sun",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "montag",
    "dienstag",
    "mittwoch",
    "donnerstag",
    "freitag",
    "samstag",
    "sonnabend",
    "sonntag",
    "mo",
    "di",
    "mi",
    "do",
    "fr",
    "sa",
    "so",
    "lundi",
    "mardi",
    "mercredi",
    "jeudi",
    "vendredi",
    "samedi",
    "dimanche",
];

/// The text without the name of a weekday at the beginning.
fn without_weekday(text: &str) -> &str {
    let Some((word, rest)) = text.split_once([' ', ',']) else { return text };
    let word = word.trim_end_matches('.').to_lowercase();
    if WEEKDAYS.contains(&word.as_str()) { rest.trim_start_matches([' ', ',']) } else { text }
}

/// The three parts of a date, in the order of the text.
struct Parts<'a> {
    parts: [&'a str; 3],
    is_dotted: bool,
}

/// The text without the time of day at the end.
fn without_time(text: &str) -> &str {
    let ends = text.char_indices().filter(|(_, c)| matches!(c, 'T' | 't' | ' ' | ','));
    for (at, _) in ends {
        if TIME.is_match(text[at + 1..].trim()) {
            return text[..at].trim_end_matches([' ', ',']);
        }
    }
    text
}

fn number(text: &str, lengths: std::ops::RangeInclusive<usize>) -> Option<u32> {
    let fits = lengths.contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    fits.then(|| text.parse().ok()).flatten()
}

/// A day of the Gregorian calendar. Implausible years belong to another calendar (2568, 1447, 5786)
/// or do not mean a day; 9999 is how programs write that something never ends.
fn day(year: u32, month: u32, day: u32) -> Option<NaiveDate> {
    let year = Some(year).filter(|year| matches!(year, 1900..2200 | 9999))?;
    NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)
}

/// A year of four digits, or of two: up to 69 in this century, otherwise in the last one.
fn year(text: &str) -> Option<u32> {
    match number(text, 2..=4)? {
        year if text.len() == 4 => Some(year),
        year if text.len() == 2 => Some(if year < 70 { 2000 + year } else { 1900 + year }),
        _ => None,
    }
}

fn parts(text: &str) -> Option<Parts<'_>> {
    let separator = text.chars().find(|c| matches!(c, '-' | '/' | '.'))?;
    let mut split = text.split(separator).map(str::trim);
    let parts = [split.next()?, split.next()?, split.next()?];
    let ends = split.next().is_none();
    ends.then_some(Parts { parts, is_dotted: separator == '.' })
}

/// Every day that the parts may mean, with its order.
fn candidates(Parts { parts, is_dotted }: &Parts<'_>) -> Vec<(ImportDateFormat, NaiveDate)> {
    let [a, b, c] = *parts;
    let of = |order: ImportDateFormat, y: &str, m: &str, d: &str| {
        let day = day(year(y)?, number(m, 1..=2)?, number(d, 1..=2)?)?;
        Some((order, day))
    };
    let orders = match (a.len(), c.len()) {
        (4, _) => vec![of(Ymd, a, b, c)],
        // Dates with points never have the month first.
        (_, 4) if *is_dotted => vec![of(Dmy, c, b, a)],
        (_, 4) => vec![of(Dmy, c, b, a), of(Mdy, c, a, b)],
        _ if *is_dotted => vec![of(Ymd, a, b, c), of(Dmy, c, b, a)],
        _ => vec![of(Ymd, a, b, c), of(Dmy, c, b, a), of(Mdy, c, a, b)],
    };
    let mut found: Vec<_> = orders.into_iter().flatten().collect();
    // `05/05/2025` is the same day in either order.
    if let [(_, first), .., (_, last)] = found.as_slice()
        && found.iter().all(|(_, day)| day == first)
        && first == last
        && a.len().max(c.len()) == 4
    {
        found.truncate(1);
    }
    found
}

fn month_named(word: &str) -> Option<u32> {
    let word = word.trim_end_matches('.').to_lowercase();
    let place = MONTHS.iter().position(|names| names.contains(&word.as_str()))?;
    u32::try_from(place + 1).ok()
}

/// `31 Dec 2025`, `Dec 31, 2025`, `31-Dec-2025`, `2025-Dec-31`, `31. Dezember 2025`, `31 de
/// diciembre de 2025`.
fn named(text: &str, order: Option<ImportDateFormat>) -> Option<Result<NaiveDate, DateError>> {
    let words = text.split([' ', '-', '/', ',']);
    let words: Vec<&str> = words.filter(|word| !matches!(*word, "" | "de" | "del")).collect();
    let [a, b, c] = <[&str; 3]>::try_from(words).ok()?;
    let plain_day = |word: &str| {
        let word = word.trim_end_matches('.');
        let bare = ["st", "nd", "rd", "th", "er"].iter().find_map(|end| word.strip_suffix(end));
        number(bare.unwrap_or(word), 1..=2)
    };
    let long_year = |word: &str| number(word, 4..=4);
    let found = match (month_named(a), month_named(b)) {
        (Some(month), None) => day(long_year(c)?, month, plain_day(b)?),
        (None, Some(month)) => match (long_year(a), long_year(c)) {
            (Some(year), _) => day(year, month, plain_day(c)?),
            (None, Some(year)) => day(year, month, plain_day(a)?),
            // `31-Dec-25`: either number may be the year.
            (None, None) => match order {
                Some(Dmy) => day(year(c)?, month, plain_day(a)?),
                Some(Ymd) => day(year(a)?, month, plain_day(c)?),
                _ => return Some(Err(DateError::Ambiguous)),
            },
        },
        _ => return None,
    };
    Some(found.ok_or(DateError::NotADate))
}

/// Parses a day, with or without a time of day after it. `order` is that of the file, if it is
/// known.
pub(super) fn read(text: &str, order: Option<ImportDateFormat>) -> Result<NaiveDate, DateError> {
    let text = spelled(text);
    let text = without_time(without_weekday(&text));
    if let Some(parts) = parts(text)
        && parts.parts.iter().all(|part| number(part, 1..=4).is_some())
    {
        let mut found = candidates(&parts);
        if order == Some(Mdy) && parts.is_dotted && parts.parts[0].len() != 4 {
            let [a, b, c] = parts.parts;
            found = candidates(&Parts { parts: [a, b, c], is_dotted: false });
        }
        let is_year_first = parts.parts[0].len() == 4;
        return match (order.filter(|_| !is_year_first), found.as_slice()) {
            (_, []) => Err(DateError::NotADate),
            (Some(_), [(_, day)]) if is_palindrome(&parts) => Ok(*day),
            (Some(order), found) => found
                .iter()
                .find(|(of, _)| *of == order)
                .map(|(_, day)| *day)
                .ok_or(DateError::NotADate),
            // A day that does not exist, such as `30.02.25`, is another one with the year first.
            (None, [(Ymd, _)]) if !is_year_first => Err(DateError::Ambiguous),
            (None, [(_, day)]) => Ok(*day),
            (None, _) => Err(DateError::Ambiguous),
        };
    }
    if let Some(found) = named(text, order) {
        return found;
    }
    // The basic format of ISO 8601. With the day and month first, these years would be impossible.
    if text.len() == 8 && text.is_ascii() {
        let compact =
            (number(&text[..4], 4..=4), number(&text[4..6], 2..=2), number(&text[6..], 2..=2));
        if let (Some(year @ 1900..2100), Some(month), Some(day_of_month)) = compact {
            return day(year, month, day_of_month).ok_or(DateError::NotADate);
        }
    }
    Err(DateError::NotADate)
}

/// Whether day and month are the same number, and the year has four digits.
fn is_palindrome(parts: &Parts<'_>) -> bool {
    let [a, b, c] = parts.parts;
    c.len() == 4 && number(a, 1..=2).is_some_and(|day| number(b, 1..=2) == Some(day))
}

/// Replaces the East Asian signs for year, month and day by separators. Years with fewer digits
/// count from the beginning of an era.
fn spelled(text: &str) -> String {
    let text = plain(text);
    let Some((date, rest)) = text.split_once('日') else { return text };
    match date.split_once('年') {
        Some((year, days)) if year.len() == 4 && (rest.is_empty() || rest.starts_with(' ')) => {
            format!("{year}-{}{rest}", days.replace('月', "-"))
        }
        _ => text,
    }
}

/// What a cell shows about the order of dates; `None` if it is not a date.
pub(super) fn evidence(cell: &str) -> Option<Evidence> {
    let trimmed = cell.trim_start();
    let is_short = cell.len() <= 40 && trimmed.starts_with(|c: char| c.is_ascii_digit());
    if !is_short || !cell.contains(['/', '.', '-']) {
        return None;
    }
    let text = plain(cell);
    let parts = parts(without_time(&text))?;
    if !parts.parts.iter().all(|part| number(part, 1..=4).is_some()) {
        return None;
    }
    let found = candidates(&parts);
    match found.as_slice() {
        [] => None,
        // Points only show that the day precedes the month; the order of the year follows from the
        // numbers.
        [(Dmy, _)] if parts.is_dotted && number(parts.parts[0], 1..=2)? <= 12 => {
            Some(Evidence::Ambiguous)
        }
        [_] if is_palindrome(&parts) => Some(Evidence::Ambiguous),
        [(order, _)] => Some(Evidence::Only(*order)),
        _ => Some(Evidence::Ambiguous),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(day: Result<NaiveDate, DateError>) -> Option<String> {
        day.ok().map(|day| day.to_string())
    }

    #[test]
    fn days_that_can_be_read_in_one_way_need_no_knowledge() {
        for (written, day) in [
            ("2025-12-31", "2025-12-31"),
            ("2025-1-2", "2025-01-02"),
            ("2025/12/31", "2025-12-31"),
            ("2025.12.31", "2025-12-31"),
            ("2025-12-31T23:59:59Z", "2025-12-31"),
            ("2025-12-31T23:59:59.123+02:00", "2025-12-31"),
            ("2025-12-31 10:00", "2025-12-31"),
            ("31.12.2025", "2025-12-31"),
            ("1.2.2025", "2025-02-01"),
            ("31. 12. 2025", "2025-12-31"),
            ("31/12/2025", "2025-12-31"),
            ("12/31/2025", "2025-12-31"),
            ("12/31/2025 2:30 PM", "2025-12-31"),
            ("12/31/2025, 2:30:00 p.m.", "2025-12-31"),
            ("31-12-2025", "2025-12-31"),
            ("05/05/2025", "2025-05-05"),
            ("12/31/25", "2025-12-31"),
            ("31 Dec 2025", "2025-12-31"),
            ("31-Dec-2025", "2025-12-31"),
            ("Dec 31, 2025", "2025-12-31"),
            ("December 31st, 2025", "2025-12-31"),
            ("31. Dezember 2025", "2025-12-31"),
            ("1er", ""),
            ("31 décembre 2025", "2025-12-31"),
            ("20251231", "2025-12-31"),
            ("２０２５-１２-３１", "2025-12-31"),
            ("2025年12月31日", "2025-12-31"),
        ] {
            let wanted = (!day.is_empty()).then(|| day.to_owned());
            assert_eq!(text(read(written, None)), wanted, "{written}");
        }
    }

    #[test]
    fn day_and_month_change_places_only_by_knowledge() {
        for (written, dmy, mdy) in [
            ("01/02/2025", Some("2025-02-01"), Some("2025-01-02")),
            ("1-2-2025", Some("2025-02-01"), Some("2025-01-02")),
            ("31/12/25", Some("2025-12-31"), None),
            ("31.12.25", Some("2025-12-31"), None),
            ("01/02/03", Some("2003-02-01"), Some("2003-01-02")),
            ("31-Dec-25", Some("2025-12-31"), None),
        ] {
            assert_eq!(read(written, None), Err(DateError::Ambiguous), "{written}");
            assert_eq!(text(read(written, Some(Dmy))).as_deref(), dmy, "{written}");
            assert_eq!(text(read(written, Some(Mdy))).as_deref(), mdy, "{written}");
        }
        for (written, order) in [("12/31/2025", Dmy), ("31/12/2025", Mdy), ("01/02/2025", Ymd)] {
            assert_eq!(read(written, Some(order)), Err(DateError::NotADate), "{written}");
        }
        assert_eq!(text(read("12.31.2025", Some(Mdy))).as_deref(), Some("2025-12-31"));
        assert_eq!(text(read("2025-12-31", Some(Dmy))).as_deref(), Some("2025-12-31"));
        assert_eq!(text(read("25/12/31", Some(Ymd))).as_deref(), Some("2025-12-31"));
    }

    #[test]
    fn what_is_no_day_is_refused() {
        for written in [
            "",
            "tomorrow",
            "2025",
            "2025-12",
            "45992",
            "45992.5",
            "1767139200",
            "2025-02-30",
            "2025-13-01",
            "31.04.2025",
            "0000-01-01",
            "2025-12-31 to 2026-01-31",
            "2025-12-31 and more",
            "2025-12-31-01",
            "Q4 2025",
            "31 Foo 2025",
            "99/99/2025",
            "12/2025",
            "1.000",
            "20253112",
        ] {
            for order in [None, Some(Dmy), Some(Mdy), Some(Ymd)] {
                assert_eq!(read(written, order), Err(DateError::NotADate), "{written} {order:?}");
            }
        }
    }

    #[test]
    fn cells_are_evidence_of_the_order_of_their_file() {
        for (cell, told) in [
            ("31/12/2025", Some(Evidence::Only(Dmy))),
            ("12/31/2025 10:00", Some(Evidence::Only(Mdy))),
            ("2025-12-31", Some(Evidence::Only(Ymd))),
            ("31.12.2025", Some(Evidence::Only(Dmy))),
            ("01.02.2025", Some(Evidence::Ambiguous)),
            ("01/02/2025", Some(Evidence::Ambiguous)),
            ("05/05/2025", Some(Evidence::Ambiguous)),
            ("1.234", None),
            ("+41-44-333", None),
            ("acme.com", None),
        ] {
            assert_eq!(evidence(cell), told, "{cell}");
        }
    }
}
