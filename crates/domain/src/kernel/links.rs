//! URLs in responses: stored as paths, shown below the public URL of this deployment.

use std::sync::OnceLock;

use serde::Serializer;

static PUBLIC_URL: OnceLock<String> = OnceLock::new();

/// Sets the public URL, once, before the first response. Later calls have no effect.
pub fn set_public_url(url: &str) {
    let _ = PUBLIC_URL.set(url.trim_end_matches('/').to_owned());
}

/// The public URL, without a slash at its end; empty if it was not set.
pub fn public_url() -> &'static str {
    PUBLIC_URL.get().map_or("", String::as_str)
}

/// Serializes a stored path as a URL.
pub fn absolute<S: Serializer>(path: &Option<String>, s: S) -> Result<S::Ok, S::Error> {
    match path {
        Some(path) => s.collect_str(&format_args!("{}{path}", public_url())),
        None => s.serialize_none(),
    }
}
