//! What a header may say, and that it decides nothing.

use hexado_jwks::{Hs256Mode, Jws, Options, VerificationKey};
use serde_json::{Value, json};

use crate::support::{
    SECRET, Signer, accepted, anything, base64, claims, expected, hs256_options, key_set, key_set_options, refused,
    verifier, verifier_of,
};

#[tokio::test]
async fn no_algorithm_is_an_algorithm_that_is_refused() {
    let signer = Signer::ed25519("key");
    let verifier = verifier_of(&signer);
    for alg in ["none", "None", "NONE", "nOnE", ""] {
        let message =
            format!("{}.{}", base64(json!({ "alg": alg, "kid": "key" }).to_string()), base64(claims().to_string()));
        refused(&verifier, &format!("{message}.")).await;
        refused(&verifier, &signer.signed(&message)).await;
    }
}

#[tokio::test]
async fn other_algorithms_are_refused() {
    let signer = Signer::ed25519("key");
    let verifier = verifier_of(&signer);
    for alg in ["HS384", "HS512", "RS384", "RS512", "PS384", "PS512", "ES384", "ES256K", "Ed448", "eddsa", "RSA1_5"] {
        let reason = refused(&verifier, &signer.token_with(&json!({ "alg": alg, "kid": "key" }))).await;
        assert!(reason.contains("algorithm"), "{alg}: {reason}");
    }
}

#[tokio::test]
async fn a_header_does_not_choose_the_algorithm_of_a_key() {
    let signers = [Signer::ed25519("key"), Signer::es256("key"), Signer::rs256("key"), Signer::ps256("key")];
    for signer in &signers {
        let verifier = verifier_of(signer);
        for other in signers.iter().filter(|other| other.algorithm != signer.algorithm) {
            refused(&verifier, &signer.token_with(&json!({ "alg": other.algorithm, "kid": "key" }))).await;
            refused(&verifier, &other.token(&claims())).await;
        }
    }
}

#[test]
fn a_right_signature_under_the_name_of_another_algorithm_is_refused() {
    let (signer, key) = (Signer::hs256(SECRET), VerificationKey::hs256(SECRET.as_bytes()));
    for (alg, is_right) in [("HS256", true), ("EdDSA", false), ("ES256", false), ("RS256", false), ("PS256", false)] {
        let token = signer.token_with(&json!({ "alg": alg }));
        assert_eq!(Jws::parse(&token).unwrap().verify(&key).is_ok(), is_right, "{alg}");
    }
}

#[tokio::test]
async fn a_public_key_is_not_a_shared_secret() {
    let signer = Signer::rs256("key");
    let options =
        Options { hs256: hs256_options(Hs256Mode::SubOnly).hs256, ..key_set_options(signer.key_set(), anything()) };
    let verifier = verifier(options);
    let n = signer.jwk["n"].as_str().unwrap();
    for secret in [signer.key_set(), signer.jwk.to_string(), n.to_owned()] {
        let forger = Signer::hs256(&secret);
        refused(&verifier, &forger.token(&claims())).await;
        refused(&verifier, &forger.token_with(&json!({ "alg": "HS256", "kid": "key" }))).await;
    }
}

#[tokio::test]
async fn headers_that_name_a_key_by_itself_or_by_an_address_are_refused() {
    let signer = Signer::ed25519("key");
    let verifier = verifier_of(&signer);
    for (name, value) in [
        ("jwk", signer.jwk.clone()),
        ("jku", json!("https://issuer.example/jwks")),
        ("x5u", json!("https://issuer.example/certificate")),
        ("x5c", json!(["MIIB"])),
        ("jwk", Value::Null),
    ] {
        let mut header = signer.header();
        header[name] = value;
        assert!(refused(&verifier, &signer.token_with(&header)).await.contains(name));
    }
}

#[tokio::test]
async fn critical_extensions_are_refused() {
    let signer = Signer::ed25519("key");
    for crit in [json!(["b64"]), json!(["exp"]), json!([]), Value::Null] {
        let mut header = signer.header();
        header["crit"] = crit;
        assert!(refused(&verifier_of(&signer), &signer.token_with(&header)).await.contains("crit"));
    }
}

#[tokio::test]
async fn other_types_are_refused() {
    let signer = Signer::ed25519("key");
    for typ in
        [json!("dpop+jwt"), json!("JOSE"), json!(""), json!("application/"), json!("text/jwt"), json!(1), Value::Null]
    {
        let mut header = signer.header();
        header["typ"] = typ;
        assert!(refused(&verifier_of(&signer), &signer.token_with(&header)).await.contains("typ"));
    }
}

#[tokio::test]
async fn headers_that_are_no_proper_object_are_refused() {
    let signer = Signer::ed25519("key");
    let verifier = verifier_of(&signer);
    for header in [
        "",
        "null",
        "[]",
        "\"EdDSA\"",
        "{}",
        r#"{"kid":"key"}"#,
        r#"{"alg":1,"kid":"key"}"#,
        r#"{"alg":["EdDSA"],"kid":"key"}"#,
        r#"{"alg":"EdDSA","kid":1}"#,
        r#"{"alg":"EdDSA","kid":null}"#,
        r#"{"alg":"EdDSA","kid":"key"}{}"#,
        r#"{"alg":"EdDSA","kid":"key""#,
        r#"{"alg":"EdDSA","kid":"\ud800"}"#,
    ] {
        refused(&verifier, &signer.token_of(header, &claims().to_string())).await;
    }
}

#[tokio::test]
async fn a_key_that_the_set_does_not_have_is_refused() {
    let signer = Signer::ed25519("key");
    for kid in ["", "other", "KEY", "key "] {
        refused(&verifier_of(&signer), &signer.token_with(&json!({ "alg": "EdDSA", "kid": kid }))).await;
    }
}

#[tokio::test]
async fn a_token_without_a_key_name_is_refused_when_it_could_mean_several() {
    let (one, two) = (Signer::ed25519("one"), Signer::ed25519("two"));
    let verifier = verifier(key_set_options(key_set(&[&one.jwk, &two.jwk]), expected()));
    accepted(&verifier, &one.token(&claims())).await;
    refused(&verifier, &one.token_with(&json!({ "alg": "EdDSA" }))).await;
}

#[tokio::test]
async fn two_keys_of_one_name_are_no_key() {
    let (one, two) = (Signer::ed25519("key"), Signer::ed25519("key"));
    let verifier = verifier(key_set_options(key_set(&[&one.jwk, &two.jwk]), expected()));
    refused(&verifier, &one.token(&claims())).await;
    refused(&verifier, &two.token(&claims())).await;
}
