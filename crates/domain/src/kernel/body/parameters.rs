//! Query and path parameters: texts that become the JSON that their schemas ask for.

use serde_json::{Number, Value as Json};

use super::schema::{Resolved, resolve};

/// The value that the texts of a parameter make; none when several were given and it takes one.
pub(super) fn value(document: &Json, schema: &Json, texts: &[&str]) -> Option<Json> {
    let resolved = resolve(document, schema);
    match (resolved.kind(), texts) {
        (Some("array"), texts) => {
            let items = resolved.schema.get("items").map(|items| resolve(document, items));
            let kind = items.as_ref().and_then(Resolved::kind);
            let texts = texts.iter().flat_map(|text| split_list(text));
            Some(texts.map(|text| typed(kind, &text)).collect())
        }
        (kind, [text]) => Some(typed(kind, text)),
        _ => None,
    }
}

/// A parameter's text as the JSON that its type asks for; what does not fit stays text, and is
/// refused as such.
pub(crate) fn typed(kind: Option<&str>, text: &str) -> Json {
    let read = match kind {
        Some("integer") => text.parse::<i64>().ok().map(Json::from),
        Some("number") => text.parse::<f64>().ok().and_then(Number::from_f64).map(Json::Number),
        Some("boolean") => text.parse::<bool>().ok().map(Json::Bool),
        _ => None,
    };
    read.unwrap_or_else(|| Json::String(text.to_owned()))
}

/// The values of a list of a query parameter: `a,b\,c` is `a` and `b,c`; `\\` is a backslash, any
/// other one stands for itself.
pub fn split_list(text: &str) -> Vec<String> {
    let mut values = vec![String::new()];
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let last = values.last_mut().expect("starts with one and only grows");
        match c {
            ',' => values.push(String::new()),
            '\\' => last.push(chars.next_if(|next| matches!(next, ',' | '\\')).unwrap_or('\\')),
            c => last.push(c),
        }
    }
    values
}
