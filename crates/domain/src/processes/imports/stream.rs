//! The rows of an import in batches: converted, numbered, and with the earlier row of the same key.

use std::{
    collections::{HashMap, HashSet},
    io::Read,
    sync::Arc,
};

use sha2::{Digest, Sha256};

use super::{
    cells::{ConvertedRow, Converter},
    choices::{ImportMatch, ImportObject, ImportOnDuplicateRow},
    options::ImportOptions,
    row::Row,
    rows::Rows,
};
use crate::kernel::{
    error::{Code, Result},
    text::normalised_name,
};

/// A row with content.
#[derive(Debug, Clone)]
pub struct ImportRow {
    /// The position among these rows, from 0.
    pub index: i64,
    /// The number in the file.
    pub number: u64,
    pub converted: ConvertedRow,
    /// Why it cannot be imported, whatever its values.
    pub refusal: Option<Code>,
    /// The first row of the file with the same key.
    pub duplicate_of: Option<FirstRow>,
}

/// The first row with a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FirstRow {
    /// The number in the file.
    pub number: u64,
    /// Whether its name differs, so that the two rows may be for different records.
    pub name_differs: bool,
}

/// Reads a file from its beginning. It stores 32 bytes for each row.
pub struct ImportRows<R: Read> {
    rows: Rows<R>,
    converter: Arc<Converter>,
    options: ImportOptions,
    /// The organization's own shared domains.
    shared_domains: Vec<String>,
    index: i64,
    /// The first row of each key, by the beginning of the SHA-256 of the key, with the beginning of
    /// the SHA-256 of the name.
    seen: HashMap<[u8; 16], (u64, [u8; 8])>,
    next: Option<ImportRow>,
}

impl<R: Read> ImportRows<R> {
    pub fn new(
        rows: Rows<R>,
        converter: Arc<Converter>,
        options: ImportOptions,
        shared_domains: Vec<String>,
    ) -> Self {
        let seen = HashMap::new();
        Self { rows, converter, options, shared_domains, index: 0, seen, next: None }
    }

    /// Skips rows that were processed before; their keys are stored as if they had just been read.
    pub fn skip(&mut self, rows: i64) -> Result<()> {
        while self.index < rows && self.read(Converter::read_keys)?.is_some() {}
        Ok(())
    }

    /// The next rows, at most `limit`; none at the end. A row that updates a record of an earlier
    /// row of the batch begins a new batch.
    pub fn batch(&mut self, limit: usize) -> Result<Vec<ImportRow>> {
        let mut batch = Vec::new();
        let mut numbers = HashSet::new();
        while batch.len() < limit {
            let Some(row) =
                self.next.take().map_or_else(|| self.read(Converter::read), |row| Ok(Some(row)))?
            else {
                break;
            };
            let follows = row.duplicate_of.is_some_and(|first| numbers.contains(&first.number));
            if follows && self.options.on_duplicate_row == ImportOnDuplicateRow::Update {
                self.next = Some(row);
                break;
            }
            numbers.insert(row.duplicate_of.map_or(row.number, |first| first.number));
            batch.push(row);
        }
        Ok(batch)
    }

    fn read(&mut self, convert: fn(&Converter, &Row) -> ConvertedRow) -> Result<Option<ImportRow>> {
        loop {
            let Some(row) = self.rows.next().transpose()? else { return Ok(None) };
            if row.is_empty() {
                continue;
            }
            let (converted, refusal) = if row.has_surplus {
                (ConvertedRow::default(), Some(Code::RowTooLong))
            } else {
                let mut converted = convert(&self.converter, &row);
                converted.drop_shared_domains(&self.shared_domains);
                (converted, None)
            };
            let (index, number) = (self.index, row.number);
            self.index += 1;
            // A row without a name fails, and is not the first of a key.
            let duplicate_of = converted.text("name").and_then(|name| {
                let key = self.key(&converted, name)?;
                let name = beginning(&normalised_name(name));
                let (first, its_name) = *self.seen.entry(beginning(&key)).or_insert((number, name));
                (first != number)
                    .then_some(FirstRow { number: first, name_differs: its_name != name })
            });
            return Ok(Some(ImportRow { index, number, converted, refusal, duplicate_of }));
        }
    }

    /// The key that identifies the record, from the fields of [`Converter::read_keys`].
    fn key(&self, row: &ConvertedRow, name: &str) -> Option<String> {
        match (self.options.object, self.options.matching) {
            (_, ImportMatch::None) => None,
            (_, ImportMatch::Id) => row.text("id").map(|id| format!("id {id}")),
            (ImportObject::Partner, ImportMatch::ExternalId) => {
                row.text("external_id").map(|id| format!("id {id}"))
            }
            (ImportObject::Partner, ImportMatch::Domain) => Some(match row.text("domain") {
                Some(domain) => format!("domain {domain}"),
                None => format!("name {}", normalised_name(name)),
            }),
            (ImportObject::Deal, _) => Some(match row.text("external_id") {
                Some(id) => format!("id {id}"),
                None => {
                    let parts =
                        ["partner_id", "partner_external_id", "partner_domain", "partner_name"];
                    let account =
                        row.text("account_domain").or(row.text("account_name")).unwrap_or_default();
                    let parts =
                        parts.map(|field| row.text(field).unwrap_or_default().to_lowercase());
                    format!(
                        "deal {}\u{0}{}\u{0}{}",
                        parts.join("\u{0}"),
                        account.to_lowercase(),
                        normalised_name(name)
                    )
                }
            }),
            (ImportObject::Contact, _) => {
                let partner =
                    ["partner_id", "partner_external_id", "partner_domain", "partner_name"]
                        .map(|field| row.text(field).unwrap_or_default().to_lowercase())
                        .join("\u{0}");
                let person = row.text("email").map_or_else(|| normalised_name(name), str::to_owned);
                Some(format!("{partner}\u{0}{person}"))
            }
        }
    }
}

/// The first bytes of a text's SHA-256.
fn beginning<const N: usize>(text: &str) -> [u8; N] {
    let mut short = [0; N];
    short.copy_from_slice(&Sha256::digest(text.as_bytes())[..N]);
    short
}
