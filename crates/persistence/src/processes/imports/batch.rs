//! What the rows of all objects have in common.

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
    partners::Change,
    schema::tags,
    text::fold,
    values::FieldRow,
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
    /// The item of a row that went well.
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

    /// A row about what an earlier one is about.
    pub(super) fn duplicate(&self, row: &ImportRow, first: u64, other_name: bool) -> NewJobItem {
        let detail = format!("Row {first} of the file is about the same {}.", self.options.object);
        let error = Error::new(Code::DuplicateOfRow, detail).meta("row", json!(first));
        let mut item = self.skipped(row, &error);
        if other_name {
            item.warnings.push(name_differs(format!("row {first} has another name")));
        }
        item
    }

    /// What can be said of a row before looking at any data: the item of one that goes no further.
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
                let detail = format!("must be {}, the organization's currency", self.currency);
                Some(self.failed(row, &Error::field("currency_mismatch", "currency", detail)))
            }
            _ => None,
        }
    }
}

/// Two records that may not mean the same are told of, never merged in silence.
pub(super) fn name_differs(detail: String) -> JobItemWarning {
    JobItemWarning::new("name_differs", detail).about("name")
}

/// The problem of a row whose id names no record that it may mean.
pub(super) fn unknown_id(noun: &str) -> Error {
    Error::field("not_found_reference", "id", format!("names no {noun}"))
}

/// In a dry run the record that an earlier row makes is not there for its second row to update.
pub(super) fn updates_earlier(first: FirstRow) -> Vec<JobItemWarning> {
    let detail = format!("updates what row {} makes", first.number);
    let mut warnings = vec![JobItemWarning::new(Code::DuplicateOfRow.as_str(), detail)];
    if first.name_differs {
        warnings.push(name_differs(format!("row {} has another name", first.number)));
    }
    warnings
}

pub(super) fn required(field: &str, detail: &str) -> Error {
    Error::invalid(vec![FieldError::at_pointer("required", format!("#/{field}"), detail)])
}

/// The ids of tags by their folded name; missing ones are created among the services.
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
    // A tag that somebody else inserts at the same moment is not returned by our insert. The second
    // look finds it.
    for again in [true, false] {
        let all: Vec<(TagId, String)> = tags::table
            .select((tags::id, tags::name))
            .order(tags::id.desc())
            .load(&mut tx.conn())
            .await?;
        // The oldest of equal names in several categories wins.
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
    row: &dyn FieldRow,
    changes: &[Change],
) -> (Option<Value>, Option<Value>) {
    let (mut before, mut after) = (Map::new(), Map::new());
    for change in changes {
        let field = change.field();
        before.insert(field.name.to_owned(), field.render_json(&row.get(field)));
        after.insert(field.name.to_owned(), change.json());
    }
    (Some(before.into()), Some(after.into()))
}
