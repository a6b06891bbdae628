use actix_web::test::TestRequest;

use crate::support::{Answer, Api};

fn limited() -> Api {
    let mut api = Api::untouched();
    api.options.rate_limit_per_minute = Some(3);
    api
}

/// A request for a task that cannot exist, from one of many addresses.
async fn call(api: &Api, token: Option<&str>, address: &str) -> Answer {
    let mut request = TestRequest::with_uri("/api/v1/tasks/0").peer_addr(format!("{address}:99").parse().unwrap());
    if let Some(token) = token {
        request = request.insert_header(("authorization", format!("Bearer {token}")));
    }
    api.send(request).await
}

#[actix_web::test]
async fn a_user_has_so_many_requests_a_minute_wherever_they_come_from() {
    let api = limited();
    for remaining in [2, 1, 0] {
        let answer = call(&api, Some("ann"), "192.0.2.1").await;
        assert_eq!(answer.status.as_u16(), 404);
        assert_eq!(answer.header("ratelimit-policy"), Some("\"minute\";q=3;w=60"));
        assert!(answer.header("ratelimit").unwrap().starts_with(&format!("\"minute\";r={remaining};t=")));
    }
    let refused = call(&api, Some("ann"), "192.0.2.2").await;
    assert_eq!(refused.refusal(), (429, "rate_limited".into()));
    assert_eq!(refused.header("retry-after"), Some("20"));
    assert_eq!(call(&api, Some("bob"), "192.0.2.1").await.status.as_u16(), 404);
}

#[actix_web::test]
async fn an_address_is_charged_only_for_missing_and_bad_credentials() {
    let api = limited();
    for user in ["ann", "bob"] {
        assert_eq!(call(&api, Some(user), "192.0.2.1").await.status.as_u16(), 404);
    }
    for token in [None, Some("forged"), Some("expired")] {
        assert_eq!(call(&api, token, "192.0.2.1").await.status.as_u16(), 401);
    }
    // Now not even a good credential is looked at from there, but elsewhere it is.
    assert_eq!(call(&api, Some("root"), "192.0.2.1").await.refusal(), (429, "rate_limited".into()));
    assert_eq!(call(&api, Some("root"), "192.0.2.2").await.status.as_u16(), 404);
}

#[actix_web::test]
async fn a_key_source_that_is_down_charges_nobody() {
    let api = limited();
    for _ in 0..5 {
        assert_eq!(call(&api, Some("unavailable"), "192.0.2.1").await.status.as_u16(), 503);
    }
}

#[actix_web::test]
async fn the_64_bit_network_of_an_ipv6_address_is_one_address() {
    let api = limited();
    for host in 1..=3 {
        assert_eq!(call(&api, None, &format!("[2001:db8::{host}]")).await.status.as_u16(), 401);
    }
    assert_eq!(call(&api, None, "[2001:db8::4]").await.status.as_u16(), 429);
    assert_eq!(call(&api, None, "[2001:db8:0:1::4]").await.status.as_u16(), 401);
}

#[actix_web::test]
async fn a_forwarded_address_counts_from_a_trusted_proxy_only() {
    let mut api = limited();
    let forwarded = async |api: &Api, client: &str| {
        let request = TestRequest::with_uri("/api/v1/tasks")
            .peer_addr("10.0.0.1:99".parse().unwrap())
            .insert_header(("x-forwarded-for", client));
        api.send(request).await.status.as_u16()
    };
    for client in ["198.51.100.1", "198.51.100.2", "198.51.100.3"] {
        assert_eq!(forwarded(&api, client).await, 401);
    }
    assert_eq!(forwarded(&api, "198.51.100.4").await, 429);
    api.options.trusted_proxies = vec!["10.0.0.0/8".parse().unwrap()];
    assert_eq!(forwarded(&api, "198.51.100.4").await, 401);
}

#[actix_web::test]
async fn health_and_documents_are_free() {
    let api = limited();
    for _ in 0..5 {
        for path in ["/health/live", "/health/ready", "/openapi.json", "/docs/", "/api/auth/jwks"] {
            let request = TestRequest::with_uri(path).peer_addr("192.0.2.1:99".parse().unwrap());
            assert_ne!(api.send(request).await.status.as_u16(), 429, "{path}");
        }
    }
}
