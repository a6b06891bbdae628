use thiserror::Error;

use super::ports::TokenError;
use crate::error::{ErrorKind, Fault, StoreError};

/// Why a credential does not make its bearer an actor.
#[derive(Debug, Error)]
pub enum AuthError {
    #[error("Not authenticated")]
    Missing,
    /// The text is the same for whatever is wrong, so that it tells nothing to who guesses.
    #[error("Invalid or expired token")]
    Token(#[source] TokenError),
    #[error("this user is banned")]
    Banned,
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Fault for AuthError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Missing | Self::Banned => ErrorKind::Unauthenticated,
            Self::Token(TokenError::Unavailable(_)) => ErrorKind::Unavailable,
            Self::Token(_) => ErrorKind::Unauthenticated,
            Self::Store(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Missing => "not_authenticated",
            Self::Banned => "user_banned",
            Self::Token(TokenError::Expired) => "token_expired",
            Self::Token(TokenError::Invalid(_)) => "token_invalid",
            Self::Token(TokenError::Unavailable(_)) => "unavailable",
            Self::Store(error) => error.code(),
        }
    }
}
