//! What a token must say, and for whom.

use hexado_domain::identity::{TokenError, TokenVerifier};
use hexado_domain::testing::fixtures::noon;
use hexado_jwks::Hs256Mode;
use serde_json::{Value, json};

use crate::support::{
    AUDIENCE, ISSUER, SECRET, Signer, anything, claims, claims_with, hs256_options, key_set_options, refused, verifier,
    verifier_of,
};

#[tokio::test]
async fn a_token_without_a_subject_that_can_be_a_user_is_refused() {
    let signer = Signer::ed25519("key");
    for sub in [
        Value::Null,
        json!(7),
        json!(["ann"]),
        json!({}),
        json!(true),
        json!(""),
        json!("a\0b"),
        json!("x".repeat(256)),
    ] {
        let reason = refused(&verifier_of(&signer), &signer.token(&claims_with("sub", sub))).await;
        assert!(reason.contains("sub"), "{reason}");
    }
    let mut null = claims();
    null["sub"] = Value::Null;
    assert!(refused(&verifier_of(&signer), &signer.token(&null)).await.contains("sub"));
}

#[tokio::test]
async fn a_token_without_an_expiry_is_refused() {
    let signer = Signer::ed25519("key");
    for exp in [
        Value::Null,
        json!("1900000000"),
        json!([1_900_000_000]),
        json!(true),
        json!(1e300),
        json!(i64::MAX),
        json!(u64::MAX),
    ] {
        let reason = refused(&verifier_of(&signer), &signer.token(&claims_with("exp", exp))).await;
        assert!(reason.contains("exp"), "{reason}");
    }
}

#[tokio::test]
async fn claims_of_a_wrong_type_are_not_taken_for_absent() {
    let signer = Signer::ed25519("key");
    let verifier = verifier(key_set_options(signer.key_set(), anything()));
    let wrong = [
        ("iss", vec![json!(1), json!([ISSUER]), json!({})]),
        ("aud", vec![json!(1), json!({}), json!([AUDIENCE, 1]), json!([[AUDIENCE]])]),
        ("nbf", vec![json!("0"), json!([0]), json!(false)]),
        ("email", vec![json!(1), json!(["ann@example.com"])]),
        ("name", vec![json!(1), json!({ "first": "Ann" })]),
    ];
    for (name, values) in wrong {
        for value in values {
            let reason = refused(&verifier, &signer.token(&claims_with(name, value))).await;
            assert!(reason.contains(name), "{reason}");
        }
    }
    for name in ["iss", "aud", "nbf"] {
        let mut null = claims();
        null[name] = Value::Null;
        assert!(refused(&verifier, &signer.token(&null)).await.contains(name));
    }
}

#[tokio::test]
async fn another_issuer_is_refused() {
    let signer = Signer::ed25519("key");
    for iss in
        [Value::Null, json!(""), json!("https://issuer.example/"), json!("https://ISSUER.example"), json!(AUDIENCE)]
    {
        assert!(refused(&verifier_of(&signer), &signer.token(&claims_with("iss", iss))).await.contains("iss"));
    }
}

#[tokio::test]
async fn another_audience_is_refused() {
    let signer = Signer::ed25519("key");
    for aud in [Value::Null, json!(""), json!([]), json!(["https://other.example"]), json!(ISSUER)] {
        assert!(refused(&verifier_of(&signer), &signer.token(&claims_with("aud", aud))).await.contains("aud"));
    }
}

#[tokio::test]
async fn cookie_caches_are_refused_whatever_else_they_say() {
    let signer = Signer::ed25519("key");
    let by_key = verifier(key_set_options(signer.key_set(), anything()));
    let by_secret = verifier(hs256_options(Hs256Mode::SubOnly));
    for aud in [json!("better-auth:session-cache"), json!([AUDIENCE, "better-auth:session-cache"])] {
        let claims = claims_with("aud", aud);
        assert!(refused(&by_key, &signer.token(&claims)).await.contains("cookie"));
        assert!(refused(&by_secret, &Signer::hs256(SECRET).token(&claims)).await.contains("cookie"));
    }
}

#[tokio::test]
async fn a_token_that_is_not_valid_yet_is_refused() {
    let signer = Signer::ed25519("key");
    let token = signer.token(&claims_with("nbf", json!(noon().timestamp() + 61)));
    assert!(refused(&verifier_of(&signer), &token).await.contains("yet"));
}

#[tokio::test]
async fn a_token_that_is_right_but_too_old_is_expired() {
    let signer = Signer::ed25519("key");
    let now = noon().timestamp();
    for exp in [json!(now - 60), json!(now - 86_400), json!(0), json!(-1), json!(-1e9)] {
        let outcome = verifier_of(&signer).verify(&signer.token(&claims_with("exp", exp))).await;
        assert!(matches!(outcome, Err(TokenError::Expired)), "{outcome:?}");
    }
}

#[tokio::test]
async fn an_old_token_that_is_wrong_otherwise_is_not_called_expired() {
    let (signer, other) = (Signer::ed25519("key"), Signer::ed25519("key"));
    let verifier = verifier_of(&signer);
    let old = claims_with("exp", json!(noon().timestamp() - 3_600));
    refused(&verifier, &other.token(&old)).await;
    for (name, value) in
        [("sub", json!(1)), ("iss", json!("x")), ("aud", json!("x")), ("nbf", json!(noon().timestamp() + 3_600))]
    {
        let mut claims = old.clone();
        claims[name] = value;
        refused(&verifier, &signer.token(&claims)).await;
    }
}
