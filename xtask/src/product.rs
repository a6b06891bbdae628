//! The `hexado` program, built from this workspace.

use std::ffi::OsStr;
use std::io::BufReader;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use cargo_metadata::Message;

use crate::{environment, process};

/// The built `hexado` program.
#[derive(Debug)]
pub(crate) struct Hexado {
    program: PathBuf,
}

impl Hexado {
    /// Builds it for development.
    pub(crate) fn build() -> Result<Self> {
        Self::build_with("dev")
    }

    /// Builds it by a cargo profile.
    pub(crate) fn build_with(profile: &str) -> Result<Self> {
        let args = ["build", "--package", "hexado-server", "--bin", "hexado", "--profile", profile];
        let built = executables(&mut process::command("cargo", &args))?;
        let program = built.into_iter().find(|program| program.file_stem() == Some(OsStr::new("hexado")));
        Ok(Self { program: program.context("cargo built no program `hexado`")? })
    }

    /// The program with `args`, on the private development Postgres unless `DATABASE_URL` is set.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command.args(args).current_dir(environment::root()).env("ENVIRONMENT", "development");
        command
    }
}

/// Runs a cargo command that builds, and answers which programs it built (or found up to date).
pub(crate) fn executables(cargo: &mut Command) -> Result<Vec<PathBuf>> {
    // Progress and diagnostics still go to the terminal.
    let mut child = cargo.arg("--message-format=json-render-diagnostics").stdout(Stdio::piped()).spawn()?;
    let stdout = child.stdout.take().context("cargo has no output")?;
    let messages: Vec<Message> = Message::parse_stream(BufReader::new(stdout)).collect::<Result<_, _>>()?;
    if !child.wait()?.success() {
        bail!("the build failed");
    }
    let executables = messages.into_iter().filter_map(|message| match message {
        Message::CompilerArtifact(artifact) => artifact.executable,
        _ => None,
    });
    Ok(executables.map(Into::into).collect())
}
