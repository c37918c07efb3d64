//! Passwords as requests need them: judged, hashed and checked beside the async threads.

use std::sync::LazyLock;

use domain::{
    Error, Fault, Result, passwords,
    sessions::{Registration, password_fault},
};
use tokio::sync::Semaphore;

use crate::kernel::heavy::{self, Places, one_per_processor};

/// Judging one takes up to tenths of a second and strangers may ask for it: one at a time, so that
/// signing in goes on.
static JUDGEMENTS: Places = LazyLock::new(|| Semaphore::new(1));
/// A hash takes tens of milliseconds of one processor and 19 MiB.
static HASHES: Places = LazyLock::new(one_per_processor);

/// Why `password` may not be chosen at the property `field` by somebody with these own words; none
/// when it may.
pub async fn judged(
    field: &'static str,
    password: &str,
    own_words: &[&str],
) -> Result<Option<Fault>> {
    let password = password.to_owned();
    let own_words: Vec<String> = own_words.iter().map(|word| (*word).to_owned()).collect();
    let judge = move || {
        let own_words: Vec<&str> = own_words.iter().map(String::as_str).collect();
        password_fault(field, &password, &own_words)
    };
    heavy::run(&JUDGEMENTS, judge).await
}

/// What is wrong with a registration that its schema cannot say.
pub async fn registration_faults(registration: &Registration) -> Result<Vec<Fault>> {
    let registration = registration.clone();
    heavy::run(&JUDGEMENTS, move || registration.faults()).await
}

/// The form in which a password is kept.
pub async fn hashed(password: &str) -> Result<String> {
    let password = password.to_owned();
    let hash = heavy::run(&HASHES, move || passwords::hash(&password)).await?;
    hash.map_err(|error| Error::internal(error.to_string()))
}

/// Whether `password` is the one that was kept; takes as long when nothing was.
pub async fn verified(password: &str, kept: Option<&str>) -> Result<bool> {
    let (password, kept) = (password.to_owned(), kept.map(str::to_owned));
    heavy::run(&HASHES, move || passwords::verify(&password, kept.as_deref())).await
}

/// Twenty-four characters that nobody guesses.
pub fn random_password() -> Result<String> {
    let mut bytes = [0u8; 18];
    getrandom::fill(&mut bytes).map_err(|error| Error::internal(error.to_string()))?;
    Ok(base64::Engine::encode(&base64::prelude::BASE64_URL_SAFE_NO_PAD, bytes))
}
