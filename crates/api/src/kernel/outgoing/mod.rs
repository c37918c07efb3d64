//! Requests to addresses that a user can enter: the one client for them, and its guard.
//!
//! The guard works where connections are made: a name is resolved once, every address of it is
//! checked, and the connection goes to one of these addresses. A name that resolves differently
//! between check and connection gains nothing, and neither does a redirect, because each redirect
//! is a request of its own.
//!
//! Architecture Invariant: nothing else in this server sends a request to an address that came from
//! a user.

mod addresses;
pub mod slack;
#[cfg(test)]
mod tests;

use std::{
    collections::HashMap,
    error::Error as _,
    fmt,
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use domain::{Code, Error};
use reqwest::{
    Client, ClientBuilder, Response, Url,
    dns::{Addrs, Name, Resolve, Resolving},
    header::{ACCEPT, ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE, LOCATION},
    redirect,
};

pub use addresses::is_public;

/// The User-Agent of requests.
const USER_AGENT: &str = concat!("partneros/", env!("CARGO_PKG_VERSION"));
/// The time limit of a connection, short enough that another attempt is possible.
const CONNECT: Duration = Duration::from_millis(2_500);

/// The limits of one request, including its redirects.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    pub time: Duration,
    /// The size of the body as it is sent.
    pub bytes: usize,
    pub redirects: usize,
}

/// The addresses to which requests may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddressPolicy {
    /// Public addresses, at the ports of the web.
    Public,
    /// Any address and port, with credentials in the URL: for URLs that only the operator can
    /// configure, or with `PARTNEROS_ALLOW_PRIVATE_URLS`.
    Anywhere,
}

/// A client without cookies, proxy or decompression. Cheap to clone.
#[derive(Clone)]
pub struct Outgoing {
    http: Client,
    reach: AddressPolicy,
}

/// A complete response.
#[derive(Debug)]
pub struct FetchedPage {
    /// The URL after redirects.
    pub url: Url,
    /// The `Content-Type`, in lower case.
    pub content_type: Option<String>,
    pub body: Vec<u8>,
}

impl FetchedPage {
    /// The media type without its parameters.
    pub fn media_type(&self) -> Option<&str> {
        self.content_type.as_deref().and_then(|kind| kind.split(';').next()).map(str::trim)
    }
}

/// Why there is no response, as a phrase for users that follows "`acme.com` ".
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RequestError {
    /// The guard refuses the address.
    NotAllowed(String),
    /// No connection could be made.
    Unreachable(String),
    /// The response cannot be used.
    Failed(String),
}

impl RequestError {
    /// The problem `url_not_allowed` or `fetch_failed`. `what` names the server.
    pub fn of(self, what: impl fmt::Display) -> Error {
        match self {
            Self::NotAllowed(why) => Error::new(Code::UrlNotAllowed, format!("{what} {why}.")),
            Self::Unreachable(why) | Self::Failed(why) => {
                Error::new(Code::FetchFailed, format!("{what} {why}."))
            }
        }
    }
}

impl Outgoing {
    /// Creates a client. `hosts` are names with a configured address, for them and all names below
    /// them; the guard lets them pass.
    ///
    /// # Errors
    /// The client cannot be created.
    pub fn new(reach: AddressPolicy, hosts: &HashMap<String, SocketAddr>) -> anyhow::Result<Self> {
        Self::with_names(reach, hosts, Arc::new(System))
    }

    fn with_names(
        reach: AddressPolicy,
        hosts: &HashMap<String, SocketAddr>,
        others: Arc<dyn Resolve>,
    ) -> anyhow::Result<Self> {
        let names = Arc::new(Names { reach, hosts: hosts.clone(), others });
        let http = match builder(Arc::clone(&names)).build() {
            Ok(http) => http,
            Err(error) => {
                tracing::warn!(%error, "no certificates of authorities are installed: outgoing \
                                        requests cannot use https");
                builder(names).tls_certs_only([]).build()?
            }
        };
        Ok(Self { http, reach })
    }

    /// Requests `url` with GET, follows up to `Limits::redirects` redirects, and returns the
    /// complete response. `accept` is the Accept header.
    ///
    /// # Errors
    /// [`RequestError`].
    pub async fn get(
        &self,
        url: Url,
        accept: &str,
        limits: Limits,
    ) -> Result<FetchedPage, RequestError> {
        let answer = tokio::time::timeout(limits.time, self.follow(url, accept, limits)).await;
        answer.unwrap_or_else(|_| {
            Err(RequestError::Failed(format!(
                "did not respond within {} seconds",
                limits.time.as_secs()
            )))
        })
    }

    async fn follow(
        &self,
        mut url: Url,
        accept: &str,
        limits: Limits,
    ) -> Result<FetchedPage, RequestError> {
        for hop in 0..=limits.redirects {
            let leads = |trouble| if hop == 0 { trouble } else { led_astray(&url, trouble) };
            self.check(&url).map_err(leads)?;
            let request = self
                .http
                .get(url.clone())
                .header(ACCEPT, accept)
                .header(ACCEPT_ENCODING, "identity");
            let response = request.send().await.map_err(trouble).map_err(leads)?;
            match redirection(&url, &response)? {
                Some(next) => url = next,
                None => return read(url, response, limits.bytes).await,
            }
        }
        Err(RequestError::Failed(format!("redirects more than {} times", limits.redirects)))
    }

    /// Checks a URL as far as possible before its name is resolved.
    ///
    /// # Errors
    /// [`RequestError::NotAllowed`].
    pub fn check(&self, url: &Url) -> Result<(), RequestError> {
        let refuse = |why: &str| Err(RequestError::NotAllowed(why.to_owned()));
        if !matches!(url.scheme(), "http" | "https") {
            return refuse("is neither http nor https");
        }
        if self.reach == AddressPolicy::Anywhere {
            return Ok(());
        }
        if !url.username().is_empty() || url.password().is_some() {
            return refuse("contains a user name or password");
        }
        if !matches!(url.port(), None | Some(80 | 443)) {
            return refuse("has a port other than 80 and 443");
        }
        // Literal addresses are connected to without resolving a name.
        let host = url.host_str().unwrap_or_default();
        match host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>() {
            Ok(address) if !is_public(address) => refuse(NOT_PUBLIC),
            _ => Ok(()),
        }
    }
}

fn builder(names: Arc<Names>) -> ClientBuilder {
    Client::builder()
        .user_agent(USER_AGENT)
        .connect_timeout(CONNECT)
        .redirect(redirect::Policy::none())
        .dns_resolver(names)
        // With a proxy, the proxy would resolve the names.
        .no_proxy()
        .http1_only()
        // A small response must not become a huge one here.
        .no_gzip()
        .no_brotli()
        .no_zstd()
        .no_deflate()
        .pool_max_idle_per_host(0)
}

const NOT_PUBLIC: &str = "has no public address";

/// A name has an address that is not public.
#[derive(Debug, thiserror::Error)]
#[error("{NOT_PUBLIC}")]
struct NotPublic;

/// Resolves names, once for each connection, and only to allowed addresses.
struct Names {
    reach: AddressPolicy,
    hosts: HashMap<String, SocketAddr>,
    others: Arc<dyn Resolve>,
}

impl Names {
    /// The configured address of a name, or of a name above it.
    fn fixed(&self, name: &str) -> Option<SocketAddr> {
        let below = name.match_indices('.').map(|(dot, _)| &name[dot + 1..]);
        std::iter::once(name).chain(below).find_map(|name| self.hosts.get(name)).copied()
    }
}

impl Resolve for Names {
    fn resolve(&self, name: Name) -> Resolving {
        if let Some(address) = self.fixed(name.as_str()) {
            return Box::pin(async move { Ok(Box::new(std::iter::once(address)) as Addrs) });
        }
        let (found, reach) = (self.others.resolve(name), self.reach);
        Box::pin(async move {
            let found: Vec<SocketAddr> = found.await?.collect();
            // All or nothing, because there is no good reason for a name to have public and private
            // addresses.
            if reach == AddressPolicy::Anywhere
                || found.iter().all(|address| is_public(address.ip()))
            {
                Ok(Box::new(found.into_iter()) as Addrs)
            } else {
                Err(NotPublic.into())
            }
        })
    }
}

/// Resolves names with the system's resolver.
struct System;

impl Resolve for System {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            // Port 0 is replaced by that of the scheme.
            let found: Vec<SocketAddr> =
                tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

/// The error without details of this deployment.
fn trouble(error: reqwest::Error) -> RequestError {
    let mut cause = error.source();
    while let Some(inner) = cause {
        if inner.is::<NotPublic>() {
            return RequestError::NotAllowed(NOT_PUBLIC.to_owned());
        }
        cause = inner.source();
    }
    let error = error.without_url();
    tracing::debug!(?error, "an outgoing request failed");
    match () {
        () if error.is_dns() => RequestError::Unreachable("has no address".to_owned()),
        () if error.is_connect() => RequestError::Unreachable("cannot be reached".to_owned()),
        () if error.is_timeout() => RequestError::Failed("did not respond in time".to_owned()),
        () => RequestError::Failed("closed the connection before the end".to_owned()),
    }
}

/// The error of a redirect target, as an error of the first URL.
fn led_astray(url: &Url, trouble: RequestError) -> RequestError {
    let at = |why| format!("redirects to `{}`, which {why}", url.host_str().unwrap_or_default());
    match trouble {
        RequestError::NotAllowed(why) => RequestError::NotAllowed(at(why)),
        RequestError::Unreachable(why) | RequestError::Failed(why) => RequestError::Failed(at(why)),
    }
}

/// The target of a redirect.
fn redirection(from: &Url, response: &Response) -> Result<Option<Url>, RequestError> {
    if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let to =
        response.headers().get(LOCATION).and_then(|to| std::str::from_utf8(to.as_bytes()).ok());
    let to = to.and_then(|to| from.join(to).ok());
    to.map(Some).ok_or_else(|| RequestError::Failed("redirects without a valid target".to_owned()))
}

/// Reads the body within the size limit.
async fn read(url: Url, response: Response, most: usize) -> Result<FetchedPage, RequestError> {
    if !response.status().is_success() {
        return Err(RequestError::Failed(format!(
            "responded with the status {}",
            response.status().as_u16()
        )));
    }
    let header = |name| {
        response
            .headers()
            .get(name)
            .and_then(|value| value.to_str().ok())
            .map(str::to_ascii_lowercase)
    };
    if header(CONTENT_ENCODING).is_some_and(|encoding| encoding.trim() != "identity") {
        return Err(RequestError::Failed(
            "responded with a compressed body, which was not requested".to_owned(),
        ));
    }
    let content_type = header(CONTENT_TYPE);
    let too_large =
        || RequestError::Failed(format!("responded with more than {} KiB", most / 1024));
    if response.content_length().is_some_and(|length| length > most as u64) {
        return Err(too_large());
    }
    let body = read_whole(response, most).await.map_err(trouble)?.ok_or_else(too_large)?;
    Ok(FetchedPage { url, content_type, body })
}

/// Reads the body of a response, with or without a length; `None` if it has more than `most` bytes.
/// All responses from outside are read with this function.
pub async fn read_whole(
    mut response: Response,
    most: usize,
) -> Result<Option<Vec<u8>>, reqwest::Error> {
    let mut body = Vec::new();
    while let Some(piece) = response.chunk().await? {
        if body.len() + piece.len() > most {
            return Ok(None);
        }
        body.extend_from_slice(&piece);
    }
    Ok(Some(body))
}
