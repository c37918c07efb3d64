//! What a client says of a file, and what is to be done with its rows.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::{
    choices::{
        ImportDateFormat, ImportDecimal, ImportMatch, ImportMoneyUnit, ImportOnDuplicateRow,
        ImportOnMatch, ImportOnNameDiffers,
    },
    columns::{self, ImportField, field_named},
    encoding::ImportEncoding,
};
use crate::{
    kernel::{
        error::{Code, Error, Result},
        field_error::FieldError,
        request_body::RequestBody,
    },
    resources::objects::{ImportObject, ObjectType},
};

/// Which column feeds which field. Beside the fields of the record a column may feed `id`, for
/// `match: id`. The row of a partner may also have a contact (`contact_name`, or
/// `contact_first_name` and `contact_last_name`; `contact_email`, `contact_phone`,
/// `contact_title`), which is created or updated, and the e-mail address of a member as its manager
/// (`partner_manager_email`). The name of a contact may come as `first_name` and `last_name`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(example = json!({
    "Company Name": "name",
    "Website": "domain",
    "# Employees": "employees"
}))]
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
    #[schema(value_type = ImportObject)]
    pub object: ObjectType,
    /// Which column feeds which field; guessed from the headers when absent.
    #[serde(default)]
    pub mapping: Option<ImportMapping>,
    /// How a row finds the record that it is about; `domain` when absent. Unless by `id`,
    /// contacts are found by e-mail address or name, deals by external id, or where the row has
    /// none by partner, account and name.
    #[serde(default = "by_domain", rename = "match")]
    pub matching: ImportMatch,
    /// What becomes of a row that matches; `update` when absent.
    #[serde(default = "update")]
    pub on_match: ImportOnMatch,
    /// What becomes of a row that matches a partner by domain and gives it another name; `skip`
    /// when absent.
    #[serde(default = "skip_other_name")]
    pub on_name_differs: ImportOnNameDiffers,
    /// What becomes of a second row for the same partner, contact or deal; `skip` when absent.
    #[serde(default = "skip")]
    pub on_duplicate_row: ImportOnDuplicateRow,
    /// What amounts count: `major` when absent for CSV, `minor` for JSON. A header such as
    /// `company_revenue (minor)`, as our own exports write it, holds for its column whatever is
    /// said here.
    #[serde(default)]
    pub money_unit: Option<ImportMoneyUnit>,
    /// The line of a CSV file on which the header stands, counted from 1; 0 when there is none and
    /// columns are called `Column 1`, `Column 2` and so on. Guessed when absent.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 1000, example = 1)]
    pub header_row: Option<u64>,
    /// How the bytes of the file are read: a label of the WHATWG Encoding Standard, such as
    /// `utf-8`, `windows-1252`, `windows-1251`, `shift_jis` or `gbk`. Guessed when absent; a byte
    /// order mark holds in any case.
    #[serde(default)]
    #[schema(max_length = 40, example = "utf-8")]
    pub encoding: Option<String>,
    /// In which order dates are written where they do not begin with the year. Guessed from the
    /// file when absent; dates that remain in doubt are not read.
    #[serde(default)]
    pub date_format: Option<ImportDateFormat>,
    /// Which character stands before decimals. Guessed from the file when absent; numbers that
    /// remain in doubt are not read.
    #[serde(default)]
    pub decimal: Option<ImportDecimal>,
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
    /// The encoding that the options name.
    ///
    /// # Errors
    /// `invalid_choice` for what is no label of an encoding.
    pub(super) fn encoding(&self) -> Result<Option<ImportEncoding>> {
        let Some(label) = &self.encoding else { return Ok(None) };
        ImportEncoding::of_label(label).map(Some).ok_or_else(|| {
            let detail = "must be a label of the WHATWG Encoding Standard, such as utf-8, \
                          windows-1252 or shift_jis";
            Error::field("invalid_choice", "encoding", detail)
        })
    }

    /// The mapping that was given with its fields, each column once; none where it is to be
    /// guessed.
    ///
    /// # Errors
    /// `mapping_unknown_column` names every column that the file does not have; `invalid_choice`
    /// every field that an import cannot write; `duplicate_item` a field of one value that two
    /// columns feed.
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
                "the file has no such column",
            )
        }));
        for (column, name) in given {
            match field_named(self.object, name) {
                None => faults.push(
                    FieldError::at_pointer(
                        "invalid_choice",
                        pointer(column),
                        "no import can write this field",
                    )
                    .meta("allowed", columns::names(self.object)),
                ),
                Some(field)
                    if !field.is_list() && mapping.iter().any(|(_, other)| *other == field) =>
                {
                    faults.push(FieldError::at_pointer(
                        "duplicate_item",
                        pointer(column),
                        "another column feeds this field",
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
