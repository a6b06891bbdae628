use std::fmt;

use chrono::{DateTime, Utc};

use crate::audit::AuditEvent;
use crate::id::UserId;
use crate::mail::Mail;

/// What a verification is found by. It holds the secret that was mailed, so `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct Identifier(String);

impl Identifier {
    /// Tokens are letters and digits; for anything else there is no verification.
    fn of(purpose: &str, token: &str) -> Option<Self> {
        let plain = (1..=64).contains(&token.len()) && token.bytes().all(|byte| byte.is_ascii_alphanumeric());
        plain.then(|| Self(format!("{purpose}{token}")))
    }

    /// Permission to set a new password.
    pub fn password_reset(token: &str) -> Option<Self> {
        Self::of("reset-password:", token)
    }

    /// Permission to delete an account.
    pub fn account_deletion(token: &str) -> Option<Self> {
        Self::of("delete-account-", token)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Identifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Identifier(…)")
    }
}

/// A one-time permission for a user, as Better Auth stores it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verification {
    pub identifier: Identifier,
    pub user_id: UserId,
    pub expires_at: DateTime<Utc>,
}

/// A verification to be stored, with the mail that carries it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewVerification {
    pub id: String,
    pub verification: Verification,
    pub mail: Mail,
    pub event: AuditEvent,
    pub at: DateTime<Utc>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_are_made_of_plain_tokens_only_and_not_shown() {
        let identifier = Identifier::password_reset("aB3").unwrap();
        assert_eq!(identifier.as_str(), "reset-password:aB3");
        assert_eq!(format!("{identifier:?}"), "Identifier(…)");
        for refused in ["", "a b", "a:b", "ä", "%", &"a".repeat(65)] {
            assert!(Identifier::account_deletion(refused).is_none(), "{refused:?}");
        }
    }
}
