//! The OpenAPI document and the lists of its operations and resources, which are checked in: the
//! review of a change of the API is what changes in them.

use std::fs;

use anyhow::{Context, Result, bail};

use crate::tree::{Profile, Tree, output};

/// File, and what `partneros openapi` is asked to print for it.
const FILES: [(&str, &[&str]); 3] = [
    ("openapi/openapi.json", &["openapi"]),
    ("openapi/operations.txt", &["openapi", "--operations"]),
    ("openapi/resources.txt", &["openapi", "--resources"]),
];

pub fn openapi(tree: &Tree, arguments: &[String]) -> Result<()> {
    let check = match arguments {
        [] => false,
        [only] if only == "--check" => true,
        other => bail!("unknown arguments `{}`; there is `--check`", other.join(" ")),
    };
    let server = tree.build(Profile::Debug, "partneros")?;
    let mut stale = Vec::new();
    for (file, arguments) in FILES {
        let path = tree.path(file);
        let made = output(tree.command(&server).args(arguments))?;
        let kept = fs::read_to_string(&path).unwrap_or_default();
        match first_difference(&kept, &made) {
            None => println!("{file} is up to date"),
            Some(difference) if check => stale.push(format!("{file} {difference}")),
            Some(_) => {
                fs::create_dir_all(tree.path("openapi")).context("cannot create `openapi`")?;
                fs::write(&path, made).with_context(|| format!("cannot write `{file}`"))?;
                println!("{file} was updated");
            }
        }
    }
    if !stale.is_empty() {
        bail!(
            "the code makes another document than is checked in:\n{}\nRun `cargo xtask openapi` \
                and look at the diff.",
            stale.join("\n")
        );
    }
    Ok(())
}

fn first_difference(kept: &str, made: &str) -> Option<String> {
    if kept == made {
        return None;
    }
    let (mut kept, mut made) = (kept.lines(), made.lines());
    for number in 1.. {
        let (kept, made) = (kept.next(), made.next());
        if kept != made || kept.is_none() {
            let show = |line: Option<&str>| {
                line.map_or("(the end)".to_string(), |line| line.trim().to_string())
            };
            return Some(format!(
                "line {number}: checked in `{}`, made `{}`",
                show(kept),
                show(made)
            ));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_difference_is_shown() {
        assert_eq!(first_difference("a\nb\n", "a\nb\n"), None);
        let difference = |kept, made| first_difference(kept, made).unwrap();
        assert_eq!(difference("a\n b\n", "a\n c\nd\n"), "line 2: checked in `b`, made `c`");
        assert_eq!(difference("a\n", "a\nb\n"), "line 2: checked in `(the end)`, made `b`");
        assert_eq!(difference("a\n", "a"), "line 2: checked in `(the end)`, made `(the end)`");
    }
}
