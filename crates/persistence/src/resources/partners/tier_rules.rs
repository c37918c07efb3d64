//! The rules of tiers, as writes of partners use them.

use diesel::sql_types;
use diesel_async::RunQueryDsl;
use domain::{
    Result,
    tiers::{StoredTierRules, TierRules},
    timestamp::Timestamp,
};
use serde_json::Value as Json;

use crate::kernel::{
    db::Tx,
    statement::{Bind, Statement},
};

/// Locks the rules in shared mode until the transaction ends. Call it BEFORE any row of a partner
/// is locked.
pub(crate) async fn lock_shared(tx: &Tx<'_>) -> Result<TierRules> {
    query(tx, true).await
}

/// The current rules; they may change before the transaction ends.
pub(crate) async fn read(tx: &Tx<'_>) -> Result<TierRules> {
    query(tx, false).await
}

async fn query(tx: &Tx<'_>, overrides: bool) -> Result<TierRules> {
    type Row = (String, Vec<String>, i32, String, String, Json, Timestamp);
    type Types = (
        sql_types::Text,
        sql_types::Array<sql_types::Text>,
        sql_types::Integer,
        sql_types::Text,
        sql_types::Text,
        sql_types::Jsonb,
        sql_types::Timestamptz,
    );
    let statement =
        Statement::new("/* tiers.rules */ SELECT *, clock_timestamp() FROM tier_rules(")
            .with(Bind::Bool(Some(overrides)), ")");
    let row: Row = statement.answers::<Types>().get_result(&mut tx.conn()).await?;
    let (mode, evaluate_on, grace_days, currency, timezone, tiers, now) = row;
    let stored = StoredTierRules {
        mode,
        evaluate_on,
        grace_days: grace_days.into(),
        currency,
        timezone,
        tiers,
    };
    TierRules::new(&stored, now)
}

/// Waits for all transactions that use the rules, and locks them exclusively until this transaction
/// ends.
pub(crate) async fn lock_exclusive(tx: &Tx<'_>) -> Result<()> {
    Statement::new("/* tiers.hold */ SELECT hold_tier_rules()").execute(&mut tx.conn()).await?;
    Ok(())
}
