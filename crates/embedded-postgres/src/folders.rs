//! The data folder: what lies where, to whom it belongs, and that only one process at a time uses
//! it.
//!
//! ```text
//! data_dir/           ours, not PostgreSQL's: whoever embeds us keeps other things here
//!   postgres/         the cluster (PGDATA), 0700, of the user who runs PostgreSQL
//!   postgres.new/     a cluster being made; renamed when it is complete
//!   postgres.log      what PostgreSQL says (.1: the one before)
//!   postgres.lock     locked while a process runs the cluster; holds its process number
//!   postgres.sock/    the socket folder, 0700: whoever may enter it is trusted
//! ```

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};

use crate::error::{At, Error};
use crate::os::{self, Account};

/// `sockaddr_un.sun_path` of Linux holds 108 bytes with the closing zero, of the BSDs 104.
const MAX_SOCKET_PATH: usize = if cfg!(target_os = "linux") { 107 } else { 103 };
/// A log longer than this is put aside at the next start.
const MAX_LOG_SIZE: u64 = 8 << 20;

#[derive(Debug, Clone)]
pub(crate) struct Folders {
    pub(crate) data_dir: PathBuf,
    pub(crate) cluster: PathBuf,
    pub(crate) log: PathBuf,
}

impl Folders {
    /// Creates the data folder when it is missing. Root's may be entered by others (not read),
    /// because PostgreSQL runs as another user there; anybody else's is private.
    pub(crate) fn prepare(data_dir: &Path, account: Option<&Account>) -> Result<Folders, Error> {
        let mode = if account.is_some() { 0o711 } else { 0o700 };
        DirBuilder::new().recursive(true).mode(mode).create(data_dir).at("create", data_dir)?;
        let folders = Folders::of(data_dir)?;
        if let Some(account) = account {
            account.check_can_reach(&folders.data_dir)?;
        }
        Ok(folders)
    }

    pub(crate) fn of(data_dir: &Path) -> Result<Folders, Error> {
        let data_dir = data_dir.canonicalize().at("find", data_dir)?;
        Ok(Folders {
            cluster: data_dir.join("postgres"),
            log: data_dir.join("postgres.log"),
            data_dir,
        })
    }

    /// Held as long as the returned file is open, and given up by the kernel however the process
    /// ends.
    pub(crate) fn lock(&self) -> Result<File, Error> {
        let path = self.data_dir.join("postgres.lock");
        let mut options = OpenOptions::new();
        // Not truncated: while another process has the lock the file holds its number.
        let opened =
            options.read(true).write(true).create(true).truncate(false).mode(0o600).open(&path);
        let mut file = opened.at("open", &path)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut pid = String::new();
                file.read_to_string(&mut pid).at("read", &path)?;
                return Err(Error::InUse {
                    data_dir: self.data_dir.clone(),
                    pid: pid.trim().parse().ok(),
                });
            }
            Err(TryLockError::Error(source)) => return Err(source).at("lock", &path),
        }
        file.set_len(0)
            .and_then(|()| writeln!(file, "{}", std::process::id()))
            .at("write", &path)?;
        Ok(file)
    }

    /// The major version that made the cluster; `None` when there is none yet.
    pub(crate) fn made_by(&self) -> Option<u32> {
        fs::read_to_string(self.cluster.join("PG_VERSION")).ok()?.trim().parse().ok()
    }

    /// The socket folder: in the data folder, or in the temporary folder when the path would be too
    /// long for a socket. The second name follows from the data folder, so that a killed process
    /// leaves no trail of folders.
    pub(crate) fn prepare_socket_dir(&self, account: Option<&Account>) -> Result<PathBuf, Error> {
        let name = fnv1a(self.data_dir.as_os_str().as_encoded_bytes());
        let candidates = [
            self.data_dir.join("postgres.sock"),
            std::env::temp_dir().join(format!("postgres-{name:016x}")),
        ];
        let fits =
            |folder: &&PathBuf| folder.join(SOCKET_NAME).as_os_str().len() <= MAX_SOCKET_PATH;
        let folder = candidates
            .iter()
            .find(fits)
            .ok_or_else(|| Error::SocketPathTooLong(candidates[0].clone()))?
            .clone();
        // Anybody may have put something of this name into the temporary folder: it must be a real
        // folder of ours.
        let owner = account.map_or_else(os::effective_uid, |account| account.uid);
        match fs::symlink_metadata(&folder) {
            Ok(about) if !about.is_dir() || about.uid() != owner => {
                return Err(Error::ForeignSocketFolder(folder));
            }
            Ok(_) => fs::set_permissions(&folder, PermissionsExt::from_mode(0o700))
                .at("protect", &folder)?,
            Err(_) => create_private(&folder, account)?,
        }
        if let Some(account) = account {
            account.check_can_reach(&folder)?;
        }
        Ok(folder)
    }

    /// The log, for appending, and where what is written now will begin.
    pub(crate) fn open_log(&self) -> Result<(File, u64), Error> {
        if fs::metadata(&self.log).is_ok_and(|about| about.len() > MAX_LOG_SIZE) {
            fs::rename(&self.log, self.log.with_extension("log.1")).at("rename", &self.log)?;
        }
        let file = OpenOptions::new()
            .append(true)
            .create(true)
            .mode(0o600)
            .open(&self.log)
            .at("open", &self.log)?;
        let start = file.metadata().at("look at", &self.log)?.len();
        Ok((file, start))
    }

    /// The last lines that were written after `start`, for an error message.
    pub(crate) fn log_since(&self, start: u64) -> String {
        let mut bytes = Vec::new();
        let read = File::open(&self.log).and_then(|mut file| {
            file.seek(SeekFrom::Start(start))?;
            file.read_to_end(&mut bytes)
        });
        let text = String::from_utf8_lossy(&bytes);
        let lines: Vec<&str> = text.lines().collect();
        match read {
            Ok(_) => lines[lines.len().saturating_sub(8)..].join("\n"),
            Err(error) => format!("(no log: {error})"),
        }
    }
}

/// PostgreSQL names its socket after the port, which therefore is only a name here.
pub(crate) const PORT: u16 = 5432;
pub(crate) const SOCKET_NAME: &str = ".s.PGSQL.5432";

/// Fails when the folder exists, so that nobody can have prepared it for us.
pub(crate) fn create_private(folder: &Path, account: Option<&Account>) -> Result<(), Error> {
    DirBuilder::new().mode(0o700).create(folder).at("create", folder)?;
    match account {
        Some(account) => {
            chown(folder, Some(account.uid), Some(account.gid)).at("give away", folder)
        }
        None => Ok(()),
    }
}

/// FNV-1a: a name from a path that stays the same in every build, which the standard hasher does
/// not promise.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// `$XDG_DATA_HOME/partneros` or `~/.local/share/partneros`; `/var/lib/partneros` for root, whose
/// home the system user who runs PostgreSQL cannot enter.
pub fn default_data_dir() -> Result<PathBuf, Error> {
    let from = |name: &str| os::environment(name).map(PathBuf::from);
    data_dir_of(os::effective_uid(), from("XDG_DATA_HOME"), from("HOME"))
}

fn data_dir_of(
    uid: u32,
    data_home: Option<PathBuf>,
    home: Option<PathBuf>,
) -> Result<PathBuf, Error> {
    if uid == 0 {
        return Ok(PathBuf::from("/var/lib/partneros"));
    }
    // The XDG specification says that a relative path is to be ignored.
    let data_home = data_home.filter(|path| path.is_absolute());
    let home = home.filter(|path| path.is_absolute()).map(|home| home.join(".local/share"));
    Ok(data_home.or(home).ok_or(Error::NoHome)?.join("partneros"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_data_folder_follows_the_user() {
        let path = |text: &str| Some(PathBuf::from(text));
        let of = |uid, data_home, home| {
            data_dir_of(uid, data_home, home).map_err(|error| error.to_string())
        };
        assert_eq!(of(0, path("/x"), path("/root")), Ok(PathBuf::from("/var/lib/partneros")));
        assert_eq!(of(7, path("/x"), path("/home/a")), Ok(PathBuf::from("/x/partneros")));
        assert_eq!(
            of(7, path("x"), path("/home/a")),
            Ok(PathBuf::from("/home/a/.local/share/partneros"))
        );
        assert_eq!(
            of(7, None, path("")),
            Err("neither HOME nor XDG_DATA_HOME is set: name a data folder".into())
        );
    }

    #[test]
    fn a_long_log_is_put_aside() {
        let top = tempfile::tempdir().unwrap();
        let folders = Folders::of(top.path()).unwrap();
        let (file, start) = folders.open_log().unwrap();
        assert_eq!(start, 0);
        file.set_len(MAX_LOG_SIZE + 1).unwrap();
        assert_eq!(folders.open_log().unwrap().1, 0);
        assert_eq!(
            fs::metadata(top.path().join("postgres.log.1")).unwrap().len(),
            MAX_LOG_SIZE + 1
        );
    }

    #[test]
    fn an_error_shows_only_what_was_logged_since() {
        let top = tempfile::tempdir().unwrap();
        let folders = Folders::of(top.path()).unwrap();
        fs::write(&folders.log, "old\n").unwrap();
        let (mut file, start) = folders.open_log().unwrap();
        (1..=9).for_each(|n| writeln!(file, "line {n}").unwrap());
        let said = folders.log_since(start);
        assert!(said.starts_with("line 2\n") && said.ends_with("\nline 9"), "{said}");
    }
}
