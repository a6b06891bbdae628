//! Changes of users as values.

use chrono::{DateTime, Utc};

use super::rules;
use crate::access::{AccessError, PermissionSet, RoleName, rules::check_held};
use crate::actor::Actor;
use crate::audit::{Action, AuditEvent, FieldChange, Target};
use crate::id::UserId;
use crate::identity::{Email, Identifier, Password, User, Visitor};
use crate::patch::Patch;
use crate::version::Version;

/// A user as they are to be. Nothing of it is stored when they are no longer as they were.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserEdit {
    /// Of the version that follows the one which it was made from.
    pub user: User,
    pub made_from: Version,
    /// The revision of the catalog that the roles were judged by, if they change.
    pub roles_made_from: Option<i64>,
    /// Whether the user ceases to be an admin: then another one must be left.
    pub loses_admin: bool,
    /// Whether all sessions of the user end.
    pub ends_sessions: bool,
    pub event: AuditEvent,
}

/// A user goes, with all that is theirs. Nothing happens when they are no longer as they were.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserDeletion {
    pub user_id: UserId,
    pub made_from: Version,
    /// As with [`UserEdit`].
    pub loses_admin: bool,
    /// The verification that permits it, which is spent.
    pub spends: Option<Identifier>,
    pub event: AuditEvent,
    pub at: DateTime<Utc>,
}

/// What became of a deletion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deleted {
    Done,
    /// Nothing: no admin would be left.
    LastAdmin,
    /// Nothing: the verification is not there, not the user's, or has expired.
    NotVerified,
}

/// What is to change of a user.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UserPatch {
    pub name: Option<String>,
    pub image: Patch<String>,
    /// An address that is not said to be verified is not.
    pub email: Option<Email>,
    pub email_verified: Option<bool>,
}

/// For how long somebody is kept out, and why.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ban {
    pub reason: Option<String>,
    /// `None` for until it is lifted.
    pub expires_at: Option<DateTime<Utc>>,
}

/// A user whom somebody else makes.
#[derive(Clone, Debug)]
pub struct NewAccount {
    pub name: String,
    pub email: Email,
    pub email_verified: bool,
    pub image: Option<String>,
    /// Without one, the user signs in once they have set one by a mailed link.
    pub password: Option<Password>,
    /// `None` for that of who signs up.
    pub roles: Option<Vec<RoleName>>,
}

impl Ban {
    /// Characters that a reason has at most.
    pub const MAX_REASON: usize = 500;
}

/// Who does something to a user, from where and when.
#[derive(Clone, Copy, Debug)]
pub struct Act<'a> {
    pub actor: &'a Actor,
    pub visitor: &'a Visitor,
    pub at: DateTime<Utc>,
}

impl Act<'_> {
    pub fn is_on_oneself(&self, user_id: &UserId) -> bool {
        self.actor.user_id == *user_id
    }

    /// Refuses that somebody reaches for a user who may do what they may not themselves.
    pub fn check_reach(&self, permissions: PermissionSet) -> Result<(), AccessError> {
        check_held(permissions, self.actor.permissions)
    }

    pub fn event(&self, action: Action, user_id: &UserId) -> AuditEvent {
        AuditEvent::by(action, &self.actor.user_id, Target::User(user_id.clone()), self.visitor, self.at)
    }
}

impl UserEdit {
    /// What makes `after` of `before`.
    pub(super) fn of(act: &Act<'_>, action: Action, before: &User, after: User) -> Self {
        let event = act.event(action, &before.id).with(differences(before, &after));
        // A clock that stepped back must not make a user look older than they were.
        let (version, updated_at) = (before.version.next(), act.at.max(before.updated_at));
        Self {
            made_from: before.version,
            roles_made_from: None,
            loses_admin: rules::is_admin(before, act.at) && !rules::is_admin(&after, act.at),
            ends_sessions: false,
            user: User { version, updated_at, ..after },
            event,
        }
    }

    #[must_use]
    pub(super) fn judged_by(self, revision: i64) -> Self {
        Self { roles_made_from: Some(revision), ..self }
    }

    #[must_use]
    pub(super) fn ending_sessions(self) -> Self {
        Self { ends_sessions: true, ..self }
    }
}

impl UserDeletion {
    /// The end of a user as they are.
    pub fn of(user: &User, spends: Option<Identifier>, event: AuditEvent) -> Self {
        let at = event.at;
        let loses_admin = rules::is_admin(user, at);
        Self { user_id: user.id.clone(), made_from: user.version, loses_admin, spends, event, at }
    }
}

/// What the audit log tells of a user who was one thing and is another.
fn differences(before: &User, after: &User) -> Vec<FieldChange> {
    let texts = |user: &User| {
        [
            ("name", Some(user.name.clone())),
            ("image", user.image.clone()),
            ("email", Some(user.email.clone())),
            ("email_verified", Some(user.email_verified.to_string())),
            ("role", user.role.clone()),
            ("banned", Some(user.banned.to_string())),
            ("ban_reason", user.ban_reason.clone()),
            ("ban_expires", user.ban_expires.map(|end| end.to_rfc3339())),
        ]
    };
    let sides = texts(before).into_iter().zip(texts(after));
    let changes = sides.map(|((field, before), (_, after))| FieldChange { field, before, after });
    changes.filter(|change| change.before != change.after).collect()
}
