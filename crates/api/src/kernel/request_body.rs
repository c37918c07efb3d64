//! What reading a JSON body and reading an upload have in common.

use domain::{Code, Error};
use sha2::{Digest, Sha256};

/// SHA-256 of a body as it came.
#[derive(Debug, Clone, Copy, Default)]
pub struct BodyDigest(pub [u8; 32]);

impl BodyDigest {
    /// Of a body.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }
    /// Of no body.
    pub fn nothing() -> Self {
        Self::of(&[])
    }
}

/// The body took too long.
pub fn late() -> Error {
    Error::new(Code::RequestTimeout, "The request body did not arrive in time.")
}
