use chrono::{DateTime, Utc};

use super::user::User;
use crate::access::{BuiltIn, role_names};
use crate::audit::AuditEvent;
use crate::id::UserId;

/// What making the first admin depends on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdminStanding {
    /// Whether somebody is an admin.
    pub exists: bool,
    /// The user with the address that the first admin shall have.
    pub named: Option<User>,
}

/// A user becomes the first admin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Promotion {
    pub user_id: UserId,
    /// Comma-separated role names, as they shall be.
    pub role: String,
    pub event: AuditEvent,
    pub at: DateTime<Utc>,
}

/// What became of making the first admin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FirstAdmin {
    /// A user was made, with this id.
    Made(UserId),
    /// The user who has the address became one, and keeps their password.
    Promoted(UserId),
    /// There is an admin: nothing was done.
    Exists,
    /// Somebody has the address and never showed that it is theirs: nothing was done.
    Unverified(UserId),
}

/// What there is to do for a first admin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Make,
    /// Give this user the role.
    Promote(UserId, String),
    Leave(FirstAdmin),
}

/// Whoever signs up with an address that they foresee must not become an admin by it: only a verified address counts.
pub(super) fn first_step(standing: AdminStanding) -> Step {
    match standing.named {
        _ if standing.exists => Step::Leave(FirstAdmin::Exists),
        None => Step::Make,
        Some(user) if !user.email_verified => Step::Leave(FirstAdmin::Unverified(user.id)),
        Some(user) => Step::Promote(user.id, with_admin(user.role.as_deref().unwrap_or_default())),
    }
}

/// These roles and that of admins.
fn with_admin(roles: &str) -> String {
    let admin = BuiltIn::Admin.as_str();
    if role_names(roles).any(|name| name == admin) {
        return roles.to_owned();
    }
    if roles.trim().is_empty() { admin.to_owned() } else { format!("{roles},{admin}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::fixtures::{user, user_id};

    fn step(exists: bool, named: Option<User>) -> Step {
        first_step(AdminStanding { exists, named })
    }

    fn verified(role: Option<&str>) -> User {
        User { email_verified: true, role: role.map(str::to_owned), ..user("ann") }
    }

    #[test]
    fn where_there_is_an_admin_nothing_is_done() {
        for named in [None, Some(user("ann")), Some(verified(Some("admin")))] {
            assert_eq!(step(true, named), Step::Leave(FirstAdmin::Exists));
        }
    }

    #[test]
    fn an_address_that_nobody_has_is_for_a_new_user() {
        assert_eq!(step(false, None), Step::Make);
    }

    #[test]
    fn an_address_that_was_never_verified_makes_nobody_an_admin() {
        assert_eq!(step(false, Some(user("ann"))), Step::Leave(FirstAdmin::Unverified(user_id("ann"))));
    }

    #[test]
    fn who_has_a_verified_address_keeps_their_roles_and_gets_one_more() {
        for (roles, expected) in
            [(None, "admin"), (Some(""), "admin"), (Some("user"), "user,admin"), (Some("a, b"), "a, b,admin")]
        {
            assert_eq!(step(false, Some(verified(roles))), Step::Promote(user_id("ann"), expected.to_owned()));
        }
    }
}
