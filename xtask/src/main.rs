//! Developer commands of Hexado: `cargo xtask --help` lists them.
//!
//! For anything of the product they run the `hexado` program, so that there is one way to migrate, to seed and to sign.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command-line program talks to its user")]

mod bench;
mod ci;
mod coverage;
mod db;
mod dev;
mod environment;
mod generated;
mod hooks;
mod http;
mod openapi;
mod process;
mod product;
mod schema;
mod signals;
mod test;
mod tidy;
mod token;

use std::io::IsTerminal;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

fn main() -> ExitCode {
    if let Err(error) = coverage::compile_if_asked() {
        eprintln!("error: cannot run the compiler: {error}");
        return ExitCode::FAILURE;
    }
    let colours = std::io::stderr().is_terminal();
    tracing_subscriber::fmt().with_writer(std::io::stderr).with_ansi(colours).with_target(false).without_time().init();
    run(Cli::parse().command).unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::FAILURE
    })
}

/// Developer commands of Hexado
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the server on its private Postgres, with a demo user, and print a ready-to-paste request
    Dev,
    /// Run every test, and say what was left out for want of what
    Test(test::Args),
    /// Run what continuous integration runs: all steps, or those that are named
    Ci(ci::Args),
    /// Check what no compiler checks: dependencies, sizes, documented variables and error codes, image files
    Tidy,
    /// Write docs/openapi.json
    Openapi(Check),
    /// Write crates/postgres/src/schema.rs from the migrations
    Schema(Check),
    /// Manage the private development Postgres
    #[command(subcommand)]
    Db(db::Command),
    /// Print a token for the development server; arguments go to `hexado token`
    Token(token::Args),
    /// Measure requests a second and CPU time a request
    Bench(bench::Args),
    /// Install the pre-commit hook
    Hooks,
}

#[derive(Clone, Copy, Debug, clap::Args)]
struct Check {
    /// Change nothing, fail if the file is not up to date
    #[arg(long)]
    check: bool,
}

fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Dev => return dev::run(),
        Command::Test(args) => return test::run(&args),
        Command::Ci(args) => ci::run(&args)?,
        Command::Tidy => tidy::run()?,
        Command::Openapi(Check { check }) => openapi::run(check)?,
        Command::Schema(Check { check }) => schema::run(check)?,
        Command::Db(command) => return db::run(command),
        Command::Token(args) => return token::run(&args),
        Command::Bench(args) => bench::run(&args)?,
        Command::Hooks => hooks::run()?,
    }
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::Cli;

    #[test]
    fn the_command_line_is_well_defined() {
        Cli::command().debug_assert();
    }
}
