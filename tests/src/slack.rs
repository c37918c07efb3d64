//! A Slack for the tests: a real server on loopback that knows a few methods, and fails as it is
//! told to for one token.

use std::{
    collections::HashMap,
    sync::{Mutex, OnceLock, mpsc},
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

/// Longer than any message of a test takes on a busy machine.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(120);

/// What Slack makes of calls with one token.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum SlackMode {
    #[default]
    Fine,
    /// `ok: false` with this word.
    Says(&'static str),
    /// 429 with `Retry-After: 120`.
    Throttles,
    /// 500.
    Breaks,
}

/// Slack, as it is seen from here.
pub struct SlackStandIn {
    /// `http://127.0.0.1:NNNN/api`
    pub url: String,
    modes: Mutex<HashMap<String, SlackMode>>,
    calls: Mutex<Vec<(String, String)>>,
    posted: Mutex<Vec<(String, Value)>>,
}

/// Starts it at the first call. Tokens that begin with `xoxb-` are good; the name of their
/// workspace is what follows.
pub fn slack_stand_in() -> &'static SlackStandIn {
    static SLACK: OnceLock<SlackStandIn> = OnceLock::new();
    SLACK.get_or_init(|| {
        let (ready, started) = mpsc::channel();
        std::thread::spawn(move || {
            let runtime =
                tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
                ready.send(format!("http://{}/api", listener.local_addr().unwrap())).ok();
                while let Ok((stream, _)) = listener.accept().await {
                    tokio::spawn(async { drop(serve(stream).await) });
                }
            });
        });
        SlackStandIn {
            url: started.recv().expect("Slack starts"),
            modes: Mutex::default(),
            calls: Mutex::default(),
            posted: Mutex::default(),
        }
    })
}

impl SlackStandIn {
    /// What becomes of calls with this token from now on.
    pub fn set(&self, token: &str, mode: SlackMode) {
        self.modes.lock().unwrap().insert(token.to_owned(), mode);
    }

    /// How often a method was called with this token, whatever came of it.
    pub fn calls(&self, token: &str, method: &str) -> usize {
        self.calls
            .lock()
            .unwrap()
            .iter()
            .filter(|(by, called)| by == token && called == method)
            .count()
    }

    /// Every message that was posted with this token.
    pub fn posted(&self, token: &str) -> Vec<Value> {
        self.posted
            .lock()
            .unwrap()
            .iter()
            .filter(|(by, _)| by == token)
            .map(|(_, message)| message.clone())
            .collect()
    }

    /// Waits for so many messages with this token.
    pub async fn wait(&self, token: &str, count: usize) -> Vec<Value> {
        let since = Instant::now();
        loop {
            let posted = self.posted(token);
            if posted.len() >= count {
                return posted;
            }
            assert!(
                since.elapsed() < REQUEST_TIMEOUT,
                "{} of {count} messages came: {posted:#?}",
                posted.len()
            );
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
    }

    fn answer(
        &self,
        token: &str,
        method: &str,
        query: &HashMap<String, String>,
        body: Value,
    ) -> (u16, Value) {
        self.calls.lock().unwrap().push((token.to_owned(), method.to_owned()));
        match self.modes.lock().unwrap().get(token).cloned().unwrap_or_default() {
            SlackMode::Says(word) => return (200, json!({"ok": false, "error": word})),
            SlackMode::Throttles => return (429, json!({"ok": false, "error": "ratelimited"})),
            SlackMode::Breaks => return (500, json!("broken")),
            SlackMode::Fine => {}
        }
        let Some(workspace) = token.strip_prefix("xoxb-") else {
            return (200, json!({"ok": false, "error": "invalid_auth"}));
        };
        let answer = match method {
            "auth.test" => json!({"ok": true, "team": workspace, "team_id": "T1"}),
            "chat.postMessage" if body["channel"] == "CGONE" => {
                json!({"ok": false, "error": "channel_not_found"})
            }
            "chat.postMessage" => {
                self.posted.lock().unwrap().push((token.to_owned(), body));
                json!({"ok": true, "ts": "1.2"})
            }
            "conversations.list" => page("channels", channels(), query),
            "users.list" => page("members", users(), query),
            _ => json!({"ok": false, "error": "unknown_method"}),
        };
        (200, answer)
    }
}

fn channels() -> Vec<Value> {
    (1..=5)
        .map(|n| {
            json!({
                "id": format!("C{n}"),
                "name": format!("channel-{n}"),
                "is_archived": false
            })
        })
        .collect()
}

fn users() -> Vec<Value> {
    vec![
        json!({
            "id": "U1",
            "name": "ann",
            "deleted": false,
            "is_bot": false,
            "profile": {"real_name": "Ann Miller"}
        }),
        json!({
            "id": "U2",
            "name": "bot",
            "deleted": false,
            "is_bot": true,
            "profile": {"real_name": "Bot"}
        }),
        json!({
            "id": "U3",
            "name": "ben",
            "deleted": true,
            "is_bot": false,
            "profile": {"real_name": "Ben"}
        }),
        json!({
            "id": "U4",
            "name": "cleo",
            "deleted": false,
            "is_bot": false,
            "profile": {"real_name": ""}
        }),
    ]
}

/// Slack's cursors: here the number of the next row.
fn page(list: &str, rows: Vec<Value>, query: &HashMap<String, String>) -> Value {
    let number = |name: &str, otherwise: usize| {
        query.get(name).map_or(Some(otherwise), |text| text.parse().ok())
    };
    let (Some(from), Some(limit)) = (number("cursor", 0), number("limit", 100)) else {
        return json!({"ok": false, "error": "invalid_cursor"});
    };
    let next = if from + limit < rows.len() { (from + limit).to_string() } else { String::new() };
    let part: Vec<Value> = rows.into_iter().skip(from).take(limit).collect();
    json!({"ok": true, list: part, "response_metadata": {"next_cursor": next}})
}

/// One request a connection.
async fn serve(stream: TcpStream) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    let mut first = String::new();
    stream.read_line(&mut first).await?;
    let target = first.split(' ').nth(1).unwrap_or_default().to_owned();
    let (mut token, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        match name.to_ascii_lowercase().as_str() {
            "authorization" => token = value.trim().trim_start_matches("Bearer ").to_owned(),
            "content-length" => length = value.trim().parse().unwrap_or_default(),
            _ => {}
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await?;
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    let query = query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(k, v)| (k.to_owned(), v.to_owned()))
        .collect();
    let method = path.trim_start_matches("/api/");
    let body = serde_json::from_slice(&body).unwrap_or(Value::Null);
    let (status, answer) = slack_stand_in().answer(&token, method, &query, body);
    let answer = answer.to_string();
    let wait = if status == 429 { "retry-after: 120\r\n" } else { "" };
    let head = format!(
        "HTTP/1.1 {status} x\r\ncontent-type: application/json\r\ncontent-length: \
            {}\r\n{wait}connection: close\r\n\r\n",
        answer.len()
    );
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(answer.as_bytes()).await?;
    stream.shutdown().await
}
