//! What a verified token says about its user.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::account::Registration;
use super::token::VerifiedToken;
use super::user::{Email, NewUser, User};
use crate::text;
use crate::version::Version;

/// Characters that a name has at most.
pub const MAX_NAME_LENGTH: usize = 100;

/// Names placeholders; any fixed value does.
const PLACEHOLDERS: Uuid = Uuid::from_u128(0x5f0c_8a5e_3b1d_4c57_9d0a_7e55_1b7a_0001);

/// The user that a token speaks of, as first stored. Only `sub`, `email` and `name` count: a role, a ban or a verified
/// address is never taken from a token.
pub fn user_of(token: &VerifiedToken, now: DateTime<Utc>) -> NewUser {
    let name = token.name.as_deref().and_then(|name| text::single_line(name, MAX_NAME_LENGTH).ok());
    NewUser {
        id: token.subject.clone(),
        name: name.unwrap_or_default().to_owned(),
        email: token.email.as_deref().and_then(Email::parse),
        placeholder: placeholder(&token.issuer, token.subject.as_str()),
        at: now,
    }
}

/// The role of who signs up.
pub const DEFAULT_ROLE: &str = "user";

/// The user that a registration made.
pub fn registered(registration: Registration) -> User {
    User {
        id: registration.user_id,
        name: registration.name,
        email: registration.email.as_str().to_owned(),
        email_verified: registration.email_verified,
        image: registration.image,
        role: Some(registration.role),
        banned: false,
        ban_reason: None,
        ban_expires: None,
        two_factor_enabled: false,
        created_at: registration.at,
        updated_at: registration.at,
        version: Version::FIRST,
    }
}

/// The user as signing in leaves them: a ban that expired is taken off.
pub fn after_sign_in(user: User) -> User {
    User { banned: false, ban_reason: None, ban_expires: None, ..user }
}

/// An address for a user who has none: the same one each time, and in a domain that no one can own (RFC 2606).
fn placeholder(issuer: &str, subject: &str) -> Email {
    let hash = Uuid::new_v5(&PLACEHOLDERS, format!("{issuer}\n{subject}").as_bytes());
    Email::placeholder(&hash.simple().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::UserId;
    use crate::testing::fixtures::noon;

    fn token(email: Option<&str>, name: Option<&str>) -> VerifiedToken {
        VerifiedToken {
            issuer: "https://issuer.example".into(),
            subject: UserId::from_stored("ann"),
            email: email.map(str::to_owned),
            name: name.map(str::to_owned),
            session_id: None,
            issued_at: None,
            authenticated_at: None,
            amr: vec![],
            acr: None,
            expires_at: noon(),
        }
    }

    #[test]
    fn a_user_takes_address_and_name_from_the_token() {
        let user = user_of(&token(Some("Ann@Example.com"), Some(" Ann ")), noon());
        assert_eq!(user.email.as_ref().map(Email::as_str), Some("ann@example.com"));
        assert_eq!(user.name, "Ann");
    }

    #[test]
    fn what_is_no_address_and_no_name_is_left_out() {
        for (email, name) in [(None, None), (Some("nobody"), Some("\0")), (Some(""), Some(" "))] {
            let user = user_of(&token(email, name), noon());
            assert_eq!((user.email, user.name.as_str()), (None, ""));
        }
    }

    #[test]
    fn placeholders_differ_by_issuer_and_subject_and_stay_the_same() {
        let one = placeholder("https://a.example", "ann");
        assert_eq!(one, placeholder("https://a.example", "ann"));
        assert_ne!(one, placeholder("https://b.example", "ann"));
        assert_ne!(one, placeholder("https://a.example", "bob"));
        assert!(one.as_str().ends_with("@users.invalid"));
    }
}
