use super::*;

fn guards(variables: &[(&str, &str)]) -> Guards {
    config(variables).guards
}

#[test]
fn our_own_pages_and_those_that_may_call_us_are_trusted() {
    let variables =
        production(&[("CORS_ORIGINS", "https://app.example.com"), ("TRUSTED_ORIGINS", "https://admin.example.com")]);
    let trusted = ["https://api.example.com", "https://app.example.com", "https://admin.example.com"];
    assert_eq!(guards(&variables).trusted_origins, trusted);
}

#[test]
fn trusted_origins_go_by_two_names_and_both_count() {
    let trusted = |variables: &[_]| guards(&production(variables)).trusted_origins[1..].to_vec();
    let (one, other) = ("https://admin.example.com", "https://app.example.com");
    assert_eq!(trusted(&[("BETTER_AUTH_TRUSTED_ORIGINS", other)]), [other]);
    assert_eq!(trusted(&[("TRUSTED_ORIGINS", one), ("BETTER_AUTH_TRUSTED_ORIGINS", other)]), [one, other]);
    let fault = fault(&[("BETTER_AUTH_TRUSTED_ORIGINS", "example.com")]);
    assert!(fault.starts_with("BETTER_AUTH_TRUSTED_ORIGINS is `example.com`; it must be origins"), "{fault}");
}

#[test]
fn in_development_loopback_names_on_our_port_are_trusted() {
    let trusted = guards(&[("PORT", "9000"), ("PUBLIC_URL", "https://dev.example.com")]).trusted_origins;
    let loopback = ["http://localhost:9000", "http://127.0.0.1:9000", "http://[::1]:9000"];
    assert_eq!(trusted[..2], ["https://dev.example.com", "http://localhost:3000"]);
    assert_eq!(trusted[2..], loopback);
}

#[test]
fn a_trusted_origin_that_is_none_is_a_fault() {
    let expected =
        "TRUSTED_ORIGINS is `example.com`; it must be origins separated by commas, such as https://app.example.com";
    assert_eq!(fault(&[("TRUSTED_ORIGINS", "example.com")]), expected);
}

#[test]
fn proxies_are_addresses_or_networks_and_none_is_trusted_unless_named() {
    assert!(guards(&[]).trusted_proxies.is_empty());
    let proxies = guards(&[("TRUSTED_PROXIES", "10.0.0.0/8, 192.0.2.7,fd00::/8")]).trusted_proxies;
    assert_eq!(proxies.iter().map(ToString::to_string).collect::<Vec<_>>(), ["10.0.0.0/8", "192.0.2.7/32", "fd00::/8"]);
    assert!(fault(&[("TRUSTED_PROXIES", "proxy.local")]).starts_with("TRUSTED_PROXIES is `proxy.local`; it must be"));
}

#[test]
fn requests_are_limited_unless_the_limit_is_0() {
    let limit = |text| guards(&[("RATE_LIMIT_PER_MINUTE", text)]).rate_limit_per_minute;
    assert_eq!((guards(&[]).rate_limit_per_minute, limit("7"), limit("0")), (Some(100), Some(7), None));
    let expected = "RATE_LIMIT_PER_MINUTE is `-1`; it must be a number of requests, or 0 for any number";
    assert_eq!(fault(&[("RATE_LIMIT_PER_MINUTE", "-1")]), expected);
}
