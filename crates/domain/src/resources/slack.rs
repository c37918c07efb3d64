//! The connection to Slack.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::kernel::{
    lists::{List, list_parameters},
    page::Page,
    request_body::RequestBody,
    resource::Resource,
    schema::slack_integrations,
    string_enum::string_enum,
    timestamp::Timestamp,
};

string_enum! {
    /// What messages can be sent to.
    SlackTargetKind {
        Channel = "channel",
        User = "user",
    }
}

/// The id of a channel or user in Slack.
#[derive(ToSchema)]
#[schema(pattern = "^[A-Za-z0-9_-]{1,50}$", example = "C024BE91L")]
pub struct SlackId(
    #[expect(dead_code, reason = "stands in the document; in Rust it is a plain text")] String,
);

/// Whether the organization is connected to a workspace of Slack. The token is never shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SlackIntegration {
    /// Whether there is a connection.
    #[schema(example = true)]
    pub connected: bool,
    /// The name of the workspace.
    #[schema(example = "Acme")]
    pub workspace: Option<String>,
    /// Since when.
    pub connected_at: Option<Timestamp>,
}

/// A connection as it is kept.
#[derive(Debug, Clone, HasQuery)]
#[diesel(table_name = slack_integrations)]
pub struct StoredSlack {
    /// The token of the bot, encrypted.
    pub bot_token: Vec<u8>,
    pub workspace: String,
    pub connected_at: Timestamp,
}

impl From<Option<StoredSlack>> for SlackIntegration {
    fn from(stored: Option<StoredSlack>) -> Self {
        let connected_at = stored.as_ref().map(|stored| stored.connected_at);
        Self {
            connected: stored.is_some(),
            workspace: stored.map(|stored| stored.workspace),
            connected_at,
        }
    }
}

/// How to connect.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SlackConnection {
    /// The token of a bot of the workspace, with the scopes `chat:write`, `channels:read`,
    /// `groups:read` and `users:read`. It is tried out, kept encrypted, and never shown again.
    #[schema(
        min_length = 1,
        max_length = 500,
        pattern = "^[!-~]+$",
        example = "xoxb-the-token-of-the-bot"
    )]
    pub bot_token: String,
}

impl RequestBody for SlackConnection {
    type Resource = Self;
}

/// A channel or a person that messages can be sent to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SlackTarget {
    /// The id in Slack.
    #[schema(example = "C024BE91L")]
    pub id: String,
    /// What it is.
    pub kind: SlackTargetKind,
    /// What it is called.
    #[schema(example = "partners")]
    pub name: String,
}

/// The list of targets. Slack has its order, and the kind is a parameter of the operation.
pub static SLACK_TARGET_LIST: List = List::new("SlackTarget", || &[]).search().unsorted();

/// The connection to Slack.
pub static SLACK: Resource = Resource::new("slack", "slack_integration")
    .table("slack_integrations")
    .events(&["integration"])
    .lists(&[&SLACK_TARGET_LIST]);

list_parameters! {
    /// The parameters of the list of targets.
    SlackTargetList of SLACK_TARGET_LIST;
}

/// A page of targets.
pub type SlackTargetPage = Page<SlackTarget>;
