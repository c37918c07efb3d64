//! What comments and pages refer to can be opened: every page of `docs/` that is named exists, with
//! its heading, and nothing refers to a numbered rule of a document that is not in the repository.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// Where references are looked for.
const PLACES: [&str; 7] =
    ["crates", "docs", "migrations", "tests", "README.md", "CONTRIBUTING.md", "CHANGELOG.md"];

/// What stands before the number of a rule.
const BEFORE_NUMBERS: [&str; 5] =
    ["contract ", "contract section ", "section ", "(rule ", "(rules "];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The files in which people write comments and pages, with their text.
fn texts(place: &Path, found: &mut Vec<(PathBuf, String)>) {
    if place.is_dir() {
        for entry in fs::read_dir(place).unwrap() {
            let path = entry.unwrap().path();
            if !path.ends_with("node_modules") && !path.ends_with("target") {
                texts(&path, found);
            }
        }
    } else if place.extension().is_some_and(|end| end == "rs" || end == "md" || end == "sql") {
        found.push((place.to_path_buf(), fs::read_to_string(place).unwrap()));
    }
}

/// Whether a line names a rule by its number. Numbers of standards are public.
fn names_a_rule(line: &str) -> bool {
    let line = line.to_lowercase();
    let is_number = |rest: &str| rest.starts_with(|first: char| first.is_ascii_digit());
    !line.contains("rfc ")
        && BEFORE_NUMBERS.iter().any(|words| line.split(*words).skip(1).any(is_number))
}

/// The pages of `docs/` that a text names by their path from the root.
fn named_pages(text: &str) -> Vec<String> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || "._-/#".contains(c);
    let mut pages = Vec::new();
    for (at, _) in text.match_indices("docs/") {
        let is_longer_path = text[..at].ends_with(is_part);
        let rest = &text[at..];
        let end = rest.find(|c: char| !is_part(c)).unwrap_or(rest.len());
        let page = rest[..end].trim_end_matches('.');
        if page.contains(".md") && !is_longer_path {
            pages.push(page.to_owned());
        }
    }
    pages
}

/// The targets of the links of a page.
fn links(page: &str) -> Vec<String> {
    let targets = page.split("](").skip(1).filter_map(|rest| rest.split_once(')'));
    let targets = targets.map(|(target, _)| target.to_owned());
    targets.filter(|target| !target.starts_with("http")).collect()
}

/// The anchors of the headings of a page, as GitHub makes them.
fn anchors(page: &str) -> BTreeSet<String> {
    let headings = page.lines().filter(|line| line.starts_with('#'));
    let anchor = |heading: &str| -> String {
        let text = heading.trim_start_matches('#').trim().to_lowercase().replace(' ', "-");
        text.chars().filter(|c| c.is_alphanumeric() || *c == '-' || *c == '_').collect()
    };
    headings.map(anchor).collect()
}

/// Whether a link leads to a file, and to a heading of it where it names one.
fn leads_somewhere(from: &Path, own: &str, target: &str) -> bool {
    let (path, anchor) = target.split_once('#').unwrap_or((target, ""));
    let text = match path {
        "" => Some(own.to_owned()),
        path if path.ends_with(".md") => fs::read_to_string(from.join(path)).ok(),
        path => from.join(path).exists().then(String::new),
    };
    text.is_some_and(|text| anchor.is_empty() || anchors(&text).contains(anchor))
}

#[test]
fn references_lead_somewhere() {
    let root = root();
    let mut files = Vec::new();
    for place in PLACES {
        texts(&root.join(place), &mut files);
    }
    let mut faults = Vec::new();
    for (path, text) in &files {
        let shown = path.display();
        let is_page = path.extension().is_some_and(|end| end == "md");
        for line in text.lines() {
            let is_comment = line.trim_start().starts_with("//");
            if (is_page || is_comment) && names_a_rule(line) {
                faults.push(format!("{shown}: names a rule by its number: {}", line.trim()));
            }
        }
        for page in named_pages(text) {
            if !leads_somewhere(&root, "", &page) {
                faults.push(format!("{shown}: {page} does not exist"));
            }
        }
        let folder = path.parent().unwrap_or(&root);
        for link in links(text).into_iter().filter(|_| is_page) {
            if !leads_somewhere(folder, text, &link) {
                faults.push(format!("{shown}: the link to {link} leads nowhere"));
            }
        }
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn rules_pages_links_and_headings_are_recognized() {
    assert!(names_a_rule("/// What a write does (rule 7).") && names_a_rule("See Section 12."));
    assert!(!names_a_rule("/// RFC 9110, section 8.4") && !names_a_rule("the ruler of contracts"));
    let text = "See docs/filters.md#null, (docs/tiers.md). Not ../docs/three.md or docs/folder.";
    assert_eq!(named_pages(text), ["docs/filters.md#null", "docs/tiers.md"]);
    assert_eq!(links("[a](b.md#c) and [d](https://e.example) and [f](g)"), ["b.md#c", "g"]);
    assert!(
        anchors("# One\n\n## Keeping a copy: mark, `walk`\n").contains("keeping-a-copy-mark-walk")
    );
}
