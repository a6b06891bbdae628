//! Administrators who act as users.

use chrono::{DateTime, Utc};
use thiserror::Error;

use super::error::IdentityError;
use super::session::{Session, SessionId, SignedIn};
use super::user::User;
use crate::access::{AccessError, BuiltIn, Permission, PermissionSet, role_names};
use crate::audit::AuditEvent;
use crate::error::{ErrorKind, Fault};

/// An administrator begins to act as a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Impersonation {
    /// The user's, which says who acts in it.
    pub session: Session,
    /// The administrator's own one, with which it ends.
    pub own: SessionId,
    /// The roles that the administrator was permitted by.
    pub own_role: Option<String>,
    /// The roles that the user was judged by.
    pub role: Option<String>,
    pub event: AuditEvent,
}

/// Why somebody does not act as a user, or not do something while they do.
#[derive(Debug, Error)]
pub enum ImpersonationError {
    #[error(transparent)]
    Access(#[from] AccessError),
    #[error("nobody acts as themselves")]
    Oneself,
    /// Another role, a ban, or the end of a session.
    #[error("the user or the administrator changed at this moment")]
    Overtaken,
    #[error("this is for the user themselves, and not for an administrator who acts as them")]
    Impersonated,
    #[error("the caller acts as nobody else")]
    NotImpersonating,
    #[error("the administrator's own session has ended, or was not presented")]
    OwnSessionGone,
}

/// Whether somebody who holds `held` may act as a user who holds `theirs`. Only with a permission of its own may they act as
/// an admin, or as one who holds what they do not.
pub(super) fn check_target(
    by: &SignedIn,
    held: PermissionSet,
    user: &User,
    theirs: PermissionSet,
    now: DateTime<Utc>,
) -> Result<(), IdentityError> {
    let is_admin = role_names(user.role.as_deref().unwrap_or_default()).any(|name| name == BuiltIn::Admin.as_str());
    if (is_admin || !theirs.is_within(held)) && !held.contains(Permission::UserImpersonateAdmins) {
        return Err(refused(Permission::UserImpersonateAdmins));
    }
    if user.id == by.user.id {
        return Err(ImpersonationError::Oneself.into());
    }
    if user.is_banned(now) { Err(IdentityError::Banned) } else { Ok(()) }
}

pub(super) fn refused(missing: Permission) -> IdentityError {
    ImpersonationError::from(AccessError::Missing(missing)).into()
}

impl Fault for ImpersonationError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Access(error) => error.kind(),
            Self::Oneself | Self::NotImpersonating => ErrorKind::Invalid,
            Self::Overtaken => ErrorKind::Conflict,
            Self::Impersonated | Self::OwnSessionGone => ErrorKind::Forbidden,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Access(error) => error.code(),
            Self::Oneself => "own_impersonation",
            Self::Overtaken => "impersonation_overtaken",
            Self::Impersonated => "impersonated",
            Self::NotImpersonating => "not_impersonating",
            Self::OwnSessionGone => "own_session_gone",
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::testing::fixtures::{noon, signed_in, user};

    fn judged(held: PermissionSet, user: &User, theirs: PermissionSet) -> Result<(), &'static str> {
        check_target(&signed_in("root"), held, user, theirs, noon()).map_err(|error| error.code())
    }

    #[test]
    fn only_with_a_permission_of_its_own_does_anybody_act_as_an_admin_or_as_who_holds_more() {
        let some = PermissionSet::only(Permission::UserImpersonate);
        let more = some.and(Permission::TaskReadAny.into());
        let owner = some.and(Permission::UserImpersonateAdmins.into());
        for (role, theirs, plain, special) in [
            ("user", PermissionSet::NONE, true, true),
            ("support", some, true, true),
            ("support", more, false, true),
            ("user, admin", PermissionSet::NONE, false, true),
            ("administrator", PermissionSet::NONE, true, true),
        ] {
            let ann = User { role: Some(role.to_owned()), ..user("ann") };
            let allowed = |held| judged(held, &ann, theirs).is_ok();
            assert_eq!((allowed(some), allowed(owner)), (plain, special), "{role}");
        }
    }

    #[test]
    fn nobody_acts_as_themselves_or_as_a_banned_user() {
        let judged = |user: User| judged(PermissionSet::ALL, &user, PermissionSet::NONE);
        assert_eq!(judged(user("root")), Err("own_impersonation"));
        let banned = |ban_expires| User { banned: true, ban_expires, ..user("ann") };
        assert_eq!(judged(banned(None)), Err("user_banned"));
        assert_eq!(judged(banned(Some(noon() + TimeDelta::seconds(1)))), Err("user_banned"));
        assert_eq!(judged(banned(Some(noon()))), Ok(()));
    }
}
