//! Tokens made here, read by a library that had no part in making them.
#![expect(clippy::unwrap_used, reason = "what cannot be unwrapped fails the test")]

use aws_lc_rs::signature::{ECDSA_P521_SHA512_FIXED, UnparsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use hexado_crypto::{Claims, SigningKey, sign_hs256};
use hexado_domain::entropy::Entropy;
use hexado_domain::identity::SigningAlgorithm;
use hexado_domain::testing::fixtures::{noon, user_id};
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{DecodingKey, TokenData, Validation, decode};
use secrecy::SecretString;
use serde_json::{Value, json};

struct Constant(u8);

impl Entropy for Constant {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(self.0);
    }
}

fn expiry() -> DateTime<Utc> {
    noon() + TimeDelta::minutes(15)
}

fn claims() -> Claims {
    Claims {
        subject: user_id("ann"),
        email: Some("ann@example.com".into()),
        name: Some("Ann \"the\" Änn".into()),
        issuer: "https://api.example.com".into(),
        audience: "https://app.example.com".into(),
        issued_at: noon(),
        expires_at: expiry(),
    }
}

fn read(
    token: &str,
    key: &DecodingKey,
    algorithm: jsonwebtoken::Algorithm,
) -> jsonwebtoken::errors::Result<TokenData<Value>> {
    let mut validation = Validation::new(algorithm);
    validation.set_audience(&["https://app.example.com"]);
    // The library would compare `exp` with the present.
    validation.validate_exp = false;
    decode(token, key, &validation)
}

fn ed25519(byte: u8) -> SigningKey {
    SigningKey::generate(SigningAlgorithm::EdDsa, &Constant(byte)).unwrap()
}

fn decoding_key(key: &SigningKey) -> DecodingKey {
    let set: JwkSet = serde_json::from_str(&key.key_set()).unwrap();
    DecodingKey::from_jwk(set.find(key.kid()).unwrap()).unwrap()
}

#[test]
fn a_token_can_be_checked_with_the_published_key_set() {
    let key = ed25519(1);
    let TokenData { header, claims } =
        read(&key.sign(&claims()).unwrap(), &decoding_key(&key), jsonwebtoken::Algorithm::EdDSA).unwrap();
    assert_eq!((header.kid.as_deref(), header.typ), (Some(key.kid()), None));
    assert_eq!(
        claims,
        json!({
            "sub": "ann",
            "email": "ann@example.com",
            "name": "Ann \"the\" Änn",
            "iss": "https://api.example.com",
            "aud": "https://app.example.com",
            "iat": noon().timestamp(),
            "exp": expiry().timestamp(),
        })
    );
}

#[test]
fn keys_of_every_algorithm_make_tokens_that_can_be_checked() {
    for algorithm in SigningAlgorithm::ALL {
        // That library does not know P-521; the next test covers it.
        let Ok(theirs) = algorithm.name().parse() else { continue };
        let key = SigningKey::generate(algorithm, &Constant(1)).unwrap().named("its name");
        let TokenData { header, claims } = read(&key.sign(&claims()).unwrap(), &decoding_key(&key), theirs).unwrap();
        assert_eq!((header.kid.as_deref(), &claims["sub"]), (Some("its name"), &json!("ann")), "{algorithm:?}");
    }
}

#[test]
fn a_p_521_signature_is_two_numbers_that_fit_the_public_key() {
    let key = SigningKey::generate(SigningAlgorithm::Es512, &Constant(1)).unwrap();
    let token = key.sign(&claims()).unwrap();
    let (message, signature) = token.rsplit_once('.').unwrap();
    let jwk = key.public_jwk();
    let [x, y] = ["x", "y"].map(|name| URL_SAFE_NO_PAD.decode(jwk[name].as_str().unwrap()).unwrap());
    let public = UnparsedPublicKey::new(&ECDSA_P521_SHA512_FIXED, [&[4], &x[..], &y[..]].concat());
    let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
    assert_eq!(signature.len(), 2 * 66);
    assert!(public.verify(message.as_bytes(), &signature).is_ok());
    assert!(public.verify(b"another message", &signature).is_err());
}

#[test]
fn a_token_of_one_key_cannot_be_checked_with_another() {
    let [one, other] = [1, 2].map(ed25519);
    assert!(read(&one.sign(&claims()).unwrap(), &decoding_key(&other), jsonwebtoken::Algorithm::EdDSA).is_err());
}

#[test]
fn a_token_says_nothing_about_an_address_or_a_name_that_is_not_known() {
    let key = ed25519(1);
    let token = key.sign(&Claims { email: None, name: None, ..claims() }).unwrap();
    let claims = read(&token, &decoding_key(&key), jsonwebtoken::Algorithm::EdDSA).unwrap().claims;
    assert_eq!((claims.get("email"), claims.get("name")), (None, None));
}

#[test]
fn an_hs256_token_can_be_checked_by_those_who_know_the_secret() {
    let secret = "a secret of at least thirty-two characters";
    let token = sign_hs256(&SecretString::from(secret), &claims());
    let read_with =
        |secret: &str| read(&token, &DecodingKey::from_secret(secret.as_bytes()), jsonwebtoken::Algorithm::HS256);
    assert_eq!(read_with(secret).unwrap().claims["sub"], "ann");
    assert!(read_with("another secret of more than thirty characters").is_err());
}
