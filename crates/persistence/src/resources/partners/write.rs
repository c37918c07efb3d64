//! The writes of one partner. All go through [`PartnerWriter`].

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::{
    Code, Error, Result,
    access::WriteMode,
    ids::{PartnerId, TagId},
    partners::{
        self as rules, Change, LogoSource, Partner, PartnerCreatedVia, PartnerKey, Plan,
        PrimaryContact,
    },
    patch,
    schema::tags,
    timestamp::Timestamp,
    values::FieldValue,
};
use futures_util::future::try_join;
use serde_json::json;
use uuid::Uuid;

use super::{
    account_claims, references,
    writer::{Deleted, LockedPartner, NewPartner, PartnerWriter},
};
use crate::kernel::db::Tx;

/// How long a deleted partner can be restored.
const RESTORABLE: chrono::TimeDelta = chrono::TimeDelta::days(30);

/// Writes wanted values to a partner (docs/overrides.md). The answer names what was skipped.
///
/// # Errors
/// `not_found`, `version_mismatch`; 422 for what the mode may not write and for what values refer
/// to; `domain_taken`, `external_id_taken` with `meta.existing_id`.
pub async fn update(
    tx: &Tx<'_>,
    id: PartnerId,
    expected: Option<patch::ExpectedVersions>,
    changes: Vec<Change>,
    mode: WriteMode,
) -> Result<Partner> {
    // What needs no data is said first.
    let faults = rules::forbidden(&changes, mode);
    if !faults.is_empty() {
        return Err(Error::invalid(faults));
    }
    let mut writer = PartnerWriter::with_locked(tx, &[id], Deleted::Skip).await?;
    let locked = writer.take_expected(id, expected)?;
    edit(&mut writer, locked, changes, mode).await
}

/// Writes wanted values to a partner that is locked.
///
/// # Errors
/// As [`update`].
pub(crate) async fn edit(
    writer: &mut PartnerWriter<'_, '_>,
    locked: LockedPartner,
    changes: Vec<Change>,
    mode: WriteMode,
) -> Result<Partner> {
    let plan = checked(writer, &locked, changes, mode).await?;
    writer.stage(locked, plan);
    writer.finish_one().await
}

/// What a write does to a locked partner, when all that its values refer to exists and its unique
/// values are free.
///
/// # Errors
/// As [`update`].
pub(crate) async fn checked(
    writer: &PartnerWriter<'_, '_>,
    locked: &LockedPartner,
    changes: Vec<Change>,
    mode: WriteMode,
) -> Result<Plan> {
    let plan = writer.plan(locked, changes.clone(), mode)?;
    // A value that the partner has already may name what is gone.
    let is_new = |wanted: &Change| {
        plan.changes.iter().chain(&plan.skipped).any(|change| change.key == wanted.key)
    };
    let named: Vec<Change> = changes.into_iter().filter(is_new).collect();
    references::check(writer.tx(), Some(locked.id()), &named, &plan.changes).await?;
    Ok(plan)
}

/// A new partner, with its primary contact when there is one.
///
/// # Errors
/// As for [`update`].
pub async fn insert(
    tx: &Tx<'_>,
    changes: Vec<Change>,
    primary_contact: Option<PrimaryContact>,
    created_via: PartnerCreatedVia,
    mode: WriteMode,
) -> Result<Partner> {
    let plan = rules::plan_insert(changes.clone(), primary_contact.is_some(), mode)
        .map_err(Error::invalid)?;
    insert_planned(tx, &changes, plan, primary_contact, created_via, mode).await
}

/// A new partner out of an application (docs/overrides.md#acceptance): what was answered, and what
/// the reviewer says in its place.
///
/// # Errors
/// As for [`update`].
pub async fn insert_accepted(
    tx: &Tx<'_>,
    answered: Vec<Change>,
    decided: Vec<Change>,
    primary_contact: Option<PrimaryContact>,
    mode: WriteMode,
) -> Result<Partner> {
    let plan = rules::plan_acceptance(answered, decided.clone(), primary_contact.is_some(), mode)
        .map_err(Error::invalid)?;
    // Answers name nothing that has to be looked up.
    insert_planned(tx, &decided, plan, primary_contact, PartnerCreatedVia::Application, mode).await
}

async fn insert_planned(
    tx: &Tx<'_>,
    named: &[Change],
    plan: Plan,
    primary_contact: Option<PrimaryContact>,
    created_via: PartnerCreatedVia,
    mode: WriteMode,
) -> Result<Partner> {
    let references = references::check(tx, None, named, &plan.changes);
    let (mut writer, ()) = try_join(PartnerWriter::new(tx), references).await?;
    writer.rules().refuse(named, mode)?;
    writer.stage_new(NewPartner { id: PartnerId::new(), plan, created_via, primary_contact });
    writer.finish_one().await
}

/// Deletes a partner; it can be restored for 30 days, and its domain is free at once.
///
/// # Errors
/// `not_found`, `version_mismatch`.
pub async fn delete(
    tx: &Tx<'_>,
    id: PartnerId,
    expected: Option<patch::ExpectedVersions>,
) -> Result<()> {
    let mut writer = PartnerWriter::with_locked(tx, &[id], Deleted::Skip).await?;
    let locked = writer.take_expected(id, expected)?;
    writer.stage_deletion(locked);
    writer.finish().await.map(drop)
}

/// Brings a deleted partner back; one that is not deleted stays as it is.
///
/// # Errors
/// `not_found`, also after 30 days; `domain_taken`, `external_id_taken` when another one has them
/// by now;
/// `deal_conflict` when others were given accounts that its approved deals are for.
pub async fn restore(tx: &Tx<'_>, id: PartnerId) -> Result<Partner> {
    let mut writer = PartnerWriter::with_locked(tx, &[id], Deleted::Take).await?;
    let locked = writer.take_expected(id, None)?;
    let Some(deleted_at) = locked.partner.summary.deleted_at else { return Ok(locked.partner) };
    if deleted_at.0 < Timestamp::now().0 - RESTORABLE {
        return Err(Error::not_found());
    }
    account_claims::check_restoration(tx, id, deleted_at).await?;
    references::check(tx, Some(id), &[], &references::unique_values(&locked.partner)).await?;
    writer.stage_restoration(locked);
    writer.finish_one().await
}

/// Puts one tag on a partner: a write of `tag_ids`.
///
/// # Errors
/// `not_found` for the partner or the tag; `too_many_tags`.
pub async fn add_tag(tx: &Tx<'_>, id: PartnerId, tag: TagId, mode: WriteMode) -> Result<Partner> {
    let mut writer = PartnerWriter::with_locked(tx, &[id], Deleted::Skip).await?;
    let locked = writer.take_expected(id, None)?;
    let known: Option<Uuid> =
        tags::table.find(tag).select(tags::id).get_result(&mut tx.conn()).await.optional()?;
    known.ok_or_else(Error::not_found)?;
    let mut ids = tag_ids(&locked, mode);
    if !ids.contains(&tag.0) {
        ids.push(tag.0);
    }
    if ids.len() > 100 {
        return Err(Error::of(Code::TooManyTags).meta("max_items", json!(100)));
    }
    write_tags(writer, locked, ids, mode).await
}

/// Takes one tag off a partner; one that it does not have changes nothing.
///
/// # Errors
/// `not_found` for the partner; `version_mismatch`.
pub async fn remove_tag(
    tx: &Tx<'_>,
    id: PartnerId,
    expected: Option<patch::ExpectedVersions>,
    tag: TagId,
    mode: WriteMode,
) -> Result<Partner> {
    let mut writer = PartnerWriter::with_locked(tx, &[id], Deleted::Skip).await?;
    let locked = writer.take_expected(id, expected)?;
    let mut ids = tag_ids(&locked, mode);
    ids.retain(|id| *id != tag.0);
    write_tags(writer, locked, ids, mode).await
}

/// The set that an operation on one tag starts from. Automation goes on from what it would have
/// written before.
fn tag_ids(locked: &LockedPartner, mode: WriteMode) -> Vec<Uuid> {
    let stored = locked.overrides.iter().find(|stored| stored.key == PartnerKey::TagIds);
    let pending = stored.and_then(|stored| stored.pending.as_ref());
    match pending.filter(|_| mode == WriteMode::Automated) {
        Some(pending) => pending.as_ids().to_vec(),
        None => locked.partner.summary.tag_ids.iter().map(|id| id.0).collect(),
    }
}

async fn write_tags(
    mut writer: PartnerWriter<'_, '_>,
    locked: LockedPartner,
    ids: Vec<Uuid>,
    mode: WriteMode,
) -> Result<Partner> {
    let change = Change::new(PartnerKey::TagIds, FieldValue::Ids(ids));
    let plan = writer.plan(&locked, vec![change], mode)?;
    writer.stage(locked, plan);
    writer.finish_one().await
}

/// Says where the logo is served, a path below the public address, and where it came from. A path
/// that differs from the present one only after its last `-` shows the same picture: then the
/// present one stays. Answers the path until now, too.
///
/// # Errors
/// `not_found`, `version_mismatch`.
pub async fn set_logo(
    tx: &Tx<'_>,
    id: PartnerId,
    expected: Option<patch::ExpectedVersions>,
    path: &str,
    source: LogoSource,
) -> Result<(Partner, Option<String>)> {
    let mut writer = PartnerWriter::with_locked(tx, &[id], Deleted::Skip).await?;
    let locked = writer.take_expected(id, expected)?;
    let changes = logo_changes(&locked, path, source);
    write_logo(writer, locked, changes).await
}

/// What showing the logo at this path changes of a partner; see [`set_logo`].
pub(crate) fn logo_changes(locked: &LockedPartner, path: &str, source: LogoSource) -> Vec<Change> {
    let picture = |path: &str| {
        path.rsplit_once('-').map_or(path.to_owned(), |(picture, _)| picture.to_owned())
    };
    let present = locked.partner.summary.logo_url.as_deref();
    let path = present.filter(|present| picture(present) == picture(path)).unwrap_or(path);
    logo_differences(locked, Some(path), Some(source))
}

fn logo_differences(
    locked: &LockedPartner,
    path: Option<&str>,
    source: Option<LogoSource>,
) -> Vec<Change> {
    let mut changes = vec![
        Change::new(PartnerKey::LogoUrl, path),
        Change::new(PartnerKey::LogoSource, source.map(LogoSource::as_str)),
    ];
    changes.retain(|change| locked.partner.value(change.key) != change.value);
    changes
}

/// Takes the logo away. Answers the path until now, too.
///
/// # Errors
/// `not_found`, `version_mismatch`.
pub async fn remove_logo(
    tx: &Tx<'_>,
    id: PartnerId,
    expected: Option<patch::ExpectedVersions>,
) -> Result<(Partner, Option<String>)> {
    let mut writer = PartnerWriter::with_locked(tx, &[id], Deleted::Skip).await?;
    let locked = writer.take_expected(id, expected)?;
    let changes = logo_differences(&locked, None, None);
    write_logo(writer, locked, changes).await
}

async fn write_logo(
    mut writer: PartnerWriter<'_, '_>,
    locked: LockedPartner,
    changes: Vec<Change>,
) -> Result<(Partner, Option<String>)> {
    let before = locked.partner.summary.logo_url.clone();
    writer.stage(locked, Plan { changes, ..Plan::default() });
    Ok((writer.finish_one().await?, before))
}
