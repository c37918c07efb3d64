//! A new resource, written from the templates in `templates/resource`: a small complete one that
//! compiles, is listed, filtered and sorted, and passes the sweeps. The templates are the resource
//! `gadgets`; another name takes the place of that word.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};

use crate::{
    postgres,
    tree::{self, Tree},
};

/// What becomes a file of its own. `MIGRATION` stands for the folder of the next migration.
const FILES: [(&str, &str); 6] = [
    (include_str!("../templates/resource/up.sql"), "MIGRATION/up.sql"),
    (include_str!("../templates/resource/down.sql"), "MIGRATION/down.sql"),
    (include_str!("../templates/resource/domain.rs"), "crates/domain/src/resources/gadgets.rs"),
    (
        include_str!("../templates/resource/persistence.rs"),
        "crates/persistence/src/resources/gadgets.rs",
    ),
    (include_str!("../templates/resource/api.rs"), "crates/api/src/resources/gadgets.rs"),
    (include_str!("../templates/resource/test.rs"), "tests/it/gadgets.rs"),
];

/// What is put into files that exist.
const INSERTIONS: &str = include_str!("../templates/resource/insertions.txt");

/// The tests that a new resource must pass: its own and those that hold for every resource.
const CHECKED: [&str; 4] = ["gadgets::", "sweeps::", "every_list::", "tenancy::"];

/// Writes a resource into the tree; with `--check`, one named `gadgets` into a copy, which is then
/// compiled, tested and removed.
///
/// # Errors
/// A name that is no word or is taken, and a file without the line next to which something belongs.
pub fn new_resource(tree: &Tree, arguments: &[String]) -> Result<()> {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let name = match words[..] {
        ["--check"] => return check(tree),
        [word] => Name::new(word, word.strip_suffix('s').unwrap_or(word))?,
        [word, singular] => Name::new(word, singular)?,
        _ => bail!(
            "say the word in plural, such as `gadgets`, and the singular unless it lacks the s"
        ),
    };
    for file in write(&tree.path(""), &name)? {
        println!("{file}");
    }
    tree::run(tree.cargo().args(["fmt", "--all"]))?;
    println!("\nNow `cargo xtask golden`, and docs/adding-a-resource.md from step 2 on.");
    Ok(())
}

/// The word of a resource.
struct Name {
    plural: String,
    singular: String,
}

impl Name {
    fn new(plural: &str, singular: &str) -> Result<Self> {
        let is_word =
            |text: &str| !text.is_empty() && text.bytes().all(|letter| letter.is_ascii_lowercase());
        if !is_word(plural) || !is_word(singular) || plural == singular {
            bail!(
                "`{plural}` and `{singular}`: both are one word of the letters a to z, and differ"
            );
        }
        Ok(Self { plural: plural.to_owned(), singular: singular.to_owned() })
    }

    /// A template with this name in place of `gadgets`, in every spelling.
    fn put_into(&self, template: &str) -> String {
        let spellings: [fn(&str) -> String; 3] = [str::to_owned, capitalized, str::to_uppercase];
        let mut text = template.to_owned();
        for spelled in spellings {
            // The plural first: it contains the singular.
            text = text.replace(&spelled("gadgets"), &spelled(&self.plural));
            text = text.replace(&spelled("gadget"), &spelled(&self.singular));
        }
        text
    }
}

fn capitalized(word: &str) -> String {
    let (first, rest) = word.split_at(1);
    first.to_uppercase() + rest
}

/// Writes the resource, and returns the files that it has written or changed.
fn write(root: &Path, name: &Name) -> Result<BTreeSet<String>> {
    let migration = next_migration(root, name)?;
    let mut changed = BTreeSet::new();
    for (template, file) in FILES {
        let file = name.put_into(&file.replace("MIGRATION", &migration));
        let path = root.join(&file);
        if path.exists() {
            bail!("`{file}` exists already");
        }
        let folder = path.parent().context("a file is in a folder")?;
        fs::create_dir_all(folder)
            .with_context(|| format!("cannot create `{}`", folder.display()))?;
        fs::write(&path, name.put_into(template))
            .with_context(|| format!("cannot write `{file}`"))?;
        changed.insert(file);
    }
    for insertion in insertions(INSERTIONS)? {
        let path = root.join(insertion.file);
        let text = fs::read_to_string(&path)
            .with_context(|| format!("cannot read `{}`", insertion.file))?;
        let text = insertion.apply(&text, &name.put_into(insertion.text))?;
        fs::write(&path, text).with_context(|| format!("cannot write `{}`", insertion.file))?;
        changed.insert(insertion.file.to_owned());
    }
    Ok(changed)
}

/// The folder of a migration after all others.
fn next_migration(root: &Path, name: &Name) -> Result<String> {
    let folder = root.join("migrations");
    let entries = fs::read_dir(&folder).context("cannot read `migrations`")?;
    let mut names = Vec::new();
    for entry in entries {
        names.push(entry?.file_name().to_string_lossy().into_owned());
    }
    names.retain(|name| name.as_bytes().first().is_some_and(u8::is_ascii_digit));
    let last = names.iter().max().context("there is no migration")?;
    let (day, number) = last
        .split_once('_')
        .and_then(|(prefix, _)| prefix.rsplit_once('-'))
        .with_context(|| format!("`migrations/{last}` has no number"))?;
    let number: u32 = number.parse().with_context(|| format!("`migrations/{last}`"))?;
    Ok(format!("migrations/{day}-{:06}_{}", number + 1, name.plural))
}

/// Where a text belongs.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Place {
    /// Into the block that this line opens, sorted.
    In,
    After,
    Before,
}

#[derive(Debug)]
struct Insertion<'t> {
    file: &'t str,
    place: Place,
    /// The line next to which it belongs, without what is around it.
    line: &'t str,
    text: &'t str,
}

/// Reads `insertions.txt`, whose first lines explain it.
fn insertions(text: &str) -> Result<Vec<Insertion<'_>>> {
    let blocks = text.split("\n@ ").skip(1).map(|block| {
        let (file, rest) = block.split_once('\n').context("a block without a place")?;
        let (anchor, text) = rest.split_once('\n').context("a block without a text")?;
        let (word, line) = anchor.split_once(' ').context("a place without a line")?;
        let place = match word {
            "in" => Place::In,
            "after" => Place::After,
            "before" => Place::Before,
            other => bail!("`{other}` is no place"),
        };
        Ok(Insertion { file, place, line, text: text.strip_suffix('\n').unwrap_or(text) })
    });
    blocks.collect()
}

impl Insertion<'_> {
    fn apply(&self, text: &str, added: &str) -> Result<String> {
        let mut lines: Vec<&str> = text.lines().collect();
        let anchor = lines
            .iter()
            .position(|line| *line == self.line)
            .with_context(|| format!("`{}` has no line `{}`", self.file, self.line))?;
        let at = match self.place {
            Place::Before => anchor,
            Place::After => anchor + 1,
            Place::In => sorted_place(&lines, anchor + 1, added),
        };
        lines.insert(at, added);
        Ok(lines.join("\n") + "\n")
    }
}

/// The first entry of a block that belongs behind the new one, else the block's end. Entries may
/// have several lines, of which the first is indented least.
fn sorted_place(lines: &[&str], start: usize, added: &str) -> usize {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let own = indent(added);
    let mut at = start;
    while at < lines.len() && indent(lines[at]) >= own {
        if indent(lines[at]) == own && lines[at] > added {
            break;
        }
        at += 1;
    }
    at
}

/// Files, and lines of them, that a new resource needs beside the golden files.
pub fn cost() -> Result<(usize, usize)> {
    let inserted = insertions(INSERTIONS)?;
    let mut files: BTreeSet<&str> = inserted.iter().map(|insertion| insertion.file).collect();
    files.extend(FILES.iter().filter(|(text, _)| !text.is_empty()).map(|(_, file)| *file));
    let new = FILES.iter().map(|(text, _)| text.lines().count()).sum::<usize>();
    Ok((files.len(), new + inserted.iter().map(|one| one.text.lines().count()).sum::<usize>()))
}

/// Makes a resource in a copy of the tree, and compiles and tests it there.
fn check(tree: &Tree) -> Result<()> {
    let copy = Copy::new(tree)?;
    let name = Name::new("gadgets", "gadget")?;
    write(&copy.0, &name)?;
    let cargo = || {
        let mut cargo = tree.cargo();
        // The same folder for what is built, so that dependencies are not compiled again.
        cargo.current_dir(&copy.0).env("CARGO_TARGET_DIR", tree.target());
        cargo
    };
    // Names sort into lists of imports differently, so the templates alone cannot be formatted.
    tree::run(cargo().args(["fmt", "--all"]))?;
    postgres::ensure(tree)?;
    let test = ["test", "--workspace", "--locked", "--test", "it", "--"];
    tree::run(cargo().args(test).args(CHECKED))
}

/// A copy of the tree that is removed at the end.
struct Copy(PathBuf);

impl Copy {
    /// Copies what git knows and what is not ignored, changes that are not committed included.
    fn new(tree: &Tree) -> Result<Self> {
        let copy = Self(tree.target().join("new-resource"));
        copy.remove();
        let listed = tree::output(tree.command(Path::new("git")).args([
            "ls-files",
            "--cached",
            "--others",
            "--exclude-standard",
        ]))?;
        for file in listed.lines() {
            let from = tree.path(file);
            // Deleted, but not for git yet.
            if !from.exists() {
                continue;
            }
            let to = copy.0.join(file);
            let folder = to.parent().context("a file is in a folder")?;
            fs::create_dir_all(folder)
                .and_then(|()| fs::copy(&from, &to))
                .with_context(|| format!("cannot copy `{file}`"))?;
        }
        Ok(copy)
    }

    fn remove(&self) {
        // It may not be there.
        fs::remove_dir_all(&self.0).ok();
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        self.remove();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_takes_the_place_of_gadgets_in_every_spelling() {
        let name = Name::new("categories", "category").unwrap();
        let template = "gadgets::Gadget, GADGETS: GadgetId of /v1/gadgets, gadget.created";
        let expected =
            "categories::Category, CATEGORIES: CategoryId of /v1/categories, category.created";
        assert_eq!(name.put_into(template), expected);
        for (plural, singular) in [("Gadgets", "gadget"), ("a_b", "a"), ("", ""), ("fish", "fish")]
        {
            assert!(Name::new(plural, singular).is_err(), "{plural}");
        }
    }

    #[test]
    fn insertions_find_their_places() {
        let text = "mod a;\nlist! {\n    Alpha \"a\"\n        \"long\";\n    Omega \"o\";\n}\n";
        let all =
            insertions("Words.\n\n@ f\nin list! {\n    Beta \"b\";\n@ f\nafter mod a;\nmod b;\n");
        let all = all.unwrap();
        let mut made = text.to_owned();
        for insertion in &all {
            made = insertion.apply(&made, insertion.text).unwrap();
        }
        let expected = "mod a;\nmod b;\nlist! {\n    Alpha \"a\"\n        \"long\";\n    Beta \
                        \"b\";\n    Omega \"o\";\n}\n";
        assert_eq!(made, expected);
        assert!(all[0].apply("nothing\n", "x").is_err());
    }

    /// What the templates lean on is there: a change of these files moves the templates along.
    #[test]
    fn every_insertion_has_its_line() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        for insertion in insertions(INSERTIONS).unwrap() {
            let text = fs::read_to_string(root.join(insertion.file)).unwrap();
            insertion.apply(&text, insertion.text).unwrap();
        }
    }
}
