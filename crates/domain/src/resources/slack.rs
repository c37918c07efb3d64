//! The connection to Slack.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::kernel::{
    lists::{List, list_parameters},
    page::Page,
    request_body::RequestBody,
    schema::slack_integrations,
    string_enum::string_enum,
    timestamp::Timestamp,
};

string_enum! {
    /// What kind of recipient it is.
    SlackTargetKind {
        Channel = "channel",
        User = "user",
    }
}

/// The id of a channel or user in Slack.
#[derive(ToSchema)]
#[schema(pattern = "^[A-Za-z0-9_-]{1,50}$", example = "C024BE91L")]
pub struct SlackId(
    #[expect(dead_code, reason = "is only in the document; in Rust it is a String")] String,
);

/// The connection to a Slack workspace. The token is never shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SlackIntegration {
    /// Whether Slack is connected.
    #[schema(example = true)]
    pub connected: bool,
    /// The name of the workspace.
    #[schema(example = "Acme")]
    pub workspace: Option<String>,
    /// The time of the connection.
    pub connected_at: Option<Timestamp>,
}

/// A connection as it is stored.
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

/// The request to connect Slack.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SlackConnection {
    /// The token of a bot of the workspace, with the scopes `chat:write`, `channels:read`,
    /// `groups:read` and `users:read`. It is checked with Slack, stored encrypted, and never shown
    /// again.
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

/// A channel or user to which messages can be sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SlackTarget {
    /// The id in Slack.
    #[schema(example = "C024BE91L")]
    pub id: String,
    /// Whether it is a channel or a user.
    pub kind: SlackTargetKind,
    /// The name.
    #[schema(example = "partners")]
    pub name: String,
}

/// The list of targets. Slack decides on the order, and the kind is a parameter of the operation.
pub static SLACK_TARGET_LIST: List = List::new("SlackTarget", || &[]).search().unsorted();

list_parameters! {
    /// The parameters of the list of targets.
    SlackTargetList of SLACK_TARGET_LIST;
}

/// A page of targets.
pub type SlackTargetPage = Page<SlackTarget>;
