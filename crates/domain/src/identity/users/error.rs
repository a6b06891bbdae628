use thiserror::Error;

use crate::access::{AccessError, RoleName};
use crate::error::{ErrorKind, Fault, StoreError};
use crate::identity::IdentityError;
use crate::identity::password::HashError;
use crate::version::Version;

/// Why a use case of users was refused or failed.
#[derive(Debug, Error)]
pub enum UserError {
    #[error("nobody changes their own roles")]
    OwnRole,
    #[error("nobody bans themselves")]
    OwnBan,
    #[error("nobody deletes themselves like this")]
    OwnDeletion,
    #[error("there is no role `{name}`")]
    UnknownRole { name: RoleName, known: Vec<RoleName> },
    #[error("the end lies in the past")]
    Over,
    #[error("the user has been changed; their version is now {}", current.get())]
    Stale { current: Version },
    #[error("there is no such session of this user")]
    SessionNotFound,
    #[error(transparent)]
    Access(#[from] AccessError),
    #[error(transparent)]
    Identity(#[from] IdentityError),
}

impl From<StoreError> for UserError {
    fn from(error: StoreError) -> Self {
        IdentityError::from(error).into()
    }
}

impl From<HashError> for UserError {
    fn from(error: HashError) -> Self {
        IdentityError::from(error).into()
    }
}

impl Fault for UserError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::OwnRole | Self::OwnBan | Self::OwnDeletion => ErrorKind::Forbidden,
            Self::UnknownRole { .. } | Self::Over => ErrorKind::Invalid,
            Self::Stale { .. } => ErrorKind::Stale,
            Self::SessionNotFound => ErrorKind::NotFound,
            Self::Access(error) => error.kind(),
            Self::Identity(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::OwnRole => "own_role",
            Self::OwnBan => "own_ban",
            Self::OwnDeletion => "own_deletion",
            Self::UnknownRole { .. } => "validation_failed",
            Self::Over => "expiry_past",
            Self::Stale { .. } => "version_mismatch",
            Self::SessionNotFound => "session_not_found",
            Self::Access(error) => error.code(),
            Self::Identity(error) => error.code(),
        }
    }
}
