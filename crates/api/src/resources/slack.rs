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

/// Pages of Slack's that one request looks through for something that fits.
const MAX_PAGES: usize = 5;

/// Which kind of targets.
#[derive(Debug, Clone, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SlackTargetKindParameter {
    /// Only channels or only users.
    #[serde(default)]
    #[param(inline = false)]
    pub kind: Option<SlackTargetKind>,
}

/// The token of a connection; none when it was encrypted with a key of the server that nobody has
/// any more.
fn token_of(context: &RequestContext, stored: &StoredSlack) -> Option<String> {
    let organization = context.caller.scope.organization;
    let token = context.state.server_key.open(TOKENS, organization, &stored.bot_token)?;
    String::from_utf8(token).ok()
}

/// Get the Slack connection
///
/// Says whether Slack is connected, and to which workspace. A connection whose token
/// cannot be read any more, because the deployment has another key, is none: connect again.
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
/// The token of a bot is tried out first. It is kept encrypted and never shown; another one takes
/// its place.
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
                format!("Slack says {word}"),
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
/// Channels and users of Slack are taken out of the notification settings; what is on its way to
/// them is given up.
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

/// Where a page of targets ended: the kind, and Slack's own cursor.
type Position = (SlackTargetKind, String);

/// List channels and users of Slack
///
/// Channels first, then users, as Slack pages them: a page may be shorter than asked for, and is
/// the last one only when `next_cursor` is null. There is no count.
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

/// Where the list goes on after a page of Slack's.
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

/// Slack's refusal of a list.
fn refused(fault: SlackError) -> Error {
    match fault {
        SlackError::SlackReply(word) if word == "invalid_cursor" => invalid_cursor(),
        SlackError::SlackReply(word) if fault_of_token(&word) => Error::new(
            Code::SlackNotConnected,
            format!("Slack does not accept the token any more ({word}): connect again."),
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
