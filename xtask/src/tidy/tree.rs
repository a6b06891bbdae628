use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

/// The files of the workspace by their paths from its root, with `/` between folders.
///
/// Build products and version control are no part of it. Files that are no text are empty ones.
#[derive(Debug, Default)]
pub(super) struct Tree {
    files: BTreeMap<String, String>,
}

impl Tree {
    pub(super) fn read(root: &Path) -> Result<Self> {
        let mut tree = Self::default();
        tree.read_folder(root, "")?;
        Ok(tree)
    }

    fn read_folder(&mut self, folder: &Path, prefix: &str) -> Result<()> {
        for entry in fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))? {
            let entry = entry?;
            let path = format!("{prefix}{}", entry.file_name().to_string_lossy());
            if ["target", ".git", ".hexado"].contains(&path.as_str()) {
                continue;
            }
            if entry.file_type()?.is_dir() {
                self.read_folder(&entry.path(), &format!("{path}/"))?;
            } else {
                self.files.insert(path, fs::read_to_string(entry.path()).unwrap_or_default());
            }
        }
        Ok(())
    }

    /// The text of a file; `None` if it is not there.
    pub(super) fn text(&self, path: &str) -> Option<&str> {
        self.files.get(path).map(String::as_str)
    }

    /// Whether there is a file, or a folder with a file in it.
    pub(super) fn has(&self, path: &str) -> bool {
        let folder = format!("{path}/");
        self.files.keys().any(|file| file == path || file.starts_with(&folder))
    }

    /// Paths and texts of all files.
    pub(super) fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files.iter().map(|(path, text)| (path.as_str(), text.as_str()))
    }
}

/// For fixtures.
#[cfg(test)]
impl<const N: usize> From<[(&str, &str); N]> for Tree {
    fn from(files: [(&str, &str); N]) -> Self {
        Self { files: files.into_iter().map(|(path, text)| (path.to_owned(), text.to_owned())).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_has_the_files_that_people_wrote() {
        let root = tempfile::tempdir().unwrap();
        for (path, text) in [("a.txt", "a"), ("b/c.txt", "c"), ("target/d", "d"), (".git/e", "e"), ("b/target/f", "f")]
        {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        fs::write(root.path().join("picture"), [0xff]).unwrap();
        let tree = Tree::read(root.path()).unwrap();
        let expected = [("a.txt", "a"), ("b/c.txt", "c"), ("b/target/f", "f"), ("picture", "")];
        assert_eq!(tree.files().collect::<Vec<_>>(), expected);
        assert!(tree.has("b") && tree.has("a.txt") && !tree.has("a") && !tree.has("target"));
    }
}
