//! Converts JSON, as a client would send it, to the types of the demo.

/// The body of an operation.
pub(super) fn body<T: serde::de::DeserializeOwned>(value: serde_json::Value) -> domain::Result<T> {
    serde_json::from_value(value).map_err(domain::Error::internal)
}
