use std::fmt;

use async_trait::async_trait;
use secrecy::{ExposeSecret, SecretString};
use thiserror::Error;

use crate::error::Cause;

/// A password as it was typed. Never shown by `Debug`, wiped when dropped.
#[derive(Clone, Debug)]
pub struct Password(SecretString);

/// Why a password is not one that can be set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum PasswordFault {
    #[error("Password too short")]
    TooShort,
    #[error("Password too long")]
    TooLong,
}

impl Password {
    /// In UTF-16 code units, as JavaScript counts.
    pub const MIN_LENGTH: usize = 8;
    pub const MAX_LENGTH: usize = 128;

    /// A password to be set.
    pub fn parse_new(value: &str) -> Result<Self, PasswordFault> {
        if value.encode_utf16().take(Self::MIN_LENGTH).count() < Self::MIN_LENGTH {
            return Err(PasswordFault::TooShort);
        }
        Self::parse(value)
    }

    /// A password to be compared: it may be older than the rule for the shortest.
    pub fn parse(value: &str) -> Result<Self, PasswordFault> {
        if value.encode_utf16().take(Self::MAX_LENGTH + 1).count() > Self::MAX_LENGTH {
            return Err(PasswordFault::TooLong);
        }
        Ok(Self(value.into()))
    }

    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

/// What is stored of a password. Not shown by `Debug`: it can be guessed at.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl PasswordHash {
    pub fn from_stored(value: String) -> Self {
        Self(value)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

/// What comparing a password with a hash told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Right,
    /// Right, but the hash is of a kind that is only read: it should be replaced.
    RightButOld,
    Wrong,
}

impl Verdict {
    pub fn is_right(self) -> bool {
        self != Self::Wrong
    }
}

/// Hashes passwords. That takes tens of milliseconds of a processor and tens of megabytes, so there is only so much room
/// for it.
#[cfg_attr(any(test, feature = "testing"), mockall::automock)]
#[async_trait]
pub trait PasswordHasher: Send + Sync {
    async fn hash(&self, password: &Password) -> Result<PasswordHash, HashError>;

    async fn verify(&self, password: &Password, hash: &PasswordHash) -> Result<Verdict, HashError>;

    /// Takes as long as a comparison, for where there is nothing to compare with.
    async fn pretend(&self, password: &Password) -> Result<(), HashError>;
}

/// Why a password could not be hashed.
#[derive(Debug, Error)]
pub enum HashError {
    #[error("too many passwords are being hashed")]
    Busy,
    #[error("the password could not be hashed")]
    Failed(#[source] Cause),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lengths(text: &str) -> (bool, bool) {
        (Password::parse_new(text).is_ok(), Password::parse(text).is_ok())
    }

    #[test]
    fn a_new_password_has_8_to_128_utf_16_units() {
        assert_eq!(lengths(&"a".repeat(7)), (false, true));
        assert_eq!(lengths(&"a".repeat(8)), (true, true));
        assert_eq!(lengths(&"a".repeat(128)), (true, true));
        assert_eq!(lengths(&"a".repeat(129)), (false, false));
        // A character outside the basic plane counts twice.
        assert_eq!(lengths(&"🔑".repeat(4)), (true, true));
        assert_eq!(lengths(&"🔑".repeat(65)), (false, false));
    }

    #[test]
    fn neither_passwords_nor_hashes_are_shown() {
        let password = Password::parse("hunter2hunter2").unwrap();
        let hash = PasswordHash::from_stored("salt:key".into());
        assert!(!format!("{password:?}{hash:?}").contains("hunter2"));
        assert!(!format!("{hash:?}").contains("salt"));
    }
}
