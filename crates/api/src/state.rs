//! What every request may use. Made once, shared by all workers.

use std::{net::IpAddr, sync::Arc};

use domain::{body::Schemas, secrets::KeyEnvironment};
use ipnet::IpNet;
use persistence::Store;
use scoring::model::Model;

use crate::{
    auth::Authenticator, files::Files, limits::Limits, openapi::Policy, server_key::ServerKey,
    slack::SlackApi, tokens::Tokens,
};

/// The shared state.
pub struct State {
    pub store: Store,
    pub authenticator: Authenticator,
    pub tokens: Arc<Tokens>,
    pub limits: Limits,
    /// What each operation demands, out of the document.
    pub policy: Policy,
    /// What bodies are checked against, out of the document.
    pub schemas: Schemas,
    pub files: Files,
    pub server_key: ServerKey,
    pub slack: SlackApi,
    pub addresses: Addresses,
    /// The language model, when one is configured.
    pub model: Option<Arc<Model>>,
}

/// Addresses of this deployment.
pub struct Addresses {
    /// What clients see, without a slash at the end.
    pub public_url: String,
    /// The web application, for links.
    pub app_url: String,
    /// Origins of web pages that may call the API with credentials.
    pub origins: Vec<String>,
    pub trusted_proxies: Vec<IpNet>,
}

impl Addresses {
    /// Whether a page of this origin may use the cookie of the refresh token.
    pub fn knows_origin(&self, origin: &str) -> bool {
        let ours = [&self.public_url, &self.app_url].into_iter().map(|url| origin_of(url));
        ours.chain(self.origins.iter().map(String::as_str))
            .any(|known| known.eq_ignore_ascii_case(origin))
    }

    /// Keys of a deployment without HTTPS are test keys: a live key must not work there.
    pub fn key_environment(&self) -> KeyEnvironment {
        key_environment(&self.public_url)
    }

    /// Who asks: the peer, or what a proxy that is trusted says of it.
    pub fn client(&self, peer: IpAddr, forwarded_for: Option<&str>) -> IpAddr {
        let trusted =
            |address: &IpAddr| self.trusted_proxies.iter().any(|net| net.contains(address));
        let hops =
            forwarded_for.unwrap_or_default().rsplit(',').map_while(|hop| hop.trim().parse().ok());
        std::iter::once(peer.to_canonical())
            .chain(hops.map(|hop: IpAddr| hop.to_canonical()))
            .find(|address| !trusted(address))
            .unwrap_or(peer)
    }
}

/// What kind of keys a deployment at this address makes.
pub fn key_environment(public_url: &str) -> KeyEnvironment {
    if public_url.starts_with("https://") { KeyEnvironment::Live } else { KeyEnvironment::Test }
}

/// Scheme, host and port of an address.
fn origin_of(url: &str) -> &str {
    let host_from = url.find("://").map_or(0, |at| at + 3);
    url[host_from..].find('/').map_or(url, |slash| &url[..host_from + slash])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_has_no_path() {
        assert_eq!(origin_of("https://app.example.com/partners"), "https://app.example.com");
        assert_eq!(origin_of("http://127.0.0.1:8080"), "http://127.0.0.1:8080");
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        let addresses = Addresses {
            public_url: String::new(),
            app_url: String::new(),
            origins: Vec::new(),
            trusted_proxies: vec!["10.0.0.0/8".parse().unwrap()],
        };
        let client =
            |peer: &str, header| addresses.client(peer.parse().unwrap(), header).to_string();
        assert_eq!(client("192.0.2.1", Some("198.51.100.7")), "192.0.2.1");
        assert_eq!(client("10.0.0.1", Some("203.0.113.9, 198.51.100.7")), "198.51.100.7");
        assert_eq!(client("10.0.0.1", Some("198.51.100.7, 10.0.0.2")), "198.51.100.7");
        assert_eq!(client("10.0.0.1", None), "10.0.0.1");
        assert_eq!(client("10.0.0.1", Some("nonsense")), "10.0.0.1");
    }
}
