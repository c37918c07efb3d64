//! Absent, null or a value: the three cases of a merge patch (RFC 7396).

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value, json};

use crate::kernel::error::{Error, Result};

/// For `Option<Option<T>>` with `#[serde(default, deserialize_with = "patch::nullable")]`:
/// absent is `None`, null is `Some(None)`.
pub fn nullable<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    d: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(d).map(Some)
}

/// Longer texts and structures (as JSON, in bytes) appear in an event without their values.
const MAX_EVENT_TEXT: usize = 1000;

/// The changes that `patch` makes to `before`: `{field: {"from", "to"}}`, as in `changes` of an
/// event. Fields that `patch` does not have are unchanged, so a typed patch skips absent ones
/// (`skip_serializing_if`).
pub fn changes(before: &impl Serialize, patch: &impl Serialize) -> Result<Map<String, Value>> {
    let (before, patch) = (object(before)?, object(patch)?);
    let differing = patch.into_iter().filter_map(|(field, to)| {
        let from = before.get(&field).cloned().unwrap_or(Value::Null);
        (from != to).then(|| (field, change(from, to)))
    });
    Ok(differing.collect())
}

fn change(from: Value, to: Value) -> Value {
    let long = |value: &Value| match value {
        Value::String(text) => text.len() > MAX_EVENT_TEXT,
        Value::Array(_) | Value::Object(_) => value.to_string().len() > MAX_EVENT_TEXT,
        _ => false,
    };
    match long(&from) || long(&to) {
        // An event has at most 20 KiB (docs/events.md#an-event).
        true => json!({"from": null, "to": null, "truncated": true}),
        false => json!({"from": from, "to": to}),
    }
}

fn object(of: &impl Serialize) -> Result<Map<String, Value>> {
    match serde_json::to_value(of).map_err(Error::internal)? {
        Value::Object(map) => Ok(map),
        _ => Err(Error::internal("only objects can be patched")),
    }
}

/// The versions of a resource that the client expects (If-Match).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExpectedVersions {
    versions: [i64; Self::MOST],
    count: usize,
}

impl ExpectedVersions {
    /// The most versions in one request.
    pub const MOST: usize = 16;

    /// Expects one of these versions; `None` if there are too many. An empty list matches no
    /// version.
    pub fn any_of(given: &[i64]) -> Option<Self> {
        let mut versions = [0; Self::MOST];
        versions.get_mut(..given.len())?.copy_from_slice(given);
        Some(Self { versions, count: given.len() })
    }

    /// Whether this version is expected.
    pub fn contains(&self, version: i64) -> bool {
        self.versions.iter().take(self.count).any(|known| *known == version)
    }
}

impl From<i64> for ExpectedVersions {
    fn from(version: i64) -> Self {
        let mut versions = [0; Self::MOST];
        versions[0] = version;
        Self { versions, count: 1 }
    }
}

/// Checks the expected version (If-Match). Without an expectation every version is accepted.
///
/// # Errors
/// `version_mismatch` if the resource was changed meanwhile.
pub fn expect_version(expected: Option<ExpectedVersions>, current: i64) -> Result<()> {
    match expected {
        Some(versions) if !versions.contains(current) => Err(Error::version_mismatch(current)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::error::Code;

    #[test]
    fn only_what_differs_is_a_change() {
        let before = json!({"name": "Acme", "color": null, "rank": 1, "notes": "x".repeat(2000)});
        let patch = json!({"name": "Acme", "color": "#fff", "rank": 2, "notes": null});
        let found = changes(&before, &patch).unwrap();
        assert_eq!(
            Value::Object(found),
            json!({
                "color": {"from": null, "to": "#fff"},
                "rank": {"from": 1, "to": 2},
                "notes": {"from": null, "to": null, "truncated": true},
            })
        );
        assert!(changes(&before, &json!({})).unwrap().is_empty());
    }

    #[test]
    fn the_expected_version_must_be_the_current_one() {
        let any_of = ExpectedVersions::any_of;
        assert!(expect_version(None, 3).is_ok() && expect_version(Some(3.into()), 3).is_ok());
        assert!(expect_version(any_of(&[1, 3]), 3).is_ok());
        for expected in [Some(2.into()), any_of(&[1, 2]), Some(0.into()), any_of(&[])] {
            let refused = expect_version(expected, 3).unwrap_err();
            assert_eq!(refused.code(), Code::VersionMismatch);
        }
        assert!(expect_version(Some(3.into()), 0).is_err(), "what is not named is not there");
        assert_eq!(any_of(&[1; ExpectedVersions::MOST + 1]), None);
    }
}
