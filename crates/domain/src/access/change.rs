//! Changes of roles as values.

use super::{PermissionPattern, PermissionSet, Role, RoleDescription, RoleName};
use crate::patch::Patch;

/// What is to become of a role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RolePatch {
    pub description: Patch<RoleDescription>,
    pub permissions: Vec<PermissionPattern>,
    /// `None` to keep what it inherits from.
    pub inherits: Option<Vec<RoleName>>,
}

/// A role as it is to be stored, new or in the place of the one that has its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleChange {
    pub role: Role,
    /// What it permits, inheritance included.
    pub permissions: PermissionSet,
    /// The revision of the catalog that it was judged by: what it may be depends on other roles too.
    pub made_from: i64,
}

/// The end of a role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleRemoval {
    pub name: RoleName,
    /// As with [`RoleChange`].
    pub made_from: i64,
}
