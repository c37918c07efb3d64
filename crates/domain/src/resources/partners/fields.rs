//! The fields of partners, as the API describes them.

use serde::Serialize;
use utoipa::ToSchema;

use crate::kernel::{
    fields::{AnyValue, Field, FieldClass, FieldReference, FieldType, Operator},
    lists::{self, List, list_parameters},
};

/// The fields that the list of partner fields is filtered and sorted by.
pub static PARTNER_FIELD: &[Field] = &[
    Field::new("name", "Name", FieldType::Text, FieldClass::System).exact(),
    Field::new("type", "Type", FieldType::Enum, FieldClass::System)
        .words(FieldType::VALUES)
        .schema("FieldType"),
    Field::new("class", "Class", FieldType::Enum, FieldClass::System)
        .words(FieldClass::VALUES)
        .schema("FieldClass"),
];
/// The list of partner fields, in display order.
pub static PARTNER_FIELD_LIST: List = List::new("PartnerField", || PARTNER_FIELD).short();

list_parameters! {
    /// The parameters of the list of partner fields.
    PartnerFieldList of PARTNER_FIELD_LIST;
}

/// The limits of a field; what is null has no limit.
#[derive(Debug, Serialize, ToSchema)]
pub struct FieldLimits {
    /// Lowest number.
    #[schema(example = 0)]
    pub min: Option<i64>,
    /// Highest number.
    #[schema(example = 10_000_000)]
    pub max: Option<i64>,
    /// Longest text in characters; of each item of an array.
    #[schema(example = 200)]
    pub max_length: Option<u32>,
    /// Most items of an array.
    #[schema(example = 100)]
    pub max_items: Option<u32>,
}

/// One field of partners: what it is, who writes it, what can be done with it.
#[derive(Debug, Serialize, ToSchema)]
pub struct PartnerField {
    /// The property name; members of objects have a dot.
    #[schema(example = "employees")]
    pub name: &'static str,
    /// The name that people know.
    #[schema(example = "Employees")]
    pub label: &'static str,
    /// What kind of values it holds.
    #[serde(rename = "type")]
    pub kind: FieldType,
    /// What a number counts.
    #[schema(example = "people")]
    pub unit: Option<&'static str>,
    /// What an id or key refers to.
    pub reference: Option<FieldReference>,
    /// Who may write it.
    pub class: FieldClass,
    /// Whether it can be null.
    pub nullable: bool,
    /// Whether a new partner needs it.
    pub required_on_create: bool,
    /// The value of a new partner.
    pub default: AnyValue,
    /// The limits of its values.
    pub limits: FieldLimits,
    /// The values of an enum, in their sort order; null for other types.
    pub values: Option<Vec<&'static str>>,
    /// The operators that filters know for it.
    pub operators: Vec<Operator>,
    /// The query parameters of `GET /partners` that filter by it.
    #[schema(example = json!(["employees", "employees_gte", "employees_lte"]))]
    pub parameters: Vec<String>,
    /// Whether lists can be sorted by it.
    pub sortable: bool,
    /// Whether aggregates can group by it.
    pub groupable: bool,
    /// Whether `PartnerSummary` has it.
    pub in_summary: bool,
    /// Whether a column of an import can feed it.
    pub importable: bool,
    /// Whether a question of the application form can feed it.
    pub mappable: bool,
    /// Whether an edit by hand protects it from automation.
    pub overridable: bool,
}

impl From<&'static Field> for PartnerField {
    fn from(f: &'static Field) -> Self {
        Self {
            name: f.name,
            label: f.label,
            kind: f.kind,
            unit: f.unit,
            reference: f.reference,
            class: f.class,
            nullable: f.nullable,
            required_on_create: f.required,
            default: AnyValue(f.default_value()),
            limits: FieldLimits {
                min: f.min,
                max: f.max,
                max_length: f.max_length,
                max_items: f.max_items,
            },
            values: (!f.words.is_empty()).then(|| f.words.to_vec()),
            operators: f.operators().to_vec(),
            parameters: lists::parameters_of(f).map(|(name, _)| name).collect(),
            sortable: f.sortable(),
            groupable: f.groupable(),
            in_summary: !f.long && f.name != "key_stakeholders",
            importable: f.importable(),
            mappable: f.mappable,
            overridable: f.overridable,
        }
    }
}
