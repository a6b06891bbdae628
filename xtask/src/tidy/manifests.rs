//! Manifests: versions in one place, each with its reason, and the lints everywhere.

use super::{Fault, Tree};

const ROOT: &str = "Cargo.toml";

pub(super) fn check(tree: &Tree) -> Vec<Fault> {
    let root = tree.text(ROOT).map(check_root).unwrap_or_default();
    let members = tree.files().filter(|(path, _)| path.ends_with("/Cargo.toml"));
    let members = members.flat_map(|(path, manifest)| check_member(path, manifest));
    root.into_iter().chain(members).collect()
}

/// Each of others' crates comes with its reason.
fn check_root(manifest: &str) -> Vec<Fault> {
    let dependencies = entries(manifest).filter(|entry| entry.section == "workspace.dependencies");
    let unexplained = dependencies.filter(|entry| !entry.value.contains("path = ") && !has_comment(entry.value));
    let remedy = "say at the end of the line what it is for";
    unexplained.map(|entry| Fault::new(ROOT, format!("the line of {} has no comment", entry.key), remedy)).collect()
}

fn check_member(path: &str, manifest: &str) -> Vec<Fault> {
    let mut faults = Vec::new();
    for Entry { section, key, value } in entries(manifest).filter(Entry::is_dependency) {
        let inherited = key.ends_with(".workspace") || value.contains("workspace = true");
        if !inherited {
            let remedy = "write `workspace = true`, and the version into the workspace's Cargo.toml";
            faults.push(Fault::new(path, format!("[{section}] {key} has a version of its own"), remedy));
        }
    }
    if !entries(manifest).any(|entry| entry.section == "lints" && entry.key == "workspace" && entry.value == "true") {
        faults.push(Fault::new(
            path,
            "it does not have the workspace's lints",
            "add `[lints]` with `workspace = true`",
        ));
    }
    faults
}

/// One line `key = value`, and the section that it is in.
struct Entry<'a> {
    section: &'a str,
    key: &'a str,
    value: &'a str,
}

impl Entry<'_> {
    /// Also true for keys in a section like `[dependencies.serde]`.
    fn is_dependency(&self) -> bool {
        let kinds = ["dependencies", "dev-dependencies", "build-dependencies"];
        // Sections for some platforms only: `[target.'cfg(unix)'.dependencies]`.
        self.section.split('.').any(|part| kinds.contains(&part))
    }
}

/// Lines of a manifest. Values that go over several lines are told by their first.
fn entries(manifest: &str) -> impl Iterator<Item = Entry<'_>> {
    let mut section = "";
    manifest.lines().filter_map(move |line| {
        if line.starts_with('[') {
            section = line.trim_matches(['[', ']']);
            return None;
        }
        let (key, value) = line.split_once('=')?;
        let is_entry = !line.starts_with(['#', ' ', '\t']);
        is_entry.then(|| Entry { section, key: key.trim(), value: value.trim() })
    })
}

/// Whether something follows a `#` that is not inside a string.
fn has_comment(value: &str) -> bool {
    let mut outside = value.split('"').step_by(2);
    outside.any(|part| part.split_once('#').is_some_and(|(_, comment)| !comment.trim().is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MEMBER: &str = "[package]\nname = \"a\"\n\n[lints]\nworkspace = true\n\n";

    fn faults_of(dependencies: &str) -> Vec<Fault> {
        check(&Tree::from([("crates/a/Cargo.toml", format!("{MEMBER}{dependencies}").as_str())]))
    }

    #[test]
    fn inherited_dependencies_are_right() {
        let dependencies =
            "[dependencies]\nserde.workspace = true\ntokio = { workspace = true, features = [\"net\"] }\n";
        assert_eq!(faults_of(dependencies), []);
    }

    #[test]
    fn a_dependency_with_a_version_of_its_own_is_a_fault() {
        for dependencies in [
            "[dependencies]\nserde = \"1\"\n",
            "[dev-dependencies]\nserde = { version = \"1\" }\n",
            "[build-dependencies]\nserde = { path = \"../serde\" }\n",
            "[target.'cfg(unix)'.dependencies]\nserde = \"1\"\n",
            "[dependencies.serde]\nversion = \"1\"\n",
        ] {
            assert_eq!(faults_of(dependencies).len(), 1, "{dependencies}");
        }
    }

    #[test]
    fn a_crate_without_the_lints_is_a_fault() {
        let faults = check(&Tree::from([("crates/a/Cargo.toml", "[package]\nname = \"a\"\n")]));
        assert_eq!(faults.len(), 1);
        assert!(faults[0].to_string().contains("lints"));
    }

    #[test]
    fn a_dependency_without_its_reason_is_a_fault() {
        let manifest = "[workspace.dependencies]\n\
                        hexado-domain = { path = \"crates/domain\" }\n\
                        serde = \"1\"   # JSON\n\
                        url = \"2\"\n\
                        uuid = { version = \"1\", features = [\"#\"] }\n";
        let faults = check(&Tree::from([(ROOT, manifest)]));
        let expected = ["url", "uuid"].map(|name| format!("the line of {name} has no comment"));
        assert!(
            faults.len() == 2 && faults.iter().zip(&expected).all(|(fault, text)| fault.to_string().contains(text)),
            "{faults:?}"
        );
    }
}
