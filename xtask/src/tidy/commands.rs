//! Commands that documents tell people to type, and machines to run: they are there.

use clap::Parser;
use clap::error::ErrorKind;

use super::{Fault, Tree};
use crate::Cli;

pub(super) fn check(tree: &Tree) -> Vec<Fault> {
    let files = tree.files().filter(|(path, _)| is_document(path));
    files
        .flat_map(|(path, text)| (1..).zip(text.lines()).flat_map(move |(number, line)| check_line(path, number, line)))
        .collect()
}

fn is_document(path: &str) -> bool {
    [".md", ".yml", ".yaml"].iter().any(|end| path.ends_with(end))
        || ["Dockerfile", ".ci/run", ".env.example"].contains(&path)
}

fn check_line(path: &str, number: usize, line: &str) -> Vec<Fault> {
    let commands =
        line.split("cargo xtask ").skip(1).map(|rest| rest.split(['`', '#', ')', '&', ';']).next().unwrap_or(rest));
    let unknown = commands.filter(|arguments| !is_known(arguments));
    let fault = |arguments: &str| {
        let problem = format!("it says `cargo xtask {}`, which is no command", arguments.trim());
        Fault::new(format!("{path}:{number}"), problem, "`cargo xtask --help` lists what there is")
    };
    unknown.map(fault).collect()
}

/// Whether `arguments` are those of a command. They may be incomplete, and stand for others: `[--check]`, `up|reset`, `…`.
fn is_known(arguments: &str) -> bool {
    let words = arguments.split_whitespace().filter(|word| !word.contains(['[', '|', '<', '…', '{', '}', '.']));
    let parsed = Cli::try_parse_from(std::iter::once("xtask").chain(words));
    !parsed.is_err_and(|error| {
        matches!(error.kind(), ErrorKind::InvalidSubcommand | ErrorKind::UnknownArgument | ErrorKind::InvalidValue)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults_of(text: &str) -> Vec<String> {
        check(&Tree::from([("docs/a.md", text)])).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn commands_that_are_there_are_right() {
        for text in [
            "Run `cargo xtask dev`, or `cargo xtask test -- -p hexado-web`.",
            "cargo xtask test    # every test",
            "`cargo xtask openapi [--check]`, `cargo xtask db up|reset|seed`, `cargo xtask db …`",
            "- run: cargo xtask ci ${{ matrix.step }}",
            "export TOKEN=$(cargo xtask token --sub alice)",
            "`cargo xtask` lists the others",
        ] {
            assert_eq!(faults_of(text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn a_command_that_is_not_there_is_a_fault() {
        for text in
            ["`cargo xtask start`", "run `cargo xtask tidy --fix` now", "cargo xtask ci lint", "cargo xtask db drop"]
        {
            let faults = faults_of(text);
            assert!(
                faults.len() == 1 && faults[0].starts_with("docs/a.md:1: it says `cargo xtask "),
                "{text}: {faults:?}"
            );
        }
    }
}
