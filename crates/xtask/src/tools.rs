//! Programs that chores need: found, or installed where that is one command.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::tree::{Tree, run};

/// What a package manager must be asked for, by its name.
pub type Packages = [(&'static str, &'static str)];

/// Node.js, without its package manager.
pub const NODE: &Packages = &[
    ("apt-get", "nodejs"),
    ("dnf", "nodejs"),
    ("apk", "nodejs"),
    ("pacman", "nodejs"),
    ("brew", "node"),
];

/// The package manager of Node.js.
pub const NPM: &Packages =
    &[("apt-get", "npm"), ("dnf", "npm"), ("apk", "npm"), ("pacman", "npm"), ("brew", "node")];

/// Python, with what virtual environments need.
pub const PYTHON: &Packages = &[
    ("apt-get", "python3 python3-venv"),
    ("dnf", "python3"),
    ("apk", "python3"),
    ("pacman", "python"),
    ("brew", "python"),
];

/// The managers whose packages are known, with how they are asked.
const MANAGERS: [(&str, &str); 5] = [
    ("apt-get", "sudo apt-get install --yes"),
    ("dnf", "sudo dnf install --assumeyes"),
    ("apk", "sudo apk add"),
    ("pacman", "sudo pacman -S"),
    ("brew", "brew install"),
];

/// Makes sure that something is there: installs it as root on Debian and Ubuntu, and says the one
/// command elsewhere.
pub fn ensure(
    tree: &Tree,
    what: &str,
    packages: &Packages,
    is_there: impl Fn() -> bool,
) -> Result<()> {
    if is_there() {
        return Ok(());
    }
    let of_apt = packages.iter().find(|(manager, _)| *manager == "apt-get");
    let Some((_, names)) = of_apt.filter(|_| has("apt-get") && is_root()) else {
        bail!("{what} was not found. Install it with\n\n    {}\n", one_command(packages));
    };
    eprintln!("{what} was not found and is installed with apt-get");
    let apt = |arguments: &[&str]| {
        let mut command = tree.command(Path::new("apt-get"));
        run(command.env("DEBIAN_FRONTEND", "noninteractive").arg("-qq").args(arguments))
    };
    // The lists of a fresh container are empty, and those of an old one name packages that are
    // gone.
    apt(&["update"])?;
    let words: Vec<&str> = ["install", "--yes", "--no-install-recommends"]
        .into_iter()
        .chain(names.split(' '))
        .collect();
    apt(&words)?;
    is_there().then_some(()).with_context(|| format!("{what} was installed but cannot be found"))
}

/// Whether there is a program of this name that runs.
pub fn has(program: &str) -> bool {
    Command::new(program).arg("--version").output().is_ok()
}

/// Whether a program, run in the repository with these arguments, succeeds.
pub fn succeeds(tree: &Tree, program: &str, arguments: &[&str]) -> bool {
    let status = tree.command(Path::new(program)).args(arguments).status();
    status.is_ok_and(|status| status.success())
}

fn one_command(packages: &Packages) -> String {
    let here = MANAGERS.iter().filter(|(manager, _)| has(manager));
    let known = here.filter_map(|(manager, ask)| {
        packages.iter().find(|(name, _)| name == manager).map(|(_, names)| format!("{ask} {names}"))
    });
    known.into_iter().next().unwrap_or_else(|| "(the packages of your system)".to_owned())
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|out| out.stdout.trim_ascii() == b"0")
}
