use aws_lc_rs::hmac;
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

use crate::claims::Claims;
use crate::jwt;

/// A token for those who know `secret`, whose UTF-8 bytes are the key as they are.
///
/// Whoever can check such a token can make one too: where that matters, take a [`SigningKey`](crate::SigningKey).
pub fn sign_hs256(secret: &SecretString, claims: &Claims) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.expose_secret().as_bytes());
    jwt::compact(&json!({ "alg": "HS256" }), claims, |message| hmac::sign(&key, message))
}
