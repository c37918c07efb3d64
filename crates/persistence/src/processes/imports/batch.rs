//! What the rows of all kinds of records have in common.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::{
    Code, Error, FieldError, Result,
    access::Scope,
    events::NewEvent,
    ids::TagId,
    imports::{Converter, FirstRow, ImportOnDuplicateRow, ImportOptions, ImportRow},
    jobs::{JobItemStatus, JobItemWarning, NewJobItem},
    schema::tags,
    text::fold,
};
use serde_json::{Map, Value, json};

use crate::kernel::db::Tx;

pub(super) struct Batch<'a> {
    pub(super) scope: &'a Scope,
    pub(super) options: &'a ImportOptions,
    pub(super) converter: &'a Converter,
    pub(super) currency: String,
}

impl Batch<'_> {
    /// The item of a successful row.
    pub(super) fn item(&self, row: &ImportRow) -> NewJobItem {
        NewJobItem { warnings: row.converted.warnings.clone(), ..NewJobItem::succeeded(row.number) }
    }

    pub(super) fn stopped(
        &self,
        row: &ImportRow,
        status: JobItemStatus,
        error: &Error,
    ) -> NewJobItem {
        self.item(row).stopped(status, error, self.scope.request_id)
    }

    pub(super) fn failed(&self, row: &ImportRow, error: &Error) -> NewJobItem {
        self.stopped(row, JobItemStatus::Failed, error)
    }

    pub(super) fn skipped(&self, row: &ImportRow, error: &Error) -> NewJobItem {
        self.stopped(row, JobItemStatus::Skipped, error)
    }

    /// The item of a row that has the same key as an earlier one.
    pub(super) fn duplicate(&self, row: &ImportRow, first: u64, other_name: bool) -> NewJobItem {
        let detail = format!("Row {first} of the file has the same {}.", self.options.object);
        let error = Error::new(Code::DuplicateOfRow, detail).meta("row", json!(first));
        let mut item = self.skipped(row, &error);
        if other_name {
            item.warnings.push(name_differs(format!("row {first} has another name")));
        }
        item
    }

    /// The item of a row that cannot be imported, if that shows without any data.
    pub(super) fn refused(&self, row: &ImportRow) -> Option<NewJobItem> {
        if let Some(code) = row.refusal {
            return Some(self.failed(row, &Error::of(code)));
        }
        if row.converted.text("name").is_none() {
            return Some(self.failed(row, &Error::of(Code::RowWithoutName)));
        }
        if let Some(first) =
            row.duplicate_of.filter(|_| self.options.on_duplicate_row == ImportOnDuplicateRow::Skip)
        {
            return Some(self.duplicate(row, first.number, first.name_differs));
        }
        match row.converted.text("currency") {
            Some(currency) if currency != self.currency => {
                let detail = format!(
                    "must be {}, which is the organization's \
                                      currency",
                    self.currency
                );
                Some(self.failed(row, &Error::field("currency_mismatch", "currency", detail)))
            }
            _ => None,
        }
    }
}

/// The warning about two records with different names, which may not be the same.
pub(super) fn name_differs(detail: String) -> JobItemWarning {
    JobItemWarning::new("name_differs", detail).about("name")
}

/// The error of a row whose id does not exist.
pub(super) fn unknown_id(noun: &str) -> Error {
    Error::field("not_found_reference", "id", format!("must be the id of a {noun}"))
}

/// In a dry run, the record of an earlier row does not exist for a second row to update.
pub(super) fn updates_earlier(first: FirstRow) -> Vec<JobItemWarning> {
    let detail = format!("updates the record that row {} creates", first.number);
    let mut warnings = vec![JobItemWarning::new(Code::DuplicateOfRow.as_str(), detail)];
    if first.name_differs {
        warnings.push(name_differs(format!("row {} has another name", first.number)));
    }
    warnings
}

pub(super) fn required(field: &str, detail: &str) -> Error {
    Error::invalid(vec![FieldError::at_pointer("required", format!("#/{field}"), detail)])
}

/// The ids of tags by their folded name; missing tags are created in the category of services.
pub(super) async fn tag_ids(
    tx: &Tx<'_>,
    names: impl Iterator<Item = &str>,
    create: bool,
) -> Result<HashMap<String, TagId>> {
    let mut wanted: HashMap<String, &str> = HashMap::new();
    for name in names {
        wanted.entry(fold(name)).or_insert(name);
    }
    if wanted.is_empty() {
        return Ok(HashMap::new());
    }
    // A tag that another transaction inserts at the same moment is not returned by the insert. The
    // second read finds it.
    for again in [true, false] {
        let all: Vec<(TagId, String)> = tags::table
            .select((tags::id, tags::name))
            .order(tags::id.desc())
            .load(&mut tx.conn())
            .await?;
        // Of equal names in several categories, the oldest tag is used.
        let known: HashMap<String, TagId> =
            all.into_iter().map(|(id, name)| (fold(&name), id)).collect();
        let mut missing: Vec<(&String, &&str)> =
            wanted.iter().filter(|(folded, _)| !known.contains_key(*folded)).collect();
        if missing.is_empty() || !create || !again {
            return Ok(known);
        }
        missing.sort();
        let rows: Vec<_> = missing
            .iter()
            .map(|(_, name)| {
                (tags::id.eq(TagId::new()), tags::category.eq("services"), tags::name.eq(**name))
            })
            .collect();
        let made: Vec<(TagId, String)> = diesel::insert_into(tags::table)
            .values(rows)
            .on_conflict_do_nothing()
            .returning((tags::id, tags::name))
            .get_results(&mut tx.conn())
            .await?;
        for (id, name) in made {
            let changes = json!({
                "category": {"from": null, "to": "services"},
                "name": {"from": null, "to": name}
            });
            tx.record(NewEvent::new("tag.created", id, 1, json!({"changes": changes})));
        }
    }
    unreachable!("the second round returns")
}

/// `before` and `after` of an item: the fields that change.
pub(crate) fn before_and_after(
    row: &Map<String, Value>,
    changes: &[domain::partners::Change],
) -> (Option<Value>, Option<Value>) {
    let before: Map<String, Value> = changes
        .iter()
        .map(|change| (change.field.name.to_owned(), change.field.of(row).clone()))
        .collect();
    let after: Map<String, Value> =
        changes.iter().map(|change| (change.field.name.to_owned(), change.value.clone())).collect();
    (Some(before.into()), Some(after.into()))
}
