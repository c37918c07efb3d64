//! Rate limits: one table of buckets. Every request that counts takes units from some of them. Each
//! instance counts for itself.
//!
//! A full bucket admits all its units at once, and fills up evenly over its window. Attempts that
//! count only when they fail (a wrong password) are taken before the check and given back after a
//! success, so that concurrent attempts are limited like successive ones.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use domain::{Code, Error, Result};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// What is counted, and by whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bucket {
    /// Requests; most operations cost one unit. By user or API key.
    Requests,
    /// Requests of all callers of an organization. By organization.
    OrganizationRequests,
    /// Reads and submissions of public forms. By network.
    PublicForms,
    /// Other requests without a credential. By network.
    PublicRequests,
    /// Well-formed but unknown API keys, each of which costs a look-up. By network.
    UnknownKeys,
    /// Attempts to sign in, successful or not. By account and network.
    SignIns,
    /// Failed sign-ins to any account. By network.
    SignInFailures,
    /// Failed sign-ins. By account and network, so that clients elsewhere are not locked out.
    AccountFailuresHere,
    /// Failed sign-ins from anywhere; the limit is so high that one network alone cannot reach it.
    /// By account.
    AccountFailures,
    /// Failed sign-ins on a device from which the member has signed in before. By device.
    DeviceFailures,
    /// Wrong current passwords of a signed-in member. By member.
    PasswordGuesses,
    /// The same over a longer time.
    PasswordGuessesSlow,
    /// Changes of passwords. By network.
    PasswordChanges,
    /// Requests for a reset link. By network.
    PasswordResets,
    /// New organizations. By network.
    Registrations,
    /// New organizations. By the e-mail address that gets the mail.
    RegistrationsOfAddress,
    /// Accepted invitations and confirmed registrations. By network.
    InvitationAcceptances,
    /// Refreshes of sessions. By network.
    Refreshes,
}

impl Bucket {
    /// The number of buckets.
    const COUNT: usize = Self::Refreshes as usize + 1;

    /// The units of a full bucket, and the seconds in which an empty one becomes full.
    const fn size(self) -> (u32, u32) {
        const MINUTE: u32 = 60;
        const HOUR: u32 = 3_600;
        match self {
            Self::Requests => (600, MINUTE),
            Self::OrganizationRequests => (6_000, MINUTE),
            Self::PublicForms => (20, MINUTE),
            Self::PublicRequests => (300, MINUTE),
            Self::UnknownKeys => (100, MINUTE),
            Self::SignIns => (60, MINUTE),
            Self::SignInFailures => (10, MINUTE),
            Self::AccountFailuresHere | Self::DeviceFailures => (20, HOUR),
            Self::AccountFailures => (200, HOUR),
            Self::PasswordGuesses => (10, MINUTE),
            Self::PasswordGuessesSlow => (30, HOUR),
            Self::PasswordChanges => (30, MINUTE),
            Self::PasswordResets => (10, MINUTE),
            Self::Registrations => (30, 10 * MINUTE),
            Self::RegistrationsOfAddress => (10, HOUR),
            Self::InvitationAcceptances => (60, MINUTE),
            Self::Refreshes => (300, MINUTE),
        }
    }
}

/// By whom units are counted.
#[derive(Debug, Clone, Copy)]
pub enum Subject<'a> {
    /// A user, an API key, an organization or a device.
    Id(Uuid),
    /// The network of a request: an IPv4 address, or the /64 network of an IPv6 address. Its /56,
    /// which one customer of a provider often has as a whole, has four times the quota.
    Network(IpAddr),
    /// An e-mail address.
    Address(&'a str),
    /// An e-mail address, in combination with one IPv4 address or /56 network.
    AddressFrom(&'a str, IpAddr),
}

/// The hashed name of a subject, of constant size.
type Key = u128;

impl Subject<'_> {
    /// The keys under which a subject is counted, each with a factor for the quota.
    fn keys(self) -> [Option<(Key, u32)>; 2] {
        match self {
            Self::Id(id) => [Some((key(0, &[id.as_bytes()]), 1)), None],
            Self::Address(email) => [Some((key(1, &[email.to_lowercase().as_bytes()]), 1)), None],
            Self::AddressFrom(email, address) => {
                let ((bits, length), email) = (network(address, 56), email.to_lowercase());
                [Some((key(2, &[&bits[..length], email.as_bytes()]), 1)), None]
            }
            Self::Network(address) => {
                let (bits, length) = network(address, 64);
                // Both are counted: the /64 of one household, and four times as much for the /56,
                // so that a client with a /56 gains little by changing its network.
                let wide = address.to_canonical().is_ipv6().then(|| (key(4, &[&bits[..7]]), 4));
                [wide, Some((key(3, &[&bits[..length]]), 1))]
            }
        }
    }
}

/// The name of the network of an address.
pub type NetworkKey = Key;

/// The network of an address: the address itself for IPv4, the /56 for IPv6, which one customer of
/// a provider often has as a whole.
pub fn network_key(address: IpAddr) -> NetworkKey {
    let (bits, length) = network(address, 56);
    key(5, &[&bits[..length]])
}

/// The first bytes of an address that its network shares, and their number.
fn network(address: IpAddr, v6_bits: usize) -> ([u8; 16], usize) {
    let mut bytes = [0; 16];
    match address.to_canonical() {
        IpAddr::V4(v4) => {
            bytes[..4].copy_from_slice(&v4.octets());
            (bytes, 4)
        }
        IpAddr::V6(v6) => (v6.octets(), v6_bits / 8),
    }
}

fn key(kind: u8, parts: &[&[u8]]) -> Key {
    let mut digest = Sha256::new();
    digest.update([kind]);
    for part in parts {
        // The lengths separate the parts, and the kind separates addresses from accounts.
        digest.update((part.len() as u64).to_le_bytes());
        digest.update(part);
    }
    let [head @ .., _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _]: [u8; 32] =
        digest.finalize().into();
    Key::from_le_bytes(head)
}

/// The state of a bucket after a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimitState {
    pub quota: u32,
    pub remaining: u32,
    /// The seconds in which an empty bucket becomes full.
    pub window: u32,
}

impl RateLimitState {
    /// The state after a refused request: no units are left.
    pub fn after(refusal: &Error) -> Option<Self> {
        let Error::Problem(problem) = refusal else { return None };
        let number = |name: &str| u32::try_from(problem.meta.get(name)?.as_u64()?).ok();
        Some(Self { quota: number("quota")?, remaining: 0, window: number("window")? })
    }

    /// Values of `RateLimit-Policy` and `RateLimit`.
    pub fn headers(self) -> (String, String) {
        let Self { quota, remaining, window } = self;
        let full_in = (u64::from(quota.saturating_sub(remaining)) * u64::from(window))
            .div_ceil(u64::from(quota.max(1)));
        (
            format!(r#""default";q={quota};w={window}"#),
            format!(r#""default";r={remaining};t={full_in}"#),
        )
    }
}

/// The most keys that a bucket counts exactly. New keys beyond that share [`SHARED`] slots until
/// inactive keys are removed, so that a flood of addresses cannot fill the memory.
const EXACT: usize = 200_000;
const SHARED: Key = 65_536;

/// All limits of this instance.
pub struct Limits {
    enabled: bool,
    started: Instant,
    /// For each bucket and key, the nanosecond since the start at which its quota is full again.
    full_at: [Mutex<HashMap<Key, u64>>; Bucket::COUNT],
}

/// Units that were taken from buckets.
#[must_use = "drop it explicitly if the units are not given back"]
pub struct TakenUnits<'a> {
    limits: &'a Limits,
    /// Bucket, key and nanoseconds.
    units: Vec<(Bucket, Key, u64)>,
    /// The state of the bucket closest to its limit; `None` if limits are turned off.
    pub left: Option<RateLimitState>,
}

impl TakenUnits<'_> {
    /// Gives the units back, because the attempt does not count.
    pub fn give_back(self) {
        for (bucket, key, span) in self.units {
            if let Some(full_at) = self.limits.level(bucket).get_mut(&key) {
                *full_at = full_at.saturating_sub(span);
            }
        }
    }
}

impl Limits {
    pub fn new(enabled: bool) -> Self {
        let full_at = std::array::from_fn(|_| Mutex::default());
        Self { enabled, started: Instant::now(), full_at }
    }

    /// Takes `cost` units from each of these buckets, or from none.
    ///
    /// # Errors
    /// `quota_exceeded` with `meta.retry_after` in seconds, `meta.quota` units in `meta.window`
    /// seconds.
    pub fn take(&self, from: &[(Bucket, Subject<'_>)], cost: u32) -> Result<TakenUnits<'_>> {
        self.take_at(self.started.elapsed(), from, cost)
    }

    fn take_at(
        &self,
        now: Duration,
        from: &[(Bucket, Subject<'_>)],
        cost: u32,
    ) -> Result<TakenUnits<'_>> {
        let mut taken = TakenUnits { limits: self, units: Vec::new(), left: None };
        if !self.enabled {
            return Ok(taken);
        }
        let now = nanoseconds(now);
        for (bucket, subject) in from {
            for (key, times) in subject.keys().into_iter().flatten() {
                match self.take_one(*bucket, key, times, cost, now) {
                    Ok((key, span, left)) => {
                        taken.units.push((*bucket, key, span));
                        if taken.left.is_none_or(|nearest| left.remaining < nearest.remaining) {
                            taken.left = Some(left);
                        }
                    }
                    Err(refusal) => {
                        // All or nothing: a request that one bucket refuses must not reduce the
                        // others.
                        taken.give_back();
                        return Err(refusal);
                    }
                }
            }
        }
        Ok(taken)
    }

    fn take_one(
        &self,
        bucket: Bucket,
        key: Key,
        times: u32,
        cost: u32,
        now: u64,
    ) -> Result<(Key, u64, RateLimitState)> {
        let (units, window) = bucket.size();
        let quota = units * times;
        let whole = u64::from(window) * 1_000_000_000;
        let unit = whole / u64::from(quota);
        // A cost above the quota would never be admitted, so it counts as a full bucket.
        let span = unit * u64::from(cost.min(quota));
        let mut levels = self.level(bucket);
        let key =
            if levels.len() >= EXACT && !levels.contains_key(&key) { key % SHARED } else { key };
        // One number per key is enough: the instant at which the bucket is full again. No timer has
        // to fill buckets.
        let full_at = levels.get(&key).copied().unwrap_or(0).max(now) + span;
        if let Some(early) = full_at.checked_sub(now + whole).filter(|early| *early > 0) {
            let seconds = early.div_ceil(1_000_000_000);
            return Err(Error::of(Code::QuotaExceeded)
                .meta("retry_after", seconds.into())
                .meta("quota", quota.into())
                .meta("window", window.into()));
        }
        levels.insert(key, full_at);
        let remaining = u32::try_from((now + whole - full_at) / unit).unwrap_or(quota);
        Ok((key, span, RateLimitState { quota, remaining, window }))
    }

    fn level(&self, bucket: Bucket) -> std::sync::MutexGuard<'_, HashMap<Key, u64>> {
        // A poisoned map is consistent, because each number is written by one call.
        self.full_at[bucket as usize].lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Removes keys whose quota is full again.
    pub fn shrink(&self) {
        let now = nanoseconds(self.started.elapsed());
        for levels in &self.full_at {
            let mut levels = levels.lock().unwrap_or_else(PoisonError::into_inner);
            levels.retain(|_, full_at| *full_at > now);
            levels.shrink_to(1_024);
        }
    }
}

/// Enough for five hundred years.
fn nanoseconds(span: Duration) -> u64 {
    u64::try_from(span.as_nanos()).unwrap_or(u64::MAX / 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn seconds(number: u64) -> Duration {
        Duration::from_secs(number)
    }

    /// How many of so many attempts get in at this instant.
    fn admitted(limits: &Limits, now: Duration, bucket: Bucket, subject: Subject<'_>) -> usize {
        (0..1_000).filter(|_| limits.take_at(now, &[(bucket, subject)], 1).is_ok()).count()
    }

    #[test]
    fn the_eleventh_attempt_waits_and_others_do_not() {
        let limits = Limits::new(true);
        let here = [(Bucket::SignInFailures, Subject::Network(address("192.0.2.1")))];
        for left in (0..10).rev() {
            let taken = limits.take_at(seconds(1), &here, 1).unwrap();
            assert_eq!(taken.left, Some(RateLimitState { quota: 10, remaining: left, window: 60 }));
        }
        let refused = limits.take_at(seconds(1), &here, 1).err().unwrap();
        assert_eq!(refused.code(), Code::QuotaExceeded);
        assert_eq!(
            RateLimitState::after(&refused),
            Some(RateLimitState { quota: 10, remaining: 0, window: 60 })
        );
        assert!(matches!(&refused, Error::Problem(p) if p.meta["retry_after"] == 6));
        let other = Subject::Network(address("192.0.2.2"));
        assert!(limits.take_at(seconds(1), &[(Bucket::SignInFailures, other)], 1).is_ok());
        // One unit is back after six seconds, all of them after sixty.
        assert_eq!(admitted(&limits, seconds(7), here[0].0, here[0].1), 1);
        assert_eq!(admitted(&limits, seconds(100), here[0].0, here[0].1), 10);
        let off = Limits::new(false);
        assert!(off.take(&here, 1).unwrap().left.is_none());
    }

    #[test]
    fn what_went_well_does_not_count() {
        let limits = Limits::new(true);
        let subject = Subject::AddressFrom("Ann@Example.com", address("192.0.2.1"));
        let both = [
            (Bucket::AccountFailuresHere, subject),
            (Bucket::AccountFailures, Subject::Address("ann@example.com")),
        ];
        for _ in 0..100 {
            limits.take(&both, 1).unwrap().give_back();
        }
        assert_eq!(limits.take(&both, 1).unwrap().left.unwrap().remaining, 19);
    }

    #[test]
    fn a_refusal_by_one_bucket_takes_nothing_from_the_others() {
        let limits = Limits::new(true);
        let (one, two) = (Subject::Id(Uuid::from_u128(1)), Subject::Id(Uuid::from_u128(2)));
        assert_eq!(admitted(&limits, seconds(0), Bucket::PublicForms, one), 20);
        let both = [(Bucket::PublicForms, two), (Bucket::PublicForms, one)];
        for _ in 0..50 {
            assert!(limits.take_at(seconds(0), &both, 1).is_err());
        }
        assert_eq!(admitted(&limits, seconds(0), Bucket::PublicForms, two), 20);
    }

    #[test]
    fn an_ipv6_network_counts_as_one() {
        let limits = Limits::new(true);
        let now = seconds(0);
        let of = |text: &str| Subject::Network(address(text));
        assert_eq!(admitted(&limits, now, Bucket::SignInFailures, of("2001:db8::1")), 10);
        assert_eq!(admitted(&limits, now, Bucket::SignInFailures, of("2001:db8::ffff:2")), 0);
        let others: usize = (1..=255)
            .map(|subnet| {
                let subject = format!("2001:db8:0:{subnet:x}::1");
                admitted(&limits, now, Bucket::SignInFailures, of(&subject))
            })
            .sum();
        assert_eq!(others, 30, "the /56 has four times as much");
        assert_eq!(admitted(&limits, now, Bucket::SignInFailures, of("2001:db8:0:100::1")), 10);
        assert_eq!(admitted(&limits, now, Bucket::SignInFailures, of("192.0.2.1")), 10);
        assert_eq!(admitted(&limits, now, Bucket::SignInFailures, of("::ffff:192.0.2.1")), 0);
    }

    #[test]
    fn one_network_alone_never_uses_up_an_account() {
        let limits = Limits::new(true);
        let here = address("192.0.2.1");
        let from = [
            (Bucket::SignInFailures, Subject::Network(here)),
            (Bucket::AccountFailuresHere, Subject::AddressFrom("ann@example.com", here)),
            (Bucket::AccountFailures, Subject::Address("ann@example.com")),
        ];
        for second in 0..24 * 3_600 {
            limits.take_at(seconds(second), &from, 1).ok();
            if second % 300 == 0 {
                let account = (Bucket::AccountFailures, Subject::Address("ann@example.com"));
                let left = limits.take_at(seconds(second), &[account], 1).unwrap();
                assert!(left.left.unwrap().remaining > 150, "{second}");
                left.give_back();
            }
        }
    }

    #[test]
    fn a_cost_above_the_quota_is_the_quota() {
        let limits = Limits::new(true);
        let from = [(Bucket::Requests, Subject::Id(Uuid::nil()))];
        assert_eq!(limits.take_at(seconds(0), &from, 10_000).unwrap().left.unwrap().remaining, 0);
        assert!(limits.take_at(seconds(0), &from, 1).is_err());
    }

    #[test]
    fn a_flood_of_addresses_does_not_fill_the_memory() {
        let limits = Limits::new(true);
        for number in 0..EXACT as u128 + 100_000 {
            let from = [(Bucket::PublicRequests, Subject::Id(Uuid::from_u128(number)))];
            limits.take_at(seconds(3_000), &from, 1).ok();
        }
        assert!(limits.level(Bucket::PublicRequests).len() <= EXACT + SHARED as usize);
    }

    #[test]
    fn headers_say_what_is_left() {
        let (policy, left) = RateLimitState { quota: 600, remaining: 598, window: 60 }.headers();
        assert_eq!(
            (policy.as_str(), left.as_str()),
            (r#""default";q=600;w=60"#, r#""default";r=598;t=1"#)
        );
    }
}
