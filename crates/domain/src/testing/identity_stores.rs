#![expect(clippy::unwrap_used, clippy::missing_panics_doc, reason = "a test fails by a panic")]

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use super::fixtures::{auth_event, mail, noon, registration, session, user_id};
use crate::audit::Action;
use crate::identity::users::{Deleted, UserDeletion};
use crate::identity::{
    AccountStore, AdminStore, Email, Identifier, Impersonation, NewVerification, Opening, PasswordHash, Session,
    SessionId, SessionStore, SessionToken, TwoFactorStore, UserStore, Verification, VerificationStore, rules,
};

/// The stores of identity on one database: what one of them writes, the others see.
pub struct IdentityStores {
    pub users: Arc<dyn UserStore>,
    pub sessions: Arc<dyn SessionStore>,
    pub accounts: Arc<dyn AccountStore>,
    pub admins: Arc<dyn AdminStore>,
    pub verifications: Arc<dyn VerificationStore>,
    pub two_factors: Arc<dyn TwoFactorStore>,
}

impl IdentityStores {
    /// A user with a password, as [`registration`] says.
    pub async fn sign_up(&self, id: &str) {
        self.accounts.register(&registration(id)).await.unwrap();
    }

    /// Stores a session of a user that is named after its token.
    pub async fn open(&self, user: &str, token: &str) -> Session {
        let session = named_session(user, token);
        assert!(self.sessions.open(&opening(session.clone())).await.unwrap());
        session
    }

    /// Stores a permission that expires an hour after noon.
    pub async fn permit(&self, identifier: &Identifier, user: &str) {
        self.permit_until(identifier, user, noon() + TimeDelta::hours(1)).await;
    }

    pub async fn permit_until(&self, identifier: &Identifier, user: &str, expires_at: DateTime<Utc>) {
        self.verifications.put(&new_verification(identifier, user, expires_at, noon())).await.unwrap();
    }

    /// Deletes a user.
    pub async fn delete(&self, user: &str) {
        let found = self.users.find(&user_id(user)).await.unwrap().unwrap();
        let deletion = UserDeletion::of(&found, None, auth_event(Action::UserDeleted, user));
        assert_eq!(self.users.delete(&deletion).await.unwrap(), Deleted::Done);
    }

    pub async fn password_of(&self, user: &str) -> Option<PasswordHash> {
        self.accounts.password_of(&user_id(user)).await.unwrap()
    }

    /// The tokens of the sessions that a user has at noon, in alphabetical order.
    pub async fn tokens_of(&self, user: &str) -> Vec<String> {
        let sessions = self.sessions.list(&user_id(user), noon()).await.unwrap();
        let mut tokens: Vec<_> = sessions.iter().map(|session| session.token.as_str().to_owned()).collect();
        tokens.sort();
        tokens
    }
}

pub(super) fn named_session(user: &str, token: &str) -> Session {
    Session { id: SessionId::from_stored(token), token: SessionToken::from_stored(token), ..session(user) }
}

pub(super) fn opening(session: Session) -> Opening {
    let event = auth_event(Action::SignedIn, session.user_id.as_str());
    Opening { session, compared: None, rehash: None, lift_ban: false, renewal: None, event }
}

/// Whose session `own` is acts as a user, in a session that is named after its token. Both have the role of who signs up.
pub fn impersonation(own: &Session, user: &str, token: &str) -> Impersonation {
    let role = Some(rules::DEFAULT_ROLE.to_owned());
    Impersonation {
        session: named_session(user, token).impersonated_in(own),
        own: own.id.clone(),
        own_role: role.clone(),
        role,
        event: auth_event(Action::ImpersonationStarted, user),
    }
}

pub(super) fn new_verification(
    identifier: &Identifier,
    user: &str,
    expires_at: DateTime<Utc>,
    at: DateTime<Utc>,
) -> NewVerification {
    NewVerification {
        id: format!("{}-{user}-{}", identifier.as_str(), at.timestamp_millis()),
        verification: Verification { identifier: identifier.clone(), user_id: user_id(user), expires_at },
        mail: mail(user),
        event: auth_event(Action::PasswordResetRequested, user),
        at,
    }
}

pub(super) fn email(address: &str) -> Email {
    Email::parse(address).unwrap()
}

pub(super) fn hash(text: &str) -> PasswordHash {
    PasswordHash::from_stored(text.to_owned())
}
