//! The fields that imports can write, and those that a header probably means.

use super::{
    choices::{ImportMoneyUnit, ImportObject},
    numbers,
};
use crate::{
    kernel::{
        fields::{Field, FieldClass, FieldType},
        text,
    },
    resources::{
        deals::{DEAL, DEAL_NOTES},
        partners::PARTNER,
    },
};

/// A field to which a column can map.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ImportField {
    /// A field of the catalogue.
    Partner(&'static Field),
    /// The currency of the row: it must be the organization's.
    Currency,
    /// A property of a contact, or one that identifies the partner of a contact or a deal.
    Contact(&'static str),
    /// A field of a deal.
    Deal(&'static Field),
    /// A property of a person in the row of a partner: its contact or its partner manager.
    Person(&'static str),
    /// The id of the record, by which `match: id` finds it.
    Id,
}

/// Properties of a contact, then those that identify its partner. Each with the longest text.
pub(super) const CONTACT: &[(&str, usize)] = &[
    ("name", 200),
    ("first_name", 200),
    ("last_name", 200),
    ("email", 254),
    ("phone", 50),
    ("title", 200),
    ("notes", 5_000),
    ("partner_id", 30),
    ("partner_external_id", 200),
    ("partner_domain", 2_000),
    ("partner_name", 200),
];

/// The properties of people in the row of a partner.
const PERSON: &[&str] = &[
    "partner_manager_email",
    "contact_name",
    "contact_first_name",
    "contact_last_name",
    "contact_email",
    "contact_phone",
    "contact_title",
];

impl ImportField {
    pub fn name(&self) -> &'static str {
        match self {
            Self::Partner(field) | Self::Deal(field) => field.name,
            Self::Currency => "currency",
            Self::Id => "id",
            Self::Contact(name) | Self::Person(name) => name,
        }
    }
    /// Whether several columns may map to it.
    pub fn is_list(&self) -> bool {
        matches!(self, Self::Partner(field) if field.is_array())
    }
    /// The type of its values, if it is a field of a catalogue.
    pub(super) fn kind(&self) -> Option<FieldType> {
        match self {
            Self::Partner(field) | Self::Deal(field) => Some(field.kind),
            Self::Currency | Self::Contact(_) | Self::Person(_) | Self::Id => None,
        }
    }
    /// Whether it identifies the partner of a contact or a deal.
    pub(super) fn is_of_partner(&self) -> bool {
        matches!(self, Self::Contact(name) if name.starts_with("partner_"))
    }
    /// Whether a new record without a value gets a default with a meaning: a status, a date, an
    /// amount. For such a field an invalid value is not the same as no value.
    pub(super) fn has_telling_default(&self) -> bool {
        match self {
            Self::Partner(field) => !field.nullable && !field.is_array(),
            // The protection of approved deals has a default from the settings.
            Self::Deal(field) => !field.nullable || field.name == "expires_on",
            Self::Contact(name) => *name == "name",
            Self::Currency | Self::Person(_) | Self::Id => false,
        }
    }
}

fn fields(object: ImportObject) -> Vec<ImportField> {
    let mut fields: Vec<ImportField> = match object {
        ImportObject::Partner => PARTNER
            .iter()
            .filter(|f| f.importable())
            .map(ImportField::Partner)
            .chain([ImportField::Currency])
            .chain(PERSON.iter().map(|name| ImportField::Person(name)))
            .collect(),
        ImportObject::Contact => {
            CONTACT.iter().map(|(name, _)| ImportField::Contact(name)).collect()
        }
        ImportObject::Deal => {
            let own = DEAL.iter().chain([&DEAL_NOTES]);
            let own = own
                .filter(|f| f.class == FieldClass::Profile && f.kind != FieldType::Id)
                .map(ImportField::Deal);
            let of_partner = CONTACT.iter().filter(|(name, _)| name.starts_with("partner_"));
            own.chain(of_partner.map(|(name, _)| ImportField::Contact(name)))
                .chain([ImportField::Currency])
                .collect()
        }
    };
    fields.push(ImportField::Id);
    fields
}

/// The fields that a new record must have; of each list at least one.
pub(super) fn required(object: ImportObject) -> Vec<Vec<&'static str>> {
    let partner = || CONTACT.iter().map(|(name, _)| *name).filter(|n| n.starts_with("partner_"));
    let named = |fields: &'static [Field]| {
        let required = fields.iter().filter(|field| field.required);
        required.map(|field| field.name).filter(|name| *name != "partner_id").map(|name| vec![name])
    };
    match object {
        ImportObject::Partner => named(PARTNER).collect(),
        ImportObject::Deal => named(DEAL).chain([partner().collect()]).collect(),
        ImportObject::Contact => {
            vec![vec!["name", "first_name", "last_name"], partner().collect()]
        }
    }
}

/// The names of the fields that imports can write.
pub(super) fn names(object: ImportObject) -> Vec<&'static str> {
    fields(object).iter().map(ImportField::name).collect()
}

/// The field with this name, if imports can write it.
pub fn field_named(object: ImportObject, name: &str) -> Option<ImportField> {
    fields(object).into_iter().find(|field| field.name() == name)
}

/// Further headers for a field, best first.
const SYNONYMS: &[(&str, &[&str])] = &[
    (
        "name",
        &[
            "company name",
            "company",
            "partner name",
            "partner",
            "account name",
            "account",
            "organization",
            "organisation",
        ],
    ),
    (
        "domain",
        &[
            "website",
            "web site",
            "url",
            "homepage",
            "web",
            "company domain",
            "website url",
            "company website",
            "site",
        ],
    ),
    ("tag_ids", &["tag", "labels", "industry tags", "technologies"]),
    ("industry", &["sector", "vertical", "branch"]),
    (
        "description",
        &["long description", "about", "company description", "summary", "short description"],
    ),
    (
        "employees",
        &[
            "number of employees",
            "employee count",
            "head count",
            "headcount",
            "team size",
            "company size",
            "size",
            "staff",
            "no of employees",
        ],
    ),
    ("company_revenue", &["annual revenue", "turnover", "company turnover", "yearly revenue"]),
    ("regions", &["region", "territory", "territories", "geography", "markets"]),
    ("languages", &["language", "spoken languages"]),
    ("services", &["service", "services offered"]),
    ("products", &["product", "products offered"]),
    ("type", &["partner type", "kind"]),
    ("subtype", &["sub type", "partner subtype"]),
    ("category", &["partner category"]),
    ("status", &["partner status", "state"]),
    ("stage", &["partner stage", "pipeline stage", "lifecycle stage"]),
    ("external_id", &["id", "crm id", "record id", "source id", "external reference", "reference"]),
    ("annual_revenue_target", &["revenue target", "target", "annual target"]),
    ("tier", &["partner tier", "partner level", "partnership level", "level"]),
    (
        "partner_manager_email",
        &["manager email", "account manager email", "channel manager email", "owner email"],
    ),
    ("contact_name", &["contact", "contact person", "primary contact", "main contact"]),
    ("contact_first_name", &["first name", "given name"]),
    ("contact_last_name", &["last name", "surname", "family name"]),
    ("contact_email", &["primary contact email", "email", "e mail", "email address"]),
    ("contact_phone", &["primary contact phone", "phone", "phone number", "telephone"]),
    ("contact_title", &["contact job title", "job title", "position"]),
    ("currency", &["currency code"]),
];

const CONTACT_SYNONYMS: &[(&str, &[&str])] = &[
    ("name", &["contact name", "full name", "contact", "person"]),
    ("first_name", &["given name", "contact first name"]),
    ("last_name", &["surname", "family name", "contact last name"]),
    ("email", &["e mail", "email address", "e mail address", "mail", "contact email"]),
    ("phone", &["phone number", "telephone", "tel", "mobile", "contact phone"]),
    ("title", &["job title", "position", "role", "function"]),
    ("notes", &["note", "comment", "comments", "remarks"]),
    ("partner_external_id", &["external id", "company id", "account id"]),
    ("partner_domain", &["domain", "website", "company domain", "company website"]),
    (
        "partner_name",
        &[
            "company",
            "company name",
            "partner",
            "account",
            "account name",
            "organization",
            "organisation",
        ],
    ),
];

const DEAL_SYNONYMS: &[(&str, &[&str])] = &[
    ("name", &["deal name", "opportunity name", "opportunity", "deal", "title"]),
    (
        "account_name",
        &[
            "account",
            "customer",
            "customer name",
            "end customer",
            "buyer",
            "client",
            "company",
            "company name",
        ],
    ),
    (
        "account_domain",
        &["account website", "customer domain", "customer website", "website", "domain"],
    ),
    ("status", &["deal status", "state"]),
    ("stage", &["deal stage", "sales stage", "opportunity stage"]),
    ("value", &["amount", "deal value", "deal amount", "total", "price"]),
    (
        "registered_on",
        &["registration date", "registered", "created on", "created", "published on", "date"],
    ),
    ("expected_close_on", &["expected close date", "expected close", "close date"]),
    ("expires_on", &["expiry date", "expires", "protected until"]),
    ("closed_on", &["closed date", "closed", "won on", "actual close date"]),
    ("external_id", &["id", "deal id", "opportunity id", "crm id", "record id", "reference"]),
    ("partner_name", &["partner", "reseller", "supplier"]),
    ("currency", &["currency code"]),
];

/// The letters and digits of a header, in lower case, words separated by one space.
fn words(header: &str) -> String {
    let folded: String =
        text::fold(header).chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    folded.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A header, and the text in parentheses at its end: `Revenue (EUR)`.
fn without_brackets(header: &str) -> (&str, Option<&str>) {
    let header = header.trim();
    let open = match header.chars().last() {
        Some(')') => header.rfind('('),
        Some(']') => header.rfind('['),
        _ => None,
    };
    match open {
        Some(open) if open > 0 => {
            (header[..open].trim_end(), Some(header[open + 1..header.len() - 1].trim()))
        }
        _ => (header, None),
    }
}

/// What a header states about the amounts of its column.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct ColumnUnit {
    /// `company_revenue (minor)`, as our own exports write it.
    pub money_unit: Option<ImportMoneyUnit>,
    /// `Revenue (EUR)`.
    pub currency: Option<String>,
}

/// Parses what a header states about the amounts of its column.
pub(super) fn unit_of(header: &str) -> ColumnUnit {
    let Some(inside) = without_brackets(header).1 else { return ColumnUnit::default() };
    let bare = inside.strip_prefix("in ").unwrap_or(inside);
    ColumnUnit {
        money_unit: inside.to_lowercase().parse().ok(),
        // Words such as ALL and TOP are currency codes too, so only words in capitals count as
        // codes.
        currency: (bare.to_uppercase() == bare && numbers::currencies(bare).is_some())
            .then(|| bare.to_owned()),
    }
}

/// The header of a column of amounts in our own exports.
pub fn minor_header(field: &str) -> String {
    format!("{field} ({})", ImportMoneyUnit::Minor)
}

/// `AnnualRevenue` as `Annual Revenue`, and without the suffix of custom fields in Salesforce.
fn spaced(header: &str) -> String {
    let header = header.strip_suffix("__c").unwrap_or(header);
    let mut spaced = String::with_capacity(header.len() + 8);
    let mut was_small = false;
    for c in header.chars() {
        if was_small && c.is_uppercase() {
            spaced.push(' ');
        }
        was_small = c.is_lowercase();
        spaced.push(c);
    }
    spaced
}

/// The field to which each column probably maps; every field once.
pub fn suggest(object: ImportObject, columns: &[String]) -> Vec<Option<ImportField>> {
    let spellings: [fn(&str) -> String; 3] = [
        words,
        |header| words(without_brackets(header).0),
        |header| words(&spaced(without_brackets(header).0)),
    ];
    let mut suggested = vec![None; columns.len()];
    // An exact header has priority over one that matches after a part was removed.
    for spelling in spellings {
        let headers: Vec<String> = columns.iter().map(|column| spelling(column)).collect();
        suggest_by(object, &headers, &mut suggested);
    }
    let is_name = |field: &Option<ImportField>| matches!(field, Some(ImportField::Person(name)) if name.ends_with("name"));
    // Without a name of a person, an e-mail address or phone number is the company's.
    if !suggested.iter().any(is_name) {
        for field in &mut suggested {
            field.take_if(
                |field| matches!(field, ImportField::Person(name) if name.starts_with("contact_")),
            );
        }
    }
    suggested
}

/// The column with the ids of this API, if rows are matched by them.
pub(super) fn id_column(object: ImportObject, columns: &[String]) -> Option<usize> {
    let names = ["id".to_owned(), format!("{object} id")];
    names.iter().find_map(|name| columns.iter().position(|column| words(column) == *name))
}

fn suggest_by(object: ImportObject, headers: &[String], suggested: &mut [Option<ImportField>]) {
    let synonyms = match object {
        ImportObject::Partner => SYNONYMS,
        ImportObject::Contact => CONTACT_SYNONYMS,
        ImportObject::Deal => DEAL_SYNONYMS,
    };
    // Other systems have ids of their own, so a column for ours must have exactly this name.
    for field in fields(object).into_iter().filter(|field| *field != ImportField::Id) {
        if suggested.contains(&Some(field)) {
            continue;
        }
        let mut candidates = vec![field.name().replace('_', " ")];
        if let ImportField::Partner(field) | ImportField::Deal(field) = field {
            candidates.push(words(field.label));
        }
        let more =
            synonyms.iter().filter(|(name, _)| *name == field.name()).flat_map(|(_, all)| *all);
        candidates.extend(more.map(|word| (*word).to_owned()));
        let found = candidates.iter().find_map(|candidate| {
            headers
                .iter()
                .zip(suggested.iter())
                .position(|(header, taken)| header == candidate && taken.is_none())
        });
        if let Some(place) = found {
            suggested[place] = Some(field);
        }
    }
}

/// Whether a header is the name or the label of the field, and not only a similar word.
pub(super) fn is_named(header: &str, field: ImportField) -> bool {
    let label = match field {
        ImportField::Partner(field) | ImportField::Deal(field) => field.label,
        _ => field.name(),
    };
    let header = words(header);
    header == words(field.name()) || header == words(label)
}

/// Whether numbers of this field are written like numbers of employees.
pub(super) fn is_count(field: &Field) -> bool {
    field.kind == FieldType::Integer
}
