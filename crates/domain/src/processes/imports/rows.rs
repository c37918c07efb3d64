//! Reads a file as rows: encoding, separator, header, CSV or JSON, one row at a time.

use std::{
    collections::HashMap,
    io::{BufRead, BufReader, Read, Seek},
    sync::Arc,
};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    csv::{CsvError, Record, Records},
    encoding::{ImportEncoding, Utf8, detect},
    evidence::Evidence,
    header,
    options::ImportOptions,
    row::{Cell, Format, MAX_COLUMNS, MAX_ROW_BYTES, Row, unreadable},
};
use crate::kernel::{
    error::{Error, Result},
    field_error::FieldError,
    text,
};

/// What is needed to read the file again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileShape {
    pub encoding: ImportEncoding,
    pub format: Format,
    /// The line of the header of a CSV file, 0 if there is none. Absent in imports that were
    /// accepted before this setting existed: their header is the first record.
    #[serde(default)]
    pub header_row: Option<u64>,
}

impl FileShape {
    pub fn separator(self) -> Option<u8> {
        match self.format {
            Format::Csv(separator) => Some(separator),
            _ => None,
        }
    }
}

/// The result of inspecting a file.
#[derive(Debug, Clone)]
pub struct Inspection {
    pub shape: FileShape,
    pub columns: Vec<String>,
    /// Some values of each column.
    pub samples: Vec<Vec<String>>,
    /// What the values of each column show about the notation of the file.
    pub(super) evidence: Vec<Evidence>,
    /// Why this encoding and this header are used.
    pub(super) encoding_reason: String,
    pub(super) header_reason: String,
    /// The number of rows with content.
    pub row_count: u64,
    /// The first of these rows.
    pub first: Vec<Row>,
}

/// Reads the whole file once, from its beginning, and keeps a small part of it.
///
/// # Errors
/// `csv_unreadable` with the error and its place; `validation_failed` for an encoding or a header
/// row that does not exist.
pub fn inspect(file: &mut (impl Read + Seek), options: &ImportOptions) -> Result<Inspection> {
    let detected = detect(file, options.encoding()?)?;
    let found = header::find(&detected.head, detected.is_whole, options)?;
    let shape = FileShape {
        encoding: detected.encoding,
        format: found.format,
        header_row: found.header_row,
    };
    file.rewind().map_err(Error::internal)?;
    let mut rows = Rows::open(file, shape)?;
    let mut columns: Vec<String> = rows.columns().iter().map(|name| name.to_string()).collect();
    let mut places: HashMap<String, usize> = columns.iter().cloned().zip(0..).collect();
    let mut samples = vec![Vec::new(); columns.len()];
    let mut evidence = vec![Evidence::default(); columns.len()];
    let (mut row_count, mut first) = (0, Vec::new());
    for row in &mut rows {
        let row = row?;
        if row.is_empty() {
            continue;
        }
        row_count += 1;
        for (name, cell) in &row.cells {
            let place = match places.get(&**name) {
                Some(place) => *place,
                None => {
                    if columns.len() == MAX_COLUMNS {
                        return Err(unreadable(format!(
                            "The file has more than {MAX_COLUMNS} columns."
                        )));
                    }
                    places.insert(name.to_string(), columns.len());
                    columns.push(name.to_string());
                    samples.push(Vec::new());
                    evidence.push(Evidence::default());
                    columns.len() - 1
                }
            };
            if cell.is_empty() {
                continue;
            }
            if !row.has_surplus
                && let Cell::Text(text) = cell
            {
                evidence[place].add(text);
            }
            if samples[place].len() < 5 {
                let text: String = cell.shown().trim().chars().take(100).collect();
                if !samples[place].contains(&text) {
                    samples[place].push(text);
                }
            }
        }
        if first.len() < 20 {
            first.push(row);
        }
    }
    Ok(Inspection {
        shape,
        columns,
        samples,
        evidence,
        encoding_reason: detected.reason,
        header_reason: found.header_reason,
        row_count,
        first,
    })
}

/// The rows of a file, one by one.
pub struct Rows<R: Read> {
    source: Source<R>,
    columns: Vec<Arc<str>>,
    number: u64,
    /// No rows follow after the last one or after an error.
    has_ended: bool,
}

enum Source<R: Read> {
    Csv {
        records: Records<BufReader<Utf8<R>>>,
        record: Record,
        /// Whether `record` has a row that was read to count the columns.
        is_held: bool,
    },
    Json(BufReader<Utf8<R>>, Format),
}

fn refused(place: &str, fault: CsvError) -> Error {
    match fault {
        CsvError::TooLong => unreadable(format!(
            "{place} is longer than the limit of a row. A quote may be \
                                missing."
        )),
        CsvError::OpenQuote => unreadable(format!("{place}: a quote is opened and not closed.")),
        CsvError::StrayQuote => unreadable(format!(
            "{place}: a quoted cell spans several lines, and text follows its closing quote. A \
             quote is missing or not doubled."
        )),
        CsvError::Io(error) => Error::internal(error),
    }
}

impl<R: Read> Rows<R> {
    /// Opens a file that is positioned at its beginning.
    pub fn open(file: R, shape: FileShape) -> Result<Self> {
        let text = BufReader::with_capacity(65_536, Utf8::new(file, shape.encoding));
        let Format::Csv(separator) = shape.format else {
            let mut text = text;
            if shape.format == Format::JsonArray {
                skip_blanks(&mut text)?;
                text.consume(1);
            }
            let source = Source::Json(text, shape.format);
            return Ok(Self { source, columns: Vec::new(), number: 0, has_ended: false });
        };
        let mut records = Records::new(text, separator);
        let mut record = Record::default();
        let place = "The header";
        let no_such_row = || {
            let detail = "the file has no record on this line";
            Error::invalid(vec![FieldError::at_pointer("out_of_range", "#/header_row", detail)])
        };
        loop {
            let found =
                records.read(&mut record, MAX_COLUMNS).map_err(|fault| refused(place, fault))?;
            match shape.header_row.filter(|line| *line > 0) {
                Some(line) if !found || record.line > line => return Err(no_such_row()),
                Some(line) if record.line < line => {}
                _ if !found => return Err(unreadable("The file is empty.")),
                _ => break,
            }
        }
        if record.width > MAX_COLUMNS {
            return Err(unreadable(format!("The file has more than {MAX_COLUMNS} columns.")));
        }
        let is_held = shape.header_row == Some(0);
        let columns = if is_held {
            (1..=record.width).map(|place| format!("Column {place}").into()).collect()
        } else {
            header::names(&record)?
        };
        let source = Source::Csv { records, record, is_held };
        Ok(Self { source, columns, number: 0, has_ended: false })
    }

    /// The header; for JSON, keys are added row by row.
    pub fn columns(&self) -> &[Arc<str>] {
        &self.columns
    }

    fn read(&mut self) -> Result<Option<Row>> {
        let at = self.number + 1;
        let mut has_surplus = false;
        let cells = match &mut self.source {
            Source::Csv { records, record, is_held } => {
                let is_there = std::mem::take(is_held)
                    || records
                        .read(record, self.columns.len())
                        .map_err(|fault| refused(&format!("Row {at}"), fault))?;
                if !is_there {
                    return Ok(None);
                }
                has_surplus = record.has_surplus;
                let cells = record
                    .cells()
                    .map(|cell| Cell::Text(text::without_formula_escape(cell).to_owned()));
                self.columns.iter().cloned().zip(cells).collect()
            }
            Source::Json(text, format) => match json_row(text, *format, at)? {
                None => return Ok(None),
                Some(object) => {
                    let mut cells = Vec::with_capacity(object.len());
                    for (key, value) in object {
                        // Null is an empty cell, but its column exists.
                        let cell =
                            Cell::from_json(value).unwrap_or_else(|| Cell::Text(String::new()));
                        let known = self.columns.iter().find(|name| ***name == *key).cloned();
                        let name = known.unwrap_or_else(|| {
                            let name: Arc<str> = key.into();
                            if self.columns.len() < MAX_COLUMNS {
                                self.columns.push(name.clone());
                            }
                            name
                        });
                        cells.push((name, cell));
                    }
                    cells
                }
            },
        };
        self.number = at;
        Ok(Some(Row { number: at, cells, has_surplus }))
    }
}

impl<R: Read> Iterator for Rows<R> {
    type Item = Result<Row>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.has_ended {
            return None;
        }
        let row = self.read();
        self.has_ended = !matches!(row, Ok(Some(_)));
        row.transpose()
    }
}

/// The next byte that is not white space; it is not consumed.
fn skip_blanks(text: &mut impl BufRead) -> Result<Option<u8>> {
    loop {
        let buffer = text.fill_buf().map_err(Error::internal)?;
        let blanks = buffer.iter().take_while(|b| b.is_ascii_whitespace()).count();
        match buffer.get(blanks) {
            Some(byte) => {
                let byte = *byte;
                text.consume(blanks);
                return Ok(Some(byte));
            }
            None if buffer.is_empty() => return Ok(None),
            None => text.consume(blanks),
        }
    }
}

fn json_row(
    text: &mut impl BufRead,
    format: Format,
    at: u64,
) -> Result<Option<serde_json::Map<String, Value>>> {
    let next = skip_blanks(text)?;
    match (format, next) {
        (Format::JsonArray, Some(b']')) => {
            text.consume(1);
            return match skip_blanks(text)? {
                None => Ok(None),
                Some(_) => Err(unreadable("There is text after the end of the array.")),
            };
        }
        (Format::JsonArray, Some(b',')) if at > 1 => {
            text.consume(1);
            skip_blanks(text)?;
        }
        (Format::JsonArray, Some(_)) if at > 1 => {
            return Err(unreadable(format!("Row {at}: a comma is missing before it.")));
        }
        (Format::JsonArray, None) => return Err(unreadable("The array does not end.")),
        (_, None) => return Ok(None),
        _ => {}
    }
    let mut limited = LimitedRow { text, left: MAX_ROW_BYTES };
    let mut parser = serde_json::Deserializer::from_reader(&mut limited);
    match Value::deserialize(&mut parser) {
        Ok(Value::Object(object)) => Ok(Some(object)),
        Ok(_) => Err(unreadable(format!("Row {at} is not a JSON object."))),
        Err(error) => Err(unreadable(format!("Row {at} is not JSON: {error}."))),
    }
}

/// Passes bytes to the parser one by one, so that it does not consume the next row.
struct LimitedRow<'a, B> {
    text: &'a mut B,
    left: usize,
}

impl<B: BufRead> Read for LimitedRow<'_, B> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        if self.left == 0 {
            return Err(std::io::Error::other("the row is too long"));
        }
        let take = out.len().min(1);
        let read = self.text.read(&mut out[..take])?;
        self.left -= read;
        Ok(read)
    }
}
