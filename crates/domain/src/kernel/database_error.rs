//! What errors of PostgreSQL and of the file system mean.
//!
//! It is part of `domain`, although only `persistence` talks to the database: Rust allows
//! `From<diesel::result::Error> for Error` only in the crate that declares one of the two types,
//! and with it `?` works on every query. Nothing of it leaves this file but [`Error`].

use crate::kernel::error::{Code, Error};

/// What a broken uniqueness means.
const UNIQUE_CONSTRAINTS: &[(&str, Code, &str)] = &[
    ("partners_domain_key", Code::DomainTaken, "#/domain"),
    ("partners_external_id_key", Code::ExternalIdTaken, "#/external_id"),
    ("contacts_email_key", Code::ContactEmailTaken, "#/email"),
    ("tags_name_key", Code::TagNameTaken, "#/name"),
    ("tiers_pkey", Code::KeyTaken, "#/key"),
    ("tiers_rank_key", Code::RankTaken, "#/rank"),
    ("members_email_key", Code::AlreadyMember, "#/email"),
    ("views_name_key", Code::ViewNameTaken, "#/name"),
    ("deals_external_id_key", Code::ExternalIdTaken, "#/external_id"),
];

/// A refusal of the database becomes what the client did wrong, by the name of the constraint
/// (`<table>_<field>_<kind>`); anything else is internal or means that the database is away.
impl From<diesel::result::Error> for Error {
    fn from(error: diesel::result::Error) -> Self {
        use diesel::result::{DatabaseErrorKind as Kind, Error as Diesel};
        match &error {
            Diesel::NotFound => Self::not_found(),
            Diesel::DatabaseError(kind, info) => {
                let constraint = info.constraint_name().unwrap_or_default();
                match kind {
                    Kind::UniqueViolation => {
                        match UNIQUE_CONSTRAINTS.iter().find(|(name, ..)| *name == constraint) {
                            Some((_, code, place)) => Self::taken(*code, place),
                            None => Self::internal(error),
                        }
                    }
                    Kind::ForeignKeyViolation | Kind::CheckViolation => {
                        let table = info.table_name().unwrap_or_default();
                        let field =
                            constraint.strip_prefix(table).and_then(|rest| rest.strip_prefix('_'));
                        match field.and_then(|rest| {
                            rest.strip_suffix("_fkey").or_else(|| rest.strip_suffix("_check"))
                        }) {
                            Some(field) if matches!(kind, Kind::ForeignKeyViolation) => {
                                Self::field("not_found_reference", field, "does not exist")
                            }
                            Some(field) => {
                                Self::field("out_of_range", field, "is outside the allowed range")
                            }
                            None => Self::internal(error),
                        }
                    }
                    Kind::ClosedConnection => Self::database_away(error),
                    Kind::SerializationFailure => Self::Unavailable(error.into()),
                    _ if is_out_of_space(info.message()) => Self::out_of_space(error),
                    _ if is_away(info.message()) => Self::database_away(error),
                    _ if is_passing(info.message()) => Self::Unavailable(error.into()),
                    _ => Self::internal(error),
                }
            }
            _ => Self::internal(error),
        }
    }
}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Self {
        use std::io::ErrorKind as Kind;
        match error.kind() {
            Kind::StorageFull | Kind::QuotaExceeded => Self::out_of_space(error),
            _ => Self::internal(error),
        }
    }
}

/// Whether PostgreSQL says that a disk is full (SQLSTATE 53100). Diesel keeps the message alone.
fn is_out_of_space(message: &str) -> bool {
    ["No space left on device", "Disk quota exceeded", "could not extend file"]
        .iter()
        .any(|part| message.contains(part))
}

/// Whether PostgreSQL says something that passes: the same request may succeed a moment later.
fn is_passing(message: &str) -> bool {
    const BEGINNINGS: [&str; 6] = [
        "canceling statement",
        // One of two transactions that wait for each other is ended.
        "deadlock detected",
        // Class 53: the machine or the server has too little of something just now.
        "out of memory",
        "out of shared memory",
        "sorry, too many clients",
        "temporary file size exceeds",
    ];
    BEGINNINGS.iter().any(|beginning| message.starts_with(beginning))
}

/// Whether PostgreSQL, or the connection to it, is going or gone.
fn is_away(message: &str) -> bool {
    message.starts_with("the database system") || message.contains("connection")
}

#[cfg(test)]
mod tests {
    use diesel::result::{DatabaseErrorKind, Error as Diesel};

    use super::*;

    #[test]
    fn temporary_errors_are_unavailable_and_a_full_disk_is_recognized() {
        let heard = |message: &str| {
            let information = Box::new(message.to_owned());
            Error::from(Diesel::DatabaseError(DatabaseErrorKind::Unknown, information))
        };
        for full in [
            "could not extend file \"base/16385/16801\": No space left on device",
            "could not extend file \"base/16385/16801\": wrote only 4096 of 8192 bytes at block 7",
            "could not write to file \"base/pgsql_tmp/pgsql_tmp7.0\": No space left on device",
            "could not write to file \"pg_wal/xlogtemp.7\": Disk quota exceeded",
        ] {
            assert_eq!(heard(full).code(), Code::Unavailable, "{full}");
            assert!(heard(full).is_out_of_space(), "{full}");
        }
        for passing in [
            "out of memory",
            "out of shared memory",
            "sorry, too many clients already",
            "remaining connection slots are reserved for roles with the SUPERUSER attribute",
            "the database system is in recovery mode",
            "canceling statement due to lock timeout",
            "deadlock detected",
        ] {
            assert_eq!(heard(passing).code(), Code::Unavailable, "{passing}");
            assert!(!heard(passing).is_out_of_space(), "{passing}");
        }
        assert_eq!(heard("syntax error at or near \"x\"").code(), Code::InternalError);
        let file = std::io::Error::from(std::io::ErrorKind::StorageFull);
        assert!(Error::from(file).is_out_of_space());
    }
}
