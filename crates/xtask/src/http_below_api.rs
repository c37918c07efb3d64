//! HTTP is known by the API alone: the crates below it name no status, no address of the API and
//! no operation.

use std::{collections::BTreeSet, fs};

use proc_macro2::{TokenStream, TokenTree};

use crate::imports::{Crate, end_of_item, is_of_tests, root};

/// The crates that the API is built on. `scoring` is a client of a language model.
const BELOW: [&str; 2] = ["domain", "persistence"];

/// What is said outside of tests and documentation.
#[derive(Default)]
struct Words {
    names: BTreeSet<String>,
    texts: BTreeSet<String>,
}

impl Words {
    fn read(&mut self, tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut at = 0;
        while let Some(token) = tokens.get(at) {
            at += 1;
            match (token, tokens.get(at)) {
                (TokenTree::Punct(punct), Some(TokenTree::Group(attribute)))
                    if punct.as_char() == '#' =>
                {
                    let text = attribute.to_string();
                    if is_of_tests(&text) {
                        at = end_of_item(&tokens, at + 1);
                    } else if text.starts_with("[doc") || text.starts_with("[schema") {
                        at += 1;
                    }
                }
                (TokenTree::Group(group), _) => self.read(group.stream()),
                (TokenTree::Ident(name), _) => {
                    self.names.insert(name.to_string());
                }
                (TokenTree::Literal(text), _) => {
                    self.texts.insert(text.to_string());
                }
                (TokenTree::Punct(_), _) => {}
            }
        }
    }
}

/// What a file says of HTTP.
fn faults(words: &Words, operations: &BTreeSet<String>) -> Vec<String> {
    let names = words.names.iter().filter(|name| *name == "StatusCode");
    let texts = words
        .texts
        .iter()
        .filter(|text| text.contains("/v1/") || operations.contains(text.trim_matches('"')));
    names.chain(texts).cloned().collect()
}

#[test]
fn the_crates_below_the_api_know_no_http() {
    let list = fs::read_to_string(root().join("openapi/operations.txt")).unwrap();
    let operations: BTreeSet<String> =
        list.lines().filter_map(|line| line.split_whitespace().nth(2)).map(str::to_owned).collect();
    assert!(operations.contains("acceptSubmission"), "{operations:?}");
    let mut found = Vec::new();
    for name in BELOW {
        for file in Crate::read(&root(), name).unwrap().files() {
            let mut words = Words::default();
            words.read(fs::read_to_string(file).unwrap().parse().unwrap());
            let faults = faults(&words, &operations);
            found.extend(faults.iter().map(|fault| format!("{}: {fault}", file.display())));
        }
    }
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

#[test]
fn statuses_addresses_and_operations_are_found_outside_of_tests_and_documentation() {
    let text = r#"
        /// See `/v1/documented`.
        #[schema(example = "https://api.example.com/v1/partners/x/logo")]
        fn one() { StatusCode::OK; format!("/v1/jobs/{id}"); forget("acceptSubmission"); }
        #[cfg(test)]
        mod tests { fn two() { get("/v1/tests"); } }
    "#;
    let mut words = Words::default();
    words.read(text.parse().unwrap());
    let operations = ["acceptSubmission".to_owned()].into();
    assert_eq!(
        faults(&words, &operations),
        ["StatusCode", "\"/v1/jobs/{id}\"", "\"acceptSubmission\""]
    );
}
