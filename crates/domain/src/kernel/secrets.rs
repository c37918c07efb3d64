//! Secrets that are shown once and stored only as a hash: API keys, and the tokens of sessions and
//! invitations. All of them are random enough that a plain SHA-256 protects them.

use std::fmt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use uuid::Uuid;

use crate::kernel::{error::Error, ids::OrganizationId};

/// SHA-256 of the whole text of a secret, as stored in the database.
pub type SecretHash = [u8; 32];

/// Whether two hashes are equal, in a time that does not depend on where they differ.
pub fn same_hash(one: &[u8], other: &[u8]) -> bool {
    one.ct_eq(other).into()
}

fn sha256(text: &str) -> SecretHash {
    Sha256::digest(text.as_bytes()).into()
}

fn random<const N: usize>() -> Result<[u8; N], Error> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(Error::internal)?;
    Ok(bytes)
}

/// Where an API key is valid. It is the first visible part of a key, so that test keys are not used
/// in production by mistake.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyEnvironment {
    Live,
    Test,
}

impl KeyEnvironment {
    const fn prefix(self) -> &'static str {
        match self {
            Self::Live => "prm_live_",
            Self::Test => "prm_test_",
        }
    }
}

const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const PREFIX_LENGTH: usize = 9;
const ID_LENGTH: usize = 8;
const SECRET_LENGTH: usize = 32;
const CHECKSUM_LENGTH: usize = 6;

/// An API key in plain text: `prm_live_` or `prm_test_`, 8 characters that identify it, 32 secret
/// ones (190 bits) and a CRC32 of all before. Pattern `^prm_(live|test)_[0-9A-Za-z]{46}$`.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiKeySecret(String);

impl ApiKeySecret {
    /// Generates a key. Fails only if the operating system returns no random bytes.
    pub fn generate(environment: KeyEnvironment) -> Result<Self, Error> {
        let body = random_base62(ID_LENGTH + SECRET_LENGTH)?;
        let before = format!("{}{body}", environment.prefix());
        Ok(Self(format!("{before}{}", checksum(&before))))
    }

    /// Parses a key and checks its form and checksum, without a query.
    pub fn parse(text: &str) -> Option<Self> {
        let has_prefix = [KeyEnvironment::Live, KeyEnvironment::Test]
            .iter()
            .any(|e| text.starts_with(e.prefix()));
        if !has_prefix || text.len() != PREFIX_LENGTH + ID_LENGTH + SECRET_LENGTH + CHECKSUM_LENGTH
        {
            return None;
        }
        // Checked before the text is split below, which would panic inside a multi-byte character.
        if !text[PREFIX_LENGTH..].bytes().all(|b| b.is_ascii_alphanumeric()) {
            return None;
        }
        let (before, sum) = text.split_at(text.len() - CHECKSUM_LENGTH);
        (checksum(before) == sum).then(|| Self(text.to_owned()))
    }

    /// Whether a bearer credential has the prefix of an API key, valid or not (otherwise it is an
    /// access token).
    pub fn looks_like(text: &str) -> bool {
        text.starts_with("prm_")
    }

    /// The public part that identifies the key: `prm_live_ab12cd34`. Unique; keys are looked up by
    /// it.
    pub fn public_id(&self) -> &str {
        &self.0[..PREFIX_LENGTH + ID_LENGTH]
    }

    /// The last four characters, which distinguish keys in a list. They belong to the checksum, not
    /// to the secret part.
    pub fn last_four(&self) -> &str {
        &self.0[self.0.len() - 4..]
    }

    /// The hash that is stored.
    pub fn hash(&self) -> SecretHash {
        sha256(&self.0)
    }

    /// The key in plain text, for the one response that shows it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ApiKeySecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ApiKeySecret({}...)", self.public_id())
    }
}

/// Uniformly distributed: bytes beyond the last multiple of 62 are discarded.
fn random_base62(length: usize) -> Result<String, Error> {
    let mut text = String::with_capacity(length);
    while text.len() < length {
        let bytes: [u8; 64] = random()?;
        // 248 is four times 62: larger bytes would make the first eight characters more likely.
        let fair = bytes.iter().filter(|b| **b < 248).take(length - text.len());
        text.extend(fair.map(|b| char::from(BASE62[usize::from(b % 62)])));
    }
    Ok(text)
}

fn checksum(before: &str) -> String {
    format!("{:0>1$}", base62::encode(crc32fast::hash(before.as_bytes())), CHECKSUM_LENGTH)
}

/// The purpose of an opaque token. It is part of the token, so that a token cannot be used for
/// another purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// Keeps a session alive. Sent in a cookie, used once.
    Refresh,
    /// Lets an invited person join.
    Invitation,
    /// Lets a person choose a new password.
    PasswordReset,
    /// Confirms a registration.
    Registration,
}

impl TokenKind {
    const fn prefix(self) -> &'static str {
        match self {
            Self::Refresh => "prt_",
            Self::Invitation => "pin_",
            Self::PasswordReset => "ppr_",
            Self::Registration => "prg_",
        }
    }
}

/// A random token that contains its organization, so that it can be looked up within that tenant
/// before the caller is authenticated. Its text: a prefix for the kind and base64url of
/// organization (16 bytes) and secret (32 bytes).
#[derive(Clone, PartialEq, Eq)]
pub struct OpaqueToken {
    pub kind: TokenKind,
    pub organization: OrganizationId,
    secret: [u8; 32],
}

impl OpaqueToken {
    /// Generates a token. Fails only if the operating system returns no random bytes.
    pub fn generate(kind: TokenKind, organization: OrganizationId) -> Result<Self, Error> {
        Ok(Self { kind, organization, secret: random()? })
    }

    /// Parses a token of this kind. The result is well-formed, but may not exist.
    pub fn parse(kind: TokenKind, text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text.strip_prefix(kind.prefix())?).ok()?;
        let (organization, secret) = bytes.split_at_checked(16)?;
        let organization = OrganizationId(Uuid::from_slice(organization).ok()?);
        Some(Self { kind, organization, secret: secret.try_into().ok()? })
    }

    /// The hash that is stored.
    pub fn hash(&self) -> SecretHash {
        sha256(&self.expose())
    }

    /// The token that follows this one: the same for the same key, and not predictable without it.
    /// A client that lost the response to a refresh and asks again gets the same successor,
    /// although only its hash is stored.
    pub fn successor(&self, key: &[u8]) -> Self {
        let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
        mac.update(b"successor of ");
        mac.update(self.expose().as_bytes());
        Self { secret: mac.finalize().into_bytes().into(), ..*self }
    }

    /// The token in plain text, for the one response that shows it.
    pub fn expose(&self) -> String {
        let bytes = [self.organization.0.as_bytes().as_slice(), &self.secret].concat();
        format!("{}{}", self.kind.prefix(), URL_SAFE_NO_PAD.encode(bytes))
    }
}

impl fmt::Debug for OpaqueToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpaqueToken")
            .field("kind", &self.kind)
            .field("organization", &self.organization)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_fresh_key_has_the_documented_form() {
        for (environment, prefix) in
            [(KeyEnvironment::Live, "prm_live_"), (KeyEnvironment::Test, "prm_test_")]
        {
            let key = ApiKeySecret::generate(environment).unwrap();
            let text = key.expose();
            assert!(text.starts_with(prefix) && text.len() == 55, "{text}");
            assert!(text[9..].bytes().all(|b| b.is_ascii_alphanumeric()));
            assert_eq!(key.public_id(), &text[..17]);
            assert_eq!(key.last_four(), &text[51..]);
            assert_eq!(ApiKeySecret::parse(text), Some(key.clone()));
            assert_ne!(key, ApiKeySecret::generate(environment).unwrap());
            assert!(!format!("{key:?}").contains(&text[17..]));
        }
    }

    #[test]
    fn what_is_no_key_is_refused_without_a_look_up() {
        // CRC32 of "prm_test_" and forty zeros, worked out by another program.
        let zeros = format!("prm_test_{}", "0".repeat(40));
        assert_eq!(checksum(&zeros), "003NoQ");
        let good = format!("{zeros}003NoQ");
        assert!(ApiKeySecret::parse(&good).is_some());
        for bad in [
            "",
            "prm_test_",
            &good[..54],
            &format!("{good}0"),
            &good.replace("test", "live"),
            &good.replace("003NoQ", "003NoR"),
            &good.replace("_00", "_0é"),
            &good.replace("_000", "_0 0"),
        ] {
            assert_eq!(ApiKeySecret::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn tokens_name_their_kind_and_organization() {
        let organization = OrganizationId::new();
        let token = OpaqueToken::generate(TokenKind::Refresh, organization).unwrap();
        let text = token.expose();
        assert_eq!(OpaqueToken::parse(TokenKind::Refresh, &text), Some(token.clone()));
        assert_eq!(OpaqueToken::parse(TokenKind::Invitation, &text), None);
        assert_eq!(OpaqueToken::parse(TokenKind::Refresh, &text[..text.len() - 1]), None);
        assert_eq!(OpaqueToken::parse(TokenKind::Refresh, "prt_"), None);
        assert_eq!(token.organization, organization);
        assert_ne!(
            token.hash(),
            OpaqueToken::generate(TokenKind::Refresh, organization).unwrap().hash()
        );
        assert!(!format!("{token:?}").contains(&text[30..]));
    }

    #[test]
    fn a_token_has_one_successor_per_key() {
        let token = OpaqueToken::generate(TokenKind::Refresh, OrganizationId::new()).unwrap();
        let next = token.successor(b"key");
        assert_eq!(next, token.successor(b"key"));
        assert_ne!(next, token);
        assert_ne!(next, token.successor(b"other key"));
        assert_ne!(next, next.successor(b"key"));
        assert_eq!((next.kind, next.organization), (token.kind, token.organization));
    }

    #[test]
    fn hashes_are_compared_whole() {
        assert!(same_hash(&[1; 32], &[1; 32]));
        assert!(!same_hash(&[1; 32], &[2; 32]));
        assert!(!same_hash(&[1; 32], &[1; 31]));
    }

    proptest! {
        #[test]
        fn one_wrong_character_is_noticed(place in 9usize..55, put in "[0-9A-Za-z]") {
            let key = ApiKeySecret::generate(KeyEnvironment::Live).unwrap();
            let mut text = key.expose().to_owned();
            text.replace_range(place..=place, &put);
            prop_assert_eq!(ApiKeySecret::parse(&text).is_some(), text == key.expose());
        }

        #[test]
        fn any_text_may_be_parsed(text in "\\PC{0,60}|prm_live_\\PC{46}|prt_[A-Za-z0-9_-]{60,70}") {
            if let Some(key) = ApiKeySecret::parse(&text) {
                prop_assert_eq!(key.expose(), &text);
            }
            if let Some(token) = OpaqueToken::parse(TokenKind::Refresh, &text) {
                prop_assert_eq!(token.expose(), text);
            }
        }
    }
}
