//! Normalises texts before they are stored, and makes the forms under which they are compared.
//! Every text of a request, a form or an import goes through here, so that texts that look equal
//! are equal.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// A text contains a control character other than newline and tab (including NUL, which PostgreSQL
/// cannot store).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must not contain control characters except newline and tab")]
pub struct ControlCharacter;

/// Normalises a text for storage (docs/API-DESIGN.md#requests): CR LF and CR become LF, trimmed,
/// NFC.
pub fn normalise(text: &str) -> Result<String, ControlCharacter> {
    let text = unify_line_ends(text);
    if text.chars().any(is_refused) { Err(ControlCharacter) } else { Ok(tidy(&text)) }
}

/// The same for imports, where a control character is removed instead of refused. The second value
/// is whether that happened.
pub fn clean_lossy(text: &str) -> (String, bool) {
    let text = unify_line_ends(text);
    let kept: String = text.chars().filter(|c| !is_refused(*c)).collect();
    let removed = kept.len() != text.len();
    (tidy(&kept), removed)
}

/// Removes the invisible characters that change the direction of text, with which a text can be
/// made to look like another one. Right-to-left scripts do not need them.
pub fn without_direction_controls(text: &str) -> String {
    text.chars()
        .filter(|c| !matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'))
        .collect()
}

/// The characters that begin a formula in a spreadsheet.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

fn is_formula_behind_apostrophes(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(FORMULA)
}

/// Escapes a text for a cell of CSV, so that no spreadsheet interprets it as a formula: an
/// apostrophe is put in front. [`without_formula_escape`] is the inverse, also for texts that begin
/// with an apostrophe themselves.
pub fn with_formula_escape(text: String) -> String {
    if is_formula_behind_apostrophes(&text) { format!("'{text}") } else { text }
}

/// Removes the escape of a cell of CSV.
pub fn without_formula_escape(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|text| is_formula_behind_apostrophes(text)).unwrap_or(cell)
}

/// The form in which texts are compared without regard to case.
///
/// PostgreSQL computes the same as `lower(x COLLATE "und-x-icu")`; the two differ only for capitals
/// that are newer than the server's ICU.
pub fn fold(text: &str) -> String {
    text.to_lowercase()
}

/// A company's name for comparison only, never shown: NFKC, case-folded,
/// punctuation to spaces, spaces collapsed, a leading `the` dropped.
///
/// Symbols are kept (`A+` is not `A`), invisible characters are dropped. A name of punctuation only
/// is kept unchanged, so that `!!!` and `...` are not the same company.
pub fn normalised_name(name: &str) -> String {
    // Folding can produce sequences that NFKC would compose, so it is applied again.
    let folded: String = fold_case(&name.nfkc().collect::<String>()).nfkc().collect();
    let spaced: String = folded
        .chars()
        .filter(|c| !is_invisible(*c))
        .map(|c| if is_punctuation(c) { ' ' } else { c })
        .collect();
    let mut words = spaced.split_whitespace().peekable();
    let first = words.next();
    // A company with the name `The` keeps it.
    if first == Some("the") && words.peek().is_some() {
        return words.collect::<Vec<_>>().join(" ");
    }
    match first {
        Some(first) => std::iter::once(first).chain(words).collect::<Vec<_>>().join(" "),
        None => folded.split_whitespace().collect::<Vec<_>>().join(" "),
    }
}

fn unify_line_ends(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

fn is_refused(c: char) -> bool {
    c.is_control() && c != '\n' && c != '\t'
}

/// NFC first: composing cannot move a space to an end, but trimming first could leave one there.
fn tidy(text: &str) -> String {
    let composed: String = text.nfc().collect();
    composed.trim().to_owned()
}

/// Unicode case folding, close enough for names: through capitals, so that `ß` equals `SS` and both
/// sigmas are equal. The dotless i is different, as in the standard's table.
fn fold_case(text: &str) -> String {
    text.chars()
        .flat_map(|c| match c {
            'ı' => vec![c],
            _ => c.to_uppercase().flat_map(char::to_lowercase).collect(),
        })
        .collect()
}

/// General category P: the ASCII part exactly, beyond it the blocks with punctuation.
fn is_punctuation(c: char) -> bool {
    match c {
        '$' | '+' | '<' | '=' | '>' | '^' | '`' | '|' | '~' => false,
        _ if c.is_ascii() => c.is_ascii_punctuation(),
        '¡' | '§' | '«' | '¶' | '·' | '»' | '¿' => true,
        '\u{2010}'..='\u{2027}' | '\u{2030}'..='\u{205e}' | '\u{2e00}'..='\u{2e7f}' => {
            !matches!(c, '\u{2044}' | '\u{2052}')
        }
        '\u{3001}'..='\u{3003}' | '\u{3008}'..='\u{3011}' | '\u{3014}'..='\u{301f}' | '・' => true,
        _ => false,
    }
}

/// Invisible format characters: zero-width spaces and joiners, direction marks, soft hyphens.
fn is_invisible(c: char) -> bool {
    let format = matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}');
    let variation = is_combining_mark(c) && matches!(c, '\u{fe00}'..='\u{fe0f}');
    format || variation || c.is_control() && !c.is_whitespace()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn texts_are_trimmed_composed_and_free_of_control_characters() {
        assert_eq!(
            normalise(" \u{a0}Cafe\u{301}\r\nBar\rBaz\t1 \n"),
            Ok("Café\nBar\nBaz\t1".to_owned())
        );
        for bad in ["a\0b", "\u{7}", "a\u{85}b", "\u{1b}[0m", "x\u{7f}"] {
            assert_eq!(normalise(bad), Err(ControlCharacter), "{bad:?}");
        }
        assert_eq!(clean_lossy("a\0b\u{1b} "), ("ab".to_owned(), true));
        assert_eq!(clean_lossy("a\r\nb"), ("a\nb".to_owned(), false));
    }

    #[test]
    fn names_are_compared_without_case_punctuation_and_article() {
        for (one, other) in [
            ("Home Office", "The Home-Office"),
            ("ACME, Inc.", "acme inc"),
            ("Straße", "STRASSE"),
            ("ΟΔΟΣ", "οδος"),
            ("Ｗｉｄｅ  Co", "wide co"),
            ("ﬁne “Quotes”", "Fine Quotes"),
            ("\u{200b}Cortex", "Cortex"),
        ] {
            assert_eq!(normalised_name(one), normalised_name(other));
        }
        for (one, other) in [
            ("A+", "A"),
            ("C++", "C"),
            ("!!!", "..."),
            ("The", ""),
            ("Theatre", "atre"),
            ("é", "e"),
        ] {
            assert_ne!(normalised_name(one), normalised_name(other));
        }
        assert_eq!(normalised_name("The"), "the");
        assert_eq!(normalised_name("  "), "");
    }

    proptest! {
        #[test]
        fn cleaning_twice_changes_nothing(text in any::<String>()) {
            let (clean, _) = clean_lossy(&text);
            prop_assert_eq!(clean_lossy(&clean), (clean.clone(), false));
            prop_assert_eq!(normalise(&clean), Ok(clean));
        }

        #[test]
        fn strict_and_lossy_agree_where_nothing_is_wrong(text in any::<String>()) {
            let (clean, removed) = clean_lossy(&text);
            prop_assert_eq!(normalise(&text), if removed { Err(ControlCharacter) } else { Ok(clean) });
        }

        #[test]
        fn names_ignore_case_and_spaces(name in "[a-zA-Z0-9äÖßéΣσ+&. -]{1,20}") {
            let form = normalised_name(&name);
            prop_assert_eq!(&form, &normalised_name(&format!("  {} ", name.to_uppercase())));
            prop_assert_eq!(&form, &normalised_name(&name.to_lowercase()));
        }
    }
}
