//! The options of an import: the format of the file, and what is done with its rows.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::{
    choices::{
        ImportDateFormat, ImportDecimal, ImportMatch, ImportMoneyUnit, ImportObject,
        ImportOnDuplicateRow, ImportOnMatch, ImportOnNameDiffers,
    },
    columns::{self, ImportField, field_named},
    encoding::ImportEncoding,
};
use crate::kernel::{
    error::{Code, Error, Result},
    field_error::FieldError,
    request_body::RequestBody,
};

/// The fields to which columns map. In addition to the fields of the record, a column may map to
/// `id`, for `match: id`. The row of a partner may also contain a contact (`contact_name`, or
/// `contact_first_name` and `contact_last_name`; `contact_email`, `contact_phone`,
/// `contact_title`), which is created or updated, and the e-mail address of a member as its partner
/// manager (`partner_manager_email`). The name of a contact may also be split into `first_name` and
/// `last_name`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(example = json!({
    "Company Name": "name",
    "Website": "domain",
    "# Employees": "employees"
}))]
pub struct ImportMapping(pub BTreeMap<String, String>);

/// Values of fields for rows without a value.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = Object, example = json!({"type": "technology"}))]
pub struct ImportDefaults(pub Map<String, Value>);

/// The options of an import.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ImportOptions {
    /// The kind of records in the file.
    pub object: ImportObject,
    /// The fields to which columns map; guessed from the headers if absent.
    #[serde(default)]
    pub mapping: Option<ImportMapping>,
    /// How a row finds its record. The default is `domain`. Except with `id`, contacts are found by
    /// e-mail address or name, deals by external id, or by partner, account and name if the row has
    /// none.
    #[serde(default = "by_domain", rename = "match")]
    pub matching: ImportMatch,
    /// What is done with a row that matches. The default is `update`.
    #[serde(default = "update")]
    pub on_match: ImportOnMatch,
    /// What is done with a row that matches a partner by domain and has another name. The default
    /// is `skip`.
    #[serde(default = "skip_other_name")]
    pub on_name_differs: ImportOnNameDiffers,
    /// What is done with a second row for the same partner, contact or deal. The default is `skip`.
    #[serde(default = "skip")]
    pub on_duplicate_row: ImportOnDuplicateRow,
    /// The unit of amounts. The default is `major` for CSV and `minor` for JSON. A header such as
    /// `company_revenue (minor)`, as in our own exports, has priority for its column.
    #[serde(default)]
    pub money_unit: Option<ImportMoneyUnit>,
    /// The line of a CSV file with the header, counted from 1; 0 if there is none, in which case
    /// columns are called `Column 1`, `Column 2` and so on. Guessed if absent.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 1000, example = 1)]
    pub header_row: Option<u64>,
    /// The encoding of the file: a label of the WHATWG Encoding Standard, such as `utf-8`,
    /// `windows-1252`, `windows-1251`, `shift_jis` or `gbk`. Guessed if absent; a byte order mark
    /// has priority.
    #[serde(default)]
    #[schema(max_length = 40, example = "utf-8")]
    pub encoding: Option<String>,
    /// The order of day, month and year in dates that do not begin with the year. Guessed from the
    /// file if absent; ambiguous dates are not imported.
    #[serde(default)]
    pub date_format: Option<ImportDateFormat>,
    /// The decimal separator. Guessed from the file if absent; ambiguous numbers are not imported.
    #[serde(default)]
    pub decimal: Option<ImportDecimal>,
    /// Deals only: whether rows may be approved in spite of a channel conflict.
    #[serde(default)]
    #[schema(example = false)]
    pub allow_conflict: Option<bool>,
    /// Whether it is a dry run, which only reports what would be done.
    #[serde(default)]
    #[schema(example = false)]
    pub dry_run: bool,
    /// Values of new records for rows without a value.
    #[serde(default)]
    pub defaults: Option<ImportDefaults>,
}

impl RequestBody for ImportOptions {
    type Resource = Self;
}

const fn by_domain() -> ImportMatch {
    ImportMatch::Domain
}
const fn update() -> ImportOnMatch {
    ImportOnMatch::Update
}
const fn skip_other_name() -> ImportOnNameDiffers {
    ImportOnNameDiffers::Skip
}
const fn skip() -> ImportOnDuplicateRow {
    ImportOnDuplicateRow::Skip
}

impl ImportOptions {
    /// The encoding in the options.
    ///
    /// # Errors
    /// `invalid_choice` if the label is unknown.
    pub(super) fn encoding(&self) -> Result<Option<ImportEncoding>> {
        let Some(label) = &self.encoding else { return Ok(None) };
        ImportEncoding::of_label(label).map(Some).ok_or_else(|| {
            let detail = "must be a label of the WHATWG Encoding Standard, such as utf-8, \
                          windows-1252 or shift_jis";
            Error::field("invalid_choice", "encoding", detail)
        })
    }

    /// The mapping in the options with its fields, each column once; `None` if it is guessed.
    ///
    /// # Errors
    /// `mapping_unknown_column` with all columns that the file does not have; `invalid_choice` with
    /// all fields that imports cannot write; `duplicate_item` for a single-valued field to which
    /// two columns map.
    pub(super) fn mapping(&self, columns: &[String]) -> Result<Option<Vec<(String, ImportField)>>> {
        let Some(ImportMapping(given)) = &self.mapping else { return Ok(None) };
        let pointer =
            |column: &str| format!("#/mapping/{}", column.replace('~', "~0").replace('/', "~1"));
        let mut mapping: Vec<(String, ImportField)> = Vec::new();
        let mut faults = Vec::new();
        let unknown: Vec<&String> =
            given.keys().filter(|column| !columns.contains(column)).collect();
        faults.extend(unknown.iter().map(|column| {
            FieldError::at_pointer(
                "mapping_unknown_column",
                pointer(column),
                "must be a column of the file",
            )
        }));
        for (column, name) in given {
            match field_named(self.object, name) {
                None => faults.push(
                    FieldError::at_pointer(
                        "invalid_choice",
                        pointer(column),
                        "cannot be written by imports",
                    )
                    .meta("allowed", columns::names(self.object)),
                ),
                Some(field)
                    if !field.is_list() && mapping.iter().any(|(_, other)| *other == field) =>
                {
                    faults.push(FieldError::at_pointer(
                        "duplicate_item",
                        pointer(column),
                        "another column is already mapped to this field",
                    ))
                }
                Some(field) => mapping.push((column.clone(), field)),
            }
        }
        match (unknown.is_empty(), faults.is_empty()) {
            (_, true) => Ok(Some(mapping)),
            (true, false) => Err(Error::invalid(faults)),
            (false, false) => {
                let error =
                    Error::of(Code::MappingUnknownColumn).meta("columns", columns.to_vec().into());
                Err(faults.into_iter().fold(error, Error::at))
            }
        }
    }
}
