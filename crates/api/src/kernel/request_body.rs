//! What reading a JSON body and reading an upload have in common.

use domain::{Code, Error};
use sha2::{Digest, Sha256};

/// SHA-256 of a body as it was received.
#[derive(Debug, Clone, Copy, Default)]
pub struct BodyDigest(pub [u8; 32]);

impl BodyDigest {
    /// The digest of a body.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }
    /// The digest of an empty body.
    pub fn nothing() -> Self {
        Self::of(&[])
    }
}

/// The error of a body that took too long.
pub fn late() -> Error {
    Error::new(Code::RequestTimeout, "The request body did not arrive in time.")
}
