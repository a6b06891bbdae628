use chrono::{DateTime, Utc};

use super::password::PasswordHash;
use super::session::Session;
use super::user::{Email, User};
use super::verification::Identifier;
use crate::audit::AuditEvent;
use crate::id::UserId;
use crate::mail::Mail;

/// The provider of accounts that sign in by password.
pub const CREDENTIAL: &str = "credential";

/// A way for a user to sign in, without its secrets. The fields are those of Better Auth's account model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    pub id: String,
    /// The user's id at the provider; for [`CREDENTIAL`] our own.
    pub account_id: String,
    pub provider_id: String,
    pub user_id: UserId,
    /// Comma-separated.
    pub scope: Option<String>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// Someone who may be signing in: the user with an address, and their password's hash, if they have a password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    pub user: User,
    pub hash: Option<PasswordHash>,
}

/// A user who signs up: all of it is stored, or nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registration {
    pub user_id: UserId,
    pub name: String,
    pub email: Email,
    pub email_verified: bool,
    pub image: Option<String>,
    pub role: String,
    /// The revision of the catalog that the roles were judged by, if somebody chose them.
    pub roles_made_from: Option<i64>,
    /// The id of the credential account.
    pub account_id: String,
    /// Without one, there is no credential account.
    pub hash: Option<PasswordHash>,
    /// The session to begin with, if signing up signs in.
    pub session: Option<Session>,
    pub mail: Option<Mail>,
    pub event: AuditEvent,
    pub at: DateTime<Utc>,
}

/// A new password: it, the spent permission and the sessions change together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasswordChange {
    pub user_id: UserId,
    pub hash: PasswordHash,
    pub by: PasswordProof,
    pub sessions: SessionsAfter,
    /// The id of the credential account, if there is none yet and the proof allows making one.
    pub account_id: String,
    pub event: AuditEvent,
    pub at: DateTime<Utc>,
}

/// What allows to set a password. If it no longer holds when the change is stored, nothing is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PasswordProof {
    /// The stored hash is still this one.
    Present(PasswordHash),
    /// This verification, not expired at the time of the change, which is spent.
    Spends(Identifier),
    /// Somebody who may set passwords, whatever it was before.
    Administration,
}

/// What happens to the user's sessions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SessionsAfter {
    Stay,
    /// All end, and this one begins.
    OnlyThis(Session),
}

/// A user gets one more way to sign in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Linking {
    /// The id of the new account.
    pub id: String,
    pub user_id: UserId,
    pub provider_id: String,
    /// The user's id at the provider; for [`CREDENTIAL`] our own.
    pub account_id: String,
    /// For [`CREDENTIAL`] only.
    pub hash: Option<PasswordHash>,
    /// Comma-separated.
    pub scope: Option<String>,
    pub event: AuditEvent,
    pub at: DateTime<Utc>,
}

/// What became of unlinking an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unlinked {
    Done,
    NotFound,
    /// The user has one account only. It stays, whichever was named.
    Last,
}
