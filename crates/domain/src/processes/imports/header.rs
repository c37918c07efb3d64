//! Finds the header and the separator of a CSV file in its first records.

use std::sync::Arc;

use super::{
    choices::ImportObject,
    columns::suggest,
    csv::{Record, Records},
    options::{ImportMapping, ImportOptions},
    row::{Format, MAX_COLUMNS, unreadable},
};
use crate::kernel::{domains, error::Result, formats};

/// The number of records in which the separator and the header are searched.
const SAMPLE: usize = 50;
const CANDIDATES: usize = 10;

/// The possible separators, the most common first.
const SEPARATORS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// The structure of a file.
pub(super) struct DetectedTable {
    pub format: Format,
    /// The line of the header of a CSV file, 0 if there is none.
    pub header_row: Option<u64>,
    /// The reason, for people.
    pub header_reason: String,
}

/// Analyses the beginning of a file. `is_whole` is whether it is the whole file.
///
/// # Errors
/// `csv_unreadable` if it is not a table.
pub(super) fn find(head: &str, is_whole: bool, options: &ImportOptions) -> Result<DetectedTable> {
    let start = head.trim_start().get(..9).unwrap_or(head.trim_start()).to_ascii_lowercase();
    if ["<!doctype", "<html", "<?xml", "<table"].iter().any(|tag| start.starts_with(tag)) {
        return Err(unreadable(
            "This is a web page or XML, not a table. Save it as CSV UTF-8 and upload that file.",
        ));
    }
    let json = |format| DetectedTable { format, header_row: None, header_reason: String::new() };
    match head.trim_start().bytes().next() {
        None => return Err(unreadable("The file is empty.")),
        Some(b'[') => return Ok(json(Format::JsonArray)),
        Some(b'{') => return Ok(json(Format::JsonLines)),
        Some(_) => {}
    }
    let (separator, records, first) = match stated_separator(head) {
        Some(separator) => (separator, sample(head, is_whole, separator), 1),
        None => {
            let separator = separator(head, is_whole);
            (separator, sample(head, is_whole, separator), 0)
        }
    };
    let found = |row: u64, reason: &str| DetectedTable {
        format: Format::Csv(separator),
        header_row: Some(row),
        header_reason: reason.to_owned(),
    };
    if let Some(row) = options.header_row {
        return Ok(found(row, "The header line is set in the options."));
    }
    let (row, reason) = header_row(records.get(first..).unwrap_or_default(), &options.mapping);
    Ok(found(row, reason))
}

/// A record of the sample.
struct Line {
    number: u64,
    cells: Vec<String>,
}

impl Line {
    fn filled(&self) -> usize {
        self.cells.iter().filter(|cell| !cell.trim().is_empty()).count()
    }
}

/// The first records. The last one is left out if it may be incomplete.
fn sample(head: &str, is_whole: bool, separator: u8) -> Vec<Line> {
    let mut records = Records::new(head.as_bytes(), separator);
    let (mut lines, mut record) = (Vec::new(), Record::default());
    // Errors of the file are reported when it is read.
    while lines.len() <= SAMPLE && matches!(records.read(&mut record, MAX_COLUMNS), Ok(true)) {
        let cells = record.cells().map(str::to_owned).collect();
        lines.push(Line { number: record.line, cells });
    }
    if !is_whole && lines.len() > 1 && lines.len() <= SAMPLE {
        lines.pop();
    }
    lines
}

/// The separator in a first line `sep=;`, as Excel writes and reads it.
fn stated_separator(head: &str) -> Option<u8> {
    let line = head.lines().next()?.trim_start_matches('"');
    let (word, rest) = line.split_once('=')?;
    let separator = *rest.as_bytes().first()?;
    let fits = word.trim().eq_ignore_ascii_case("sep")
        && rest.trim_end_matches('"').trim_end_matches(['\r', '\n']).len() <= 1
        && separator.is_ascii()
        && !separator.is_ascii_alphanumeric()
        && separator != b'"';
    fits.then_some(separator)
}

/// The separator that splits most records into the same number of cells.
fn separator(head: &str, is_whole: bool) -> u8 {
    let agreeing = |separator: u8| {
        let widths: Vec<usize> =
            sample(head, is_whole, separator).iter().map(|line| line.cells.len()).collect();
        let count = |width: usize| widths.iter().filter(|other| **other == width).count();
        // Among equally frequent widths, the first one.
        let usual = widths.iter().copied().rev().max_by_key(|width| count(*width)).unwrap_or(1);
        match usual {
            1 => (0, 0),
            width => (count(width) * 1_000 / widths.len(), width),
        }
    };
    SEPARATORS.into_iter().rev().max_by_key(|separator| agreeing(*separator)).unwrap_or(b',')
}

/// The line of the header among the first records, and the reason.
fn header_row(lines: &[Line], mapping: &Option<ImportMapping>) -> (u64, &'static str) {
    let first = lines.first().map_or(1, |line| line.number);
    let lines = &lines[..lines.len().min(CANDIDATES)];
    if let Some(ImportMapping(mapping)) = mapping {
        let known = |line: &Line| {
            let names = unique_names(line.cells.iter().map(String::as_str));
            // Blank cells get names from us, which are not in the file.
            let own = names.iter().filter(|name| !is_numbered(name));
            own.filter(|name| mapping.contains_key(&***name)).count()
        };
        let best = lines.iter().rev().max_by_key(|line| known(line));
        return match best.filter(|line| known(line) > 0) {
            Some(line) => (line.number, "This line contains the columns of the mapping."),
            None if mapping.keys().any(|name| is_numbered(name)) => {
                (0, "The mapping names columns by their number.")
            }
            None => (first, "The first line is used as the header."),
        };
    }
    // Titles above a table fill one or two cells.
    let widest = lines.iter().map(Line::filled).max().unwrap_or(0);
    let candidates: Vec<&Line> = lines.iter().filter(|line| line.filled() * 2 >= widest).collect();
    let recognized = |line: &&Line| {
        let count = |object: ImportObject| {
            let columns: Vec<String> = line.cells.clone();
            suggest(object, &columns).iter().flatten().count()
        };
        [ImportObject::Partner, ImportObject::Contact, ImportObject::Deal]
            .into_iter()
            .map(count)
            .max()
            .unwrap_or(0)
    };
    let best = candidates.iter().rev().max_by_key(|line| recognized(line));
    match (best, candidates.first()) {
        (Some(best), Some(top)) if recognized(best) > recognized(top).max(1) => {
            (best.number, "This line has the most column names.")
        }
        (Some(_), Some(top)) if recognized(top) == 0 && contains_data(top) => {
            (0, "The first line contains addresses, so it is a row and not a header.")
        }
        (_, Some(top)) if top.number == first => (
            first,
            "The first line has the names of the \
            columns.",
        ),
        (_, Some(top)) => (top.number, "The lines above have too few cells for a header."),
        _ => (first, "The first line has the names of the columns."),
    }
}

fn is_numbered(name: &str) -> bool {
    name.strip_prefix("Column ").is_some_and(|rest| rest.parse::<usize>().is_ok())
}

/// Whether a line contains e-mail addresses, web addresses or domains, which a header does not.
fn contains_data(line: &Line) -> bool {
    line.cells.iter().map(|cell| cell.trim()).any(|cell| {
        cell.starts_with("http://")
            || cell.starts_with("https://")
            || cell.contains('@') && formats::normalise("email", cell).is_ok()
            || domains::normalise(cell)
                .is_ok_and(|domain| cell.trim_start_matches("www.") == domain)
    })
}

/// The names of the columns in a record.
///
/// # Errors
/// `csv_unreadable` for control characters, which only files that are not text contain.
pub(super) fn names(record: &Record) -> Result<Vec<Arc<str>>> {
    if record.cells().any(|name| name.chars().any(|c| c.is_control() && !c.is_whitespace())) {
        return Err(unreadable(
            "The header contains control characters, so the file is not a \
                               table.",
        ));
    }
    Ok(unique_names(record.cells()))
}

fn unique_names<'a>(cells: impl Iterator<Item = &'a str>) -> Vec<Arc<str>> {
    let mut names: Vec<Arc<str>> = Vec::new();
    for (place, header) in cells.enumerate() {
        let plain = match header.split_whitespace().collect::<Vec<_>>().join(" ") {
            blank if blank.is_empty() => format!("Column {}", place + 1),
            name => name,
        };
        let mut name = plain.clone();
        let mut copy = 1;
        while names.iter().any(|other| **other == *name) {
            copy += 1;
            name = format!("{plain} ({copy})");
        }
        names.push(name.into());
    }
    names
}
