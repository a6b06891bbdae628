use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::thread;

use ipnet::IpNet;

use super::environment::Environment;
use super::origin;
use super::reader::Reader;

/// How the server is reached and what it offers there.
#[derive(Debug)]
pub(crate) struct Http {
    pub(crate) address: Address,
    pub(crate) workers: usize,
    /// The server's own origin, as clients know it.
    pub(crate) public_origin: String,
    pub(crate) cors_origins: Vec<String>,
    /// Origins whose pages may change something with a cookie.
    pub(crate) trusted_origins: Vec<String>,
    /// Proxies whose `X-Forwarded-For` counts.
    pub(crate) trusted_proxies: Vec<IpNet>,
    /// `None` for any number.
    pub(crate) rate_limit_per_minute: Option<u32>,
    pub(crate) api_docs: bool,
}

/// Where the server listens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Address {
    /// `None` for both loopbacks.
    pub(crate) host: Option<IpAddr>,
    pub(crate) port: u16,
}

impl Http {
    pub(super) fn read(reader: &mut Reader<'_>, environment: Environment) -> Self {
        let address = Address::read(reader);
        let public_origin = public_origin(reader, environment, address);
        let cors_origins = cors_origins(reader, environment);
        Self {
            address,
            workers: reader.number("WORKERS", 1024, thread::available_parallelism().map_or(1, usize::from)),
            trusted_origins: trusted_origins(reader, environment, address, &public_origin, &cors_origins),
            public_origin,
            cors_origins,
            trusted_proxies: trusted_proxies(reader),
            rate_limit_per_minute: rate_limit(reader),
            api_docs: reader.switch("API_DOCS", environment != Environment::Production),
        }
    }
}

impl Address {
    pub(crate) fn read(reader: &mut Reader<'_>) -> Self {
        let parse_host = |text: &str| match text {
            "localhost" => Some(None),
            text => text.trim_matches(['[', ']']).parse().ok().map(Some),
        };
        let parse_port = |text: &str| text.parse().ok().filter(|port| *port != 0);
        let host = reader.parsed("HOST", "an IP address such as 0.0.0.0, or localhost", parse_host);
        let port = reader.parsed("PORT", "a number from 1 to 65535", parse_port);
        Self { host: host.flatten(), port: port.unwrap_or(8000) }
    }

    /// Every address to listen on, the one that must be there first.
    pub(crate) fn to_listen_on(self) -> Vec<SocketAddr> {
        let hosts = match self.host {
            Some(host) => vec![host],
            None => vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()],
        };
        hosts.into_iter().map(|host| SocketAddr::new(host, self.port)).collect()
    }

    /// Where the server can be reached from this machine.
    pub(crate) fn local(self) -> SocketAddr {
        let host = match self.host {
            Some(IpAddr::V6(host)) if host.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
            Some(host) if !host.is_unspecified() => host,
            _ => Ipv4Addr::LOCALHOST.into(),
        };
        SocketAddr::new(host, self.port)
    }
}

fn public_origin(reader: &mut Reader<'_>, environment: Environment, address: Address) -> String {
    let expected = "an http or https URL without a path, such as https://api.example.com";
    if let Some(origin) = reader.parsed("PUBLIC_URL", expected, origin::parse) {
        return origin;
    }
    let local = format!("http://localhost:{}", address.port);
    if !environment.is_development() {
        reader.warn(format!("PUBLIC_URL is not set: {local} is taken for the server's address"));
    }
    local
}

fn cors_origins(reader: &mut Reader<'_>, environment: Environment) -> Vec<String> {
    let expected = "origins separated by commas, such as https://app.example.com,http://localhost:3000 (`*` would let any site \
                    act for its visitors)";
    reader.parsed("CORS_ORIGINS", expected, origins).unwrap_or_else(|| match environment {
        Environment::Development => vec!["http://localhost:3000".to_owned()],
        Environment::Staging | Environment::Production => Vec::new(),
    })
}

/// Our own, those that may call us, those named for this, and in development any loopback name on our port.
fn trusted_origins(
    reader: &mut Reader<'_>,
    environment: Environment,
    address: Address,
    public_origin: &str,
    cors_origins: &[String],
) -> Vec<String> {
    let expected = "origins separated by commas, such as https://app.example.com";
    let named = reader.parsed("TRUSTED_ORIGINS", expected, origins).unwrap_or_default();
    let loopback = if environment.is_development() { ["localhost", "127.0.0.1", "[::1]"].as_slice() } else { &[] };
    let loopback = loopback.iter().map(|host| format!("http://{host}:{}", address.port));
    [public_origin.to_owned()].into_iter().chain(cors_origins.iter().cloned()).chain(named).chain(loopback).collect()
}

fn origins(text: &str) -> Option<Vec<String>> {
    text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(origin::parse).collect()
}

fn trusted_proxies(reader: &mut Reader<'_>) -> Vec<IpNet> {
    let parse_one = |text: &str| text.parse().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from));
    let parse = |text: &str| text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(parse_one).collect();
    let expected = "addresses or networks separated by commas, such as 10.0.0.0/8,192.0.2.7";
    reader.parsed("TRUSTED_PROXIES", expected, parse).unwrap_or_default()
}

fn rate_limit(reader: &mut Reader<'_>) -> Option<u32> {
    let parse = |text: &str| text.parse().ok();
    let limit = reader.parsed("RATE_LIMIT_PER_MINUTE", "a number of requests, or 0 for any number", parse);
    Some(limit.unwrap_or(100)).filter(|limit| *limit > 0)
}
