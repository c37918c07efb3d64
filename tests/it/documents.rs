//! The document and the page about it.

use harness::{Client, contract_lint, instance};
use serde_json::Value;

/// What is checked in is compared by `cargo xtask openapi --check`; here it must be what a client gets.
#[tokio::test]
async fn the_document_lints_clean() {
    let faults = contract_lint::faults(&instance().referee.document);
    assert!(faults.is_empty(), "{faults:#?}");
}

#[tokio::test]
async fn both_forms_have_an_etag_and_say_the_same() {
    let public = Client::public();
    let json = public.get("/openapi.json").await.expect(200);
    let yaml = public.get("/openapi.yaml").await.expect(200);
    assert!(!json.header("etag").is_empty() && !yaml.header("etag").is_empty());
    assert_eq!(json.body["openapi"], "3.1.0");
    assert!(String::from_utf8(yaml.bytes).unwrap().starts_with("openapi: 3.1.0"));
    public.with("if-none-match", json.header("etag")).get("/openapi.json").await.expect(304);
}

/// The page asks no other host for anything.
#[tokio::test]
async fn the_page_needs_no_other_host() {
    let http = reqwest::Client::new();
    let url = &instance().url;
    let page = http.get(format!("{url}/docs/")).send().await.unwrap();
    assert_eq!(page.status(), 200);
    let text = page.text().await.unwrap();
    assert!(!text.contains("https://") && !text.contains("http://"), "{text}");
}

/// Every code that the document promises is one of the table, and the other way round.
#[tokio::test]
async fn every_code_of_the_table_is_documented() {
    let text = serde_json::to_string(&instance().referee.document).unwrap();
    let missing: Vec<&str> = domain::Code::ALL
        .iter()
        .map(|code| code.as_str())
        .filter(|code| !text.contains(&format!("\"{code}\"")) && !IN_ITEMS_ONLY.contains(code))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

/// Codes of single rows of imports and batches, and of paths that no operation has with this method.
/// `url_not_allowed` is an item's too, until there are webhooks.
const IN_ITEMS_ONLY: &[&str] = &[
    "duplicate_of_row",
    "row_without_name",
    "batch_aborted",
    "method_not_allowed",
    "unchanged",
    "overridden",
    "fetch_failed",
    "url_not_allowed",
    "refresh_in_progress",
];

#[tokio::test]
async fn unknown_paths_and_methods_are_problems() {
    let public = Client::public();
    public.get("/v1/nonsense").await.problem(404, "not_found");
    let refused = public.put("/v1/tags", Value::Null).await.problem(405, "method_not_allowed");
    assert_eq!(refused.header("allow"), "GET, POST");
}
