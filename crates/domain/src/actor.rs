//! Who acts.

use crate::access::{AccessError, Permission, PermissionSet};
use crate::id::UserId;
use crate::identity::{ImpersonationError, SessionId};

/// The authenticated caller of a use case, with what they may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    pub user_id: UserId,
    pub permissions: PermissionSet,
    /// The session that they act in, if their credential is one's.
    pub session_id: Option<SessionId>,
    /// The administrator who acts as this user.
    pub impersonated_by: Option<UserId>,
    pub email_verified: bool,
}

impl Actor {
    pub fn new(user_id: UserId, permissions: PermissionSet) -> Self {
        Self { user_id, permissions, session_id: None, impersonated_by: None, email_verified: false }
    }

    #[must_use]
    pub fn in_session(self, session_id: SessionId) -> Self {
        Self { session_id: Some(session_id), ..self }
    }

    pub fn may(&self, permission: Permission) -> bool {
        self.permissions.contains(permission)
    }

    /// Refuses an administrator who acts as a user: what lets somebody in is the user's alone to change.
    pub fn refuse_impersonation(&self) -> Result<(), ImpersonationError> {
        if self.impersonated_by.is_none() { Ok(()) } else { Err(ImpersonationError::Impersonated) }
    }

    /// Refuses an actor who may not.
    pub fn require(&self, permission: Permission) -> Result<(), AccessError> {
        if self.may(permission) { Ok(()) } else { Err(AccessError::Missing(permission)) }
    }
}
