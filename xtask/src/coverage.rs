//! Which lines the tests run, and whether that is enough.

mod compiler;
mod lcov;
mod table;
mod tools;

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::product::executables;
use crate::test::{self, Report};
use crate::{environment, process};
pub(crate) use compiler::compile_if_asked;
use table::Table;
use tools::Tools;

/// Runs all tests and measures; the table of the lines that they ran is printed.
///
/// # Errors
///
/// If LLVM's tools are missing, tests cannot be run or fail, or fewer lines ran than the gate demands.
pub(crate) fn run() -> Result<Report> {
    let tools = Tools::find()?;
    let build = InstrumentedBuild::prepare()?;
    let report = test::run_tests(&[], &|cargo| build.apply(cargo))?;
    if report.counts.failed > 0 {
        bail!("tests failed: coverage is not measured");
    }
    let lines = tools.export(&build.profiles(), &build.executables()?, &build.target.join("profile"))?;
    fs::write(build.target.join("lcov.info"), &lines)?;
    let table = Table::of(lcov::parse(&lines, environment::root()));
    print!("{table}");
    table.check()?;
    Ok(report)
}

/// A build that counts, in a target folder of its own: the crates of others are not instrumented, so profiles stay small.
struct InstrumentedBuild {
    target: PathBuf,
    compiler: PathBuf,
}

impl InstrumentedBuild {
    /// Forgets what earlier runs have counted.
    fn prepare() -> Result<Self> {
        let build = Self { target: environment::root().join("target/coverage"), compiler: std::env::current_exe()? };
        let profiles = build.profiles();
        if profiles.exists() {
            fs::remove_dir_all(&profiles).context("cannot remove old profiles")?;
        }
        fs::create_dir_all(&profiles).context("cannot make the folder of profiles")?;
        Ok(build)
    }

    fn apply(&self, cargo: &mut Command) {
        cargo.env("CARGO_TARGET_DIR", &self.target);
        cargo.env("RUSTC_WORKSPACE_WRAPPER", &self.compiler);
        // A file for each process (%p) and program (%m), as tests start programs that end at the same time; written to all the
        // while (%c), as tests kill some of them.
        cargo.env("LLVM_PROFILE_FILE", self.profiles().join("%c%p-%m.profraw"));
    }

    fn profiles(&self) -> PathBuf {
        self.target.join("profiles")
    }

    /// The tests and the programs that they start; all are built already.
    fn executables(&self) -> Result<Vec<PathBuf>> {
        let mut cargo = process::command("cargo", &["test", "--workspace", "--no-run", "--quiet"]);
        self.apply(&mut cargo);
        executables(&mut cargo)
    }
}
