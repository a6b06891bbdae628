use std::net::IpAddr;

use ipnet::IpNet;

use super::environment::Environment;
use super::http::Http;
use super::origin;
use super::reader::Reader;

/// Whom the server believes, and how much it lets them do.
#[derive(Debug)]
pub(crate) struct Guards {
    /// Origins whose pages may change something with a cookie.
    pub(crate) trusted_origins: Vec<String>,
    /// Proxies whose `X-Forwarded-For` counts.
    pub(crate) trusted_proxies: Vec<IpNet>,
    /// `None` for any number.
    pub(crate) rate_limit_per_minute: Option<u32>,
    /// Whether failed sign-ins lead to blocked addresses.
    pub(crate) address_blocking: bool,
}

impl Guards {
    pub(super) fn read(reader: &mut Reader<'_>, environment: Environment, http: &Http) -> Self {
        Self {
            trusted_origins: trusted_origins(reader, environment, http),
            trusted_proxies: trusted_proxies(reader),
            rate_limit_per_minute: rate_limit(reader),
            address_blocking: reader.switch("IP_BLOCKING", !environment.is_development()),
        }
    }
}

/// Our own, those that may call us, those named for this, and in development any loopback name on our port.
fn trusted_origins(reader: &mut Reader<'_>, environment: Environment, http: &Http) -> Vec<String> {
    let expected = "origins separated by commas, such as https://app.example.com";
    let mut named = |name| reader.list(name, expected, origin::parse).unwrap_or_default();
    let named = [named("TRUSTED_ORIGINS"), named("BETTER_AUTH_TRUSTED_ORIGINS")].concat();
    let loopback = if environment.is_development() { ["localhost", "127.0.0.1", "[::1]"].as_slice() } else { &[] };
    let loopback = loopback.iter().map(|host| format!("http://{host}:{}", http.address.port));
    let callers = http.cors_origins.iter().cloned();
    [http.public_origin.clone()].into_iter().chain(callers).chain(named).chain(loopback).collect()
}

fn trusted_proxies(reader: &mut Reader<'_>) -> Vec<IpNet> {
    let parse = |text: &str| text.parse().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from));
    let expected = "addresses or networks separated by commas, such as 10.0.0.0/8,192.0.2.7";
    reader.list("TRUSTED_PROXIES", expected, parse).unwrap_or_default()
}

fn rate_limit(reader: &mut Reader<'_>) -> Option<u32> {
    let parse = |text: &str| text.parse().ok();
    let limit = reader.parsed("RATE_LIMIT_PER_MINUTE", "a number of requests, or 0 for any number", parse);
    Some(limit.unwrap_or(100)).filter(|limit| *limit > 0)
}
