//! The file in which PostgreSQL says that it runs.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::{At, Error};

/// What PostgreSQL tells about itself in `postmaster.pid`.
#[derive(Debug)]
pub(crate) struct PidFile {
    pub(crate) pid: u32,
    pub(crate) socket_dir: Option<PathBuf>,
    pub(crate) ready: bool,
}

impl PidFile {
    pub(crate) fn path(cluster: &Path) -> PathBuf {
        cluster.join("postmaster.pid")
    }

    /// `None` when there is none or it is still being written.
    pub(crate) fn read(cluster: &Path) -> Result<Option<PidFile>, Error> {
        let path = PidFile::path(cluster);
        match fs::read_to_string(&path) {
            Ok(text) => Ok(PidFile::parse(&text)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error).at("read", &path),
        }
    }

    /// Lines: process, data folder, start time, port, socket folder, address, shared memory,
    /// status.
    fn parse(text: &str) -> Option<PidFile> {
        let line =
            |number: usize| text.lines().nth(number).map(str::trim).filter(|line| !line.is_empty());
        let (pid, socket_dir) = (line(0)?.parse().ok()?, line(4).map(PathBuf::from));
        Some(PidFile { pid, socket_dir, ready: line(7) == Some("ready") })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pid_file_is_read_at_every_stage_of_its_writing() {
        assert!(PidFile::parse("").is_none());
        let early = PidFile::parse("42\n/data\n1\n5432\n").unwrap();
        assert!((early.pid, early.ready, early.socket_dir) == (42, false, None));
        let ready = PidFile::parse("42\n/data\n1\n5432\n/sock\n\n  1 2\nready   \n").unwrap();
        assert!(ready.ready && ready.socket_dir == Some(PathBuf::from("/sock")));
    }
}
