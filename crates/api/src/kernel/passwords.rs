//! Passwords of requests: checked for strength, hashed and verified outside of the async threads.

use std::{net::IpAddr, sync::LazyLock};

use domain::{
    Error, FieldError, Result, passwords,
    sessions::{Registration, password_fault},
};

use crate::kernel::heavy::{FairPlaces, processors};

/// Slots for strength checks. A check takes up to tenths of a second, and anyone may request one:
/// one at a time, so that sign-ins are not delayed.
static STRENGTH_CHECKS: LazyLock<FairPlaces> = LazyLock::new(|| FairPlaces::new(1));
/// Slots for hashing new passwords: each takes tens of milliseconds of one processor and 19 MiB.
static NEW_HASHES: LazyLock<FairPlaces> = LazyLock::new(|| FairPlaces::new(processors()));
/// Slots for verifying passwords. Separate from those of new passwords, so that registrations
/// cannot delay sign-ins.
static VERIFICATIONS: LazyLock<FairPlaces> = LazyLock::new(|| FairPlaces::new(processors()));

/// Returns why `password` may not be used for the property `field` by a person with these own
/// words, or `None` if it may. `client` is the address of the client.
pub async fn judged(
    client: IpAddr,
    field: &'static str,
    password: &str,
    own_words: &[&str],
) -> Result<Option<FieldError>> {
    let password = password.to_owned();
    let own_words: Vec<String> = own_words.iter().map(|word| (*word).to_owned()).collect();
    let judge = move || {
        let own_words: Vec<&str> = own_words.iter().map(String::as_str).collect();
        password_fault(field, &password, &own_words)
    };
    STRENGTH_CHECKS.run(client, judge).await
}

/// Errors of a registration that its schema cannot express.
pub async fn registration_faults(
    client: IpAddr,
    registration: &Registration,
) -> Result<Vec<FieldError>> {
    let registration = registration.clone();
    STRENGTH_CHECKS.run(client, move || registration.faults()).await
}

/// Hashes a password for storage.
pub async fn hashed(client: IpAddr, password: &str) -> Result<String> {
    let password = password.to_owned();
    let hash = NEW_HASHES.run(client, move || passwords::hash(&password)).await?;
    hash.map_err(|error| Error::internal(error.to_string()))
}

/// Whether `password` matches the stored hash; takes as long if there is none.
pub async fn verified(client: IpAddr, password: &str, kept: Option<&str>) -> Result<bool> {
    let (password, kept) = (password.to_owned(), kept.map(str::to_owned));
    VERIFICATIONS.run(client, move || passwords::verify(&password, kept.as_deref())).await
}

/// Generates a password of twenty-four random characters.
pub fn random_password() -> Result<String> {
    let mut bytes = [0u8; 18];
    getrandom::fill(&mut bytes).map_err(|error| Error::internal(error.to_string()))?;
    Ok(base64::Engine::encode(&base64::prelude::BASE64_URL_SAFE_NO_PAD, bytes))
}
