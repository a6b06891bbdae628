use std::net::{Ipv4Addr, SocketAddr};

use super::reader::Reader;

/// Where metrics are shown, if anywhere.
#[derive(Debug)]
pub(crate) struct Metrics {
    pub(crate) address: Option<SocketAddr>,
}

impl Metrics {
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        let parse = |text: &str| match text.strip_prefix("localhost:") {
            Some(port) => Some(SocketAddr::new(Ipv4Addr::LOCALHOST.into(), port.parse().ok()?)),
            None => text.parse().ok(),
        };
        let expected = "an IP address and a port, such as 127.0.0.1:9100 or 0.0.0.0:9100";
        let address: Option<SocketAddr> = reader.parsed("METRICS_ADDR", expected, parse);
        if address.is_some_and(|address| !address.ip().is_loopback()) {
            reader.warn("METRICS_ADDR can be reached from outside, and metrics are shown to everybody who asks");
        }
        Self { address }
    }
}
