//! Tokens between those who share a secret, whose UTF-8 bytes are the key as they are.
//!
//! Whoever can check such a token can make one too: where that matters, take a [`SigningKey`](crate::SigningKey).

use std::convert::Infallible;

use aws_lc_rs::hmac;
use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value, json};
use thiserror::Error;

use crate::claims::Claims;
use crate::jwt::{self, Parts};

/// A token for those who know `secret`.
pub fn sign_hs256(secret: &SecretString, claims: &Claims) -> String {
    Hs256Key::new(secret).sign(&claims.to_json())
}

/// Signs tokens and recognises its own: those in letters that verify an address, for one.
///
/// One secret signs tokens of several purposes. Who verifies one must insist on the claims of its own purpose.
pub struct Hs256Key(hmac::Key);

impl Hs256Key {
    pub fn new(secret: &SecretString) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, secret.expose_secret().as_bytes()))
    }

    /// A token with these claims, given as JSON. The header says nothing but `{"alg":"HS256"}`.
    pub fn sign(&self, claims: &str) -> String {
        let sign = |message: &[u8]| Ok::<_, Infallible>(hmac::sign(&self.0, message));
        match jwt::compact(&json!({ "alg": "HS256" }), claims, sign) {
            Ok(token) => token,
            Err(never) => match never {},
        }
    }

    /// The claims of a token of ours that has an `exp` after `now`. Of other claims nothing is checked.
    pub fn verify(&self, token: &str, now: DateTime<Utc>) -> Result<Map<String, Value>, TokenRefusal> {
        let token = Parts::parse(token).ok_or(TokenRefusal::Invalid)?;
        let understood = token.header.get("alg") == Some(&json!("HS256")) && !token.header.contains_key("crit");
        let signed = hmac::verify(&self.0, token.message.as_bytes(), &token.signature).is_ok();
        if !(understood && signed) {
            return Err(TokenRefusal::Invalid);
        }
        let expires_at = token.claims.get("exp").and_then(Value::as_i64).ok_or(TokenRefusal::Invalid)?;
        if expires_at <= now.timestamp() {
            return Err(TokenRefusal::Expired);
        }
        Ok(token.claims)
    }
}

/// Why a token is not accepted.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum TokenRefusal {
    /// Not a token, not ours, altered, or without an end.
    #[error("the token is invalid")]
    Invalid,
    /// Ours, but too old.
    #[error("the token has expired")]
    Expired,
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use chrono::TimeDelta;
    use hexado_domain::testing::fixtures::noon;
    use proptest::prelude::*;

    use super::*;
    use crate::testing::{SECRET, better_auth};

    fn key() -> Hs256Key {
        Hs256Key::new(&SECRET.into())
    }

    fn claims(json: &Value) -> Map<String, Value> {
        json.as_object().unwrap().clone()
    }

    fn sign(claims: Map<String, Value>) -> String {
        key().sign(&Value::from(claims).to_string())
    }

    fn good() -> Map<String, Value> {
        claims(&json!({ "email": "ann@example.com", "exp": noon().timestamp() + 1 }))
    }

    fn with_header(header: &str) -> String {
        let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
        let message = format!("{}.{}", part(header), part(&Value::from(good()).to_string()));
        let signature = URL_SAFE_NO_PAD.encode(hmac::sign(&key().0, message.as_bytes()));
        format!("{message}.{signature}")
    }

    #[test]
    fn a_token_of_the_original_is_read() {
        let vectors = better_auth();
        let token = vectors["emailToken"].as_str().unwrap();
        let issued_at = Parts::parse(token).unwrap().claims["iat"].as_i64().unwrap();
        let at = |seconds| DateTime::from_timestamp(issued_at + seconds, 0).unwrap();
        let claims = key().verify(token, at(3599)).unwrap();
        assert_eq!((&claims["email"], &claims["userId"]), (&json!("ann@example.com"), &json!("ann")));
        assert_eq!(key().verify(token, at(3600)), Err(TokenRefusal::Expired));
        assert_eq!(Hs256Key::new(&"another".into()).verify(token, at(0)), Err(TokenRefusal::Invalid));
    }

    #[test]
    fn a_token_is_good_until_it_expires() {
        let token = sign(good());
        assert_eq!(key().verify(&token, noon()), Ok(good()));
        assert_eq!(key().verify(&token, noon() + TimeDelta::seconds(1)), Err(TokenRefusal::Expired));
    }

    #[test]
    fn a_token_without_an_end_is_refused() {
        for endless in [json!({}), json!({ "exp": null }), json!({ "exp": "4102444800" }), json!({ "exp": 1e300 })] {
            assert_eq!(key().verify(&sign(claims(&endless)), noon()), Err(TokenRefusal::Invalid));
        }
    }

    #[test]
    fn other_algorithms_and_headers_that_must_be_understood_are_refused() {
        assert!(key().verify(&with_header(r#"{"alg":"HS256","typ":"JWT"}"#), noon()).is_ok());
        for header in [
            r#"{"alg":"none"}"#,
            r#"{"alg":"HS512"}"#,
            r#"{"alg":"hs256"}"#,
            "{}",
            "[]",
            r#"{"alg":"HS256","crit":[]}"#,
        ] {
            assert_eq!(key().verify(&with_header(header), noon()), Err(TokenRefusal::Invalid), "{header}");
        }
    }

    #[test]
    fn what_is_no_token_of_ours_is_refused() {
        let token = sign(good());
        let unsigned = &token[..=token.rfind('.').unwrap()];
        for refused in [
            "",
            ".",
            "..",
            "...",
            "a.b.c",
            unsigned,
            &token[..token.len() - 1],
            &format!("{token}="),
            &format!("{token}.{token}"),
        ] {
            assert_eq!(key().verify(refused, noon()), Err(TokenRefusal::Invalid), "{refused}");
        }
    }

    proptest! {
        #[test]
        fn an_altered_token_is_refused(index: prop::sample::Index, other in "[A-Za-z0-9._-]") {
            let token = sign(good());
            let index = index.index(token.len());
            let altered = format!("{}{other}{}", &token[..index], &token[index + 1..]);
            prop_assume!(altered != token);
            prop_assert_eq!(key().verify(&altered, noon()), Err(TokenRefusal::Invalid));
        }
    }
}
