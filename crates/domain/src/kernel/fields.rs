//! The field catalogue: one plain table of rows per resource. Parsing, limits, writer classes,
//! overrides, filters, sorting, import and export, event diffs and the document read it; `GET
//! /partner-fields` serves it.

use serde::Serialize;
use serde_json::{Map, Value as Json, json};
use utoipa::ToSchema;

use crate::kernel::{ids, string_enum::string_enum};

string_enum! {
    /// What kind of values a field holds.
    FieldType {
        Text = "text",
        Integer = "integer",
        Money = "money",
        Score = "score",
        Boolean = "boolean",
        Enum = "enum",
        Date = "date",
        Timestamp = "timestamp",
        Domain = "domain",
        Id = "id",
        TextArray = "text_array",
        EnumArray = "enum_array",
        IdArray = "id_array",
        Object = "object",
    }
    /// Who may write a field. `profile` and `relation`: people and automation. `computed`:
    /// calculated from deals; people may override it. `ai`: scoring. `system`: the system.
    /// `user_only`: people, never automation.
    FieldClass {
        Profile = "profile",
        Computed = "computed",
        Scoring = "ai",
        System = "system",
        Relation = "relation",
        User = "user_only",
    }
    /// What a field refers to.
    FieldReference {
        Tag = "tag",
        Tier = "tier",
        Member = "member",
        Contact = "contact",
        Deal = "deal",
    }
    /// How a filter leaf compares.
    Operator as "FilterOperator" {
        Eq = "eq",
        Ne = "ne",
        In = "in",
        NotIn = "not_in",
        IsNull = "is_null",
        Gt = "gt",
        Gte = "gte",
        Lt = "lt",
        Lte = "lte",
        Between = "between",
        Contains = "contains",
        StartsWith = "starts_with",
        Any = "any",
        All = "all",
        None = "none",
    }
}

/// One row of a catalogue. Built with the `const fn`s below; `GET /partner-fields` shows it as
/// [`PartnerField`].
#[derive(Debug, Clone, Copy)]
pub struct Field {
    /// The property name; a member of an object has its path, `four_c_breakdown.capacity`.
    pub name: &'static str,
    pub label: &'static str,
    pub kind: FieldType,
    pub class: FieldClass,
    pub nullable: bool,
    pub required: bool,
    /// The value of a new row, as JSON text.
    pub default: &'static str,
    pub min: Option<i64>,
    pub max: Option<i64>,
    pub max_length: Option<u32>,
    pub max_items: Option<u32>,
    /// The words of an enum, in their order.
    pub words: &'static [&'static str],
    /// The SQL expression of the stored value.
    pub column: &'static str,
    /// Where its value is in a row of wire values: its name, unless it is a member of an object
    /// that filters call by a name of its own.
    pub path: &'static str,
    /// A text of several lines that no table shows: not sortable, not in summaries, not in event
    /// diffs.
    pub long: bool,
    /// Whether an index serves sorting by it.
    pub indexed: bool,
    pub unit: Option<&'static str>,
    pub reference: Option<FieldReference>,
    /// The prefix of the ids that it holds, where `reference` does not give it.
    pub id_prefix: Option<&'static str>,
    /// The schema of a single value, where it has a name that `reference` does not give.
    pub named_schema: Option<&'static str>,
    /// Whether its texts are compared as they are stored: keys and ids.
    pub exact: bool,
    /// Whether lists cannot be sorted by it, although it has one value.
    pub unsorted: bool,
    /// Whether a question of the application form may feed it.
    pub mappable: bool,
    /// Whether people and automation may write it at all.
    pub writable: bool,
    /// Whether a decision by hand protects it from automation.
    pub overridable: bool,
    /// Whether it is stored as a path and shown as an address below the public one.
    pub link: bool,
    /// Whether only filter trees name it: lists have no parameters for it.
    pub query_only: bool,
    /// The field of the record's partner that this one stands for: filters look there, nothing else
    /// knows it.
    pub of_partner: Option<&'static Field>,
}

/// Rows of a catalogue are known by their name.
impl PartialEq for Field {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

/// The largest amount of money: exact in every JSON reader (2^53 - 1).
pub const MAX_MONEY: i64 = 9_007_199_254_740_991;

impl Field {
    /// A row; its class decides who may write it.
    pub const fn new(
        name: &'static str,
        label: &'static str,
        kind: FieldType,
        class: FieldClass,
    ) -> Self {
        let writable = matches!(
            class,
            FieldClass::Profile | FieldClass::Computed | FieldClass::Relation | FieldClass::User
        );
        let (min, max) = match kind {
            FieldType::Money => (Some(0), Some(MAX_MONEY)),
            FieldType::Score => (Some(0), Some(100)),
            _ => (None, None),
        };
        Self {
            name,
            label,
            kind,
            class,
            nullable: false,
            required: false,
            default: "null",
            min,
            max,
            max_length: None,
            max_items: None,
            words: &[],
            column: name,
            path: name,
            long: false,
            indexed: false,
            unit: if matches!(kind, FieldType::Money) { Some("minor_units") } else { None },
            reference: None,
            id_prefix: None,
            named_schema: None,
            exact: false,
            unsorted: false,
            mappable: false,
            writable,
            overridable: writable && !matches!(class, FieldClass::User),
            link: false,
            query_only: false,
            of_partner: None,
        }
    }
    /// Holds ids of this prefix, described by this schema.
    pub const fn ids(mut self, prefix: &'static str, schema: &'static str) -> Self {
        self.id_prefix = Some(prefix);
        self.named_schema = Some(schema);
        self
    }
    /// A single value has a schema of this name.
    pub const fn schema(mut self, name: &'static str) -> Self {
        self.named_schema = Some(name);
        self
    }
    /// Its value is at this path of a row.
    pub const fn at(mut self, path: &'static str) -> Self {
        self.path = path;
        self
    }
    /// Compared as it is stored.
    pub const fn exact(mut self) -> Self {
        self.exact = true;
        self
    }
    /// Not to be sorted by.
    pub const fn unsorted(mut self) -> Self {
        self.unsorted = true;
        self
    }
    /// Stored as a path, shown as an address.
    pub const fn link(mut self) -> Self {
        self.link = true;
        self
    }
    pub const fn null(mut self) -> Self {
        self.nullable = true;
        self
    }
    pub const fn required(mut self) -> Self {
        self.required = true;
        self
    }
    pub const fn default(mut self, json: &'static str) -> Self {
        self.default = json;
        self
    }
    pub const fn range(mut self, min: i64, max: i64) -> Self {
        self.min = Some(min);
        self.max = Some(max);
        self
    }
    /// At most so many characters; of each item when it is an array.
    pub const fn length(mut self, max: u32) -> Self {
        self.max_length = Some(max);
        self
    }
    pub const fn items(mut self, max: u32) -> Self {
        self.max_items = Some(max);
        self.default = "[]";
        self
    }
    pub const fn words(mut self, words: &'static [&'static str]) -> Self {
        self.words = words;
        self
    }
    pub const fn column(mut self, sql: &'static str) -> Self {
        self.column = sql;
        self
    }
    pub const fn long(mut self) -> Self {
        self.query_only = true;
        self.long = true;
        self
    }
    pub const fn indexed(mut self) -> Self {
        self.indexed = true;
        self
    }
    pub const fn unit(mut self, unit: &'static str) -> Self {
        self.unit = Some(unit);
        self
    }
    pub const fn refers_to(mut self, to: FieldReference) -> Self {
        self.reference = Some(to);
        self
    }
    pub const fn mappable(mut self) -> Self {
        self.mappable = true;
        self
    }
    /// Never protected, although people and automation write it.
    pub const fn never_overridden(mut self) -> Self {
        self.overridable = false;
        self
    }
    /// Filtered by in filter trees alone, since nobody wants it in a filter bar.
    pub const fn query_only(mut self) -> Self {
        self.query_only = true;
        self
    }
    /// A member of an object: read, filtered and sorted by itself, written with its object.
    pub const fn member(mut self) -> Self {
        self.query_only = true;
        self.writable = false;
        self.overridable = false;
        self
    }

    /// The prefix of the ids that it holds.
    pub fn prefix(&self) -> &'static str {
        match (self.id_prefix, self.reference) {
            (Some(prefix), _) => prefix,
            (_, Some(FieldReference::Tag)) => ids::TagId::PREFIX,
            (_, Some(FieldReference::Member)) => ids::MemberId::PREFIX,
            (_, Some(FieldReference::Contact)) => ids::ContactId::PREFIX,
            (_, Some(FieldReference::Deal)) => ids::DealId::PREFIX,
            _ => ids::PartnerId::PREFIX,
        }
    }
    /// Whether it holds several values.
    pub const fn is_array(&self) -> bool {
        matches!(self.kind, FieldType::TextArray | FieldType::EnumArray | FieldType::IdArray)
    }
    /// Whether it is a tier key: compared and sorted by rank.
    pub fn is_tier(&self) -> bool {
        self.reference == Some(FieldReference::Tier)
    }
    /// Whether its texts are compared as they are stored.
    pub fn is_exact(&self) -> bool {
        self.exact || self.is_tier()
    }
    /// The schema of a single value, where it has a name.
    pub fn value_schema(&self) -> Option<&'static str> {
        if let Some(field) = self.of_partner {
            return field.value_schema();
        }
        match (self.named_schema, self.reference, self.kind) {
            (Some(name), ..) => Some(name),
            (_, Some(FieldReference::Tag), _) => Some("TagId"),
            (_, Some(FieldReference::Member), _) => Some("MemberId"),
            (_, Some(FieldReference::Contact), _) => Some("ContactId"),
            (_, Some(FieldReference::Deal), _) => Some("DealId"),
            (_, None, FieldType::Id) => Some("PartnerId"),
            _ => None,
        }
    }
    /// Whether lists can be sorted by it: every scalar but the long texts.
    pub fn sortable(&self) -> bool {
        !self.is_array()
            && self.kind != FieldType::Object
            && !self.long
            && !self.unsorted
            && self.of_partner.is_none()
    }
    /// Whether aggregates can group by it.
    pub fn groupable(&self) -> bool {
        self.kind != FieldType::Object && !self.long && self.kind != FieldType::Timestamp
    }
    /// The value of a new row.
    pub fn default_value(&self) -> Json {
        serde_json::from_str(self.default).expect("defaults are JSON (tested)")
    }
    /// The first segment of its name: the property that holds it.
    pub fn property(&self) -> &'static str {
        self.name.split_once('.').map_or(self.name, |(property, _)| property)
    }
    /// Its value in a row of wire values.
    pub fn of<'a>(&self, row: &'a Map<String, Json>) -> &'a Json {
        if let Some(field) = self.of_partner {
            return row
                .get("partner")
                .and_then(Json::as_object)
                .map_or(&Json::Null, |partner| field.of(partner));
        }
        match self.path.split_once('.') {
            None => row.get(self.path).unwrap_or(&Json::Null),
            Some((object, member)) => {
                row.get(object).and_then(|o| o.get(member)).unwrap_or(&Json::Null)
            }
        }
    }

    /// The operators that filters know for it, in the order of [`Operator`].
    pub fn operators(&self) -> &'static [Operator] {
        use Operator::*;
        match self.kind {
            _ if self.is_tier() => &[Eq, Ne, In, NotIn, IsNull, Gt, Gte, Lt, Lte, Between],
            FieldType::Text if self.exact => &[Eq, Ne, In, NotIn, IsNull],
            FieldType::Text | FieldType::Domain => {
                &[Eq, Ne, In, NotIn, IsNull, Contains, StartsWith]
            }
            FieldType::Integer
            | FieldType::Money
            | FieldType::Score
            | FieldType::Date
            | FieldType::Timestamp => &[Eq, Ne, In, NotIn, IsNull, Gt, Gte, Lt, Lte, Between],
            FieldType::Boolean | FieldType::Enum | FieldType::Id => &[Eq, Ne, In, NotIn, IsNull],
            FieldType::TextArray | FieldType::EnumArray | FieldType::IdArray => {
                &[Eq, Ne, IsNull, Any, All, None]
            }
            FieldType::Object => &[IsNull],
        }
    }

    /// The operators that lists know as parameters of it: what a filter bar needs. Filter trees
    /// know all of [`Self::operators`]. Some languages allow 255 arguments of a method and no more,
    /// so a list of every operator of every field would be an operation that their clients cannot
    /// have.
    pub fn parameter_operators(&self) -> impl Iterator<Item = Operator> {
        use Operator::*;
        let by_kind: &[Operator] = match self.kind {
            _ if self.query_only || self.of_partner.is_some() => &[],
            _ if self.is_tier() => &[In, NotIn, Gt, Gte, Lt, Lte],
            FieldType::Id if self.name == "id" => &[In],
            FieldType::Text if self.exact => &[In, NotIn],
            FieldType::Text | FieldType::Domain => &[In, NotIn, Contains, StartsWith],
            FieldType::Enum | FieldType::Id => &[In, NotIn],
            FieldType::TextArray | FieldType::EnumArray | FieldType::IdArray => &[Any, All, None],
            FieldType::Integer | FieldType::Money | FieldType::Score => &[In, Gt, Gte, Lt, Lte],
            FieldType::Date | FieldType::Timestamp => &[Gt, Gte, Lt, Lte],
            FieldType::Boolean => &[In],
            FieldType::Object => &[],
        };
        let is_null =
            self.nullable && !self.is_array() && !self.query_only && self.of_partner.is_none();
        by_kind.iter().copied().chain(is_null.then_some(IsNull))
    }

    /// Its limits as keywords of JSON Schema (and ours, `x-`), for the document.
    pub fn keywords(&self) -> Map<String, Json> {
        let mut out = Map::new();
        let mut put = |key: &str, value: Json| out.insert(key.to_owned(), value);
        if let Some(min) = self.min {
            put("minimum", json!(min));
        }
        if let Some(max) = self.max {
            put("maximum", json!(max));
        }
        if let Some(max) = self.max_length.filter(|_| !self.is_array()) {
            put("maxLength", json!(max));
            if !self.nullable {
                put("minLength", json!(1));
            }
            if !self.long {
                put("x-single-line", json!(true));
            }
        }
        if let Some(max) = self.max_items {
            put("maxItems", json!(max));
            if self.is_array() {
                put("uniqueItems", json!(true));
            }
        }
        out
    }
}

/// The field with this name.
pub fn named(catalogue: &'static [Field], name: &str) -> Option<&'static Field> {
    catalogue.iter().find(|field| field.name == name)
}

/// Bytes of the longest name that is worth guessing at; no name that we know is longer.
const MAX_GUESS: usize = 64;

/// The name in `among` that `wrong` was probably meant to be. Comparing takes the product of both
/// lengths, and `wrong` is whatever a caller sends: what is too long is like nothing, and what
/// differs too much in length is not compared.
pub fn did_you_mean<'a>(wrong: &str, among: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    if wrong.len() > MAX_GUESS {
        return None;
    }
    among
        // Two typing errors, or one for every four letters of a long name.
        .map(|name| (name, 2.max(name.len() / 4)))
        .filter(|(name, most)| name.len().abs_diff(wrong.len()) <= *most)
        .map(|(name, most)| (strsim::osa_distance(wrong, name), name, most))
        .filter(|(distance, _, most)| distance <= most)
        .min_by_key(|(distance, ..)| *distance)
        .map(|(_, name, _)| name)
}

/// Any JSON value.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(transparent)]
pub struct AnyValue(pub Json);

impl utoipa::PartialSchema for AnyValue {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::SchemaType::AnyValue)
            .description(Some("Any JSON value."))
            .examples([json!("Software")])
            .into()
    }
}
impl ToSchema for AnyValue {}

impl Field {
    /// Whether a column of an import can feed it.
    pub fn importable(&self) -> bool {
        self.writable
            && (self.class == FieldClass::Profile || self.name == "tag_ids")
            && self.kind != FieldType::Object
    }
}

/// Declares a catalogue and the keys of its fields, so that code names a field by a key that the
/// compiler checks; texts from outside become keys by `named`.
macro_rules! field_keys {
    (
        $(#[$doc:meta])* $keys:ident;
        $(#[$catalogue_doc:meta])* $catalogue:ident;
        $($key:ident = $field:expr,)*
    ) => {
        $(#[$catalogue_doc])*
        pub static $catalogue: &[Field] = &[$($field),*];

        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $keys { $($key),* }

        impl $keys {
            /// Every key, in the order of the catalogue.
            pub const ALL: &[Self] = &[$(Self::$key),*];

            /// The key of the field with this name.
            pub fn named(name: &str) -> Option<Self> {
                let place = $catalogue.iter().position(|field| field.name == name)?;
                Self::ALL.get(place).copied()
            }

            /// The row of the catalogue.
            pub fn field(self) -> &'static Field {
                &$catalogue[self as usize]
            }

            /// The name of the field.
            pub fn name(self) -> &'static str {
                self.field().name
            }

            /// The field that holds it: the object, of a member of an object.
            pub fn property(self) -> Self {
                let name = self.name();
                match name.split_once('.') {
                    Some((object, _)) => Self::named(object).unwrap_or(self),
                    None => self,
                }
            }
        }
    };
}
pub(crate) use field_keys;
