//! How many tokens a text has, before a model says so.

/// About how many tokens a text is: rather too many.
pub(super) fn estimate(text: &str) -> i64 {
    text.len() as i64 / 3 + 1
}
