//! The example page: built, and used in a headless Chromium as people would.

use std::fs;
use std::path::Path;

use anyhow::{Result, bail};

use crate::settings;
use crate::tools::{NODE, NPM, Packages, ensure, has, succeeds};
use crate::tree::{Profile, Tree, run};

const CHROMIUM: &Packages = &[
    ("apt-get", "chromium"),
    ("dnf", "chromium"),
    ("apk", "chromium"),
    ("pacman", "chromium"),
    ("brew", "chromium"),
];

/// Programs for Node that succeed where what is needed is there.
const IS_NEW: &str = "process.exit(parseInt(process.versions.node) >= 18 ? 0 : 1)";
const FIND: &str =
    "import { find } from './tests/browser/chromium.mjs'; process.exit(find() ? 0 : 1)";

/// The chore: a folder, if one is given, takes the screenshots.
pub fn example(tree: &Tree, arguments: &[String]) -> Result<()> {
    if arguments.len() > 1 {
        bail!(
            "unknown arguments `{}`; there is the folder for screenshots",
            arguments[1..].join(" ")
        );
    }
    prepare(tree)?;
    check(tree, arguments)
}

/// As a part of the tests: whoever has no browser or no way to the packages is told, and goes on.
/// Not so in CI.
pub fn check_where_possible(tree: &Tree) -> Result<()> {
    match prepare(tree) {
        Err(error) if settings::find(tree, "CI").is_none() => {
            eprintln!("\nThe example page was NOT checked: {error:#}");
            Ok(())
        }
        prepared => prepared.and_then(|()| check(tree, &[])),
    }
}

/// The programs, and the packages of the page as its lock file states them.
fn prepare(tree: &Tree) -> Result<()> {
    let says_yes = |script| succeeds(tree, "node", &["--input-type=module", "--eval", script]);
    ensure(tree, "Node.js 18 or newer", NODE, || says_yes(IS_NEW))?;
    ensure(tree, "npm", NPM, || has("npm"))?;
    ensure(tree, "Chromium", CHROMIUM, || says_yes(FIND))?;
    let changed = |file: &str| fs::metadata(tree.path(file)).and_then(|file| file.modified()).ok();
    let installed = changed("examples/web/node_modules/.package-lock.json");
    if installed.is_some() && installed >= changed("examples/web/package-lock.json") {
        return Ok(());
    }
    npm(tree, &["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier"])
}

fn check(tree: &Tree, arguments: &[String]) -> Result<()> {
    npm(tree, &["run", "build"])?;
    let server = tree.build(Profile::Debug, "partneros")?;
    run(tree
        .command(Path::new("node"))
        .arg("tests/browser/example.mjs")
        .arg(server)
        .args(arguments))
}

fn npm(tree: &Tree, arguments: &[&str]) -> Result<()> {
    let mut command = tree.command(Path::new("npm"));
    run(command.args(arguments).args(["--silent", "--prefix", "examples/web"]))
}
