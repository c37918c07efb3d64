//! A stand-in for an OpenAI-compatible server, on a real socket of this machine. It answers as it
//! is told, also badly. Used here and, as a file, by the tests of the crate `scoring`: it needs
//! nothing but `std` and `serde_json`.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
};

use serde_json::{Value as Json, json};

/// What the server was asked.
#[derive(Debug, Clone)]
pub struct Asked {
    /// `POST /v1/chat/completions`.
    pub line: String,
    /// Lines of the head, `name: value`, names in lower case.
    pub headers: Vec<String>,
    pub body: Json,
}

impl Asked {
    /// The message of the user: facts between `<data>` and `</data>`.
    pub fn data(&self) -> Json {
        let text = self.body["messages"][1]["content"].as_str().unwrap_or_default();
        let inner = text.trim_start_matches("<data>").trim_end_matches("</data>");
        serde_json::from_str(inner).unwrap_or_default()
    }
}

/// How the server answers.
#[derive(Debug, Clone)]
pub enum Reply {
    /// Status, further headers, body.
    Whole(u16, Vec<(&'static str, String)>, String),
    /// The connection stays open, and nothing comes until the client gives up.
    Hang,
    /// The connection is closed in the middle of the answer.
    Close,
}

impl Reply {
    /// A completion whose message is this text.
    pub fn text(content: &str) -> Self {
        Self::completion(json!({"role": "assistant", "content": content, "refusal": null}), "stop")
    }

    /// A completion whose message is this JSON.
    pub fn json(content: Json) -> Self {
        Self::text(&content.to_string())
    }

    /// A good answer: adjustments as `(dimension, effect, field, reason)`.
    pub fn judgement(
        adjustments: &[(&str, i64, &str, &str)],
        strengths: &[&str],
        summary: &str,
    ) -> Self {
        let adjustments: Vec<Json> = adjustments
            .iter()
            .map(|(dimension, effect, field, reason)| {
                json!({"dimension": dimension, "effect": effect, "field": field, "reason": reason})
            })
            .collect();
        Self::json(
            json!({"adjustments": adjustments, "key_strengths": strengths, "summary": summary}),
        )
    }

    /// A completion; it costs 1,000 and 100 tokens.
    pub fn completion(message: Json, finish_reason: &str) -> Self {
        let body = json!({
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 1_764_000_000,
            "model": "stand-in",
            "choices": [
                {"index": 0, "message": message, "logprobs": null, "finish_reason": finish_reason}
            ],
            "usage": {"prompt_tokens": 1_000, "completion_tokens": 100, "total_tokens": 1_100}
        });
        Self::Whole(200, Vec::new(), body.to_string())
    }

    /// An error as OpenAI words it.
    pub fn error(status: u16, message: &str) -> Self {
        let body =
            json!({"error": {"message": message, "type": "error", "param": null, "code": null}});
        Self::Whole(status, Vec::new(), body.to_string())
    }

    /// The same answer with one more header.
    #[must_use]
    pub fn header(self, name: &'static str, value: &str) -> Self {
        match self {
            Self::Whole(status, mut headers, body) => {
                headers.push((name, value.to_owned()));
                Self::Whole(status, headers, body)
            }
            other => other,
        }
    }
}

/// The server. It answers until the process ends.
pub struct Openai {
    /// `http://127.0.0.1:NNNN/v1`.
    pub base_url: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Openai {
    /// Starts one that answers as the function says.
    pub fn start(answer: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let base_url = format!("http://{}/v1", listener.local_addr().expect("an address"));
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (log, answer) = (Arc::clone(&asked), Arc::new(answer));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (log, answer) = (Arc::clone(&log), Arc::clone(&answer));
                // Whatever breaks is the client's affair.
                std::thread::spawn(move || serve(stream, &log, &*answer).ok());
            }
        });
        Self { base_url, asked }
    }

    /// Starts one that gives these answers in turn, and the last one for ever.
    pub fn script(replies: impl IntoIterator<Item = Reply>) -> Self {
        let replies: Vec<Reply> = replies.into_iter().collect();
        let next = Mutex::new(0);
        Self::start(move |_| {
            let mut next = next.lock().expect("nobody panics");
            let reply = replies[(*next).min(replies.len() - 1)].clone();
            *next += 1;
            reply
        })
    }

    /// All that it was asked, in order.
    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().expect("nobody panics").clone()
    }
}

fn serve(
    mut stream: TcpStream,
    log: &Mutex<Vec<Asked>>,
    answer: &dyn Fn(&Asked) -> Reply,
) -> std::io::Result<()> {
    let asked = read(&mut stream)?;
    log.lock().expect("nobody panics").push(asked.clone());
    match answer(&asked) {
        Reply::Whole(status, headers, body) => {
            let more: String =
                headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
            let length = body.len();
            write!(
                stream,
                "HTTP/1.1 {status} Told\r\ncontent-type: application/json\r\ncontent-length: \
                    {length}\r\n{more}connection: close\r\n\r\n{body}"
            )
        }
        Reply::Hang => stream.read(&mut [0]).map(drop),
        Reply::Close => {
            write!(stream, "HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{{\"choices\": [")
        }
    }
}

fn read(stream: &mut TcpStream) -> std::io::Result<Asked> {
    let mut reader = BufReader::new(stream);
    let mut head = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        match line.trim_end() {
            "" => break,
            line => head.push(line.to_owned()),
        }
    }
    let line = head.first().cloned().unwrap_or_default().replace(" HTTP/1.1", "");
    let headers: Vec<String> = head
        .iter()
        .skip(1)
        .map(|line| {
            line.split_once(':')
                .map_or(line.clone(), |(name, value)| format!("{}:{value}", name.to_lowercase()))
        })
        .collect();
    let length = headers
        .iter()
        .find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok())
        .unwrap_or(0);
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    Ok(Asked { line, headers, body: serde_json::from_slice(&body).unwrap_or_default() })
}
