//! Websites and a source of company data on loopback, for enrichment. A site's domain is under
//! `site.test`, which the server under test finds here.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Arc, LazyLock, Mutex, OnceLock, mpsc},
};

use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::Semaphore,
};

use crate::unique;

/// The template of the address of company data.
pub const COMPANY_DATA_URL: &str = "http://company-data.test/companies/{domain}?key=secret";

/// How a path is answered.
#[derive(Clone)]
pub enum Reply {
    /// Status, media type, body.
    Whole(u16, &'static str, Vec<u8>),
    /// To this address.
    Redirect(String),
    /// A body that never ends.
    Endless,
    /// Nothing, ever.
    Hang,
    /// Once there is a permit, this page.
    Held(Arc<Semaphore>, Vec<u8>),
}

/// What is answered, and what was asked, by host and path.
#[derive(Default)]
struct World {
    replies: HashMap<String, Reply>,
    asked: HashMap<String, usize>,
}

static WORLD: LazyLock<Mutex<World>> = LazyLock::new(Mutex::default);

/// A website.
pub struct Site {
    pub domain: String,
}

impl Site {
    /// A website that answers 404 so far, of a company of which nothing is known.
    #[expect(clippy::new_without_default, reason = "every one is another")]
    pub fn new() -> Self {
        Self { domain: format!("{}.site.test", unique("acme")) }
    }

    /// A website with this first page.
    pub fn with(html: &str) -> Self {
        let site = Self::new();
        site.page("/", html);
        site
    }

    pub fn page(&self, path: &str, html: &str) {
        self.reply(path, Reply::Whole(200, "text/html; charset=utf-8", html.as_bytes().to_vec()));
    }

    pub fn reply(&self, path: &str, reply: Reply) {
        WORLD.lock().unwrap().replies.insert(format!("{}{path}", self.domain), reply);
    }

    /// What the source of company data knows.
    pub fn company(&self, facts: &Value) {
        self.company_reply(Reply::Whole(200, "application/json", facts.to_string().into_bytes()));
    }

    pub fn company_reply(&self, reply: Reply) {
        WORLD.lock().unwrap().replies.insert(self.company_path(), reply);
    }

    fn company_path(&self) -> String {
        COMPANY_DATA_URL.trim_start_matches("http://").replace("{domain}", &self.domain)
    }

    /// How often a path was asked for.
    pub fn asked(&self, path: &str) -> usize {
        WORLD.lock().unwrap().asked.get(&format!("{}{path}", self.domain)).copied().unwrap_or(0)
    }

    /// How often the source of company data was asked about it.
    pub fn asked_company(&self) -> usize {
        WORLD.lock().unwrap().asked.get(&self.company_path()).copied().unwrap_or(0)
    }
}

/// Where they all are.
pub(crate) fn address() -> SocketAddr {
    static ADDRESS: OnceLock<SocketAddr> = OnceLock::new();
    *ADDRESS.get_or_init(|| {
        let (ready, started) = mpsc::channel();
        std::thread::spawn(move || {
            let runtime =
                tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
                ready.send(listener.local_addr().unwrap()).ok();
                while let Ok((socket, _)) = listener.accept().await {
                    tokio::spawn(async move { attend(socket).await.ok() });
                }
            });
        });
        started.recv().expect("the websites start")
    })
}

async fn attend(mut socket: TcpStream) -> std::io::Result<()> {
    let mut head = Vec::new();
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        let mut piece = [0; 4_096];
        let read = socket.read(&mut piece).await?;
        // Whoever tries TLS learns at once that nobody speaks it.
        if read == 0 || head.is_empty() && piece[0] == 0x16 || head.len() > 65_536 {
            return Ok(());
        }
        head.extend_from_slice(&piece[..read]);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let path = head.split(' ').nth(1).unwrap_or_default();
    let host = head
        .lines()
        .find_map(|line| line.to_ascii_lowercase().strip_prefix("host: ").map(str::to_owned))
        .unwrap_or_default();
    let key = format!("{host}{path}");
    let reply = {
        let mut world = WORLD.lock().unwrap();
        *world.asked.entry(key.clone()).or_default() += 1;
        world.replies.get(&key).cloned()
    };
    let unknown = match host.as_str() {
        "company-data.test" => Reply::Whole(200, "application/json", b"{}".to_vec()),
        _ => Reply::Whole(404, "text/plain", Vec::new()),
    };
    match reply.unwrap_or(unknown) {
        Reply::Whole(status, kind, body) => whole(&mut socket, status, kind, &body).await,
        Reply::Redirect(to) => {
            let head = format!(
                "HTTP/1.1 301 Moved\r\nLocation: {to}\r\nContent-Length: 0\r\nConnection: \
                    close\r\n\r\n"
            );
            socket.write_all(head.as_bytes()).await
        }
        Reply::Endless => {
            socket.write_all(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n").await?;
            loop {
                socket.write_all(&[b' '; 16_384]).await?;
            }
        }
        Reply::Hang => std::future::pending().await,
        Reply::Held(gate, body) => {
            gate.acquire().await.expect("never closed").forget();
            whole(&mut socket, 200, "text/html", &body).await
        }
    }
}

async fn whole(
    socket: &mut TcpStream,
    status: u16,
    kind: &str,
    body: &[u8],
) -> std::io::Result<()> {
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\nConnection: \
            close\r\n\r\n"
    );
    socket.write_all(head.as_bytes()).await?;
    socket.write_all(body).await
}
