//! `cargo xtask ci`: what continuous integration runs, here.

use std::fmt;

use anyhow::{Context, Result, bail};
use clap::ValueEnum;

use crate::{coverage, openapi, process, schema, tidy};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The steps to run; all of them if none is named
    steps: Vec<Step>,
}

/// In the order in which they run: what takes longer comes later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Step {
    /// The code is formatted
    Fmt,
    /// The rules that no compiler checks are kept
    Tidy,
    /// No lint has anything to say
    Clippy,
    /// docs/openapi.json is what the server says
    Openapi,
    /// schema.rs is what the migrations make; they can be taken back and repeated
    Schema,
    /// All tests pass, none is left out, and they cover enough
    Test,
}

pub(crate) fn run(args: &Args) -> Result<()> {
    let steps = if args.steps.is_empty() { Step::value_variants() } else { &args.steps };
    for step in steps {
        eprintln!("== {step}");
        step.run().with_context(|| format!("{step} failed"))?;
    }
    Ok(())
}

impl Step {
    fn run(self) -> Result<()> {
        match self {
            Self::Fmt => cargo(&["fmt", "--all", "--check"]),
            Self::Tidy => tidy::run(),
            Self::Clippy => clippy(),
            Self::Openapi => openapi::run(true),
            Self::Schema => schema::run(true),
            Self::Test => test(),
        }
    }
}

fn clippy() -> Result<()> {
    cargo(&["clippy", "--workspace", "--all-targets", "--locked", "--", "--deny", "warnings"])?;
    // The program as images ship it. It also shows that no crate lives on a feature that only another one asks for.
    let shipped =
        ["clippy", "--package", "hexado-server", "--no-default-features", "--locked", "--", "--deny", "warnings"];
    cargo(&shipped)
}

fn test() -> Result<()> {
    let report = coverage::run()?;
    if !report.left_out.is_empty() {
        bail!("{} tests were left out: here they all must run", report.left_out.len());
    }
    Ok(())
}

fn cargo(args: &[&str]) -> Result<()> {
    process::run(&mut process::command("cargo", args))
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.to_possible_value();
        f.write_str(name.as_ref().map_or("step", |name| name.get_name()))
    }
}
