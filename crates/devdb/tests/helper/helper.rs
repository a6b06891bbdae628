//! Holds a cluster until its standard input ends or it is killed: what tests of sharing and of kills need another
//! process for.
//!
//! `devdb-test-helper <data folder> [no-search] [cache=<folder>]` prints `ready <url>` or `failed
//! <error>`, and at the end what became of the server.

#![expect(clippy::print_stdout, reason = "standard output is how this program answers")]

use std::io::Read;
use std::process::ExitCode;

use hexado_devdb::{Cluster, Error, Options};

fn main() -> ExitCode {
    match hold() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("failed {error}");
            ExitCode::FAILURE
        }
    }
}

fn hold() -> Result<(), Error> {
    let cluster = Cluster::start(&options())?;
    println!("ready {}", cluster.url());
    // Whether it ends or fails, nobody holds us any longer.
    let _ = std::io::stdin().read_to_end(&mut Vec::new());
    println!("{:?}", cluster.stop()?);
    Ok(())
}

fn options() -> Options {
    let mut arguments = std::env::args().skip(1);
    let mut options = Options::new(arguments.next().unwrap_or_default());
    options.durable = false;
    for argument in arguments {
        match argument.split_once('=') {
            Some(("cache", folder)) => options.cache_dir = Some(folder.into()),
            _ => options.search &= argument != "no-search",
        }
    }
    options
}
