//! Rows as partners. Everything is looked up and written for the whole batch at once; single rows are written one by
//! one only where somebody else was faster.

use std::collections::HashMap;

use domain::{
    Code, Error, Fault, Result,
    access::WriteMode,
    ids::{PartnerId, TagId},
    imports::{ImportMatch, ImportOnMatch, ImportRow},
    jobs::NewJobItem,
    partners::{Change, PartnerCreatedVia, changes_of},
    text::{fold, normalised_name},
};
use serde_json::{Map, Value, json};

use super::{Batch, before_and_after, name_differs, required, tag_ids, updates_earlier};
use crate::{
    Tx,
    partners::{self, Candidate, bulk},
};

/// The partners that the rows of a batch may mean or collide with.
#[derive(Default)]
struct Known {
    domains: HashMap<String, PartnerId>,
    external_ids: HashMap<String, PartnerId>,
    /// Partners without domain by their normalised name, the oldest first.
    names: HashMap<String, PartnerId>,
    normalised: HashMap<PartnerId, String>,
}

impl Known {
    fn add(&mut self, found: Candidate) {
        match found.domain {
            Some(domain) => {
                self.domains.insert(domain, found.id);
            }
            None => {
                self.names.entry(found.normalised_name.clone()).or_insert(found.id);
            }
        }
        if let Some(external) = found.external_id {
            self.external_ids.insert(external, found.id);
        }
        self.normalised.insert(found.id, found.normalised_name);
    }

    fn of(&self, matching: ImportMatch, row: &ImportRow) -> Option<PartnerId> {
        let text = |field| row.converted.text(field);
        match (matching, text("domain")) {
            (ImportMatch::None, _) => None,
            (ImportMatch::ExternalId, _) => self.external_ids.get(text("external_id")?).copied(),
            (ImportMatch::Domain, Some(domain)) => self.domains.get(domain).copied(),
            (ImportMatch::Domain, None) => self.names.get(&normalised_name(text("name")?)).copied(),
        }
    }

    /// Whether a unique value belongs to another partner than `own`; it is taken for `own` from now on.
    fn take(&mut self, values: &Map<String, Value>, own: PartnerId) -> Result<()> {
        let text = |field: &str| values.get(field).and_then(Value::as_str);
        let unique = [
            (Code::DomainTaken, "domain", &self.domains),
            (Code::ExternalIdTaken, "external_id", &self.external_ids),
        ];
        for (code, field, taken) in unique {
            let owner =
                text(field).and_then(|value| taken.get(value)).filter(|owner| **owner != own);
            if let Some(owner) = owner {
                let fault = Fault::at_pointer(
                    code.as_str(),
                    format!("#/{field}"),
                    "belongs to another partner",
                );
                return Err(Error::of(code).meta("existing_id", json!(owner)).at(fault));
            }
        }
        self.domains.extend(text("domain").map(|domain| (domain.to_owned(), own)));
        self.external_ids.extend(text("external_id").map(|id| (id.to_owned(), own)));
        Ok(())
    }
}

async fn known(tx: &Tx<'_>, rows: &[&ImportRow]) -> Result<Known> {
    let all = |field: &str| -> Vec<String> {
        rows.iter().filter_map(|row| row.converted.text(field).map(str::to_owned)).collect()
    };
    let nameless = rows.iter().filter(|row| row.converted.text("domain").is_none());
    let names: Vec<String> =
        nameless.filter_map(|row| row.converted.text("name").map(normalised_name)).collect();
    let mut known = Known::default();
    for found in partners::candidates(tx, &all("domain"), &all("external_id"), &names).await? {
        known.add(found);
    }
    Ok(known)
}

/// A row that becomes a new partner.
struct New<'a> {
    row: &'a ImportRow,
    id: PartnerId,
    changes: Vec<Change>,
}

pub(super) async fn run(
    tx: &Tx<'_>,
    batch: &Batch<'_>,
    rows: &[ImportRow],
) -> Result<Vec<NewJobItem>> {
    let mut items: Vec<NewJobItem> = Vec::with_capacity(rows.len());
    let mut left: Vec<&ImportRow> = Vec::with_capacity(rows.len());
    for row in rows {
        match batch.refused(row) {
            Some(item) => items.push(item),
            None => left.push(row),
        }
    }
    let mut known = known(tx, &left).await?;
    let names = left
        .iter()
        .filter_map(|row| row.converted.values.get("tag_ids"))
        .filter_map(Value::as_array)
        .flatten();
    let defaults = batch.converter.defaults();
    let names =
        names.chain(defaults.get("tag_ids").and_then(Value::as_array).into_iter().flatten());
    let tags = tag_ids(tx, names.filter_map(Value::as_str), !batch.options.dry_run).await?;
    let matches: Vec<Option<PartnerId>> =
        left.iter().map(|row| known.of(batch.options.matching, row)).collect();
    let mut ids: Vec<PartnerId> = matches.iter().flatten().copied().collect();
    ids.sort_unstable();
    let mut locked = match batch.options.on_match {
        ImportOnMatch::Update => bulk::lock_many(tx, &ids).await?,
        ImportOnMatch::Skip => HashMap::new(),
    };
    let mut new = Vec::new();
    for (row, found) in left.into_iter().zip(matches) {
        let Some(id) = found else {
            if let Some(item) = foretold(batch, &tags, row) {
                items.push(item);
                continue;
            }
            match prepare(batch, &mut known, &tags, row) {
                Ok(prepared) => new.push(prepared),
                Err(error) => items.push(batch.failed(row, &error)),
            }
            continue;
        };
        if batch.options.on_match == ImportOnMatch::Skip {
            let error = Error::of(Code::PartnerExists).meta("existing_id", json!(id));
            items.push(NewJobItem {
                resource_id: Some(id.to_string()),
                ..batch.skipped(row, &error)
            });
            continue;
        }
        let held = match locked.remove(&id) {
            Some(held) => Some(held),
            // A second row of the batch for the same partner, or somebody deleted it just now.
            None => bulk::lock_many(tx, &[id]).await?.remove(&id),
        };
        let item = match held {
            None => Err(Error::not_found()),
            Some(held) => update(tx, batch, &mut known, &tags, row, held).await,
        };
        items.push(match item {
            Ok(item) => item,
            Err(error @ Error::Problem(_)) => batch.failed(row, &error),
            Err(ours) => return Err(ours),
        });
    }
    items.extend(create(tx, batch, new).await?);
    items.sort_by_key(|item| item.index);
    Ok(items)
}

/// Values with tags by id. A dry run keeps the names of tags that do not exist yet.
fn resolved(values: &Map<String, Value>, tags: &HashMap<String, TagId>) -> Map<String, Value> {
    let mut values = values.clone();
    if let Some(Value::Array(names)) = values.get_mut("tag_ids") {
        for name in names {
            if let Some(id) = name.as_str().and_then(|name| tags.get(&fold(name))) {
                *name = json!(id);
            }
        }
    }
    values
}

/// In a dry run the partner that an earlier row makes is not there for this row to update: what the row would write, and
/// to what.
fn foretold(
    batch: &Batch<'_>,
    tags: &HashMap<String, TagId>,
    row: &ImportRow,
) -> Option<NewJobItem> {
    let first = row.duplicate_of.filter(|_| batch.options.dry_run)?;
    let mut item = batch.item(row);
    item.after = Some(resolved(&row.converted.values, tags).into());
    item.warnings.extend(updates_earlier(first));
    Some(item)
}

fn prepare<'a>(
    batch: &Batch<'_>,
    known: &mut Known,
    tags: &HashMap<String, TagId>,
    row: &'a ImportRow,
) -> Result<New<'a>> {
    let values = batch.converter.with_defaults(&row.converted)?;
    if !values.contains_key("type") {
        return Err(required("type", "is required: map a column to it, or give a default"));
    }
    let id = PartnerId::new();
    known.take(&values, id)?;
    Ok(New { row, id, changes: changes_of(&resolved(&values, tags)) })
}

/// The new partners of a batch at once; one by one when the database refuses the whole.
async fn create(tx: &Tx<'_>, batch: &Batch<'_>, new: Vec<New<'_>>) -> Result<Vec<NewJobItem>> {
    let done = |new: &New<'_>| {
        let mut item = batch.item(new.row);
        (item.before, item.after) = before_and_after(&Map::new(), &new.changes);
        if !batch.options.dry_run {
            item.resource_id = Some(new.id.to_string());
        }
        item
    };
    if batch.options.dry_run {
        return Ok(new.iter().map(done).collect());
    }
    let rows = |new: &[New<'_>]| new.iter().map(|new| (new.id, new.changes.clone())).collect();
    let all = tx
        .savepoint(async |tx| bulk::insert_many(tx, rows(&new), PartnerCreatedVia::Import).await)
        .await;
    match all {
        Ok(()) => return Ok(new.iter().map(done).collect()),
        Err(Error::Problem(_)) => {}
        Err(ours) => return Err(ours),
    }
    let mut items = Vec::with_capacity(new.len());
    for one in &new {
        let alone = std::slice::from_ref(one);
        let written = tx
            .savepoint(async |tx| {
                bulk::insert_many(tx, rows(alone), PartnerCreatedVia::Import).await
            })
            .await;
        items.push(match written {
            Ok(()) => done(one),
            Err(error @ Error::Problem(_)) => batch.failed(one.row, &error),
            Err(ours) => return Err(ours),
        });
    }
    Ok(items)
}

async fn update(
    tx: &Tx<'_>,
    batch: &Batch<'_>,
    known: &mut Known,
    tags: &HashMap<String, TagId>,
    row: &ImportRow,
    held: bulk::Locked,
) -> Result<NewJobItem> {
    let id = held.partner.summary.id;
    known.take(&row.converted.values, id)?;
    let plan = bulk::plan(
        &held,
        changes_of(&resolved(&row.converted.values, tags)),
        WriteMode::Automated,
    )?;
    let mut item = NewJobItem { resource_id: Some(id.to_string()), ..batch.item(row) };
    item.skipped_fields = plan.skipped_fields().into_iter().map(str::to_owned).collect();
    (item.before, item.after) = before_and_after(&held.row, &plan.changes);
    let name = row.converted.text("name").map(normalised_name);
    if known.normalised.get(&id).is_some_and(|held| name.is_some_and(|name| name != *held)) {
        item.warnings.push(name_differs(format!(
            "the partner with this key was called `{}`",
            held.partner.summary.name
        )));
    }
    let nothing_to_do = plan.is_idle() && plan.skipped.is_empty() && plan.settled.is_empty();
    if !batch.options.dry_run && !nothing_to_do {
        tx.savepoint(async |tx| bulk::update_planned(tx, held, plan).await).await?;
    }
    Ok(item)
}
