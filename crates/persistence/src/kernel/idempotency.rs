//! Stored responses of POSTs with an Idempotency-Key: the row is inserted first in the transaction
//! of the work, so that a concurrent duplicate waits for it and then gets the same response.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::{Code, Error, Result, schema::idempotency_keys as keys};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::kernel::db::Tx;

/// The request to which a key belongs.
#[derive(Debug, Clone)]
pub struct Key {
    /// The user or the API key.
    pub credential: Uuid,
    /// The operationId.
    pub operation: String,
    pub key: String,
    /// SHA-256 over method, path, query and body.
    pub digest: Vec<u8>,
}

/// The first response.
#[derive(Debug, Clone)]
pub struct StoredResponse {
    pub status: u16,
    /// Pairs of name and value.
    pub headers: Value,
    pub body: Vec<u8>,
}

/// Takes the key for this transaction, or returns the stored response.
///
/// # Errors
/// `idempotency_key_reused` for another payload, `idempotency_in_progress` if the first request
/// takes too long.
/// takes too long.
pub async fn begin(tx: &Tx<'_>, key: &Key) -> Result<Option<StoredResponse>> {
    let row = (
        keys::credential_id.eq(key.credential),
        keys::operation.eq(&key.operation),
        keys::idempotency_key.eq(&key.key),
        keys::digest.eq(&key.digest),
    );
    let taken = diesel::insert_into(keys::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(&mut tx.conn())
        .await;
    match taken.map_err(Error::from) {
        Ok(1) => return Ok(None),
        Ok(_) => {}
        // Only this statement of the transaction can have waited.
        Err(Error::Unavailable(source)) if source.to_string().contains("lock timeout") => {
            return Err(Error::of(Code::IdempotencyInProgress));
        }
        Err(other) => return Err(other),
    }
    let (digest, status, headers, body): (Vec<u8>, Option<i32>, Option<Value>, Option<Vec<u8>>) =
        keys::table
            .find((key.credential, &key.operation, &key.key))
            .select((keys::digest, keys::status, keys::headers, keys::body))
            .first(&mut tx.conn())
            .await?;
    if digest != key.digest {
        return Err(Error::of(Code::IdempotencyKeyReused));
    }
    match (status, headers, body) {
        (Some(status), Some(headers), Some(body)) => {
            Ok(Some(StoredResponse { status: status as u16, headers, body }))
        }
        _ => Err(Error::of(Code::IdempotencyInProgress)),
    }
}

/// Stores the response.
pub async fn finish(tx: &Tx<'_>, key: &Key, kept: &StoredResponse) -> Result<()> {
    diesel::update(keys::table.find((key.credential, &key.operation, &key.key)))
        .set((
            keys::status.eq(i32::from(kept.status)),
            keys::headers.eq(&kept.headers),
            keys::body.eq(&kept.body),
        ))
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// Deletes the stored responses of an operation whose `Location` is `location`, because they
/// contain erased data.
pub async fn forget(tx: &Tx<'_>, operation: &str, location: &str) -> Result<()> {
    let leads_there = keys::headers.contains(json!([["location", location]]));
    diesel::delete(keys::table.filter(keys::operation.eq(operation)).filter(leads_there))
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}
