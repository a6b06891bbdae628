//! `cargo xtask tidy`: rules of the house that no compiler checks.
//!
//! Each rule is a function from what was read to the faults in it.

mod arrows;
mod codes;
mod commands;
mod compose;
mod deploy;
mod fault;
mod files;
mod manifests;
mod tree;
mod variables;

use std::path::Path;

use anyhow::{Result, bail};

use crate::environment;
use fault::Fault;
use tree::Tree;

pub(crate) fn run() -> Result<()> {
    let faults = check(environment::root())?;
    for fault in &faults {
        eprintln!("{fault}");
    }
    if !faults.is_empty() {
        bail!("{} rules are broken", faults.len());
    }
    println!("tidy");
    Ok(())
}

/// Every fault of the workspace in `root`.
fn check(root: &Path) -> Result<Vec<Fault>> {
    let tree = Tree::read(root)?;
    let crates = arrows::read(root)?;
    let faults = [
        arrows::check(&crates),
        manifests::check(&tree),
        files::check(&tree),
        variables::check(&tree),
        codes::check(&tree),
        deploy::check(&tree),
        compose::check(&tree),
        commands::check(&tree),
    ];
    Ok(faults.concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_workspace_is_tidy() {
        let faults = check(environment::root()).unwrap();
        assert!(faults.is_empty(), "{}", faults.iter().map(|fault| format!("{fault}\n")).collect::<String>());
    }
}
