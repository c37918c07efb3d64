//! Which of the records that values name exist: branches of one statement, so that it is one round
//! trip whatever is named.

use domain::fields::FieldReference;
use uuid::Uuid;

use crate::kernel::statement::{Bind, Statement};

/// The beginning of a statement that answers pairs of kind and key. Its first branch has no rows,
/// so that all others begin with UNION ALL.
pub(crate) fn statement() -> Statement {
    Statement::new("SELECT ''::text, ''::text WHERE false")
}

/// Adds the branch that answers which of these exist. A key is written as the database writes it: a
/// UUID, or the key of a tier.
pub(crate) fn push(out: &mut Statement, kind: FieldReference, keys: Vec<String>) {
    if keys.is_empty() {
        return;
    }
    let table = kind.table();
    if kind == FieldReference::Tier {
        // A deleted tier keeps its row as long as partners have it (docs/tiers.md).
        out.sql(" UNION ALL SELECT 'tier', key FROM tiers WHERE deleted_at IS NULL AND key = ANY(")
            .bind(Bind::Texts(keys))
            .sql(")");
        return;
    }
    let ids: Vec<Uuid> = keys.iter().filter_map(|key| key.parse().ok()).collect();
    out.sql(format!(" UNION ALL SELECT '{kind}', id::text FROM {table} WHERE id = ANY("))
        .bind(Bind::Ids(ids))
        .sql(")");
}
