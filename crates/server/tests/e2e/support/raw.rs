use std::io::{Error, ErrorKind, Result};
use std::net::Ipv4Addr;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{interval, timeout};

use super::Server;

/// Longer than the server gives any client.
const PATIENCE: Duration = Duration::from_secs(60);

/// A connection on which a test says what no HTTP client would.
pub(crate) struct RawConnection {
    stream: TcpStream,
    /// What was received beyond the last answer.
    received: Vec<u8>,
}

/// One answer.
#[derive(Debug)]
pub(crate) struct RawAnswer {
    pub(crate) status: u16,
    /// Status line and header fields in small letters.
    pub(crate) head: String,
    pub(crate) body: String,
}

impl RawConnection {
    pub(crate) async fn open(server: &Server) -> Self {
        Self { stream: TcpStream::connect((Ipv4Addr::LOCALHOST, server.port)).await.unwrap(), received: Vec::new() }
    }

    /// # Errors
    ///
    /// If the server has closed the connection.
    pub(crate) async fn send(&mut self, bytes: impl AsRef<[u8]>) -> Result<()> {
        self.stream.write_all(bytes.as_ref()).await
    }

    /// # Errors
    ///
    /// If the server closes the connection before the answer is complete.
    pub(crate) async fn answer(&mut self) -> Result<RawAnswer> {
        let end = loop {
            if let Some(end) = self.received.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
                break end + 4;
            }
            self.receive().await?;
        };
        let head = String::from_utf8_lossy(&self.received[..end]).to_lowercase();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok()).unwrap_or(0);
        while self.received.len() < end + length {
            self.receive().await?;
        }
        let answer: Vec<u8> = self.received.drain(..end + length).collect();
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
        Ok(RawAnswer { status, head, body: String::from_utf8_lossy(&answer[end..]).into_owned() })
    }

    /// Everything that comes until the server closes the connection. A broken connection is closed too.
    pub(crate) async fn rest(mut self) -> String {
        while self.receive().await.is_ok() {}
        String::from_utf8_lossy(&self.received).into_owned()
    }

    /// As [`RawConnection::rest`], while a byte is sent every `pause`.
    pub(crate) async fn rest_while_dripping(mut self, pause: Duration) -> String {
        let mut ticks = interval(pause);
        loop {
            tokio::select! {
                received = self.receive() => if received.is_err() { break },
                _ = ticks.tick() => if self.send("a").await.is_err() { break },
            }
        }
        String::from_utf8_lossy(&self.received).into_owned()
    }

    async fn receive(&mut self) -> Result<()> {
        let received = timeout(PATIENCE, self.stream.read_buf(&mut self.received)).await;
        let Ok(received) = received else { panic!("the server neither answers nor closes the connection") };
        match received? {
            0 => Err(Error::from(ErrorKind::UnexpectedEof)),
            _ => Ok(()),
        }
    }
}
