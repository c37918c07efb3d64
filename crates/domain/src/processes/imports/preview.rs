//! The preview of an import: the content of a file and how it would be read, without writing.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value, json};
use utoipa::{PartialSchema, ToSchema, openapi};

use super::{
    choices::ImportObject,
    columns::{ImportField, suggest},
    encoding::ImportEncoding,
    options::ImportOptions,
    plan::{ImportGuess, ImportPlan},
    rows::Inspection,
};
use crate::{
    kernel::{
        error::{Code, Result},
        fields::AnyValue,
        request_body::RequestBody,
    },
    resources::jobs::JobItemWarning,
};

/// The options of a preview: those of the import that may follow, all of them optional. Options
/// about what is done with rows have no effect.
#[derive(Debug, Clone)]
pub struct ImportPreviewOptions {
    /// The kind of records in the file; guessed if absent.
    object: Option<ImportObject>,
    options: ImportOptions,
}

impl RequestBody for ImportPreviewOptions {
    type Resource = Self;
}

impl Default for ImportPreviewOptions {
    fn default() -> Self {
        let options = json!({"object": ImportObject::Partner});
        let options = serde_json::from_value(options).expect("all other options may be absent");
        Self { object: None, options }
    }
}

impl<'de> Deserialize<'de> for ImportPreviewOptions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut given = Map::<String, Value>::deserialize(deserializer)?;
        let is_given = given.contains_key("object");
        given.entry("object").or_insert_with(|| json!(ImportObject::Partner));
        let options: ImportOptions =
            serde_json::from_value(given.into()).map_err(serde::de::Error::custom)?;
        Ok(Self { object: is_given.then_some(options.object), options })
    }
}

impl PartialSchema for ImportPreviewOptions {
    /// The schema of [`ImportOptions`] without required properties.
    fn schema() -> openapi::RefOr<openapi::Schema> {
        let mut schema = ImportOptions::schema();
        if let openapi::RefOr::T(openapi::Schema::Object(object)) = &mut schema {
            object.required.clear();
            object.description = Some(
                "The options of an import, all of them optional. Absent options are guessed."
                    .to_owned(),
            );
        }
        schema
    }
}
impl ToSchema for ImportPreviewOptions {
    fn schemas(schemas: &mut Vec<(String, openapi::RefOr<openapi::Schema>)>) {
        ImportOptions::schemas(schemas);
    }
}

impl ImportPreviewOptions {
    /// The kind of records, if it was sent.
    pub fn object(&self) -> Option<ImportObject> {
        self.object
    }

    /// The options for reading the file, with partners as the default.
    pub fn options(&self) -> &ImportOptions {
        &self.options
    }

    /// The options of the import, with the object guessed if it was not sent.
    fn complete(self, inspection: &Inspection) -> (ImportOptions, Option<ImportGuess>) {
        let mut options = self.options;
        if self.object.is_some() {
            return (options, None);
        }
        // Rows of partners and of contacts alike may contain people.
        let is_own = |field: &&ImportField| !matches!(field, ImportField::Person(_));
        let names =
            |object| suggest(object, &inspection.columns).iter().flatten().filter(is_own).count();
        let (partner, contact, deal) =
            (names(ImportObject::Partner), names(ImportObject::Contact), names(ImportObject::Deal));
        options.object = match () {
            () if contact > partner && contact >= deal => ImportObject::Contact,
            () if deal > partner => ImportObject::Deal,
            () => ImportObject::Partner,
        };
        let guess = ImportGuess {
            option: "object".to_owned(),
            value: json!(options.object),
            reason: format!(
                "The headers match {partner} fields of partners, {contact} of contacts and {deal} \
                 of deals."
            ),
        };
        (options, Some(guess))
    }
}

/// A column of the file.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ImportPreviewColumn {
    /// Its header.
    #[schema(example = "# Employees")]
    pub name: String,
    /// The field to which it maps: from the mapping, or guessed.
    #[schema(example = "employees")]
    pub suggested_field: Option<String>,
    /// Some of its values.
    #[schema(example = json!(["15", "1,200", "11-50"]))]
    pub samples: Vec<String>,
}

/// One of the first rows, as the import would read it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ImportPreviewRow {
    /// The number in the file; the first record after the header is 1.
    #[schema(example = 1)]
    pub row: u64,
    /// Values by field.
    pub data: AnyValue,
    /// Remarks about values that were changed or left out.
    pub warnings: Vec<JobItemWarning>,
}

/// The preview of an import.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ImportPreview {
    /// The kind of records.
    pub object: ImportObject,
    /// The columns in their order.
    pub columns: Vec<ImportPreviewColumn>,
    /// The first rows, at most 20.
    pub rows: Vec<ImportPreviewRow>,
    /// The number of rows; empty rows are not counted.
    #[schema(example = 5731)]
    pub row_count: u64,
    /// The encoding of the file.
    pub encoding: ImportEncoding,
    /// The separator of cells; null for JSON.
    #[schema(example = ",")]
    pub separator: Option<String>,
    /// The options that were not sent, each with the value that is used, and the reason.
    pub guesses: Vec<ImportGuess>,
}

impl ImportPreview {
    /// The preview of an inspected file. `currency` is the code of the organization's currency,
    /// `shared_domains` its own list of shared domains.
    ///
    /// # Errors
    /// Those of mapping and defaults.
    pub fn new(
        options: ImportPreviewOptions,
        inspection: &Inspection,
        currency: &str,
        shared_domains: &[String],
    ) -> Result<Self> {
        let (options, guessed_object) = options.complete(inspection);
        let plan = ImportPlan::for_preview(options, inspection, currency)?;
        let converter = plan.converter();
        let rows = inspection.first.iter().map(|row| {
            if row.has_surplus {
                let code = Code::RowTooLong;
                let warning = JobItemWarning::new(code.as_str(), code.title());
                let data = AnyValue(Value::Object(Map::new()));
                return ImportPreviewRow { row: row.number, data, warnings: vec![warning] };
            }
            let mut converted = converter.read(row);
            converted.drop_shared_domains(shared_domains);
            ImportPreviewRow {
                row: row.number,
                data: AnyValue(Value::Object(converted.values)),
                warnings: converted.warnings,
            }
        });
        let field_of = |name: &String| {
            let column = plan.mapping.iter().find(|(column, _)| column == name);
            column.map(|(_, field)| field.name().to_owned())
        };
        let columns = inspection.columns.iter().zip(&inspection.samples);
        Ok(Self {
            object: plan.options.object,
            columns: columns
                .map(|(name, samples)| ImportPreviewColumn {
                    name: name.clone(),
                    suggested_field: field_of(name),
                    samples: samples.clone(),
                })
                .collect(),
            rows: rows.collect(),
            row_count: inspection.row_count,
            encoding: inspection.shape.encoding,
            separator: inspection.shape.separator().map(|byte| char::from(byte).to_string()),
            guesses: guessed_object.into_iter().chain(plan.guesses).collect(),
        })
    }
}
