//! How often a credential or an address may ask (contract 1.1): counted per instance, by leaky bucket.

use std::{net::IpAddr, num::NonZeroU32};

use domain::{Code, Error, Result};
use governor::{
    Quota, RateLimiter,
    clock::{Clock, DefaultClock},
    middleware::StateInformationMiddleware,
    state::keyed::DashMapStateStore,
};
use uuid::Uuid;

type Keyed<K> = RateLimiter<K, DashMapStateStore<K>, DefaultClock, StateInformationMiddleware>;

/// Units a minute of one user or API key; most operations cost one.
const PER_CREDENTIAL: u32 = 600;
/// Attempts a minute to sign in, per address and per account, each on its own.
const PER_SIGN_IN: u32 = 10;
/// Requests a minute for public forms, per address.
const PER_FORM_READER: u32 = 20;

/// What is left after this request.
#[derive(Debug, Clone, Copy)]
pub struct Left {
    pub quota: u32,
    pub remaining: u32,
}

impl Left {
    /// What a refusal leaves: nothing.
    pub fn after(refusal: &Error) -> Option<Self> {
        let Error::Problem(problem) = refusal else { return None };
        let quota = problem.meta.get("quota")?.as_u64()?;
        Some(Self { quota: u32::try_from(quota).ok()?, remaining: 0 })
    }

    /// Values of `RateLimit-Policy` and `RateLimit`.
    pub fn headers(self) -> (String, String) {
        let full_in = (u64::from(self.quota - self.remaining.min(self.quota)) * 60)
            .div_ceil(u64::from(self.quota));
        (
            format!(r#""default";q={};w=60"#, self.quota),
            format!(r#""default";r={};t={full_in}"#, self.remaining),
        )
    }
}

/// All limits of this instance.
pub struct Limits {
    enabled: bool,
    credentials: Keyed<Uuid>,
    addresses: Keyed<IpAddr>,
    accounts: Keyed<String>,
    form_readers: Keyed<IpAddr>,
}

impl Limits {
    pub fn new(enabled: bool) -> Self {
        Self {
            enabled,
            credentials: keyed(PER_CREDENTIAL),
            addresses: keyed(PER_SIGN_IN),
            accounts: keyed(PER_SIGN_IN),
            form_readers: keyed(PER_FORM_READER),
        }
    }

    /// Takes `cost` units from a credential.
    ///
    /// # Errors
    /// `quota_exceeded` with `meta.retry_after` in seconds and `meta.quota` a minute.
    pub fn of_credential(&self, credential: Uuid, cost: u32) -> Result<Option<Left>> {
        self.take(&self.credentials, credential, cost)
    }

    /// Counts an attempt to sign in against the address it comes from.
    ///
    /// # Errors
    /// `quota_exceeded`.
    pub fn of_address(&self, address: IpAddr) -> Result<Option<Left>> {
        self.take(&self.addresses, address, 1)
    }

    /// Counts an attempt to sign in against the account it is for.
    ///
    /// # Errors
    /// `quota_exceeded`.
    pub fn of_account(&self, email: &str) -> Result<Option<Left>> {
        self.take(&self.accounts, email.to_lowercase(), 1)
    }

    /// Counts a request for a public form against the address it comes from.
    ///
    /// # Errors
    /// `quota_exceeded`.
    pub fn of_form_reader(&self, address: IpAddr) -> Result<Option<Left>> {
        self.take(&self.form_readers, address, 1)
    }

    fn take<K: std::hash::Hash + Eq + Clone>(
        &self,
        limiter: &Keyed<K>,
        key: K,
        cost: u32,
    ) -> Result<Option<Left>> {
        if !self.enabled {
            return Ok(None);
        }
        let cost = NonZeroU32::new(cost).expect("every operation costs something");
        match limiter.check_key_n(&key, cost).expect("no operation costs more than the whole quota")
        {
            Ok(state) => Ok(Some(Left {
                quota: state.quota().burst_size().get(),
                remaining: state.remaining_burst_capacity(),
            })),
            Err(until) => {
                let wait = until
                    .wait_time_from(DefaultClock::default().now())
                    .as_secs_f64()
                    .ceil()
                    .max(1.0) as u64;
                let quota = until.quota().burst_size().get();
                Err(Error::of(Code::QuotaExceeded)
                    .meta("retry_after", wait.into())
                    .meta("quota", quota.into()))
            }
        }
    }

    /// Forgets keys that have been quiet for a while.
    pub fn shrink(&self) {
        self.credentials.retain_recent();
        self.addresses.retain_recent();
        self.accounts.retain_recent();
        self.form_readers.retain_recent();
    }
}

fn keyed<K: std::hash::Hash + Eq + Clone>(per_minute: u32) -> Keyed<K> {
    let quota = Quota::per_minute(NonZeroU32::new(per_minute).expect("a quota is not zero"));
    RateLimiter::dashmap(quota).with_middleware()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_eleventh_attempt_waits_and_others_do_not() {
        let limits = Limits::new(true);
        let address = IpAddr::from([192, 0, 2, 1]);
        for left in (0..10).rev() {
            assert_eq!(limits.of_address(address).unwrap().unwrap().remaining, left);
        }
        let refused = limits.of_address(address).unwrap_err();
        assert_eq!(refused.code(), Code::QuotaExceeded);
        assert!(limits.of_address(IpAddr::from([192, 0, 2, 2])).is_ok());
        assert!(Limits::new(false).of_account("a@b.example").unwrap().is_none());
    }

    #[test]
    fn headers_say_what_is_left() {
        let (policy, left) = Left { quota: 600, remaining: 598 }.headers();
        assert_eq!(
            (policy.as_str(), left.as_str()),
            (r#""default";q=600;w=60"#, r#""default";r=598;t=1"#)
        );
    }
}
