use std::sync::Arc;

use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P521_SHA512_FIXED_SIGNING, EcdsaKeyPair, EcdsaSigningAlgorithm,
    Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RSA_PSS_SHA256, RsaEncoding, RsaKeyPair, RsaPublicKeyComponents,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use hexado_domain::clock::Clock;
use hexado_domain::entropy::Entropy;
use hexado_domain::identity::{TokenError, TokenVerifier, VerifiedToken};
use hexado_domain::testing::FixedClock;
use hexado_domain::testing::fixtures::{noon, user_id};
use hexado_jwks::{Check, Expected, Hs256Mode, Hs256Options, IssuerOptions, JwtVerifier, KeySource, Options};
use serde_json::{Value, json};

pub(crate) const ISSUER: &str = "https://issuer.example";
pub(crate) const AUDIENCE: &str = "https://api.example";
pub(crate) const SECRET: &str = "a shared secret of more than thirty-two characters";

/// Signs tokens as an issuer does.
pub(crate) struct Signer {
    pub(crate) algorithm: &'static str,
    pub(crate) jwk: Value,
    sign: Box<Sign>,
}

/// From a message to its signature.
type Sign = dyn Fn(&[u8]) -> Vec<u8>;

impl Signer {
    pub(crate) fn ed25519(kid: &str) -> Self {
        let pair = Ed25519KeyPair::generate().unwrap();
        let jwk = json!({ "kty": "OKP", "crv": "Ed25519", "x": base64(pair.public_key()), "alg": "EdDSA", "kid": kid });
        Self { algorithm: "EdDSA", jwk, sign: Box::new(move |message| pair.sign(message).as_ref().to_vec()) }
    }

    pub(crate) fn es256(kid: &str) -> Self {
        Self::ecdsa("ES256", "P-256", &ECDSA_P256_SHA256_FIXED_SIGNING, kid)
    }

    pub(crate) fn es512(kid: &str) -> Self {
        Self::ecdsa("ES512", "P-521", &ECDSA_P521_SHA512_FIXED_SIGNING, kid)
    }

    fn ecdsa(algorithm: &'static str, curve: &str, signing: &'static EcdsaSigningAlgorithm, kid: &str) -> Self {
        let pair = EcdsaKeyPair::generate(signing).unwrap();
        let point = &pair.public_key().as_ref()[1..];
        let (x, y) = point.split_at(point.len() / 2);
        let jwk = json!({ "kty": "EC", "crv": curve, "x": base64(x), "y": base64(y), "alg": algorithm, "kid": kid });
        let sign = move |message: &[u8]| pair.sign(&SystemRandom::new(), message).unwrap().as_ref().to_vec();
        Self { algorithm, jwk, sign: Box::new(sign) }
    }

    pub(crate) fn rs256(kid: &str) -> Self {
        Self::rsa("RS256", &RSA_PKCS1_SHA256, kid)
    }

    pub(crate) fn ps256(kid: &str) -> Self {
        Self::rsa("PS256", &RSA_PSS_SHA256, kid)
    }

    fn rsa(algorithm: &'static str, padding: &'static dyn RsaEncoding, kid: &str) -> Self {
        let pair = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
        let public = RsaPublicKeyComponents::<Vec<u8>>::from(pair.public_key());
        let jwk = json!({ "kty": "RSA", "n": base64(public.n), "e": base64(public.e), "alg": algorithm, "kid": kid });
        let sign = move |message: &[u8]| {
            let mut signature = vec![0; pair.public_modulus_len()];
            pair.sign(padding, &SystemRandom::new(), message, &mut signature).unwrap();
            signature
        };
        Self { algorithm, jwk, sign: Box::new(sign) }
    }

    pub(crate) fn hs256(secret: &str) -> Self {
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
        Self {
            algorithm: "HS256",
            jwk: json!({}),
            sign: Box::new(move |message| hmac::sign(&key, message).as_ref().to_vec()),
        }
    }

    /// The header that this key's tokens usually have.
    pub(crate) fn header(&self) -> Value {
        let mut header = json!({ "alg": self.algorithm });
        if let Some(kid) = self.jwk.get("kid") {
            header["kid"] = kid.clone();
        }
        header
    }

    pub(crate) fn token(&self, claims: &Value) -> String {
        self.token_of(&self.header().to_string(), &claims.to_string())
    }

    pub(crate) fn token_with(&self, header: &Value) -> String {
        self.token_of(&header.to_string(), &claims().to_string())
    }

    /// Signs whatever the two texts are.
    pub(crate) fn token_of(&self, header: &str, claims: &str) -> String {
        self.signed(&format!("{}.{}", base64(header), base64(claims)))
    }

    /// Signs parts that are encoded already.
    pub(crate) fn signed(&self, message: &str) -> String {
        format!("{message}.{}", base64((self.sign)(message.as_bytes())))
    }

    pub(crate) fn key_set(&self) -> String {
        key_set(&[&self.jwk])
    }
}

pub(crate) fn key_set(keys: &[&Value]) -> String {
    json!({ "keys": keys }).to_string()
}

pub(crate) fn base64(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Those of a token that is accepted.
pub(crate) fn claims() -> Value {
    json!({ "sub": "ann", "iss": ISSUER, "aud": AUDIENCE, "exp": noon().timestamp() + 900, "iat": noon().timestamp() })
}

/// The same but for one; `null` leaves it out.
pub(crate) fn claims_with(name: &str, value: Value) -> Value {
    let mut claims = claims();
    match value {
        Value::Null => drop(claims.as_object_mut().unwrap().remove(name)),
        value => claims[name] = value,
    }
    claims
}

/// What those claims make.
pub(crate) fn token_of_ann() -> VerifiedToken {
    VerifiedToken {
        session_id: None,
        issued_at: Some(noon()),
        authenticated_at: None,
        amr: vec![],
        acr: None,
        issuer: ISSUER.into(),
        subject: user_id("ann"),
        email: None,
        name: None,
        expires_at: noon() + TimeDelta::seconds(900),
    }
}

pub(crate) fn expected() -> Expected {
    Expected { issuer: Check::Exactly(ISSUER.into()), audience: Check::Exactly(AUDIENCE.into()) }
}

pub(crate) fn anything() -> Expected {
    Expected { issuer: Check::Any, audience: Check::Any }
}

pub(crate) fn key_set_options(key_set: String, expected: Expected) -> Options {
    Options { issuers: vec![IssuerOptions { keys: KeySource::Static(key_set), expected }], ..Options::default() }
}

pub(crate) fn hs256_options(mode: Hs256Mode) -> Options {
    Options { hs256: Some(Hs256Options { secret: SECRET.into(), mode }), ..Options::default() }
}

/// At noon.
pub(crate) fn verifier(options: Options) -> JwtVerifier {
    verifier_at(options, Arc::new(FixedClock::at(noon())))
}

pub(crate) fn verifier_at(options: Options, clock: Arc<dyn Clock>) -> JwtVerifier {
    JwtVerifier::new(options, clock, &Zeros).unwrap()
}

/// Accepts the tokens of `signer` that are meant for us.
pub(crate) fn verifier_of(signer: &Signer) -> JwtVerifier {
    verifier(key_set_options(signer.key_set(), expected()))
}

pub(crate) struct Zeros;

impl Entropy for Zeros {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(0);
    }
}

pub(crate) async fn accepted(verifier: &JwtVerifier, token: &str) -> VerifiedToken {
    verifier.verify(token).await.unwrap()
}

/// The reason of the refusal; fails if there is another error, or none.
pub(crate) async fn refused(verifier: &JwtVerifier, token: &str) -> String {
    match verifier.verify(token).await {
        Err(TokenError::Invalid(reason)) => reason,
        other => panic!("{other:?} instead of a refusal"),
    }
}
