//! The history of partners, for the back-test of the health score.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::{
    Result,
    ids::PartnerId,
    partners::{PartnerStage, QuarterlyWeights, StoredWeights},
    schema::{partners, stage_changes},
    timestamp::Timestamp,
};

use super::facts::{self, ScoredDeal};
use crate::kernel::db::Tx;

/// The history of a partner.
#[derive(Debug, Clone)]
pub struct Past {
    pub id: PartnerId,
    pub created_at: Timestamp,
    pub quarterly_weights: QuarterlyWeights,
    pub deals: Vec<ScoredDeal>,
    /// When it entered which stage.
    pub stages: Vec<(Timestamp, PartnerStage)>,
}

/// The live partners after this one in the order of their ids, at most `limit`.
///
/// # Errors
/// Database errors only.
pub async fn past(tx: &Tx<'_>, after: Option<PartnerId>, limit: i64) -> Result<Vec<Past>> {
    let mut live = partners::table.filter(partners::deleted_at.is_null()).into_boxed();
    if let Some(after) = after {
        live = live.filter(partners::id.gt(after));
    }
    let columns = (partners::id, partners::created_at, partners::quarterly_weights);
    let rows: Vec<(PartnerId, Timestamp, StoredWeights)> =
        live.select(columns).order(partners::id).limit(limit).load(&mut tx.conn()).await?;
    let ids: Vec<PartnerId> = rows.iter().map(|(id, ..)| *id).collect();
    let mut deals = facts::deals(tx, &ids).await?;
    let entered = stage_changes::table.filter(stage_changes::partner_id.eq_any(&ids));
    let entered: Vec<(PartnerId, Timestamp, PartnerStage)> = entered
        .select((stage_changes::partner_id, stage_changes::at, stage_changes::to_stage))
        .order(stage_changes::at)
        .load(&mut tx.conn())
        .await?;
    let mut stages: HashMap<PartnerId, Vec<(Timestamp, PartnerStage)>> = HashMap::new();
    for (id, at, stage) in entered {
        stages.entry(id).or_default().push((at, stage));
    }
    let past = |(id, created_at, weights): (PartnerId, Timestamp, StoredWeights)| Past {
        id,
        created_at,
        quarterly_weights: weights.0,
        deals: deals.remove(&id).unwrap_or_default(),
        stages: stages.remove(&id).unwrap_or_default(),
    };
    Ok(rows.into_iter().map(past).collect())
}
