//! Where PostgreSQL's programs are, and which version they are.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::{At, Error};
use crate::os;

/// The oldest major version that has everything we ask of it (`client_connection_check_interval` is
/// of 14).
pub const OLDEST_VERSION: u32 = 14;

/// Folders in which distributions keep one folder per major version; `{}` stands for the version.
const VERSIONED_FOLDERS: [(&str, &str, &str); 4] = [
    ("/usr/lib/postgresql", "", "bin"),          // Debian, Ubuntu
    ("/usr", "pgsql-", "bin"),                   // PostgreSQL's own RPMs
    ("/opt/homebrew/opt", "postgresql@", "bin"), // Homebrew, Apple silicon
    ("/usr/local/opt", "postgresql@", "bin"),    // Homebrew, Intel
];

/// The folder of the newest PostgreSQL on this machine: a distribution's folder first, then PATH.
pub fn find_bin_dir() -> Option<PathBuf> {
    all_bin_dirs().into_iter().next()
}

/// The folder whose programs can run a cluster: the one asked for, or else one of the version that
/// made the cluster (`made_by`), or else the newest.
pub(crate) fn choose(
    asked: Option<&Path>,
    cluster: &Path,
    made_by: Option<u32>,
) -> Result<PathBuf, Error> {
    let candidates = match asked {
        Some(folder) if is_bin_dir(folder) => vec![folder.to_path_buf()],
        Some(folder) => return Err(Error::NotABinFolder(folder.to_path_buf())),
        None => all_bin_dirs(),
    };
    let newest = candidates.first().cloned().ok_or(Error::NoBinaries)?;
    let mut found = Vec::new();
    for bin_dir in candidates {
        let version = major_version(&bin_dir)?;
        if made_by.is_none_or(|made_by| made_by == version) {
            let too_old =
                Error::TooOld { bin_dir: bin_dir.clone(), found: version, oldest: OLDEST_VERSION };
            return if version < OLDEST_VERSION { Err(too_old) } else { Ok(bin_dir) };
        }
        found.push(version.to_string());
    }
    match made_by {
        Some(made_by) => Err(Error::OtherVersion {
            cluster: cluster.to_path_buf(),
            made_by,
            found: found.join(", "),
        }),
        None => Ok(newest),
    }
}

fn all_bin_dirs() -> Vec<PathBuf> {
    let mut found: Vec<(u32, PathBuf)> = VERSIONED_FOLDERS
        .iter()
        .flat_map(|(parent, prefix, bin)| versions_in(Path::new(parent), prefix, bin))
        .collect();
    found.sort_by_key(|(version, _)| std::cmp::Reverse(*version));
    let path = os::environment("PATH").unwrap_or_default();
    let on_path =
        std::env::split_paths(&path).filter(|folder| folder.is_absolute() && is_bin_dir(folder));
    found.into_iter().map(|(_, folder)| folder).chain(on_path).collect()
}

fn versions_in(parent: &Path, prefix: &str, bin: &str) -> Vec<(u32, PathBuf)> {
    let entries = std::fs::read_dir(parent).into_iter().flatten().flatten();
    entries
        .filter_map(|entry| {
            let version = entry.file_name().to_str()?.strip_prefix(prefix)?.parse().ok()?;
            let folder = entry.path().join(bin);
            is_bin_dir(&folder).then_some((version, folder))
        })
        .collect()
}

fn is_bin_dir(folder: &Path) -> bool {
    ["postgres", "initdb"].iter().all(|program| folder.join(program).is_file())
}

/// Asks the program itself: `postgres (PostgreSQL) 15.18 (Debian ...)`.
fn major_version(bin_dir: &Path) -> Result<u32, Error> {
    let program = bin_dir.join("postgres");
    let out =
        Command::new(&program).arg("--version").env("LC_ALL", "C").output().at("run", &program)?;
    version_in(&String::from_utf8_lossy(&out.stdout))
        .ok_or_else(|| Error::NotABinFolder(bin_dir.to_path_buf()))
}

fn version_in(text: &str) -> Option<u32> {
    let number =
        text.split_whitespace().find(|word| word.starts_with(|c: char| c.is_ascii_digit()))?;
    number.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_as_numbers() {
        assert_eq!(version_in("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n"), Some(15));
        assert_eq!(version_in("postgres (PostgreSQL) 18beta2\n"), Some(18));
        assert_eq!(version_in("no such thing"), None);
    }

    #[test]
    fn only_folders_with_both_programs_count() {
        let top = tempfile::tempdir().unwrap();
        for (version, programs) in
            [("9", &["postgres"][..]), ("15", &["postgres", "initdb"]), ("x", &["initdb"])]
        {
            let bin = top.path().join(version).join("bin");
            std::fs::create_dir_all(&bin).unwrap();
            programs.iter().for_each(|program| std::fs::write(bin.join(program), "").unwrap());
        }
        assert_eq!(versions_in(top.path(), "", "bin"), [(15, top.path().join("15/bin"))]);
    }

    #[test]
    fn a_wrong_folder_is_named() {
        let error = choose(Some(Path::new("/nowhere")), Path::new("/c"), None).unwrap_err();
        assert_eq!(error.to_string(), "`/nowhere` does not contain `postgres` and `initdb`");
    }

    #[test]
    fn a_cluster_of_another_version_is_refused_before_anything_is_touched() {
        let error = choose(None, Path::new("/c"), Some(9)).unwrap_err().to_string();
        assert!(
            error.starts_with(
                "the cluster in `/c` was made by PostgreSQL 9, whose programs were not found"
            ),
            "{error}"
        );
    }
}
