//! The `hexado` program.

mod command;
mod config;
mod demo;
mod metrics;
mod run;
mod telemetry;
mod wire;

use std::process::ExitCode;

use clap::Parser as _;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    // Fails only where a provider is installed already, and then there is one.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    command::execute(command::Cli::parse())
}
