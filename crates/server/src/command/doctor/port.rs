use std::io::ErrorKind;
use std::net::TcpListener;

use super::check::Check;
use crate::command::health;
use crate::config::Address;

const NAME: &str = "PORT";

/// Whether the server could listen, or who does so already.
pub(super) fn check(address: Address) -> Option<Check> {
    let first = address.to_listen_on().into_iter().next()?;
    Some(match TcpListener::bind(first) {
        Ok(_) => Check::ok(NAME, format!("{first} is free")),
        Err(error) if error.kind() == ErrorKind::AddrInUse => in_use(address),
        Err(error) => Check::fail(NAME, format!("cannot listen on {first} ({error})")).remedy("correct HOST and PORT"),
    })
}

fn in_use(address: Address) -> Check {
    let server = address.local();
    let remedy = "stop that one, or set PORT to another port";
    match health::ask(server) {
        Ok(answer) if is_hexados(&answer) => Check::ok(NAME, format!("a Hexado runs at {server}")),
        Ok(answer) if answer.starts_with("HTTP/") => {
            Check::fail(NAME, format!("{server} is in use by another web server")).remedy(remedy)
        }
        _ => Check::fail(NAME, format!("{server} is in use by another program")).remedy(remedy),
    }
}

/// By the body of a health answer, and a header field that not every server sends.
fn is_hexados(answer: &str) -> bool {
    answer.starts_with("HTTP/1.1 200 ")
        && answer.ends_with(r#"{"status":"ok"}"#)
        && answer.to_ascii_lowercase().contains("\r\nx-request-id: ")
}
