//! Imports: the content of a file, the mapping of columns to fields, and the conversion of cells.
//! Pure: a file is read through a reader, and rows are returned one by one, so memory does not
//! depend on the size of the file.

mod cells;
mod choices;
mod columns;
mod csv;
mod dates;
mod encoding;
mod evidence;
mod header;
mod numbers;
mod options;
mod plan;
mod preview;
mod row;
mod rows;
#[cfg(test)]
mod spellings;
mod stream;

pub use cells::{CellFormat, ConvertedRow, Converter, Notation};
pub use choices::{
    ImportDateFormat, ImportDecimal, ImportMatch, ImportMoneyUnit, ImportObject,
    ImportOnDuplicateRow, ImportOnMatch, ImportOnNameDiffers,
};
pub use columns::{ImportField, field_named, minor_header, suggest};
pub use encoding::ImportEncoding;
pub use numbers::DecimalMark;
pub use options::{ImportDefaults, ImportMapping, ImportOptions};
pub use plan::{ImportGuess, ImportPlan};
pub use preview::{ImportPreview, ImportPreviewColumn, ImportPreviewOptions, ImportPreviewRow};
pub use row::{Cell, Row};
pub use rows::{FileShape, Inspection, Rows, inspect};
pub use stream::{FirstRow, ImportRow, ImportRows};

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;
    use crate::kernel::error::{Code, Error, Result};

    fn options(more: Value) -> ImportOptions {
        let mut options = json!({"object": "partner"});
        options.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        serde_json::from_value(options).unwrap()
    }

    fn look(bytes: &[u8], more: Value) -> Result<Inspection> {
        inspect(&mut Cursor::new(bytes), &options(more))
    }

    fn rows(bytes: &[u8]) -> (Inspection, Vec<Row>) {
        let inspection = look(bytes, json!({})).unwrap();
        let rows = Rows::open(Cursor::new(bytes), inspection.shape)
            .unwrap()
            .map(|row| row.unwrap())
            .collect();
        (inspection, rows)
    }

    /// The first rows as a preview shows them, with the codes of their warnings.
    fn read(bytes: &[u8], more: Value) -> Vec<(Value, Vec<String>)> {
        let inspection = look(bytes, more.clone()).unwrap();
        let mut more = more;
        more.as_object_mut().unwrap().entry("object").or_insert(json!("partner"));
        let options: ImportPreviewOptions = serde_json::from_value(more).unwrap();
        let preview = ImportPreview::new(options, &inspection, "USD", &[]).unwrap();
        let codes = |row: &ImportPreviewRow| row.warnings.iter().map(|w| w.code.clone()).collect();
        preview.rows.iter().map(|row| (row.data.0.clone(), codes(row))).collect()
    }

    /// What was guessed for an option.
    fn guessed(bytes: &[u8], object: &str, option: &str) -> Value {
        let options: ImportPreviewOptions =
            serde_json::from_value(json!({"object": object})).unwrap();
        let inspection = inspect(&mut Cursor::new(bytes), options.options()).unwrap();
        let preview = ImportPreview::new(options, &inspection, "USD", &[]).unwrap();
        let guess = preview.guesses.into_iter().find(|guess| guess.option == option).unwrap();
        assert!(guess.reason.ends_with('.'), "{}", guess.reason);
        guess.value
    }

    fn values(row: &Row) -> Vec<String> {
        row.cells.iter().map(|(_, cell)| cell.shown()).collect()
    }

    #[test]
    fn separators_encodings_and_json_are_told_apart() {
        let expected = vec![vec!["Zürich AG", "1,2"], vec!["B\n2", ""]];
        let csv = "name,x\r\nZürich AG,\"1,2\"\r\n\"B\n2\",\r\n";
        let latin = encoding_rs::WINDOWS_1252.encode(csv).0.into_owned();
        let files: Vec<(Vec<u8>, &str, Option<u8>)> = vec![
            (csv.into(), "utf-8", Some(b',')),
            (format!("\u{feff}{csv}").into(), "utf-8", Some(b',')),
            (latin, "windows-1252", Some(b',')),
            ("name;x\nZürich AG;1,2\n\"B\n2\";\n".into(), "utf-8", Some(b';')),
            ("\"na,me\"\tx\nZürich AG\t1,2\n\"B\n2\"\t".into(), "utf-8", Some(b'\t')),
            (
                "{\"name\":\"Zürich AG\",\"x\":\"1,2\"}\n\n{\"name\":\"B\\n2\",\"x\":\"\"}".into(),
                "utf-8",
                None,
            ),
            (
                " [ {\"name\":\"Zürich AG\",\"x\":\"1,2\"} ,{\"name\":\"B\\n2\",\"x\":\"\"}]\n"
                    .into(),
                "utf-8",
                None,
            ),
        ];
        for (bytes, encoding, separator) in files {
            let (inspection, rows) = rows(&bytes);
            assert_eq!(
                (&*inspection.shape.encoding.name(), inspection.shape.separator()),
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
        let files: [&[u8]; 10] = [
            b"",
            b" \n ",
            b"\xef\xbb\xbf",
            b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
            &utf16,
            b"{\"a\": 1} x",
            b"[{\"a\": 1}",
            b"[{\"a\": 1} {\"a\": 2}]",
            b"[1, 2]",
            long.as_bytes(),
        ];
        for bytes in files {
            let error = look(bytes, json!({}))
                .expect_err(&String::from_utf8_lossy(&bytes[..bytes.len().min(40)]));
            assert_eq!(error.code(), Code::CsvUnreadable);
        }
    }

    #[test]
    fn headers_are_made_unique_and_empty_rows_are_not_counted() {
        let (inspection, rows) = rows(b"Name,,Name, Web  site\nA,1,2\n,,,\n , ,,\nB,,,x, ,\n");
        assert_eq!(inspection.columns, ["Name", "Column 2", "Name (2)", "Web site"]);
        assert_eq!((inspection.row_count, rows.len(), rows[3].number), (2, 4, 4));
        assert!(!rows[3].has_surplus, "blank cells are nothing");
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
        let options = |mapping: Value| options(json!({"mapping": mapping}));
        let columns = ["A".to_owned(), "B/C".to_owned(), "D".to_owned()];
        let unknown = options(json!({"X": "name", "A": "name", "Y": "domain"}))
            .mapping(&columns)
            .unwrap_err();
        assert_eq!(unknown.code(), Code::MappingUnknownColumn);
        let wrong = options(json!({"A": "fit_score", "B/C": "name", "D": "name"}))
            .mapping(&columns)
            .unwrap_err();
        let Error::Problem(problem) = wrong else { panic!() };
        assert_eq!(
            problem.errors.iter().map(|f| f.code).collect::<Vec<_>>(),
            ["invalid_choice", "duplicate_item"]
        );
        assert_eq!(
            options(json!({"A": "regions", "D": "regions"}))
                .mapping(&columns)
                .unwrap()
                .map(|mapping| mapping.len()),
            Some(2)
        );
    }

    #[test]
    fn rows_end_once_and_for_all() {
        for file in [&b"[{\"name\": \"A\"}]"[..], b"{\"name\": \"A\"}", b"name\nA"] {
            let shape = look(file, json!({})).unwrap().shape;
            let mut rows = Rows::open(Cursor::new(file), shape).unwrap();
            assert_eq!(rows.next().unwrap().unwrap().number, 1);
            assert!(rows.next().is_none() && rows.next().is_none());
        }
    }

    #[test]
    fn a_row_that_is_longer_than_the_header_is_known() {
        let file = b"name,domain,employees,industry\nAcme, Inc.,b5.com,50,Retail\nB,b.com,5,x,\n";
        let read = read(file, json!({}));
        assert_eq!(read[0], (json!({}), vec!["row_too_long".to_owned()]));
        assert_eq!(read[1].0["name"], "B");
    }

    #[test]
    fn quotes_that_are_not_closed_are_found_with_their_row() {
        for (file, row) in [
            ("name,domain\nA,a.com\n\"B,b.com\nC,c.com\nD,d.com\n", "Row 2:"),
            ("name,domain\nA,a.com\n\"B,b.com\nC,c.com\n\"D,d.com\n", "Row 2:"),
            ("name,domain\nA,\"a.com", "Row 1:"),
            ("name,\"domain\nA,a.com\n", "The header:"),
        ] {
            let Err(Error::Problem(problem)) = look(file.as_bytes(), json!({})) else {
                panic!("{file}")
            };
            assert!(problem.detail.starts_with(row), "{file}: {}", problem.detail);
        }
        let quoted = "name,notes\n\"A \"\"B\"\"\",\"two\nlines, one cell\"\nC \"D\" E,x\n";
        let (_, rows) = rows(quoted.as_bytes());
        assert_eq!(values(&rows[0]), ["A \"B\"", "two\nlines, one cell"]);
        assert_eq!(values(&rows[1]), ["C \"D\" E", "x"]);
    }

    #[test]
    fn records_without_end_fail_after_the_limit_of_a_row() {
        /// Counts what is asked of it; a header line that never ends.
        struct Endless(usize);
        impl std::io::Read for Endless {
            fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
                self.0 += out.len();
                out.fill(b',');
                Ok(out.len())
            }
        }
        let shape = look(b"a,b\n", json!({})).unwrap().shape;
        let mut endless = Endless(0);
        assert!(Rows::open(&mut endless, shape).is_err());
        assert!(endless.0 < 2 * row::MAX_ROW_BYTES, "{}", endless.0);
    }

    #[test]
    fn separators_are_those_that_split_most_rows_alike() {
        for (file, separator) in [
            ("Name (legal, full, registered);Website;Mitarbeiter\nA;a.com;5\nB;b.com;6\n", b';'),
            ("name|domain\nA, B|a.com\nC|c.com\n", b'|'),
            ("name,tags\nA,x;y\nB,z;w\n", b','),
            ("sep=;\nname;domain\nA;a.com\n", b';'),
            ("\"sep=|\"\nname|domain\nA|a.com\n", b'|'),
            ("name;revenue\nA;1,5\nB;2,5\n", b';'),
            ("name\nA\n", b','),
        ] {
            let inspection = look(file.as_bytes(), json!({})).unwrap();
            assert_eq!(inspection.shape.separator(), Some(separator), "{file}");
            assert!(inspection.columns[0].to_lowercase().starts_with("name"), "{file}");
        }
    }

    #[test]
    fn the_header_may_stand_further_down_or_be_missing() {
        for (file, row) in [
            ("name,domain\nA,a.com\n", 1),
            ("\n\nname,domain\nA,a.com\n", 3),
            ("Partners 2026,,\n,,\nName,Website,Employees\nA,a.com,5\n", 3),
            ("Company,,Person\nName,Website,Email\nA,a.com,x@a.com\n", 2),
            ("Firma,Ort\nA,Bern\n", 1),
            ("A,a.com\nB,b.com\n", 0),
            ("sep=,\nname,domain\nA,a.com\n", 2),
        ] {
            let shape = look(file.as_bytes(), json!({})).unwrap().shape;
            assert_eq!(shape.header_row, Some(row), "{file}");
        }
        let titled = b"Name,Website\nReal name,Real site\nA,a.com\n";
        let inspection = look(titled, json!({"header_row": 2})).unwrap();
        assert_eq!((inspection.columns[0].as_str(), inspection.row_count), ("Real name", 1));
        let mapped = look(titled, json!({"mapping": {"Real name": "name"}})).unwrap();
        assert_eq!(mapped.shape.header_row, Some(2));
        let bare = look(b"A,a.com\nB,b.com\n", json!({"header_row": 0})).unwrap();
        assert_eq!((bare.columns, bare.row_count), (vec!["Column 1".into(), "Column 2".into()], 2));
        let read = read(
            b"A,a.com\nB,b.com\n",
            json!({"mapping": {"Column 1": "name", "Column 2": "domain"}}),
        );
        assert_eq!((&read[0].0, read.len()), (&json!({"name": "A", "domain": "a.com"}), 2));
        let missing = look(b"a\nb\n", json!({"header_row": 7})).unwrap_err();
        assert_eq!(missing.code(), Code::ValidationFailed);
    }

    #[test]
    fn encodings_are_told_apart_or_named() {
        let text = "name,city\nZ\u{fc}rich AG,Gen\u{e8}ve\nB,x\n";
        let mut broken = text.as_bytes().to_vec();
        broken.extend(b"Caf\xe9,y\n");
        let read_broken = read(&broken, json!({}));
        assert_eq!(read_broken[0], (json!({"name": "Z\u{fc}rich AG"}), vec![]));
        assert_eq!(
            read_broken[2],
            (json!({"name": "Caf\u{fffd}"}), vec!["characters_replaced".to_owned()])
        );
        let marked = |big: bool| -> Vec<u8> {
            let bytes = |unit: u16| if big { unit.to_be_bytes() } else { unit.to_le_bytes() };
            format!("\u{feff}{text}").encode_utf16().flat_map(bytes).collect()
        };
        for (bytes, name) in [
            (marked(false), "utf-16le"),
            (marked(true), "utf-16be"),
            (format!("\u{feff}{text}").into_bytes(), "utf-8"),
            (encoding_rs::WINDOWS_1252.encode(text).0.into_owned(), "windows-1252"),
        ] {
            let shape = look(&bytes, json!({})).unwrap().shape;
            assert_eq!((shape.encoding.name().as_str(), shape.separator()), (name, Some(b',')));
            assert_eq!(read(&bytes, json!({}))[0].0["name"], "Z\u{fc}rich AG", "{name}");
        }
        let russian = "name,city\nЯндекс,Москва\n";
        for (label, text) in [
            ("windows-1251", russian),
            ("CP1251", russian),
            ("koi8-r", russian),
            ("shift_jis", "name,city\n株式会社,東京\n"),
            ("gbk", "name,city\n公司,北京\n"),
            ("iso-8859-2", "name,city\nŁódź,x\n"),
            ("macintosh", "name,city\nZ\u{fc}rich,x\n"),
        ] {
            let encoding = encoding_rs::Encoding::for_label(label.as_bytes()).unwrap();
            let bytes = encoding.encode(text).0;
            let name = text.lines().nth(1).unwrap().split(',').next().unwrap();
            let read = read(&bytes, json!({"encoding": label}));
            assert_eq!(read[0], (json!({"name": name}), vec![]), "{label}");
        }
        let unknown = encoding_rs::WINDOWS_1251.encode(russian).0;
        assert_eq!(look(&unknown, json!({})).unwrap_err().code(), Code::CsvUnreadable);
        for label in ["klingon", "utf-7", "hz-gb-2312", ""] {
            let error = look(b"name\nA\n", json!({"encoding": label})).unwrap_err();
            assert_eq!(error.code(), Code::ValidationFailed, "{label}");
        }
        for (bytes, word) in [
            (&b"PK\x03\x04\0\0"[..], ".xlsx"),
            (b"%PDF-1.7", "PDF"),
            (b"<html><table>", "web page"),
        ] {
            let Err(Error::Problem(problem)) = look(bytes, json!({})) else { panic!() };
            assert!(problem.detail.contains(word), "{}", problem.detail);
        }
    }

    #[test]
    fn decimals_are_read_by_the_option_or_by_what_the_file_shows() {
        let revenue = |file: &str, more: Value| {
            let read = read(file.as_bytes(), more);
            let of = |(data, codes): &(Value, Vec<String>)| {
                (data["company_revenue"].clone(), codes.len())
            };
            read.iter().map(of).collect::<Vec<_>>()
        };
        let null = Value::Null;
        for (file, more, wanted) in [
            ("name,company_revenue\nA,\"1,500\"\n", json!({}), vec![(json!(150_000), 0)]),
            ("name,company_revenue\nA,1.500\n", json!({}), vec![(null.clone(), 1)]),
            ("name;company_revenue\nA;1,500\n", json!({}), vec![(null.clone(), 1)]),
            ("name;company_revenue\nA;1.500\n", json!({}), vec![(null.clone(), 1)]),
            (
                "name;company_revenue\nA;1.500\nB;12,50\n",
                json!({}),
                vec![(json!(150_000), 0), (json!(1250), 0)],
            ),
            (
                "name;company_revenue\nA;1,500\nB;12.50\n",
                json!({}),
                vec![(json!(150_000), 0), (json!(1250), 0)],
            ),
            (
                "name;company_revenue\nA;1,500\nB;12.50\nC;12,50\n",
                json!({}),
                vec![(null.clone(), 1), (json!(1250), 0), (json!(1250), 0)],
            ),
            ("name,company_revenue\nA,1.500\n", json!({"decimal": "point"}), vec![(json!(150), 0)]),
            (
                "name,company_revenue\nA,1.500\n",
                json!({"decimal": "comma"}),
                vec![(json!(150_000), 0)],
            ),
            ("name;company_revenue\nA;1,500\n", json!({"decimal": "comma"}), vec![(json!(150), 0)]),
            (
                "name;company_revenue\nA;12.50\n",
                json!({"decimal": "comma"}),
                vec![(null.clone(), 1)],
            ),
        ] {
            assert_eq!(revenue(file, more.clone()), wanted, "{file} {more}");
        }
        let semicolons = b"name;employees\nA;1.000\n";
        assert_eq!(guessed(semicolons, "partner", "decimal"), null);
        assert_eq!(guessed(b"name,employees\nA,5\n", "partner", "decimal"), "point");
    }

    #[test]
    fn dates_are_read_by_the_option_or_by_what_the_file_shows() {
        let header = "name,account_name,partner_name,closed_on";
        let day = |rows: &str, more: Value| {
            let mut more = more;
            more["object"] = json!("deal");
            let file = format!("{header}\n{rows}");
            let read = read(file.as_bytes(), more);
            read.iter()
                .map(|(data, codes)| (data["closed_on"].clone(), codes.len()))
                .collect::<Vec<_>>()
        };
        let null = Value::Null;
        for (rows, more, wanted) in [
            ("D,A,P,31.12.2025\n", json!({}), vec![(json!("2025-12-31"), 0)]),
            ("D,A,P,12/31/2025\n", json!({}), vec![(json!("2025-12-31"), 0)]),
            ("D,A,P,01/02/2025\n", json!({}), vec![(null.clone(), 1)]),
            (
                "D,A,P,01/02/2025\nE,A,P,31/12/2025\n",
                json!({}),
                vec![(json!("2025-02-01"), 0), (json!("2025-12-31"), 0)],
            ),
            (
                "D,A,P,01/02/2025\nE,A,P,12/31/2025\n",
                json!({}),
                vec![(json!("2025-01-02"), 0), (json!("2025-12-31"), 0)],
            ),
            (
                "D,A,P,01/02/2025\nE,A,P,12/31/2025\nF,A,P,31/12/2025\n",
                json!({}),
                vec![(null.clone(), 1), (json!("2025-12-31"), 0), (json!("2025-12-31"), 0)],
            ),
            ("D,A,P,01/02/2025\n", json!({"date_format": "dmy"}), vec![(json!("2025-02-01"), 0)]),
            ("D,A,P,01/02/2025\n", json!({"date_format": "mdy"}), vec![(json!("2025-01-02"), 0)]),
            ("D,A,P,12/31/2025\n", json!({"date_format": "dmy"}), vec![(null.clone(), 1)]),
            ("D,A,P,45992\n", json!({}), vec![(null.clone(), 1)]),
        ] {
            assert_eq!(day(rows, more.clone()), wanted, "{rows} {more}");
        }
        let ambiguous = format!("{header}\nD,A,P,01/02/2025\n");
        assert_eq!(guessed(ambiguous.as_bytes(), "deal", "date_format"), null);
        let clear = format!("{header}\nD,A,P,31/12/2025\n");
        assert_eq!(guessed(clear.as_bytes(), "deal", "date_format"), "dmy");
    }

    #[test]
    fn amounts_count_whole_units_in_tables_and_the_smallest_in_json() {
        for (file, more, cents) in [
            ("name,company_revenue\nA,1850000.0\n", json!({}), 185_000_000),
            ("name,company_revenue\nA,\"$1,850,000\"\n", json!({}), 185_000_000),
            ("name,company_revenue\nA,1850000\n", json!({"money_unit": "minor"}), 1_850_000),
            ("name,company_revenue (minor)\nA,1850000\n", json!({}), 1_850_000),
            (
                "name,company_revenue (minor)\nA,1850000\n",
                json!({"money_unit": "major"}),
                1_850_000,
            ),
            ("name,AnnualRevenue\nA,1850000.00\n", json!({}), 185_000_000),
            ("name,Annual Revenue (USD)\nA,1850000\n", json!({}), 185_000_000),
            ("[{\"name\": \"A\", \"company_revenue\": 1850000}]", json!({}), 1_850_000),
            ("{\"name\": \"A\", \"company_revenue\": 1850000.0}", json!({}), 1_850_000),
            (
                "{\"name\": \"A\", \"company_revenue\": 18500.5}",
                json!({"money_unit": "major"}),
                1_850_050,
            ),
        ] {
            let read = read(file.as_bytes(), more);
            assert_eq!(read[0].0["company_revenue"], json!(cents), "{file}");
        }
        let euros = read(b"name,Annual Revenue (EUR)\nA,1850000\n", json!({}));
        assert_eq!(euros[0], (json!({"name": "A"}), vec!["currency_mismatch".to_owned()]));
    }

    #[test]
    fn a_required_field_that_nothing_gives_is_refused_at_once() {
        let plan = |file: &[u8], more: Value| {
            let inspection = look(file, more.clone()).unwrap();
            ImportPlan::new(options(more), &inspection, "USD").map(drop)
        };
        let fields = |error: Error| -> Vec<Value> {
            let Error::Problem(problem) = error else { panic!() };
            assert_eq!(problem.code, Code::ValidationFailed);
            problem.errors.iter().map(|fault| fault.meta["fields"][0].clone()).collect()
        };
        let typed = json!({"defaults": {"type": "reseller"}});
        assert!(plan(b"name\nA\n", typed.clone()).is_ok());
        assert!(plan(b"name,type\nA,reseller\n", json!({})).is_ok());
        assert_eq!(fields(plan(b"name\nA\n", json!({})).unwrap_err()), ["type"]);
        assert_eq!(fields(plan(b"Firma\nA\n", typed).unwrap_err()), ["name"]);
        assert_eq!(fields(plan(b"Firma\nA\n", json!({})).unwrap_err()), ["name", "type"]);
        let named = json!({"defaults": {"name": "x", "type": "reseller"}});
        assert_eq!(fields(plan(b"Firma\nA\n", named).unwrap_err()), ["name"]);
        let deal = json!({"object": "deal"});
        let missing = fields(plan(b"Deal name\nA\n", deal).unwrap_err());
        assert_eq!(missing, ["account_name", "partner_id"]);
        let contact = json!({"object": "contact"});
        assert_eq!(fields(plan(b"name,email\nA,a@b.com\n", contact).unwrap_err()), ["partner_id"]);
    }

    #[test]
    fn what_cannot_be_read_is_not_replaced_by_a_default() {
        let new = |object: &str, header: &str, row: &str, defaults: Value| {
            let more = json!({"object": object, "defaults": defaults});
            let file = format!("{header}\n{row}\n");
            let inspection = look(file.as_bytes(), more.clone()).unwrap();
            let plan = ImportPlan::new(options(more), &inspection, "USD").unwrap();
            let converter = plan.converter();
            converter.with_defaults(&converter.read(&inspection.first[0]))
        };
        let partner = json!({"type": "technology", "category": "sales", "regions": ["EU"]});
        for (header, row, field) in [
            ("name,type", "A,friend", "type"),
            ("name,status", "A,bogus", "status"),
            ("name,stage", "A,bogus", "stage"),
        ] {
            let refused = new("partner", header, row, json!({"type": "technology"}));
            let Err(Error::Problem(problem)) = refused else { panic!("{row}") };
            assert_eq!(problem.errors[0].code, "invalid_choice");
            assert_eq!(
                problem.errors[0].place,
                crate::kernel::field_error::Place::Pointer(format!("#/{field}"))
            );
        }
        let values = new("partner", "name,category,employees", "A,bogus,many", partner).unwrap();
        assert_eq!((values.get("category"), values.get("employees")), (None, None));
        assert_eq!(values["regions"], json!(["EU"]), "an empty cell leaves room for a default");
        let header = "name,account_name,partner_name,status,value,registered_on,\
                      expected_close_on,expires_on,motion";
        for (row, is_taken) in [
            ("D,A,P,approved,5,2026-01-01,,,", true),
            ("D,A,P,approved,5,2026-01-01,soon,,", true),
            ("D,A,P,maybe,5,2026-01-01,,,", false),
            ("D,A,P,approved,much,2026-01-01,,,", false),
            ("D,A,P,approved,€5,2026-01-01,,,", false),
            ("D,A,P,approved,5,01/02/2026,,,", false),
            ("D,A,P,approved,5,2026-01-01,,someday,", false),
            ("D,A,P,approved,5,2026-01-01,,,dance", false),
        ] {
            assert_eq!(new("deal", header, row, json!({})).is_ok(), is_taken, "{row}");
        }
        let by_domain = "name,account_name,partner_domain";
        let defaults = json!({"partner_name": "Unassigned"});
        assert!(new("deal", by_domain, "D,A,not a domain", defaults.clone()).is_err());
        assert_eq!(new("deal", by_domain, "D,A,", defaults).unwrap()["partner_name"], "Unassigned");
    }

    #[test]
    fn a_guess_is_held_against_the_values() {
        let rows =
            |good: usize, bad: usize| "A,active\n".repeat(good) + &"A,Acquired\n".repeat(bad);
        let mapped = |header: &str, rows: String| {
            let file = format!("name,{header}\n{rows}");
            guessed(file.as_bytes(), "partner", "mapping")[header].clone()
        };
        assert_eq!(mapped("Status", rows(50, 2)), "status");
        assert_eq!(mapped("Status", rows(0, 2)), "status", "too few to judge by");
        assert_eq!(mapped("Status", rows(50, 20)), Value::Null);
        assert_eq!(mapped("State", rows(0, 2)), Value::Null);
        assert_eq!(mapped("State", rows(2, 1)), "status");
    }

    proptest! {
        #[test]
        fn any_bytes_are_a_table_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            if let Ok(inspection) = look(&bytes, json!({})) {
                ImportPreview::new(ImportPreviewOptions::default(), &inspection, "USD", &[]).unwrap();
                for row in Rows::open(Cursor::new(&bytes), inspection.shape).unwrap() {
                    row.unwrap();
                }
            }
        }

        #[test]
        fn any_table_comes_out_as_it_went_in(cells in proptest::collection::vec(proptest::collection::vec("[^'\r\u{0}-\u{8}]{0,9}", 3), 1..9)) {
            let mut writer = ::csv::Writer::from_writer(Vec::new());
            writer.write_record(["a", "b", "c"]).unwrap();
            for row in &cells {
                writer.write_record(row).unwrap();
            }
            let (_, rows) = rows(&writer.into_inner().unwrap());
            prop_assert_eq!(rows.iter().map(values).collect::<Vec<_>>(), cells);
        }
    }
}
