//! References and unique values of partners: whether references exist and unique values are free
//! (one query for all of them), and the removal of references to a deleted record.

use std::collections::HashSet;

use diesel::sql_types::{Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use domain::{
    Code, Error, FieldError, Result, ids,
    ids::{MemberId, PartnerId, TagId},
    partners::{self as rules, Change, partner_field},
};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::writer::{BATCH, Deleted, PartnerWriter};
use crate::kernel::{
    db::Tx,
    statement::{Bind, Statement},
};

/// A record to which a value refers.
struct Reference {
    kind: Kind,
    /// In the form of the database: a UUID or a key.
    key: String,
    field: &'static str,
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

/// The records that were found: pairs of kind and key.
struct FoundReferences(HashSet<(String, String)>);

impl FoundReferences {
    fn has(&self, kind: Kind, key: &str) -> bool {
        self.0.contains(&(kind.word().to_owned(), key.to_owned()))
    }
    fn owner(&self, kind: &str) -> Option<PartnerId> {
        self.0.iter().find(|(k, _)| k == kind).and_then(|(_, id)| id.parse().ok()).map(PartnerId)
    }
}

/// Checks new values: `named` for their references (as in the body), `taken` for uniqueness. `id`
/// is the partner that is written, null for a new one.
///
/// # Errors
/// 422 with all `not_found_reference` and `contact_of_other_partner`; 409 `domain_taken`,
/// `external_id_taken`.
pub(super) async fn check(
    tx: &Tx<'_>,
    id: Option<PartnerId>,
    named: &[Change],
    taken: &[Change],
) -> Result<()> {
    let references = references(named);
    let unique =
        |name: &str| taken.iter().find(|c| c.field.name == name).and_then(|c| c.value.as_str());
    let (domain, external_id) = (unique("domain"), unique("external_id"));
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

/// Removes values that refer to records that no longer exist: pending values may be old.
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
        change.field.name == "tag_ids" || gone.iter().all(|gone| gone.field != change.field.name)
    });
    if let Some(tags) = changes
        .iter_mut()
        .find(|change| change.field.name == "tag_ids")
        .and_then(|c| c.value.as_array_mut())
    {
        tags.retain(|tag| {
            uuid(ids::TagId::PREFIX, tag).is_some_and(|id| found.has(Kind::Tag, &id.to_string()))
        });
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

fn uuid(prefix: &str, value: &Json) -> Option<Uuid> {
    value.as_str().and_then(|text| ids::decode(prefix, text).ok())
}

fn references(changes: &[Change]) -> Vec<Reference> {
    let mut all = Vec::new();
    for Change { field, value } in changes {
        let mut id = |kind, prefix, value: &Json, pointer: String| {
            let key = uuid(prefix, value).map(|id| id.to_string());
            all.extend(key.map(|key| Reference { kind, key, field: field.name, pointer }));
        };
        let items = || value.as_array().into_iter().flatten().enumerate();
        match field.name {
            "tag_ids" => {
                items().for_each(|(i, tag)| {
                    id(Kind::Tag, ids::TagId::PREFIX, tag, format!("#/tag_ids/{i}"))
                });
            }
            "partner_manager_id" => {
                id(Kind::Member, ids::MemberId::PREFIX, value, format!("#/{}", field.name))
            }
            "primary_contact_id" => {
                id(Kind::OwnContact, ids::ContactId::PREFIX, value, format!("#/{}", field.name))
            }
            "key_stakeholders" => items().for_each(|(i, person)| {
                let contact = person.get("contact_id").unwrap_or(&Json::Null);
                id(
                    Kind::Contact,
                    ids::ContactId::PREFIX,
                    contact,
                    format!("#/key_stakeholders/{i}/contact_id"),
                );
            }),
            "tier" => all.extend(value.as_str().map(|key| Reference {
                kind: Kind::Tier,
                key: key.to_owned(),
                field: field.name,
                pointer: "#/tier".to_owned(),
            })),
            _ => {}
        }
    }
    all
}

/// One statement with a branch for each kind of check.
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
    // Begins with a branch without rows, so that every other one can begin with UNION ALL. One
    // statement is one round trip, whatever the body refers to.
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
            // A new partner has no id yet, and `<>` with null would match nothing.
            out.sql(" AND id IS DISTINCT FROM ").bind(Bind::Id(id.map(|id| id.0)));
        }
    }
    let rows: Vec<(String, String)> = out.answers::<(Text, Text)>().load(&mut tx.conn()).await?;
    Ok(FoundReferences(rows.into_iter().collect()))
}

/// The unique values of a restored partner.
pub(super) fn unique_values(row: &serde_json::Map<String, Json>) -> Vec<Change> {
    let fields = ["domain", "external_id"].into_iter().filter_map(partner_field);
    fields.map(|field| Change { field, value: field.of(row).clone() }).collect()
}

/// A record that is deleted and to which partners may refer.
#[derive(Debug, Clone, Copy)]
pub(crate) enum RemovedRecord {
    Tag(TagId),
    Member(MemberId),
}

/// The partners, including deleted ones, that refer to a record in a value or a pending value, in
/// the order of their ids.
pub(crate) async fn partners_naming(tx: &Tx<'_>, gone: RemovedRecord) -> Result<Vec<PartnerId>> {
    let (values, id, field, name) = match gone {
        RemovedRecord::Tag(id) => {
            ("SELECT partner_id FROM partner_tags WHERE tag_id = ", id.0, "tag_ids", json!([id]))
        }
        RemovedRecord::Member(id) => (
            "SELECT id FROM partners WHERE partner_manager_id = ",
            id.0,
            "partner_manager_id",
            json!(id),
        ),
    };
    // `@>` matches an equal scalar and an array that contains it.
    let pending = format!(
        " UNION SELECT partner_id FROM partner_overrides WHERE has_pending_value \
         AND field = '{field}' AND pending_value @> "
    );
    let statement = Statement::new(values)
        .with(Bind::Id(Some(id)), pending)
        .with(Bind::Json(Some(name)), " ORDER BY 1");
    Ok(statement.answers::<SqlUuid>().load(&mut tx.conn()).await?)
}

/// Removes references to a deleted record from partners: one version of each, and the resulting
/// change of its tier.
pub(crate) async fn remove_reference(
    writer: &mut PartnerWriter<'_, '_>,
    ids: &[PartnerId],
    gone: &Json,
) -> Result<()> {
    for ids in ids.chunks(BATCH) {
        writer.lock(ids, Deleted::Take).await?;
        for id in ids {
            let Some(locked) = writer.take(*id) else { continue };
            let plan = rules::plan_without(&locked.row, &locked.overrides, gone);
            if !plan.is_empty() {
                writer.stage(locked, plan);
            }
        }
        writer.finish().await?;
    }
    Ok(())
}
