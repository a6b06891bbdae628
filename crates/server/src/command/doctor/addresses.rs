use std::net::{Ipv4Addr, Ipv6Addr};

use super::check::Check;
use crate::config::Config;

/// Addresses of others, as they are configured: whether they can be meant.
pub(super) fn check(config: &Config) -> Vec<Check> {
    [proxies(config), encryption(config)].into_iter().flatten().chain(cors(config)).collect()
}

fn proxies(config: &Config) -> Option<Check> {
    const NAME: &str = "TRUSTED_PROXIES";
    let proxies = &config.guards.trusted_proxies;
    if proxies.iter().any(|network| network.prefix_len() == 0) {
        let finding = "trusts everybody, so that every client can choose the address that it is limited by";
        return Some(Check::fail(NAME, finding).remedy("name the addresses of your proxies alone"));
    }
    let behind_a_proxy = config.http.public_origin.starts_with("https://");
    if behind_a_proxy && proxies.is_empty() && config.guards.rate_limit_per_minute.is_some() {
        let finding = "is not set, but PUBLIC_URL is https, for which a proxy must stand before the server: all clients \
                       would share the rate limit of its address";
        return Some(Check::warn(NAME, finding).remedy("name the proxy's address or network"));
    }
    let named: Vec<_> = proxies.iter().map(ToString::to_string).collect();
    (!named.is_empty()).then(|| Check::ok(NAME, format!("believes {} about clients' addresses", named.join(", "))))
}

fn encryption(config: &Config) -> Option<Check> {
    let origin = &config.http.public_origin;
    let open = !config.environment.is_development() && is_open_to_listeners(origin);
    open.then(|| {
        let finding = format!("is {origin}: tokens travel in plain text");
        Check::warn("PUBLIC_URL", finding).remedy("put a proxy with TLS before the server, and say https")
    })
}

fn cors(config: &Config) -> Option<Check> {
    const NAME: &str = "CORS_ORIGINS";
    let origins = &config.http.cors_origins;
    let open: Vec<_> = origins.iter().filter(|origin| is_open_to_listeners(origin)).cloned().collect();
    if !config.environment.is_development() && !open.is_empty() {
        let finding = format!("allows {}, which anyone on the way can change", open.join(", "));
        return Some(Check::warn(NAME, finding).remedy("serve front ends by https"));
    }
    (!origins.is_empty()).then(|| Check::ok(NAME, format!("lets pages of {} call", origins.join(", "))))
}

/// Whether it is http, and not on this machine.
fn is_open_to_listeners(origin: &str) -> bool {
    let Some(host) = origin.strip_prefix("http://") else { return false };
    let loopbacks = ["localhost".to_owned(), Ipv4Addr::LOCALHOST.to_string(), format!("[{}]", Ipv6Addr::LOCALHOST)];
    !loopbacks.iter().any(|name| host == name || host.starts_with(&format!("{name}:")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_http_to_other_machines_is_open_to_listeners() {
        for origin in ["http://app.example.com", "http://10.0.0.7:3000", "http://localhost.example"] {
            assert!(is_open_to_listeners(origin), "{origin}");
        }
        for origin in ["https://app.example.com", "http://localhost:3000", "http://127.0.0.1", "http://[::1]:8000"] {
            assert!(!is_open_to_listeners(origin), "{origin}");
        }
    }
}
