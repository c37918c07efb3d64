//! Imports rows as contacts: each row identifies its partner, and finds the contact there by e-mail
//! address, or by name if the row has no address. New contacts are inserted for the whole batch at
//! once.

use domain::{
    Code, Error, Result,
    contacts::{Contact, ContactCreate, ContactUpdate},
    ids::{ContactId, PartnerId},
    imports::{ImportMatch, ImportOnMatch, ImportRow},
    jobs::{JobItemAction, NewJobItem},
    text::normalised_name,
    timestamp::Timestamp,
};
use serde_json::{Map, Value};

use super::{
    batch::{Batch, name_differs, required, unknown_id, updates_earlier},
    people::{ExistingContacts, Mentions, contact_fields},
};
use crate::{
    kernel::{db::Tx, locks},
    resources::{
        contacts,
        partners::{self, Candidate, tier_rules},
    },
};

const FIELDS: [&str; 5] = ["name", "email", "phone", "title", "notes"];

/// New contacts that are inserted together: the index of the item of each.
type Pending = Vec<(usize, ContactId, ContactCreate)>;

pub(super) async fn run(
    tx: &Tx<'_>,
    batch: &Batch<'_>,
    rows: &[ImportRow],
) -> Result<Vec<NewJobItem>> {
    let known = partners_of(tx, batch, rows).await?;
    // Before the first contact: writers of a partner lock it before its contacts.
    tier_rules::lock_shared(tx).await?;
    let mut locked = locks::partners(tx, known.iter().map(|partner| partner.id)).await?;
    locked.retain(|_, is_live| *is_live);
    let known: Vec<Candidate> =
        known.into_iter().filter(|partner| locked.contains_key(&partner.id)).collect();
    let partners: Vec<PartnerId> = locked.into_keys().collect();
    let people = ExistingContacts::load(tx, &partners, mentions(batch, rows)).await?;
    let mut import = Import { tx, batch, known, people, pending: Vec::new(), items: Vec::new() };
    for row in rows {
        let item = match batch.refused(row) {
            Some(item) => item,
            None => match import.write(rows, row).await {
                Ok(item) => item,
                Err(error @ Error::Problem(_)) if error.code() == Code::PartnerExists => {
                    batch.skipped(row, &error)
                }
                Err(error @ Error::Problem(_)) => batch.failed(row, &error),
                Err(ours) => return Err(ours),
            },
        };
        import.items.push(item);
    }
    import.create_all(rows).await?;
    Ok(import.items)
}

/// The people that the rows may refer to.
fn mentions(batch: &Batch<'_>, rows: &[ImportRow]) -> Mentions {
    let texts = |field: &'static str| rows.iter().filter_map(move |row| row.converted.text(field));
    match batch.options.matching {
        ImportMatch::None => Mentions::default(),
        ImportMatch::Id => {
            let ids = texts("id").filter_map(|id| id.parse().ok()).collect();
            Mentions { ids, ..Mentions::default() }
        }
        ImportMatch::Domain | ImportMatch::ExternalId => {
            let emails = texts("email").map(str::to_owned).collect();
            let nameless = rows.iter().filter(|row| row.converted.text("email").is_none());
            let names = nameless.filter_map(|row| row.converted.text("name").map(str::to_owned));
            Mentions { emails, names: names.collect(), ..Mentions::default() }
        }
    }
}

/// All partners that rows of contacts or deals refer to, or the defaults.
pub(super) async fn partners_of(
    tx: &Tx<'_>,
    batch: &Batch<'_>,
    rows: &[ImportRow],
) -> Result<Vec<Candidate>> {
    let defaults = batch.converter.defaults();
    let all = |field: &str| -> Vec<String> {
        let values = rows.iter().map(|row| &row.converted.values).chain([defaults]);
        values.filter_map(|values| values.get(field)?.as_str().map(str::to_owned)).collect()
    };
    let names: Vec<String> = all("partner_name").iter().map(|name| normalised_name(name)).collect();
    let ids: Vec<PartnerId> = all("partner_id").iter().filter_map(|id| id.parse().ok()).collect();
    let mut found =
        partners::candidates(tx, &all("partner_domain"), &all("partner_external_id"), &names)
            .await?;
    if !ids.is_empty() {
        found.extend(partners::candidates_by_id(tx, &ids).await?);
        found.sort_by_key(|partner| partner.id);
        found.dedup_by_key(|partner| partner.id);
    }
    Ok(found)
}

/// The error of a row without a partner.
pub(super) fn nameless() -> Error {
    required(
        "partner_id",
        "is required unless the row has partner_external_id, partner_domain or partner_name",
    )
}

/// The partner that the values of a row refer to, if any; by name only if it is unique.
pub(super) fn partner_of(
    known: &[Candidate],
    values: &Map<String, Value>,
) -> Result<Option<PartnerId>> {
    let unknown = |field: &str| {
        Error::field("not_found_reference", field, "must identify exactly one partner")
    };
    let text = |field: &str| values.get(field).and_then(Value::as_str);
    let only = |field: &str, is: &dyn Fn(&Candidate) -> bool| {
        let mut found = known.iter().filter(|candidate| is(candidate));
        match (found.next(), found.next()) {
            (Some(only), None) => Ok(Some(only.id)),
            _ => Err(unknown(field)),
        }
    };
    if let Some(id) = text("partner_id") {
        let id: PartnerId = id.parse().map_err(|_| unknown("partner_id"))?;
        return only("partner_id", &|candidate| candidate.id == id);
    }
    if let Some(id) = text("partner_external_id") {
        return only("partner_external_id", &|candidate| {
            candidate.external_id.as_deref() == Some(id)
        });
    }
    if let Some(domain) = text("partner_domain") {
        return only("partner_domain", &|candidate| candidate.domain.as_deref() == Some(domain));
    }
    match text("partner_name").map(normalised_name) {
        Some(name) => only("partner_name", &|candidate| candidate.normalised_name == name),
        None => Ok(None),
    }
}

/// The import of one batch.
struct Import<'a, 't> {
    tx: &'a Tx<'t>,
    batch: &'a Batch<'a>,
    known: Vec<Candidate>,
    people: ExistingContacts,
    pending: Pending,
    items: Vec<NewJobItem>,
}

impl Import<'_, '_> {
    /// The contact of a row.
    fn meant(&self, row: &ImportRow, partner: PartnerId) -> Result<Option<Contact>> {
        let text = |field: &str| row.converted.text(field);
        let people = &self.people;
        let found = match (self.batch.options.matching, text("id"), text("email")) {
            (ImportMatch::None, _, _) | (ImportMatch::Id, None, _) => None,
            (ImportMatch::Id, Some(id), _) => {
                let found = people.by_id(partner, id);
                Some(found.ok_or_else(|| unknown_id("contact of the partner"))?)
            }
            (_, _, Some(email)) => people.by_email(partner, email),
            (_, _, None) => text("name").and_then(|name| people.by_name_alone(partner, name)),
        };
        Ok(found.cloned())
    }

    /// Writes a row; a new contact is inserted at the end of the batch.
    async fn write(&mut self, rows: &[ImportRow], row: &ImportRow) -> Result<NewJobItem> {
        let batch = self.batch;
        let partner = match partner_of(&self.known, &row.converted.values)? {
            Some(partner) => partner,
            None => {
                let values = batch.converter.with_defaults(&row.converted)?;
                partner_of(&self.known, &values)?.ok_or_else(nameless)?
            }
        };
        let found = self.meant(row, partner)?;
        let is_pending =
            |contact: &Contact| self.pending.iter().any(|(_, id, _)| *id == contact.id);
        if found.as_ref().is_some_and(is_pending) {
            self.create_all(rows).await?;
        }
        let foretold = row.duplicate_of.filter(|_| batch.options.dry_run && found.is_none());
        let (before, values) = match &found {
            Some(_) if batch.options.on_match == ImportOnMatch::Skip => {
                let detail = "The partner already has this contact.";
                return Err(Error::new(Code::PartnerExists, detail));
            }
            Some(contact) => (contact_fields(contact), row.converted.values.clone()),
            None if foretold.is_some() => (Map::new(), row.converted.values.clone()),
            None => (Map::new(), batch.converter.with_defaults(&row.converted)?),
        };
        let mut item = batch.item(row);
        let is_changed = sides(&before, &values, &mut item);
        item.resource_id = found.as_ref().map(|contact| contact.id.to_string());
        item.warnings.extend(foretold.map(updates_earlier).unwrap_or_default());
        let name = row.converted.text("name").map(normalised_name);
        let is_other = |contact: &&Contact| {
            name.as_ref().is_some_and(|name| *name != normalised_name(&contact.name))
        };
        if let Some(contact) = found.as_ref().filter(is_other) {
            let detail = format!("the name of the matching contact was `{}`", contact.name);
            item.warnings.push(name_differs(detail));
        }
        item.action = Some(match found {
            None if foretold.is_none() => JobItemAction::Created,
            Some(_) if !is_changed => JobItemAction::Unchanged,
            _ => JobItemAction::Updated,
        });
        if batch.options.dry_run || found.is_some() && !is_changed {
            return Ok(item);
        }
        let text = |field: &str| values.get(field).and_then(Value::as_str).map(str::to_owned);
        match &found {
            Some(contact) => {
                let update = ContactUpdate {
                    partner_id: None,
                    name: text("name"),
                    email: text("email").map(Some),
                    phone: text("phone").map(Some),
                    title: text("title").map(Some),
                    notes: text("notes").map(Some),
                };
                let id = contact.id;
                let write = async |tx: &Tx<'_>| contacts::update(tx, id, None, &update).await;
                let updated = self.tx.savepoint(write).await?;
                self.people.put(updated);
            }
            None => {
                let create = ContactCreate {
                    partner_id: partner,
                    name: text("name").unwrap_or_default(),
                    email: text("email"),
                    phone: text("phone"),
                    title: text("title"),
                    notes: text("notes"),
                    make_primary: false,
                };
                let id = ContactId::new();
                item.resource_id = Some(id.to_string());
                self.people.put(unwritten(id, &create));
                self.pending.push((self.items.len(), id, create));
            }
        }
        Ok(item)
    }

    /// Inserts the new contacts at once, or one by one if the database refuses them.
    async fn create_all(&mut self, rows: &[ImportRow]) -> Result<()> {
        let pending = std::mem::take(&mut self.pending);
        let new: Vec<(ContactId, ContactCreate)> =
            pending.iter().map(|(_, id, create)| (*id, create.clone())).collect();
        match insert_all(self.tx, &new).await {
            Ok(()) => return Ok(()),
            Err(Error::Problem(_)) => {}
            Err(ours) => return Err(ours),
        }
        for ((place, _, _), new) in pending.iter().zip(&new) {
            match insert_all(self.tx, std::slice::from_ref(new)).await {
                Ok(()) => {}
                Err(error @ Error::Problem(_)) => {
                    self.items[*place] = self.batch.failed(&rows[*place], &error);
                }
                Err(ours) => return Err(ours),
            }
        }
        Ok(())
    }
}

/// A contact that will be inserted, for later rows to find.
fn unwritten(id: ContactId, create: &ContactCreate) -> Contact {
    let now = Timestamp::now();
    Contact {
        id,
        version: 1,
        created_at: now,
        updated_at: now,
        partner_id: create.partner_id,
        name: create.name.clone(),
        email: create.email.clone(),
        phone: create.phone.clone(),
        title: create.title.clone(),
        is_primary: false,
        notes: create.notes.clone(),
    }
}

async fn insert_all(tx: &Tx<'_>, new: &[(ContactId, ContactCreate)]) -> Result<()> {
    tx.savepoint(async |tx| contacts::insert_many(tx, new).await.map(drop)).await
}

/// Sets `before` and `after` of an item to the changed fields. Returns whether there are any.
fn sides(before: &Map<String, Value>, after: &Map<String, Value>, item: &mut NewJobItem) -> bool {
    let present = |field: &str| before.get(field).cloned().unwrap_or_default();
    let (mut from, mut to) = (Map::new(), Map::new());
    for field in FIELDS {
        let Some(value) = after.get(field).filter(|value| **value != present(field)) else {
            continue;
        };
        from.insert(field.to_owned(), present(field));
        to.insert(field.to_owned(), value.clone());
    }
    let is_changed = !to.is_empty();
    (item.before, item.after) = (Some(from.into()), Some(to.into()));
    is_changed
}
