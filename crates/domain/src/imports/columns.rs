//! Which fields an import can write, and which of them a header probably means.

use super::ImportObject;
use crate::{
    deals::{DEAL, DEAL_NOTES},
    fields::{Field, FieldClass, FieldType},
    partners::PARTNER,
    text,
};

/// What a column can feed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ImportField {
    /// A field of the catalogue.
    Partner(&'static Field),
    /// The currency of the row: it must be the organization's.
    Currency,
    /// A property of a contact, or what names the partner of a contact or a deal.
    Contact(&'static str),
    /// A field of a deal.
    Deal(&'static Field),
}

/// Properties of a contact, then the names of its partner. Each with the longest text.
pub(super) const CONTACT: &[(&str, usize)] = &[
    ("name", 200),
    ("email", 254),
    ("phone", 50),
    ("title", 200),
    ("notes", 5_000),
    ("partner_id", 30),
    ("partner_external_id", 200),
    ("partner_domain", 2_000),
    ("partner_name", 200),
];

impl ImportField {
    pub fn name(&self) -> &'static str {
        match self {
            Self::Partner(field) | Self::Deal(field) => field.name,
            Self::Currency => "currency",
            Self::Contact(name) => name,
        }
    }
    /// Whether several columns may feed it.
    pub fn is_list(&self) -> bool {
        matches!(self, Self::Partner(field) if field.is_array())
    }
}

fn fields(object: ImportObject) -> Vec<ImportField> {
    match object {
        ImportObject::Partner => PARTNER
            .iter()
            .filter(|f| f.importable())
            .map(ImportField::Partner)
            .chain([ImportField::Currency])
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
    }
}

/// The names of what an import can write.
pub(super) fn names(object: ImportObject) -> Vec<&'static str> {
    fields(object).iter().map(ImportField::name).collect()
}

/// The field of this name, when an import can write it.
pub fn field_named(object: ImportObject, name: &str) -> Option<ImportField> {
    fields(object).into_iter().find(|field| field.name() == name)
}

/// Further words for a field, best first.
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
    ("currency", &["currency code"]),
];

const CONTACT_SYNONYMS: &[(&str, &[&str])] = &[
    ("name", &["contact name", "full name", "contact", "person"]),
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

/// Letters and digits of a header, in lower case, words separated by one space.
fn words(header: &str) -> String {
    let folded: String =
        text::fold(header).chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    folded.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The field that each column probably feeds; every field once.
pub fn suggest(object: ImportObject, columns: &[String]) -> Vec<Option<ImportField>> {
    let headers: Vec<String> = columns.iter().map(|column| words(column)).collect();
    let mut suggested = vec![None; columns.len()];
    let synonyms = match object {
        ImportObject::Partner => SYNONYMS,
        ImportObject::Contact => CONTACT_SYNONYMS,
        ImportObject::Deal => DEAL_SYNONYMS,
    };
    for field in fields(object) {
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
                .zip(&suggested)
                .position(|(header, taken)| header == candidate && taken.is_none())
        });
        if let Some(place) = found {
            suggested[place] = Some(field);
        }
    }
    suggested
}

/// Whether numbers of this field are written as people write head counts.
pub(super) fn is_count(field: &Field) -> bool {
    field.kind == FieldType::Integer
}
