//! A client that costs next to nothing, so that the CPU of the machine is left to what is measured:
//! one blocking connection, one request at a time, keep-alive.

use std::{
    io::{Read, Write},
    net::TcpStream,
    time::Duration,
};

use anyhow::{Context, Result, bail};
use serde_json::Value;

/// A connection to the server.
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// An answer whose body lies in the connection's buffer.
pub struct Answer<'a> {
    pub status: u16,
    pub body: &'a [u8],
}

impl Answer<'_> {
    /// The body as JSON; anything but success is an error with what the server said.
    pub fn json(&self) -> Result<Value> {
        if !(200..300).contains(&self.status) {
            bail!("status {}: {}", self.status, String::from_utf8_lossy(self.body));
        }
        serde_json::from_slice(self.body).context("the answer is no JSON")
    }
}

impl Connection {
    /// `address` is `127.0.0.1:NNNN`.
    pub fn open(address: &str) -> Result<Self> {
        let stream =
            TcpStream::connect(address).with_context(|| format!("cannot connect to {address}"))?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(60)))?;
        Ok(Self { stream, buffer: Vec::with_capacity(256 << 10) })
    }

    /// Sends a whole request and reads the whole answer.
    pub fn exchange(&mut self, request: &[u8]) -> Result<Answer<'_>> {
        self.stream.write_all(request)?;
        self.buffer.clear();
        let head = loop {
            self.fill()?;
            if let Some(at) = find(&self.buffer, b"\r\n\r\n") {
                break at + 4;
            }
        };
        let text = std::str::from_utf8(&self.buffer[..head])
            .context("headers that are no text")?
            .to_ascii_lowercase();
        let status =
            text.get(9..12).and_then(|status| status.parse().ok()).context("no status line")?;
        let header =
            |name: &str| text.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
        if header("transfer-encoding:").is_some_and(|value| value.contains("chunked")) {
            let body = self.chunks(head)?;
            return Ok(Answer { status, body: &self.buffer[body..] });
        }
        let length: usize =
            header("content-length:").map_or(Ok(0), str::parse).context("content-length")?;
        while self.buffer.len() < head + length {
            self.fill()?;
        }
        Ok(Answer { status, body: &self.buffer[head..head + length] })
    }

    /// Reads chunks and puts them together behind all that came; answers where.
    fn chunks(&mut self, mut at: usize) -> Result<usize> {
        let mut body = Vec::new();
        loop {
            let line = loop {
                match find(&self.buffer[at..], b"\r\n") {
                    Some(end) => break at + end,
                    None => self.fill()?,
                }
            };
            let size =
                usize::from_str_radix(std::str::from_utf8(&self.buffer[at..line])?.trim(), 16)
                    .context("chunk size")?;
            while self.buffer.len() < line + 2 + size + 2 {
                self.fill()?;
            }
            body.extend_from_slice(&self.buffer[line + 2..line + 2 + size]);
            at = line + 2 + size + 2;
            if size == 0 {
                let start = self.buffer.len();
                self.buffer.append(&mut body);
                return Ok(start);
            }
        }
    }

    fn fill(&mut self) -> Result<()> {
        let mut piece = [0; 64 << 10];
        match self.stream.read(&mut piece)? {
            0 => bail!("the server closed the connection"),
            count => self.buffer.extend_from_slice(&piece[..count]),
        }
        Ok(())
    }
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

/// A request as it goes over the wire.
pub fn request(
    method: &str,
    path: &str,
    token: Option<&str>,
    content_type: &str,
    body: &[u8],
) -> Vec<u8> {
    let mut out = format!("{method} {path} HTTP/1.1\r\nhost: bench.invalid\r\n");
    if let Some(token) = token {
        out += &format!("authorization: Bearer {token}\r\n");
    }
    if method != "GET" {
        out += &format!("content-type: {content_type}\r\ncontent-length: {}\r\n", body.len());
    }
    if method == "PUT" {
        // Whatever is there is replaced.
        out += "if-match: *\r\n";
    }
    out += "\r\n";
    let mut out = out.into_bytes();
    out.extend_from_slice(body);
    out
}

/// One JSON request on a connection of its own.
pub fn call(
    address: &str,
    method: &str,
    path: &str,
    token: Option<&str>,
    body: &Value,
) -> Result<Value> {
    let content_type =
        if method == "PATCH" { "application/merge-patch+json" } else { "application/json" };
    let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
    let request = request(method, path, token, content_type, &body);
    Connection::open(address)?
        .exchange(&request)?
        .json()
        .with_context(|| format!("{method} {path}"))
}
