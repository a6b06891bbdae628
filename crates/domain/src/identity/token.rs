use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::session::SessionId;
use crate::id::UserId;

/// What a token says whose signature, issuer, audience and times have been checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedToken {
    /// Empty when the accepted kind of token names none.
    pub issuer: String,
    pub subject: UserId,
    pub email: Option<String>,
    pub name: Option<String>,
    /// The session that it was made for, as its issuer names it.
    pub session_id: Option<SessionId>,
    pub issued_at: Option<DateTime<Utc>>,
    /// When the user proved who they are, if the issuer tells.
    pub authenticated_at: Option<DateTime<Utc>>,
    /// How they proved it: authentication method references (RFC 8176).
    pub amr: Vec<String>,
    /// The class of the authentication (OpenID Connect Core, section 2).
    pub acr: Option<String>,
    pub expires_at: DateTime<Utc>,
}

/// A moment between two times that a [`CallerCache`](super::CallerCache) forgot somebody.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Epoch(pub u64);

/// Somebody whom a credential was found to stand for, for as long as it is good. What their roles permit, and whether their
/// address has to be verified, is found out for each request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    pub user_id: UserId,
    /// The session that they act in, if their credential is one's.
    pub session_id: Option<SessionId>,
    /// Comma-separated role names.
    pub roles: Arc<str>,
    pub email_verified: bool,
    pub expires_at: DateTime<Utc>,
}
