//! `cargo xtask token`: a token for the development server.

use std::process::ExitCode;

use anyhow::Result;

use crate::process;
use crate::product::Hexado;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Arguments of `hexado token`, such as `--sub alice --expires-in 60`
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    args: Vec<String>,
}

pub(crate) fn run(Args { args }: &Args) -> Result<ExitCode> {
    let mut token = Hexado::build()?.command(&["token"]);
    Ok(process::exit_code(process::status(token.args(args))?))
}
