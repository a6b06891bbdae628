//! Environment variables: known to the server, shown in `.env.example`, explained in `docs/configuration.md`.

use std::collections::BTreeSet;

use super::{Fault, Tree};

const SOURCE: &str = "crates/server/src/config/variables.rs";
const EXAMPLE: &str = ".env.example";
const DOCS: &str = "docs/configuration.md";

pub(super) fn check(tree: &Tree) -> Vec<Fault> {
    let read = |path| tree.text(path).unwrap_or_default();
    let known = known(tree);
    if known.is_empty() {
        return vec![Fault::new(SOURCE, "there are no variables in it", "one `name: \"…\"` for each")];
    }
    let mut faults = compare(&known, EXAMPLE, &in_example(read(EXAMPLE)), "a line `# NAME=value`");
    faults.extend(compare(&known, DOCS, &in_docs(read(DOCS)), "a row that begins with `NAME`"));
    faults
}

/// The variables that the server reads.
pub(super) fn known(tree: &Tree) -> BTreeSet<&str> {
    let source = tree.text(SOURCE).unwrap_or_default();
    source.split("name: \"").skip(1).filter_map(|rest| rest.split('"').next()).filter(|name| is_name(name)).collect()
}

fn compare(known: &BTreeSet<&str>, file: &str, listed: &BTreeSet<&str>, form: &str) -> Vec<Fault> {
    let missing = known
        .difference(listed)
        .map(|name| Fault::new(file, format!("it does not have {name}"), format!("add {form}")));
    let unknown = listed.difference(known).map(|name| {
        let remedy = format!("remove it, or add it to {SOURCE}");
        Fault::new(file, format!("it has {name}, which has no effect"), remedy)
    });
    missing.chain(unknown).collect()
}

/// `NAME=value`, with or without a `#` before it.
fn in_example(text: &str) -> BTreeSet<&str> {
    let names = text.lines().filter_map(|line| line.trim_start_matches(['#', ' ']).split_once('='));
    names.map(|(name, _)| name).filter(|name| is_name(name)).collect()
}

/// The names between backquotes in the first column of tables.
fn in_docs(text: &str) -> BTreeSet<&str> {
    let cells = text.lines().filter_map(|line| line.strip_prefix('|')?.split('|').next());
    cells.flat_map(|cell| cell.split('`').skip(1).step_by(2)).filter(|name| is_name(name)).collect()
}

fn is_name(text: &str) -> bool {
    text.len() > 1 && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults_of(example: &str, docs: &str) -> Vec<String> {
        let source = "Variable { name: \"HOST\", default: \"x\" },\nVariable { name: \"PORT\", default: \"8000\" },\n";
        check(&Tree::from([(SOURCE, source), (EXAMPLE, example), (DOCS, docs)]))
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    #[test]
    fn variables_that_are_shown_and_explained_are_right() {
        let example = "# Where to listen (HOST = all)\n# HOST=0.0.0.0\nPORT=8000\n";
        assert_eq!(
            faults_of(example, "| variable | … |\n| --- | --- |\n| `HOST`, `PORT` | `8000` |\n"),
            Vec::<String>::new()
        );
    }

    #[test]
    fn a_variable_that_is_missing_in_the_example_is_a_fault() {
        let faults = faults_of("PORT=8000\n", "| `HOST` | |\n| `PORT` | |\n");
        assert_eq!(faults, [".env.example: it does not have HOST: add a line `# NAME=value`"]);
    }

    #[test]
    fn a_variable_that_is_missing_in_the_docs_is_a_fault() {
        let faults = faults_of("HOST=a\nPORT=8000\n", "| `HOST` | as `PORT` |\n");
        assert_eq!(faults, ["docs/configuration.md: it does not have PORT: add a row that begins with `NAME`"]);
    }

    #[test]
    fn a_variable_that_nobody_reads_is_a_fault() {
        let faults = faults_of("HOST=a\nPORT=8000\n# PROT=1\n", "| `HOST` | |\n| `PORT` | |\n| `HSOT` | |\n");
        assert!(faults.len() == 2 && faults[0].contains("PROT") && faults[1].contains("HSOT"), "{faults:?}");
    }

    #[test]
    fn a_source_that_cannot_be_read_is_a_fault() {
        assert_eq!(check(&Tree::from([(EXAMPLE, "PORT=1\n")])).len(), 1);
    }
}
