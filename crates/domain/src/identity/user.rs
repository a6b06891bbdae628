use chrono::{DateTime, Utc};

use crate::id::UserId;
use crate::version::Version;

/// Someone who has an account. The fields are those of Better Auth's user model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    pub id: UserId,
    /// May be empty.
    pub name: String,
    pub email: String,
    pub email_verified: bool,
    pub image: Option<String>,
    /// Comma-separated role names.
    pub role: Option<String>,
    pub banned: bool,
    pub ban_reason: Option<String>,
    /// When the ban ends; `None` for never.
    pub ban_expires: Option<DateTime<Utc>>,
    pub two_factor_enabled: bool,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    /// Counts the changes of all this, whoever made them.
    pub version: Version,
}

impl User {
    pub fn is_banned(&self, now: DateTime<Utc>) -> bool {
        self.banned && self.ban_expires.is_none_or(|end| now < end)
    }
}

/// A user to be stored for the first time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewUser {
    pub id: UserId,
    pub name: String,
    /// The wanted address; `None` for the placeholder.
    pub email: Option<Email>,
    /// An address that reaches nobody, for a user without an own one.
    pub placeholder: Email,
    pub at: DateTime<Utc>,
}

const PLACEHOLDER_DOMAIN: &str = "@users.invalid";

/// A lower-case e-mail address of at most 200 characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Email(String);

impl Email {
    pub const MAX_LENGTH: usize = 200;

    /// `None` unless `value` has one `@` with text on both sides, and neither spaces nor control characters.
    pub fn parse(value: &str) -> Option<Self> {
        let value = value.trim().to_lowercase();
        let (local, domain) = value.split_once('@')?;
        let well_formed = !local.is_empty() && !domain.is_empty() && !domain.contains('@');
        let plain = !value.contains(|c: char| c.is_control() || c.is_whitespace());
        let fits = value.chars().count() <= Self::MAX_LENGTH;
        (well_formed && plain && fits).then_some(Self(value))
    }

    /// An address of the top-level domain that never exists (RFC 2606).
    pub(super) fn placeholder(local: &str) -> Self {
        Self(format!("{local}{PLACEHOLDER_DOMAIN}"))
    }

    /// Whether it stands for somebody without an address of their own: nobody can be reached by it, or sign up with it.
    pub fn is_placeholder(&self) -> bool {
        self.0.ends_with(PLACEHOLDER_DOMAIN)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::fixtures;

    #[test]
    fn addresses_are_lower_case_and_have_two_sides() {
        assert_eq!(Email::parse(" Ann@Example.COM ").map(|e| e.0).as_deref(), Some("ann@example.com"));
        for refused in ["", "ann", "@b.c", "a@", "a@b@c", "a b@c.d", "a@b\0.c", &format!("{}@b.c", "a".repeat(200))] {
            assert_eq!(Email::parse(refused), None, "{refused:?}");
        }
    }

    #[test]
    fn placeholders_are_told_from_addresses_whatever_their_case() {
        assert!(Email::placeholder("ann").is_placeholder());
        assert!(Email::parse("Ann@Users.INVALID").unwrap().is_placeholder());
        for own in ["ann@example.com", "users.invalid@example.com", "ann@my.users.invalid", "ann@users.invalid.com"] {
            assert!(!Email::parse(own).unwrap().is_placeholder(), "{own}");
        }
    }

    #[test]
    fn a_ban_ends_when_it_expires() {
        let now = fixtures::noon();
        let banned = |ban_expires| User { banned: true, ban_expires, ..fixtures::user("ann") };
        assert!(banned(None).is_banned(now));
        assert!(banned(Some(now + chrono::TimeDelta::seconds(1))).is_banned(now));
        assert!(!banned(Some(now)).is_banned(now));
        assert!(!fixtures::user("ann").is_banned(now));
    }
}
