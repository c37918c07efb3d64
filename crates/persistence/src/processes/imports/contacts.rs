//! Rows as contacts: each names its partner, and finds the person there by e-mail address, or by
//! name where the row has no address.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::{
    Code, Error, Result,
    contacts::{Contact, ContactCreate, ContactUpdate},
    ids::PartnerId,
    imports::{ImportMatch, ImportOnMatch, ImportRow},
    jobs::{JobItemAction, NewJobItem},
    schema::{contacts as people, partners as companies},
    text::normalised_name,
};
use serde_json::{Map, Value, json};

use super::batch::{Batch, name_differs, required, updates_earlier};
use crate::{
    kernel::{db::Tx, locks},
    resources::{
        contacts,
        partners::{self, Candidate, tier_rules},
    },
};

const FIELDS: [&str; 5] = ["name", "email", "phone", "title", "notes"];

pub(super) async fn run(
    tx: &Tx<'_>,
    batch: &Batch<'_>,
    rows: &[ImportRow],
) -> Result<Vec<NewJobItem>> {
    let all = |field: &str| -> Vec<String> {
        rows.iter().filter_map(|row| row.converted.text(field).map(str::to_owned)).collect()
    };
    let names: Vec<String> = all("partner_name").iter().map(|name| normalised_name(name)).collect();
    let known =
        partners::candidates(tx, &all("partner_domain"), &all("partner_external_id"), &names)
            .await?;
    // Before the first contact: whoever writes a partner holds it before he looks at its contacts.
    tier_rules::lock_shared(tx).await?;
    let named = rows.iter().filter_map(|row| row.converted.text("partner_id")?.parse().ok());
    locks::partners(tx, known.iter().map(|partner| partner.id).chain(named)).await?;
    let mut items = Vec::with_capacity(rows.len());
    for row in rows {
        let item = match batch.refused(row) {
            Some(item) => item,
            None => match tx.savepoint(async |tx| write(tx, batch, &known, row).await).await {
                Ok(item) => item,
                Err(error @ Error::Problem(_)) if error.code() == Code::PartnerExists => {
                    batch.skipped(row, &error)
                }
                Err(error @ Error::Problem(_)) => batch.failed(row, &error),
                Err(ours) => return Err(ours),
            },
        };
        items.push(item);
    }
    Ok(items)
}

/// The problem of a row that does not say whose it is.
pub(super) fn nameless() -> Error {
    required(
        "partner_id",
        "is required, or one of partner_external_id, partner_domain and partner_name",
    )
}

/// The partner that the values of a row name, if they name any; by name only when one alone has it.
pub(super) async fn partner_of(
    tx: &Tx<'_>,
    known: &[Candidate],
    values: &Map<String, Value>,
) -> Result<Option<PartnerId>> {
    let unknown = |field: &str| {
        Error::field("not_found_reference", field, "names no partner, or more than one")
    };
    let text = |field: &str| values.get(field).and_then(Value::as_str);
    if let Some(id) = text("partner_id") {
        let id: PartnerId = id.parse().map_err(|_| unknown("partner_id"))?;
        let live = companies::table.find(id).filter(companies::deleted_at.is_null());
        let found: Option<PartnerId> =
            live.select(companies::id).first(&mut tx.conn()).await.optional()?;
        return found.map(Some).ok_or_else(|| unknown("partner_id"));
    }
    let only = |field: &str, is: &dyn Fn(&Candidate) -> bool| {
        let mut found = known.iter().filter(|candidate| is(candidate));
        match (found.next(), found.next()) {
            (Some(only), None) => Ok(Some(only.id)),
            _ => Err(unknown(field)),
        }
    };
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

async fn write(
    tx: &Tx<'_>,
    batch: &Batch<'_>,
    known: &[Candidate],
    row: &ImportRow,
) -> Result<NewJobItem> {
    let partner = partner_of(tx, known, &row.converted.values).await?.ok_or_else(nameless)?;
    let found = match batch.options.matching {
        ImportMatch::None => None,
        _ => find(tx, partner, row).await?,
    };
    let foretold = row.duplicate_of.filter(|_| batch.options.dry_run && found.is_none());
    let (before, values) = match &found {
        Some(_) if batch.options.on_match == ImportOnMatch::Skip => {
            return Err(Error::new(Code::PartnerExists, "The partner has this contact already."));
        }
        Some(contact) => (fields(contact), row.converted.values.clone()),
        None if foretold.is_some() => (Map::new(), row.converted.values.clone()),
        None => (Map::new(), batch.converter.with_defaults(&row.converted)?),
    };
    let null = Value::Null;
    let changed: Vec<&str> = FIELDS
        .into_iter()
        .filter(|field| {
            values.get(*field).is_some_and(|value| *value != *before.get(*field).unwrap_or(&null))
        })
        .collect();
    let side = |of: &Map<String, Value>| -> Value {
        changed
            .iter()
            .map(|field| ((*field).to_owned(), of.get(*field).cloned().unwrap_or_default()))
            .collect::<Map<_, _>>()
            .into()
    };
    let mut item = batch.item(row);
    (item.before, item.after) = (Some(side(&before)), Some(side(&values)));
    item.resource_id = found.as_ref().map(|contact| contact.id.to_string());
    item.warnings.extend(foretold.map(updates_earlier).unwrap_or_default());
    let name = row.converted.text("name").map(normalised_name);
    if let Some(contact) = found
        .as_ref()
        .filter(|contact| name.is_some_and(|name| name != normalised_name(&contact.name)))
    {
        item.warnings.push(name_differs(format!(
            "the contact with this address was called `{}`",
            contact.name
        )));
    }
    item.action = Some(match found {
        None if foretold.is_none() => JobItemAction::Created,
        Some(_) if changed.is_empty() => JobItemAction::Unchanged,
        _ => JobItemAction::Updated,
    });
    if batch.options.dry_run || found.is_some() && changed.is_empty() {
        return Ok(item);
    }
    let text = |field: &str| values.get(field).and_then(Value::as_str).map(str::to_owned);
    let id = match &found {
        Some(contact) => {
            let update = ContactUpdate {
                partner_id: None,
                name: text("name"),
                email: text("email").map(Some),
                phone: text("phone").map(Some),
                title: text("title").map(Some),
                notes: text("notes").map(Some),
            };
            contacts::update(tx, contact.id, None, &update).await?.id
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
            contacts::insert(tx, &create).await?.id
        }
    };
    item.resource_id = Some(id.to_string());
    Ok(item)
}

async fn find(tx: &Tx<'_>, partner: PartnerId, row: &ImportRow) -> Result<Option<Contact>> {
    let of_partner = || Contact::query().filter(people::partner_id.eq(partner)).order(people::id);
    if let Some(email) = row.converted.text("email") {
        return Ok(of_partner()
            .filter(people::email.eq(email))
            .first(&mut tx.conn())
            .await
            .optional()?);
    }
    let nameless: Vec<Contact> =
        of_partner().filter(people::email.is_null()).limit(1_000).load(&mut tx.conn()).await?;
    let name = row.converted.text("name").map(normalised_name);
    Ok(nameless.into_iter().find(|contact| Some(normalised_name(&contact.name)) == name))
}

fn fields(contact: &Contact) -> Map<String, Value> {
    let all = [
        ("name", Some(&contact.name)),
        ("email", contact.email.as_ref()),
        ("phone", contact.phone.as_ref()),
        ("title", contact.title.as_ref()),
        ("notes", contact.notes.as_ref()),
    ];
    all.into_iter().map(|(field, value)| (field.to_owned(), json!(value))).collect()
}
