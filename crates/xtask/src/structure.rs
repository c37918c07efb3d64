//! Figures about the structure of the production code, so that anyone can count them again.
//!
//! Counted are the sources that are compiled without tests; scoring, embedded-postgres and xtask
//! stay out, since no operation needs more of them when the API grows.

use std::fs;

use anyhow::{Context, Result, anyhow};
use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};

use crate::{imports::Crate, new_resource, tree::Tree};

const CRATES: [&str; 3] = ["domain", "persistence", "api"];
const WIDTH: usize = 100;
/// How a statement that writes partners begins, in SQL and in Diesel's words.
const PARTNER_WRITES: [&str; 6] = [
    "UPDATE partners ",
    "INSERT INTO partners ",
    "DELETE FROM partners ",
    "update(partners::table",
    "insert_into(partners::table",
    "delete(partners::table",
];

#[derive(Default)]
struct Counts {
    lines: usize,
    wide_lines: usize,
    why_comments: usize,
    tokens: usize,
    closures: usize,
    json_maps: usize,
}

/// Prints the table.
///
/// # Errors
/// A source that cannot be read.
pub fn structure(tree: &Tree, _: &[String]) -> Result<()> {
    let root = tree.path(".");
    let mut counts = Counts::default();
    let mut cycles = 0;
    let mut writers = Vec::new();
    for name in CRATES {
        let sources = Crate::read(&root, name)?;
        cycles += sources.cycles().len();
        for file in sources.files() {
            let text = fs::read_to_string(file)
                .with_context(|| format!("cannot read `{}`", file.display()))?;
            let code = without_tests(&text);
            count(&code, &mut counts).with_context(|| format!("in `{}`", file.display()))?;
            if PARTNER_WRITES.iter().any(|statement| code.contains(statement)) {
                writers.push(file.strip_prefix(&root).unwrap_or(file).display().to_string());
            }
        }
    }
    let operations = lines_of(tree, "openapi/operations.txt")?;
    let document = lines_of(tree, "openapi/openapi.json")?;
    let per = |part: usize, whole: usize| part as f64 / whole.max(1) as f64;
    println!("operations                       {operations}");
    println!("production lines                 {}", counts.lines);
    println!("production lines per operation   {:.0}", per(counts.lines, operations));
    println!("tokens a line                    {:.1}", per(counts.tokens, counts.lines));
    println!("closures per 100 lines           {:.1}", per(counts.closures * 100, counts.lines));
    println!("comments that say why            {}", counts.why_comments);
    println!("lines over {WIDTH} columns           {}", counts.wide_lines);
    println!("`Map<String, Json>`              {}", counts.json_maps);
    println!("groups of files in a cycle       {cycles}");
    println!("lines of the document per operation {:.0}", per(document, operations));
    let (files, lines) = new_resource::cost()?;
    println!("files and lines of a new resource {files}, {lines}");
    println!("modules that write partners      {}: {}", writers.len(), writers.join(", "));
    Ok(())
}

fn lines_of(tree: &Tree, file: &str) -> Result<usize> {
    let path = tree.path(file);
    let text =
        fs::read_to_string(&path).with_context(|| format!("cannot read `{}`", path.display()))?;
    Ok(text.lines().count())
}

/// The text without items that are compiled for tests only.
fn without_tests(text: &str) -> String {
    let mut kept = String::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if line == "#[cfg(test)]" {
            // rustfmt puts the end of an item at the start of a line.
            let first = lines.next().unwrap_or_default();
            if !first.ends_with([';', '}']) {
                lines.by_ref().find(|line| *line == "}");
            }
            continue;
        }
        kept.push_str(line);
        kept.push('\n');
    }
    kept
}

fn count(code: &str, counts: &mut Counts) -> Result<()> {
    let mut bare = String::new();
    for line in code.lines() {
        counts.wide_lines += usize::from(line.chars().count() > WIDTH);
        let trimmed = line.trim_start();
        let is_documentation = trimmed.starts_with("///") || trimmed.starts_with("//!");
        if trimmed.starts_with("//") {
            counts.why_comments += usize::from(!is_documentation);
            continue;
        }
        counts.lines += usize::from(!trimmed.is_empty());
        for map in ["Map<String, Value>", "Map<String, Json>", "Map<String, serde_json::Value>"] {
            counts.json_maps += line.matches(map).count();
        }
        bare.push_str(line);
        bare.push('\n');
    }
    let tokens: TokenStream = bare.parse().map_err(|error| anyhow!("this is not Rust: {error}"))?;
    count_tokens(tokens, counts);
    Ok(())
}

fn count_tokens(stream: TokenStream, counts: &mut Counts) {
    let mut tokens = stream.into_iter().peekable();
    // A closure begins where no value precedes its bar; between values a bar is an operator.
    let mut follows_value = false;
    while let Some(token) = tokens.next() {
        counts.tokens += 1;
        match token {
            TokenTree::Group(group) => {
                counts.tokens += usize::from(group.delimiter() != Delimiter::None);
                count_tokens(group.stream(), counts);
                follows_value = true;
            }
            TokenTree::Punct(bar) if bar.as_char() == '|' && !follows_value => {
                counts.closures += 1;
                let is_empty = bar.spacing() == Spacing::Joint;
                for token in tokens.by_ref() {
                    counts.tokens += 1;
                    let ends = matches!(&token, TokenTree::Punct(end) if end.as_char() == '|');
                    if ends || is_empty {
                        break;
                    }
                }
            }
            TokenTree::Punct(_) => follows_value = false,
            TokenTree::Ident(word) => {
                follows_value = !["move", "return", "else", "in"].contains(&&*word.to_string());
            }
            TokenTree::Literal(_) => follows_value = true,
        }
    }
}
