//! The repository on disk, cargo, and the programs that cargo builds here.

use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

/// Where the sources lie and where cargo puts what it builds.
#[derive(Debug)]
pub struct Tree {
    root: PathBuf,
    target: PathBuf,
}

#[derive(Debug, Clone, Copy)]
pub enum Profile {
    Debug,
    Release,
}

impl Tree {
    /// The folder of profiles is the one that this very program was built into, whatever
    /// `CARGO_TARGET_DIR`, `build.target` and the like say.
    pub fn find() -> Result<Tree> {
        let program = std::env::current_exe().context("cannot find out where this program lies")?;
        let target = program.ancestors().nth(2).context("this program lies in no target folder")?;
        let root = Path::new(env!("CARGO_MANIFEST_DIR"))
            .ancestors()
            .nth(2)
            .context("this crate lies in no workspace")?;
        Ok(Tree { root: root.to_path_buf(), target: target.to_path_buf() })
    }

    pub fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    /// Where cargo puts what it builds.
    pub fn target(&self) -> &Path {
        &self.target
    }

    /// A command that runs in the root of the repository.
    pub fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.root);
        command
    }

    pub fn cargo(&self) -> Command {
        self.command(Path::new(option_env!("CARGO").unwrap_or("cargo")))
    }

    /// Builds a program and says where it is. Always with `--workspace`: features are united over
    /// the packages that are asked for, and with one package alone cargo would build hundreds of
    /// dependencies a second time.
    pub fn build(&self, profile: Profile, program: &str) -> Result<PathBuf> {
        let mut cargo = self.cargo();
        cargo.args(["build", "--workspace", "--bin", program]);
        let folder = match profile {
            Profile::Debug => "debug",
            Profile::Release => {
                cargo.arg("--release");
                "release"
            }
        };
        run(&mut cargo)?;
        Ok(self.target.join(folder).join(program))
    }
}

/// Runs to the end; anything but success is an error that names the command.
pub fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("cannot run {}", words(command)))?;
    if !status.success() {
        bail!("{} failed ({status})", words(command));
    }
    Ok(())
}

/// The output of a command whose messages go to the terminal.
pub fn output(command: &mut Command) -> Result<String> {
    let out = command.stderr(std::process::Stdio::inherit()).output();
    let out = out.with_context(|| format!("cannot run {}", words(command)))?;
    if !out.status.success() {
        bail!("{} failed ({})", words(command), out.status);
    }
    String::from_utf8(out.stdout)
        .with_context(|| format!("{} does not print UTF-8", words(command)))
}

/// Replaces this process, so that signals and the terminal are the program's own. Returns only when
/// that failed.
pub fn exec(command: &mut Command) -> Result<()> {
    Err(anyhow::Error::new(command.exec()).context(format!("cannot run {}", words(command))))
}

fn words(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    format!("`{}`", words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" "))
}
