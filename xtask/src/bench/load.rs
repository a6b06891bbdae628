use std::fs;

use anyhow::{Context, Result, bail};

use super::calls::Call;
use crate::{environment, process};

/// Requests, made by wrk again and again in this order.
pub(super) struct Load<'a> {
    pub(super) port: u16,
    pub(super) calls: &'a [Call],
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
        wrk.arg(format!("--duration={seconds}s")).arg("--script").arg(&script);
        requests(&process::output(wrk.arg(format!("http://localhost:{}", self.port)))?)
    }

    fn script(&self) -> String {
        let mut script = "local calls = {\n".to_owned();
        for Call { method, path, token, body } in self.calls {
            let body = body.map_or_else(|| "nil".to_owned(), quoted);
            script += &format!("  {{{}, {}, {}, {body}}},\n", quoted(method), quoted(path), quoted(token));
        }
        script + MAKE_REQUESTS
    }
}

const MAKE_REQUESTS: &str = r#"}
local count = 0
request = function()
  local method, path, token, body = unpack(calls[count % #calls + 1])
  count = count + 1
  local headers = {["Authorization"] = "Bearer " .. token}
  if body then
    headers["Content-Type"] = "application/json"
    body = body:gsub("{n}", count)
  end
  return wrk.format(method, path, headers, body)
end
"#;

/// A text as Lua reads it.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
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
    fn every_call_is_in_the_script() {
        let call = |method, body| Call { method, path: "/tasks".to_owned(), token: "t".to_owned(), body };
        let calls = [call("GET", None), call("POST", Some("{\"a\": {n}}"))];
        let script = Load { port: 1, calls: &calls }.script();
        assert!(script.contains(r#"{"GET", "/tasks", "t", nil},"#), "{script}");
        assert!(script.contains(r#"{"POST", "/tasks", "t", "{\"a\": {n}}"},"#), "{script}");
    }
}
