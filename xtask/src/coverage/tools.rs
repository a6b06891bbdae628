use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::test::{Requirement, install};
use crate::{environment, process};

/// The oldest LLVM that reads the profiles of this workspace's Rust version.
const OLDEST: u32 = 19;
const NEWEST: u32 = 30;

const REQUIREMENT: Requirement =
    Requirement { name: "llvm-cov 19 or newer", package: "llvm-19", is_there: || Tools::look().is_some() };

/// LLVM's tools that read profiles.
#[derive(Debug)]
pub(super) struct Tools {
    profdata: PathBuf,
    cov: PathBuf,
}

impl Tools {
    /// The toolchain's own (rustup's component `llvm-tools`), else a package's; installed where we may.
    pub(super) fn find() -> Result<Self> {
        install(&[REQUIREMENT]);
        Self::look().context("no llvm-cov: run `rustup component add llvm-tools`, or install LLVM 19 or newer")
    }

    fn look() -> Option<Self> {
        Self::of_toolchain().or_else(|| (OLDEST..NEWEST).rev().find_map(Self::of_version))
    }

    fn of_toolchain() -> Option<Self> {
        let folder = process::output(&mut process::command("rustc", &["--print", "target-libdir"])).ok()?;
        let folder = Path::new(folder.trim()).parent()?.join("bin");
        let tools = Self { profdata: folder.join("llvm-profdata"), cov: folder.join("llvm-cov") };
        (tools.profdata.is_file() && tools.cov.is_file()).then_some(tools)
    }

    fn of_version(version: u32) -> Option<Self> {
        let find = |name: &str| environment::find_program(&format!("{name}-{version}"));
        Some(Self { profdata: find("llvm-profdata")?, cov: find("llvm-cov")? })
    }

    /// How often each line ran, in LCOV's format; `merged` is the path of a file in between.
    pub(super) fn export(&self, profiles: &Path, executables: &[PathBuf], merged: &Path) -> Result<String> {
        let list = merged.with_extension("list");
        fs::write(&list, list_of(profiles)?)?;
        // A process that a test killed may have left half a profile; one that no tool reads is an error all the same.
        let mut merge = Command::new(&self.profdata);
        merge.args(["merge", "--sparse", "--failure-mode=all", "--input-files"]).arg(&list).arg("--output").arg(merged);
        process::run(merge.stderr(Stdio::null())).context("profiles cannot be read: is LLVM too old for this Rust?")?;

        let Some((first, others)) = executables.split_first() else { bail!("there are no tests") };
        let mut export = Command::new(&self.cov);
        export.args(["export", "--format=lcov", "--instr-profile"]).arg(merged).arg(first);
        export.args(others.iter().flat_map(|program| [OsString::from("--object"), program.into()]));
        process::output(&mut export)
    }
}

/// The profiles, one a line: too many for a command line.
fn list_of(profiles: &Path) -> Result<String> {
    let files: Vec<_> =
        fs::read_dir(profiles)?.map(|file| Ok(file?.path().display().to_string())).collect::<Result<_>>()?;
    Ok(files.join("\n"))
}
