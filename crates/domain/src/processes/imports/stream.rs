//! The rows of an import in batches: converted, numbered, and with the earlier row of the same key.

use std::{
    collections::{HashMap, HashSet},
    io::Read,
    sync::Arc,
};

use sha2::{Digest, Sha256};

use super::{
    cells::{ConvertedRow, Converter},
    choices::{ImportMatch, ImportOnDuplicateRow},
    options::ImportOptions,
    row::Row,
    rows::Rows,
};
use crate::{
    kernel::{
        error::{Code, Result},
        text::normalised_name,
    },
    resources::objects::ObjectType,
};

/// A row that holds anything.
#[derive(Debug, Clone)]
pub struct ImportRow {
    /// Its place among those, from 0.
    pub index: i64,
    /// Its number in the file.
    pub number: u64,
    pub converted: ConvertedRow,
    /// Why it cannot be taken, whatever it says.
    pub refusal: Option<Code>,
    /// The first row of the file with the same key.
    pub duplicate_of: Option<FirstRow>,
}

/// The row in which a key stood first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FirstRow {
    /// Its number in the file.
    pub number: u64,
    /// Whether it gives the record another name, so that the two may not mean the same.
    pub name_differs: bool,
}

/// Reads a file from its beginning. What it remembers of each row is 32 bytes.
pub struct ImportRows<R: Read> {
    rows: Rows<R>,
    converter: Arc<Converter>,
    options: ImportOptions,
    /// Domains that belong to nobody in particular, beside those that we know.
    shared_domains: Vec<String>,
    index: i64,
    /// The first row of each key, by the beginning of the key's SHA-256; with it that of the
    /// name's.
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

    /// Leaves out rows that were worked off before: their keys are remembered, as if they had just
    /// been read.
    pub fn skip(&mut self, rows: i64) -> Result<()> {
        while self.index < rows && self.read(Converter::read_keys)?.is_some() {}
        Ok(())
    }

    /// The next rows, at most `limit`; none at the end. A row that updates what an earlier one of
    /// the batch wrote begins a new batch.
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
            // A row without name fails as such, and is nobody's first.
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

    /// What tells the record from all others: out of what [`Converter::read_keys`] reads.
    fn key(&self, row: &ConvertedRow, name: &str) -> Option<String> {
        match (self.options.object, self.options.matching) {
            (_, ImportMatch::None) => None,
            (_, ImportMatch::Id) => row.text("id").map(|id| format!("id {id}")),
            (ObjectType::Partner, ImportMatch::ExternalId) => {
                row.text("external_id").map(|id| format!("id {id}"))
            }
            (ObjectType::Partner, ImportMatch::Domain) => Some(match row.text("domain") {
                Some(domain) => format!("domain {domain}"),
                None => format!("name {}", normalised_name(name)),
            }),
            (ObjectType::Deal, _) => Some(match row.text("external_id") {
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
            (ObjectType::Contact, _) => {
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
