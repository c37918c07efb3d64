//! When two deals are for the same account, and whether they may be.

use diesel::prelude::*;
use serde::Serialize;
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};
use utoipa::ToSchema;

use super::{Deal, DealStatus::Approved, DealValues};
use crate::kernel::{
    fields::{Field, FieldClass, FieldType},
    lists::{List, list_parameters},
    schema::deals,
    shared_domains,
    string_enum::string_enum,
    text::normalised_name,
};

string_enum! {
    /// How closely the accounts of two deals match.
    DealConflictMatch {
        /// The same account: the domains or the names are equal.
        Same = "same",
        /// Possibly the same account: the names differ in spelling or legal form, or the domains
        /// belong together.
        Similar = "similar",
    }
}

/// Another partner's approved deal for the same account, or for one that may be the same.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DealConflict {
    /// How closely the accounts match. A deal for the same account prevents an approval, one for a
    /// similar account does not.
    #[serde(rename = "match")]
    pub matching: DealConflictMatch,
    /// The reason, for people.
    #[schema(example = "Both accounts have the domain homeoffice.gov.uk.")]
    pub reason: String,
    /// The other deal.
    pub deal: Deal,
}

/// The fields that lists of conflicts are filtered and sorted by.
static DEAL_CONFLICT: &[Field] =
    &[Field::new("match", "Match", FieldType::Enum, FieldClass::System)
        .words(DealConflictMatch::VALUES)
        .schema("DealConflictMatch")];
/// The list of the conflicts of a deal, those of the same account first.
pub static DEAL_CONFLICT_LIST: List = List::new("DealConflict", || DEAL_CONFLICT).short();

list_parameters! {
    /// The parameters of the list of conflicts.
    DealConflictList of DEAL_CONFLICT_LIST;
}

impl DealConflict {
    /// The conflict of `other` with a deal; `None` if their accounts have nothing in common.
    pub fn between(deal: &DealValues, other: Deal) -> Option<Self> {
        use DealConflictMatch::{Same, Similar};
        let (own, its) = (deal.account_keys(), other.values.account_keys());
        let shared = |own: &Option<String>, its: &Option<String>| {
            own.as_ref().filter(|own| Some(*own) == its.as_ref()).cloned()
        };
        let name = &other.values.account_name;
        let (matching, reason) = if let Some(domain) = shared(&own.domain, &its.domain) {
            (Same, format!("Both accounts have the domain {domain}."))
        } else if own.name == its.name {
            (Same, format!("Both accounts have the name {name}."))
        } else if let Some(site) = shared(&own.site, &its.site) {
            (Similar, format!("The domains of both accounts belong to {site}."))
        } else if own.similar_name == its.similar_name {
            let detail = format!("The account of the other deal has a similar name: {name}.");
            (Similar, detail)
        } else {
            return None;
        };
        Some(Self { matching, reason, deal: other })
    }
}

/// The keys by which the account of a deal is looked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountKeys {
    /// Its domain.
    pub domain: Option<String>,
    /// Its normalised name. It has no dots, so it is never mistaken for a domain.
    pub name: String,
    /// Its name without legal form, accents and spaces.
    pub similar_name: String,
    /// The registered domain above its own.
    pub site: Option<String>,
}

/// The keys as they are stored with a deal. Rows of older versions lack the last three until the
/// daily expiry fills them in.
#[derive(Debug, Clone, Insertable, AsChangeset)]
#[diesel(table_name = deals)]
pub struct StoredAccountKeys {
    account_key: String,
    account_name_key: Option<String>,
    account_similar_key: Option<String>,
    account_site: Option<String>,
}

impl From<AccountKeys> for StoredAccountKeys {
    fn from(keys: AccountKeys) -> Self {
        Self {
            account_key: keys.domain.clone().unwrap_or_else(|| keys.name.clone()),
            account_name_key: Some(keys.name),
            account_similar_key: Some(keys.similar_name),
            account_site: keys.site,
        }
    }
}

impl AccountKeys {
    /// The keys of an account by its name and domain.
    pub fn new(name: &str, domain: Option<&str>) -> Self {
        Self {
            domain: domain.map(str::to_owned),
            name: normalised_name(name),
            similar_name: similar_name(name),
            site: domain.map(|domain| shared_domains::site(domain).to_owned()),
        }
    }

    /// The main key of the account: its domain, or its name if it has no domain.
    pub fn main(&self) -> &str {
        self.domain.as_ref().unwrap_or(&self.name)
    }

    /// The keys that no two partners may share.
    pub fn exact(&self) -> Vec<String> {
        self.domain.iter().chain([&self.name]).cloned().collect()
    }
}

/// The domain and name that a deal protects. Either of the two is enough for a conflict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountClaim {
    pub domain: Option<String>,
    pub name: Option<String>,
}

impl AccountClaim {
    /// The keys of the protected account.
    pub fn keys(&self) -> Vec<String> {
        self.domain.iter().chain(&self.name).cloned().collect()
    }
}

impl DealValues {
    /// The keys of its account.
    pub fn account_keys(&self) -> AccountKeys {
        AccountKeys::new(&self.account_name, self.account_domain.as_deref())
    }

    /// The account that must be free when a deal changes from `before` to this: an approval
    /// protects its account. An account that was already protected by this deal is not checked
    /// again. `before` is `None` if the deal is new or was deleted.
    pub fn claim(&self, before: Option<&Self>) -> Option<AccountClaim> {
        if self.status != Approved {
            return None;
        }
        let keys = self.account_keys();
        let held = before
            .filter(|before| before.status == Approved && before.partner_id == self.partner_id)
            .map(Self::account_keys);
        let domain = keys
            .domain
            .filter(|domain| held.as_ref().is_none_or(|held| held.domain.as_ref() != Some(domain)));
        let name = held.is_none_or(|held| held.name != keys.name).then_some(keys.name);
        (domain.is_some() || name.is_some()).then_some(AccountClaim { domain, name })
    }
}

/// Legal forms, as they appear in normalised names.
const LEGAL_FORMS: &[&str] = &[
    "ab",
    "ag",
    "as",
    "aps",
    "asa",
    "bv",
    "bvba",
    "co",
    "company",
    "corp",
    "corporation",
    "cv",
    "doo",
    "dd",
    "eg",
    "ek",
    "eirl",
    "eurl",
    "ev",
    "gbr",
    "gesmbh",
    "ggmbh",
    "gmbh",
    "inc",
    "incorporated",
    "kft",
    "kg",
    "kgaa",
    "kk",
    "lda",
    "llc",
    "llp",
    "lp",
    "ltd",
    "ltda",
    "limited",
    "mbh",
    "nv",
    "nyrt",
    "oe",
    "og",
    "ohg",
    "oy",
    "oyj",
    "plc",
    "private",
    "pte",
    "pty",
    "pvt",
    "sa",
    "sab",
    "sagl",
    "sarl",
    "sas",
    "sasu",
    "sc",
    "sca",
    "scs",
    "se",
    "sl",
    "slu",
    "snc",
    "sp",
    "spa",
    "spk",
    "spzoo",
    "spol",
    "srl",
    "sro",
    "ug",
    "zoo",
    "zrt",
];

/// A name without legal form, accents (`ü`, `ue` and `u` are equal) and spaces, which people write
/// in different ways. A name that is only a legal form is kept.
fn similar_name(name: &str) -> String {
    let plain: String = normalised_name(name)
        // Decomposed, so that accents are characters of their own and can be left out.
        .nfd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(|c| match c {
            // Letters that have no decomposition.
            'æ' => vec!['a', 'e'],
            'œ' | 'ø' => vec!['o', 'e'],
            'ł' => vec!['l'],
            'đ' | 'ð' => vec!['d'],
            'þ' => vec!['t', 'h'],
            'ı' => vec!['i'],
            c => vec![c],
        })
        .collect();
    let words = joined_initials(&plain);
    let telling: Vec<&String> =
        words.iter().filter(|word| !LEGAL_FORMS.contains(&word.as_str())).collect();
    // A name that is only a legal form (`GmbH`) would be empty, and equal to all such names.
    let dense = if telling.is_empty() {
        words.concat()
    } else {
        telling.into_iter().map(String::as_str).collect()
    };
    // `ü` has lost its dots above, so `ue` loses its `e`: all three spellings become `u`.
    dense.replace("ae", "a").replace("oe", "o").replace("ue", "u")
}

/// The words of a name, with consecutive single letters joined: `S.p.A.` is `spa`.
fn joined_initials(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut initials = false;
    for word in name.split_whitespace() {
        let is_initial = word.chars().count() == 1;
        match words.last_mut() {
            Some(last) if is_initial && initials => last.push_str(word),
            _ => words.push(word.to_owned()),
        }
        initials = is_initial;
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_similar_whatever_the_legal_form_and_the_spelling() {
        for (one, other) in [
            ("Globex Corp", "Globex"),
            ("Globex Corporation", "GLOBEX, Inc."),
            ("Müller GmbH", "Mueller AG"),
            ("Müller GmbH", "Muller"),
            ("Müller GmbH & Co. KG", "Mueller"),
            ("Straße AG", "Strasse"),
            ("Ferrari S.p.A.", "Ferrari SpA"),
            ("Home Office", "HomeOffice"),
            ("Société Générale S.A.", "Societe Generale"),
            ("Ørsted A/S", "Oersted"),
        ] {
            assert_eq!(similar_name(one), similar_name(other), "{one} and {other}");
        }
        for (one, other) in [("Globex", "Globe"), ("AG", "GmbH"), ("Alpha AG", "Beta AG")] {
            assert_ne!(similar_name(one), similar_name(other), "{one} and {other}");
        }
        assert!(!similar_name("GmbH").is_empty());
    }
}
