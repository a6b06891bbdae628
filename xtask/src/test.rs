//! `cargo xtask test`: every test there is, on one Postgres cluster, and an honest account of it.

mod counts;
mod faults;
mod left_out;
mod requirements;
mod runner;

use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};
use hexado_devdb::testing::TestCluster;

pub(crate) use counts::Counts;
pub(crate) use left_out::LeftOut;
pub(crate) use requirements::{Requirement, install};
use runner::Runner;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Run nothing but the test that kills servers and databases under writers, and have it kill this often
    #[arg(long, value_name = "TIMES", value_parser = clap::value_parser!(u32).range(1..), conflicts_with = "runner")]
    faults: Option<u32>,
    /// Arguments for the test runner, such as `-p hexado-web` or a part of a test's name
    #[arg(last = true)]
    runner: Vec<String>,
}

/// How a run of the tests ended.
#[derive(Debug)]
pub(crate) struct Report {
    pub(crate) counts: Counts,
    /// Tests that could not do their work on this machine. They count as passed in `counts`.
    pub(crate) left_out: Vec<LeftOut>,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let report = match args.faults {
        Some(rounds) => run_tests(&faults::selection(), &|cargo| faults::ask_for(rounds, cargo))?,
        None => run_tests(&args.runner, &|_| {})?,
    };
    Ok(if report.counts.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Runs the tests and prints their account; `prepare` may add to every cargo command.
///
/// # Errors
///
/// If tests cannot be built or run. Tests that fail are no error: the report counts them.
pub(crate) fn run_tests(args: &[String], prepare: &dyn Fn(&mut Command)) -> Result<Report> {
    install(requirements::OF_TESTS);
    // Held for the whole run, or the test processes would start and stop it again and again.
    let _cluster = TestCluster::shared_blocking().context("the tests need a Postgres")?;
    let announced = left_out::File::create()?;
    let runner = Runner::choose(args);
    let counts = runner.run(&|cargo| {
        announced.pass_to(cargo);
        prepare(cargo);
    })?;
    let report = Report { counts, left_out: announced.read()? };
    if report.counts.run() == 0 {
        bail!("no test ran");
    }
    print!("{}", report.render());
    Ok(report)
}

impl Report {
    /// The last lines of a run. The very last one has the plain numbers, for programs to read.
    fn render(&self) -> String {
        let Counts { passed, failed, ignored } = self.counts;
        let left_out = self.left_out.len() as u64;
        let (run, passed) = (self.counts.run().saturating_sub(left_out), passed.saturating_sub(left_out));
        let mut text = format!("\n{run} tests ran: {passed} passed, {failed} failed\n");
        if ignored > 0 {
            text += &format!("{ignored} were not asked for, or are marked as ignored\n");
        }
        if left_out > 0 {
            text += &format!("{left_out} were left out:\n");
        }
        for LeftOut { what, missing } in &self.left_out {
            text += &format!("  {what}: for want of {missing}\n");
        }
        text + &format!("{passed} passed, {failed} failed, {} skipped\n", ignored + left_out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_has_the_plain_numbers() {
        let report = Report { counts: Counts { passed: 5, failed: 1, ignored: 0 }, left_out: Vec::new() };
        assert_eq!(report.render(), "\n6 tests ran: 5 passed, 1 failed\n5 passed, 1 failed, 0 skipped\n");
    }

    #[test]
    fn a_test_that_was_left_out_has_not_passed() {
        let left_out = vec![LeftOut { what: "the npm path".into(), missing: "npm".into() }];
        let text = Report { counts: Counts { passed: 5, failed: 0, ignored: 2 }, left_out }.render();
        assert!(text.contains("4 tests ran: 4 passed, 0 failed\n"), "{text}");
        assert!(text.contains("1 were left out:\n  the npm path: for want of npm\n"), "{text}");
        assert!(text.ends_with("\n4 passed, 0 failed, 3 skipped\n"), "{text}");
    }
}
