//! What happened to someone's identity.

use std::net::IpAddr;

use chrono::{DateTime, Utc};

use crate::id::UserId;
use crate::limit::Network;

/// Who is at the door: where a request comes from, as far as is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Visitor {
    pub address: Option<IpAddr>,
    /// Empty when unknown.
    pub user_agent: String,
    /// The request's id; empty when it is none.
    pub request_id: String,
}

impl Visitor {
    /// The address as Better Auth stores it: of IPv6 only the network, and empty when unknown.
    pub fn address_text(&self) -> String {
        self.address.map(|address| Network::of(address).address().to_string()).unwrap_or_default()
    }
}

/// What happened. The names are stable: logs and the audit log keep them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuthEventKind {
    SignedUp,
    /// By who runs the server.
    UserCreated,
    SignedIn,
    SignInFailed,
    SignedOut,
    SessionRefreshed,
    SessionsRevoked,
    UserUpdated,
    RoleChanged,
    UserDeletionRequested,
    UserDeleted,
    PasswordChanged,
    PasswordRehashed,
    PasswordResetRequested,
    PasswordReset,
    EmailVerificationRequested,
    EmailVerified,
    EmailChangeRequested,
    EmailChanged,
    AccountLinked,
    AccountUnlinked,
}

impl AuthEventKind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SignedUp => "signed_up",
            Self::UserCreated => "user_created",
            Self::SignedIn => "signed_in",
            Self::SignInFailed => "sign_in_failed",
            Self::SignedOut => "signed_out",
            Self::SessionRefreshed => "session_refreshed",
            Self::SessionsRevoked => "sessions_revoked",
            Self::UserUpdated => "user_updated",
            Self::RoleChanged => "role_changed",
            Self::UserDeletionRequested => "user_deletion_requested",
            Self::UserDeleted => "user_deleted",
            Self::PasswordChanged => "password_changed",
            Self::PasswordRehashed => "password_rehashed",
            Self::PasswordResetRequested => "password_reset_requested",
            Self::PasswordReset => "password_reset",
            Self::EmailVerificationRequested => "email_verification_requested",
            Self::EmailVerified => "email_verified",
            Self::EmailChangeRequested => "email_change_requested",
            Self::EmailChanged => "email_changed",
            Self::AccountLinked => "account_linked",
            Self::AccountUnlinked => "account_unlinked",
        }
    }
}

/// One event. It is part of the change that it tells of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthEvent {
    pub kind: AuthEventKind,
    /// Whose identity it is about; `None` when that is not known.
    pub user_id: Option<UserId>,
    pub visitor: Visitor,
    pub at: DateTime<Utc>,
}

impl AuthEvent {
    pub fn of(kind: AuthEventKind, user_id: &UserId, visitor: &Visitor, at: DateTime<Utc>) -> Self {
        Self { kind, user_id: Some(user_id.clone()), visitor: visitor.clone(), at }
    }

    /// Writes it to the log: call it when the change is stored.
    pub fn log(&self) {
        let user = self.user_id.as_ref().map(UserId::as_str);
        let address = self.visitor.address.map(tracing::field::display);
        tracing::info!(event = self.kind.as_str(), user, address, "authentication");
    }
}
