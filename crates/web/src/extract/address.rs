use std::net::{IpAddr, Ipv4Addr};

use actix_web::HttpRequest;
use actix_web::http::header;
use ipnet::IpNet;

/// The address that a request comes from. `X-Forwarded-For` counts only as far as trusted proxies wrote it: from its end,
/// the first address that is not one of them.
pub(crate) fn client_address(request: &HttpRequest, trusted: &[IpNet]) -> IpAddr {
    let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.contains(&address));
    let peer = request.peer_addr().map_or(IpAddr::from(Ipv4Addr::UNSPECIFIED), |peer| peer.ip().to_canonical());
    if !is_trusted(peer) {
        return peer;
    }
    let mut address = peer;
    for hop in forwarded_for(request).into_iter().rev() {
        let Some(hop) = parse(&hop) else { return address };
        address = hop;
        if !is_trusted(hop) {
            return address;
        }
    }
    address
}

fn forwarded_for(request: &HttpRequest) -> Vec<String> {
    let lines = request.headers().get_all(header::X_FORWARDED_FOR).filter_map(|value| value.to_str().ok());
    lines.flat_map(|line| line.split(',')).map(|hop| hop.trim().to_owned()).collect()
}

/// Proxies write addresses, some with a port.
fn parse(hop: &str) -> Option<IpAddr> {
    let bare = hop.parse().ok();
    let with_port = || hop.parse::<std::net::SocketAddr>().ok().map(|address| address.ip());
    bare.or_else(with_port).map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn address(peer: &str, forwarded: &[&str], trusted: &[&str]) -> String {
        let mut request = TestRequest::default().peer_addr(format!("{peer}:1234").parse().unwrap());
        for line in forwarded {
            request = request.append_header((header::X_FORWARDED_FOR, *line));
        }
        let trusted: Vec<IpNet> = trusted.iter().map(|network| network.parse().unwrap()).collect();
        client_address(&request.to_http_request(), &trusted).to_string()
    }

    #[test]
    fn a_forwarded_address_counts_only_from_a_trusted_proxy() {
        assert_eq!(address("192.0.2.1", &["198.51.100.7"], &[]), "192.0.2.1");
        assert_eq!(address("10.0.0.1", &["198.51.100.7"], &["10.0.0.0/8"]), "198.51.100.7");
        assert_eq!(address("10.0.0.1", &[], &["10.0.0.0/8"]), "10.0.0.1");
    }

    #[test]
    fn what_a_client_wrote_itself_does_not_count() {
        let trusted = ["10.0.0.0/8"];
        assert_eq!(address("10.0.0.1", &["203.0.113.9, 198.51.100.7, 10.0.0.2"], &trusted), "198.51.100.7");
        assert_eq!(address("10.0.0.1", &["203.0.113.9", "198.51.100.7:80"], &trusted), "198.51.100.7");
        assert_eq!(address("10.0.0.1", &["203.0.113.9, nonsense"], &trusted), "10.0.0.1");
    }

    #[test]
    fn mapped_addresses_are_what_they_map() {
        assert_eq!(address("[::ffff:192.0.2.1]", &[], &[]), "192.0.2.1");
        assert_eq!(address("10.0.0.1", &["::ffff:198.51.100.7"], &["10.0.0.0/8"]), "198.51.100.7");
    }
}
