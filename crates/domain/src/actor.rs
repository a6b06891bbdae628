//! Who acts.

use crate::access::{Permission, PermissionSet};
use crate::id::UserId;

/// The authenticated caller of a use case, with what they may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    pub user_id: UserId,
    pub permissions: PermissionSet,
}

impl Actor {
    pub fn new(user_id: UserId, permissions: PermissionSet) -> Self {
        Self { user_id, permissions }
    }

    pub fn may(&self, permission: Permission) -> bool {
        self.permissions.contains(permission)
    }
}
