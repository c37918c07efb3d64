//! The SDKs in `sdks/`: generated from the document, and checked as their users would use them.

use std::path::Path;

use anyhow::{Result, bail};

use crate::postgres;
use crate::tools::{NODE, NPM, PYTHON, ensure, has, succeeds};
use crate::tree::{Profile, Tree, run};

const IS_NEW_NODE: &str = "process.exit(parseInt(process.versions.node) >= 20 ? 0 : 1)";
const IS_NEW_PYTHON: &str = "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))";

/// The chore: writes what is generated, and runs `sdks/check.sh` on a server. `--check` does not
/// write.
pub fn sdk(tree: &Tree, arguments: &[String]) -> Result<()> {
    let only_check = match arguments {
        [] => false,
        [argument] if argument == "--check" => true,
        _ => bail!("unknown arguments `{}`; there is `--check`", arguments.join(" ")),
    };
    generate(tree, only_check)?;
    ensure(tree, "Node.js 20 or newer", NODE, || succeeds(tree, "node", &["--eval", IS_NEW_NODE]))?;
    ensure(tree, "npm", NPM, || has("npm"))?;
    postgres::ensure(tree)?;
    let server = tree.build(Profile::Debug, "partneros")?;
    run(tree.command(&tree.path("sdks/check.sh")).arg(server))
}

/// Writes the generated files of the SDKs, or fails when they are not up to date.
pub fn generate(tree: &Tree, only_check: bool) -> Result<()> {
    ensure(tree, "Python 3.11 or newer", PYTHON, || {
        succeeds(tree, "python3", &["-c", IS_NEW_PYTHON])
    })?;
    let mut command = tree.command(Path::new("python3"));
    command.arg("sdks/generate.py");
    if only_check {
        command.arg("--check");
    }
    run(&mut command)
}
