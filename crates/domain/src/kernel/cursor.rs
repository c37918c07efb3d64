//! Where a page of a simple list ended: opaque to clients, not signed, without authority.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};

use crate::kernel::{
    error::{Code, Error, Result},
    fault::Fault,
};

/// What stands in front of every cursor.
pub const VERSION: &str = "c1.";

#[derive(Serialize, Deserialize)]
struct Cursor<T> {
    #[serde(rename = "p")]
    position: T,
    #[serde(rename = "f")]
    fingerprint: String,
}

/// Names a list with its filter and sort: a cursor belongs to it.
pub fn fingerprint(list: &impl Serialize) -> String {
    let text = serde_json::to_vec(list).expect("a filter is JSON");
    // Nine bytes are twelve characters without padding. A fingerprint notices mistakes; it is no
    // protection, and needs none (docs/lists.md#cursors).
    BASE64_URL_SAFE_NO_PAD.encode(&Sha256::digest(text)[..9])
}

/// The cursor that goes on after `position` in the list with this fingerprint.
pub fn encode(fingerprint: &str, position: impl Serialize) -> String {
    let bytes = serde_json::to_vec(&Cursor { position, fingerprint: fingerprint.to_owned() })
        .expect("a cursor is JSON");
    format!("{VERSION}{}", BASE64_URL_SAFE_NO_PAD.encode(bytes))
}

/// Reads a cursor of this list.
///
/// # Errors
/// `invalid_cursor` when it is unreadable or belongs to another filter or sort.
pub fn decode<T: DeserializeOwned>(fingerprint: &str, cursor: &str) -> Result<T> {
    let read = || {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(cursor.strip_prefix(VERSION)?).ok()?;
        let cursor: Cursor<T> = serde_json::from_slice(&bytes).ok()?;
        (cursor.fingerprint == fingerprint).then_some(cursor.position)
    };
    read().ok_or_else(invalid)
}

/// The problem of a cursor that cannot be used.
pub fn invalid() -> Error {
    let fault = Fault::at_parameter(
        "invalid_cursor",
        "cursor",
        "is unreadable or belongs to another filter or sort",
    );
    Error::of(Code::InvalidCursor).at(fault)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_belongs_to_its_list() {
        let (one, other) = (fingerprint(&("tags", "x")), fingerprint(&("tags", "y")));
        let cursor = encode(&one, ("name", 3));
        assert_eq!(decode::<(String, i64)>(&one, &cursor).unwrap(), ("name".to_owned(), 3));
        assert_eq!(
            decode::<(String, i64)>(&other, &cursor).unwrap_err().code(),
            Code::InvalidCursor
        );
        assert!(decode::<(i64, i64)>(&one, &cursor).is_err());
        for text in ["", "c1.", "c1.!!", "x", &cursor[1..]] {
            assert!(decode::<(String, i64)>(&one, text).is_err());
        }
    }
}
