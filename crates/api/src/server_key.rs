//! The one secret of a deployment, and the keys that are derived from it.

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use domain::{Error, Result};
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

use crate::tokens::{KeyFault, Tokens};

/// For whom access tokens are.
const AUDIENCE: &str = "partneros";

/// The secret that also signs access tokens. Changing it signs everybody out.
pub struct ServerKey(SecretString);

impl ServerKey {
    pub fn new(secret: SecretString) -> Self {
        Self(secret)
    }

    /// What signs and checks access tokens: EdDSA when the secret is a private key, else HS256.
    ///
    /// # Errors
    /// When the secret is neither an Ed25519 key nor long enough.
    pub fn tokens(&self, issuer: &str) -> Result<Tokens, KeyFault> {
        let secret = self.0.expose_secret();
        match secret.starts_with("-----BEGIN") {
            true => Tokens::ed25519(secret, issuer, AUDIENCE),
            false => Tokens::shared_secret(secret.as_bytes(), issuer, AUDIENCE),
        }
    }

    /// A key for one purpose: HMAC-SHA256 of the purpose under the secret.
    pub fn derive(&self, purpose: &str) -> [u8; 32] {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.0.expose_secret().as_bytes())
            .expect("HMAC takes keys of any length");
        mac.update(purpose.as_bytes());
        mac.finalize().into_bytes().into()
    }

    fn aead(&self, purpose: &str) -> RandomizedNonceKey {
        RandomizedNonceKey::new(&AES_256_GCM, &self.derive(purpose))
            .expect("the derived key has the length of AES-256")
    }

    /// Encrypts what must not lie open in the database: AES-256-GCM, the nonce in front.
    pub fn seal(&self, purpose: &str, mut bytes: Vec<u8>) -> Result<Vec<u8>> {
        let nonce = self.aead(purpose).seal_in_place_append_tag(Aad::empty(), &mut bytes);
        let nonce = nonce.map_err(|_| Error::internal("cannot encrypt"))?;
        Ok([nonce.as_ref().as_slice(), &bytes].concat())
    }

    /// Decrypts what [`seal`](Self::seal) made under the same secret; none for anything else.
    pub fn open(&self, purpose: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, bytes) = sealed.split_at_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut bytes = bytes.to_vec();
        let length = self.aead(purpose).open_in_place(nonce, Aad::empty(), &mut bytes).ok()?.len();
        bytes.truncate(length);
        Some(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_key_and_purpose_open() {
        let key = ServerKey::new("0123456789abcdef0123456789abcdef".to_owned().into());
        let sealed = key.seal("answers", b"secret".to_vec()).unwrap();
        assert!(!sealed.windows(6).any(|part| part == b"secret"));
        assert_ne!(sealed, key.seal("answers", b"secret".to_vec()).unwrap());
        assert_eq!(key.open("answers", &sealed).as_deref(), Some(&b"secret"[..]));
        assert_eq!(key.open("other", &sealed), None);
        assert_eq!(key.open("answers", &sealed[..20]), None);
        let other = ServerKey::new("another secret of thirty-two bytes".to_owned().into());
        assert_eq!(other.open("answers", &sealed), None);
    }
}
