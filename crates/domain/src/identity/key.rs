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

impl SigningKey {
    /// The name of its algorithm.
    pub fn algorithm_name(&self) -> &str {
        self.algorithm.as_deref().unwrap_or(SigningAlgorithm::default().name())
    }
}

/// How tokens are signed (RFC 7518, section 3.1; RFC 8037, section 3.1). The default is the fastest, and the smallest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SigningAlgorithm {
    /// Ed25519
    #[default]
    EdDsa,
    /// ECDSA with P-256 and SHA-256
    Es256,
    /// ECDSA with P-521 and SHA-512
    Es512,
    /// RSASSA-PKCS1-v1_5 with SHA-256
    Rs256,
    /// RSASSA-PSS with SHA-256
    Ps256,
}

impl SigningAlgorithm {
    pub const ALL: [Self; 5] = [Self::EdDsa, Self::Es256, Self::Es512, Self::Rs256, Self::Ps256];

    /// `alg` in token headers and key sets.
    pub fn name(self) -> &'static str {
        match self {
            Self::EdDsa => "EdDSA",
            Self::Es256 => "ES256",
            Self::Es512 => "ES512",
            Self::Rs256 => "RS256",
            Self::Ps256 => "PS256",
        }
    }

    /// `crv` in key sets; RSA has none.
    pub fn curve(self) -> Option<&'static str> {
        match self {
            Self::EdDsa => Some("Ed25519"),
            Self::Es256 => Some("P-256"),
            Self::Es512 => Some("P-521"),
            Self::Rs256 | Self::Ps256 => None,
        }
    }

    /// Names are compared as they are, letter case included.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.name() == name)
    }
}

/// A new key takes the place of all others.
#[derive(Clone, Debug)]
pub struct KeyReplacement {
    pub key: SigningKey,
    /// When the others expire that do not expire earlier.
    pub others_expire_at: DateTime<Utc>,
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

/// How long replaced keys may still sign: servers whose configuration is not changed yet do not replace the new key in
/// turn.
const OVERLAP: TimeDelta = TimeDelta::days(1);

impl KeyPolicy {
    /// Whether new tokens may be signed with `key`.
    pub fn signs(&self, key: &SigningKey, now: DateTime<Utc>) -> bool {
        key.algorithm_name() == self.algorithm.name() && key.expires_at.is_none_or(|end| now < end)
    }

    /// Whether tokens that `key` signed still count.
    pub fn verifies(&self, key: &SigningKey, now: DateTime<Utc>) -> bool {
        key.expires_at.is_none_or(|end| now < end + self.grace)
    }

    /// `key`, which is made now, in the place of all others.
    pub fn replacement(&self, key: SigningKey, now: DateTime<Utc>) -> KeyReplacement {
        let expires_at = self.rotated_after.map(|after| now + after);
        KeyReplacement { key: SigningKey { expires_at, ..key }, others_expire_at: now + OVERLAP }
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
    fn a_new_key_ends_the_others_after_a_day_and_itself_when_it_is_rotated() {
        let policy = KeyPolicy { rotated_after: Some(TimeDelta::days(90)), ..KeyPolicy::default() };
        let replacement = policy.replacement(signing_key("k"), noon());
        assert_eq!(replacement.key.expires_at, Some(noon() + TimeDelta::days(90)));
        assert_eq!(replacement.others_expire_at, noon() + TimeDelta::days(1));
        assert_eq!(KeyPolicy::default().replacement(signing_key("k"), noon()).key.expires_at, None);
    }

    #[test]
    fn algorithms_are_known_by_their_jose_names() {
        for algorithm in SigningAlgorithm::ALL {
            assert_eq!(SigningAlgorithm::from_name(algorithm.name()), Some(algorithm));
        }
        for name in ["", "none", "HS256", "ES384", "eddsa", "EdDSA "] {
            assert_eq!(SigningAlgorithm::from_name(name), None, "{name}");
        }
    }
}
