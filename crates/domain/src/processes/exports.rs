//! Exports: records, columns and the format of cells.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::{
    kernel::{
        access::AccessScope,
        error::{Error, Result},
        field_error::FieldError,
        fields::{self, Field, FieldType},
        filter::{self, FilterNode, Node},
        ids::ViewId,
        request_body::RequestBody,
        string_enum::string_enum,
        text,
        timestamp::Timestamp,
    },
    processes::imports,
    resources::{
        contacts::{CONTACT, CONTACT_COLUMNS},
        deals::{self, DEAL},
        partners::PARTNER,
        views::ViewObject,
    },
};

string_enum! {
    /// The kind of records.
    ExportObject {
        Partner = "partner",
        Contact = "contact",
        Deal = "deal",
    }
    /// The format of the file.
    ExportFormat {
        Csv = "csv",
        Jsonl = "jsonl",
    }
}

/// U+FEFF in UTF-8: without it Excel reads a CSV file in the local code page.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

impl ExportFormat {
    /// The media type of the file.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Jsonl => "application/jsonl",
        }
    }
}

/// The request for an export.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExportRequest {
    /// The kind of records.
    pub object: ExportObject,
    /// The condition for records; null for all.
    #[serde(default)]
    pub filter: Option<FilterNode>,
    /// A saved view. Its filter and search are combined with `filter` by AND, and its columns apply
    /// unless `columns` is sent.
    #[serde(default)]
    #[schema(example = json!(null))]
    pub view_id: Option<ViewId>,
    /// The fields to export, in this order. The default is the columns of the view, or all fields
    /// in display order.
    #[serde(default)]
    #[schema(max_items = 200, example = json!(["name", "domain", "tag_ids"]))]
    pub columns: Option<Vec<String>>,
    /// The format of the file.
    pub format: ExportFormat,
}

impl RequestBody for ExportRequest {
    type Resource = Self;
}

impl ExportObject {
    /// The scope that an API key needs to read these records.
    pub const fn scope(self) -> AccessScope {
        match self {
            Self::Partner => AccessScope::PartnersRead,
            Self::Contact => AccessScope::ContactsRead,
            Self::Deal => AccessScope::DealsRead,
        }
    }

    /// The fields by which its records are filtered.
    pub fn catalogue(self) -> &'static [Field] {
        match self {
            Self::Partner => PARTNER,
            Self::Contact => CONTACT,
            Self::Deal => deals::catalogue(),
        }
    }
}

/// A validated request.
#[derive(Debug, Clone)]
pub struct CheckedExport {
    pub object: ExportObject,
    pub format: ExportFormat,
    pub filter: Option<Node>,
    pub columns: Vec<String>,
}

impl ExportRequest {
    /// Validates filter and columns.
    ///
    /// # Errors
    /// `invalid_filter`; `validation_failed` for columns that do not exist. Whether the view exists
    /// is checked with data.
    pub fn check(&self, now: Timestamp) -> Result<CheckedExport> {
        let catalogue = self.object.catalogue();
        let known: Vec<&str> = match self.object {
            ExportObject::Partner => PARTNER.iter().map(|field| field.name).collect(),
            ExportObject::Contact => CONTACT_COLUMNS.to_vec(),
            ExportObject::Deal => ViewObject::Deal.columns(),
        };
        let mut faults = Vec::new();
        for (i, column) in self.columns.iter().flatten().enumerate() {
            if !known.contains(&column.as_str()) {
                let fault = FieldError::at_pointer(
                    "invalid_choice",
                    format!("#/columns/{i}"),
                    "must be the name of a field",
                );
                faults.push(fault.meta("allowed", known.clone()));
            }
        }
        let raw = self.filter.as_ref().map(|filter| &filter.0).filter(|raw| !raw.is_null());
        let filter =
            match raw.map(|raw| filter::parse(raw, catalogue, now.0, "#/filter")).transpose() {
                Ok(filter) => filter,
                // Errors of the filter alone are `invalid_filter`, errors of columns too are
                // `validation_failed`.
                Err(wrong) if faults.is_empty() => return Err(filter::invalid(wrong)),
                Err(wrong) => {
                    faults.extend(wrong);
                    None
                }
            };
        if !faults.is_empty() {
            return Err(Error::invalid(faults));
        }
        let columns = self.columns.clone().filter(|columns| !columns.is_empty());
        let columns =
            columns.unwrap_or_else(|| self.all_columns().into_iter().map(str::to_owned).collect());
        Ok(CheckedExport { object: self.object, format: self.format, filter, columns })
    }

    /// A table shows the members of an object, a JSON record the object.
    fn all_columns(&self) -> Vec<&'static str> {
        let has_members =
            |name: &str| PARTNER.iter().any(|field| field.name != name && field.property() == name);
        match (self.object, self.format) {
            (ExportObject::Contact, _) => CONTACT_COLUMNS.to_vec(),
            (ExportObject::Deal, format) => {
                let shown = |name: &&str| match format {
                    ExportFormat::Jsonl => !name.contains('.'),
                    // Its members have columns of their own.
                    ExportFormat::Csv => *name != "decided_by",
                };
                DEAL.iter().map(|field| field.name).chain(["notes"]).filter(shown).collect()
            }
            (ExportObject::Partner, ExportFormat::Jsonl) => {
                PARTNER.iter().map(|field| field.name).filter(|name| !name.contains('.')).collect()
            }
            (ExportObject::Partner, ExportFormat::Csv) => {
                PARTNER.iter().map(|field| field.name).filter(|name| !has_members(name)).collect()
            }
        }
    }
}

impl ExportObject {
    /// The kind of views for these records.
    pub const fn view_object(self) -> ViewObject {
        match self {
            Self::Partner => ViewObject::Partner,
            Self::Contact => ViewObject::Contact,
            Self::Deal => ViewObject::Deal,
        }
    }
}

impl CheckedExport {
    /// The header of a CSV file, after the byte order mark by which Excel recognizes UTF-8. Columns
    /// of money contain their unit, so that an import reads the same amounts.
    ///
    /// # Errors
    /// None in practice, because it is written to memory.
    pub fn header(&self) -> Result<Vec<u8>> {
        let is_money = |column: &str| {
            let field = match self.object {
                ExportObject::Partner => fields::named(PARTNER, column),
                ExportObject::Contact => fields::named(CONTACT, column),
                ExportObject::Deal => fields::named(deals::catalogue(), column),
            };
            field.is_some_and(|field| field.kind == FieldType::Money)
        };
        let names = self.columns.iter().map(|column| {
            if is_money(column) { imports::minor_header(column) } else { column.clone() }
        });
        match self.format {
            ExportFormat::Csv => Ok([BYTE_ORDER_MARK, &line(names)?].concat()),
            ExportFormat::Jsonl => Ok(Vec::new()),
        }
    }

    /// One record as a line. `row` has wire values, tags by name.
    ///
    /// # Errors
    /// As for [`Self::header`].
    pub fn line(&self, row: &Map<String, Value>) -> Result<Vec<u8>> {
        let value = |column: &str| match column.split_once('.') {
            Some((object, member)) => row.get(object).and_then(|object| object.get(member)),
            None => row.get(column),
        };
        match self.format {
            ExportFormat::Csv => {
                line(self.columns.iter().map(|column| cell(value(column).unwrap_or(&Value::Null))))
            }
            ExportFormat::Jsonl => {
                let object: Map<String, Value> = self
                    .columns
                    .iter()
                    .map(|column| (column.clone(), value(column).cloned().unwrap_or_default()))
                    .collect();
                let mut line = serde_json::to_vec(&object).map_err(Error::internal)?;
                line.push(b'\n');
                Ok(line)
            }
        }
    }

    /// Whether tags are among the columns.
    pub fn has_tags(&self) -> bool {
        self.object == ExportObject::Partner
            && self
                .columns
                .iter()
                .any(|name| PARTNER.iter().any(|f| f.name == name && f.kind == FieldType::IdArray))
    }
}

fn line(cells: impl Iterator<Item = impl AsRef<[u8]>>) -> Result<Vec<u8>> {
    let mut writer =
        csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    writer.write_record(cells).map_err(Error::internal)?;
    writer.into_inner().map_err(|error| Error::internal(error.to_string()))
}

/// A value as a cell. Texts that a spreadsheet would interpret as a formula get an apostrophe in
/// front; a list with separators inside its items is written as JSON. Imports read both.
fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text::with_formula_escape(text.clone()),
        Value::Array(items) if items.iter().all(|item| item.as_str().is_some_and(is_plain)) => {
            text::with_formula_escape(
                items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("; "),
            )
        }
        other => other.to_string(),
    }
}

/// Imports split a cell at these three characters, and read a cell that begins with `[` as JSON.
fn is_plain(item: &str) -> bool {
    !item.contains([',', ';', '|']) && !item.starts_with('[')
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn request(body: Value) -> ExportRequest {
        serde_json::from_value(body).unwrap()
    }

    #[test]
    fn cells_are_quoted_and_formulas_are_texts() {
        let export = request(json!({"object": "partner", "format": "csv", "columns":
            ["name", "employees", "regions", "four_c_breakdown.capacity", "services", "domain"]}));
        let export = export.check(Timestamp::now()).unwrap();
        let row = json!({
            "name": "=1+1,\"x\"",
            "employees": -5,
            "regions": ["@a", "b"],
            "four_c_breakdown": {"capacity": 7},
            "services": ["a, b", "c"]
        });
        let Value::Object(row) = row else { panic!() };
        assert_eq!(
            export.header().unwrap(),
            b"\xef\xbb\xbfname,employees,regions,four_c_breakdown.capacity,services,domain\r\n"
        );
        assert_eq!(
            export.line(&row).unwrap(),
            b"\"'=1+1,\"\"x\"\"\",-5,'@a; b,7,\"[\"\"a, b\"\",\"\"c\"\"]\",\r\n"
        );
    }

    #[test]
    fn records_are_objects_line_by_line() {
        let export = request(json!({"object": "contact", "format": "jsonl"}))
            .check(Timestamp::now())
            .unwrap();
        let line = export.line(&Map::from_iter([("name".to_owned(), json!("=Ann"))])).unwrap();
        let object: Value = serde_json::from_slice(&line).unwrap();
        assert_eq!(
            (&object["name"], &object["email"], object.as_object().unwrap().len()),
            (&json!("=Ann"), &Value::Null, 10)
        );
    }

    #[test]
    fn everything_wrong_is_said_at_once() {
        let body = json!({"object": "partner", "format": "csv", "columns": ["name", "nmae", "x"],
            "filter": {"op": "eq", "field": "nope", "value": 1}});
        let Err(Error::Problem(problem)) = request(body).check(Timestamp::now()) else { panic!() };
        assert_eq!(problem.errors.len(), 3);
        let body = json!({
            "object": "partner",
            "format": "csv",
            "filter": {"op": "eq", "field": "nope", "value": 1}
        });
        assert_eq!(
            request(body).check(Timestamp::now()).unwrap_err().code(),
            crate::kernel::error::Code::InvalidFilter
        );
    }
}
