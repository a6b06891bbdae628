//! The programs that run tests, and the numbers that they print.

use std::io::{BufRead, BufReader, IsTerminal, Read, Write};
use std::process::{Command, ExitStatus, Stdio};

use anyhow::{Context, Result, bail};

use super::Counts;
use crate::process;

/// nextest where it is installed (faster, and shows one process a test), else `cargo test`.
pub(super) struct Runner<'a> {
    has_nextest: bool,
    args: &'a [String],
}

type Prepare<'a> = &'a dyn Fn(&mut Command);

impl<'a> Runner<'a> {
    /// A runner of all tests, or of those that `args` select.
    pub(super) fn choose(args: &'a [String]) -> Self {
        let version =
            process::command("cargo", &["nextest", "--version"]).stdout(Stdio::null()).stderr(Stdio::null()).status();
        Self { has_nextest: version.is_ok_and(|status| status.success()), args }
    }

    /// Builds and runs the tests.
    ///
    /// # Errors
    ///
    /// If they cannot be built, or if the runner fails though no test did.
    pub(super) fn run(&self, prepare: Prepare<'_>) -> Result<Counts> {
        let (status, counts) =
            if self.has_nextest { self.run_nextest(prepare)? } else { self.run_cargo_test(prepare)? };
        if !status.success() && counts.failed == 0 {
            bail!("the tests could not be run ({status})");
        }
        Ok(counts)
    }

    fn run_nextest(&self, prepare: Prepare<'_>) -> Result<(ExitStatus, Counts)> {
        self.build(&["nextest", "run", "--no-run"], prepare)?;
        let mut nextest = self.cargo(&["nextest", "run", "--no-fail-fast"], prepare);
        let (status, counts) = follow(nextest.stderr(Stdio::piped()), Counts::of_nextest)?;
        if !self.args.is_empty() {
            return Ok((status, counts));
        }
        // The examples in documentation, which nextest leaves out.
        let mut examples = self.cargo(&["test", "--quiet", "--doc", "--no-fail-fast"], prepare);
        let (examples_status, examples) = follow(examples.stdout(Stdio::piped()), Counts::of_cargo_test)?;
        Ok((if status.success() { examples_status } else { status }, counts + examples))
    }

    fn run_cargo_test(&self, prepare: Prepare<'_>) -> Result<(ExitStatus, Counts)> {
        self.build(&["test", "--no-run"], prepare)?;
        follow(self.cargo(&["test", "--no-fail-fast"], prepare).stdout(Stdio::piped()), Counts::of_cargo_test)
    }

    /// Apart from the run, so that the user sees the progress of the build.
    fn build(&self, args: &[&str], prepare: Prepare<'_>) -> Result<()> {
        process::run(&mut self.cargo(args, prepare))
    }

    fn cargo(&self, args: &[&str], prepare: Prepare<'_>) -> Command {
        let mut cargo = process::command("cargo", args);
        if std::io::stderr().is_terminal() {
            cargo.env("CARGO_TERM_COLOR", "always");
        }
        if !self.args.iter().any(|arg| arg == "-p" || arg.starts_with("--package")) {
            cargo.arg("--workspace");
        }
        cargo.args(self.args);
        prepare(&mut cargo);
        cargo
    }
}

/// Runs `command`, passes on the one stream that is piped, and adds up the numbers in its lines.
fn follow(command: &mut Command, numbers: fn(&str) -> Option<Counts>) -> Result<(ExitStatus, Counts)> {
    let mut child = command.spawn().context("cannot run cargo")?;
    let stdout = child.stdout.take().map(|stdout| Box::new(stdout) as Box<dyn Read>);
    let stream = stdout.or_else(|| child.stderr.take().map(|stderr| Box::new(stderr) as Box<dyn Read>));
    let mut lines = BufReader::new(stream.context("no stream is piped")?);
    let (mut counts, mut line) = (Counts::default(), Vec::new());
    while lines.read_until(b'\n', &mut line)? > 0 {
        std::io::stderr().write_all(&line)?;
        counts = counts + numbers(&String::from_utf8_lossy(&line)).unwrap_or_default();
        line.clear();
    }
    Ok((child.wait()?, counts))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_of_all_binaries_are_added_up() {
        let script = "echo 'test result: ok. 3 passed; 0 failed; 1 ignored'; echo; \
                      echo 'test result: FAILED. 1 passed; 1 failed; 0 ignored'; exit 101";
        let (status, counts) =
            follow(process::command("sh", &["-c", script]).stdout(Stdio::piped()), Counts::of_cargo_test).unwrap();
        assert_eq!(status.code(), Some(101));
        assert_eq!(counts, Counts { passed: 4, failed: 1, ignored: 1 });
    }

    #[test]
    fn a_runner_that_fails_without_a_failed_test_is_an_error() {
        // The arguments make both runners fail before they run anything.
        let args = ["--no-such-argument".to_owned()];
        for has_nextest in [true, false] {
            assert!(Runner { has_nextest, args: &args }.run(&|_| {}).is_err());
        }
    }
}
