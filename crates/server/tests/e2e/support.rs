//! What the tests stand on: servers as child processes, databases, issuers of tokens.

mod database;
mod issuer;
mod person;
mod port;
mod proxy;
mod raw;
mod server;
mod traffic;

pub(crate) use database::{Database, connect};
pub(crate) use issuer::{Issuer, claims};
pub(crate) use person::{Person, Session};
pub(crate) use port::free_port;
pub(crate) use proxy::{Mode, Proxy};
pub(crate) use raw::{RawAnswer, RawConnection};
pub(crate) use server::{Server, hexado, hexado_fed, hexado_in};
pub(crate) use traffic::{Answer, Question, Traffic};

use reqwest::{Client, Response};
use serde_json::Value;
use tokio::task::spawn_blocking;

/// Long and random enough to be accepted everywhere.
pub(crate) const SECRET: &str = "kC1N1mUq0rUo5W6t3v0y9cZ2cEoZ4m2nC2bX7hJxk3U=";

/// A client without anything that would hide how the server behaves.
pub(crate) fn client() -> Client {
    // Fails where another test of this process was first.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    Client::builder().no_proxy().build().unwrap()
}

/// The body of an answer that must have this status.
pub(crate) async fn body(response: Response, status: u16) -> Value {
    let (found, url) = (response.status().as_u16(), response.url().clone());
    let text = response.text().await.unwrap();
    assert_eq!(found, status, "{url} answers {text}");
    serde_json::from_str(&text).unwrap_or(Value::String(text))
}

/// Runs what would hold up the test's runtime on a thread of its own.
pub(crate) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    spawn_blocking(work).await.unwrap()
}
