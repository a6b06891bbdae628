//! The subcommands.

mod admin;
mod audit;
mod doctor;
mod health;
mod migrate;
mod openapi;
mod seed;
mod token;

use std::io::{self, Write as _};
use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::config::{ConfigError, variables};
use crate::run;

/// A to-do back end that speaks Better Auth.
#[derive(Debug, Parser)]
#[command(version, after_long_help = variables::help())]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the server (what happens without a command, too)
    Run,
    /// Bring the tables of the database up to date
    Migrate(migrate::MigrateArgs),
    /// Fill the database of a development server
    #[command(subcommand)]
    Db(DbCommand),
    /// Look after the audit log
    #[command(subcommand)]
    Audit(audit::AuditCommand),
    /// Make users who run the server
    #[command(subcommand)]
    Admin(admin::AdminCommand),
    /// Print the OpenAPI document
    Openapi,
    /// Print a token for a development server
    Token(token::TokenArgs),
    /// Try everything that the configuration names, and say what is wrong and what to do about it
    Doctor(doctor::DoctorArgs),
    /// Ask the server on this machine whether it is alive; for the health check of a container
    Health,
}

#[derive(Debug, Subcommand)]
enum DbCommand {
    /// Make demo users with some tasks, unless they have tasks already
    Seed,
}

/// Runs the command. The exit code is 2 for a faulty configuration, and 1 for any other error.
pub(crate) fn execute(cli: Cli) -> ExitCode {
    let result = match cli.command.unwrap_or(Command::Run) {
        Command::Run => run::execute(),
        Command::Migrate(args) => migrate::execute(&args),
        Command::Db(DbCommand::Seed) => seed::execute(),
        Command::Audit(command) => audit::execute(&command),
        Command::Admin(command) => admin::execute(command),
        Command::Openapi => openapi::execute(),
        Command::Token(args) => token::execute(args),
        Command::Doctor(args) => doctor::execute(&args),
        Command::Health => health::execute(),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => report(&error),
    }
}

/// Runs a future to its end. What it has left to threads that block, such as a migration, does not hold up the exit.
pub(crate) fn block_on(work: impl Future<Output = Result<()>>) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let done = runtime.block_on(work);
    runtime.shutdown_background();
    done
}

fn report(error: &anyhow::Error) -> ExitCode {
    // Where even that cannot be written, the exit code has to do.
    let _ = writeln!(io::stderr(), "error: {error:#}");
    ExitCode::from(if error.is::<ConfigError>() { 2 } else { 1 })
}
