use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::error::KeyRejected;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hexado_domain::entropy::Entropy;
use secrecy::{ExposeSecret, ExposeSecretMut, SecretBox, SecretString};
use serde::Deserialize;
use serde_json::{Value, json};
use thiserror::Error;

use crate::claims::Claims;
use crate::jwt;

/// An Ed25519 key that signs tokens (`EdDSA`: RFC 8037).
pub struct SigningKey {
    pair: Ed25519KeyPair,
    seed: Seed,
    kid: String,
}

type Seed = SecretBox<[u8; 32]>;

impl SigningKey {
    pub fn generate(entropy: &dyn Entropy) -> Result<Self, InvalidKey> {
        let seed = Seed::init_with_mut(|seed| entropy.fill(seed));
        let pair = Ed25519KeyPair::from_seed_unchecked(seed.expose_secret())?;
        Ok(Self::new(pair, seed))
    }

    /// Reads what [`Self::to_private_jwk`] wrote. The two halves of the key must belong together.
    pub fn from_private_jwk(json: &str) -> Result<Self, InvalidKey> {
        // The parser's own error could quote the key.
        let jwk: PrivateJwk<'_> = serde_json::from_str(json).map_err(|_| InvalidKey)?;
        if (jwk.kty, jwk.crv) != ("OKP", "Ed25519") {
            return Err(InvalidKey);
        }
        let mut seed = Seed::default();
        decode_exactly(jwk.d, seed.expose_secret_mut())?;
        let mut public = [0; 32];
        decode_exactly(jwk.x, &mut public)?;
        let pair = Ed25519KeyPair::from_seed_and_public_key(seed.expose_secret(), &public)?;
        Ok(Self::new(pair, seed))
    }

    /// The whole key as a JSON Web Key: whoever has it can sign.
    pub fn to_private_jwk(&self) -> SecretString {
        let mut jwk = self.public_jwk();
        jwk["d"] = json!(URL_SAFE_NO_PAD.encode(self.seed.expose_secret()));
        jwk.to_string().into()
    }

    /// The key's name in token headers and key sets: its thumbprint (RFC 7638), so that a key never changes its name.
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// What others need to check our signatures.
    pub fn public_jwk(&self) -> Value {
        json!({ "kty": "OKP", "crv": "Ed25519", "x": x(&self.pair), "alg": "EdDSA", "kid": self.kid })
    }

    /// The JSON Web Key Set (RFC 7517, section 5) with this key alone.
    pub fn key_set(&self) -> String {
        json!({ "keys": [self.public_jwk()] }).to_string()
    }

    /// A token that anyone can check who has the key set.
    pub fn sign(&self, claims: &Claims) -> String {
        let header = json!({ "alg": "EdDSA", "kid": self.kid });
        jwt::compact(&header, claims, |message| self.pair.sign(message))
    }

    fn new(pair: Ed25519KeyPair, seed: Seed) -> Self {
        let kid = thumbprint(&x(&pair));
        Self { pair, seed, kid }
    }
}

/// The text is no private Ed25519 key.
#[derive(Debug, Error)]
#[error("not a private Ed25519 key in the form of a JSON Web Key")]
pub struct InvalidKey;

impl From<KeyRejected> for InvalidKey {
    fn from(_: KeyRejected) -> Self {
        Self
    }
}

/// Borrows from the text, so that the secret is not copied.
#[derive(Deserialize)]
struct PrivateJwk<'a> {
    kty: &'a str,
    crv: &'a str,
    x: &'a str,
    d: &'a str,
}

fn x(pair: &Ed25519KeyPair) -> String {
    URL_SAFE_NO_PAD.encode(pair.public_key())
}

/// SHA-256 over the members that every such key has, in alphabetical order and without spaces.
fn thumbprint(x: &str) -> String {
    let members = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#);
    URL_SAFE_NO_PAD.encode(digest(&SHA256, members.as_bytes()))
}

fn decode_exactly(text: &str, bytes: &mut [u8; 32]) -> Result<(), InvalidKey> {
    match URL_SAFE_NO_PAD.decode_slice(text, bytes) {
        Ok(32) => Ok(()),
        _ => Err(InvalidKey),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 8037, appendix A.1.
    const PRIVATE_JWK: &str = r#"{"kty":"OKP","crv":"Ed25519",
        "d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;

    struct Constant(u8);

    impl Entropy for Constant {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(self.0);
        }
    }

    #[test]
    fn the_name_of_a_key_is_its_thumbprint() {
        let key = SigningKey::from_private_jwk(PRIVATE_JWK).unwrap();
        // RFC 8037, appendix A.3.
        assert_eq!(key.kid(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    }

    #[test]
    fn the_key_set_has_the_public_half_alone() {
        let key = SigningKey::from_private_jwk(PRIVATE_JWK).unwrap();
        let key_set: Value = serde_json::from_str(&key.key_set()).unwrap();
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
        let key = SigningKey::generate(&Constant(7)).unwrap();
        let read = SigningKey::from_private_jwk(key.to_private_jwk().expose_secret()).unwrap();
        assert_eq!(read.public_jwk(), key.public_jwk());
        assert_eq!(read.to_private_jwk().expose_secret(), key.to_private_jwk().expose_secret());
    }

    #[test]
    fn keys_come_from_the_given_entropy() {
        let generate = |byte| SigningKey::generate(&Constant(byte)).unwrap();
        assert_eq!(generate(1).kid(), generate(1).kid());
        assert_ne!(generate(1).kid(), generate(2).kid());
    }

    #[test]
    fn what_is_no_private_ed25519_key_is_refused() {
        let altered = |from, to| PRIVATE_JWK.replace(from, to);
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
            assert!(SigningKey::from_private_jwk(&refused).is_err(), "{refused}");
        }
    }
}
