use secrecy::ExposeSecret;
use serde_json::Map;

use super::*;
use crate::testing::{Counter, better_auth};

/// RFC 8037, appendix A.1.
const ED25519: &str = r#"{"kty":"OKP","crv":"Ed25519",
    "d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;

fn read(json: &str) -> SigningKey {
    SigningKey::from_private_jwk(SigningAlgorithm::EdDsa, json).unwrap()
}

fn private_jwks_of_the_original() -> Vec<(SigningAlgorithm, String)> {
    let vectors = better_auth();
    let keys = vectors["keys"].as_array().unwrap().iter();
    keys.map(|key| {
        (
            SigningAlgorithm::from_name(key["alg"].as_str().unwrap()).unwrap(),
            key["plainPrivateKey"].as_str().unwrap().to_owned(),
        )
    })
    .collect()
}

#[test]
fn the_name_of_a_key_is_its_thumbprint_unless_it_has_another() {
    let key = read(ED25519);
    // RFC 8037, appendix A.3.
    assert_eq!(key.kid(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    assert_eq!(key.named("another").kid(), "another");
}

#[test]
fn thumbprints_are_those_of_another_library() {
    let vectors = better_auth();
    for key in vectors["keys"].as_array().unwrap() {
        let text = |name: &str| key[name].as_str().unwrap();
        let own =
            SigningKey::from_private_jwk(SigningAlgorithm::from_name(text("alg")).unwrap(), text("plainPrivateKey"))
                .unwrap();
        assert_eq!(own.kid(), text("thumbprint"));
    }
}

#[test]
fn the_key_set_has_the_public_half_alone() {
    let key_set: Value = serde_json::from_str(&read(ED25519).key_set()).unwrap();
    let public = json!({
        "kty": "OKP",
        "crv": "Ed25519",
        "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
        "alg": "EdDSA",
        "kid": "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k",
    });
    assert_eq!(key_set, json!({ "keys": [public] }));
}

#[test]
fn a_key_that_was_written_and_read_is_the_same_key() {
    for algorithm in SigningAlgorithm::ALL {
        let key = SigningKey::generate(algorithm, &Counter::default()).unwrap();
        let read = SigningKey::from_private_jwk(algorithm, key.to_private_jwk().expose_secret()).unwrap();
        assert_eq!(read.public_jwk(), key.public_jwk());
        assert_eq!(read.to_private_jwk().expose_secret(), key.to_private_jwk().expose_secret());
    }
}

#[test]
fn new_keys_have_the_members_of_those_of_the_original() {
    for (algorithm, theirs) in private_jwks_of_the_original() {
        let ours = SigningKey::generate(algorithm, &Counter::default()).unwrap();
        assert_eq!(members(ours.to_private_jwk().expose_secret()), members(&theirs), "{algorithm:?}");
    }
}

/// The names in their order, with the lengths of what is as long in every key.
fn members(json: &str) -> Vec<(String, Option<usize>)> {
    let jwk: Map<String, Value> = serde_json::from_str(json).unwrap();
    let is_rsa = jwk["kty"] == "RSA";
    let mut members: Vec<_> = jwk
        .into_iter()
        .map(|(name, value)| {
            // Numbers of RSA have no leading zeros (RFC 7518, section 2), and these four may be any.
            let length = (!is_rsa || !["d", "dp", "dq", "qi"].contains(&&*name)).then(|| value.as_str().unwrap().len());
            (json.find(&format!("\"{name}\"")), name, length)
        })
        .collect();
    members.sort_unstable();
    members.into_iter().map(|(_, name, length)| (name, length)).collect()
}

#[test]
fn ed25519_keys_come_from_the_given_entropy() {
    let generate = |start| SigningKey::generate(SigningAlgorithm::EdDsa, &Counter::from(start)).unwrap();
    assert_eq!(generate(1).kid(), generate(1).kid());
    assert_ne!(generate(1).kid(), generate(2).kid());
}

#[test]
fn new_keys_of_every_algorithm_differ() {
    for algorithm in SigningAlgorithm::ALL {
        let entropy = Counter::default();
        let generate = || SigningKey::generate(algorithm, &entropy).unwrap();
        assert_ne!(generate().kid(), generate().kid(), "{algorithm:?}");
    }
}

#[test]
fn what_is_no_private_ed25519_key_is_refused() {
    let altered = |from, to| ED25519.replace(from, to);
    for refused in [
        String::new(),
        "{}".into(),
        altered("OKP", "EC"),
        altered("Ed25519", "X25519"),
        altered("\"d\"", "\"e\""),
        altered("nWGx", "nWG"),
        altered("nWGx", "nWGxnWGx"),
        altered("nWGx", "nWGy"),
        altered("11qY", "11qZ"),
    ] {
        assert!(SigningKey::from_private_jwk(SigningAlgorithm::EdDsa, &refused).is_err(), "{refused}");
    }
}

#[test]
fn a_key_without_one_of_its_numbers_or_with_a_wrong_one_is_refused() {
    for (algorithm, json) in private_jwks_of_the_original() {
        let jwk: Map<String, Value> = serde_json::from_str(&json).unwrap();
        for name in jwk.keys() {
            let mut without = jwk.clone();
            without.remove(name);
            let mut wrong = jwk.clone();
            let value = wrong[name].as_str().unwrap();
            // The second character: the first may stand for leading zeros only.
            let other = if &value[1..2] == "A" { "B" } else { "A" };
            wrong[name] = json!(format!("{}{other}{}", &value[..1], &value[2..]));
            for refused in [without, wrong] {
                let refused = Value::from(refused).to_string();
                assert!(SigningKey::from_private_jwk(algorithm, &refused).is_err(), "{algorithm:?} {name} {refused}");
            }
        }
    }
}

#[test]
fn a_key_is_of_one_kind() {
    for (own, json) in private_jwks_of_the_original() {
        for algorithm in SigningAlgorithm::ALL {
            // RSA keys do not say with which padding they are used.
            let fits = algorithm == own || (algorithm.curve(), own.curve()) == (None, None);
            assert_eq!(SigningKey::from_private_jwk(algorithm, &json).is_ok(), fits, "{own:?} as {algorithm:?}");
        }
    }
}
