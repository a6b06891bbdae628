use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use crate::config::{self, Address, Settings};

const PATIENCE: Duration = Duration::from_secs(3);

/// Succeeds if a server with the same configuration runs on this machine. For the health check of a container.
pub(super) fn execute() -> Result<()> {
    let server = config::read(&Settings::load()?, Address::read)?.value.local();
    let answer = ask(server).with_context(|| format!("no answer from {server}"))?;
    ensure!(answer.starts_with("HTTP/1.1 200 "), "{server} answers {}", answer.lines().next().unwrap_or_default());
    Ok(())
}

/// What answers there to the question whether it is alive, as text: head and body.
pub(super) fn ask(server: SocketAddr) -> std::io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&server, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    write!(stream, "GET /health/live HTTP/1.1\r\nHost: {server}\r\nConnection: close\r\n\r\n")?;
    let mut answer = Vec::new();
    stream.take(4096).read_to_end(&mut answer)?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}
