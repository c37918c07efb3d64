//! Passwords as requests need them: judged, hashed and checked beside the async threads.

use std::{net::IpAddr, sync::LazyLock};

use domain::{
    Error, FieldError, Result, passwords,
    sessions::{Registration, password_fault},
};

use crate::kernel::heavy::{FairPlaces, processors};

/// Where new passwords are checked for their strength. It takes up to tenths of a second and
/// strangers may ask for it: one at a time, so that signing in goes on.
static STRENGTH_CHECKS: LazyLock<FairPlaces> = LazyLock::new(|| FairPlaces::new(1));
/// Where new passwords are hashed: tens of milliseconds of one processor and 19 MiB each.
static NEW_HASHES: LazyLock<FairPlaces> = LazyLock::new(|| FairPlaces::new(processors()));
/// Where passwords are compared with their hashes. Apart from those of new passwords, so that no
/// number of registrations keeps anybody from signing in.
static VERIFICATIONS: LazyLock<FairPlaces> = LazyLock::new(|| FairPlaces::new(processors()));

/// Why `password` may not be chosen at the property `field` by somebody with these own words; none
/// when it may. `client` is the address of who asks.
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

/// What is wrong with a registration that its schema cannot say.
pub async fn registration_faults(
    client: IpAddr,
    registration: &Registration,
) -> Result<Vec<FieldError>> {
    let registration = registration.clone();
    STRENGTH_CHECKS.run(client, move || registration.faults()).await
}

/// The form in which a password is kept.
pub async fn hashed(client: IpAddr, password: &str) -> Result<String> {
    let password = password.to_owned();
    let hash = NEW_HASHES.run(client, move || passwords::hash(&password)).await?;
    hash.map_err(|error| Error::internal(error.to_string()))
}

/// Whether `password` is the one that was kept; takes as long when nothing was.
pub async fn verified(client: IpAddr, password: &str, kept: Option<&str>) -> Result<bool> {
    let (password, kept) = (password.to_owned(), kept.map(str::to_owned));
    VERIFICATIONS.run(client, move || passwords::verify(&password, kept.as_deref())).await
}

/// Twenty-four characters that nobody guesses.
pub fn random_password() -> Result<String> {
    let mut bytes = [0u8; 18];
    getrandom::fill(&mut bytes).map_err(|error| Error::internal(error.to_string()))?;
    Ok(base64::Engine::encode(&base64::prelude::BASE64_URL_SAFE_NO_PAD, bytes))
}
