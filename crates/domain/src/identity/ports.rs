use async_trait::async_trait;
use chrono::TimeDelta;
use thiserror::Error;

use super::token::{Caller, VerifiedToken};
use super::user::{NewUser, User};
use crate::error::{Cause, StoreError};
use crate::id::UserId;

/// Checks tokens: their signature by a key and algorithm that are configured, never by what the token itself names,
/// and that they are meant for us and not expired.
#[cfg_attr(any(test, feature = "testing"), mockall::automock)]
#[async_trait]
pub trait TokenVerifier: Send + Sync {
    async fn verify(&self, token: &str) -> Result<VerifiedToken, TokenError>;
}

/// Why a token is not accepted.
#[derive(Debug, Error)]
pub enum TokenError {
    #[error("the token is expired")]
    Expired,
    /// The reason is for logs; it never holds the token.
    #[error("the token is invalid: {0}")]
    Invalid(String),
    /// What is needed to judge it does not answer.
    #[error("the token cannot be checked at the moment")]
    Unavailable(#[source] Cause),
}

/// Keeps users.
#[cfg_attr(any(test, feature = "testing"), mockall::automock)]
#[async_trait]
pub trait UserStore: Send + Sync {
    async fn find(&self, id: &UserId) -> Result<Option<User>, StoreError>;

    /// The user with this id, stored with the wanted address if no one else has it, else with the placeholder.
    /// If the id exists already, that user as it is.
    async fn register(&self, user: &NewUser) -> Result<User, StoreError>;
}

/// Remembers whom a token was found to stand for. Bounded; it may forget at any time, and forgets within [`REMEMBERED`].
#[cfg_attr(any(test, feature = "testing"), mockall::automock)]
pub trait CallerCache: Send + Sync {
    fn find(&self, token: &str) -> Option<Caller>;
    fn keep(&self, token: &str, caller: Caller);

    /// Forgets every token of these users.
    fn forget(&self, users: &[UserId]);
}

/// How long a caller may be remembered.
pub const REMEMBERED: TimeDelta = TimeDelta::seconds(60);

/// Tells which users changed in what they may do, whoever changed them.
#[cfg_attr(any(test, feature = "testing"), mockall::automock)]
#[async_trait]
pub trait AuthChanges: Send + Sync {
    /// The users whose ban, role or existence changed within `age`.
    async fn within(&self, age: TimeDelta) -> Result<Vec<UserId>, StoreError>;
}
