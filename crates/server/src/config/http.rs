use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::thread;

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
        Self {
            address,
            workers: reader.number("WORKERS", 1024, thread::available_parallelism().map_or(1, usize::from)),
            public_origin: public_origin(reader, environment, address),
            cors_origins: cors_origins(reader, environment),
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
    reader.list("CORS_ORIGINS", expected, origin::parse).unwrap_or_else(|| match environment {
        Environment::Development => vec!["http://localhost:3000".to_owned()],
        Environment::Staging | Environment::Production => Vec::new(),
    })
}
