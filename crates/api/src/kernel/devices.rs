//! Devices from which a member has signed in before, recognized by a signed cookie. Failed sign-ins
//! from unknown devices do not count against them. The cookie alone does not sign anyone in.

use actix_web::cookie::{Cookie, SameSite, time};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD as BASE64};
use chrono::Utc;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use uuid::Uuid;

use crate::kernel::server_key::ServerKey;

/// The cookie: for this host only, over HTTPS only, not readable by scripts.
pub const COOKIE: &str = "__Host-prm_device";
/// The purpose for which the key is derived.
const PURPOSE: &str = "known devices";
/// The longest time for which browsers keep a cookie.
const LIFE_DAYS: i64 = 400;

/// Makes the cookie after a sign-in with this e-mail address.
pub fn cookie(key: &ServerKey, email: &str) -> Cookie<'static> {
    // A UUIDv7 contains the time of its creation, so the cookie needs no field for its age.
    let device = Uuid::now_v7();
    let seal = sealing(&key.derive(PURPOSE), device, email).finalize().into_bytes();
    let seal = BASE64.encode(seal);
    Cookie::build(COOKIE, format!("{}.{seal}", device.as_simple()))
        .path("/")
        .secure(true)
        .http_only(true)
        .same_site(SameSite::Strict)
        .max_age(time::Duration::days(LIFE_DAYS))
        .finish()
}

/// The device of a cookie that was made for this e-mail address.
pub fn known_device(key: &ServerKey, cookie: &str, email: &str) -> Option<Uuid> {
    let (device, seal) = cookie.split_once('.')?;
    let device = Uuid::try_parse(device).ok()?;
    let (seconds, _) = device.get_timestamp()?.to_unix();
    let age = Utc::now().timestamp().checked_sub(i64::try_from(seconds).ok()?)?;
    if age > LIFE_DAYS * 24 * 3_600 {
        return None;
    }
    let seal = BASE64.decode(seal).ok()?;
    let fits = |key| sealing(&key, device, email).verify_slice(&seal).is_ok();
    // The previous and next server keys count as well, so that devices stay known while the key is
    // replaced.
    key.derive_all(PURPOSE).any(fits).then_some(device)
}

fn sealing(key: &[u8; 32], device: Uuid, email: &str) -> Hmac<Sha256> {
    let mut mac = Hmac::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(device.as_bytes());
    mac.update(email.to_lowercase().as_bytes());
    mac
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> ServerKey {
        ServerKey::new(text.to_owned().into())
    }

    #[test]
    fn a_device_is_known_to_the_person_who_signed_in_there_and_to_nobody_else() {
        let key = key("0123456789abcdef0123456789abcdef");
        let cookie = cookie(&key, "ann@example.com").value().to_owned();
        assert!(known_device(&key, &cookie, "Ann@Example.com").is_some());
        assert_eq!(known_device(&key, &cookie, "bob@example.com"), None);
        let other = self::key("another secret of thirty-two bytes");
        assert_eq!(known_device(&other, &cookie, "ann@example.com"), None);
        let (device, seal) = cookie.split_once('.').unwrap();
        for forged in [
            "",
            ".",
            device,
            &format!("{device}."),
            &format!("{}.{seal}", Uuid::now_v7().as_simple()),
            &format!("{}.{seal}", Uuid::nil().as_simple()),
            &format!("{device}.{}", &seal[..seal.len() - 2]),
        ] {
            assert_eq!(known_device(&key, forged, "ann@example.com"), None, "{forged}");
        }
    }
}
