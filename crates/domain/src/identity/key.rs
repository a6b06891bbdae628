//! The keys that sign our tokens.

use chrono::{DateTime, TimeDelta, Utc};
use secrecy::SecretString;

/// A key as Better Auth stores it.
#[derive(Clone, Debug)]
pub struct SigningKey {
    /// Its `kid`.
    pub id: String,
    /// A JSON Web Key.
    pub public_key: String,
    /// A JSON Web Key, as a rule encrypted.
    pub private_key: SecretString,
    pub created_at: DateTime<Utc>,
    /// From when on nothing is signed with it.
    pub expires_at: Option<DateTime<Utc>>,
    /// Missing in rows of older Better Auth servers, which had one algorithm only.
    pub algorithm: Option<String>,
    pub curve: Option<String>,
}

/// How tokens are signed (RFC 7518, RFC 8037).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SigningAlgorithm {
    #[default]
    EdDsa,
    Es256,
    Rs256,
    Ps256,
}

impl SigningAlgorithm {
    pub const ALL: [Self; 4] = [Self::EdDsa, Self::Es256, Self::Rs256, Self::Ps256];

    /// Its name in JOSE headers.
    pub fn name(self) -> &'static str {
        match self {
            Self::EdDsa => "EdDSA",
            Self::Es256 => "ES256",
            Self::Rs256 => "RS256",
            Self::Ps256 => "PS256",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.name() == name)
    }
}

/// Which keys are made, and how long they are used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyPolicy {
    pub algorithm: SigningAlgorithm,
    /// After how long a key is replaced; `None` for never.
    pub rotated_after: Option<TimeDelta>,
    /// How long a replaced key stays in the key set, for tokens that it signed.
    pub grace: TimeDelta,
}

impl Default for KeyPolicy {
    /// Better Auth's: Ed25519, no rotation, 30 days of grace.
    fn default() -> Self {
        Self { algorithm: SigningAlgorithm::default(), rotated_after: None, grace: TimeDelta::days(30) }
    }
}

impl KeyPolicy {
    /// Whether new tokens may be signed with `key`.
    pub fn signs(&self, key: &SigningKey, now: DateTime<Utc>) -> bool {
        let algorithm = key.algorithm.as_deref().unwrap_or(SigningAlgorithm::default().name());
        algorithm == self.algorithm.name() && key.expires_at.is_none_or(|end| now < end)
    }

    /// Whether tokens that `key` signed still count.
    pub fn verifies(&self, key: &SigningKey, now: DateTime<Utc>) -> bool {
        key.expires_at.is_none_or(|end| now < end + self.grace)
    }

    /// When a key that is made now is replaced.
    pub fn expiry(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.rotated_after.map(|after| now + after)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::fixtures::{noon, signing_key};

    #[test]
    fn a_key_signs_until_it_expires_and_verifies_for_the_grace() {
        let policy = KeyPolicy::default();
        let key = SigningKey { expires_at: Some(noon()), ..signing_key("k") };
        assert!(policy.signs(&key, noon() - TimeDelta::seconds(1)));
        assert!(!policy.signs(&key, noon()));
        assert!(policy.verifies(&key, noon() + TimeDelta::days(29)));
        assert!(!policy.verifies(&key, noon() + TimeDelta::days(30)));
        assert!(policy.signs(&signing_key("k"), noon() + TimeDelta::days(10_000)));
    }

    #[test]
    fn only_keys_of_the_chosen_algorithm_sign() {
        let policy = KeyPolicy { algorithm: SigningAlgorithm::Es256, ..KeyPolicy::default() };
        assert!(!policy.signs(&signing_key("k"), noon()));
        assert!(policy.verifies(&signing_key("k"), noon()));
    }

    #[test]
    fn algorithms_are_known_by_their_jose_names() {
        for algorithm in SigningAlgorithm::ALL {
            assert_eq!(SigningAlgorithm::from_name(algorithm.name()), Some(algorithm));
        }
        assert_eq!(SigningAlgorithm::from_name("none"), None);
    }
}
