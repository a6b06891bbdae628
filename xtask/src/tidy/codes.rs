//! Error codes: each that the server may send is explained in `docs/errors.md`, and no other.

use std::collections::BTreeSet;

use super::{Fault, Tree};

const SOURCE: &str = "crates/web/src/problem/codes.rs";
const DOCS: &str = "docs/errors.md";

pub(super) fn check(tree: &Tree) -> Vec<Fault> {
    let sent = in_source(tree.text(SOURCE).unwrap_or_default());
    let explained = in_docs(tree.text(DOCS).unwrap_or_default());
    if sent.is_empty() {
        return vec![Fault::new(SOURCE, "there are no codes in it", "one `(\"code\", \"meaning\"),` a line")];
    }
    let missing = sent.difference(&explained).map(|code| {
        Fault::new(DOCS, format!("it does not explain {code}"), format!("add a row that begins with | `{code}` |"))
    });
    let unknown = explained.difference(&sent).map(|code| {
        Fault::new(
            DOCS,
            format!("it explains {code}, which is never sent"),
            format!("remove it, or add it to {SOURCE}"),
        )
    });
    missing.chain(unknown).collect()
}

/// The first of each pair in the table `CODES`, one pair a line.
fn in_source(text: &str) -> BTreeSet<&str> {
    let table = text.split_once("CODES:").map_or("", |(_, rest)| rest).split("];").next().unwrap_or_default();
    table.lines().filter_map(|line| line.trim_start().strip_prefix("(\"")?.split('"').next()).collect()
}

/// What the rows of the table with the heading `code` begin with.
fn in_docs(text: &str) -> BTreeSet<&str> {
    let rows = text.lines().skip_while(|line| !line.starts_with("| code |")).take_while(|line| line.starts_with('|'));
    rows.filter_map(|row| row.strip_prefix("| `")?.split('`').next()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults_of(docs: &str) -> Vec<String> {
        let source = "/// (\"not_a_code\", …)\npub const CODES: &[(&str, &str)] = &[\n    (\"conflict\", \"a; b\"),\n    (\"timeout\", \"c\"),\n];\n\n(\"later\", \"\")\n";
        let docs = format!("# Errors\n\n| code | meaning |\n| --- | --- |\n{docs}");
        check(&Tree::from([(SOURCE, source), (DOCS, docs.as_str())])).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn codes_that_are_explained_are_right() {
        assert_eq!(
            faults_of("| `conflict` | a |\n| `timeout` | b |\n\n| field code |\n| --- |\n| `blank` |\n"),
            Vec::<String>::new()
        );
    }

    #[test]
    fn a_code_without_its_line_is_a_fault() {
        let faults = faults_of("| `conflict` | not `timeout` |\n");
        assert_eq!(faults, ["docs/errors.md: it does not explain timeout: add a row that begins with | `timeout` |"]);
    }

    #[test]
    fn a_line_about_a_code_that_is_never_sent_is_a_fault() {
        let faults = faults_of("| `conflict` | a |\n| `timeout` | b |\n| `gone` | c |\n");
        assert!(faults.len() == 1 && faults[0].contains("gone"), "{faults:?}");
    }

    #[test]
    fn a_source_that_cannot_be_read_is_a_fault() {
        assert_eq!(check(&Tree::from([(DOCS, "| code |\n| --- |\n| `conflict` | a |\n")])).len(), 1);
    }
}
