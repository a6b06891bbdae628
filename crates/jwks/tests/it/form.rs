//! What every token must look like, whoever made it.

use hexado_jwks::Options;
use serde_json::json;

use crate::support::{SECRET, Signer, accepted, base64, claims, claims_with, refused, verifier, verifier_of};

#[tokio::test]
async fn what_does_not_have_three_parts_is_refused() {
    let signer = Signer::ed25519("key");
    let token = signer.token(&claims());
    let [header, payload, signature] = token.split('.').collect::<Vec<_>>()[..] else { panic!("{token}") };
    let verifier = verifier_of(&signer);
    accepted(&verifier, &token).await;
    for altered in [
        String::new(),
        ".".into(),
        "..".into(),
        header.into(),
        format!("{header}.{payload}"),
        format!("{header}.{payload}."),
        format!("{header}..{signature}"),
        format!(".{payload}.{signature}"),
        format!("{token}."),
        format!(".{token}"),
        format!("{token}.{signature}"),
        format!("{header}.{payload}.{payload}.{signature}"),
    ] {
        refused(&verifier, &altered).await;
    }
}

#[tokio::test]
async fn base64_in_any_but_its_canonical_form_is_refused() {
    let signer = Signer::ed25519("key");
    let verifier = verifier_of(&signer);
    let (header, payload) = (base64(signer.header().to_string()), base64(claims().to_string() + " "));
    let message = format!("{header}.{payload}");
    accepted(&verifier, &signer.signed(&message)).await;
    for altered in [
        format!("{header}=.{payload}"),
        format!("{header}.{payload}=="),
        format!("{header} .{payload}"),
        format!("{header}.{payload}\n"),
        format!("{header}.+{payload}"),
    ] {
        refused(&verifier, &signer.signed(&altered)).await;
    }
    let token = signer.signed(&message);
    for altered in [format!("{token}="), format!("{token}=="), format!("{token} "), format!(" {token}")] {
        refused(&verifier, &altered).await;
    }
}

#[tokio::test]
async fn bits_that_mean_nothing_must_be_zero() {
    let signer = Signer::ed25519("key");
    let verifier = verifier_of(&signer);
    // 64 bytes end in a character of which only the first two bits count.
    let token = signer.token(&claims());
    let last = token.chars().last().unwrap();
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let next = alphabet.chars().nth(alphabet.find(last).unwrap() + 1).unwrap();
    accepted(&verifier, &token).await;
    refused(&verifier, &format!("{}{next}", token.strip_suffix(last).unwrap())).await;
}

#[tokio::test]
async fn a_token_of_more_than_8_kib_is_refused() {
    let signer = Signer::ed25519("key");
    let verifier = verifier_of(&signer);
    let token = |length: usize| signer.token(&claims_with("padding", json!("x".repeat(length))));
    let (fits, exceeds) = (token(5_900), token(5_990));
    assert!(fits.len() <= 8 * 1024 && exceeds.len() > 8 * 1024, "{} {}", fits.len(), exceeds.len());
    accepted(&verifier, &fits).await;
    assert!(refused(&verifier, &exceeds).await.contains("bytes"));
}

#[tokio::test]
async fn a_wrong_signature_is_refused() {
    let (signer, other) = (Signer::ed25519("key"), Signer::ed25519("key"));
    let verifier = verifier_of(&signer);
    assert!(refused(&verifier, &other.token(&claims())).await.contains("signature"));
    let token = signer.token(&claims());
    let (_, signature) = token.rsplit_once('.').unwrap();
    let altered =
        format!("{}.{}", base64(signer.header().to_string()), base64(claims_with("sub", json!("bob")).to_string()));
    assert!(refused(&verifier, &format!("{altered}.{signature}")).await.contains("signature"));
}

#[tokio::test]
async fn members_and_claims_that_stand_twice_are_refused() {
    let signer = Signer::ed25519("key");
    let verifier = verifier_of(&signer);
    let (header, payload) = (signer.header().to_string(), claims().to_string());
    let twice = |json: &str, member: &str| json.replacen('{', &format!("{{{member},"), 1);
    for member in [r#""alg":"EdDSA""#, r#""alg":"none""#, r#""\u0061lg":"EdDSA""#, r#""x":1,"x":1"#] {
        refused(&verifier, &signer.token_of(&twice(&header, member), &payload)).await;
    }
    for claim in [r#""sub":"ann""#, r#""sub":"bob""#, r#""s\u0075b":"bob""#, r#""exp":0"#, r#""x":1,"x":1"#] {
        refused(&verifier, &signer.token_of(&header, &twice(&payload, claim))).await;
    }
}

#[tokio::test]
async fn payloads_that_are_no_object_are_refused() {
    let signer = Signer::ed25519("key");
    let deep = format!("{}1{}", "[".repeat(2_000), "]".repeat(2_000));
    for payload in ["", "null", "[]", "\"ann\"", "{", "ann", &deep, &format!(r#"{{"sub":"ann","x":{deep}}}"#)] {
        refused(&verifier_of(&signer), &signer.token_of(&signer.header().to_string(), payload)).await;
    }
}

#[tokio::test]
async fn a_refusal_quotes_nothing_of_the_token() {
    let signer = Signer::ed25519("key");
    let verifier = verifier_of(&signer);
    let secret = "QUOTED";
    for token in [
        secret.to_owned(),
        signer.token_of(secret, secret),
        signer.token_of(&signer.header().to_string(), &format!("{{\"sub\":{secret}}}")),
        signer.token_with(&json!({ "alg": secret })),
        signer.token_with(&json!({ "alg": "EdDSA", "typ": secret })),
        signer.token_with(&json!({ "alg": "EdDSA", "kid": secret })),
        signer.token(&claims_with("iss", json!(secret))),
        signer.token(&claims_with("exp", json!(secret))),
        signer.token(&claims_with("sub", json!(format!("{secret}\0")))),
    ] {
        let reason = refused(&verifier, &token).await;
        assert!(!reason.contains(secret), "{reason}");
    }
}

#[tokio::test]
async fn without_any_issuer_every_token_is_refused() {
    let verifier = verifier(Options::default());
    refused(&verifier, &Signer::ed25519("key").token(&claims())).await;
    refused(&verifier, &Signer::hs256(SECRET).token(&claims())).await;
}
