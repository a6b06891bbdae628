use serde::Deserialize;
use serde_json::Value;
use thiserror::Error;

use crate::header::Header;
use crate::jws::Jws;
use crate::key::{Jwk, VerificationKey};
use crate::refusal::Refusal;

/// The keys of an issuer that can check signatures.
pub struct KeySet(Vec<VerificationKey>);

impl KeySet {
    /// Reads a JSON Web Key Set (RFC 7517, section 5). Keys that cannot be used are left out, with a line in the log.
    pub fn parse(json: &str) -> Result<Self, InvalidKeySet> {
        let set: JwkSet = serde_json::from_str(json).map_err(|_| InvalidKeySet::Malformed)?;
        let keys: Vec<_> = set.keys.into_iter().filter_map(usable).collect();
        if keys.is_empty() { Err(InvalidKeySet::NoUsableKey) } else { Ok(Self(keys)) }
    }

    /// Whether the key that `jws` names, or could only mean, made its signature.
    pub fn verify(&self, jws: &Jws<'_>) -> Result<(), Refusal> {
        let key =
            self.find(&jws.header).ok_or_else(|| Refusal::new("no key of its issuer is the one that it names"))?;
        jws.verify(key)
    }

    pub(crate) fn keys(&self) -> impl Iterator<Item = &VerificationKey> {
        self.0.iter()
    }

    pub(crate) fn has_key_for(&self, header: &Header) -> bool {
        self.find(header).is_some()
    }

    /// The only key that can be meant: not the first of several, whether the token names none or two keys share a name.
    fn find(&self, header: &Header) -> Option<&VerificationKey> {
        let mut meant = self.0.iter().filter(|key| key.can_be_meant_by(header));
        let only = meant.next()?;
        meant.next().is_none().then_some(only)
    }
}

/// Why a text is no key set.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum InvalidKeySet {
    #[error("it is not a JSON Web Key Set")]
    Malformed,
    #[error("it has no key that can check signatures here")]
    NoUsableKey,
}

#[derive(Deserialize)]
struct JwkSet {
    keys: Vec<Value>,
}

fn usable(jwk: Value) -> Option<VerificationKey> {
    let kid = jwk.get("kid").and_then(Value::as_str).map(str::to_owned);
    let key = serde_json::from_value::<Jwk>(jwk).map_err(|_| "it is malformed").and_then(VerificationKey::from_jwk);
    key.inspect_err(|reason| tracing::info!(?kid, reason, "a key of a key set is left out")).ok()
}
