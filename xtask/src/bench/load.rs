use std::fs;

use anyhow::{Context, Result, bail};

use crate::{environment, process};

/// Requests of one kind, made by wrk.
pub(super) struct Load<'a> {
    pub(super) url: String,
    pub(super) token: &'a str,
    /// The body of a `POST`; without one, requests are `GET`s.
    pub(super) body: Option<&'a str>,
}

impl Load<'_> {
    /// Answers how many requests were made.
    ///
    /// # Errors
    ///
    /// Also if a request was not answered with success: then it is not the operation that was measured.
    pub(super) fn run(&self, connections: u32, seconds: u32) -> Result<u64> {
        let script = environment::root().join("target/xtask/bench.lua");
        fs::create_dir_all(environment::root().join("target/xtask"))?;
        fs::write(&script, self.script())?;
        let mut wrk = process::command("wrk", &["--threads=1", &format!("--connections={connections}")]);
        wrk.arg(format!("--duration={seconds}s")).arg("--script").arg(&script).arg(&self.url);
        requests(&process::output(&mut wrk)?)
    }

    fn script(&self) -> String {
        let authorization = format!("wrk.headers[\"Authorization\"] = \"Bearer {}\"\n", self.token);
        let Some(body) = self.body else { return authorization };
        let body = body.replace('"', "\\\"");
        format!(
            "{authorization}wrk.method = \"POST\"\nwrk.headers[\"Content-Type\"] = \"application/json\"\nwrk.body = \"{body}\"\n"
        )
    }
}

/// From wrk's summary.
fn requests(summary: &str) -> Result<u64> {
    for line in summary.lines().map(str::trim) {
        let refused = line.starts_with("Non-2xx or 3xx responses: ");
        let broken = line.starts_with("Socket errors: ") && !line.contains("connect 0, read 0, write 0, timeout 0");
        if refused || broken {
            bail!("not all requests succeeded ({line})");
        }
    }
    let count = summary.lines().find_map(|line| line.trim().split_once(" requests in ")?.0.parse().ok());
    count.filter(|count| *count > 0).context("wrk made no requests")
}

#[cfg(test)]
mod tests {
    use super::*;

    const SUMMARY: &str = "\
Running 5s test @ http://localhost:8000/
  1 threads and 16 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     1.14ms    1.05ms  29.88ms   98.10%
  73512 requests in 5.00s, 60.57MB read
Requests/sec:  14702.01
";

    #[test]
    fn requests_are_counted() {
        assert_eq!(requests(SUMMARY).unwrap(), 73512);
    }

    #[test]
    fn refused_and_broken_requests_are_errors() {
        for line in ["  Non-2xx or 3xx responses: 3", "  Socket errors: connect 0, read 2, write 0, timeout 0"] {
            assert!(requests(&format!("{SUMMARY}{line}\n")).is_err(), "{line}");
        }
        assert!(requests("unable to connect").is_err());
    }

    #[test]
    fn a_body_makes_a_post() {
        let load = Load { url: String::new(), token: "t", body: Some("{\"a\": 1}") };
        let script = load.script();
        assert!(
            script.contains("wrk.method = \"POST\"") && script.contains("wrk.body = \"{\\\"a\\\": 1}\""),
            "{script}"
        );
        assert!(!Load { body: None, ..load }.script().contains("POST"));
    }
}
