//! Authentication: access tokens, checked without a query, and API keys, checked against a row that
//! is cached for a minute.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{
        Arc, RwLock,
        atomic::{AtomicI64, Ordering},
    },
};

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    Code, Error, Result,
    access::{AccessScope, Actor, Role, Scope, WriteMode},
    api_keys::is_allowed,
    ids::{ApiKeyId, MemberId, OrganizationId, SessionId, UserId},
    secrets::{ApiKeySecret, same_hash},
};
use ipnet::IpNet;
use persistence::{
    Store,
    api_keys::{self, StoredKey},
    revocations::Revocations,
};
use uuid::Uuid;

use crate::kernel::{
    limits::{Bucket, Limits, Subject},
    tokens::Tokens,
};

/// How long the row of a key is cached. Changes arrive with the revocations, so this only limits
/// the size of the cache.
const CACHE_LIFE: TimeDelta = TimeDelta::seconds(60);
/// The most keys in the cache.
const CACHE_SIZE: usize = 10_000;

/// A credential that was verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Credential {
    User { user: UserId, member: MemberId, session: SessionId },
    Key { key: ApiKeyId },
}

/// The caller of a request; created only by the gate.
#[derive(Debug, Clone)]
pub struct Caller {
    pub scope: Scope,
    pub credential: Credential,
    /// The scopes of a key; empty for users, whose role decides.
    pub scopes: Vec<AccessScope>,
}

impl Caller {
    /// Whether an API key has the scope. Users are not asked for scopes, because their role
    /// decides.
    pub fn holds(&self, wanted: AccessScope) -> bool {
        self.scopes.iter().any(|held| held.includes(wanted))
    }
}

/// Checks credentials.
pub struct Authenticator {
    store: Store,
    tokens: Arc<Tokens>,
    revocations: Revocations,
    limits: Arc<Limits>,
    keys: RwLock<HashMap<String, Arc<CachedKey>>>,
}

struct CachedKey {
    organization: OrganizationId,
    row: StoredKey,
    allowed: Vec<IpNet>,
    /// Taken before the row was read.
    loaded_at: DateTime<Utc>,
    /// The minute (since 1970) of the last recorded use.
    noted_minute: AtomicI64,
}

impl Authenticator {
    /// `revocations` must follow the database (`Revocations::follow`); otherwise ended sessions
    /// stay valid.
    pub fn new(
        store: Store,
        tokens: Arc<Tokens>,
        revocations: Revocations,
        limits: Arc<Limits>,
    ) -> Self {
        Self { store, tokens, revocations, limits, keys: RwLock::default() }
    }

    /// Fails unless this instance has received the revocations of the last seconds.
    ///
    /// # Errors
    /// `Unavailable`.
    pub fn ensure_current(&self) -> Result<()> {
        self.revocations.ensure_current()
    }

    /// Authenticates the Authorization header of a request from `peer`.
    ///
    /// # Errors
    /// 401 `missing_credentials`, `invalid_token`, `token_expired`, `key_revoked`, `key_expired`;
    /// 403 `address_not_allowed`; 429 `quota_exceeded` after too many unknown keys from one
    /// network; `Unavailable` if a key cannot be looked up, or if the revocations of the last
    /// seconds are missing.
    pub async fn authenticate(
        &self,
        authorization: Option<&str>,
        peer: IpAddr,
        request_id: Uuid,
    ) -> Result<Caller> {
        let header = authorization.ok_or_else(|| Error::of(Code::MissingCredentials))?;
        let (scheme, credential) =
            header.trim().split_once(' ').ok_or_else(|| Error::of(Code::InvalidToken))?;
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Err(Error::of(Code::InvalidToken));
        }
        let credential = credential.trim_start();
        // The two kinds of credentials differ in form, so no header has to name the kind.
        if ApiKeySecret::looks_like(credential) {
            self.program(credential, peer, request_id).await
        } else {
            self.person(credential, request_id)
        }
    }

    fn person(&self, token: &str, request_id: Uuid) -> Result<Caller> {
        let token = self.tokens.verify(token)?;
        self.revocations.ensure_current()?;
        let ended = [token.session.0, token.member.0]
            .into_iter()
            .any(|id| self.revocations.is_revoked(id, token.issued_at));
        if ended {
            return Err(Error::of(Code::InvalidToken));
        }
        let scope = Scope {
            organization: token.organization,
            actor: Actor::user(token.user, token.name),
            role: token.role,
            member: Some(token.member),
            mode: WriteMode::Manual,
            may_override: true,
            request_id,
        };
        let credential =
            Credential::User { user: token.user, member: token.member, session: token.session };
        Ok(Caller { scope, credential, scopes: Vec::new() })
    }

    async fn program(&self, secret: &str, peer: IpAddr, request_id: Uuid) -> Result<Caller> {
        let invalid = || Error::of(Code::InvalidToken);
        // A key with a wrong checksum (a typing error, a truncated copy) costs no query.
        let secret = ApiKeySecret::parse(secret).ok_or_else(invalid)?;
        let known = self.look_up(&secret, peer, request_id).await?.ok_or_else(invalid)?;
        let now = Utc::now();
        known.check(&secret, peer, now)?;
        self.note_use(&known, now, request_id);
        let key = &known.row;
        let scope = Scope {
            organization: known.organization,
            actor: Actor::api_key(key.id, key.name.as_str()),
            // Keys have scopes. Code that asks for a role gets the lowest one.
            role: Role::Viewer,
            member: None,
            mode: key.default_write_mode,
            may_override: key.scopes.contains(&AccessScope::PartnersOverride),
            request_id,
        };
        Ok(Caller {
            scope,
            credential: Credential::Key { key: key.id },
            scopes: key.scopes.clone(),
        })
    }

    async fn look_up(
        &self,
        secret: &ApiKeySecret,
        peer: IpAddr,
        request_id: Uuid,
    ) -> Result<Option<Arc<CachedKey>>> {
        let prefix = secret.public_id();
        // Taken before the row is read: a change committed in between makes the row count as old,
        // and never as new.
        let loaded_at = Utc::now();
        let kept = self.keys.read().expect("never poisoned").get(prefix).cloned();
        if let Some(known) = kept.as_ref().filter(|known| self.is_fresh(known, loaded_at)) {
            return Ok(Some(known.clone()));
        }
        // Anyone can invent keys with a valid checksum, so only look-ups of unknown keys are
        // limited.
        let counted = match kept {
            Some(_) => None,
            None => Some(self.limits.take(&[(Bucket::UnknownKeys, Subject::Network(peer))], 1)?),
        };
        let Some((organization, row)) = api_keys::find(&self.store, prefix, request_id).await?
        else {
            return Ok(None);
        };
        if let Some(taken) = counted {
            taken.give_back();
        }
        let allowed: Result<Vec<IpNet>, _> =
            row.allowed_cidrs.iter().map(|text| text.parse()).collect();
        let noted_minute =
            kept.map_or(0, |known| known.noted_minute.load(Ordering::Relaxed)).into();
        let known = CachedKey {
            organization,
            row,
            allowed: allowed.map_err(Error::internal)?,
            loaded_at,
            noted_minute,
        };
        let known = Arc::new(known);
        self.keep(prefix, known.clone());
        Ok(Some(known))
    }

    fn is_fresh(&self, known: &CachedKey, now: DateTime<Utc>) -> bool {
        let changed = self.revocations.last(known.row.id.0).is_some_and(|at| at >= known.loaded_at);
        // An instance that does not receive changes reads the row every time.
        let hears = self.revocations.ensure_current().is_ok();
        hears && !changed && now - known.loaded_at < CACHE_LIFE
    }

    fn keep(&self, prefix: &str, known: Arc<CachedKey>) {
        let mut keys = self.keys.write().expect("never poisoned");
        if keys.len() >= CACHE_SIZE {
            keys.retain(|_, other| known.loaded_at - other.loaded_at < CACHE_LIFE);
        }
        // A full cache of current keys accepts no more; the other keys are looked up each time,
        // which is slower but correct.
        if keys.len() < CACHE_SIZE || keys.contains_key(prefix) {
            keys.insert(prefix.to_owned(), known);
        }
    }

    /// Records the use of a key, at most once a minute, without delaying the request.
    fn note_use(&self, known: &Arc<CachedKey>, now: DateTime<Utc>, request_id: Uuid) {
        let minute = now.timestamp() / 60;
        if known.noted_minute.swap(minute, Ordering::Relaxed) == minute {
            return;
        }
        let (store, id) = (self.store.clone(), known.row.id);
        let scope = Scope::system(known.organization, "sign-in", request_id);
        tokio::spawn(async move {
            let noted = store.write(&scope, async |tx| api_keys::touch(tx, id, now).await).await;
            if let Err(error) = noted {
                tracing::warn!(%error, "could not record the use of an API key");
            }
        });
    }
}

impl CachedKey {
    fn check(&self, secret: &ApiKeySecret, peer: IpAddr, now: DateTime<Utc>) -> Result<()> {
        let key = &self.row;
        // Check the secret first: a client without it must not learn whether the key is revoked,
        // has expired or is bound to addresses.
        if !same_hash(&secret.hash(), &key.secret_hash) {
            return Err(Error::of(Code::InvalidToken));
        }
        if key.revoked_at.is_some() {
            return Err(Error::of(Code::KeyRevoked));
        }
        if key.expires_at.is_some_and(|at| at.0 <= now) {
            return Err(Error::of(Code::KeyExpired));
        }
        if is_allowed(peer, &self.allowed) {
            Ok(())
        } else {
            Err(Error::of(Code::AddressNotAllowed))
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::{secrets::KeyEnvironment, timestamp::Timestamp};

    use super::*;

    #[test]
    fn a_key_is_checked_in_the_order_in_which_it_tells_least() {
        let secret = ApiKeySecret::generate(KeyEnvironment::Test).unwrap();
        let other = ApiKeySecret::generate(KeyEnvironment::Test).unwrap();
        let now = Utc::now();
        let known = |revoked: bool, expired: bool, allowed: &str| CachedKey {
            organization: OrganizationId::new(),
            row: StoredKey {
                id: ApiKeyId::new(),
                name: "Sync".into(),
                secret_hash: secret.hash().to_vec(),
                scopes: vec![],
                default_write_mode: WriteMode::Automated,
                allowed_cidrs: vec![],
                expires_at: expired.then_some(Timestamp(now)),
                revoked_at: revoked.then_some(Timestamp(now)),
            },
            allowed: vec![allowed.parse().unwrap()],
            loaded_at: now,
            noted_minute: 0.into(),
        };
        let peer = "203.0.113.7".parse().unwrap();
        let answer = |key: CachedKey, secret: &ApiKeySecret| {
            key.check(secret, peer, now).err().map(|error| error.code())
        };
        let (here, elsewhere) = ("203.0.113.0/24", "198.51.100.0/24");
        assert_eq!(answer(known(false, false, here), &secret), None);
        assert_eq!(answer(known(false, false, elsewhere), &secret), Some(Code::AddressNotAllowed));
        assert_eq!(answer(known(false, true, elsewhere), &secret), Some(Code::KeyExpired));
        assert_eq!(answer(known(true, true, elsewhere), &secret), Some(Code::KeyRevoked));
        assert_eq!(answer(known(true, true, elsewhere), &other), Some(Code::InvalidToken));
    }
}
