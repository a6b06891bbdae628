use std::fmt;

use chrono::{DateTime, Utc};

use super::factor::TwoFactor;
use crate::audit::AuditEvent;
use crate::entropy::Entropy;
use crate::id::UserId;
use crate::identity::password::PasswordHash;
use crate::identity::random;
use crate::identity::user::User;

const PREFIX: &str = "2fa-";
const LENGTH: usize = 20;

/// Names a sign-in that waits for the second factor. Whoever has it got the password right, so `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct ChallengeId(String);

impl ChallengeId {
    pub fn generate(entropy: &dyn Entropy) -> Self {
        Self(format!("{PREFIX}{}", random::text(entropy, random::URL_SAFE, LENGTH)))
    }

    /// `None` for what names something else: cookies are signed without their name, so another one's value may stand here.
    pub fn parse(value: &str) -> Option<Self> {
        random::is_text(value.strip_prefix(PREFIX)?, random::URL_SAFE, LENGTH).then(|| Self(value.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What the number of codes that were tried is found by.
    pub fn attempts(&self) -> String {
        format!("2fa-attempts-{}", self.0)
    }
}

impl fmt::Debug for ChallengeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ChallengeId(…)")
    }
}

/// A sign-in that begins to wait for the second factor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewChallenge {
    /// Of the two records: what waits, and how many codes were tried.
    pub record_ids: [String; 2],
    pub challenge: ChallengeId,
    pub user_id: UserId,
    /// The password hash that was compared, and a better one to take its place, if that is of an old kind.
    pub rehash: Option<(PasswordHash, PasswordHash)>,
    pub expires_at: DateTime<Utc>,
    pub event: AuditEvent,
    pub at: DateTime<Utc>,
}

/// A sign-in that waits for the second factor, as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pending {
    pub user: User,
    pub two_factor: Option<TwoFactor>,
}

/// What is told to somebody who has to give the second factor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecondFactorNeeded {
    pub challenge: ChallengeId,
    /// Whether codes of an authenticator app are accepted.
    pub totp: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::CountingEntropy;

    #[test]
    fn challenges_are_told_from_other_signed_values() {
        let made = ChallengeId::generate(&CountingEntropy::default());
        assert_eq!(made.as_str().len(), 24);
        assert_eq!(ChallengeId::parse(made.as_str()), Some(made.clone()));
        assert_eq!(made.attempts(), format!("2fa-attempts-{}", made.as_str()));
        assert_eq!(format!("{made:?}"), "ChallengeId(…)");
        let attempts = made.attempts();
        for refused in ["", "true", "2fa-", "2fa-tooshort", "trust-device-abc", "2fa-aaaaaaaaaaaaaaaaaaa!", &attempts] {
            assert_eq!(ChallengeId::parse(refused), None, "{refused}");
        }
    }
}
