//! What identity services change: plain values, each stored as a whole or not at all.

use chrono::{DateTime, Utc};

use super::password::PasswordHash;
use super::session::{Session, SessionId, SessionToken};
use super::two_factor::DeviceRenewal;
use super::user::Email;
use crate::audit::AuditEvent;
use crate::id::UserId;
use crate::mail::Mail;
use crate::patch::Patch;

/// A session that begins because somebody signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opening {
    pub session: Session,
    /// The password hash that was compared, if the user came by password.
    pub compared: Option<PasswordHash>,
    /// A better one to take its place.
    pub rehash: Option<PasswordHash>,
    /// A ban that has expired is taken off.
    pub lift_ban: bool,
    /// The trusted device that the user came from, in place of a second factor. Without it, or a user who has none, nobody
    /// comes in by password.
    pub renewal: Option<DeviceRenewal>,
    pub event: AuditEvent,
}

/// A session lives on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extension {
    pub session_id: SessionId,
    pub expires_at: DateTime<Utc>,
    pub at: DateTime<Utc>,
}

/// A session lives on with another token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rotation {
    pub session_id: SessionId,
    pub from: SessionToken,
    pub to: SessionToken,
    /// Until when the old token counts.
    pub grace_until: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
    pub event: AuditEvent,
    pub at: DateTime<Utc>,
}

/// The user of a session has proved again who they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reauthentication {
    /// As it is from now on.
    pub session: Session,
    pub event: AuditEvent,
}

/// Sessions of one user end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ending {
    pub user_id: UserId,
    pub which: Which,
    pub event: AuditEvent,
}

/// Which of a user's sessions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Which {
    All,
    AllBut(SessionId),
    One(SessionId),
    /// The one that has this token, or had it before.
    OfToken(SessionToken),
}

/// What changes of a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserChange {
    pub user_id: UserId,
    pub name: Option<String>,
    pub image: Patch<String>,
    /// The address, whether it is verified, and the address that it replaces: if the user no longer has that one, nothing
    /// changes.
    pub email: Option<EmailChange>,
    pub event: AuditEvent,
    pub at: DateTime<Utc>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmailChange {
    pub from: Email,
    pub to: Email,
    pub verified: bool,
}

/// One of a user's accounts goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unlinking {
    pub user_id: UserId,
    /// The account's own id.
    pub account_id: String,
    pub event: AuditEvent,
}

/// A mail that is sent for no other change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sending {
    pub mail: Mail,
    pub event: AuditEvent,
}
