//! What tests need beside Rust and a C compiler.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::Command;

use anyhow::Result;
use hexado_devdb::Options;

use crate::{environment, process};

/// Something that has to be on the machine.
pub(crate) struct Requirement {
    pub(crate) name: &'static str,
    /// The Debian package that has it.
    pub(crate) package: &'static str,
    pub(crate) is_there: fn() -> bool,
}

/// What the tests need. Without one of them they run, and leave some out.
pub(super) const OF_TESTS: &[Requirement] = &[
    Requirement { name: "PostgreSQL 15 or newer", package: "postgresql", is_there: has_postgres },
    Requirement { name: "curl", package: "curl", is_there: || environment::find_program("curl").is_some() },
    Requirement { name: "Node.js", package: "nodejs", is_there: || environment::find_program("node").is_some() },
    Requirement { name: "npm", package: "npm", is_there: || environment::find_program("npm").is_some() },
];

/// Installs what is missing, where we may: as root on Debian and its relatives. Elsewhere names the command that does it.
///
/// What cannot be installed is no error here: the tests say what they lack.
pub(crate) fn install(requirements: &[Requirement]) {
    let missing: Vec<_> = requirements.iter().filter(|requirement| !(requirement.is_there)()).collect();
    if missing.is_empty() {
        return;
    }
    let packages: Vec<_> = missing.iter().map(|requirement| requirement.package).collect();
    for Requirement { name, .. } in &missing {
        eprintln!("{name} is missing on this machine");
    }
    let has_apt = environment::find_program("apt-get").is_some();
    if !has_apt || !is_root() {
        let installer = if has_apt {
            "sudo apt-get install --no-install-recommends"
        } else {
            "your package manager, for example brew install"
        };
        return eprintln!("install it with: {installer} {}", packages.join(" "));
    }
    if let Err(error) = apt_get_install(&packages) {
        eprintln!("installing {} failed: {error:#}", packages.join(", "));
    }
}

fn apt_get_install(packages: &[&str]) -> Result<()> {
    // Programs are all we want of `postgresql`: no database server that starts with the machine and takes port 5432.
    let no_service = Path::new("/etc/postgresql-common/createcluster.conf");
    if packages.contains(&"postgresql") && !no_service.exists() {
        fs::create_dir_all("/etc/postgresql-common")?;
        fs::write(no_service, "create_main_cluster = false\n")?;
    }
    process::run(&mut apt_get(&["update", "--quiet=2"]))?;
    process::run(apt_get(&["install", "--quiet=2", "--yes", "--no-install-recommends"]).args(packages))
}

fn apt_get(args: &[&str]) -> Command {
    let mut command = process::command("apt-get", args);
    command.env("DEBIAN_FRONTEND", "noninteractive");
    command
}

fn has_postgres() -> bool {
    hexado_devdb::locate(&Options::new("")).is_ok_and(|found| !found.is_empty())
}

fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0)
}
