//! The enums in the options of an import.

use crate::kernel::{access::AccessScope, string_enum::string_enum};

string_enum! {
    /// The kind of records in the file.
    ImportObject {
        Partner = "partner",
        Contact = "contact",
        Deal = "deal",
    }
    /// How a row finds its partner.
    ImportMatch {
        /// By domain. A row without a valid domain matches, among the partners with its name, the
        /// only one without a domain, otherwise the only one at all; if there are several, a
        /// partner is created with the warning `name_exists`.
        Domain = "domain",
        /// By the integrator's own id.
        ExternalId = "external_id",
        /// By the record's own id, as in our exports. A row whose id does not exist fails; a row
        /// without an id is new.
        Id = "id",
        /// No matching: every row is new.
        None = "none",
    }
    /// What is done with a row that matches.
    ImportOnMatch {
        Update = "update",
        Skip = "skip",
    }
    /// What is done with a row that matches a partner by domain and has another name.
    ImportOnNameDiffers {
        /// Two companies may share a domain: the row is skipped, and its item names the partner
        /// with the domain.
        Skip = "skip",
        Update = "update",
    }
    /// What is done with a row whose key occurs in an earlier row of the file.
    ImportOnDuplicateRow {
        Skip = "skip",
        Update = "update",
    }
    /// The unit of amounts of money.
    ImportMoneyUnit {
        /// Cents, as everywhere in this API.
        Minor = "minor",
        /// Dollars, with decimals.
        Major = "major",
    }
    /// The order of day, month and year.
    ImportDateFormat {
        /// `2026-11-22`, `2026/11/22`.
        Ymd = "ymd",
        /// `22.11.2026`, `22/11/2026`.
        Dmy = "dmy",
        /// `11/22/2026`.
        Mdy = "mdy",
    }
    /// The decimal separator.
    ImportDecimal {
        /// `1,234.56`.
        Point = "point",
        /// `1.234,56`.
        Comma = "comma",
    }
}

impl ImportObject {
    /// The scope that an API key needs to write these records.
    pub const fn scope(self) -> AccessScope {
        match self {
            Self::Partner => AccessScope::PartnersWrite,
            Self::Contact => AccessScope::ContactsWrite,
            Self::Deal => AccessScope::DealsWrite,
        }
    }
}
