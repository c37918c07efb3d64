//! The state that all requests share. Created once.

use std::sync::Arc;

use domain::{body::Schemas, secrets::KeyEnvironment};
use ipnet::IpNet;
use persistence::{Store, mail_allowances::InvitationAllowance};
use scoring::model::Model;

use crate::kernel::{
    auth::Authenticator, files::Files, limits::Limits, openapi::Policy, outgoing::slack::SlackApi,
    server_key::ServerKey, tokens::Tokens, upload::Uploads,
};

/// The shared state.
pub struct State {
    pub store: Store,
    pub authenticator: Authenticator,
    pub tokens: Arc<Tokens>,
    pub limits: Arc<Limits>,
    /// What each operation demands, from the document.
    pub policy: Policy,
    /// The schemas against which bodies are validated, from the document.
    pub schemas: Schemas,
    pub files: Files,
    pub uploads: Uploads,
    pub server_key: ServerKey,
    pub slack: SlackApi,
    pub addresses: Addresses,
    pub accounts: AccountPolicy,
    /// The language model, if one is configured.
    pub model: Option<Arc<Model>>,
}

/// How people get accounts on this deployment.
#[derive(Debug, Clone, Copy)]
pub struct AccountPolicy {
    /// Whether anyone can register an organization.
    pub registration_open: bool,
    /// Whether an e-mail address must be confirmed with a mailed link.
    pub email_proof: bool,
    pub invitations: InvitationAllowance,
}

/// URLs of this deployment.
pub struct Addresses {
    /// The URL that clients use, without a slash at the end.
    pub public_url: String,
    /// The URL of the web application, for links; otherwise that of the API's own pages.
    pub app_url: String,
    /// Origins of web pages that may call the API with credentials.
    pub origins: Vec<String>,
    pub trusted_proxies: Vec<IpNet>,
}

impl Addresses {
    /// The absolute URL of a path of this API.
    pub fn absolute(&self, path: &str) -> String {
        format!("{}{path}", self.public_url)
    }

    /// Whether a page of this origin may use the cookie of the refresh token.
    pub fn knows_origin(&self, origin: &str) -> bool {
        let ours = [&self.public_url, &self.app_url].into_iter().map(|url| origin_of(url));
        ours.chain(self.origins.iter().map(String::as_str))
            .any(|known| known.eq_ignore_ascii_case(origin))
    }

    /// Keys of a deployment without HTTPS are test keys, because a live key must not be sent
    /// unencrypted.
    pub fn key_environment(&self) -> KeyEnvironment {
        key_environment(&self.public_url)
    }
}

/// The kind of API keys that a deployment at this URL creates.
pub fn key_environment(public_url: &str) -> KeyEnvironment {
    if public_url.starts_with("https://") { KeyEnvironment::Live } else { KeyEnvironment::Test }
}

/// Scheme, host and port of a URL.
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
}
