//! Key sets that are fetched, from servers that behave and servers that do not.

use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use chrono::TimeDelta;
use hexado_domain::identity::{TokenError, TokenVerifier, VerifiedToken};
use hexado_domain::testing::FixedClock;
use hexado_domain::testing::fixtures::noon;
use hexado_jwks::{Expected, HttpOptions, IssuerOptions, JwtVerifier, KeySource, Options};
use serde_json::json;
use tokio::task::JoinSet;
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::support::{Signer, accepted, anything, claims, claims_with, expected, key_set, refused, verifier_at};

/// An issuer that serves a key set, and a verifier that fetches it.
struct Fixture {
    server: MockServer,
    clock: Arc<FixedClock>,
    verifier: Arc<JwtVerifier>,
}

impl Fixture {
    async fn new(answer: ResponseTemplate) -> Self {
        // So long that no load on this machine makes an answer late.
        Self::with_timeout(answer, Duration::from_secs(30)).await
    }

    async fn with_timeout(answer: ResponseTemplate, timeout: Duration) -> Self {
        let server = MockServer::start().await;
        let clock = Arc::new(FixedClock::at(noon()));
        let issuer = issuer(&server, expected());
        let http = HttpOptions { timeout, ..HttpOptions::default() };
        let options = Options { issuers: vec![issuer], http, ..Options::default() };
        let verifier = Arc::new(verifier_at(options, clock.clone()));
        let fixture = Self { server, clock, verifier };
        fixture.answer(answer).await;
        fixture
    }

    /// What the server answers from now on.
    async fn answer(&self, answer: ResponseTemplate) {
        self.server.reset().await;
        Mock::given(method("GET")).and(path("/jwks")).respond_with(answer).mount(&self.server).await;
    }

    /// How often the key set was asked for since the answer was set.
    async fn fetches(&self) -> usize {
        self.server.received_requests().await.unwrap().len()
    }

    fn advance(&self, by: TimeDelta) {
        self.clock.advance(by);
    }

    async fn verify(&self, token: &str) -> Result<VerifiedToken, TokenError> {
        self.verifier.verify(token).await
    }
}

fn issuer(server: &MockServer, expected: Expected) -> IssuerOptions {
    let url = format!("{}/jwks?secret=hush", server.uri()).parse().unwrap();
    IssuerOptions { keys: KeySource::Url(url), expected }
}

fn serving(signers: &[&Signer]) -> ResponseTemplate {
    let keys: Vec<_> = signers.iter().map(|signer| &signer.jwk).collect();
    ResponseTemplate::new(200).set_body_string(key_set(&keys))
}

/// A token by `signer` that outlives every advance of the clock here.
fn lasting(signer: &Signer) -> String {
    signer.token(&claims_with("exp", json!(noon().timestamp() + 86_400)))
}

fn is_unavailable(outcome: &Result<VerifiedToken, TokenError>) -> bool {
    matches!(outcome, Err(TokenError::Unavailable(_)))
}

/// Everything that can be wrong with an answer of which the body would be right.
fn failures(signer: &Signer) -> Vec<(&'static str, ResponseTemplate)> {
    let text = signer.key_set();
    let moved = |status| ResponseTemplate::new(status).insert_header("location", "/moved").set_body_string(&text);
    vec![
        ("moved", moved(302)),
        ("moved for ever", moved(308)),
        ("broken", ResponseTemplate::new(500).set_body_string(&text)),
        ("missing", ResponseTemplate::new(404).set_body_string(&text)),
        ("accepted, but for later", ResponseTemplate::new(202).set_body_string(&text)),
        ("too large", ResponseTemplate::new(200).set_body_string(padded(text.clone(), 256 * 1024 + 1))),
        ("garbage", ResponseTemplate::new(200).set_body_string("<html>")),
        ("cut off", ResponseTemplate::new(200).set_body_string(&text[..text.len() - 1])),
        ("not UTF-8", ResponseTemplate::new(200).set_body_bytes([text.as_bytes(), &[0xff]].concat())),
        ("without a usable key", ResponseTemplate::new(200).set_body_string(key_set(&[]))),
    ]
}

fn padded(text: String, length: usize) -> String {
    let padding = " ".repeat(length - text.len());
    text + &padding
}

#[tokio::test]
async fn a_key_set_is_fetched_with_the_first_token_that_needs_it_and_then_kept() {
    let signer = Signer::ed25519("key");
    let fixture = Fixture::new(serving(&[&signer])).await;
    assert_eq!(fixture.fetches().await, 0);
    for _ in 0..10 {
        accepted(&fixture.verifier, &signer.token(&claims())).await;
        fixture.advance(TimeDelta::seconds(29));
    }
    // This waits for any fetch that was started above, and then starts one.
    refused(&fixture.verifier, &Signer::ed25519("other").token(&claims())).await;
    assert_eq!(fixture.fetches().await, 2);
}

#[tokio::test]
async fn a_key_set_may_have_256_kib() {
    let signer = Signer::ed25519("key");
    let text = padded(signer.key_set(), 256 * 1024);
    let fixture = Fixture::new(ResponseTemplate::new(200).set_body_string(text)).await;
    accepted(&fixture.verifier, &signer.token(&claims())).await;
}

#[tokio::test]
async fn tokens_that_are_refused_anyway_fetch_nothing() {
    let signer = Signer::ed25519("key");
    let fixture = Fixture::new(serving(&[&signer])).await;
    let mut header = signer.header();
    header["jku"] = json!(format!("{}/jwks", fixture.server.uri()));
    for token in [
        "no token".to_owned(),
        signer.token_with(&header),
        signer.token(&claims_with("iss", json!("https://other.example"))),
        signer.token(&claims_with("aud", json!("https://other.example"))),
        signer.token(&claims_with("sub", json!(1))),
        Signer::hs256("secret").token(&claims()),
    ] {
        refused(&fixture.verifier, &token).await;
    }
    assert_eq!(fixture.fetches().await, 0);
}

#[tokio::test]
async fn a_key_that_is_not_known_yet_is_fetched_and_one_that_was_taken_back_is_forgotten() {
    let (old, new) = (Signer::ed25519("old"), Signer::es256("new"));
    let fixture = Fixture::new(serving(&[&old])).await;
    accepted(&fixture.verifier, &old.token(&claims())).await;
    fixture.answer(serving(&[&new])).await;
    fixture.advance(TimeDelta::seconds(10));
    accepted(&fixture.verifier, &new.token(&claims())).await;
    refused(&fixture.verifier, &old.token(&claims())).await;
    assert_eq!(fixture.fetches().await, 1);
}

#[tokio::test]
async fn fifty_unknown_keys_at_once_are_one_fetch_and_the_next_is_ten_seconds_later() {
    let signer = Signer::ed25519("key");
    let fixture = Fixture::new(serving(&[&signer])).await;
    accepted(&fixture.verifier, &signer.token(&claims())).await;
    fixture.answer(serving(&[&signer]).set_delay(Duration::from_millis(50))).await;

    let ask_for_unknown_keys = || async {
        let mut asking = JoinSet::new();
        for number in 0..50 {
            let token = signer.token_with(&json!({ "alg": "EdDSA", "kid": format!("unknown {number}") }));
            let verifier = Arc::clone(&fixture.verifier);
            asking.spawn(async move { refused(&verifier, &token).await });
        }
        asking.join_all().await;
        fixture.fetches().await
    };
    fixture.advance(TimeDelta::milliseconds(9_999));
    assert_eq!(ask_for_unknown_keys().await, 0);
    fixture.advance(TimeDelta::milliseconds(1));
    assert_eq!(ask_for_unknown_keys().await, 1);
    fixture.advance(TimeDelta::milliseconds(9_999));
    assert_eq!(ask_for_unknown_keys().await, 1);
    fixture.advance(TimeDelta::milliseconds(1));
    assert_eq!(ask_for_unknown_keys().await, 2);
}

#[tokio::test]
async fn fifty_tokens_at_once_wait_for_the_first_fetch_and_are_all_accepted() {
    let signer = Signer::ed25519("key");
    let fixture = Fixture::new(serving(&[&signer]).set_delay(Duration::from_millis(50))).await;
    let mut asking = JoinSet::new();
    for _ in 0..50 {
        let (verifier, token) = (Arc::clone(&fixture.verifier), signer.token(&claims()));
        asking.spawn(async move { accepted(&verifier, &token).await });
    }
    asking.join_all().await;
    assert_eq!(fixture.fetches().await, 1);
}

#[tokio::test]
async fn without_any_key_set_so_far_nothing_can_be_said_about_a_token() {
    let signer = Signer::ed25519("key");
    for (name, failure) in failures(&signer) {
        let fixture = Fixture::new(failure).await;
        let outcome = fixture.verify(&signer.token(&claims())).await;
        assert!(is_unavailable(&outcome), "{name}: {outcome:?}");
        assert_eq!(fixture.fetches().await, 1, "{name}");
    }
}

#[tokio::test]
async fn known_keys_outlive_every_failure_and_unknown_ones_are_refused() {
    let (signer, other) = (Signer::ed25519("key"), Signer::ed25519("other"));
    for (name, failure) in failures(&other) {
        let fixture = Fixture::new(serving(&[&signer])).await;
        accepted(&fixture.verifier, &lasting(&signer)).await;
        fixture.answer(failure).await;
        for _ in 0..3 {
            fixture.advance(TimeDelta::hours(1));
            refused(&fixture.verifier, &lasting(&other)).await;
            accepted(&fixture.verifier, &lasting(&signer)).await;
        }
        assert_eq!(fixture.fetches().await, 3, "{name}");
    }
}

#[tokio::test]
async fn an_answer_that_does_not_come_in_time_is_none() {
    let signer = Signer::ed25519("key");
    let late = serving(&[&signer]).set_delay(Duration::from_secs(60));
    let fixture = Fixture::with_timeout(late, Duration::from_millis(50)).await;
    let outcome = fixture.verify(&signer.token(&claims())).await;
    assert!(is_unavailable(&outcome), "{outcome:?}");
}

#[tokio::test]
async fn known_keys_outlive_a_server_that_became_slow() {
    let (signer, other) = (Signer::ed25519("key"), Signer::ed25519("other"));
    let fixture = Fixture::with_timeout(serving(&[&signer]), Duration::from_secs(2)).await;
    accepted(&fixture.verifier, &lasting(&signer)).await;
    fixture.answer(serving(&[&other]).set_delay(Duration::from_secs(60))).await;
    fixture.advance(TimeDelta::hours(1));
    refused(&fixture.verifier, &lasting(&other)).await;
    accepted(&fixture.verifier, &lasting(&signer)).await;
}

#[tokio::test]
async fn a_failure_is_followed_by_no_fetch_for_ten_seconds_and_then_by_one_that_may_heal_it() {
    let signer = Signer::ed25519("key");
    let fixture = Fixture::new(ResponseTemplate::new(503)).await;
    assert!(is_unavailable(&fixture.verify(&signer.token(&claims())).await));
    fixture.answer(serving(&[&signer])).await;
    fixture.advance(TimeDelta::milliseconds(9_999));
    assert!(is_unavailable(&fixture.verify(&signer.token(&claims())).await));
    assert_eq!(fixture.fetches().await, 0);
    fixture.advance(TimeDelta::milliseconds(1));
    accepted(&fixture.verifier, &signer.token(&claims())).await;
}

#[tokio::test]
async fn a_clock_that_is_set_back_does_not_put_the_next_fetch_off() {
    let signer = Signer::ed25519("key");
    let fixture = Fixture::new(ResponseTemplate::new(503)).await;
    assert!(is_unavailable(&fixture.verify(&signer.token(&claims())).await));
    fixture.answer(serving(&[&signer])).await;
    fixture.advance(TimeDelta::hours(-1));
    accepted(&fixture.verifier, &signer.token(&claims())).await;
}

#[tokio::test]
async fn a_server_that_is_gone_takes_no_known_key_with_it() {
    let (signer, other) = (Signer::ed25519("key"), Signer::ed25519("other"));
    let Fixture { server, clock, verifier } = Fixture::new(serving(&[&signer])).await;
    accepted(&verifier, &signer.token(&claims())).await;
    drop(server);
    clock.advance(TimeDelta::seconds(10));
    refused(&verifier, &other.token(&claims())).await;
    accepted(&verifier, &signer.token(&claims())).await;
}

#[tokio::test]
async fn a_key_set_that_is_five_minutes_old_is_renewed_without_anyone_waiting() {
    let (old, new) = (Signer::ed25519("old"), Signer::ed25519("new"));
    let fixture = Fixture::new(serving(&[&old])).await;
    accepted(&fixture.verifier, &lasting(&old)).await;
    fixture.answer(serving(&[&new])).await;

    fixture.advance(TimeDelta::minutes(5));
    let token = lasting(&old);
    let mut verification = pin!(fixture.verifier.verify(&token));
    let first_poll = verification.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    assert!(matches!(first_poll, Poll::Ready(Ok(_))), "{first_poll:?}");

    // Nothing that is asked here waits for a fetch, or starts one.
    let forgotten = async {
        while fixture.verify(&token).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), forgotten).await.unwrap();
    accepted(&fixture.verifier, &lasting(&new)).await;
    assert_eq!(fixture.fetches().await, 1);
}

#[tokio::test]
async fn a_caller_that_goes_away_does_not_end_the_fetch_for_the_others() {
    let signer = Signer::ed25519("key");
    let fixture = Fixture::new(serving(&[&signer])).await;
    let token = signer.token(&claims());
    let mut verification = Box::pin(fixture.verifier.verify(&token));
    let first_poll = verification.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    assert!(first_poll.is_pending());
    drop(verification);
    accepted(&fixture.verifier, &token).await;
    assert_eq!(fixture.fetches().await, 1);
}

#[tokio::test]
async fn an_issuer_that_is_down_does_not_concern_the_tokens_of_another() {
    let (up, down) = (Signer::ed25519("up"), Signer::ed25519("down"));
    let server = MockServer::start().await;
    let clock = Arc::new(FixedClock::at(noon()));
    // In either order: whoever may have signed a token is asked before it is refused.
    for issuers in
        [[issuer(&server, anything()), static_issuer(&up)], [static_issuer(&up), issuer(&server, anything())]]
    {
        let verifier = verifier_at(Options { issuers: issuers.into(), ..Options::default() }, clock.clone());
        accepted(&verifier, &up.token(&claims())).await;
        let outcome = verifier.verify(&down.token(&claims())).await;
        assert!(is_unavailable(&outcome), "{outcome:?}");
    }
}

fn static_issuer(signer: &Signer) -> IssuerOptions {
    IssuerOptions { keys: KeySource::Static(signer.key_set()), expected: anything() }
}

#[tokio::test]
async fn an_error_tells_the_address_but_not_what_may_be_secret_in_it() {
    let fixture = Fixture::new(ResponseTemplate::new(500)).await;
    match fixture.verify(&Signer::ed25519("key").token(&claims())).await {
        Err(TokenError::Unavailable(cause)) => {
            assert_eq!(cause.to_string(), format!("the key set at {}/jwks cannot be fetched", fixture.server.uri()));
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn https_needs_no_provider_installed_in_the_process() {
    let server = MockServer::start().await;
    let url = server.uri().replace("http://", "https://").parse().unwrap();
    let issuers = vec![IssuerOptions { keys: KeySource::Url(url), expected: expected() }];
    let verifier = verifier_at(Options { issuers, ..Options::default() }, Arc::new(FixedClock::at(noon())));
    // The server does not speak TLS.
    assert!(is_unavailable(&verifier.verify(&Signer::ed25519("key").token(&claims())).await));
}
