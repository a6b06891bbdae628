use chrono::{DateTime, Utc};

use super::session::SessionId;
use crate::actor::Actor;
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
    pub expires_at: DateTime<Utc>,
}

/// A moment between two times that a [`CallerCache`](super::CallerCache) forgot somebody.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Epoch(pub u64);

/// An actor, for as long as the credential that proved it is good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    pub actor: Actor,
    pub expires_at: DateTime<Utc>,
}
