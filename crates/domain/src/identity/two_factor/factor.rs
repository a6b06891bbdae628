use std::fmt;

use chrono::{DateTime, Utc};
use secrecy::SecretString;
use thiserror::Error;

use crate::error::Cause;
use crate::id::UserId;

/// A user's second factor. The fields are those of Better Auth's two-factor model, but for the last, which is ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TwoFactor {
    pub id: String,
    pub user_id: UserId,
    /// Of the one-time passwords.
    pub secret: Sealed,
    pub backup_codes: Sealed,
    /// Whether the user has shown that their app knows the secret.
    pub confirmed: bool,
    /// Set when too many wrong codes came.
    pub locked_until: Option<DateTime<Utc>>,
    /// The step (of RFC 6238) of the last code that was accepted: codes of it and of earlier ones are spent.
    pub last_step: Option<i64>,
}

impl TwoFactor {
    pub fn is_locked(&self, now: DateTime<Utc>) -> bool {
        self.locked_until.is_some_and(|end| now < end)
    }

    /// Whether a code of this step was not accepted yet, nor one of a later step.
    pub fn is_new(&self, step: i64) -> bool {
        self.last_step.is_none_or(|last| last < step)
    }
}

/// What somebody who gave the right password has to do with the second factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Whether they have a confirmed second factor.
    pub confirmed: bool,
    /// Whether they trust the device that they come from.
    pub trusts_device: bool,
}

/// An encrypted text. What it hides can be guessed at without end by who has it, so `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed(String);

impl Sealed {
    pub fn from_stored(value: String) -> Self {
        Self(value)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sealed(…)")
    }
}

/// New backup codes: to be shown once, and to be stored.
#[derive(Clone, Debug)]
pub struct BackupCodes {
    pub shown: Vec<SecretString>,
    pub sealed: Sealed,
}

/// A second factor cannot be made or read: it was encrypted with another secret, or is damaged.
#[derive(Debug, Error)]
#[error("the second factor cannot be used")]
pub struct UnusableFactor(#[source] pub Cause);

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::testing::fixtures::{noon, two_factor};

    #[test]
    fn a_lock_ends_at_its_time() {
        let locked = TwoFactor { locked_until: Some(noon()), ..two_factor("ann") };
        assert!(locked.is_locked(noon() - TimeDelta::milliseconds(1)));
        assert!(!locked.is_locked(noon()));
        assert!(!two_factor("ann").is_locked(noon()));
    }

    #[test]
    fn a_step_is_new_once() {
        let used = TwoFactor { last_step: Some(7), ..two_factor("ann") };
        assert_eq!([6, 7, 8].map(|step| used.is_new(step)), [false, false, true]);
        assert!(two_factor("ann").is_new(0));
    }

    #[test]
    fn sealed_texts_are_not_shown() {
        assert!(!format!("{:?}", two_factor("ann")).contains("ann:secret"));
    }
}
