//! API keys: created, changed, rotated and revoked by admins; looked up by their public part for
//! every request.

use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use diesel::{define_sql_function, prelude::*, sql_types};
use diesel_async::RunQueryDsl;
use domain::{
    Error, Result,
    access::{AccessScope, Scope, StoredScopes, WriteMode},
    api_keys::{ApiKey, ApiKeyCreate, ApiKeyPage, ApiKeyUpdate},
    events::NewEvent,
    ids::{ApiKeyId, OrganizationId},
    lists::ListRequest,
    patch,
    schema::api_keys,
    secrets::{ApiKeySecret, KeyEnvironment},
    timestamp::Timestamp,
};
use serde_json::json;
use uuid::Uuid;

use crate::kernel::{
    account_mails::{self, AccountMail},
    db::{Store, Tx},
    listing::{self, Source},
    revocations,
    sql::clock_timestamp,
};

define_sql_function! {
    fn organization_of_api_key(prefix: sql_types::Text) -> sql_types::Nullable<sql_types::Uuid>;
}

/// The data with which a request with a key is checked.
#[derive(Debug, Clone, HasQuery)]
#[diesel(table_name = api_keys)]
pub struct StoredKey {
    pub id: ApiKeyId,
    pub name: String,
    pub secret_hash: Vec<u8>,
    #[diesel(deserialize_as = StoredScopes)]
    pub scopes: Vec<AccessScope>,
    pub default_write_mode: WriteMode,
    pub allowed_cidrs: Vec<String>,
    pub expires_at: Option<Timestamp>,
    pub revoked_at: Option<Timestamp>,
}

/// The key whose secret begins with `prefix`, and its organization.
pub async fn find(
    store: &Store,
    prefix: &str,
    request_id: Uuid,
) -> Result<Option<(OrganizationId, StoredKey)>> {
    // Two steps: the function looks across organizations and returns only the organization of the
    // key; the key itself is read under row-level security.
    let organization: Option<OrganizationId> = {
        let mut conn = store.connection().await?;
        diesel::select(organization_of_api_key(prefix)).get_result(&mut conn).await?
    };
    let Some(organization) = organization else { return Ok(None) };
    let scope = Scope::system(organization, "sign-in", request_id);
    let key = store
        .read(&scope, async |tx| {
            let row = StoredKey::query().filter(api_keys::prefix.eq(prefix));
            Ok(row.first(&mut tx.conn()).await.optional()?)
        })
        .await?;
    Ok(key.map(|key| (organization, key)))
}

/// Records that a key was used in the minute of `at`. At most one write per minute, whatever the
/// number of requests.
pub async fn touch(tx: &Tx<'_>, id: ApiKeyId, at: DateTime<Utc>) -> Result<()> {
    let minute = Timestamp(at.duration_trunc(TimeDelta::minutes(1)).map_err(Error::internal)?);
    let older = api_keys::last_used_at.is_null().or(api_keys::last_used_at.lt(minute));
    diesel::update(api_keys::table.filter(api_keys::id.eq(id)).filter(older))
        .set(api_keys::last_used_at.eq(minute))
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// One page of keys, including revoked ones.
pub async fn list(tx: &Tx<'_>, request: &ListRequest) -> Result<ApiKeyPage> {
    listing::page::<ApiKey>(tx, request, Source::of("api_keys")).await
}

/// One key.
pub async fn get(tx: &Tx<'_>, id: ApiKeyId) -> Result<ApiKey> {
    Ok(ApiKey::query().find(id).first(&mut tx.conn()).await?)
}

/// Makes a key; its secret is shown this once.
///
/// # Errors
/// Faults of what the schema cannot say.
pub async fn insert(
    tx: &Tx<'_>,
    create: ApiKeyCreate,
    environment: KeyEnvironment,
) -> Result<(ApiKey, ApiKeySecret)> {
    let create = create.checked().map_err(Error::invalid)?;
    let (key, secret) = add(tx, create, environment).await?;
    let data = json!({
        "name": key.name,
        "prefix": key.prefix,
        "scopes": key.scopes,
        "default_write_mode": key.default_write_mode,
        "allowed_cidrs": key.allowed_cidrs,
        "expires_at": key.expires_at
    });
    tx.record(NewEvent::new("api_key.created", key.id, key.version, data));
    Ok((key, secret))
}

async fn add(
    tx: &Tx<'_>,
    create: ApiKeyCreate,
    environment: KeyEnvironment,
) -> Result<(ApiKey, ApiKeySecret)> {
    let secret = ApiKeySecret::generate(environment)?;
    let row = (
        api_keys::id.eq(ApiKeyId::new()),
        api_keys::name.eq(create.name),
        api_keys::prefix.eq(secret.public_id()),
        api_keys::secret_hash.eq(secret.hash().to_vec()),
        api_keys::scopes.eq(create.scopes),
        api_keys::default_write_mode.eq(create.default_write_mode),
        api_keys::allowed_cidrs.eq(create.allowed_cidrs),
        api_keys::expires_at.eq(create.expires_at),
        api_keys::created_by.eq(&tx.scope().actor),
    );
    let key: ApiKey = diesel::insert_into(api_keys::table)
        .values(row)
        .returning(ApiKey::as_returning())
        .get_result(&mut tx.conn())
        .await?;
    // A person who has taken over a session could create a key to keep access, so the owner of the
    // account is notified.
    if let Some(member) = tx.scope().member {
        let mail = AccountMail::ApiKeyMade { name: key.name.clone() };
        account_mails::enqueue(tx, member, mail).await?;
    }
    Ok((key, secret))
}

/// Changes a key; takes effect at once on every instance.
///
/// # Errors
/// `not_found`, also for a revoked key; `version_mismatch`; faults of what the schema cannot say.
pub async fn update(
    tx: &Tx<'_>,
    id: ApiKeyId,
    update: ApiKeyUpdate,
    expected: Option<patch::ExpectedVersions>,
) -> Result<ApiKey> {
    let before = lock(tx, id).await?;
    patch::expect_version(expected, before.version)?;
    let update = update.checked(&before).map_err(Error::invalid)?;
    let changes = patch::changes(&before, &update)?;
    if changes.is_empty() {
        return Ok(before);
    }
    let after: ApiKey = diesel::update(api_keys::table.find(id))
        .set((
            &update,
            api_keys::version.eq(api_keys::version + 1),
            api_keys::updated_at.eq(clock_timestamp()),
        ))
        .returning(ApiKey::as_returning())
        .get_result(&mut tx.conn())
        .await?;
    revocations::revoke(tx, id.0).await?;
    // This revocation does not end the key. It makes every instance read the row again, which is
    // otherwise cached for a minute.
    tx.record(NewEvent::new("api_key.updated", id, after.version, json!({"changes": changes})));
    Ok(after)
}

/// Replaces a key by a new one with the same rights; the old one works `overlap_seconds` more.
///
/// # Errors
/// `not_found`, also for a revoked key.
pub async fn rotate(
    tx: &Tx<'_>,
    id: ApiKeyId,
    overlap_seconds: i64,
    environment: KeyEnvironment,
) -> Result<(ApiKey, ApiKeySecret)> {
    let old = lock(tx, id).await?;
    let create = ApiKeyCreate {
        name: old.name,
        scopes: old.scopes,
        default_write_mode: old.default_write_mode,
        allowed_cidrs: old.allowed_cidrs,
        expires_at: old.expires_at,
    };
    let (key, secret) = add(tx, create, environment).await?;
    let now = Timestamp::now();
    let end = Timestamp(now.0 + TimeDelta::seconds(overlap_seconds));
    // A rotation must not extend the life of the old key.
    let end = old.expires_at.map_or(end, |until| until.min(end));
    let version: i64 = diesel::update(api_keys::table.find(id))
        .set((
            api_keys::expires_at.eq(end),
            api_keys::revoked_at.eq((overlap_seconds == 0).then_some(now)),
            api_keys::version.eq(api_keys::version + 1),
            api_keys::updated_at.eq(clock_timestamp()),
        ))
        .returning(api_keys::version)
        .get_result(&mut tx.conn())
        .await?;
    revocations::revoke(tx, id.0).await?;
    let data = json!({
        "changes": {"expires_at": {"from": old.expires_at, "to": end}},
        "successor_id": key.id,
        "successor_prefix": key.prefix
    });
    tx.record(NewEvent::new("api_key.rotated", id, version, data));
    Ok((key, secret))
}

/// Revokes a key at once.
///
/// # Errors
/// `not_found`, also when it is revoked already; `version_mismatch`.
pub async fn revoke(
    tx: &Tx<'_>,
    id: ApiKeyId,
    expected: Option<patch::ExpectedVersions>,
) -> Result<()> {
    let before = lock(tx, id).await?;
    patch::expect_version(expected, before.version)?;
    let now = Timestamp::now();
    let version: i64 = diesel::update(api_keys::table.find(id))
        .set((
            api_keys::revoked_at.eq(now),
            api_keys::version.eq(api_keys::version + 1),
            api_keys::updated_at.eq(clock_timestamp()),
        ))
        .returning(api_keys::version)
        .get_result(&mut tx.conn())
        .await?;
    revocations::revoke(tx, id.0).await?;
    let changes = json!({"revoked_at": {"from": null, "to": now}});
    tx.record(NewEvent::new("api_key.revoked", id, version, json!({"changes": changes})));
    Ok(())
}

/// Locks a key that is not revoked.
async fn lock(tx: &Tx<'_>, id: ApiKeyId) -> Result<ApiKey> {
    let key = ApiKey::query()
        .filter(api_keys::id.eq(id).and(api_keys::revoked_at.is_null()))
        .for_update();
    Ok(key.first(&mut tx.conn()).await?)
}
