use thiserror::Error;

use super::share::Reach;
use crate::access::AccessError;
use crate::error::{ErrorKind, Fault, FieldError, StoreError};
use crate::idempotency::KeyReused;
use crate::version::Version;

/// Why a use case of tasks was refused or failed.
#[derive(Debug, Error)]
pub enum TaskError {
    #[error("there is no such task")]
    NotFound,
    #[error("the task is shared for `{}`; this needs `{}`", reach.as_str(), needed.as_str())]
    AccessMissing { reach: Reach, needed: Reach },
    #[error("the task has been changed; its version is now {}", current.get())]
    Stale { current: Version },
    #[error("some fields are invalid")]
    Invalid(Vec<FieldError>),
    #[error("the user of this credential no longer exists")]
    OwnerGone,
    #[error(transparent)]
    Access(#[from] AccessError),
    #[error(transparent)]
    KeyReused(#[from] KeyReused),
    #[error(transparent)]
    Store(StoreError),
}

impl From<StoreError> for TaskError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict { ref constraint } if constraint == super::ports::OWNER_CONSTRAINT => Self::OwnerGone,
            error => Self::Store(error),
        }
    }
}

impl Fault for TaskError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::NotFound => ErrorKind::NotFound,
            Self::AccessMissing { .. } => ErrorKind::Forbidden,
            Self::Stale { .. } => ErrorKind::Stale,
            Self::Invalid(_) => ErrorKind::Invalid,
            Self::OwnerGone => ErrorKind::Unauthenticated,
            Self::Access(error) => error.kind(),
            Self::KeyReused(error) => error.kind(),
            Self::Store(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "task_not_found",
            Self::AccessMissing { .. } => "access_missing",
            Self::Stale { .. } => "version_mismatch",
            Self::Invalid(_) => "validation_failed",
            Self::OwnerGone => "token_invalid",
            Self::Access(error) => error.code(),
            Self::KeyReused(error) => error.code(),
            Self::Store(error) => error.code(),
        }
    }
}
