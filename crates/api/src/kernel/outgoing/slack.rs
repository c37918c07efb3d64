//! Slack's Web API, as far as it is used: the owner of a token, the possible targets of messages,
//! and messages.

use std::time::Duration;

use domain::{
    Error,
    slack::{SlackTarget, SlackTargetKind},
};
use persistence::notification_deliveries::Attempt;
use reqwest::{Client, RequestBuilder, header, redirect};
use serde_json::{Value as Json, json};

use crate::kernel::outgoing::read_whole;

/// The purpose for which Slack tokens are encrypted.
pub const TOKENS: &str = "slack tokens";
/// The time limit of a call to Slack, from the connection to the last byte.
pub const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);
/// The longest response in bytes; a page of users has a few hundred thousand.
const MAX_ANSWER: usize = 2 << 20;
/// The longest error code of Slack that is repeated, in characters.
const MAX_WORD: usize = 100;
/// The longest wait that Slack may request.
const MAX_WAIT: Duration = Duration::from_secs(3_600);

/// The reason why a call failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SlackError {
    /// Slack did not respond in time.
    Silent(String),
    /// Slack cannot be reached, or the response is not Slack's.
    Away(String),
    /// Too many calls; try again after this time.
    Throttled(Duration),
    /// The error code of a response with `ok: false`.
    SlackReply(String),
}

/// Error codes of temporary failures. After any other code the same call would fail again.
const TRANSIENT_ERRORS: &[&str] = &[
    "ratelimited",
    "rate_limited",
    "internal_error",
    "fatal_error",
    "service_unavailable",
    "request_timeout",
    "team_added_to_org",
];

impl SlackError {
    /// As the result of a delivery attempt.
    pub fn into_attempt(self) -> Attempt {
        match self {
            Self::Silent(reason) => Attempt::Silent { reason },
            Self::Away(reason) => Attempt::Failed { reason, not_before: None },
            Self::Throttled(wait) => Attempt::Failed {
                reason: "Slack has limited the rate of \
                                           messages"
                    .to_owned(),
                not_before: Some(wait),
            },
            Self::SlackReply(word) if TRANSIENT_ERRORS.contains(&word.as_str()) => {
                Attempt::Failed {
                    reason: format!("Slack refused the message: {word}"),
                    not_before: None,
                }
            }
            Self::SlackReply(word) => Attempt::Refused {
                reason: format!(
                    "Slack refused the \
                message: {word}"
                ),
            },
        }
    }

    /// As the error of a request.
    pub fn into_unavailable(self) -> Error {
        Error::Unavailable(format!("Slack: {self:?}").into())
    }
}

/// A page of targets from Slack's own pages.
#[derive(Debug, Clone, Default)]
pub struct Targets {
    pub rows: Vec<SlackTarget>,
    /// Slack's cursor of the next page; `None` at the end.
    pub next: Option<String>,
}

/// A client of Slack's API at one URL.
#[derive(Debug, Clone)]
pub struct SlackApi {
    http: Client,
    base: String,
}

impl SlackApi {
    /// `base` includes `/api`; `patience` is the time limit of a call, usually [`REQUEST_TIMEOUT`].
    ///
    /// # Errors
    /// TLS is not available.
    pub fn new(base: &str, patience: Duration) -> reqwest::Result<Self> {
        let http = Client::builder()
            .timeout(patience)
            .redirect(redirect::Policy::none())
            .user_agent("partneros")
            .build()?;
        Ok(Self { http, base: base.trim_end_matches('/').to_owned() })
    }

    /// Returns the name of the workspace of a token.
    pub async fn workspace(&self, token: &str) -> Result<String, SlackError> {
        let answer = call(self.http.post(self.at("auth.test")).bearer_auth(token)).await?;
        Ok(text(&answer, "/team")
            .or_else(|| text(&answer, "/team_id"))
            .unwrap_or_else(|| "Slack".to_owned()))
    }

    /// Sends a message to a channel or a user.
    pub async fn post(&self, token: &str, message: &Json) -> Result<(), SlackError> {
        call(self.http.post(self.at("chat.postMessage")).bearer_auth(token).json(message))
            .await
            .map(drop)
    }

    /// Returns one page of channels or users. Slack decides on its size; deleted targets and bots
    /// are left out.
    pub async fn targets(
        &self,
        token: &str,
        kind: SlackTargetKind,
        cursor: &str,
        limit: i64,
    ) -> Result<Targets, SlackError> {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("limit", &limit.to_string());
        if !cursor.is_empty() {
            query.append_pair("cursor", cursor);
        }
        let (method, list) = match kind {
            SlackTargetKind::Channel => {
                query
                    .append_pair("exclude_archived", "true")
                    .append_pair("types", "public_channel,private_channel");
                ("conversations.list", "/channels")
            }
            SlackTargetKind::User => ("users.list", "/members"),
        };
        let url = format!("{}?{}", self.at(method), query.finish());
        let answer = call(self.http.get(url).bearer_auth(token)).await?;
        let rows = answer.pointer(list).and_then(Json::as_array).into_iter().flatten();
        let rows = rows.filter_map(|row| target(kind, row)).collect();
        let next = text(&answer, "/response_metadata/next_cursor").filter(|next| !next.is_empty());
        Ok(Targets { rows, next })
    }

    fn at(&self, method: &str) -> String {
        format!("{}/{method}", self.base)
    }
}

async fn call(request: RequestBuilder) -> Result<Json, SlackError> {
    let away = |error: reqwest::Error| {
        if error.is_timeout() {
            SlackError::Silent("Slack did not answer in time".to_owned())
        } else {
            SlackError::Away(format!("Slack cannot be reached: {}", error.without_url()))
        }
    };
    let response = request.send().await.map_err(away)?;
    let status = response.status();
    if status.as_u16() == 429 {
        let wait = response
            .headers()
            .get(header::RETRY_AFTER)
            .and_then(|wait| wait.to_str().ok()?.trim().parse().ok());
        let wait = Duration::from_secs(wait.unwrap_or(30));
        return Err(SlackError::Throttled(wait.min(MAX_WAIT)));
    }
    if !status.is_success() {
        return Err(SlackError::Away(format!("Slack responded with the status {status}")));
    }
    let not_slack = || SlackError::Away("the response is not from Slack".to_owned());
    let body = read_whole(response, MAX_ANSWER).await.map_err(away)?.ok_or_else(not_slack)?;
    let answer: Json = serde_json::from_slice(&body).map_err(|_| not_slack())?;
    match answer.get("ok").and_then(Json::as_bool) {
        Some(true) => Ok(answer),
        Some(false) => {
            let word = text(&answer, "/error").unwrap_or_else(|| "no".to_owned());
            Err(SlackError::SlackReply(word.chars().take(MAX_WORD).collect()))
        }
        None => Err(not_slack()),
    }
}

fn text(answer: &Json, pointer: &str) -> Option<String> {
    answer.pointer(pointer)?.as_str().map(str::to_owned)
}

fn target(kind: SlackTargetKind, row: &Json) -> Option<SlackTarget> {
    let is = |pointer: &str| row.pointer(pointer).and_then(Json::as_bool).unwrap_or(false);
    let id = text(row, "/id")?;
    if is("/deleted") || is("/is_bot") || is("/is_archived") || id == "USLACKBOT" {
        return None;
    }
    let names = ["/profile/real_name", "/real_name", "/name"];
    let name =
        names.iter().find_map(|pointer| text(row, pointer).filter(|name| !name.is_empty()))?;
    Some(SlackTarget { id, kind, name })
}

/// Composes a message. Text written by others is shown literally, without links, mentions or
/// formatting; the only link is ours.
pub fn message(target: &str, title: &str, body: &str, action: &str, link: &str) -> Json {
    let said =
        if body.is_empty() { plain(title) } else { format!("{}\n{}", plain(title), plain(body)) };
    let section = |text: String| {
        json!({
            "type": "section",
            "text": {"type": "mrkdwn", "verbatim": true, "text": text}
        })
    };
    json!({
        "channel": target,
        "text": said,
        "blocks": [section(said.clone()), section(format!("<{}|{}>", link.replace(['<', '>', '|'], ""), plain(action)))],
        "mrkdwn": false,
        "parse": "none",
        "link_names": false,
        "unfurl_links": false,
        "unfurl_media": false,
    })
}

/// Escapes a text so that Slack shows it literally. `&`, `<` and `>` are escaped; a word joiner
/// prevents Slack from making mentions of `@` and links of URLs.
fn plain(text: &str) -> String {
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    escaped.replace('@', "@\u{2060}").replace("://", ":\u{2060}//")
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::{TcpListener, TcpStream},
    };

    use super::*;

    /// Answers every request with the beginning of an answer, and then with `piece` for ever, or
    /// with nothing more where it is empty.
    async fn serve(piece: &'static [u8]) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}/api", listener.local_addr().unwrap());
        let answer = async move |mut socket: TcpStream| -> std::io::Result<()> {
            let mut request = [0; 4096];
            let _ = socket.read(&mut request).await?;
            socket.write_all(b"HTTP/1.1 200 OK\r\n\r\n{\"ok\": true, \"team\": \"").await?;
            while !piece.is_empty() {
                socket.write_all(piece).await?;
                socket.flush().await?;
                tokio::task::yield_now().await;
            }
            std::future::pending().await
        };
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                tokio::spawn(answer(socket));
            }
        });
        base
    }

    #[tokio::test]
    async fn an_answer_without_end_is_not_slacks() {
        let slack = SlackApi::new(&serve(&[b'x'; 65_536]).await, REQUEST_TIMEOUT).unwrap();
        let begun = Instant::now();
        let targets = slack.targets("xoxb", SlackTargetKind::User, "", 10).await.unwrap_err();
        for fault in [slack.workspace("xoxb").await.unwrap_err(), targets] {
            assert_eq!(fault, SlackError::Away("the response is not from Slack".to_owned()));
        }
        assert!(begun.elapsed() < REQUEST_TIMEOUT, "the size ends it, not the time");
    }

    #[tokio::test]
    async fn an_answer_that_does_not_go_on_is_waited_for_only_so_long() {
        let patience = Duration::from_millis(200);
        let slack = SlackApi::new(&serve(b"").await, patience).unwrap();
        let begun = Instant::now();
        let faults = [
            slack.workspace("xoxb").await.unwrap_err(),
            slack.post("xoxb", &json!({})).await.unwrap_err(),
        ];
        for fault in faults {
            assert_eq!(fault, SlackError::Silent("Slack did not answer in time".to_owned()));
        }
        assert!(begun.elapsed() >= 2 * patience && begun.elapsed() < REQUEST_TIMEOUT);
    }

    #[test]
    fn nothing_that_others_wrote_is_more_than_text() {
        let evil = "<!channel> <@U1> @here <https://evil.example|click> https://evil.example & \
            &lt;!here&gt;";
        let message = message("C1", evil, evil, "Open", "https://app.example.com/deals/deal_x");
        let (said, link) = (&message["blocks"][0]["text"], &message["blocks"][1]["text"]);
        assert_eq!(said["verbatim"], true);
        for text in [&said["text"], &message["text"]] {
            let text = text.as_str().unwrap();
            assert!(
                !text.contains(['<', '>']) && !text.contains("@here") && !text.contains("://"),
                "{text}"
            );
            assert!(
                text.contains("&lt;!channel&gt;") && text.contains("&amp;lt;!here&amp;gt;"),
                "{text}"
            );
        }
        assert_eq!(link["text"], "<https://app.example.com/deals/deal_x|Open>");
    }

    #[test]
    fn what_slack_says_is_passing_or_final() {
        let said = |word: &str| SlackError::SlackReply(word.to_owned()).into_attempt();
        for word in
            ["channel_not_found", "invalid_auth", "token_revoked", "is_archived", "something_new"]
        {
            assert!(matches!(said(word), Attempt::Refused { .. }), "{word}");
        }
        for word in TRANSIENT_ERRORS {
            assert!(matches!(said(word), Attempt::Failed { not_before: None, .. }), "{word}");
        }
        let wait = Duration::from_secs(7);
        assert!(matches!(
            SlackError::Throttled(wait).into_attempt(),
            Attempt::Failed { not_before: Some(at), .. } if at == wait
        ));
    }

    #[test]
    fn targets_are_who_can_be_written_to() {
        use SlackTargetKind::{Channel, User};
        let name = |kind, row: Json| target(kind, &row).map(|target| target.name);
        assert_eq!(
            name(Channel, json!({"id": "C1", "name": "partners"})).as_deref(),
            Some("partners")
        );
        assert_eq!(
            name(User, json!({"id": "U1", "name": "ann", "profile": {"real_name": "Ann"}}))
                .as_deref(),
            Some("Ann")
        );
        assert_eq!(
            name(User, json!({"id": "U1", "name": "ann", "profile": {"real_name": ""}})).as_deref(),
            Some("ann")
        );
        for gone in [
            json!({"id": "U1", "name": "x", "deleted": true}),
            json!({"id": "U1", "name": "x", "is_bot": true}),
        ] {
            assert_eq!(name(User, gone), None);
        }
        assert_eq!(name(User, json!({"id": "USLACKBOT", "name": "slackbot"})), None);
    }
}
