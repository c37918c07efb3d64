//! Access tokens: signed statements of the caller's identity, valid for ten minutes and checked
//! without a query.
//!
//! Architecture Invariant: the algorithm is chosen by the configuration, never by the token.

use chrono::{DateTime, Utc};
use domain::{
    Code, Error, Result,
    access::Role,
    ids::{MemberId, OrganizationId, SessionId, UserId},
    members::Member,
    sessions::TokenGrant,
};
use jsonwebtoken::{
    Algorithm, DecodingKey, EncodingKey, Header, Validation, errors::ErrorKind, jwk::Jwk,
};
use persistence::{revocations::TOKEN_LIFE, sessions::Grant};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// The shortest shared secret in bytes: as long as its HMAC.
pub const MIN_SECRET_BYTES: usize = 32;

/// The reason why a configured key is refused.
#[derive(Debug, thiserror::Error)]
pub enum ServerKeyError {
    #[error("must be an Ed25519 private key in PEM (openssl genpkey -algorithm ed25519): {0}")]
    NotEd25519(#[from] jsonwebtoken::errors::Error),
    #[error("must have at least {MIN_SECRET_BYTES} bytes (openssl rand -base64 32)")]
    SecretTooShort,
}

/// Signs and verifies access tokens. Has no `Debug`, because it contains the key.
pub struct Tokens {
    signing: EncodingKey,
    checking: DecodingKey,
    header: Header,
    validation: Validation,
    issuer: String,
    audience: String,
    successor_key: [u8; 32],
    /// Tokens of the previous and the next key, which are accepted as well.
    others: Vec<Tokens>,
}

/// The claims of an access token.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: UserId,
    org: OrganizationId,
    mem: MemberId,
    role: Role,
    sid: SessionId,
    /// A UUIDv7. It contains the millisecond of the issue: a token that was issued right after a
    /// revocation must be accepted, and `iat` counts whole seconds.
    jti: Uuid,
    iat: i64,
    exp: i64,
    /// The member's name, as events show it, so that requests need no query for it.
    name: String,
}

/// The content of a verified access token.
#[derive(Debug, Clone, PartialEq)]
pub struct AccessToken {
    pub user: UserId,
    pub organization: OrganizationId,
    pub member: MemberId,
    pub session: SessionId,
    pub role: Role,
    pub name: String,
    pub issued_at: DateTime<Utc>,
}

impl Tokens {
    /// EdDSA with an Ed25519 private key (PKCS #8, PEM). Other programs can verify the tokens with
    /// the public key.
    pub fn ed25519(pem: &str, issuer: &str, audience: &str) -> Result<Self, ServerKeyError> {
        let signing = EncodingKey::from_ed_pem(pem.as_bytes())?;
        let checking = DecodingKey::from_jwk(&Jwk::from_encoding_key(&signing, Algorithm::EdDSA)?)?;
        Ok(Self::new(Algorithm::EdDSA, signing, checking, issuer, audience))
    }

    /// HS256 with a shared secret.
    pub fn shared_secret(
        secret: &[u8],
        issuer: &str,
        audience: &str,
    ) -> Result<Self, ServerKeyError> {
        if secret.len() < MIN_SECRET_BYTES {
            return Err(ServerKeyError::SecretTooShort);
        }
        let (signing, checking) =
            (EncodingKey::from_secret(secret), DecodingKey::from_secret(secret));
        Ok(Self::new(Algorithm::HS256, signing, checking, issuer, audience))
    }

    fn new(
        algorithm: Algorithm,
        signing: EncodingKey,
        checking: DecodingKey,
        issuer: &str,
        audience: &str,
    ) -> Self {
        let mut validation = Validation::new(algorithm);
        validation.set_issuer(&[issuer]);
        validation.set_audience(&[audience]);
        // By default only `exp` is required; a token without issuer or audience would pass their
        // checks.
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        validation.leeway = 0;
        let successor_key = Sha256::new()
            .chain_update(b"successors of refresh tokens ")
            .chain_update(signing.as_bytes());
        Self {
            successor_key: successor_key.finalize().into(),
            header: Header::new(algorithm),
            issuer: issuer.to_owned(),
            audience: audience.to_owned(),
            signing,
            checking,
            validation,
            others: Vec::new(),
        }
    }

    /// Accepts the tokens of another key, and issues none with it.
    pub fn believing(mut self, other: Self) -> Self {
        self.others.push(other);
        self
    }

    /// The secret from which successors of refresh tokens are derived. It is derived from the
    /// signing key, so that all instances have the same one.
    pub fn successor_key(&self) -> &[u8] {
        &self.successor_key
    }

    /// The response body of a sign-in or refresh.
    pub fn grant(&self, grant: &Grant, organization: OrganizationId) -> Result<TokenGrant> {
        Ok(TokenGrant {
            access_token: self.issue(&grant.member, organization, grant.session, Utc::now())?,
            token_type: "Bearer",
            expires_in: TOKEN_LIFE.num_seconds(),
            session_id: grant.session,
            member: grant.member.clone(),
        })
    }

    fn issue(
        &self,
        member: &Member,
        org: OrganizationId,
        sid: SessionId,
        now: DateTime<Utc>,
    ) -> Result<String> {
        let claims = Claims {
            iss: self.issuer.clone(),
            aud: self.audience.clone(),
            sub: member.user_id.ok_or_else(|| {
                Error::internal(
                    "a member without a user account \
                signs in",
                )
            })?,
            org,
            mem: member.id,
            role: member.role,
            sid,
            jti: Uuid::now_v7(),
            iat: now.timestamp(),
            exp: (now + TOKEN_LIFE).timestamp(),
            name: member.name.clone(),
        };
        jsonwebtoken::encode(&self.header, &claims, &self.signing).map_err(Error::internal)
    }

    /// Verifies a token's signature, issuer, audience and age. Whether it was revoked is checked by
    /// the caller.
    ///
    /// # Errors
    /// `token_expired`, `invalid_token`.
    pub fn verify(&self, token: &str) -> Result<AccessToken> {
        let refused = match self.verify_own(token) {
            Err(error) if error.code() == Code::InvalidToken => error,
            done => return done,
        };
        // Only a wrong signature leads to the next key. An expired token is expired under any key.
        let mut others = self.others.iter().map(|other| other.verify_own(token));
        others
            .find(|done| !matches!(done, Err(error) if error.code() == Code::InvalidToken))
            .unwrap_or(Err(refused))
    }

    fn verify_own(&self, token: &str) -> Result<AccessToken> {
        let claims: Claims = match jsonwebtoken::decode(token, &self.checking, &self.validation) {
            Ok(checked) => checked.claims,
            Err(error) if matches!(error.kind(), ErrorKind::ExpiredSignature) => {
                return Err(Error::of(Code::TokenExpired));
            }
            Err(_) => return Err(Error::of(Code::InvalidToken)),
        };
        Ok(AccessToken {
            issued_at: instant_of(claims.jti).ok_or_else(|| Error::of(Code::InvalidToken))?,
            user: claims.sub,
            organization: claims.org,
            member: claims.mem,
            session: claims.sid,
            role: claims.role,
            name: claims.name,
        })
    }
}

fn instant_of(id: Uuid) -> Option<DateTime<Utc>> {
    let (seconds, nanoseconds) = id.get_timestamp()?.to_unix();
    DateTime::from_timestamp(i64::try_from(seconds).ok()?, nanoseconds)
}

#[cfg(test)]
pub(crate) mod tests {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    use chrono::TimeDelta;
    use domain::{members::MemberStatus, timestamp::Timestamp};
    use serde_json::{Value, json};

    use super::*;

    /// Keys of these tests alone.
    const PEM: &str = "-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIPRprrHQ5S45mazq0/rs99fRe+2nUL2VDMrGGJn886ZP
-----END PRIVATE KEY-----
";
    const PUBLIC: &str = "-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEA78XMjJ2zBNWkffBuB2rknQY/Jjdu0SbC0oStsKljNA0=
-----END PUBLIC KEY-----
";
    const OTHER_PEM: &str = "-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIO51CZlRk9xnLtrdSjnCFZ3qyJSRgeazjPl+GBYp4S7s
-----END PRIVATE KEY-----
";
    const SECRET: &[u8] = b"a shared secret with 32 bytes...";
    const ISSUER: &str = "https://api.example.com";

    fn ed25519() -> Tokens {
        Tokens::ed25519(PEM, ISSUER, "partneros").unwrap()
    }

    fn shared() -> Tokens {
        Tokens::shared_secret(SECRET, ISSUER, "partneros").unwrap()
    }

    pub(crate) fn member() -> Member {
        let now = Timestamp::now();
        Member {
            id: MemberId::new(),
            version: 1,
            created_at: now,
            updated_at: now,
            user_id: Some(UserId::new()),
            name: "Ada Lovelace".into(),
            email: "ada@acme.com".into(),
            role: Role::Admin,
            status: MemberStatus::Active,
            last_seen_at: None,
        }
    }

    fn token(tokens: &Tokens, now: DateTime<Utc>) -> String {
        tokens.issue(&member(), OrganizationId::new(), SessionId::new(), now).unwrap()
    }

    fn refusal(tokens: &Tokens, text: &str) -> Code {
        tokens.verify(text).unwrap_err().code()
    }

    #[test]
    fn what_was_issued_is_what_is_read() {
        for tokens in [ed25519(), shared()] {
            let (member, organization, session) =
                (member(), OrganizationId::new(), SessionId::new());
            let before = Utc::now();
            let text = tokens.issue(&member, organization, session, before).unwrap();
            let read = tokens.verify(&text).unwrap();
            assert_eq!((read.user, read.member), (member.user_id.unwrap(), member.id));
            assert_eq!(
                (read.organization, read.session, read.role),
                (organization, session, Role::Admin)
            );
            assert_eq!(read.name, "Ada Lovelace");
            assert!((read.issued_at - before).abs() < TimeDelta::seconds(5));
            let payload = URL_SAFE_NO_PAD.decode(text.split('.').nth(1).unwrap()).unwrap();
            let claims: Value = serde_json::from_slice(&payload).unwrap();
            let names: Vec<&str> = claims.as_object().unwrap().keys().map(String::as_str).collect();
            assert_eq!(
                names,
                ["iss", "aud", "sub", "org", "mem", "role", "sid", "jti", "iat", "exp", "name"]
            );
            assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 600);
        }
    }

    #[test]
    fn tokens_of_another_key_are_believed_when_it_is_accepted() {
        let (old, new) = (shared(), ed25519().believing(shared()));
        assert!(new.verify(&token(&old, Utc::now())).is_ok());
        assert!(new.verify(&token(&new, Utc::now())).is_ok());
        assert_eq!(refusal(&old, &token(&new, Utc::now())), Code::InvalidToken);
        let late = token(&old, Utc::now() - TimeDelta::minutes(11));
        assert_eq!(refusal(&new, &late), Code::TokenExpired);
        assert_eq!(refusal(&new, "nonsense"), Code::InvalidToken);
    }

    #[test]
    fn tokens_live_ten_minutes() {
        for tokens in [ed25519(), shared()] {
            assert!(tokens.verify(&token(&tokens, Utc::now() - TimeDelta::minutes(9))).is_ok());
            let old = token(&tokens, Utc::now() - TimeDelta::minutes(10) - TimeDelta::seconds(1));
            assert_eq!(refusal(&tokens, &old), Code::TokenExpired);
        }
    }

    #[test]
    fn other_keys_issuers_and_audiences_are_refused() {
        let others = [
            Tokens::ed25519(OTHER_PEM, ISSUER, "partneros").unwrap(),
            Tokens::ed25519(PEM, "https://evil.example.com", "partneros").unwrap(),
            Tokens::ed25519(PEM, ISSUER, "somebody-else").unwrap(),
            shared(),
        ];
        for other in &others {
            assert_eq!(refusal(&ed25519(), &token(other, Utc::now())), Code::InvalidToken);
        }
        let other_secret =
            Tokens::shared_secret(b"another secret with 32 bytes....", ISSUER, "partneros")
                .unwrap();
        assert_eq!(refusal(&shared(), &token(&other_secret, Utc::now())), Code::InvalidToken);
        assert_eq!(refusal(&shared(), &token(&ed25519(), Utc::now())), Code::InvalidToken);
    }

    #[test]
    fn the_token_does_not_choose_its_algorithm() {
        let good = token(&ed25519(), Utc::now());
        let payload = good.split('.').nth(1).unwrap();
        let claims: Value =
            serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap();
        // Signed by whoever knows the public key, as if it were a shared secret.
        let public = [
            PUBLIC.as_bytes(),
            &URL_SAFE_NO_PAD.decode("78XMjJ2zBNWkffBuB2rknQY_Jjdu0SbC0oStsKljNA0").unwrap(),
        ];
        for secret in public {
            let forged = jsonwebtoken::encode(
                &Header::new(Algorithm::HS256),
                &claims,
                &EncodingKey::from_secret(secret),
            )
            .unwrap();
            assert_eq!(refusal(&ed25519(), &forged), Code::InvalidToken);
        }
        let longer = jsonwebtoken::encode(
            &Header::new(Algorithm::HS512),
            &claims,
            &EncodingKey::from_secret(SECRET),
        )
        .unwrap();
        assert_eq!(refusal(&shared(), &longer), Code::InvalidToken);
        let signature = good.rsplit('.').next().unwrap();
        for header in [
            json!({"alg": "none", "typ": "JWT"}),
            json!({"alg": "None"}),
            json!({"typ": "JWT"}),
            json!({"alg": ""}),
        ] {
            let header = URL_SAFE_NO_PAD.encode(header.to_string());
            for forged in [
                format!("{header}.{payload}."),
                format!("{header}.{payload}"),
                format!("{header}.{payload}.{signature}"),
            ] {
                for tokens in [ed25519(), shared()] {
                    assert_eq!(refusal(&tokens, &forged), Code::InvalidToken, "{forged}");
                }
            }
        }
    }

    #[test]
    fn what_was_tampered_with_is_refused() {
        let tokens = ed25519();
        let good = token(&tokens, Utc::now());
        for end in [0, 1, 10, good.len() / 2, good.len() - 1] {
            assert_eq!(refusal(&tokens, &good[..end]), Code::InvalidToken, "{end}");
        }
        let mut parts: Vec<String> = good.split('.').map(str::to_owned).collect();
        let mut claims: Value =
            serde_json::from_slice(&URL_SAFE_NO_PAD.decode(&parts[1]).unwrap()).unwrap();
        claims["role"] = json!("owner");
        parts[1] = URL_SAFE_NO_PAD.encode(claims.to_string());
        assert_eq!(refusal(&tokens, &parts.join(".")), Code::InvalidToken);
        for bad in ["..", "a.b.c", "é.é.é", &format!("{good}.x"), &format!(" {good}")] {
            assert_eq!(refusal(&tokens, bad), Code::InvalidToken, "{bad}");
        }
    }

    #[test]
    fn a_claim_of_the_wrong_kind_is_refused() {
        let tokens = shared();
        let good = token(&tokens, Utc::now());
        let payload = URL_SAFE_NO_PAD.decode(good.split('.').nth(1).unwrap()).unwrap();
        let claims: Value = serde_json::from_slice(&payload).unwrap();
        let member = MemberId::new().to_string();
        for (claim, value) in [
            ("sub", json!(member)),
            ("role", json!("emperor")),
            ("jti", json!(Uuid::nil())),
            ("exp", json!("soon")),
            ("exp", Value::Null),
            ("org", Value::Null),
            ("aud", json!([])),
        ] {
            let mut claims = claims.clone();
            claims[claim] = value;
            let forged = jsonwebtoken::encode(&tokens.header, &claims, &tokens.signing).unwrap();
            assert_eq!(refusal(&tokens, &forged), Code::InvalidToken, "{claims}");
        }
    }

    #[test]
    fn weak_and_foreign_keys_are_refused_at_the_start() {
        assert!(matches!(
            Tokens::shared_secret(&SECRET[1..], ISSUER, "a"),
            Err(ServerKeyError::SecretTooShort)
        ));
        for bad in ["", "no key", PUBLIC] {
            assert!(
                matches!(Tokens::ed25519(bad, ISSUER, "a"), Err(ServerKeyError::NotEd25519(_))),
                "{bad}"
            );
        }
        assert_eq!(ed25519().successor_key(), ed25519().successor_key());
        assert_ne!(ed25519().successor_key(), shared().successor_key());
    }
}
