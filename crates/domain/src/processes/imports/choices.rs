//! The closed sets of words in the options of an import.

use crate::kernel::string_enum::string_enum;

string_enum! {
    /// How a row finds the partner that it is about.
    ImportMatch {
        /// By domain. A row without a usable one means, among the partners of its name, the only
        /// one without a domain, else the only one at all; where that is not certain a partner is
        /// created, with the warning `name_exists`.
        Domain = "domain",
        /// By the integrator's own id.
        ExternalId = "external_id",
        /// By the record's own id, as our exports write it. A row whose id names no record fails; a
        /// row without id is new.
        Id = "id",
        /// Not at all: every row is new.
        None = "none",
    }
    /// What becomes of a row that matches.
    ImportOnMatch {
        Update = "update",
        Skip = "skip",
    }
    /// What becomes of a row that matches a partner by domain and gives it another name.
    ImportOnNameDiffers {
        /// Two companies may share a domain: the row is left out, and its item says whose the
        /// domain is.
        Skip = "skip",
        Update = "update",
    }
    /// What becomes of a row whose key stood in an earlier row of the file.
    ImportOnDuplicateRow {
        Skip = "skip",
        Update = "update",
    }
    /// What amounts of money count.
    ImportMoneyUnit {
        /// Cents, as everywhere in this API.
        Minor = "minor",
        /// Dollars, with decimals.
        Major = "major",
    }
    /// In which order dates are written.
    ImportDateFormat {
        /// `2026-11-22`, `2026/11/22`.
        Ymd = "ymd",
        /// `22.11.2026`, `22/11/2026`.
        Dmy = "dmy",
        /// `11/22/2026`.
        Mdy = "mdy",
    }
    /// Which character stands before decimals.
    ImportDecimal {
        /// `1,234.56`.
        Point = "point",
        /// `1.234,56`.
        Comma = "comma",
    }
}
