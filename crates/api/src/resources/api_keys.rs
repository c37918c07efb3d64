//! API keys.

use actix_web::{delete, get, patch, post, web};
use domain::{
    api_keys::{
        API_KEY_LIST, ApiKey, ApiKeyCreate, ApiKeyList, ApiKeyPage, ApiKeyRotation, ApiKeyUpdate,
        ApiKeyWithSecret,
    },
    ids::ApiKeyId,
    secrets::ApiKeySecret,
};
use persistence::api_keys;

use crate::kernel::{
    answer::Answer,
    call::{Call, Json},
    problem::Result,
};

/// List API keys
///
/// Includes revoked keys. Secrets are never shown.
#[utoipa::path(tag = "api-keys", params(ApiKeyList), security(("admin" = ["-"])), responses((status = 200, body = ApiKeyPage)),
    extensions(("x-errors" = json!("invalid_cursor"))))]
#[get("/api-keys")]
pub async fn list_api_keys(call: Call) -> Result<Answer> {
    let request = call.list_request(&API_KEY_LIST)?;
    let page = call.read(async |tx| api_keys::list(tx, &request).await).await?;
    Ok(Answer::ok(&page))
}

/// Create an API key
///
/// The answer is the only place where the secret is shown.
#[utoipa::path(tag = "api-keys", request_body = ApiKeyCreate, security(("admin" = ["-"])),
    responses((status = 201, body = ApiKeyWithSecret)))]
#[post("/api-keys")]
pub async fn create_api_key(call: Call, body: Json<ApiKeyCreate>) -> Result<Answer> {
    let environment = call.state.addresses.key_environment();
    call.once(&body.sum, async |tx| {
        Ok(shown(api_keys::insert(tx, body.value.clone(), environment).await?))
    })
    .await
}

/// Get an API key
///
/// Without its secret, of which only a hash is stored.
#[utoipa::path(tag = "api-keys", params(ApiKeyId), security(("admin" = ["-"])), responses((status = 200, body = ApiKey)))]
#[get("/api-keys/{id}")]
pub async fn get_api_key(call: Call, id: web::Path<ApiKeyId>) -> Result<Answer> {
    let key = call.read(async |tx| api_keys::get(tx, *id).await).await?;
    Ok(Answer::resource(key.version, &key))
}

/// Change an API key
///
/// The change takes effect at once on every server.
#[utoipa::path(tag = "api-keys", params(ApiKeyId), request_body = ApiKeyUpdate, security(("admin" = ["-"])),
    responses((status = 200, body = ApiKey)))]
#[patch("/api-keys/{id}")]
pub async fn update_api_key(
    call: Call,
    id: web::Path<ApiKeyId>,
    body: Json<ApiKeyUpdate>,
) -> Result<Answer> {
    let key = call
        .write(async |tx| api_keys::update(tx, *id, body.value.clone(), call.if_match).await)
        .await?;
    Ok(Answer::resource(key.version, &key))
}

/// Rotate an API key
///
/// Creates a new key with the same rights. The old key keeps working for `overlap_seconds`.
#[utoipa::path(tag = "api-keys", params(ApiKeyId), request_body = ApiKeyRotation, security(("admin" = ["-"])),
    responses((status = 201, body = ApiKeyWithSecret)))]
#[post("/api-keys/{id}/rotations")]
pub async fn rotate_api_key(
    call: Call,
    id: web::Path<ApiKeyId>,
    body: Json<ApiKeyRotation>,
) -> Result<Answer> {
    let environment = call.state.addresses.key_environment();
    let work = async |tx: &persistence::Tx<'_>| {
        Ok(shown(api_keys::rotate(tx, *id, body.overlap_seconds, environment).await?))
    };
    call.once(&body.sum, work).await
}

/// Revoke an API key
///
/// The key stops working at once on every server.
#[utoipa::path(tag = "api-keys", params(ApiKeyId), security(("admin" = ["-"])), responses((status = 204)))]
#[delete("/api-keys/{id}")]
pub async fn revoke_api_key(call: Call, id: web::Path<ApiKeyId>) -> Result<Answer> {
    call.write(async |tx| api_keys::revoke(tx, *id, call.if_match).await).await?;
    Ok(Answer::nothing())
}

fn shown((api_key, secret): (ApiKey, ApiKeySecret)) -> Answer {
    let path = format!("/v1/api-keys/{}", api_key.id);
    Answer::created(path, &ApiKeyWithSecret { api_key, secret: secret.expose().to_owned() })
}
