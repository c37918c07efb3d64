//! The chores of this repository, as `cargo xtask COMMAND`. Each is a few calls of cargo and of
//! what cargo built, so that it runs wherever a Rust toolchain does.

mod document;
mod example;
#[cfg(test)]
mod http_below_api;
mod imports;
mod new_resource;
mod postgres;
#[cfg(test)]
mod references;
mod sdk;
mod settings;
mod structure;
mod tools;
mod tree;

use std::process::ExitCode;

use anyhow::{Result, bail};

use crate::tree::{Profile, Tree};

/// What stands after the command's name is for the chore.
type Chore = fn(&Tree, &[String]) -> Result<()>;

const COMMANDS: [(&str, &str, Chore); 13] = [
    (
        "up",
        "build, start the server with a demo organization, say where it is (arguments go to \
            `partneros serve`)",
        up,
    ),
    (
        "test",
        "run every test on a private PostgreSQL, and `example` (with arguments: `cargo test` with \
            them alone)",
        test,
    ),
    (
        "example",
        "build the example page and use it in a headless Chromium (a FOLDER takes screenshots)",
        example::example,
    ),
    ("ci", "all that must pass before a change lands: what `.ci/run` does", ci),
    ("db", "psql on the database of the running server (`--url` prints the address instead)", db),
    (
        "openapi",
        "regenerate openapi.json, operations.txt and resources.txt in openapi/ (`--check` only \
            compares)",
        document::openapi,
    ),
    (
        "imports",
        "regenerate docs/imports.txt, which areas import which (`--check` only compares)",
        imports::imports,
    ),
    (
        "new-resource",
        "write a small complete resource of this NAME from the templates (`--check` tries one in a \
            copy of the tree)",
        new_resource::new_resource,
    ),
    ("golden", "regenerate every golden file, for review in the diff", golden),
    (
        "sdk",
        "regenerate the SDKs and check them against a server (`--check` only compares and checks)",
        sdk::sdk,
    ),
    ("clients", "check that client generators accept the document (needs npm and pip)", clients),
    (
        "structure",
        "print figures of the production code: lines, tokens, cycles, who writes partners",
        structure::structure,
    ),
    ("bench", "measure the server against bare SQL (arguments go to the bench program)", bench),
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> Result<()> {
    let Some((name, rest)) = arguments.split_first() else {
        println!("{}", usage());
        return Ok(());
    };
    if ["help", "--help", "-h"].contains(&name.as_str()) {
        println!("{}", usage());
        return Ok(());
    }
    match COMMANDS.iter().find(|(command, _, _)| command == name) {
        Some((_, _, function)) => function(&Tree::find()?, rest),
        None => bail!("unknown command `{name}`\n\n{}", usage()),
    }
}

fn usage() -> String {
    let lines: Vec<String> =
        COMMANDS.iter().map(|(name, what, _)| format!("  {name:<14}{what}")).collect();
    format!("usage: cargo xtask COMMAND [ARGUMENTS]\n\n{}", lines.join("\n"))
}

/// Ends as the server: Ctrl-C goes straight to it, and it stops its PostgreSQL.
fn up(tree: &Tree, arguments: &[String]) -> Result<()> {
    if settings::find(tree, "DATABASE_URL").is_none() {
        postgres::ensure(tree)?;
    }
    let server = tree.build(Profile::Release, "partneros")?;
    tree::exec(tree.command(&server).args(["serve", "--demo"]).args(arguments))
}

fn test(tree: &Tree, arguments: &[String]) -> Result<()> {
    postgres::ensure(tree)?;
    tree::run(tree.cargo().args(["test", "--workspace"]).args(arguments))?;
    // Who asks for some tests does not want to wait for a browser.
    if arguments.is_empty() { example::check_where_possible(tree) } else { Ok(()) }
}

fn golden(tree: &Tree, _arguments: &[String]) -> Result<()> {
    document::openapi(tree, &[])?;
    imports::imports(tree, &[])?;
    sdk::generate(tree, false)?;
    postgres::ensure(tree)?;
    tree::run(
        tree.cargo()
            .args(["test", "--workspace"])
            .env("INSTA_UPDATE", "always")
            .env("INSTA_FORCE_PASS", "1"),
    )
}

fn ci(tree: &Tree, _arguments: &[String]) -> Result<()> {
    tree::run(&mut tree.command(&tree.path(".ci/run")))
}

fn db(tree: &Tree, arguments: &[String]) -> Result<()> {
    let (address, arguments) = match arguments.split_first() {
        Some((first, _)) if first == "--url" => {
            println!("{}", postgres::address(tree)?);
            return Ok(());
        }
        _ => (postgres::address(tree)?, arguments),
    };
    let psql = postgres::psql(tree);
    tree::exec(tree.command(&psql).args(["-d", &address]).args(arguments))
}

fn clients(tree: &Tree, arguments: &[String]) -> Result<()> {
    tree::run(tree.command(&tree.path("openapi/check-clients.sh")).args(arguments))
}

fn bench(tree: &Tree, arguments: &[String]) -> Result<()> {
    postgres::ensure(tree)?;
    tree.build(Profile::Release, "partneros")?;
    let program = tree.build(Profile::Release, "bench")?;
    tree::exec(tree.command(&program).args(arguments))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_command_is_answered_with_the_known_ones() {
        let error = run(&["upp".into()]).unwrap_err().to_string();
        assert!(error.contains("unknown command `upp`"), "{error}");
        assert!(
            COMMANDS.iter().all(|(name, _, _)| error.contains(&format!("\n  {name} "))),
            "{error}"
        );
    }
}
