//! Tells the program which commit it was built from, and when. Both may be given, for builds
//! without a repository.

use std::process::Command;

fn main() {
    println!("cargo:rerun-if-env-changed=PARTNEROS_COMMIT");
    println!("cargo:rerun-if-env-changed=SOURCE_DATE_EPOCH");
    // In a worktree it lies elsewhere, and a file that does not exist would mean to build anew
    // every time.
    if let Some(head) = git(&["rev-parse", "--path-format=absolute", "--git-path", "HEAD"]) {
        println!("cargo:rerun-if-changed={head}");
    }
    println!("cargo:rustc-env=PARTNEROS_COMMIT={}", commit());
    println!("cargo:rustc-env=PARTNEROS_BUILT_AT={}", built_at());
}

#[allow(clippy::disallowed_methods, reason = "a build script has no other settings")]
fn setting(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

fn git(arguments: &[&str]) -> Option<String> {
    let out =
        Command::new("git").args(arguments).output().ok().filter(|out| out.status.success())?;
    Some(String::from_utf8_lossy(&out.stdout).trim().to_owned())
}

fn commit() -> String {
    setting("PARTNEROS_COMMIT")
        .or_else(|| git(&["rev-parse", "--short=12", "HEAD"]))
        .unwrap_or_else(|| "unknown".into())
}

/// The time of the source when it is given (reproducible builds), else now.
fn built_at() -> String {
    let seconds = setting("SOURCE_DATE_EPOCH").and_then(|text| text.parse().ok());
    let at = seconds
        .and_then(|s| chrono::DateTime::from_timestamp(s, 0))
        .unwrap_or_else(chrono::Utc::now);
    at.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}
