//! `cargo xtask db`: the private Postgres that development keeps its data in.

use std::process::ExitCode;

use anyhow::{Result, bail};
use clap::Subcommand;
use hexado_devdb::{Cluster, Error, Options, default_data_dir};

use crate::product::Hexado;
use crate::signals::Signals;
use crate::{environment, process};

#[derive(Clone, Copy, Debug, Subcommand)]
pub(crate) enum Command {
    /// Start it, print its URL, and keep it running until Ctrl-C
    Up,
    /// Remove it with all its data, unless somebody uses it
    Reset,
    /// Make the demo user and some tasks
    Seed,
}

pub(crate) fn run(command: Command) -> Result<ExitCode> {
    match command {
        Command::Up => up()?,
        Command::Reset => reset()?,
        Command::Seed => return seed(),
    }
    Ok(ExitCode::SUCCESS)
}

fn up() -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let entered = runtime.enter();
    let mut signals = Signals::listen()?;
    drop(entered);
    let cluster = Cluster::start(&options())?;
    println!("{}", cluster.url());
    runtime.block_on(signals.next());
    cluster.stop()?;
    Ok(())
}

fn reset() -> Result<()> {
    let options = options();
    match hexado_devdb::erase(&options) {
        Err(Error::InUse { folder }) => bail!("{} is in use: stop the server first", folder.display()),
        erased => erased?,
    }
    println!("the private Postgres in {} is gone; the next start makes an empty one", options.data_dir.display());
    Ok(())
}

fn seed() -> Result<ExitCode> {
    let status = process::status(&mut Hexado::build()?.command(&["db", "seed"]))?;
    Ok(process::exit_code(status))
}

/// The same cluster as the development server's.
fn options() -> Options {
    let root = environment::root();
    let data_dir = environment::server_variable("DATA_DIR").map(|folder| root.join(folder));
    let mut options = Options::new(data_dir.unwrap_or_else(|| default_data_dir(root)));
    options.bin_dir = environment::server_variable("HEXADO_PG_BIN").map(|folder| root.join(folder));
    options.download = environment::server_variable("HEXADO_PG_DOWNLOAD").is_none_or(|switch| !is_off(&switch));
    options
}

fn is_off(switch: &str) -> bool {
    ["off", "false", "no", "0"].iter().any(|off| off.eq_ignore_ascii_case(switch.trim()))
}

#[cfg(test)]
mod tests {
    use super::is_off;

    #[test]
    fn switches_are_read_as_the_server_reads_them() {
        assert!(is_off("off") && is_off("OFF ") && is_off("0") && is_off("false") && is_off("no"));
        assert!(!is_off("on") && !is_off("1"));
    }
}
