//! Passwords: whether they are strong enough, and how they are hashed (Argon2id) and verified.
//! Hashing and verifying take tens of milliseconds and 19 MiB, a strength check up to tenths of a
//! second: call them outside of the async threads.

use std::sync::LazyLock;

use argon2::{
    Argon2,
    password_hash::{self, PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use unicode_normalization::UnicodeNormalization;
use zxcvbn::{Score, zxcvbn};

/// The shortest password in characters.
pub const MIN_CHARACTERS: usize = 12;
/// The longest password in characters.
pub const MAX_CHARACTERS: usize = 128;
/// The characters that a strength check looks at. Its time grows with more than the square of their
/// number, and a longer password is at least as strong as its beginning.
const JUDGED_CHARACTERS: usize = 64;

/// The reason why a new password is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    #[error("must have at least {MIN_CHARACTERS} characters")]
    TooShort,
    #[error("must have at most {MAX_CHARACTERS} characters")]
    TooLong,
    /// On lists of leaked passwords, or composed of such words, sequences, keyboard rows or the
    /// person's own words.
    #[error("is too easy to guess")]
    TooCommon,
}

impl PasswordError {
    /// The code of the error in `errors[]`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::TooShort => "too_short",
            Self::TooLong => "too_long",
            Self::TooCommon => "password_too_common",
        }
    }
}

/// Checks the strength of a new password. `own_words` are the person's name, e-mail address and
/// organization, which attackers try first.
pub fn check(password: &str, own_words: &[&str]) -> Result<(), PasswordError> {
    match password.chars().count() {
        ..MIN_CHARACTERS => return Err(PasswordError::TooShort),
        MIN_CHARACTERS..=MAX_CHARACTERS => {}
        _ => return Err(PasswordError::TooLong),
    }
    // Cut at a character boundary: `nth` returns the byte at which the next character begins.
    let end = password.char_indices().nth(JUDGED_CHARACTERS).map_or(password.len(), |(at, _)| at);
    // Below three an attacker with a list needs fewer than 10^8 attempts.
    if zxcvbn(&password[..end], own_words).score() < Score::Three {
        Err(PasswordError::TooCommon)
    } else {
        Ok(())
    }
}

/// Hashes a password for storage, as a PHC string with its own random salt.
pub fn hash(password: &str) -> Result<String, password_hash::Error> {
    Ok(hasher().hash_password(canonical(password).as_bytes())?.to_string())
}

/// Whether `password` matches the stored hash. Without a stored hash (no account has the e-mail
/// address) it takes as long, so that the time of the response does not show which accounts exist.
pub fn verify(password: &str, kept: Option<&str>) -> bool {
    let kept = kept.and_then(|text| PasswordHash::new(text).ok());
    let hash = kept.as_ref().unwrap_or(&NOBODY);
    let fits = hasher().verify_password(canonical(password).as_bytes(), hash).is_ok();
    fits && kept.is_some()
}

/// The hash that is used if there is none: made with the current parameters, and never equal to a
/// password's.
static NOBODY: LazyLock<PasswordHash> = LazyLock::new(|| {
    let hash = hasher().hash_password_with_salt(b"", b"nobody has this.");
    hash.expect("a salt of 16 bytes and the default parameters are always accepted")
});

/// Argon2id with 19 MiB, two passes, one lane: the crate's default and the first choice of the
/// OWASP cheat sheet.
fn hasher() -> Argon2<'static> {
    Argon2::default()
}

/// Normalises accents, because keyboards differ in how they compose them.
fn canonical(password: &str) -> String {
    password.nfkc().collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn length_counts_characters() {
        assert_eq!(check("kurz & gut!", &[]), Err(PasswordError::TooShort));
        assert_eq!(check("äöü-ßéè-ñçø", &[]), Err(PasswordError::TooShort));
        assert_eq!(check("äöü-ßéè-ñçø7", &[]), Ok(()));
        let long: String = "kT9w-Lq2z".chars().cycle().take(128).collect();
        assert_ne!(check(&long, &[]), Err(PasswordError::TooLong));
        assert_eq!(check(&format!("{long}x"), &[]), Err(PasswordError::TooLong));
    }

    #[test]
    fn what_everybody_tries_first_is_refused() {
        let own = ["ann.lee@acme.com", "Ann Lee", "Acme Rockets"];
        for common in [
            "password1234",
            "Password123!",
            "123456789012",
            "qwertyuiop12",
            "aaaaaaaaaaaa",
            "abcdefghijkl",
            "iloveyou1234",
            "letmein12345",
            "Welcome12345!",
            "1q2w3e4r5t6y",
            "passwordpassword",
            "ann.lee@acme.com",
            "Acme Rockets",
        ] {
            assert_eq!(check(common, &own), Err(PasswordError::TooCommon), "{common}");
        }
        for good in [
            "correct horse battery staple",
            "a-long-password-1",
            "Tr0ub4dor&3xyz",
            "parola lunga uno",
        ] {
            assert_eq!(check(good, &own), Ok(()), "{good}");
        }
    }

    /// Each of these keeps the search for spellings such as `p4ssw0rd` busy.
    #[test]
    fn passwords_that_are_slow_to_judge_are_judged() {
        for word in [
            "#6&1|3<%9+58!€[/72{$@(40",
            "4@8({[<369!1|0$5+7%2",
            "aAbBcC4@8({[<369!1|0$5+7%2xz",
            "password",
            "qwertyuiop",
            "1",
            "20261129",
            "\u{1f600}a",
        ] {
            let password: String = word.chars().cycle().take(MAX_CHARACTERS).collect();
            let own: String = word.chars().cycle().take(200).collect();
            let started = std::time::Instant::now();
            check(&password, &[&own, word]).ok();
            // Judged as a whole, the first of them takes longer than anybody waits for a test.
            assert!(started.elapsed() < std::time::Duration::from_secs(120), "{word}");
        }
    }

    #[test]
    fn only_the_kept_password_fits() {
        let kept = hash("correct horse").unwrap();
        assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{kept}");
        assert_ne!(kept, hash("correct horse").unwrap(), "every hash has its own salt");
        assert!(verify("correct horse", Some(&kept)));
        assert!(!verify("Correct horse", Some(&kept)));
        assert!(verify("cafe\u{301} cafe\u{301}", Some(&hash("café café").unwrap())));
    }

    #[test]
    fn nobody_has_no_password() {
        assert!(!verify("", None));
        assert!(!verify("correct horse", None));
        assert!(!verify("", Some("not a hash")));
    }

    proptest! {
        #[test]
        fn the_check_never_fails_to_answer(password in any::<String>()) {
            let short = password.chars().count() < MIN_CHARACTERS;
            prop_assert_eq!(check(&password, &["ann"]) == Err(PasswordError::TooShort), short);
        }
    }
}
