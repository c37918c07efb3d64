//! The connection of an organization to a Slack workspace. The stored token is encrypted by the
//! caller.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::{
    Result, events::NewEvent, schema::slack_integrations, slack::StoredSlack, timestamp::Timestamp,
};
use serde_json::json;

use crate::kernel::db::Tx;

/// The subject of its events.
pub(crate) const SLACK: &str = "slack";

/// The connection, if there is one.
pub async fn get(tx: &Tx<'_>) -> Result<Option<StoredSlack>> {
    Ok(StoredSlack::query().first(&mut tx.conn()).await.optional()?)
}

/// Connects the organization to a workspace, and replaces an existing connection. `bot_token` is
/// encrypted.
pub async fn connect(tx: &Tx<'_>, bot_token: Vec<u8>, workspace: &str) -> Result<StoredSlack> {
    diesel::delete(slack_integrations::table).execute(&mut tx.conn()).await?;
    let row = (
        slack_integrations::bot_token.eq(&bot_token),
        slack_integrations::workspace.eq(workspace),
        slack_integrations::connected_at.eq(Timestamp::now()),
    );
    let stored = diesel::insert_into(slack_integrations::table)
        .values(row)
        .returning(StoredSlack::as_returning())
        .get_result(&mut tx.conn());
    let stored = stored.await?;
    tx.record(NewEvent::new(
        "integration.connected",
        SLACK,
        None,
        json!({"changes": {}, "workspace": workspace}),
    ));
    Ok(stored)
}

/// Stores the same token with a new encryption.
pub async fn keep_token(tx: &Tx<'_>, before: &[u8], bot_token: &[u8]) -> Result<()> {
    // Another connection may have replaced it meanwhile.
    let same = slack_integrations::table.filter(slack_integrations::bot_token.eq(before));
    diesel::update(same)
        .set(slack_integrations::bot_token.eq(bot_token))
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}
