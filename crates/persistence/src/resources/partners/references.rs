//! What values of partners refer to: whether it exists and whether unique values are free (one
//! question for all of them), and what becomes of values when it goes away.

use std::collections::HashSet;

use diesel::sql_types::{Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use domain::{
    Code, Error, FieldError, Result,
    ids::{ContactId, MemberId, PartnerId, TagId},
    partners::{self as rules, Change, Partner, PartnerKey, RemovedRecord, change_of},
    values::FieldValue,
};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::writer::{BATCH, Deleted, PartnerWriter};
use crate::kernel::{
    db::Tx,
    statement::{Bind, Statement},
};

/// A thing that a value names.
struct Reference {
    kind: Kind,
    /// As the database writes it: a UUID or a key.
    key: String,
    field: PartnerKey,
    pointer: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Kind {
    Tag,
    Member,
    /// A contact of any partner.
    Contact,
    /// A contact of the partner that is written.
    OwnContact,
    Tier,
}

impl Kind {
    const fn word(self) -> &'static str {
        match self {
            Self::Tag => "tag",
            Self::Member => "member",
            Self::Contact => "contact",
            Self::OwnContact => "own_contact",
            Self::Tier => "tier",
        }
    }
}

/// What was found: pairs of kind and key.
struct FoundReferences(HashSet<(String, String)>);

impl FoundReferences {
    fn has(&self, kind: Kind, key: &str) -> bool {
        self.0.contains(&(kind.word().to_owned(), key.to_owned()))
    }
    fn owner(&self, kind: &str) -> Option<PartnerId> {
        self.0.iter().find(|(k, _)| k == kind).and_then(|(_, id)| id.parse().ok()).map(PartnerId)
    }
}

/// Checks wanted values: `named` for what they refer to (as they stand in the body), `taken` for
/// being unique. `id` is the partner that is written, null for a new one.
///
/// # Errors
/// 422 with every `not_found_reference` and `contact_of_other_partner`; 409 `domain_taken`,
/// `external_id_taken`.
pub(super) async fn check(
    tx: &Tx<'_>,
    id: Option<PartnerId>,
    named: &[Change],
    taken: &[Change],
) -> Result<()> {
    let references = references(named);
    let unique = |key| change_of(taken, key).and_then(|change| change.value.as_text());
    let (domain, external_id) = (unique(PartnerKey::Domain), unique(PartnerKey::ExternalId));
    if references.is_empty() && domain.is_none() && external_id.is_none() {
        return Ok(());
    }
    let found = look_up(tx, id, &references, domain, external_id).await?;
    let faults: Vec<FieldError> =
        references.iter().filter_map(|reference| fault(reference, &found)).collect();
    if !faults.is_empty() {
        return Err(Error::invalid(faults));
    }
    for (kind, code, pointer) in [
        ("domain", Code::DomainTaken, "#/domain"),
        ("external_id", Code::ExternalIdTaken, "#/external_id"),
    ] {
        if let Some(owner) = found.owner(kind) {
            let fault =
                FieldError::at_pointer(code.as_str(), pointer, "belongs to another partner");
            return Err(Error::of(code).meta("existing_id", json!(owner)).at(fault));
        }
    }
    Ok(())
}

/// Takes values out that refer to what no longer exists: pending ones may have waited for long.
pub(super) async fn drop_vanished(
    tx: &Tx<'_>,
    id: PartnerId,
    changes: &mut Vec<Change>,
) -> Result<()> {
    let references = references(changes);
    if references.is_empty() {
        return Ok(());
    }
    let found = look_up(tx, Some(id), &references, None, None).await?;
    let gone: Vec<&Reference> =
        references.iter().filter(|reference| fault(reference, &found).is_some()).collect();
    changes.retain(|change| {
        change.key == PartnerKey::TagIds || gone.iter().all(|gone| gone.field != change.key)
    });
    for change in changes.iter_mut() {
        if let FieldValue::Ids(tags) = &mut change.value {
            tags.retain(|tag| found.has(Kind::Tag, &tag.to_string()));
        }
    }
    Ok(())
}

fn fault(reference: &Reference, found: &FoundReferences) -> Option<FieldError> {
    let Reference { kind, key, pointer, .. } = reference;
    if found.has(*kind, key) {
        return None;
    }
    Some(match kind {
        Kind::OwnContact if found.has(Kind::Contact, key) => FieldError::at_pointer(
            "contact_of_other_partner",
            pointer,
            "is a contact of another partner",
        ),
        _ => FieldError::at_pointer("not_found_reference", pointer, "does not exist"),
    })
}

fn references(changes: &[Change]) -> Vec<Reference> {
    let mut all = Vec::new();
    for Change { key: field, value } in changes {
        let pointer = format!("#/{}", field.name());
        let mut add = |kind, key: &dyn ToString, pointer: String| {
            all.push(Reference { kind, key: key.to_string(), field: *field, pointer });
        };
        match (field, value) {
            (PartnerKey::TagIds, FieldValue::Ids(tags)) => {
                for (i, tag) in tags.iter().enumerate() {
                    add(Kind::Tag, tag, format!("{pointer}/{i}"));
                }
            }
            (PartnerKey::PartnerManagerId, FieldValue::Id(member)) => {
                add(Kind::Member, member, pointer);
            }
            (PartnerKey::PrimaryContactId, FieldValue::Id(contact)) => {
                add(Kind::OwnContact, contact, pointer);
            }
            (PartnerKey::KeyStakeholders, FieldValue::Json(people)) => {
                for (i, person) in people.as_array().into_iter().flatten().enumerate() {
                    let contact = person.get("contact_id").and_then(Json::as_str);
                    if let Some(Ok(contact)) = contact.map(str::parse::<ContactId>) {
                        add(Kind::Contact, &contact.0, format!("{pointer}/{i}/contact_id"));
                    }
                }
            }
            (PartnerKey::Tier, FieldValue::Text(tier)) => add(Kind::Tier, tier, pointer),
            _ => {}
        }
    }
    all
}

/// One statement with a branch for every kind of question that is asked.
async fn look_up(
    tx: &Tx<'_>,
    id: Option<PartnerId>,
    references: &[Reference],
    domain: Option<&str>,
    external_id: Option<&str>,
) -> Result<FoundReferences> {
    let keys = |kinds: &[Kind]| {
        references
            .iter()
            .filter(|r| kinds.contains(&r.kind))
            .map(|r| r.key.clone())
            .collect::<Vec<String>>()
    };
    let ids = |kinds: &[Kind]| {
        let ids: Vec<Uuid> = keys(kinds).iter().filter_map(|key| key.parse().ok()).collect();
        (!ids.is_empty()).then_some(Bind::Ids(ids))
    };
    // Begins with a branch that finds nothing, so that every other one can begin with UNION ALL.
    // One statement is one round trip, whatever the body names.
    let mut out = Statement::new("SELECT ''::text, ''::text WHERE false");
    if let Some(tags) = ids(&[Kind::Tag]) {
        out.sql(" UNION ALL SELECT 'tag', id::text FROM tags WHERE id = ANY(").bind(tags).sql(")");
    }
    if let Some(members) = ids(&[Kind::Member]) {
        out.sql(" UNION ALL SELECT 'member', id::text FROM members WHERE id = ANY(")
            .bind(members)
            .sql(")");
    }
    if let Some(contacts) = ids(&[Kind::Contact, Kind::OwnContact]) {
        out.sql(" UNION ALL SELECT 'contact', id::text FROM contacts WHERE id = ANY(")
            .bind(contacts)
            .sql(")");
    }
    if let Some(contacts) = ids(&[Kind::OwnContact]) {
        out.sql(" UNION ALL SELECT 'own_contact', id::text FROM contacts WHERE id = ANY(")
            .bind(contacts);
        out.sql(") AND partner_id = ").bind(Bind::Id(id.map(|id| id.0)));
    }
    let tiers = keys(&[Kind::Tier]);
    if !tiers.is_empty() {
        out.sql(" UNION ALL SELECT 'tier', key FROM tiers WHERE deleted_at IS NULL AND key = ANY(")
            .bind(Bind::Texts(tiers))
            .sql(")");
    }
    for (column, value) in [("domain", domain), ("external_id", external_id)] {
        if let Some(value) = value {
            out.sql(format!(
                " UNION ALL SELECT '{column}', id::text FROM partners WHERE deleted_at \
                IS NULL AND {column} = "
            ));
            out.bind(Bind::Text(Some(value.to_owned())));
            // A new partner has no id yet, and `<>` with null would find nobody.
            out.sql(" AND id IS DISTINCT FROM ").bind(Bind::Id(id.map(|id| id.0)));
        }
    }
    let rows: Vec<(String, String)> = out.answers::<(Text, Text)>().load(&mut tx.conn()).await?;
    Ok(FoundReferences(rows.into_iter().collect()))
}

/// The unique values of a partner that comes back.
pub(super) fn unique_values(partner: &Partner) -> Vec<Change> {
    let keys = [PartnerKey::Domain, PartnerKey::ExternalId];
    keys.map(|key| Change { key, value: partner.value(key) }).to_vec()
}

/// The partners, deleted ones too, that have a tag, or would once an override is cleared, in the
/// order of their ids.
pub(crate) async fn partners_with_tag(tx: &Tx<'_>, tag: TagId) -> Result<Vec<PartnerId>> {
    let values = "SELECT partner_id FROM partner_tags WHERE tag_id = ";
    partners_naming(tx, values, tag.0, PartnerKey::TagIds, json!([tag])).await
}

/// The same of partners that a member looks after.
pub(crate) async fn partners_managed_by(tx: &Tx<'_>, member: MemberId) -> Result<Vec<PartnerId>> {
    let values = "SELECT id FROM partners WHERE partner_manager_id = ";
    partners_naming(tx, values, member.0, PartnerKey::PartnerManagerId, json!(member)).await
}

async fn partners_naming(
    tx: &Tx<'_>,
    values: &'static str,
    id: Uuid,
    key: PartnerKey,
    pending: Json,
) -> Result<Vec<PartnerId>> {
    // `@>` finds a scalar that is equal and an array that contains it.
    let waiting = format!(
        " UNION SELECT partner_id FROM partner_overrides WHERE has_pending_value \
         AND field = '{}' AND pending_value @> ",
        key.name()
    );
    let statement = Statement::new(values)
        .with(Bind::Id(Some(id)), waiting)
        .with(Bind::Json(Some(pending)), " ORDER BY 1");
    Ok(statement.answers::<SqlUuid>().load(&mut tx.conn()).await?)
}

/// Takes a record that goes away out of partners: of each one version, and what follows for its
/// tier.
pub(crate) async fn remove_reference(
    writer: &mut PartnerWriter<'_, '_>,
    ids: &[PartnerId],
    gone: RemovedRecord,
) -> Result<()> {
    for ids in ids.chunks(BATCH) {
        writer.lock(ids, Deleted::Take).await?;
        for id in ids {
            let Some(locked) = writer.take(*id) else { continue };
            let plan = rules::plan_without(&locked.partner, &locked.overrides, gone);
            if !plan.is_empty() {
                writer.stage(locked, plan);
            }
        }
        writer.finish().await?;
    }
    Ok(())
}
