use std::borrow::Cow;

use chrono::{DateTime, Utc};

use crate::id::{TaskId, UserId};
use crate::identity::{SessionId, Visitor};

/// Declares the actions, each with its stable name.
macro_rules! actions {
    ($($name:ident = $text:literal,)*) => {
        /// What was done. The names are stable: logs and the audit log keep them.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Action {
            $($name,)*
        }

        impl Action {
            pub const ALL: [Self; [$($text),*].len()] = [$(Self::$name),*];

            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }
    };
}

actions! {
    SignedUp = "signed_up",
    SignedIn = "signed_in",
    SignInFailed = "sign_in_failed",
    SignedOut = "signed_out",
    SessionRefreshed = "session_refreshed",
    SessionsRevoked = "sessions_revoked",
    AuthenticatedAgain = "authenticated_again",
    UserCreated = "user_created",
    UserUpdated = "user_updated",
    UserDeletionRequested = "user_deletion_requested",
    UserDeleted = "user_deleted",
    UserBanned = "user_banned",
    UserUnbanned = "user_unbanned",
    RoleSet = "role_set",
    RoleCreated = "role_created",
    RoleChanged = "role_changed",
    RoleRemoved = "role_removed",
    ImpersonationStarted = "impersonation_started",
    ImpersonationStopped = "impersonation_stopped",
    PasswordChanged = "password_changed",
    PasswordRehashed = "password_rehashed",
    PasswordSet = "password_set",
    PasswordResetRequested = "password_reset_requested",
    PasswordReset = "password_reset",
    EmailVerificationRequested = "email_verification_requested",
    EmailVerified = "email_verified",
    EmailChangeRequested = "email_change_requested",
    EmailChanged = "email_changed",
    AccountLinked = "account_linked",
    AccountUnlinked = "account_unlinked",
    TwoFactorPrepared = "two_factor_prepared",
    TwoFactorRequested = "two_factor_requested",
    TwoFactorPassed = "two_factor_passed",
    TwoFactorEnabled = "two_factor_enabled",
    TwoFactorDisabled = "two_factor_disabled",
    TwoFactorFailed = "two_factor_failed",
    BackupCodesReplaced = "backup_codes_replaced",
    TaskShared = "task_shared",
    TaskUnshared = "task_unshared",
    AddressBlocked = "address_blocked",
    AddressUnblocked = "address_unblocked",
    AccessRefused = "access_refused",
}

/// One event. It is part of the change that it tells of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEvent {
    pub action: Action,
    /// Who acted; `None` when that is not known.
    pub actor: Option<UserId>,
    pub target: Option<Target>,
    /// What is different since, without secrets.
    pub changes: Vec<FieldChange>,
    pub visitor: Visitor,
    pub at: DateTime<Utc>,
}

/// What was acted upon.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    User(UserId),
    Session(SessionId),
    Task(TaskId),
    /// By name.
    Role(String),
    /// An address or a network.
    Address(String),
    /// A method and path that were refused.
    Operation(String),
}

impl Target {
    pub fn kind(&self) -> &'static str {
        match self {
            Self::User(_) => "user",
            Self::Session(_) => "session",
            Self::Task(_) => "task",
            Self::Role(_) => "role",
            Self::Address(_) => "address",
            Self::Operation(_) => "operation",
        }
    }

    pub fn id(&self) -> Cow<'_, str> {
        match self {
            Self::User(id) => id.as_str().into(),
            Self::Session(id) => id.as_str().into(),
            Self::Task(id) => id.get().to_string().into(),
            Self::Role(text) | Self::Address(text) | Self::Operation(text) => text.into(),
        }
    }
}

/// How a field differs; `None` is absence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldChange {
    pub field: &'static str,
    pub before: Option<String>,
    pub after: Option<String>,
}

impl FieldChange {
    /// A field that has come to be.
    pub fn to(field: &'static str, after: impl Into<String>) -> Self {
        Self { field, before: None, after: Some(after.into()) }
    }
}

impl AuditEvent {
    /// What a user did with what is their own.
    pub fn of(action: Action, user_id: &UserId, visitor: &Visitor, at: DateTime<Utc>) -> Self {
        Self::by(action, user_id, Target::User(user_id.clone()), visitor, at)
    }

    /// What `actor` did to `target`.
    pub fn by(action: Action, actor: &UserId, target: Target, visitor: &Visitor, at: DateTime<Utc>) -> Self {
        let (actor, target) = (Some(actor.clone()), Some(target));
        Self { action, actor, target, changes: Vec::new(), visitor: visitor.clone(), at }
    }

    /// What was done by nobody who is known.
    pub fn of_nobody(action: Action, target: Option<Target>, visitor: &Visitor, at: DateTime<Utc>) -> Self {
        Self { action, actor: None, target, changes: Vec::new(), visitor: visitor.clone(), at }
    }

    #[must_use]
    pub fn with(self, changes: Vec<FieldChange>) -> Self {
        Self { changes, ..self }
    }

    /// Writes it to the log: call it when the change is stored.
    pub fn log(&self) {
        let actor = self.actor.as_ref().map(UserId::as_str);
        let target = self.target.as_ref().map(Target::id);
        let impersonator = self.visitor.impersonator.as_ref().map(UserId::as_str);
        let address = self.visitor.address.map(tracing::field::display);
        let (event, target) = (self.action.as_str(), target.as_deref());
        tracing::info!(event, actor, impersonator, target, address, "audit");
    }
}
