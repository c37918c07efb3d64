//! A file as rows: encoding, separator, CSV or JSON, one row at a time.

use std::{
    collections::HashMap,
    io::{BufRead, BufReader, Read, Seek},
    sync::Arc,
};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::ImportEncoding;
use crate::{Code, Error, Result, text};

/// More columns, or longer rows, are no table.
const MAX_COLUMNS: usize = 1_000;
const MAX_ROW_BYTES: usize = 1024 * 1024;

/// How the rows are written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// Cells separated by this byte, with a header.
    Csv(u8),
    JsonArray,
    JsonLines,
}

/// What is needed to read the file again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileShape {
    pub encoding: ImportEncoding,
    pub format: Format,
}

impl FileShape {
    pub fn separator(self) -> Option<u8> {
        match self.format {
            Format::Csv(separator) => Some(separator),
            _ => None,
        }
    }
}

/// One value of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    Text(String),
    List(Vec<String>),
}

impl Cell {
    fn is_empty(&self) -> bool {
        match self {
            Cell::Text(text) => text.trim().is_empty(),
            Cell::List(items) => items.iter().all(|item| item.trim().is_empty()),
        }
    }

    /// A value as JSON brings it.
    pub fn from_json(value: Value) -> Option<Self> {
        let text = |value: &Value| match value {
            Value::String(text) => text.clone(),
            Value::Null => String::new(),
            other => other.to_string(),
        };
        match value {
            Value::Null => None,
            Value::Array(items) => Some(Cell::List(items.iter().map(text).collect())),
            other => Some(Cell::Text(text(&other))),
        }
    }
}

/// One record of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The first record after the header is 1; empty ones count here.
    pub number: u64,
    pub cells: Vec<(Arc<str>, Cell)>,
}

impl Row {
    /// Whether no cell holds anything.
    pub fn is_empty(&self) -> bool {
        self.cells.iter().all(|(_, cell)| cell.is_empty())
    }
}

/// What a file holds.
#[derive(Debug, Clone)]
pub struct Inspection {
    pub shape: FileShape,
    pub columns: Vec<String>,
    /// Some values of each column.
    pub samples: Vec<Vec<String>>,
    /// Rows that hold anything.
    pub row_count: u64,
    /// The first of them.
    pub first: Vec<Row>,
}

fn unreadable(detail: impl Into<String>) -> Error {
    Error::new(Code::CsvUnreadable, detail)
}

/// Reads the whole file once, from its beginning, and keeps a little of it.
///
/// # Errors
/// `csv_unreadable` with what is wrong and where.
pub fn inspect(file: &mut (impl Read + Seek)) -> Result<Inspection> {
    let shape = detect(file)?;
    file.rewind().map_err(Error::internal)?;
    let mut rows = Rows::open(file, shape)?;
    let mut columns: Vec<String> = rows.columns().iter().map(|name| name.to_string()).collect();
    let mut places: HashMap<String, usize> = columns.iter().cloned().zip(0..).collect();
    let mut samples = vec![Vec::new(); columns.len()];
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
                            "There are more than {MAX_COLUMNS} columns."
                        )));
                    }
                    places.insert(name.to_string(), columns.len());
                    columns.push(name.to_string());
                    samples.push(Vec::new());
                    columns.len() - 1
                }
            };
            if samples[place].len() < 5 && !cell.is_empty() {
                let text: String = match cell {
                    Cell::Text(text) => text.trim().chars().take(100).collect(),
                    Cell::List(items) => items.join(", ").chars().take(100).collect(),
                };
                if !samples[place].contains(&text) {
                    samples[place].push(text);
                }
            }
        }
        if first.len() < 20 {
            first.push(row);
        }
    }
    if columns.is_empty() {
        return Err(unreadable("The file has no columns."));
    }
    Ok(Inspection { shape, columns, samples, row_count, first })
}

/// Looks at every byte: UTF-8 only if all of it is.
fn detect(file: &mut (impl Read + Seek)) -> Result<FileShape> {
    file.rewind().map_err(Error::internal)?;
    let mut head = Vec::new();
    let mut decoder = encoding_rs::UTF_8.new_decoder_without_bom_handling();
    let (mut is_utf8, mut is_latin) = (true, true);
    let mut text = String::with_capacity(3 * 65_536 + 16);
    let mut buffer = vec![0; 65_536];
    loop {
        let read = file.read(&mut buffer).map_err(Error::internal)?;
        let bytes = &buffer[..read];
        if head.len() < 65_536 {
            head.extend_from_slice(bytes);
        }
        // Bytes that Windows-1252 does not know, and those that no text has.
        is_latin &= !bytes.iter().any(
            |b| matches!(b, 0x81 | 0x8d | 0x8f | 0x90 | 0x9d | 0x00..=0x08 | 0x0e..=0x1f | 0x7f),
        );
        if is_utf8 {
            text.clear();
            is_utf8 = !decoder.decode_to_string(bytes, &mut text, read == 0).2;
        }
        if read == 0 {
            break;
        }
    }
    let encoding = match (is_utf8, is_latin) {
        (true, _) => ImportEncoding::Utf8,
        (false, true) => ImportEncoding::Windows1252,
        (false, false) => {
            return Err(unreadable("The file is neither UTF-8 nor Windows-1252 text."));
        }
    };
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&head);
    let format = match head.iter().find(|b| !b.is_ascii_whitespace()) {
        None => return Err(unreadable("The file is empty.")),
        Some(b'[') => Format::JsonArray,
        Some(b'{') => Format::JsonLines,
        Some(_) => Format::Csv(separator(head)),
    };
    Ok(FileShape { encoding, format })
}

/// What separates most cells of the header.
fn separator(head: &[u8]) -> u8 {
    let mut counts = [(b',', 0), (b';', 0), (b'\t', 0)];
    let mut quoted = false;
    for byte in head {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' | b'\r' if !quoted => break,
            _ if quoted => {}
            other => counts
                .iter_mut()
                .filter(|(candidate, _)| candidate == other)
                .for_each(|(_, count)| *count += 1),
        }
    }
    counts
        .into_iter()
        .rev()
        .max_by_key(|(_, count)| *count)
        .map_or(b',', |(candidate, _)| candidate)
}

/// The bytes of a file as UTF-8 without a byte order mark.
struct Utf8<R> {
    file: R,
    decoder: encoding_rs::Decoder,
    input: Vec<u8>,
    from: usize,
    to: usize,
    ended: bool,
    finished: bool,
}

impl<R: Read> Utf8<R> {
    fn new(file: R, encoding: ImportEncoding) -> Self {
        let decoder = match encoding {
            ImportEncoding::Utf8 => encoding_rs::UTF_8.new_decoder_with_bom_removal(),
            ImportEncoding::Windows1252 => {
                encoding_rs::WINDOWS_1252.new_decoder_without_bom_handling()
            }
        };
        Self {
            file,
            decoder,
            input: vec![0; 16_384],
            from: 0,
            to: 0,
            ended: false,
            finished: false,
        }
    }
}

impl<R: Read> Read for Utf8<R> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        // The decoder writes whole characters.
        debug_assert!(out.len() >= 8, "read through a buffer");
        loop {
            if self.finished {
                return Ok(0);
            }
            if self.from == self.to && !self.ended {
                (self.from, self.to) = (0, self.file.read(&mut self.input)?);
                self.ended = self.to == 0;
            }
            let (state, read, written, _) =
                self.decoder.decode_to_utf8(&self.input[self.from..self.to], out, self.ended);
            self.from += read;
            self.finished = self.ended && state == encoding_rs::CoderResult::InputEmpty;
            if written > 0 {
                return Ok(written);
            }
        }
    }
}

/// The rows of a file, one by one.
pub struct Rows<R: Read> {
    source: Source<R>,
    columns: Vec<Arc<str>>,
    number: u64,
    failed: bool,
}

enum Source<R: Read> {
    Csv(csv::Reader<BufReader<Utf8<R>>>, csv::StringRecord),
    Json(BufReader<Utf8<R>>, Format),
}

impl<R: Read> Rows<R> {
    /// Opens a file that stands at its beginning.
    pub fn open(file: R, shape: FileShape) -> Result<Self> {
        let text = BufReader::with_capacity(65_536, Utf8::new(file, shape.encoding));
        let Format::Csv(separator) = shape.format else {
            let mut text = text;
            if shape.format == Format::JsonArray {
                skip_blanks(&mut text)?;
                text.consume(1);
            }
            return Ok(Self {
                source: Source::Json(text, shape.format),
                columns: Vec::new(),
                number: 0,
                failed: false,
            });
        };
        let mut reader =
            csv::ReaderBuilder::new().delimiter(separator).flexible(true).from_reader(text);
        let headers = reader.headers().map_err(|error| unreadable(error.to_string()))?.clone();
        if headers.len() > MAX_COLUMNS || headers.as_slice().len() > MAX_ROW_BYTES {
            return Err(unreadable(format!(
                "There are more than {MAX_COLUMNS} columns, or the first line is no header."
            )));
        }
        if headers.iter().any(|name| name.chars().any(|c| c.is_control() && !c.is_whitespace())) {
            return Err(unreadable("The first line is not a header."));
        }
        let mut columns: Vec<Arc<str>> = Vec::with_capacity(headers.len());
        for (place, header) in headers.iter().enumerate() {
            let plain = match header.split_whitespace().collect::<Vec<_>>().join(" ") {
                blank if blank.is_empty() => format!("Column {}", place + 1),
                name => name,
            };
            let mut name = plain.clone();
            let mut copy = 1;
            while columns.iter().any(|other| **other == *name) {
                copy += 1;
                name = format!("{plain} ({copy})");
            }
            columns.push(name.into());
        }
        Ok(Self {
            source: Source::Csv(reader, csv::StringRecord::new()),
            columns,
            number: 0,
            failed: false,
        })
    }

    /// The header; for JSON the keys become known row by row.
    pub fn columns(&self) -> &[Arc<str>] {
        &self.columns
    }

    fn read(&mut self) -> Result<Option<Row>> {
        let at = self.number + 1;
        let cells = match &mut self.source {
            Source::Csv(reader, record) => {
                if !reader
                    .read_record(record)
                    .map_err(|error| unreadable(format!("Row {at}: {error}.")))?
                {
                    return Ok(None);
                }
                if record.as_slice().len() > MAX_ROW_BYTES {
                    return Err(unreadable(format!(
                        "Row {at} is longer than a row can be; a quote may be missing."
                    )));
                }
                let cells = record
                    .iter()
                    .map(|cell| Cell::Text(text::without_formula_escape(cell).to_owned()));
                self.columns.iter().cloned().zip(cells).collect()
            }
            Source::Json(text, format) => match json_row(text, *format, at)? {
                None => return Ok(None),
                Some(object) => {
                    let mut cells = Vec::with_capacity(object.len());
                    for (key, value) in object {
                        // Null is an empty cell: its column is there nevertheless.
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
        Ok(Some(Row { number: at, cells }))
    }
}

impl<R: Read> Iterator for Rows<R> {
    type Item = Result<Row>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed {
            return None;
        }
        let row = self.read();
        self.failed = row.is_err();
        row.transpose()
    }
}

/// The next byte that is no white space, not consumed.
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
                Some(_) => Err(unreadable("Something follows the end of the array.")),
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

/// Gives the parser byte by byte what it asks for, so that it takes nothing of the next row.
struct LimitedRow<'a, B> {
    text: &'a mut B,
    left: usize,
}

impl<B: BufRead> Read for LimitedRow<'_, B> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        if self.left == 0 {
            return Err(std::io::Error::other("it is too long"));
        }
        let take = out.len().min(1);
        let read = self.text.read(&mut out[..take])?;
        self.left -= read;
        Ok(read)
    }
}
