//! The release binary as a process of its own, and the folder it works in.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::process::Processes;

/// Where data stay, for one run or for several.
pub struct Folder {
    pub path: PathBuf,
    /// The programs of PostgreSQL.
    pub bin: PathBuf,
    keep: bool,
}

impl Folder {
    pub fn choose(keep: Option<&Path>) -> Result<Self> {
        let path = match keep {
            Some(path) => path.to_owned(),
            None => std::env::temp_dir().join(format!("partneros-bench-{}", std::process::id())),
        };
        fs::create_dir_all(&path).with_context(|| format!("cannot make `{}`", path.display()))?;
        let bin = embedded_postgres::find_bin_dir().context("PostgreSQL was not found")?;
        Ok(Self { path: path.canonicalize()?, bin, keep: keep.is_some() })
    }

    pub fn log(&self) -> PathBuf {
        self.path.join("postgres.log")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if !self.keep {
            fs::remove_dir_all(&self.path).ok();
        }
    }
}

/// A running server.
pub struct Server<'f> {
    pub folder: &'f Folder,
    /// `127.0.0.1:NNNN`
    pub address: String,
    pub processes: Processes,
    /// From the start of the process until it was ready.
    pub started_in: Duration,
    child: Child,
}

impl<'f> Server<'f> {
    /// Starts the `partneros` that lies beside this program, without limits, and waits until it
    /// answers.
    #[expect(
        clippy::disallowed_methods,
        reason = "waits for another process, which tells by a file"
    )]
    pub fn start(folder: &'f Folder) -> Result<Self> {
        let program = std::env::current_exe()?.with_file_name("partneros");
        let ready = folder.path.join("ready.json");
        fs::remove_file(&ready).ok();
        let started = Instant::now();
        let mut command = Command::new(&program);
        command
            .args(["serve", "--listen", "127.0.0.1:0", "--ready-file"])
            .arg(&ready)
            .arg("--data-dir")
            .arg(&folder.path);
        command
            .env("PARTNEROS_RATE_LIMITS", "off")
            // Organizations at once, without a mail.
            .env("PARTNEROS_EMAIL_PROOF", "off")
            .env("PARTNEROS_LOG", "warn")
            .env("PARTNEROS_LOG_FORMAT", "text");
        // The same whatever the port, as it is part of what a page says.
        command.env("PARTNEROS_PUBLIC_URL", "http://bench.invalid").env_remove("DATABASE_URL");
        // No `.env` of the working folder.
        command.current_dir(&folder.path).stdin(Stdio::null());
        let mut child =
            command.spawn().with_context(|| format!("cannot run `{}`", program.display()))?;
        let said = loop {
            if let Ok(text) = fs::read_to_string(&ready) {
                break text;
            }
            if let Some(status) = child.try_wait()? {
                bail!("the server ended while it started ({status})");
            }
            if started.elapsed() > Duration::from_secs(120) {
                child.kill().ok();
                bail!("the server does not become ready");
            }
            std::thread::sleep(Duration::from_millis(2));
        };
        let started_in = started.elapsed();
        let said: Value = serde_json::from_str(&said)?;
        let address = said["url"]
            .as_str()
            .and_then(|url| url.strip_prefix("http://"))
            .context("no url")?
            .to_owned();
        let pid_file = fs::read_to_string(folder.path.join("postgres/postmaster.pid"))
            .context("no embedded PostgreSQL")?;
        let postmaster = pid_file
            .lines()
            .next()
            .and_then(|line| line.trim().parse().ok())
            .context("no process number")?;
        let processes = Processes { server: child.id(), postmaster };
        Ok(Self { folder, address, processes, started_in, child })
    }

    /// Stops it as an operator would, and waits.
    pub fn stop(mut self) -> Result<()> {
        terminate(&self.child);
        let status = self.child.wait()?;
        if !status.success() {
            bail!("the server ended badly ({status})");
        }
        Ok(())
    }
}

impl Drop for Server<'_> {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            terminate(&self.child);
            self.child.wait().ok();
        }
    }
}

fn terminate(child: &Child) {
    Command::new("kill").args(["-TERM", &child.id().to_string()]).status().ok();
}
