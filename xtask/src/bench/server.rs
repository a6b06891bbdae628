use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::product::Hexado;
use crate::{http, process};

const NEW_TASK: &str = r#"{"title": "Buy bread", "category": "home", "priority": 2}"#;

/// A server on a database of its own.
pub(super) struct Server {
    child: Child,
    port: u16,
}

/// Somebody who has tasks.
pub(super) struct User {
    pub(super) token: String,
    /// Ids of tasks.
    pub(super) tasks: Vec<i64>,
}

impl Server {
    /// Returns when it is ready. A bare one has no limiter, no log and no metrics.
    pub(super) fn start(hexado: &Hexado, database: &str, bare: bool) -> Result<Self> {
        let port = free_port()?;
        let mut command = hexado.command(&["run"]);
        command.env("DATABASE_URL", database).env("PORT", port.to_string()).stdout(Stdio::null());
        if bare {
            command.env("RATE_LIMIT_PER_MINUTE", "0").env("RUST_LOG", "warn").env_remove("METRICS_ADDR");
        } else {
            // At work, and never reached.
            command.env("RATE_LIMIT_PER_MINUTE", "100000000");
            command.env("RUST_LOG", "info").env("LOG_FORMAT", "json");
            command.env("METRICS_ADDR", format!("127.0.0.1:{}", free_port()?));
        }
        let mut server = Self { child: command.spawn().context("cannot start the server")?, port };
        server.wait_until_ready()?;
        Ok(server)
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }

    pub(super) fn pid(&self) -> u32 {
        self.child.id()
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
            thread::sleep(Duration::from_millis(1));
        }
        Ok(())
    }

    /// Makes a user with tasks.
    pub(super) fn user(&self, hexado: &Hexado, number: u32, tasks: u32) -> Result<User> {
        let (id, email) = (format!("bench-{number}"), format!("bench-{number}@example.com"));
        let mut command = hexado.command(&["token", "--sub", &id, "--email", &email]);
        let token = process::output(command.env("PORT", self.port.to_string()))?.trim().to_owned();
        let headers = format!("Authorization: Bearer {token}\r\nContent-Type: application/json\r\n");
        let make = |_| {
            let (status, body) = http::request(self.port, "POST", "/api/v1/tasks", &headers, NEW_TASK)?;
            if status != 201 {
                bail!("a task could not be made: {status} {body}");
            }
            let task: serde_json::Value = serde_json::from_str(&body)?;
            task["id"].as_i64().context("a new task has no id")
        };
        let tasks = (0..tasks).map(make).collect::<Result<_>>()?;
        Ok(User { token, tasks })
    }

    pub(super) fn stop(mut self) -> Result<()> {
        process::run(&mut process::command("kill", &["-TERM", &self.pid().to_string()]))?;
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

fn free_port() -> Result<u16> {
    Ok(std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}
