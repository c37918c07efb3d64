//! API keys.

use actix_web::web;
use domain::{
    api_keys::{
        API_KEY_LIST, ApiKey, ApiKeyCreate, ApiKeyList, ApiKeyPage, ApiKeyRotation, ApiKeyUpdate,
        ApiKeyWithSecret,
    },
    ids::ApiKeyId,
    secrets::ApiKeySecret,
};
use operation_macros::operation;
use persistence::api_keys;

use crate::kernel::{
    answer::Answer,
    problem::Result,
    request_context::{Json, RequestContext},
};

/// List API keys
///
/// Includes revoked keys. Secrets are never shown.
#[operation(
    get("/api-keys"),
    tag(ApiKeys),
    role(Admin),
    no_api_key,
    query(ApiKeyList),
    ok(ApiKeyPage),
    errors(InvalidCursor)
)]
pub async fn list_api_keys(context: RequestContext) -> Result<Answer> {
    let request = context.list_request(&API_KEY_LIST)?;
    let page = context.read(async |tx| api_keys::list(tx, &request).await).await?;
    Ok(Answer::ok(&page))
}

/// Create an API key
///
/// The response is the only place where the secret is shown.
#[operation(post("/api-keys"), tag(ApiKeys), role(Admin), no_api_key, created(ApiKeyWithSecret))]
pub async fn create_api_key(context: RequestContext, body: Json<ApiKeyCreate>) -> Result<Answer> {
    let environment = context.state.addresses.key_environment();
    context
        .once(&body.sum, async |tx| {
            Ok(shown(api_keys::insert(tx, body.value.clone(), environment).await?))
        })
        .await
}

/// Get an API key
///
/// Returns the key without its secret, of which only a hash is stored.
#[operation(get("/api-keys/{id}"), tag(ApiKeys), role(Admin), no_api_key, no_store, ok(ApiKey))]
pub async fn get_api_key(context: RequestContext, id: web::Path<ApiKeyId>) -> Result<Answer> {
    let key = context.read(async |tx| api_keys::get(tx, *id).await).await?;
    Ok(Answer::resource(key.version, &key))
}

/// Update an API key
///
/// The change takes effect at once on every server.
#[operation(patch("/api-keys/{id}"), tag(ApiKeys), role(Admin), no_api_key, ok(ApiKey))]
pub async fn update_api_key(
    context: RequestContext,
    id: web::Path<ApiKeyId>,
    body: Json<ApiKeyUpdate>,
) -> Result<Answer> {
    let key = context
        .write(async |tx| api_keys::update(tx, *id, body.value.clone(), context.if_match).await)
        .await?;
    Ok(Answer::resource(key.version, &key))
}

/// Rotate an API key
///
/// Creates a new key with the same rights. The old key keeps working for `overlap_seconds`.
#[operation(
    post("/api-keys/{id}/rotations"),
    tag(ApiKeys),
    role(Admin),
    no_api_key,
    created(ApiKeyWithSecret)
)]
pub async fn rotate_api_key(
    context: RequestContext,
    id: web::Path<ApiKeyId>,
    body: Json<ApiKeyRotation>,
) -> Result<Answer> {
    let environment = context.state.addresses.key_environment();
    let work = async |tx: &persistence::Tx<'_>| {
        Ok(shown(api_keys::rotate(tx, *id, body.overlap_seconds, environment).await?))
    };
    context.once(&body.sum, work).await
}

/// Revoke an API key
///
/// The key stops working at once on every server.
#[operation(delete("/api-keys/{id}"), tag(ApiKeys), role(Admin), no_api_key, no_content)]
pub async fn revoke_api_key(context: RequestContext, id: web::Path<ApiKeyId>) -> Result<Answer> {
    context.write(async |tx| api_keys::revoke(tx, *id, context.if_match).await).await?;
    Ok(Answer::nothing())
}

fn shown((api_key, secret): (ApiKey, ApiKeySecret)) -> Answer {
    let path = format!("/v1/api-keys/{}", api_key.id);
    Answer::created(path, &ApiKeyWithSecret { api_key, secret: secret.expose().to_owned() })
}
