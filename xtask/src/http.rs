//! Just enough HTTP to ask the development server something.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use anyhow::{Context, Result};

const TIME_LIMIT: Duration = Duration::from_secs(10);

/// Sends one request to `localhost`, and answers the status and the body.
pub(crate) fn request(port: u16, method: &str, path: &str, headers: &str, body: &str) -> Result<(u16, String)> {
    let mut stream = TcpStream::connect(("localhost", port))?;
    stream.set_read_timeout(Some(TIME_LIMIT))?;
    stream.set_write_timeout(Some(TIME_LIMIT))?;
    // In one piece: half a request is one that a server may refuse.
    let start = format!("{method} {path} HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n");
    let request = format!("{start}Content-Length: {}\r\n{headers}\r\n{body}", body.len());
    stream.write_all(request.as_bytes())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    parse(&answer).context("the answer is no HTTP")
}

fn parse(answer: &str) -> Option<(u16, String)> {
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let status = head.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok()?;
    Some((status, body.to_owned()))
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;
    use std::thread;

    use super::*;

    #[test]
    fn a_request_reaches_the_server_and_its_answer_comes_back() {
        let listener = TcpListener::bind("localhost:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let server = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = [0; 1024];
            let length = stream.read(&mut request).unwrap();
            stream.write_all(b"HTTP/1.1 503 Service Unavailable\r\nA: b\r\n\r\nnot yet").unwrap();
            String::from_utf8_lossy(&request[..length]).into_owned()
        });
        assert_eq!(request(port, "GET", "/health/ready", "A: b\r\n", "").unwrap(), (503, "not yet".to_owned()));
        assert!(server.join().unwrap().starts_with("GET /health/ready HTTP/1.1\r\n"));
    }

    #[test]
    fn what_is_no_http_is_an_error() {
        assert_eq!(parse("SSH-2.0-OpenSSH\r\n\r\n"), None);
        assert_eq!(parse("HTTP/1.1 xx\r\n\r\n"), None);
    }
}
