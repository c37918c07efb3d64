//! The SQL that writes `partners`. Each statement writes any number of rows: their values come as
//! one JSON array, whose columns are those that any of the rows sets.

use std::collections::{BTreeMap, BTreeSet};

use diesel_async::RunQueryDsl;
use domain::{
    Result,
    fields::{Field, FieldType},
    ids::{self, PartnerId},
    links,
    partners::{Partner, Plan, TierSource, partner_field},
    text::normalised_name,
};
use serde_json::{Map, Value as Json, json};

use super::staged::{Creation, Edit};
use crate::kernel::{
    db::Tx,
    statement::{Bind, Statement},
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
        let sql_type = match field.kind {
            FieldType::Text | FieldType::Domain | FieldType::Enum => "text",
            FieldType::Integer | FieldType::Money | FieldType::Score => "bigint",
            FieldType::Boolean => "boolean",
            FieldType::Id => "uuid",
            FieldType::Date => "date",
            FieldType::Timestamp => "timestamptz",
            FieldType::TextArray | FieldType::EnumArray => "text[]",
            FieldType::IdArray => "uuid[]",
            FieldType::Object => "jsonb",
        };
        Self::new(field.name, sql_type)
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
pub(super) type Values = BTreeMap<Column, Json>;

/// A partner and the values that are written.
pub(super) type Row = (PartnerId, Values);

/// A wire value as the JSON of its column.
pub(super) fn stored(field: &Field, value: &Json) -> Json {
    let id = |value: &Json| value.as_str().and_then(|text| ids::decode(field.prefix(), text).ok());
    match (field.kind, value) {
        (_, Json::String(url)) if field.link => {
            json!(url.strip_prefix(links::public_url()).unwrap_or(url))
        }
        (FieldType::Id, value) => json!(id(value)),
        (FieldType::IdArray, Json::Array(items)) => {
            items.iter().filter_map(id).map(|id| json!(id)).collect()
        }
        (_, value) => value.clone(),
    }
}

/// The values that a plan sets, also those of columns that follow from others.
fn planned(plan: &Plan, overridden: &[String]) -> Values {
    let changes = plan.changes.iter().filter(|change| change.field.name != "deleted_at");
    let mut values: Values =
        changes.map(|c| (Column::of(c.field), stored(c.field, &c.value))).collect();
    let changed = |name: &str| plan.changes.iter().find(|change| change.field.name == name);
    if let Some(name) = changed("name").and_then(|change| change.value.as_str()) {
        values.insert(Column::new("normalised_name", "text"), json!(normalised_name(name)));
    }
    if changed("stage").is_some() {
        values.insert(Column::instant("stage_changed_at"), json!(true));
    }
    if changed("tier").is_some() {
        values.insert(Column::instant("tier_changed_at"), json!(true));
    }
    if let Some(deleted_at) = changed("deleted_at") {
        values.insert(Column::instant("deleted_at"), json!(!deleted_at.value.is_null()));
    }
    let mut marks = plan.overrides_set.iter().chain(&plan.overrides_cleared);
    if changed("tier").is_some() || marks.any(|field| field.is_tier()) {
        let by_hand = overridden.iter().any(|name| name == "tier");
        let source = if by_hand { TierSource::Manual } else { TierSource::Automatic };
        values.insert(Column::new("tier_source", "text"), json!(source));
    }
    if !plan.overrides_set.is_empty() || !plan.overrides_cleared.is_empty() {
        values.insert(Column::new("overridden_fields", "text[]"), json!(overridden));
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
            values.insert(version, json!(scored.profile_version));
            values.insert(stale, json!(scored.stale));
        }
        None if edit.plan.makes_scores_stale() => {
            values.insert(stale, json!(edit.locked.partner.summary.scored_at.is_some()));
        }
        None => {}
    }
    values
}

/// The values that a new partner starts with, but for those that are their column's default.
pub(super) fn values_of_new(new: &Creation) -> Values {
    let mut values = planned(&new.plan, &new.overridden);
    values.insert(Column::new("created_via", "text"), json!(new.created_via));
    for name in ["created_at", "updated_at", "stage_changed_at"] {
        values.insert(Column::instant(name), json!(true));
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
            let default = partner_field(column.name)
                .map_or(Json::Null, |field| stored(field, &field.default_value()));
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
        values.iter().map(|(column, value)| (column.name.to_owned(), value.clone())).collect();
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
fn values_for_tests(values: &[(&'static Field, Json)]) -> Values {
    values.iter().map(|(field, value)| (Column::of(field), stored(field, value))).collect()
}

/// A row with exactly these values, past all rules.
#[cfg(test)]
pub(crate) fn insertion_for_tests(
    id: PartnerId,
    values: &[(&'static Field, Json)],
    deleted: bool,
) -> Statement {
    let mut values = values_for_tests(values);
    values.insert(Column::new("normalised_name", "text"), json!("x"));
    values.insert(Column::instant("deleted_at"), json!(deleted));
    insert(&[(id, values)]).expect("one row")
}

/// A new version with these values, past all rules.
#[cfg(test)]
pub(crate) fn update_for_tests(id: PartnerId, values: &[(&'static Field, Json)]) -> Statement {
    update(NEW_VERSION, &[(id, values_for_tests(values))]).expect("one row")
}
