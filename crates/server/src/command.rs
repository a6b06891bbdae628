//! The subcommands.

mod health;
mod openapi;
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
    /// Print the OpenAPI document
    Openapi,
    /// Print a token for a development server
    Token(token::TokenArgs),
    /// Ask the server on this machine whether it is alive; for the health check of a container
    Health,
}

/// Runs the command. The exit code is 2 for a faulty configuration, and 1 for any other error.
pub(crate) fn execute(cli: Cli) -> ExitCode {
    let result = match cli.command.unwrap_or(Command::Run) {
        Command::Run => run::execute(),
        Command::Openapi => openapi::execute(),
        Command::Token(args) => token::execute(args),
        Command::Health => health::execute(),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => report(&error),
    }
}

fn report(error: &anyhow::Error) -> ExitCode {
    // Where even that cannot be written, the exit code has to do.
    let _ = writeln!(io::stderr(), "error: {error:#}");
    ExitCode::from(if error.is::<ConfigError>() { 2 } else { 1 })
}
