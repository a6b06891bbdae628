//! What lies where, and how long it may be.

use std::collections::BTreeSet;

use super::{Fault, Tree};

/// Everything that is to be seen in the root; names that begin with a dot are free.
const TOP: [&str; 8] = ["Cargo.lock", "Cargo.toml", "Dockerfile", "README.md", "crates", "docs", "migrations", "xtask"];

const LINES: usize = 400;
const GENERATED: &str = "crates/postgres/src/schema.rs";

pub(super) fn check(tree: &Tree) -> Vec<Fault> {
    let mut faults = check_top(tree);
    faults.extend(tree.files().filter_map(|(path, text)| check_length(path, text)));
    faults
}

fn check_top(tree: &Tree) -> Vec<Fault> {
    let present: BTreeSet<&str> = tree.files().map(|(path, _)| path.split('/').next().unwrap_or(path)).collect();
    let unknown = present.iter().filter(|name| !name.starts_with('.') && !TOP.contains(name));
    let remedy = format!("the root has {} and nothing else", TOP.join(", "));
    unknown.map(|name| Fault::new(name, "it does not belong into the root", remedy.as_str())).collect()
}

fn check_length(path: &str, text: &str) -> Option<Fault> {
    let lines = text.lines().count();
    let too_long = path.ends_with(".rs") && path != GENERATED && lines > LINES;
    too_long.then(|| Fault::new(path, format!("it has {lines} lines"), format!("split it: at most {LINES}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_too_long_is_a_fault() {
        let (longest, longer) = ("//\n".repeat(LINES), "//\n".repeat(LINES + 1));
        let tree = Tree::from([
            ("crates/web/src/a.rs", longest.as_str()),
            ("crates/web/src/b.rs", longer.as_str()),
            ("crates/postgres/src/schema.rs", longer.as_str()),
            ("docs/long.md", longer.as_str()),
        ]);
        let faults = check(&tree);
        assert_eq!(faults, [Fault::new("crates/web/src/b.rs", "it has 401 lines", "split it: at most 400")]);
    }

    #[test]
    fn a_stranger_in_the_root_is_a_fault() {
        let tree = Tree::from([
            ("notes.txt", ""),
            ("scripts/run.sh", ""),
            ("scripts/b.sh", ""),
            (".ci/run", ""),
            ("README.md", ""),
        ]);
        let places: Vec<_> =
            check(&tree).iter().map(|fault| fault.to_string().split(':').next().unwrap().to_owned()).collect();
        assert_eq!(places, ["notes.txt", "scripts"]);
    }
}
