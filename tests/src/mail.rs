//! A mail server for the tests: a real one on loopback that takes everything, or fails as it is
//! told to for one recipient.

use std::{
    collections::HashMap,
    sync::{Mutex, OnceLock, mpsc},
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

/// Longer than any mail of a test takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);

/// What the server makes of mails to one recipient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MailMode {
    #[default]
    Accept,
    /// 550 to the recipient.
    Refuse,
    /// 451 to the recipient.
    TryLater,
    /// Never answers the recipient.
    Hang,
    /// Takes the whole message, keeps it, and breaks the connection without a word.
    VanishAfterData,
}

/// A mail that was taken.
#[derive(Debug, Clone)]
pub struct ReceivedMail {
    pub to: String,
    /// As it came, with its lines joined and its transfer encodings undone.
    pub text: String,
    /// The header, unfolded.
    pub head: String,
}

impl ReceivedMail {
    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines();
        lines.find_map(|line| {
            line.split_once(": ")
                .filter(|(known, _)| known.eq_ignore_ascii_case(name))
                .map(|(_, value)| value)
        })
    }
    /// The first word of the text that begins with this.
    pub fn link(&self, start: &str) -> Option<&str> {
        let from = self.text.find(start)?;
        self.text[from..].split(|c: char| c.is_whitespace() || "\"<>".contains(c)).next()
    }
}

/// The one server of this process.
pub struct MailSink {
    /// `smtp://127.0.0.1:NNNN`
    pub url: String,
    modes: Mutex<HashMap<String, MailMode>>,
    /// How often somebody tried each recipient.
    attempts: Mutex<HashMap<String, usize>>,
    received: Mutex<Vec<ReceivedMail>>,
}

/// Starts it at the first call.
pub fn mail_sink() -> &'static MailSink {
    static SINK: OnceLock<MailSink> = OnceLock::new();
    SINK.get_or_init(|| {
        let (ready, started) = mpsc::channel();
        std::thread::spawn(move || {
            let runtime =
                tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
                ready.send(format!("smtp://{}", listener.local_addr().unwrap())).ok();
                while let Ok((stream, _)) = listener.accept().await {
                    tokio::spawn(async { drop(serve(stream).await) });
                }
            });
        });
        MailSink {
            url: started.recv().expect("the mail server starts"),
            modes: Mutex::default(),
            attempts: Mutex::default(),
            received: Mutex::default(),
        }
    })
}

impl MailSink {
    /// What becomes of mails to this recipient from now on.
    pub fn set(&self, to: &str, mode: MailMode) {
        self.modes.lock().unwrap().insert(to.to_owned(), mode);
    }

    /// How often this recipient was tried.
    pub fn attempts(&self, to: &str) -> usize {
        self.attempts.lock().unwrap().get(to).copied().unwrap_or_default()
    }

    /// Every mail to this recipient so far.
    pub fn received(&self, to: &str) -> Vec<ReceivedMail> {
        self.received.lock().unwrap().iter().filter(|mail| mail.to == to).cloned().collect()
    }

    /// Waits for a mail to this recipient in which this text stands.
    pub async fn wait(&self, to: &str, text: &str) -> ReceivedMail {
        let since = Instant::now();
        loop {
            if let Some(mail) = self
                .received(to)
                .into_iter()
                .find(|mail| mail.text.contains(text) || mail.head.contains(text))
            {
                return mail;
            }
            assert!(
                since.elapsed() < PATIENCE,
                "no mail to {to} with {text:?}: {:#?}",
                self.received(to)
            );
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
    }

    fn mode(&self, to: &str) -> MailMode {
        *self.attempts.lock().unwrap().entry(to.to_owned()).or_default() += 1;
        self.modes.lock().unwrap().get(to).copied().unwrap_or_default()
    }
}

async fn serve(stream: TcpStream) -> std::io::Result<()> {
    let sink = mail_sink();
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    let mut to = String::new();
    let mut mode = MailMode::Accept;
    write.write_all(b"220 sink.example.com ESMTP\r\n").await?;
    while let Some(line) = lines.next_line().await? {
        let word = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
        let answer = match word.as_str() {
            "EHLO" | "HELO" => "250-sink.example.com\r\n250 8BITMIME\r\n",
            "RCPT" => {
                to = line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
                mode = sink.mode(&to);
                match mode {
                    MailMode::Refuse => "550 5.1.1 no such user here\r\n",
                    MailMode::TryLater => "451 4.3.0 try again later\r\n",
                    MailMode::Hang => std::future::pending().await,
                    MailMode::Accept | MailMode::VanishAfterData => "250 2.1.5 fine\r\n",
                }
            }
            "DATA" => {
                write.write_all(b"354 go on\r\n").await?;
                let mut message = String::new();
                while let Some(line) = lines.next_line().await?.filter(|line| line != ".") {
                    message.push_str(line.strip_prefix('.').unwrap_or(&line));
                    message.push('\n');
                }
                sink.received.lock().unwrap().push(received(&to, &message));
                if mode == MailMode::VanishAfterData {
                    return Ok(());
                }
                "250 2.0.0 taken\r\n"
            }
            "QUIT" => {
                write.write_all(b"221 bye\r\n").await?;
                return Ok(());
            }
            _ => "250 2.0.0 fine\r\n",
        };
        write.write_all(answer.as_bytes()).await?;
    }
    Ok(())
}

fn received(to: &str, message: &str) -> ReceivedMail {
    let (head, _) = message.split_once("\n\n").unwrap_or((message, ""));
    let head = head.replace("\n ", " ").replace("\n\t", " ");
    ReceivedMail { to: to.to_owned(), text: readable(message), head }
}

/// The parts of a message as text: quoted-printable and base64 undone.
fn readable(message: &str) -> String {
    let mut out = String::new();
    for part in message.split("\n--") {
        let (head, body) = part.split_once("\n\n").unwrap_or(("", part));
        let body = if head.to_lowercase().contains("quoted-printable") {
            unquoted(body)
        } else if head.to_lowercase().contains("transfer-encoding: base64") {
            let joined: String = body.split_whitespace().collect();
            let bytes = base64::Engine::decode(&base64::prelude::BASE64_STANDARD, joined)
                .unwrap_or_default();
            String::from_utf8_lossy(&bytes).into_owned()
        } else {
            body.to_owned()
        };
        out.push_str(&body);
        out.push('\n');
    }
    out
}

fn unquoted(text: &str) -> String {
    let joined = text.replace("=\n", "");
    let mut bytes = Vec::new();
    let mut rest = joined.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let code = (*first == b'=')
            .then(|| after.get(..2))
            .flatten()
            .and_then(|hex| std::str::from_utf8(hex).ok());
        match code.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
