//! The SQL that writes `partners`. Each statement writes any number of rows: their values come as
//! one JSON array, whose columns are those that any of the rows sets.

use std::collections::{BTreeMap, BTreeSet};

use diesel_async::RunQueryDsl;
use domain::{
    Result,
    fields::Field,
    ids::PartnerId,
    partners::{Partner, PartnerKey, Plan, TierSource, change_of},
    text::normalised_name,
    values::FieldValue,
};
use serde_json::{Map, Value as Json, json};

use super::staged::{Creation, Edit};
use crate::kernel::{
    db::Tx,
    statement::{Bind, Statement},
    values::{column_json, column_type},
};

/// What every write of a partner does to its row, but for scores. `statement_timestamp()` is one
/// instant for all that a statement writes, and comes after the rows were locked.
pub(super) const NEW_VERSION: &str =
    "version = partners.version + 1, updated_at = statement_timestamp()";
/// What scores do: whoever holds the version may still write, and only the ETag says that something
/// else is there.
pub(super) const SCORED_AGAIN: &str = "scored_version = partners.version, scored_times = \
    CASE WHEN partners.scored_version = partners.version THEN partners.scored_times + 1 ELSE 1 END";

/// A column of `partners` that a statement sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Column {
    name: &'static str,
    /// The SQL type of its values in the JSON.
    sql_type: &'static str,
    /// Whether it is set to the instant of the statement where the value is true, else to null.
    is_instant: bool,
}

impl Column {
    fn new(name: &'static str, sql_type: &'static str) -> Self {
        Self { name, sql_type, is_instant: false }
    }

    fn instant(name: &'static str) -> Self {
        Self { name, sql_type: "boolean", is_instant: true }
    }

    fn of(field: &Field) -> Self {
        Self::new(field.name, column_type(field.kind))
    }

    /// The value of the column in `v`.
    fn value(self) -> String {
        if self.is_instant {
            format!("CASE WHEN v.\"{}\" THEN statement_timestamp() END", self.name)
        } else {
            format!("v.\"{}\"", self.name)
        }
    }
}

/// The values that a write sets, by column.
pub(super) type Values = BTreeMap<Column, FieldValue>;

/// A partner and the values that are written.
pub(super) type Row = (PartnerId, Values);

/// The values that a plan sets, also those of columns that follow from others.
fn planned(plan: &Plan, overridden: &[String]) -> Values {
    let mut values = Values::new();
    for change in &plan.changes {
        match change.key {
            PartnerKey::DeletedAt => {
                let is_deleted = !change.value.is_null();
                values.insert(Column::instant("deleted_at"), is_deleted.into());
                continue;
            }
            PartnerKey::Name => {
                let name = change.value.as_text().map(normalised_name);
                values.insert(Column::new("normalised_name", "text"), name.into());
            }
            PartnerKey::Stage => {
                values.insert(Column::instant("stage_changed_at"), true.into());
            }
            PartnerKey::Tier => {
                values.insert(Column::instant("tier_changed_at"), true.into());
            }
            _ => {}
        }
        values.insert(Column::of(change.field()), change.value.clone());
    }
    let mut marks = plan.overrides_set.iter().chain(&plan.overrides_cleared);
    if change_of(&plan.changes, PartnerKey::Tier).is_some()
        || marks.any(|key| *key == PartnerKey::Tier)
    {
        let by_hand = overridden.iter().any(|name| name == PartnerKey::Tier.name());
        let source = if by_hand { TierSource::Manual } else { TierSource::Automatic };
        values.insert(Column::new("tier_source", "text"), source.as_str().into());
    }
    if !plan.overrides_set.is_empty() || !plan.overrides_cleared.is_empty() {
        values.insert(Column::new("overridden_fields", "text[]"), overridden.to_vec().into());
    }
    values
}

/// The values that an edit sets.
pub(super) fn values(edit: &Edit) -> Values {
    let mut values = planned(&edit.plan, &edit.overridden);
    let stale = Column::new("scores_stale", "boolean");
    match &edit.plan.scored {
        Some(scored) => {
            let version = Column::new("scored_profile_version", "bigint");
            values.insert(version, scored.profile_version.into());
            values.insert(stale, scored.stale.into());
        }
        None if edit.plan.makes_scores_stale() => {
            values.insert(stale, edit.locked.partner.summary.scored_at.is_some().into());
        }
        None => {}
    }
    values
}

/// The values that a new partner starts with, but for those that are their column's default.
pub(super) fn values_of_new(new: &Creation) -> Values {
    let mut values = planned(&new.plan, &new.overridden);
    values.insert(Column::new("created_via", "text"), new.created_via.as_str().into());
    for name in ["created_at", "updated_at", "stage_changed_at"] {
        values.insert(Column::instant(name), true.into());
    }
    values
}

/// One UPDATE of rows; `always` is what becomes of each besides its values. A column that only some
/// of them set keeps its value in the others.
pub(super) fn update(always: &'static str, rows: &[Row]) -> Option<Statement> {
    let columns = columns_of(rows);
    let is_set_by_all = |column| rows.iter().all(|(_, values)| values.contains_key(column));
    let mut out = Statement::new("/* partners.update */ UPDATE partners SET ");
    out.sql(always);
    let mut has_gaps = false;
    for column in &columns {
        let (name, value) = (column.name, column.value());
        if is_set_by_all(column) {
            out.sql(format!(", \"{name}\" = {value}"));
        } else {
            has_gaps = true;
            out.sql(format!(
                ", \"{name}\" = CASE WHEN '{name}' = ANY(v.written) THEN {value} \
                 ELSE partners.\"{name}\" END"
            ));
        }
    }
    let json = rows.iter().map(|(id, values)| {
        let mut row = object(*id, values);
        if has_gaps {
            let names: Vec<&str> = values.keys().map(|column| column.name).collect();
            row.insert("written".to_owned(), json!(names));
        }
        Json::Object(row)
    });
    out.sql(" FROM jsonb_to_recordset(").bind(Bind::Json(Some(json.collect())));
    let written = if has_gaps { ", written text[]" } else { "" };
    out.sql(format!(") AS v (id uuid{written}{}) WHERE partners.id = v.id", declared(&columns)));
    (!rows.is_empty()).then_some(out)
}

/// One INSERT of rows. A column that only some of them set starts with its default in the others.
pub(super) fn insert(rows: &[Row]) -> Option<Statement> {
    let columns = columns_of(rows);
    let json = rows.iter().map(|(id, values)| {
        let mut row = object(*id, values);
        for column in columns.iter().filter(|column| !values.contains_key(column)) {
            let default = PartnerKey::named(column.name)
                .map_or(Json::Null, |key| column_json(&key.field().default_field_value()));
            row.insert(column.name.to_owned(), default);
        }
        Json::Object(row)
    });
    let names: String = columns.iter().map(|column| format!(", \"{}\"", column.name)).collect();
    let values: String = columns.iter().map(|column| format!(", {}", column.value())).collect();
    let mut out = Statement::new(format!(
        "/* partners.insert */ INSERT INTO partners (id{names}) \
         SELECT v.id{values} FROM jsonb_to_recordset("
    ));
    out.bind(Bind::Json(Some(json.collect())));
    out.sql(format!(") AS v (id uuid{})", declared(&columns)));
    (!rows.is_empty()).then_some(out)
}

fn columns_of(rows: &[Row]) -> BTreeSet<Column> {
    rows.iter().flat_map(|(_, values)| values.keys()).copied().collect()
}

fn object(id: PartnerId, values: &Values) -> Map<String, Json> {
    let mut row: Map<String, Json> =
        values.iter().map(|(column, value)| (column.name.to_owned(), column_json(value))).collect();
    row.insert("id".to_owned(), json!(id.0));
    row
}

fn declared(columns: &BTreeSet<Column>) -> String {
    columns.iter().map(|column| format!(", \"{}\" {}", column.name, column.sql_type)).collect()
}

/// Runs an UPDATE or INSERT; returns the rows as they are after it.
pub(super) async fn load(tx: &Tx<'_>, statement: Option<Statement>) -> Result<Vec<Partner>> {
    let Some(mut statement) = statement else { return Ok(Vec::new()) };
    statement.sql(" RETURNING ").columns();
    Ok(statement.rows::<Partner>().load(&mut tx.conn()).await?)
}

/// Notes that scores of partners are still what this version of the ideal partner profile makes of
/// them. No version of the partner: nothing has changed but what we know.
pub(super) fn confirm_scores(profile_version: i64, ids: &[PartnerId]) -> Statement {
    let version = || Bind::Int(Some(profile_version));
    Statement::new(
        "/* partners.confirm_scores */ UPDATE partners SET scores_stale = false, \
         scored_profile_version = ",
    )
    .with(version(), " WHERE (scores_stale OR scored_profile_version IS DISTINCT FROM ")
    .with(version(), ") AND scored_at IS NOT NULL AND id = ANY(")
    .with(uuids(ids), ")")
}

/// Notes that scores of partners rest on something that has changed.
pub(super) fn mark_scores_stale(ids: &BTreeSet<PartnerId>) -> Option<Statement> {
    let statement = "/* partners.mark_scores_stale */ UPDATE partners SET scores_stale = true \
        WHERE NOT scores_stale AND scored_at IS NOT NULL AND id = ANY(";
    (!ids.is_empty()).then(|| Statement::new(statement).with(uuids(ids), ")"))
}

fn uuids<'a>(ids: impl IntoIterator<Item = &'a PartnerId>) -> Bind {
    Bind::Ids(ids.into_iter().map(|id| id.0).collect())
}

#[cfg(test)]
fn values_for_tests(values: &[domain::partners::Change]) -> Values {
    values.iter().map(|change| (Column::of(change.field()), change.value.clone())).collect()
}

/// A row with exactly these values, past all rules.
#[cfg(test)]
pub(crate) fn insertion_for_tests(
    id: PartnerId,
    values: &[domain::partners::Change],
    deleted: bool,
) -> Statement {
    let mut values = values_for_tests(values);
    values.insert(Column::new("normalised_name", "text"), "x".into());
    values.insert(Column::instant("deleted_at"), deleted.into());
    insert(&[(id, values)]).expect("one row")
}

/// A new version with these values, past all rules.
#[cfg(test)]
pub(crate) fn update_for_tests(id: PartnerId, values: &[domain::partners::Change]) -> Statement {
    update(NEW_VERSION, &[(id, values_for_tests(values))]).expect("one row")
}
