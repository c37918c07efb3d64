//! What every request may use. Made once, shared by all workers.

use std::net::IpAddr;

use domain::body::Schemas;
use ipnet::IpNet;
use persistence::Store;

use crate::{auth::Authenticator, limits::Limits, openapi::Policy, server_key::ServerKey};

/// The shared state.
pub struct State {
    pub store: Store,
    pub authenticator: Authenticator,
    pub limits: Limits,
    /// What each operation demands, out of the document.
    pub policy: Policy,
    /// What bodies are checked against, out of the document.
    pub schemas: Schemas,
    pub server_key: ServerKey,
    pub addresses: Addresses,
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
    /// Who asks: the peer, or what a proxy that is trusted says of it.
    pub fn client(&self, peer: IpAddr, forwarded_for: Option<&str>) -> IpAddr {
        let trusted = |address: &IpAddr| self.trusted_proxies.iter().any(|net| net.contains(address));
        let hops = forwarded_for.unwrap_or_default().rsplit(',').map_while(|hop| hop.trim().parse().ok());
        std::iter::once(peer.to_canonical())
            .chain(hops.map(|hop: IpAddr| hop.to_canonical()))
            .find(|address| !trusted(address))
            .unwrap_or(peer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_trusted_proxies_are_believed() {
        let addresses = Addresses {
            public_url: String::new(),
            app_url: String::new(),
            origins: Vec::new(),
            trusted_proxies: vec!["10.0.0.0/8".parse().unwrap()],
        };
        let client = |peer: &str, header| addresses.client(peer.parse().unwrap(), header).to_string();
        assert_eq!(client("192.0.2.1", Some("198.51.100.7")), "192.0.2.1");
        assert_eq!(client("10.0.0.1", Some("203.0.113.9, 198.51.100.7")), "198.51.100.7");
        assert_eq!(client("10.0.0.1", Some("198.51.100.7, 10.0.0.2")), "198.51.100.7");
        assert_eq!(client("10.0.0.1", None), "10.0.0.1");
        assert_eq!(client("10.0.0.1", Some("nonsense")), "10.0.0.1");
    }
}
