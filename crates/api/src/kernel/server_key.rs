//! The secret of a deployment, and the keys that are derived from it.

use std::{collections::BTreeSet, fs, io::Read, os::unix::fs::PermissionsExt, path::Path};

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use domain::{Error, Result, ids::OrganizationId};
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

use crate::kernel::tokens::{MIN_SECRET_BYTES, ServerKeyError, Tokens};

/// The audience of access tokens.
const AUDIENCE: &str = "partneros";

/// The secret, which also signs access tokens. Changing it ends all sessions, unless the previous
/// secret is still accepted.
pub struct ServerKey {
    secret: SecretString,
    /// Secrets that are accepted for existing data, and not used for new data.
    others: Vec<SecretString>,
}

/// The fewest different bytes of a secret; random secrets have more.
const MIN_DIFFERENT_BYTES: usize = 5;

/// Checks whether a text can be a server key.
///
/// # Errors
/// The reason, as a phrase that follows the name of the setting.
pub fn check(text: &str) -> Result<(), &'static str> {
    if text.starts_with("-----BEGIN") {
        return Ok(());
    }
    if text.len() < MIN_SECRET_BYTES {
        return Err("is too short for a shared secret: use 32 bytes or more");
    }
    let different: BTreeSet<u8> = text.bytes().collect();
    if different.len() < MIN_DIFFERENT_BYTES {
        Err("repeats a few characters, so that it can be guessed (`openssl rand -base64 48` \
             generates a good one)")
    } else {
        Ok(())
    }
}

/// Reads a key from a file.
///
/// # Errors
/// The reason, for the operator. Also if every user of the machine could read or replace the file.
pub fn read_file(path: &Path) -> Result<String, String> {
    let shown = path.display();
    let unreadable = |error| format!("cannot read `{shown}`: {error}");
    let mut file = fs::File::open(path).map_err(unreadable)?;
    let mode = file.metadata().map_err(unreadable)?.permissions().mode();
    if mode & 0o007 != 0 {
        return Err(format!(
            "every user of this machine can read or change `{shown}` (its mode is {:o}): run \
             `chmod 600` on it",
            mode & 0o777
        ));
    }
    let mut text = String::new();
    file.read_to_string(&mut text).map_err(unreadable)?;
    Ok(text.trim().to_owned())
}

impl ServerKey {
    pub fn new(secret: SecretString) -> Self {
        Self { secret, others: Vec::new() }
    }

    /// Accepts another secret in addition: the previous or the next one.
    pub fn accepting(mut self, other: SecretString) -> Self {
        self.others.push(other);
        self
    }

    fn secrets(&self) -> impl Iterator<Item = &SecretString> {
        std::iter::once(&self.secret).chain(&self.others)
    }

    /// Names of its secrets that reveal nothing about them.
    pub fn ids(&self) -> Vec<String> {
        // Half of a key that is derived for this purpose only: it distinguishes two secrets and
        // reveals nothing about either.
        let hex = |key: [u8; 32]| key[..16].iter().map(|byte| format!("{byte:02x}")).collect();
        self.derive_all("id of the key").map(hex).collect()
    }

    /// Signs and verifies access tokens with all its secrets: EdDSA for a private key, otherwise
    /// HS256.
    ///
    /// # Errors
    /// The secret is neither an Ed25519 key nor long enough.
    pub fn tokens(&self, issuer: &str) -> Result<Tokens, ServerKeyError> {
        let of = |secret: &SecretString| {
            let secret = secret.expose_secret();
            if secret.starts_with("-----BEGIN") {
                Tokens::ed25519(secret, issuer, AUDIENCE)
            } else {
                Tokens::shared_secret(secret.as_bytes(), issuer, AUDIENCE)
            }
        };
        self.others.iter().try_fold(of(&self.secret)?, |all, other| Ok(all.believing(of(other)?)))
    }

    /// Derives a key for one purpose: HMAC-SHA256 of the purpose under the secret.
    pub fn derive(&self, purpose: &str) -> [u8; 32] {
        derived(&self.secret, purpose)
    }

    /// The same for each secret, to verify what was made with one of them.
    pub fn derive_all<'a>(&'a self, purpose: &'a str) -> impl Iterator<Item = [u8; 32]> + 'a {
        self.secrets().map(move |secret| derived(secret, purpose))
    }

    /// Encrypts a value that must not be stored in plain text: AES-256-GCM, the nonce in front. It
    /// is bound to the organization: moved to the row of another organization it cannot be
    /// decrypted.
    pub fn seal(
        &self,
        purpose: &str,
        organization: OrganizationId,
        mut bytes: Vec<u8>,
    ) -> Result<Vec<u8>> {
        let nonce = aead(&self.derive(purpose))
            // The organization is authenticated together with the text.
            .seal_in_place_append_tag(Aad::from(organization.0.as_bytes()), &mut bytes)
            .map_err(|_| Error::internal("cannot encrypt"))?;
        Ok([nonce.as_ref().as_slice(), &bytes].concat())
    }

    /// Decrypts a value of [`seal`](Self::seal) for the organization with one of the secrets;
    /// `None` if it is anything else.
    pub fn open(
        &self,
        purpose: &str,
        organization: OrganizationId,
        sealed: &[u8],
    ) -> Option<Vec<u8>> {
        let bound = organization.0.as_bytes();
        self.derive_all(purpose).find_map(|key| {
            // Values from before they were bound to organizations.
            opened(&key, bound, sealed).or_else(|| opened(&key, b"", sealed))
        })
    }

    /// Encrypts a value with the present secret; `None` if it is already, or cannot be decrypted.
    ///
    /// # Errors
    /// The value cannot be encrypted.
    pub fn renew(
        &self,
        purpose: &str,
        organization: OrganizationId,
        sealed: &[u8],
    ) -> Result<Option<Vec<u8>>> {
        let bound = organization.0.as_bytes();
        if opened(&self.derive(purpose), bound, sealed).is_some() {
            return Ok(None);
        }
        let old = self.open(purpose, organization, sealed);
        old.map(|bytes| self.seal(purpose, organization, bytes)).transpose()
    }
}

fn derived(secret: &SecretString, purpose: &str) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.expose_secret().as_bytes())
        .expect("HMAC takes keys of any length");
    mac.update(purpose.as_bytes());
    mac.finalize().into_bytes().into()
}

fn aead(key: &[u8; 32]) -> RandomizedNonceKey {
    RandomizedNonceKey::new(&AES_256_GCM, key).expect("a key has the length of AES-256")
}

fn opened(key: &[u8; 32], bound: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
    let (nonce, bytes) = sealed.split_at_checked(NONCE_LEN)?;
    let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
    let mut bytes = bytes.to_vec();
    let length = aead(key).open_in_place(nonce, Aad::from(bound), &mut bytes).ok()?.len();
    bytes.truncate(length);
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> ServerKey {
        ServerKey::new(text.to_owned().into())
    }

    const OLD: &str = "0123456789abcdef0123456789abcdef";
    const NEW: &str = "another secret of thirty-two bytes";

    #[test]
    fn only_the_same_key_purpose_and_organization_open() {
        let (key, organization) = (key(OLD), OrganizationId::new());
        let sealed = key.seal("answers", organization, b"secret".to_vec()).unwrap();
        assert!(!sealed.windows(6).any(|part| part == b"secret"));
        assert_ne!(sealed, key.seal("answers", organization, b"secret".to_vec()).unwrap());
        assert_eq!(key.open("answers", organization, &sealed).as_deref(), Some(&b"secret"[..]));
        assert_eq!(key.open("other", organization, &sealed), None);
        assert_eq!(key.open("answers", OrganizationId::new(), &sealed), None);
        assert_eq!(key.open("answers", organization, &sealed[..20]), None);
        assert_eq!(key.open("answers", organization, &sealed[..5]), None);
        assert_eq!(self::key(NEW).open("answers", organization, &sealed), None);
    }

    #[test]
    fn what_was_sealed_before_organizations_were_bound_is_read_and_renewed() {
        let (key, organization) = (key(OLD), OrganizationId::new());
        let mut bytes = b"secret".to_vec();
        let nonce = aead(&key.derive("answers"))
            .seal_in_place_append_tag(Aad::empty(), &mut bytes)
            .unwrap();
        let old = [nonce.as_ref().as_slice(), &bytes].concat();
        assert_eq!(key.open("answers", organization, &old).as_deref(), Some(&b"secret"[..]));
        let new = key.renew("answers", organization, &old).unwrap().unwrap();
        assert_eq!(key.open("answers", organization, &new).as_deref(), Some(&b"secret"[..]));
        assert_eq!(key.open("answers", OrganizationId::new(), &new), None);
        assert_eq!(key.renew("answers", organization, &new).unwrap(), None);
        assert_eq!(key.renew("answers", organization, b"nonsense").unwrap(), None);
    }

    #[test]
    fn an_accepted_key_reads_and_makes_nothing() {
        let (old, organization) = (key(OLD), OrganizationId::new());
        let both = key(NEW).accepting(OLD.to_owned().into());
        let sealed = old.seal("answers", organization, b"secret".to_vec()).unwrap();
        assert!(both.open("answers", organization, &sealed).is_some());
        let renewed = both.renew("answers", organization, &sealed).unwrap().unwrap();
        assert!(key(NEW).open("answers", organization, &renewed).is_some());
        assert!(old.open("answers", organization, &renewed).is_none());
        assert_eq!(both.ids(), [key(NEW).ids(), old.ids()].concat());
        assert!(both.ids().iter().all(|id| id.len() == 32));
    }
}
