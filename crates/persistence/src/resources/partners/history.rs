//! What became of tiers and stages, written with the change.

use domain::{
    Error, Result,
    ids::{PartnerId, TierChangeId},
    timestamp::Timestamp,
};
use serde_json::{Value as Json, json};

use crate::kernel::{
    db::Tx,
    statement::{Bind, Statement},
};

fn actor(tx: &Tx<'_>) -> Result<Bind> {
    serde_json::to_value(&tx.scope().actor)
        .map(|actor| Bind::Json(Some(actor)))
        .map_err(Error::internal)
}

/// Keeps that partners have entered the stage that their rows have by now.
pub(crate) fn stage_changed(
    tx: &Tx<'_>,
    ids: &[PartnerId],
    from: Option<&str>,
) -> Result<Statement> {
    let ids = Bind::Ids(ids.iter().map(|id| id.0).collect());
    let statement = Statement::new(
        "INSERT INTO stage_changes (partner_id, from_stage, to_stage, at, actor) SELECT id, ",
    )
    .with(Bind::Text(from.map(str::to_owned)), ", stage, stage_changed_at, ")
    .with(actor(tx)?, " FROM partners WHERE id = ANY(")
    .with(ids, ")");
    Ok(statement)
}

/// A partner whose tier has changed, and the tier that it had.
pub(crate) struct Changed {
    pub id: PartnerId,
    pub from: Option<String>,
}

/// Keeps that partners have the tiers that their rows have by now.
pub(crate) fn tiers_changed(
    tx: &Tx<'_>,
    changed: &[Changed],
    rules_hash: &str,
) -> Result<Statement> {
    let ids = changed.iter().map(|_| TierChangeId::new().0).collect();
    let partners = changed.iter().map(|change| change.id.0).collect();
    // No tier's key is empty.
    let from = changed.iter().map(|change| change.from.clone().unwrap_or_default()).collect();
    let statement = Statement::new(
        "INSERT INTO tier_changes (id, partner_id, from_tier, to_tier, at, source, rules_hash, \
            actor) \
         SELECT v.id, p.id, nullif(v.from_tier, ''), p.tier, coalesce(p.tier_changed_at, \
         clock_timestamp()), p.tier_source, ",
    )
    .with(Bind::Text(Some(rules_hash.to_owned())), ", ")
    .with(actor(tx)?, " FROM unnest(")
    .with(Bind::Ids(ids), ", ")
    .with(Bind::Ids(partners), ", ")
    .with(
        Bind::Texts(from),
        ") AS v (id, partner_id, from_tier) JOIN partners p ON p.id = \
        v.partner_id",
    );
    Ok(statement)
}

/// What the event says of a partner that will fall.
pub(crate) fn at_risk(tier: &Option<String>, since: Option<Timestamp>) -> Json {
    json!({"tier": tier, "tier_at_risk_since": since})
}
