//! Rows with a version. Whoever changes one locks it and checks the version that the caller has
//! seen ([`lock`]), compares what is wanted with what is there ([`Changes`]), writes the columns
//! together with [`next_version!`], and records the event that [`Changes::event`] makes. The rules
//! of a resource are code between these steps.
//!
//! Architecture Invariant: no other module raises a version or writes `updated_at`, except the
//! writer of partners, whose one statement writes many rows. A test reads the sources for that.

use diesel::{
    dsl::Limit,
    query_dsl::methods::LimitDsl,
    sql_types::{BigInt, Nullable, Uuid as SqlUuid},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl, methods::LoadQuery};
use domain::{
    Result,
    events::NewEvent,
    ids::{self, MemberId, PartnerId},
    patch::{self, ExpectedVersions},
    resource::{PartnerLink, Resource},
};
use serde::Serialize;
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use crate::kernel::{
    db::Tx,
    statement::{Bind, Statement},
};

/// What every change of a row writes beside its own columns: the next version, and the instant by
/// the clock of the database. Instances have clocks of their own, which would put changes of one
/// row in another order than their versions.
macro_rules! next_version {
    ($table:ident) => {
        (
            $table::version.eq($table::version + 1),
            $table::updated_at.eq($crate::kernel::sql::clock_timestamp()),
        )
    };
}
pub(crate) use next_version;

/// A row that has a version.
pub(crate) trait Versioned {
    /// Rises by one with each change.
    fn version(&self) -> i64;
}

/// Implements [`Versioned`] for rows with a field `version`.
macro_rules! versioned {
    ($($row:ty),+) => {$(
        impl $crate::kernel::versioned::Versioned for $row {
            fn version(&self) -> i64 {
                self.version
            }
        }
    )+};
}
pub(crate) use versioned;

/// Runs a query that locks one row (`for_update`), and checks that the caller has seen it as it is.
///
/// # Errors
/// `not_found`, `version_mismatch`.
pub(crate) async fn lock<'c, 'q, T, Q>(
    tx: &Tx<'c>,
    query: Q,
    expected: Option<ExpectedVersions>,
) -> Result<T>
where
    T: Versioned + Send,
    Q: RunQueryDsl<&'c AsyncPgConnection> + LimitDsl + Send + 'q,
    Limit<Q>: LoadQuery<'q, &'c AsyncPgConnection, T> + Send + 'q,
{
    let row: T = query.first(&mut tx.conn()).await?;
    patch::expect_version(expected, row.version())?;
    Ok(row)
}

/// What a change makes of a row, by field. Without any, nothing is written and the version stays.
#[derive(Debug)]
pub(crate) struct Changes(Map<String, Json>);

impl Changes {
    /// The fields in which `update` differs from `before`. Fields that `update` does not have stay
    /// as they are.
    pub(crate) fn between(before: &impl Serialize, update: &impl Serialize) -> Result<Self> {
        Ok(Self(patch::changes(before, update)?))
    }

    /// A change of one field whose values are kept out of the log.
    pub(crate) fn hidden(field: &str) -> Self {
        Self(Map::from_iter([(field.to_owned(), hidden_change())]))
    }

    /// Whether nothing changes.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a field changes.
    pub(crate) fn contains(&self, field: &str) -> bool {
        self.0.contains_key(field)
    }

    /// The new value of a field that changes.
    pub(crate) fn new_value(&self, field: &str) -> Option<&Json> {
        self.0.get(field).map(|change| &change["to"])
    }

    /// Adds a field that the request does not name, when its value changes.
    pub(crate) fn add<T: Serialize + PartialEq>(&mut self, field: &str, from: &T, to: &T) {
        if from != to {
            self.0.insert(field.to_owned(), json!({"from": from, "to": to}));
        }
    }

    /// Leaves a member of the request out that is no field.
    pub(crate) fn remove(&mut self, field: &str) {
        self.0.remove(field);
    }

    /// Replaces what is said of the same fields.
    pub(crate) fn extend(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// Keeps the values of these fields out of the log, which says only that they changed: the log
    /// outlives what is erased.
    pub(crate) fn hide(&mut self, is_hidden: impl Fn(&str) -> bool) {
        for (field, change) in &mut self.0 {
            if is_hidden(field) {
                *change = hidden_change();
            }
        }
    }

    /// The data of an event.
    pub(crate) fn into_data(self) -> Json {
        json!({"changes": self.0})
    }

    /// The event of this change. `id` and `version` are those of the changed row.
    pub(crate) fn event(self, kind: &str, id: impl ToString, version: i64) -> NewEvent {
        NewEvent::new(kind, id, version, self.into_data())
    }
}

fn hidden_change() -> Json {
    json!({"from": null, "to": null, "truncated": true})
}

/// The partners whose rows of a resource belong to a member, in no order: who takes the rows away
/// from the member locks them first.
pub(crate) async fn partners_of_owner(
    tx: &Tx<'_>,
    resource: &Resource,
    owner: MemberId,
) -> Result<Vec<PartnerId>> {
    let (Some(table), Some(field), PartnerLink::Owned) =
        (resource.table, resource.owner_field, resource.partner)
    else {
        return Ok(Vec::new());
    };
    let statement = Statement::new(format!(
        "/* versioned.partners_of_owner */ SELECT DISTINCT partner_id FROM {table} WHERE {field} = "
    ))
    .with(Bind::Id(Some(owner.0)), "");
    Ok(statement.answers::<SqlUuid>().load(&mut tx.conn()).await?)
}

/// Takes the rows of a resource away from a member who leaves: from then on they have no owner.
/// Rows of a resource without owners are nobody's.
pub(crate) async fn release(tx: &Tx<'_>, resource: &Resource, owner: MemberId) -> Result<()> {
    let (Some(table), Some(field)) = (resource.table, resource.owner_field) else {
        return Ok(());
    };
    let partner = match resource.partner {
        PartnerLink::None => "NULL::uuid",
        PartnerLink::Named | PartnerLink::Owned => "partner_id",
    };
    let statement = Statement::new(format!(
        "/* versioned.release */ UPDATE {table} SET {field} = NULL, version = version + 1, \
         updated_at = clock_timestamp() WHERE {field} = "
    ))
    .with(Bind::Id(Some(owner.0)), format!(" RETURNING id, version, {partner}"));
    let released: Vec<(Uuid, i64, Option<PartnerId>)> =
        statement.answers::<(SqlUuid, BigInt, Nullable<SqlUuid>)>().load(&mut tx.conn()).await?;
    let subject = resource.subjects.first().unwrap_or(&resource.singular);
    let kind = format!("{subject}.updated");
    for (id, version, partner) in released {
        let changes = Map::from_iter([(field.to_owned(), json!({"from": owner, "to": null}))]);
        let event = Changes(changes).event(&kind, ids::encode(resource.id_prefix(), id), version);
        tx.record(match partner {
            Some(partner) => event.of_partner(partner),
            None => event,
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::testing;

    #[test]
    fn changes_are_what_differs_and_hidden_values_stay_out_of_the_log() {
        let before = json!({"name": "Acme", "notes": "secret", "rank": 1});
        let mut changes =
            Changes::between(&before, &json!({"name": "Acme", "notes": "more"})).unwrap();
        assert!(!changes.is_empty() && !changes.contains("name"));
        assert_eq!(changes.new_value("notes"), Some(&json!("more")));
        changes.hide(|field| field == "notes");
        changes.add("rank", &1, &1);
        assert!(!changes.contains("rank"), "an equal value is no change");
        changes.add("rank", &1, &2);
        assert_eq!(
            changes.into_data(),
            json!({"changes": {
                "notes": {"from": null, "to": null, "truncated": true},
                "rank": {"from": 1, "to": 2}
            }})
        );
        assert!(Changes::between(&before, &json!({"rank": 1})).unwrap().is_empty());
    }

    /// One clock and one way to the next version, whatever the resource.
    #[test]
    fn no_other_module_raises_versions() {
        let raises = |line: &str| {
            let line = line.replace(' ', "");
            line.contains("updated_at.eq(") || line.contains("version+1)")
        };
        let raising: Vec<String> = testing::sources(&["persistence"])
            .into_iter()
            .filter(|(name, text)| !name.contains("tests") && text.lines().any(raises))
            .map(|(name, _)| name)
            .collect();
        // A form adds a row for each of its versions instead of changing one.
        let allowed = [
            "persistence/src/kernel/versioned.rs",
            "persistence/src/resources/application_forms.rs",
        ];
        assert_eq!(raising, allowed);
    }
}
