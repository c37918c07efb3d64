//! What the values of a column show about the notation of a file: the decimal separator, the order
//! of dates, and whether they are enum values.

use std::collections::HashMap;

use super::{
    cells::is_absent,
    choices::{
        ImportDateFormat::{self, Dmy, Mdy, Ymd},
        ImportDecimal::{self, Comma, Point},
    },
    dates, numbers,
};

/// The most distinct values of a column that are counted.
const MAX_WORDS: usize = 40;

/// The number of occurrences, and the first one.
#[derive(Debug, Clone, Default)]
pub(super) struct Occurrences {
    pub count: u64,
    pub example: String,
}

impl Occurrences {
    fn add(&mut self, cell: &str) {
        if self.count == 0 {
            self.example = cell.trim().to_owned();
        }
        self.count += 1;
    }
}

/// What the values of one column show.
#[derive(Debug, Clone, Default)]
pub(super) struct Evidence {
    pub point: Occurrences,
    pub comma: Occurrences,
    pub year_first: Occurrences,
    pub day_first: Occurrences,
    pub month_first: Occurrences,
    pub ambiguous_date: Occurrences,
    words: HashMap<String, u64>,
    other_words: u64,
}

impl Evidence {
    /// Analyses a cell.
    pub fn add(&mut self, cell: &str) {
        match numbers::shown_mark(cell) {
            Some(Point) => self.point.add(cell),
            Some(Comma) => self.comma.add(cell),
            None => {}
        }
        match dates::evidence(cell) {
            Some(dates::Evidence::Only(Ymd)) => self.year_first.add(cell),
            Some(dates::Evidence::Only(Dmy)) => self.day_first.add(cell),
            Some(dates::Evidence::Only(Mdy)) => self.month_first.add(cell),
            Some(dates::Evidence::Ambiguous) => self.ambiguous_date.add(cell),
            None => {}
        }
        let word = cell.trim();
        if is_absent(word) {
            return;
        }
        let has_room = word.len() <= 60 && self.words.len() < MAX_WORDS;
        match self.words.get_mut(word) {
            Some(count) => *count += 1,
            None if has_room => {
                self.words.insert(word.to_owned(), 1);
            }
            None => self.other_words += 1,
        }
    }

    /// The number of values, how many of them `is_word` accepts, and one that it does not accept.
    pub fn fit(&self, is_word: impl Fn(&str) -> bool) -> (u64, u64, Option<&str>) {
        let known: u64 =
            self.words.iter().filter(|(word, _)| is_word(word)).map(|(_, count)| count).sum();
        let all = self.words.values().sum::<u64>() + self.other_words;
        let unknown = self.words.iter().filter(|(word, _)| !is_word(word));
        // The most frequent one, and among those the first in alphabetical order, so that the
        // result is always the same.
        let worst = unknown.max_by(|one, other| one.1.cmp(other.1).then(other.0.cmp(one.0)));
        (all, known, worst.map(|(word, _)| word.as_str()))
    }
}

/// The first of the columns in which something was seen.
fn first<'a>(
    columns: &[(&'a str, &'a Evidence)],
    of: impl Fn(&Evidence) -> &Occurrences,
) -> Option<(&'a str, String)> {
    columns
        .iter()
        .find(|(_, evidence)| of(evidence).count > 0)
        .map(|(column, evidence)| (*column, of(evidence).example.clone()))
}

fn shown(place: &(&str, String)) -> String {
    format!("`{}` in the column `{}`", place.1, place.0)
}

/// The decimal separator that numeric columns show, and the reason. `usual` is the one that files
/// of this kind mostly have.
pub(super) fn decimal(
    columns: &[(&str, &Evidence)],
    usual: Option<(ImportDecimal, &str)>,
) -> (Option<ImportDecimal>, String) {
    match (first(columns, |e| &e.point), first(columns, |e| &e.comma)) {
        (Some(place), None) => {
            (Some(Point), format!("{} can only be read with a decimal point.", shown(&place)))
        }
        (None, Some(place)) => {
            (Some(Comma), format!("{} can only be read with a decimal comma.", shown(&place)))
        }
        (Some(point), Some(comma)) => (
            None,
            format!(
                "The file contains decimal points ({}) and decimal commas ({}). Numbers such as \
                 `1.000` and `1,000` are not imported; set `decimal`.",
                shown(&point),
                shown(&comma)
            ),
        ),
        (None, None) => match usual {
            Some((decimal, why)) => (Some(decimal), why.to_owned()),
            None => (
                None,
                "The file does not show it. Numbers such as `1.000` and `1,000` are not imported; \
                 set `decimal`."
                    .to_owned(),
            ),
        },
    }
}

/// The order of dates that date columns show, and the reason.
pub(super) fn date_format(columns: &[(&str, &Evidence)]) -> (Option<ImportDateFormat>, String) {
    let seen = (first(columns, |e| &e.day_first), first(columns, |e| &e.month_first));
    match seen {
        (Some(place), None) => {
            (Some(Dmy), format!("{} can only be read with the day first.", shown(&place)))
        }
        (None, Some(place)) => {
            (Some(Mdy), format!("{} can only be read with the month first.", shown(&place)))
        }
        (Some(day), Some(month)) => (
            None,
            format!(
                "The file contains dates with the day first ({}) and with the month first ({}). \
                 Dates such as `01/02/2025` are not imported; set `date_format`.",
                shown(&day),
                shown(&month)
            ),
        ),
        (None, None) => match first(columns, |e| &e.ambiguous_date) {
            Some(place) => (
                None,
                format!(
                    "The file does not show whether the day or the month of {} comes first. Such \
                     dates are not imported; set `date_format`.",
                    shown(&place)
                ),
            ),
            None if first(columns, |e| &e.year_first).is_some() => {
                (Some(Ymd), "The dates of the file begin with the year.".to_owned())
            }
            None => (None, "The file contains no ambiguous date.".to_owned()),
        },
    }
}
