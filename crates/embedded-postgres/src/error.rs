//! Why a cluster could not be run, in words that say what to do about it.

use std::io;
use std::path::{Path, PathBuf};

/// Everything that keeps a cluster from running.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(
        "PostgreSQL was not found under the usual folders nor on PATH. Install it (Debian, Ubuntu: \
         `apt-get install postgresql`; Fedora: `dnf install postgresql-server`; macOS: `brew \
         install postgresql@17`), \
         or name the folder that holds `postgres` and `initdb`"
    )]
    NoBinaries,
    #[error("`{}` does not contain `postgres` and `initdb`", .0.display())]
    NotABinFolder(PathBuf),
    #[error("PostgreSQL {found} in `{}` is too old: version {oldest} or newer is \
        needed", .bin_dir.display())]
    TooOld { bin_dir: PathBuf, found: u32, oldest: u32 },
    #[error(
        "the cluster in `{}` was made by PostgreSQL {made_by}, whose programs were not found \
            (found: {found}). \
         Install PostgreSQL {made_by} again, or move the data over with pg_upgrade or a dump",
        .cluster.display()
    )]
    OtherVersion { cluster: PathBuf, made_by: u32, found: String },
    #[error("another running process{} already uses the data folder \
        `{}`", .pid.map(|pid| format!(" ({pid})")).unwrap_or_default(), .data_dir.display())]
    InUse { data_dir: PathBuf, pid: Option<u32> },
    #[error(
        "PostgreSQL refuses to run as root, so it runs as the system user `{user}`, and that user \
            cannot enter `{}`: \
         choose another data folder, or allow it with `chmod o+x {}`",
        .folder.display(), .folder.display()
    )]
    ClosedFolder { folder: PathBuf, user: String },
    #[error(
        "PostgreSQL refuses to run as root and there is no system user `{0}` to run it as: create \
            one \
         (`useradd --system {0}`), or start as an ordinary user"
    )]
    NoSystemUser(String),
    #[error("neither HOME nor XDG_DATA_HOME is set: name a data folder")]
    NoHome,
    #[error("the socket folder `{}` is too long a path, and so is the temporary folder: choose a \
        shorter TMPDIR", .0.display())]
    SocketPathTooLong(PathBuf),
    #[error("`{}` belongs to another user: remove it, or set TMPDIR to a folder of your \
        own", .0.display())]
    ForeignSocketFolder(PathBuf),
    #[error("initdb failed: {0}")]
    Initialize(String),
    #[error("PostgreSQL did not become ready{}: {log}", .status.as_ref().map(|s| format!(" \
        ({s})")).unwrap_or_default())]
    NotReady { status: Option<String>, log: String },
    #[error("an earlier PostgreSQL (process {0}) still runs on this data folder and does not stop")]
    DoesNotStop(u32),
    #[error("cannot {what} `{}`: {source}", .path.display())]
    Io { what: &'static str, path: PathBuf, source: io::Error },
}

/// Names the operation and the path of an input/output error, which `io::Error` keeps to itself.
pub(crate) trait At<T> {
    fn at(self, what: &'static str, path: &Path) -> Result<T, Error>;
}

impl<T> At<T> for io::Result<T> {
    fn at(self, what: &'static str, path: &Path) -> Result<T, Error> {
        self.map_err(|source| Error::Io { what, path: path.to_path_buf(), source })
    }
}
