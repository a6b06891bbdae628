//! `cargo xtask bench`: what the main operations cost, the server and its Postgres on this machine.

mod cost;
mod load;

use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use hexado_devdb::testing::PrivateCluster;

use crate::product::Hexado;
use crate::{environment, http, process};
use cost::Processes;
use load::Load;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// How many tasks the user has before anything is measured
    #[arg(long, default_value_t = 1000)]
    tasks: u32,
    /// Seconds that each operation is measured for
    #[arg(long, default_value_t = 5)]
    seconds: u32,
    /// Requests at the same time
    #[arg(long, default_value_t = 16)]
    connections: u32,
    /// The cargo profile of the server
    #[arg(long, default_value = "release")]
    profile: String,
}

pub(crate) fn run(args: &Args) -> Result<()> {
    if environment::find_program("wrk").is_none() {
        bail!("wrk, which makes the load, is missing: apt-get install wrk, or brew install wrk");
    }
    let hexado = Hexado::build_with(&args.profile)?;
    // Durable, as in production: a commit that does not wait for the disk would flatter us.
    let cluster = PrivateCluster::start()?;
    let server = Server::start(&hexado, cluster.url())?;
    let processes = Processes::find(server.child.id(), cluster.url())?;
    let task = server.fill(args.tasks)?;

    println!("{:<8} {:>10} {:>14} {:>14}   CPU ms per 1000 requests", "", "requests/s", "server", "Postgres");
    for (name, path, body) in [
        ("list", "/api/v1/tasks".to_owned(), None),
        ("get", format!("/api/v1/tasks/{task}"), None),
        ("create", "/api/v1/tasks".to_owned(), Some(NEW_TASK)),
    ] {
        let load = Load { url: format!("http://localhost:{}{path}", server.port), token: &server.token, body };
        let before = processes.used()?;
        let requests = load.run(args.connections, args.seconds)?;
        let used = processes.used()? - before;
        let per_1000 = |time: Duration| 1000.0 * time.as_secs_f64() * 1000.0 / requests as f64;
        let rate = requests / u64::from(args.seconds);
        println!("{name:<8} {rate:>10} {:>14.1} {:>14.1}", per_1000(used.server), per_1000(used.postgres));
    }
    server.stop()
}

const NEW_TASK: &str = r#"{"title": "Buy bread", "category": "home", "priority": 2}"#;

/// A server on a database of its own.
struct Server {
    child: Child,
    port: u16,
    token: String,
}

impl Server {
    fn start(hexado: &Hexado, database: &str) -> Result<Self> {
        let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let command = |args: &[&str]| {
            let mut command = hexado.command(args);
            command.env("DATABASE_URL", database).env("PORT", port.to_string());
            // Limits would be what is measured, and so would the terminal.
            command.env("RATE_LIMIT_PER_MINUTE", "0").env("RUST_LOG", "warn");
            command
        };
        let token = process::output(&mut command(&["token"]))?.trim().to_owned();
        let child = command(&["run"]).stdout(Stdio::null()).spawn().context("cannot start the server")?;
        let mut server = Self { child, port, token };
        server.wait_until_ready()?;
        Ok(server)
    }

    fn wait_until_ready(&mut self) -> Result<()> {
        let limit = Instant::now() + Duration::from_secs(60);
        while !http::request(self.port, "GET", "/health/ready", "", "").is_ok_and(|(status, _)| status == 200) {
            if let Some(status) = self.child.try_wait()? {
                bail!("the server ended ({status})");
            }
            if Instant::now() > limit {
                bail!("the server is not ready after a minute");
            }
            thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }

    /// Makes tasks; answers the id of the last.
    fn fill(&self, tasks: u32) -> Result<i64> {
        let headers = format!("Authorization: Bearer {}\r\nContent-Type: application/json\r\n", self.token);
        let mut last = None;
        for _ in 0..tasks.max(1) {
            let (status, body) = http::request(self.port, "POST", "/api/v1/tasks", &headers, NEW_TASK)?;
            if status != 201 {
                bail!("a task could not be made: {status} {body}");
            }
            let task: serde_json::Value = serde_json::from_str(&body)?;
            last = task["id"].as_i64();
        }
        last.context("a new task has no id")
    }

    fn stop(mut self) -> Result<()> {
        process::run(&mut process::command("kill", &["-TERM", &self.child.id().to_string()]))?;
        self.child.wait()?;
        Ok(())
    }
}

/// Also when a measurement fails.
impl Drop for Server {
    fn drop(&mut self) {
        // It has ended already if all went well.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
