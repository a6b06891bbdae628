//! The compose file, which cannot be started everywhere: what it sets and builds from is there.

use std::path::Path;

use super::{Fault, Tree, deploy, variables};

const COMPOSE: &str = "docs/deploy/compose.yaml";

pub(super) fn check(tree: &Tree) -> Vec<Fault> {
    let Some(compose) = tree.text(COMPOSE) else {
        return vec![Fault::new(COMPOSE, "it is missing", "write one")];
    };
    let known = variables::known(tree);
    // The names of the image `postgres` are its own.
    let is_known = |name: &str| known.contains(name) || name.starts_with("POSTGRES_");
    let set = settings(compose).into_iter().chain(interpolations(compose));
    let unknown = set.filter(|name| !is_known(name));
    let unknown =
        unknown.map(|name| Fault::new(COMPOSE, format!("it uses {name}, which the server does not read"), "remove it"));
    unknown.chain(check_builds(tree, compose)).collect()
}

/// What services are built from: the folder, the Dockerfile in it, and its stage.
fn check_builds(tree: &Tree, compose: &str) -> Vec<Fault> {
    let values = |key: &str| values(compose, key);
    let folder = Path::new(COMPOSE).parent().unwrap_or(Path::new(""));
    let wrong = |what: String| Fault::new(COMPOSE, format!("{what} is not there"), "name what is");
    let contexts = values("context").into_iter().filter(|context| resolve(folder, context) != Some(String::new()));
    let contexts = contexts.map(|context| wrong(format!("the workspace's root at {context}")));
    let files = values("dockerfile").into_iter().filter(|file| tree.text(file).is_none());
    let files = files.map(|file| wrong(format!("the file {file}")));
    let stages = deploy::stages(tree.text("Dockerfile").unwrap_or_default());
    let targets = values("target").into_iter().filter(|target| !stages.contains(*target));
    let targets = targets.map(|target| wrong(format!("the stage {target}")));
    contexts.chain(files).chain(targets).collect()
}

/// `path` as seen from the workspace's root; `None` if it leads out of it.
fn resolve(folder: &Path, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = folder.iter().filter_map(|part| part.to_str()).collect();
    for part in path.split('/').filter(|part| !["", "."].contains(part)) {
        if part == ".." {
            parts.pop()?;
        } else {
            parts.push(part);
        }
    }
    Some(parts.join("/"))
}

/// The names of the variables below `environment:`.
fn settings(compose: &str) -> Vec<&str> {
    let mut block = None;
    let mut names = Vec::new();
    for line in lines(compose) {
        let indent = line.len() - line.trim_start().len();
        if block.is_some_and(|block| indent <= block) {
            block = None;
        }
        if line.trim() == "environment:" {
            block = Some(indent);
        } else if block.is_some() {
            let entry = line.trim().trim_start_matches("- ");
            names.extend(entry.split([':', '=']).next());
        }
    }
    names
}

/// The names in `${NAME}`, `${NAME:-default}` and the like.
fn interpolations(compose: &str) -> Vec<&str> {
    let names = lines(compose).flat_map(|line| line.split("${").skip(1));
    names.filter_map(|rest| rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next()).collect()
}

/// The values of all lines `key: value`.
fn values<'a>(compose: &'a str, key: &str) -> Vec<&'a str> {
    lines(compose).filter_map(|line| line.trim().strip_prefix(key)?.strip_prefix(": ")).map(str::trim).collect()
}

fn lines(compose: &str) -> impl Iterator<Item = &str> {
    compose.lines().filter(|line| !line.trim().is_empty() && !line.trim_start().starts_with('#'))
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "\
# ${IN_A_COMMENT}
services:
  api:
    build:
      context: ../..
      dockerfile: Dockerfile
      target: runtime
    environment:
      HOST: ${HOST:-0.0.0.0}

      DATABASE_URL: postgres://u:${POSTGRES_PASSWORD:?set it}@db
    ports:
      - \"${PORT}:8000\"
  db:
    environment:
      - POSTGRES_DB=hexado
";

    fn faults_of(compose: &str) -> Vec<String> {
        let tree = Tree::from([
            (COMPOSE, compose),
            ("Dockerfile", "FROM debian AS build\nFROM debian AS runtime\n"),
            ("crates/server/src/config/variables.rs", "name: \"HOST\", name: \"PORT\", name: \"DATABASE_URL\""),
        ]);
        check(&tree).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_compose_file_that_fits_the_tree_is_right() {
        assert_eq!(faults_of(GOOD), Vec::<String>::new());
    }

    #[test]
    fn a_variable_that_the_server_does_not_read_is_a_fault() {
        for (right, wrong) in [("HOST: ", "HSOT: "), ("${PORT}", "${PROT}"), ("${HOST:-", "${HOTS:-")] {
            let faults = faults_of(&GOOD.replace(right, wrong));
            assert!(faults.len() == 1 && faults[0].contains("which the server does not read"), "{wrong}: {faults:?}");
        }
    }

    #[test]
    fn a_build_from_what_is_not_there_is_a_fault() {
        for (right, wrong) in
            [("../..", ".."), ("../..", "../../.."), ("file: Dockerfile", "file: Containerfile"), ("runtime", "slim")]
        {
            let faults = faults_of(&GOOD.replace(right, wrong));
            assert!(faults.len() == 1 && faults[0].contains("is not there"), "{wrong}: {faults:?}");
        }
    }

    #[test]
    fn a_missing_compose_file_is_a_fault() {
        assert_eq!(check(&Tree::from([("Dockerfile", "")])).len(), 1);
    }
}
