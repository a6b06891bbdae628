//! Who may reach whose objects.

use super::{AccessError, Permission, PermissionSet};
use crate::actor::Actor;
use crate::id::UserId;

/// Whose objects a request is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Owner {
    /// The caller's own: no owner in the path, or `me`.
    Caller,
    /// The user named in the path.
    User(UserId),
}

impl Owner {
    /// The user who is meant when `caller` calls.
    pub fn of<'a>(&'a self, caller: &'a UserId) -> &'a UserId {
        match self {
            Self::Caller => caller,
            Self::User(user_id) => user_id,
        }
    }

    /// Whether it is the caller, by whatever name.
    pub fn is(&self, caller: &UserId) -> bool {
        self.of(caller) == caller
    }
}

/// The user whose objects `actor` reaches, if `actor` is that user or holds `permission`.
pub fn owner_scope<'a>(actor: &'a Actor, owner: &'a Owner, permission: Permission) -> Result<&'a UserId, AccessError> {
    match owner {
        Owner::Caller => Ok(&actor.user_id),
        Owner::User(user_id) if *user_id == actor.user_id || actor.may(permission) => Ok(user_id),
        Owner::User(_) => Err(AccessError::UserMismatch { missing: permission }),
    }
}

/// Refuses that somebody who holds `held` gives to others, or takes from them, what they do not hold themselves.
pub fn check_held(permissions: PermissionSet, held: PermissionSet) -> Result<(), AccessError> {
    let missing = permissions.without(held);
    if missing.is_empty() { Ok(()) } else { Err(AccessError::Exceeded { missing }) }
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
    fn only_what_is_held_is_handed_out() {
        let held = [Permission::TaskReadAny, Permission::TaskWriteAny].into_iter().collect();
        assert_eq!(check_held(Permission::TaskReadAny.into(), held), Ok(()));
        let missing = PermissionSet::only(Permission::RoleWrite);
        assert_eq!(check_held(held.and(missing), held), Err(AccessError::Exceeded { missing }));
    }
}
