//! The Dockerfile, which cannot be built everywhere: what it copies and sets is there.

use std::collections::BTreeSet;

use super::{Fault, Tree, variables};

const DOCKERFILE: &str = "Dockerfile";
const IGNORED: &str = ".dockerignore";

pub(super) fn check(tree: &Tree) -> Vec<Fault> {
    let Some(dockerfile) = tree.text(DOCKERFILE) else {
        return vec![Fault::new(DOCKERFILE, "it is missing", "write one")];
    };
    let context = Context { tree, variables: variables::known(tree) };
    let mut stages = BTreeSet::new();
    let mut faults = Vec::new();
    for (instruction, arguments) in instructions(dockerfile) {
        match instruction.as_str() {
            "FROM" => faults.extend(context.check_from(&arguments, &mut stages)),
            "COPY" | "ADD" => faults.extend(context.check_copy(&arguments, &stages)),
            "ENV" => faults.extend(context.check_env(&arguments)),
            _ => {}
        }
    }
    faults
}

/// The names of the stages.
pub(super) fn stages(dockerfile: &str) -> BTreeSet<String> {
    let from = instructions(dockerfile).into_iter().filter(|(instruction, _)| instruction == "FROM");
    from.filter_map(|(_, arguments)| arguments.last().cloned()).collect()
}

struct Context<'a> {
    tree: &'a Tree,
    variables: BTreeSet<&'a str>,
}

impl Context<'_> {
    /// `FROM image AS stage`
    fn check_from(&self, arguments: &[String], stages: &mut BTreeSet<String>) -> Option<Fault> {
        stages.extend(arguments.last().cloned());
        let version = arguments.first()?.strip_prefix("rust:")?.split('-').next()?;
        let wanted = rust_version(self.tree.text("Cargo.toml")?)?;
        (version != wanted).then(|| {
            Fault::new(DOCKERFILE, format!("it builds with Rust {version}"), format!("Cargo.toml says {wanted}"))
        })
    }

    /// `COPY [--from=stage] source… target`
    fn check_copy(&self, arguments: &[String], stages: &BTreeSet<String>) -> Vec<Fault> {
        let (options, paths): (Vec<_>, Vec<_>) = arguments.iter().partition(|argument| argument.starts_with("--"));
        if let Some(stage) = options.iter().find_map(|option| option.strip_prefix("--from=")) {
            let unknown = !stages.contains(stage);
            return unknown
                .then(|| {
                    Fault::new(
                        DOCKERFILE,
                        format!("it copies from the stage {stage}, which is not there"),
                        "name another",
                    )
                })
                .into_iter()
                .collect();
        }
        let sources = paths.split_last().map_or(&[][..], |(_, sources)| sources);
        sources.iter().filter_map(|source| self.check_source(source)).collect()
    }

    fn check_source(&self, source: &str) -> Option<Fault> {
        let path = source.trim_start_matches("./").trim_end_matches('/');
        if path == "." {
            return None;
        }
        if !self.tree.has(path) {
            return Some(Fault::new(DOCKERFILE, format!("it copies {source}, which is not there"), "name what is"));
        }
        let ignored = self.tree.text(IGNORED).unwrap_or_default().lines();
        let pattern = ignored
            .map(|pattern| pattern.trim_end_matches('/'))
            .find(|pattern| !pattern.is_empty() && (path == *pattern || path.starts_with(&format!("{pattern}/"))))?;
        Some(Fault::new(
            DOCKERFILE,
            format!("it copies {source}, which {IGNORED} keeps out"),
            format!("remove {pattern} there"),
        ))
    }

    /// `ENV NAME=value…`
    fn check_env(&self, arguments: &[String]) -> Vec<Fault> {
        let names = arguments.iter().filter_map(|argument| Some(argument.split_once('=')?.0));
        let unknown = names.filter(|name| !self.variables.contains(name) && !name.starts_with("CARGO_"));
        unknown
            .map(|name| Fault::new(DOCKERFILE, format!("it sets {name}, which the server does not read"), "remove it"))
            .collect()
    }
}

/// Instructions with their arguments; lines that end with `\` go on in the next.
fn instructions(dockerfile: &str) -> Vec<(String, Vec<String>)> {
    let lines = dockerfile.lines().filter(|line| !line.trim_start().starts_with('#'));
    let text = lines.collect::<Vec<_>>().join("\n").replace("\\\n", " ");
    let split = text.lines().filter_map(|line| {
        let mut words = line.split_whitespace().map(str::to_owned);
        Some((words.next()?.to_ascii_uppercase(), words.collect()))
    });
    split.collect()
}

fn rust_version(manifest: &str) -> Option<&str> {
    manifest.lines().find_map(|line| line.strip_prefix("rust-version = \"")?.strip_suffix('"'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults_of(dockerfile: &str) -> Vec<String> {
        let tree = Tree::from([
            (DOCKERFILE, dockerfile),
            (IGNORED, "target\n**/.env\ndocs/private/\n"),
            ("Cargo.toml", "[workspace.package]\nrust-version = \"1.95\"\n"),
            ("crates/web/src/lib.rs", ""),
            ("docs/private/plan.md", ""),
            ("crates/server/src/config/variables.rs", "Variable { name: \"PORT\" }"),
        ]);
        check(&tree).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_dockerfile_that_fits_the_tree_is_right() {
        let dockerfile = "# COPY nothing here\nFROM rust:1.95-bookworm AS build\nCOPY --chown=1:1 Cargo.toml ./\nCOPY crates crates\nCOPY . .\n\
                          ENV CARGO_TERM_COLOR=never\nRUN x \\\n    && COPY_IT\n\
                          FROM debian AS runtime\nCOPY --from=build /src/a /usr/bin/a\nENV PORT=8000\n";
        assert_eq!(faults_of(dockerfile), Vec::<String>::new());
    }

    #[test]
    fn a_path_that_is_not_there_is_a_fault() {
        let faults = faults_of("FROM debian\nCOPY Cargo.toml \\\n    Cargo.lok ./\n");
        assert_eq!(faults, ["Dockerfile: it copies Cargo.lok, which is not there: name what is"]);
    }

    #[test]
    fn a_path_that_is_kept_out_of_the_build_is_a_fault() {
        let faults = faults_of("FROM debian\nCOPY docs/private docs\n");
        assert!(faults.len() == 1 && faults[0].contains("keeps out"), "{faults:?}");
    }

    #[test]
    fn a_stage_that_comes_later_or_never_is_a_fault() {
        let faults = faults_of("FROM debian AS runtime\nCOPY --from=build /a /a\nFROM debian AS build\n");
        assert!(faults.len() == 1 && faults[0].contains("the stage build"), "{faults:?}");
    }

    #[test]
    fn a_variable_that_the_server_does_not_read_is_a_fault() {
        let faults = faults_of("FROM debian\nENV PORT=8000 PROT=8000\n");
        assert!(faults.len() == 1 && faults[0].contains("it sets PROT"), "{faults:?}");
    }

    #[test]
    fn another_rust_than_the_workspace_wants_is_a_fault() {
        let faults = faults_of("FROM rust:1.94-bookworm AS build\n");
        assert_eq!(faults, ["Dockerfile: it builds with Rust 1.94: Cargo.toml says 1.95"]);
    }

    #[test]
    fn a_missing_dockerfile_is_a_fault() {
        assert_eq!(check(&Tree::from([("Cargo.toml", "")])).len(), 1);
    }
}
