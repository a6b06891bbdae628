//! What the wire says instead of our errors.

use actix_web::http::StatusCode;
use hexado_domain::access::{AccessError, Permission};
use hexado_domain::actor::Actor;
use hexado_domain::error::Fault;
use hexado_domain::identity::{IdentityError, ImpersonationError, UserError};

use super::roles;
use crate::better_auth::error::WireError;
use crate::problem;

pub(super) fn refused(error: UserError) -> WireError {
    let fault = error.code();
    let wire = match error {
        UserError::Access(AccessError::Missing(missing) | AccessError::UserMismatch { missing }) => {
            missing_one(missing)
        }
        UserError::OwnRole => {
            WireError::bad_request("YOU_CANNOT_CHANGE_YOUR_OWN_ROLE", "You cannot change your own role")
        }
        UserError::OwnBan => WireError::bad_request("YOU_CANNOT_BAN_YOURSELF", "You cannot ban yourself"),
        UserError::OwnDeletion => WireError::bad_request("YOU_CANNOT_REMOVE_YOURSELF", "You cannot remove yourself"),
        UserError::UnknownRole { .. } => roles::unknown(),
        UserError::Identity(error) => of_target(error),
        other => problem::of_fault(other).into(),
    };
    wire.with_fault(fault)
}

/// Here, a user who is not found is not found, and a taken address is a mistake like others.
pub(super) fn of_target(error: IdentityError) -> WireError {
    match error {
        IdentityError::UserNotFound => WireError::from(error).with_status(StatusCode::NOT_FOUND),
        IdentityError::EmailTaken => WireError::from(error).with_status(StatusCode::BAD_REQUEST),
        error => error.into(),
    }
}

/// Of an administrator who acts as a user, or would like to.
pub(in crate::better_auth) fn of_impersonation(error: &ImpersonationError) -> WireError {
    match error {
        ImpersonationError::Access(AccessError::Missing(missing)) => missing_one(*missing),
        ImpersonationError::Access(_) => missing_one(Permission::UserImpersonate),
        ImpersonationError::Oneself => {
            WireError::bad_request("YOU_CANNOT_IMPERSONATE_YOURSELF", "You cannot impersonate yourself")
        }
        ImpersonationError::Overtaken => {
            WireError::new(StatusCode::CONFLICT, "CONFLICT", "Something changed at this moment. Please try again.")
        }
        ImpersonationError::Impersonated => {
            WireError::forbidden("IMPERSONATED", "An administrator who acts as another user cannot do this")
        }
        ImpersonationError::NotImpersonating => WireError::uncoded("You are not impersonating anyone"),
        ImpersonationError::OwnSessionGone => {
            WireError::uncoded("Failed to find admin session").with_status(StatusCode::INTERNAL_SERVER_ERROR)
        }
    }
}

/// Refuses a caller who may not.
pub(in crate::better_auth) fn require(actor: &Actor, permission: Permission) -> Result<(), WireError> {
    actor.require(permission).map_err(|error| refused(error.into()))
}

fn missing_one(missing: Permission) -> WireError {
    let (code, message) = match missing {
        Permission::UserCreate => ("YOU_ARE_NOT_ALLOWED_TO_CREATE_USERS", "You are not allowed to create users"),
        Permission::UserList => ("YOU_ARE_NOT_ALLOWED_TO_LIST_USERS", "You are not allowed to list users"),
        Permission::UserSetRole => {
            ("YOU_ARE_NOT_ALLOWED_TO_CHANGE_USERS_ROLE", "You are not allowed to change users role")
        }
        Permission::UserBan => ("YOU_ARE_NOT_ALLOWED_TO_BAN_USERS", "You are not allowed to ban users"),
        Permission::UserImpersonate => {
            ("YOU_ARE_NOT_ALLOWED_TO_IMPERSONATE_USERS", "You are not allowed to impersonate users")
        }
        Permission::UserImpersonateAdmins => ("YOU_CANNOT_IMPERSONATE_ADMINS", "You cannot impersonate admins"),
        Permission::UserDelete => ("YOU_ARE_NOT_ALLOWED_TO_DELETE_USERS", "You are not allowed to delete users"),
        Permission::UserSetPassword => {
            ("YOU_ARE_NOT_ALLOWED_TO_SET_USERS_PASSWORD", "You are not allowed to set users password")
        }
        Permission::UserSetEmail => {
            ("YOU_ARE_NOT_ALLOWED_TO_SET_USERS_EMAIL", "You are not allowed to update users email")
        }
        Permission::UserGet => ("YOU_ARE_NOT_ALLOWED_TO_GET_USER", "You are not allowed to get user"),
        Permission::UserUpdate => ("YOU_ARE_NOT_ALLOWED_TO_UPDATE_USERS", "You are not allowed to update users"),
        Permission::SessionList => {
            ("YOU_ARE_NOT_ALLOWED_TO_LIST_USERS_SESSIONS", "You are not allowed to list users sessions")
        }
        Permission::SessionRevoke => {
            ("YOU_ARE_NOT_ALLOWED_TO_REVOKE_USERS_SESSIONS", "You are not allowed to revoke users sessions")
        }
        Permission::SessionDelete
        | Permission::TaskReadAny
        | Permission::TaskWriteAny
        | Permission::RoleList
        | Permission::RoleWrite
        | Permission::AuditRead
        | Permission::BlockList
        | Permission::BlockWrite => return problem::of_fault(AccessError::Missing(missing)).into(),
    };
    WireError::forbidden(code, message)
}
