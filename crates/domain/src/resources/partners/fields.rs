//! The description of partner fields in the API.

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

/// The limits of a field; null means no limit.
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

/// A field of partners: its type, who may write it, and what it can be used for.
#[derive(Debug, Serialize, ToSchema)]
pub struct PartnerField {
    /// The property name; members of objects have a dot.
    #[schema(example = "employees")]
    pub name: &'static str,
    /// The name for people.
    #[schema(example = "Employees")]
    pub label: &'static str,
    /// The type of its values.
    #[serde(rename = "type")]
    pub kind: FieldType,
    /// The unit of a number.
    #[schema(example = "people")]
    pub unit: Option<&'static str>,
    /// What an id or key refers to.
    pub reference: Option<FieldReference>,
    /// Who may write it.
    pub class: FieldClass,
    /// Whether it can be null.
    pub nullable: bool,
    /// Whether it is required for a new partner.
    pub required_on_create: bool,
    /// The value of a new partner.
    pub default: AnyValue,
    /// The limits of its values.
    pub limits: FieldLimits,
    /// The values of an enum, in their sort order; null for other types.
    pub values: Option<Vec<&'static str>>,
    /// The filter operators that it supports.
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
    /// Whether imports can write it.
    pub importable: bool,
    /// Whether a question of the application form can map to it.
    pub mappable: bool,
    /// Whether a manual write overrides it.
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
