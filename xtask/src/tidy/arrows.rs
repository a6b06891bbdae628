//! Which crate may depend on which.

use std::path::Path;

use anyhow::{Context, Result};
use cargo_metadata::{DependencyKind, MetadataCommand};

use super::Fault;

/// The table of `docs/architecture.md`: a crate, and those that it may depend on.
const ARROWS: &[(&str, &[&str])] = &[
    ("hexado-domain", &[]),
    ("hexado-postgres", &["hexado-domain"]),
    ("hexado-jwks", &["hexado-domain"]),
    ("hexado-crypto", &["hexado-domain"]),
    ("hexado-local", &["hexado-domain"]),
    ("hexado-redis", &["hexado-domain"]),
    ("hexado-smtp", &["hexado-domain"]),
    ("hexado-web", &["hexado-domain"]),
    ("hexado-devdb", &[]),
    (
        "hexado-server",
        &[
            "hexado-domain",
            "hexado-postgres",
            "hexado-jwks",
            "hexado-crypto",
            "hexado-local",
            "hexado-redis",
            "hexado-smtp",
            "hexado-web",
            "hexado-devdb",
        ],
    ),
    ("xtask", &["hexado-devdb"]),
];

/// What tests of all crates but the domain may use.
const FOR_TESTS: [&str; 4] = ["hexado-domain", "hexado-devdb", "hexado-local", "hexado-crypto"];

/// What the domain may use of others' crates.
const OF_DOMAIN: [&str; 9] = [
    "async-trait",
    "chrono",
    "futures-core",
    "secrecy",
    "serde",
    "thiserror",
    "tracing",
    "unicode-normalization",
    "uuid",
];
/// What it may use where it serves tests: its feature `testing`, and its own tests.
const OF_DOMAINS_TESTS: [&str; 2] = ["mockall", "proptest"];

/// A crate of this workspace.
#[derive(Debug)]
pub(super) struct Crate {
    name: String,
    dependencies: Vec<Dependency>,
}

#[derive(Debug)]
struct Dependency {
    name: String,
    for_tests: bool,
    optional: bool,
    features: Vec<String>,
}

pub(super) fn read(root: &Path) -> Result<Vec<Crate>> {
    let metadata = MetadataCommand::new().current_dir(root).no_deps().other_options(["--offline".to_owned()]).exec();
    let packages = metadata.context("cannot read the workspace's crates")?.packages;
    let crates = packages.into_iter().map(|package| Crate {
        name: package.name.to_string(),
        dependencies: package.dependencies.into_iter().map(Dependency::from).collect(),
    });
    Ok(crates.collect())
}

impl From<cargo_metadata::Dependency> for Dependency {
    fn from(dependency: cargo_metadata::Dependency) -> Self {
        let for_tests = dependency.kind == DependencyKind::Development;
        Self { name: dependency.name, for_tests, optional: dependency.optional, features: dependency.features }
    }
}

pub(super) fn check(crates: &[Crate]) -> Vec<Fault> {
    let ours: Vec<&str> = crates.iter().map(|one| one.name.as_str()).collect();
    crates.iter().flat_map(|one| check_crate(one, &ours)).collect()
}

fn check_crate(one: &Crate, ours: &[&str]) -> Vec<Fault> {
    let name = one.name.as_str();
    let Some((_, allowed)) = ARROWS.iter().find(|(known, _)| *known == name) else {
        let remedy = "give it a row in docs/architecture.md and in xtask/src/tidy/arrows.rs";
        return vec![Fault::new(name, "nobody knows what this crate may depend on", remedy)];
    };
    let faults = one.dependencies.iter().filter_map(|dependency| {
        if ours.contains(&dependency.name.as_str()) {
            check_arrow(name, allowed, dependency)
        } else if name == "hexado-domain" {
            check_domain(dependency)
        } else {
            None
        }
    });
    faults.collect()
}

fn check_arrow(name: &str, allowed: &[&str], dependency: &Dependency) -> Option<Fault> {
    let target = dependency.name.as_str();
    // A crate's tests may use the crate itself with more features.
    let tests_may = target == name || (name != "hexado-domain" && FOR_TESTS.contains(&target));
    let is_allowed = allowed.contains(&target) || (dependency.for_tests && tests_may);
    if !is_allowed {
        let may = if allowed.is_empty() { "no crate of ours".to_owned() } else { allowed.join(", ") };
        return Some(Fault::new(name, format!("it depends on {target}"), format!("it may depend on {may}")));
    }
    let ships_test_code =
        !dependency.for_tests && name != "xtask" && dependency.features.iter().any(|f| f == "testing");
    ships_test_code.then(|| {
        Fault::new(name, format!("it uses the feature `testing` of {target}"), "move that to [dev-dependencies]")
    })
}

fn check_domain(dependency: &Dependency) -> Option<Fault> {
    let Dependency { name, for_tests, optional, .. } = dependency;
    let name = name.as_str();
    if OF_DOMAIN.contains(&name) || (OF_DOMAINS_TESTS.contains(&name) && (*for_tests || *optional)) {
        return None;
    }
    // To run its tests; its code knows no runtime.
    if name == "tokio" && *for_tests {
        return None;
    }
    let remedy =
        format!("it may use {}; {} only optionally, for tests", OF_DOMAIN.join(", "), OF_DOMAINS_TESTS.join(" and "));
    Some(Fault::new("hexado-domain", format!("it depends on {name}"), remedy))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dependency(name: &str) -> Dependency {
        Dependency { name: name.to_owned(), for_tests: false, optional: false, features: Vec::new() }
    }

    fn for_tests(name: &str) -> Dependency {
        Dependency { for_tests: true, ..dependency(name) }
    }

    /// The faults of a workspace in which `name` depends on `dependency` and all other crates on nothing.
    fn faults_of(name: &str, dependency: Dependency) -> Vec<Fault> {
        let mut crates: Vec<_> =
            ARROWS.iter().map(|(name, _)| Crate { name: (*name).to_owned(), dependencies: Vec::new() }).collect();
        crates.iter_mut().find(|one| one.name == name).unwrap().dependencies.push(dependency);
        check(&crates)
    }

    #[test]
    fn the_arrows_of_the_table_are_allowed() {
        for (name, targets) in ARROWS {
            for target in *targets {
                assert_eq!(faults_of(name, dependency(target)), [], "{name} to {target}");
            }
        }
    }

    #[test]
    fn all_other_arrows_are_forbidden() {
        for (name, allowed) in ARROWS {
            for (target, _) in ARROWS.iter().filter(|(target, _)| !allowed.contains(target) && target != name) {
                assert_eq!(faults_of(name, dependency(target)).len(), 1, "{name} to {target}");
            }
        }
    }

    #[test]
    fn an_adapter_may_not_use_another_adapter() {
        let faults = faults_of("hexado-web", dependency("hexado-postgres"));
        assert_eq!(faults[0].to_string(), "hexado-web: it depends on hexado-postgres: it may depend on hexado-domain");
    }

    #[test]
    fn tests_may_use_what_makes_them_easy() {
        for target in FOR_TESTS {
            assert_eq!(faults_of("hexado-web", for_tests(target)), [], "{target}");
        }
        assert_eq!(faults_of("hexado-domain", for_tests("hexado-domain")), []);
        assert_eq!(faults_of("hexado-domain", for_tests("hexado-devdb")).len(), 1);
        assert_eq!(faults_of("hexado-jwks", for_tests("hexado-web")).len(), 1);
    }

    #[test]
    fn mocks_are_not_shipped() {
        let testing = |dependency: Dependency| Dependency { features: vec!["testing".into()], ..dependency };
        assert_eq!(faults_of("hexado-web", testing(for_tests("hexado-domain"))), []);
        assert_eq!(faults_of("hexado-web", testing(dependency("hexado-domain"))).len(), 1);
    }

    #[test]
    fn the_domain_may_use_few_crates_of_others() {
        for name in OF_DOMAIN {
            assert_eq!(faults_of("hexado-domain", dependency(name)), [], "{name}");
        }
        for name in ["diesel", "actix-web", "reqwest", "redis", "tokio", "serde_json", "rand", "mockall"] {
            assert_eq!(faults_of("hexado-domain", dependency(name)).len(), 1, "{name}");
        }
        assert_eq!(faults_of("hexado-web", dependency("actix-web")), []);
    }

    #[test]
    fn the_domains_tests_may_use_more() {
        for name in ["tokio", "mockall", "proptest"] {
            assert_eq!(faults_of("hexado-domain", for_tests(name)), [], "{name}");
        }
        assert_eq!(faults_of("hexado-domain", Dependency { optional: true, ..dependency("mockall") }), []);
        assert_eq!(faults_of("hexado-domain", Dependency { optional: true, ..dependency("tokio") }).len(), 1);
        assert_eq!(faults_of("hexado-domain", for_tests("reqwest")).len(), 1);
    }

    #[test]
    fn a_crate_that_the_table_does_not_have_is_a_fault() {
        let faults = check(&[Crate { name: "hexado-sqlite".into(), dependencies: Vec::new() }]);
        assert_eq!(faults.len(), 1);
    }
}
