//! Which keys of a key set are used, and for what.

use hexado_jwks::{InvalidKeySet, KeySet};
use serde_json::{Value, json};

use crate::support::{Signer, accepted, claims, expected, key_set, key_set_options, refused, verifier};

fn jwk_with(signer: &Signer, name: &str, value: Value) -> Value {
    let mut jwk = signer.jwk.clone();
    match value {
        Value::Null => drop(jwk.as_object_mut().unwrap().remove(name)),
        value => jwk[name] = value,
    }
    jwk
}

fn is_usable(jwk: &Value) -> bool {
    match KeySet::parse(&key_set(&[jwk])) {
        Ok(_) => true,
        Err(error) => {
            assert_eq!(error, InvalidKeySet::NoUsableKey);
            false
        }
    }
}

#[tokio::test]
async fn a_key_without_an_algorithm_has_the_one_of_its_kind() {
    for signer in [Signer::ed25519("key"), Signer::es256("key"), Signer::es512("key"), Signer::rs256("key")] {
        let jwk = jwk_with(&signer, "alg", Value::Null);
        let verifier = verifier(key_set_options(key_set(&[&jwk]), expected()));
        accepted(&verifier, &signer.token(&claims())).await;
    }
    let signer = Signer::ps256("key");
    let jwk = jwk_with(&signer, "alg", Value::Null);
    refused(&verifier(key_set_options(key_set(&[&jwk]), expected())), &signer.token(&claims())).await;
}

#[test]
fn a_key_that_says_another_algorithm_than_its_kind_has_is_left_out() {
    let others = ["none", "HS256", "ES384", "ES512", "RS384", "RSA-OAEP", "RSA-OAEP-256", "ECDH-ES", "A256GCM", ""];
    for signer in [Signer::ed25519("key"), Signer::es256("key"), Signer::es512("key"), Signer::rs256("key")] {
        for alg in others.into_iter().chain(["EdDSA", "ES256", "RS256"]).filter(|alg| *alg != signer.algorithm) {
            assert!(!is_usable(&jwk_with(&signer, "alg", json!(alg))), "{} {alg}", signer.algorithm);
        }
    }
}

#[test]
fn keys_for_encryption_are_left_out() {
    for signer in [Signer::ed25519("key"), Signer::es256("key"), Signer::es512("key"), Signer::rs256("key")] {
        assert!(is_usable(&jwk_with(&signer, "use", json!("sig"))));
        assert!(is_usable(&jwk_with(&signer, "key_ops", json!(["verify"]))));
        assert!(!is_usable(&jwk_with(&signer, "use", json!("enc"))));
        assert!(!is_usable(&jwk_with(&signer, "key_ops", json!(["encrypt"]))));
        assert!(!is_usable(&jwk_with(&signer, "key_ops", json!([]))));
    }
}

#[test]
fn keys_of_other_kinds_are_left_out() {
    for jwk in [
        json!({ "kty": "oct", "k": "c2VjcmV0", "alg": "HS256", "kid": "key" }),
        json!({ "kty": "OKP", "crv": "X25519", "x": Signer::ed25519("key").jwk["x"], "kid": "key" }),
        json!({ "kty": "OKP", "crv": "Ed448", "x": "AAAA", "kid": "key" }),
        json!({ "kty": "EC", "crv": "P-384", "x": "AAAA", "y": "AAAA", "kid": "key" }),
        json!({ "kty": "EC", "crv": "secp256k1", "x": "AAAA", "y": "AAAA", "kid": "key" }),
        json!({ "kty": "AKP", "alg": "ML-DSA-44", "pub": "AAAA", "kid": "key" }),
        json!({ "kty": 1 }),
        json!({}),
        json!("key"),
        Value::Null,
    ] {
        assert!(!is_usable(&jwk), "{jwk}");
    }
}

#[test]
fn keys_with_missing_or_malformed_numbers_are_left_out() {
    let cases = [
        (Signer::ed25519("key"), vec!["x"]),
        (Signer::es256("key"), vec!["x", "y"]),
        (Signer::es512("key"), vec!["x", "y"]),
        (Signer::rs256("key"), vec!["n", "e"]),
    ];
    for (signer, names) in &cases {
        for name in names {
            let number = signer.jwk[*name].as_str().unwrap();
            for wrong in
                [Value::Null, json!(""), json!(1), json!("*"), json!(format!("{number}=")), json!(format!(" {number}"))]
            {
                assert!(!is_usable(&jwk_with(signer, name, wrong.clone())), "{} {name} {wrong}", signer.algorithm);
            }
        }
    }
}

#[test]
fn rsa_keys_below_2048_bits_or_with_a_small_exponent_are_left_out() {
    let signer = Signer::rs256("key");
    let n = signer.jwk["n"].as_str().unwrap();
    assert!(is_usable(&signer.jwk));
    assert!(!is_usable(&jwk_with(&signer, "n", json!(&n[..340]))));
    assert!(!is_usable(&jwk_with(&signer, "n", json!(format!("AAAA{}", &n[..336])))), "leading zeros do not count");
    for exponent in ["", "AA", "AQ", "Ag", "AAAB"] {
        assert!(!is_usable(&jwk_with(&signer, "e", json!(exponent))), "{exponent}");
    }
}

#[tokio::test]
async fn leading_zeros_of_rsa_numbers_do_no_harm() {
    let signer = Signer::rs256("key");
    let padded = |name: &str| json!(format!("AAAA{}", signer.jwk[name].as_str().unwrap()));
    let mut jwk = jwk_with(&signer, "n", padded("n"));
    jwk["e"] = padded("e");
    accepted(&verifier(key_set_options(key_set(&[&jwk]), expected())), &signer.token(&claims())).await;
}

#[test]
fn keys_whose_private_half_is_published_are_left_out() {
    for signer in [Signer::ed25519("key"), Signer::es256("key"), Signer::es512("key"), Signer::rs256("key")] {
        assert!(!is_usable(&jwk_with(&signer, "d", json!("AAAA"))));
    }
}

#[tokio::test]
async fn a_key_that_cannot_be_used_does_not_spoil_the_others() {
    let signer = Signer::ed25519("key");
    let others = [json!({ "kty": "RSA", "use": "enc" }), json!(7), json!({ "kty": "oct", "k": "AAAA", "kid": "key" })];
    let keys = [&others[0], &others[1], &signer.jwk, &others[2]];
    accepted(&verifier(key_set_options(key_set(&keys), expected())), &signer.token(&claims())).await;
}

#[test]
fn a_point_that_is_not_on_the_curve_is_left_out() {
    for signer in [Signer::es256("key"), Signer::es512("key")] {
        assert!(!is_usable(&jwk_with(&signer, "y", signer.jwk["x"].clone())), "{}", signer.algorithm);
    }
}

#[test]
fn what_is_no_key_set_is_an_error() {
    for text in ["", "null", "[]", "{}", r#"{"keys":{}}"#, r#"{"keys":[]"#, r#"{"keys":[],"keys":[]}"#, "<html>"] {
        assert_eq!(KeySet::parse(text).err(), Some(InvalidKeySet::Malformed), "{text}");
    }
    assert_eq!(KeySet::parse(r#"{"keys":[]}"#).err(), Some(InvalidKeySet::NoUsableKey));
}
