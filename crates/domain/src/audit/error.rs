use thiserror::Error;

use crate::access::AccessError;
use crate::error::{ErrorKind, Fault, StoreError};

/// Why the audit log is not shown.
#[derive(Debug, Error)]
pub enum AuditError {
    #[error(transparent)]
    Access(#[from] AccessError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Fault for AuditError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Access(error) => error.kind(),
            Self::Store(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Access(error) => error.code(),
            Self::Store(error) => error.code(),
        }
    }
}
