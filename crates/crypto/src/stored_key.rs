//! A signing key as a row of the table `jwks`, in the form that Better Auth reads and writes.

use hexado_domain::entropy::Entropy;
use hexado_domain::identity::SigningAlgorithm;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use thiserror::Error;

use crate::cipher::{Cipher, CipherError};
use crate::signing_key::{InvalidKey, SigningKey};

/// The columns that have to do with the key itself.
pub struct StoredKey {
    /// Names the key in token headers and key sets.
    pub id: String,
    pub algorithm: SigningAlgorithm,
    /// A JSON Web Key.
    pub public_key: String,
    /// A JSON string with the encrypted private JSON Web Key; or that key itself, when it is not encrypted.
    pub private_key: SecretString,
}

impl StoredKey {
    /// `key` under its present name.
    pub fn seal(key: &SigningKey, cipher: &Cipher, entropy: &dyn Entropy) -> Result<Self, CipherError> {
        let encrypted = cipher.encrypt(&key.to_private_jwk(), entropy)?;
        Ok(Self { private_key: Value::from(encrypted).to_string().into(), ..Self::unencrypted(key) })
    }

    /// `key`, readable for whoever reads the database.
    pub fn unencrypted(key: &SigningKey) -> Self {
        Self {
            id: key.kid().to_owned(),
            algorithm: key.algorithm(),
            public_key: key.to_public_jwk(),
            private_key: key.to_private_jwk(),
        }
    }

    /// The key itself, whether it is encrypted or not.
    pub fn open(&self, cipher: &Cipher) -> Result<SigningKey, UnusableKey> {
        let stored = self.private_key.expose_secret();
        let key = match serde_json::from_str::<String>(stored) {
            Ok(encrypted) => SigningKey::from_private_jwk(self.algorithm, cipher.decrypt(&encrypted)?.expose_secret())?,
            Err(_) => SigningKey::from_private_jwk(self.algorithm, stored)?,
        };
        Ok(key.named(&self.id))
    }
}

/// Why a stored key cannot sign.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum UnusableKey {
    /// As a rule the secret has changed: make a new key.
    #[error("the stored signing key cannot be decrypted")]
    Encrypted(#[from] CipherError),
    #[error(transparent)]
    Invalid(#[from] InvalidKey),
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Counter, SECRET, better_auth};

    fn cipher() -> Cipher {
        Cipher::new(&SECRET.into())
    }

    fn rows_of_the_original() -> Vec<(StoredKey, Value)> {
        let vectors = better_auth();
        let row = |key: &Value| {
            let text = |name: &str| key[name].as_str().unwrap().to_owned();
            let (id, public_key, private_key) = (text("kid"), text("publicKey"), text("privateKey").into());
            (
                StoredKey {
                    id,
                    algorithm: SigningAlgorithm::from_name(&text("alg")).unwrap(),
                    public_key,
                    private_key,
                },
                key.clone(),
            )
        };
        vectors["keys"].as_array().unwrap().iter().map(row).collect()
    }

    #[test]
    fn a_key_of_the_original_is_opened_and_written_as_the_original_wrote_it() {
        for (row, vector) in rows_of_the_original() {
            let key = row.open(&cipher()).unwrap();
            assert_eq!((key.kid(), key.algorithm()), (row.id.as_str(), row.algorithm));
            let sealed = StoredKey::seal(&key, &cipher(), &Counter::default()).unwrap();
            assert_eq!((&sealed.id, &sealed.public_key), (&row.id, &row.public_key));
            let unencrypted = StoredKey::unencrypted(&sealed.open(&cipher()).unwrap());
            assert_eq!(unencrypted.private_key.expose_secret(), vector["plainPrivateKey"].as_str().unwrap());
            assert_eq!(unencrypted.open(&cipher()).unwrap().public_jwk(), key.public_jwk());
        }
    }

    #[test]
    fn a_sealed_key_is_hex_in_quotes() {
        let (row, _) = rows_of_the_original().remove(0);
        let sealed = StoredKey::seal(&row.open(&cipher()).unwrap(), &cipher(), &Counter::default()).unwrap();
        let (ours, theirs) = (sealed.private_key.expose_secret(), row.private_key.expose_secret());
        assert_eq!(ours.len(), theirs.len());
        assert!(ours.trim_matches('"').bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')), "{ours}");
    }

    #[test]
    fn a_key_that_the_original_wrote_with_numbered_secrets_is_opened_as_are_those_from_before() {
        let [new, old] =
            ["new", "old"].map(|age| SecretString::from(format!("the {age} secret of at least 32 characters")));
        let newest = SecretString::from("the newest secret of at least 32 characters");
        let before = SecretString::from(SECRET);
        let current = Cipher::with_numbered_secrets((2, &new), [(1, &old)], Some(&before));
        let later = Cipher::with_numbered_secrets((3, &newest), [(2, &new)], None);
        for (row, vector) in rows_of_the_original() {
            let key = row.open(&current).unwrap().public_jwk();
            assert_eq!(row.open(&later).err(), Some(UnusableKey::Encrypted(CipherError::NoUnnumberedSecret)));
            let numbered = StoredKey { private_key: vector["numberedPrivateKey"].as_str().unwrap().into(), ..row };
            assert!(numbered.private_key.expose_secret().starts_with("\"$ba$2$"));
            for cipher in [&current, &later] {
                assert_eq!(numbered.open(cipher).unwrap().public_jwk(), key);
            }
            assert_eq!(numbered.open(&cipher()).err(), Some(UnusableKey::Encrypted(CipherError::UnknownSecret(2))));
        }
    }

    #[test]
    fn a_key_that_another_secret_sealed_is_not_opened() {
        let (row, _) = rows_of_the_original().remove(0);
        let opened = row.open(&Cipher::new(&"another".into()));
        assert_eq!(opened.err(), Some(UnusableKey::Encrypted(CipherError::Secret)));
    }

    #[test]
    fn what_is_no_key_is_refused() {
        let opened = |private_key: &str| {
            let (row, _) = rows_of_the_original().remove(0);
            StoredKey { private_key: private_key.into(), ..row }.open(&cipher()).err()
        };
        for private_key in ["", "{}", "null", "[]"] {
            assert_eq!(opened(private_key), Some(UnusableKey::Invalid(InvalidKey)), "{private_key}");
        }
        assert_eq!(opened("\"\""), Some(UnusableKey::Encrypted(CipherError::Form)));
    }
}
