//! Keys that sign tokens, and their JSON forms.

mod ecdsa;
mod ed25519;
mod jwk;
mod rsa;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hexado_domain::entropy::Entropy;
use hexado_domain::identity::SigningAlgorithm;
use secrecy::SecretString;
use serde_json::{Value, json};
use thiserror::Error;

use self::ecdsa::EcdsaKey;
use self::ed25519::Ed25519Key;
use self::jwk::{Members, PrivateJwk};
use self::rsa::RsaKey;
use crate::claims::Claims;
use crate::jwt;

/// A key that signs tokens which anyone can check who has its public half.
pub struct SigningKey {
    algorithm: SigningAlgorithm,
    key: Key,
    kid: String,
}

enum Key {
    Ed25519(Ed25519Key),
    Ecdsa(EcdsaKey),
    // Its parts alone have 200 bytes.
    Rsa(Box<RsaKey>),
}

impl SigningKey {
    /// A new key, named by its thumbprint. Ed25519 keys come from `entropy`; RSA keys have 2048 bits, and take a good part of a
    /// second.
    pub fn generate(algorithm: SigningAlgorithm, entropy: &dyn Entropy) -> Result<Self, CannotSign> {
        let key = match algorithm {
            SigningAlgorithm::EdDsa => Key::Ed25519(Ed25519Key::generate(entropy)?),
            SigningAlgorithm::Es256 | SigningAlgorithm::Es512 => Key::Ecdsa(EcdsaKey::generate(algorithm)?),
            SigningAlgorithm::Rs256 | SigningAlgorithm::Ps256 => Key::Rsa(Box::new(RsaKey::generate(algorithm)?)),
        };
        Ok(Self::new(algorithm, key))
    }

    /// Reads what [`Self::to_private_jwk`] wrote, here or in the original. The halves of the key must belong together.
    pub fn from_private_jwk(algorithm: SigningAlgorithm, json: &str) -> Result<Self, InvalidKey> {
        let jwk = PrivateJwk::parse(json)?;
        let key = match algorithm {
            SigningAlgorithm::EdDsa => Key::Ed25519(Ed25519Key::from_jwk(&jwk)?),
            SigningAlgorithm::Es256 | SigningAlgorithm::Es512 => Key::Ecdsa(EcdsaKey::from_jwk(algorithm, &jwk)?),
            SigningAlgorithm::Rs256 | SigningAlgorithm::Ps256 => Key::Rsa(Box::new(RsaKey::from_jwk(algorithm, &jwk)?)),
        };
        Ok(Self::new(algorithm, key))
    }

    /// The same key under another name.
    #[must_use]
    pub fn named(self, kid: impl Into<String>) -> Self {
        Self { kid: kid.into(), ..self }
    }

    /// The key's name in token headers and key sets. Unless it was named, its thumbprint (RFC 7638), so that a key never
    /// changes its name.
    pub fn kid(&self) -> &str {
        &self.kid
    }

    pub fn algorithm(&self) -> SigningAlgorithm {
        self.algorithm
    }

    /// The whole key as a JSON Web Key without its name: whoever has it can sign.
    pub fn to_private_jwk(&self) -> SecretString {
        match &self.key {
            Key::Ed25519(key) => key.private_members(),
            Key::Ecdsa(key) => key.private_members(),
            Key::Rsa(key) => key.private_members(),
        }
        .to_json()
        .into()
    }

    /// The public half as a JSON Web Key without its name.
    pub fn to_public_jwk(&self) -> String {
        self.public_members().to_json()
    }

    /// What others need to check our signatures: the public half with `alg` and `kid`.
    pub fn public_jwk(&self) -> Value {
        let mut jwk = self.public_members().to_map();
        jwk.insert("alg".into(), json!(self.algorithm.name()));
        jwk.insert("kid".into(), json!(self.kid));
        jwk.into()
    }

    /// The JSON Web Key Set (RFC 7517, section 5) with this key alone.
    pub fn key_set(&self) -> String {
        json!({ "keys": [self.public_jwk()] }).to_string()
    }

    /// A token with `claims`.
    ///
    /// # Errors
    ///
    /// When memory is short.
    pub fn sign(&self, claims: &Claims) -> Result<String, CannotSign> {
        self.sign_json(&claims.to_json())
    }

    /// A token with any claims, given as JSON. Its header has `alg` and `kid`, and no `typ`.
    ///
    /// # Errors
    ///
    /// When memory is short.
    pub fn sign_json(&self, claims: &str) -> Result<String, CannotSign> {
        let header = json!({ "alg": self.algorithm.name(), "kid": self.kid });
        jwt::compact(&header, claims, |message| match &self.key {
            Key::Ed25519(key) => Ok(key.sign(message)),
            Key::Ecdsa(key) => key.sign(message),
            Key::Rsa(key) => key.sign(message),
        })
    }

    fn new(algorithm: SigningAlgorithm, key: Key) -> Self {
        let key = Self { algorithm, key, kid: String::new() };
        let kid = thumbprint(&key.public_members());
        key.named(kid)
    }

    fn public_members(&self) -> Members {
        match &self.key {
            Key::Ed25519(key) => key.public_members(),
            Key::Ecdsa(key) => key.public_members(),
            Key::Rsa(key) => key.public_members(),
        }
    }
}

/// The text is no private key of the wanted algorithm.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("not a private key of this algorithm in the form of a JSON Web Key")]
pub struct InvalidKey;

/// The library cannot make a key, or a signature with it.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("no key or signature could be computed")]
pub struct CannotSign;

/// SHA-256 over the members that every such key has, in alphabetical order and without spaces.
fn thumbprint(public: &Members) -> String {
    let json = Value::from(public.to_map()).to_string();
    URL_SAFE_NO_PAD.encode(digest(&SHA256, json.as_bytes()))
}

#[cfg(test)]
mod tests;
