//! Contacts. Erased for good: they are personal data.

use std::collections::BTreeMap;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::{
    Error, Result,
    contacts::{Contact, ContactCreate, ContactPage, ContactUpdate},
    events::NewEvent,
    ids::{ContactId, PartnerId},
    lists::ListRequest,
    partners::{Change, PartnerKey, RemovedRecord},
    patch,
    schema::{contacts, partners as partners_table},
    views::ViewObject,
};
use serde_json::{Value, json};

use crate::{
    kernel::{
        changes::{self, ChangeList},
        db::Tx,
        listing::{self, Source},
        locks,
        sql::clock_timestamp,
    },
    resources::{
        partners::{
            self,
            writer::{Deleted, PartnerWriter, mark_scores_stale},
        },
        views,
    },
};

/// How contacts are listed.
const SOURCE: Source = Source {
    table: "contacts",
    search: Some("search_contacts"),
    soft_delete: false,
    of_partner: true,
};

/// One page of contacts.
pub async fn list(tx: &Tx<'_>, request: &ListRequest) -> Result<ContactPage> {
    let request = views::applied(tx, request, ViewObject::Contact).await?;
    let followed = ChangeList::<Contact> {
        source: SOURCE,
        subject: "contact",
        prefix: ContactId::PREFIX,
        id: |contact| contact.id.0,
    };
    changes::page(tx, &request, followed).await
}

/// How many contacts a request finds.
pub async fn count(tx: &Tx<'_>, request: &ListRequest) -> Result<i64> {
    let request = views::applied(tx, request, ViewObject::Contact).await?;
    listing::count(tx, &request, SOURCE).await
}

/// One contact of a live partner.
///
/// # Errors
/// `not_found`, also when its partner was deleted.
pub async fn get(tx: &Tx<'_>, id: ContactId) -> Result<Contact> {
    let deleted = partners_table::table.filter(partners_table::deleted_at.is_not_null());
    let query = Contact::query()
        .filter(contacts::id.eq(id))
        .filter(contacts::partner_id.ne_all(deleted.select(partners_table::id)));
    Ok(query.first(&mut tx.conn()).await?)
}

/// A new contact; with `make_primary` it also becomes the partner's primary contact, as a write of
/// that field.
///
/// # Errors
/// `not_found_reference` for the partner, `contact_email_taken`.
pub async fn insert(tx: &Tx<'_>, contact: &ContactCreate) -> Result<Contact> {
    let writer = if contact.make_primary { Some(PartnerWriter::new(tx).await?) } else { None };
    let held = locks::partners(tx, [contact.partner_id]).await?;
    expect_live(&held, contact.partner_id)?;
    let id = ContactId::new();
    insert_row(tx, id, contact).await?;
    if let Some(writer) = writer {
        set_primary(writer, contact.partner_id, id).await?;
    }
    // No version of the partner: an editor who holds its ETag is not refused because somebody added
    // a contact (docs/decisions/0008-stale-scores.md).
    mark_scores_stale(tx, [contact.partner_id]).await?;
    get(tx, id).await
}

/// A new contact under an id that its partner may name already; the partner is locked and lives.
///
/// # Errors
/// `contact_email_taken`.
pub(crate) async fn insert_as(
    tx: &Tx<'_>,
    id: ContactId,
    contact: &ContactCreate,
) -> Result<Contact> {
    insert_row(tx, id, contact).await?;
    mark_scores_stale(tx, [contact.partner_id]).await?;
    get(tx, id).await
}

/// New contacts of partners that are locked and live, all in one statement.
///
/// # Errors
/// `contact_email_taken`.
pub(crate) async fn insert_many(
    tx: &Tx<'_>,
    new: &[(ContactId, ContactCreate)],
) -> Result<Vec<Contact>> {
    if new.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<_> = new.iter().map(|(id, contact)| row(*id, contact)).collect();
    diesel::insert_into(contacts::table).values(rows).execute(&mut tx.conn()).await?;
    for (id, contact) in new {
        record(tx, "contact.created", *id, 1, contact.partner_id, json!({"changes": {}}));
    }
    mark_scores_stale(tx, new.iter().map(|(_, contact)| contact.partner_id)).await?;
    let ids: Vec<ContactId> = new.iter().map(|(id, _)| *id).collect();
    Ok(Contact::query().filter(contacts::id.eq_any(ids)).load(&mut tx.conn()).await?)
}

async fn insert_row(tx: &Tx<'_>, id: ContactId, contact: &ContactCreate) -> Result<()> {
    diesel::insert_into(contacts::table).values(row(id, contact)).execute(&mut tx.conn()).await?;
    record(tx, "contact.created", id, 1, contact.partner_id, json!({"changes": {}}));
    Ok(())
}

/// The columns of a new contact.
fn row(id: ContactId, contact: &ContactCreate) -> ContactRow<'_> {
    ContactRow {
        id,
        partner_id: contact.partner_id,
        name: &contact.name,
        email: contact.email.as_deref(),
        phone: contact.phone.as_deref(),
        title: contact.title.as_deref(),
        notes: contact.notes.as_deref(),
    }
}

#[derive(Insertable)]
#[diesel(table_name = contacts)]
struct ContactRow<'a> {
    id: ContactId,
    partner_id: PartnerId,
    name: &'a str,
    email: Option<&'a str>,
    phone: Option<&'a str>,
    title: Option<&'a str>,
    notes: Option<&'a str>,
}

/// Edits a contact. One that moves to another partner leaves its place as primary contact and as
/// stakeholder behind.
///
/// # Errors
/// `not_found`, also when its partner was deleted, unless it moves to one who lives;
/// `version_mismatch`,
/// `not_found_reference`, `contact_email_taken`.
pub async fn update(
    tx: &Tx<'_>,
    id: ContactId,
    expected: Option<patch::ExpectedVersions>,
    update: &ContactUpdate,
) -> Result<Contact> {
    let (before, held, mut writer) = lock(tx, id, expected, update.partner_id).await?;
    let partner = update.partner_id.unwrap_or(before.partner_id);
    if held.get(&before.partner_id) != Some(&true) && held.get(&partner) != Some(&true) {
        return Err(Error::not_found());
    }
    let changes = patch::changes(&before, update)?;
    if changes.is_empty() {
        return Ok(before);
    }
    if partner != before.partner_id {
        expect_live(&held, partner)?;
        partners::remove_reference(&mut writer, &[before.partner_id], RemovedRecord::Contact(id))
            .await?;
    }
    diesel::update(contacts::table.find(id))
        .set((
            update,
            contacts::version.eq(before.version + 1),
            contacts::updated_at.eq(clock_timestamp()),
        ))
        .execute(&mut tx.conn())
        .await?;
    // Names and addresses are personal data and erasable: the log says which fields changed, not
    // their values.
    let changes: serde_json::Map<String, Value> = changes
        .into_iter()
        .map(|(field, change)| match field.as_str() {
            "partner_id" => (field, change),
            _ => (field, json!({"from": null, "to": null, "truncated": true})),
        })
        .collect();
    record(tx, "contact.updated", id, before.version + 1, partner, json!({"changes": changes}));
    mark_scores_stale(tx, [before.partner_id, partner]).await?;
    get(tx, id).await
}

/// Erases a contact, also one of a deleted partner, and its place as primary contact and as
/// stakeholder.
///
/// # Errors
/// `version_mismatch`.
pub async fn delete(
    tx: &Tx<'_>,
    id: ContactId,
    expected: Option<patch::ExpectedVersions>,
) -> Result<()> {
    let (before, _, mut writer) = lock(tx, id, expected, None).await?;
    partners::remove_reference(&mut writer, &[before.partner_id], RemovedRecord::Contact(id))
        .await?;
    diesel::delete(contacts::table.find(id)).execute(&mut tx.conn()).await?;
    record(tx, "contact.deleted", id, before.version, before.partner_id, json!({"changes": {}}));
    mark_scores_stale(tx, [before.partner_id]).await
}

/// Partners that are locked, and whether they live.
type LockedPartners = BTreeMap<PartnerId, bool>;

/// Locks a contact, and before it the rules of tiers, its partner and the one that it is to move
/// to: whoever writes a partner holds it before he looks at its contacts.
async fn lock<'t, 'c>(
    tx: &'t Tx<'c>,
    id: ContactId,
    expected: Option<patch::ExpectedVersions>,
    target: Option<PartnerId>,
) -> Result<(Contact, LockedPartners, PartnerWriter<'t, 'c>)> {
    let writer = PartnerWriter::new(tx).await?;
    // It may move to another partner between the two looks.
    for _ in 0..5 {
        let partner: PartnerId =
            contacts::table.find(id).select(contacts::partner_id).first(&mut tx.conn()).await?;
        let held = locks::partners(tx, target.into_iter().chain([partner])).await?;
        let contact: Contact =
            Contact::query().filter(contacts::id.eq(id)).for_update().first(&mut tx.conn()).await?;
        if contact.partner_id == partner {
            patch::expect_version(expected, contact.version)?;
            return Ok((contact, held, writer));
        }
    }
    Err(Error::Unavailable("the contact moves from partner to partner".into()))
}

fn expect_live(held: &LockedPartners, id: PartnerId) -> Result<()> {
    match held.get(&id) {
        Some(true) => Ok(()),
        _ => Err(Error::field("not_found_reference", "partner_id", "names no partner")),
    }
}

fn record(tx: &Tx<'_>, kind: &str, id: ContactId, version: i64, partner: PartnerId, data: Value) {
    tx.record(NewEvent::new(kind, id, version, data).of_partner(partner));
}

async fn set_primary(
    mut writer: PartnerWriter<'_, '_>,
    partner: PartnerId,
    contact: ContactId,
) -> Result<()> {
    let change = Change::new(PartnerKey::PrimaryContactId, contact);
    writer.lock(&[partner], Deleted::Skip).await?;
    let locked = writer.take(partner).ok_or_else(Error::not_found)?;
    let mode = writer.tx().scope().mode;
    partners::edit(&mut writer, locked, vec![change], mode).await.map(drop)
}
