//! Splits a CSV file (RFC 4180) into records, with limits: a record or a quote that never ends
//! fails after [`MAX_ROW_BYTES`], before it fills the memory.

use std::io::BufRead;

use super::row::MAX_ROW_BYTES;

/// Why there is no further record.
#[derive(Debug)]
pub(super) enum CsvError {
    /// The record is longer than the limit of a row.
    TooLong,
    /// A quote was opened and never closed.
    OpenQuote,
    /// After a quote that spans several lines, something other than a separator follows: a quote is
    /// missing or not doubled.
    StrayQuote,
    Io(std::io::Error),
}

/// One record. Cells beyond the requested number are not stored.
#[derive(Debug, Default)]
pub(super) struct Record {
    bytes: Vec<u8>,
    ends: Vec<usize>,
    /// The line of the file on which it begins; the first is 1.
    pub line: u64,
    /// The number of cells, stored or not.
    pub width: usize,
    /// Whether a cell that was not stored has content.
    pub has_surplus: bool,
}

impl Record {
    pub fn cells(&self) -> impl Iterator<Item = &str> {
        let mut from = 0;
        self.ends.iter().map(move |end| {
            let cell = &self.bytes[from..*end];
            from = *end;
            std::str::from_utf8(cell).expect("the decoder writes UTF-8 and cells end at ASCII")
        })
    }
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    /// At the beginning of a cell.
    Start,
    Plain,
    Quoted,
    /// After a quote that may close the cell or be the first half of a doubled one.
    AfterQuote,
}

/// Reads UTF-8 record by record. Blank lines are skipped.
pub(super) struct Records<B> {
    text: B,
    separator: u8,
    line: u64,
    after_return: bool,
}

impl<B: BufRead> Records<B> {
    pub fn new(text: B, separator: u8) -> Self {
        Self { text, separator, line: 1, after_return: false }
    }

    /// Reads the next record into `record`, storing at most `limit` cells; false at the end of the
    /// file.
    pub fn read(&mut self, record: &mut Record, limit: usize) -> Result<bool, CsvError> {
        record.bytes.clear();
        record.ends.clear();
        (record.line, record.width, record.has_surplus) = (self.line, 0, false);
        let (mut state, mut length, mut spans_lines) = (State::Start, 0, false);
        loop {
            let buffer = self.text.fill_buf().map_err(CsvError::Io)?;
            if buffer.is_empty() {
                return match state {
                    State::Quoted => Err(CsvError::OpenQuote),
                    State::Start if record.width == 0 => Ok(false),
                    _ => {
                        end_cell(record, limit);
                        Ok(true)
                    }
                };
            }
            let mut used = 0;
            let mut is_whole = false;
            for byte in buffer.iter().copied() {
                used += 1;
                length += 1;
                if length > MAX_ROW_BYTES {
                    return Err(CsvError::TooLong);
                }
                // The second half of a line end.
                if std::mem::take(&mut self.after_return) && byte == b'\n' {
                    if state == State::Quoted {
                        keep(record, byte, limit);
                    }
                    continue;
                }
                let ends_line = matches!(byte, b'\n' | b'\r');
                if ends_line {
                    self.line += 1;
                    self.after_return = byte == b'\r';
                }
                match state {
                    State::Quoted if byte == b'"' => state = State::AfterQuote,
                    State::Quoted => {
                        spans_lines |= ends_line;
                        keep(record, byte, limit);
                    }
                    State::Start if byte == b'"' => state = State::Quoted,
                    State::AfterQuote if byte == b'"' => {
                        keep(record, byte, limit);
                        state = State::Quoted;
                    }
                    _ if byte == self.separator => {
                        end_cell(record, limit);
                        (state, spans_lines) = (State::Start, false);
                    }
                    State::Start if ends_line && record.width == 0 => {
                        // A blank line.
                        (record.line, length) = (self.line, 0);
                    }
                    _ if ends_line => {
                        end_cell(record, limit);
                        is_whole = true;
                        break;
                    }
                    State::AfterQuote if spans_lines && byte != b' ' => {
                        return Err(CsvError::StrayQuote);
                    }
                    _ => {
                        keep(record, byte, limit);
                        state = State::Plain;
                    }
                }
            }
            self.text.consume(used);
            if is_whole {
                return Ok(true);
            }
        }
    }
}

fn keep(record: &mut Record, byte: u8, limit: usize) {
    if record.width < limit {
        record.bytes.push(byte)
    } else {
        record.has_surplus |= !byte.is_ascii_whitespace()
    }
}

fn end_cell(record: &mut Record, limit: usize) {
    if record.width < limit {
        record.ends.push(record.bytes.len());
    }
    record.width += 1;
}
