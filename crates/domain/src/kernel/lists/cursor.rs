//! The position at which a page of a list ended: opaque to clients, not signed, and without
//! authority (a forged cursor shows nothing that a filter could not show).

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};

use crate::kernel::{
    error::{Code, Error},
    field_error::{FieldError, Place},
};

/// The beginning of every cursor. A change of the format gets a new number, so that an old cursor
/// is `invalid_cursor` and not read as something else.
const VERSION: &str = "c1.";

#[derive(Serialize, Deserialize)]
struct Cursor<T> {
    #[serde(rename = "p")]
    position: T,
    #[serde(rename = "f")]
    fingerprint: String,
}

/// Identifies a list with its filter and sort, to which a cursor belongs. It is made from the
/// request as it was sent: `-P30D` is the same on every page. The spelling of a filter does not
/// matter.
pub fn fingerprint(list: &impl Serialize) -> String {
    let mut canonical = String::new();
    write_canonical(&json!(list), &mut canonical);
    // Nine bytes are twelve characters without padding. A fingerprint detects mistakes; it does not
    // protect anything (docs/lists.md#cursors).
    BASE64_URL_SAFE_NO_PAD.encode(&Sha256::digest(canonical)[..9])
}

/// The cursor that goes on after `position` in the list with this fingerprint.
pub fn encode(fingerprint: &str, position: impl Serialize) -> String {
    let bytes = serde_json::to_vec(&Cursor { position, fingerprint: fingerprint.to_owned() })
        .expect("a cursor is JSON");
    format!("{VERSION}{}", BASE64_URL_SAFE_NO_PAD.encode(bytes))
}

/// Parses a cursor of this list; `None` if it is invalid or belongs to another filter or sort.
pub fn decode<T: DeserializeOwned>(fingerprint: &str, cursor: &str) -> Option<T> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(cursor.strip_prefix(VERSION)?).ok()?;
    let cursor: Cursor<T> = serde_json::from_slice(&bytes).ok()?;
    (cursor.fingerprint == fingerprint).then_some(cursor.position)
}

/// The error of a cursor that cannot be used.
pub fn invalid(place: Place) -> Error {
    let detail = "is invalid or belongs to another filter or sort".to_owned();
    let meta = serde_json::Map::new();
    Error::of(Code::InvalidCursor).at(FieldError { code: "invalid_cursor", detail, place, meta })
}

/// JSON whose objects are sorted and without nulls.
fn write_canonical(json: &Json, out: &mut String) {
    match json {
        Json::Array(items) => {
            out.push('[');
            for item in items {
                write_canonical(item, out);
                out.push(',');
            }
            out.push(']');
        }
        Json::Object(members) => {
            let sorted: std::collections::BTreeMap<_, _> =
                members.iter().filter(|(_, value)| !value.is_null()).collect();
            out.push('{');
            for (name, value) in sorted {
                out.push_str(&Json::from(name.as_str()).to_string());
                out.push(':');
                write_canonical(value, out);
                out.push(',');
            }
            out.push('}');
        }
        scalar => out.push_str(&scalar.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_belongs_to_its_list() {
        let (one, other) = (fingerprint(&("tags", "x")), fingerprint(&("tags", "y")));
        let cursor = encode(&one, ("name", 3));
        assert_eq!(decode::<(String, i64)>(&one, &cursor), Some(("name".to_owned(), 3)));
        assert_eq!(decode::<(String, i64)>(&other, &cursor), None);
        assert_eq!(decode::<(i64, i64)>(&one, &cursor), None);
        for text in ["", "c1.", "c1.!!", "x", &cursor[1..]] {
            assert_eq!(decode::<(String, i64)>(&one, text), None);
        }
        let spellings = [json!({"a": 1, "b": null, "c": [2]}), json!({"c": [2], "a": 1})];
        assert_eq!(fingerprint(&spellings[0]), fingerprint(&spellings[1]));
    }
}
