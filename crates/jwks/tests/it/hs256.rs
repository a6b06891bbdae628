//! Tokens that are signed with a shared secret.

use hexado_domain::identity::VerifiedToken;
use hexado_domain::testing::fixtures::noon;
use hexado_jwks::Hs256Mode;
use serde_json::{Value, json};

use crate::support::{
    SECRET, Signer, accepted, claims, claims_with, expected, hs256_options, refused, token_of_ann, verifier,
    verifier_of,
};

#[tokio::test]
async fn hs256_tokens_are_accepted_when_switched_on() {
    let verifier = verifier(hs256_options(Hs256Mode::On(expected())));
    assert_eq!(accepted(&verifier, &Signer::hs256(SECRET).token(&claims())).await, token_of_ann());
}

#[tokio::test]
async fn hs256_tokens_with_a_subject_and_an_expiry_only_are_accepted_in_that_mode() {
    let verifier = verifier(hs256_options(Hs256Mode::SubOnly));
    let bare = json!({ "sub": "ann", "exp": noon().timestamp() + 900 });
    let token = accepted(&verifier, &Signer::hs256(SECRET).token(&bare)).await;
    assert_eq!(token, VerifiedToken { issuer: String::new(), issued_at: None, ..token_of_ann() });
}

#[tokio::test]
async fn a_key_that_an_hs256_token_names_does_not_matter() {
    let verifier = verifier(hs256_options(Hs256Mode::SubOnly));
    accepted(&verifier, &Signer::hs256(SECRET).token_with(&json!({ "alg": "HS256", "kid": "any" }))).await;
}

#[tokio::test]
async fn hs256_is_refused_unless_switched_on() {
    let signer = Signer::ed25519("key");
    let reason = refused(&verifier_of(&signer), &Signer::hs256(SECRET).token(&claims())).await;
    assert!(reason.contains("switched off"), "{reason}");
}

#[tokio::test]
async fn hs256_with_another_secret_is_refused() {
    for mode in [Hs256Mode::On(expected()), Hs256Mode::SubOnly] {
        let verifier = verifier(hs256_options(mode));
        for secret in ["", "another secret of more than thirty-two characters", &SECRET[1..]] {
            assert!(refused(&verifier, &Signer::hs256(secret).token(&claims())).await.contains("signature"));
        }
    }
}

#[tokio::test]
async fn hs256_tokens_must_be_meant_for_us_when_that_is_checked() {
    let verifier = verifier(hs256_options(Hs256Mode::On(expected())));
    for (name, value) in [("iss", Value::Null), ("iss", json!("x")), ("aud", Value::Null), ("aud", json!("x"))] {
        assert!(refused(&verifier, &Signer::hs256(SECRET).token(&claims_with(name, value))).await.contains(name));
    }
}

#[tokio::test]
async fn what_else_is_signed_with_the_shared_secret_has_no_subject_and_is_refused() {
    let verifier = verifier(hs256_options(Hs256Mode::SubOnly));
    let now = noon().timestamp();
    for claims in [
        json!({ "email": "ann@example.com", "iat": now, "exp": now + 3_600 }),
        json!({ "email": "ann@example.com", "updateTo": "eve@example.com", "iat": now, "exp": now + 3_600 }),
        json!({ "session": { "userId": "ann" }, "user": { "id": "ann" }, "iat": now, "exp": now + 300 }),
        json!({ "sub": "ann" }),
    ] {
        refused(&verifier, &Signer::hs256(SECRET).token(&claims)).await;
    }
}
