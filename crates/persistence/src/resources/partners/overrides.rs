//! Decisions by hand: seen, pinned, handed back
//! (docs/overrides.md#pinning-and-clearing).

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::{
    Code, Error, Result,
    access::Actor,
    fields::{AnyValue, FieldClass},
    ids::PartnerId,
    partners::{self as rules, FieldOverride, Partner, PartnerKey, StoredOverride},
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
    rows.sort_by(|one, other| one.field.cmp(&other.field));
    let all = rows.into_iter().map(|row| {
        let key = PartnerKey::named(&row.field);
        let value = key.map(|key| key.field().render_json(&partner.value(key)));
        Ok(FieldOverride {
            value: AnyValue(value.unwrap_or_default()),
            field: row.field,
            pending_value: AnyValue(row.pending_value.unwrap_or_default()),
            has_pending_value: row.has_pending_value,
            actor: serde_json::from_value::<Actor>(row.actor).map_err(Error::internal)?,
            overridden_at: row.overridden_at,
        })
    });
    all.collect()
}

/// The field that a path names.
fn field_named(name: &str) -> Result<PartnerKey> {
    PartnerKey::named(name).ok_or_else(Error::not_found)
}

/// Decides by hand that a field stays as it is.
///
/// # Errors
/// `not_found` for the partner or the field; `not_overridable`.
pub async fn pin(tx: &Tx<'_>, id: PartnerId, field: &str) -> Result<Partner> {
    let key = field_named(field)?;
    let mut writer = PartnerWriter::with_locked(tx, &[id], Deleted::Skip).await?;
    let locked = writer.take_expected(id, None)?;
    let plan = rules::pin(&locked.partner, &locked.overrides, key);
    let plan = plan.ok_or_else(|| Error::of(Code::NotOverridable))?;
    writer.stage(locked, plan);
    writer.finish_one().await
}

/// Hands a field back to automation.
///
/// # Errors
/// `not_found` for the partner or the field; `not_overridden`; `version_mismatch`; 409 when its
/// pending value is taken.
pub async fn clear_override(
    tx: &Tx<'_>,
    id: PartnerId,
    field: &str,
    expected: Option<domain::patch::ExpectedVersions>,
) -> Result<Partner> {
    let key = field_named(field)?;
    let mut writer = PartnerWriter::with_locked(tx, &[id], Deleted::Skip).await?;
    let locked = writer.take_expected(id, expected)?;
    let cleared: Vec<StoredOverride> =
        locked.overrides.iter().filter(|stored| stored.key == key).cloned().collect();
    if cleared.is_empty() {
        return Err(Error::of(Code::NotOverridden));
    }
    clear(writer, locked, &cleared).await
}

/// Hands all fields back to automation; none to hand back changes nothing.
///
/// # Errors
/// `not_found`; `version_mismatch`; 409 when a pending value is taken.
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
    if cleared.iter().any(|stored| stored.key.field().class == FieldClass::Computed) {
        for computed in rollups::of(tx, locked.id()).await? {
            cleared
                .iter_mut()
                .filter(|stored| stored.key == computed.key)
                .for_each(|stored| stored.pending = Some(computed.value.clone()));
        }
    }
    let mut plan = rules::clear(&locked.partner, &cleared);
    references::drop_vanished(tx, locked.id(), &mut plan.changes).await?;
    plan.changes.retain(|change| locked.partner.value(change.key) != change.value);
    references::check(tx, Some(locked.id()), &[], &plan.changes).await?;
    writer.stage(locked, plan);
    writer.finish_one().await
}
