use thiserror::Error;

use crate::access::AccessError;
use crate::error::{ErrorKind, Fault, StoreError};

/// Why a use case of blocks was refused or failed.
#[derive(Debug, Error)]
pub enum BlockError {
    #[error("there is no such block")]
    NotFound,
    #[error("your own address is in this network")]
    OwnAddress,
    #[error("the end lies in the past")]
    Over,
    #[error(transparent)]
    Access(#[from] AccessError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Fault for BlockError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::NotFound => ErrorKind::NotFound,
            Self::OwnAddress | Self::Over => ErrorKind::Invalid,
            Self::Access(error) => error.kind(),
            Self::Store(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "block_not_found",
            Self::OwnAddress => "own_address",
            Self::Over => "expiry_past",
            Self::Access(error) => error.code(),
            Self::Store(error) => error.code(),
        }
    }
}
