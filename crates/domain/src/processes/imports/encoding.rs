//! Detects the encoding of a file, and decodes it to UTF-8.

use std::{
    fmt,
    io::{Read, Seek},
};

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::{PartialSchema, ToSchema, openapi};

use super::row::unreadable;
use crate::kernel::error::{Error, Result};

/// The number of bytes from which the structure of a file is detected.
const HEAD: usize = 65_536;

/// An encoding of the WHATWG Encoding Standard, by its name in lower case.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ImportEncoding(&'static Encoding);

impl ImportEncoding {
    /// The encoding with this label; `None` if the label is unknown.
    pub fn of_label(label: &str) -> Option<Self> {
        Encoding::for_label_no_replacement(label.as_bytes()).map(Self)
    }

    /// Its name in lower case, which is one of its labels.
    pub fn name(self) -> String {
        self.0.name().to_ascii_lowercase()
    }
}

impl fmt::Debug for ImportEncoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name())
    }
}
impl Serialize for ImportEncoding {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.name())
    }
}
impl<'de> Deserialize<'de> for ImportEncoding {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let label = String::deserialize(deserializer)?;
        Self::of_label(&label).ok_or_else(|| serde::de::Error::custom("unknown encoding"))
    }
}
impl PartialSchema for ImportEncoding {
    fn schema() -> openapi::RefOr<openapi::Schema> {
        openapi::ObjectBuilder::new()
            .schema_type(openapi::schema::Type::String)
            .description(Some(
                "The encoding of the file: an encoding of the WHATWG Encoding Standard, by its \
                 name in lower case.",
            ))
            .examples([serde_json::json!("utf-8")])
            .into()
    }
}
impl ToSchema for ImportEncoding {}

/// The result of the detection.
pub(super) struct Detected {
    pub encoding: ImportEncoding,
    /// The reason, for people.
    pub reason: String,
    /// The beginning of the file as text.
    pub head: String,
    /// Whether it is the whole file.
    pub is_whole: bool,
}

/// Other kinds of files that people upload, by their first bytes.
const OTHER_FILES: &[(&[u8], &str)] = &[
    (
        b"PK\x03\x04",
        "This is an Excel workbook (.xlsx) or another archive. Save the sheet as CSV UTF-8 and \
         upload that file.",
    ),
    (
        b"\xd0\xcf\x11\xe0",
        "This is an old Excel workbook (.xls). Save the sheet as CSV UTF-8 and upload that file.",
    ),
    (b"%PDF", "This is a PDF file. Upload the table as CSV, JSON or JSON lines."),
    (b"\x1f\x8b", "This is a compressed file. Unpack it before uploading."),
];

/// Counts the evidence for and against an encoding.
#[derive(Default)]
struct Tally {
    /// Characters beyond ASCII that are valid UTF-8.
    wide: u64,
    /// Byte sequences that are not valid UTF-8.
    broken: u64,
    /// Bytes beyond ASCII, and those in runs of four and more.
    high: u64,
    in_runs: u64,
    run: u64,
    /// Bytes that Windows-1252 does not have, and bytes that no text contains.
    foreign: bool,
    /// The incomplete end of a piece.
    rest: Vec<u8>,
}

impl Tally {
    fn add(&mut self, piece: &[u8]) {
        for byte in piece {
            self.foreign |= matches!(
                byte,
                0x81 | 0x8d | 0x8f | 0x90 | 0x9d | 0x00..=0x08 | 0x0e..=0x1f | 0x7f
            );
            if *byte >= 0x80 {
                self.high += 1;
                self.run += 1;
                match self.run {
                    4 => self.in_runs += 4,
                    5.. => self.in_runs += 1,
                    _ => {}
                }
            } else {
                self.run = 0;
            }
        }
        let mut bytes = std::mem::take(&mut self.rest);
        bytes.extend_from_slice(piece);
        let mut left = bytes.as_slice();
        loop {
            match std::str::from_utf8(left) {
                Ok(text) => return self.count(text),
                Err(error) => {
                    let (good, bad) = left.split_at(error.valid_up_to());
                    self.count(std::str::from_utf8(good).expect("checked up to here"));
                    let Some(length) = error.error_len() else {
                        self.rest = bad.to_vec();
                        return;
                    };
                    self.broken += 1;
                    left = &bad[length..];
                }
            }
        }
    }

    fn count(&mut self, text: &str) {
        self.wide += text.chars().filter(|c| !c.is_ascii()).count() as u64;
    }

    fn encoding(&self) -> Result<(&'static Encoding, &'static str)> {
        let broken = self.broken + u64::from(!self.rest.is_empty());
        if broken == 0 {
            return Ok((UTF_8, "The file is valid UTF-8."));
        }
        if self.wide >= broken {
            return Ok((
                UTF_8,
                "Most of the file is valid UTF-8. Invalid bytes are replaced, and the rows have a \
                 warning.",
            ));
        }
        // In the languages of Western Europe, letters beyond ASCII occur alone or in pairs; if they
        // fill whole words, the file is in another script.
        if self.foreign || self.in_runs * 2 > self.high {
            return Err(unreadable(
                "The file is neither UTF-8 nor Windows-1252 text. Save it as UTF-8, or set \
                 `encoding`, such as windows-1251, shift_jis or gbk.",
            ));
        }
        Ok((
            WINDOWS_1252,
            "The file is not UTF-8. Its bytes look like Western European text \
                           (Windows-1252).",
        ))
    }
}

/// Reads every byte of a file. `given` is the encoding in the options.
pub(super) fn detect(
    file: &mut (impl Read + Seek),
    given: Option<ImportEncoding>,
) -> Result<Detected> {
    file.rewind().map_err(Error::internal)?;
    let mut head = Vec::new();
    let mut tally = Tally::default();
    let mut is_whole = true;
    let mut buffer = vec![0; 65_536];
    loop {
        let read = file.read(&mut buffer).map_err(Error::internal)?;
        if read == 0 {
            break;
        }
        let room = HEAD.saturating_sub(head.len());
        head.extend_from_slice(&buffer[..read.min(room)]);
        is_whole &= read <= room;
        if let Some((_, detail)) = OTHER_FILES.iter().find(|(magic, _)| head.starts_with(magic)) {
            return Err(unreadable(*detail));
        }
        if given.is_none() {
            tally.add(&buffer[..read]);
        }
    }
    let (encoding, reason) = match (Encoding::for_bom(&head), given) {
        (Some((marked, _)), _) => (marked, "The file begins with a byte order mark."),
        (None, Some(given)) => (given.0, "The encoding is set in the options."),
        (None, None) => tally.encoding()?,
    };
    let text = encoding.decode(&head).0;
    // The last character may be incomplete.
    let head = if is_whole { &text } else { text.trim_end_matches('\u{fffd}') };
    Ok(Detected {
        encoding: ImportEncoding(encoding),
        reason: reason.to_owned(),
        head: head.to_owned(),
        is_whole,
    })
}

/// Decodes a file to UTF-8 without a byte order mark. Invalid bytes become U+FFFD.
pub(super) struct Utf8<R> {
    file: R,
    decoder: encoding_rs::Decoder,
    input: Vec<u8>,
    from: usize,
    to: usize,
    has_ended: bool,
    is_finished: bool,
}

impl<R: Read> Utf8<R> {
    pub fn new(file: R, encoding: ImportEncoding) -> Self {
        Self {
            file,
            // A byte order mark has priority.
            decoder: encoding.0.new_decoder(),
            input: vec![0; 16_384],
            from: 0,
            to: 0,
            has_ended: false,
            is_finished: false,
        }
    }
}

impl<R: Read> Read for Utf8<R> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        // The decoder writes whole characters.
        debug_assert!(out.len() >= 8, "read through a buffer");
        loop {
            if self.is_finished {
                return Ok(0);
            }
            if self.from == self.to && !self.has_ended {
                (self.from, self.to) = (0, self.file.read(&mut self.input)?);
                self.has_ended = self.to == 0;
            }
            let (state, read, written, _) =
                self.decoder.decode_to_utf8(&self.input[self.from..self.to], out, self.has_ended);
            self.from += read;
            self.is_finished = self.has_ended && state == encoding_rs::CoderResult::InputEmpty;
            if written > 0 {
                return Ok(written);
            }
        }
    }
}
