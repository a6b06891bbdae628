use super::*;

#[test]
fn hosts_are_addresses_or_localhost() {
    let host = |text| config(&[("HOST", text)]).http.address.host;
    assert_eq!(host("0.0.0.0"), Some(IpAddr::V4(Ipv4Addr::UNSPECIFIED)));
    assert_eq!(host("[::]"), Some(IpAddr::V6(Ipv6Addr::UNSPECIFIED)));
    assert_eq!(host("localhost"), None);
    let expected = "HOST is `example.com`; it must be an IP address such as 0.0.0.0, or localhost";
    assert_eq!(fault(&[("HOST", "example.com")]), expected);
}

#[test]
fn localhost_is_both_loopbacks() {
    let address = |host, port| Address { host, port };
    let listened: Vec<_> = address(None, 80).to_listen_on().iter().map(ToString::to_string).collect();
    assert_eq!(listened, ["127.0.0.1:80", "[::1]:80"]);
    assert_eq!(address(None, 80).local().to_string(), "127.0.0.1:80");
    assert_eq!(address(Some("::".parse().unwrap()), 80).local().to_string(), "[::1]:80");
    assert_eq!(address(Some("10.0.0.7".parse().unwrap()), 80).local().to_string(), "10.0.0.7:80");
}

#[test]
fn ports_go_from_1_to_65535() {
    assert_eq!(config(&[("PORT", "65535")]).http.address.port, 65535);
    for port in ["0", "65536", "-1", "80a"] {
        assert_eq!(fault(&[("PORT", port)]), format!("PORT is `{port}`; it must be a number from 1 to 65535"));
    }
}

#[test]
fn workers_are_at_least_one() {
    assert_eq!(config(&[("WORKERS", "3")]).http.workers, 3);
    assert_eq!(fault(&[("WORKERS", "0")]), "WORKERS is `0`; it must be a number from 1 to 1024");
}

#[test]
fn the_public_url_follows_the_port_unless_it_is_set() {
    assert_eq!(config(&[("PORT", "9000")]).http.public_origin, "http://localhost:9000");
    assert_eq!(config(&[("PUBLIC_URL", "https://Api.example.com/")]).http.public_origin, "https://api.example.com");
}

#[test]
fn a_public_url_with_a_path_is_a_fault() {
    assert!(
        fault(&[("PUBLIC_URL", "https://example.com/api")]).starts_with("PUBLIC_URL is `https://example.com/api`; ")
    );
}

#[test]
fn production_without_a_public_url_is_warned() {
    let warnings = warnings(&without(production(&[]), "PUBLIC_URL"));
    assert_eq!(warnings, ["PUBLIC_URL is not set: http://localhost:8000 is taken for the server's address"]);
}

#[test]
fn cors_origins_are_a_list() {
    let origins = config(&[("CORS_ORIGINS", "https://app.example.com, http://localhost:5173,")]).http.cors_origins;
    assert_eq!(origins, ["https://app.example.com", "http://localhost:5173"]);
}

#[test]
fn any_origin_is_no_origin() {
    assert!(fault(&[("CORS_ORIGINS", "*")]).starts_with("CORS_ORIGINS is `*`; it must be origins"));
}

#[test]
fn docs_can_be_switched() {
    assert!(!config(&[("API_DOCS", "off")]).http.api_docs);
    assert!(config(&production(&[("API_DOCS", "TRUE")])).http.api_docs);
    assert_eq!(fault(&[("API_DOCS", "maybe")]), "API_DOCS is `maybe`; it must be on or off");
}

#[test]
fn causes_are_shown_by_debug_in_development_only() {
    assert!(config(&[("DEBUG", "on")]).reveal_causes);
    assert!(!config(&production(&[("DEBUG", "on")])).reveal_causes);
    assert_eq!(fault(&[("DEBUG", "*")]), "DEBUG is `*`; it must be on or off");
}
