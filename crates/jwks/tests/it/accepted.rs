use chrono::{DateTime, TimeDelta};
use hexado_domain::identity::VerifiedToken;
use hexado_domain::testing::fixtures::noon;
use hexado_jwks::{Check, Expected, IssuerOptions, KeySource, Options};
use serde_json::{Value, json};

use crate::support::{
    AUDIENCE, Signer, accepted, anything, claims, claims_with, expected, key_set, key_set_options, refused,
    token_of_ann, verifier, verifier_of,
};

async fn accepts(signer: &Signer) {
    assert_eq!(accepted(&verifier_of(signer), &signer.token(&claims())).await, token_of_ann());
}

#[tokio::test]
async fn eddsa_tokens_are_accepted() {
    accepts(&Signer::ed25519("key")).await;
}

#[tokio::test]
async fn es256_tokens_are_accepted() {
    accepts(&Signer::es256("key")).await;
}

#[tokio::test]
async fn es512_tokens_are_accepted() {
    accepts(&Signer::es512("key")).await;
}

#[tokio::test]
async fn rs256_tokens_are_accepted() {
    accepts(&Signer::rs256("key")).await;
}

#[tokio::test]
async fn ps256_tokens_are_accepted() {
    accepts(&Signer::ps256("key")).await;
}

#[tokio::test]
async fn address_and_name_are_passed_on_and_nothing_else_matters() {
    let signer = Signer::ed25519("key");
    let mut claims = claims_with("email", json!("Ann@Example.com"));
    claims["name"] = json!("Ann");
    claims["role"] = json!("admin");
    claims["createdAt"] = json!({ "nested": [1, null] });
    let token = accepted(&verifier_of(&signer), &signer.token(&claims)).await;
    assert_eq!((token.email.as_deref(), token.name.as_deref()), (Some("Ann@Example.com"), Some("Ann")));
}

#[tokio::test]
async fn when_and_how_somebody_signed_in_is_passed_on() {
    let signer = Signer::ed25519("key");
    let mut claims = claims_with("auth_time", json!(noon().timestamp() - 60));
    claims["amr"] = json!(["pwd", "otp"]);
    claims["acr"] = json!("1");
    let token = accepted(&verifier_of(&signer), &signer.token(&claims)).await;
    assert_eq!((token.issued_at, token.authenticated_at), (Some(noon()), Some(noon() - TimeDelta::minutes(1))));
    assert_eq!((token.amr, token.acr.as_deref()), (vec!["pwd".to_owned(), "otp".to_owned()], Some("1")));
}

#[tokio::test]
async fn what_does_not_tell_when_and_how_somebody_signed_in_is_absent() {
    let signer = Signer::ed25519("key");
    for wrong in [json!("otp"), json!([7]), json!({}), json!(true), json!(1e300)] {
        let mut claims = claims();
        for name in ["iat", "auth_time", "amr", "acr"] {
            claims[name] = wrong.clone();
        }
        claims["acr"] = json!(["otp"]);
        let expected = VerifiedToken { issued_at: None, ..token_of_ann() };
        assert_eq!(accepted(&verifier_of(&signer), &signer.token(&claims)).await, expected, "{wrong}");
    }
}

#[tokio::test]
async fn an_address_or_name_that_is_null_is_absent() {
    let signer = Signer::ed25519("key");
    for name in ["email", "name"] {
        let mut claims = claims();
        claims[name] = Value::Null;
        assert_eq!(accepted(&verifier_of(&signer), &signer.token(&claims)).await, token_of_ann());
    }
}

#[tokio::test]
async fn the_audience_may_be_one_of_a_list() {
    let signer = Signer::ed25519("key");
    let token = signer.token(&claims_with("aud", json!(["https://other.example", AUDIENCE])));
    accepted(&verifier_of(&signer), &token).await;
}

#[tokio::test]
async fn checks_of_issuer_and_audience_can_be_switched_off() {
    let signer = Signer::ed25519("key");
    let verifier = verifier(key_set_options(signer.key_set(), anything()));
    for (name, value) in [("iss", json!("https://other.example")), ("aud", json!([])), ("aud", Value::Null)] {
        accepted(&verifier, &signer.token(&claims_with(name, value))).await;
    }
    let nameless = accepted(&verifier, &signer.token(&claims_with("iss", Value::Null))).await;
    assert_eq!(nameless.issuer, "");
}

#[tokio::test]
async fn types_of_plain_and_access_tokens_are_accepted_in_any_case() {
    let signer = Signer::ed25519("key");
    let verifier = verifier_of(&signer);
    for typ in ["JWT", "jwt", "at+jwt", "AT+JWT", "application/jwt", "application/at+JWT"] {
        let mut header = signer.header();
        header["typ"] = json!(typ);
        accepted(&verifier, &signer.token_with(&header)).await;
    }
}

#[tokio::test]
async fn header_members_that_name_no_key_are_passed_over() {
    let signer = Signer::ed25519("key");
    let mut header = signer.header();
    header["x5t"] = json!("a certificate's thumbprint");
    header["cty"] = json!("JSON");
    accepted(&verifier_of(&signer), &signer.token_with(&header)).await;
}

#[tokio::test]
async fn a_token_without_a_key_name_means_the_only_key_of_its_algorithm() {
    let (signer, other) = (Signer::ed25519("one"), Signer::es256("two"));
    let verifier = verifier(key_set_options(key_set(&[&other.jwk, &signer.jwk]), expected()));
    accepted(&verifier, &signer.token_with(&json!({ "alg": "EdDSA" }))).await;
}

#[tokio::test]
async fn each_key_of_a_set_is_found_by_its_name() {
    let signers = [Signer::ed25519("one"), Signer::ed25519("two"), Signer::es256("three")];
    let keys: Vec<_> = signers.iter().map(|signer| &signer.jwk).collect();
    let verifier = verifier(key_set_options(key_set(&keys), expected()));
    for signer in &signers {
        accepted(&verifier, &signer.token(&claims())).await;
    }
}

#[tokio::test]
async fn several_issuers_are_told_apart_by_what_they_say_even_if_their_keys_share_a_name() {
    let signers = [Signer::ed25519("key"), Signer::ed25519("key")];
    let issuers = ["https://one.example", "https://two.example"];
    let options = |(signer, issuer): (&Signer, &str)| IssuerOptions {
        keys: KeySource::Static(signer.key_set()),
        expected: Expected { issuer: Check::Exactly(issuer.into()), audience: Check::Any },
    };
    let issuer_options = signers.iter().zip(issuers).map(options).collect();
    let verifier = verifier(Options { issuers: issuer_options, ..Options::default() });
    for (signer, issuer) in signers.iter().zip(issuers) {
        let token = accepted(&verifier, &signer.token(&claims_with("iss", json!(issuer)))).await;
        assert_eq!(token.issuer, issuer);
    }
    let [one, _] = &signers;
    refused(&verifier, &one.token(&claims_with("iss", json!(issuers[1])))).await;
}

#[tokio::test]
async fn clocks_may_be_off_by_a_minute() {
    let signer = Signer::ed25519("key");
    let verifier = verifier_of(&signer);
    let now = noon().timestamp();
    accepted(&verifier, &signer.token(&claims_with("exp", json!(now - 59)))).await;
    accepted(&verifier, &signer.token(&claims_with("nbf", json!(now + 60)))).await;
    // When a token was issued is not judged.
    accepted(&verifier, &signer.token(&claims_with("iat", json!(now + 86_400)))).await;
}

#[tokio::test]
async fn times_may_have_fractions() {
    let signer = Signer::ed25519("key");
    let token = signer.token(&claims_with("exp", json!(noon().timestamp() as f64 + 0.5)));
    let expires_at = accepted(&verifier_of(&signer), &token).await.expires_at;
    assert_eq!(expires_at, noon() + TimeDelta::milliseconds(500));
}

#[tokio::test]
async fn a_token_may_be_good_for_a_very_long_time() {
    let signer = Signer::ed25519("key");
    let end = DateTime::parse_from_rfc3339("9999-12-31T23:59:59Z").unwrap().to_utc();
    let token = signer.token(&claims_with("exp", json!(end.timestamp())));
    assert_eq!(accepted(&verifier_of(&signer), &token).await.expires_at, end);
}
