//! Overrides: listed, set and cleared (docs/overrides.md#pinning-and-clearing).

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::{
    Code, Error, Result,
    access::Actor,
    fields::{AnyValue, Field, FieldClass},
    ids::PartnerId,
    partners::{self as rules, FieldOverride, Partner, StoredOverride, partner_field},
    schema::partner_overrides,
    timestamp::Timestamp,
};
use futures_util::future::try_join;
use serde_json::Value as Json;

use super::{
    references, rollups,
    writer::{Deleted, LockedPartner, PartnerWriter},
};
use crate::kernel::db::Tx;

#[derive(HasQuery)]
#[diesel(table_name = partner_overrides)]
struct Row {
    field: String,
    pending_value: Option<Json>,
    has_pending_value: bool,
    actor: Json,
    overridden_at: Timestamp,
}

/// The overrides of a live partner by name of the field.
///
/// # Errors
/// `not_found`.
pub async fn list_overrides(tx: &Tx<'_>, id: PartnerId) -> Result<Vec<FieldOverride>> {
    let rows = async {
        let query = Row::query().filter(partner_overrides::partner_id.eq(id));
        query.load::<Row>(&mut tx.conn()).await.map_err(Error::from)
    };
    let (partner, mut rows) = try_join(super::get(tx, id), rows).await?;
    let partner = partner.into_row();
    rows.sort_by(|one, other| one.field.cmp(&other.field));
    let all = rows.into_iter().map(|row| {
        Ok(FieldOverride {
            value: AnyValue(partner.get(&row.field).cloned().unwrap_or_default()),
            field: row.field,
            pending_value: AnyValue(row.pending_value.unwrap_or_default()),
            has_pending_value: row.has_pending_value,
            actor: serde_json::from_value::<Actor>(row.actor).map_err(Error::internal)?,
            overridden_at: row.overridden_at,
        })
    });
    all.collect()
}

/// The field in a path.
fn field_named(name: &str) -> Result<&'static Field> {
    partner_field(name).ok_or_else(Error::not_found)
}

/// Overrides a field at its current value.
///
/// # Errors
/// `not_found` for the partner or the field; `not_overridable`.
pub async fn pin(tx: &Tx<'_>, id: PartnerId, field: &str) -> Result<Partner> {
    let field = field_named(field)?;
    let mut writer = PartnerWriter::with_locked(tx, &[id], Deleted::Skip).await?;
    let locked = writer.take_expected(id, None)?;
    let plan = rules::pin(&locked.row, &locked.overrides, field);
    let plan = plan.ok_or_else(|| Error::of(Code::NotOverridable))?;
    writer.stage(locked, plan);
    writer.finish_one().await
}

/// Clears the override of a field.
///
/// # Errors
/// `not_found` for the partner or the field; `not_overridden`; `version_mismatch`; 409 if another
/// record has its pending value.
pub async fn clear_override(
    tx: &Tx<'_>,
    id: PartnerId,
    field: &str,
    expected: Option<domain::patch::ExpectedVersions>,
) -> Result<Partner> {
    let field = field_named(field)?;
    let mut writer = PartnerWriter::with_locked(tx, &[id], Deleted::Skip).await?;
    let locked = writer.take_expected(id, expected)?;
    let cleared: Vec<StoredOverride> =
        locked.overrides.iter().filter(|overrides| overrides.field == field).cloned().collect();
    if cleared.is_empty() {
        return Err(Error::of(Code::NotOverridden));
    }
    clear(writer, locked, &cleared).await
}

/// Clears all overrides; without any, nothing changes.
///
/// # Errors
/// `not_found`; `version_mismatch`; 409 if another record has a pending value.
pub async fn clear_overrides(
    tx: &Tx<'_>,
    id: PartnerId,
    expected: Option<domain::patch::ExpectedVersions>,
) -> Result<Partner> {
    let mut writer = PartnerWriter::with_locked(tx, &[id], Deleted::Skip).await?;
    let locked = writer.take_expected(id, expected)?;
    let cleared = locked.overrides.clone();
    clear(writer, locked, &cleared).await
}

async fn clear(
    mut writer: PartnerWriter<'_, '_>,
    locked: LockedPartner,
    cleared: &[StoredOverride],
) -> Result<Partner> {
    let tx = writer.tx();
    let mut cleared = cleared.to_vec();
    if cleared.iter().any(|overrides| overrides.field.class == FieldClass::Computed) {
        for computed in rollups::of(tx, locked.id()).await? {
            cleared
                .iter_mut()
                .filter(|overrides| overrides.field == computed.field)
                .for_each(|overrides| overrides.pending = Some(computed.value.clone()));
        }
    }
    let mut plan = rules::clear(&locked.row, &cleared);
    references::drop_vanished(tx, locked.id(), &mut plan.changes).await?;
    plan.changes.retain(|change| *change.field.of(&locked.row) != change.value);
    references::check(tx, Some(locked.id()), &[], &plan.changes).await?;
    writer.stage(locked, plan);
    writer.finish_one().await
}
