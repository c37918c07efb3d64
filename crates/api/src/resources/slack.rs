//! The connection to Slack.

use actix_web::web;
use domain::{
    Code, Error, FieldError, Place,
    lists::{DEFAULT_LIMIT, cursor},
    page::Page,
    slack::{
        SlackConnection, SlackIntegration, SlackTarget, SlackTargetKind, SlackTargetList,
        SlackTargetPage, StoredSlack,
    },
    text::fold,
};
use operation_macros::operation;
use persistence::{slack, slack_disconnection};
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

use crate::kernel::{
    answer::Answer,
    outgoing::slack::{SlackError, TOKENS},
    problem::Result,
    request_context::{Json, Query, RequestContext},
    state::State,
};

/// The most pages of Slack's list that one request reads to find matching targets.
const MAX_PAGES: usize = 5;

/// Selects the kind of targets.
#[derive(Debug, Clone, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SlackTargetKindParameter {
    /// Only channels or only users.
    #[serde(default)]
    #[param(inline = false)]
    pub kind: Option<SlackTargetKind>,
}

/// The token of a connection, or `None` if it was encrypted with a server key that is no longer
/// configured.
fn token_of(context: &RequestContext, stored: &StoredSlack) -> Option<String> {
    let organization = context.caller.scope.organization;
    let token = context.state.server_key.open(TOKENS, organization, &stored.bot_token)?;
    String::from_utf8(token).ok()
}

/// Get the Slack connection
///
/// Returns whether Slack is connected, and to which workspace. If the stored token cannot be
/// decrypted, because the deployment has a new key, Slack is shown as not connected: connect again.
#[operation(
    get("/integrations/slack"),
    tag(Integrations),
    role(Admin),
    no_api_key,
    ok(SlackIntegration)
)]
pub async fn get_slack_integration(context: RequestContext) -> Result<Answer> {
    let stored = context.read(async |tx| slack::get(tx).await).await?;
    let stored = stored.filter(|stored| token_of(&context, stored).is_some());
    Ok(Answer::ok(&SlackIntegration::from(stored)))
}

/// Connect to Slack
///
/// Takes the token of a bot, and checks it with Slack first. The token is stored encrypted and
/// never shown. A new token replaces the stored one.
#[operation(
    put("/integrations/slack"),
    tag(Integrations),
    role(Admin),
    no_api_key,
    ok(SlackIntegration),
    errors(SlackRejected)
)]
pub async fn connect_slack(context: RequestContext, body: Json<SlackConnection>) -> Result<Answer> {
    let state: &web::Data<State> = &context.state;
    let workspace = state.slack.workspace(&body.bot_token).await.map_err(|fault| match fault {
        SlackError::SlackReply(word) => {
            let place = FieldError::at_pointer(
                "slack_rejected",
                "#/bot_token",
                format!("was refused by Slack ({word})"),
            );
            Error::of(Code::SlackRejected).meta("slack_error", word.into()).at(place)
        }
        other => other.into_unavailable(),
    })?;
    let organization = context.caller.scope.organization;
    let sealed =
        state.server_key.seal(TOKENS, organization, body.bot_token.clone().into_bytes())?;
    let same = |stored: &StoredSlack| {
        token_of(&context, stored).is_some_and(|token| token == body.bot_token)
    };
    let stored = context
        .write(async |tx| match slack::get(tx).await? {
            Some(before) if before.workspace == workspace && same(&before) => {
                slack::keep_token(tx, &before.bot_token, &sealed).await?;
                Ok(before)
            }
            _ => slack::connect(tx, sealed, &workspace).await,
        })
        .await?;
    Ok(Answer::ok(&SlackIntegration::from(Some(stored))))
}

/// Disconnect Slack
///
/// Channels and users of Slack are removed from the notification settings, and messages that were
/// not sent yet are canceled.
#[operation(
    delete("/integrations/slack"),
    tag(Integrations),
    role(Admin),
    no_api_key,
    no_content,
    errors(NotFound)
)]
pub async fn disconnect_slack(context: RequestContext) -> Result<Answer> {
    context.write(async |tx| slack_disconnection::disconnect(tx).await).await?;
    Ok(Answer::nothing())
}

/// The position at which a page of targets ended: the kind, and Slack's own cursor.
type Position = (SlackTargetKind, String);

/// List channels and users of Slack
///
/// Channels first, then users. A page may have fewer entries than requested, because Slack pages
/// the list; only a null `next_cursor` marks the last page. The list has no count.
#[operation(
    get("/integrations/slack/targets"),
    tag(Integrations),
    role(Admin),
    no_api_key,
    query(SlackTargetList),
    ok(SlackTargetPage),
    errors(InvalidCursor, SlackNotConnected)
)]
pub async fn list_slack_targets(
    context: RequestContext,
    only: Query<SlackTargetKindParameter>,
) -> Result<Answer> {
    let query = context.list_query()?;
    let needle = query.q.as_deref().map(fold).unwrap_or_default();
    let fingerprint = cursor::fingerprint(&("slack targets", only.kind, &needle));
    let from: Option<Position> = match &query.cursor {
        Some(text) => Some(cursor::decode(&fingerprint, text).ok_or_else(invalid_cursor)?),
        None => None,
    };
    let limit = query.limit.unwrap_or(DEFAULT_LIMIT);
    let stored = context.read(async |tx| slack::get(tx).await).await?;
    let token = stored
        .and_then(|stored| token_of(&context, &stored))
        .ok_or_else(|| Error::of(Code::SlackNotConnected))?;
    let mut position =
        from.unwrap_or_else(|| (only.kind.unwrap_or(SlackTargetKind::Channel), String::new()));
    for page in 1.. {
        let (kind, at) = &position;
        let found = context.state.slack.targets(&token, *kind, at, limit).await.map_err(refused)?;
        let next = following(&position, found.next, only.kind);
        let data: Vec<SlackTarget> =
            found.rows.into_iter().filter(|row| fold(&row.name).contains(&needle)).collect();
        match next {
            Some(next) if data.is_empty() && page < MAX_PAGES => position = next,
            next => {
                let next_cursor = next.map(|next| cursor::encode(&fingerprint, next));
                return Ok(Answer::ok(&Page { data, next_cursor, total_count: None }));
            }
        }
    }
    unreachable!("the last page is answered")
}

/// The cursor after a page of Slack's list.
fn following(
    at: &Position,
    next: Option<String>,
    only: Option<SlackTargetKind>,
) -> Option<Position> {
    match (next, at.0) {
        (Some(next), kind) => Some((kind, next)),
        (None, SlackTargetKind::Channel) if only.is_none() => {
            Some((SlackTargetKind::User, String::new()))
        }
        (None, _) => None,
    }
}

fn invalid_cursor() -> Error {
    cursor::invalid(Place::Parameter("cursor".to_owned()))
}

/// The error for a list request that Slack refused.
fn refused(fault: SlackError) -> Error {
    match fault {
        SlackError::SlackReply(word) if word == "invalid_cursor" => invalid_cursor(),
        SlackError::SlackReply(word) if fault_of_token(&word) => Error::new(
            Code::SlackNotConnected,
            format!("Slack no longer accepts the token ({word}). Connect Slack again."),
        ),
        other => other.into_unavailable(),
    }
}

fn fault_of_token(word: &str) -> bool {
    matches!(
        word,
        "invalid_auth"
            | "not_authed"
            | "account_inactive"
            | "token_revoked"
            | "token_expired"
            | "missing_scope"
            | "no_permission"
    )
}
