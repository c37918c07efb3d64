//! The few settings of the server that a chore must know before it starts the server.

use std::path::PathBuf;

use anyhow::Result;

use crate::tree::Tree;

/// From the environment, or else from `.env` in the root, as the server itself does it. An empty
/// value is none.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place of this program that reads the environment"
)]
pub fn find(tree: &Tree, name: &str) -> Option<String> {
    let in_file = || find_in(&std::fs::read_to_string(tree.path(".env")).ok()?, name);
    std::env::var(name).ok().or_else(in_file).filter(|value| !value.is_empty())
}

/// The folder of the embedded cluster.
pub fn data_dir(tree: &Tree) -> Result<PathBuf> {
    match find(tree, "PARTNEROS_DATA_DIR") {
        Some(folder) => Ok(tree.path(&folder)),
        None => Ok(embedded_postgres::default_data_dir()?),
    }
}

fn find_in(text: &str, name: &str) -> Option<String> {
    text.lines().rev().find_map(|line| {
        let line = line.trim_start();
        let (found, value) = line.strip_prefix("export ").unwrap_or(line).split_once('=')?;
        (found.trim() == name).then(|| value.trim().trim_matches(['"', '\'']).to_string())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_read_as_the_server_reads_it() {
        let text = "# DATABASE_URL=no\nexport A=1\n B = \"two words\"\nDATABASE_URL_2=x\n";
        assert_eq!(find_in(text, "DATABASE_URL"), None);
        assert_eq!(find_in(text, "A").as_deref(), Some("1"));
        assert_eq!(find_in(text, "B").as_deref(), Some("two words"));
    }
}
