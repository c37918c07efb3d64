//! What the standard library does not offer of the operating system. The only unsafe code of the
//! workspace.
#![allow(unsafe_code)]

use std::ffi::OsString;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::{At, Error};

pub(crate) use libc::{SIGINT, SIGKILL, SIGQUIT};

/// The system user whom PostgreSQL runs as when we are root, which it refuses to be.
const SYSTEM_USER: &str = "postgres";

/// A user other than ourselves to run PostgreSQL as.
#[derive(Debug, Clone)]
pub(crate) struct Account {
    pub(crate) name: &'static str,
    pub(crate) uid: u32,
    pub(crate) gid: u32,
}

impl Account {
    /// `None` when PostgreSQL may run as ourselves, which is so for everybody but root.
    pub(crate) fn for_cluster() -> Result<Option<Account>, Error> {
        if effective_uid() != 0 {
            return Ok(None);
        }
        let number = |option: &str| {
            let out = Command::new("id")
                .args([option, SYSTEM_USER])
                .output()
                .at("run", Path::new("id"))?;
            let text = String::from_utf8_lossy(&out.stdout).trim().parse().ok();
            text.ok_or_else(|| Error::NoSystemUser(SYSTEM_USER.to_string()))
        };
        Ok(Some(Account { name: SYSTEM_USER, uid: number("-u")?, gid: number("-g")? }))
    }

    /// Fails with the first folder on the way to `path` that this user may not enter.
    pub(crate) fn check_can_reach(&self, path: &Path) -> Result<(), Error> {
        match first_closed_folder(path, self.uid, self.gid)? {
            Some(folder) => Err(Error::ClosedFolder { folder, user: self.name.to_string() }),
            None => Ok(()),
        }
    }
}

/// Mode bits only: access lists and capabilities are rare enough that PostgreSQL's own message does
/// for them.
fn first_closed_folder(path: &Path, uid: u32, gid: u32) -> Result<Option<PathBuf>, Error> {
    let mut folders: Vec<&Path> = path.ancestors().collect();
    folders.reverse();
    for folder in folders {
        let about = folder.metadata().at("look at", folder)?;
        let shift = match () {
            () if about.uid() == uid => 6,
            () if about.gid() == gid => 3,
            () => 0,
        };
        if (about.permissions().mode() >> shift) & 1 == 0 {
            return Ok(Some(folder.to_path_buf()));
        }
    }
    Ok(None)
}

/// What the system tells every program, not a setting of ours.
#[expect(clippy::disallowed_methods, reason = "this crate takes its settings as arguments")]
pub(crate) fn environment(name: &str) -> Option<OsString> {
    std::env::var_os(name)
}

/// Whether this program runs as root.
pub fn is_root() -> bool {
    effective_uid() == 0
}

pub(crate) fn effective_uid() -> u32 {
    // SAFETY: takes nothing, cannot fail.
    unsafe { libc::geteuid() }
}

/// Sends a signal; a process that is gone already is not an error, which is what every caller
/// wants.
pub(crate) fn signal(pid: u32, signal: libc::c_int) {
    let Ok(pid) = libc::pid_t::try_from(pid) else { return };
    // SAFETY: plain system call without pointers. `pid` is positive, so no process group is meant.
    unsafe { libc::kill(pid, signal) };
}

/// The command line of a living process, arguments separated by blanks. `None` when it has ended,
/// also as a zombie.
pub(crate) fn command_line(pid: u32) -> Option<String> {
    let text = if cfg!(target_os = "linux") {
        std::fs::read(format!("/proc/{pid}/cmdline")).ok()?
    } else {
        Command::new("ps")
            .args(["-ww", "-o", "command=", "-p", &pid.to_string()])
            .output()
            .ok()?
            .stdout
    };
    let text = String::from_utf8_lossy(&text).replace('\0', " ");
    (!text.trim().is_empty()).then_some(text)
}

/// A command that runs as `account`, sees none of our environment (which holds secrets that
/// PostgreSQL has no business knowing, and perhaps `PG...` variables that would mislead it), is in
/// its own process group so that Ctrl-C in the terminal reaches only us, and on Linux gets SIGINT
/// when the thread that spawned it ends.
pub(crate) fn command(program: &Path, account: Option<&Account>) -> Command {
    let mut command = Command::new(program);
    command.env_clear().env("LC_ALL", "C").env("PATH", environment("PATH").unwrap_or_default());
    if let Some(path) = environment("LD_LIBRARY_PATH") {
        command.env("LD_LIBRARY_PATH", path);
    }
    command.current_dir("/").process_group(0);
    if let Some(account) = account {
        command.uid(account.uid).gid(account.gid);
    }
    #[cfg(target_os = "linux")]
    {
        let parent = std::process::id();
        // SAFETY: only system calls that are allowed between fork and exec, and nothing is
        // allocated. It runs after the change of user, which would clear the setting.
        unsafe {
            command.pre_exec(move || {
                if libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGINT) != 0 {
                    return Err(std::io::Error::last_os_error());
                }
                if libc::getppid().cast_unsigned() != parent {
                    // The parent died before the call.
                    return Err(std::io::Error::from_raw_os_error(libc::ESRCH));
                }
                Ok(())
            });
        }
    }
    command
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::{self, Permissions};
    use std::io::{Read, Write};

    #[test]
    fn the_first_closed_folder_is_named() {
        let top = tempfile::tempdir().unwrap();
        let top = top.path().canonicalize().unwrap();
        let inner = top.join("a/b");
        fs::create_dir_all(&inner).unwrap();
        fs::set_permissions(&top, Permissions::from_mode(0o711)).unwrap();
        fs::set_permissions(top.join("a"), Permissions::from_mode(0o700)).unwrap();
        let (me, stranger) = (effective_uid(), 4_000_000);
        assert_eq!(first_closed_folder(&inner, stranger, stranger).unwrap(), Some(top.join("a")));
        assert_eq!(first_closed_folder(&inner, me, stranger).unwrap(), None);
        fs::set_permissions(top.join("a"), Permissions::from_mode(0o711)).unwrap();
        assert_eq!(first_closed_folder(&inner, stranger, stranger).unwrap(), None);
    }

    #[test]
    fn a_process_that_ended_has_no_command_line() {
        let piped = std::process::Stdio::piped;
        let mut child = Command::new("cat").stdin(piped()).stdout(piped()).spawn().unwrap();
        // `spawn` returns when the program is being loaded, a moment before its command line can be
        // seen.
        child.stdin.as_mut().unwrap().write_all(b"x").unwrap();
        child.stdout.as_mut().unwrap().read_exact(&mut [0]).unwrap();
        assert_eq!(command_line(child.id()).unwrap().trim(), "cat");
        signal(child.id(), SIGKILL);
        child.wait().unwrap();
        assert_eq!(command_line(child.id()), None);
    }
}
