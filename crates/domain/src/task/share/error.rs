use thiserror::Error;

use super::rules::MAX_SHARES;
use crate::access::AccessError;
use crate::error::{ErrorKind, Fault, StoreError};
use crate::task::TaskError;

/// Why a use case of shares was refused or failed.
#[derive(Debug, Error)]
pub enum ShareError {
    #[error("the task is not shared with this user")]
    NotFound,
    #[error("a task cannot be shared with its owner")]
    WithOwner,
    #[error("there is no such user")]
    UnknownUser,
    #[error("this user is banned")]
    BannedUser,
    #[error("a task can be shared with {MAX_SHARES} users at most")]
    TooMany,
    #[error(transparent)]
    Task(#[from] TaskError),
}

impl From<StoreError> for ShareError {
    fn from(error: StoreError) -> Self {
        Self::Task(error.into())
    }
}

impl From<AccessError> for ShareError {
    fn from(error: AccessError) -> Self {
        Self::Task(error.into())
    }
}

impl Fault for ShareError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::NotFound | Self::UnknownUser => ErrorKind::NotFound,
            Self::WithOwner | Self::BannedUser | Self::TooMany => ErrorKind::Invalid,
            Self::Task(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "share_not_found",
            Self::WithOwner => "share_with_owner",
            Self::UnknownUser => "user_not_found",
            Self::BannedUser => "share_with_banned",
            Self::TooMany => "too_many_shares",
            Self::Task(error) => error.code(),
        }
    }
}
