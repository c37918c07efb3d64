//! Imports: what a file holds, which column feeds which field, and what a cell means. Pure: a file comes in as a
//! reader, rows go out one by one, so memory does not depend on the size of the file.

mod cells;
mod columns;
mod rows;
mod stream;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::{Code, Error, Fault, Result, choices, fields::AnyValue, jobs::JobItemWarning};

pub use cells::{Converted, Converter};
pub use columns::{ImportField, field_named, suggest};
pub use rows::{Cell, FileShape, Inspection, Row, Rows, inspect};
pub use stream::{FirstRow, ImportRow, ImportRows};

choices! {
    /// What the rows of the file are.
    ImportObject {
        Partner = "partner",
        Contact = "contact",
        Deal = "deal",
    }
    /// How a row finds the partner that it is about.
    ImportMatch {
        /// By domain; without a usable one, by normalised name among partners without domain.
        Domain = "domain",
        /// By the integrator's own id.
        ExternalId = "external_id",
        /// Not at all: every row is new.
        None = "none",
    }
    /// What becomes of a row that matches.
    ImportOnMatch {
        Update = "update",
        Skip = "skip",
    }
    /// What becomes of a row whose key stood in an earlier row of the file.
    ImportOnDuplicateRow {
        Skip = "skip",
        Update = "update",
    }
    /// What amounts of money count.
    ImportMoneyUnit {
        /// Cents, as everywhere in this API.
        Minor = "minor",
        /// Dollars, with decimals.
        Major = "major",
    }
    /// How the bytes of the file are read.
    ImportEncoding {
        Utf8 = "utf-8",
        Windows1252 = "windows-1252",
    }
}

/// Which column feeds which field.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(example = json!({"Company Name": "name", "Website": "domain", "# Employees": "employees"}))]
pub struct ImportMapping(pub BTreeMap<String, String>);

/// Values of fields for rows that do not bring one.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = Object, example = json!({"type": "technology"}))]
pub struct ImportDefaults(pub Map<String, Value>);

/// How a file is imported.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ImportOptions {
    /// What the rows are.
    pub object: ImportObject,
    /// Which column feeds which field; guessed from the headers when absent.
    #[serde(default)]
    pub mapping: Option<ImportMapping>,
    /// How a row finds the record that it is about; `domain` when absent. Contacts are found by e-mail address or name,
    /// deals by external id, or where the row has none by partner, account and name.
    #[serde(default = "by_domain", rename = "match")]
    pub matching: ImportMatch,
    /// What becomes of a row that matches; `update` when absent.
    #[serde(default = "update")]
    pub on_match: ImportOnMatch,
    /// What becomes of a second row for the same key; `skip` when absent.
    #[serde(default = "skip")]
    pub on_duplicate_row: ImportOnDuplicateRow,
    /// What amounts count; `minor` when absent.
    #[serde(default = "minor")]
    pub money_unit: ImportMoneyUnit,
    /// For deals: whether rows may break channel conflict.
    #[serde(default)]
    #[schema(example = false)]
    pub allow_conflict: Option<bool>,
    /// Only tell what would happen.
    #[serde(default)]
    #[schema(example = false)]
    pub dry_run: bool,
    /// Values for new records whose row brings none.
    #[serde(default)]
    pub defaults: Option<ImportDefaults>,
}

const fn by_domain() -> ImportMatch {
    ImportMatch::Domain
}
const fn update() -> ImportOnMatch {
    ImportOnMatch::Update
}
const fn skip() -> ImportOnDuplicateRow {
    ImportOnDuplicateRow::Skip
}
const fn minor() -> ImportMoneyUnit {
    ImportMoneyUnit::Minor
}

impl ImportOptions {
    /// The mapping with its fields, each column once.
    ///
    /// # Errors
    /// `mapping_unknown_column` names every column that the file does not have; `invalid_choice` every field that an
    /// import cannot write; `duplicate_item` a field of one value that two columns feed.
    pub fn mapping(&self, columns: &[String]) -> Result<Vec<(String, ImportField)>> {
        let Some(ImportMapping(given)) = &self.mapping else {
            let suggested = suggest(self.object, columns);
            return Ok(columns
                .iter()
                .cloned()
                .zip(suggested)
                .filter_map(|(c, f)| f.map(|f| (c, f)))
                .collect());
        };
        let pointer =
            |column: &str| format!("#/mapping/{}", column.replace('~', "~0").replace('/', "~1"));
        let mut mapping: Vec<(String, ImportField)> = Vec::new();
        let mut faults = Vec::new();
        let unknown: Vec<&String> =
            given.keys().filter(|column| !columns.contains(column)).collect();
        faults.extend(unknown.iter().map(|column| {
            Fault::at_pointer(
                "mapping_unknown_column",
                pointer(column),
                "the file has no such column",
            )
        }));
        for (column, name) in given {
            match field_named(self.object, name) {
                None => faults.push(
                    Fault::at_pointer(
                        "invalid_choice",
                        pointer(column),
                        "no import can write this field",
                    )
                    .meta("allowed", columns::names(self.object)),
                ),
                Some(field)
                    if !field.is_list() && mapping.iter().any(|(_, other)| *other == field) =>
                {
                    faults.push(Fault::at_pointer(
                        "duplicate_item",
                        pointer(column),
                        "another column feeds this field",
                    ))
                }
                Some(field) => mapping.push((column.clone(), field)),
            }
        }
        match (unknown.is_empty(), faults.is_empty()) {
            (_, true) => Ok(mapping),
            (true, false) => Err(Error::invalid(faults)),
            (false, false) => {
                let error =
                    Error::of(Code::MappingUnknownColumn).meta("columns", columns.to_vec().into());
                Err(faults.into_iter().fold(error, Error::at))
            }
        }
    }
}

/// A column of the file.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ImportPreviewColumn {
    /// Its header.
    #[schema(example = "# Employees")]
    pub name: String,
    /// The field that it probably feeds.
    #[schema(example = "employees")]
    pub suggested_field: Option<String>,
    /// Some of its values.
    #[schema(example = json!(["15", "1,200", "11-50"]))]
    pub samples: Vec<String>,
}

/// One of the first rows, as the suggested mapping reads it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ImportPreviewRow {
    /// Its number in the file; the first record after the header is 1.
    #[schema(example = 1)]
    pub row: u64,
    /// Values by field.
    pub data: AnyValue,
    /// What was not taken as it stands.
    pub warnings: Vec<JobItemWarning>,
}

/// What a file holds, before anything is written.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ImportPreview {
    /// Its columns in their order.
    pub columns: Vec<ImportPreviewColumn>,
    /// Its first rows, at most 20.
    pub rows: Vec<ImportPreviewRow>,
    /// How many rows it has; empty ones are not counted.
    #[schema(example = 5731)]
    pub row_count: u64,
    /// How its bytes are read.
    pub encoding: ImportEncoding,
    /// What separates its cells; null for JSON.
    #[schema(example = ",")]
    pub separator: Option<String>,
}

impl ImportPreview {
    /// The preview of an inspected file as one of partners. `exponent`: decimals of the organization's currency.
    pub fn new(inspection: &Inspection, exponent: u32) -> Self {
        let suggested = suggest(ImportObject::Partner, &inspection.columns);
        let mapping = inspection
            .columns
            .iter()
            .cloned()
            .zip(&suggested)
            .filter_map(|(c, f)| f.map(|f| (c, f)))
            .collect();
        let converter = Converter::new(mapping, ImportMoneyUnit::Minor, exponent, Map::new());
        let rows = inspection.first.iter().map(|row| {
            let converted = converter.read(row);
            ImportPreviewRow {
                row: row.number,
                data: AnyValue(Value::Object(converted.values)),
                warnings: converted.warnings,
            }
        });
        Self {
            columns: (inspection.columns.iter().zip(&suggested).zip(&inspection.samples))
                .map(|((name, field), samples)| ImportPreviewColumn {
                    name: name.clone(),
                    suggested_field: field.map(|f| f.name().to_owned()),
                    samples: samples.clone(),
                })
                .collect(),
            rows: rows.collect(),
            row_count: inspection.row_count,
            encoding: inspection.shape.encoding,
            separator: inspection.shape.separator().map(|byte| char::from(byte).to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use proptest::prelude::*;

    use super::*;

    fn rows(bytes: &[u8]) -> (Inspection, Vec<Row>) {
        let inspection = inspect(&mut Cursor::new(bytes)).unwrap();
        let rows = Rows::open(Cursor::new(bytes), inspection.shape)
            .unwrap()
            .map(|row| row.unwrap())
            .collect();
        (inspection, rows)
    }

    fn values(row: &Row) -> Vec<String> {
        let text = |cell: &Cell| match cell {
            Cell::Text(text) => text.clone(),
            Cell::List(items) => items.join("+"),
        };
        row.cells.iter().map(|(_, cell)| text(cell)).collect()
    }

    #[test]
    fn separators_encodings_and_json_are_told_apart() {
        let expected = vec![vec!["Zürich AG", "1,2"], vec!["B\n2", ""]];
        let csv = "name,x\r\nZürich AG,\"1,2\"\r\n\"B\n2\",\r\n";
        let latin = encoding_rs::WINDOWS_1252.encode(csv).0.into_owned();
        let files: Vec<(Vec<u8>, ImportEncoding, Option<u8>)> = vec![
            (csv.into(), ImportEncoding::Utf8, Some(b',')),
            (format!("\u{feff}{csv}").into(), ImportEncoding::Utf8, Some(b',')),
            (latin, ImportEncoding::Windows1252, Some(b',')),
            ("name;x\nZürich AG;1,2\n\"B\n2\";\n".into(), ImportEncoding::Utf8, Some(b';')),
            ("\"na,me\"\tx\nZürich AG\t1,2\n\"B\n2\"\t".into(), ImportEncoding::Utf8, Some(b'\t')),
            (
                "{\"name\":\"Zürich AG\",\"x\":\"1,2\"}\n\n{\"name\":\"B\\n2\",\"x\":\"\"}".into(),
                ImportEncoding::Utf8,
                None,
            ),
            (
                " [ {\"name\":\"Zürich AG\",\"x\":\"1,2\"} ,{\"name\":\"B\\n2\",\"x\":\"\"}]\n"
                    .into(),
                ImportEncoding::Utf8,
                None,
            ),
        ];
        for (bytes, encoding, separator) in files {
            let (inspection, rows) = rows(&bytes);
            assert_eq!(
                (inspection.shape.encoding, inspection.shape.separator()),
                (encoding, separator)
            );
            assert_eq!(
                rows.iter().map(values).collect::<Vec<_>>(),
                expected,
                "{}",
                String::from_utf8_lossy(&bytes)
            );
            assert_eq!((inspection.row_count, inspection.columns.len()), (2, 2));
        }
    }

    #[test]
    fn what_is_no_table_is_refused() {
        let utf16: Vec<u8> = "name,x\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let long = format!("a,b\n\"{}", "x".repeat(1_100_000));
        let files: [&[u8]; 11] = [
            b"",
            b" \n ",
            b"\xef\xbb\xbf",
            b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
            &utf16,
            b"{\"a\": 1} x",
            b"[{\"a\": 1}",
            b"[{\"a\": 1} {\"a\": 2}]",
            b"[1, 2]",
            b"[]",
            long.as_bytes(),
        ];
        for bytes in files {
            let error = inspect(&mut Cursor::new(bytes))
                .expect_err(&String::from_utf8_lossy(&bytes[..bytes.len().min(40)]));
            assert_eq!(error.code(), Code::CsvUnreadable);
        }
    }

    #[test]
    fn headers_are_made_unique_and_empty_rows_are_not_counted() {
        let (inspection, rows) =
            rows(b"Name,,Name, Web  site\nA,1,2\n,,,\n , ,,\nB,,,x,too much\n");
        assert_eq!(inspection.columns, ["Name", "Column 2", "Name (2)", "Web site"]);
        assert_eq!((inspection.row_count, rows.len(), rows[3].number), (2, 4, 4));
    }

    #[test]
    fn human_headers_are_understood() {
        let columns: Vec<String> = [
            "Company Name",
            "Website",
            "Industry / Tags",
            "Description",
            "# Employees",
            "Country",
            "Region",
            "Status",
            "LinkedIn",
        ]
        .map(str::to_owned)
        .to_vec();
        let suggested: Vec<_> =
            suggest(ImportObject::Partner, &columns).iter().map(|f| f.map(|f| f.name())).collect();
        let expected = [
            Some("name"),
            Some("domain"),
            Some("tag_ids"),
            Some("description"),
            Some("employees"),
            None,
            Some("regions"),
            Some("status"),
            None,
        ];
        assert_eq!(suggested, expected);
    }

    #[test]
    fn a_mapping_names_all_that_is_wrong_with_it() {
        let options = |mapping: Value| -> ImportOptions {
            serde_json::from_value(serde_json::json!({"object": "partner", "mapping": mapping}))
                .unwrap()
        };
        let columns = ["A".to_owned(), "B/C".to_owned(), "D".to_owned()];
        let unknown = options(serde_json::json!({"X": "name", "A": "name", "Y": "domain"}))
            .mapping(&columns)
            .unwrap_err();
        assert_eq!(unknown.code(), Code::MappingUnknownColumn);
        let wrong = options(serde_json::json!({"A": "fit_score", "B/C": "name", "D": "name"}))
            .mapping(&columns)
            .unwrap_err();
        let Error::Problem(problem) = wrong else { panic!() };
        assert_eq!(
            problem.errors.iter().map(|f| f.code).collect::<Vec<_>>(),
            ["invalid_choice", "duplicate_item"]
        );
        assert_eq!(
            options(serde_json::json!({"A": "regions", "D": "regions"}))
                .mapping(&columns)
                .unwrap()
                .len(),
            2
        );
    }

    proptest! {
        #[test]
        fn any_bytes_are_a_table_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            if let Ok(inspection) = inspect(&mut Cursor::new(&bytes)) {
                ImportPreview::new(&inspection, 2);
            }
        }

        #[test]
        fn any_table_comes_out_as_it_went_in(cells in proptest::collection::vec(proptest::collection::vec("[^'\r\u{0}-\u{8}]{0,9}", 3), 1..9)) {
            let mut writer = csv::Writer::from_writer(Vec::new());
            writer.write_record(["a", "b", "c"]).unwrap();
            for row in &cells {
                writer.write_record(row).unwrap();
            }
            let (_, rows) = rows(&writer.into_inner().unwrap());
            prop_assert_eq!(rows.iter().map(values).collect::<Vec<_>>(), cells);
        }
    }
}
