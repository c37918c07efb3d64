//! The same writes for many partners at a time: what an import does with one batch of rows.

use std::{collections::HashMap, sync::Arc};

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::{
    Error, Result,
    access::WriteMode,
    events::NewEvent,
    ids::PartnerId,
    partners::{self as rules, Change, Held, Partner, PartnerCreatedVia, Plan, partner_field},
    schema::{partner_overrides, partners},
    text::normalised_name,
};
use futures_util::future::join3;
use serde_json::{Map, Value as Json, json};

pub(crate) use super::write::{Locked, logo_changes};
use super::{
    first_scores, history, tier_rules,
    write::{apply, stored},
};
use crate::kernel::{
    db::Tx,
    statement::{Bind, Statement},
};

/// Takes live partners for writing, in the order of their ids.
pub(crate) async fn lock_many(
    tx: &Tx<'_>,
    ids: &[PartnerId],
) -> Result<HashMap<PartnerId, Locked>> {
    let mut locked = lock_rows(tx, ids, RowLock::Wait).await?;
    locked.retain(|_, locked| locked.partner.summary.deleted_at.is_none());
    Ok(locked)
}

/// The same, without those that another transaction has locked.
pub(crate) async fn lock_free(
    tx: &Tx<'_>,
    ids: &[PartnerId],
) -> Result<HashMap<PartnerId, Locked>> {
    let mut locked = lock_rows(tx, ids, RowLock::Skip).await?;
    locked.retain(|_, locked| locked.partner.summary.deleted_at.is_none());
    Ok(locked)
}

/// As [`lock_many`], also those that are deleted.
pub(crate) async fn lock_all(tx: &Tx<'_>, ids: &[PartnerId]) -> Result<HashMap<PartnerId, Locked>> {
    lock_rows(tx, ids, RowLock::Wait).await
}

/// What to do about rows that another transaction has locked.
#[derive(Clone, Copy)]
enum RowLock {
    Wait,
    Skip,
}

async fn lock_rows(
    tx: &Tx<'_>,
    ids: &[PartnerId],
    on_locked: RowLock,
) -> Result<HashMap<PartnerId, Locked>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    // First on the wire: see the function in the database.
    let rules = tier_rules::lock_shared(tx);
    let rows = async {
        let all = Partner::query().filter(partners::id.eq_any(ids));
        let locking = all.order(partners::id).for_no_key_update();
        match on_locked {
            RowLock::Skip => locking.skip_locked().load::<Partner>(&mut tx.conn()).await,
            RowLock::Wait => locking.load::<Partner>(&mut tx.conn()).await,
        }
    };
    let overrides = async {
        let query =
            partner_overrides::table.filter(partner_overrides::partner_id.eq_any(ids)).select((
                partner_overrides::partner_id,
                partner_overrides::field,
                partner_overrides::has_pending_value,
                partner_overrides::pending_value,
            ));
        query.load::<(PartnerId, String, bool, Option<Json>)>(&mut tx.conn()).await
    };
    let (rules, rows, overrides) = join3(rules, rows, overrides).await;
    let rules = Arc::new(rules?);
    let mut held: HashMap<PartnerId, Vec<Held>> = HashMap::new();
    for (id, name, has_pending, pending) in overrides? {
        let pending = has_pending.then(|| pending.unwrap_or(Json::Null));
        held.entry(id)
            .or_default()
            .extend(partner_field(&name).map(|field| Held { field, pending }));
    }
    let locked = rows?.into_iter().map(|partner| {
        let id = partner.summary.id;
        (
            id,
            Locked {
                row: partner.clone().into_row(),
                held: held.remove(&id).unwrap_or_default(),
                rules: rules.clone(),
                partner,
            },
        )
    });
    Ok(locked.collect())
}

/// What a write would do to a partner that is held. Nothing is written.
///
/// # Errors
/// 422 for what the mode may not write.
pub(crate) fn plan(locked: &Locked, changes: Vec<Change>, mode: WriteMode) -> Result<Plan> {
    locked.rules.refuse(&changes, mode)?;
    rules::written(&locked.row, &locked.held, changes, mode).map_err(Error::invalid)
}

/// Carries out what [`plan`] has found. References have been resolved and unique values looked up
/// by the caller; the constraints of the database have the last word.
pub(crate) async fn update_planned(tx: &Tx<'_>, locked: Locked, plan: Plan) -> Result<Partner> {
    apply(tx, locked, plan).await
}

/// Many new partners in one statement, written by automation. References and unique values as for
/// [`update_planned`].
pub(crate) async fn insert_many(
    tx: &Tx<'_>,
    rows: Vec<(PartnerId, Vec<Change>)>,
    created_via: PartnerCreatedVia,
) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let tier_rules = tier_rules::lock_shared(tx).await?;
    let mut planned = Vec::with_capacity(rows.len());
    for (id, changes) in rows {
        tier_rules.refuse(&changes, WriteMode::Automated)?;
        let mut plan =
            rules::created(changes, false, WriteMode::Automated).map_err(Error::invalid)?;
        tier_rules.settle_new(&mut plan, id, created_via);
        planned.push((id, plan));
    }
    insertion(&planned, created_via).execute(&mut tx.conn()).await?;
    let (mut of, mut tags) = (Vec::new(), Vec::new());
    for (id, plan) in &planned {
        for change in plan.changes.iter().filter(|change| change.field.name == "tag_ids") {
            if let Bind::Ids(ids) = stored(change.field, &change.value) {
                of.extend(ids.iter().map(|_| id.0));
                tags.extend(ids);
            }
        }
        let changes = rules::diff(&Map::new(), &plan.changes);
        let data = json!({"changes": changes, "skipped_fields": [], "overridden_fields": []});
        tx.tell(NewEvent::new("partner.created", id, 1, data).of_partner(*id));
    }
    let ids: Vec<PartnerId> = planned.iter().map(|(id, _)| *id).collect();
    history::stage_changed(tx, &ids, None)?.execute(&mut tx.conn()).await?;
    let with_tier =
        planned.iter().filter(|(_, plan)| plan.changes.iter().any(|change| change.field.is_tier()));
    let changed: Vec<_> =
        with_tier.map(|(id, _)| history::Changed { id: *id, from: None }).collect();
    if !changed.is_empty() {
        history::tiers_changed(tx, &changed, tier_rules.hash())?.execute(&mut tx.conn()).await?;
    }
    if !tags.is_empty() {
        Statement::new("INSERT INTO partner_tags (partner_id, tag_id) SELECT * FROM unnest(")
            .with(Bind::Ids(of), ", ")
            .with(Bind::Ids(tags), ") ON CONFLICT DO NOTHING")
            .execute(&mut tx.conn())
            .await?;
    }
    first_scores::queue_new(tx, &ids).await
}

/// One INSERT with the columns that any row sets; the others take their default.
fn insertion(planned: &[(PartnerId, Plan)], created_via: PartnerCreatedVia) -> Statement {
    let mut fields: Vec<_> = Vec::new();
    for change in planned.iter().flat_map(|(_, plan)| &plan.changes) {
        if !fields.contains(&change.field) {
            fields.push(change.field);
        }
    }
    let with_tier = fields.iter().any(|field| field.is_tier());
    let mut names: Vec<String> =
        fields.iter().map(|field| format!(", \"{}\"", field.column)).collect();
    if with_tier {
        names.push(", tier_changed_at".to_owned());
    }
    let mut out = Statement::new(format!(
        "INSERT INTO partners (id, created_via, normalised_name{}) VALUES ",
        names.concat()
    ));
    for (i, (id, plan)) in planned.iter().enumerate() {
        out.sql(if i == 0 { "(" } else { ", (" }).bind(Bind::Id(Some(id.0))).sql(", ");
        out.bind(Bind::Text(Some(created_via.to_string()))).sql(", ");
        let of = |name: &str| plan.changes.iter().find(|change| change.field.name == name);
        let name = of("name").and_then(|change| change.value.as_str()).map(normalised_name);
        out.bind(Bind::Text(name));
        for field in &fields {
            match of(field.name) {
                Some(change) => out.sql(", ").bind(stored(field, &change.value)),
                None => out.sql(", DEFAULT"),
            };
        }
        if with_tier {
            out.sql(if of("tier").is_some() { ", clock_timestamp()" } else { ", NULL" });
        }
        out.sql(")");
    }
    out
}
