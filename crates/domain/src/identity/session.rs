use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use super::random;
use super::user::User;
use super::visitor::Visitor;
use crate::entropy::Entropy;
use crate::id::UserId;

/// Authentication method references (RFC 8176).
const PASSWORD: &str = "pwd";
const OTP: &str = "otp";

/// A device that is signed in. The fields are those of Better Auth's session model; the last two are ours, and missing in
/// rows that such a server made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    pub id: SessionId,
    pub token: SessionToken,
    pub user_id: UserId,
    pub expires_at: DateTime<Utc>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    /// Empty when unknown.
    pub ip_address: String,
    /// Empty when unknown.
    pub user_agent: String,
    /// The administrator who acts as this user.
    pub impersonated_by: Option<UserId>,
    /// When the user last proved who they are, if that was after the session began.
    pub authenticated_at: Option<DateTime<Utc>>,
    /// How the user proved it: authentication method references (RFC 8176), separated by spaces.
    pub amr: Option<String>,
}

impl Session {
    /// A session that begins now, by password.
    pub fn begin(
        user_id: UserId,
        visitor: &Visitor,
        lifetime: TimeDelta,
        now: DateTime<Utc>,
        entropy: &dyn Entropy,
    ) -> Self {
        Self {
            id: SessionId::from_stored(random::record_id(entropy)),
            token: SessionToken::generate(entropy),
            user_id,
            expires_at: now + lifetime,
            created_at: now,
            updated_at: now,
            ip_address: visitor.address_text(),
            user_agent: visitor.user_agent.clone(),
            impersonated_by: None,
            authenticated_at: None,
            amr: Some(PASSWORD.to_owned()),
        }
    }

    /// The same, in which the user gave a one-time password too.
    #[must_use]
    pub fn by_second_factor(self) -> Self {
        let amr = match self.amr.as_deref() {
            None => OTP.to_owned(),
            Some(methods) if methods.split_whitespace().any(|method| method == OTP) => methods.to_owned(),
            Some(methods) => format!("{methods} {OTP}"),
        };
        Self { amr: Some(amr), ..self }
    }

    /// The same, whose user has proved now, by password, who they are.
    #[must_use]
    pub fn authenticated_again(self, now: DateTime<Utc>) -> Self {
        Self { authenticated_at: Some(now), amr: Some(PASSWORD.to_owned()), ..self }
    }

    /// The same, for whoever acts in `other`. An administrator's does not outlive that one.
    #[must_use]
    pub fn on_behalf_of(self, other: &Self) -> Self {
        match &other.impersonated_by {
            None => self,
            Some(admin) => Self { impersonated_by: Some(admin.clone()), expires_at: other.expires_at, ..self },
        }
    }

    pub fn is_expired(&self, now: DateTime<Utc>) -> bool {
        self.expires_at <= now
    }

    /// When the user last proved who they are.
    pub fn authenticated_at(&self) -> DateTime<Utc> {
        self.authenticated_at.unwrap_or(self.created_at)
    }
}

/// A session and whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedIn {
    pub session: Session,
    pub user: User,
}

/// A session's identifier: opaque text, not a secret.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SessionId(Arc<str>);

impl SessionId {
    pub fn from_stored(value: impl Into<Arc<str>>) -> Self {
        Self(value.into())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What proves a session: whoever has it, is signed in. Never shown by `Debug`.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct SessionToken(Arc<str>);

impl SessionToken {
    /// In bytes; ours and Better Auth's have 32, and no sensible generator makes longer ones.
    pub const MAX_LENGTH: usize = 255;

    /// `None` for what cannot be a token: empty, too long, or with characters other than visible ASCII.
    pub fn parse(value: &str) -> Option<Self> {
        let fits = (1..=Self::MAX_LENGTH).contains(&value.len());
        (fits && value.bytes().all(|byte| byte.is_ascii_graphic())).then(|| Self(value.into()))
    }

    /// About 190 bits.
    pub fn generate(entropy: &dyn Entropy) -> Self {
        Self(random::text(entropy, random::LETTERS_AND_DIGITS, 32).into())
    }

    pub fn from_stored(value: impl Into<Arc<str>>) -> Self {
        Self(value.into())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SessionToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionToken(…)")
    }
}

/// How long sessions live.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionPolicy {
    /// From its beginning, and again from each extension.
    pub lifetime: TimeDelta,
    /// A session is extended once this much of its lifetime is over.
    pub extended_after: TimeDelta,
    /// The lifetime of a session that shall end with the browser. It is never extended.
    pub brief_lifetime: TimeDelta,
    /// For how long after its user last proved who they are a session may do what needs a fresh one.
    pub fresh_for: TimeDelta,
    /// For how long a token that was replaced still counts, so that requests on their way do not fail.
    pub grace: TimeDelta,
}

impl Default for SessionPolicy {
    /// Better Auth's: 7 days, extended daily, 1 day for brief ones, fresh for 1 day. 30 s of grace.
    fn default() -> Self {
        Self {
            lifetime: TimeDelta::days(7),
            extended_after: TimeDelta::days(1),
            brief_lifetime: TimeDelta::days(1),
            fresh_for: TimeDelta::days(1),
            grace: TimeDelta::seconds(30),
        }
    }
}

impl SessionPolicy {
    /// The lifetime of a session that begins.
    pub fn lifetime_of(&self, remember: bool) -> TimeDelta {
        if remember { self.lifetime } else { self.brief_lifetime }
    }

    /// Until when the session shall live, if it is time to extend it.
    pub fn extension(&self, session: &Session, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let due = session.expires_at - self.lifetime + self.extended_after;
        (due <= now && !session.is_expired(now)).then(|| now + self.lifetime)
    }

    /// Until when whoever was found at `now` by the session's token may be taken for signed in: a token that is replaced
    /// right then still counts for the grace, and no longer.
    pub fn remembered_until(&self, session: &Session, now: DateTime<Utc>) -> DateTime<Utc> {
        session.expires_at.min(now + self.grace)
    }

    pub fn is_fresh(&self, session: &Session, now: DateTime<Utc>) -> bool {
        now - session.authenticated_at() < self.fresh_for
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::fixtures::{noon, session};

    #[test]
    fn a_session_is_extended_once_a_day_until_it_expires() {
        let policy = SessionPolicy::default();
        let ann = session("ann");
        let after = |time| policy.extension(&ann, noon() + time);
        assert_eq!(after(TimeDelta::hours(23)), None);
        assert_eq!(after(TimeDelta::hours(24)), Some(noon() + TimeDelta::days(8)));
        assert_eq!(after(TimeDelta::days(7)), None);
    }

    #[test]
    fn who_was_found_by_a_token_is_remembered_for_the_grace_at_most() {
        let policy = SessionPolicy::default();
        let ann = session("ann");
        assert_eq!(policy.remembered_until(&ann, noon()), noon() + TimeDelta::seconds(30));
        let late = ann.expires_at - TimeDelta::seconds(1);
        assert_eq!(policy.remembered_until(&ann, late), ann.expires_at);
    }

    #[test]
    fn a_second_factor_is_added_to_what_the_user_gave_before() {
        for (amr, expected) in [(None, "otp"), (Some("pwd"), "pwd otp"), (Some("pwd otp"), "pwd otp")] {
            let ann = Session { amr: amr.map(str::to_owned), ..session("ann") };
            assert_eq!(ann.by_second_factor().amr.as_deref(), Some(expected));
        }
    }

    #[test]
    fn who_authenticates_again_by_password_has_given_no_second_factor_with_it() {
        let again = session("ann").by_second_factor().authenticated_again(noon() + TimeDelta::hours(1));
        assert_eq!((again.authenticated_at(), again.amr.as_deref()), (noon() + TimeDelta::hours(1), Some("pwd")));
    }

    #[test]
    fn a_session_is_fresh_for_a_day() {
        let policy = SessionPolicy::default();
        let ann = session("ann");
        assert!(policy.is_fresh(&ann, noon() + TimeDelta::hours(23)));
        assert!(!policy.is_fresh(&ann, noon() + TimeDelta::hours(24)));
        let again = ann.authenticated_again(noon() + TimeDelta::hours(23));
        assert!(policy.is_fresh(&again, noon() + TimeDelta::hours(24)));
    }

    #[test]
    fn a_session_lives_up_to_but_not_at_its_expiry() {
        let ann = session("ann");
        assert!(!ann.is_expired(ann.expires_at - TimeDelta::milliseconds(1)));
        assert!(ann.is_expired(ann.expires_at));
    }

    #[test]
    fn tokens_are_visible_ascii_and_never_shown() {
        assert!(SessionToken::parse("kT3x").is_some());
        for refused in ["", "a b", "a\0", "ä", &"x".repeat(256)] {
            assert_eq!(SessionToken::parse(refused), None, "{refused:?}");
        }
        assert_eq!(format!("{:?}", session("ann").token), "SessionToken(…)");
    }
}
