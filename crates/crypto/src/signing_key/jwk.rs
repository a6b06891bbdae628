use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hexado_domain::identity::SigningAlgorithm;
use secrecy::zeroize::Zeroizing;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::{Map, Value, json};

use super::InvalidKey;

/// The members of a JSON Web Key, in the order in which they are written.
#[derive(Default)]
pub(super) struct Members(Vec<(&'static str, Zeroizing<String>)>);

impl Members {
    /// Adds members whose values are words.
    pub(super) fn with_words<const N: usize>(mut self, words: [(&'static str, &str); N]) -> Self {
        self.0.extend(words.map(|(name, word)| (name, Zeroizing::new(word.to_owned()))));
        self
    }

    /// Adds members whose values are numbers, given as big-endian bytes.
    pub(super) fn with<const N: usize>(mut self, numbers: [(&'static str, &[u8]); N]) -> Self {
        self.0.extend(numbers.map(|(name, bytes)| (name, Zeroizing::new(URL_SAFE_NO_PAD.encode(bytes)))));
        self
    }

    pub(super) fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_else(|_| unreachable!("texts can always be written"))
    }

    /// In alphabetical order.
    pub(super) fn to_map(&self) -> Map<String, Value> {
        self.0.iter().map(|(name, value)| ((*name).to_owned(), json!(value.as_str()))).collect()
    }
}

impl Serialize for Members {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value.as_str())))
    }
}

/// A private key as it was read. Borrows from the text, so that the secret is not copied.
#[derive(Deserialize)]
pub(super) struct PrivateJwk<'a> {
    kty: &'a str,
    crv: Option<&'a str>,
    pub(super) x: Option<&'a str>,
    pub(super) y: Option<&'a str>,
    pub(super) n: Option<&'a str>,
    pub(super) e: Option<&'a str>,
    pub(super) d: Option<&'a str>,
    pub(super) p: Option<&'a str>,
    pub(super) q: Option<&'a str>,
    pub(super) dp: Option<&'a str>,
    pub(super) dq: Option<&'a str>,
    pub(super) qi: Option<&'a str>,
}

impl<'a> PrivateJwk<'a> {
    pub(super) fn parse(json: &'a str) -> Result<Self, InvalidKey> {
        // The parser's own error could quote the key.
        serde_json::from_str(json).map_err(|_| InvalidKey)
    }

    /// That the key is of `kind`, on the curve of `algorithm` if it has one.
    pub(super) fn expect(&self, kind: &str, algorithm: SigningAlgorithm) -> Result<(), InvalidKey> {
        let expected = self.kty == kind && (algorithm.curve().is_none() || self.crv == algorithm.curve());
        expected.then_some(()).ok_or(InvalidKey)
    }
}

/// The bytes of a number. Must be there.
pub(super) fn decode(member: Option<&str>) -> Result<Zeroizing<Vec<u8>>, InvalidKey> {
    let bytes = URL_SAFE_NO_PAD.decode(member.ok_or(InvalidKey)?).map_err(|_| InvalidKey)?;
    Ok(Zeroizing::new(bytes))
}
