//! A cluster from the outside: settings in, an address out.

use std::fs::{self, File};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread::JoinHandle;

use crate::binaries;
use crate::error::{At, Error};
use crate::folders::{Folders, SOCKET_NAME, create_private};
use crate::keeper::{Launch, keep};
use crate::os::{self, Account};
use crate::pid_file::PidFile;

/// The superuser of every cluster.
const SUPERUSER: &str = "postgres";

/// What to run, and where.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Holds the cluster and may hold other things too. Created when missing.
    pub data_dir: PathBuf,
    /// The folder of `postgres` and `initdb`; `None` to look for it, see
    /// [`find_bin_dir`](crate::find_bin_dir).
    pub bin_dir: Option<PathBuf>,
    /// Further PostgreSQL settings by name and value, which win over ours. `fsync` = `off` also
    /// saves the syncing of a new cluster; it is for tests alone.
    pub extra: Vec<(String, String)>,
}

impl Settings {
    pub fn new(data_dir: impl Into<PathBuf>) -> Settings {
        Settings { data_dir: data_dir.into(), bin_dir: None, extra: Vec::new() }
    }
}

/// A running cluster that belongs to this process. Dropping it stops PostgreSQL, which ends open
/// transactions, and waits for that.
///
/// When PostgreSQL ends by itself (killed, out of memory) it is started again, at the same address.
#[derive(Debug)]
pub struct Cluster {
    address: Address,
    bin_dir: PathBuf,
    /// The keeper stops when the other end goes away.
    stop: Option<mpsc::Sender<()>>,
    keeper: Option<JoinHandle<()>>,
    /// Given up last: a process that waits for it finds the cluster stopped.
    _lock: File,
}

impl Cluster {
    /// Starts the cluster, and makes it first when the data folder has none. Blocks until it
    /// accepts connections: about 0.2 s, a few seconds the first time, longer when it recovers
    /// after a crash.
    ///
    /// # Errors
    /// [`Error::InUse`] while another process runs the cluster of this data folder; the others are
    /// about the installation, the folders, or what PostgreSQL said.
    pub fn start(settings: &Settings) -> Result<Cluster, Error> {
        let account = Account::for_cluster()?;
        let folders = Folders::prepare(&settings.data_dir, account.as_ref())?;
        let lock = folders.lock()?;
        let bin_dir =
            binaries::choose(settings.bin_dir.as_deref(), &folders.cluster, folders.made_by())?;
        if let Some(account) = &account {
            account.check_can_reach(&bin_dir)?;
        }
        if !folders.cluster.exists() {
            initialize(&folders, &bin_dir, account.as_ref(), settings)?;
        }
        let socket_dir = folders.prepare_socket_dir(account.as_ref())?;
        let address = Address { socket_dir: socket_dir.clone() };
        let launch = Launch {
            folders,
            program: bin_dir.join("postgres"),
            account,
            socket_dir,
            extra: settings.extra.clone(),
        };

        let (stop, stopped) = mpsc::channel();
        let (report, outcome) = mpsc::channel();
        // A thread of its own, because PostgreSQL is told to stop when the thread that started it
        // ends.
        let keeper = std::thread::Builder::new().name("postgres-keeper".into());
        let keeper = keeper
            .spawn(move || keep(&launch, &report, &stopped))
            .at("start a thread for", &bin_dir)?;
        match outcome.recv() {
            Ok(Ok(())) => Ok(Cluster {
                address,
                bin_dir,
                stop: Some(stop),
                keeper: Some(keeper),
                _lock: lock,
            }),
            Ok(Err(error)) => Err(error),
            Err(_) => Err(Error::NotReady { status: None, log: "its keeper ended".into() }),
        }
    }

    /// A connection URL for `role` and `database`, see [`Address::url`].
    pub fn url(&self, role: &str, database: &str) -> String {
        self.address.url(role, database)
    }

    pub fn address(&self) -> &Address {
        &self.address
    }

    /// The folder of the programs that are in use, for `psql` and its like.
    pub fn bin_dir(&self) -> &Path {
        &self.bin_dir
    }

    /// Stops PostgreSQL and waits until it has. The same as dropping.
    pub fn stop(self) {
        drop(self);
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(keeper) = self.keeper.take() {
            // A panic of the keeper has been printed, and its thread's end has stopped PostgreSQL.
            keeper.join().ok();
        }
    }
}

/// Where a cluster listens. Stays the same while it runs, also when PostgreSQL had to be started
/// again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    socket_dir: PathBuf,
}

impl Address {
    /// `postgresql://role@%2Fsocket%2Ffolder/database`, as libpq and tokio-postgres read it.
    /// Without a password: whoever may enter the socket folder is trusted to be any role.
    pub fn url(&self, role: &str, database: &str) -> String {
        let folder = percent_encoded(self.socket_dir.as_os_str().as_encoded_bytes());
        let (role, database) =
            (percent_encoded(role.as_bytes()), percent_encoded(database.as_bytes()));
        format!("postgresql://{role}@{folder}/{database}")
    }

    /// For the superuser `postgres` on the database that always exists.
    pub fn superuser_url(&self) -> String {
        self.url(SUPERUSER, "postgres")
    }
}

/// Where the cluster of this data folder listens, when some process runs it and it is ready; for
/// commands beside a running server.
///
/// # Errors
/// When the data folder may not be read. One that does not exist holds no running cluster.
pub fn find_running(data_dir: &Path) -> Result<Option<Address>, Error> {
    if !data_dir.exists() {
        return Ok(None);
    }
    let Some(found) = PidFile::read(&Folders::of(data_dir)?.cluster)? else { return Ok(None) };
    let (true, Some(socket_dir)) = (found.ready, found.socket_dir) else { return Ok(None) };
    // The file stays when PostgreSQL is killed, so only a connection shows that it runs.
    let answers = UnixStream::connect(socket_dir.join(SOCKET_NAME)).is_ok();
    Ok(answers.then_some(Address { socket_dir }))
}

/// Makes the cluster beside its final place, so that an interrupted initdb never looks like a
/// cluster.
fn initialize(
    folders: &Folders,
    bin_dir: &Path,
    account: Option<&Account>,
    settings: &Settings,
) -> Result<(), Error> {
    let unfinished = folders.cluster.with_extension("new");
    if unfinished.exists() {
        fs::remove_dir_all(&unfinished).at("remove", &unfinished)?;
    }
    create_private(&unfinished, account)?;
    tracing::info!(folder = %folders.cluster.display(), "creating a new PostgreSQL cluster");
    let mut said = String::new();
    // The character classes of UTF-8 are needed for trigrams of anything but English; the rest of C
    // is fast, and the same everywhere. Not every system calls that locale by the same name, and
    // some have none.
    for ctype in ["C.UTF-8", "en_US.UTF-8", "C"] {
        let mut command = os::command(&bin_dir.join("initdb"), account);
        command.arg("-D").arg(&unfinished).args([
            "--username",
            SUPERUSER,
            "--encoding",
            "UTF8",
            "--data-checksums",
        ]);
        // The socket folder is private: who can enter it is trusted, and there is no other way in.
        command.args(["--auth-local", "trust", "--auth-host", "reject", "--no-instructions"]);
        command.args(["--locale", "C", "--lc-ctype", ctype]);
        if settings.extra.iter().any(|(name, value)| name == "fsync" && value == "off") {
            command.arg("--no-sync");
        }
        let out = command.output().at("run", &bin_dir.join("initdb"))?;
        if out.status.success() {
            // A rename is durable once its folder is synced.
            return fs::rename(&unfinished, &folders.cluster)
                .and_then(|()| File::open(&folders.data_dir)?.sync_all())
                .at("finish", &folders.cluster);
        }
        said = String::from_utf8_lossy(&out.stderr).trim().to_string();
        // Another locale would not help.
        if !said.contains("locale") {
            break;
        }
    }
    Err(Error::Initialize(said))
}

/// Everything but RFC 3986's unreserved characters, so that a path is a host, and no name ends its
/// part of the URL.
fn percent_encoded(bytes: &[u8]) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    bytes
        .iter()
        .map(
            |&byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") },
        )
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_encoded() {
        let address = Address { socket_dir: PathBuf::from("/var/lib/ä b") };
        assert_eq!(address.url("a@b", "c/d"), "postgresql://a%40b@%2Fvar%2Flib%2F%C3%A4%20b/c%2Fd");
        assert_eq!(
            address.superuser_url(),
            "postgresql://postgres@%2Fvar%2Flib%2F%C3%A4%20b/postgres"
        );
    }
}
