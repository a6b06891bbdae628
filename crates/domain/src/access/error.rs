use std::fmt::Display;

use thiserror::Error;

use super::{Permission, PermissionSet, RoleName};
use crate::error::{ErrorKind, Fault, StoreError};
use crate::id::UserId;
use crate::version::Version;

/// Why access is refused to a known caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum AccessError {
    #[error("the permission `{}` is not held", .0.as_str())]
    Missing(Permission),
    /// What is not held oneself is neither given to others nor taken from them.
    #[error("permissions are given and taken only by who holds them, and these are not held: {missing}")]
    Exceeded { missing: PermissionSet },
    #[error("the user in the path is not the caller, and `{}` is not held", missing.as_str())]
    UserMismatch { missing: Permission },
}

impl Fault for AccessError {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Forbidden
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Missing(_) | Self::Exceeded { .. } => "permission_missing",
            Self::UserMismatch { .. } => "user_mismatch",
        }
    }
}

/// Why a use case of roles was refused or failed.
#[derive(Debug, Error)]
pub enum RoleError {
    #[error("there is no such role")]
    NotFound,
    #[error("a role that is built in cannot be changed")]
    BuiltIn,
    #[error("there is a role of this name")]
    Exists,
    #[error("there are {max} roles already, and no more are kept")]
    TooMany { max: usize },
    #[error("there is no role `{0}` to inherit from")]
    UnknownParent(RoleName),
    #[error("a role would inherit from itself: {}", joined(.0, " → "))]
    Cycle(Vec<RoleName>),
    #[error("more than {max} roles in a row would inherit from each other")]
    TooDeep { max: usize },
    #[error("other roles inherit from it: {}", joined(.0, ", "))]
    Inherited(Vec<RoleName>),
    #[error("users hold it: {}", joined(.0, ", "))]
    Held(Vec<UserId>),
    #[error("the role has been changed; its version is now {}", current.get())]
    Stale { current: Version },
    #[error(transparent)]
    Access(#[from] AccessError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Fault for RoleError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::NotFound => ErrorKind::NotFound,
            Self::BuiltIn
            | Self::Exists
            | Self::TooMany { .. }
            | Self::Cycle(_)
            | Self::TooDeep { .. }
            | Self::Inherited(_)
            | Self::Held(_) => ErrorKind::Conflict,
            Self::UnknownParent(_) => ErrorKind::Invalid,
            Self::Stale { .. } => ErrorKind::Stale,
            Self::Access(error) => error.kind(),
            Self::Store(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "role_not_found",
            Self::BuiltIn => "role_built_in",
            Self::Exists => "role_exists",
            Self::TooMany { .. } => "too_many_roles",
            Self::UnknownParent(_) => "validation_failed",
            Self::Cycle(_) => "role_cycle",
            Self::TooDeep { .. } => "role_too_deep",
            Self::Inherited(_) | Self::Held(_) => "role_in_use",
            Self::Stale { .. } => "version_mismatch",
            Self::Access(error) => error.code(),
            Self::Store(error) => error.code(),
        }
    }
}

fn joined<T: Display>(names: &[T], separator: &str) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(separator)
}
