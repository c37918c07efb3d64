//! The thread that starts PostgreSQL, starts it again when it ends by itself, and stops it.
#![expect(
    clippy::disallowed_methods,
    reason = "a thread of its own, which waits for a process that tells nobody"
)]

use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, ExitStatus};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use crate::error::{At, Error};
use crate::folders::{Folders, PORT, SOCKET_NAME};
use crate::os::{self, Account};
use crate::pid_file::PidFile;

/// How often the keeper looks whether PostgreSQL still runs; also the pause before it is started
/// again.
const CHECK_INTERVAL: Duration = Duration::from_millis(250);
const POLL_EVERY: Duration = Duration::from_millis(10);
/// Recovery after a crash replays at most the write-ahead log since the last checkpoint, about 1
/// GB.
const START_TIMEOUT: Duration = Duration::from_secs(300);
const STOP_TIMEOUT: Duration = Duration::from_secs(60);
/// How long the backends of a killed PostgreSQL may take to notice.
const BACKEND_TIMEOUT: Duration = Duration::from_secs(10);

/// Settings for one application on the same machine. Durability stays as PostgreSQL has it.
const SETTINGS: [(&str, &str); 17] = [
    ("listen_addresses", ""),
    ("unix_socket_permissions", "0700"),
    ("max_connections", "100"),
    ("shared_buffers", "256MB"), // taken from the system only as pages are used
    ("effective_cache_size", "1GB"),
    ("work_mem", "8MB"),
    ("maintenance_work_mem", "128MB"),
    ("random_page_cost", "1.1"),
    ("max_wal_size", "2GB"),
    // Tables whose rows live for milliseconds (queues) grow until they are vacuumed.
    ("autovacuum_naptime", "10s"),
    ("jit", "off"), // short statements: compiling them costs more than it saves
    // A cancelled request's statement ends with its connection instead of running on with its
    // locks.
    ("client_connection_check_interval", "250ms"),
    ("timezone", "UTC"),
    ("log_timezone", "UTC"),
    // Statements and details of errors hold personal data, and the log is no place for it.
    ("log_min_error_statement", "panic"),
    ("log_error_verbosity", "terse"),
    ("log_checkpoints", "off"),
];

/// All that is needed to start PostgreSQL, any number of times.
#[derive(Debug)]
pub(crate) struct Launch {
    pub(crate) folders: Folders,
    pub(crate) program: PathBuf,
    pub(crate) account: Option<Account>,
    pub(crate) socket_dir: PathBuf,
    pub(crate) extra: Vec<(String, String)>,
}

/// Runs until the sender of `stop` is dropped. Reports the outcome of the first start, and ends if
/// that failed.
pub(crate) fn keep(launch: &Launch, report: &Sender<Result<(), Error>>, stop: &Receiver<()>) {
    let mut child = match launch.until_ready() {
        Ok(child) => child,
        Err(error) => return report.send(Err(error)).unwrap_or_default(),
    };
    report.send(Ok(())).unwrap_or_default(); // nobody listens when `start` has been given up: then `stop` is gone too
    while let Err(RecvTimeoutError::Timeout) = stop.recv_timeout(CHECK_INTERVAL) {
        let Some(status) = ended(&mut child) else { continue };
        tracing::error!(%status, "PostgreSQL ended by itself and is started again");
        child = loop {
            match launch.until_ready() {
                Ok(child) => break child,
                Err(error) => tracing::error!(%error, "PostgreSQL could not be started again"),
            }
            let Err(RecvTimeoutError::Timeout) = stop.recv_timeout(CHECK_INTERVAL) else { return };
        };
    }
    end(&mut child);
}

impl Launch {
    /// Starts PostgreSQL and waits until it accepts connections.
    fn until_ready(&self) -> Result<Child, Error> {
        let since = Instant::now();
        loop {
            end_earlier(&self.folders.cluster)?;
            disown(&PidFile::path(&self.folders.cluster))?;
            disown(&self.socket_dir.join(format!("{SOCKET_NAME}.lock")))?;
            match self.once() {
                // The backends of a PostgreSQL that was killed still hold its memory, for a moment.
                Err(Error::NotReady { log, .. })
                    if log.contains("shared memory block") && since.elapsed() < BACKEND_TIMEOUT =>
                {
                    std::thread::sleep(CHECK_INTERVAL);
                }
                outcome => return outcome,
            }
        }
    }

    fn once(&self) -> Result<Child, Error> {
        let (log, log_start) = self.folders.open_log()?;
        let mut command = os::command(&self.program, self.account.as_ref());
        command
            .arg("-D")
            .arg(&self.folders.cluster)
            .arg("-k")
            .arg(&self.socket_dir)
            .args(["-p", &PORT.to_string()]);
        let ours = SETTINGS.iter().map(|(name, value)| format!("{name}={value}"));
        let extra = self.extra.iter().map(|(name, value)| format!("{name}={value}"));
        for setting in ours.chain(extra) {
            command.args(["-c", &setting]);
        }
        command
            .stdin(std::process::Stdio::null())
            .stdout(log.try_clone().at("share", &self.folders.log)?)
            .stderr(log);
        let mut child = command.spawn().at("run", &self.program)?;

        let since = Instant::now();
        let failed = |status: Option<ExitStatus>| {
            let status = status.map(|status| status.to_string());
            Err(Error::NotReady { status, log: self.folders.log_since(log_start) })
        };
        loop {
            if let Some(status) = ended(&mut child) {
                return failed(Some(status));
            }
            // The file may be a dead predecessor's.
            let pid_file = PidFile::read(&self.folders.cluster)?;
            let ready = pid_file.is_some_and(|found| found.ready && found.pid == child.id());
            if ready && UnixStream::connect(self.socket_dir.join(SOCKET_NAME)).is_ok() {
                return Ok(child);
            }
            if since.elapsed() > START_TIMEOUT {
                end(&mut child);
                return failed(None);
            }
            std::thread::sleep(POLL_EVERY);
        }
    }
}

/// Deals with what an earlier process of ours left behind when it was killed. We hold the lock, so
/// whoever serves this cluster is nobody's.
fn end_earlier(cluster: &Path) -> Result<(), Error> {
    let Some(PidFile { pid, .. }) = PidFile::read(cluster)? else { return Ok(()) };
    let serves =
        || os::command_line(pid).is_some_and(|line| line.contains(&*cluster.to_string_lossy()));
    if !serves() {
        return Ok(());
    }
    tracing::warn!(pid, "an earlier PostgreSQL still runs on this data folder and is stopped");
    for (signal, patience) in [(os::SIGINT, STOP_TIMEOUT), (os::SIGQUIT, BACKEND_TIMEOUT)] {
        os::signal(pid, signal);
        if wait_until(patience, || !serves()) {
            return Ok(());
        }
    }
    Err(Error::DoesNotStop(pid))
}

/// The process number in a dead PostgreSQL's lock file may belong to somebody else by now (in a
/// container it nearly always does), or to a corpse that its new parent has not buried yet, and
/// PostgreSQL would refuse to start. With its parent's number, ours, in that place it knows the
/// file for stale, and still checks whether backends are left, which it could not if the file were
/// removed.
fn disown(lock_file: &Path) -> Result<(), Error> {
    let Ok(text) = std::fs::read_to_string(lock_file) else { return Ok(()) };
    let rest = text.split_once('\n').map_or("", |(_, rest)| rest);
    std::fs::write(lock_file, format!("{}\n{rest}", std::process::id())).at("write", lock_file)
}

/// Fast stop, which ends open transactions; then the harder ways, after which the next start
/// recovers.
fn end(child: &mut Child) {
    let hard = BACKEND_TIMEOUT;
    for (signal, patience) in [(os::SIGINT, STOP_TIMEOUT), (os::SIGQUIT, hard), (os::SIGKILL, hard)]
    {
        os::signal(child.id(), signal);
        if wait_until(patience, || ended(child).is_some()) {
            return;
        }
        tracing::warn!(pid = child.id(), signal, "PostgreSQL does not stop");
    }
}

/// An error of waiting means that there is nothing to wait for.
fn ended(child: &mut Child) -> Option<ExitStatus> {
    child.try_wait().unwrap_or_else(|_| Some(ExitStatus::default()))
}

fn wait_until(patience: Duration, mut done: impl FnMut() -> bool) -> bool {
    let since = Instant::now();
    loop {
        if done() {
            return true;
        }
        if since.elapsed() > patience {
            return false;
        }
        std::thread::sleep(POLL_EVERY);
    }
}
