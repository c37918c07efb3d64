//! The parameters of lists in the document. Each becomes a component to which operations refer;
//! `api::openapi` moves them there.

use serde_json::{Value as Json, json};
use utoipa::openapi::{
    ArrayBuilder, ObjectBuilder, Ref, RefOr, Schema,
    extensions::ExtensionsBuilder,
    path::{Parameter, ParameterBuilder, ParameterIn, ParameterStyle},
    schema::{KnownFormat, SchemaFormat, Type},
};

use super::{
    DEFAULT_LIMIT, List, MAX_CURSOR, MAX_LIMIT, MAX_SEARCH, MAX_SEQUENCE, MAX_SORT_KEYS,
    parameters::takes_many,
};
use crate::kernel::fields::{Field, FieldType, Operator, named};

/// Declares the type that stands for the parameters of a list in the annotation of an operation.
macro_rules! list_parameters {
    ($($(#[doc = $doc:literal])* $name:ident of $list:path;)*) => {$(
        $(#[doc = $doc])*
        #[derive(Debug)]
        pub struct $name;

        impl utoipa::IntoParams for $name {
            fn into_params(
                _: impl Fn() -> Option<utoipa::openapi::path::ParameterIn>,
            ) -> Vec<utoipa::openapi::path::Parameter> {
                $list.parameters()
            }
        }
    )*};
}
pub(crate) use list_parameters;

impl List {
    /// Its parameters, each with the name of its component.
    pub fn parameters(&self) -> Vec<Parameter> {
        let mut all = Vec::new();
        if self.has_search {
            all.push(search());
        }
        if self.has_pages {
            all.extend(self.has_sort.then(sort));
            all.extend([limit(self), cursor(), include(self)]);
        }
        if self.has_views {
            all.push(view_id());
        }
        if self.has_changes {
            all.push(changed_after());
        }
        for (name, field, operator) in self.conditions() {
            all.push(self.condition_parameter(&name, field, operator, &describe(field, operator)));
        }
        for alias in self.aliases {
            let field = named(self.fields(), alias.field);
            let field = field.unwrap_or_else(|| panic!("{} has no {}", self.schema, alias.field));
            all.push(self.condition_parameter(
                alias.name,
                field,
                alias.operator,
                alias.description,
            ));
        }
        all
    }

    fn condition_parameter(
        &self,
        name: &str,
        field: &Field,
        operator: Operator,
        description: &str,
    ) -> Parameter {
        let truth = || ObjectBuilder::new().schema_type(Type::Boolean).into();
        let one: RefOr<Schema> = match (operator, field.kind, field.value_schema()) {
            (Operator::IsNull, ..) | (_, FieldType::Boolean, _) => truth(),
            (Operator::Contains | Operator::StartsWith, ..) => words().into(),
            (.., Some(schema)) => Ref::from_schema_name(schema).into(),
            (_, FieldType::Integer | FieldType::Money | FieldType::Score, _) => integer().into(),
            _ => words().into(),
        };
        let is_one = !takes_many(operator) || field.kind == FieldType::Boolean;
        let value = if is_one { one } else { ArrayBuilder::new().items(one).into() };
        // What finishes the document takes format and example from the property.
        let origin = json!({"schema": self.schema, "field": field.path, "operator": operator});
        let mut parameter = query(name, description, value, Json::Null);
        parameter.extensions = Some(
            ExtensionsBuilder::new().add("x-filters-by", origin).add("x-filter", true).build(),
        );
        parameter
    }
}

fn search() -> Parameter {
    let text = "The text to search for. Finds prefixes and parts of words, and tolerates typing \
                errors.";
    query("q", text, words().max_length(Some(MAX_SEARCH)).into(), json!("acme"))
        .component("SearchParameter")
}

fn sort() -> Parameter {
    let text = "Up to 3 fields, with `-` in front for descending order. Nulls come last, and equal \
                rows are in the order of their ids. An unknown name is answered with the list of \
                valid ones.";
    let names = ArrayBuilder::new().items(words()).max_items(Some(MAX_SORT_KEYS));
    // Which fields there are differs from list to list: it has no example.
    query("sort", text, names.into(), Json::Null).component("SortParameter")
}

fn limit(list: &List) -> Parameter {
    let schema = integer().minimum(Some(1)).maximum(Some(MAX_LIMIT)).into();
    let (text, component) = if list.is_short {
        (
            "The number of rows of a page. The default is all \
          rows."
                .to_owned(),
            "ShortListLimitParameter",
        )
    } else {
        (format!("The number of rows of a page. The default is {DEFAULT_LIMIT}."), "LimitParameter")
    };
    query("limit", &text, schema, json!(DEFAULT_LIMIT)).component(component)
}

fn cursor() -> Parameter {
    // A cursor of the document would belong to no list: it has no example.
    let schema = words().max_length(Some(MAX_CURSOR)).into();
    query("cursor", "The `next_cursor` of the previous page.", schema, Json::Null)
        .component("CursorParameter")
}

fn include(list: &List) -> Parameter {
    let (text, of, most, component) = if list.has_deleted {
        let text = "`total_count` counts all rows; `deleted` adds deleted rows (a search finds \
                    live rows only).";
        (text, "ListInclude", 2, "IncludeDeletedParameter")
    } else {
        ("`total_count` counts all rows exactly.", "PageInclude", 1, "IncludeParameter")
    };
    let schema = ArrayBuilder::new().items(Ref::from_schema_name(of)).max_items(Some(most));
    query("include", text, schema.into(), json!(["total_count"])).component(component)
}

fn view_id() -> Parameter {
    let text = "A saved view. Its filter and search are combined with the others by AND; its sort \
                applies unless `sort` is given.";
    // The id of a view that does not exist would be refused: it has no example.
    query("view_id", text, Ref::from_schema_name("ViewId").into(), Json::Null)
        .component("ViewParameter")
}

fn changed_after() -> Parameter {
    let text = "Only rows whose last change has a higher event `sequence` than this, in the order \
                of their changes: send the `last_sequence` of an earlier walk, or 0 for all rows. \
                Conditions apply; `sort` and `q` cannot be combined with it. With \
                `include=deleted`, deleted rows are included, and `erased_ids` lists permanently \
                deleted ones.";
    // Beside the examples of `sort` and `q` it would be refused: it has none.
    let schema = integer().minimum(Some(0)).maximum(Some(MAX_SEQUENCE)).into();
    query("changed_after", text, schema, Json::Null).component("ChangedAfterParameter")
}

fn words() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
}

fn integer() -> ObjectBuilder {
    let format = SchemaFormat::KnownFormat(KnownFormat::Int64);
    ObjectBuilder::new().schema_type(Type::Integer).format(Some(format))
}

fn query(name: &str, description: &str, schema: RefOr<Schema>, example: Json) -> Parameter {
    let many = matches!(&schema, RefOr::T(Schema::Array(_)));
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Query)
        .description(Some(description))
        .schema(Some(schema))
        .style(many.then_some(ParameterStyle::Form))
        .explode(many.then_some(false))
        .example((!example.is_null()).then_some(example))
        .build()
}

/// Names the component that a parameter becomes.
trait Component {
    fn component(self, name: &str) -> Self;
}

impl Component for Parameter {
    fn component(mut self, name: &str) -> Self {
        self.extensions = Some(ExtensionsBuilder::new().add("x-component", name).build());
        self
    }
}

fn describe(field: &Field, operator: Operator) -> String {
    let label = field.label;
    let time = match field.kind {
        FieldType::Timestamp => " A time, a day, or a duration from now.",
        FieldType::Date => " A day, or a duration from now.",
        _ => "",
    };
    match operator {
        Operator::In if field.kind == FieldType::Boolean => format!("{label} is true or false."),
        Operator::In => format!("{label} is one of these values."),
        Operator::Any => format!("{label} contains at least one of these values."),
        Operator::NotIn => format!("{label} is not one of these values, or is empty."),
        Operator::Gt => format!("{label} is greater than this value.{time}"),
        Operator::Gte => format!("{label} is at least this value.{time}"),
        Operator::Lt => format!("{label} is less than this value.{time}"),
        Operator::Lte => format!("{label} is at most this value.{time}"),
        Operator::Contains => format!("{label} contains this text, without regard to case."),
        Operator::StartsWith => format!("{label} starts with this text, without regard to case."),
        Operator::All => format!("{label} contains all of these values."),
        Operator::None => format!("{label} contains none of these values."),
        _ => format!("{label} is empty (`true`) or is not empty (`false`)."),
    }
}
