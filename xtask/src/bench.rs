//! `cargo xtask bench`: what the main operations cost, the server and its Postgres on this machine.

mod calls;
mod cost;
mod load;
mod server;

use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use hexado_devdb::testing::PrivateCluster;

use crate::environment;
use crate::product::Hexado;
use cost::{Processes, Used};
use load::Load;
use server::{Server, User};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Users that the requests come from, in turns
    #[arg(long, default_value_t = 16, value_parser = clap::value_parser!(u32).range(1..=1000))]
    users: u32,
    /// How many tasks each user has before anything is measured
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..))]
    tasks: u32,
    /// Seconds that each operation is measured for
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    seconds: u32,
    /// Requests at the same time
    #[arg(long, default_value_t = 16, value_parser = clap::value_parser!(u32).range(1..))]
    connections: u32,
    /// The cargo profile of the server
    #[arg(long, default_value = "release")]
    profile: String,
    /// Without rate limiter, log lines and metrics
    #[arg(long)]
    bare: bool,
}

/// Cold starts that are measured.
const STARTS: u32 = 5;

pub(crate) fn run(args: &Args) -> Result<()> {
    if environment::find_program("wrk").is_none() {
        bail!("wrk, which makes the load, is missing: apt-get install wrk, or brew install wrk");
    }
    let hexado = Hexado::build_with(&args.profile)?;
    // Durable, as in production: a commit that does not wait for the disk would flatter us.
    let cluster = PrivateCluster::start()?;
    let start = || Server::start(&hexado, cluster.url(), args.bare);
    // The first one makes the tables.
    start()?.stop()?;
    let mut starts = Vec::new();
    for _ in 0..STARTS {
        let began = Instant::now();
        let server = start()?;
        starts.push(began.elapsed());
        server.stop()?;
    }
    starts.sort_unstable();

    let server = start()?;
    let processes = Processes::find(server.pid(), cluster.url())?;
    let idle = processes.memory()?;
    let users =
        (0..args.users).map(|number| server.user(&hexado, number, args.tasks)).collect::<Result<Vec<User>>>()?;
    println!("{:<8} {:>12} {:>12} {:>12} {:>12}", "", "requests/s", "server", "Postgres", "statements");
    for (name, calls) in calls::all(&users) {
        let load = Load { port: server.port(), calls: &calls };
        let before = processes.used()?;
        let requests = load.run(args.connections, args.seconds)?;
        println!("{}", row(name, requests, args.seconds, processes.used()? - before));
    }
    println!("CPU in ms, and statements, of 1000 requests");
    println!("cold start: {} ms (median of {STARTS})", starts[starts.len() / 2].as_millis());
    println!("memory: {} MiB idle, {} MiB after the load", idle >> 20, processes.memory()? >> 20);
    server.stop()
}

fn row(name: &str, requests: u64, seconds: u32, used: Used) -> String {
    let per_1000 = |amount: f64| 1000.0 * amount / requests as f64;
    let cpu = |time: Duration| per_1000(time.as_secs_f64() * 1000.0);
    let statements = used.statements.map_or_else(|| "-".to_owned(), |count| format!("{:.0}", per_1000(count as f64)));
    let rate = requests / u64::from(seconds);
    format!("{name:<8} {rate:>12} {:>12.1} {:>12.1} {statements:>12}", cpu(used.server), cpu(used.postgres))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_used_is_told_for_a_thousand_requests() {
        let used =
            |statements| Used { server: Duration::from_millis(100), postgres: Duration::from_millis(250), statements };
        let row = |statements| row("list", 2000, 4, used(statements)).split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(row(Some(4000)), "list 500 50.0 125.0 2000");
        assert_eq!(row(None), "list 500 50.0 125.0 -");
    }
}
