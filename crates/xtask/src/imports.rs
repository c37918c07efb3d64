//! Which module of a crate imports which, read from the sources: `docs/imports.txt` lists what is
//! allowed, and a test compares both.
//!
//! An area is `kernel`, one resource, one process, or a module that puts them together (`routes`,
//! `server`, `worker`). Imports of tests do not count, and neither do re-exports (`pub use`), which
//! name something and do not use it.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};
use proc_macro2::{Delimiter, TokenStream, TokenTree};

use crate::tree::Tree;

/// Re-exports of re-exports that are followed.
const MAX_EXPORTS: usize = 5;
const GOLDEN: &str = "docs/imports.txt";
/// The crates that are divided into areas.
const LAYERED: [&str; 3] = ["domain", "persistence", "api"];
/// Small crates, in which only cycles are looked for.
const OTHERS: [&str; 3] = ["scoring", "embedded-postgres", "xtask"];

const HEADER: &str = "\
# What each area of a crate imports. Made by `cargo xtask imports`; a test compares it with the
# code.
#
# kernel imports no resource and no process. A resource imports kernel and resources that stand
# above it in this list. Processes import all of these. Only what puts them together (routes,
# server, worker) imports a process from outside.
";

/// Updates the golden file. With `--check` it only compares.
///
/// # Errors
/// A cycle or an arrow that no list can allow; the golden file is not written then.
pub fn imports(tree: &Tree, arguments: &[String]) -> Result<()> {
    let check = match arguments {
        [] => false,
        [only] if only == "--check" => true,
        other => bail!("unknown arguments `{}`; there is `--check`", other.join(" ")),
    };
    let report = Report::read(&tree.path(""))?;
    let path = tree.path(GOLDEN);
    let current = fs::read_to_string(&path).unwrap_or_default();
    if !report.faults.is_empty() {
        bail!("{}", report.faults.join("\n"));
    }
    match current == report.golden {
        true => println!("{GOLDEN} is up to date"),
        false if check => bail!("{GOLDEN} differs from the code: run `cargo xtask imports`"),
        false => {
            fs::write(&path, report.golden).with_context(|| format!("cannot write `{GOLDEN}`"))?;
            println!("{GOLDEN} was updated");
        }
    }
    Ok(())
}

/// What the sources say.
struct Report {
    golden: String,
    /// Cycles and forbidden imports, one line each.
    faults: Vec<String>,
}

impl Report {
    fn read(root: &Path) -> Result<Self> {
        let mut golden = HEADER.to_owned();
        let mut faults = Vec::new();
        for name in LAYERED {
            let sources = Crate::read(root, name)?;
            faults.extend(sources.cycles());
            let areas = sources.areas(&mut faults);
            let order = ordered(&areas).unwrap_or_else(|cycle| {
                faults.push(format!("{name}: areas import each other: {}", cycle.join(" -> ")));
                areas.keys().cloned().collect()
            });
            writeln!(golden, "\n{name}")?;
            for area in order {
                let imported: Vec<&str> = areas[&area].iter().map(String::as_str).collect();
                writeln!(golden, "  {}", format!("{area}: {}", imported.join(" ")).trim_end())?;
            }
        }
        for name in OTHERS {
            faults.extend(Crate::read(root, name)?.cycles());
        }
        Ok(Self { golden, faults })
    }
}

/// The name of a module, from the crate's root on.
type Name = Vec<String>;

/// The modules of a crate that are compiled without tests.
pub(crate) struct Crate {
    name: String,
    /// The root of the repository.
    root: PathBuf,
    modules: BTreeMap<Name, Module>,
}

#[derive(Default)]
struct Module {
    file: PathBuf,
    /// Paths that begin with `crate`.
    paths: BTreeSet<Name>,
    /// What it re-exports: the name here, and the path that it stands for.
    exports: BTreeMap<String, Name>,
}

impl Crate {
    pub(crate) fn read(root: &Path, name: &str) -> Result<Self> {
        let mut modules = BTreeMap::new();
        let folder = root.join("crates").join(name).join("src");
        let mut queue = Vec::new();
        for start in ["lib.rs", "main.rs"].map(|file| folder.join(file)) {
            if start.exists() && queue.is_empty() {
                queue.push((Vec::new(), start, folder.clone()));
            }
        }
        while let Some((module, file, folder)) = queue.pop() {
            let text = fs::read_to_string(&file)
                .with_context(|| format!("cannot read `{}`", file.display()))?;
            let tokens: TokenStream = text
                .parse()
                .map_err(|error| anyhow::anyhow!("`{}` is not Rust: {error}", file.display()))?;
            let mut reader = Reader::default();
            reader.read(tokens, &module);
            for child in &reader.children {
                let last = child.last().expect("a child has a name");
                let (flat, nested) = (format!("{last}.rs"), folder.join(last));
                let file = match folder.join(&flat) {
                    flat if flat.exists() => flat,
                    _ => nested.join("mod.rs"),
                };
                queue.push((child.clone(), file, nested));
            }
            let Reader { paths, exports, .. } = reader;
            modules.insert(module, Module { file, paths, exports });
        }
        Ok(Self { name: name.to_owned(), root: root.to_owned(), modules })
    }

    /// The module that a path leads into, through what modules re-export.
    fn module_of(&self, path: &[String]) -> Name {
        let mut path = path.to_vec();
        // A re-export may lead to another one, but not on and on.
        for _ in 0..MAX_EXPORTS {
            let module = self.prefix_of(&path);
            let export = path.get(module.len()).and_then(|name| {
                let module = self.modules.get(&module).filter(|_| !module.is_empty())?;
                module.exports.get(name)
            });
            let Some(export) = export else { return module };
            path = [&export[1..], &path[module.len() + 1..]].concat();
        }
        self.prefix_of(&path)
    }

    /// The longest beginning of a path that is a module.
    fn prefix_of(&self, path: &[String]) -> Name {
        let lengths = (0..=path.len()).rev();
        lengths
            .map(|length| path[..length].to_vec())
            .find(|name| self.modules.contains_key(name))
            .unwrap_or_default()
    }

    /// The modules that each one uses.
    fn graph(&self) -> BTreeMap<Name, BTreeSet<Name>> {
        let edges = self.modules.iter().map(|(name, module)| {
            let targets = module.paths.iter().map(|path| self.module_of(&path[1..]));
            (name.clone(), targets.filter(|target| target != name).collect())
        });
        edges.collect()
    }

    pub(crate) fn files(&self) -> impl Iterator<Item = &Path> {
        self.modules.values().map(|module| module.file.as_path())
    }

    /// A line for each group of files that import each other.
    pub(crate) fn cycles(&self) -> Vec<String> {
        let groups = components(&self.graph());
        let names = groups.into_iter().map(|group| {
            let files: Vec<String> = group.iter().map(|name| name.join("/")).collect();
            format!("{}: files import each other: {}", self.name, files.join(", "))
        });
        names.collect()
    }

    /// The areas that each area imports. What no order of areas could allow is a fault.
    fn areas(&self, faults: &mut Vec<String>) -> BTreeMap<String, BTreeSet<String>> {
        let mut areas: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (name, module) in &self.modules {
            let Some(from) = area_of(name) else { continue };
            let imported = areas.entry(from.clone()).or_default();
            let file = module.file.strip_prefix(&self.root).unwrap_or(&module.file).display();
            for path in &module.paths {
                let target = self.module_of(&path[1..]);
                let Some(to) = area_of(&target) else {
                    faults.push(format!(
                        "{}: `{}` must name an area: `kernel`, `resources` or `processes`",
                        file,
                        path.join("::"),
                    ));
                    continue;
                };
                if to == from {
                    continue;
                }
                if !allowed(&from, &to) {
                    faults.push(format!("{file}: {from} imports {to}"));
                }
                imported.insert(to);
            }
        }
        areas
    }
}

/// The area of a module; none for the crate's root and the folders of areas.
fn area_of(name: &[String]) -> Option<String> {
    match name {
        [folder, ..] if folder == "kernel" => Some("kernel".to_owned()),
        [folder, word, ..] if ["resources", "processes"].contains(&folder.as_str()) => {
            Some(format!("{folder}/{word}"))
        }
        [only] if !["resources", "processes"].contains(&only.as_str()) => Some(only.clone()),
        _ => None,
    }
}

/// How high an area stands: kernel, resources, processes, what puts them together.
fn level(area: &str) -> u8 {
    match area.split('/').next() {
        Some("kernel") => 0,
        Some("resources") => 1,
        Some("processes") => 2,
        _ => 3,
    }
}

fn allowed(from: &str, to: &str) -> bool {
    level(to) <= level(from) && (level(from) > 0 || to == from)
}

/// The areas, each behind all that it imports.
///
/// # Errors
/// Areas that import each other.
fn ordered(areas: &BTreeMap<String, BTreeSet<String>>) -> Result<Vec<String>, Vec<String>> {
    let mut order: Vec<String> = Vec::new();
    let mut left: BTreeSet<(u8, &String)> = areas.keys().map(|area| (level(area), area)).collect();
    while !left.is_empty() {
        let next = left
            .iter()
            .find(|(_, area)| areas[*area].iter().all(|imported| order.contains(imported)));
        let Some(&next) = next else {
            return Err(components(areas).into_iter().flatten().collect());
        };
        left.remove(&next);
        order.push(next.1.clone());
    }
    Ok(order)
}

/// Groups of more than one node, each of which reaches all others of its group.
fn components<T: Ord + Clone>(graph: &BTreeMap<T, BTreeSet<T>>) -> Vec<Vec<T>> {
    let reached: BTreeMap<&T, BTreeSet<&T>> =
        graph.keys().map(|node| (node, reachable(graph, node))).collect();
    let mut seen = BTreeSet::new();
    let mut groups = Vec::new();
    for node in graph.keys() {
        let both = |other: &&T| reached.get(*other).is_some_and(|back| back.contains(node));
        let group: Vec<T> = reached[node].iter().copied().filter(both).cloned().collect();
        if group.len() > 1 && seen.insert(group.clone()) {
            groups.push(group);
        }
    }
    groups
}

fn reachable<'g, T: Ord>(graph: &'g BTreeMap<T, BTreeSet<T>>, from: &'g T) -> BTreeSet<&'g T> {
    let mut reached = BTreeSet::new();
    let mut queue = vec![from];
    while let Some(node) = queue.pop() {
        for next in graph.get(node).into_iter().flatten() {
            if reached.insert(next) {
                queue.push(next);
            }
        }
    }
    reached
}

/// Collects what one file imports.
#[derive(Default)]
struct Reader {
    /// Modules that are declared here and lie in files of their own.
    children: Vec<Name>,
    paths: BTreeSet<Name>,
    exports: BTreeMap<String, Name>,
}

impl Reader {
    fn read(&mut self, tokens: TokenStream, module: &[String]) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut at = 0;
        while at < tokens.len() {
            at = self.step(&tokens, at, module);
        }
    }

    /// Reads what begins at a token, and says where the next thing begins.
    fn step(&mut self, tokens: &[TokenTree], at: usize, module: &[String]) -> usize {
        match &tokens[at] {
            TokenTree::Punct(punct) if punct.as_char() == '#' => match tokens.get(at + 1) {
                Some(TokenTree::Group(attribute)) if is_of_tests(&attribute.to_string()) => {
                    return end_of_item(tokens, at + 2);
                }
                Some(TokenTree::Group(attribute)) => {
                    self.read(attribute.stream(), module);
                    return at + 2;
                }
                _ => {}
            },
            TokenTree::Ident(word) if word == "mod" => {
                if let Some(TokenTree::Ident(name)) = tokens.get(at + 1) {
                    let child = [module, &[name.to_string()]].concat();
                    match tokens.get(at + 2) {
                        Some(TokenTree::Group(body)) => self.read(body.stream(), &child),
                        _ => self.children.push(child),
                    }
                    return at + 3;
                }
            }
            TokenTree::Ident(word) if word == "use" => {
                let end = at + 1 + position_of(&tokens[at + 1..], ';');
                let mut branches = Vec::new();
                tree(&tokens[at + 1..end], &[], &mut branches);
                for (path, name) in branches {
                    if is_public(&tokens[..at]) {
                        self.exports.extend(self.absolute(path, module).map(|path| (name, path)));
                    } else {
                        self.add(path, module);
                    }
                }
                return end + 1;
            }
            TokenTree::Ident(_) => {
                let (path, end) = path_at(tokens, at);
                if path.len() > 1 {
                    self.add(path, module);
                }
                return end;
            }
            TokenTree::Group(group) => self.read(group.stream(), module),
            // `deserialize_with = "crate::kernel::patch::nullable"`
            TokenTree::Literal(literal) => {
                let text = literal.to_string();
                if let Some(path) = text.strip_prefix("\"crate::") {
                    let rest = path.trim_end_matches('"').split("::").map(str::to_owned);
                    self.add(["crate".to_owned()].into_iter().chain(rest).collect(), module);
                }
            }
            TokenTree::Punct(_) => {}
        }
        at + 1
    }

    /// Adds a path; one of something that was imported is not looked at.
    fn add(&mut self, path: Name, module: &[String]) {
        self.paths.extend(self.absolute(path, module));
    }

    fn absolute(&self, path: Name, module: &[String]) -> Option<Name> {
        let supers = path.iter().take_while(|word| *word == "super").count();
        Some(match path[0].as_str() {
            "crate" => path,
            "self" => absolute(module, &path[1..]),
            "super" if supers <= module.len() => {
                absolute(&module[..module.len() - supers], &path[supers..])
            }
            // A child of this module, or something that was imported.
            child if self.children.iter().any(|name| name.last().is_some_and(|c| c == child)) => {
                absolute(module, &path)
            }
            _ => return None,
        })
    }
}

fn absolute(module: &[String], rest: &[String]) -> Name {
    [&["crate".to_owned()], module, rest].concat()
}

pub(crate) fn is_of_tests(attribute: &str) -> bool {
    let text: String = attribute.chars().filter(|c| !c.is_whitespace()).collect();
    text == "[cfg(test)]" || text == "[test]"
}

/// Behind an item that begins here: its further attributes, and its body or semicolon.
pub(crate) fn end_of_item(tokens: &[TokenTree], from: usize) -> usize {
    let ends = |token: &TokenTree| match token {
        TokenTree::Punct(punct) => punct.as_char() == ';',
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        _ => false,
    };
    tokens[from..].iter().position(ends).map_or(tokens.len(), |length| from + length + 1)
}

fn position_of(tokens: &[TokenTree], mark: char) -> usize {
    let found = |token: &TokenTree| matches!(token, TokenTree::Punct(p) if p.as_char() == mark);
    tokens.iter().position(found).unwrap_or(tokens.len())
}

/// Whether what follows these tokens is `pub` or `pub(..)`.
fn is_public(before: &[TokenTree]) -> bool {
    match before {
        [.., TokenTree::Ident(word)] => word == "pub",
        [.., TokenTree::Ident(word), TokenTree::Group(_)] => word == "pub",
        _ => false,
    }
}

/// The words of a path that begins at a token, and where it ends.
fn path_at(tokens: &[TokenTree], mut at: usize) -> (Name, usize) {
    let mut path = Vec::new();
    while let Some(TokenTree::Ident(word)) = tokens.get(at) {
        path.push(word.to_string());
        at += 1;
        match (tokens.get(at), tokens.get(at + 1), tokens.get(at + 2)) {
            (
                Some(TokenTree::Punct(one)),
                Some(TokenTree::Punct(two)),
                Some(TokenTree::Ident(_)),
            ) if one.as_char() == ':' && two.as_char() == ':' => at += 2,
            _ => break,
        }
    }
    (path, at)
}

/// Every path of a `use` tree, and the name that it gets.
fn tree(tokens: &[TokenTree], before: &[String], branches: &mut Vec<(Name, String)>) {
    let is_comma = |token: &TokenTree| matches!(token, TokenTree::Punct(p) if p.as_char() == ',');
    for branch in tokens.split(is_comma) {
        let mut path = before.to_vec();
        let mut alias = None;
        let mut is_leaf = !branch.is_empty();
        for (at, token) in branch.iter().enumerate() {
            match token {
                TokenTree::Ident(word) if word == "as" => {
                    alias = branch.get(at + 1).map(ToString::to_string);
                    break;
                }
                TokenTree::Ident(word) if word == "self" && !path.is_empty() => {}
                TokenTree::Ident(word) => path.push(word.to_string()),
                TokenTree::Group(group) => {
                    let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                    tree(&inner, &path, branches);
                    is_leaf = false;
                }
                _ => {}
            }
        }
        if is_leaf && let Some(last) = path.last().cloned() {
            branches.push((path, alias.unwrap_or(last)));
        }
    }
}

/// The root of the repository.
#[cfg(test)]
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).expect("a workspace").to_path_buf()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_import_is_one_that_is_allowed() {
        let report = Report::read(&root()).unwrap();
        assert!(report.faults.is_empty(), "\n{}", report.faults.join("\n"));
        let golden = fs::read_to_string(root().join(GOLDEN)).unwrap();
        assert!(
            golden == report.golden,
            "{GOLDEN} differs from the code; run `cargo xtask imports` and look at the diff"
        );
    }

    #[test]
    fn uses_inline_paths_and_attributes_are_read_and_tests_are_not() {
        let text = r#"
            mod child;
            #[cfg(test)]
            mod tests;
            pub use child::Shown;
            use crate::{kernel::{db::{self, Tx}, events as log}, resources::tags};
            use super::sibling;
            /// Text about `crate::nothing`.
            #[serde(deserialize_with = "crate::kernel::patch::nullable")]
            fn one() { child::call(); crate::resources::deals::get(); std::fs::read("x"); }
            mod inline { use super::super::outer; }
            #[cfg(test)]
            mod more { use crate::processes::imports; }
        "#;
        let mut reader = Reader::default();
        reader.read(text.parse().unwrap(), &["a".to_owned(), "b".to_owned()]);
        let paths: Vec<String> = reader.paths.iter().map(|path| path.join("::")).collect();
        assert_eq!(
            paths,
            [
                "crate::a::b::child::call",
                "crate::a::outer",
                "crate::a::sibling",
                "crate::kernel::db",
                "crate::kernel::db::Tx",
                "crate::kernel::events",
                "crate::kernel::patch::nullable",
                "crate::resources::deals::get",
                "crate::resources::tags",
            ]
        );
        let shown = ["crate", "a", "b", "child", "Shown"].map(str::to_owned).to_vec();
        assert_eq!(reader.exports, [("Shown".to_owned(), shown)].into());
        assert_eq!(reader.children, [["a", "b", "child"].map(str::to_owned).to_vec()]);
    }

    #[test]
    fn a_circle_is_found_and_an_order_is_from_below() {
        let graph = |edges: &[(&str, &str)]| {
            let mut graph: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
            for (from, to) in edges {
                graph.entry((*from).to_owned()).or_default().insert((*to).to_owned());
                graph.entry((*to).to_owned()).or_default();
            }
            graph
        };
        let circle = graph(&[("a", "b"), ("b", "c"), ("c", "a"), ("c", "d")]);
        assert_eq!(components(&circle), [["a", "b", "c"]]);
        assert!(ordered(&circle).is_err());
        let order = ordered(&graph(&[("resources/a", "resources/b"), ("resources/b", "kernel")]));
        assert_eq!(order.unwrap(), ["kernel", "resources/b", "resources/a"]);
    }

    #[test]
    fn only_lower_areas_may_be_imported() {
        assert!(allowed("resources/deals", "kernel") && allowed("routes", "processes/imports"));
        assert!(!allowed("kernel", "resources/deals"));
        assert!(!allowed("resources/deals", "processes/imports"));
        assert!(!allowed("processes/imports", "routes"));
    }
}
