//! Access tokens that we did not issue, or that are no longer good.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD as BASE64};
use harness::{Client, Organization, instance};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};

/// The secret of the server under test.
fn secret() -> String {
    std::fs::read_to_string(instance().folder.join("jwt.key")).unwrap().trim().to_owned()
}

/// What a token states.
fn claims(token: &str) -> Value {
    serde_json::from_slice(&BASE64.decode(token.split('.').nth(1).unwrap()).unwrap()).unwrap()
}

fn signed(algorithm: Algorithm, claims: &Value, secret: &str) -> String {
    jsonwebtoken::encode(
        &Header::new(algorithm),
        claims,
        &EncodingKey::from_secret(secret.as_bytes()),
    )
    .unwrap()
}

async fn refused(token: &str, code: &str) {
    Client::bearer(token).get("/v1/me").await.problem(401, code);
}

#[tokio::test]
async fn what_is_signed_by_the_server_is_taken() {
    let org = Organization::new().await;
    let claims = claims(org.owner.token());
    for claim in ["iss", "aud", "sub", "org", "mem", "role", "sid", "jti", "iat", "exp"] {
        assert!(!claims[claim].is_null(), "{claim}");
    }
    Client::bearer(&signed(Algorithm::HS256, &claims, &secret())).get("/v1/me").await.expect(200);
}

#[tokio::test]
async fn the_algorithm_is_the_servers_and_not_the_tokens() {
    let org = Organization::new().await;
    let claims = claims(org.owner.token());
    let body = BASE64.encode(claims.to_string());
    for algorithm in ["none", "None", "nOnE", ""] {
        let header = BASE64.encode(json!({"alg": algorithm, "typ": "JWT"}).to_string());
        refused(&format!("{header}.{body}."), "invalid_token").await;
        let signature = org.owner.token().rsplit('.').next().unwrap();
        refused(&format!("{header}.{body}.{signature}"), "invalid_token").await;
    }
    for algorithm in [Algorithm::HS384, Algorithm::HS512] {
        refused(&signed(algorithm, &claims, &secret()), "invalid_token").await;
    }
}

#[tokio::test]
async fn other_keys_issuers_and_audiences_are_refused() {
    let org = Organization::new().await;
    let good = claims(org.owner.token());
    refused(
        &signed(Algorithm::HS256, &good, "another secret of thirty-two bytes"),
        "invalid_token",
    )
    .await;
    refused(&signed(Algorithm::HS256, &good, ""), "invalid_token").await;
    let with = |claim: &str, value: Value| {
        let mut claims = good.clone();
        claims[claim] = value;
        signed(Algorithm::HS256, &claims, &secret())
    };
    refused(&with("aud", json!("somebody else")), "invalid_token").await;
    refused(&with("iss", json!("https://evil.example")), "invalid_token").await;
    refused(&with("role", json!("emperor")), "invalid_token").await;
    refused(&with("org", json!("nonsense")), "invalid_token").await;
    refused(&with("exp", json!(1)), "token_expired").await;
    let without = |claim: &str| {
        let mut claims = good.clone();
        claims.as_object_mut().unwrap().remove(claim);
        signed(Algorithm::HS256, &claims, &secret())
    };
    for claim in ["exp", "aud", "iss", "sub", "sid", "mem"] {
        refused(&without(claim), "invalid_token").await;
    }
}

#[tokio::test]
async fn a_token_that_somebody_changed_is_refused() {
    let org = Organization::new().await;
    let viewer = org.member("viewer").await;
    let parts: Vec<&str> = viewer.token().split('.').collect();
    let mut claims = claims(viewer.token());
    claims["role"] = json!("owner");
    let body = BASE64.encode(claims.to_string());
    refused(&format!("{}.{body}.{}", parts[0], parts[2]), "invalid_token").await;
    refused(&format!("{}.{}.", parts[0], parts[1]), "invalid_token").await;
    refused(&format!("{}.{}", parts[0], parts[1]), "invalid_token").await;
}

#[tokio::test]
async fn other_schemes_are_refused() {
    let org = Organization::new().await;
    for header in ["Basic b3duZXI6cGFzc3dvcmQ=", "Bearer", "Bearer  ", "Token abc"] {
        Client::public()
            .with("authorization", header)
            .get("/v1/me")
            .await
            .problem(401, "invalid_token");
    }
    let lower = format!("bearer {}", org.owner.token());
    Client::public().with("authorization", &lower).get("/v1/me").await.expect(200);
}
