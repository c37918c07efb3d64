//! Addresses that answers name: stored as paths, shown below the public address of this deployment.

use std::sync::OnceLock;

use serde::Serializer;

static PUBLIC_URL: OnceLock<String> = OnceLock::new();

/// States the public address, once, before the first answer. Later calls change nothing.
pub fn set_public_url(url: &str) {
    let _ = PUBLIC_URL.set(url.trim_end_matches('/').to_owned());
}

/// The public address, without a slash at its end; empty when none was stated.
pub fn public_url() -> &'static str {
    PUBLIC_URL.get().map_or("", String::as_str)
}

/// Serialises a stored path as an address.
pub fn absolute<S: Serializer>(path: &Option<String>, s: S) -> Result<S::Ok, S::Error> {
    match path {
        Some(path) => s.collect_str(&format_args!("{}{path}", public_url())),
        None => s.serialize_none(),
    }
}
