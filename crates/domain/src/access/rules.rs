//! Who may reach whose objects.

use thiserror::Error;

use super::{Permission, PermissionSet};
use crate::actor::Actor;
use crate::error::{ErrorKind, Fault};
use crate::id::UserId;

/// Whose objects a request is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Owner {
    /// The caller's own: no owner in the path, or `me`.
    Caller,
    /// The user named in the path.
    User(UserId),
}

/// The user whose objects `actor` reaches, if `actor` is that user or holds `permission`.
pub fn owner_scope<'a>(actor: &'a Actor, owner: &'a Owner, permission: Permission) -> Result<&'a UserId, AccessError> {
    match owner {
        Owner::Caller => Ok(&actor.user_id),
        Owner::User(user_id) if *user_id == actor.user_id || actor.may(permission) => Ok(user_id),
        Owner::User(_) => Err(AccessError::UserMismatch { missing: permission }),
    }
}

/// The permissions of comma-separated role names, as Better Auth stores them. Unknown names give none.
pub fn permissions_of(roles: &str) -> PermissionSet {
    if names_admin(roles) { PermissionSet::all() } else { PermissionSet::NONE }
}

/// The role of those who may do everything.
pub const ADMIN_ROLE: &str = "admin";

/// Whether comma-separated role names make an admin.
pub fn names_admin(roles: &str) -> bool {
    roles.split(',').any(|role| role.trim() == ADMIN_ROLE)
}

/// Why access is refused to a known caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum AccessError {
    #[error("the user in the path is not the caller, and `{}` is not held", missing.as_str())]
    UserMismatch { missing: Permission },
}

impl Fault for AccessError {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Forbidden
    }

    fn code(&self) -> &'static str {
        "user_mismatch"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn actor(id: &str, permissions: PermissionSet) -> Actor {
        Actor::new(UserId::from_stored(id), permissions)
    }

    #[test]
    fn a_caller_reaches_their_own_objects_only() {
        let ann = actor("ann", PermissionSet::NONE);
        let reach = |owner: &Owner| owner_scope(&ann, owner, Permission::TaskReadAny).map(|id| id.as_str().to_owned());
        assert_eq!(reach(&Owner::Caller).as_deref(), Ok("ann"));
        assert_eq!(reach(&Owner::User(UserId::from_stored("ann"))).as_deref(), Ok("ann"));
        assert_eq!(
            reach(&Owner::User(UserId::from_stored("bob"))),
            Err(AccessError::UserMismatch { missing: Permission::TaskReadAny })
        );
    }

    #[test]
    fn a_permission_reaches_any_user_but_only_for_what_it_names() {
        let reader = actor("ann", [Permission::TaskReadAny].into_iter().collect());
        let bob = Owner::User(UserId::from_stored("bob"));
        assert!(owner_scope(&reader, &bob, Permission::TaskReadAny).is_ok());
        assert!(owner_scope(&reader, &bob, Permission::TaskWriteAny).is_err());
    }

    #[test]
    fn roles_are_comma_separated_names() {
        assert_eq!(permissions_of("user"), PermissionSet::NONE);
        assert_eq!(permissions_of(""), PermissionSet::NONE);
        assert_eq!(permissions_of("user, admin"), PermissionSet::all());
        assert_eq!(permissions_of("administrator"), PermissionSet::NONE);
    }
}
