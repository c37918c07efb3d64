//! People in the rows of a batch, loaded with one query. A person is found by e-mail address, or by
//! name within the partner.

use std::collections::HashMap;

use diesel::{prelude::*, sql_types::Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use domain::{
    Result,
    contacts::{Contact, ContactCreate, ContactUpdate},
    ids::{ContactId, PartnerId},
    imports::ImportRow,
    jobs::JobItemWarning,
    schema::contacts as people,
    text::normalised_name,
};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::batch::name_differs;
use crate::{
    kernel::{
        db::Tx,
        statement::{Bind, Statement},
    },
    resources::contacts,
};

/// The texts by which the rows of a batch identify people.
#[derive(Debug, Default)]
pub(super) struct Mentions {
    pub ids: Vec<ContactId>,
    pub emails: Vec<String>,
    pub names: Vec<String>,
}

/// The existing contacts to which the rows of a batch may refer.
#[derive(Debug, Default)]
pub(super) struct ExistingContacts {
    contacts: HashMap<ContactId, Contact>,
    by_email: HashMap<(PartnerId, String), ContactId>,
    /// By normalised name, the oldest first.
    by_name: HashMap<(PartnerId, String), Vec<ContactId>>,
}

/// The letters and digits of a name that are in every spelling of it: names with other ones differ.
fn key(name: &str) -> String {
    let kept = |c: &char| c.is_ascii_alphanumeric();
    name.chars().filter(kept).map(|c| c.to_ascii_lowercase()).collect()
}

impl ExistingContacts {
    /// Loads the contacts of these partners to which rows may refer.
    pub(super) async fn load(
        tx: &Tx<'_>,
        partners: &[PartnerId],
        mentions: Mentions,
    ) -> Result<Self> {
        let Mentions { ids, emails, names } = mentions;
        let mut found = Self::default();
        if partners.is_empty() || ids.is_empty() && emails.is_empty() && names.is_empty() {
            return Ok(found);
        }
        let keys: Vec<String> =
            names.iter().map(|name| key(name)).filter(|key| !key.is_empty()).collect();
        let of: Vec<Uuid> = partners.iter().map(|id| id.0).collect();
        // The complete names are compared below: here it is enough to exclude most others. Of
        // contacts with the same name and without an address, the oldest is used.
        let statement = Statement::new(
            "/* imports.people */ SELECT DISTINCT ON (partner_id, email, name COLLATE \"C\") id \
             FROM contacts WHERE partner_id = ANY(",
        )
        .with(Bind::Ids(of), ") AND (email = ANY(")
        .with(Bind::Texts(emails), ") OR id = ANY(")
        .with(
            Bind::Ids(ids.into_iter().map(|id| id.0).collect()),
            ") OR name COLLATE case_insensitive = ANY(",
        )
        .with(
            Bind::Texts(names),
            ") OR regexp_replace(lower(name), '[^a-z0-9]+', '', 'g') COLLATE \"C\" = ANY(",
        )
        .with(Bind::Texts(keys), ")) ORDER BY partner_id, email, name COLLATE \"C\", id");
        let ids: Vec<Uuid> = statement.answers::<SqlUuid>().load(&mut tx.conn()).await?;
        let query = Contact::query().filter(people::id.eq_any(ids)).order(people::id);
        for contact in query.load::<Contact>(&mut tx.conn()).await? {
            found.put(contact);
        }
        Ok(found)
    }

    /// Adds the contacts of another query.
    pub(super) fn extend(&mut self, others: Self) {
        others.contacts.into_values().for_each(|contact| self.put(contact));
    }

    /// Adds a contact that was found or just written.
    pub(super) fn put(&mut self, contact: Contact) {
        let (id, partner) = (contact.id, contact.partner_id);
        if let Some(before) = self.contacts.remove(&id) {
            before.email.and_then(|email| self.by_email.remove(&(partner, email)));
            let namesakes = self.by_name.get_mut(&(partner, normalised_name(&before.name)));
            namesakes.into_iter().for_each(|ids| ids.retain(|other| *other != id));
        }
        self.by_email.extend(contact.email.clone().map(|email| ((partner, email), id)));
        let namesakes = self.by_name.entry((partner, normalised_name(&contact.name))).or_default();
        let place = namesakes.partition_point(|other| *other < id);
        namesakes.insert(place, id);
        self.contacts.insert(id, contact);
    }

    pub(super) fn by_id(&self, partner: PartnerId, id: &str) -> Option<&Contact> {
        let found = self.contacts.get(&id.parse().ok()?);
        found.filter(|contact| contact.partner_id == partner)
    }

    pub(super) fn by_email(&self, partner: PartnerId, email: &str) -> Option<&Contact> {
        self.contacts.get(self.by_email.get(&(partner, email.to_owned()))?)
    }

    /// The contact with this name that has no e-mail address.
    pub(super) fn by_name_alone(&self, partner: PartnerId, name: &str) -> Option<&Contact> {
        self.named(partner, name).find(|contact| contact.email.is_none())
    }

    /// The contacts with this name.
    fn named(&self, partner: PartnerId, name: &str) -> impl Iterator<Item = &Contact> {
        let ids = self.by_name.get(&(partner, normalised_name(name)));
        ids.into_iter().flatten().filter_map(|id| self.contacts.get(id))
    }
}

/// The fields of a contact in the row of a partner, with their names there.
const OF_PARTNER: [(&str, &str); 4] = [
    ("name", "contact_name"),
    ("email", "contact_email"),
    ("phone", "contact_phone"),
    ("title", "contact_title"),
];

/// The contact in the row of a partner.
#[derive(Debug, Clone)]
pub(super) struct RowContact(Map<String, Value>);

/// What a row changes about a contact.
#[derive(Debug)]
pub(super) struct ContactPlan {
    id: ContactId,
    before: Option<Contact>,
    /// The changed values, by field of the contact.
    changes: Map<String, Value>,
}

impl Mentions {
    /// The contacts in the rows of partners.
    pub(super) fn of_partners<'a>(rows: impl IntoIterator<Item = &'a ImportRow>) -> Self {
        let mut mentions = Self::default();
        for contact in rows.into_iter().filter_map(|row| RowContact::of(&row.converted.values)) {
            mentions.emails.extend(contact.text("email").map(str::to_owned));
            mentions.names.extend(contact.text("name").map(str::to_owned));
        }
        mentions
    }
}

impl RowContact {
    /// The contact in a row; `None` if the row has none. A contact without a name cannot be
    /// created, so these fields are dropped unless there is a contact with that address.
    pub(super) fn of(values: &Map<String, Value>) -> Option<Self> {
        let fields = OF_PARTNER
            .iter()
            .filter_map(|(own, name)| Some(((*own).to_owned(), values.get(*name)?.clone())));
        let fields: Map<String, Value> = fields.collect();
        (!fields.is_empty()).then_some(Self(fields))
    }

    pub(super) fn text(&self, field: &str) -> Option<&str> {
        self.0.get(field).and_then(Value::as_str)
    }

    /// Finds the contact among those of its partner: one with the same address, otherwise one with
    /// the same name, preferably without an address. A contact with the same name and another
    /// address is a different person.
    pub(super) fn plan(
        &self,
        people: &ExistingContacts,
        partner: PartnerId,
        warnings: &mut Vec<JobItemWarning>,
    ) -> Option<ContactPlan> {
        let (name, email) = (self.text("name"), self.text("email"));
        let by_email = email.and_then(|email| people.by_email(partner, email));
        let by_name = || people.by_name_alone(partner, name?);
        let by_any_name = || people.named(partner, name?).next().filter(|_| email.is_none());
        let found = by_email.or_else(by_name).or_else(by_any_name);
        if found.is_none() && name.is_none() {
            let detail = "a contact requires a name: map a column to `contact_name`";
            warnings
                .push(JobItemWarning::new("contact_without_name", detail).about("contact_name"));
            return None;
        }
        let before = found.map(contact_fields).unwrap_or_default();
        let changes = self.0.iter().filter(|(field, value)| before.get(*field) != Some(*value));
        let changes = changes.map(|(field, value)| (field.clone(), value.clone())).collect();
        if let (Some(found), Some(name)) = (found, name)
            && normalised_name(name) != normalised_name(&found.name)
        {
            let detail = format!("the name of the contact with this address was `{}`", found.name);
            warnings.push(name_differs(detail).about("contact_name"));
        }
        let id = found.map_or_else(ContactId::new, |contact| contact.id);
        Some(ContactPlan { id, before: found.cloned(), changes })
    }
}

impl ContactPlan {
    pub(super) fn id(&self) -> ContactId {
        self.id
    }

    pub(super) fn is_new(&self) -> bool {
        self.before.is_none()
    }

    /// Whether nothing changes.
    pub(super) fn is_idle(&self) -> bool {
        self.changes.is_empty()
    }

    /// Adds the changes to `before` and `after` of an item, by the names of the fields in the row.
    pub(super) fn show(&self, before: &mut Option<Value>, after: &mut Option<Value>) {
        let present = self.before.as_ref().map(contact_fields).unwrap_or_default();
        for (own, name) in OF_PARTNER {
            let Some(value) = self.changes.get(own) else { continue };
            let old = present.get(own).cloned().unwrap_or_default();
            for (side, value) in [(&mut *before, old), (&mut *after, value.clone())] {
                if let Some(Value::Object(fields)) = side {
                    fields.insert(name.to_owned(), value);
                }
            }
        }
    }

    fn text(&self, field: &str) -> Option<String> {
        self.changes.get(field).and_then(Value::as_str).map(str::to_owned)
    }

    /// The contact, if it is new.
    pub(super) fn creation(&self, partner: PartnerId) -> (ContactId, ContactCreate) {
        let create = ContactCreate {
            partner_id: partner,
            name: self.text("name").unwrap_or_default(),
            email: self.text("email"),
            phone: self.text("phone"),
            title: self.text("title"),
            notes: None,
            make_primary: false,
        };
        (self.id, create)
    }

    /// Writes the contact of a locked partner.
    pub(super) async fn write(&self, tx: &Tx<'_>, partner: PartnerId) -> Result<Contact> {
        let text = |field: &str| self.text(field);
        match &self.before {
            Some(before) => {
                let update = ContactUpdate {
                    partner_id: None,
                    name: text("name"),
                    email: text("email").map(Some),
                    phone: text("phone").map(Some),
                    title: text("title").map(Some),
                    notes: None,
                };
                contacts::update(tx, before.id, None, &update).await
            }
            None => {
                let (id, create) = self.creation(partner);
                contacts::insert_as(tx, id, &create).await
            }
        }
    }
}

/// The fields of a contact that imports write.
pub(super) fn contact_fields(contact: &Contact) -> Map<String, Value> {
    let all = [
        ("name", Some(&contact.name)),
        ("email", contact.email.as_ref()),
        ("phone", contact.phone.as_ref()),
        ("title", contact.title.as_ref()),
        ("notes", contact.notes.as_ref()),
    ];
    all.into_iter().map(|(field, value)| (field.to_owned(), json!(value))).collect()
}
