//! The end of a connection to Slack, and of the settings that refer to its targets.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::{Code, Error, Result, events::NewEvent, schema::slack_integrations};
use serde_json::json;

use crate::{
    kernel::db::Tx,
    resources::{notifications, slack},
};

/// Ends the connection, and removes its targets from the notification settings.
///
/// # Errors
/// `not_found` if there is none.
pub async fn disconnect(tx: &Tx<'_>) -> Result<()> {
    let ended: Option<String> = diesel::delete(slack_integrations::table)
        .returning(slack_integrations::workspace)
        .get_result(&mut tx.conn())
        .await
        .optional()?;
    let workspace = ended.ok_or_else(|| Error::of(Code::NotFound))?;
    notifications::forget_slack_targets(tx).await?;
    tx.record(NewEvent::new(
        "integration.disconnected",
        slack::SLACK,
        None,
        json!({"changes": {}, "workspace": workspace}),
    ));
    Ok(())
}
